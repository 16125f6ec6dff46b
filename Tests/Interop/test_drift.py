"""Where a stream has what its contract does not know: evolve, freeze, quarantine, discard."""
import json

import pytest

from conftest import lines, record, run, schema, state

CONTRACT = """
apiVersion: v3.0.2
kind: DataContract
id: x
version: 1.0.0
status: active
schema:
- name: o
  properties:
  - {name: id, logicalType: integer}
  - {name: code, logicalType: string}
"""
KNOWN = {"id": {"type": "integer"}, "code": {"type": ["null", "string"]}}
NEW = {**KNOWN, "extra": {"type": "string"}}


@pytest.fixture
def validate(tmp_path):
    def validate(drift, *messages, mode="strict", contract=CONTRACT):
        (tmp_path / "c.yaml").write_text(contract)
        config = {"contract": "c.yaml", "mode": mode, "report": "r.json", "drift": drift}
        if mode == "quarantine":
            config["quarantine"] = "q"
            (tmp_path / "q").unlink(missing_ok=True)
        (tmp_path / "v.json").write_text(json.dumps(config))
        done = run("dativo-validate", "--config", "v.json", stdin=lines(*messages, state({"n": 1})), cwd=tmp_path)
        path = tmp_path / "r.json"
        done.report = json.loads(path.read_text()) if path.exists() else None
        done.messages = [json.loads(line) for line in done.out.splitlines()
                         if '"ABORT"' not in line]  # what a failing stage ends with
        text = (tmp_path / "q").read_text() if (tmp_path / "q").exists() else ""
        done.quarantine = [line for line in text.splitlines() if '"RECORD"' in line]
        return done

    return validate


ROWS = [record("o", {"id": 1, "code": "a"}), record("o", {"id": 2, "code": "b", "extra": "x"}),
        record("o", {"extra": {"deep": [1]}, "id": 3, "_sdc_x": 1})]


def rows(done):
    return [message["record"] for message in done.messages if message["type"] == "RECORD"]


def test_a_new_column_evolves_by_default_and_is_told(validate):
    done = validate({}, schema("o", NEW), *ROWS)
    assert done.code == 0 and len(rows(done)) == 3, done
    assert done.report["streams"]["o"]["drift"] == [
        {"kind": "new_column", "field": "extra", "message": "the contract has no field extra"}]
    assert done.report["streams"]["o"]["unknown_fields"] == {"extra": 2}


def test_a_new_column_ends_a_frozen_run_at_its_schema(validate):
    done = validate({"columns": "freeze"}, schema("o", NEW), *ROWS)
    assert done.code == 65 and done.messages == [], done
    assert "the contract has no field extra, and drift.columns is freeze" in done.failure["message"]
    missing = validate({"columns": "freeze"}, schema("o", {"id": {"type": "integer"}}))
    assert missing.code == 65 and "the stream has no code" in missing.failure["message"]
    assert validate({"columns": "freeze"}, schema("o", KNOWN), ROWS[0]).code == 0


def test_records_with_a_new_field_are_set_aside(validate):
    done = validate({"columns": "quarantine"}, schema("o", NEW), *ROWS, mode="quarantine")
    assert done.code == 0 and rows(done) == [{"id": 1, "code": "a"}], done
    assert len(done.quarantine) == 2
    assert done.report["streams"]["o"]["violations"][0]["rule"] == "unknownField"


@pytest.mark.parametrize("mode", ["strict", "warn", "quarantine"])
def test_a_new_field_is_left_out(validate, mode):
    """Out of SCHEMA and records; the metadata of taps stays, and so do the other bytes."""
    done = validate({"columns": "discard"}, schema("o", NEW), *ROWS, mode=mode)
    assert done.code == 0, done
    assert list(done.messages[0]["schema"]["properties"]) == ["id", "code"]
    assert rows(done) == [{"id": 1, "code": "a"}, {"id": 2, "code": "b"}, {"id": 3, "_sdc_x": 1}]
    assert done.report["streams"]["o"]["unknown_fields"] == {"extra": 2}
    assert done.report["streams"]["o"]["passed"] == 3


def test_a_new_field_is_left_out_of_airbyte_records(validate):
    message = {"type": "RECORD", "record": {"stream": "o", "data": {"extra": 1, "id": 5}, "emitted_at": 1}}
    done = validate({"columns": "discard"}, message, message)
    assert [one["record"]["data"] for one in done.messages if one["type"] == "RECORD"] == [{"id": 5}] * 2


def test_another_type_in_the_schema(validate):
    other = schema("o", {**KNOWN, "id": {"type": ["null", "string"]}})
    done = validate({}, other)
    assert done.code == 0, done
    assert done.report["streams"]["o"]["drift"][0] == {
        "kind": "other_type", "field": "id", "message": "id is declared string, in the contract integer"}
    done = validate({"types": "freeze"}, other)
    assert done.code == 65 and "drift.types is freeze" in done.failure["message"], done


