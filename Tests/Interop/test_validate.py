"""dativo-validate as its users run it: contracts, modes, quarantine, report, STATE, bad input."""
import datetime
import json
import random
import re

import pytest

from conftest import lines, record, run, schema, state

PROPERTIES = {
    "id": {"type": "integer"},
    "code": {"type": ["null", "string"]},
    "amount": {"type": ["null", "number"]},
    "day": {"type": ["null", "string"]},
}
SCHEMA = schema("o", PROPERTIES, ["id"])

CONTRACT = """
apiVersion: v3.0.2
kind: DataContract
id: orders
version: 1.10
status: active
team:
  - {username: ann, role: Owner}
schema:
  - name: o
    properties:
      - {name: id, logicalType: integer, primaryKey: true, logicalTypeOptions: {format: i32}}
      - name: code
        logicalType: string
        required: true
        classification: restricted
        logicalTypeOptions: {pattern: '^[A-Z]{2}$', maxLength: 2}
      - name: amount
        logicalType: number
        logicalTypeOptions: {minimum: 0, maximum: 100, exclusiveMaximum: true, multipleOf: 0.01}
      - {name: day, logicalType: date, logicalTypeOptions: {format: yyyy-MM-dd, minimum: "2020-01-01"}}
"""

GOOD = {"id": 1, "code": "AB", "amount": 19.99, "day": "2024-02-29"}


@pytest.fixture
def validate(tmp_path):
    def validate(*messages, contract=None, options=(), report=True):
        command = ["dativo-validate", *options]
        if contract is not None:
            (tmp_path / "c.yaml").write_text(contract)
            command += ["--contract", "c.yaml"]
        if report:
            command += ["--report", "report.json"]
        (tmp_path / "report.json").unlink(missing_ok=True)
        result = run(*command, stdin=lines(*messages), cwd=tmp_path)
        path = tmp_path / "report.json"
        result.report = json.loads(path.read_text()) if path.exists() else None
        return result

    return validate


def quarantined(tmp_path):
    found = [json.loads(line) for line in (tmp_path / "q.jsonl").read_text().splitlines()]
    return [line for line in found if line["type"] == "RECORD"]


def violations(result, stream="o"):
    found = result.report["streams"][stream]["violations"]
    return {(v["pointer"], v["rule"], v.get("code"), v["count"], v["first_line"]) for v in found}


def test_untouched_lines_leave_byte_for_byte(validate):
    odd = b'{ "record" : {"code":"AB","id":1.0e0 }, "type":"record","stream":"o","x":[1] }\r\n'
    source = [SCHEMA, odd, b"\n", {"type": "HEARTBEAT"}, record("o", {**GOOD, "id": 2}), state({})]
    result = validate(*source)
    assert result.code == 0, result
    assert result.out.encode() == lines(*source)


def test_a_byte_order_mark_and_a_last_line_without_newline_stay(validate):
    text = b"\xef\xbb\xbf" + lines(SCHEMA) + lines(record("o", GOOD))[:-1]
    result = validate(text)
    assert (result.code, result.out.encode()) == (0, text)


@pytest.mark.parametrize(
    "change, pointer, rule, code",
    [
        ({"id": 2**31}, "/id", "format", None),
        ({"id": 1.5}, "/id", "type", None),
        ({"id": None}, "/id", "primaryKey", "null"),
        ({"code": None}, "/code", "required", "null"),
        ({"code": ...}, "/code", "required", "missing"),
        ({"code": "ab"}, "/code", "pattern", None),
        ({"code": "A\n"}, "/code", "pattern", None),
        ({"code": 7}, "/code", "type", None),
        ({"amount": 1.255}, "/amount", "multipleOf", None),
        ({"amount": 100}, "/amount", "exclusiveMaximum", None),
        ({"amount": -0.01}, "/amount", "minimum", None),
        ({"amount": "1"}, "/amount", "type", None),
        ({"day": "2024-02-30"}, "/day", "format", None),
        ({"day": "03/02/2024"}, "/day", "format", None),
        ({"day": "2019-12-31"}, "/day", "minimum", None),
    ],
)
def test_strict_ends_at_the_first_violation(validate, change, pointer, rule, code):
    bad = {k: v for k, v in {**GOOD, "id": 2, **change}.items() if v is not ...}
    last = record("o", {**GOOD, "id": 3})
    result = validate(SCHEMA, record("o", GOOD), record("o", bad), last, contract=CONTRACT)
    assert result.code == 65, result
    assert f"line 3: stream o, {pointer}: {rule}" in result.failure["message"]
    got = result.out.split("\n")
    assert json.loads(got[1]) == record("o", GOOD)
    assert got[2] == '{"type":"ABORT",' and len(got) == 3
    found = {(v[0], v[1], v[2]) for v in violations(result)}
    assert (pointer, rule, code) in found
    assert all(v[4] == 3 for v in violations(result))


