"""What contracts say of fields on their way out, of encrypted ones, and of rows elsewhere."""
import json

import pytest

from conftest import lines, record, run, schema, state
from contract_text import head

HEAD = head("v3.2.0") + "- name: o\n  properties:\n"


def write(tmp_path, *properties, more=""):
    text = HEAD + "".join(f"  - {{{one}}}\n" for one in properties) + more
    (tmp_path / "c.yaml").write_text(text)


def stream(*rows):
    return lines(schema("o", {"id": {}}), *[record("o", row) for row in rows], state({"n": 1}))


def validate(tmp_path, rows, *options):
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r.json", *options,
               stdin=stream(*rows), cwd=tmp_path)
    return done, json.loads((tmp_path / "r.json").read_text())["streams"]["o"]


CLEAR = "name: mail, logicalType: string, encryptedName: secret, required: true"
SECRET = "name: secret, logicalType: string"


# encryptedName.


@pytest.mark.parametrize("properties, message", [
    ((CLEAR, "name: sceret, logicalType: string"), "9:54: warning: encryptedName of mail names secret, which is no element beside it"),
    ((CLEAR, "name: sceret, logicalType: string"), 'Did you mean "sceret"?'),
    (("name: mail, logicalType: string, encryptedName: mail", SECRET), "encryptedName of mail is the element itself"),
    (("name: a, logicalType: object, properties: [{name: b, logicalType: string, encryptedName: c}]",),
     "encryptedName of b names c, which is no element beside it"),
    (("name: l, logicalType: array, items: {logicalType: object, properties: [{name: b, logicalType: string, encryptedName: c}]}",),
     "encryptedName of b names c, which is no element beside it"),
    (("name: l, logicalType: array, items: {logicalType: array, items: {logicalType: object, properties: [{name: b, logicalType: string, encryptedName: c}]}}",),
     "encryptedName of b names c, which is no element beside it"),
    (("name: mail, logicalType: string, primaryKey: true, encryptedName: secret", SECRET), "a part of the primary key cannot be absent"),
])  # fmt: skip
def test_an_encrypted_name_that_leads_nowhere_is_a_warning(tmp_path, properties, message):
    write(tmp_path, *properties)
    done = run("dativo", "lint", "c.yaml", cwd=tmp_path)
    assert done.code == 0 and message in done.out + done.err, done


@pytest.mark.parametrize("name", ["secret", "col_7"])
def test_an_encrypted_name_is_a_name_or_a_physical_name(tmp_path, name):
    write(tmp_path, CLEAR.replace("secret", name), SECRET + ", physicalName: col_7")
    done = run("dativo", "lint", "c.yaml", cwd=tmp_path)
    assert done.code == 0 and "encryptedName" not in done.out + done.err, done


@pytest.mark.parametrize("row, rule, pointer", [
    ({"mail": "a@b.cz", "secret": "x"}, "encryptedName", "/mail"),
    ({"mail": "a@b.cz"}, "encryptedName", "/mail"),
    ({"mail": 7, "secret": "x"}, "encryptedName", "/mail"),
    ({"secret": None}, "required", "/secret"),
    ({}, "required", "/secret"),
])  # fmt: skip
def test_the_clear_value_must_not_come_and_the_encrypted_one_must(tmp_path, row, rule, pointer):
    write(tmp_path, CLEAR, SECRET)
    done, report = validate(tmp_path, [row], "--mode", "quarantine", "--quarantine", "q")
    assert done.code == 0, done
    found = {(one["rule"], one["pointer"]) for one in report["violations"]}
    assert (rule, pointer) in found and report["quarantined"] == 1
    # The report says what is wrong without saying what it was.
    assert "a@b.cz" not in json.dumps(report) + done.err


@pytest.mark.parametrize("row", [{"secret": "x"}, {"mail": None, "secret": "x"}])
def test_an_encrypted_field_passes_without_its_clear_value(tmp_path, row):
    write(tmp_path, CLEAR, SECRET)
    done, report = validate(tmp_path, [row] * 3)
    assert done.code == 0 and report["passed"] == 3, done


def test_encrypted_fields_within_objects_and_elements(tmp_path):
    inner = f"[{{{CLEAR}}}, {{{SECRET}}}]"
    write(tmp_path, f"name: a, logicalType: object, properties: {inner}",
          f"name: l, logicalType: array, items: {{logicalType: object, properties: {inner}}}",
          f"name: d, logicalType: array, items: {{logicalType: array, items: {{logicalType: object, properties: {inner}}}}}",
          f"name: m, logicalType: map, map: {{key: {{logicalType: string}}, value: {{logicalType: object, properties: {inner}}}}}")
    fine = {"a": {"secret": "x"}, "l": [{"secret": "y"}]}
    bad = {"a": {"secret": "x", "mail": "m"}, "l": [{"secret": "y"}, {"mail": "m", "secret": "z"}],
           "d": [[], [{"mail": "m", "secret": "z"}]], "m": {"k": {"mail": "m", "secret": "z"}}}
    _, report = validate(tmp_path, [fine, bad], "--mode", "warn")
    assert report["violating"] == 1
    assert {one["pointer"] for one in report["violations"]} == {"/a/mail", "/l/1/mail", "/d/1/0/mail", "/m/k/mail"}


