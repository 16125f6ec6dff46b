"""How a run talks on standard error: what is shown by default, levels, metrics, JSON, quiet."""
import json

from jsonschema import Draft202012Validator

from conftest import ROOT
from job_project import foreign, project  # noqa: F401  (fixtures)

METRIC = {"type": "counter", "metric": "record_count", "value": 7, "tags": {"stream": "orders"}}
TIMER = {"type": "timer", "metric": "http_request_duration", "value": 0.25,
         "tags": {"endpoint": "orders", "status": "succeeded", "http_status_code": 200}}
LINES = [
    "INFO starting", "2026-11-26 10:00:00,123 | WARNING  | tap-x | slow answer", "a plain line",
    f"INFO METRIC: {json.dumps(METRIC)}", f"2026-11-26 10:00:01,123 | INFO     | singer_sdk.metrics | METRIC: {json.dumps(TIMER)}",
    json.dumps({"level": "info", "message": f"METRIC: {json.dumps(METRIC)}"}),
    json.dumps({"level": "error", "logger_name": "x", "message": "it broke"}), "DEBUG details",
]


def said(project, **more):
    project.job(source={"rows": 20, "stderr": "\n".join(LINES), **more})


def test_details_are_shown_on_request_only(project):
    said(project)
    plain = project.run().err
    assert "tap | 2026-11-26 10:00:00,123 | WARNING  | tap-x | slow answer" in plain
    assert "tap | a plain line" in plain and "tap | ERROR it broke" in plain
    assert "starting" not in plain and "METRIC" not in plain and "details" not in plain
    loud = project.run("--verbose").err
    assert "tap | INFO starting" in loud and "tap | DEBUG details" in loud and "METRIC" in loud


def test_the_log_has_all_lines_with_their_levels(project):
    said(project)
    project.run()
    logs = json.loads(project.dativo("runs", "logs", "last", "--stage", "tap", "--json").out)
    lines = logs["result"]["lines"]
    assert [line["line"] for line in lines] == LINES
    assert [line.get("level") for line in lines] == [
        "info", "warning", None, "info", "info", "info", "error", "debug"]


def test_metrics_of_a_tap_are_in_the_record(project):
    said(project)
    project.run()
    tap = project.record()["attempts"][0]["stages"][0]
    assert tap["metrics"] == {
        "records": 14, "requests": 1, "request_seconds": 0.25,
        "counters": [{"metric": "record_count", "stream": "orders", "value": 14}],
        "timers": [{"metric": "http_request_duration", "stream": "orders", "count": 1, "seconds": 0.25,
                    "longest_seconds": 0.25}],
    }
    assert "metrics" not in project.record()["attempts"][0]["stages"][2]


def events(text):
    validator = Draft202012Validator(json.loads((ROOT / "schemas/event.schema.json").read_text()))
    found = [json.loads(line) for line in text.splitlines()]
    for event in found:
        validator.validate(event)
        assert event["time"].endswith("Z")
    return found


def test_events_are_json_lines(project):
    project.job(source={"rows": 300, "delay": 0.7, "stderr": "WARNING look"})
    done = project.run("--log-format", "json")
    found = events(done.err)
    log = [e for e in found if e["event"] == "log" and e["stage"] == "tap"]
    assert [(e["level"], e["message"]) for e in log] == [("warning", "WARNING look")]
    assert any(e["event"] == "progress" and e["job"] == "acme.orders" for e in found)
    last = found[-1]
    assert (last["event"], last["outcome"], last["exit"]) == ("run", "success", 0)
    assert last["rows"]["committed"] == 300
    assert done.out == ""


def test_failures_are_events_too(project):
    project.job(source={"rows": 10, "exit": 78})
    found = events(project.run("--log-format", "json", code=2).err)
    assert found[-1]["event"] == "run" and found[-1]["failure"]["code"] == 78
    assert any(e["event"] == "log" and e.get("level") == "error" for e in found)
    (project.folder / "job.yaml").write_text("kind: Job\n")
    found = events(project.dativo("run", "job.yaml", "--log-format", "json").err)
    assert found and all(e["level"] == "error" for e in found)


def test_parts_pass_their_events_on(project):
    project.job(extra="parallelism: 2", source={"rows": 10, "stderr": "WARNING look"})
    done = project.dativo("run", "job.yaml", "--log-format", "json")
    found = events(done.err)
    assert done.returncode == 0 and found[-1]["event"] == "run"
    assert any(e.get("part") == "orders" and e["stage"] == "tap" and e["level"] == "warning" for e in found)
    assert any(e.get("part") == "orders" and e["event"] == "run" for e in found)


def test_quiet_says_only_what_goes_wrong(project):
    said(project)
    done = project.run("--quiet")
    assert (done.out, done.err) == ("", "")
    said(project, exit=78)
    err = project.run("--quiet", code=2).err
    assert err.startswith("acme.orders: failed") and "it broke" in err and "tap | " not in err


def test_verbose_and_quiet_exclude_each_other(project):
    said(project)
    assert project.dativo("run", "job.yaml", "--quiet", "--verbose").returncode == 64
    assert project.dativo("run", "job.yaml", "--log-format", "xml").returncode == 64
