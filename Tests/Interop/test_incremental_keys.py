"""Streams of which only changes come: their keys come again, which is no breach of the contract."""
import json

import pytest

from conftest import lines, run
from contract_text import head
from job_project import project  # noqa: F401 (fixture)

CONTRACT = head() + """  - name: orders
    logicalType: object
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: mail, logicalType: string, unique: true}
      - {name: n, logicalType: integer}
    quality: [{metric: rowCount, mustBeGreaterThan: 100}, {metric: duplicateValues, mustBe: 0, arguments: {properties: [n]}}]
"""
SKIPPED = {"primaryKey", "unique", "rowCount", "duplicateValues"}


def stream():
    schema = {"type": "object", "properties": {"id": {"type": "integer"}, "mail": {"type": "string"},
                                               "n": {"type": "integer"}}}
    record = {"id": 1, "mail": "a@b", "n": 1}
    return lines({"type": "SCHEMA", "stream": "orders", "schema": schema, "key_properties": ["id"]},
                 *[{"type": "RECORD", "stream": "orders", "record": record}] * 2)


def catalog(**entry):
    return {"streams": [{"tap_stream_id": "orders", "stream": "orders", "schema": {}, **entry}]}


def metadata(**values):
    return catalog(metadata=[{"breadcrumb": [], "metadata": values}])


AIRBYTE = {"stream": {"name": "orders", "json_schema": {}}, "sync_mode": "incremental"}


@pytest.mark.parametrize("catalog, is_incremental", [
    (catalog(replication_method="INCREMENTAL", replication_key="n"), True),
    (catalog(replication_method="LOG_BASED"), True),
    (catalog(replication_key="n"), True),
    (metadata(**{"replication-method": "INCREMENTAL"}), True),
    (metadata(**{"forced-replication-method": "INCREMENTAL"}), True),
    ({"streams": [AIRBYTE]}, True),
    ({"streams": [AIRBYTE | {"sync_mode": "full_refresh"}]}, False),
    (metadata(**{"replication-method": "FULL_TABLE"}), False),
    (catalog(replication_method="FULL_TABLE", replication_key="n"), False),
    (catalog(), False),
])  # fmt: skip
@pytest.mark.parametrize("scope", [None, "run", "dataset"])
def test_keys_may_repeat_where_only_changes_come(tmp_path, catalog, is_incremental, scope):
    text = CONTRACT
    if scope:
        text += f"customProperties: [{{property: dativo.scope, value: {scope}}}]\n"
    (tmp_path / "c.yaml").write_text(text)
    (tmp_path / "k.json").write_text(json.dumps(catalog))
    done = run("dativo-validate", "--contract", "c.yaml", "--catalog", "k.json", "--report", "r",
               stdin=stream(), cwd=tmp_path)
    [report] = json.loads((tmp_path / "r").read_text())["streams"].values()
    skipped = {it["rule"]: it["reason"] for it in report.get("skipped", [])}
    if is_incremental and scope != "run":
        assert done.code == 0 and done.out.count("RECORD") == 2, done
        assert set(skipped) == SKIPPED and "changes only" in skipped["primaryKey"]
    else:
        assert done.code == 65 and "primaryKey" in done.failure["message"], done
        assert set(skipped) == ({"rowCount", "duplicateValues"} if scope == "dataset" else set())


def test_the_setting_names_streams_without_a_catalog(tmp_path):
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "v.json").write_text(json.dumps({"incremental": ["orders"]}))
    done = run("dativo-validate", "--config", "v.json", "--contract", "c.yaml", stdin=stream(), cwd=tmp_path)
    assert done.code == 0 and done.out.count("RECORD") == 2, done


TAP = """\
import json, sys
SCHEMA = {"type": "object", "properties": {name: {"type": kind} for name, kind in [("id", "integer"), ("mail", "string"), ("n", "integer")]}}
if "--about" in sys.argv:
    print(json.dumps({"name": "tap-changes", "capabilities": ["catalog", "discover", "state"]}))
elif "--discover" in sys.argv:
    print(json.dumps({"streams": [{"tap_stream_id": "orders", "stream": "orders", "schema": SCHEMA, "key_properties": ["id"],
                                   "replication_method": "INCREMENTAL", "replication_key": "n"}]}))
else:
    ids = json.load(open(sys.argv[sys.argv.index("--config") + 1]))["ids"]
    print(json.dumps({"type": "SCHEMA", "stream": "orders", "schema": SCHEMA, "key_properties": ["id"]}))
    for id in ids:
        print(json.dumps({"type": "RECORD", "stream": "orders", "record": {"id": id, "mail": f"m{id}", "n": id}}))
    print(json.dumps({"type": "STATE", "value": {"bookmarks": {"orders": {"n": max(ids)}}}}))
"""


def test_a_job_judges_keys_until_a_state_speaks_of_the_stream(project):
    """The first load is whole: its keys are judged. Those after it bring what has changed."""
    (project.folder / "tap.py").write_text(TAP)
    (project.folder / "c.yaml").write_text(CONTRACT.replace("mustBeGreaterThan: 100", "mustBeGreaterThan: 1"))

    def load(ids, code):
        project.job({"ids": ids}, tap=project.folder / "tap.py", extra="contracts: [c.yaml]\n")
        return project.run(code=code)

    assert "primaryKey" in load([1, 2, 2], 2).err
    load([1, 2, 3], 0)
    load([3, 4, 4], 0)
    assert project.ids() == [1, 2, 3, 3, 4, 4]
    project.job({"ids": [1, 1]}, tap=project.folder / "tap.py", extra="contracts: [c.yaml]\n")
    assert "primaryKey" in project.run("--full-refresh", code=2).err
