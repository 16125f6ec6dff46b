"""The quarantine whole: its files, what is void after a kill, what waits, and replays."""
import json
import os
import random
import signal
import sys
import time

import duckdb
import pytest

from conftest import CACHE, lines, record, run, schema, state
from job_project import project  # noqa: F401 (a fixture)

CONTRACT = """\
apiVersion: v3.0.2
kind: DataContract
id: orders
version: 1.2.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: n, logicalType: integer, logicalTypeOptions: {maximum: %d}}
"""

# Every seventh row has an `n` above 100; a STATE after every `every` rows, `tail` rows after the last.
TAP = """\
import argparse, json, os, time
parser = argparse.ArgumentParser()
parser.add_argument("--config"); parser.add_argument("--state")
options = parser.parse_args()
config = json.load(open(options.config))
start = json.load(open(options.state))["row"] if options.state else 0
end, every = config["rows"], config.get("every", 10)
def send(**message): os.write(1, (json.dumps(message) + "\\n").encode())
send(type="SCHEMA", stream="orders", key_properties=["id"], schema={"type": "object",
     "properties": {"id": {"type": "integer"}, "n": {"type": "integer"}}})
for id in range(start, end):
    n = 1000 + id if id % 7 == 3 else id % 100
    send(type="RECORD", stream="orders", record={"id": id, "n": n},
         time_extracted="2026-01-01T00:00:00Z")
    if (id + 1) % every == 0 and id + 1 <= end - config.get("tail", 0):
        send(type="STATE", value={"row": id + 1})
        time.sleep(config.get("delay", 0))
if not config.get("tail"): send(type="STATE", value={"row": end})
"""

FAILPOINTS = [
    "log.opened", "log.cleaned", "object.drafted", "object.linked", "file.begun", "file.written",
    "file.synced", "file.renamed", "commit.staged", "commit.published", "commit.moving",
    "commit.visible", "commit.echoed",
]


def bad(rows, start=0):
    return [id for id in range(start, rows) if id % 7 == 3]


@pytest.fixture
def shop(project):
    """A project whose job quarantines every seventh row."""

    def job(rows=100, maximum=100, target=None, extra="validation: {mode: quarantine}", **source):
        (project.folder / "tap.py").write_text(TAP)
        (project.folder / "c.odcs.yaml").write_text(CONTRACT % maximum)
        interval = {"destination": "out", "checkpoint_interval": {"rows": 1}}
        target = target or f"target: parquet\nconfig: {json.dumps(interval)}"
        project.job(
            {"rows": rows, **source},
            target,
            tap=project.folder / "tap.py",
            extra=f"contracts: [c.odcs.yaml]\n{extra}",
        )

    def quarantine(verb, *arguments, code=0):
        done = project.dativo("quarantine", verb, "job.yaml", "--json", *arguments)
        assert done.returncode == code, f"exit {done.returncode}\n{done.out}\n{done.err}"
        return json.loads(done.out)["result"]

    def waiting():
        shown = quarantine("show", "--limit", "100000")["records"]
        assert len(shown) == quarantine("list")["waiting"]
        return sorted(line["record"]["id"] for line in shown)

    project.make, project.quarantine, project.waiting = job, quarantine, waiting
    project.make()
    return project


