"""Airbyte sources from PyPI, run as they are: discovered, held to a contract, loaded, gone on with."""
import json
import subprocess

import duckdb
import pytest

from conftest import CACHE
from job_project import project  # noqa: F401 (fixture)

FAKER = [str(CACHE / "airbyte-source-faker/bin/source-faker")]
RECORDS = [str(CACHE / "airbyte-source-hardcoded-records/bin/source-hardcoded-records")]
JOB = """
apiVersion: dativo/v1
kind: Job
tenant: acme
name: live
source:
  airbyte: {{executable: {program}}}
  config: {config}
  env: {{DATIVO_TEST_MARK: "${{DATIVO_TEST_MARK}}"}}  # confined, it has no other variables
contracts: [live.odcs.yaml]
target: {{target: parquet, config: {{destination: out, checkpoint_interval: {{rows: 200}}}}}}
retry: {{attempts: 1}}
"""


@pytest.fixture
def live(project):
    def write(program, **config):
        text = JOB.format(program=json.dumps(program), config=json.dumps(config))
        (project.folder / "job.yaml").write_text(text)
        return project

    return write


def spoken(program, folder, config):
    """What the source itself says, by stream, without us."""
    (folder / "own.json").write_text(json.dumps(config))
    done = subprocess.run([*program, "discover", "--config", "own.json"], cwd=folder, capture_output=True, check=True)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    streams = [m for m in messages if m["type"] == "CATALOG"][0]["catalog"]["streams"]
    catalog = [{"stream": s, "sync_mode": "full_refresh", "destination_sync_mode": "append"} for s in streams]
    (folder / "own.catalog.json").write_text(json.dumps({"streams": catalog}))
    command = [*program, "read", "--config", "own.json", "--catalog", "own.catalog.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    rows = {}
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message["type"] == "RECORD":
            rows.setdefault(message["record"]["stream"], []).append(message["record"]["data"])
    return rows


def table(project, name, columns="*"):
    query = f"select {columns} from read_parquet('{project.folder}/out/{name}/*.parquet', union_by_name=true)"
    relation = duckdb.sql(query)
    return [dict(zip(relation.columns, row)) for row in relation.fetchall()]


def plain(value):
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def accept(project):
    # A larger count is the same source with more in it.
    assert project.dativo("state", "accept", "job.yaml").returncode == 0


def test_faker_under_a_contract_and_killed_in_the_middle(live):
    settings = {"seed": 42, "parallelism": 1, "records_per_slice": 100, "always_updated": False}
    project = live(FAKER, count=300, **settings)
    found = project.dativo("discover", "job.yaml", "--write", "catalog.json")
    assert "A first contract is in live.odcs.yaml." in found.out, found.err
    assert "stays" in project.dativo("discover", "job.yaml", "--write", "catalog.json").out
    assert project.dativo("lint", ".").returncode == 0
    project.run()
    assert sorted(r["id"] for r in table(project, "users", "id")) == list(range(1, 301))
    # With its state it has nothing new.
    project.run()
    users = table(project, "users", "id, age, address")
    assert sorted(r["id"] for r in users) == list(range(1, 301))
    mine = {r["id"]: r for r in users}
    for row in spoken(FAKER, project.folder, {"count": 300, **settings})["users"]:
        assert (mine[row["id"]]["age"], mine[row["id"]]["address"]) == (row["age"], row["address"])
    # It is killed while it reads all of a larger table anew: what was there stays until that is whole.
    project = live(FAKER, count=12_000, **settings)
    accept(project)
    running = project.start("run", "job.yaml", "--full-refresh")
    source = project.wait(lambda: project.stage(b"source-faker\0read"), seconds=60)
    project.wait(lambda: list(project.folder.glob("out/_dativo/*/staging/**/*")), seconds=60)
    subprocess.run(["kill", "-9", str(source)], check=True)
    running.communicate(timeout=60)
    assert running.returncode == 2
    assert sorted(r["id"] for r in table(project, "users", "id"))[:300] == list(range(1, 301))
    project.run("--full-refresh")
    assert sorted(r["id"] for r in table(project, "users", "id")) == list(range(1, 12_001))
    purchases = table(project, "purchases", "id")
    assert len({r["id"] for r in purchases}) == len(purchases) > 0


def test_every_value_of_hardcoded_records_arrives(live):
    project = live(RECORDS, count=500)
    assert project.dativo("discover", "job.yaml", "--write", "catalog.json").returncode == 0
    project.run()
    own = spoken(RECORDS, project.folder, {"count": 500})
    assert sorted(own) == ["customers", "dummy_fields", "products"]
    for name, rows in own.items():
        mine = table(project, name)
        assert len(mine) == len(rows) == 500
        for key in rows[0]:
            if isinstance(rows[0][key], (int, str)) and not key.endswith("_at") and "date" not in key:
                assert sorted(map(plain, (r[key] for r in mine))) == sorted(map(plain, (r[key] for r in rows))), key
    # A full refresh comes whole each time, and "append" adds it.
    project.run()
    assert len(table(project, "products", "id")) == 1_000
