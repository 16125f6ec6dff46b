"""States that speak of some streams only, and states that are brought back: no row goes, none comes twice."""
import contextlib
import json
import signal
import sys

import duckdb
import pytest

from job_project import project  # noqa: F401 (a fixture)

# Streams one after the other, each from its bookmark on; a STATE after each ten rows speaks of the
# streams that it has reached.
TAP = """\
import json, sys, time
if "--about" in sys.argv:
    sys.exit(print(json.dumps({"capabilities": ["catalog", "discover", "state"]})))
def read(option):
    return json.load(open(sys.argv[sys.argv.index(option) + 1])) if option in sys.argv else {}
config, former, catalog = read("--config"), read("--state"), read("--catalog")
schema = {"properties": {"id": {"type": "integer"}}}
entry = lambda name: {"tap_stream_id": name, "stream": name, "schema": schema, "key_properties": ["id"], "metadata": []}
if "--discover" in sys.argv:
    sys.exit(print(json.dumps({"streams": [entry(name) for name in config["rows"]]})))
if config.get("down"):
    sys.exit("the source is down")
def selected(stream):
    told = [m["metadata"].get("selected") for m in stream["metadata"] if not m["breadcrumb"]]
    return told[0] if told else stream.get("selected", True)
names = [stream["tap_stream_id"] for stream in catalog["streams"] if selected(stream)]
state, sent = {}, 0
for name in names:
    print(json.dumps({"type": "SCHEMA", "stream": name, "schema": schema, "key_properties": ["id"]}))
    last = former.get("bookmarks", {}).get(name, {}).get("id", 0)
    for number in range(last + 1, config["rows"][name] + 1):
        print(json.dumps({"type": "RECORD", "stream": name, "record": {"id": number}}), flush=True)
        sent += 1
        if number % 10 == 0:
            state[name] = {"id": number}
            print(json.dumps({"type": "STATE", "value": {"bookmarks": state}}), flush=True)
        if sent == config.get("die_after"):
            sys.exit("broken off")
        if sent == config.get("wait_after"):
            time.sleep(60)
    if name not in state and last:
        state[name] = {"id": last}
        print(json.dumps({"type": "STATE", "value": {"bookmarks": state}}), flush=True)
"""
TARGET = f"target: parquet\nconfig: {json.dumps({'destination': 'out', 'checkpoint_interval': {'rows': 10}})}"


class Streams:
    def __init__(self, project):
        self.project = project
        self.tap = project.folder / "tap.py"
        self.tap.write_text(TAP)

    def job(self, rows, target=TARGET, **config):
        extra = "\nsandbox: none\n"
        self.project.job({"rows": rows, **config}, target=target, tap=self.tap, extra=extra)
        path = self.project.folder / "job.yaml"
        path.write_text(path.read_text().replace("attempts: 3", "attempts: 1"))

    def run(self, rows, *arguments, code=0, **config):
        self.job(rows, **config)
        return self.project.run(*arguments, code=code)

    def under_way(self):
        """A run that has committed 50 more rows of the first stream and waits for its tap."""
        self.job({"a": 200, "b": 50}, wait_after=55)
        process = self.project.start("run", "job.yaml")
        self.project.wait(lambda: len(self.ids("a")) == 150)
        return process

    def state(self, *arguments, code=0):
        done = self.project.dativo("state", *arguments)
        assert done.returncode == code, done.err
        return done

    @property
    def bookmarks(self):
        shown = json.loads(self.state("show", "job.yaml", "--json").out)["result"]["state"]
        return {name: value["id"] for name, value in shown["bookmarks"].items()}

    def ids(self, stream):
        files = self.project.folder / "out" / stream
        if not list(files.glob("*.parquet")):
            return []
        # A file that gives way may be gone before it is read.
        with contextlib.suppress(duckdb.IOException):
            return [row[0] for row in duckdb.sql(f"select id from '{files}/*.parquet' order by 1").fetchall()]
        return []

    def has(self, **counts):
        found = {name: self.ids(name) for name in counts}
        assert found == {name: list(range(1, count + 1)) for name, count in counts.items()}


@pytest.fixture
def streams(project):
    return Streams(project)


BACK = {
    "rollback": [["reset", "job.yaml"], ["rollback", "job.yaml", "1"]],
    "after keep-rows": [["reset", "job.yaml"], ["reset", "job.yaml", "--keep-rows"], ["rollback", "job.yaml", "1"]],
    "set": [["export", "job.yaml", "--output", "s.json"], ["reset", "job.yaml"], ["import", "job.yaml", "s.json"]],
    "one stream": [["export", "job.yaml", "--output", "s.json"], ["reset", "job.yaml", "--stream", "a"], ["import", "job.yaml", "s.json"]],
}


