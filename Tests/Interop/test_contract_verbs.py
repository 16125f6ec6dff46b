"""`dativo contract diff` and `convert`, against readers of each form that are not ours."""
import json

import fastavro
import jsonschema
import pytest

from conftest import run

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop.orders
version: 1.2.3
status: active
domain: shop
roles: [{role: bi_reader}]
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, primaryKey: true, logicalTypeOptions: {format: i64}}
      - name: code
        logicalType: string
        required: true
        logicalTypeOptions: {pattern: '^[A-Z]{2}$', maxLength: 2}
      - {name: amount, logicalType: number, logicalTypeOptions: {minimum: 0, multipleOf: 0.01}}
      - {name: day, logicalType: date, logicalTypeOptions: {format: yyyy-MM-dd}}
      - {name: at, logicalType: timestamp}
      - {name: flag, logicalType: boolean}
      - name: status
        logicalType: string
        quality: [{metric: invalidValues, arguments: {validValues: [new, paid]}, mustBe: 0}]
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties: [{name: sku, logicalType: string, required: true}]
"""
GOOD = {"id": 1, "code": "AB", "amount": 1.25, "day": "2024-02-29", "at": "2024-02-29T01:02:03Z",
        "flag": True, "status": "new", "lines": [{"sku": "x"}]}


@pytest.fixture
def contract(tmp_path):
    (tmp_path / "c.yaml").write_text(CONTRACT)
    return tmp_path / "c.yaml"


def convert(path, kind, *options):
    done = run("dativo", "contract", "convert", path, "--to", kind, *options)
    assert done.code == 0, done
    return done


# diff.


@pytest.mark.parametrize("old, new, effect, message, needed", [
    ("required: true\n        logic", "logic", "breaks readers", "orders.code: is no longer required", "2.0.0"),
    ("{name: at, ", "{name: at, required: true, ", "breaks writers", "orders.at: is required now", "2.0.0"),
    ("      - {name: flag, logicalType: boolean}\n", "", "breaks readers",
     "orders.flag: the property was removed", "2.0.0"),
    ("{name: flag,", "{name: fl4g,", "compatible", "orders.fl4g: the property is new", "2.0.0"),
    ("minimum: 0,", "minimum: 1,", "breaks writers", "orders.amount: minimum changed from 0 to 1", "2.0.0"),
    ("minimum: 0,", "minimum: -1,", "breaks readers", "orders.amount: minimum changed from 0 to -1", "2.0.0"),
    ("maxLength: 2}", "maxLength: 3}", "breaks readers", "orders.code: maxLength changed from 2 to 3", "2.0.0"),
    ("name: flag, logicalType: boolean", "name: flag, logicalType: string", "breaks both",
     "orders.flag: the type changed from boolean to string", "2.0.0"),
    ("[new, paid]", "[new, paid, sent]", "breaks readers",
     'orders.status: the rule invalidValues outside "new", "paid": 0 was removed', "2.0.0"),
    ("sku, logicalType: string, required: true", "sku, logicalType: string", "breaks readers",
     "orders.lines[].sku: is no longer required", "2.0.0"),
    ("name: flag, logicalType: boolean}",
     "name: flag, logicalType: boolean}\n      - {name: note, logicalType: string}", "compatible",
     "orders.note: the property is new", "1.3.0"),
    ("name: flag,", "name: flag, classification: pii,", "compatible",
     "orders.flag: the classification changed from none to pii", "1.3.0"),
    ("roles: [{role: bi_reader}]", "roles: [{role: other}]", "words", "roles: changed", "1.2.4"),
])  # fmt: skip
def test_diff_tells_whom_a_change_breaks(contract, old, new, effect, message, needed):
    assert old in CONTRACT
    changed = contract.parent / "new.yaml"
    changed.write_text(CONTRACT.replace(old, new, 1))
    done = run("dativo", "contract", "diff", contract, changed, cwd=contract.parent)
    lines = [line.split(None) for line in done.out.splitlines()]
    assert [effect, message] in [[line[:15].strip(), line[16:]] for line in done.out.splitlines()], done
    assert any(f"{needed} at least" in " ".join(line) for line in lines), done
    assert done.code == 1
    raised = CONTRACT.replace(old, new, 1).replace("version: 1.2.3", f"version: {needed}")
    changed.write_text(raised)
    done = run("dativo", "contract", "diff", contract, changed, cwd=contract.parent)
    assert done.code == (1 if needed == "2.0.0" else 0), done


def test_diff_names_the_jobs_that_use_the_contract(contract):
    (contract.parent / "job.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Job\ntenant: acme\nname: orders\ncontracts: [c.yaml]\n"
        "source: {tap: csv, config: {path: a.csv}}\ntarget: {target: parquet, config: {destination: x}}\n"
    )
    changed = contract.parent / "new.yaml"
    changed.write_text(CONTRACT.replace("status: active", "status: deprecated"))
    done = run("dativo", "contract", "diff", contract, changed, "--json", cwd=contract.parent)
    result = json.loads(done.out)["result"]
    assert result["jobs"] == ["job.yaml"] and result["roles"] == ["bi_reader"]
    assert result["bump"] == "patch" and result["needed_version"] == "1.2.4"


def test_the_same_contract_has_no_changes(contract):
    done = run("dativo", "contract", "diff", contract, contract, cwd=contract.parent)
    assert (done.code, done.out) == (0, "no changes\n")


def test_a_broken_contract_is_told_with_its_place(contract):
    broken = contract.parent / "broken.yaml"
    broken.write_text(CONTRACT.replace("name: flag, logicalType", "name: flag, logicaltype"))
    done = run("dativo", "contract", "diff", contract, broken, cwd=contract.parent)
    assert done.code == 78 and 'unknown key "logicaltype"' in done.err and ":20:22: error" in done.err, done


# convert.


@pytest.mark.parametrize("change, valid", [
    ({}, True), ({"code": "ABC"}, False), ({"code": None}, False), ({"amount": 1.255}, False),
    ({"amount": None}, True), ({"day": "2024-02-30"}, False), ({"status": "sent"}, False),
    ({"status": None}, True), ({"lines": [{}]}, False), ({"id": 9223372036854775808}, False),
])  # fmt: skip
def test_a_json_schema_judges_as_the_contract_does(contract, change, valid):
    schema = json.loads(convert(contract, "json-schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert validator.is_valid({**GOOD, **change}) == valid
    # The contract itself says the same.
    stream = contract.parent / "stream"
    head = {"type": "SCHEMA", "stream": "orders", "schema": {"properties": {}}, "key_properties": []}
    row = {"type": "RECORD", "stream": "orders", "record": {**GOOD, **change}}
    stream.write_text(json.dumps(head) + "\n" + json.dumps(row) + "\n")
    done = run("dativo-validate", "--contract", contract, stdin=stream.read_text())
    assert (done.code == 0) == valid, done


def test_avro_is_read_by_another_library_and_comes_back(contract):
    done = convert(contract, "avro")
    schema = fastavro.parse_schema(json.loads(done.out))
    fields = {field["name"]: field["type"] for field in schema["fields"]}
    assert fields["id"] == "long" and fields["code"] == "string"
    assert fields["day"] == ["null", {"type": "int", "logicalType": "date"}]
    assert fields["amount"][1]["scale"] == 2
    assert "orders.code: pattern" in done.err and "orders.id: primary key" in done.err
    path = contract.parent / "orders.avsc"
    path.write_text(done.out)
    back = contract.parent / "back.yaml"
    back.write_text(convert(path, "odcs").out)
    result = json.loads(run("dativo", "contract", "diff", contract, back, "--json").out)["result"]
    places = {change["place"] for change in result["changes"] if "." in change["place"]}
    # What Avro cannot say, and told that it cannot; nothing else.
    assert places == {"orders.amount", "orders.code", "orders.status", "orders.id"}


def test_a_singer_catalog_becomes_a_contract(tmp_path):
    catalog = {"streams": [{
        "tap_stream_id": "users", "stream": "users",
        "schema": {"type": "object", "properties": {
            "id": {"type": "integer", "maximum": 10, "exclusiveMaximum": True},
            "at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "address": {"type": ["null", "object"], "properties": {"zip": {"type": "string"}}},
            "mixed": {"type": ["string", "integer"]}}},
        "metadata": [{"breadcrumb": [], "metadata": {"table-key-properties": ["id"]}}]}]}
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))
    done = convert(tmp_path / "catalog.json", "odcs")
    assert "users.mixed: the choice of integer, string" in done.err
    (tmp_path / "c.yaml").write_text(done.out)
    checked = run("dativo", "lint", tmp_path / "c.yaml")
    assert checked.code == 0, checked
    singer = json.loads(convert(tmp_path / "c.yaml", "singer").out)
    assert singer["key_properties"] == ["id"]
    properties = singer["schema"]["properties"]
    assert properties["id"] == {"type": "integer", "exclusiveMaximum": 10}
    assert properties["at"] == {"type": ["null", "string"], "format": "date-time"}
    assert properties["address"]["properties"] == {"zip": {"type": ["null", "string"]}}


def test_what_cannot_be_converted_is_told(contract, tmp_path):
    wrong = run("dativo", "contract", "convert", contract, "--to", "avroo")
    assert wrong.code == 64 and 'Did you mean "avro"?' in wrong.err, wrong
    (tmp_path / "x").write_text("hello\n")
    done = run("dativo", "contract", "convert", tmp_path / "x", "--to", "odcs")
    assert done.code == 78 and "neither a contract" in done.err, done
    done = run("dativo", "contract", "convert", contract, "--to", "avro", "--object", "order")
    assert done.code == 64 and "It has orders." in done.err, done


def test_a_word_of_a_group_that_is_no_command():
    done = run("dativo", "contract", "tst")
    assert done.code == 64 and 'There is no command "tst". Did you mean "test"?' in done.err, done
