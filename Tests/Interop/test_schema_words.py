"""What a SCHEMA says that is not evaluated is told: words of draft 3, a schema of no properties; limits and versions."""
import json

import pytest

from conftest import lines, record, run, schema, state
from contract_text import head


def validate(tmp_path, message, *rows, options=()):
    done = run("dativo-validate", "--report", "r.json", *options,
               stdin=lines(message, *[record("o", row) for row in rows], state({"n": 1})), cwd=tmp_path)
    return done, json.loads((tmp_path / "r.json").read_text())["streams"].get("o")


def message(schema_):
    return {"type": "SCHEMA", "stream": "o", "schema": schema_, "key_properties": []}


@pytest.mark.parametrize("inner, keyword, place, says", [
    ({"type": "integer", "divisibleBy": 2}, "divisibleBy", "/properties/a", "multipleOf"),
    ({"disallow": "string"}, "disallow", "/properties/a", "not"),
    ({"extends": {"type": "integer"}}, "extends", "/properties/a", "allOf"),
    ({"type": "integer", "required": True}, "required", "/properties/a", "lists its required names"),
    ({"type": ["integer", {"type": "object"}]}, "type", "/properties/a", "anyOf"),
])  # fmt: skip
def test_words_of_draft_3_are_told(tmp_path, inner, keyword, place, says):
    done, report = validate(tmp_path, message({"type": "object", "properties": {"a": inner}}), {"a": 1})
    assert done.code == 0, done
    [skipped] = [one for one in report["skipped"] if one["rule"] == keyword]
    assert skipped["pointer"] == place and "draft 3" in skipped["reason"] and says in skipped["reason"]


def test_a_schema_of_draft_3_is_told_to_be_one(tmp_path):
    draft3 = "http://json-schema.org/draft-03/schema#"
    done, report = validate(tmp_path, message({"$schema": draft3, "properties": {"a": {"divisibleBy": 2}}}), {"a": 3})
    assert done.code == 0, done
    assert {one["rule"] for one in report["skipped"]} == {"$schema"} | {"divisibleBy"}


def test_later_drafts_may_use_the_words_as_names(tmp_path):
    draft7 = "http://json-schema.org/draft-07/schema#"
    done, report = validate(tmp_path, message({"$schema": draft7, "extends": "base", "properties": {"a": {}}}), {"a": 3})
    assert done.code == 0 and report["skipped"] == [], done


@pytest.mark.parametrize("body", [{}, {"type": "object"}, {"type": "object", "additionalProperties": {"type": "integer"}}])
def test_a_schema_without_properties_says_what_it_says(tmp_path, body):
    done, report = validate(tmp_path, message(body), {"a": 1}, {"b": 2})
    assert done.code == 0 and report["passed"] == 2, done
    assert "the schema of stream o has no properties" in done.err
    if "additionalProperties" in body:
        done, _ = validate(tmp_path, message(body), {"a": 1}, {"b": "x"})
        assert done.code == 65 and "line 3" in done.failure["message"], done


# Settings and versions.


@pytest.mark.parametrize("limit, code", [(0, 65), ("0", 65), (1, 0), ("50%", 0), ("10%", 65)])
def test_max_violations_is_a_number_or_a_text(tmp_path, limit, code):
    (tmp_path / "s.json").write_text(json.dumps({"max_violations": limit, "mode": "warn"}))
    done, _ = validate(tmp_path, schema("o", {"a": {"type": "integer"}}), {"a": 1}, {"a": "x"}, options=["--config", "s.json"])
    assert done.code == code, done


@pytest.mark.parametrize("limit, says", [(1.5, 'not 1.5'), ("x", "neither a number nor a percentage"), (-1, "neither"), ([], "must be a whole number, or a percentage")])
def test_max_violations_that_is_neither(tmp_path, limit, says):
    (tmp_path / "s.json").write_text(json.dumps({"max_violations": limit}))
    done = run("dativo-validate", "--config", "s.json", cwd=tmp_path)
    assert done.code in (64, 78) and says in done.err, done


@pytest.mark.parametrize("version, hint", [
    ("3.0.2", "Write apiVersion: v3.0.2."), ("3.1", "Write apiVersion: v3.1.0."), ("v3.1", "Write apiVersion: v3.1.0."),
    ("3.2.0", "Write apiVersion: v3.2.0."), ("V3.0.1", "Write apiVersion: v3.0.1."), ("v3.0", "Write apiVersion: v3.0.2."),
    ("v2.2.2", "Version 2 has another structure"), ("v3.3.0", "v3.2.0 is the newest that it reads"),
    ("v4.0.0", "v3.2.0 is the newest that it reads"), ("v3.O.2", "Write apiVersion: v3.0.2."),
])  # fmt: skip
def test_a_version_that_is_not_read_is_told_with_the_one_that_is_meant(tmp_path, version, hint):
    (tmp_path / "c.yaml").write_text(f"apiVersion: {version}\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\n")
    done = run("dativo-validate", "--contract", "c.yaml", cwd=tmp_path)
    assert done.code == 78 and hint in done.err and "c.yaml:1:13" in done.err, done


# Times that no column has room for.

CONTRACT = head() + """- name: o
  properties:
  - {name: d, logicalType: date}
  - {name: s, logicalType: timestamp}
  - {name: t, logicalType: time}
"""


def refused(tmp_path, form, row):
    (tmp_path / "c.yaml").write_text(CONTRACT)
    done, report = validate(tmp_path, message({"properties": {"d": {"type": "string", **form}}}), row,
                            options=["--contract", "c.yaml", "--mode", "quarantine", "--quarantine", "q"])
    assert done.code == 0, done
    return [(one["rule"], one["pointer"]) for one in report["violations"]]


@pytest.mark.parametrize("field, text", [
    ("d", "2016-12-31T23:59:60Z"), ("d", "2016-12-31T23:59:60"), ("s", "2016-12-31T23:59:60Z"),
    ("s", "2017-01-01T00:59:60+01:00"), ("t", "23:59:60Z"), ("t", "23:59:60"),
])  # fmt: skip
def test_a_leap_second_is_no_time(tmp_path, field, text):
    assert refused(tmp_path, {}, {field: text}) == [("format", f"/{field}")]
    assert refused(tmp_path, {}, {field: text.replace(":60", ":59")}) == []


@pytest.mark.parametrize("text, is_fine", [("0001-01-01", True), ("9999-12-31", True), ("0000-12-31", False)])
def test_a_date_column_has_room_for_four_digits_of_a_year(tmp_path, text, is_fine):
    assert (refused(tmp_path, {"format": "date"}, {"d": text}) == []) == is_fine
    # A text is a text where no column of dates is announced.
    assert refused(tmp_path, {}, {"d": text}) == []
