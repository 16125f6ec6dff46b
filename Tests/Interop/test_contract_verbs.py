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
     'orders.status: the rule invalidValues outside "new", "paid": 0 changed to invalidValues outside "new", "paid", "sent": 0', "2.0.0"),
    ("sku, logicalType: string, required: true", "sku, logicalType: string", "breaks readers",
     "orders.lines[].sku: is no longer required", "2.0.0"),
    ("name: flag, logicalType: boolean}",
     "name: flag, logicalType: boolean}\n      - {name: note, logicalType: string}", "compatible",
     "orders.note: the property is new", "1.3.0"),
    ("name: flag,", "name: flag, classification: pii,", "compatible",
     "orders.flag: the classification changed from none to pii", "1.3.0"),
    ("roles: [{role: bi_reader}]", "roles: [{role: other}]", "words", "roles: changed", "1.2.4"),
    # What Dativo adds, and what is merely written.
    ("name: flag,", "name: flag, customProperties: [{property: dativo.mask, value: hash}],", "breaks readers",
     "orders.flag: dativo.mask hash is new: readers no longer see the values", "2.0.0"),
    ("name: flag,", "name: flag, customProperties: [{property: dativo.coerce, value: [boolean]}],", "compatible",
     "orders.flag: dativo.coerce changed from none to boolean", "1.3.0"),
    ("name: flag,", "name: flag, customProperties: [{property: dativo.coerce, value: [trim]}],", "breaks readers",
     "orders.flag: dativo.coerce changed from none to trim", "2.0.0"),
    ("schema:\n", "customProperties: [{property: dativo.scope, value: dataset}]\nschema:\n", "breaks readers",
     "dativo.scope: changed from none to dataset", "2.0.0"),
    ("mustBe: 0}", "mustBe: 0, severity: warning}", "breaks readers",
     'orders.status: the severity of the rule invalidValues outside "new", "paid": 0 changed from error to warning', "2.0.0"),
    ("mustBe: 0}", "mustBe: 0, description: x}", "words",
     'orders.status: the rule invalidValues outside "new", "paid": 0 is described otherwise', "1.2.4"),
    ("name: flag,", "name: flag, relationships: [{to: orders.id}],", "breaks writers",
     "orders.flag: the relationship to orders.id is new", "2.0.0"),
    # It leads to no field, and asks nothing.
    ("name: flag,", "name: flag, encryptedName: secret,", "words",
     "orders.flag: encryptedName changed from none to secret", "1.2.4"),
    ("name: flag,", "name: flag, encryptedName: code,", "breaks both",
     "orders.flag: encryptedName changed from none to code", "2.0.0"),
    ("name: at, logicalType: timestamp", "name: at, logicalType: timestamp, logicalTypeOptions: {timezone: true}",
     "breaks readers", "orders.at: timezone changed from none to true", "2.0.0"),
    ("name: at, logicalType: timestamp",
     "name: at, logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Europe/Berlin}",
     "breaks readers", "orders.at: defaultTimezone changed from none to Europe/Berlin", "2.0.0"),
    ("name: flag,", "name: flag, description: up or down,", "words", "orders.flag: description changed", "1.2.4"),
    ("name: flag,", "name: flag, examples: [true],", "words", "orders.flag: examples changed", "1.2.4"),
    ("schema:\n", "contractCreatedTs: '2024-01-01T00:00:00Z'\nschema:\n", "words", "contractCreatedTs: changed", "1.2.4"),
    ("  - name: orders\n", "  - name: orders\n    description: all of them\n", "words",
     "orders: description changed", "1.2.4"),
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


MASKED = CONTRACT.replace("name: flag,", "name: flag, customProperties: [{property: dativo.mask, value: hash}],")
WARNED = CONTRACT.replace("mustBe: 0}", "mustBe: 0, severity: warning}")
PROMISED = CONTRACT + "slaProperties: [{property: latency, value: 1, unit: d, element: orders.at}]\n"
EARLY = CONTRACT.replace("logicalType: timestamp", "logicalType: timestamp, logicalTypeOptions: {minimum: '2024-01-01T00:00:00Z'}")
QUERIES = CONTRACT.replace("    properties:", "    quality: [{type: sql, query: select 1, mustBe: 1}]\n    properties:", 1)


