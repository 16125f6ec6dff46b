"""What becomes of the rows and columns that a table has: overwrite, versions, changing schemas."""
import glob
import json

import duckdb
import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state

INTEGER = {"type": ["null", "integer"]}
NUMBER = {"type": ["null", "number"]}
STRING = {"type": ["null", "string"]}
BOOLEAN = {"type": ["null", "boolean"]}


@pytest.fixture
def ids(tmp_path):
    """The ids in a stream's table, as a plain glob shows them."""

    def ids(stream="s"):
        paths = glob.glob(f"{tmp_path}/out/{stream}/**/*.parquet", recursive=True)
        return sorted(value for path in paths for value in pq.ParquetFile(path).read()["id"].to_pylist())

    return ids


def rows(stream, *values, version=None):
    made = [record(stream, {"id": value}) for value in values]
    return [{**line, "version": version} if version else line for line in made]


S, T = schema("s", {"id": INTEGER}), schema("t", {"id": INTEGER})
OVERWRITE = {"streams": {"s": {"load_method": "overwrite"}}}


def test_a_load_replaces_the_rows_of_the_one_before(load, ids):
    load(S, T, *rows("s", 1, 2), *rows("t", 1), state({"n": 1}), **OVERWRITE)
    done = load(S, T, *rows("s", 3), *rows("t", 2), state({"n": 2}), **OVERWRITE)
    assert done.code == 0 and json.loads(done.out) == {"n": 2}
    assert ids("s") == [3] and ids("t") == [1, 2]


def test_an_empty_load_leaves_an_empty_table(load, ids):
    load(S, *rows("s", 1, 2), **OVERWRITE)
    assert load(S, **OVERWRITE).code == 0
    assert ids() == []


def test_a_stream_that_is_not_sent_keeps_its_rows(load, ids):
    load(S, *rows("s", 1), **OVERWRITE)
    load(T, *rows("t", 1), **OVERWRITE)
    assert ids() == [1]


def test_a_load_that_fails_replaces_nothing_and_tells_no_state(load, ids):
    load(S, *rows("s", 1, 2), state({"n": 1}), **OVERWRITE)
    failed = load(S, *rows("s", 3), state({"n": 2}), *rows("s", 4), "{broken", **OVERWRITE)
    assert failed.code == 65 and failed.out == ""
    assert "stream s: the load did not end well, so the former rows stay" in failed.err
    assert ids() == [1, 2]
    again = load(S, *rows("s", 3, 4), state({"n": 2}), **OVERWRITE)
    assert again.code == 0 and ids() == [3, 4]


def test_checkpoints_within_a_replacement_wait_for_its_end(load, ids, tmp_path):
    load(S, *rows("s", 1), **OVERWRITE)
    messages = [line for n in range(20) for line in (*rows("s", *range(n * 100, n * 100 + 100)), state({"n": n}))]
    done = load(S, *messages, **OVERWRITE, checkpoint_interval={"rows": 100}, memory_limit="1MiB")
    assert done.out.splitlines() == ['{"n": 19}']
    assert ids() == list(range(2000))


def test_what_came_before_a_replacement_is_committed_first(load, ids):
    load(S, *rows("s", 1), **OVERWRITE)
    failed = load(T, *rows("t", 7), state({"n": 1}), S, *rows("s", 3), "{broken", **OVERWRITE)
    assert failed.code == 65 and failed.out.strip() == '{"n": 1}'
    assert ids("t") == [7] and ids("s") == [1]


@pytest.mark.parametrize("point", ["staged", "published", "moving", "visible"])
def test_a_kill_within_a_replacement_leaves_one_of_the_two_loads(tmp_path, load, ids, point):
    load(S, *rows("s", 1, 2), state({"n": 1}), **OVERWRITE)
    killed = run(
        "dativo-target-parquet", "--config", tmp_path / "target.json",
        stdin=lines(S, *rows("s", 3), state({"n": 2})), env={"DATIVO_FAILPOINT": f"commit.{point}:kill"},
    )
    assert killed.code == -9, killed
    load(T, *rows("t", 1))
    assert ids() == ([1, 2] if point == "staged" else [3])


def test_a_replaced_table_may_have_other_columns_and_folders(load, tmp_path):
    load(S, *rows("s", 1), **OVERWRITE)
    load(schema("s", {"id": STRING, "c": STRING}), record("s", {"id": "x", "c": "y"}),
         streams={"s": {"load_method": "overwrite", "partition_by": ["c"]}})
    [path] = glob.glob(f"{tmp_path}/out/s/**/*.parquet", recursive=True)
    assert "/c=y/" in path and pq.ParquetFile(path).read().to_pylist() == [{"id": "x"}]


