"""`dativo run --limit N`: N records of each stream, and STATE that covers no more than those."""
import json
import time

import duckdb
import pytest

from conftest import ROOT, lines, record, run, schema, state
from job_project import project  # noqa: F401 (a fixture)

TAP = ROOT / "Tests/Conformance/Hostile/streams.py"


def count(project, stream):
    files = project.folder / "out" / stream
    return duckdb.sql(f"select count(*), count(distinct id) from '{files}/*.parquet'").fetchall()[0]


def test_what_is_loaded_is_covered_and_what_comes_twice_is_said(project):
    """STATE comes every hundred records: of 250 the last 50 come again, and all 250 of the other stream."""
    project.job({"streams": ["a", "b"], "rows": 1000}, tap=TAP)
    answer = json.loads(project.run("--limit", "250", "--json").out)["result"]
    assert answer["outcome"] == "success" and answer["rows"]["committed"] == 500
    assert answer["limit"] == {"records": 250, "cut": ["a", "b"], "after_state": 300}
    assert answer["state"]["after"] == {"bookmarks": {"a": 200}}
    assert count(project, "a") == count(project, "b") == (250, 250)
    done = project.run()
    assert count(project, "a") == (1050, 1000) and count(project, "b") == (1250, 1000), "nothing is lost"
    assert "limited" not in done.err


def test_the_tap_is_ended_once_there_is_enough(project):
    project.job({"rows": 10**9, "every": 10, "delay": 0.01})
    started = time.monotonic()
    done = project.run("--limit", "30")
    assert time.monotonic() - started < 20
    assert project.ids() == list(range(30)) and "limited to 30 rows a stream: orders had more" in done.err


def test_a_tap_that_does_not_end_is_killed_and_the_run_is_well(project):
    project.job({"rows": 10**9, "every": 10, "delay": 0.01, "ignore_term": True})
    project.run("--limit", "25")
    assert project.ids() == list(range(25))
    project.job({"rows": 40, "every": 10})
    project.run()
    assert sorted(set(project.ids())) == list(range(40)) and len(project.ids()) == 45


def test_a_source_with_less_is_loaded_whole(project):
    project.job({"rows": 30})
    answer = json.loads(project.run("--limit", "30", "--json").out)["result"]
    assert answer["limit"]["cut"] == [] and answer["limit"]["after_state"] == 0
    project.run()
    assert project.ids() == list(range(30))


def test_a_failure_of_the_tap_before_is_a_failure(project):
    project.job({"rows": 1000, "exit_at": 20, "exit": 1})
    project.run("--limit", "30", code=2)
    project.job({"rows": 1000, "exit_at": 40, "exit": 1, "every": 10})
    project.run("--limit", "100", code=2)


def test_parts_are_limited_each(project):
    project.job({"streams": ["a", "b"], "rows": 1000}, tap=TAP, extra="parallelism: 2\n")
    project.run("--limit", "150")
    assert count(project, "a") == count(project, "b") == (150, 150)


def test_a_table_that_is_replaced_is_warned_of(project):
    target = f"target: parquet\nconfig: {json.dumps({'destination': 'out', 'load_method': 'overwrite'})}"
    project.job({"rows": 100}, target=target)
    done = project.run("--limit", "5")
    assert "is replaced by each load" in done.err and len(project.ids()) == 5
    project.run("--full-refresh")
    assert len(project.ids()) == 100


def test_wrong_numbers(project):
    project.job()
    for number in ("0", "-1", "x"):
        assert project.dativo("run", "job.yaml", f"--limit={number}").returncode == 64


# The middle stage alone

RULES = """\
apiVersion: v3.0.2
kind: DataContract
id: x
version: 1.0.0
status: active
schema:
- name: s
  properties: [{name: id, logicalType: integer}]
  quality: [{type: library, rule: rowCount, mustBeGreaterThan: 100}]
"""


@pytest.mark.parametrize("mode", ["strict", "warn"])
def test_the_middle_stage_lets_so_many_pass(tmp_path, mode):
    (tmp_path / "v.json").write_text(json.dumps({"record_limit": 2, "report": str(tmp_path / "r.json"), "mode": mode}))
    (tmp_path / "c.yaml").write_text(RULES)
    messages = [schema("s", {"id": {"type": "integer"}}), *[record("s", {"id": i}) for i in range(2)], state({"n": 2}),
                record("s", {"id": 2}), state({"n": 3}), {"type": "ACTIVATE_VERSION", "stream": "s", "version": 1}]
    rest = b'{"type": "RECORD", "stream": "s", "rec'
    done = run("dativo-validate", "--config", tmp_path / "v.json", "--contract", tmp_path / "c.yaml",
               stdin=lines(*messages) + rest)
    assert done.code == 0, done
    kinds = [json.loads(line)["type"] for line in done.out.splitlines()]
    assert kinds == ["SCHEMA", "RECORD", "RECORD", "STATE"]
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["limit"] == {"records": 2, "cut": ["s"], "after_state": 0}
    skipped = report["streams"]["s"]["skipped"]
    assert any(rule["rule"] == "rowCount" and "cut" in rule["reason"] for rule in skipped)
