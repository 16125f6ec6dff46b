"""Objects and lists as columns, as JSON text, taken apart; tables that other tools began."""
import glob
import json

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import record, schema

INTEGER = {"type": ["null", "integer"]}
STRING = {"type": ["null", "string"]}


def thing(properties, nullable=True):
    return {"type": ["null", "object"] if nullable else "object", "properties": properties}


S = schema("s", {
    "id": {"type": "integer"},
    "a": thing({"x": INTEGER, "b": thing({"y": {"type": "integer"}, "c": thing({"z": STRING})}), "l": {
        "type": ["null", "array"], "items": thing({"k": INTEGER})}}),
    "r": thing({"v": {"type": "integer"}}, nullable=False),
    "list": {"type": ["null", "array"], "items": INTEGER},
})  # fmt: skip
ROWS = [
    {"id": 1, "a": {"x": 1, "b": {"y": 2, "c": {"z": "é"}}, "l": [{"k": 1}, None, {"k": None}]}, "r": {"v": 1}, "list": [1, None]},
    {"id": 2, "a": None, "r": {"v": 2}, "list": None},
    {"id": 3, "a": {"x": None, "b": None, "l": None}, "r": {"v": 3}, "list": []},
    {"id": 4, "a": {"b": {"y": 7, "c": None}, "l": []}, "r": {"v": 4}},
    {"id": 5, "a": {"b": {"y": 8, "c": {}}, "x": 5}, "r": {"v": 5}, "list": [3]},
]


def loaded(load, tmp_path, **settings):
    done = load(S, *[record("s", row) for row in ROWS], **settings)
    assert done.code == 0, done
    [path] = glob.glob(f"{tmp_path}/out/s/*.parquet")
    return pq.read_table(path), path


def inside(value, *path):
    for name in path:
        value = value.get(name) if value is not None else None
    return value


def test_flatten(load, tmp_path):
    table, path = loaded(load, tmp_path, nested="flatten")
    want = [
        {
            "id": row["id"], "a__x": inside(row, "a", "x"), "a__b__y": inside(row, "a", "b", "y"),
            "a__b__c__z": inside(row, "a", "b", "c", "z"), "a__l": inside(row, "a", "l"),
            "r__v": row["r"]["v"], "list": row.get("list"),
        }
        for row in ROWS
    ]  # fmt: skip
    assert table.to_pylist() == want
    assert pl.read_parquet(path).to_dicts() == want
    names = ", ".join(want[0])
    assert duckdb.sql(f"select {names} from '{path}'").fetchall() == [tuple(row.values()) for row in want]


def test_flatten_to_a_depth_with_another_separator(load, tmp_path):
    table, _ = loaded(load, tmp_path, nested="flatten", flatten_depth=1, flatten_separator=".")
    assert table.column_names == ["id", "a.x", "a.b", "a.l", "r.v", "list"]
    assert [value and json.loads(value) for value in table["a.b"].to_pylist()] == [
        inside(row, "a", "b") for row in ROWS
    ]


def test_json(load, tmp_path):
    table, _ = loaded(load, tmp_path, nested="json")
    assert table.column_names == ["id", "a", "r", "list"]
    for name in ("a", "r", "list"):
        found = [value and json.loads(value) for value in table[name].to_pylist()]
        assert found == [row.get(name) for row in ROWS]


def test_a_flat_table_goes_on_and_is_divided_and_sorted_by_its_flat_names(load, tmp_path):
    settings = {"nested": "flatten", "partition_by": ["r__v"], "sort_by": ["a__x"]}
    for _ in range(2):
        done = load(S, *[record("s", row) for row in ROWS], **settings)
        assert done.code == 0 and "changes" not in done.err
    paths = glob.glob(f"{tmp_path}/out/s/r__v=*/*.parquet")
    assert len(paths) == 10
    assert sorted(id for path in paths for id in pq.ParquetFile(path).read()["id"].to_pylist()) == sorted(
        2 * [row["id"] for row in ROWS]
    )


def test_two_columns_of_one_name_are_refused(load):
    told = load(schema("s", {"a__b": INTEGER, "a": thing({"b": INTEGER})}), nested="flatten")
    assert told.code == 65 and "makes two columns a__b" in told.err


def test_files_of_another_tool_are_not_added_to_unless_that_is_said(load, tmp_path):
    folder = tmp_path / "out/s/c=1"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"id": [1]}), folder / "theirs.parquet")
    line = schema("s", {"id": {"type": "integer"}}), record("s", {"id": 2})
    refused = load(*line)
    assert refused.code == 78 and "theirs.parquet" in refused.err and '"adopt": true' in refused.err
    assert load(*line, adopt=True).code == 0
    assert load(*line).code == 0, "from then on the table is ours"
    assert len(glob.glob(f"{tmp_path}/out/s/**/*.parquet", recursive=True)) == 3
