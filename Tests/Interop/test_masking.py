"""Masking in dativo-validate: actions, policies, what leaves; canaries tell whether anything leaks."""
import base64
import hashlib
import hmac
import itertools
import json
import os
import random
import resource
import signal
import subprocess
import time

import pyarrow.parquet as pq
import pytest

from conftest import BIN, lines, record, run, schema, state, set_aside
from job_project import project  # noqa: F401

KEY = "0123456789abcdef0123"
ACTIONS = ["drop", "null", "redact", "hash", {"truncate": 3}, "last4"]
TYPES = ["string", "integer", "number", "date", "object", "array"]
PLACES = ["top", "nested", "item", "value"]


def name_of(action):
    return action if isinstance(action, str) else next(iter(action))


class Canary:
    """A value that nobody else has, in the type of its field."""

    numbers = itertools.count(41)

    def __init__(self, kind):
        number = next(Canary.numbers)
        digits = hashlib.sha256(str(number).encode()).digest()
        token = "".join("ghjkmnpqrstvwxyz"[b & 15] for b in digits[:10])
        self.text = f'Zoë "{token}\\{token[::-1]}'
        self.token = token
        self.digits = str(700_000_000_000_000 + int.from_bytes(digits[10:16], "big") % 10**14)
        day = 1 + int.from_bytes(digits[16:18], "big") % 28
        self.date = f"{1000 + number}-0{1 + digits[18] % 9}-{day:02}T00:00:00.{self.digits[:9]}Z"
        self.kind = kind
        self.value = {
            "string": self.text,
            "integer": int(self.digits),
            "number": float(self.digits[:12] + "." + self.digits[12:]),
            "date": self.date,
            "object": {"x": self.text, token[:8]: 1},
            "array": [self.text, self.text],
        }[kind]

    @property
    def wrong(self):
        """A value of another type with the same canary in it."""
        return {"w": [self.text, int(self.digits)]} if self.kind != "object" else self.text

    def forms(self):
        """All that must be found nowhere: the text, escaped, its halves, its digits, as base64."""
        halves = [self.token, self.token[::-1], self.digits, self.digits[:12]]
        halves += {"date": [self.date], "number": [str(self.value)]}.get(self.kind, [])
        texts = [self.text, json.dumps(self.text)[1:-1], json.dumps(self.text, ensure_ascii=False)[1:-1]]
        found = {text.encode() for text in halves + texts}
        for text in (self.text.encode(), self.token.encode(), self.digits.encode()):
            for shift in range(3):
                coded = base64.b64encode(b"\0" * shift + text + b"\0" * 3)
                found.add(coded[2 if shift else 0 : 4 * (len(text) // 3) - 2][2 if shift else 0 :])
        return {form for form in found if len(form) >= 8}


class Field:
    def __init__(self, action, kind, place):
        self.action, self.kind, self.place = action, kind, place
        self.name = f"{name_of(action)}_{kind}_{place}"
        self.canary = Canary(kind)

    def described(self, masked=True):
        inner = {"name": self.name, "logicalType": self.kind}
        if self.kind == "array":
            inner["items"] = {"logicalType": "string"}
        mask = [{"property": "dativo.mask", "value": self.action}] if masked else []
        if self.place == "top":
            return {**inner, "customProperties": mask}
        inner = {**inner, "name": "x", "customProperties": mask}
        outer = {"name": self.name}
        if self.place == "nested":
            return {**outer, "logicalType": "object", "properties": [inner]}
        if self.place == "item":
            return {**outer, "logicalType": "array", "items": inner}
        key = {"name": "k", "logicalType": "string"}
        return {**outer, "logicalType": "map", "map": {"key": key, "value": inner}}

    @property
    def misfit(self):
        """A value that is none of the field's shape at all, with the canary in it."""
        wrong = self.canary.wrong
        return [wrong] if self.place == "nested" else self.canary.text if self.place != "top" else wrong

    def wrap(self, value):
        return {
            "top": value, "nested": {"x": value, "y": 1}, "item": [value, value], "value": {"k": value}
        }[self.place]

    def schema(self):
        inner = {
            "date": {"type": "string", "format": "date-time"},
            "object": {"type": "object", "properties": {"x": {"type": "string"}}},
            "array": {"type": "array", "items": {"type": "string", "examples": [self.canary.text]}},
        }.get(self.kind, {"type": self.kind})
        inner = {**inner, "default": self.canary.value, "enum": [self.canary.value]}
        return {
            "top": inner,
            "nested": {"type": "object", "properties": {"x": inner}, "required": ["x"]},
            "item": {"type": "array", "items": inner},
            "value": {"type": "object", "additionalProperties": inner},
        }[self.place]


FIELDS = [Field(a, k, p) for a in ACTIONS for k in TYPES for p in PLACES]


def contract(fields=FIELDS, masked=True):
    properties = [{"name": "id", "logicalType": "integer", "primaryKey": True}]
    properties += [field.described(masked) for field in fields]
    return {
        "apiVersion": "v3.2.0", "kind": "DataContract", "id": "c", "version": "1", "status": "active",
        "schema": [{"name": "o", "properties": properties}],
    }


def airbyte(stream, value):
    return {"type": "RECORD", "record": {"stream": stream, "data": value, "emitted_at": 1700000000000}}


FORMS = {"singer": record, "airbyte": airbyte}


def good(number, fields=FIELDS):
    return {"id": number, **{field.name: field.wrap(field.canary.value) for field in fields}}


def schema_line(fields=FIELDS):
    return schema("o", {"id": {"type": "integer"}, **{f.name: f.schema() for f in fields}}, ["id"])


@pytest.fixture
def gate(tmp_path):
    """Runs dativo-validate in a folder of its own; all that it leaves lies there."""
    folder = tmp_path / "run"

    def gate(*messages, document=None, masking=None, options=(), mode="strict", key=KEY, env=None):
        folder.mkdir(exist_ok=True)
        (tmp_path / "c.yaml").write_text(json.dumps(document or contract()))
        config = {} if masking is None else {"masking": masking}
        (tmp_path / "v.json").write_text(json.dumps(config))
        command = ["dativo-validate", "--config", "../v.json", "--contract", "../c.yaml"]
        command += ["--mode", mode, "--report", "report.json", *options]
        if mode == "quarantine":
            command += ["--quarantine", "q.jsonl"]
        events, writing = os.pipe()
        os.set_inheritable(writing, True)
        environment = {**os.environ, "DATIVO_EVENTS_FD": str(writing), **(env or {})}
        environment.pop("DATIVO_MASK_KEY", None)
        if key:
            environment["DATIVO_MASK_KEY"] = key
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]], input=lines(*messages), cwd=folder,
            capture_output=True, env=environment, pass_fds=[writing], timeout=60,
        )
        os.close(writing)
        with os.fdopen(events, "rb") as reader:
            (folder / "events").write_bytes(reader.read())
        (folder / "stdout").write_bytes(done.stdout)
        (folder / "stderr").write_bytes(done.stderr)
        done.records = [m for m in map(loads, done.stdout.splitlines()) if m and m["type"] == "RECORD"]
        report = folder / "report.json"
        done.report = json.loads(report.read_text()) if report.exists() else None
        done.text = done.stderr.decode()
        return done

    gate.folder = folder
    return gate


