"""`dativo contract convert`, there and back: what comes back is what went, and what does not is told."""
import json

import fastavro
import jsonschema
import pytest
import yaml

from conftest import lines, record, run, schema
from contract_text import head

HEAD = head() + "- name: o\n  properties:\n"


def contract(tmp_path, *properties):
    (tmp_path / "c.yaml").write_text(HEAD + "".join(f"  - {{{one}}}\n" for one in properties))
    return "c.yaml"


def convert(tmp_path, source, kind, name):
    """Converts, checks a contract that comes of it, and returns it with what was told."""
    done = run("dativo", "contract", "convert", source, "--to", kind, cwd=tmp_path)
    assert done.code == 0, done
    (tmp_path / name).write_text(done.out)
    if kind == "odcs":
        linted = run("dativo", "lint", name, cwd=tmp_path)
        assert linted.code == 0, linted
        return yaml.safe_load(done.out), done.err
    return json.loads(done.out), done.err


def from_json(tmp_path, body, losses=()):
    """The properties of the contract that comes of a JSON Schema, by name."""
    (tmp_path / "o.json").write_text(json.dumps(body))
    document, told = convert(tmp_path, "o.json", "odcs", "c.yaml")
    for loss in losses:
        assert f"not carried over: {loss}" in told, told
    if not losses:
        assert "not carried over" not in told, told
    return {one["name"]: one for one in document["schema"][0]["properties"]}


def properties(document):
    return {one["name"]: {key: value for key, value in one.items() if key != "name"}
            for one in document["schema"][0]["properties"]}  # fmt: skip


# JSON Schema to a contract.


def test_local_references_are_followed(tmp_path):
    found = from_json(tmp_path, {
        "type": "object",
        "properties": {
            "home": {"$ref": "#/definitions/address"},
            "work": {"$ref": "#/$defs/place", "description": "office"},
            "old": {"anyOf": [{"$ref": "#/definitions/address"}, {"type": "null"}]},
            "list": {"type": ["null", "array"], "items": {"$ref": "#/definitions/address"}},
            "named": {"$ref": "#town"},
        },
        "definitions": {"address": {"type": ["null", "object"], "properties": {"zip": {"$ref": "#/definitions/zip"}}},
                        "zip": {"type": ["null", "string"], "maxLength": 5}},
        "$defs": {"place": {"type": ["null", "string"]}, "t": {"$anchor": "town", "type": ["null", "integer"], "minimum": 1}},
    })  # fmt: skip
    zip_ = {"name": "zip", "logicalType": "string", "logicalTypeOptions": {"maxLength": 5}}
    assert found["home"]["properties"] == found["old"]["properties"] == found["list"]["items"]["properties"] == [zip_]
    assert (found["work"]["logicalType"], found["work"]["description"]) == ("string", "office")
    assert found["named"]["logicalTypeOptions"] == {"minimum": 1}


@pytest.mark.parametrize("reference, says", [
    ("#/definitions/none", "o.a: $ref #/definitions/none, which leads nowhere"),
    ("#/definitions/self", "which contains itself: only its type"),
    ("other.json", "o.a: $ref"),
])  # fmt: skip
def test_references_that_cannot_be_followed_are_told(tmp_path, reference, says):
    body = {"type": "object", "properties": {"a": {"$ref": reference}},
            "definitions": {"self": {"type": ["null", "object"], "properties": {"b": {"$ref": "#/definitions/self"}}}}}  # fmt: skip
    (tmp_path / "o.json").write_text(json.dumps(body))
    _, told = convert(tmp_path, "o.json", "odcs", "c.yaml")
    assert says in told, told


def test_references_that_double_at_each_step_end(tmp_path):
    definitions = {f"d{n}": {"type": ["null", "object"], "properties": {
        "a": {"$ref": f"#/definitions/d{n + 1}"}, "b": {"$ref": f"#/definitions/d{n + 1}"}}} for n in range(40)}  # fmt: skip
    body = {"type": "object", "properties": {"a": {"$ref": "#/definitions/d0"}}, "definitions": {**definitions, "d40": {"type": "string"}}}
    (tmp_path / "o.json").write_text(json.dumps(body))
    done = run("dativo", "contract", "convert", "o.json", "--to", "odcs", cwd=tmp_path, timeout=60)
    assert done.code == 0 and "after 10000 others" in done.err, done


@pytest.mark.parametrize("inner, loss", [
    ({"minimum": 0}, "o.a: minimum without a type"),
    ({"maxLength": 3}, "o.a: maxLength without a type"),
    ({"type": ["string", "integer"], "maxLength": 3}, "o.a: maxLength of one type among several"),
    ({"type": ["null", "string"], "pattern": "(?i)^ab"}, "o.a: the pattern (?i)^ab, which is none of ECMA 262"),
])  # fmt: skip
def test_conditions_without_a_place_are_told(tmp_path, inner, loss):
    found = from_json(tmp_path, {"type": "object", "properties": {"a": inner}}, [loss])
    assert "logicalTypeOptions" not in found["a"] or "pattern" not in found["a"]["logicalTypeOptions"]