@pytest.mark.parametrize("settings, words", [
    ({"load_method": "upsert"}, 'no "upsert"'),
    ({"load_method": "overwrite", "tail": "discard"}, "takes a load as a whole"),
    ({"load_method": "overwrite", "shared": True}, "only ever added to"),
    ({"load_method": "replace"}, "must be one of append, append-only, overwrite, upsert"),
    ({"streams": {"s": {"load_method": "upsert"}}}, 'no "upsert"'),
])
def test_what_cannot_be_done_is_refused(load, settings, words):
    refused = load(S, **settings)
    assert refused.code == 78 and words in refused.err


def activate(version, stream="s"):
    return {"type": "ACTIVATE_VERSION", "stream": stream, "version": version}


def test_an_activated_version_ends_the_rows_of_others(load, ids):
    load(S, *rows("s", 1, 2, version=100), activate(100), state({"v": 100}), hard_delete=True)
    load(S, *rows("s", 5, version=100), state({"v": 100, "n": 1}), hard_delete=True)
    assert ids() == [1, 2, 5]
    load(S, *rows("s", 3, version=200), activate(200), state({"v": 200}), hard_delete=True)
    assert ids() == [3]


def test_a_version_that_is_not_activated_stands_beside_the_other(load, ids):
    load(S, *rows("s", 1, version=100), activate(100), hard_delete=True)
    load(S, *rows("s", 2, version=200), state({"n": 1}), hard_delete=True)
    assert ids() == [1, 2]


def test_rows_of_two_versions_in_one_load(load, ids):
    load(S, *rows("s", 1, version=1), *rows("s", 2, version=2), activate(2), state({}), hard_delete=True)
    assert ids() == [2]


def test_an_activation_after_the_last_state_waits_for_a_clean_end(load, ids):
    load(S, *rows("s", 1, version=1), activate(1), state({"n": 1}), hard_delete=True)
    load(S, *rows("s", 2, version=2), state({"n": 2}), activate(2), "{broken", hard_delete=True)
    assert ids() == [1, 2]
    load(S, *rows("s", 3, version=2), activate(2), state({"n": 3}), hard_delete=True)
    assert ids() == [2, 3]


def test_without_hard_delete_versions_stay_and_the_log_says_so(load, ids):
    load(S, *rows("s", 1, version=1), activate(1))
    told = load(S, *rows("s", 2, version=2), activate(2))
    assert ids() == [1, 2]
    assert 'rows of other versions stay: "hard_delete": true removes them' in told.err


def changed(load, first, second, **settings):
    load(schema("s", first[0]), record("s", first[1]))
    return load(schema("s", second[0]), record("s", second[1]), **settings)


@pytest.mark.parametrize("first, second, want", [
    (({"a": INTEGER}, {"a": 1}), ({"a": NUMBER}, {"a": 1.5}), [1.0, 1.5]),
    (({"a": NUMBER}, {"a": 1.5}), ({"a": INTEGER}, {"a": 2}), [1.5, 2.0]),
    (({"a": STRING}, {"a": "x"}), ({"a": INTEGER}, {"a": 2}), ["x", "2"]),
    (({"a": INTEGER}, {"a": 1}), ({"a": INTEGER, "b": STRING}, {"a": 2, "b": "x"}), [1, 2]),
    (({"a": INTEGER, "b": STRING}, {"a": 1, "b": "x"}), ({"a": INTEGER}, {"a": 2}), [1, 2]),
    (({"a": {"type": "integer"}}, {"a": 1}), ({"a": INTEGER}, {"a": None}), [1, None]),
])
def test_a_reader_that_unites_by_name_sees_one_table(load, tmp_path, first, second, want):
    assert changed(load, first, second).code == 0
    found = duckdb.sql(f"select a from read_parquet('{tmp_path}/out/s/*.parquet', union_by_name=true)")
    assert sorted((row[0] for row in found.fetchall()), key=str) == sorted(want, key=str)


@pytest.mark.parametrize("first, second, words", [
    (({"a": BOOLEAN}, {"a": True}), ({"a": INTEGER}, {"a": 1}), "from boolean to i64"),
    (({"a": INTEGER}, {"a": 1}), ({"a": BOOLEAN}, {"a": True}), "from i64 to boolean"),
    (({"a": INTEGER}, {"a": 1}), ({"a": {"type": "array", "items": INTEGER}}, {"a": [1]}),
     "from i64 to list"),
    (({"a": {"type": "string", "format": "date-time"}}, {"a": "2020-01-01T00:00:00Z"}),
     ({"a": {"type": "string", "format": "date"}}, {"a": "2020-01-01"}),
     "from timestamp(micros,utc) to date"),
])
def test_a_narrowing_names_both_types(load, ids, first, second, words):
    refused = changed(load, first, second)
    assert refused.code == 65 and words in refused.err


