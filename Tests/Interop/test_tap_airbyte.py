"""dativo-tap-airbyte: any Airbyte source as a Singer tap, its order kept and its failures told."""
import collections
import json
import os
import pathlib

import pyarrow.parquet as pq
import pytest

from conftest import BIN, ROOT, run

TOY = ROOT / "taps/airbyte/fixtures/toy_source.py"
REPLAY = pathlib.Path(__file__).with_name("replay_source.py")
CORPUS = ROOT.parent / "shared/corpus/airbyte"


@pytest.fixture
def tap(tmp_path):
    def call(*arguments, env=None, program=(str(TOY),), settings=None, **config):
        config = {"executable": list(program), "connector_config": config, **(settings or {})}
        (tmp_path / "tap.json").write_text(json.dumps(config))
        env = {"TMPDIR": str(tmp_path / "tmp"), **(env or {})}
        (tmp_path / "tmp").mkdir(exist_ok=True)
        done = run("dativo-tap-airbyte", "--config", "tap.json", *arguments, cwd=tmp_path, env=env)
        assert list((tmp_path / "tmp").iterdir()) == []
        return done

    return call


def messages(done, kind):
    lines = [line for line in done.out.splitlines() if line.startswith(f'{{"type":"{kind}"')]
    return [json.loads(line) for line in lines if not line.endswith('"ABORT",')]


def test_what_a_source_offers_is_a_catalog(tap):
    done = tap("--discover", n=1)
    assert done.code == 0, done
    [entry] = json.loads(done.out)["streams"]
    assert (entry["tap_stream_id"], entry["key_properties"]) == ("nums", ["id"])
    assert entry["schema"]["properties"]["id"] == {"type": ["null", "integer"]}
    metadata = {tuple(item["breadcrumb"]): item["metadata"] for item in entry["metadata"]}
    assert metadata[()]["valid-replication-keys"] == ["id"]
    assert metadata[("properties", "id")]["inclusion"] == "automatic"


def test_a_check_that_fails_with_code_0_has_failed(tap):
    assert tap("--test", n=1).code == 0
    done = tap("--test", n="many")
    assert (done.code, done.failure["message"]) == (78, "toy_source.py: n must be an integer")


def test_records_and_states_in_order(tap):
    done = tap(n=2500)
    assert done.code == 0, done
    kinds = [json.loads(line)["type"] for line in done.out.splitlines()]
    assert kinds[0] == "SCHEMA" and kinds[-1] == "STATE"
    assert [r["record"] for r in messages(done, "RECORD")] == [
        {"id": n, "s": f"row {n}"} for n in range(1, 2501)
    ]
    assert all(r["time_extracted"].startswith("20") for r in messages(done, "RECORD"))
    seen = 0
    for line in done.out.splitlines():
        message = json.loads(line)
        seen += message["type"] == "RECORD"
        if message["type"] == "STATE":
            body = message["value"]["bookmarks"]["nums"]["stream"]["stream_state"]
            assert body["id"] <= seen


def test_a_run_goes_on_from_its_state_and_from_airbytes_own(tap, tmp_path):
    value = messages(tap(n=2500), "STATE")[-1]["value"]
    body = value["bookmarks"]["nums"]
    for state in (value, [body], {"type": "STATE", "value": value}, [{"type": "STATE", "state": body}]):
        (tmp_path / "state.json").write_text(json.dumps(state))
        done = tap("--state", "state.json", n=2600)
        assert [r["record"]["id"] for r in messages(done, "RECORD")] == list(range(2501, 2601)), done
    (tmp_path / "state.json").write_text('{"currently_syncing": "nums"}')
    assert tap("--state", "state.json", n=1).code == 78


def test_a_state_of_a_stream_that_fails_does_not_stand(tap):
    done = tap(n=5000, die_at=3000, token="hunter22")
    assert done.code == 1 and done.out.endswith('{"type":"ABORT",')
    ids = [m["value"]["bookmarks"]["nums"]["stream"]["stream_state"]["id"] for m in messages(done, "STATE")]
    assert ids == [1000, 2000]
    assert done.failure["message"] == "toy_source.py: stream nums: lost the line with ***"


def test_a_source_that_vanishes_has_failed(tap):
    done = tap(n=5000, vanish_at=3000)
    assert done.code == 1 and "ended with code 3 and told no error" in done.failure["message"]
    assert len(messages(done, "STATE")) == 2


def test_counts_are_held_against_what_came(tap):
    done = tap(n=1000, miscount=3)
    assert done.code == 0
    assert "a state counts 1003 records of stream nums since the one before, and 1000 came" in done.err
    done = tap(n=1000, miscount=3, settings={"count_mismatch": "fail"})
    assert done.code == 65 and "1003" in done.failure["message"]


