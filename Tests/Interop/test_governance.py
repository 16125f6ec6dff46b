"""What a contract says of its data travels: SCHEMA, the file's footer and columns, the commit, the run."""
import json

import fastparquet
import pyarrow.parquet as pq

from conftest import lines, record, run, schema, state

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop.o
version: 1.2.0
status: active
tenant: acme
domain: shop
tags: [gold]
team: {name: sales, members: [{username: ann, role: Owner}]}
customProperties:
  - {property: compliance, value: [GDPR, SOC2]}
  - {property: dativo.scope, value: run}
slaProperties: [{property: retention, value: 3, unit: y, element: o.k}]
schema:
  - name: o
    tags: [event]
    properties:
      - name: k
        logicalType: string
        classification: restricted
        tags: [pii]
        criticalDataElement: true
        transformSourceObjects: [crm.users.email]
        transformLogic: lower(email)
        customProperties: [{property: legal_basis, value: consent}]
      - {name: plain, logicalType: integer}
"""
FIELD = {
    "classification": "restricted", "tags": ["pii"], "cde": True,
    "lineage": {"sources": ["crm.users.email"], "logic": "lower(email)"}, "custom": {"legal_basis": "consent"},
}  # fmt: skip
STREAM = lines(schema("o", {"k": {"type": "string"}, "plain": {"type": "integer"}}),
               record("o", {"k": "a", "plain": 1}), state({"n": 1}))


def test_from_the_contract_into_schema_footer_columns_and_commit(tmp_path):
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "t.json").write_text(json.dumps({"destination": "out"}))
    passed = run("dativo-validate", "--contract", "c.yaml", stdin=STREAM, cwd=tmp_path)
    facts = json.loads(passed.out.splitlines()[0])["schema"]["x-dativo"]
    assert facts["fields"] == {"k": FIELD}
    assert facts["custom"] == {"compliance": ["GDPR", "SOC2"]}
    assert (facts["owner"], facts["domain"], facts["tags"], facts["retention"]) == (
        "sales", "shop", ["gold"], "3 y for o.k")

    done = run("dativo-target-parquet", "--config", "t.json", stdin=passed.out, cwd=tmp_path)
    assert done.code == 0, done
    [path] = (tmp_path / "out/o").glob("*.parquet")
    footer = {key.decode(): value.decode() for key, value in pq.read_metadata(path).metadata.items()}
    assert footer["dativo.odcs.id"] == "shop.o" and footer["dativo.odcs.version"] == "1.2.0"
    assert footer["dativo.owner"] == "sales" and footer["dativo.tenant"] == "acme"
    assert json.loads(footer["dativo.fields"]) == {"k": FIELD}
    columns = fastparquet.ParquetFile(str(path)).fmd.row_groups[0].columns
    labels = {pair.key.decode(): pair.value.decode() for pair in columns[0].meta_data.key_value_metadata}
    assert labels["dativo.classification"] == "restricted"
    assert json.loads(labels["dativo.lineage"]) == FIELD["lineage"]
    assert not columns[1].meta_data.key_value_metadata

    commit = sorted((tmp_path / "out/_dativo/default/commits").glob("*.json"))[-1]
    contract = json.loads(commit.read_text())["tables"]["o"]["contract"]
    assert contract["id"] == "shop.o" and contract["sha256"] == facts["odcs.sha256"]
    assert contract["fields"] == {"k": FIELD} and contract["custom"] == {"compliance": ["GDPR", "SOC2"]}
    assert (contract["owner"], contract["tags"], contract["object_tags"], contract["retention"]) == (
        "sales", ["gold"], ["event"], "3 y for o.k")
    assert json.loads(footer["dativo.object_tags"]) == ["event"]


def test_the_record_of_a_run_names_its_contracts(tmp_path):
    (tmp_path / "c.yaml").write_text(CONTRACT)
    (tmp_path / "o.csv").write_text("k,plain\na,1\n")
    (tmp_path / "job.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Job\ntenant: acme\nname: o\ncontracts: [c.yaml]\n"
        "source: {tap: csv, config: {files: [{path: o.csv, stream: o}]}}\n"
        "target: {target: parquet, config: {destination: out}}\n")
    done = run("dativo", "run", "job.yaml", cwd=tmp_path)
    assert done.code == 0, done
    [record_] = (tmp_path / ".dativo").rglob("runs/*.json")
    contracts = json.loads(record_.read_text())["contracts"]
    assert [(one["id"], one["version"]) for one in contracts] == [("shop.o", "1.2.0")] and len(contracts[0]["sha256"]) == 64
    assert (contracts[0]["owner"], contracts[0]["tags"], contracts[0]["retention"], contracts[0]["classifications"]) == (
        "sales", ["gold"], "3 y for o.k", ["restricted"])