def loads(line):
    try:
        return json.loads(line)
    except ValueError:
        return None


def leaks(folder, fields=FIELDS):
    """The canaries that some file of the folder holds, with the file."""
    found = set()
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        for field in fields:
            if any(form in content for form in field.canary.forms()):
                found.add((field.name, path.name))
    return found


# What actions make of values.


def mac(text):
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "action, kind, value, masked",
    [
        ("null", "string", "abc", None),
        ("redact", "string", "abc", "[redacted]"),
        ("redact", "integer", 12, None),
        ("redact", "boolean", True, None),
        ("hash", "string", "añb\"c\n", mac("añb\"c\n")),
        ("hash", "string", "", mac("")),
        ("hash", "integer", 42, mac("42")),
        ("hash", "integer", "42.0", mac("42")),
        ("hash", "integer", "4.2e1", mac("42")),
        ("hash", "integer", "-7", mac("-7")),
        ("hash", "integer", "-0", mac("0")),
        ("hash", "integer", "123456789012345678901234567890", mac("123456789012345678901234567890")),
        ("hash", "number", "1.50", mac("1.5")),
        ("hash", "number", "15e-1", mac("1.5")),
        ("hash", "number", "0.001", mac("0.001")),
        ("hash", "number", "1e2", mac("100")),
        ("hash", "boolean", True, mac("true")),
        ("hash", "string", None, None),
        ("hash", "object", {"a": 1}, None),
        ("hash", "array", ["a"], None),
        ({"truncate": 2}, "string", "añbc", "añ"),
        ({"truncate": 2}, "string", "\\\"x", "\\\""),
        ({"truncate": 0}, "string", "abc", ""),
        ({"truncate": 2}, "integer", 1234, None),
        ({"truncate": 2}, "object", {"ab": "cd"}, None),
        ("last4", "string", "4111-1111 1111/1234", "****-**** ****/1234"),
        ("last4", "string", "1234", "****"),
        ("last4", "string", "a-b", "*-*"),
        ("last4", "string", "日本語テキスト", "***テキスト"),
        ("last4", "integer", 4111111111111234, "************1234"),
        ("last4", "number", "1.5e3", None),
        ("last4", "boolean", False, None),
    ],
)
def test_actions(gate, action, kind, value, masked):
    one = {"name": "f", "logicalType": kind, "customProperties": [{"property": "dativo.mask", "value": action}]}
    document = contract([])
    document["schema"][0]["properties"].append(one)
    raw = value if isinstance(value, str) and kind in ("integer", "number") else json.dumps(value)
    # Twice: the first line takes the exact way, the second the fast one.
    source = [f'{{"type":"RECORD","stream":"o","record":{{"f": {raw} , "id":{n}}}}}' for n in (1, 2, 3)]
    result = gate(schema("o", {"id": {}, "f": {}}), *source, document=document)
    assert result.returncode == 0, result.text
    shown = json.dumps(masked, ensure_ascii=False)
    got = result.stdout.decode().splitlines()[1:]
    assert got == [f'{{"type":"RECORD","stream":"o","record":{{"f": {shown} , "id":{n}}}}}' for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "before, after",
    [
        ('{"a":1,"id":1}', '{"id":1}'),
        ('{"id":1,"a":1}', '{"id":1}'),
        ('{ "a" : 1 , "b" : {"c":[1,2]} , "id" : 1 }', '{ "id" : 1 }'),
        ('{ "id" : 1 , "a" : 1 , "b" : "x}" }', '{ "id" : 1 }'),
        ('{"b":"x\\\\","id":1,"\\u0061":"y"}', '{"id":1}'),
        ('{"a":1,"id":1.50e1,"b":2,"z":[1.0,1e2]}', '{"id":1.50e1,"z":[1.0,1e2]}'),
    ],
)
def test_dropped_members_leave_the_other_bytes(gate, before, after):
    mask = [{"property": "dativo.mask", "value": "drop"}]
    document = contract([])
    document["schema"][0]["properties"] = [
        {"name": "id", "logicalType": "number"},
        {"name": "a", "customProperties": mask}, {"name": "b", "customProperties": mask},
    ]
    line = '{"type":"RECORD","stream":"o","record":%s}'
    result = gate(schema("o", {"id": {}}), *[line % before] * 3, document=document)
    assert result.returncode == 0, result.text
    assert result.stdout.decode().splitlines()[1:] == [line % after] * 3


