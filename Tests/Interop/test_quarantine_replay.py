"""Replays of the quarantine: repaired or newly acceptable records, each loaded once."""
import json
import os
import random
import signal
import sys
import time

import duckdb
import pytest

from conftest import lines, record, run, state
from job_project import project  # noqa: F401 (a fixture)
from quarantine_shop import CONTRACT, FAILPOINTS, TAP, bad, kill, parse, shop  # noqa: F401 (a fixture)


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
