"""Folders and files of tables: Hive partitions, sizes, order, as other readers see them."""
import datetime
import glob
import hashlib
import json
import os
import pathlib
import urllib.parse

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state

COUNTRIES = ["de", "fr", None, "", "a/b", "a=b", "a%2Fb", "ü", "..", "x y", "A", "a", "1", "01"]
NULL = "__HIVE_DEFAULT_PARTITION__"


def rows(count):
    start = datetime.datetime(1969, 12, 30, tzinfo=datetime.timezone.utc)
    return [
        {
            "id": n,
            "country": COUNTRIES[n % len(COUNTRIES)],
            "at": None if n % 50 == 0 else (start + datetime.timedelta(hours=n)).isoformat(),
            "day": f"20{n % 30:02}-0{n % 9 + 1}-1{n % 10}",
            "tags": None if n % 7 == 0 else [f"t{tag}" for tag in range(n % 4)],
            "price": f"{n % 3 - 1}.{n % 2}5",
            "flag": n % 2 == 0,
            "value": n / 3,
        }
        for n in range(count)
    ]


PROPERTIES = {
    "id": {"type": "integer"},
    "country": {"type": ["null", "string"]},
    "at": {"type": ["null", "string"], "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "tags": {"type": ["null", "array"], "items": {"type": "string"}},
    "price": {"type": "string", "format": "x-singer.decimal", "precision": 9, "scale": 2},
    "flag": {"type": "boolean"},
    "value": {"type": "number"},
}


def load(tmp_path, made, code=0, **settings):
    messages = [schema("s", PROPERTIES)] + [record("s", row) for row in made] + [state({"n": 1})]
    config = tmp_path / "target.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out"), **settings}))
    told = run("dativo-target-parquet", "--config", config, stdin=lines(*messages))
    assert told.code == code, told
    return told


def files(tmp_path, name="s"):
    return sorted(glob.glob(f"{tmp_path}/out/{name}/**/*.parquet", recursive=True))


def test_three_readers_see_every_row_of_a_divided_table_once(tmp_path):
    made = rows(3000)
    load(tmp_path, made, partition_by=["country", "month(at)"])
    want = [(row["id"], row["country"], row["at"] and row["at"][:7], row["tags"]) for row in made]
    pattern = f"{tmp_path}/out/s/**/*.parquet"
    query = (
        f"select id, country, at_month, tags from read_parquet('{pattern}', hive_partitioning=1,"
        " hive_types={'country': varchar, 'at_month': varchar}) order by id"
    )
    assert duckdb.sql(query).fetchall() == want
    parts = ds.HivePartitioning(pa.schema([("country", "string"), ("at_month", "string")]))
    table = ds.dataset(f"{tmp_path}/out/s", partitioning=parts).to_table().sort_by("id")
    columns = ["id", "country", "at_month", "tags"]
    assert [tuple(row[name] for name in columns) for row in table.to_pylist()] == want
    frame = pl.read_parquet(
        pattern, hive_partitioning=True,
        hive_schema={"country": pl.String, "at_month": pl.String},
    ).sort("id")
    assert [(*row[:3], row[3]) for row in frame.select(columns).rows()] == want


def test_files_leave_out_columns_that_the_folders_tell_and_keep_those_they_shorten(tmp_path):
    load(tmp_path, rows(100), partition_by=["country", "month(at)"])
    assert "country" not in pq.read_schema(files(tmp_path)[0]).names
    assert "at" in pq.read_schema(files(tmp_path)[0]).names


def test_files_keep_all_columns_on_request(tmp_path):
    load(tmp_path, rows(100), partition_by=["country"], partition_columns_in_file=True)
    for path in files(tmp_path):
        told = path.split("country=")[1].split("/")[0]
        found = set(pq.ParquetFile(path).read()["country"].to_pylist())
        assert found == {None if told == NULL else urllib.parse.unquote(told)}


@pytest.mark.parametrize("by, first, last", [
    ("year(at)", "at_year=1969", "at_year=1970"),
    ("day(at)", "at_day=1969-12-30", "at_day=1970-01-03"),
    ("hour(at)", "at_hour=1969-12-30-01", "at_hour=1970-01-03-03"),
    ("day", "day=2000-01-10", "day=2029-09-19"),
    ("month(day)", "day_month=2000-01", "day_month=2029-09"),
    ("price", "price=-1.05", "price=1.15"),
    ("flag", "flag=false", "flag=true"),
    ({"column": "at", "unit": "year", "name": "year"}, "year=1969", "year=1970"),
])
def test_folders_are_named_by_the_values(tmp_path, by, first, last):
    load(tmp_path, rows(100), partition_by=[by])
    names = sorted(name for name in os.listdir(f"{tmp_path}/out/s") if NULL not in name)
    assert (first in names, last in names) == (True, True), names


