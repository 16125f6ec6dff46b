"""dativo-target-airbyte: an Airbyte destination as a Singer target; a STATE is printed when it is kept."""
import json
import pathlib
import subprocess
import time

import pytest

from conftest import BIN, CACHE, lines, record, run, schema, state
from job_project import project  # noqa: F401 (fixture)

DESTINATION = [str(CACHE / "airbyte-cdk/bin/python"), str(pathlib.Path(__file__).with_name("jsonl_destination.py"))]
IDS = {"id": {"type": "integer"}}
# A destination without a kit, that starts at once: it keeps what it is sent, and ends as it is told to.
PLAIN = """#!/usr/bin/env python3
import json, os, sys
def say(message):
    print(json.dumps(message), flush=True)
verb, *rest = sys.argv[1:]
if verb == "spec":
    say({"type": "SPEC", "spec": {"connectionSpecification": {"type": "object"},
        "supported_destination_sync_modes": ["append", "overwrite", "append_dedup"]}})
    sys.exit()
config = json.load(open(rest[1]))
with open(f"{config['folder']}/catalog.jsonl", "a") as catalogs:
    catalogs.write(open(rest[3]).read() + "\\n")
left, records, states = config.get("die_after", -1), 0, []
with open(f"{config['folder']}/sent.jsonl", "ab") as sent:
    for line in sys.stdin.buffer:
        records += b'"RECORD"' in line
        if records == config.get("die_at"):
            sent.flush()
            if "failure" in config:
                error = {"message": "refused", "failure_type": config["failure"]}
                say({"type": "TRACE", "trace": {"type": "ERROR", "emitted_at": 1, "error": error}})
            os._exit(config.get("exit_code", 3))
        sent.write(line)
        if b'"STATE"' in line:
            sent.flush()
            states.append(json.loads(line))
            how = config.get("acknowledge", "each")
            if how == "unknown":
                states[-1]["state"]["global"]["shared_state"]["dativo"] += 1
            if how in ("each", "unknown"):
                say(states[-1])
        if left == 0:
            os._exit(9)
        left -= 1
if config.get("acknowledge") == "end":
    say(states[-1])
"""


@pytest.fixture
def target(tmp_path):
    def call(*messages, options=(), settings=None, program=DESTINATION, **config):
        config = {"executable": program, "connector_config": {"folder": "out", **config}, **(settings or {})}
        (tmp_path / "target.json").write_text(json.dumps(config))
        (tmp_path / "tmp").mkdir(exist_ok=True)
        command = ["dativo-target-airbyte", "--config", "target.json", *options]
        done = run(*command, stdin=lines(*messages), cwd=tmp_path, env={"TMPDIR": str(tmp_path / "tmp")})
        assert list((tmp_path / "tmp").iterdir()) == []
        return done

    call.folder = tmp_path / "out"
    return call


@pytest.fixture
def plain(target, tmp_path):
    (tmp_path / "plain.py").write_text(PLAIN)
    (tmp_path / "plain.py").chmod(0o755)
    target.folder.mkdir()

    def call(*messages, **given):
        return target(*messages, program=["./plain.py"], **given)

    def sent():
        return [json.loads(line) for line in (target.folder / "sent.jsonl").read_bytes().splitlines()]

    def catalogs():
        texts = (target.folder / "catalog.jsonl").read_text().splitlines()
        return [json.loads(text)["streams"] for text in texts]

    call.folder, call.sent, call.catalogs = target.folder, sent, catalogs
    return call


def rows(folder, name):
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


def states(done):
    return [json.loads(line) for line in done.out.splitlines()]