def test_warn_counts_and_passes(validate):
    source = [record("o", {**GOOD, "id": n, "amount": 200 + n}) for n in range(3)]
    result = validate(SCHEMA, *source, contract=CONTRACT, options=["--mode", "warn"])
    assert result.code == 0, result
    assert result.out.encode().endswith(lines(*source))
    assert violations(result) == {("/amount", "exclusiveMaximum", None, 3, 2)}
    assert result.report["streams"]["o"]["passed"] == 3


def test_quarantine_keeps_the_bytes_and_precedes_the_state(validate, tmp_path):
    bad = b'{"type":"RECORD","stream":"o","record":{"id":2, "code":"x","amount":1e400}}\n'
    source = [SCHEMA, record("o", GOOD), bad, b"no json\n", state({"a": 1})]
    result = validate(
        *source, contract=CONTRACT, options=["--mode", "quarantine", "--quarantine", "q.jsonl"]
    )
    assert result.code == 0, result
    assert result.out.encode().endswith(lines(record("o", GOOD), state({"a": 1})))
    first, second = quarantined(tmp_path)
    assert (tmp_path / "q.jsonl").read_text().count('{"id":2, "code":"x","amount":1e400}') == 1
    assert (first["stream"], first["line"], first["run"]) == ("o", 3, result.report["run"])
    assert {(v["pointer"], v["rule"]) for v in first["violations"]} == {
        ("/code", "pattern"),
        ("/amount", "exclusiveMaximum"),
    }
    assert (second["stream"], second["record"]) == ("_dativo_lines", {"text": "no json"})
    assert second["line"] == 4
    assert result.report["streams"]["o"]["quarantined"] == 1


def test_a_key_is_unique_among_accepted_records(validate, tmp_path):
    source = [
        record("o", {**GOOD, "id": 5, "code": "xx"}),
        record("o", {**GOOD, "id": 5}),
        b'{"type":"RECORD","stream":"o","record":{"id":5.0,"code":"AB"}}\n',
        record("o", {**GOOD, "id": 6}),
    ]
    result = validate(
        SCHEMA, *source, contract=CONTRACT, options=["--mode", "quarantine", "--quarantine", "q.jsonl"]
    )
    assert result.code == 0, result
    assert [(r["line"], r["violations"][0]["rule"]) for r in quarantined(tmp_path)] == [
        (2, "pattern"),
        (4, "primaryKey"),
    ]


def test_duplicate_keys_are_violations_of_a_contract_only(validate):
    twice = b'{"type":"RECORD","stream":"o","record":{"id":1,"code":"AB","id":2,"x":{"a":1,"a":2}}}\n'
    assert validate(SCHEMA, twice).code == 0
    result = validate(SCHEMA, record("o", {**GOOD, "id": 9}), twice, contract=CONTRACT)
    assert result.code == 65
    assert {v[:2] for v in violations(result)} == {("/id", "duplicateKey"), ("/x/a", "duplicateKey")}


def test_the_schema_carries_the_contract(validate):
    result = validate(SCHEMA, contract=CONTRACT)
    sent = json.loads(result.out)["schema"]
    assert sent["x-dativo"]["odcs.id"] == "orders"
    assert sent["x-dativo"]["odcs.version"] == "1.10"
    assert len(sent["x-dativo"]["odcs.sha256"]) == 64
    assert sent["x-dativo"]["owner"] == "ann"
    assert sent["x-dativo"]["fields"] == {"code": {"classification": "restricted"}}
    assert sent["properties"]["day"]["format"] == "date"
    assert sent["properties"]["amount"]["multipleOf"] == 0.01
    warned = validate(SCHEMA, contract=CONTRACT, options=["--mode", "warn"])
    assert json.loads(warned.out)["schema"]["properties"] == PROPERTIES


def test_a_state_waits_for_rules_of_the_end(validate):
    rule = CONTRACT + "    quality: [{rule: rowCount, mustBeGreaterThan: 1}]\n"
    few = validate(SCHEMA, record("o", GOOD), state({"a": 1}), contract=rule)
    assert few.code == 65 and "STATE" not in few.out
    assert "rowCount is 1, expected more than 1" in few.failure["message"]
    two = [record("o", GOOD), state({"a": 1}), record("o", {**GOOD, "id": 2}), state({"a": 2})]
    enough = validate(SCHEMA, *two, contract=rule)
    assert enough.code == 0
    assert enough.out.encode().endswith(lines(two[0], two[2], two[3]))
    assert enough.report["streams"]["o"]["end_rules"][0]["actual"] == 2


