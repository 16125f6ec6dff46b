"""Masking in dativo-validate: what actions make of values, what leaves, what is refused at load."""
import hashlib
import hmac
import json

import pytest

from conftest import lines, record, run, schema, set_aside
from mask_cases import Field, KEY, airbyte, contract, gate, good, leaks, mac, schema_line  # noqa: F401 (gate is a fixture)

# What actions make of values.


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