def test_a_rotated_token_is_kept_and_never_shown(tap, tmp_path):
    done = tap(n=10, token="hunter22", rotate="correct horse")
    assert done.code == 0, done
    [kept] = (tmp_path / ".dativo/airbyte").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    again = tap(n=10, token="hunter22", rotate="correct horse")
    assert "done with ***" in again.err
    for text in (done.out, done.err, again.out, again.err):
        assert "hunter22" not in text and "correct horse" not in text
    # Once the configuration is edited, it stands.
    assert "done with ***" in tap(n=10, token="hunter33", rotate="correct horse").err
    assert len(list((tmp_path / ".dativo/airbyte").iterdir())) == 2


def test_deselected_columns_do_not_leave(tap, tmp_path):
    catalog = json.loads(tap("--discover", n=1).out)
    [entry] = catalog["streams"]
    entry["metadata"][0]["metadata"]["selected"] = True
    entry["metadata"].append({"breadcrumb": ["properties", "s"], "metadata": {"selected": False}})
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))
    done = tap("--catalog", "catalog.json", n=2)
    assert [r["record"] for r in messages(done, "RECORD")] == [{"id": 1}, {"id": 2}]
    assert list(messages(done, "SCHEMA")[0]["schema"]["properties"]) == ["id"]


def test_airbytes_own_messages_pass_as_they_are(tap):
    done = tap("--protocol", "airbyte", n=1500)
    assert done.code == 0
    records = messages(done, "RECORD")
    assert len(records) == 1500 and records[0]["record"]["data"] == {"id": 1, "s": "row 1"}
    assert [m["state"]["stream"]["stream_state"]["id"] for m in messages(done, "STATE")] == [1000, 1500]
    assert messages(done, "SCHEMA") == []