def test_the_order_of_policies(gate):
    document = contract([])
    properties = document["schema"][0]["properties"]
    mask = [{"property": "dativo.mask", "value": "redact"}]
    properties += [
        {"name": "a", "logicalType": "string", "classification": "pii"},
        {"name": "b", "logicalType": "string", "classification": "pii", "tags": ["t", "u"]},
        {"name": "c", "logicalType": "string", "classification": "pii", "tags": ["t"], "customProperties": mask},
        {"name": "d", "logicalType": "string", "classification": "pii", "tags": ["t"], "customProperties": mask},
        {"name": "e", "physicalName": "E", "logicalType": "string", "classification": "pii"},
    ]
    masking = {
        "classification": {"pii": {"truncate": 1}}, "tags": {"t": {"truncate": 2}, "u": "null"},
        "fields": {"o.d": {"truncate": 3}, "o.e": "keep"},
    }
    value = {"id": 1, **{name: "abcdef" for name in "abcdE"}}
    result = gate(schema("o", {"id": {}}), record("o", value), document=document, masking=masking)
    assert result.records[0]["record"] == {"id": 1, "a": "a", "b": None, "c": "[redacted]", "d": "abc", "E": "abcdef"}


def test_fields_are_named_by_paths(gate):
    document = contract([])
    text = {"logicalType": "string"}
    document["schema"][0]["properties"] += [
        {"name": "address", "logicalType": "object", "properties": [{"name": "a.b", **text}, {"name": "c", **text}]},
        {"name": "lines", "logicalType": "array", "items": {"logicalType": "object", "properties": [{"name": "sku", **text}]}},
        {"name": "more", "logicalType": "array", "items": text},
        {"name": "map", "logicalType": "map", "map": {"key": {"name": "k", **text}, "value": {"name": "v", **text}}},
    ]
    masking = {"fields": {"o.address.a.b": None, "o.lines.sku": "redact", "o.more.*": "drop", "o.map.*": "redact"}}
    value = {
        "id": 1, "address": {"a.b": "x", "c": "y"}, "lines": [{"sku": "x", "n": 1}, {}], "more": ["x", "y"],
        "map": {"p": "x", "q": None},
    }
    result = gate(schema("o", {"id": {}}), record("o", value), document=document, masking=masking)
    assert result.records[0]["record"] == {
        "id": 1, "address": {"a.b": None, "c": "y"}, "lines": [{"sku": "[redacted]", "n": 1}, {}], "more": [],
        "map": {"p": "[redacted]", "q": None},
    }


def test_keys_of_maps_are_hashed_or_dropped(gate):
    for action, expected in [("hash", {mac("secret"): 1}), ("drop", {})]:
        document = contract([])
        mask = [{"property": "dativo.mask", "value": action}]
        document["schema"][0]["properties"].append({
            "name": "m", "logicalType": "map",
            "map": {
                "key": {"name": "k", "logicalType": "string", "customProperties": mask,
                        "logicalTypeOptions": {"maxLength": 7}},
                "value": {"name": "v", "logicalType": "integer"},
            },
        })
        bad = {"id": 2, "m": {"secretsecret": "x"}}
        result = gate(
            schema("o", {"id": {}}), record("o", {"id": 1, "m": {"secret": 1}}), record("o", bad),
            document=document, mode="quarantine",
        )
        assert [r["record"]["m"] for r in result.records] == [expected]
        for name in ["q.jsonl", "report.json", "stderr", "events"]:
            assert b"secretsecret" not in (gate.folder / name).read_bytes()


# The SCHEMA that leaves.


def test_the_schema_says_the_masked_types(gate):
    document = contract([])
    for name, kind, action in [
        ("h", "string", "hash"), ("r", "integer", "redact"), ("t", "string", {"truncate": 2}),
        ("l", "string", "last4"), ("n", "integer", "null"), ("d", "string", "drop"), ("q", "string", "hash"),
    ]:
        mask = [{"property": "dativo.mask", "value": action}]
        document["schema"][0]["properties"].append(
            {"name": name, "logicalType": kind, "classification": "pii", "customProperties": mask})
    text = {"type": "string", "pattern": "x", "minLength": 1, "maxLength": 3, "format": "uuid"}
    properties = {
        "id": {"type": "integer"},
        "h": text, "r": {"type": "integer", "maximum": 5}, "t": {"type": ["string", "null"], "enum": ["a", None]},
        "l": {"anyOf": [{"type": "null"}, {"type": "string", "const": "x"}]}, "n": {"type": "integer", "enum": [1]},
        "d": {"type": "string"}, "q": {"$ref": "#/definitions/q"},
    }
    line = schema("o", properties, ["id"])
    line["schema"]["required"] = ["id", "d"]
    line["schema"]["definitions"] = {"q": {"type": ["null", "string"], "pattern": "x", "examples": ["y"]}}
    got = json.loads(gate(line, document=document).stdout)["schema"]
    assert got["properties"] == {
        "id": {"type": "integer"}, "h": {"type": "string"}, "r": {"type": ["null", "string"]},
        "t": {"type": ["null", "string"]}, "l": {"type": ["null", "string"]}, "n": {"type": ["null", "integer"]},
        "q": {"type": ["null", "string"]},
    }
    assert got["required"] == ["id"] and "examples" not in got["definitions"]["q"]
    assert got["x-dativo"]["fields"]["h"] == {"classification": "pii", "masking": "hash"}
    # Where records pass that break the contract, a masked value may be null.
    got = json.loads(gate(line, document=document, mode="warn").stdout)["schema"]
    assert got["properties"]["h"] == {"type": ["null", "string"]}


# What is refused at load, with its place.


