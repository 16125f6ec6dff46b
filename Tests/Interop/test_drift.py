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
    ({"types": "discard"}, "drift.types is none of evolve, freeze", None),
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