def test_what_is_not_evaluated_is_skipped_not_passed(validate):
    rule = CONTRACT + "    quality: [{type: sql, query: select 1, mustBe: 1}, {rule: freshness}]\n"
    result = validate(SCHEMA, record("o", GOOD), contract=rule)
    assert [s["rule"] for s in result.report["streams"]["o"]["skipped"]] == ["sql", "freshness"]


def test_limits(validate):
    source = [record("o", {**GOOD, "id": n, "amount": -1}) for n in range(4)]
    options = ["--mode", "warn", "--max-violations"]
    over = validate(SCHEMA, *source, contract=CONTRACT, options=[*options, "2"])
    assert over.code == 65 and "line 4: more than 2 violating" in over.failure["message"]
    assert validate(SCHEMA, *source, contract=CONTRACT, options=[*options, "4"]).code == 0
    assert validate(SCHEMA, *source, contract=CONTRACT, options=[*options, "99%"]).code == 65


@pytest.mark.parametrize(
    "data, message",
    [
        (b"hello\n", "line 1: not JSON"),
        (b"[1]\n", "line 1: no JSON object"),
        (b'{"a":1}\n', "line 1: a message without a type"),
        (b'{"type":"REC', "line 1: the input ends in the middle of a line"),
        (lines(record("o", {})), "line 1: a record of stream o before a corresponding schema"),
        (lines(SCHEMA) + b'{"type":"RECORD","stream":"o","record":{"id":1,"code":"\xff"}}\n',
         "line 2: not JSON (invalid UTF-8)"),
        (lines(SCHEMA, record("o", {"code": "AB"})), "missing key properties: id"),
        (lines(schema("o", {"a": {"type": "text"}})), '"text" is no type'),
        (lines({"type": "SCHEMA", "stream": "o", "schema": [1]}), "the schema of stream o is no object"),
    ],
)  # fmt: skip
def test_bad_input(validate, data, message):
    result = validate(data)
    assert result.code == 65, result
    assert message in result.failure["message"]


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("required: true", "requird: true", '15:9: unknown key "requird" in the property code (Did you mean "required"?)'),
        ("logicalType: number", "logicalType: decimal", 'unknown logicalType "decimal" of amount (Did you mean "number"?)'),
        ("minimum: 0,", "minimum: 200,", "less than the minimum 200"),
        ("[A-Z]{2}", "[A-Z{2}", "is no regular expression"),
        ("v3.0.2", "v9", "apiVersion v9 is not one of"),
        ("name: code", "name: id", 'the property "id" of o stands twice'),
        ("status: active\n", "", 'the key "status" is missing'),
        ("kind: DataContract", "kind: [", "c.yaml:5:8: did not find"),
    ],
)  # fmt: skip
def test_a_broken_contract_names_its_place(validate, old, new, message):
    assert old in CONTRACT
    result = validate(SCHEMA, contract=CONTRACT.replace(old, new, 1))
    assert result.code == 78, result
    assert re.match(r"c\.yaml:\d+:\d+: ", result.failure["message"])
    assert message in result.err


def test_airbyte_lines_pass_as_airbyte_lines(validate):
    def airbyte(data):
        return {"type": "RECORD", "record": {"stream": "o", "data": data, "emitted_at": 1}}

    good = [airbyte({**GOOD, "id": n}) for n in range(3)]
    log = {"type": "LOG", "log": {"level": "INFO", "message": "x"}}
    end = {"type": "STATE", "state": {"type": "GLOBAL"}}
    result = validate(log, *good, end, contract=CONTRACT)
    assert (result.code, result.out.encode()) == (0, lines(log, *good, end))
    assert validate(*good, airbyte({**GOOD, "code": 1}), contract=CONTRACT).code == 65


# Values that are often right and often just wrong.
POOLS = {
    "id": ["1", "7", "2147483647", "2147483648", "1.0", "1e2", "-0", "1.5", "null", '"1"', "true"],
    "code": ['"AB"', '"ab"', '"A"', '"\\u0041B"', '"ABC"', "null", "1", '"É"', '"AB\\n"', "[]"],
    "amount": ["0", "0.00", "99.99", "99.990", "100", "100.00", "1e1", "0.001", "-0.0", "-0.01",
               "99.9999999999999999999", "null", '"1"', "12345678901234567890"],
    "day": ['"2024-02-29"', '"2023-02-29"', '"2020-01-01"', '"2019-12-31"', '"2024-2-1"', "null",
            '"2024-02-2\\u0039"', '"0000-01-01"', "20240229"],
    "extra": ["1", "{}", '{"a":1,"a":2}', '[{"b":1}]'],
}  # fmt: skip


