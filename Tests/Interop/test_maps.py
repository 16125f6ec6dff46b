"""Maps: objects with any keys whose values are alike, read back by every reader."""
import datetime

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import record, run, schema, state

LABELS = {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}}
COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}
DEEP = {
    "type": ["object", "null"],
    "additionalProperties": {
        "type": "object",
        "properties": {"day": {"type": "string", "format": "date"}, "tags": LABELS},
    },
}
PROPERTIES = {"id": {"type": "integer"}, "labels": LABELS, "counts": COUNTS, "deep": DEEP}
MANY = {f"key {n}": n for n in range(40)}
ROWS = [
    {"id": 1, "labels": {"a": "x", "é": None, 'quo"te': "ü\n"}, "counts": {}, "deep": None},
    {"id": 2, "labels": None, "counts": {"": 0, "one": 1}, "deep": {}},
    {"id": 3, "labels": {}, "counts": MANY, "deep": {"k": {"day": "2026-01-02", "tags": {"t": "v"}}}},
    {"id": 4, "counts": {"z": 9, "a": 1}, "deep": {"x": {"day": None, "tags": None}, "y": {}}},
]


def loaded(load, table, rows, properties=PROPERTIES, **settings):
    done = load(schema("s", properties, ["id"]), *[record("s", row) for row in rows], state({}), **settings)
    assert done.code == 0, done
    return table()


def entries(value):
    return None if value is None else list(value.items())


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("encoding", ["dictionary", "auto", "plain"])
def test_every_reader_reads_maps(load, table, tmp_path, version, encoding):
    read = loaded(load, table, ROWS, data_page_version=version, encoding=encoding)
    [file] = (tmp_path / "out/s").glob("*.parquet")
    kind = pq.read_schema(file)
    assert kind.field("labels").type == pa.map_(pa.string(), pa.string())
    assert kind.field("deep").type.item_type.field("tags").type == pa.map_(pa.string(), pa.string())
    for got, row in zip(read, ROWS, strict=True):
        assert got["labels"] == entries(row.get("labels"))
        assert got["counts"] == entries(row["counts"])
    assert read[2]["deep"] == [("k", {"day": datetime.date(2026, 1, 2), "tags": [("t", "v")]})]
    assert read[3]["deep"] == [("x", {"day": None, "tags": None}), ("y", {"day": None, "tags": None})]
    duck = duckdb.sql(f"SELECT labels, counts FROM '{file}' ORDER BY id").fetchall()
    assert duck == [(row.get("labels"), row["counts"]) for row in ROWS]
    polars = pl.read_parquet(file).to_dicts()
    assert [row["counts"] for row in polars] == [row["counts"] for row in ROWS]
    shown = run("dativo", "inspect", file, "--rows", 9, "--json")
    assert '"counts":{"":0,"one":1}' in shown.out.replace(" ", ""), shown


def test_of_equal_keys_the_last_stands(load, table):
    twice = '{"type":"RECORD","stream":"s","record":{"id":1,"counts":{"a":1,"b":2,"\\u0061":3}}}'
    many = ",".join(f'"k{n % 30}":{n}' for n in range(60))
    more = f'{{"type":"RECORD","stream":"s","record":{{"id":2,"counts":{{{many}}}}}}}'
    done = load(schema("s", PROPERTIES, ["id"]), twice, more, state({}))
    assert done.code == 0, done
    one, two = table()
    assert one["counts"] == [("a", 3), ("b", 2)]
    assert two["counts"] == [(f"k{n % 30}", n) for n in range(30, 60)]


@pytest.mark.parametrize("bad", ['{"a":1', '{a:1}', '{"a" 1}', '{"a":1,}', '{1:1}'])
def test_what_is_no_json_is_told(load, bad):
    line = f'{{"type":"RECORD","stream":"s","record":{{"id":1,"counts":{bad}}}}}'
    done = load(schema("s", PROPERTIES, ["id"]), line, state({}))
    assert done.code == 65 and "line 2" in done.failure["message"], done


def test_values_widen_and_new_ones_come(load, table):
    properties = {**PROPERTIES, "n": {"type": "object", "additionalProperties": {"type": "number"}}}
    rows = [{"id": 1, "counts": {}, "n": {"a": 1.5}}, {"id": 2, "counts": {}, "n": {"a": 10**19}}]
    read = loaded(load, table, rows, properties)
    assert [float(row["n"][0][1]) for row in read] == [1.5, 1e19]
    rows = [{"id": 3, "counts": {"a": 1}, "n": {}}, {"id": 4, "counts": {"b": "x"}, "n": {}}]
    read = loaded(load, table, rows, properties)
    assert [row["counts"] for row in read[2:]] == [[("a", 1)], [("b", "x")]]
    wider = {"type": "object", "additionalProperties": {"type": ["integer", "string", "null"]}}
    loaded(load, table, [{"id": 5, "counts": {"a": None}}], {**PROPERTIES, "counts": wider})


@pytest.mark.parametrize("odd", ['["a"]', "7", '"x"', '{"a":[1]}', '{"a":{"b":null}}'])
def test_where_values_are_not_alike_it_goes_on_as_json(load, table, odd):
    line = '{"type":"RECORD","stream":"s","record":{"id":%d,"counts":%s}}'
    done = load(schema("s", PROPERTIES, ["id"]), line % (1, '{"a":1}'), line % (2, odd), state({}))
    assert done.code == 0 and "from map to json" in done.err, done
    assert [row["counts"] for row in table()] == [[("a", 1)], odd]
    # The next run's map is kept as the table has it, and a table that is frozen refuses.
    done = load(schema("s", PROPERTIES, ["id"]), line % (3, '{"b":2}'), state({}))
    assert done.code == 0 and table()[2]["counts"] == '{"b":2}', done
    frozen = load(schema("t", PROPERTIES, ["id"]), line.replace('"s"', '"t"') % (2, odd), schema_policy="freeze")
    assert frozen.code == 65 and "freeze" in frozen.failure["message"], frozen


def test_ids_stay_over_runs(load, table, tmp_path):
    loaded(load, table, ROWS)
    more = {**PROPERTIES, "last": {"type": "string"}}
    loaded(load, table, [{**ROWS[1], "id": 5, "last": "x"}], more)
    names = [pq.read_schema(file) for file in sorted((tmp_path / "out/s").glob("*.parquet"))]
    for name in ("labels", "counts", "deep"):
        first, second = (one.field(name) for one in names)
        assert first.metadata[b"PARQUET:field_id"] == second.metadata[b"PARQUET:field_id"]
        parts = [(one.type.key_field, one.type.item_field) for one in (first, second)]
        numbers = [[part.metadata[b"PARQUET:field_id"] for part in pair] for pair in parts]
        assert numbers[0] == numbers[1] and len(set(numbers[0])) == 2


def test_maps_as_json_keep_their_text(load, table):
    rows = [{"id": 1, "labels": {"b": "x", "a": None}, "counts": {"n": 1}, "deep": None}]
    [row] = loaded(load, table, rows, nested="json")
    assert row["labels"] == '{"b": "x", "a": null}'


def test_any_object_stays_json(load, table):
    loose = {"type": "object", "additionalProperties": True}
    properties = {"id": {"type": "integer"}, "a": loose, "b": {"type": "object", "additionalProperties": {}}}
    [row] = loaded(load, table, [{"id": 1, "a": {"x": 1}, "b": {"y": [2]}}], properties)
    assert (row["a"].replace(" ", ""), row["b"].replace(" ", "")) == ('{"x":1}', '{"y":[2]}')
