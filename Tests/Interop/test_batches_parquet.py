"""BATCH messages whose files are Parquet: taken as they are, or read row by row."""
import datetime
import decimal
import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import record, run, schema, state
from test_batches import batch, folder  # noqa: F401

S = schema("s", {"id": {"type": "integer"}, "t": {"type": ["null", "string"]}, "x": {"type": "number"}}, ["id"])
COLUMNS = pa.schema([("id", pa.int64()), ("t", pa.string()), ("x", pa.float64())])
ROWS = [{"id": n, "t": None if n % 7 == 0 else "é" * (n % 5), "x": n / 4} for n in range(1, 5000)]


def written(path, rows=ROWS, columns=COLUMNS, **options):
    pq.write_table(pa.Table.from_pylist(rows, columns), path, **options)
    return path


def parquet(*paths, **more):
    return batch(*paths, format="parquet", **more)


def files(tmp_path):
    return {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in (tmp_path / "out" / "s").rglob("*.parquet")}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("options", [
    {"compression": "snappy"},
    {"compression": "zstd", "data_page_version": "2.0", "row_group_size": 999},
    {"compression": "none", "use_dictionary": False, "write_statistics": False},
    {"compression": "gzip", "version": "1.0", "data_page_size": 1000},
    {"compression": "lz4", "use_dictionary": False, "column_encoding": {"id": "DELTA_BINARY_PACKED", "t": "DELTA_BYTE_ARRAY", "x": "BYTE_STREAM_SPLIT"}},
], ids=str)
@pytest.mark.parametrize("copied", [True, False])
def test_the_rows_of_a_file_that_pyarrow_wrote(load, table, commits, folder, tmp_path, options, copied):  # noqa: F811
    file = written(folder / "a.parquet", **options)
    more = {} if copied else {"sort_by": ["id desc"]}
    done = load(S, record("s", {"id": 0, "x": 0.5}), parquet(file), record("s", {"id": 5000, "x": 1}),
                state({"n": 1}), batch_roots=[str(tmp_path)], **more)
    assert done.code == 0, done
    assert table() == [{"id": 0, "t": None, "x": 0.5}, *ROWS, {"id": 5000, "t": None, "x": 1.0}]
    assert (digest(file) in files(tmp_path)) == copied
    entry = [f for f in commits()[-1]["files"] if f["sha256"] == digest(file)]
    assert [(f["rows"], f["bytes"]) for f in entry] == ([(4999, file.stat().st_size)] if copied else [])


def test_copied_files_are_part_of_the_commit_that_covers_them(load, table, commits, folder, tmp_path):  # noqa: F811
    one, two = written(folder / "1.parquet", ROWS[:10]), written(folder / "2.parquet", ROWS[10:20])
    load(S, parquet(one), state({"n": 1}), parquet(two), "{broken", batch_roots=[str(tmp_path)])
    assert table() == ROWS[:10] and commits()[-1]["state"] == {"n": 1}
    done = load(S, parquet(two), state({"n": 2}), parquet(one, two), batch_roots=[str(tmp_path)])
    assert done.code == 0 and len(table()) == 40
    names = [f["path"] for commit in commits() for f in commit["files"]]
    assert len(names) == len(set(names)) == 4
    assert run("dativo", "verify", tmp_path / "out").code == 0
    assert run("dativo", "compact", tmp_path / "out", "--table", "s").code == 0 and len(table()) == 40
    done = load(S, parquet(one), state({"n": 3}), batch_roots=[str(tmp_path)], load_method="overwrite")
    assert done.code == 0 and table() == ROWS[:10] and list(files(tmp_path)) == [digest(one)]


