"""A destination in a real container: closed, its states given back, and gone whatever happens."""
import json
import os
import signal
import subprocess
import time

from conftest import BIN, lines, record, run, schema, state
from container_engine import DESTINATION, containers, podman  # noqa: F401 (fixture)

IDS = {"id": {"type": "integer"}, "s": {"type": "string"}}


def configure(folder, container=None, **config):
    """The one folder that the container may write to is given to it as an option of the engine."""
    (folder / "data").mkdir(exist_ok=True)
    container = {"options": ["-v", f"{folder}/data:/data"], **(container or {})}
    settings = {"image": DESTINATION, "connector_config": {"folder": "/data", **config}, "container": container}
    (folder / "target.json").write_text(json.dumps(settings))


def messages(first, last, every=1000):
    yield schema("nums", IDS, ["id"])
    for n in range(first, last + 1):
        yield record("nums", {"id": n, "s": f"ä {n}"})
        if n % every == 0 or n == last:
            yield state({"at": n})


def rows(folder):
    path = folder / "data/rows.jsonl"
    text = path.read_text() if path.exists() else ""
    return [json.loads(line)["record"]["data"] for line in text.splitlines()]


def load(folder, podman, *parts):
    return run("dativo-target-airbyte", "--config", "target.json", stdin=lines(*parts), cwd=folder, env=podman)


def test_it_is_closed_and_every_row_arrives(podman, tmp_path):
    configure(tmp_path)
    assert run("dativo-target-airbyte", "--config", "target.json", "--test", cwd=tmp_path, env=podman).code == 0
    done = load(tmp_path, podman, *messages(1, 2500))
    assert done.code == 0, done
    assert rows(tmp_path) == [{"id": n, "s": f"ä {n}"} for n in range(1, 2501)]
    assert [json.loads(line) for line in done.out.splitlines()] == [{"at": 1000}, {"at": 2000}, {"at": 2500}]
    said = [line.split(": ", 1)[1] for line in done.err.splitlines() if line.startswith(DESTINATION)]
    assert f"uid {os.getuid()}" in said
    assert "CapEff 0000000000000000" in said and "NoNewPrivs 1" in said and "Seccomp 2" in said
    assert "networks lo " in said
    assert not [line for line in said if "is written to" in line]
    assert containers(podman) == []


def test_one_that_dies_acknowledges_no_more_than_it_has(podman, tmp_path):
    configure(tmp_path, die_after=1500)
    done = load(tmp_path, podman, *messages(1, 2500))
    assert (done.code, done.out) == (1, '{"at": 1000}\n'), done
    assert done.failure["message"] == f"{DESTINATION} ended with code 9 and told no error"
    assert [row["id"] for row in rows(tmp_path)] == list(range(1, 1501))
    # From the state on again: at least once.
    configure(tmp_path)
    done = load(tmp_path, podman, *messages(1001, 2500))
    assert done.code == 0 and done.out.splitlines()[-1] == '{"at": 2500}', done
    assert sorted({row["id"] for row in rows(tmp_path)}) == list(range(1, 2501))
    assert containers(podman) == []


def test_too_little_memory_and_a_folder_that_is_not_granted_are_told(podman, tmp_path):
    configure(tmp_path, {"memory": "64m"}, fill=1)
    done = load(tmp_path, podman, *messages(1, 10))
    assert done.code == 137 and done.out == "" and "Memory is the likely cause" in done.failure["hint"], done
    configure(tmp_path, {"options": []})
    done = run("dativo-target-airbyte", "--config", "target.json", "--test", cwd=tmp_path, env=podman)
    assert (done.code, done.failure["message"]) == (78, f"{DESTINATION}: the folder cannot be written to")


def test_a_container_is_gone_when_its_target_is_ended_or_killed(podman, tmp_path):
    for number in (signal.SIGTERM, signal.SIGKILL):
        configure(tmp_path)
        command = [f"{BIN}/dativo-target-airbyte", "--config", "target.json"]
        env = {**os.environ, **podman}
        target = subprocess.Popen(
            command, cwd=tmp_path, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        target.stdin.write(lines(*messages(1, 1000)))
        target.stdin.flush()
        assert target.stdout.readline() == b'{"at": 1000}\n'
        assert len(containers(podman)) == 1
        target.send_signal(number)
        assert target.wait(60) in (143, -9)
        target.stdin.close()
        # The next run removes what a killed one may leave.
        assert run("dativo-target-airbyte", "--config", "target.json", "--test", cwd=tmp_path, env=podman).code == 0
        deadline = time.monotonic() + 30
        while containers(podman):
            assert time.monotonic() < deadline
            time.sleep(0.1)


JOB = """
apiVersion: dativo/v1
kind: Job
tenant: acme
name: nums
source: {{command: [sh, -c, cat messages.jsonl]}}
target:
  airbyte: {{image: {image}, container: {{options: ["-v", "{folder}/data:/data"]}}}}
  config: {{folder: /data}}
"""


def test_a_job_loads_into_the_image_that_is_locked(podman, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "messages.jsonl").write_bytes(lines(*messages(1, 1500)))
    (tmp_path / "job.yaml").write_text(JOB.format(image=DESTINATION, folder=tmp_path))
    done = run("dativo", "plugins", "lock", "--json", cwd=tmp_path, env=podman)
    assert DESTINATION in json.loads(done.out)["result"]["images"], done
    done = run("dativo", "run", "job.yaml", cwd=tmp_path, env=podman)
    assert done.code == 0, done
    assert [row["id"] for row in rows(tmp_path)] == list(range(1, 1501))
    shown = run("dativo", "state", "show", "job.yaml", "--json", cwd=tmp_path, env=podman)
    assert json.loads(shown.out)["result"]["state"] == {"at": 1500}, shown
    # The same name for something else.
    lock = json.loads((tmp_path / "dativo.lock").read_text())
    lock["images"][DESTINATION] = "sha256:" + "0" * 64
    (tmp_path / "dativo.lock").write_text(json.dumps(lock))
    done = run("dativo", "run", "job.yaml", cwd=tmp_path, env=podman)
    assert done.code == 2 and "is not the one that was locked" in done.err, done
    assert len(rows(tmp_path)) == 1500
    done = run("dativo", "check", "job.yaml", cwd=tmp_path, env=podman)
    assert done.code == 78 and "is not the one that was locked" in done.out + done.err, done