@pytest.mark.parametrize("properties, reason", [
    ((CLEAR,), "no field secret"),
    (("name: mail, logicalType: string, primaryKey: true, encryptedName: secret", SECRET), "cannot be absent"),
    ((CLEAR + ", customProperties: [{property: dativo.mask, value: redact}]", SECRET), "masked"),
])  # fmt: skip
def test_what_cannot_be_asked_is_skipped(tmp_path, properties, reason):
    write(tmp_path, *properties)
    done, report = validate(tmp_path, [{"mail": "m", "secret": "x"}])
    assert done.code == 0, done
    [skipped] = [one for one in report["skipped"] if one["rule"] == "encryptedName"]
    assert skipped["pointer"] == "/mail" and reason in skipped["reason"]


def test_a_policy_that_masks_the_field_lets_it_come(tmp_path):
    write(tmp_path, CLEAR + ", classification: pii", SECRET)
    (tmp_path / "s.json").write_text(json.dumps({"masking": {"classification": {"pii": "redact"}}}))
    done, report = validate(tmp_path, [{"mail": "a@b.cz", "secret": "x"}], "--config", "s.json")
    assert done.code == 0 and report["passed"] == 1 and "a@b.cz" not in done.out, done


def test_a_test_of_data_lists_what_is_asked(tmp_path):
    write(tmp_path, CLEAR, SECRET)
    (tmp_path / "o.jsonl").write_text('{"secret": "x"}\n{"mail": "a@b.cz", "secret": "y"}\n')
    done = run("dativo", "contract", "test", "--contract", "c.yaml", "o.jsonl", "--json", cwd=tmp_path)
    found = {(one["pointer"], one["rule"]): one["status"] for one in json.loads(done.out)["result"]["checks"]}
    assert found["/mail", "encryptedName"] == "failed" and found["/secret", "required"] == "passed"
    assert ("/mail", "required") not in found and "a@b.cz" not in done.out


# deprecated.


def test_a_deprecated_field_that_still_comes_is_a_warning(tmp_path):
    write(tmp_path, "name: id, logicalType: integer, unique: true", "name: old, logicalType: string, deprecated: true",
          "name: a, logicalType: object, properties: [{name: b, logicalType: integer, deprecated: true}]")
    rows = [{"id": n} for n in range(4)] + [{"id": 4 + n, "old": "x"} for n in range(5)]
    rows += [{"id": 20 + n, "old": None, "a": {"b": 1}} for n in range(3)] + [{"id": 30, "a": {"b": None}}]
    done, report = validate(tmp_path, rows)
    assert done.code == 0 and (report["passed"], report["violating"]) == (len(rows), 0), done
    found = {one["pointer"]: one for one in report["violations"]}
    assert set(found) == {"/old", "/a/b"}
    assert (found["/old"]["count"], found["/old"]["first_line"]) == (5, 6)
    assert found["/a/b"]["count"] == 3
    assert {(one["rule"], one["severity"]) for one in report["violations"]} == {("deprecated", "warning")}


def test_a_deprecated_field_can_weigh_more(tmp_path):
    write(tmp_path, "name: old, logicalType: string, deprecated: true")
    (tmp_path / "s.json").write_text('{"severity": {"deprecated": "error"}}')
    done, report = validate(tmp_path, [{"old": None}, {"old": "x"}], "--config", "s.json")
    assert done.code == 65 and report["passed"] == 1, done
    rows = [{"old": "x"}, {}, {"old": "x"}]
    done, report = validate(tmp_path, rows, "--config", "s.json", "--mode", "quarantine", "--quarantine", "q")
    assert (report["passed"], report["quarantined"]) == (1, 2), done


def test_a_repeated_key_does_not_count_a_deprecated_field_twice(tmp_path):
    write(tmp_path, "name: id, logicalType: integer, unique: true", "name: old, logicalType: string, deprecated: true")
    rows = [{"id": 1, "old": "x"}, {"id": 2, "old": "x"}, {"id": 2, "old": "x"}, {"id": 3, "old": "x"}]
    _, report = validate(tmp_path, rows, "--mode", "warn")
    counts = {one["rule"]: one["count"] for one in report["violations"]}
    assert counts == {"deprecated": 4, "unique": 1}


def test_a_deprecated_object_is_a_warning(tmp_path):
    write(tmp_path, "name: id, logicalType: integer", more="  deprecated: true\n")
    done, _ = validate(tmp_path, [{"id": 1}])
    assert done.code == 0 and "stream o: its object of the contract is deprecated" in done.err, done


# relationships.


def test_relationships_are_skipped_never_passed(tmp_path):
    write(tmp_path, "name: id, logicalType: integer, relationships: [{to: p.id}]",
          "name: a, logicalType: object, properties: [{name: b, logicalType: integer, relationships: [{type: foreignKey, to: p.id}]}]",
          more="  relationships: [{from: o.id, to: p.id}]\n- name: p\n  properties: [{name: id, logicalType: integer}]\n")
    done, report = validate(tmp_path, [{"id": 1}])
    assert done.code == 0, done
    found = [one for one in report["skipped"] if one["rule"] == "foreignKey"]
    assert [one["pointer"] for one in found] == ["", "/id", "/a/b"]
    assert all("not in the stream" in one["reason"] for one in found)


def test_a_test_of_data_lists_each_relationship_once(tmp_path):
    write(tmp_path, "name: id, logicalType: integer, relationships: [{to: p.id}]",
          more="- name: p\n  properties: [{name: id, logicalType: integer}]\n")
    (tmp_path / "o.jsonl").write_text('{"id": 1}\n')
    done = run("dativo", "contract", "test", "--contract", "c.yaml", "o.jsonl", "--format", "json", cwd=tmp_path)
    checks = json.loads(done.out)["result"]["checks"]
    assert [one["status"] for one in checks if one["rule"] == "foreignKey"] == ["skipped"], done