def test_a_text_that_looks_like_the_folder_of_nulls_does_not_get_into_it(tmp_path):
    made = rows(3)
    for row, country in zip(made, [None, NULL, ""]):
        row["country"] = country
    load(tmp_path, made, partition_by=["country"])
    assert sorted(os.listdir(f"{tmp_path}/out/s")) == sorted(
        [f"country={NULL}", f"country=%5F{NULL[1:]}", "country="]
    )


def test_two_spellings_of_a_letter_are_two_columns_and_two_folders(tmp_path):
    one, other = "\u00e9", "e\u0301"
    properties = {one: {"type": "string"}, other: {"type": ["integer", "null"]}, "id": {"type": "integer"}}
    streams = {one: {"partition_by": [one]}, other: {"sort_by": [other], "partition_by": ["id"]}}
    (tmp_path / "c.json").write_text(json.dumps({"destination": "out", "streams": streams}))
    made = [{one: [one, other][n % 2], other: n, "id": n // 3} for n in range(6)]
    messages = [schema(name, properties, [one]) for name in streams]
    messages += [record(name, row) for row in made for name in streams]
    told = run("dativo-target-parquet", "--config", "c.json", stdin=lines(*messages), cwd=tmp_path)
    assert told.code == 0 and "fold case" not in told.err, told
    found = []
    for path in files(tmp_path, "%C3%A9"):
        value = pathlib.Path(path).parent.name.split("=")[1]
        found += [{one: value, **row} for row in pq.ParquetFile(path).read().to_pylist()]
    assert sorted(found, key=lambda row: row[other]) == made
    assert sorted(os.listdir(tmp_path / "out/e%CC%81")) == ["id=0", "id=1"]


def test_another_division_of_a_table_is_refused(tmp_path):
    load(tmp_path, rows(10), partition_by=["country"])
    told = load(tmp_path, rows(10), partition_by=["flag"], code=78)
    assert "has been divided by country" in told.err


@pytest.mark.parametrize("settings, words", [
    ({"partition_by": ["contry"]}, ['no column "contry"', 'Did you mean "country"?']),
    ({"partition_by": ["value"]}, ['cannot be divided by values of "value"']),
    ({"partition_by": ["month(country)"]}, ['"country" has no month', "Its type is string"]),
    ({"partition_by": ["hour(day)"]}, ['"day" has no hour']),
    ({"partition_by": ["day", "day"]}, ['two levels of folders are called "day"']),
    ({"partition_by": [{"column": "at", "unit": "week"}]}, ['no unit "week"']),
    ({"sort_by": ["tags"]}, ['"sort_by" names "tags"']),
    ({"sort_by": ["id down"]}, ['"id down" does not say what to sort by']),
    ({"max_file_rows": 0}, ['"max_file_rows" must be at least 1']),
])
def test_a_wrong_setting_is_told(tmp_path, settings, words):
    told = load(tmp_path, rows(5), code=78, **settings)
    for word in words:
        assert word in told.err


def test_rows_are_sorted_within_each_row_group_and_the_footer_says_so(tmp_path):
    made = rows(2000)
    for n, row in enumerate(made):
        row["value"] = (n * 7919) % 501 - 250.5
    load(tmp_path, made, sort_by=["value desc", "id"])
    [path] = files(tmp_path)
    found = pq.read_table(path).select(["value", "id"]).to_pylist()
    want = sorted(made, key=lambda row: (-row["value"], row["id"]))
    assert [(row["value"], row["id"]) for row in found] == [(r["value"], r["id"]) for r in want]
    group = pq.ParquetFile(path).metadata.row_group(0)
    names = [group.column(column.column_index).path_in_schema for column in group.sorting_columns]
    assert names == ["value", "id"]
    assert [column.descending for column in group.sorting_columns] == [True, False]
    assert [column.nulls_first for column in group.sorting_columns] == [False, True]


@pytest.mark.parametrize("size", [200_000, 1_000_000])
def test_files_keep_to_their_size(tmp_path, size):
    made = [
        {**row, "country": hashlib.sha256(str(row["id"]).encode()).hexdigest()} for row in rows(60_000)
    ]
    load(tmp_path, made, target_file_size=size)
    sizes = [os.path.getsize(path) for path in files(tmp_path)]
    assert len(sizes) > 2
    assert all(0.9 * size <= found <= 1.1 * size for found in sizes[:-1]), sizes
    assert sum(pq.read_metadata(path).num_rows for path in files(tmp_path)) == 60_000


def test_files_keep_to_their_rows(tmp_path):
    load(tmp_path, rows(2500), max_file_rows=1000)
    assert [pq.read_metadata(path).num_rows for path in files(tmp_path)] == [1000, 1000, 500]


def test_two_runs_give_the_same_divided_files(tmp_path):
    made = rows(5000)
    contents = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        load(folder, made, partition_by=["country", "day(at)"], memory_limit="1MiB")
        found = {path.removeprefix(str(folder)): pathlib.Path(path).read_bytes() for path in files(folder)}
        contents.append(found)
    assert contents[0] == contents[1]
