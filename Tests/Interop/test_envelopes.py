"""The one object of `--json`: there whatever happens, and with its reason where a command did not do well."""
import json
import signal
import time

import contract_text
from job_project import project  # noqa: F401 (a fixture)

CONTRACT = contract_text.head("v3.0.2") + """\
- name: orders
  properties:
  - {name: id, logicalType: integer, logicalTypeOptions: {maximum: 1}}
"""


def envelope(done, code):
    assert done.returncode == code, done.out + done.err
    value = json.loads(done.out)
    assert value["exit"] == code and value["summary"] and "\n" not in value["summary"]
    assert value["summary"][0] not in "{[", value["summary"]
    if code:
        assert value["ok"] is False and value["error"]["message"] == value["errors"][0]["message"], value
    return value


def test_a_torture_that_is_ended_says_so_and_leaves_nothing(project, monkeypatch):
    (project.folder / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(project.folder / "tmp"))
    project.job({"rows": 100000, "every": 100, "delay": 0.05})
    process = project.start("torture", "job.yaml", "--json")
    project.wait(lambda: list((project.folder / "tmp").glob("dativo.*/reference/home/run")))
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    process.out, process.err = process.communicate(timeout=60)
    assert "interrupted" in envelope(process, 143)["error"]["message"]
    assert list((project.folder / "tmp").iterdir()) == [] and project.processes() == []


def test_a_run_that_is_interrupted_says_by_what(project):
    project.job({"rows": 100000, "every": 100, "delay": 0.05, "on_term": "drain"})
    process = project.start("run", "job.yaml", "--json")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    process.out, process.err = process.communicate(timeout=60)
    value = envelope(process, 143)
    assert "SIGTERM" in value["error"]["message"] and value["result"]["outcome"] == "interrupted"


def test_checks_that_fail_are_counted_in_the_error(project):
    (project.folder / "c.yaml").write_text(CONTRACT)
    (project.folder / "orders.csv").write_text("id\n1\n2\n3\n")
    value = envelope(project.dativo("contract", "test", "--contract", "c.yaml", "orders.csv", "--json"), 1)
    assert value["error"]["message"] == "1 check failed" and value["summary"].startswith("failed: ")
    assert value["result"]["records"] == 3


def test_a_doctor_and_a_trial_say_what_failed(project):
    project.job(target="target: parquet\nconfig: {destination: /proc/nowhere}")
    value = envelope(project.dativo("doctor", "job.yaml", "--json"), 1)
    assert value["error"]["message"].startswith("destination: ") and "failed" in value["summary"]
    assert value["result"]["checks"]
    trial = project.dativo("plugins", "test", "tap-jsonl", "--json")
    if trial.returncode == 1:  # not installed here
        assert "jsonl" in envelope(trial, 1)["error"]["message"]
