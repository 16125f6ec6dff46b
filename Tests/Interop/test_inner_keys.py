"""`unique` below the top of records: no value stands twice in the whole stream, wherever it stands."""
import json
import random

import pytest

from conftest import lines, record, run, schema
from contract_text import head

INNER = "{name: sku, logicalType: string, unique: true}"
SHAPES = {
    "object": "{name: f, logicalType: object, properties: [%s]}" % INNER,
    "array": "{name: f, logicalType: array, items: {logicalType: object, properties: [%s]}}" % INNER,
    "items": "{name: f, logicalType: array, items: {logicalType: string, unique: true}}",
    "deep": "{name: f, logicalType: object, properties: [{name: g, logicalType: array, items: {logicalType: array, items: {logicalType: object, properties: [%s]}}}]}" % INNER,
    "map": "{name: f, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: string, unique: true}}}",
    "key": "{name: f, logicalType: object, properties: [{name: k, logicalType: string, primaryKey: true}]}",
}  # fmt: skip


def validate(tmp_path, shape, values, *options, more=""):
    (tmp_path / "c.yaml").write_text(f"{head('v3.2.0')}- name: o\n  properties:\n  - {{name: id, logicalType: integer}}\n  - {SHAPES[shape]}\n{more}")
    rows = [record("o", {"id": n, "f": value} if value is not ... else {"id": n}) for n, value in enumerate(values)]
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r", *options, stdin=lines(schema("o", {"f": {}}), *rows), cwd=tmp_path)
    return done, json.loads((tmp_path / "r").read_text())["streams"]["o"]


def found(report):
    return [(one["rule"], one["code"], one["pointer"], one["count"], one["first_line"]) for one in report["violations"]]


@pytest.mark.parametrize("shape, fine, bad, pointer", [
    ("object", [{"sku": "a"}, {"sku": "b"}, {}, None, ..., {"sku": None}, {"sku": None}], {"sku": "a"}, "/f/sku"),
    ("array", [[{"sku": "a"}, {"sku": "b"}], [], [{}], [{"sku": None}, {"sku": None}], ...], [{"sku": "c"}, {"sku": "b"}], "/f/1/sku"),
    ("array", [[{"sku": "a"}]], [{"sku": "c"}, {"sku": "d"}, {"sku": "c"}], "/f/2/sku"),
    ("items", [["a", "b"], [], ["c"], ...], ["d", "c"], "/f/1"),
    ("deep", [{"g": [[{"sku": "a"}], []]}, {"g": []}, {}], {"g": [[], [{"sku": "b"}, {"sku": "a"}]]}, "/f/g/1/1/sku"),
    ("map", [{"x": "a", "y": "b"}, {}, ...], {"x": "c", "z": "a"}, "/f/z"),
])  # fmt: skip
def test_a_value_that_came_before_is_a_violation_and_nothing_else(tmp_path, shape, fine, bad, pointer):
    done, report = validate(tmp_path, shape, [*fine, bad], "--mode", "quarantine", "--quarantine", "q")
    assert done.code == 0, done
    assert found(report) == [("unique", "duplicate", pointer, 1, len(fine) + 2)]
    assert (report["passed"], report["quarantined"], report["skipped"]) == (len(fine), 1, [])


def test_what_was_set_aside_is_not_taken(tmp_path):
    values = [[{"sku": "a"}], [{"sku": "a"}, {"sku": "z"}], [{"sku": "z"}]]
    _, report = validate(tmp_path, "array", values, "--mode", "quarantine", "--quarantine", "q")
    assert (report["passed"], report["quarantined"]) == (2, 1)


def test_more_than_memory_holds(tmp_path):
    """Every value once, but for those that are drawn twice: exactly they are found, from files too."""
    dice = random.Random(7)
    numbers = [f"{dice.getrandbits(60):x}" for _ in range(20_000)]
    again = dice.sample(numbers, 50)
    values = [[{"sku": one} for one in numbers[n : n + 10]] for n in range(0, len(numbers), 10)] + [[{"sku": one}] for one in again]
    (tmp_path / "s.json").write_text('{"key_memory": "64KiB"}')
    _, report = validate(tmp_path, "array", values, "--config", "s.json", "--mode", "quarantine", "--quarantine", "q")
    assert (report["passed"], report["quarantined"]) == (2000, 50)


def test_of_a_stream_of_changes_it_is_skipped(tmp_path):
    (tmp_path / "s.json").write_text('{"incremental": ["o"]}')
    done, report = validate(tmp_path, "array", [[{"sku": "a"}]] * 2, "--config", "s.json")
    assert done.code == 0 and report["passed"] == 2, done
    assert [(one["rule"], one["pointer"]) for one in report["skipped"]] == [("unique", "/f/*/sku")]


def test_its_severity_is_that_of_its_place(tmp_path):
    (tmp_path / "s.json").write_text('{"severity": {"o.f.*.sku.unique": "warning"}}')
    done, report = validate(tmp_path, "array", [[{"sku": "a"}]] * 2, "--config", "s.json")
    assert done.code == 0 and report["passed"] == 2 and report["violations"][0]["severity"] == "warning", done


def test_a_test_of_data_lists_it(tmp_path):
    validate(tmp_path, "array", [])
    (tmp_path / "o.jsonl").write_text('{"f": [{"sku": "a"}]}\n{"f": [{"sku": "b"}, {"sku": "a"}]}\n')
    done = run("dativo", "contract", "test", "--contract", "c.yaml", "o.jsonl", "--json", cwd=tmp_path)
    [check] = [one for one in json.loads(done.out)["result"]["checks"] if one["rule"] == "unique"]
    assert (check["pointer"], check["status"], check["count"], check["line"]) == ("/f/*/sku", "failed", 1, 2)


def test_a_primary_key_below_the_top_is_skipped(tmp_path):
    _, report = validate(tmp_path, "key", [{"k": "a"}, {"k": "a"}])
    assert [(one["rule"], one["pointer"]) for one in report["skipped"]] == [("primaryKey", "/f/k")] and report["passed"] == 2
