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
