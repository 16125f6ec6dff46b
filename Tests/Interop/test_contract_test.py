"""`dativo contract test`: data of every form, whose defects are found alike."""
import datetime as dt
import decimal
import gzip
import json
import pathlib
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import BIN, CACHE, lines, record, run, schema, state
from contract_data import (
    BROKEN,
    DUCKDB,
    FIRST,
    FORMS,
    NO_DUCKDB,
    as_csv,
    as_records,
    as_table,
    contract,
    places,
    prop,
    records,
    simple,
    sql,
    test,
)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_data_has_one_verdict(form, tmp_path):
    make, before = FORMS[form]
    result = test(simple(tmp_path), make(tmp_path), code=1)
    assert places(result["failed_checks"]) == BROKEN
    assert result["records"] == 4 and result["violating"] == 3
    numbered = "line" if form in ("records", "singer", "airbyte") else "row"
    for check in result["failed_checks"]:
        assert check["count"] == 1
        assert check[numbered] == FIRST[check["rule"]] + before, check
    assert result["warning_checks"] == result["skipped_checks"] == []


def test_a_destination_gives_the_tables_of_the_contract(tmp_path):
    as_table(tmp_path)
    result = test(simple(tmp_path), tmp_path / "out", code=1)
    assert places(result["failed_checks"]) == BROKEN and result["data"] == [f"{tmp_path}/out/o"]


def test_partition_columns_come_from_the_folders(tmp_path):
    config = tmp_path / "target.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out"), "partition_by": ["country", "n"]}))
    types = {"id": {"type": "integer"}, "country": {"type": ["string", "null"]}, "n": {"type": "integer"}}
    rows = [{"id": 1, "country": "de/é", "n": 7}, {"id": 2, "country": None, "n": 8}]
    done = run("dativo-target-parquet", "--config", config,
               stdin=lines(schema("o", types), *[record("o", row) for row in rows], state({})))  # fmt: skip
    assert done.code == 0, done
    choices = {"metric": "invalidValues", "arguments": {"validValues": ["de/é"]}, "mustBe": 0}
    file = contract(tmp_path, [
        prop("id", "integer"), prop("country", "string", quality=[choices]),
        prop("n", "integer", {"maximum": 7}, required=True),
    ], o={"quality": [{"type": "sql", "query": "SELECT sum(n) FROM {table}", "mustBe": 15}]})  # fmt: skip
    result = test(file, tmp_path / "out/o", code=1, env=DUCKDB)
    assert places(result["failed_checks"]) == [("/n", "maximum")] and len(result["passed_checks"]) >= 6


