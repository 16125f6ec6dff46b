"""Type × encoding × codec × page version × nulls, each file read by every reader that can.

Hundreds of files in the test, all that the writer can produce with DATIVO_FULL=1; the matrix is
printed with -s. Values that are hard for an encoding: test_encodings.py; pruning: test_page_index.py.
"""
import base64
import collections
import decimal
import itertools
import json
import os
import random
import uuid

import duckdb
import fastparquet
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from arrow_cells import cells
from conftest import lines, record, run, schema, state

D = decimal.Decimal
decimal.getcontext().prec = 60
FULL = os.environ.get("DATIVO_FULL") == "1"
CODECS = ["zstd", "snappy", "gzip", "lz4_raw", "brotli", "uncompressed"]
VERSIONS = ["1.0", "2.0"]
NULLS = ["none", "some", "all"]
# What the encodings are called in a footer.
SHOWN = {
    "dictionary": "RLE_DICTIONARY", "plain": "PLAIN", "rle": "RLE", "delta_binary_packed": "DELTA_BINARY_PACKED",
    "delta_length_byte_array": "DELTA_LENGTH_BYTE_ARRAY", "delta_byte_array": "DELTA_BYTE_ARRAY",
    "byte_stream_split": "BYTE_STREAM_SPLIT",
}
# Which a physical type can be written in.
SUITS = {
    "BOOLEAN": ["plain", "rle"],
    "INT32": ["plain", "dictionary", "delta_binary_packed", "byte_stream_split"],
    "INT64": ["plain", "dictionary", "delta_binary_packed", "byte_stream_split"],
    "DOUBLE": ["plain", "dictionary", "byte_stream_split"],
    "BYTE_ARRAY": ["plain", "dictionary", "delta_length_byte_array", "delta_byte_array"],
    "FIXED_LEN_BYTE_ARRAY": ["plain", "dictionary"],
}


def decimals(precision, scale):
    top = D(10**precision - 1).scaleb(-scale)
    return (
        {"type": "string", "format": "x-singer.decimal", "precision": precision, "scale": scale},
        [(str(value), value) for value in [top, -top, D(0).scaleb(-scale), D(1).scaleb(-scale)]],
    )


SECOND = 10**9
DAY = 86400 * SECOND
TIME = {"type": "string", "format": "time"}
TIMES = [("00:00:00", 0), ("23:59:59.999", DAY - 10**6), ("01:02:03", 3723 * SECOND)]
INSTANT = {"type": "string", "format": "date-time"}
LOCAL = INSTANT | {"airbyte_type": "timestamp_without_timezone"}
INSTANTS = [
    ("1970-01-01T00:00:00", 0), ("1969-12-31T23:59:59.999", -(10**6)), ("1700-03-01T00:00:00", -98_556 * DAY),
    ("2262-04-11T00:00:00", 106_751 * DAY),
]
TEXTS = [(text, text) for text in ["", "a", "ab", "😀", "https://example.com/a", "https://example.com/b", "\x00é"]]
NUMBERS = [(value, value) for value in [0, 1, -1, 2**63 - 1, -(2**63), 10**12]]
IDS = ["00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"]
INTEGER = {"type": ["null", "integer"]}
TEXT = {"type": ["null", "string"]}

