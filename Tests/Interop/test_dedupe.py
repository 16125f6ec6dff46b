"""`dedupe: key`: a row that is its key's last one already is skipped, counted, and nothing else is."""
import glob
import json
import sys

import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state
from test_encodings import PROPERTIES as EVERY_TYPE
from test_encodings import rows as every_type

PROPERTIES = {"id": {"type": "integer"}, "v": {"type": ["null", "string"]}}
S = schema("s", PROPERTIES, ["id"])
DEDUPE = {"dedupe": "key"}


def rows(*pairs, **more):
    return [{**record("s", {"id": id, "v": v}), **more} for id, v in pairs]


@pytest.fixture
def seen(tmp_path):
    """The rows as a plain glob shows them, in the order of their files."""

    def seen(stream="s"):
        paths = sorted(glob.glob(f"{tmp_path}/out/{stream}/**/*.parquet", recursive=True))
        found = [row for path in paths for row in pq.read_table(path, partitioning=None).to_pylist()]
        return [(row["id"], row["v"]) for row in found]

    return seen


def test_the_rows_at_an_inclusive_bookmark_come_once(load, seen, commits):
    load(S, *rows((1, "a"), (2, "b"), (3, "c")), state({"id": 3}), **DEDUPE)
    done = load(S, *rows((3, "c"), (4, "d")), state({"id": 4}), **DEDUPE)
    assert done.code == 0 and json.loads(done.out) == {"id": 4}
    assert seen() == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]
    assert "s: 2 rows read, 1 skipped, equal to the last row with their key" in done.err
    counts = commits()[-1]["counts"]["s"]
    assert counts["rows"] == 1 and counts["skipped"] == 1
    assert "skipped" not in commits()[0]["counts"]["s"]


def test_without_the_setting_every_row_is_written(load, seen):
    for _ in range(2):
        load(S, *rows((1, "a")), state({"n": 1}))
    assert seen() == [(1, "a")] * 2


def test_a_row_that_changes_back_stays(load, seen):
    load(S, *rows((1, "a")), state({"n": 1}), **DEDUPE)
    load(S, *rows((1, "b"), (1, "b")), state({"n": 2}), **DEDUPE)
    load(S, *rows((1, "a")), state({"n": 3}), **DEDUPE)
    assert seen() == [(1, "a"), (1, "b"), (1, "a")]


def test_a_load_of_repeated_rows_only_moves_the_state(load, seen, commits):
    load(S, *rows((1, "a"), (2, None)), state({"n": 1}), **DEDUPE)
    done = load(S, *rows((1, "a"), (2, None)), state({"n": 2}), **DEDUPE)
    assert json.loads(done.out) == {"n": 2} and len(seen()) == 2
    last = commits()[-1]
    assert last["files"] == [] and last["counts"]["s"] == {"files": 0, "rows": 0, "bytes": 0, "skipped": 2}
    # Nothing new at all: no commit.
    before = len(commits())
    assert load(S, *rows((1, "a")), state({"n": 2}), **DEDUPE).code == 0
    assert len(commits()) == before


def test_null_is_a_value_and_a_new_column_changes_no_row(load, seen):
    load(S, *rows((1, None), (2, "x")), state({"n": 1}), **DEDUPE)
    wider = schema("s", {**PROPERTIES, "w": {"type": ["null", "integer"]}}, ["id"])
    load(wider, *rows((1, None), (2, None)), record("s", {"id": 3, "v": "y", "w": 1}), state({"n": 2}), **DEDUPE)
    assert seen() == [(1, None), (2, "x"), (2, None), (3, "y")]


def test_only_the_stream_that_asks(load, seen):
    for _ in range(2):
        load(S, schema("t", PROPERTIES), *rows((1, "a")), record("t", {"id": 1, "v": "a"}),
             state({"n": 1}), streams={"s": DEDUPE})
    assert seen("s") == [(1, "a")] and seen("t") == [(1, "a")] * 2


def test_a_stream_may_be_left_out(load, seen):
    for _ in range(2):
        load(S, *rows((1, "a")), state({"n": 1}), **DEDUPE, streams={"s": {"dedupe": "none"}})
    assert len(seen()) == 2