OTHER = schema("o", {**KNOWN, "code": {"type": ["null", "integer"]}})
DRIFTED = [record("o", {"id": 1, "code": 7}), record("o", {"id": 2, "code": None}), record("o", {"id": 3}),
           record("o", {"code": "as the contract has it", "id": 4})]


def test_records_with_a_value_of_a_drifted_type_are_set_aside(validate):
    done = validate({"types": "quarantine"}, OTHER, *DRIFTED, mode="quarantine")
    assert done.code == 0 and rows(done) == [{"id": 2, "code": None}, {"id": 3}], done
    assert [json.loads(line)["record"]["id"] for line in done.quarantine] == [1, 4]
    assert [(one["rule"], one["pointer"], one["count"]) for one in done.report["streams"]["o"]["violations"]] == [("typeDrift", "/code", 2)]
    again = validate({"types": "quarantine"}, schema("o", KNOWN), *DRIFTED[1:], mode="quarantine")
    assert len(rows(again)) == 3 and again.quarantine == [], "a SCHEMA as the contract has it is no drift"


@pytest.mark.parametrize("mode", ["strict", "warn", "quarantine"])
def test_a_field_of_a_drifted_type_is_left_out(validate, mode):
    done = validate({"types": "discard"}, OTHER, *DRIFTED, mode=mode)
    assert done.code == 0 and rows(done) == [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}], done
    assert list(done.messages[0]["schema"]["properties"]) == ["id"]
    assert {"rule": "type", "pointer": "/code", "reason": "the field is left out: its type has drifted"} in done.report["streams"]["o"]["skipped"]
    assert done.report["streams"]["o"]["drift"][0]["kind"] == "other_type"


def test_a_field_that_the_contract_needs_is_not_left_out(validate):
    contract = CONTRACT.replace("logicalType: string}", "logicalType: string, required: true}")
    done = validate({"types": "discard"}, OTHER, *DRIFTED, contract=contract)
    assert done.code == 65 and rows(done) == [] and "does not let it be left out" in done.failure["message"], done


NESTED = CONTRACT + """
  - name: addr
    logicalType: object
    properties: [{name: zip, logicalType: string}, {name: free, logicalType: object}]
  - name: lines
    logicalType: array
    items: {logicalType: object, properties: [{name: n, logicalType: integer}]}
"""
DEEP = schema("o", {**KNOWN, "addr": {"type": "object", "properties": {"zip": {"type": "string"}, "more": {"type": "string"}, "free": {}}},
                    "lines": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "string"}, "x": {}}}}})
BELOW = [record("o", {"id": 1, "addr": {"zip": "1", "free": {"any": 1}}, "lines": [{"n": 1}]}),
         record("o", {"id": 2, "addr": {"more": {"a": [1]}, "zip": "2"}, "lines": []}),
         record("o", {"id": 3, "addr": None, "lines": [{"n": 1}, {"x": [2], "n": 2, "y": None}]})]


def test_fields_below_others_drift_too(validate):
    done = validate({}, DEEP, contract=NESTED)
    assert [(one["kind"], one["field"]) for one in done.report["streams"]["o"]["drift"]] == [
        ("new_column", "addr.more"), ("other_type", "lines.*.n"), ("new_column", "lines.*.x")], done
    told = validate({}, schema("o", {}), *BELOW, *BELOW[1:], contract=NESTED)
    assert told.report["streams"]["o"]["unknown_fields"] == {"addr.more": 2, "lines.*.x": 2, "lines.*.y": 2}, told
    frozen = validate({"columns": "freeze"}, DEEP, contract=NESTED)
    assert frozen.code == 65 and "the contract has no field addr.more" in frozen.failure["message"]


def test_unknown_fields_are_counted_once_in_records_that_are_read_twice(validate):
    """A violation behind the unknown field leaves the record to the exact check."""
    wrong = [record("o", {"addr": {"more": 1, "zip": "1"}, "new": 1, "id": "x"}), record("o", {"id": "x", "addr": {"more": 1}, "new": 1})]
    done = validate({}, schema("o", {}), *wrong, *BELOW, mode="warn", contract=NESTED)
    assert done.report["streams"]["o"]["unknown_fields"] == {"addr.more": 3, "new": 2, "lines.*.x": 1, "lines.*.y": 1}, done


def test_records_with_an_unknown_field_below_another_are_set_aside(validate):
    done = validate({"columns": "quarantine"}, DEEP, *BELOW, mode="quarantine", contract=NESTED)
    assert rows(done) == [BELOW[0]["record"]] and len(done.quarantine) == 2, done
    assert {(one["rule"], one["pointer"]) for one in done.report["streams"]["o"]["violations"]} == {
        ("unknownField", "/addr/more"), ("unknownField", "/lines/1/x"), ("unknownField", "/lines/1/y")}


