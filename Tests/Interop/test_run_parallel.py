"""`parallelism: N`: the streams of a job side by side, each with a state and a commit log of its own."""
import json
import signal
import time

import duckdb
import pytest

from conftest import ROOT
from job_project import project  # noqa: F401 (a fixture)

TAP = ROOT / "Tests/Conformance/Hostile/streams.py"


def count(project, stream):
    files = str(project.folder / "out" / stream / "*.parquet")
    if not list((project.folder / "out").glob(f"{stream}/*.parquet")):
        return 0, 0
    return duckdb.sql(f"select count(*), count(distinct id) from '{files}'").fetchall()[0]


def test_ten_streams_side_by_side_take_about_as_long_as_one(project):
    """The tap waits 2 s for each stream, as for a slow source."""
    names = [f"s{i}" for i in range(10)]
    project.job({"streams": names, "rows": 200, "wait": 2.0}, tap=TAP, extra="parallelism: 10\n")
    started = time.monotonic()
    done = project.run("--json")
    side_by_side = time.monotonic() - started
    answer = json.loads(done.out)["result"]
    assert answer["rows"]["committed"] == 2000 and {part["stream"] for part in answer["parts"]} == set(names)
    assert all(count(project, name) == (200, 200) for name in names)
    project.job({"streams": names, "rows": 200, "wait": 2.0}, tap=TAP, name="alone", target="target: parquet\nconfig: {destination: alone}")
    started = time.monotonic()
    project.run()
    alone = time.monotonic() - started
    assert alone / side_by_side > 3, "on a machine that does other things beside"
    print(f"alone {alone:.1f} s, side by side {side_by_side:.1f} s: {alone / side_by_side:.1f} times")


def test_a_part_that_fails_does_not_sink_the_others(project):
    project.job({"streams": ["a", "b", "c"], "rows": 100, "fail": {"b": 65}}, tap=TAP, extra="parallelism: 2\n")
    done = project.run("--json", code=2)
    answer = json.loads(done.out)["result"]
    assert {part["stream"]: part["exit"] for part in answer["parts"]} == {"a": 0, "b": 2, "c": 0}
    assert answer["outcome"] == "failed" and "b: failed" in done.err
    assert count(project, "a") == count(project, "c") == (100, 100)
    project.job({"streams": ["a", "b", "c"], "rows": 150}, tap=TAP, extra="parallelism: 2\n")
    project.run()
    assert all(count(project, name) == (150, 150) for name in "abc"), "each goes on from its own state"


def test_state_and_commits_are_apart(project):
    project.job({"streams": ["x.y", "b"], "rows": 10}, tap=TAP, extra="parallelism: 2\n")
    project.run()
    pipelines = sorted(path.name for path in (project.folder / "out/_dativo").iterdir() if path.name != "tables")
    assert len(pipelines) == 2 and pipelines[0] == "acme.orders.b" and pipelines[1].startswith("acme.orders.x_y-")
    states = sorted(path.name for path in (project.folder / ".dativo/state/acme").glob("*.json"))
    assert len(states) == 2


@pytest.mark.parametrize("signals", [1, 2])
def test_an_interruption_drains_every_part(project, signals):
    project.job({"streams": ["a", "b", "c"], "rows": 100_000, "delay": 0.05}, tap=TAP, extra="parallelism: 2\n")
    process = project.start("run", "job.yaml")
    deadline = time.monotonic() + 30
    while not (project.folder / "out/_dativo").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert project.processes() == [] and "not begun: c" in err
    for name in "ab":
        rows, distinct = count(project, name)
        assert rows == distinct


def test_one_stream_is_loaded_again_in_its_part(project):
    project.job({"streams": ["a", "b"], "rows": 50}, tap=TAP, extra="parallelism: 2\n")
    project.run()
    done = project.run("--json", "--full-refresh-stream", "a")
    rows = {part["stream"]: part["rows"].get("committed", 0) for part in json.loads(done.out)["result"]["parts"]}
    assert rows == {"a": 50, "b": 0} and count(project, "a") == (50, 50)
    wrong = project.dativo("run", "job.yaml", "--full-refresh-stream", "zz")
    assert wrong.returncode == 64 and "has no stream" in wrong.err