def oracle(fields):
    """Whether a record, as pairs of key and JSON text, keeps the contract above."""
    names = [name for name, _ in fields]
    if len(set(names)) < len(names) or any(t == '{"a":1,"a":2}' for _, t in fields):
        return False
    from decimal import Decimal

    value = {k: json.loads(t, parse_float=Decimal, parse_int=Decimal) for k, t in fields}
    identity = value.get("id")
    if not isinstance(identity, Decimal) or identity % 1 or not -(2**31) <= identity < 2**31:
        return False
    if not isinstance(value.get("code"), str) or not re.fullmatch("[A-Z]{2}", value["code"]):
        return False
    amount = value.get("amount")
    if amount is not None:
        if not isinstance(amount, Decimal) or not 0 <= amount < 100:
            return False
        if amount != amount.quantize(Decimal("0.01")):
            return False
    day = value.get("day")
    if day is not None:
        if not isinstance(day, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            return False
        try:
            return datetime.date.fromisoformat(day) >= datetime.date(2020, 1, 1)
        except ValueError:
            return False
    return True


@pytest.mark.parametrize("seed", range(4))
def test_fast_and_exact_agree_with_an_oracle(validate, seed):
    rng = random.Random(seed)
    contract = CONTRACT.replace("primaryKey: true", "required: true")
    source, kept = [], []
    for _ in range(3000):
        fields = [(name, rng.choice(pool)) for name, pool in POOLS.items() if rng.random() < 0.9]
        if rng.random() < 0.6:
            good = {"id": '1', "code": '"AB"', "amount": "19.99", "day": '"2024-02-29"'}
            broken = rng.choice([*POOLS, None])
            fields = [(n, t if n == broken else good.get(n, "1")) for n, t in fields]
        if rng.random() < 0.1:
            rng.shuffle(fields)
        if rng.random() < 0.03 and fields:
            fields.append(rng.choice(fields))
        gap = rng.choice(["", "", " "])
        body = ",".join(f'"{name}":{gap}{text}' for name, text in fields)
        line = f'{{"type":"RECORD","stream":"o","record":{{{body}}}}}'
        source.append(line)
        if oracle(fields):
            kept.append(line)
    options = ["--mode", "quarantine", "--quarantine", "q.jsonl"]
    loose = schema("o", PROPERTIES)
    result = validate(loose, *source, contract=contract, options=options)
    assert result.code == 0, result
    assert len(kept) > 300
    assert result.out.split("\n")[1:-1] == kept
    counts = result.report["streams"]["o"]
    assert (counts["read"], counts["passed"]) == (3000, len(kept))
    # As many unknown fields are counted as came, whichever check saw them; one that stands twice
    # in a record may count twice.
    total = sum('"extra":' in line for line in source)
    twice = sum(line.count('"extra":') > 1 for line in source)
    assert total <= counts["unknown_fields"]["extra"] <= total + twice


def test_a_report_of_a_former_run_does_not_outlive_the_beginning_of_this_one(tmp_path):
    path = tmp_path / "report.json"
    path.write_text('{"result": "passed"}')
    (tmp_path / "c.yaml").write_text("kind: DataContract\napiVersion: v9\n")
    broken = run("dativo-validate", "--contract", "c.yaml", "--report", "report.json", cwd=tmp_path)
    assert broken.code == 78
    report = json.loads(path.read_text())
    assert report["result"] == "failed" and report["code"] == 78


def test_a_report_that_cannot_be_written_is_told_before_a_line_is_read(tmp_path):
    told = run("dativo-validate", "--report", "none/r.json", stdin='{"type":"STATE","value":1}\n', cwd=tmp_path)
    assert told.code == 74 and told.out in ("", '{"type":"ABORT",')
    assert "a folder that is there" in told.err


def test_rules_that_are_broken_equally_often_are_told_in_one_order():
    value = {"type": "number", "multipleOf": 0.01, "minimum": -100, "maximum": 5, "not": {"const": 7.001}}
    messages = lines(schema("s", {name: value for name in "abcd"}), record("s", {name: 7.001 for name in "abcd"}))
    told = {run("dativo-validate", "--mode", "warn", stdin=messages).err for _ in range(8)}
    assert len(told) == 1, told
    assert told.pop().count("first in line 2") >= 8


def test_a_name_cannot_rewrite_the_terminal():
    name = "s\x1b[2J\x9b31m\u202e"
    done = run("dativo-validate", stdin=lines(schema(name, {"a": {"type": "integer"}}), record(name, {"a": 1})))
    assert done.code == 0 and "1 read, 1 passed" in done.err
    assert "s?[2J?31m?:" in done.err, repr(done.err)
