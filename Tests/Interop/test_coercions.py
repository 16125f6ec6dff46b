"""dativo.coerce: the notations that a contract may ask to have changed before values are judged."""
import datetime
import decimal
import json
import random
import re

import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, set_aside
from test_masking import KEY, airbyte, mac


def contract(properties, on_object=None):
    made = {"name": "o", "properties": properties}
    if on_object is not None:
        made["customProperties"] = [{"property": "dativo.coerce", "value": on_object}]
    return {
        "apiVersion": "v3.2.0", "kind": "DataContract", "id": "c", "version": "1", "status": "active",
        "schema": [made],
    }


def field(name, kind, coerce=None, **more):
    extra = [] if coerce is None else [{"property": "dativo.coerce", "value": coerce}]
    described = {"name": name, **({"logicalType": kind} if kind else {}), **more}
    described["customProperties"] = extra + described.get("customProperties", [])
    return described


@pytest.fixture
def gate(tmp_path):
    def gate(*messages, document, mode="strict", options=()):
        (tmp_path / "c.yaml").write_text(json.dumps(document))
        command = ["dativo-validate", "--contract", "c.yaml", "--report", "r.json", "--mode", mode, *options]
        if mode == "quarantine":
            command += ["--quarantine", "q.jsonl"]
        result = run(*command, stdin=lines(*messages), cwd=tmp_path, env={"DATIVO_MASK_KEY": KEY})
        result.lines = result.out.splitlines()
        result.report = json.loads((tmp_path / "r.json").read_text())
        result.stream = result.report["streams"].get("o", {})
        return result

    return gate


