"""`dativo run` says which rules were broken by a stream as a whole, which warned, which nobody judged."""
import json

import pytest

from contract_text import head
from job_project import project  # noqa: F401 (fixture)

CONTRACT = head() + """- name: orders
  logicalType: object
  quality:
  - {metric: rowCount, mustBeGreaterThan: 5000, severity: SEVERITY}
  - {type: sql, query: "SELECT count(*) FROM {object}", mustBe: 7}
  properties:
  - {name: id, logicalType: integer, physicalType: 'number(2)'}
"""


@pytest.mark.parametrize("mode", ["warn", "quarantine"])
@pytest.mark.parametrize("severity", ["error", "warning"])
def test_no_rule_is_silently_passed(project, mode, severity):
    (project.folder / "c.yaml").write_text(CONTRACT.replace("SEVERITY", severity))
    project.job({"rows": 1000}, extra=f"contracts: [c.yaml]\nvalidation: {{mode: {mode}}}\n")
    done = project.run(code=1 if severity == "error" else 0)
    word = "rule broken" if severity == "error" else "warning"
    assert f"{word}: orders: rowCount is 1000, expected more than 5000" in done.err, done.err
    assert "warning: orders: physicalType of /id is broken by 900 records" in done.err
    assert "orders: 1 rule not judged: sql" in done.err
    if severity == "error":
        assert "done, but not every rule was kept" in done.err
    record = project.record()
    stream = record["streams"]["orders"]
    assert record["outcome"] == ("partial" if severity == "error" else "success")
    assert [rule["rule"] for rule in stream["broken_rules"]] == ["rowCount", "physicalType"]
    assert stream["broken_rules"][0]["actual"] == 1000 and stream["skipped_rules"][0]["rule"] == "sql"
    assert project.ids() == list(range(1000))


def test_where_the_job_stands_is_no_secret(project, monkeypatch):
    """PWD is a short word for password, too."""
    monkeypatch.setenv("PWD", str(project.folder))
    project.job({"rows": 10})
    done = project.dativo("plan", "job.yaml")
    assert str(project.folder) in done.out and "****" not in done.out, done.out


def test_a_strict_run_does_not_say_that_the_record_passed(project):
    (project.folder / "c.yaml").write_text(CONTRACT.replace("more", "").replace(", physicalType: 'number(2)'", ", logicalTypeOptions: {maximum: 5}"))
    project.job({"rows": 10}, extra="contracts: [c.yaml]\n")
    done = project.run(code=2)
    assert "1 broke a rule" in done.err and "and passed" not in done.err, done.err


@pytest.mark.parametrize("tenant, refused", [("acme", False), ("ACME", False), ("other", True)])
def test_a_contract_of_another_tenant_is_refused(project, tenant, refused):
    (project.folder / "c.yaml").write_text(CONTRACT.replace("SEVERITY", "warning").replace("id: x\n", f"id: x\ntenant: {tenant}\n"))
    project.job({"rows": 5}, extra="contracts: [c.yaml]\n")
    lint = project.dativo("lint", "job.yaml")
    assert ("contract of the tenant other" in lint.out) == refused, lint.out
    done = project.dativo("run", "job.yaml")
    assert done.returncode == (78 if refused else 0), done.err
    assert ("c.yaml is a contract of the tenant other, and the job is acme's" in done.err) == refused