def test_rows_and_states_reach_a_destination_of_airbytes_kit(target):
    messages = [schema("orders", IDS, ["id"])]
    messages += [{**record("orders", {"id": n, "s": "ä"}), "time_extracted": "2024-05-06T07:08:09.123Z"} for n in (1, 2)]
    changed = record("orders", {"id": 3})
    changed["meta"] = {"changes": [{"field": "s", "change": "NULLED", "reason": "SOURCE_RETRIEVAL_ERROR"}]}
    done = target(*messages, state({"at": 2}), changed, state({"at": 3}), token="hunter22")
    assert done.code == 0, done
    assert states(done) == [{"at": 2}, {"at": 3}]
    assert "hunter22" not in done.out + done.err and "writing with ****" in done.err
    first, second, third = rows(target.folder, "orders")
    assert first == {"data": {"id": 1, "s": "ä"}, "generation": 0, "emitted_at": 1714979289123}
    assert second["data"]["id"] == 2
    assert third["changes"] == [["s", "NULLED", "SOURCE_RETRIEVAL_ERROR"]]
    [catalog] = [json.loads(path.read_text()) for path in target.folder.glob("catalog.*.json")]
    assert catalog == [["orders", "append_dedup", 0, 0, [["id"]], None]]


def test_what_the_destination_is_is_asked_of_it(target):
    assert target(options=["--test"]).code == 0
    (target.folder.parent / "target.json").write_text("{}")
    done = target(options=["--test"], folder="no/such/folder")
    assert (done.code, done.failure["message"]) == (78, "jsonl_destination.py: no folder no/such/folder")
    about = json.loads(target(options=["--about", "--format", "json"]).out)
    folder = about["settings"]["properties"]["connector_config"]["properties"]["folder"]
    assert folder == {"type": "string", "title": "Folder"}
    assert {"setting": "token", "kind": "string", "marks": "secret", "meaning": ""} in about["connector_settings"]


@pytest.mark.parametrize(
    "config, code, message",
    [
        ({"failure": "config_error"}, 78, "plain.py: refused"),
        ({"failure": "transient_error"}, 75, "plain.py: refused"),
        ({"failure": "system_error"}, 1, "plain.py: refused"),
        ({}, 1, "plain.py ended with code 3 and told no error"),
        ({"exit_code": 0}, 1, "plain.py ended well, and did not acknowledge 1 state that it was sent"),
        ({"exit_code": 137}, 137, "plain.py was killed"),
    ],
)
def test_a_destination_that_fails_is_no_success(plain, config, code, message):
    messages = [schema("a", IDS), record("a", {"id": 1}), state({"at": 1}), record("a", {"id": 2}), state({"at": 2})]
    done = plain(*messages, die_at=2, **config)
    assert (done.code, done.failure["message"]) == (code, message), done
    assert states(done) == [{"at": 1}] and [m["type"] for m in plain.sent()] == ["RECORD", "STATE"]


def test_a_destination_that_ends_too_soon_is_no_success(plain):
    """It ends with 0 while records are in the pipe, or have not come that far yet."""
    for count in (5_000, 100_000):
        rest = [record("a", {"id": n}) for n in range(count)]
        done = plain(schema("a", IDS), *rest, die_at=2, exit_code=0)
        assert (done.code, done.failure["message"]) == (1, "plain.py ended well, and did not read all that it was sent")


def test_a_catalog_of_singers_opens_one_write_and_empties_nothing(plain, tmp_path):
    entries = [
        {"tap_stream_id": n, "stream": n, "schema": schema(n, IDS)["schema"], "key_properties": [],
         "metadata": [{"breadcrumb": [], "metadata": {"selected": n != "c"}}]}
        for n in "abc"
    ]  # fmt: skip
    (tmp_path / "catalog.json").write_text(json.dumps({"streams": entries}))
    messages = [schema("a", IDS), record("a", {"id": 1}), schema("b", IDS), record("b", {"id": 2})]
    assert plain(*messages, options=["--catalog", "catalog.json"]).code == 0
    assert [[s["stream"]["name"] for s in catalog] for catalog in plain.catalogs()] == [["a", "b"]]
    settings = {"sync_mode": "overwrite"}
    assert plain(*messages[:2], options=["--catalog", "catalog.json"], settings=settings).code == 0
    modes = {s["stream"]["name"]: (s["destination_sync_mode"], s["minimum_generation_id"]) for s in plain.catalogs()[-1]}
    assert modes["a"][0] == "overwrite" and modes["b"] == ("append", 0)