@pytest.mark.parametrize(
    "kind, coerce, before, after",
    [
        ("number", "number", '"12.50"', "12.50"),
        ("number", ["number"], '"-0.0e+5"', "-0.0e+5"),
        ("number", ["number"], '"1e400"', "1e400"),
        ("number", ["number"], '"0.1234567890123456789012345"', "0.1234567890123456789012345"),
        ("number", ["number"], '"\\u0031"', "1"),
        ("number", ["number"], "7.0", "7.0"),
        ("integer", ["number"], '"9007199254740993"', "9007199254740993"),
        ("integer", ["number"], '"12.0"', "12.0"),
        ("integer", ["trim", "number"], '" 12\\t"', "12"),
        ("integer", ["empty_to_null", "number"], '""', "null"),
        ("integer", ["trim", "empty_to_null"], '"  "', "null"),
        ("integer", ["number"], "null", "null"),
        ("boolean", ["boolean"], '"true"', "true"),
        ("boolean", ["boolean"], '"false"', "false"),
        ("boolean", ["boolean"], '"1"', "true"),
        ("boolean", ["boolean"], '"0"', "false"),
        ("boolean", ["boolean"], "1", "true"),
        ("boolean", ["boolean"], "0", "false"),
        ("boolean", ["boolean"], "true", "true"),
        ("string", ["trim"], '"\\u00a0 a b\\n"', '"a b"'),
        ("string", ["trim"], '" \\"x\\\\ "', '"\\"x\\\\"'),
        ("string", ["trim"], '"a b"', '"a b"'),
        ("string", ["trim"], '"  "', '""'),
        ("string", ["empty_to_null"], '""', "null"),
        ("string", ["empty_to_null"], '" "', '" "'),
        ("timestamp", ["epoch_s"], "0", '"1970-01-01T00:00:00Z"'),
        ("timestamp", ["epoch_s"], "1700000000", '"2023-11-14T22:13:20Z"'),
        ("timestamp", ["epoch_s"], "1.7e9", '"2023-11-14T22:13:20Z"'),
        ("timestamp", ["epoch_s"], "1700000000.250", '"2023-11-14T22:13:20.25Z"'),
        ("timestamp", ["epoch_s"], "-0.5", '"1969-12-31T23:59:59.5Z"'),
        ("timestamp", ["epoch_s"], "-62135596800", '"0001-01-01T00:00:00Z"'),
        ("timestamp", ["epoch_s"], "253402300799.999999999", '"9999-12-31T23:59:59.999999999Z"'),
        ("timestamp", ["epoch_s"], "1700000000.123456789", '"2023-11-14T22:13:20.123456789Z"'),
        ("timestamp", ["epoch_s"], "253402300799", '"9999-12-31T23:59:59Z"'),
        ("timestamp", ["epoch_ms"], "1700000000123", '"2023-11-14T22:13:20.123Z"'),
        ("timestamp", ["epoch_ms"], "1700000000000", '"2023-11-14T22:13:20Z"'),
        ("timestamp", ["epoch_ms"], "-1", '"1969-12-31T23:59:59.999Z"'),
        ("date", ["epoch_ms"], "951782400000", '"2000-02-29T00:00:00Z"'),
        ("timestamp", ["epoch_s", "number"], '"1700000000"', '"2023-11-14T22:13:20Z"'),
        ("timestamp", ["epoch_s", "number"], '"2024-01-31T00:00:00Z"', '"2024-01-31T00:00:00Z"'),
        # What is not exactly what was asked for stays and violates.
        ("number", ["number"], '"1,5"', None),
        ("number", ["number"], '"007"', None),
        ("number", ["number"], '"+5"', None),
        ("number", ["number"], '".5"', None),
        ("number", ["number"], '"5."', None),
        ("number", ["number"], '" 5"', None),
        ("number", ["number"], '"NaN"', None),
        ("number", ["number"], '"0x10"', None),
        ("number", ["number"], '"5 "', None),
        ("number", ["number"], "true", None),
        ("integer", ["number"], '"12.5"', None),
        ("boolean", ["boolean"], '"True"', None),
        ("boolean", ["boolean"], '"yes"', None),
        ("boolean", ["boolean"], "2", None),
        ("boolean", ["boolean"], "1.0", None),
        ("timestamp", ["epoch_s"], '"1700000000"', None),
        ("timestamp", ["epoch_s"], "1700000000.1234567891", None),
        ("timestamp", ["epoch_s"], "253402300800", None),
        ("timestamp", ["epoch_ms"], "1e30", None),
        ("number", ["trim"], '"5"', None),
        ("number", [], '"5"', None),
    ],
)
def test_values(gate, kind, coerce, before, after):
    document = contract([field("id", "integer"), field("f", kind, coerce)])
    # The first line takes the exact way, the others the fast one.
    line = '{"type":"RECORD","stream":"o","record":{ "f" : %s ,"id":%d, "x": 1.00}, "y" : 2}'
    result = gate(schema("o", {"id": {}}), *[line % (before, n) for n in (1, 2, 3)], document=document)
    if after is None:
        assert result.code == 65 and "/f: " in result.failure["message"], result
        assert "coerced" not in result.stream or before.startswith('" ') or before.endswith(' "')
        return
    assert result.code == 0, result
    assert result.lines[1:] == [line % (after, n) for n in (1, 2, 3)]
    counts = result.stream.get("coerced", {}).get("/f", {})
    assert set(counts.values()) <= {3} and (counts != {}) == (before != after)


def test_an_object_asks_for_all_of_its_properties(gate):
    document = contract(
        [
            field("n", "integer"), field("b", "boolean"), field("s", "string"), field("t", "timestamp"),
            field("kept", "string", []), field("any", None),
            field("in", "object", properties=[field("n", "number"), field("s", "string", ["empty_to_null"])]),
            field("list", "array", items=field("i", "integer")),
            field("map", "map", map={"key": field("k", "string"), "value": field("v", "boolean")}),
        ],
        ["number", "boolean", "trim", "epoch_s"],
    )
    value = {
        "n": " 1 ", "b": "1", "s": " x ", "t": "0", "kept": " x ", "any": " 1 ",
        "in": {"n": "2.5", "s": ""}, "list": ["1", 2, " 3"], "map": {"a": "true", "b": False}, "other": " 1 ",
    }
    result = gate(schema("o", {}), record("o", value), record("o", value), document=document)
    assert result.code == 0, result
    expected = {
        "n": 1, "b": True, "s": "x", "t": "1970-01-01T00:00:00Z", "kept": " x ", "any": "1",
        "in": {"n": 2.5, "s": None}, "list": [1, 2, 3], "map": {"a": True, "b": False}, "other": " 1 ",
    }
    assert [json.loads(line)["record"] for line in result.lines[1:]] == [expected] * 2
    coerced = result.stream["coerced"]
    assert coerced["/n"] == {"trim": 2, "number": 2} and coerced["/list/*"] == {"trim": 2, "number": 4}
    assert coerced["/t"] == {"number": 2, "epoch_s": 2} and coerced["/map/*"] == {"boolean": 2}
    assert "/kept" not in coerced


