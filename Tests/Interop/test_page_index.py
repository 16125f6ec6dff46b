"""Statistics and the page index: told right, and pruning by them loses no row."""
import json
import re

import datafusion
import duckdb
import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state

COUNT = 300_000


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """One row group of several pages a column: ascending, descending, scattered, text, nulls, NaN."""
    folder = tmp_path_factory.mktemp("index")
    rows = [
        {
            "up": n,
            "down": 10**12 - n * 3,
            "spread": n * 7919 % 1_000_003,
            "text": f"key-{n:09}-" + "x" * (n % 90),
            "late": None if n < 200_000 else n / 2,
            "same": "constant",
        }
        for n in range(COUNT)
    ]
    properties = {
        "up": {"type": "integer"}, "down": {"type": "integer"}, "spread": {"type": "integer"},
        "text": {"type": "string"}, "late": {"type": ["number", "null"]}, "same": {"type": "string"},
    }
    config = {"destination": str(folder / "out"), "memory_limit": "512MiB"}
    (folder / "config.json").write_text(json.dumps(config))
    data = lines(schema("s", properties, ["up"]), *[record("s", row) for row in rows], state({}))
    done = run("dativo-target-parquet", "--config", folder / "config.json", stdin=data)
    assert done.code == 0, done
    return folder / "out/s", rows


def test_the_footer_tells_indexes_and_statistics(table):
    folder, rows = table
    for file in folder.glob("*.parquet"):
        metadata = pq.ParquetFile(file).metadata
        for group in range(metadata.num_row_groups):
            for number in range(metadata.num_columns):
                column = metadata.row_group(group).column(number)
                assert column.has_offset_index and column.has_column_index, column
    [file] = folder.glob("*.parquet")
    shown = duckdb.sql(
        "SELECT path_in_schema, min(stats_min_value), max(stats_max_value), sum(stats_null_count), "
        f"max(stats_distinct_count) FROM parquet_metadata('{file}') GROUP BY 1"
    ).fetchall()
    told = {name: values for name, *values in shown}
    assert told["same"] == ["constant", "constant", 0, 1]
    assert told["late"][2] == 200_000


@pytest.mark.parametrize(
    "predicate",
    [
        "up = 123456", "up BETWEEN 149990 AND 150020", "up < 0", "down > 999999999990",
        "down = 1", "spread = 42", "spread < 100", "text = 'key-000123456-" + "x" * (123456 % 90) + "'",
        "text >= 'key-000299990'", "late IS NULL AND up > 199990", "late IS NOT NULL AND up < 200010",
        "late = 125000.5", "late > 149999", "same <> 'constant'", "same = 'constant' AND up > 299995",
    ],
)
def test_a_predicate_that_prunes_loses_no_row(table, predicate):
    folder, _ = table
    context = datafusion.SessionContext(
        datafusion.SessionConfig()
        .set("datafusion.execution.parquet.enable_page_index", "true")
        .set("datafusion.execution.parquet.pushdown_filters", "true")
    )
    context.register_parquet("s", str(folder))
    query = f'SELECT "up" FROM s WHERE {predicate} ORDER BY "up"'
    pruned = [row["up"] for row in context.sql(query).to_pylist()]
    # Read whole, then filtered: nothing can be pruned.
    whole = pq.read_table(folder)
    assert whole.num_rows == COUNT
    assert pruned == [row[0] for row in duckdb.query(query.replace("FROM s", "FROM whole")).fetchall()]
    assert pruned == [
        row[0] for row in duckdb.sql(query.replace("FROM s", f"FROM '{folder}/*.parquet'")).fetchall()
    ]


def test_pages_are_really_pruned(table):
    """DataFusion counts what the page index let it leave out."""
    folder, _ = table
    context = datafusion.SessionContext()
    context.register_parquet("s", str(folder))
    frame = context.sql('EXPLAIN ANALYZE SELECT "text" FROM s WHERE "up" = 299999')
    plan = "\n".join(str(row) for row in frame.to_pylist())
    total, matched = map(int, re.search(r"page_index_pages_pruned=(\d+) total → (\d+)", plan).groups())
    assert total > 1 and matched == 1, plan


