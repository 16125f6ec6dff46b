"""The quarantine: its files, what waits, and what is void after a kill."""
import json
import os
import random
import time

import pytest

from conftest import CACHE, lines, record, run, schema, state
from job_project import project  # noqa: F401 (a fixture)
from quarantine_shop import CONTRACT, FAILPOINTS, bad, check, kill, parse, shop  # noqa: F401 (a fixture)


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
