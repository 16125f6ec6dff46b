"""A source in a real container: closed, resumed after a kill, and gone whatever happens."""
import json
import os
import signal
import subprocess
import time

import pyarrow.parquet as pq

from conftest import BIN, run
from container_engine import SOURCE as IMAGE, containers, podman  # noqa: F401 (fixture)


def configure(folder, container=None, **config):
    settings = {"image": IMAGE, "connector_config": config, "container": container or {}}
    (folder / "tap.json").write_text(json.dumps(settings))
    (folder / "target.json").write_text('{"destination": "out"}')


PIPE = f"""{BIN}/dativo-tap-airbyte --config tap.json $STATE |
  {BIN}/dativo-validate | {BIN}/dativo-target-parquet --config target.json >states; echo ${{PIPESTATUS[*]}}"""


def ids(folder):
    return sorted(id for f in folder.glob("out/nums/*.parquet") for id in pq.read_table(f)["id"].to_pylist())


def test_it_is_closed(podman, tmp_path):
    configure(tmp_path, n=2500)
    done = run("bash", "-c", PIPE, cwd=tmp_path, env=podman)
    assert done.out.split() == ["0", "0", "0"], done
    assert ids(tmp_path) == list(range(1, 2501))
    said = [line.split(": ", 1)[1] for line in done.err.splitlines() if line.startswith(IMAGE)]
    assert f"uid {os.getuid()}" in said
    assert "CapEff 0000000000000000" in said and "NoNewPrivs 1" in said and "Seccomp 2" in said
    assert "networks lo " in said and "tmp is written to" in said
    assert not [line for line in said if "root is written" in line or "configuration is written" in line]
    assert containers(podman) == []


def test_full_then_from_its_state(podman, tmp_path):
    configure(tmp_path, n=1500)
    assert run("bash", "-c", PIPE, cwd=tmp_path, env=podman).out.split() == ["0", "0", "0"]
    (tmp_path / "state.json").write_text((tmp_path / "states").read_text().splitlines()[-1])
    configure(tmp_path, n=4000)
    again = run("bash", "-c", PIPE, cwd=tmp_path, env={**podman, "STATE": "--state state.json"})
    assert again.out.split() == ["0", "0", "0"], again
    assert ids(tmp_path) == list(range(1, 4001))


def test_a_container_is_gone_when_its_tap_is_ended_or_killed(podman, tmp_path):
    configure(tmp_path, n=2_000_000_000)
    command = [f"{BIN}/dativo-tap-airbyte", "--config", "tap.json"]
    catalog = run("dativo-tap-airbyte", "--config", "tap.json", "--discover", cwd=tmp_path, env=podman).out
    (tmp_path / "catalog.json").write_text(catalog.replace('"inclusion": "available"', '"selected": true', 1))
    command += ["--catalog", "catalog.json"]
    for number in (signal.SIGTERM, signal.SIGKILL):
        with open(os.devnull, "wb") as nowhere:
            tap = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, **podman}, stdout=nowhere, stderr=nowhere)
        deadline = time.monotonic() + 60
        while not containers(podman):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        tap.send_signal(number)
        assert tap.wait(60) in (143, -9)
        # The next run removes what a killed one may leave.
        assert run("dativo-tap-airbyte", "--config", "tap.json", "--test", cwd=tmp_path, env=podman).code == 0
        assert containers(podman) == []


def test_too_little_memory_and_an_image_that_is_not_there_are_told(podman, tmp_path):
    configure(tmp_path, {"memory": "64m"}, n=5, fill=1)
    done = run("dativo-tap-airbyte", "--config", "tap.json", cwd=tmp_path, env=podman)
    assert done.code == 137 and "Memory is the likely cause" in done.failure["hint"], done
    (tmp_path / "tap.json").write_text('{"image": "localhost/dativo/no-such:1"}')
    done = run("dativo-tap-airbyte", "--config", "tap.json", "--test", cwd=tmp_path, env=podman)
    assert done.code == 78 and "localhost/dativo/no-such:1 could not be started" in done.failure["message"]


JOB = """
apiVersion: dativo/v1
kind: Job
tenant: acme
name: nums
source:
  airbyte: {{image: {image}}}
  config: {{n: 1500}}
target: {{target: parquet, config: {{destination: out}}}}
"""


def test_a_locked_image_is_the_only_one_that_runs(podman, tmp_path):
    name = "localhost/dativo/source-locked:1"
    assert run("podman", "tag", IMAGE, name, env=podman).code == 0
    (tmp_path / "job.yaml").write_text(JOB.format(image=name))
    done = run("dativo", "plugins", "lock", "--json", cwd=tmp_path, env=podman)
    digest = json.loads(done.out)["result"]["images"][name]
    identity = run("podman", "image", "inspect", "--format", "{{.Id}}", name, env=podman).out.strip()
    assert digest == f"sha256:{identity}"
    assert json.loads((tmp_path / "dativo.lock").read_text())["images"] == {name: digest}
    done = run("dativo", "run", "job.yaml", cwd=tmp_path, env=podman)
    assert done.code == 0 and ids(tmp_path) == list(range(1, 1501)), done
    # The same name for something else.
    archive = subprocess.run(["tar", "-C", tmp_path, "-cf", "-", "job.yaml"], check=True, capture_output=True).stdout
    assert run("podman", "import", "-q", "-", name, stdin=archive, env=podman).code == 0
    done = run("dativo", "run", "job.yaml", cwd=tmp_path, env=podman)
    assert done.code == 78 and "is not the one that was locked" in done.err, done
    assert run("dativo", "check", "job.yaml", cwd=tmp_path, env=podman).code == 78


def test_a_plugin_file_describes_an_image(podman, tmp_path):
    (tmp_path / "taps/nums").mkdir(parents=True)
    (tmp_path / "taps/nums/plugin.yaml").write_text(
        f"apiVersion: dativo/v1\nkind: Plugin\nname: nums\nrole: tap\nprotocol: airbyte\nimage: {IMAGE}\n"
    )
    job = JOB.format(image="x").replace("airbyte: {image: x}", "tap: nums")
    (tmp_path / "job.yaml").write_text(job)
    done = run("dativo", "run", "job.yaml", cwd=tmp_path, env=podman)
    assert done.code == 0 and ids(tmp_path) == list(range(1, 1501)), done
    # Without hosts among its permissions it has no network.
    assert "networks lo " in run("dativo", "runs", "logs", "last", "--stage", "tap", cwd=tmp_path).out