@pytest.mark.parametrize(
    "masking, message",
    [
        ({"classification": {"pii": "hsah"}}, ('unknown masking action "hsah"', 'Did you mean \\"hash\\"?')),
        ({"clasification": {"pii": "hash"}}, ('unknown key "clasification"', 'Did you mean \\"classification\\"?')),
        ({"classification": {"PII": "hash"}}, ('no field is classified "PII"', 'Did you mean \\"pii\\"?')),
        ({"tags": {"secert": "hash"}}, ('no field has the tag "secert"', 'Did you mean \\"secret\\"?')),
        ({"fields": {"o.emial": "hash"}}, ('no contract has the field "o.emial"', 'Did you mean \\"o.email\\"?')),
        ({"fields": {"p.email": "hash"}}, ('no contract has the field "p.email"',)),
        ({"classification": {"pii": "truncate"}}, ("does not say how many",)),
        ({"classification": {"pii": {"truncate": -1}}}, ("not a number of characters",)),
        ({"classification": {"pii": {"hash": 4}}}, ("takes no parameter",)),
        ({"classification": {"pii": {"truncate": 1, "hash": 1}}}, ("has one name",)),
        ({"classification": {"pii": 4}}, ("neither a name nor a mapping",)),
        ({"classification": ["pii"]}, ("is not a mapping",)),
        ({"default_classified": "perhaps"}, ("neither deny, allow nor",)),
        ({"fields": {"o.id": "drop"}}, ("the primary key o.id cannot be masked with drop",)),
    ],
)
def test_wrong_settings_are_errors_at_load(gate, masking, message):
    document = contract([])
    document["schema"][0]["properties"].append(
        {"name": "email", "logicalType": "string", "classification": "pii", "tags": ["secret"]})
    result = gate(record("o", {}), document=document, masking=masking)
    assert result.returncode == 78, result.text
    assert ("v.json:1:" in result.text) or "c.yaml:1:" in result.text
    for part in message:
        assert part.replace('\\"', '"') in result.text.replace('\\"', '"')
    assert json.loads((gate.folder / "report.json").read_text())["result"] == "failed"


CONTRACT = """\
apiVersion: v3.0.2
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: o
    properties:
      - name: email
        logicalType: string
        classification: secret
        customProperties:
          - property: dativo.mask
            value: hash
"""


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("value: hash", "value: hsah", 'c.yaml:14:20: unknown masking action "hsah" (Did you mean "hash"?)'),
        ("value: hash", "value: {truncate: x}", "c.yaml:14:20: truncate is not a number"),
        ("value: hash", "value: keep", "c.yaml:14:20: a contract cannot lift"),
        ("            value: hash\n", "", "c.yaml:13:13: dativo.mask has no value"),
        ("dativo.mask", "dativo.msak", 'c.yaml:13:23: unknown customProperty "dativo.msak"'),
        ("dativo.mask", "Dativo.Mask", 'c.yaml:13:23: unknown customProperty "Dativo.Mask"'),
        ("dativo.mask", "dativo.other", 'c.yaml:13:23: unknown customProperty "dativo.other"'),
        ("status: active", "status: active\ncustomProperties: [{property: dativo.mask, value: hash}]", "c.yaml:6:31: dativo.mask does not stand at a property"),
        ("logicalType: string", "logicalType: string\n        primaryKey: true", None),
        ("value: hash", "value: null", None),
    ],
)
def test_wrong_contracts_are_errors_with_line_and_column(tmp_path, old, new, message):
    (tmp_path / "c.yaml").write_text(CONTRACT.replace(old, new))
    result = run("dativo-validate", "--contract", "c.yaml", cwd=tmp_path, env={"DATIVO_MASK_KEY": KEY})
    if message is None:
        assert result.code == 0, result
    else:
        assert result.code == 78 and message in result.err, result


def test_a_classification_without_policy_is_denied_in_strict(gate):
    document = contract([])
    for name, label in [("a", "pii"), ("b", "internal")]:
        document["schema"][0]["properties"].append({"name": name, "logicalType": "string", "classification": label})
    lines_ = [schema("o", {"id": {}}), record("o", {"id": 1, "a": "abc", "b": "abc"})]

    def judged(mode="strict", **masking):
        masking = {"classification": {"pii": "redact"}, **masking}
        result = gate(*lines_, document=document, masking=masking, mode=mode)
        return result.returncode, result.records and result.records[0]["record"]["b"], result.text

    code, _, text = judged()
    assert code == 78 and 'the field o.b is classified "internal"' in text and "c.yaml:1:" in text
    code, value, text = judged("warn")
    assert (code, value) == (0, "abc") and "no masking policy covers that: it passes as it is" in text
    assert judged("warn", default_classified="deny")[0] == 78
    assert judged(default_classified="allow")[:2] == (0, "abc")
    assert judged(default_classified="hash")[:2] == (0, mac("abc"))
    assert judged(default_classified={"truncate": 1})[:2] == (0, "a")
    assert judged(classification={"pii": "redact", "internal": "keep"})[:2] == (0, "abc")


def test_keys_come_from_the_environment_or_a_file(gate, tmp_path):
    field = Field("hash", "string", "top")
    source = [schema_line([field]), record("o", good(1, [field]))]
    document = contract([field])
    result = gate(*source, document=document, key=None)
    assert result.returncode == 78 and "needs a key" in result.text
    result = gate(*source, document=document, key="fifteen bytes..")
    assert result.returncode == 78 and "has 15 bytes; it needs 16 or more" in result.text
    assert "fifteen" not in result.text
    (tmp_path / "key").write_text(KEY + "\n")
    (tmp_path / "more.json").write_text(json.dumps({"mask_key_file": str(tmp_path / "key")}))
    result = gate(*source, document=document, key="another key of some length", options=["--config", "../more.json"])
    expected = hmac.new(KEY.encode(), field.canary.text.encode(), hashlib.sha256).hexdigest()
    assert result.records[0]["record"][field.name] == expected
    (tmp_path / "more.json").write_text('{"mask_key_file": "nowhere"}')
    result = gate(*source, document=document, options=["--config", "../more.json"])
    assert result.returncode == 78 and "more.json:1:19: the key file nowhere cannot be read" in result.text