def test_it_is_off_unless_asked_for(gate):
    line = b'{"type":"RECORD","stream":"o","record":{"f":"5"}}\n'
    assert gate(schema("o", {}), line, document=contract([field("f", "number")])).code == 65


def test_lines_without_such_values_keep_their_bytes(gate):
    document = contract([field("f", "number", ["number"])])
    odd = '{ "record" : {"f":1.0e0 , "g": "\\u0041"} ,  "type":"RECORD","stream":"o","z":[1]}'
    result = gate(schema("o", {"f": {"type": "number"}}), odd, odd, odd, document=document)
    assert result.lines[1:] == [odd] * 3


def test_airbyte_records_are_coerced(gate):
    document = contract([field("f", "number", ["number"])])
    result = gate(*[airbyte("o", {"f": "1.50"}) for _ in range(3)], document=document)
    assert result.code == 0 and result.out.count('"data": {"f": 1.50}') == 3


def test_keys_are_judged_after_coercion(gate, tmp_path):
    document = contract([field("f", "integer", ["number"], primaryKey=True)])
    source = [record("o", {"f": text}) for text in ("1", 2, "2", "3", 3)]
    result = gate(schema("o", {"f": {}}, ["f"]), *source, document=document, mode="quarantine")
    assert [json.loads(line)["record"]["f"] for line in result.lines[1:]] == [1, 2, 3]
    kept = [line["record"]["f"] for line in set_aside(tmp_path / "q.jsonl")]
    assert kept == ["2", 3]


def test_quarantine_keeps_what_came_and_warn_passes_it_coerced(gate, tmp_path):
    document = contract([field("f", "number", ["number"]), field("g", "integer")])
    bad = record("o", {"f": "1.5", "g": "x"})
    gate(schema("o", {}), bad, document=document, mode="quarantine")
    assert [line["record"] for line in set_aside(tmp_path / "q.jsonl")] == [bad["record"]]
    result = gate(schema("o", {}), bad, document=document, mode="warn")
    assert json.loads(result.lines[1])["record"] == {"f": 1.5, "g": "x"}


def test_coerced_values_are_masked(gate, tmp_path):
    mask = [{"property": "dativo.mask", "value": "hash"}]
    document = contract([
        field("f", "number", ["number"], customProperties=mask), field("s", "string", ["trim"], customProperties=mask),
        field("g", "integer", ["number"]),
    ])
    good = record("o", {"g": "1", "f": "1.50", "s": " x"})
    result = gate(schema("o", {}), good, good, record("o", {"f": "2.50", "g": "x"}), document=document, mode="quarantine")
    assert [json.loads(line)["record"] for line in result.lines[1:]] == [{"g": 1, "f": mac("1.5"), "s": mac("x")}] * 2
    assert [line["record"] for line in set_aside(tmp_path / "q.jsonl")] == [{"f": mac("2.50"), "g": "x"}]


