"""float and float16, which a setting asks for: rounded to the nearest, read by every reader."""
import struct

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import record, run, schema, state

PROPERTIES = {
    "id": {"type": "integer"},
    "half": {"type": ["number", "null"]},
    "single": {"type": ["number", "null"]},
    "vector": {"type": "array", "items": {"type": "number"}},
    "text": {"type": "string"},
}
TYPES = {
    "half": {"type": "float16", "bloom_filter": True},
    "single": {"type": "float"},
    "vector.list.element": {"type": "float16"},
}
VALUES = [0.1, -0.0, 0, 1, 65504, -65504, 6e-8, 1e-9, 3.14159265, None, 2049, -17.5, 1e4]


def half(value):
    return None if value is None else struct.unpack("e", struct.pack("e", value))[0]


def single(value):
    return None if value is None else struct.unpack("f", struct.pack("f", value))[0]


def written(load, tmp_path, values=VALUES, **settings):
    rows = [
        {"id": n, "half": value, "single": value, "vector": [value or 0, 1.5], "text": "x"}
        for n, value in enumerate(values)
    ]
    done = load(
        schema("s", PROPERTIES, ["id"]), *[record("s", row) for row in rows], state({}),
        streams={"s": {"columns": TYPES}}, **settings,
    )  # fmt: skip
    assert done.code == 0, done
    return sorted((tmp_path / "out/s").glob("*.parquet")), done


@pytest.mark.parametrize("encoding", ["dictionary", "plain", "auto"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_every_reader_reads_them(load, tmp_path, encoding, version):
    [file], _ = written(load, tmp_path, VALUES * 50, encoding=encoding, data_page_version=version)
    halves = [half(value) for value in VALUES] * 50
    table = pq.read_table(file)
    assert [table.schema.field(name).type for name in ("half", "single")] == [pa.float16(), pa.float32()]
    assert table.schema.field("vector").type.value_type == pa.float16()
    assert table["half"].to_pylist() == halves
    assert table["single"].to_pylist() == [single(value) for value in VALUES] * 50
    assert table["vector"].to_pylist() == [[half(value or 0), 1.5] for value in VALUES] * 50
    duck = duckdb.sql(f"SELECT half, single FROM '{file}' ORDER BY id").fetchall()
    assert [row[0] for row in duck] == halves
    assert pl.read_parquet(file)["half"].to_list() == halves
    shown = run("dativo", "inspect", file)
    assert "FLOAT16" in shown.out and "-65504.0 .. 65504.0" in shown.out, shown
    found = duckdb.sql(f"SELECT count(*) FROM '{file}' WHERE half = 2048::FLOAT").fetchall()
    assert found == [(50,)]


def test_what_is_beyond_them_widens_the_column(load, table, tmp_path):
    files, done = written(load, tmp_path, [1.5, 65504, 70000.5, 1e39, 2])
    assert "from float16 to float" in done.err and "from float to double" in done.err
    assert len(files) > 1
    assert [row["half"] for row in table()] == [1.5, 65504, 70000.5, 1e39, 2]
    # The table's type stands in the next run.
    written(load, tmp_path, [0.1])
    assert {0.1} < {row["half"] for row in table()}


def test_compact_keeps_them(load, table, tmp_path):
    for _ in range(3):
        written(load, tmp_path, [0.1, 7])
    done = run("dativo", "compact", tmp_path / "out", "--table", "s")
    assert done.code == 0, done
    [file] = (tmp_path / "out/s").glob("*.parquet")
    assert pq.read_schema(file).field("half").type == pa.float16()
    assert sorted(row["half"] for row in table()) == [half(0.1)] * 3 + [7] * 3


@pytest.mark.parametrize(
    "columns, message",
    [
        ({"text": {"type": "float16"}}, "no column of numbers"),
        ({"half": {"type": "bfloat16"}}, "float"),
        ({"hal": {"type": "float16"}}, "Did you mean"),
    ],
)
def test_a_request_that_cannot_be_met_is_told(load, columns, message):
    streams = {"s": {"columns": columns}}
    done = load(schema("s", PROPERTIES, ["id"]), record("s", {"id": 1}), streams=streams)
    assert done.code == 78 and message in done.err, done
