"""Masking in job files: policies, keys, and what lint says of them."""
import json
import os

import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state
from job_project import project  # noqa: F401 (fixture)
from mask_cases import ACTIONS, FIELDS, KEY, contract, good, leaks, mac, name_of, schema_line

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
    project.job(tap="tap.py", extra="contracts: [c.yaml]\nvalidation: " + json.dumps(validation)
                + f"\nsandbox: {{tap: {{read: [., {json.dumps(str(source))}]}}}}")


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