@pytest.mark.parametrize("settings", [
    {"sort_by": ["x"]}, {"add_record_metadata": True}, {"nested": "flatten"}, {"max_file_rows": 1000},
    {"target_file_size": 5000}, {"partition_by": ["t"], "partition_columns_in_file": True}, {"nested": "json"},
], ids=str)
def test_what_the_layout_needs_is_done_to_the_rows(load, folder, tmp_path, settings):  # noqa: F811
    file = written(folder / "a.parquet")
    done = load(S, parquet(file), state({"n": 1}), batch_roots=[str(tmp_path)], **settings)
    assert done.code == 0, done
    found = files(tmp_path)
    assert (digest(file) in found) == (settings == {"nested": "json"})
    rows = [row for path in found.values() for row in pq.ParquetFile(path).read().to_pylist()]
    assert sorted([{k: row[k] for k in ("id", "t", "x")} for row in rows], key=lambda r: r["id"]) == ROWS
    if "add_record_metadata" in settings:
        assert all(row["_sdc_received_at"] for row in rows)


def test_types_that_differ_are_read_as_the_texts_of_records_are(load, table, folder, tmp_path):  # noqa: F811
    utc = datetime.timezone.utc
    wide = schema("s", {
        "id": {"type": "integer"}, "at": {"type": "string", "format": "date-time"},
        "d": {"type": "string", "format": "date"}, "p": {"type": "number", "multipleOf": 0.001, "maximum": 1e12},
        "b": {"type": "string", "contentEncoding": "base64"}, "f": {"type": "number"}, "s": {"type": "string"},
        "o": {"type": "object", "properties": {"a": {"type": "integer"}, "l": {"type": "array", "items": {"type": "string"}}}},
        "any": {}, "new": {"type": ["null", "string"]},
    }, ["id"])
    columns = pa.schema([
        ("f", pa.float32()), ("id", pa.int16()), ("at", pa.timestamp("ms", "UTC")), ("d", pa.string()),
        ("p", pa.decimal128(20, 2)), ("b", pa.binary()), ("s", pa.int32()),
        ("o", pa.struct([("l", pa.list_(pa.string())), ("a", pa.int8())])), ("any", pa.list_(pa.int32())), ("more", pa.bool_()),
    ])
    rows = [{"f": 0.1, "id": 1, "at": datetime.datetime(2024, 2, 29, 1, 2, 3, 4000, utc), "d": "2024-02-29",
             "p": decimal.Decimal("-12.34"), "b": b"\x00\xff\x01", "s": 7, "o": {"l": ["x", None], "a": 3}, "any": [1, 2], "more": True},
            {"f": None, "id": 2, "o": None, "any": None}]
    done = load(wide, parquet(written(folder / "a.parquet", rows, columns)), state({"n": 1}), batch_roots=[str(tmp_path)])
    assert done.code == 0, done
    first, second = table()
    assert first == {
        "id": 1, "at": datetime.datetime(2024, 2, 29, 1, 2, 3, 4000, utc), "d": datetime.date(2024, 2, 29),
        "p": decimal.Decimal("-12.340"), "b": b"\x00\xff\x01", "f": 0.10000000149011612, "s": "7",
        "o": {"a": 3, "l": ["x", None]}, "any": "[1,2]", "new": None,
    }
    assert second == {**dict.fromkeys(first), "id": 2}
    assert "the undeclared field more of 1 records was dropped" in done.err


@pytest.mark.parametrize("integers", [False, True])
@pytest.mark.parametrize("dictionary", [False, True])
@pytest.mark.parametrize("order", [[], ["id"]])
def test_decimals_of_every_width(load, table, folder, tmp_path, integers, dictionary, order):  # noqa: F811
    digits = [1, 4, 9, 10, 18, 19, 38]
    fields = {f"d{n}": {"type": ["null", "string"], "format": "singer.decimal", "precision": n, "scale": 1} for n in digits}
    columns = pa.schema([("id", pa.int64()), *[(f"d{n}", pa.decimal128(n, 1)) for n in digits]])
    with decimal.localcontext(prec=40):
        rows = [{"id": k, **{f"d{n}": decimal.Decimal(sign * (10**n - k)) / 10 for n in digits}} for k, sign in enumerate([1, -1] * 4, 1)]
    rows.append({"id": 9, **{f"d{n}": None for n in digits}})
    file = written(folder / "a.parquet", rows, columns, store_decimal_as_integer=integers, use_dictionary=dictionary)
    done = load(schema("s", {"id": {"type": "integer"}, **fields}, ["id"]), parquet(file), state({"n": 1}),
                batch_roots=[str(tmp_path)], sort_by=order)
    assert done.code == 0 and table() == rows, done
    assert (digest(file) in files(tmp_path)) == (not order)


