"""`dativo run` as users run it: what a run does, tells and leaves, and what is refused."""
import json
import pathlib
import os
import re
import signal
import subprocess
import sys

from conftest import BIN
from job_project import TAP, project  # noqa: F401 (a fixture)


def test_a_run_loads_every_row_once_and_a_second_nothing(project):
    project.job()
    first = project.run()
    assert project.ids() == list(range(1000))
    assert "acme.orders: done" in first.err
    assert "1,000 rows read = 1,000 committed" in first.err
    record = project.record()
    assert record["outcome"] == "success" and record["exit"] == 0
    assert record["delivery"] == "exactly-once"
    assert record["rows"]["read"] == 1000 and record["rows"]["committed"] == 1000
    assert [s["code"] for s in record["attempts"][0]["stages"]] == [0, 0, 0]
    project.run()
    assert project.ids() == list(range(1000))
    assert project.record()["rows"]["committed"] == 0
    # Configurations may hold secrets: none stays.
    assert not list((project.folder / ".dativo").glob("run/**/*.json"))


def test_json_is_one_object_on_standard_output(project):
    project.job()
    done = project.run("--json", "--no-progress")
    envelope = json.loads(done.out)
    assert envelope["command"] == "run" and envelope["ok"] is True and envelope["exit"] == 0
    assert envelope["errors"] == []
    assert envelope["result"]["rows"]["committed"] == 1000


def test_private_files_are_private(project):
    project.job({"delay": 0.3, "secret_token": "s3cret"}, extra="sandbox: none")
    process = project.start("run", "job.yaml")
    config = project.wait(lambda: next(
        (pathlib.Path(line.split(b"\0--config\0")[1].split(b"\0")[0].decode())
         for _, line in project.processes() if b"tap.config.json" in line), None))
    # In memory, where nothing of it reaches a disk.
    assert config.is_relative_to("/dev/shm")
    assert config.stat().st_mode & 0o777 == 0o600
    assert config.parent.stat().st_mode & 0o777 == 0o700
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert not config.exists()
    plan = project.dativo("plan", "job.yaml")
    assert plan.returncode == 0, plan.err
    assert "s3cret" not in plan.out + plan.err


BAD = """\
import json
print(json.dumps({"type": "SCHEMA", "stream": "orders", "key_properties": ["id"], "schema":
    {"type": "object", "properties": {"id": {"type": "integer"}, "n": {"type": "integer"}}}}))
for i in range(100):
    value = "many" if i % 10 == 0 else i
    print(json.dumps({"type": "RECORD", "stream": "orders", "record": {"id": i, "n": value}}))
print(json.dumps({"type": "STATE", "value": {"done": True}}))
"""


def test_quarantined_records_make_a_run_partial(project):
    tap = project.folder / "bad.py"
    tap.write_text(BAD)
    project.job(tap=tap, extra="validation: {mode: quarantine}")
    done = project.run("--json", code=1)
    record = json.loads(done.out)["result"]
    assert record["outcome"] == "partial"
    assert record["rows"] == {
        "read": 100, "passed": 90, "violating": 10, "quarantined": 10, "committed": 90,
        "adds_up": True,
    }
    assert "100 rows read = 90 committed + 10 quarantined" in done.err
    assert project.ids() == [i for i in range(100) if i % 10]
    kept = project.folder / f".dativo/quarantine/acme/orders/{record['run']}.jsonl"
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [line["type"] for line in lines] == ["SCHEMA", *["RECORD"] * 10, "STATE"]
    assert record["quarantine"] == {"file": str(kept), "waiting": 10}


def test_a_violation_in_strict_mode_fails_the_run_and_names_it(project):
    tap = project.folder / "bad.py"
    tap.write_text(BAD)
    project.job(tap=tap)
    done = project.run(code=2)
    assert project.record()["failure"]["stage"] == "validate"
    assert project.record()["failure"]["code"] == 65
    assert "many" in done.err and "orders" in done.err
    assert project.ids() == []


def test_progress_on_a_terminal_is_one_line_that_is_rewritten(project):
    import pty

    project.job({"rows": 3000, "delay": 0.03})
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(BIN / "dativo"), "run", "job.yaml"],
        cwd=project.folder,
        env={**project.environment, "TERM": "xterm", "NO_COLOR": ""},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    output = b""
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:
            break
        if not block:
            break
        output += block
    assert process.wait(timeout=30) == 0
    text = output.decode()
    assert re.search(r"\r\x1b\[K[\d,]+ rows committed, [\d,]+ read", text)
    assert "\x1b[32macme.orders: done" in text


# Several runs


def test_a_second_run_of_the_same_job_is_told_to_wait(project):
    project.job({"rows": 5000, "delay": 0.1})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    second = project.dativo("run", "job.yaml")
    assert second.returncode == 75
    assert "another run of acme.orders is under way" in second.err
    reset = project.dativo("state", "reset", "job.yaml")
    assert reset.returncode == 75
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130


def test_another_job_does_not_write_into_a_table_that_is_taken(project):
    project.job()
    project.run()
    project.job(name="copies")
    done = project.run(code=2)
    assert project.record()["failure"]["code"] == 78
    assert "acme.orders" in done.err
    assert project.ids() == list(range(1000))


# What the user gets wrong


def test_a_program_that_is_not_there(project):
    project.job(tap=TAP)
    text = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(text.replace(sys.executable, "tap-nowhere"))
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 78
    assert "tap-nowhere" in done.err


def test_a_job_file_that_is_not_there(project):
    done = project.dativo("run", "nowhere.yaml")
    assert done.returncode == 78
    assert "nowhere.yaml" in done.err


def test_no_arguments(project):
    done = project.dativo("run")
    assert done.returncode == 64


def test_a_destination_that_is_a_file(project):
    project.job()
    (project.folder / "out").write_text("")
    done = project.dativo("run", "job.yaml")
    assert done.returncode in (2, 74)
    assert str(project.folder) in done.err or "out" in done.err
    assert project.processes() == []