def test_bloom_filters_are_read_and_true(tmp_path, load):
    """Both readers that use them leave the row group out; neither loses a value."""
    rows = [
        {"id": n * 2, "text": f"v{n * 2}", "amount": f"{n * 2}.25", "tags": [f"t{n % 50 * 2}"], "ratio": n * 2 / 8}
        for n in range(20_000)
    ]
    properties = {
        "id": {"type": "integer"}, "text": {"type": "string"}, "ratio": {"type": "number"},
        "amount": {"type": "string", "format": "x-singer.decimal", "precision": 30, "scale": 2},
        "tags": {"type": "array", "items": {"type": "string"}},
    }
    columns = {name: {"bloom_filter": True} for name in properties}
    done = load(
        schema("s", properties, ["id"]), *[record("s", row) for row in rows], state({}),
        streams={"s": {"columns": columns}},
    )
    assert done.code == 0, done
    [file] = (tmp_path / "out/s").glob("*.parquet")
    [(count,)] = duckdb.sql(
        f"SELECT count(*) FROM parquet_metadata('{file}') WHERE bloom_filter_length > 32"
    ).fetchall()
    assert count == 5
    for column, there, absent in [
        ("id", "2468", "2469"), ("text", "'v2468'", "'v2469'"), ("ratio", "308.5", "308.6"),
    ]:
        probe = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{file}', '{column}', {{}})"
        assert duckdb.sql(probe.format(there)).fetchall() == [(False,)], column
        assert duckdb.sql(probe.format(absent)).fetchall() == [(True,)], column
        context = datafusion.SessionContext()
        context.register_parquet("s", str(file))
        for value, matched in [(there, 1), (absent, 0)]:
            query = f"SELECT count(*) AS n FROM s WHERE {column} = {value}"
            assert context.sql(query).to_pylist() == [{"n": matched}]
            plan = str(context.sql("EXPLAIN ANALYZE " + query).to_pylist())
            [(_, left)] = re.findall(r"row_groups_pruned_bloom_filter=(\d+) total → (\d+)", plan)
            # DataFusion asks no filter about doubles.
            assert int(left) == (1 if column == "ratio" else matched), (column, value)
    # No value that is there may be denied, whatever its type.
    for row in rows[::997]:
        query = f"SELECT count(*) FROM '{file}' WHERE text = '{row['text']}' AND amount = {row['amount']}"
        assert duckdb.sql(query).fetchall() == [(1,)]


@pytest.mark.parametrize(
    "streams, message",
    [
        ({"s": {"columns": {"idd": {"bloom_filter": True}}}}, 'stream s has no column "idd"'),
        ({"s": {"columns": {"id": {"encoding": "delta_byte_array"}}}}, 'cannot be written as delta_byte_array'),
        ({"s": {"columns": {"id": {"bloom": True}}}}, 'target.json:1:104: unknown setting "bloom"'),
        ({"s": {"compresion": "zstd"}}, 'unknown setting "compresion"'),
        ({"s": {"compression": "zst"}}, '"compression" must be one of zstd, snappy'),
        ({"s": {"compression": "snappy", "compression_level": 2}}, 'snappy has no "compression_level" 2'),
        ({"s": 5}, "must be an object"),
    ],
)
def test_settings_of_a_stream_are_checked(streams, message, tmp_path, load):
    done = load(schema("s", {"id": {"type": "integer"}}), record("s", {"id": 1}), state({}), streams=streams)
    assert done.code == 78
    text = done.failure["message"]
    assert re.sub(r":1:\d+:", ":1:104:", message) in re.sub(r":1:\d+:", ":1:104:", text), text


def test_a_stream_has_settings_of_its_own(tmp_path, load):
    messages = [
        message
        for stream in ("a", "b")
        for message in (
            schema(stream, {"id": {"type": "integer"}, "text": {"type": "string"}}),
            *[record(stream, {"id": n, "text": f"n{n}"}) for n in range(100)],
        )
    ]
    done = load(
        *messages, state({}), compression="gzip",
        columns={"text": {"encoding": "plain"}, "nowhere": {"bloom_filter": True}},
        streams={"b": {"compression": "snappy", "columns": {"id": {"encoding": "delta_binary_packed"}}}},
    )
    assert done.code == 0, done
    found = {}
    for stream in ("a", "b"):
        [file] = (tmp_path / "out" / stream).glob("*.parquet")
        group = pq.ParquetFile(file).metadata.row_group(0)
        found[stream] = [(group.column(n).compression, group.column(n).encodings[0]) for n in range(2)]
        assert pq.read_table(file).to_pylist() == [{"id": n, "text": f"n{n}"} for n in range(100)]
    # A column of the general settings need not be in every stream, one of a stream's own must.
    assert found == {
        "a": [("GZIP", "PLAIN"), ("GZIP", "PLAIN")],
        "b": [("SNAPPY", "DELTA_BINARY_PACKED"), ("SNAPPY", "PLAIN")],
    }