# name: physical type, JSON Schema, pairs of the JSON value and what is read, time_unit
TYPES = {
    "boolean": ("BOOLEAN", {"type": "boolean"}, [(True, True), (False, False), (False, False)]),
    "integer": ("INT64", {"type": "integer"}, NUMBERS),
    "decimal(9, 2)": ("INT32", *decimals(9, 2)),
    "decimal(18, 0)": ("INT64", *decimals(18, 0)),
    "decimal(19, 19)": ("FIXED_LEN_BYTE_ARRAY", *decimals(19, 19)),
    "decimal(38, 4)": ("FIXED_LEN_BYTE_ARRAY", *decimals(38, 4)),
    "double": ("DOUBLE", {"type": "number"}, [(value, value) for value in [0.1, -1.5, 1e308, 5e-324, 0.0]]),
    "string": ("BYTE_ARRAY", {"type": "string"}, TEXTS),
    "json": ("BYTE_ARRAY", {}, [(value, json.dumps(value)) for value in [[1, {"a": None}], "x", {}, 1.5]]),
    "binary": (
        "BYTE_ARRAY", {"type": "string", "contentEncoding": "base64"},
        [(base64.b64encode(value).decode(), value) for value in [b"", b"\x00\xff", b"abc", b"abd"]],
    ),
    "uuid": ("FIXED_LEN_BYTE_ARRAY", {"type": "string", "format": "uuid"}, [(t, uuid.UUID(t).bytes) for t in IDS]),
    "date": (
        "INT32", {"type": "string", "format": "date"},
        [("1970-01-01", 0), ("1969-12-31", -1), ("2262-04-11", 106_751), ("1700-03-01", -98_556)],
    ),
    "time, millis": ("INT32", TIME, TIMES, "millis"),
    "time, micros": ("INT64", TIME, TIMES, "micros"),
    "time, nanos": ("INT64", TIME, [*TIMES, ("23:59:59.999999999", DAY - 1)], "nanos"),
    **{
        f"timestamp{kind}, {unit}": ("INT64", described, INSTANTS, unit)
        for kind, described in [("", INSTANT), (" local", LOCAL)] for unit in ["millis", "micros", "nanos"]
    },
    "list of integer": (
        "INT64", {"type": "array", "items": INTEGER},
        [(value, value) for value in [[], [1], [None], [1, None, 3], [2**63 - 1, -(2**63)]]],
    ),
    "list of string": (
        "BYTE_ARRAY", {"type": "array", "items": TEXT},
        [(value, value) for value in [[], ["a"], [None], ["", "😀", None], ["a", "b"]]],
    ),
    "object of integer": (
        "INT64", {"type": "object", "properties": {"a": INTEGER}}, [({"a": value}, {"a": value}) for value in [1, None, -7]],
    ),
    "list of objects": (
        "BYTE_ARRAY", {"type": "array", "items": {"type": "object", "properties": {"a": TEXT}}},
        [(value, value) for value in [[], [{"a": "x"}], [{"a": None}, {"a": "y"}]]],
    ),
}
NESTED = [name for name in TYPES if name.startswith(("list", "object"))]

# What a reader does not read: (reader, type, encoding), None for any, and why.
UNREAD = [
    ("fastparquet", None, "delta_binary_packed", "its decoder crashes the process"),
    ("fastparquet", None, "delta_length_byte_array", "not implemented"),
    ("fastparquet", None, "delta_byte_array", "not implemented"),
    ("fastparquet", None, "byte_stream_split", "not implemented"),
    ("fastparquet", "time, millis", None, "it reads them as numbers"),
    ("fastparquet", "time, micros", None, "it reads them as numbers"),
    ("fastparquet", "json", None, "it parses them, so that their text is not to be had"),
    *[("fastparquet", kind, None, "it reads nested columns in part, and rows without a value wrong") for kind in NESTED],
    ("fastparquet", "boolean", "rle", "it reads other values"),
    ("fastparquet", "decimal(18, 0)", None, "it reads decimals as doubles"),
    ("fastparquet", "decimal(19, 19)", None, "it reads decimals as doubles"),
    ("fastparquet", "decimal(38, 4)", None, "it reads decimals as doubles"),
    ("fastparquet", "uuid", None, "zero bytes at the end are lost"),
]


def excused(reader, kind, encoding):
    return any(
        reader == one and named in (None, kind) and coded in (None, encoding) for one, named, coded, _ in UNREAD
    )


def combinations():
    """Every file, or for each type and encoding every codec, the rest drawn."""
    chance = random.Random(1)
    for kind, encoding in [(kind, encoding) for kind in TYPES for encoding in SUITS[TYPES[kind][0]]]:
        for codec in CODECS:
            if FULL:
                yield from itertools.product([kind], [encoding], [codec], VERSIONS, NULLS)
            else:
                yield kind, encoding, codec, chance.choice(VERSIONS), chance.choice(NULLS)


def rows(kind, nulls):
    """Pairs of the JSON value and what is read, each value often, so that a dictionary is worth it."""
    pairs = TYPES[kind][2]
    if nulls == "all":
        return [(None, None)] * 20
    made = [pairs[n % len(pairs)] for n in range(200)]
    return [(None, None) if nulls == "some" and n % 3 == 1 else pair for n, pair in enumerate(made)]