def test_masked_keys_are_hashed_and_judged_raw(gate):
    mask = [{"property": "dativo.mask", "value": "hash"}]
    document = contract([])
    document["schema"][0]["properties"] = [
        {"name": "id", "logicalType": "string", "primaryKey": True, "customProperties": mask}]
    line = schema("o", {"id": {"type": "string"}}, ["id"])
    rows = [record("o", {"id": text}) for text in ("a", "b", "a", "c")]
    result = gate(line, *rows, document=document, mode="quarantine")
    assert [r["record"]["id"] for r in result.records] == [mac("a"), mac("b"), mac("c")]
    [found] = set_aside(gate.folder / "q.jsonl")
    assert found["record"] == {"id": mac("a")} and found["masked"] == ["/id"]
    assert found["violations"][0]["message"].startswith("primaryKey: is masked")


def test_key_and_bookmark_properties_of_a_schema(gate):
    document = contract([])
    mask = [{"property": "dativo.mask", "value": "redact"}]
    document["schema"][0]["properties"].append({"name": "k", "logicalType": "string", "customProperties": mask})
    line = schema("o", {"id": {}, "k": {"type": "string"}}, ["k"])
    result = gate(line, document=document)
    assert result.returncode == 78 and "line 1: the key property k of stream o is masked with redact" in result.text
    line = {**schema("o", {"id": {}, "k": {"type": "string"}}, ["id"]), "bookmark_properties": ["k"]}
    result = gate(line, document=document)
    assert result.returncode == 78 and "the bookmark property k" in result.text
    mask[0]["value"] = "hash"
    result = gate(line, document=document)
    assert result.returncode == 0 and "k is masked, but stands in the tap's STATE" in result.text


@pytest.mark.parametrize(
    "catalog",
    [
        {"streams": [{"stream": {"name": "o", "json_schema": {}}, "cursor_field": ["k"]}]},
        {"streams": [{"stream": {"name": "o", "json_schema": {}}, "primary_key": [["id"], ["k"]]}]},
        {"streams": [{"tap_stream_id": "o", "stream": "o", "schema": {}, "replication_key": "k"}]},
    ],
)
def test_keys_and_cursors_of_a_catalog(gate, tmp_path, catalog):
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))
    document = contract([])
    mask = [{"property": "dativo.mask", "value": "redact"}]
    document["schema"][0]["properties"].append({"name": "k", "logicalType": "string", "customProperties": mask})
    source = [airbyte("o", {"id": 1, "k": "x"})]
    options = ["--catalog", "../catalog.json"]
    result = gate(*source, document=document, options=options)
    assert result.returncode == 78 and "the key or cursor k of stream o is masked with redact" in result.text
    mask[0]["value"] = "hash"
    assert gate(*source, document=document, options=options).returncode == 0


def test_batches_of_masked_streams_are_refused_in_any_mode(gate):
    for mode in ["strict", "warn", "quarantine"]:
        result = gate({"type": "BATCH", "stream": "o", "manifest": []}, mode=mode)
        assert result.returncode == 65 and "nothing can be masked" in result.text


def test_streams_without_object_are_told_of(gate):
    source = [schema("other", {"id": {"type": "integer"}}), *[record("other", {"id": n}) for n in range(3)]]
    assert gate(*source).returncode == 65
    result = gate(*source, mode="warn")
    assert result.text.count("the stream other has no object in the contracts: nothing of it is masked") == 1


@pytest.mark.parametrize("kind", ["STATE", "SCHEMA", "ACTIVATE_VERSION", "LOG"])
def test_a_record_on_another_message_is_refused(gate, kind):
    field = Field("hash", "string", "top")
    stray = {**schema_line([field]), "type": kind, "value": 1, "record": good(1, [field])}
    for mode in ["strict", "warn", "quarantine"]:
        result = gate(stray, document=contract([field]), mode=mode)
        assert result.returncode == 65 and "a message that is no RECORD has a record" in result.text
        assert leaks(gate.folder, [field]) == set()


def test_what_an_airbyte_source_says_beside_its_records_is_withheld(gate):
    """A LOG or an error may quote the record that it is about; its kind and stream still pass."""
    field = Field("hash", "string", "top")
    descriptor = {"name": "o", "namespace": "n"}
    status = {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "emitted_at": 1.5, "stream_status": {
        "stream_descriptor": {"name": "o"}, "status": "COMPLETE"}}}
    error = {"type": "TRACE", "trace": {"type": "ERROR", "emitted_at": 2.0, "error": {
        "message": f"row {field.canary.text}", "internal_message": field.canary.text, "stack_trace": field.canary.text,
        "failure_type": "system_error", "stream_descriptor": descriptor}}}
    analytics = {"type": "TRACE", "trace": {"type": "ANALYTICS", "emitted_at": 2.0,
                                            "analytics": {"type": "x", "value": field.canary.text}}}
    log = {"type": "LOG", "log": {"level": "INFO", "message": f"read {field.canary.text}"}}
    control = {"type": "CONTROL", "control": {"type": "CONNECTOR_CONFIG", "emitted_at": 1,
                                              "connectorConfig": {"config": {"t": field.canary.text}}}}
    for mode in ["strict", "warn", "quarantine"]:
        result = gate(schema_line([field]), status, log, log, control, analytics, error, document=contract([field]), mode=mode)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert [line["type"] for line in lines] == ["SCHEMA", "TRACE", "TRACE"], result.text
        assert lines[1] == status and lines[2]["trace"] == {
            "type": "ERROR", "emitted_at": 2.0, "error": {"message": "withheld, since fields are masked",
            "failure_type": "system_error", "stream_descriptor": descriptor}}
        assert result.text.count("a LOG does not pass") == 1
        assert leaks(gate.folder, [field]) == set()


def test_lines_of_streams_without_masks_keep_their_bytes(gate):
    field = Field("hash", "string", "top")
    document = contract([field])
    document["schema"].append({"name": "p", "properties": [{"name": "id", "logicalType": "integer"}]})
    odd = '{ "type":"RECORD", "stream":"p","record":{ "id" : 1.0 , "z":"\\u0041"}, "x": 1}'
    result = gate(schema("p", {"id": {}}), odd, odd, document=document)
    assert result.stdout.decode().splitlines()[1:] == [odd, odd]