def test_the_schema_says_the_coerced_types(gate):
    document = contract([
        field("n", "number", ["number"], logicalTypeOptions={"multipleOf": 0.01, "minimum": 0, "maximum": 10}),
        field("i", "integer", ["number"]), field("b", "boolean", ["boolean"]),
        field("t", "timestamp", ["epoch_s"]), field("e", "string", ["empty_to_null"]), field("o", "integer", ["number"]),
        field("l", "array", items=field("x", "integer", ["number"])),
    ])
    text = {"type": ["null", "string"], "maxLength": 9}
    properties = {
        "n": text, "i": {"type": "string"}, "b": {"type": ["string", "integer"]}, "t": {"type": "integer", "minimum": 0},
        "e": {"type": "string"}, "o": {"type": "integer"}, "l": {"type": "array", "items": {"type": "string"}},
    }
    got = json.loads(gate(schema("o", properties), document=document).lines[0])["schema"]["properties"]
    assert got == {
        "n": {"type": ["null", "number"], "multipleOf": 0.01, "maximum": 10}, "i": {"type": "integer"},
        "b": {"type": "boolean"}, "t": {"type": "string", "format": "date-time"}, "e": {"type": ["null", "string"]},
        "o": {"type": "integer"}, "l": {"type": "array", "items": {"type": "integer"}},
    }
    # Where records pass that break the contract, what could not be coerced passes too.
    got = json.loads(gate(schema("o", properties), document=document, mode="warn").lines[0])["schema"]["properties"]
    assert got["i"] == {"type": ["string", "integer"]}


def test_the_table_has_the_coerced_types(gate, tmp_path):
    document = contract([
        field("n", "integer", ["number"]), field("t", "timestamp", ["epoch_ms"]), field("b", "boolean", ["boolean"])])
    properties = {"n": {"type": "string"}, "t": {"type": "integer"}, "b": {"type": "string"}}
    rows = [record("o", {"n": str(n), "t": n, "b": "1"}) for n in range(5)]
    result = gate(schema("o", properties), *rows, document=document)
    (tmp_path / "t.json").write_text(json.dumps({"destination": str(tmp_path / "out")}))
    loaded = run("dativo-target-parquet", "--config", tmp_path / "t.json", stdin=result.out)
    assert loaded.code == 0, loaded
    (file,) = (tmp_path / "out" / "o").glob("*.parquet")
    table = pq.read_table(file)
    assert table["n"].to_pylist() == list(range(5)) and table["b"].to_pylist() == [True] * 5
    assert str(table.schema.field("t").type).startswith("timestamp[")


NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def expected(kind, asked, value):
    """What Python makes of a value that is asked to be coerced."""
    if isinstance(value, str):
        if "trim" in asked:
            value = value.strip()
        if "empty_to_null" in asked and value == "":
            return None
        if "number" in asked and NUMBER.fullmatch(value):
            number = decimal.Decimal(value)
            if kind == "number" or number == number.to_integral_value():
                return number
        if "boolean" in asked:
            return {"true": True, "1": True, "false": False, "0": False}.get(value, value)
        return value
    if "boolean" in asked and isinstance(value, int) and value in (0, 1):
        return bool(value)
    if "epoch_s" in asked and isinstance(value, (int, float)) and not isinstance(value, bool):
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(value))
        fraction = ".25" if value != int(value) else ""
        return moment.strftime("%Y-%m-%dT%H:%M:%S").zfill(19) + fraction + "Z"
    return value


RANDOM = {
    "n": ("number", ["number", "trim"]), "i": ("integer", ["number", "empty_to_null"]), "b": ("boolean", ["boolean"]),
    "s": ("string", ["trim", "empty_to_null"]), "t": ("timestamp", ["epoch_s"]), "p": ("string", None),
}