@pytest.mark.parametrize("nested", ["native", "json", "flatten"])
@pytest.mark.parametrize("settings", [
    {}, {"encoding": "auto", "compression": "snappy"}, {"add_record_metadata": True},
    {"time_unit": "nanos"}, {"sort_by": ["id desc"]},
])
def test_every_type_is_known_again(load, tmp_path, nested, settings):
    kinds = {
        "id": {"type": "integer"}, **EVERY_TYPE,
        "list": {"type": ["null", "array"], "items": {"type": ["null", "integer"]}},
        "part": {"type": ["null", "object"], "properties": {
            "x": {"type": ["null", "string"]}, "y": {"type": ["null", "array"], "items": {"type": "string"}}}},
    }
    values = []
    for id, row in enumerate(every_type(300, seed=3)):
        row = {**row, "id": id, "list": [None, [], [1, None], [None, 1], [2]][id % 5]}
        row["part"] = [None, {}, {"x": "a"}, {"y": []}, {"x": None, "y": ["b", "c"]}][id // 5 % 5]
        values.append(row)
    messages = [schema("s", kinds, ["id"]), *(record("s", row) for row in values)]
    for n in (1, 2):
        done = load(*messages, state({"n": n}), **DEDUPE, nested=nested, **settings)
        assert done.code == 0, done
    assert "300 rows read, 300 skipped" in done.err
    assert len(glob.glob(f"{tmp_path}/out/s/*.parquet")) == 1
    # One value differs: an item of a list, or a list that is empty and not null.
    changed = [{**values[2], "list": [1, 1]}, {**values[5], "list": []}, {**values[10], "part": {"x": "b"}}]
    messages = [schema("s", kinds, ["id"]), *(record("s", row) for row in changed)]
    done = load(*messages, state({"n": 3}), **DEDUPE, nested=nested, **settings)
    assert "3 rows read\n" in done.err, done


@pytest.mark.parametrize("keeps", [False, True])
@pytest.mark.parametrize("keys", [["id"], ["id", "v"]])
def test_a_divided_table(load, seen, tmp_path, keeps, keys):
    settings = {**DEDUPE, "partition_by": ["v"], "partition_columns_in_file": keeps}
    head = schema("s", {**PROPERTIES, "n": {"type": "integer"}}, keys)

    def rows(*triples):
        return [record("s", {"id": i, "v": v, "n": n}) for i, v, n in triples]

    load(head, *rows((1, "x", 1), (2, "y", 2), (3, None, 3)), state({"n": 1}), **settings)
    done = load(head, *rows((1, "x", 1), (2, "x", 2), (3, None, 3), (2, "y", 3)), state({"n": 2}), **settings)
    assert "4 rows read, 2 skipped" in done.err
    paths = glob.glob(f"{tmp_path}/out/s/**/*.parquet", recursive=True)
    found = sorted((p.split("/")[-2], r["id"], r["n"]) for p in paths for r in pq.ParquetFile(p).read().to_pylist())
    assert found == [("v=__HIVE_DEFAULT_PARTITION__", 3, 3), ("v=x", 1, 1), ("v=x", 2, 2), ("v=y", 2, 2), ("v=y", 2, 3)]


def test_rows_of_another_version_are_not_the_same(load, seen):
    """A full load under a new version must be whole, for the former rows go."""
    def version(number):
        activate = {"type": "ACTIVATE_VERSION", "stream": "s", "version": number}
        return [S, *rows((1, "a"), (2, "b"), version=number), activate, state({"v": number})]

    for number in (1, 2, 2):
        assert load(*version(number), **DEDUPE, hard_delete=True).code == 0
        assert sorted(seen()) == [(1, "a"), (2, "b")]


def test_a_load_that_replaces_is_whole(load, seen):
    for n in (1, 2):
        load(S, *rows((1, "a"), (2, "b"), (1, "a")), state({"n": n}), **DEDUPE, load_method="overwrite")
        assert seen() == [(1, "a"), (2, "b")]


def test_rows_of_a_table_that_was_reset_are_not_looked_at(load, seen, tmp_path):
    load(S, *rows((1, "a")), state({"n": 1}), **DEDUPE)
    assert run("dativo-target-parquet", "--config", tmp_path / "target.json", "--reset-state").code == 0
    load(S, *rows((1, "a")), state({"n": 1}), **DEDUPE)
    assert seen() == [(1, "a")]


def test_a_deletion_is_a_change(load, tmp_path):
    load(S, *rows((1, "a")), state({"n": 1}), **DEDUPE)
    gone = record("s", {"id": 1, "v": "a", "_sdc_deleted_at": "2026-01-01T00:00:00Z"})
    load(S, gone, state({"n": 2}), **DEDUPE)
    done = load(S, gone, state({"n": 3}), **DEDUPE)
    assert "1 skipped" in done.err
    assert len(glob.glob(f"{tmp_path}/out/s/*.parquet")) == 2


def test_a_merged_table(load, seen, tmp_path):
    for n in range(5):
        load(S, *rows((1, f"v{n}"), (n + 10, "a")), state({"n": n}), **DEDUPE)
    assert run("dativo", "compact", tmp_path / "out", "--table", "s").code == 0
    done = load(S, *rows((1, "v4"), (14, "a"), (1, "v3")), state({"n": 9}), **DEDUPE)
    assert "3 rows read, 2 skipped" in done.err and seen()[-1] == (1, "v3")


def test_the_window_bounds_what_is_remembered(load, seen):
    load(S, *rows(*((n, "a") for n in range(1000))), state({"n": 1}), **DEDUPE)
    load(S, *rows((0, "a"), (999, "a")), state({"n": 2}), **DEDUPE, dedupe_window=100)
    assert seen()[1000:] == [(0, "a")]


@pytest.mark.parametrize("point", [
    "commit.staged", "commit.published", "commit.moving", "commit.visible", "commit.echoed", "file.written",
])
@pytest.mark.parametrize("time", [1, 2, 3])
def test_killed_anywhere_a_row_comes_once(load, seen, tmp_path, point, time):
    """The tap goes on from its state, inclusively; it sends that row again each time."""
    settings = {**DEDUPE, "checkpoint_interval": {"rows": 3}}
    load(S, *rows((0, "r0")), state({"id": 0}), **settings)
    config = tmp_path / "target.json"
    for attempt in range(8):
        last = json.loads(run("dativo-target-parquet", "--config", config, "--last-state").out)["state"]["id"]
        messages = [S]
        for n in range(last, 20):
            messages += rows((n, f"r{n}"))
            messages += [state({"id": n})]
        env = {"DATIVO_FAILPOINT": f"{point}:kill:{time}"} if attempt < 4 else {}
        done = run("dativo-target-parquet", "--config", config, stdin=lines(*messages), env=env)
        if done.code == 0:
            break
        assert done.code == -9, done
    assert attempt > 0 and done.code == 0
    assert sorted(seen()) == sorted((n, f"r{n}") for n in range(20))


@pytest.mark.parametrize("settings, head, words", [
    ({"dedupe": "row"}, S, '"dedupe" must be one of none, key, not "row"'),
    ({"streams": {"s": {"dedupe": "row"}}}, S, '"dedupe" must be one of none, key, not "row"'),
    ({"dedup": "key"}, S, 'Did you mean "dedupe"?'),
    ({"streams": {"s": {"dedup": "key"}}}, S, 'Did you mean "dedupe"?'),
    ({"dedupe": "key", "dedupe_window": 0}, S, '"dedupe_window" must be at least 1'),
    (DEDUPE, schema("s", PROPERTIES), "stream s has no key_properties"),
    (DEDUPE, schema("s", PROPERTIES, ["nr"]), "stream s has no column for its key nr"),
    (DEDUPE, schema("s", {"id": {"type": "object", "properties": {"a": {"type": "integer"}}}}, ["id"]),
     "stream s has no single value as its key id"),
])
def test_what_cannot_be_is_refused_with_its_place(load, settings, head, words):
    refused = load(head, *rows((1, "a")), **settings)
    assert refused.code == 78 and words in refused.err, refused
    assert "target.json:1:" in refused.err


def test_a_run_tells_what_was_skipped(tmp_path):
    """Read is committed and skipped together: the figures add up."""
    (tmp_path / "tap.py").write_text(
        "import json\n"
        f"print(json.dumps({S!r}))\n"
        "for n in range(10): print(json.dumps({'type': 'RECORD', 'stream': 's', 'record': {'id': n % 8, 'v': 'a'}}))\n"
        "print(json.dumps({'type': 'STATE', 'value': {'n': 1}}))\n"
    )
    (tmp_path / "job.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Job\ntenant: acme\nname: s\n"
        f"source: {{command: [{sys.executable}, tap.py], config: {{}}}}\n"
        "target: {target: parquet, config: {destination: out, dedupe: key}}\n"
    )
    for committed in (8, 0):
        done = run("dativo", "run", "job.yaml", "--json", cwd=tmp_path)
        assert done.code == 0, done
        figures = json.loads(done.out)["result"]["rows"]
        assert figures["read"] == 10 and figures["committed"] == committed, figures
        assert figures["skipped"] == 10 - committed and figures["adds_up"], figures
    done = run("dativo", "run", "job.yaml", cwd=tmp_path)
    assert "10 rows read = 0 committed + 10 skipped as repeated" in done.out + done.err, done