def test_a_file_with_a_column_that_cannot_be_null_lies_among_others(load, table, folder, tmp_path):  # noqa: F811
    columns = pa.schema([pa.field("id", pa.int64(), False), ("t", pa.string()), ("x", pa.float64())])
    file = written(folder / "a.parquet", columns=columns)
    assert load(S, parquet(file), state({"n": 1}), batch_roots=[str(tmp_path)]).code == 0
    assert digest(file) in files(tmp_path) and table() == ROWS


@pytest.mark.parametrize("make, code, words", [
    (lambda f: written(f, [{"id": 1}, {"id": None}]), 65, "a.parquet:2: a record with missing key properties: id"),
    (lambda f: written(f, [{"id": 1}, {"id": None}], write_statistics=False), 65, "a.parquet:2: a record with missing key"),
    (lambda f: written(f, [{"t": "x"}], pa.schema([("t", pa.string())])), 65, "a.parquet:1: a record with missing key"),
    (lambda f: written(f, [{"id": "x"}], pa.schema([("id", pa.binary())])), 65,
     "a.parquet: the column /id is binary in the file, i64 in the table of stream s"),
    (lambda f: written(f, [{"id": 1, "x": [1]}], pa.schema([("id", pa.int64()), ("x", pa.list_(pa.int64()))])), 65,
     "the column /x is list in the file, double in the table"),
    (lambda f: written(f, [{"id": 1, "m": [(7, 1)]}], pa.schema([("id", pa.int64()), ("m", pa.map_(pa.int64(), pa.int64()))])),
     65, "does not read: the map m"),
    (lambda f: written(f, [{"x": float("nan"), "id": 1}], pa.schema([("x", pa.float64()), ("id", pa.int64())])),
     65, "the column x has the value nan"),
    (lambda f: f.write_text('{"id":1}\n'), 65, "a.parquet is no Parquet file"),
    (lambda f: f.write_bytes(written(f).read_bytes()[:-1]), 65, "a.parquet is no Parquet file"),
    (lambda f: f.write_bytes(b"PAR1" + written(f).read_bytes()[-3000:]), 65, "a.parquet is damaged"),
    (lambda f: f.mkdir(), 65, "not a regular file"),
    (lambda f: f.symlink_to("/etc/hostname"), 65, 'in no folder of "batch_roots"'),
    (lambda f: None, 74, "a.parquet"),
])
def test_a_parquet_file_that_is_not_taken(load, table, folder, tmp_path, make, code, words):  # noqa: F811
    make(folder / "a.parquet")
    told = load(S, record("s", {"id": 9, "x": 1}), state({"n": 1}), parquet(folder / "a.parquet"), batch_roots=[str(tmp_path)])
    assert told.code == code and words in told.err, told
    assert table() == [{"id": 9, "t": None, "x": 1.0}]


@pytest.mark.parametrize("memory", ["1MiB", "64MiB"])
def test_many_files_in_little_memory_and_values_that_json_has_not(load, table, folder, tmp_path, memory):  # noqa: F811
    rows = [{"id": n, "t": "t", "x": float("inf")} for n in range(20_000)]
    paths = [written(folder / f"{n}.parquet", rows[n * 2000:(n + 1) * 2000]) for n in range(10)]
    done = load(S, parquet(*paths), state({"n": 1}), batch_roots=[str(tmp_path)], memory_limit=memory, sort_by=["id"])
    assert done.code == 0 and table() == rows