# An oracle: what Python makes of random records.


RANDOM = {
    "h": ("string", "hash"), "i": ("integer", "hash"), "l": ("string", "last4"), "t": ("string", {"truncate": 2}),
    "d": ("string", "drop"), "d2": ("integer", "drop"), "n": ("number", "null"), "r": ("string", "redact"),
    "p": ("string", None), "q": ("number", None),
}


def random_contract():
    document = contract([])
    properties = document["schema"][0]["properties"]

    def described(name):
        kind, action = RANDOM[name]
        mask = [] if action is None else [{"property": "dativo.mask", "value": action}]
        return {"name": name, "logicalType": kind, "customProperties": mask}

    properties += [described(name) for name in RANDOM]
    inner = [described(name) for name in ("h", "d", "p")]
    properties.append({"name": "o", "logicalType": "object", "properties": inner})
    properties.append({"name": "a", "logicalType": "array", "items": {"logicalType": "object", "properties": inner}})
    properties.append({"name": "m", "logicalType": "map", "map": {
        "key": {"name": "k", "logicalType": "string"}, "value": {**described("l"), "name": "v"}}})
    return document


def expected(name, value):
    """The masked value of a field; `...` for one that is dropped."""
    kind, action = RANDOM[name]
    if action is None:
        return value
    if action == "drop":
        return ...
    is_text = isinstance(value, str)
    if value is None or action == "null":
        return None
    if action == "redact":
        return "[redacted]" if is_text else None
    if action == "hash":
        if is_text or isinstance(value, bool):
            return mac(value if is_text else str(value).lower())
        return mac(repr(value)) if isinstance(value, (int, float)) else None
    if action == "last4":
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            return None
        places = [i for i, c in enumerate(value) if not c.isascii() or c.isalnum()]
        hidden = places if len(places) <= 4 else places[:-4]
        return "".join("*" if i in hidden else c for i, c in enumerate(value))
    return value[:2] if is_text else None


def masked_members(value, names=("h", "d", "p")):
    if not isinstance(value, dict):
        return None
    made = {k: expected(k, v) if k in names else v for k, v in value.items()}
    return {k: v for k, v in made.items() if v is not ...}


def masked_record(row):
    made = masked_members({k: v for k, v in row.items()}, tuple(RANDOM))
    if "o" in made:
        made["o"] = masked_members(made["o"])
    if "a" in made:
        made["a"] = [masked_members(x) for x in made["a"]] if isinstance(made["a"], list) else None
    if "m" in made:
        m = made["m"]
        made["m"] = {k: expected("l", v) for k, v in m.items()} if isinstance(m, dict) else None
    return made


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_random_records_are_masked_as_the_oracle_does(gate, seed, form):
    chance = random.Random(seed)

    def fitting(kind):
        if chance.random() < 0.1:
            return None
        if kind == "string":
            return "".join(chance.choice('ab1 -"\\\né日{}[],:') for _ in range(chance.randrange(9)))
        return chance.randrange(-(10**12), 10**12) if kind == "integer" else chance.randrange(-999, 999) + 0.5

    def members(names):
        chosen = [name for name in names if chance.random() < 0.8]
        if chance.random() < 0.3:
            chance.shuffle(chosen)
        return {name: fitting(RANDOM[name][0]) for name in chosen}

    def row(number):
        made = {"id": number, **members(RANDOM)}
        if chance.random() < 0.7:
            made["o"] = {**members(["h", "d", "p"]), **({"z": [1]} if chance.random() < 0.2 else {})}
        if chance.random() < 0.7:
            made["a"] = [members(["h", "d", "p"]) for _ in range(chance.randrange(3))]
        if chance.random() < 0.7:
            made["m"] = {fitting("string") or "": fitting("string") for _ in range(chance.randrange(3))}
        if chance.random() < 0.1:
            made[chance.choice(list(RANDOM) + ["o", "a", "m"])] = chance.choice(
                [None, 5, -7, True, "añ\n", "", [1, "x"], {"a": {"b": 1}}, [[{}]], {"h": {"h": 1}}])
        if chance.random() < 0.1:
            made["unknown"] = {"h": 1}
        return made

    rows = [row(number) for number in range(400)]
    styles = [(", ", ": "), (",", ":"), (" ,  ", " : ")]
    texts = [
        json.dumps(FORMS[form]("o", r), separators=chance.choices(styles, [8, 1, 1])[0], ensure_ascii=chance.random() < 0.5)
        for r in rows
    ]
    head = [schema("o", {"id": {}})] if form == "singer" else []
    result = gate(*head, *texts, document=random_contract(), mode="warn")
    assert result.returncode == 0, result.text
    got = [r["record"].get("data", r["record"]) for r in result.records]
    for one, raw in zip(got, rows, strict=True):
        assert one == masked_record(raw)


# Nothing leaks.


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["strict", "warn", "quarantine"])
def test_no_canary_leaves(gate, mode, form, tmp_path):
    """Records that keep the contract, and some that break it in another field."""
    make = FORMS[form]
    head = [schema_line()] if form == "singer" else []
    rows = [make("o", good(n)) for n in range(1, 5)] + [state({"a": 1}), make("o", {**good(9), "id": "x"})]
    # The same keys in another spelling, in another order, twice.
    if mode != "strict":
        escaped = json.dumps(make("o", dict(reversed(good(20).items()))))
        for field in FIELDS:
            escaped = escaped.replace(f'"{field.name}"', f'"\\u{ord(field.name[0]):04x}{field.name[1:]}"')
        rows += [escaped, twice(make("o", good(21)))]
    result = gate(*head, *rows, mode=mode)
    assert result.returncode == (65 if mode == "strict" else 0), result.text
    assert len(result.records) == {"strict": 4, "warn": 7, "quarantine": 5}[mode], result.text
    assert b'"violations"' in (gate.folder / "events").read_bytes()
    assert leaks(gate.folder) == set()
    check_masked([r["record"].get("data", r["record"]) for r in result.records][:4])
    if form == "singer" and mode != "strict":
        table = tmp_path / "table"
        (tmp_path / "t.json").write_text(json.dumps({"destination": str(table), "compression": "uncompressed"}))
        loaded = run("dativo-target-parquet", "--config", tmp_path / "t.json", stdin=result.stdout)
        assert loaded.code == 0, loaded
        assert leaks(table) == set()
        for path in table.rglob("*.parquet"):
            read = pq.read_table(path)
            assert read.num_rows > 0
            (table / "as_text").write_text(str(read.to_pylist()) + str(read.schema))
        assert leaks(table) == set()


