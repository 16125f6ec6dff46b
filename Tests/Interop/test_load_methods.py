"""What becomes of the rows and columns that a table has: overwrite, versions, changing schemas."""
import datetime as dt
import glob
import json
import shutil

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
    assert 'rows of other versions stay: "hard_delete": true removes them, "add_record_metadata": true marks' in told.err


SOFT = {"add_record_metadata": True}


@pytest.fixture
def marks(tmp_path):
    """The ids in a stream's table, each with the time at which its row was deleted."""

    def marks(stream="s"):
        paths = glob.glob(f"{tmp_path}/out/{stream}/**/*.parquet", recursive=True)
        found = [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]
        found.sort(key=lambda row: row["id"])
        assert len({row["id"] for row in found}) == len(found), found
        return {row["id"]: row.get("_sdc_deleted_at") for row in found}

    return marks


def deleted(marks):
    return [value for value, time in marks.items() if time is not None]


def files(tmp_path, stream="s"):
    return sorted(glob.glob(f"{tmp_path}/out/{stream}/**/*.parquet", recursive=True))


def verified(tmp_path):
    done = run("dativo", "verify", tmp_path / "out")
    assert done.code == 0, done


def test_with_record_metadata_rows_of_smaller_versions_are_marked_as_deleted(load, marks, tmp_path, commits):
    load(S, *rows("s", 1, 2, version=100), activate(100), state({"v": 100}), **SOFT)
    before = pq.read_table(files(tmp_path)[0]).to_pylist()
    assert deleted(marks()) == []
    start = dt.datetime.now(dt.timezone.utc)
    done = load(S, *rows("s", 3, version=200), activate(200), state({"v": 200}), **SOFT)
    assert done.code == 0 and json.loads(done.out) == {"v": 200}
    found = marks()
    assert deleted(found) == [1, 2] and found[3] is None
    assert start <= found[1] == found[2] <= dt.datetime.now(dt.timezone.utc)
    last = commits()[-1]
    assert len(last["removed"]) == 1 and len(files(tmp_path)) == 2
    marked = next(file for file in last["files"] if file["version"] == 100)
    assert marked["origin"] == [2, 2] and marked["rows"] == 2
    # Nothing else about the rows is another.
    after = pq.read_table(f"{tmp_path}/out/{marked['path']}").to_pylist()
    assert [{**row, "_sdc_deleted_at": None} for row in after] == before
    verified(tmp_path)


def test_rows_marked_once_keep_their_time_and_their_file(load, marks, tmp_path):
    for version in (1, 2, 3):
        load(S, *rows("s", version, version=version), activate(version), **SOFT)
    first = marks()
    assert deleted(first) == [1, 2] and first[1] < first[2]
    kept = files(tmp_path)
    done = load(S, activate(3), state({"n": 1}), **SOFT)
    assert done.code == 0 and files(tmp_path) == kept and marks() == first


def test_nothing_to_mark_is_no_commit(load, tmp_path, commits):
    load(S, *rows("s", 1, version=1), activate(1), **SOFT)
    count = len(commits())
    assert load(S, activate(1), **SOFT).code == 0
    assert len(commits()) == count


def test_a_version_that_is_activated_without_rows_marks_those_that_are_there(load, marks, tmp_path):
    load(S, *rows("s", 1, version=1), **SOFT)
    load(S, activate(2), **SOFT)
    assert deleted(marks()) == [1]
    verified(tmp_path)


def test_a_mark_of_the_tap_stays(load, marks):
    told = "2020-01-01T00:00:00Z"
    gone = {"type": "RECORD", "stream": "s", "record": {"id": 1, "_sdc_deleted_at": told}, "version": 1}
    load(S, gone, *rows("s", 2, version=1), **SOFT)
    load(S, *rows("s", 3, version=2), activate(2), **SOFT)
    found = marks()
    assert deleted(found) == [1, 2] and found[1] == dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc) < found[2]


@pytest.mark.parametrize("first", [[], [state({"n": 1})]])
def test_rows_of_smaller_versions_in_the_same_load_are_marked(load, marks, tmp_path, first):
    done = load(S, *rows("s", 1, 2, version=1), *first, *rows("s", 3, version=2), activate(2), state({"n": 2}), **SOFT)
    assert done.out.splitlines()[-1] == '{"n": 2}'
    assert deleted(marks()) == [1, 2]
    verified(tmp_path)


def test_rows_without_a_version_and_of_greater_ones_are_not_marked(load, marks):
    load(S, *rows("s", 1), *rows("s", 2, version=1), *rows("s", 3, version=9), **SOFT)
    load(S, activate(5), **SOFT)
    assert deleted(marks()) == [2]


def test_files_from_before_record_metadata_get_the_column(load, marks, tmp_path):
    load(S, *rows("s", 1, version=1))
    load(S, *rows("s", 2, version=2), activate(2), **SOFT)
    assert deleted(marks()) == [1]
    old, new = (next(file for file in files(tmp_path) if pq.read_table(file)["id"].to_pylist() == [n]) for n in (1, 2))
    assert numbers(old) == {name: numbers(new)[name] for name in ("id", "_sdc_deleted_at")}
    verified(tmp_path)


def test_a_marker_that_is_text(load, marks):
    text = schema("s", {"id": INTEGER, "_sdc_deleted_at": STRING})
    load(text, *rows("s", 1, version=1), **SOFT)
    load(text, *rows("s", 2, version=2), activate(2), **SOFT)
    assert dt.datetime.fromisoformat(marks()[1]).year >= 2026 and marks()[2] is None