def parse(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


# The file


def validated(tmp_path, *messages, arguments=()):
    (tmp_path / "c.odcs.yaml").write_text(CONTRACT % 100)
    command = ["dativo-validate", "--contract", "c.odcs.yaml", "--mode", "quarantine"]
    done = run(*command, "--quarantine", "q.jsonl", *arguments, stdin=lines(*messages), cwd=tmp_path)
    assert done.code == 0, done
    return done


ORDERS = schema("orders", {"id": {"type": "integer"}, "n": {"type": "integer"}}, ["id"])


def test_the_file_is_a_singer_stream_with_the_reasons(tmp_path):
    odd = b'{"type":"RECORD","stream":"orders","record":{"id":1, "n":1.01e3},"version":7}\n'
    validated(
        tmp_path, ORDERS, record("orders", {"id": 0, "n": 1}), state({"a": 1}), odd,
        state({"a": 2}), state({"a": 3}), record("orders", {"id": 2, "n": 101}),
    )
    text = (tmp_path / "q.jsonl").read_text()
    assert '"record":{"id":1, "n":1.01e3},' in text
    first, second, third, fourth = parse(tmp_path / "q.jsonl")
    assert first == ORDERS
    assert (second["type"], second["stream"], second["version"], second["line"]) == ("RECORD", "orders", 7, 4)
    (violation,) = second["violations"]
    assert (violation["rule"], violation["pointer"], violation["severity"]) == ("maximum", "/n", "error")
    assert violation["message"]
    assert second["contract"]["id"] == "orders" and second["contract"]["version"] == "1.2.0"
    assert len(second["contract"]["sha256"]) == 64
    assert third == {"type": "STATE", "value": {"a": 2}, "run": second["run"], "states": 2}
    assert (fourth["record"], fourth["line"]) == ({"id": 2, "n": 101}, 7)


def test_a_foreign_target_reads_it(tmp_path):
    validated(
        tmp_path, ORDERS, record("orders", {"id": 1, "n": 500}), b"no json\n", state({"a": 1}),
        {"type": "RECORD", "record": {"stream": "air", "data": {"x": 1}, "emitted_at": 5}},
        record("orders", {"id": 2, "n": 501}),
        arguments=["--catalog", catalog(tmp_path)],
    )
    (tmp_path / "t.json").write_text(json.dumps({"destination_path": str(tmp_path), "do_timestamp_file": False}))
    loaded = run(
        CACHE / "target-jsonl/bin/target-jsonl", "-c", tmp_path / "t.json",
        stdin=(tmp_path / "q.jsonl").read_bytes(),
    )
    assert loaded.code == 0, loaded
    assert parse(tmp_path / "orders.jsonl") == [{"id": 1, "n": 500}, {"id": 2, "n": 501}]
    assert parse(tmp_path / "_dativo_lines.jsonl") == [{"text": "no json"}]
    assert parse(tmp_path / "air.jsonl") == [{"x": 1}]


def catalog(tmp_path, **more):
    path = tmp_path / "catalog.json"
    stream = {**more, "name": "air", "json_schema": {"type": "object", "properties": {"x": {"type": "string"}}}}
    path.write_text(json.dumps({"streams": [{"stream": stream}]}))
    return path


def test_an_airbyte_record_keeps_its_envelope(tmp_path):
    message = {"type": "RECORD", "record": {"stream": "air", "namespace": "ns", "data": {"x": 1}, "emitted_at": 5}}
    told = {"type": "STATE", "state": {"type": "LEGACY", "data": {"a": 1}}}
    validated(tmp_path, message, told, arguments=["--catalog", catalog(tmp_path, namespace="ns")])
    first, second, third = parse(tmp_path / "q.jsonl")
    assert (first["type"], first["airbyte"]) == ("SCHEMA", True)
    assert (second["record"], second["airbyte"]) == ({"x": 1}, {"namespace": "ns", "emitted_at": 5})
    assert third["value"] == told["state"]


def test_what_a_replay_says_of_a_record_stays_with_it(tmp_path):
    """Which it was; what is masked of it is for the stage to say, not for whoever sent it."""
    said = {"masked": ["/name"], "quarantined": {"run": "r", "line": 8}}
    validated(tmp_path, ORDERS, {**record("orders", {"id": 1, "n": 500}), **said})
    line = parse(tmp_path / "q.jsonl")[1]
    assert line["quarantined"] == said["quarantined"] and line["line"] == 2
    assert "masked" not in line


def test_a_line_that_a_killed_writer_left_is_cut(tmp_path):
    (tmp_path / "q.jsonl").write_bytes(b'{"type":"STATE","value":{}}\n{"type":"RECO')
    validated(tmp_path, ORDERS, record("orders", {"id": 1, "n": 500}))
    assert [line["type"] for line in parse(tmp_path / "q.jsonl")] == ["STATE", "SCHEMA", "RECORD"]


# What waits


def test_what_waits_is_listed_and_shown(shop):
    shop.run(code=1)
    assert shop.waiting() == bad(100)
    told = shop.record()["quarantine"]
    assert told["waiting"] == len(bad(100)) and os.path.isfile(told["file"])
    (job,) = shop.quarantine("list")["jobs"]
    (part,) = job["parts"]
    stream = part["streams"]["orders"]
    assert stream["rules"] == {"maximum": len(bad(100))} and stream["waiting"] == len(bad(100))
    assert stream["first"] <= stream["last"] and 0 <= stream["age_seconds"] < 100
    text = shop.dativo("quarantine", "list", ".")
    assert text.returncode == 0 and "maximum 14" in text.out and "acme.orders" in text.out
    shown = shop.quarantine("show", "--rule", "maximum", "--limit", "2")
    assert [line["record"]["id"] for line in shown["records"]] == [3, 10]
    assert shown["total"] == len(bad(100))
    assert shop.quarantine("show", "--rule", "pattern")["records"] == []
    assert shop.quarantine("show", "--stream", "other")["records"] == []


def test_a_run_without_violations_leaves_no_file(shop):
    shop.make(maximum=10_000)
    shop.run()
    assert shop.waiting() == []
    assert list((shop.folder / ".dativo/quarantine/acme").glob("orders/*")) == []


def test_a_full_refresh_brings_the_records_again_once(shop):
    shop.run(code=1)
    shop.run("--full-refresh", code=1)
    assert shop.waiting() == bad(100)
    assert shop.ids() == [id for id in range(100) if id not in bad(100)]


def test_a_file_of_the_users_own_is_added_to(shop):
    shop.make(extra="validation: {mode: quarantine, quarantine: bad.jsonl}")
    shop.run(code=1)
    shop.make(rows=200, extra="validation: {mode: quarantine, quarantine: bad.jsonl}")
    shop.run(code=1)
    assert shop.waiting() == bad(200)
    found = [line["record"]["id"] for line in parse(shop.folder / "bad.jsonl") if line["type"] == "RECORD"]
    assert found == bad(200)


# Kills


def check(shop, rows):
    """Each row of the source is in the table or waits, and is there once."""
    assert sorted(shop.ids() + shop.waiting()) == list(range(rows))
    assert shop.waiting() == bad(rows)


@pytest.mark.parametrize("name", FAILPOINTS)
@pytest.mark.parametrize("nth", [1, 3])
def test_segments_beyond_the_last_commit_are_void(shop, name, nth):
    """Each attempt of the run dies at the failpoint; the next run goes on."""
    shop.make(rows=200)
    os.environ["DATIVO_FAILPOINT"] = f"{name}:kill:{nth}"
    try:
        for _ in range(2):
            assert shop.dativo("run", "job.yaml").returncode in (0, 1, 2)
    finally:
        del os.environ["DATIVO_FAILPOINT"]
    shop.dativo("run", "job.yaml")
    check(shop, 200)


def test_the_tail_waits_once(shop):
    shop.make(rows=205, tail=5)
    shop.run(code=1)
    check(shop, 205)


@pytest.mark.parametrize("victim", [b"dativo-validate", b"dativo-target-parquet", b"tap.py", b"dativo"])
def test_random_kills_lose_and_double_nothing(shop, victim):
    """Commits come only now and then, so that segments of each attempt are void."""
    rows, chance, kills = 5000, random.Random(victim), 0
    interval = {"destination": "out", "checkpoint_interval": {"rows": 100}}
    target = f"target: parquet\nconfig: {json.dumps(interval)}"
    # A file of the user's own is never cut, so that what is void can be counted. A tap that dies
    # leaves nothing void: it sleeps after a STATE, which the target commits.
    own = victim in (b"dativo", b"dativo-target-parquet")
    extra = "validation: {mode: quarantine" + (", quarantine: bad.jsonl}" if own else "}")
    extra += "\nsandbox: none"  # its processes are found by a variable, and killed as they start
    shop.make(rows, target=target, extra=extra, delay=0.005, every=7)
    for _ in range(5):
        process = shop.start("run", "job.yaml")
        # As many kills as there are attempts.
        for _ in range(1 if victim == b"dativo" else 3):
            time.sleep(0.15 + chance.random() * 0.35)
            number = process.pid if victim == b"dativo" else shop.stage(victim)
            if number and process.poll() is None:
                kills += kill(number)
        process.communicate(timeout=60)
        shop.wait(lambda: not shop.processes())
        waiting = shop.waiting()
        assert waiting == sorted(set(waiting)), "a record waits twice"
    shop.dativo("run", "job.yaml")
    assert kills >= 2
    check(shop, rows)
    if own:
        written = sum(line["type"] == "RECORD" for line in parse(shop.folder / "bad.jsonl"))
        assert written > len(bad(rows)), "nothing was void: the kills came at the wrong moments"


def kill(number):
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


# Replays


def test_a_loosened_contract_lets_all_through(shop):
    shop.run(code=1)
    before = json.loads(shop.dativo("state", "show", "job.yaml", "--json").out)["result"]["state"]
    shop.make(maximum=10_000)
    trial = shop.quarantine("replay", "--dry-run")
    assert (trial["replayed"], trial["violating"], trial["dry_run"]) == (14, 0, True)
    assert shop.waiting() == bad(100)
    done = shop.quarantine("replay")
    assert (done["sent"], done["replayed"], done["delivery"]) == (14, 14, "exactly-once")
    assert shop.waiting() == [] and shop.ids() == list(range(100))
    after = json.loads(shop.dativo("state", "show", "job.yaml", "--json").out)["result"]["state"]
    assert after == before == {"row": 100}
    assert shop.quarantine("replay")["sent"] == 0
    assert shop.ids() == list(range(100))
    everything = shop.quarantine("list", "--all")["jobs"][0]["parts"][0]["streams"]["orders"]
    assert (everything["waiting"], everything["done"]) == (0, 14)
    # The next run goes on from where it was.
    shop.make(rows=120, maximum=10_000)
    shop.run()
    assert shop.ids() == list(range(120))


def test_what_still_violates_waits_with_its_new_reasons(shop):
    shop.run(code=1)
    shop.make(maximum=1050)
    done = shop.quarantine("replay", code=1)
    left = [id for id in bad(100) if 1000 + id > 1050]
    assert (done["sent"], done["violating"]) == (14, len(left))
    assert shop.waiting() == left
    shown = shop.quarantine("show")["records"]
    assert all("1050" in line["violations"][0]["message"] for line in shown)
    assert all(set(line["quarantined"]) == {"run", "line"} for line in shown)
    assert sorted(shop.ids() + left) == list(range(100))
    shop.make(maximum=10_000)
    assert shop.quarantine("replay")["replayed"] == len(left)
    assert shop.ids() == list(range(100)) and shop.waiting() == []


def test_nothing_passes_and_all_wait(shop):
    shop.run(code=1)
    assert shop.quarantine("replay", code=1)["violating"] == 14
    assert shop.waiting() == bad(100)
    assert shop.ids() == [id for id in range(100) if id not in bad(100)]


def test_an_edited_copy_repairs(shop):
    shop.run(code=1)
    copy = shop.folder / "copy.jsonl"
    shown = shop.quarantine("show", "--limit", "5")["records"]
    for line in shown:
        line["record"]["n"] = -line["record"]["id"]
    copy.write_bytes(lines(*shown))
    assert shop.quarantine("replay", "--repair", str(copy))["replayed"] == 5
    assert shop.waiting() == bad(100)[5:]
    rows = duckdb.sql(f"select id, n from read_parquet('{shop.folder}/out/orders/*.parquet') where n < 0").fetchall()
    assert sorted(rows) == [(id, -id) for id in bad(100)[:5]]
    # Those that were replayed are not sent again.
    assert shop.quarantine("replay", "--repair", str(copy))["sent"] == 0
    copy.write_text('{"type":"RECORD","stream":"orders","record":{"id":3,"n":1}}\n')
    refused = shop.dativo("quarantine", "replay", "job.yaml", "--repair", str(copy))
    assert refused.returncode == 65 and '"run" and "line"' in refused.err


@pytest.mark.parametrize("form", ["no last line feed", "a byte-order mark", "CR LF"])
def test_a_repair_in_the_form_that_editors_leave(shop, form):
    shop.run(code=1)
    shown = shop.dativo("quarantine", "show", "job.yaml").out
    line = next(line for line in shown.splitlines() if '"RECORD"' in line)
    message = json.loads(line)
    message["record"]["n"] = 1
    text = json.dumps(message)
    text = {"no last line feed": text, "a byte-order mark": "\ufeff" + text + "\n", "CR LF": text + "\r\n"}[form]
    (shop.folder / "r.jsonl").write_text(text)
    assert shop.quarantine("replay", "--repair", "r.jsonl")["replayed"] == 1


@pytest.mark.parametrize("text, says", [
    ("", "r.jsonl has no record in it"), ("\n\n", "has no record in it"), ("junk\n", "r.jsonl:1: not a line of the quarantine"),
    ('{"type":"RECORD","stream":"orders","rec', "r.jsonl:1: not a line"),
    ('{"type":"RECORD","stream":"orders","record":{}}', 'without the "run" and "line"'),
])  # fmt: skip
def test_a_repair_that_is_none(shop, text, says):
    shop.run(code=1)
    (shop.folder / "r.jsonl").write_text(text)
    done = shop.dativo("quarantine", "replay", "job.yaml", "--repair", "r.jsonl")
    assert done.returncode == 65 and says in done.err, done.err


def test_a_command_repairs(shop):
    shop.run(code=1)
    done = shop.quarantine("replay", "--with", "sed '/RECORD/s/\"n\": *[0-9]*/\"n\":7/' | cat")
    assert done["replayed"] == 14
    assert shop.waiting() == [] and shop.ids() == list(range(100))
    failed = shop.dativo("quarantine", "replay", "job.yaml", "--with", "exit 3")
    assert failed.returncode == 65 and "exited with 3" in failed.err


def test_a_repeated_key_waits_for_a_repair(shop):
    """A replay knows no keys of the run: it would take what the run refused for its key."""
    tap = shop.folder / "twice.py"
    tap.write_text(TAP.replace("for id in range(start, end):", "for id in [0, 1, 2, 1]:"))
    contract = CONTRACT.replace("required: true", "primaryKey: true") % 100
    (shop.folder / "c.odcs.yaml").write_text(contract)
    shop.job({"rows": 3}, tap=tap, extra="contracts: [c.odcs.yaml]\nvalidation: {mode: quarantine}")
    shop.run(code=1)
    done = shop.quarantine("replay", code=1)
    assert (done["sent"], done["repeats"]) == (0, 1)
    assert shop.waiting() == [1] and shop.ids() == [0, 1, 2]
    done = shop.quarantine("replay", "--with", "cat", code=1)
    assert (done["sent"], done["repeats"]) == (0, 1), "what a command leaves as it was is not repaired"
    done = shop.quarantine("replay", "--with", "sed 's/\"id\": *1/\"id\":9/'")
    assert done["replayed"] == 1 and shop.ids() == [0, 1, 2, 9]


def test_one_run_or_stream_may_be_meant(shop):
    shop.run(code=1)
    first = shop.record()["run"]
    shop.make(rows=200)
    shop.run(code=1)
    shop.make(rows=200, maximum=10_000)
    assert shop.quarantine("replay", "--stream", "other")["sent"] == 0
    assert shop.quarantine("replay", "--run", first)["replayed"] == 14
    assert shop.waiting() == bad(200, 100)


def test_a_run_under_way_refuses_a_replay(shop):
    shop.make(rows=5000, delay=0.1)
    process = shop.start("run", "job.yaml")
    shop.wait(lambda: shop.stage(b"dativo-target-parquet"))
    refused = shop.dativo("quarantine", "replay", "job.yaml")
    assert refused.returncode == 75 and "under way" in refused.err
    assert shop.quarantine("list")["jobs"][0]["running"] is True
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def test_a_table_that_each_load_replaces_is_refused(shop):
    config = {"destination": "out", "load_method": "overwrite"}
    target = f"target: parquet\nconfig: {json.dumps(config)}"
    shop.make(target=target)
    shop.run(code=1)
    shop.make(target=target, maximum=10_000)
    refused = shop.dativo("quarantine", "replay", "job.yaml")
    assert refused.returncode == 78 and "overwrite" in refused.err


@pytest.mark.parametrize("name", FAILPOINTS)
def test_a_replay_killed_at_a_failpoint_loads_each_record_once(shop, name):
    shop.run(code=1)
    shop.make(maximum=1050)
    left = [id for id in bad(100) if 1000 + id > 1050]
    os.environ["DATIVO_FAILPOINT"] = f"{name}:kill"
    try:
        shop.dativo("quarantine", "replay", "job.yaml")
    finally:
        del os.environ["DATIVO_FAILPOINT"]
    shop.dativo("quarantine", "replay", "job.yaml")
    assert shop.waiting() == left
    assert sorted(shop.ids() + left) == list(range(100))


def test_rows_that_a_killed_replay_left_invisible_are_shown_by_the_next(shop):
    """The target dies at the first file that it shows, and at the next when it goes on."""
    config = {"destination": "out", "partition_by": ["n"]}
    target = f"target: parquet\nconfig: {json.dumps(config)}"
    shop.make(target=target)
    shop.run(code=1)
    shop.make(target=target, maximum=10_000)
    os.environ["DATIVO_FAILPOINT"] = "commit.moving:kill"
    try:
        failed = shop.dativo("quarantine", "replay", "job.yaml")
    finally:
        del os.environ["DATIVO_FAILPOINT"]
    assert failed.returncode == 75, failed.err
    files = f"{shop.folder}/out/orders/**/*.parquet"

    def ids():
        return [id for (id,) in duckdb.sql(f"select id from read_parquet('{files}') order by id").fetchall()]

    assert len(ids()) == 86 + 2
    assert shop.waiting() == []
    assert shop.quarantine("replay")["sent"] == 0
    assert ids() == list(range(100))


def test_a_replay_killed_at_random_loads_each_record_once(shop):
    chance = random.Random(5)
    rows, maximum = 200, 100
    shop.make(rows=rows)
    shop.run(code=1)
    for _ in range(12):
        maximum += 90
        shop.make(rows=rows, maximum=maximum)
        process = shop.start("quarantine", "replay", "job.yaml")
        time.sleep(chance.random() * 0.25)
        number = chance.choice([process.pid, shop.stage(b"dativo-target-parquet"), shop.stage(b"dativo-validate")])
        kill(number or process.pid)
        process.communicate(timeout=60)
        shop.wait(lambda: not shop.processes())
        waiting = shop.waiting()
        assert waiting == sorted(set(waiting))
    shop.quarantine("replay", code=1)
    left = [id for id in bad(rows) if 1000 + id > maximum]
    assert shop.waiting() == left
    assert sorted(shop.ids() + left) == list(range(rows))


def test_a_foreign_target_gets_them_at_least_once(shop):
    script = shop.folder / "target.py"
    script.write_text(
        "import json, sys\n"
        "out = open('rows.jsonl', 'a')\n"
        "for line in sys.stdin:\n"
        "    message = json.loads(line)\n"
        "    if message['type'] == 'RECORD': out.write(json.dumps(message['record']) + '\\n')\n"
        "    if message['type'] == 'STATE': print(json.dumps(message['value']), flush=True)\n"
    )
    target = f"command: [{sys.executable}, {script}]"
    shop.make(target=target)
    shop.run(code=1)
    assert shop.waiting() == bad(100)
    shop.make(target=target, maximum=10_000)
    done = shop.dativo("quarantine", "replay", "job.yaml")
    assert done.returncode == 0 and "may load them twice" in done.err
    assert shop.waiting() == []
    assert sorted(row["id"] for row in parse(shop.folder / "rows.jsonl")) == list(range(100))


def test_a_foreign_target_that_fails_loses_no_record(shop):
    script = shop.folder / "target.py"
    script.write_text(
        "import json, os, sys\n"
        "out, seen = open('rows.jsonl', 'a'), 0\n"
        "for line in sys.stdin:\n"
        "    message, seen = json.loads(line), seen + 1\n"
        "    if message['type'] == 'RECORD': out.write(json.dumps(message['record']) + '\\n')\n"
        "    if message['type'] == 'STATE' and message['value']['row'] % 20 == 0:\n"
        "        out.flush(); print(json.dumps(message['value']), flush=True)\n"
        "    if seen == 77: sys.exit(9)\n"
    )
    shop.make(target=f"command: [{sys.executable}, {script}]", delay=0.02)
    for _ in range(3):
        shop.dativo("run", "job.yaml")
    loaded = {row["id"] for row in parse(shop.folder / "rows.jsonl")}
    assert loaded | set(shop.waiting()) == set(range(100))
    assert set(shop.waiting()) == set(bad(100))


def test_airbyte_records_are_replayed_as_they_came(shop):
    tap, target = shop.folder / "air.py", shop.folder / "target.py"
    tap.write_text(
        "import json\n"
        "for id in range(10):\n"
        "    print(json.dumps({'type': 'RECORD', 'record': {'stream': 'orders', 'namespace': 'ns',\n"
        "        'data': {'id': id, 'n': 1000 if id == 4 else 1}, 'emitted_at': 77}}))\n"
        "print(json.dumps({'type': 'STATE', 'state': {'type': 'LEGACY', 'data': {'a': 1}}}))\n"
    )
    target.write_text(
        "import sys\n"
        "out = open('got.jsonl', 'a')\n"
        "for line in sys.stdin:\n"
        "    out.write(line)\n"
        "    if '\"STATE\"' in line: print(line, end='', flush=True)\n"
    )
    command = f"command: [{sys.executable}, {target}]"
    extra = "contracts: [c.odcs.yaml]\nvalidation: {mode: quarantine}"
    shop.job(target=command, tap=tap, extra=extra)
    shop.run(code=1)
    assert shop.waiting() == [4]
    (shop.folder / "c.odcs.yaml").write_text(CONTRACT % 10_000)
    assert shop.quarantine("replay")["replayed"] == 1
    last = parse(shop.folder / "got.jsonl")[-1]
    assert last["record"] == {
        "stream": "orders", "namespace": "ns", "data": {"id": 4, "n": 1000}, "emitted_at": 77
    }
    assert set(last["quarantined"]) == {"run", "line"}