@pytest.mark.parametrize(
    "line, code, message",
    [
        ('{"type":"RECORD","record":{"stream":"nums"}}', 65, 'a RECORD without "stream" or "data"'),
        ('{"type":"RECORD","record":{"stream":"nums","data":{"id":1}', 65, "a message that is broken"),
        ('{"type":"RECORD","record":{"stream":"x","data":{},"emitted_at":1}}', 65, "which was not asked for"),
        ('{"type":"RECORD","stream":"nums","record":{}}', 65, "a message of Singer"),
        ('{"type":"STATE"}', 65, None),
        ("[1, 2]", 0, None), ('"word"', 0, None), ("Traceback: no", 0, None), ("", 0, None),
        ('{"type":"NEWS","news":1}', 0, None),
    ],
)  # fmt: skip
def test_what_is_broken_fails_with_its_line_and_noise_does_not(tap, tmp_path, line, code, message):
    stream = {"name": "nums", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
    catalog = {"type": "CATALOG", "catalog": {"streams": [stream]}}
    (tmp_path / "discover.jsonl").write_text(json.dumps(catalog) + "\n")
    good = '{"type":"RECORD","record":{"stream":"nums","data":{"id":7},"emitted_at":1}}\n'
    (tmp_path / "read.jsonl").write_text(good + line + "\n" + good)
    done = tap(program=("python3", str(REPLAY), str(tmp_path)))
    assert done.code == code, done
    if code:
        assert "line 2 of its output" in done.failure["message"]
        assert message is None or message in done.failure["message"]
    else:
        assert len(messages(done, "RECORD")) == 2


def test_what_is_configured_wrongly_is_told(tap, tmp_path):
    assert tap(program=("no-such-source",)).code == 78
    (tmp_path / "two.json").write_text('{"package": "a", "image": "b"}')
    done = run("dativo-tap-airbyte", "--config", "two.json", cwd=tmp_path)
    assert done.code == 78 and "package and image are given" in done.failure["message"]
    (tmp_path / "none.json").write_text("{}")
    assert run("dativo-tap-airbyte", "--config", "none.json", cwd=tmp_path).code == 78


CONVERSATIONS = {
    # The rows by table, and the exit code that Dativo owes.
    "source-faker": ({"products": 100, "users": 1000, "purchases": 1000}, 0),
    "source-hardcoded-records": ({"products": 500, "customers": 500, "dummy_fields": 500}, 0),
    "hardcoded-unknownstream": ({"customers": 500, "dummy_fields": 500}, 78),
    "source-file-csvlocal": ({"orders": 300}, 0),
    "source-file-local": ({"items": 200}, 0),
    "source-file-bad": ({}, 1),
    "synthetic-legacy-state": ({"a": 2}, 0),
    "synthetic-global-cdc": ({"public-users": 2, "public-orders": 1, "audit-users": 1}, 0),
}


def tables(folder):
    rows = collections.Counter()
    for file in folder.glob("*/*.parquet"):
        rows[file.parent.name] += pq.read_metadata(file).num_rows
    return dict(rows)


def last_state(folder):
    commits = sorted(folder.glob("_dativo/*/commits/*.json"))
    return json.loads(commits[-1].read_text()).get("state") if commits else None


def through(tmp_path, replay, *command, cut=None):
    """Runs a shell pipe into the target; the exit codes of its stages."""
    (tmp_path / "target.json").write_text('{"destination": "out"}')
    stages = " | ".join([*command, f"{BIN}/dativo-target-parquet --config target.json {replay}"])
    env = {"DATIVO_CUT": str(cut)} if cut is not None else {}
    script = f"{stages} >states.txt; echo ${{PIPESTATUS[*]}}"
    done = run("bash", "-c", script, cwd=tmp_path, env=env)
    return [int(code) for code in done.out.split()], done


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not part of the project")
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_captured_conversations_as_singer(tmp_path, name):
    rows, code = CONVERSATIONS[name]
    folder = CORPUS / name
    config = {"executable": ["python3", str(REPLAY), str(folder)]}
    (tmp_path / "tap.json").write_text(json.dumps(config))
    tap = f"{BIN}/dativo-tap-airbyte --config tap.json --catalog {folder}/configured_catalog.json"
    codes, done = through(tmp_path, "", tap, f"{BIN}/dativo-validate")
    assert codes[0] == code, done
    assert tables(tmp_path / "out") == rows, done
    expected = json.loads((folder / "expected.json").read_text())["read"]
    check_values(tmp_path / "out", expected)
    state = last_state(tmp_path / "out")
    if name == "synthetic-legacy-state":
        assert state == {"airbyte_legacy": {"a": {"cursor": 2}}}
    elif name == "synthetic-global-cdc":
        # Whole and as it came, the counts of its message beside it.
        text = (folder / "read.jsonl").read_text().splitlines()
        last = [json.loads(line)["state"] for line in text if line.startswith('{"type":"STATE"')][-1]
        assert state == {"airbyte_global": last}
    else:
        bodies = [without(body) for body in (state or {}).get("bookmarks", {}).values()]
        assert key(bodies) == key(expected.get("last_state") or [])


def without(body):
    return {name: value for name, value in body.items() if name != "sourceStats"}


def key(bodies):
    return sorted(json.dumps(without(body), sort_keys=True) for body in bodies)


def check_values(out, expected):
    for name, facts in expected.get("streams", {}).items():
        table = name.replace(".", "-")
        if "id_sum" not in facts or not (out / table).exists():
            continue
        ids = pq.read_table(out / table)["id"].to_pylist()
        assert (sum(ids), min(ids), max(ids)) == (facts["id_sum"], facts["id_min"], facts["id_max"])


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not part of the project")
@pytest.mark.parametrize("name", [name for name in CONVERSATIONS if name != "source-file-bad"])
def test_captured_conversations_as_they_are(tmp_path, name):
    """The source's own lines through the same filter and target, without the tap."""
    rows, code = CONVERSATIONS[name]
    folder = CORPUS / name
    catalog = f"--catalog {folder}/configured_catalog.json"
    source = f"python3 {REPLAY} {folder} read"
    codes, done = through(tmp_path, catalog, source, f"{BIN}/dativo-validate {catalog}")
    # The filter passes what it is told; the target judges it.
    assert codes[1:] == [0, 75 if code else 0], done
    assert tables(tmp_path / "out") == rows, done
    check_values(tmp_path / "out", json.loads((folder / "expected.json").read_text())["read"])


def test_cut_after_every_line_the_state_covers_no_row_that_is_not_there(tmp_path):
    lines = run("python3", str(TOY), "read", "--config", write(tmp_path, {"n": 12})).out.splitlines()
    states = [n for n in range(1, 13)]
    # A state after each record makes every cut a different one.
    told = []
    for line in lines:
        told.append(line)
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("type") == "RECORD" and (number := message["record"]["data"]["id"]) in states[:-1]:
            body = {"stream_descriptor": {"name": "nums"}, "stream_state": {"id": number}}
            told.append(json.dumps({"type": "STATE", "state": {"type": "STREAM", "stream": body}}))
    stream = run("python3", str(TOY), "discover", "--config", write(tmp_path, {"n": 12})).out
    for cut in range(len(told) + 1):
        place = tmp_path / f"cut-{cut}"
        place.mkdir()
        (place / "discover.jsonl").write_text(stream)
        (place / "read.jsonl").write_text("\n".join(told) + "\n")
        (place / "tap.json").write_text(json.dumps({"executable": ["python3", str(REPLAY), "."]}))
        catalog = json.loads(run("dativo-tap-airbyte", "--config", "tap.json", "--discover", cwd=place).out)
        catalog["streams"][0]["selected"] = True
        (place / "catalog.json").write_text(json.dumps(catalog))
        tap = f"{BIN}/dativo-tap-airbyte --config tap.json --catalog catalog.json"
        codes, done = through(place, "", tap, cut=cut)
        assert codes[0] != 0, done
        state = last_state(place / "out")
        covered = state["bookmarks"]["nums"]["stream"]["stream_state"]["id"] if state else 0
        files = list((place / "out").glob("nums/*.parquet"))
        ids = sorted(id for file in files for id in pq.read_table(file)["id"].to_pylist())
        assert ids == list(range(1, covered + 1)), (cut, done)


def write(folder, config):
    (folder / "toy.json").write_text(json.dumps(config))
    return str(folder / "toy.json")
