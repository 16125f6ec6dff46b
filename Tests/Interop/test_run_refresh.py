"""Loading again: rows give way to those of their own stream, when those come, and to nothing else."""
import json
import os
import stat
import time

import duckdb
import pytest

from job_project import project  # noqa: F401 (fixture)

# Streams one after the other, each from its bookmark on, with a STATE after every row.
TAP = '''\
import json, sys
def say(message):
    print(json.dumps(message), flush=True)
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2])) if len(sys.argv) % 2 else {}
names = ["s1", "s2", "s3"]
def entry(name):
    return {"tap_stream_id": name, "stream": name, "key_properties": ["id"],
            "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "v": {"type": "integer"}}},
            "metadata": [{"breadcrumb": [], "metadata": {"inclusion": "available"}}]}
if "--about" in sys.argv:
    sys.exit(print(json.dumps({"name": "t", "capabilities": ["catalog", "discover", "state"]})))
if "--discover" in sys.argv:
    config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
    if config.get("fail_discover"):
        sys.exit(config["fail_discover"])
    sys.exit(print(json.dumps({"streams": [entry(name) for name in names]})))
def option(name):
    return json.load(open(sys.argv[sys.argv.index(name) + 1])) if name in sys.argv else None
config, catalog = option("--config"), option("--catalog")
marks = (option("--state") or {}).get("bookmarks", {})
sent = 0
for stream in catalog["streams"]:
    if not stream.get("selected"):
        continue
    name = stream["tap_stream_id"]
    say({"type": "SCHEMA", "stream": name, "schema": entry(name)["schema"], "key_properties": ["id"]})
    for number in range(marks.get(name, 0) + 1, config["n"] + 1):
        if sent >= config.get("die_at", 1 << 60):
            sys.exit(3)
        say({"type": "RECORD", "stream": name, "record": {"id": number, "v": config.get("v", 0)}})
        marks[name] = number
        sent += 1
        say({"type": "STATE", "value": {"bookmarks": marks}})
'''


@pytest.fixture
def shop(project):
    path = project.folder / "tap.py"
    path.write_text(TAP)

    def configure(extra="", **config):
        target = 'target: parquet\nconfig: {destination: out, checkpoint_interval: {rows: 1}}'
        project.job({"rows": 0, **config}, target=target, tap=path, extra=extra)
        text = (project.folder / "job.yaml").read_text().replace("attempts: 3", "attempts: 1")
        (project.folder / "job.yaml").write_text(text)
        return project

    return configure


def rows(project, stream):
    """How many rows, how many ids, and the versions of the source that they are of."""
    files = list((project.folder / "out").glob(f"{stream}/*.parquet"))
    if not files:
        return None
    query = f"select count(*), count(distinct id), list(distinct v order by v) from read_parquet({[str(f) for f in files]})"
    return duckdb.sql(query).fetchall()[0]


def test_what_is_not_selected_keeps_rows_and_state(shop):
    project = shop(n=10)
    project.run()
    shop(n=10, v=1).run("--full-refresh", "--select", "s1.*")
    assert [rows(project, name) for name in ("s1", "s2", "s3")] == [(10, 10, [1]), (10, 10, [0]), (10, 10, [0])]
    shop(n=12, v=2).run()
    assert [rows(project, name) for name in ("s1", "s2", "s3")] == [
        (12, 12, [1, 2]), (12, 12, [0, 2]), (12, 12, [0, 2])]


def test_after_a_reset_each_stream_waits_for_its_own_rows(shop):
    project = shop(n=10)
    project.run()
    assert project.dativo("state", "reset", "job.yaml").returncode == 0
    shop(n=10, v=1).run("--select", "s1.*")
    assert [rows(project, name) for name in ("s1", "s2", "s3")] == [(10, 10, [1]), (10, 10, [0]), (10, 10, [0])]
    # What was reset and not loaded since is loaded whole, and replaced then.
    shop(n=10, v=2).run()
    assert [rows(project, name) for name in ("s1", "s2", "s3")] == [(10, 10, [1]), (10, 10, [2]), (10, 10, [2])]
    shop(n=11, v=3).run()
    assert rows(project, "s2") == (11, 11, [2, 3])