def twice(message):
    """A record whose keys stand twice, and whose envelope has it twice."""
    text = json.dumps(message)
    fields = good(21)
    again = json.dumps({k: v for k, v in fields.items() if k != "id"})[1:-1]
    text = text.replace('"id": 21', '"id": 21, ' + again)
    if '"record": {"stream"' in text:
        return text.replace('"emitted_at"', f'"old": {json.dumps(fields)}, "emitted_at"')
    return text.replace('"record":', f'"record": {json.dumps(fields)}, "before": {json.dumps(fields)}, "record":')


def check_masked(rows):
    for row, field in itertools.product(rows, FIELDS):
        name, value = name_of(field.action), row.get(field.name)
        if field.place == "top" and name == "drop":
            assert field.name not in row
            continue
        if field.place == "nested":
            assert value["y"] == 1
            if name == "drop":
                assert "x" not in value
                continue
            value = value["x"]
        elif field.place == "item":
            assert len(value) == (0 if name == "drop" else 2)
            value = value[0] if value else None
        elif field.place == "value":
            assert list(value) == ([] if name == "drop" else ["k"])
            value = value.get("k")
        is_text = field.kind in ("string", "date")
        raw = field.canary.value
        if name == "redact" and is_text:
            assert value == "[redacted]"
        elif name == "truncate" and is_text:
            assert value == raw[:3]
        elif name == "last4" and (is_text or field.kind == "integer"):
            assert value.endswith([c for c in str(raw) if c.isalnum()][-1]) or field.kind == "date"
            assert "*" in value
        elif name == "hash" and (is_text or field.kind == "integer"):
            assert value == mac(str(raw))
        elif name == "hash" and field.kind == "number":
            assert len(value) == 64
        else:
            assert value is None, field.name


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["warn", "quarantine"])
def test_no_canary_leaves_with_a_violation_in_its_field(gate, mode, form):
    make = FORMS[form]
    head = [schema_line()] if form == "singer" else []
    rows = [make("o", good(1))]
    rows += [make("o", {**good(n), f.name: f.wrap(f.canary.wrong)}) for n, f in enumerate(FIELDS, 2)]
    rows += [make("o", {**good(n), f.name: f.misfit}) for n, f in enumerate(FIELDS, 1002)]
    rows += [make("o", {**good(n), f.name: [[f.canary.wrong]]}) for n, f in enumerate(FIELDS, 2002) if f.place != "item"]
    result = gate(*head, *rows, mode=mode)
    assert result.returncode == 0, result.text
    assert result.report["streams"]["o"]["violating"] > 2 * len(FIELDS)
    assert leaks(gate.folder) == set()


@pytest.mark.parametrize("form", FORMS)
def test_no_canary_leaves_when_strict_ends_at_its_field(gate, form):
    make = FORMS[form]
    for field in FIELDS:
        head = [schema_line([field])] if form == "singer" else []
        bad = {"id": 1, field.name: field.wrap(field.canary.wrong)}
        result = gate(*head, make("o", bad), document=contract([field]))
        assert result.returncode == 65, result.text
        assert "is masked" in result.text
        assert leaks(gate.folder, [field]) == set()


@pytest.mark.parametrize("options", [(), ("--lenient",)])
@pytest.mark.parametrize("mode", ["strict", "warn", "quarantine"])
def test_no_canary_leaves_with_lines_that_are_not_read(gate, mode, options):
    row = json.dumps(good(1))
    cases = [
        row[:-1], "log: " + row, '{"type":"RECORD","stream":"o","record":' + row, "[" + row + "]", row,
        json.dumps({"type": "RECORD", "stream": "o", "record": [good(1)]}),
        json.dumps({"type": "RECORD", "stream": "o", "record": row}),
        json.dumps({"type": "RECORD", "stream": "other", "record": good(1)}),
        json.dumps({"type": "UPDATE", "stream": "o", "record": good(1)}),
        json.dumps({"type": "RECORD", "stream": "o", "record": good(1)}).replace("700", "7\x00"),
        json.dumps(record("o", good(1))).replace(FIELDS[0].canary.token, FIELDS[0].canary.token + "\\ud800"),
    ]
    for case in cases:
        result = gate(schema_line(), record("o", good(7)), case, mode=mode, options=options)
        assert result.returncode in (0, 65), result.text
        assert leaks(gate.folder) == set(), case
    result = gate(schema_line(), lines(record("o", good(7)))[:-40], mode=mode, options=options)
    assert result.returncode == 65 and leaks(gate.folder) == set()
    result = gate(schema_line(), record("o", good(7)), mode="loose")
    assert result.returncode == 64 and leaks(gate.folder) == set()


def test_the_canaries_are_found_without_a_policy(gate, tmp_path):
    plain = contract(masked=False)
    expected = {field.name for field in FIELDS}
    rows = [record("o", good(1)), record("o", {**good(2), "id": "x"}), json.dumps(good(3))]
    gate(schema_line(), *rows, document=plain, mode="quarantine")
    found = leaks(gate.folder)
    assert {name for name, file in found if file == "stdout"} == expected
    assert {name for name, file in found if file == "q.jsonl"} == expected
    for field in [field for field in FIELDS if field.place == "top"]:
        bad = record("o", {"id": 1, field.name: field.canary.wrong})
        gate(schema_line([field]), bad, document=contract([field], masked=False))
        files = {file for name, file in leaks(gate.folder, [field])}
        assert {"stderr", "report.json"} <= files, field.name