@pytest.mark.parametrize("old, new, effect, message", [
    (MASKED, CONTRACT, "breaks readers", "orders.flag: dativo.mask hash is gone: readers see the clear values"),
    (MASKED, MASKED.replace("value: hash", "value: {truncate: 2}"), "breaks readers",
     "orders.flag: dativo.mask changed from hash to {truncate: 2}"),
    (WARNED, CONTRACT, "breaks writers",
     'orders.status: the severity of the rule invalidValues outside "new", "paid": 0 changed from warning to error'),
    (PROMISED, PROMISED.replace("value: 1,", "value: 1, description: x,"), "words", "slaProperties: described otherwise"),
    (EARLY, EARLY.replace("{minimum: '", "{exclusiveMinimum: '"), "breaks writers",
     "orders.at: minimum changed from 2024-01-01T00:00:00Z to 2024-01-01T00:00:00Z (exclusive)"),
    (QUERIES, QUERIES.replace("select 1", "select 2"), "breaks readers", 'orders: the rule sql "select 1": 1 was removed'),
])  # fmt: skip
def test_diff_of_what_was_there(tmp_path, old, new, effect, message):
    (tmp_path / "old.yaml").write_text(old)
    (tmp_path / "new.yaml").write_text(new)
    done = run("dativo", "contract", "diff", "old.yaml", "new.yaml", cwd=tmp_path)
    assert done.code == 1, done
    assert [effect, message] in [[line[:15].strip(), line[16:]] for line in done.out.splitlines()], done


def test_a_version_that_goes_down_is_told(contract):
    lower = contract.parent / "lower.yaml"
    lower.write_text(CONTRACT.replace("version: 1.2.3", "version: 1.2.0"))
    done = run("dativo", "contract", "diff", contract, lower, cwd=contract.parent)
    assert done.code == 1 and done.out.startswith("no changes\n"), done
    assert "the version goes down; write version: 1.2.3, or a higher one" in done.out, done
    done = run("dativo", "contract", "diff", contract, lower, "--json", cwd=contract.parent)
    assert json.loads(done.out)["result"]["raised_enough"] is False


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


@pytest.mark.parametrize("text, says", [
    ("{}", "is an empty object, and no schema"),
    ("[]", "its root is no object"),
    ('{"type": "string"}', "describes values of type string, not records"),
    ('{"type": "enum", "name": "e", "symbols": ["a"]}', "is an Avro enum, not a record"),
    ('{"type": "object"}', "is no schema with properties"),
    ('{"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"}, {"name": "a", "type": "int"}]}',
     "the field r.a stands twice"),
])  # fmt: skip
def test_what_describes_no_records_is_refused(tmp_path, text, says):
    (tmp_path / "x.json").write_text(text)
    done = run("dativo", "contract", "convert", "x.json", "--to", "odcs", cwd=tmp_path)
    assert done.code == 78 and says in done.err, done


def test_what_a_contract_cannot_say_of_a_json_schema_is_told(tmp_path):
    (tmp_path / "o.json").write_text(json.dumps({
        "type": "object", "additionalProperties": False, "dependencies": {"a": ["b"]}, "required": ["n"],
        "description": "orders",
        "properties": {
            "a": {"type": "string", "contentEncoding": "base64", "default": "x", "examples": ["y"]},
            "n": {"type": ["null", "integer"]},
            "l": {"type": ["null", "array"], "items": {"type": "integer"}},
        },
    }))  # fmt: skip
    done = convert(tmp_path / "o.json", "odcs")
    for loss in ["o: additionalProperties false", "o: dependencies", "o.a: contentEncoding", "o.a: default",
                 "o.a: that it may be absent and not null", "o.n: that it must be there, be it null"]:  # fmt: skip
        assert f"not carried over: {loss}" in done.err, (loss, done)
    assert "o.l: that" not in done.err, done
    (tmp_path / "c.yaml").write_text(done.out)
    checked = run("dativo", "lint", tmp_path / "c.yaml")
    assert checked.code == 0, checked
    schema = json.loads(convert(tmp_path / "c.yaml", "json-schema").out)
    assert schema["description"] == "orders" and schema["properties"]["a"]["examples"] == ["y"]
    # Elements that may not be null stay so.
    assert schema["properties"]["l"]["items"] == {"type": "integer"}


def test_what_a_json_schema_cannot_say_is_told(contract):
    contract.write_text(CONTRACT.replace("name: flag,", "name: flag, description: up or down,"))
    done = convert(contract, "json-schema")
    assert json.loads(done.out)["properties"]["flag"]["description"] == "up or down"
    assert "orders: the primary key id" in done.err, done
    assert "orders.at: timestamps without an offset, which format date-time refuses" in done.err, done


def test_a_word_of_a_group_that_is_no_command():
    done = run("dativo", "contract", "tst")
    assert done.code == 64 and 'There is no command "tst". Did you mean "test"?' in done.err, done