def test_an_error_of_airbytes_kit_is_told_without_secrets(target):
    messages = [schema("a", IDS), record("a", {"id": 1}), state({"at": 1}), record("a", {"id": 2}), state({"at": 2})]
    done = target(*messages, die_at=2, token="hunter22", failure="config_error")
    assert (done.code, done.failure["message"]) == (78, "jsonl_destination.py: refused ****"), done
    assert states(done) == [{"at": 1}] and "hunter22" not in done.err


def test_states_that_nobody_sent_or_nobody_acknowledges(plain):
    messages = [schema("a", IDS), record("a", {"id": 1}), state({"at": 1})]
    done = plain(*messages, acknowledge="unknown")
    assert (done.code, done.out) == (65, "")
    assert done.failure["message"] == "plain.py acknowledges a state that it was never sent"
    done = plain(*messages, acknowledge="none")
    assert (done.code, done.out) == (1, "")
    assert "did not acknowledge 1 state that" in done.failure["message"]
    done = plain(*messages, state({"at": 2}), acknowledge="end")
    assert (done.code, states(done)) == (0, [{"at": 2}])


def test_a_schema_that_comes_later_opens_another_write(plain):
    done = plain(
        schema("a", IDS), record("a", {"id": 1}), state({"at": 1}),
        schema("b", IDS, ["id"]), record("b", {"id": 2}), state({"at": 2}),
        schema("b", IDS, ["id"]), record("a", {"id": 3}), state({"at": 3}),
    )
    assert (done.code, states(done)) == (0, [{"at": 1}, {"at": 2}, {"at": 3}]), done
    assert [[s["stream"]["name"] for s in catalog] for catalog in plain.catalogs()] == [["a"], ["a", "b"]]
    kinds = [m["type"] for m in plain.sent()]
    # Each write has told that its streams are complete.
    assert kinds == ["RECORD", "STATE", "TRACE", "RECORD", "STATE", "RECORD", "STATE", "TRACE", "TRACE"]
    # Nothing but SCHEMAs: a stream without rows.
    assert plain(schema("c", IDS)).code == 0
    assert plain.sent()[-1]["trace"]["stream_status"] == {"stream_descriptor": {"name": "c"}, "status": "COMPLETE"}


def test_records_pass_byte_for_byte(plain):
    data = '{"id": 12345678901234567890123, "x":1.10,"s":"\\u00e4\\/",  "n":null}'
    done = plain(schema("ns-ä", IDS), f'{{"type":"RECORD","record":{data},"stream":"ns-ä"}}', settings={"namespace": "top"})
    assert done.code == 0, done
    first = (plain.folder / "sent.jsonl").read_text().splitlines()[0]
    assert first.startswith(f'{{"type":"RECORD","record":{{"stream":"ns-ä","namespace":"top","data":{data},"emitted_at":')


def test_overwriting_is_of_generations(target):
    settings = {"sync_mode": "overwrite"}
    first = [schema("a", IDS), record("a", {"id": 1}), state({"at": 1})]
    assert target(*first, settings=settings).code == 0
    # A second write of the same load keeps what the first one brought.
    second = [schema("a", IDS), record("a", {"id": 2}), schema("b", IDS), record("b", {"id": 3}), record("a", {"id": 4})]
    assert target(*second, settings=settings).code == 0
    assert [r["data"]["id"] for r in rows(target.folder, "a")] == [2, 4]
    assert [r["data"]["id"] for r in rows(target.folder, "b")] == [3]
    # Rows of one version belong together, however often a load is broken off.
    half = [{**record("a", {"id": n}), "version": 2_000_000_000_000} for n in (5, 6)]
    done = target(schema("a", IDS), half[0], state({"at": 5}), '{"type":"ABORT",'.encode(), settings=settings)
    assert (done.code, states(done)) == (65, [{"at": 5}])
    assert [r["data"]["id"] for r in rows(target.folder, "a")] == [2, 4, 5]
    activate = {"type": "ACTIVATE_VERSION", "stream": "a", "version": 2_000_000_000_000}
    assert target(schema("a", IDS), half[1], activate, settings=settings).code == 0
    assert [r["data"]["id"] for r in rows(target.folder, "a")] == [5, 6]