@pytest.mark.parametrize("form", ["singer", "airbyte"])
def test_an_unknown_field_below_another_is_left_out(validate, form):
    sent = BELOW if form == "singer" else [
        {"type": "RECORD", "record": {"stream": "o", "data": one["record"], "emitted_at": 1}} for one in BELOW]
    done = validate({"columns": "discard"}, DEEP, *sent, contract=NESTED)
    assert done.code == 0, done
    got = rows(done) if form == "singer" else [one["record"]["data"] for one in done.messages if one["type"] == "RECORD"]
    assert got == [BELOW[0]["record"], {"id": 2, "addr": {"zip": "2"}, "lines": []},
                   {"id": 3, "addr": None, "lines": [{"n": 1}, {"n": 2}]}]
    properties = done.messages[0]["schema"]["properties"]
    assert list(properties["addr"]["properties"]) == ["zip", "free"]
    assert list(properties["lines"]["items"]["properties"]) == ["n"]


@pytest.mark.parametrize("action, mode, code, passed", [
    (None, "strict", 65, 0), (None, "warn", 0, 2), ("evolve", "strict", 0, 2), ("freeze", "warn", 65, 0),
    ("discard", "strict", 0, 1), ("quarantine", "quarantine", 0, 1),
])  # fmt: skip
def test_a_stream_that_no_contract_describes(validate, action, mode, code, passed):
    drift = {"tables": action} if action else {}
    new = [schema("n", KNOWN), record("n", {"id": 7})]
    done = validate(drift, *new, schema("o", KNOWN), ROWS[0], *new, mode=mode)
    assert done.code == code, done
    streams = {message["stream"] for message in done.messages if message["type"] == "RECORD"}
    if code == 65:
        assert "the stream n has no object in the contracts" in done.failure["message"]
        return
    assert streams == ({"o", "n"} if passed == 2 else {"o"})
    assert done.report["streams"]["n"]["drift"][0]["kind"] == "new_table"
    assert done.messages[-1]["type"] == "STATE"
    if action == "discard":
        assert done.report["streams"]["n"]["discarded"] == 2
    if action == "quarantine":
        assert len(done.quarantine) == 2 and "unknownTable" in done.quarantine[0]


def test_a_contract_may_have_a_policy_of_its_own(validate):
    own = CONTRACT + "customProperties: [{property: dativo.drift, value: {columns: discard}}]\n"
    done = validate({"columns": "freeze"}, schema("o", NEW), *ROWS, contract=own)
    assert done.code == 0 and rows(done)[1] == {"id": 2, "code": "b"}, done
    wrong = validate({}, schema("o", KNOWN), contract=own.replace("discard", "discrad"))
    assert wrong.code == 78 and ":12:62:" in wrong.failure["message"], wrong
    assert 'Did you mean "discard"?' in wrong.failure["message"], wrong


@pytest.mark.parametrize("drift, message, hint", [
    ({"colums": "freeze"}, 'unknown key "colums" in drift', 'Did you mean "columns"?'),
    ({"columns": "freez"}, "drift.columns is none of", 'Did you mean "freeze"?'),
    ({"types": "remove"}, "drift.types is none of evolve, freeze", None),
])  # fmt: skip
def test_a_policy_that_is_wrong(validate, drift, message, hint):
    done = validate(drift, schema("o", KNOWN))
    assert done.code == 78 and message in done.failure["message"], done
    assert not hint or hint in done.err


def test_quarantine_needs_its_mode(validate):
    done = validate({"columns": "quarantine"}, schema("o", KNOWN))
    assert done.code == 64 and "--mode quarantine" in done.err, done


def test_a_job_has_a_policy(tmp_path):
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "o.csv").write_text("id,code,extra\n1,a,x\n")
    job = (
        "apiVersion: dativo/v1\nkind: Job\ntenant: acme\nname: o\ncontracts: [c.yaml]\n"
        "source: {tap: csv, config: {files: [{path: o.csv, stream: o}]}}\n"
        "validation: {drift: {columns: discard}}\n"
        "target: {target: parquet, config: {destination: out}}\n"
    )
    (tmp_path / "job.yaml").write_text(job)
    done = run("dativo", "run", "job.yaml", cwd=tmp_path)
    assert done.code == 0, done
    import pyarrow.parquet as pq

    [path] = (tmp_path / "out/o").glob("*.parquet")
    assert pq.read_table(path).to_pylist() == [{"id": 1, "code": "a"}]
    (tmp_path / "job.yaml").write_text(job.replace("discard", "discrad"))
    lint = run("dativo", "lint", "job.yaml", cwd=tmp_path)
    assert lint.code == 78 and "job.yaml:7:" in lint.out and 'Did you mean "discard"?' in lint.out, lint