def test_two_runs_of_a_job_in_parts_keep_apart(project):
    project.job({"streams": ["a", "b"], "rows": 1000, "delay": 0.2}, tap=TAP, extra="parallelism: 2\n")
    first = project.start("run", "job.yaml")
    time.sleep(2)
    second = project.dativo("run", "job.yaml")
    assert second.returncode == 75, second.err
    first.communicate(timeout=60)
    assert first.returncode == 0 and count(project, "a") == (1000, 1000)


def test_the_state_of_each_part_is_shown_and_changed(project):
    project.job({"streams": ["x.y", "b"], "rows": 10}, tap=TAP, extra="parallelism: 2\n")
    early = project.dativo("state", "show", "job.yaml")
    assert early.returncode == 64 and "has not been run yet" in early.err
    project.run()
    listed = json.loads(project.dativo("state", "list", "--json").out)["result"]["jobs"]
    assert sorted(job["job"] for job in listed)[0] == "orders.b" and len(listed) == 2
    for asked in ([], ["--part", "z"]):
        wrong = project.dativo("state", "show", "job.yaml", *asked)
        assert wrong.returncode == 64 and "b, x.y" in wrong.err, wrong.err
    shown = json.loads(project.dativo("state", "show", "job.yaml", "--part", "x.y", "--json").out)["result"]
    assert shown["state"] == {"bookmarks": {"x.y": 10}}
    assert project.dativo("state", "reset", "job.yaml", "--part", "b").returncode == 0
    project.run()
    assert count(project, "b") == count(project, "x.y") == (10, 10)
    whole = project.folder / "whole.yaml"
    whole.write_text((project.folder / "job.yaml").read_text().replace("parallelism: 2", ""))
    none = project.dativo("state", "show", "whole.yaml", "--part", "b")
    assert none.returncode == 64 and "not run in parts" in none.err


def test_what_parts_set_aside_is_listed_and_replayed(project):
    (project.folder / "c.yaml").write_text(
        "apiVersion: v3.0.2\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n"
        "- {name: a, properties: [{name: id, logicalType: integer, logicalTypeOptions: {minimum: 3}}]}\n"
        "- {name: b, properties: [{name: id, logicalType: integer}]}\n")
    more = "parallelism: 2\ncontracts: [c.yaml]\nvalidation: {mode: quarantine}\n"
    project.job({"streams": ["a", "b"], "rows": 10}, tap=TAP, extra=more)
    project.run(code=1)
    listed = json.loads(project.dativo("quarantine", "list", "job.yaml", "--json").out)["result"]
    assert listed["waiting"] == 3
    (project.folder / "c.yaml").write_text((project.folder / "c.yaml").read_text().replace("minimum: 3", "minimum: 0"))
    done = project.dativo("quarantine", "replay", "job.yaml", "--part", "a")
    assert done.returncode == 0 and count(project, "a") == (10, 10), done.err


def test_a_contract_that_is_missing_keeps_a_job_in_parts_from_beginning(project):
    project.job({"streams": ["a", "b"], "rows": 10}, tap=TAP, extra="parallelism: 2\ncontracts: [none.yaml]\n")
    done = project.run("--json", code=78)
    assert "no such contract: none.yaml" in json.loads(done.out)["error"]["message"]
    assert not (project.folder / "out").exists()


def test_the_quarantine_of_one_part_is_listed(project):
    project.job({"streams": ["a", "b"], "rows": 10}, tap=TAP, extra="parallelism: 2\n")
    project.run()
    jobs = json.loads(project.dativo("quarantine", "list", "job.yaml", "--part", "a", "--json").out)["result"]["jobs"]
    assert [job["job"] for job in jobs] == ["acme.orders.a"]
    done = project.dativo("quarantine", "list", "job.yaml", "--part", "c")
    assert done.returncode == 64 and 'no part "c"' in done.err