def test_modes_that_a_destination_lacks(target, monkeypatch):
    monkeypatch.setenv("DESTINATION_MODES", "append")
    done = target(schema("a", IDS), record("a", {"id": 1}), settings={"streams": {"a": {"sync_mode": "overwrite"}}})
    assert (done.code, done.failure["hint"]) == (78, "It has append.")
    done = target(schema("a", IDS, ["id"]), record("a", {"id": 1}))
    assert done.code == 0, done
    [catalog] = [json.loads(path.read_text()) for path in target.folder.glob("catalog.*.json")]
    assert catalog[0][1] == "append"


def test_mistakes_are_told(plain):
    for message, code, text in (
        (record("a", {"id": 1}), 65, "line 1: a RECORD of stream a, which has no SCHEMA"),
        (b"{broken\n", 65, "line 1: not JSON"),
        (b"[1]\n", 65, "line 1: a message is a JSON object"),
        ({"type": "BATCH", "stream": "a"}, 65, "line 1: a BATCH of stream a"),
        ({"type": "RECORD", "record": {"stream": "a", "data": {}, "emitted_at": 1}}, 64, "without a catalog"),
    ):
        done = plain(message)
        assert done.code == code and text in done.failure["message"], (message, done)
    # A state before anything that it could cover.
    done = plain(state({"at": 1}))
    assert (done.code, states(done)) == (0, [{"at": 1}])
    done = plain(schema("a", IDS, ["id"]), settings={"streams": {"a": {"sync_mode": "overwrit"}}})
    assert done.code == 78 and "overwrite" in done.err
    done = plain(schema("a", IDS), settings={"image": "x"})
    assert "are given, which are different destinations" in done.failure["message"]


def test_airbytes_messages_pass_as_they_are(plain, tmp_path):
    catalog = {"stream": {"name": "a", "namespace": "p", "json_schema": {}}, "sync_mode": "full_refresh"}
    catalog |= {"destination_sync_mode": "overwrite", "generation_id": 7, "minimum_generation_id": 7, "sync_id": 3}
    (tmp_path / "catalog.json").write_text(json.dumps({"streams": [catalog]}))
    rec = '{"type": "RECORD", "record": {"namespace": "p", "stream": "a", "data": {"x": 1.0}, "emitted_at": 5}}'
    stream = {"stream_descriptor": {"name": "a", "namespace": "p"}, "stream_state": {"c": 1.50, "n": None}}
    told = {"type": "STATE", "state": {"type": "STREAM", "stream": stream, "sourceStats": {"recordCount": 1.0}}}
    secret = {"type": "CONTROL", "control": {"type": "CONNECTOR_CONFIG", "connectorConfig": {"config": {"t": 1}}}}
    log = {"type": "LOG", "log": {"level": "INFO", "message": "m"}}
    done = plain(log, rec, secret, told, options=["--catalog", "catalog.json"])
    assert (done.code, states(done)) == (0, [told]), done
    assert plain.catalogs() == [[catalog]]
    sent = (plain.folder / "sent.jsonl").read_text().splitlines()
    assert sent[:2] == [rec, json.dumps(told)]
    assert json.loads(sent[2])["trace"]["stream_status"]["status"] == "COMPLETE"
    status = {"stream_descriptor": {"name": "a", "namespace": "p"}, "status": "INCOMPLETE"}
    failed = {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "emitted_at": 1, "stream_status": status}}
    done = plain(rec, told, failed, options=["--catalog", "catalog.json"])
    assert (done.code, done.failure["message"]) == (1, "stream p-a ended as INCOMPLETE")


def feed(count, every):
    yield lines(schema("a", IDS))
    for start in range(1, count + 1, every):
        end = min(start + every, count + 1)
        yield lines(*[record("a", {"id": n}) for n in range(start, end)], state({"at": end - 1}))


