"""`dativo contract test`: data of every form with known defects, and what the report says of them."""
import datetime as dt
import decimal
import gzip
import html.parser
import json
import pathlib
import tempfile
import xml.etree.ElementTree as xml

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import BIN, CACHE, ROOT, lines, record, run, schema, state

DUCKDB = {"DATIVO_DUCKDB": str(CACHE / "duckdb-cli/bin/duckdb")}
NO_DUCKDB = {"DATIVO_DUCKDB": "/nowhere/duckdb"}
CORPUS = ROOT.parent / "shared/corpus/odcs/cases"

GOOD = {
    "id": 2, "code": "AB", "email": "a@b.co", "uid": "8756daf0-085e-4b61-9190-c212d66c76df",
    "age": 20, "amt": 1.25, "d": "2024-02-03", "ts": "2024-02-03T01:02:03Z", "st": "NEW",
    "flag": True, "tags": ["a", "b"], "addr": {"zip": "12345", "city": "X"},
}  # fmt: skip
# One defect each: what is changed, and the check that must fail.
DEFECTS = {
    "bad_date": ({"d": "03/02/2024"}, ("/d", "format")),
    "bad_multiple": ({"amt": 1.255}, ("/amt", "multipleOf")),
    "bad_uuid": ({"uid": "xyz"}, ("/uid", "format")),
    "empty_required": ({"code": ""}, ("/code", "pattern")),
    "excl_max": ({"age": 100}, ("/age", "exclusiveMaximum")),
    "flag_str": ({"flag": "true"}, ("/flag", "type")),
    "impossible_date": ({"d": "2024-02-30"}, ("/d", "format")),
    "int_as_float": ({"age": 20.5}, ("/age", "type")),
    "missing_required": ({"code": ...}, ("/code", "required")),
    "nested_missing": ({"addr": {"city": "X"}}, ("/addr/zip", "required")),
    "null_required": ({"code": None}, ("/code", "required")),
    "unanchored": ({"code": "xxABxx"}, None),
    "valid_values": ({"st": "OLD"}, ("/st", "invalidValues")),
    "repeated_key": ({"id": 2}, ("/id", "primaryKey")),
    "wrong_item": ({"tags": ["a", 1]}, ("/tags/*", "type")),
    "repeated_item": ({"tags": ["a", "a"]}, ("/tags", "uniqueItems")),
}


def prop(name, kind, options=None, **rest):
    return {"name": name, "logicalType": kind, **({"logicalTypeOptions": options} if options else {}), **rest}


def contract(tmp_path, properties, version="v3.1.0", name="contract.odcs.yaml", objects=None, **rest):
    """Writes a contract; JSON is YAML."""
    file = tmp_path / name
    objects = objects or [{"name": "o", "properties": properties, **rest.pop("o", {})}]
    file.write_text(json.dumps({
        "apiVersion": version, "kind": "DataContract", "id": "c-1", "version": "1.0.0",
        "status": "active", "schema": objects, **rest,
    }))  # fmt: skip
    return file


def orders(tmp_path):
    values = {"metric": "invalidValues", "arguments": {"validValues": ["NEW"]}, "mustBe": 0}
    return contract(tmp_path, [
        prop("id", "integer", primaryKey=True, required=True),
        prop("code", "string", {"pattern": "[A-Z]{2}"}, required=True),
        prop("email", "string", {"format": "email"}),
        prop("uid", "string", {"format": "uuid"}),
        prop("age", "integer", {"exclusiveMaximum": 100, "format": "i32"}),
        prop("amt", "number", {"multipleOf": 0.01}),
        prop("d", "date", {"format": "yyyy-MM-dd"}),
        prop("ts", "timestamp"),
        prop("st", "string", quality=[values]),
        prop("flag", "boolean"),
        prop("tags", "array", {"uniqueItems": True}, items={"logicalType": "string"}),
        prop("addr", "object", properties=[
            prop("zip", "string", {"pattern": "^[0-9]{5}$"}, required=True), prop("city", "string"),
        ]),
    ])  # fmt: skip