# Crashes.


def running(tmp_path, document, env):
    """A run that waits for more input after some records; its outputs go to files."""
    folder = tmp_path / "crash"
    folder.mkdir()
    (tmp_path / "c.yaml").write_text(json.dumps(document))
    command = [BIN / "dativo-validate", "--contract", "../c.yaml", "--report", "report.json",
               "--mode", "quarantine", "--quarantine", "q.jsonl"]
    unlimited = lambda: resource.setrlimit(  # noqa: E731
        resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    with open(folder / "stdout", "wb") as out, open(folder / "stderr", "wb") as err:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=err, cwd=folder, preexec_fn=unlimited,
            env={**os.environ, "DATIVO_MASK_KEY": KEY, "SWIFT_BACKTRACE": "enable=yes,color=no", **env},
        )
    process.stdin.write(lines(schema_line(), *[record("o", good(n)) for n in range(200)]))
    process.stdin.write(lines(record("o", {**good(300), "id": "x"}), "no json"))
    process.stdin.write(lines(record("o", good(400)))[:-100])
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while (folder / "stdout").stat().st_size == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    return process, folder


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT, signal.SIGTERM])
def test_a_crash_leaves_no_canary(tmp_path, number):
    process, folder = running(tmp_path, contract(), {})
    limits = resource.prlimit(process.pid, resource.RLIMIT_CORE)
    assert limits == (0, 0)
    process.send_signal(number)
    process.stdin.close()
    code = process.wait(timeout=60)
    assert code in ([143, 65] if number == signal.SIGTERM else [-number])
    assert b"acktrac" not in (folder / "stderr").read_bytes()
    assert [path.name for path in folder.iterdir() if "core" in path.name] == []
    assert leaks(folder) == set()


def test_a_run_without_masks_crashes_as_others_do(tmp_path):
    process, folder = running(tmp_path, contract(masked=False), {})
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    assert resource.prlimit(process.pid, resource.RLIMIT_CORE) == (hard, hard)
    process.send_signal(signal.SIGSEGV)
    time.sleep(0.5)
    process.stdin.close()
    process.wait(timeout=120)
    assert b"Backtracing" in (folder / "stderr").read_bytes()
    assert leaks(folder) != set()


# Jobs.

TAP = """
import json, os, sys
assert "DATIVO_MASK_KEY" not in os.environ
sys.stdout.write(open({source!r}).read())
"""


def job(project, validation):
    source = project.folder.parent / f"{project.mark}.jsonl"
    rows = [record("o", good(n)) for n in range(1, 40)]
    rows += [record("o", {**good(50), FIELDS[0].name: 1}), record("o", {**good(51), "id": "x"}), "no json"]
    source.write_bytes(lines(schema_line(), *rows, state({"n": 1})))
    (project.folder / "tap.py").write_text(TAP.format(source=str(source)))
    document = contract(masked=False)
    for field, prop in zip(FIELDS, document["schema"][0]["properties"][1:]):
        prop["classification"] = name_of(field.action)
    (project.folder / "c.yaml").write_text(json.dumps(document))
    project.job(tap="tap.py", extra="contracts: [c.yaml]\nvalidation: " + json.dumps(validation))


def masking():
    top = {name_of(a): a for a in ACTIONS}
    return {"classification": top}


def test_a_job_masks_by_its_policy(project, monkeypatch):
    monkeypatch.setenv("DATIVO_MASK_KEY", KEY)
    job(project, {"mode": "quarantine", "masking": masking()})
    project.run(code=1)
    assert leaks(project.folder) == set()
    rows = [r for p in (project.folder / "out").rglob("*.parquet") for r in pq.read_table(p).to_pylist()]
    assert len(rows) == 39
    field = next(f for f in FIELDS if f.name == "hash_string_top")
    assert rows[0][field.name] == mac(field.canary.text)
    assert "drop_string_top" not in rows[0]


def test_a_job_takes_the_key_from_a_file(project, monkeypatch):
    monkeypatch.delenv("DATIVO_MASK_KEY", raising=False)
    job(project, {"mode": "quarantine", "masking": masking(), "mask_key_file": "key"})
    (project.folder / "key").write_text(KEY)
    project.run(code=1)
    assert leaks(project.folder) == set()
    (project.folder / "key").unlink()
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 2 and "cannot be read" in done.err


def test_lint_knows_the_masks_of_a_contract(tmp_path):
    document = contract([])
    mask = [{"property": "dativo.mask", "value": "redact"}]
    document["schema"][0]["properties"][0]["customProperties"] = mask
    (tmp_path / "c.yaml").write_text(json.dumps(document, indent=1))
    done = run("dativo", "lint", "c.yaml", cwd=tmp_path)
    assert done.code == 78 and "the primary key o.id cannot be masked with redact" in done.out + done.err, done
    assert "c.yaml:11:5:" in done.out + done.err


@pytest.mark.parametrize(
    "validation, message",
    [
        ({"masking": {"classification": {"hash": "hsah"}}}, 'unknown masking action "hsah" -> Did you mean "hash"?'),
        ({"masking": {"classification": {"hsah": "hash"}}}, 'no field is classified "hsah" -> Did you mean "hash"?'),
        ({"masking": {"fields": {"o.nothing": "hash"}}}, 'no contract has the field "o.nothing"'),
        ({"masking": {"classification": {"hash": "hash"}}}, 'is classified "drop", and no masking policy covers that'),
    ],
)
def test_lint_knows_the_policies(project, validation, message):
    job(project, validation)
    done = project.dativo("lint", "job.yaml")
    assert done.returncode == 78, done.err + done.out
    text = " ".join((done.out + done.err).split())
    assert message in text and ("job.yaml:" in text or "c.yaml:1:" in text)