def test_required_of_draft_3_is_required(tmp_path):
    found = from_json(tmp_path, {"type": "object", "properties": {"a": {"type": "string", "required": True},
                                                                  "b": {"type": ["null", "string"]}}})  # fmt: skip
    assert found["a"]["required"] is True and "required" not in found["b"]


# Times without offset.


@pytest.mark.parametrize("kind, good, bad", [
    ("timestamp", "2024-01-31T10:00:00", "2024-01-31"), ("time", "10:00:00", "10:00"),
])  # fmt: skip
def test_times_of_a_place_are_accepted_and_come_back(tmp_path, kind, good, bad):
    contract(tmp_path, f"name: t, logicalType: {kind}, logicalTypeOptions: {{timezone: false}}")
    body, told = convert(tmp_path, "c.yaml", "json-schema", "o.json")
    validator = jsonschema.Draft202012Validator(body, format_checker=jsonschema.FormatChecker())
    assert validator.is_valid({"t": good}) and not validator.is_valid({"t": bad})
    assert "refuses times without offset" in told
    back, _ = convert(tmp_path, "o.json", "odcs", "back.yaml")
    assert properties(back)["t"] == {"logicalType": kind, "logicalTypeOptions": {"timezone": False}}


def test_times_with_offset_lose_nothing(tmp_path):
    contract(tmp_path, "name: t, logicalType: timestamp, logicalTypeOptions: {timezone: true}")
    body, told = convert(tmp_path, "c.yaml", "json-schema", "o.json")
    assert body["properties"]["t"] == {"type": ["null", "string"], "format": "date-time"} and "o.t" not in told


def test_of_a_stream_times_keep_their_format(tmp_path):
    contract(tmp_path, "name: t, logicalType: timestamp, logicalTypeOptions: {timezone: false}")
    message, _ = convert(tmp_path, "c.yaml", "singer", "s.json")
    assert message["schema"]["properties"]["t"] == {"type": ["null", "string"], "format": "date-time"}


# Singer.


def test_a_stream_keeps_what_is_required_and_its_keys_by_their_fields(tmp_path):
    contract(tmp_path, "name: id, physicalName: order_id, logicalType: integer, primaryKey: true",
             "name: code, logicalType: string, required: true", "name: note, logicalType: string",
             "name: a, logicalType: object, properties: [{name: b, logicalType: string, required: true}]")  # fmt: skip
    message, _ = convert(tmp_path, "c.yaml", "singer", "s.json")
    assert message["key_properties"] == ["order_id"] and message["schema"]["required"] == ["order_id", "code"]
    back, told = convert(tmp_path, "s.json", "odcs", "back.yaml")
    found = properties(back)
    assert found["order_id"]["primaryKey"] is True and found["code"]["required"] is True
    assert "required" not in found["note"] and found["a"]["properties"][0]["required"] is True
    assert "that it may be absent" not in told
    # Both judge alike.
    for row, code in [({"order_id": 1, "code": "x"}, 0), ({"order_id": 1}, 65), ({"code": "x"}, 65)]:
        stream = lines(schema("o", {}), record("o", row))
        for file in ("c.yaml", "back.yaml"):
            done = run("dativo-validate", "--contract", file, stdin=stream, cwd=tmp_path)
            assert done.code == code, (file, row, done)


# Avro.


def test_names_that_collide_in_avro_are_kept_apart_and_come_back(tmp_path):
    names = ["a-b", "a b", "a_b", "a_b_", "1x", "_1x", "é", "ü", "a.b"]
    contract(tmp_path, *[f"name: {json.dumps(name)}, logicalType: integer" for name in names])
    record_, told = convert(tmp_path, "c.yaml", "avro", "o.avsc")
    fields = [one["name"] for one in record_["fields"]]
    assert len(set(fields)) == len(names) and {"a_b", "a_b_", "_1x"} <= set(fields)
    fastavro.parse_schema(record_)
    for name in ("a-b", "a b", "1x", "é", "ü", "a.b"):
        assert f"o.{name}: the name, which is" in told
    back, _ = convert(tmp_path, "o.avsc", "odcs", "back.yaml")
    assert [one["name"] for one in back["schema"][0]["properties"]] == names


@pytest.mark.parametrize("text, avro, back", [
    ("logicalType: number, physicalType: 'decimal(10,2)'", (10, 2), {"logicalTypeOptions": {"multipleOf": 0.01}, "physicalType": "decimal(10,2)"}),
    ("logicalType: number, physicalType: 'NUMERIC(12, 4)'", (12, 4), {"logicalTypeOptions": {"multipleOf": 0.0001}, "physicalType": "decimal(12,4)"}),
    ("logicalType: integer, physicalType: decimal(20)", (20, 0), {"logicalType": "integer", "physicalType": "decimal(20,0)"}),
    ("logicalType: number, logicalTypeOptions: {multipleOf: 0.001}", (38, 3), {"logicalTypeOptions": {"multipleOf": 0.001}, "physicalType": "decimal(38,3)"}),
])  # fmt: skip
def test_decimals_keep_their_digits(tmp_path, text, avro, back):
    contract(tmp_path, f"name: n, {text}")
    body, _ = convert(tmp_path, "c.yaml", "avro", "o.avsc")
    kind = body["fields"][0]["type"][1]
    assert (kind["logicalType"], kind["precision"], kind["scale"]) == ("decimal", *avro)
    fastavro.parse_schema(body)
    again, _ = convert(tmp_path, "o.avsc", "odcs", "back.yaml")
    assert properties(again)["n"].items() >= back.items()
    # And forth again: nothing has changed.
    body2, _ = convert(tmp_path, "back.yaml", "avro", "o2.avsc")
    assert body2["fields"] == body["fields"]