@pytest.mark.parametrize("verbs", BACK.values(), ids=BACK.keys())
def test_a_state_that_is_brought_back_keeps_the_rows(streams, verbs):
    streams.run({"a": 100, "b": 50})
    for verb in verbs:
        streams.state(*verb)
    streams.run({"a": 110, "b": 50})
    streams.has(a=110, b=50)
    assert streams.bookmarks == {"a": 110, "b": 50}


def test_after_a_refresh_that_failed_too(streams):
    streams.run({"a": 100, "b": 50})
    streams.run({"a": 100, "b": 50}, "--full-refresh", code=2, down=True)
    streams.state("rollback", "job.yaml", "1")
    streams.run({"a": 100, "b": 60})
    streams.has(a=100, b=60)


def test_a_stream_that_was_reset_is_still_replaced_when_others_are_merged(streams):
    streams.run({"a": 100, "b": 50})
    streams.state("reset", "job.yaml", "--stream", "a")
    (streams.project.folder / "m.json").write_text('{"bookmarks": {"b": {"id": 40}}}')
    streams.state("merge", "job.yaml", "m.json")
    streams.run({"a": 20, "b": 50})
    assert streams.ids("a") == list(range(1, 21)), "it began anew"
    assert streams.ids("b") == sorted([*range(1, 51), *range(41, 51)]), "as its state said"


def test_a_failed_run_leaves_what_it_has_not_reached(streams):
    streams.run({"a": 100, "b": 50})
    streams.run({"a": 200, "b": 50}, code=2, die_after=55)
    assert streams.bookmarks == {"a": 150, "b": 50}
    streams.run({"a": 200, "b": 60})
    streams.has(a=200, b=60)


def test_an_interrupted_one_as_well(streams):
    streams.run({"a": 100, "b": 50})
    process = streams.under_way()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 143
    assert streams.bookmarks == {"a": 150, "b": 50}
    streams.run({"a": 200, "b": 60})
    streams.has(a=200, b=60)


def test_one_that_was_killed_as_well(streams):
    streams.run({"a": 100, "b": 50})
    process = streams.under_way()
    process.kill()
    process.wait()
    streams.project.wait(lambda: streams.project.processes() == [])
    streams.run({"a": 200, "b": 60})
    streams.has(a=200, b=60)
    assert streams.bookmarks == {"a": 200, "b": 60}


@pytest.mark.parametrize("arguments, a", [(["--select", "a.*"], 200), (["--limit", "20"], 120)])
def test_one_of_some_streams_or_records(streams, arguments, a):
    streams.run({"a": 100, "b": 50})
    streams.run({"a": 200, "b": 50}, *arguments)
    assert streams.bookmarks == {"a": a, "b": 50}
    streams.run({"a": 200, "b": 60})
    streams.has(a=200, b=60)


def test_a_refresh_of_one_stream(streams):
    streams.run({"a": 100, "b": 50})
    streams.run({"a": 90, "b": 50}, "--full-refresh", "--select", "a.*")
    assert streams.bookmarks == {"a": 90, "b": 50}
    streams.has(a=90, b=50)


def test_a_refresh_that_is_killed_goes_on_and_brings_nothing_back(streams):
    streams.run({"a": 100, "b": 50})
    streams.job({"a": 60, "b": 50}, wait_after=35)
    process = streams.project.start("run", "job.yaml", "--full-refresh")
    streams.project.wait(lambda: streams.ids("a") == list(range(1, 31)))
    process.kill()
    process.wait()
    streams.project.wait(lambda: streams.project.processes() == [])
    streams.run({"a": 60, "b": 40})
    streams.has(a=60, b=40)


def test_targets_of_others_as_well(streams):
    program = streams.project.folder / "target.py"
    program.write_text(
        "import json, sys\n"
        "with open('rows.jsonl', 'a') as out:\n"
        "    for line in sys.stdin:\n"
        "        message = json.loads(line)\n"
        "        if message['type'] == 'RECORD': out.write(line)\n"
        "        if message['type'] == 'STATE': print(json.dumps(message['value']))\n"
    )
    target = f"command: [{sys.executable}, {program}]"
    streams.run({"a": 100, "b": 50}, target=target)
    streams.run({"a": 200, "b": 50}, "--select", "a.*", target=target)
    assert streams.bookmarks == {"a": 200, "b": 50}
    streams.run({"a": 200, "b": 50}, target=target)
    rows = (streams.project.folder / "rows.jsonl").read_text().splitlines()
    assert len(rows) == len(set(rows)) == 250


def test_rows_behind_the_last_state_are_told(streams):
    done = streams.run({"a": 15})
    assert "5 rows came after the tap's last STATE" in done.err, done.err
    streams.run({"a": 15})
    assert streams.ids("a") == sorted([*range(1, 16), *range(11, 16)])
    assert "after the tap's last STATE" not in streams.run({"a": 10}).err
    assert "after the tap's last STATE" not in streams.run({"a": 10}, "--full-refresh").err
