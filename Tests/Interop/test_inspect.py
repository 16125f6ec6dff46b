"""`dativo inspect`, and our own reader behind its --rows, against pyarrow."""
import base64
import datetime as dt
import decimal
import json
import uuid

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state
from test_encodings import ENCODINGS, PROPERTIES, rows

NESTED = {
    "id": {"type": "integer"},
    "at": {"type": ["string", "null"], "format": "date-time"},
    "time": {"type": ["string", "null"], "format": "time"},
    "any": {},
    "deep": {
        "type": ["object", "null"],
        "properties": {
            "flag": {"type": ["boolean", "null"]},
            "lists": {
                "type": ["array", "null"],
                "items": {
                    "type": ["array", "null"],
                    "items": {
                        "type": ["object", "null"],
                        "properties": {"a": {"type": ["integer", "null"]}, "b": {"type": ["string", "null"]}},
                    },
                },
            },
        },
    },
}


def plain(value):
    """What `inspect` shows for a value of pyarrow's."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case bytes():
            return base64.b64encode(value).decode()
        case float():
            return decimal.Decimal(repr(value))
        case int() if not isinstance(value, bool):
            return decimal.Decimal(value)
        case dt.datetime():
            text = value.replace(tzinfo=None).isoformat()
            return text + ("Z" if value.tzinfo else "")
        case dt.date() | dt.time():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
    return value


def inspect(file, count):
    done = run("dativo", "inspect", file, "--rows", count, "--json")
    assert done.code == 0, done
    number = decimal.Decimal
    return json.loads(done.out, parse_float=number, parse_int=number)["result"]


def check(file):
    table = pq.read_table(file)
    shown = inspect(file, table.num_rows)
    assert shown["first_rows"] == [plain(row) for row in table.to_pylist()]
    return shown


def write(tmp_path, properties, source, **settings):
    text = lines(schema("s", properties), *[record("s", row) for row in source], state({}))
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out"), **settings}))
    done = run("dativo-target-parquet", "--config", config, stdin=text)
    assert done.code == 0, done
    [file] = (tmp_path / "out/s").glob("*.parquet")
    return file


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("codec", ["zstd", "snappy", "gzip", "lz4_raw", "brotli", "uncompressed"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_our_reader_reads_what_pyarrow_reads(encoding, codec, version, tmp_path):
    file = write(
        tmp_path, PROPERTIES, rows(700, seed=3),
        encoding=encoding, compression=codec, data_page_version=version,
    )
    shown = check(file)
    assert {column["codec"] for column in shown["row_groups"][0]["columns"]} == {codec}


def test_nested_columns(tmp_path):
    deep = [
        None, {}, {"flag": True, "lists": None}, {"flag": None, "lists": []},
        {"lists": [None, [], [None], [{"a": 1}, {"b": "é"}, {}], [{"a": None, "b": ""}]]},
    ]
    source = [
        {
            "id": n,
            "at": [None, "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"][n % 3],
            "time": [None, "00:00:00", "23:59:59.5"][n % 3],
            "any": [None, {"x": 1.50}, "text", [1]][n % 4],
            "deep": deep[n % 5],
        }
        for n in range(500)
    ]
    check(write(tmp_path, NESTED, source))


def test_what_is_shown_is_what_pyarrow_says(tmp_path):
    source = [{"id": n, "name": "x" * 100 if n % 7 else None} for n in range(3000)]
    properties = {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}}
    file = write(tmp_path, properties, source, columns={"id": {"bloom_filter": True}})
    result = json.loads(run("dativo", "inspect", file, "--json").out)["result"]
    meta = pq.read_metadata(file)
    assert result["bytes"] == file.stat().st_size and result["rows"] == meta.num_rows == 3000
    assert result["created_by"] == meta.created_by
    assert len(result["row_groups"]) == meta.num_row_groups == 1
    assert [node["path"] for node in result["schema"]] == ["id", "name"]
    for index, column in enumerate(result["row_groups"][0]["columns"]):
        theirs = meta.row_group(0).column(index)
        assert column["path"] == theirs.path_in_schema
        assert column["encodings"] == list(theirs.encodings)
        assert column["codec"] == theirs.compression.lower()
        assert column["bytes"] == theirs.total_compressed_size
        assert column["uncompressed_bytes"] == theirs.total_uncompressed_size
        assert column["values"] == theirs.num_values
        assert column["nulls"] == theirs.statistics.null_count
        assert column["has_offset_index"] == theirs.has_offset_index is True
        assert column["has_column_index"] == theirs.has_column_index is True
    [first, second] = result["row_groups"][0]["columns"]
    assert (first["minimum"], first["maximum"], first["minimum_is_exact"]) == (0, 2999, True)
    assert first["has_bloom_filter"] and not second["has_bloom_filter"]
    assert second["minimum"] == "x" * 64 and second["maximum"] == "x" * 63 + "y"
    assert second["maximum_is_exact"] is False
    text = run("dativo", "inspect", file).out
    assert "3000 rows" in text and "zstd" in text and "0 .. 2999" in text and "bloom" in text


def test_governance_metadata_is_shown(tmp_path):
    message = schema("s", {"id": {"type": "integer"}})
    message["schema"]["x-dativo"] = {"contract.id": "c-1", "owner": "team"}
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out")}))
    done = run(
        "dativo-target-parquet", "--config", config,
        stdin=lines(message, record("s", {"id": 1}), state({})),
    )
    assert done.code == 0, done
    [file] = (tmp_path / "out/s").glob("*.parquet")
    result = json.loads(run("dativo", "inspect", file, "--json").out)["result"]
    assert result["metadata"] == {"dativo.contract.id": "c-1", "dativo.owner": "team"}
    assert "dativo.owner = team" in run("dativo", "inspect", file).out


def test_a_file_of_another_writer(tmp_path):
    """Its footer is shown; rows where the reader knows what they are made of."""
    file = tmp_path / "other.parquet"
    table = pa.table({"i": [1, None, 3], "s": ["a", "b", None], "d": [0.5, None, 2.0]})
    pq.write_table(table, file)
    check(file)
    pq.write_table(pa.table({"m": pa.array([[(7, 1)]], pa.map_(pa.int64(), pa.int64()))}), file)
    done = run("dativo", "inspect", file)
    assert done.code == 0 and "MAP" in done.out
    done = run("dativo", "inspect", file, "--rows", 1)
    assert done.code == 65 and "the map m" in done.err


@pytest.mark.parametrize("content", [b"", b"PAR1", b"id,name\n1,x\n" * 100, b"PAR1" + b"\0" * 40])
def test_what_is_no_parquet_file(content, tmp_path):
    file = tmp_path / "x.parquet"
    file.write_bytes(content)
    done = run("dativo", "inspect", file)
    assert done.code == 65 and "is no Parquet file" in done.err and done.out == ""
    envelope = json.loads(run("dativo", "inspect", file, "--json").out)
    assert envelope["ok"] is False and envelope["exit"] == 65


def test_a_damaged_page_is_told(tmp_path):
    file = write(tmp_path, {"id": {"type": "integer"}}, [{"id": n} for n in range(5000)])
    damaged = bytearray(file.read_bytes())
    damaged[200] ^= 1
    file.write_bytes(damaged)
    assert run("dativo", "inspect", file).code == 0
    done = run("dativo", "inspect", file, "--rows", 1)
    assert done.code == 65 and "does not match its checksum" in done.err


def test_a_file_that_is_not_there(tmp_path):
    done = run("dativo", "inspect", tmp_path / "none.parquet")
    assert done.code == 74 and "there is no file" in done.err
