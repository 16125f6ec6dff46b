"""A source in a real container: closed, resumed after a kill, and gone whatever happens."""
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import pyarrow.parquet as pq
import pytest

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


@pytest.fixture
def server():
    """A server on loopback that greets whoever connects, and how many did."""
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    link, _ = listener.accept()
                except OSError:
                    return
                seen.append(link)
                with link:
                    link.sendall(b"answer\n")

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1], seen


PLUGIN = """
apiVersion: dativo/v1
kind: Plugin
name: nums
role: tap
protocol: airbyte
image: {image}
permissions: {permissions}
"""


def plugin_job(folder, permissions="{}", sandbox="container", config=None):
    """A job whose tap is an image with a description."""
    (folder / "taps/nums").mkdir(parents=True, exist_ok=True)
    (folder / "taps/nums/plugin.yaml").write_text(PLUGIN.format(image=IMAGE, permissions=permissions))
    (folder / "job.yaml").write_text(
        f"apiVersion: dativo/v1\nkind: Job\ntenant: acme\nname: nums\nsandbox: {sandbox}\n"
        f"source: {{tap: nums, config: {json.dumps({'n': 10, **(config or {})}, separators=(',', ':'))}}}\n"
        "target: {target: parquet, config: {destination: out}}\n"
    )


def told(folder, podman, code=0):
    """What the source says of its confinement, and the run's record of it."""
    done = run("dativo", "run", "job.yaml", cwd=folder, env=podman)
    assert done.code == code, done
    if code:
        return done, None
    record = json.loads(run("dativo", "runs", "show", "last", "--json", cwd=folder).out)["result"]
    return run("dativo", "runs", "logs", "last", cwd=folder).out, record["sandbox"]["tap"]


def test_an_image_whose_policy_grants_nothing_reads_nothing_and_reaches_nobody(podman, tmp_path, server):
    port, seen = server
    (tmp_path / "key").write_text("precious")
    config = {"place": f"127.0.0.1:{port}", "secret": str(tmp_path / "key")}
    plugin_job(tmp_path, config=config)
    said, record = told(tmp_path, podman)
    assert "the place says nothing" in said and not seen, said
    assert "the file holds ." in said and "precious" not in said and "networks lo " in said
    assert record["backend"] == "container" and record["not_enforced"] == []
    assert "network" in record["enforced"] and record["granted"].startswith("network: none; memory 1073741824;")
    assert "nums is confined: container enforces files" in said
    # The same source reaches it where its engine may use the machine's network, and the record says so.
    job = JOB.replace("{{image: {image}}}", "{{image: {image}, container: {{network: host}}}}").format(image=IMAGE)
    (tmp_path / "job.yaml").write_text(job.replace("{n: 1500}", json.dumps({"n": 10, **config}, separators=(",", ":"))))
    shutil.rmtree(tmp_path / "out")  # of another source
    shutil.rmtree(tmp_path / ".dativo")
    said, record = told(tmp_path, podman)
    assert "the place says answer" in said and len(seen) == 1 and "precious" not in said
    assert record["not_enforced"] == ["hosts: any is reached by the network host"]
    # What its configuration has the engine do beside stands in the record as well.
    text = (tmp_path / "job.yaml").read_text()
    (tmp_path / "job.yaml").write_text(text.replace("{network: host}", "{network: host, options: [--env, A=1]}"))
    plan = json.loads(run("dativo", "plan", "job.yaml", "--json", cwd=tmp_path, env=podman).out)["result"]
    assert "what its options open: --env A=1" in plan["stages"][0]["sandbox"]["not_enforced"]
    (tmp_path / "job.yaml").write_text(text)
    # A job that grants no host at all cuts that off.
    (tmp_path / "job.yaml").write_text((tmp_path / "job.yaml").read_text() + "sandbox: {tap: {hosts: []}}\n")
    said, record = told(tmp_path, podman)
    assert "the place says nothing" in said and len(seen) == 1 and "network" in record["enforced"]


def test_limits_of_an_image_are_in_force_inside_and_a_job_narrows_them(podman, tmp_path):
    permissions = "{limits: {memory: 96MiB, processes: 40, cpu: 0.5, open_files: 77, scratch: 8MiB}}"
    plugin_job(tmp_path, permissions)
    said, record = told(tmp_path, podman)
    assert "memory.limit_in_bytes 100663296" in said or "memory.max 100663296" in said, said
    assert "pids.max 40" in said and ("cpu.cfs_quota_us 50000" in said or "cpu.max 50000 100000" in said)
    assert "limits 77 " in said and "tmp has 8192 KiB" in said
    assert "memory 100663296; processes 40; cpu 0.5; open_files 77; scratch 8388608" in record["granted"]
    narrower = "{backend: container, tap: {limits: {memory: 64MiB, processes: 100}}}"
    plugin_job(tmp_path, permissions, narrower)
    said, _ = told(tmp_path, podman)
    assert "memory.limit_in_bytes 67108864" in said or "memory.max 67108864" in said
    assert "pids.max 40" in said


def test_container_confines_images_and_nothing_else(podman, tmp_path):
    plugin_job(tmp_path)
    job = tmp_path / "job.yaml"
    image = job.read_text()
    for source in ("command: [/bin/true]", "airbyte: {executable: [/bin/true]}", "airbyte: {package: airbyte-source-x}"):
        job.write_text(image.replace("tap: nums", source))
        done, _ = told(tmp_path, podman, code=78)
        assert "is no image, and `sandbox: container` confines images only" in done.err, done
        assert "`sandbox: auto`" in done.err
    # Nor is a target that is a program.
    job.write_text(image.replace("target: parquet, config: {destination: out}", "command: [/bin/cat]"))
    done, _ = told(tmp_path, podman, code=78)
    assert "the target /bin/cat is no image" in done.err, done
    # Files and hosts that its description does not grant are refused, not left out.
    plugin_job(tmp_path, sandbox="{backend: container, tap: {read: [.]}}")
    assert "grants files to an image" in told(tmp_path, podman, code=78)[0].err
    plugin_job(tmp_path, "{hosts: [a.test]}", "{backend: container, tap: {hosts: ['b.test:1']}}")
    assert "names b.test:1, which the plugin's description does not grant" in told(tmp_path, podman, code=78)[0].err