def write(folder, files):
    """All files by one run, each a stream of its own."""
    streams, messages = {}, []
    for name, (kind, encoding, codec, version, nulls) in files.items():
        _, described, _, *unit = TYPES[kind]
        streams[name] = {
            "encoding": encoding, "compression": codec, "data_page_version": version,
            "time_unit": unit[0] if unit else "micros",
        }
        messages.append(schema(name, {"v": described}))
        messages += [record(name, {"v": value}) for value, _ in rows(kind, nulls)]
    config = {"destination": str(folder / "out"), "streams": streams}
    (folder / "config.json").write_text(json.dumps(config))
    done = run(
        "dativo-target-parquet", "--config", folder / "config.json", stdin=lines(*messages, state({"n": 1}))
    )
    assert done.code == 0, done


def from_arrow(column):
    """Times as nanoseconds, whatever unit a reader takes."""
    kind = column.type
    unit = {"s": SECOND, "ms": 10**6, "us": 1000, "ns": 1}.get(getattr(kind, "unit", None), 1)
    found = cells(column)
    return found if unit == 1 else [value and value * unit for value in found]


def told(kind, value):
    """One spelling of what readers return in different classes."""
    if kind == "json" and isinstance(value, bytes):
        return value.decode()
    if kind == "uuid" and isinstance(value, str):
        return uuid.UUID(value).bytes
    if kind.startswith("decimal") and isinstance(value, float):
        return D(repr(value))
    if isinstance(value, pd.Timestamp | pd.Timedelta):
        nanos = int(value.as_unit("ns").value)
        return nanos // DAY if kind == "date" else nanos
    return value


def by_pyarrow(path):
    return from_arrow(pq.read_table(path, page_checksum_verification=True)["v"])


def by_duckdb(path):
    return from_arrow(duckdb.sql(f"SELECT v FROM '{path}'").to_arrow_table()["v"])


def by_polars(path):
    return from_arrow(pl.read_parquet(path).to_arrow()["v"])


def by_fastparquet(path):
    column = fastparquet.ParquetFile(str(path)).to_pandas()["v"]
    missing = [value is None or value is pd.NaT or value is pd.NA or value != value for value in column]
    return [None if gone else getattr(value, "item", lambda: value)() for value, gone in zip(column, missing)]


READERS = {"pyarrow": by_pyarrow, "duckdb": by_duckdb, "polars": by_polars, "fastparquet": by_fastparquet}


def test_every_combination_is_read_by_every_reader_that_can(tmp_path):
    files = {f"f{number}": one for number, one in enumerate(combinations())}
    write(tmp_path, files)
    matrix = collections.defaultdict(lambda: collections.defaultdict(int))
    wrong = []
    for name, (kind, encoding, codec, version, nulls) in files.items():
        [path] = (tmp_path / "out" / name).glob("*.parquet")
        chunk = pq.ParquetFile(path).metadata.row_group(0).column(0)
        assert chunk.physical_type == TYPES[kind][0], (kind, chunk)
        assert nulls == "all" or SHOWN[encoding] in chunk.encodings, (kind, encoding, chunk)
        wanted = [told(kind, value) for _, value in rows(kind, nulls)]
        count = 0
        for reader, read in READERS.items():
            if excused(reader, kind, encoding):
                continue
            try:
                found = [told(kind, value) for value in read(path)]
            except Exception as error:
                found = f"{type(error).__name__}: {str(error)[:200]}"
            if found == wanted:
                count += 1
                matrix[kind, encoding][reader] += 1
            else:
                differ = found if isinstance(found, str) else [p for p in zip(found, wanted) if p[0] != p[1]][:2]
                wrong.append((reader, kind, encoding, codec, version, nulls, differ))
        assert count >= 2 or wrong, (kind, encoding)
    print(f"\n{len(files)} files")
    for (kind, encoding), readers in matrix.items():
        print(f"{kind:24} {encoding:24} {', '.join(f'{name} {count}' for name, count in readers.items())}")
    for reader, kind, encoding, reason in UNREAD:
        print(f"not read by {reader}: {kind or 'any type'}, {encoding or 'any encoding'}: {reason}")
    assert not wrong, "\n".join(map(str, wrong[:40]))