def test(contract, *data, code=None, env=NO_DUCKDB, **options):
    """The result of --json, with the checks by status."""
    words = [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", value)]
    done = run("dativo", "contract", "test", "--contract", contract, *data, *words, "--json", env=env)
    assert code is None or done.code == code, done
    answer = json.loads(done.out)
    assert answer["exit"] == done.code, done
    result = answer["result"]
    if result:
        for status in ("passed", "failed", "warning", "skipped"):
            result[status + "_checks"] = [it for it in result["checks"] if it["status"] == status]
    else:
        result = answer["errors"]
    return result


test.__test__ = False


def places(checks):
    return sorted((check["pointer"], check["rule"]) for check in checks)


def records(tmp_path, rows, name="data.jsonl"):
    file = tmp_path / name
    file.write_bytes(lines(*rows))
    return file


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_named_with_its_line(name, tmp_path):
    change, expected = DEFECTS[name]
    bad = {key: value for key, value in {**GOOD, "id": 1, **change}.items() if value is not ...}
    result = test(orders(tmp_path), records(tmp_path, [GOOD, bad]), code=1 if expected else 0)
    assert places(result["failed_checks"]) == ([expected] if expected else [])
    assert result["records"] == 2 and result["violating"] == (1 if expected else 0)
    for check in result["failed_checks"]:
        assert (check["count"], check["line"], check["row"]) == (1, 2, None)
        assert check["data"].endswith("data.jsonl") and check["message"]
    assert ("/code", "pattern") in places(result["checks"]) and len(result["passed_checks"]) >= 28


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here; DEFECTS has its cases")
@pytest.mark.parametrize("case", sorted(CORPUS.glob("*")) if CORPUS.is_dir() else [], ids=lambda it: it.name)
def test_the_cases_of_the_corpus(case):
    result = test(case / "contract.odcs.yaml", case / "data.json")
    expected = DEFECTS[case.name][1]
    assert places(result["failed_checks"]) == ([expected] if expected else [])
    assert all(check["line"] == 2 for check in result["failed_checks"])


# The same rows in every form: what is wrong with them is the same.
ROWS = [
    {"id": 1, "name": "Ada", "price": "10.50", "at": "2024-01-01T00:00:00Z", "ok": True},
    {"id": 2, "name": "TOOLONGNAME", "price": "10.555", "at": "2024-01-02T00:00:00Z", "ok": False},
    {"id": 2, "name": "Bob", "price": "-1.00", "at": "2024-01-03T00:00:00Z", "ok": None},
    {"id": 4, "name": None, "price": "3.00", "at": "2024-01-04T00:00:00Z", "ok": True},
]
BROKEN = [("/id", "primaryKey"), ("/name", "maxLength"), ("/name", "required"),
          ("/price", "minimum"), ("/price", "multipleOf")]  # fmt: skip
FIRST = {"primaryKey": 3, "maxLength": 2, "required": 4, "minimum": 3, "multipleOf": 2}
TYPES = pa.schema([
    ("id", pa.int64()), ("name", pa.string()), ("price", pa.decimal128(12, 3)),
    ("at", pa.timestamp("us", "UTC")), ("ok", pa.bool_()),
])  # fmt: skip
SINGER = {
    "id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "price": {"type": "number"},
    "at": {"type": "string", "format": "date-time"}, "ok": {"type": ["boolean", "null"]},
}  # fmt: skip


def simple(tmp_path, **rest):
    return contract(tmp_path, [
        prop("id", "integer", primaryKey=True),
        prop("name", "string", {"maxLength": 10}, required=True),
        prop("price", "number", {"multipleOf": 0.01, "minimum": 0}),
        prop("at", "timestamp"), prop("ok", "boolean"),
    ], **rest)  # fmt: skip


def plain(row):
    return '{"id": %d, "name": %s, "price": %s, "at": "%s", "ok": %s}' % (
        row["id"], json.dumps(row["name"]), row["price"], row["at"], json.dumps(row["ok"]),
    )  # fmt: skip


def arrow(rows):
    return pa.Table.from_pylist([
        {**row, "price": decimal.Decimal(row["price"]), "at": dt.datetime.fromisoformat(row["at"])}
        for row in rows
    ], TYPES)  # fmt: skip


def as_records(folder):
    return records(folder, [plain(row) for row in ROWS])


def as_singer(folder):
    messages = ['{"type":"RECORD","stream":"o","record":%s}' % plain(row) for row in ROWS]
    return records(folder, [schema("o", SINGER), *messages, state({})], "out.singer")


def as_airbyte(folder):
    text = '{"type":"RECORD","record":{"stream":"o","data":%s,"emitted_at":1}}'
    return records(folder, [text % plain(row) for row in ROWS], "out.jsonl")


def as_csv(folder):
    file = folder / "data.csv"
    rows = [",".join("" if v is None else str(v).lower() if isinstance(v, bool) else str(v)
                     for v in row.values()) for row in ROWS]  # fmt: skip
    file.write_text("\n".join([",".join(ROWS[0]), *rows]) + "\n")
    return file


def as_file(folder):
    pq.write_table(arrow(ROWS), folder / "data.parquet")
    return folder / "data.parquet"


def as_folder(folder):
    place = folder / "files"
    (place / "inner").mkdir(parents=True)
    pq.write_table(arrow(ROWS[:2]), place / "a.parquet", row_group_size=1)
    pq.write_table(arrow(ROWS[2:]), place / "inner/b.parquet")
    return place


def as_table(folder):
    config = folder / "target.json"
    config.write_text(json.dumps({"destination": str(folder / "out")}))
    body = ['{"type":"RECORD","stream":"o","record":%s}' % plain(row) for row in ROWS]
    done = run("dativo-target-parquet", "--config", config,
               stdin=lines(schema("o", SINGER), *body, state({})))  # fmt: skip
    assert done.code == 0, done
    # A file that no commit names, and one that a crash left behind, do not count.
    pq.write_table(arrow([{**ROWS[0], "id": 1, "name": "X" * 99}]), folder / "out/o/stray.parquet")
    return folder / "out/o"


FORMS = {
    "records": (as_records, 0), "singer": (as_singer, 1), "airbyte": (as_airbyte, 0),
    "csv": (as_csv, 0), "file": (as_file, 0), "folder": (as_folder, 0), "table": (as_table, 0),
}  # fmt: skip


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
    assert set(found) == {("/id", "sql"), ("/deep/n", "sql"), ("/deep/n", "unique"), ("/any", "type"), ("", "custom")}
    assert "only Parquet data" in found["/id", "sql"] and "below the top level" in found["/deep/n", "sql"]
    assert all(found.values())


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


# MARK: what the report looks like


def test_formats(tmp_path):
    rows = [{"id": 1, "name": "<script>alert(1)</script>&\"'\x01]]>" * 2, "price": 1, "at": "x", "ok": 1}]
    file, data = simple(tmp_path), records(tmp_path, rows)
    base = ["dativo", "contract", "test", "--contract", file, data]
    text = run(*base)
    assert text.code == 1 and "failed  o  name   maxLength" in text.out
    assert text.out.strip().splitlines()[-1].startswith("failed: ") and "1 record" in text.out
    done = run(*base, "--format", "junit", "--output", tmp_path / "report.xml")
    assert done.code == 1 and "The report is in" in done.out
    root = xml.fromstring((tmp_path / "report.xml").read_bytes())
    assert root.tag == "testsuites"
    [suite] = root
    cases = suite.findall("testcase")
    failures = [case for case in cases if case.find("failure") is not None]
    assert suite.get("name") == "o" and int(suite.get("tests")) == len(cases)
    assert int(suite.get("failures")) == int(root.get("failures")) == len(failures) == 3
    assert {case.get("name") for case in failures} == {"name: maxLength", "at: format", "ok: type"}
    assert all(case.get("classname") == "c-1.o" for case in cases)
    assert "<script>" in failures[0].find("failure").get("message")
    done = run(*base, "--format", "html")
    assert done.code == 1 and "alert(1)&lt;/script&gt;" in done.out
    tags = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    parser.feed(done.out)
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in tags}
    assert not any(name.startswith("on") or name in ("src", "href") for _, all in tags for name in all)
    assert [tag for tag, _ in tags].count("tr") == len(cases) + 1
    done = run(*base, "--format", "json", "--output", tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["result"]["summary"]["failed"] == 3
    assert run(*base, "--mode", "warn").code == 0


def test_what_cannot_be_read(tmp_path):
    file = simple(tmp_path)
    bad = tmp_path / "x.parquet"
    bad.write_bytes(b"PAR1nonsense")
    assert "no Parquet file" in test(file, bad, code=65)[0]["message"]
    (tmp_path / "x.json").write_text("[{}]")
    assert "JSON array" in test(file, tmp_path / "x.json", code=65)[0]["message"]
    (tmp_path / "x.csv").write_text('id,name\n1,"unclosed\n')
    test(file, tmp_path / "x.csv", code=65)
    test(file, tmp_path / "none.csv", code=74)
    (tmp_path / "empty").mkdir()
    test(file, tmp_path / "empty", code=65)
    file.write_text(file.read_text().replace('"integer"', '"whole"'))
    [error] = test(file, as_records(tmp_path), code=78)
    assert error["line"] and error["file"] == str(file)
    test(tmp_path / "none.yaml", as_records(tmp_path), code=78)


# MARK: rules that need a table


def sql(query, **rest):
    return {"type": "sql", "query": query, **rest}


def outcome(tmp_path, rule, env=DUCKDB, data=None, column=False, **options):
    """The one check of a rule in SQL."""
    name = prop("name", "string", **({"quality": [rule]} if column else {}))
    file = contract(tmp_path, [prop("id", "integer"), name],
                    o={} if column else {"quality": [rule]}, version="v3.0.2")  # fmt: skip
    result = test(file, data or as_file(tmp_path), env=env, **options)
    [check] = [it for it in result["checks"] if it["rule"] == "sql"]
    return check["status"], check["message"]


@pytest.mark.parametrize("place", ["{object}", "${object}", "{table}", "${table}", "{model}", '"{table}"', "o"])
def test_sql_rules_find_the_table(place, tmp_path):
    rule = sql(f"SELECT count(*) FROM {place} WHERE id > 1;", mustBe=3)
    assert outcome(tmp_path, rule) == ("passed", "3, expected 3")


@pytest.mark.parametrize("place", ["{property}", "${property}", "{column}", "${column}", '"${column}"'])
def test_sql_rules_find_the_column(place, tmp_path):
    rule = sql(f"SELECT count({place}) FROM {{object}} -- not null\n", mustBeGreaterThan=3)
    assert outcome(tmp_path, rule, column=True) == ("failed", "3, expected more than 3")


@pytest.mark.parametrize(
    "query, demand, expected",
    [
        ("SELECT sum(price) FROM o", {"mustBe": 23.055}, ("passed", "23.055, expected 23.055")),
        ("SELECT max(2::HUGEINT ** 3) FROM o", {"mustBeBetween": [7, 9]}, "passed"),
        ("WITH x AS (SELECT * FROM o) SELECT count(*) FROM x", {"mustBeLessThan": 4}, "failed"),
        ("SELECT 50", {"mustBeLessOrEqualTo": 50, "unit": "percent"}, ("passed", "50 percent, expected at most 50")),
        ("SELECT count(*) FROM o", {"mustBe": 9, "severity": "warning"}, "warning"),
        ("SELECT count(*) FROM o", {}, "skipped"),
        ("SELECT NULL", {"mustBe": 0}, "failed"),
        ("SELECT 1 WHERE false", {"mustBe": 0}, ("failed", "the query has no row")),
        ("SELECT nix FROM o", {"mustBe": 0}, "failed"),
        ("SELECT id FROM o", {"mustBe": 1}, ("failed", "the query returns 4 rows; one value is needed")),
        ("SELECT 1 FROM range(1000)", {"mustBe": 1}, ("failed", "the query returns 100 or more rows; one value is needed")),
        ("SELECT 1, 2", {"mustBe": 1}, ("failed", "the query returns 2 columns; one value is needed")),
        ("SELECT 'nan'::DOUBLE", {"mustBe": 1}, ("failed", "the result is NaN, which no bound can be compared with")),
        ("SELECT '-inf'::DOUBLE", {"mustBe": 1}, ("failed", "the result is minus infinity, which no bound can be compared with")),
        # Nothing but one SELECT, and nothing but the data.
        ("DROP VIEW o", {"mustBe": 0}, "failed"),
        ("SELECT 1; SELECT 2", {"mustBe": 1}, ("failed", "the query is refused: only one SELECT is run")),
        ("WITH x AS (SELECT 1) DELETE FROM o", {"mustBe": 0}, "failed"),
        ("SELECT 1 /* ' */", {"mustBe": 1}, "failed"),
        ("SELECT $$;$$", {"mustBe": 1}, "failed"),
        ("SELECT E'\\''; DROP VIEW o --'", {"mustBe": 1}, "failed"),
        ("SELECT count(*) FROM read_text('/etc/passwd')", {"mustBe": 1}, "failed"),
        ("SELECT count(*) FROM glob('/etc/*')", {"mustBeGreaterThan": 0}, "failed"),
        ("SELECT getenv('HOME')", {"mustBe": 0}, "failed"),
        ("SELECT ';' = ';'", {"mustBe": 0}, "failed"),
    ],
)
def test_sql_rules_are_judged(query, demand, expected, tmp_path):
    found = outcome(tmp_path, sql(query, **demand))
    assert found == expected if isinstance(expected, tuple) else found[0] == expected, found


def test_rules_in_sql_are_told_apart(tmp_path):
    rules = [sql("SELECT count(*) FROM o", mustBe=9, name="all orders are here"),
             sql("SELECT count(*)\n  FROM o WHERE id IS NULL AND name IS NOT NULL AND name <> 'somebody'", mustBe=1)]
    file = contract(tmp_path, [prop("id", "integer"), prop("name", "string")], o={"quality": rules}, version="v3.0.2")
    data = as_file(tmp_path)
    names = ["all orders are here", "SELECT count(*) FROM o WHERE id IS NULL AND name IS NOT …"]
    result = test(file, data, env=DUCKDB, code=1)
    assert [it["name"] for it in result["checks"] if it["rule"] == "sql"] == names
    for form in ("text", "junit", "html"):
        done = run("dativo", "contract", "test", "--contract", file, data, "--format", form, env=DUCKDB)
        assert all(f"sql ({name})" in done.out for name in names), done


def test_a_query_has_a_time_limit(tmp_path):
    query = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = b.range % 5"
    status, message = outcome(tmp_path, sql(query, mustBe=1), query_seconds="1")
    assert status == "skipped" and "more than 1 seconds" in message


def test_sql_rules_without_duckdb_or_without_a_table_are_skipped(tmp_path):
    rule = sql("SELECT count(*) FROM o", mustBe=4)
    assert outcome(tmp_path, rule, env=NO_DUCKDB) == (
        "skipped", "DuckDB is neither on PATH nor named by DATIVO_DUCKDB",
    )  # fmt: skip
    status, message = outcome(tmp_path, rule, data=as_csv(tmp_path))
    assert status == "skipped" and "only Parquet data" in message


def test_sql_rules_see_exactly_the_committed_files(tmp_path):
    rule = sql("SELECT count(*) FROM {table}", mustBe=4)
    assert outcome(tmp_path, rule, data=as_table(tmp_path))[0] == "passed"


def test_relationships_and_service_levels(tmp_path):
    now = dt.datetime.now(dt.timezone.utc)
    pq.write_table(pa.table({"id": [1, 2]}), tmp_path / "people.parquet")
    pq.write_table(
        pa.table({"id": [1, 2, 3, 4], "who": [1, 2, None, 9],
                  "at": [now - dt.timedelta(days=days) for days in (1, 2, 3, 40)]}),
        tmp_path / "orders.parquet",
    )  # fmt: skip
    objects = [
        {"name": "people", "properties": [prop("id", "integer")]},
        {"name": "orders", "properties": [
            prop("id", "integer"), prop("at", "timestamp"),
            prop("who", "integer", relationships=[{"to": "people.id"}]),
        ]},
    ]  # fmt: skip
    levels = [{"property": "retention", "value": 30, "unit": "d", "element": "orders.at"},
              {"property": "freshness", "value": 36, "unit": "h", "element": "orders.at"},
              {"property": "availability", "value": "99.9"}]  # fmt: skip
    file = contract(tmp_path, [], objects=objects, slaProperties=levels)
    data = [tmp_path / "people.parquet", tmp_path / "orders.parquet"]
    result = test(file, *data, code=1, env=DUCKDB)
    assert places(result["failed_checks"]) == [("/at", "retention"), ("/who", "foreignKey")]
    assert ("/at", "freshness") in places(result["passed_checks"])
    assert [it["rule"] for it in result["skipped_checks"]] == ["availability"]
    [check] = [it for it in result["failed_checks"] if it["rule"] == "foreignKey"]
    assert check["message"] == "1, expected no row that points to none of people.id"
    result = test(file, *data, code=0)
    assert len(result["skipped_checks"]) == 4


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
