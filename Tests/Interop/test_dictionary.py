"""A dictionary that becomes full in the middle of a chunk: the values go on without it."""
import datetime
import json

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state

COUNT = 20_000
PROPERTIES = {
    "id": {"type": "integer"},
    "code": {"type": ["integer", "null"]},
    "day": {"type": ["string", "null"], "format": "date"},
    "word": {"type": ["string", "null"]},
    "parts": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
}


def row(n):
    """Few distinct values at first, then only new ones."""
    late = max(0, n - 12_000)
    code = n % 50 + late * 3
    return {
        "id": n,
        "code": None if n % 11 == 0 else code,
        "day": None if n % 7 == 0 else str(datetime.date(1900, 1, 1) + datetime.timedelta(code)),
        "word": None if n % 13 == 0 else f"word {code}" + "é" * (code % 5),
        "parts": None if n % 17 == 0 else [f"part {code + k}" if k else None for k in range(n % 4)],
    }


def write_config(folder, **settings):
    path = folder / "target.json"
    path.write_text(json.dumps({"destination": str(folder / "out"), **settings}))
    return path


def written(folder, **settings):
    rows = [row(n) for n in range(COUNT)]
    config = write_config(folder, **settings)
    data = lines(schema("s", PROPERTIES, ["id"]), *[record("s", row) for row in rows], state({}))
    done = run("dativo-target-parquet", "--config", config, stdin=data)
    assert done.code == 0, done
    [file] = (folder / "out/s").glob("*.parquet")
    return file, rows


def encodings(file, name):
    group = pq.ParquetFile(file).metadata.row_group(0)
    chunks = [group.column(number) for number in range(group.num_columns)]
    [chunk] = [chunk for chunk in chunks if chunk.path_in_schema.split(".")[0] == name]
    return set(chunk.encodings), chunk


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("encoding", ["dictionary", "auto"])
def test_every_reader_reads_both_parts(tmp_path, version, encoding):
    settings = {"data_page_version": version, "encoding": encoding, "data_page_size": "4KiB"}
    columns = {name: {"bloom_filter": True} for name in ("code", "word")}
    file, rows = written(tmp_path, dictionary_page_limit="2KiB", columns=columns, **settings)
    days = [row["day"] and datetime.date.fromisoformat(row["day"]) for row in rows]
    want = {name: [row[name] for row in rows] for name in PROPERTIES} | {"day": days}
    assert pq.read_table(file).to_pydict() == want
    assert pl.read_parquet(file).to_dict(as_series=False) == want
    read = duckdb.sql(f"SELECT * FROM '{file}' ORDER BY id")
    assert [list(values) for values in zip(*read.fetchall())] == list(want.values())
    shown = run("dativo", "inspect", file, "--rows", COUNT, "--json")
    assert json.loads(shown.out)["result"]["first_rows"] == rows, shown
    if encoding == "dictionary":
        for name in ("code", "day", "word", "parts"):
            found, chunk = encodings(file, name)
            assert {"RLE_DICTIONARY", "PLAIN"} <= found, (name, found)
            assert chunk.has_dictionary_page
            # How many are distinct is not known of those that are not numbered.
            assert not chunk.statistics.has_distinct_count


def test_a_limit_decides_what_a_dictionary_holds(tmp_path):
    (tmp_path / "small").mkdir()
    small, _ = written(tmp_path / "small", dictionary_page_limit="2KiB", compression="uncompressed")
    (tmp_path / "large").mkdir()
    large, _ = written(tmp_path / "large", dictionary_page_limit="1MiB", compression="uncompressed")
    _, few = encodings(small, "code")
    _, many = encodings(large, "code")
    assert few.total_uncompressed_size < COUNT * 8 * 0.6 and many.statistics.distinct_count > 5_000


def test_bloom_filters_know_both_parts(tmp_path):
    columns = {"code": {"bloom_filter": True}}
    file, rows = written(tmp_path, dictionary_page_limit="2KiB", columns=columns)
    codes = {row["code"] for row in rows} - {None}
    for code in list(codes)[:: len(codes) // 50]:
        [[count]] = duckdb.sql(f"SELECT count(*) FROM '{file}' WHERE code = {code}").fetchall()
        assert count == sum(row["code"] == code for row in rows)
    for absent in (-5, 10**9):
        sql = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{file}', 'code', {absent})"
        assert duckdb.sql(sql).fetchall() == [(True,)]


@pytest.mark.parametrize("value", ["0", "2GiB", "lots", -1])
@pytest.mark.parametrize("name", ["data_page_size", "dictionary_page_limit"])
def test_a_size_that_cannot_be_is_told(tmp_path, name, value):
    config = write_config(tmp_path, **{name: value})
    done = run("dativo-target-parquet", "--config", config, stdin=b"")
    assert done.code == 78 and name in done.failure["message"], done


def test_names_that_only_look_alike_are_two_columns(tmp_path):
    """é in one and in two code points: each has its own trial, encoding and filter."""
    one, two = "\u00e9", "e\u0301"
    properties = {"id": {"type": "integer"}, one: {"type": "integer"}, two: {"type": "string"}}
    rows = [{"id": n, one: n * 1000, two: f"value {n * 37}"} for n in range(500)]
    columns = {one: {"encoding": "delta_binary_packed"}, two: {"encoding": "delta_byte_array"}}
    for number, settings in enumerate(({"encoding": "auto"}, {"columns": columns})):
        folder = tmp_path / str(number)
        folder.mkdir()
        config = write_config(folder, memory_limit="64KiB", **settings)
        data = lines(schema("s", properties, ["id"]), *[record("s", row) for row in rows], state({}))
        done = run("dativo-target-parquet", "--config", config, stdin=data)
        assert done.code == 0, done
        [file] = (folder / "out/s").glob("*.parquet")
        assert pq.read_table(file).to_pylist() == rows
    assert "DELTA_BINARY_PACKED" in encodings(file, one)[0]
    assert "DELTA_BYTE_ARRAY" in encodings(file, two)[0]