def test_a_state_covers_only_what_the_destination_has_kept_whoever_is_killed(plain, tmp_path):
    """The destination is killed after each number of messages; then the target, at moments of its own."""
    messages = b"".join(feed(12, 3))
    for after in range(16):
        (plain.folder / "sent.jsonl").unlink(missing_ok=True)
        done = plain(messages, die_after=after)
        kept = [m["record"]["data"]["id"] for m in plain.sent() if m["type"] == "RECORD"]
        last = max([s["at"] for s in states(done)], default=0)
        assert done.code != 0 and last <= len(kept) and kept == list(range(1, len(kept) + 1)), (after, done)
    assert plain().code == 0
    (tmp_path / "in.jsonl").write_bytes(b"".join(feed(400_000, 1_000)))
    for printed_lines in (1, 20, 100, 300):
        (plain.folder / "sent.jsonl").unlink(missing_ok=True)
        told = tmp_path / "states"
        with open(tmp_path / "in.jsonl", "rb") as messages, open(told, "wb") as out:
            command = [BIN / "dativo-target-airbyte", "--config", "target.json"]
            process = subprocess.Popen(command, stdin=messages, stdout=out, stderr=subprocess.DEVNULL, cwd=tmp_path)
            end = time.monotonic() + 60
            while told.read_bytes().count(b"\n") < printed_lines and time.monotonic() < end:
                time.sleep(0.005)
            process.kill()
            process.wait()
        kept = (plain.folder / "sent.jsonl").read_bytes().count(b'"RECORD"')
        printed = told.read_bytes().splitlines()
        assert len(printed) >= printed_lines and json.loads(printed[-1])["at"] <= kept


def test_memory_stays_flat_with_a_destination_that_acknowledges_at_its_end(plain, tmp_path):
    """A hundred thousand states, of which a thousand are under way at a time."""
    config = {"executable": ["./plain.py"], "connector_config": {"folder": "out", "acknowledge": "end"}}
    (tmp_path / "target.json").write_text(json.dumps(config))
    body = lines(schema("a", IDS)) + b"".join(
        lines(record("a", {"id": n}), state({"at": n, "filler": "x" * 500})) for n in range(1, 100_001)
    )
    (tmp_path / "in.jsonl").write_bytes(body)
    code = (
        "import resource,subprocess,sys;"
        "c=subprocess.run(sys.argv[1:],stdin=open('in.jsonl','rb'));"
        "print('peak',resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,file=sys.stderr);sys.exit(c.returncode)"
    )
    done = run("python3", "-c", code, BIN / "dativo-target-airbyte", "--config", "target.json", cwd=tmp_path)
    assert done.code == 0, done
    assert [s["at"] for s in states(done)] == [100_000]
    peak = int(done.err.rsplit("peak", 1)[1])
    assert peak < 50 * 1024, peak


JOB = """
apiVersion: dativo/v1
kind: Job
tenant: acme
name: nums
source:
  command: [{tap}]
target:
  airbyte: {{executable: {program}{more}}}
  config: {{folder: out, token: hunter22}}
"""


def test_a_job_with_a_destination_of_airbyte(project):
    tap = project.folder / "tap.sh"
    tap.write_text("#!/bin/sh\ncat messages.jsonl\n")
    tap.chmod(0o755)
    (project.folder / "messages.jsonl").write_bytes(
        lines(schema("nums", IDS, ["id"]), record("nums", {"id": 1}), state({"at": 1}), record("nums", {"id": 2}), state({"at": 2}))
    )

    def job(more=""):
        text = JOB.format(tap=tap, program=json.dumps(DESTINATION), more=more)
        (project.folder / "job.yaml").write_text(text)

    job()
    assert project.dativo("lint", "job.yaml").returncode == 0
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 0 and "hunter22" not in done.out + done.err, done.err
    assert [r["data"]["id"] for r in rows(project.folder / "out", "nums")] == [1, 2]
    assert '"at": 2' in project.dativo("state", "show", "job.yaml").out.replace('"at":2', '"at": 2')
    job(more=", sync_mod: append")
    done = project.dativo("lint", "job.yaml")
    assert done.returncode != 0 and 'Did you mean "sync_mode"?' in done.out + done.err
    job(more=", sync_mode: merge")
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 2 and '  target: "sync_mode" must be one of' in done.err, done.err
    # A tap that fails leaves the former rows of what is overwritten.
    job(more=", sync_mode: overwrite")
    tap.write_text("#!/bin/sh\ncat messages.jsonl\nexit 1\n")
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 2
    assert {r["data"]["id"] for r in rows(project.folder / "out", "nums") if r["generation"] == 0} == {1, 2}
