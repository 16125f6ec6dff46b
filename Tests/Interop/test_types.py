"""pyarrow, DuckDB and Polars read every type with the source's values."""
import base64
import datetime as dt
import decimal
import json
import random
import struct
import uuid

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state

D = decimal.Decimal
UTC = dt.timezone.utc


def nullable(kind, **more):
    return {"type": ["null", kind], **more}


def micros(text):
    return pa.scalar(text, pa.string()).cast(pa.timestamp("us", "UTC")).value


# name: (JSON Schema, the values as JSON text, the Arrow type, the values as Arrow reads them)
CASES = {
    "int64 extremes": (
        nullable("integer"),
        ["9223372036854775807", "-9223372036854775808", "0", "1.0", "1e3"],
        pa.int64(),
        [2**63 - 1, -(2**63), 0, 1, 1000],
    ),
    "beyond int64": (
        nullable("integer"),
        ["1", "18446744073709551615", "-170141183460469231731687303715884105"],
        pa.decimal128(38, 0),
        [D(1), D(18446744073709551615), D("-170141183460469231731687303715884105")],
    ),
    "decimals of 38 digits": (
        nullable("string", format="singer.decimal", precision=38, scale=10),
        ['"1234567890123456789012345678.0123456789"', '"-0.0000000001"', '"99"'],
        pa.decimal128(38, 10),
        [D("1234567890123456789012345678.0123456789"), D("-0.0000000001"), D("99.0000000000")],
    ),
    "decimals by multipleOf": (
        nullable("number", multipleOf=0.01, maximum=1000000),
        ["19.99", "-0.01", "999999.99"],
        pa.decimal128(8, 2),
        [D("19.99"), D("-0.01"), D("999999.99")],
    ),
    "doubles": (
        nullable("number"),
        ["0.1", "1.7976931348623157e308", "5e-324", "-0.0", "123456789012345"],
        pa.float64(),
        [0.1, 1.7976931348623157e308, 5e-324, -0.0, 123456789012345.0],
    ),
    "a double that would lose digits": (
        nullable("number"),
        ["0.5", "12345678901234567890.123456789"],
        pa.decimal128(38, 18),
        [D("0.500000000000000000"), D("12345678901234567890.123456789000000000")],
    ),
    "timestamps, all centuries": (
        nullable("string", format="date-time"),
        [
            '"0001-01-01T00:00:00Z"',
            '"1969-12-31T23:59:59.999999Z"',
            '"2262-04-12T00:00:00Z"',
            '"9999-12-31T23:59:59.999999Z"',
            '"2024-02-29T12:00:00+05:30"',
            '"2024-02-29 9:05:00"',
        ],
        pa.timestamp("us", "UTC"),
        [
            dt.datetime(1, 1, 1, tzinfo=UTC),
            dt.datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
            dt.datetime(2262, 4, 12, tzinfo=UTC),
            dt.datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
            dt.datetime(2024, 2, 29, 6, 30, tzinfo=UTC),
            dt.datetime(2024, 2, 29, 9, 5, tzinfo=UTC),
        ],
    ),
    "timestamps without zone": (
        nullable("string", format="date-time", airbyte_type="timestamp_without_timezone"),
        ['"1969-12-31T23:59:59.5"', '"2024-05-01T00:00:00"'],
        pa.timestamp("us"),
        [dt.datetime(1969, 12, 31, 23, 59, 59, 500000), dt.datetime(2024, 5, 1)],
    ),
    "dates": (
        nullable("string", format="date"),
        ['"0001-01-01"', '"1970-01-01"', '"9999-12-31"'],
        pa.date32(),
        [dt.date(1, 1, 1), dt.date(1970, 1, 1), dt.date(9999, 12, 31)],
    ),
    "times": (
        nullable("string", format="time"),
        ['"00:00:00"', '"23:59:59.999999"', '"9:05:00"'],
        pa.time64("us"),
        [dt.time(0, 0), dt.time(23, 59, 59, 999999), dt.time(9, 5)],
    ),
    "uuids": (
        nullable("string", format="uuid"),
        ['"00000000-0000-0000-0000-000000000000"', '"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"'],
        None,
        [uuid.UUID(int=0), uuid.UUID("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")],
    ),
    "binary": (
        nullable("string", contentEncoding="base64"),
        ['"AP8="', '""'],
        pa.binary(),
        [b"\x00\xff", b""],
    ),
    "booleans": (nullable("boolean"), ["true", "false"], pa.bool_(), [True, False]),
    "strings": (
        nullable("string"),
        ['""', '"😀 \\ud83d\\ude00"', '"\\u0000\\t"', '"é\\u0301"', '"𝒳"', json.dumps("x" * 300_000)],
        pa.string(),
        ["", "😀 😀", "\x00\t", "é\u0301", "𝒳", "x" * 300_000],
    ),
    "free-form objects": (
        {},
        ['{"b": 1.10, "a": [null]}', '"text"', "12345678901234567890123"],
        pa.json_(),
        ['{"b": 1.10, "a": [null]}', '"text"', "12345678901234567890123"],
    ),
    "structs": (
        nullable("object", properties={"a": nullable("integer"), "b": nullable("string")}),
        ['{"a": 1, "b": "x"}', '{"a": null}', "{}"],
        pa.struct([("a", pa.int64()), ("b", pa.string())]),
        [{"a": 1, "b": "x"}, {"a": None, "b": None}, {"a": None, "b": None}],
    ),
    "lists, empty and null": (
        nullable("array", items=nullable("integer")),
        ["[]", "[1, null, 3]", "[null]"],
        pa.list_(pa.field("element", pa.int64())),
        [[], [1, None, 3], [None]],
    ),
    "lists of objects with lists": (
        nullable(
            "array",
            items=nullable(
                "object",
                properties={"n": nullable("integer"), "t": nullable("array", items=nullable("string"))},
            ),
        ),
        ['[{"n": 1, "t": ["a", null]}, null, {"n": null, "t": []}]', "[]", '[{"t": null}]'],
        None,
        [
            [{"n": 1, "t": ["a", None]}, None, {"n": None, "t": []}],
            [],
            [{"n": None, "t": None}],
        ],
    ),
    "unions of scalars": (
        {"type": ["null", "string", "integer"]},
        ['"a"', "1", "1.50"],
        pa.string(),
        ["a", "1", "1.50"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_values_equal_the_source(name, tmp_path, load):
    described, texts, kind, expected = CASES[name]
    messages = [schema("s", {"id": {"type": "integer"}, "v": described}, ["id"])]
    # A null first, a null last, and an absent one.
    for number, text in enumerate(["null", *texts, "null"]):
        messages.append(
            '{"type":"RECORD","stream":"s","record":{"id":%d,"v":%s}}' % (number, text)
        )
    messages.append(record("s", {"id": len(texts) + 2}))
    messages.append(state({"done": 1}))
    result = load(*messages)
    assert result.code == 0, result
    wanted = [None, *expected, None, None]
    glob = f"{tmp_path}/out/s/*.parquet"
    files = sorted((tmp_path / "out/s").glob("*.parquet"))
    last = pq.read_table(files[-1])
    if kind is not None:
        assert last.schema.field("v").type == kind, last.schema
    # pyarrow, file by file: a column that went on as a wider type has two.
    values = [value for file in files for value in pq.read_table(file).column("v").to_pylist()]
    assert [plain(value) for value in values] == [plain(value) for value in wanted]
    if len(files) > 1:
        return
    rows = duckdb.sql(f"SELECT v FROM '{glob}' ORDER BY id").fetchall()
    if name == "timestamps, all centuries":
        rows = duckdb.sql(f"SELECT epoch_us(v) FROM '{glob}' ORDER BY id").fetchall()
        epoch = dt.datetime(1970, 1, 1, tzinfo=UTC)
        wanted_micros = [v and (v - epoch) // dt.timedelta(microseconds=1) for v in wanted]
        assert [row[0] for row in rows] == wanted_micros
    else:
        assert [plain(row[0]) for row in rows] == [plain(value) for value in wanted]
    polars = pl.read_parquet(files[0]).sort("id")["v"].to_list()
    if name == "free-form objects":
        # Polars reads the logical type JSON as bytes.
        polars = [value and value.decode() for value in polars]
    assert [plain(value) for value in polars] == [plain(value) for value in wanted]


def plain(value):
    """One spelling for what readers return in different classes."""
    if isinstance(value, uuid.UUID):
        return value.bytes
    if isinstance(value, D) or (isinstance(value, int) and not isinstance(value, bool)):
        return D(value).normalize()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, pl.Series)):
        return [plain(inner) for inner in value]
    return value


def test_a_column_that_is_always_null_and_zero_records(tmp_path, load):
    result = load(
        schema("empty", {"a": nullable("integer")}),
        schema("nulls", {"a": nullable("integer"), "b": {"type": "null"}}),
        record("nulls", {"a": None}),
        record("nulls", {}),
        state({"x": 1}),
    )
    assert result.code == 0, result
    assert not list(tmp_path.glob("out/empty/*"))
    table = pq.read_table(tmp_path / "out/nulls")
    assert table.num_rows == 2
    assert table.column("a").null_count == 2 and table.column("b").null_count == 2
    assert duckdb.sql(f"SELECT count(a), count(*) FROM '{tmp_path}/out/nulls/*.parquet'").fetchall() == [(0, 2)]
    assert pl.read_parquet(f"{tmp_path}/out/nulls/*.parquet").shape == (2, 2)


@pytest.mark.parametrize("codec", ["zstd", "snappy", "gzip", "lz4_raw", "brotli", "uncompressed"])
def test_codecs_dictionaries_and_statistics(codec, tmp_path, load):
    rows = [
        {"id": n, "low": f"v{n % 7}", "high": f"{n:064x}", "x": n / 7, "d": n % 3 == 0}
        for n in range(30_000)
    ]
    result = load(
        schema(
            "s",
            {
                "id": nullable("integer"),
                "low": nullable("string"),
                "high": nullable("string"),
                "x": nullable("number"),
                "d": nullable("boolean"),
            },
            ["id"],
        ),
        *[record("s", row) for row in rows],
        state({"n": 1}),
        compression=codec,
    )
    assert result.code == 0, result
    [file] = (tmp_path / "out/s").glob("*.parquet")
    assert pq.read_table(file).to_pylist() == rows
    assert duckdb.sql(f"SELECT * FROM '{file}' ORDER BY id").pl().to_dicts() == rows
    assert pl.read_parquet(file).to_dicts() == rows
    group = pq.ParquetFile(file).metadata.row_group(0)
    low, high, number = group.column(1), group.column(2), group.column(0)
    assert low.compression == {"lz4_raw": "LZ4"}.get(codec, codec.upper())
    assert "RLE_DICTIONARY" in low.encodings and low.has_dictionary_page
    assert (number.statistics.min, number.statistics.max, number.statistics.null_count) == (0, 29_999, 0)
    assert low.statistics.min == "v0" and low.statistics.max == "v6"
    # 30,000 distinct values of 64 bytes are more than a dictionary page may hold.
    assert "PLAIN" in high.encodings


def test_rotation_by_size_and_checkpoints_by_rows(tmp_path, load):
    rows = [{"id": n, "pad": base64.b64encode(n.to_bytes(30, "little") * 3).decode()} for n in range(60_000)]
    messages = [schema("s", {"id": nullable("integer"), "pad": nullable("string")}, ["id"])]
    for row in rows:
        messages.append(record("s", row))
        if row["id"] % 10_000 == 9_999:
            messages.append(state({"id": row["id"]}))
    result = load(*messages, checkpoint_interval={"rows": 20_000})
    assert result.code == 0, result
    assert [json.loads(line) for line in result.out.splitlines()] == [
        {"id": 19_999}, {"id": 39_999}, {"id": 59_999}
    ]  # fmt: skip
    assert len(list((tmp_path / "out/s").glob("*.parquet"))) == 3
    assert sorted(pq.read_table(tmp_path / "out/s").column("id").to_pylist()) == list(range(60_000))


def test_governance_metadata_reaches_the_footer(tmp_path, load):
    message = schema("s", {"id": nullable("integer")}, ["id"])
    message["schema"]["x-dativo"] = {"contract.id": "abc", "contract.version": "1.10", "owner": "team-x"}
    result = load(message, record("s", {"id": 1}), state({"a": 1}))
    assert result.code == 0, result
    [file] = (tmp_path / "out/s").glob("*.parquet")
    metadata = pq.ParquetFile(file).metadata.metadata
    assert metadata[b"dativo.contract.id"] == b"abc"
    assert metadata[b"dativo.contract.version"] == b"1.10"
    assert metadata[b"dativo.owner"] == b"team-x"
    seen = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{file}')").fetchall()
    assert (b"dativo.owner", b"team-x") in seen


def test_the_same_input_gives_the_same_bytes(tmp_path):
    source = lines(
        schema("s", {"id": nullable("integer"), "t": nullable("string")}, ["id"]),
        *[record("s", {"id": n, "t": f"text {n % 100}"}) for n in range(50_000)],
        state({"x": 1}),
    )
    files = []
    for name in ("a", "b"):
        config = tmp_path / f"{name}.json"
        config.write_text(json.dumps({"destination": str(tmp_path / name)}))
        assert run("dativo-target-parquet", "--config", config, stdin=source).code == 0
        [file] = (tmp_path / name / "s").glob("*.parquet")
        files.append((file.name, file.read_bytes()))
    assert files[0] == files[1]


@pytest.mark.parametrize(
    "codec, level, good",
    [
        ("zstd", 1, True), ("zstd", 19, True), ("zstd", 23, False),
        ("gzip", 9, True), ("gzip", 0, False),
        ("brotli", 0, True), ("brotli", 11, True), ("brotli", 12, False),
        ("lz4_raw", 1, True), ("lz4_raw", 12, True), ("lz4_raw", 0, False),
        ("snappy", 1, False), ("uncompressed", 1, False),
    ],
)
def test_levels_of_codecs(codec, level, good, tmp_path, load):
    rows = [{"id": n, "text": f"the {n % 100}th of {n}"} for n in range(5000)]
    result = load(
        schema("s", {"id": nullable("integer"), "text": nullable("string")}, ["id"]),
        *[record("s", row) for row in rows],
        compression=codec,
        compression_level=level,
    )
    if not good:
        assert result.code == 78
        assert f'{codec} has no "compression_level" {level}' in result.failure["message"]
        return
    assert result.code == 0, result
    assert pq.read_table(tmp_path / "out/s").to_pylist() == rows
    assert pl.read_parquet(f"{tmp_path}/out/s/*.parquet").to_dicts() == rows


WIDTHS = [(-128, 127, pa.int8()), (0, 255, pa.int16()), (-(2**31), 2**31 - 1, pa.int32()), (0, 2**31, pa.int64())]


@pytest.mark.parametrize("low, high, kind", WIDTHS)
def test_bounds_make_narrow_integers_and_a_value_beyond_them_a_wide_one(load, tmp_path, low, high, kind):
    column = {"n": {"type": "integer", "minimum": low, "maximum": high}}
    done = load(schema("s", column), record("s", {"n": low}), record("s", {"n": high}), record("s", {"n": 2**40}))
    assert done.code == 0, done
    tables = [pq.read_table(path) for path in sorted((tmp_path / "out/s").glob("*.parquet"))]
    assert tables[0].schema.field("n").type == kind
    assert [n for table in tables for n in table["n"].to_pylist()] == [low, high, 2**40]
    found = duckdb.sql(f"select n from read_parquet('{tmp_path}/out/s/*.parquet', union_by_name=true) order by n")
    assert found.fetchall() == [(low,), (high,), (2**40,)]


def test_the_table_of_types_is_what_the_files_have(load, tmp_path):
    about = json.loads(run("dativo-target-parquet", "--about", "--format", "json").out)
    kinds = {row["parquet"]: row["property"] for row in about["types"]}
    properties = {f"c{n}": kind for n, kind in enumerate(kinds.values())}
    load(schema("s", properties), record("s", {}))
    [path] = (tmp_path / "out/s").glob("*.parquet")
    shown = json.loads(run("dativo", "inspect", path, "--json").out)
    nodes = {node["path"]: node["type"] for node in shown["result"]["schema"]}
    for name, kind in zip(properties, kinds):
        assert nodes[name] == kind.split(" of ")[0]


def test_doubles_as_other_programs_print_them_stay_doubles(load, tmp_path):
    dice = random.Random(17)
    values = [0.1, 1e-30, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1 / 3, 9.5, 123456.789]
    values += [struct.unpack("<d", dice.randbytes(8))[0] for _ in range(3000)]
    values = [value for value in values if value == value and abs(value) != float("inf")]
    texts = [f"{value:.{digits}g}" for value in values for digits in (17, 18, 25) ] + ["4.9E-324", "0.10000000000000001"]
    lines = ['{"type":"RECORD","stream":"s","record":{"n":%s}}' % text for text in texts]
    done = load(schema("s", {"n": {"type": "number"}}), *lines)
    assert done.code == 0 and "changes" not in done.err, done
    [path] = (tmp_path / "out/s").glob("*.parquet")
    assert pq.read_table(path)["n"].to_pylist() == [float(text) for text in texts]


@pytest.mark.parametrize("text", ["9007199254740993", "0.12345678901234567", "1.000000000000000001"])
def test_a_decimal_that_no_double_prints_as_is_no_double(load, tmp_path, text):
    done = load(schema("s", {"n": {"type": "number"}}), '{"type":"RECORD","stream":"s","record":{"n":%s}}' % text)
    [path] = (tmp_path / "out/s").glob("*.parquet")
    [value] = pq.read_table(path)["n"].to_pylist()
    assert isinstance(value, D) and value == D(text)
