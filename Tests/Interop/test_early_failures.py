"""A rule of the end that is lost before: the run ends, names the record that lost it, and reports the rule."""
import json

import pytest

from conftest import lines, record, run, schema, state
from contract_text import head

ROWS = "  quality: [{metric: rowCount, mustBeLessOrEqualTo: 7}]\n"


def contract(tmp_path, *objects):
    (tmp_path / "c.yaml").write_text(head() + "".join(objects))


def one(name, more="", quality=""):
    return f"- name: {name}\n  properties:\n  - {{name: n, logicalType: integer{quality}}}\n{more}"


def validate(tmp_path, stream, *options):
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r.json", *options, stdin=stream, cwd=tmp_path)
    return done, json.loads((tmp_path / "r.json").read_text())


def rules(report, stream="o"):
    return [(one["rule"], one["pointer"], one["actual"], one["passed"]) for one in report["streams"][stream]["end_rules"]]


@pytest.mark.parametrize("rows", [8, 9, 5000])
def test_the_record_that_is_one_too_many(tmp_path, rows):
    contract(tmp_path, one("o", ROWS))
    done, report = validate(tmp_path, lines(schema("o", {}), *[record("o", {"n": n}) for n in range(rows)]))
    assert done.code == 65 and "line 9: stream o: rowCount is 8, expected at most 7" in done.failure["message"], done
    [(rule, pointer, actual, passed)] = rules(report)
    assert (rule, pointer, passed) == ("rowCount", "", False) and 8 <= actual <= rows


def test_the_line_is_right_among_other_streams(tmp_path):
    contract(tmp_path, one("o", ROWS), one("p"))
    body = []
    for n in range(40):
        body += [record("o", {"n": n}), record("p", {"n": n}), record("p", {"n": n})]
    done, report = validate(tmp_path, lines(schema("o", {}), schema("p", {}), *body))
    # Two SCHEMA lines, then every third is a record of o: the eighth of them.
    assert done.code == 65 and "line 24: stream o: rowCount is 8" in done.failure["message"], done
    assert report["streams"]["p"].get("end_rules") is None


def test_the_line_is_right_where_values_are_coerced(tmp_path):
    contract(tmp_path, one("o", ROWS + "  customProperties: [{property: dativo.coerce, value: [number]}]\n"))
    done, _ = validate(tmp_path, lines(schema("o", {}), *[record("o", {"n": str(n)}) for n in range(50)]))
    assert done.code == 65 and "line 9: stream o: rowCount is 8" in done.failure["message"], done


@pytest.mark.parametrize("rule, bad, says", [
    ("{metric: nullValues, mustBeLessThan: 3}", None, "nullValues of /n is 3, expected less than 3"),
    ("{metric: duplicateValues, mustBeLessOrEqualTo: 2}", 5, "duplicateValues of /n is 3, expected at most 2"),
    ("{metric: invalidValues, arguments: {validValues: [1, 2, 5]}, mustBeBetween: [0, 3]}", 7, "invalidValues of /n is 3"),
])  # fmt: skip
def test_the_record_that_is_one_offence_too_many(tmp_path, rule, bad, says):
    contract(tmp_path, one("o", quality=f", quality: [{rule}]"))
    fine = [1, 2] if "duplicate" not in rule else [10, 11]
    values = [fine[0], fine[1], *([5] if bad == 5 else []), bad, 20 if bad == 5 else fine[0], bad, bad, 30, bad]
    if "invalid" in rule:
        values = [value if value in (1, 2, 7) else 1 for value in values]
    offences = [n for n, value in enumerate(values) if value == bad][1 if bad == 5 else 0 :]
    done, report = validate(tmp_path, lines(schema("o", {}), *[record("o", {"n": n}) for n in values]))
    assert done.code == 65 and f"line {offences[2] + 2}: stream o: {says}" in done.failure["message"], done
    assert [found[3] for found in rules(report)] == [False]


@pytest.mark.parametrize("mode", ["warn", "quarantine"])
def test_other_modes_go_on_to_the_end(tmp_path, mode):
    contract(tmp_path, one("o", ROWS))
    stream = lines(schema("o", {}), *[record("o", {"n": n}) for n in range(20)], state({"n": 1}))
    more = ["--quarantine", "q"] if mode == "quarantine" else []
    done, report = validate(tmp_path, stream, "--mode", mode, *more)
    assert done.code == 0 and rules(report) == [("rowCount", "", 20, False)], done


def test_a_rule_that_is_a_warning_here_does_not_end_the_run(tmp_path):
    contract(tmp_path, one("o", ROWS))
    (tmp_path / "s.json").write_text('{"severity": {"o.rowCount": "warning"}}')
    done, report = validate(tmp_path, lines(schema("o", {}), *[record("o", {"n": n}) for n in range(20)]), "--config", "s.json")
    assert done.code == 0 and rules(report) == [("rowCount", "", 20, False)], done