@pytest.mark.parametrize("second, words", [
    (({"a": INTEGER, "b": STRING}, {"a": 2, "b": "x"}), "/b: a new column of type string"),
    (({"a": NUMBER}, {"a": 2}), "/a: the type changes from i64 to double"),
    (({"b": INTEGER}, {"b": 2}), "/a: the column is no longer sent"),
    (({"a": INTEGER}, {"a": "x"}), "/a: the type changes from i64 to string"),
])
def test_a_frozen_table_takes_no_change(load, second, words):
    refused = changed(load, ({"a": INTEGER}, {"a": 1}), second, schema_policy="freeze")
    assert refused.code == 65 and words in refused.err and "freeze" in refused.err


def test_a_frozen_table_takes_its_own_columns(load):
    same = ({"a": INTEGER}, {"a": 1})
    assert changed(load, same, same, schema_policy="freeze").code == 0


def numbers(path):
    """The field ids of a file, by dotted paths."""
    def walk(fields, prefix):
        for field in fields:
            name = prefix + field.name
            yield name, int(field.metadata[b"PARQUET:field_id"])
            kind = field.type
            if hasattr(kind, "num_fields") and str(kind).startswith("struct"):
                yield from walk([kind.field(n) for n in range(kind.num_fields)], name + ".")
            elif str(kind).startswith("list"):
                yield from walk([kind.value_field], name + ".")

    return dict(walk(pq.read_schema(path), ""))


def test_field_ids_keep_their_meaning(load, tmp_path):
    nested = {"type": ["null", "object"], "properties": {"x": INTEGER}}
    listed = {"type": ["null", "array"], "items": {"type": ["null", "integer"]}}
    load(schema("s", {"a": INTEGER, "o": nested, "z": STRING}), record("s", {"a": 1, "o": {"x": 1}, "z": "z"}))
    wider = {"type": ["null", "object"], "properties": {"w": listed, "x": INTEGER}}
    load(schema("s", {"n": STRING, "o": wider, "a": NUMBER}), record("s", {"n": "n", "o": {"x": 2, "w": [1]}, "a": 1.5}))
    load(schema("s", {"z": STRING, "n": STRING}), record("s", {"z": "z", "n": "n"}), load_method="overwrite")
    files = sorted(glob.glob(f"{tmp_path}/out/s/*.parquet"))
    assert len(files) == 1
    last = numbers(files[0])
    log = [json.loads(open(path).read()) for path in sorted(glob.glob(f"{tmp_path}/out/_dativo/default/commits/*"))]
    tables = [commit["tables"]["s"] for commit in log if commit["files"]]

    def ids(columns, prefix=""):
        for column in columns:
            yield prefix + column["name"], column["id"]
            yield from ids(column.get("fields", []), prefix + column["name"] + ".")
            yield from ids([column["element"]] if "element" in column else [], prefix + column["name"] + ".")

    first, second, third = (dict(ids(table["columns"])) for table in tables)
    assert first == {"a": 1, "o": 2, "o.x": 3, "z": 4}
    assert {**first, "o.w": second["o.w"]} == {name: second[name] for name in [*first, "o.w"]}
    assert len(set(second.values())) == len(second)
    assert last == third == {"z": first["z"], "n": second["n"]}


@pytest.mark.parametrize("settings, words", [
    ({"destination": "s3://"}, "is not s3://bucket/prefix"),
    ({"target_file_size": 0}, '"target_file_size" must be at least 1'),
    ({"memory_limit": "0"}, '"memory_limit" must be at least 1'),
    ({"checkpoint_interval": {"rows": -1}}, '"rows" must be a whole number'),
    ({"checkpoint_interval": {"seconds": "x"}}, '"seconds" must be a whole number'),
    ({"checkpoint_interval": {"row": 1}}, 'Did you mean "rows"?'),
    ({"s3": {"endpont": "x"}}, 'Did you mean "endpoint"?'),
    ({"pipeline": "a/b"}, '"pipeline" cannot be "a/b"'),
])
def test_a_setting_that_cannot_be_is_told_with_its_place(load, settings, words):
    refused = load(S, **settings)
    assert refused.code == 78 and words in refused.err
    assert "destination" in settings or "target.json:1:" in refused.err