@pytest.mark.parametrize("seed", range(4))
def test_random_records_are_coerced_as_the_oracle_does(gate, seed):
    chance = random.Random(seed)
    document = contract([
        field("id", "integer"), *[field(name, *RANDOM[name]) for name in RANDOM],
        field("o", "object", properties=[field(name, *RANDOM[name]) for name in ("n", "s", "p")]),
        field("a", "array", items=field("x", "integer", ["number"])),
    ])

    def value(kind):
        number = chance.choice([0, 1, chance.randrange(-10**9, 10**11), chance.randrange(10**6) + 0.25])
        texts = ["", " ", "a", " a é ", "\t\"", "true", "0", "1", "007", str(number), f" {number}", f"{number} ", "1e2"]
        if chance.random() < 0.5:
            return {"number": number, "integer": int(number), "boolean": True, "timestamp": int(number)}.get(kind, "x ")
        return chance.choice(texts + [None, number, True])

    def members(names):
        return {name: value(RANDOM[name][0]) for name in names if chance.random() < 0.8}

    rows = [
        {"id": n, **members(RANDOM), "o": members(["n", "s", "p"]), "a": [value("integer") for _ in range(n % 3)], "z": " 1 "}
        for n in range(400)
    ]
    styles = [(", ", ": "), (",", ":"), (" ,  ", " : ")]
    texts = [json.dumps(record("o", row), separators=chance.choices(styles, [8, 1, 1])[0]) for row in rows]
    result = gate(schema("o", {}), *texts, document=document, mode="warn")
    assert result.code == 0, result

    def coerced(row, names):
        return {k: expected(*RANDOM[k], v) if k in names and RANDOM[k][1] else v for k, v in row.items()}

    for line, row in zip(result.lines[1:], rows, strict=True):
        wanted = coerced(row, RANDOM)
        wanted["o"] = coerced(row["o"], RANDOM)
        wanted["a"] = [expected("integer", ["number"], v) for v in row["a"]]
        got = json.loads(line, parse_float=decimal.Decimal)["record"]
        assert same(got, wanted), (got, wanted)


def same(got, wanted):
    """Whether both are equal, with booleans and numbers told apart."""
    if isinstance(wanted, dict):
        return got.keys() == wanted.keys() and all(same(got[k], wanted[k]) for k in got)
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(map(same, got, wanted))
    return isinstance(got, bool) == isinstance(wanted, bool) and got == wanted


CONTRACT = """\
apiVersion: v3.0.2
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: o
    customProperties:
      - property: dativo.coerce
        value: [trim]
    properties:
      - name: f
        logicalType: number
        customProperties:
          - property: dativo.coerce
            value: [number, trim]
"""


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("[number, trim]", "[nubmer]", 'c.yaml:16:21: unknown coercion "nubmer" (Did you mean "number"?)'),
        ("[number, trim]", "nubmer", 'c.yaml:16:20: unknown coercion "nubmer"'),
        ("[number, trim]", "{number: true}", "c.yaml:16:20: dativo.coerce is no list of names"),
        ("[number, trim]", "[boolean]", "c.yaml:16:20: the coercion boolean does not lead to a number"),
        ("[trim]", "[tirm]", 'c.yaml:10:17: unknown coercion "tirm" (Did you mean "trim"?)'),
        ("[number, trim]", "[epoch_s, epoch_ms]", "not both"),
        ("            value: [number, trim]\n", "", "c.yaml:15:13: dativo.coerce has no value"),
        ("          - property: dativo.coerce", "          - property: dativo.corece", 'c.yaml:15:23: unknown customProperty "dativo.corece"'),
        ("      - property: dativo.coerce\n        value: [trim]", "      - property: dativo.coerces\n        value: [trim]", 'c.yaml:9:19: unknown customProperty "dativo.coerces"'),
        ("logicalType: number", "logicalType: date\n        logicalTypeOptions: {format: yyyy-MM-dd}", "does not lead to a date"),
        ("logicalType: number", "logicalType: date\n        logicalTypeOptions: {format: yyyy-MM-dd}#E", "do not fit the format of f"),
        ("status: active", "status: active\ncustomProperties: [{property: dativo.coerce, value: trim}]", "c.yaml:6:31: dativo.coerce does not stand"),
    ],
)
def test_wrong_contracts_are_errors_with_line_and_column(tmp_path, old, new, message):
    text = CONTRACT.replace(old, new.removesuffix("#E"), 1)
    if new.endswith("#E"):
        text = text.replace("[number, trim]", "[epoch_s]")
    (tmp_path / "c.yaml").write_text(text)
    result = run("dativo-validate", "--contract", "c.yaml", cwd=tmp_path)
    assert result.code == 78 and message in result.err, result