def test_values_of_parquet_are_exact(tmp_path):
    """Every type leaves the file as the JSON that the contract's bounds were written for."""
    table = pa.table({
        "i": pa.array([-(2**63), 2**63 - 1]), "u": pa.array([0, 2**64 - 1], pa.uint64()),
        "dec": pa.array([decimal.Decimal("12345678901234567890.123456789"), None], pa.decimal128(38, 9)),
        "ts": pa.array([dt.datetime(2024, 1, 1, 0, 0, 0, 1, dt.timezone.utc), None]),
        "day": pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
        "raw": pa.array([b"\x00\xff", b""]), "f": pa.array([0.1, 1e300]),
        "deep": pa.array([{"a": [{"b": 1}, {"b": None}]}, None]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "o.parquet")
    file = contract(tmp_path, [
        prop("i", "integer", {"minimum": -(2**63), "maximum": 2**63 - 1}),
        prop("u", "integer", {"maximum": 2**64 - 1}),
        prop("dec", "number", {"multipleOf": 1e-9}),
        prop("ts", "timestamp"), prop("day", "date", {"format": "yyyy-MM-dd"}),
        prop("raw", "string", {"pattern": "^(AP8=)?$"}), prop("f", "number", {"maximum": 1e300}),
        prop("deep", "object", properties=[
            prop("a", "array", items={"logicalType": "object", "properties": [prop("b", "integer")]}),
        ]),
    ])  # fmt: skip
    result = test(file, tmp_path / "o.parquet", code=0)
    assert result["records"] == 2 and result["skipped_checks"] == []
    text = file.read_text().replace("1e-09", "0.00000001").replace(str(2**64 - 1), str(2**64 - 2))
    file.write_text(text)
    result = test(file, tmp_path / "o.parquet", code=1)
    assert places(result["failed_checks"]) == [("/dec", "multipleOf"), ("/u", "maximum")]
    [check] = [it for it in result["failed_checks"] if it["pointer"] == "/dec"]
    assert "12345678901234567890.123456789" in check["message"]


def test_cells_of_csv_have_the_types_of_the_contract(tmp_path):
    """One bad cell is one violation, and a text of digits stays a text."""
    (tmp_path / "o.csv").write_text('id,zip,n,tags,extra\n1,00123,5,"[1,2]",x\n2,12345,abc,[3],5\n3,1,,,z\n')
    file = contract(tmp_path, [
        prop("id", "integer"), prop("zip", "string", {"minLength": 5}), prop("n", "integer"),
        prop("tags", "array", items={"logicalType": "integer"}),
    ])  # fmt: skip
    result = test(file, tmp_path / "o.csv", code=1)
    assert places(result["failed_checks"]) == [("/n", "type"), ("/zip", "minLength")]
    assert [(it["count"], it["row"]) for it in result["failed_checks"]] == [(1, 3), (1, 2)]
    assert places(result["warning_checks"]) == [("/extra", "unknownField")]


def test_a_line_cannot_pass_for_the_message_around_it(tmp_path):
    rows = ['{"id":1}', '{"id":"x"},"stream":"other"', "no json", "[1]", '{"id":2']
    result = test(contract(tmp_path, [prop("id", "integer")]), records(tmp_path, rows), code=1)
    [check] = result["failed_checks"]
    assert (check["rule"], check["count"], check["line"]) == ("malformed", 4, 2)
    assert result["records"] == 1


def test_rules_of_the_end_and_warnings(tmp_path):
    file = contract(tmp_path, [
        prop("id", "integer", quality=[
            {"metric": "nullValues", "mustBeLessThan": 60, "unit": "percent"},
            {"metric": "duplicateValues", "mustBe": 5},
            {"metric": "invalidValues", "arguments": {"validValues": [1]}, "mustBe": 0, "severity": "warning"},
        ]),
    ], o={"quality": [{"metric": "rowCount", "mustBeGreaterThan": 10},
                      {"type": "text", "description": "be nice"}]},
        customProperties=[{"property": "dativo.scope", "value": "dataset"}])  # fmt: skip
    result = test(file, records(tmp_path, [{"id": 1}, {"id": None}, {"id": 7}]), code=1)
    assert places(result["failed_checks"]) == [("", "rowCount"), ("/id", "duplicateValues")]
    assert {it["message"] for it in result["failed_checks"]} == {"3, expected more than 10", "0, expected 5"}
    assert ("/id", "nullValues") in places(result["passed_checks"])
    [warning] = result["warning_checks"]
    assert (warning["rule"], warning["count"], warning["line"]) == ("invalidValues", 1, 3)
    assert [it["rule"] for it in result["skipped_checks"]] == ["text"]


def test_what_is_not_evaluated_is_told(tmp_path):
    """Rules below the top level, text rules, types that are not named: skipped, each with its reason."""
    inner = [prop("n", "integer", unique=True, quality=[sql("SELECT 1", mustBe=1)])]
    file = contract(tmp_path, [
        prop("id", "integer", quality=[sql("SELECT count({column}) FROM o", mustBe=1)]),
        prop("deep", "object", properties=inner), {"name": "any"},
    ], o={"quality": [{"type": "custom", "engine": "soda", "implementation": "x"}]})  # fmt: skip
    result = test(file, records(tmp_path, [{"id": 1, "deep": {"n": 1}}]), code=0)
    found = {(it["pointer"], it["rule"]): it["message"] for it in result["skipped_checks"]}
    assert set(found) == {("/id", "sql"), ("/deep/n", "sql"), ("/any", "type"), ("", "custom")}
    assert "only Parquet data" in found["/id", "sql"] and "below the top level" in found["/deep/n", "sql"]
    assert all(found.values())
    assert ("/deep/n", "unique") in places(result["passed_checks"])


def test_an_empty_file_has_no_rows(tmp_path):
    file = contract(tmp_path, [prop("id", "integer")],
                    o={"quality": [{"metric": "rowCount", "mustBeGreaterThan": 0}]})  # fmt: skip
    result = test(file, records(tmp_path, [], "empty.jsonl"), code=1)
    assert places(result["failed_checks"]) == [("", "rowCount")] and result["records"] == 0


def test_several_objects(tmp_path):
    objects = [{"name": "a", "properties": [prop("id", "integer")]},
               {"name": "b", "physicalName": "db.bees", "properties": [prop("id", "string")]}]  # fmt: skip
    file = contract(tmp_path, [], objects=objects)
    one = records(tmp_path, [{"id": 1}], "a.jsonl")
    two = records(tmp_path, [{"id": "x"}, {"id": 5}], "bees.jsonl")
    result = test(file, one, two, code=1)
    [check] = result["failed_checks"]
    assert (check["object"], check["line"], check["data"]) == ("b", 2, str(two))
    result = test(file, one, code=0)
    assert [(it["object"], it["rule"]) for it in result["skipped_checks"]] == [("b", "data")]
    other = records(tmp_path, [{"id": 1}], "other.jsonl")
    errors = test(file, other, code=64)
    assert "could be any object" in errors[0]["message"] and "a, b" in errors[0]["hint"]
    test(file, other, code=0, object="a")
    messages = records(tmp_path, [schema("a", {}), record("a", {"id": 1})], "m.singer")
    result = test(file, messages, code=1)
    assert [(it["object"], it["message"]) for it in result["failed_checks"]] == [
        ("b", "no stream carried the object")
    ]


def test_gzip_and_standard_input(tmp_path):
    file = simple(tmp_path)
    rows = as_records(tmp_path).read_bytes()
    table = as_csv(tmp_path).read_bytes()
    expected = test(file, as_records(tmp_path))
    for name, data in (("z.jsonl.gz", rows), ("z.csv.gz", table)):
        (tmp_path / name).write_bytes(gzip.compress(data))
        result = test(file, tmp_path / name)
        assert result["records"] == expected["records"] > 0 and result["data"] == [str(tmp_path / name)]
        assert places(result["failed_checks"]) == places(expected["failed_checks"])
    for data in (rows, table, gzip.compress(rows)):
        done = run("dativo", "contract", "test", "--contract", file, "-", "--json", stdin=data, env=NO_DUCKDB)
        result = json.loads(done.out)["result"]
        assert result["records"] == expected["records"] and result["data"] == ["-"], done
    (tmp_path / "z.jsonl.gz").write_bytes(gzip.compress(rows * 1000)[:-20])
    [error] = test(file, tmp_path / "z.jsonl.gz", code=65)
    assert "cannot be read: gzip: " in error["message"]
    leftovers = [it for it in pathlib.Path(tempfile.gettempdir()).glob("dativo.*/z.*")]
    assert not leftovers


def test_data_without_a_record_are_told(tmp_path):
    empty = tmp_path / "x.jsonl"
    empty.write_text("")
    result = test(simple(tmp_path), empty, code=0)
    [check] = result["warning_checks"]
    assert (check["rule"], check["status"]) == ("data", "warning") and "no record was read" in check["message"]


def test_memory_does_not_grow_with_the_data(tmp_path):
    file = tmp_path / "o.parquet"
    table = pa.table({"id": pa.array(range(400_000)), "name": pa.array(["x" * 40] * 400_000)})
    pq.write_table(table, file, row_group_size=20_000)
    script = (
        "import resource,subprocess,sys;subprocess.run(sys.argv[1:],check=True,stdout=-3);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    properties = [prop("id", "integer"), prop("name", "string")]
    done = run(CACHE / "py/bin/python", "-c", script, BIN / "dativo", "contract", "test",
               "--contract", contract(tmp_path, properties), file)  # fmt: skip
    assert done.code == 0, done
    assert int(done.out.split()[-1]) < 128 << 10, done.out


def test_parquet_as_duckdb_writes_it(tmp_path):
    """DuckDB gives integers their older names (ConvertedType) only."""
    import duckdb

    columns = ", ".join(f"{7}::{kind} AS {kind.lower()}" for kind in [
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"])
    duckdb.sql(f"COPY (SELECT {columns}, [1::BIGINT] AS list, {{a: 1::INTEGER}} AS struct FROM range(3)) TO '{tmp_path}/x.parquet'")
    done = run("dativo", "contract", "infer", "x.parquet", "--output", "c.yaml", cwd=tmp_path)
    assert done.code == 0, done
    done = run("dativo", "contract", "test", "--contract", "c.yaml", "x.parquet", cwd=tmp_path)
    assert done.code == 0, done
    text = (tmp_path / "c.yaml").read_text()
    assert text.count("logicalType: integer") == 10, text