def test_a_refresh_that_fails_takes_nothing_of_streams_it_has_not_reached(shop):
    project = shop(n=10)
    project.run()
    shop(n=10, v=1, die_at=13).run("--full-refresh", code=2)
    assert rows(project, "s1") == (10, 10, [1])
    assert rows(project, "s3") == (10, 10, [0])
    assert rows(project, "s2")[2] in ([0], [1])
    shop(n=10, v=1).run()
    assert [rows(project, name) for name in ("s1", "s2", "s3")] == [(10, 10, [1])] * 3


def test_a_stream_that_has_nothing_any_more_is_empty_after_a_refresh(shop):
    project = shop(n=3)
    project.run()
    shop(n=0).run("--full-refresh")
    assert [rows(project, name) for name in ("s1", "s2", "s3")] == [None, None, None]


def test_refreshing_and_limiting_do_not_go_together(shop):
    project = shop(n=10)
    project.run()
    assert project.dativo("run", "job.yaml", "--full-refresh", "--limit", "1").returncode == 64
    assert project.dativo("state", "reset", "job.yaml").returncode == 0
    assert "the state was reset" in project.run("--limit", "1", code=75).err
    assert rows(project, "s1") == (10, 10, [0])


def test_a_streams_name_in_place_of_a_job_runs_nothing(shop):
    project = shop(n=3)
    project.run()
    done = project.dativo("run", "job.yaml", "--full-refresh", "s1")
    assert done.returncode == 64 and "--full-refresh-stream s1" in done.err
    assert rows(project, "s2") == (3, 3, [0])


def test_a_tap_that_cannot_tell_its_streams_fails_the_run_with_a_record(shop):
    hook = "hooks: {failure: [{command: [sh, -c, 'cp $DATIVO_RECORD told.json']}]}"
    project = shop(hook, n=3, fail_discover=1)
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 2, done.err
    [run] = json.loads(project.dativo("runs", "list", "--json").out)["result"]["runs"]
    assert run["status"] == "failed" and not run.get("committed")
    assert "discover" in json.loads((project.folder / "told.json").read_text())["stopped"]


STRAY = """#!/bin/sh
echo '{"type":"SCHEMA","stream":"s","schema":{"type":"object","properties":{"id":{"type":"integer"}}},"key_properties":[]}'
echo '{"type":"RECORD","stream":"s","record":{"id":1}}'
setsid sleep 300 &
exit 0
"""
TIDY = """#!/bin/sh
echo '{"type":"SCHEMA","stream":"s","schema":{"type":"object","properties":{"id":{"type":"integer"}}},"key_properties":[]}'
echo '{"type":"RECORD","stream":"s","record":{"id":1}}'
echo '{"type":"STATE","value":{"a":1}}'
exec >&-
sleep 3
exit %d
"""


def script(project, text, extra=""):
    path = project.folder / "tap.sh"
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    project.job({}, tap=path, extra=extra)
    job = (project.folder / "job.yaml").read_text()
    line = next(line for line in job.splitlines() if "command:" in line)
    (project.folder / "job.yaml").write_text(job.replace(line, "  command: [./tap.sh]").replace("attempts: 3", "attempts: 1"))


def test_a_process_in_a_session_of_its_own_does_not_hold_the_run(project):
    script(project, STRAY, extra="sandbox: none")  # confined, it could leave none behind
    started = time.monotonic()
    done = project.run(code=2)
    assert time.monotonic() - started < 60 and "left processes behind" in done.err


def test_a_tap_may_tidy_up_once_its_output_is_closed(project):
    script(project, TIDY % 0)
    project.run()
    script(project, TIDY % 5)
    assert "tap.sh exited with 5" in project.run(code=2).err
