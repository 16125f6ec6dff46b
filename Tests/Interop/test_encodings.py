"""Every encoding, read back by pyarrow, DuckDB and Polars, for values that are hard for it."""
import datetime
import decimal
import json
import random
import uuid

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state

ENCODINGS = [
    "auto", "dictionary", "plain", "rle", "delta_binary_packed", "delta_length_byte_array",
    "delta_byte_array", "byte_stream_split",
]
# The names under which pyarrow shows what a column of the type must be written in.
SHOWN = {
    "plain": ("PLAIN", "i32 i64 small wide f64 text flag day big uid"),
    "rle": ("RLE", "flag"),
    "delta_binary_packed": ("DELTA_BINARY_PACKED", "i32 i64 small day"),
    "delta_length_byte_array": ("DELTA_LENGTH_BYTE_ARRAY", "text"),
    "delta_byte_array": ("DELTA_BYTE_ARRAY", "text"),
    "byte_stream_split": ("BYTE_STREAM_SPLIT", "i32 i64 small f64 day"),
}
PROPERTIES = {
    "i32": {"type": ["integer", "null"], "minimum": -(2**31), "maximum": 2**31 - 1},
    "i64": {"type": ["integer", "null"]},
    "small": {"type": ["string", "null"], "format": "x-singer.decimal", "precision": 9, "scale": 2},
    "wide": {"type": ["string", "null"], "format": "x-singer.decimal", "precision": 38, "scale": 4},
    "big": {"type": ["string", "null"], "format": "x-singer.decimal", "precision": 20, "scale": 0},
    "f64": {"type": ["number", "null"]},
    "text": {"type": ["string", "null"]},
    "flag": {"type": ["boolean", "null"]},
    "day": {"type": ["string", "null"], "format": "date"},
    "uid": {"type": ["string", "null"], "format": "uuid"},
    "list": {"type": ["array", "null"], "items": {"type": ["integer", "null"]}},
}


def rows(count, seed):
    """Extremes beside one another, runs, slopes, shared prefixes, nulls."""
    chance = random.Random(seed)
    made = []
    for n in range(count):
        wide = chance.choice([0, 1, -1, 10**34 - 1, -(10**34) + 1, n])
        row = {
            "i32": chance.choice([-(2**31), 2**31 - 1, 0, n]),
            "i64": chance.choice([-(2**63), 2**63 - 1, 0, n * 1000, -n]),
            "small": f"{chance.randrange(-9999999, 9999999)}.{n % 100:02}",
            "wide": f"{wide}.{chance.randrange(10000):04}",
            "big": str(chance.choice([10**20 - 1, -(10**20) + 1, n])),
            "f64": chance.choice([0.0, -1.5, 1e308, 5e-324, n / 7]),
            "text": chance.choice(["", "😀", "same", f"https://example.com/orders/{n:08}", "é" * (n % 50)]),
            "flag": chance.random() < 0.5 if n % 1000 < 500 else n % 2000 < 1000,
            "day": str(datetime.date(1, 1, 1) + datetime.timedelta(days=chance.randrange(3_600_000))),
            "uid": f"{chance.getrandbits(128):032x}"[:8] + "-0000-4000-8000-" + f"{n:012x}",
            "list": [n, None, -n][: n % 4],
        }
        made.append({key: None if chance.random() < 0.1 else row[key] for key in row})
    return made


def expected(row):
    def convert(key, value):
        if value is None:
            return None
        if key in ("small", "wide", "big"):
            return decimal.Decimal(value)
        if key == "uid":
            return uuid.UUID(value)
        return datetime.date.fromisoformat(value) if key == "day" else value

    return {key: convert(key, value) for key, value in row.items()}


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("codec", ["zstd", "snappy", "uncompressed"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("count", [1, 2, 33, 129, 6000])
def test_encodings_come_back_equal(encoding, codec, version, count, tmp_path):
    source = rows(count, seed=count)
    text = lines(schema("s", PROPERTIES), *[record("s", row) for row in source], state({}))
    (tmp_path / "config.json").write_text(
        json.dumps(
            {"destination": "out", "encoding": encoding, "compression": codec,
             "data_page_version": version}
        )
    )
    done = run("dativo-target-parquet", "--config", "config.json", stdin=text, cwd=tmp_path)
    assert done.code == 0, done
    [file] = (tmp_path / "out/s").glob("*.parquet")
    wanted = [expected(row) for row in source]
    checked = pq.read_table(file, page_checksum_verification=True)
    assert checked.to_pylist() == wanted
    names = ", ".join(PROPERTIES)
    assert duckdb.sql(f"SELECT {names} FROM '{file}'").fetchall() == [
        tuple(row[name] for name in PROPERTIES) for row in wanted
    ]
    polars = pl.read_parquet(file).drop("uid", "day").to_dicts()
    assert polars == [{k: v for k, v in row.items() if k not in ("uid", "day")} for row in wanted]
    if encoding in SHOWN and count > 1:
        shown, columns = SHOWN[encoding]
        group = pq.ParquetFile(file).metadata.row_group(0)
        for index in range(group.num_columns):
            column = group.column(index)
            if column.path_in_schema in columns.split():
                assert shown in column.encodings, column


def test_auto_is_never_larger(tmp_path):
    """Slopes, prefixes and doubles: what each of the encodings is for."""
    source = [
        {"id": n * 3, "url": f"https://example.com/orders/{n:09}", "x": 20 + (n * 7919 % 1000) / 1000}
        for n in range(50_000)
    ]
    properties = {"id": {"type": "integer"}, "url": {"type": "string"}, "x": {"type": "number"}}
    text = lines(schema("s", properties), *[record("s", row) for row in source], state({}))
    sizes = {}
    for encoding in ENCODINGS:
        out = tmp_path / encoding
        out.mkdir()
        (out / "config.json").write_text(f'{{"destination": "out", "encoding": "{encoding}"}}')
        done = run("dativo-target-parquet", "--config", "config.json", stdin=text, cwd=out)
        assert done.code == 0, done
        [file] = (out / "out/s").glob("*.parquet")
        sizes[encoding] = file.stat().st_size
        assert pq.read_table(file).to_pylist() == source
    print(sizes)
    assert sizes["auto"] <= 1.01 * min(sizes.values()), sizes
    assert sizes["auto"] < 0.5 * sizes["dictionary"], sizes
