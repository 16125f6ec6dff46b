"""Properties without a logicalType: what else is said of them is judged, wherever the record stands.

A record is judged the same alone, by the exact check, and behind others like it, by the fast one.
"""
import json
import random

import pytest

from conftest import run

HEAD = """apiVersion: v3.2.0
kind: DataContract
id: o
version: 1.0.0
status: active
schema:
- name: o
  properties:
"""


def verdicts(folder, properties, records, form="singer"):
    """Whether each record passes, behind the first one, which is fine."""
    (folder / "c.yaml").write_text(HEAD + "".join(f"  - {it}\n" for it in properties))

    def passes(records):
        if form == "singer":
            schema = {"properties": {name: {} for name in records[0]}}
            out = [{"type": "SCHEMA", "stream": "o", "schema": schema, "key_properties": []}]
            out += [{"type": "RECORD", "stream": "o", "record": it} for it in records]
        else:
            out = [{"type": "RECORD", "record": {"stream": "o", "data": it, "emitted_at": 1}} for it in records]
        stdin = "".join(json.dumps(it) + "\n" for it in out).encode()
        return run("dativo-validate", "--contract", "c.yaml", stdin=stdin, cwd=folder).code == 0

    assert passes([records[0]] * 3)
    return [(passes([it]), passes([records[0], records[0], it, records[0]])) for it in records[1:]]


@pytest.mark.parametrize("form", ["singer", "airbyte"])
@pytest.mark.parametrize("properties, good, bad", [
    (["{name: a, required: true}"], {"a": 1}, [{"a": None}, {}]),
    (["{name: a, required: true, physicalType: text}"], {"a": "x"}, [{"a": None}]),
    (["{name: a, enum: [{value: NEW}, {value: OLD}]}"], {"a": "NEW"}, [{"a": 5}, {"a": ["NEW"]}, {"a": True}, {"a": "new"}]),
    (["{name: a, logicalType: array, items: {required: true}}"], {"a": [1]}, [{"a": [None]}]),
    (["{name: a, logicalType: object, properties: [{name: b, required: true}]}"], {"a": {"b": 1}}, [{"a": {"b": None}}, {"a": {}}]),
])  # fmt: skip
def test_what_is_said_of_an_untyped_property_is_judged(tmp_path, form, properties, good, bad):
    assert verdicts(tmp_path, properties, [good, *bad], form) == [(False, False)] * len(bad)


@pytest.mark.parametrize("form", ["singer", "airbyte"])
def test_an_untyped_key_is_not_null(tmp_path, form):
    (tmp_path / "c.yaml").write_text(HEAD + "  - {name: a, primaryKey: true}\n")
    out = [{"type": "SCHEMA", "stream": "o", "schema": {"properties": {"a": {}}}, "key_properties": []}] if form == "singer" else []
    for value in [1, "1", 2, None]:
        record = {"a": value}
        out.append({"type": "RECORD", "stream": "o", "record": record} if form == "singer"
                   else {"type": "RECORD", "record": {"stream": "o", "data": record, "emitted_at": 1}})
    stdin = "".join(json.dumps(it) + "\n" for it in out).encode()
    done = run("dativo-validate", "--contract", "c.yaml", stdin=stdin, cwd=tmp_path)
    assert done.code == 65 and "/a: primaryKey" in done.failure["message"] and done.out.count("RECORD") == 3, done


VALUES = [None, 0, 1, 1.5, -3, True, "NEW", "x", "", [], [1], [None], {}, {"b": None}, {"b": "NEW"}, 10**20]
PARTS = ["", ", required: true", ", enum: [{value: NEW}, {value: x}]", ", logicalType: string", ", logicalType: integer",
         ", logicalType: array, items: {required: true}", ", logicalType: object, properties: [{name: b, required: true}]",
         ", logicalType: number, required: true", ", physicalType: 'varchar(2)'", ", logicalType: string, physicalType: 'varchar(2)'",
         ", logicalType: integer, physicalType: 'number(1)'"]  # fmt: skip


def test_a_record_is_judged_the_same_wherever_it_stands(tmp_path):
    random.seed(20261126)
    for part in PARTS:
        values = [value for value in VALUES if verdicts_of_one(tmp_path, part, value)]
        if values:
            records = [{"a": values[0]}] + [{"a": value} for value in random.sample(VALUES, 8)]
            for alone, behind in verdicts(tmp_path, [f"{{name: a{part}}}"], records):
                assert alone == behind, (part, records)


def verdicts_of_one(folder, part, value):
    (folder / "c.yaml").write_text(HEAD + f"  - {{name: a{part}}}\n")
    lines = [{"type": "SCHEMA", "stream": "o", "schema": {"properties": {"a": {}}}, "key_properties": []},
             {"type": "RECORD", "stream": "o", "record": {"a": value}}]
    stdin = "".join(json.dumps(it) + "\n" for it in lines).encode()
    return run("dativo-validate", "--contract", "c.yaml", stdin=stdin, cwd=folder).code == 0