@pytest.mark.parametrize("settings, columns, words", [
    ({}, {"_sdc_deleted_at": BOOLEAN}, "own column _sdc_deleted_at holds no time"),
    ({"partition_by": ["_sdc_deleted_at"]}, {}, '"partition_by" divides the table by _sdc_deleted_at'),
])
def test_where_rows_cannot_be_marked_the_log_says_why(load, ids, settings, columns, words):
    made = schema("s", {"id": INTEGER, **columns})
    load(made, *rows("s", 1, version=1), **SOFT, **settings)
    told = load(made, *rows("s", 2, version=2), activate(2), **SOFT, **settings)
    assert told.code == 0 and words in told.err and ids() == [1, 2]


def test_a_divided_and_sorted_table_is_marked_in_place(load, marks, tmp_path):
    made = schema("s", {"id": INTEGER, "c": STRING})
    settings = {**SOFT, "partition_by": ["c"], "sort_by": ["id desc"], "max_file_rows": 30}

    def part(start, end, version):
        return [{**record("s", {"id": n, "c": "ab"[n % 2]}), "version": version} for n in range(start, end)]

    load(made, *part(0, 200, 1), state({"n": 1}), **settings)
    count = len(files(tmp_path))
    done = load(made, *part(200, 210, 2), activate(2), state({"n": 2}), **settings)
    assert done.code == 0 and deleted(marks()) == list(range(200))
    assert len(files(tmp_path)) == count + 2
    for path in files(tmp_path):
        found = pq.ParquetFile(path).read()["id"].to_pylist()
        assert {n % 2 for n in found} == {"ab".index(path.split("/c=")[1][0])}
        assert found == sorted(found, reverse=True)
    verified(tmp_path)


def test_a_table_that_was_reset_gives_way_all_the_same(load, marks, tmp_path):
    load(S, *rows("s", 1, version=1), state({"n": 1}), **SOFT)
    reset = run("dativo-target-parquet", "--config", tmp_path / "target.json", "--reset-state")
    assert reset.code == 0, reset
    load(S, *rows("s", 2, version=2), activate(2), state({"n": 2}), **SOFT)
    assert deleted(marks()) == [] and list(marks()) in ([1, 2], [2])


KILLS = ["log.opened", "file.begun", "file.written", "file.synced", "commit.staged", "object.drafted",
         "object.linked", "commit.published", "file.renamed", "commit.moving", "commit.visible", "commit.echoed"]


@pytest.mark.parametrize("point", KILLS)
def test_killed_anywhere_every_row_is_there_once_and_marked(load, marks, tmp_path, point):
    killed = 0
    for time in (1, 2, 3):
        out = tmp_path / "out"
        shutil.rmtree(out, ignore_errors=True)
        load(S, *rows("s", 1, 2, version=1), activate(1), state({"n": 1}), **SOFT)
        second = [S, *rows("s", 3, version=1), *rows("s", 4, version=2), activate(2), state({"n": 2})]
        done = run("dativo-target-parquet", "--config", tmp_path / "target.json", stdin=lines(*second),
                   env={"DATIVO_FAILPOINT": f"{point}:kill:{time}"})
        if done.code == 0:
            break
        assert done.code == -9, done
        killed += 1
        load(T, *rows("t", 1), **SOFT)
        was = json.loads(run("dativo-target-parquet", "--config", tmp_path / "target.json", "--last-state").out)
        assert deleted(marks()) == ([] if was["state"] == {"n": 1} else [1, 2, 3])
        if was["state"] == {"n": 1}:
            load(*second, **SOFT)
        found = marks()
        assert list(found) == [1, 2, 3, 4] and deleted(found) == [1, 2, 3]
        verified(tmp_path)
    assert killed


def test_compact_takes_marked_rows_for_as_old_as_they_are(load, marks, tmp_path):
    keyed = schema("s", {"id": INTEGER}, ["id"])
    load(keyed, *rows("s", 1, 2, version=1), *rows("s", 1, version=2), state({"n": 1}), **SOFT)
    load(keyed, *rows("s", 3, version=2), state({"n": 2}), **SOFT)
    load(keyed, activate(2), state({"n": 3}), **SOFT)
    done = run("dativo", "compact", tmp_path / "out", "--table", "s", "--latest-by", "id")
    assert done.code == 0, done
    assert deleted(marks()) == [2] and list(marks()) == [1, 2, 3]
    verified(tmp_path)


def test_dedupe_takes_marked_rows_for_as_old_as_they_are(load, tmp_path):
    keyed = schema("s", {"id": INTEGER, "a": INTEGER}, ["id"])

    def row(value, version):
        return {**record("s", {"id": 1, "a": value}), "version": version}

    settings = {**SOFT, "dedupe": "key"}
    load(keyed, row(1, 1), state({"n": 1}), **settings)
    load(keyed, row(2, 2), state({"n": 2}), **settings)
    load(keyed, activate(2), state({"n": 3}), **settings)
    load(keyed, row(2, 2), state({"n": 4}), **settings)
    found = [row for path in files(tmp_path) for row in pq.read_table(path).to_pylist()]
    assert sorted((row["a"], row["_sdc_deleted_at"] is not None) for row in found) == [(1, True), (2, False)]


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
