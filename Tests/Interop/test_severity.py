"""What a breach weighs, where a setting says otherwise than the contract."""
import json

import pytest

from conftest import lines, record, run, schema, state

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: x
version: 1.0.0
status: active
schema:
- name: o
  quality:
  - {metric: rowCount, mustBeLessThan: 3, severity: warning}
  properties:
  - {name: id, logicalType: integer, unique: true}
  - {name: code, logicalType: string, logicalTypeOptions: {maxLength: 2, pattern: '^[a-z]'}}
  - name: lines
    logicalType: array
    items: {logicalType: object, properties: [{name: n, logicalType: integer, logicalTypeOptions: {minimum: 0}}]}
  - {name: kind, logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: [a]}, mustBe: 0, severity: warning}]}
"""
FIELDS = {"id": {"type": "integer"}, "code": {"type": "string"}, "lines": {}, "kind": {}}
ROWS = [{"id": 1, "code": "abc"}, {"id": 2, "code": "1"}, {"id": 5, "code": "a"}, {"id": 4, "lines": [{"n": 1}, {"n": -1}]},
        {"id": 5, "kind": "b"}]


@pytest.fixture
def validate(tmp_path):
    def validate(severity, mode="quarantine"):
        (tmp_path / "c.yaml").write_text(CONTRACT)
        config = {"contract": "c.yaml", "mode": mode, "report": "r.json", "severity": severity}
        if mode == "quarantine":
            config["quarantine"] = "q"
        (tmp_path / "v.json").write_text(json.dumps(config, indent=1))
        messages = [schema("o", FIELDS), *[record("o", row) for row in ROWS], state({"n": 1})]
        done = run("dativo-validate", "--config", "v.json", stdin=lines(*messages), cwd=tmp_path)
        path = tmp_path / "r.json"
        done.report = json.loads(path.read_text())["streams"].get("o") if path.exists() else None
        done.rows = [json.loads(line)["record"] for line in done.out.splitlines() if '"RECORD"' in line]
        return done

    return validate


def weights(done):
    return {(one["rule"], one["pointer"]): one["severity"] for one in done.report["violations"]}


ALL = {("maxLength", "/code"), ("pattern", "/code"), ("unique", "/id"), ("minimum", "/lines/1/n"), ("invalidValues", "/kind")}


def test_as_the_contract_has_it(validate):
    done = validate({})
    assert weights(done) == {rule: "warning" if rule[0] == "invalidValues" else "error" for rule in ALL}, done
    assert done.rows == [ROWS[2]]


def test_a_rule_weighs_less_everywhere(validate):
    done = validate({"maxLength": "warning", "unique": "warning"})
    assert done.rows == [ROWS[0], ROWS[2], ROWS[4]] and done.code == 0, done
    assert weights(done)["maxLength", "/code"] == weights(done)["unique", "/id"] == "warning"
    assert done.report["quarantined"] == 2 and set(weights(done)) == ALL


def test_a_rule_weighs_less_or_more_at_one_field(validate):
    done = validate({"o.lines.*.n.minimum": "warning", "o.kind.invalidValues": "error", "pattern": "warning", "o.code.pattern": "error"})
    assert done.rows == [ROWS[2], ROWS[3]], done
    assert weights(done)["pattern", "/code"] == "error", "the more exact one counts"


@pytest.mark.parametrize("key", ["rowCount", "o.rowCount"])
def test_a_rule_of_the_end_weighs_more(validate, key):
    lowered = {rule: "warning" for rule, _ in ALL}
    assert validate(lowered, mode="strict").code == 0
    done = validate({**lowered, key: "error"}, mode="strict")
    assert done.code == 65 and "rowCount is" in done.failure["message"], done
    assert '"STATE"' not in done.out, "STATE waits for a rule of the end that binds"


def test_a_schema_promises_no_more_than_passes(validate):
    """A value of another type may pass: the SCHEMA may not take on the contract's types."""
    typed = validate({"o.id.type": "warning"})
    first = json.loads(typed.out.splitlines()[0])
    assert first["schema"]["properties"]["kind"] == {}
    assert json.loads(validate({}).out.splitlines()[0])["schema"]["properties"]["kind"] != {}


@pytest.mark.parametrize("severity, says", [
    ({"maxLenght": "warning"}, 'v.json: severity.maxLenght: severity names "maxLenght", which is no rule'),
    ({"o.cod.maxLength": "warning"}, "no rule of a field"),
    ({"maxLength": "off"}, "neither error nor warning"),
    (["maxLength"], '"severity" must be an object'),
])  # fmt: skip
def test_a_wrong_override_is_an_error_at_load(validate, severity, says):
    done = validate(severity)
    assert done.code == 78 and done.rows == [], done
    assert says in done.failure["message"] or says.split(": ", 2)[-1] in done.failure["message"], done.failure