@pytest.mark.parametrize("text, logical, says", [
    ("logicalType: timestamp, logicalTypeOptions: {timezone: false}", "local-timestamp-micros", None),
    ("logicalType: timestamp, logicalTypeOptions: {timezone: true}", "timestamp-micros", None),
    ("logicalType: timestamp", "timestamp-micros", "timestamps without an offset, which are taken for UTC"),
    ("logicalType: time, logicalTypeOptions: {timezone: false}", "time-micros", None),
    ("logicalType: time", "time-micros", "o.t: offsets of times"),
    ("logicalType: date", "timestamp-micros", "dates without a time, which become midnight"),
    ("logicalType: date, logicalTypeOptions: {format: yyyy-MM-dd}", "date", None),
    ("logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}", None, "a date of the form dd.MM.yyyy, which stays text"),
])  # fmt: skip
def test_times_in_avro(tmp_path, text, logical, says):
    contract(tmp_path, f"name: t, {text}")
    body, told = convert(tmp_path, "c.yaml", "avro", "o.avsc")
    kind = body["fields"][0]["type"][1]
    assert (kind["logicalType"] if isinstance(kind, dict) else None) == logical
    assert says in told if says else "o.t" not in told, told
    fastavro.parse_schema(body)
    if logical and not says:
        back, _ = convert(tmp_path, "o.avsc", "odcs", "back.yaml")
        given = yaml.safe_load(f"{{{text}}}")
        if given.get("logicalTypeOptions", {}).get("timezone") is True:
            del given["logicalTypeOptions"]
        assert properties(back)["t"] == given


# There and back.

ROUND = [
    "name: a, logicalType: string, required: true, logicalTypeOptions: {minLength: 1, maxLength: 9, pattern: '^x'}",
    "name: b, logicalType: integer, logicalTypeOptions: {minimum: -5, exclusiveMaximum: 10, multipleOf: 5}",
    "name: c, logicalType: number, logicalTypeOptions: {maximum: 0.5}", "name: d, logicalType: boolean, description: yes or no",
    "name: e, logicalType: date, logicalTypeOptions: {format: yyyy-MM-dd}", "name: f, logicalType: string, logicalTypeOptions: {format: uuid}",
    "name: g, logicalType: array, logicalTypeOptions: {minItems: 1, maxItems: 3, uniqueItems: true}, items: {logicalType: integer, required: true}",
    "name: h, logicalType: object, logicalTypeOptions: {maxProperties: 4}, properties: [{name: i, logicalType: string, required: true}, {name: j, logicalType: number}]",
    "name: k, logicalType: string, classification: pii, examples: [x, y]",
    "name: l, logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: [p, q]}, mustBe: 0}]",
]  # fmt: skip


@pytest.mark.parametrize("kind, file", [("json-schema", "o.json"), ("singer", "o.jsonl")])
def test_what_a_schema_can_say_comes_back_the_same(tmp_path, kind, file):
    contract(tmp_path, *ROUND)
    convert(tmp_path, "c.yaml", kind, file)
    back, told = convert(tmp_path, file, "odcs", "back.yaml")
    assert "not carried over" not in told, told
    first = {one["name"]: one for one in (yaml.safe_load(f"{{{text}}}") for text in ROUND)}
    second = {one["name"]: one for one in back["schema"][0]["properties"]}
    assert second == first


def test_what_avro_cannot_say_is_told_each_and_the_rest_comes_back(tmp_path):
    contract(tmp_path, *ROUND)
    body, told = convert(tmp_path, "c.yaml", "avro", "o.avsc")
    fastavro.parse_schema(body)
    for loss in ["o.a: lengths", "o.a: pattern", "o.b: bounds", "o.c: bounds", "o.f: format", "o.g: numbers of items",
                 "o.l: the rule invalidValues"]:  # fmt: skip
        assert f"not carried over: {loss}" in told, (loss, told)
    back, _ = convert(tmp_path, "o.avsc", "odcs", "back.yaml")
    found = properties(back)
    assert {name: one["logicalType"] for name, one in found.items()} == {
        "a": "string", "b": "integer", "c": "number", "d": "boolean", "e": "date", "f": "string", "g": "array", "h": "object",
        "k": "string", "l": "string",
    }  # fmt: skip
    assert found["a"]["required"] is True and found["k"]["classification"] == "pii"
    assert found["h"]["properties"][0]["required"] is True
