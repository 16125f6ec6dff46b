"""Meltano runs our executables as plugins, keeps their state, and goes on from it."""
import json
import os

import duckdb

from conftest import BIN, CACHE, run


def meltano(project, *arguments):
    return run(
        CACHE / "meltano/bin/meltano",
        *arguments,
        cwd=project,
        env={
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "NO_COLOR": "1",
        },
        timeout=300,
    )


PROJECT = """
version: 1
default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - name: tap-dativo-csv
    namespace: tap_dativo_csv
    executable: dativo-tap-csv
    capabilities: [about, catalog, discover, state]
    settings: [{name: files, kind: array}]
    config:
      files: [{path: people.csv, stream: people, keys: [id]}]
    select: [people.*, '!people.secret']
    metadata:
      people: {replication-method: INCREMENTAL, replication-key: id}
  loaders:
  - name: target-dativo-parquet
    namespace: target_dativo_parquet
    executable: dativo-target-parquet
    settings: [{name: destination}, {name: pipeline}]
    config: {destination: out, pipeline: people}
"""


def test_a_run_and_one_that_goes_on_from_its_state(tmp_path):
    (tmp_path / "meltano.yml").write_text(PROJECT)
    (tmp_path / "people.csv").write_text("id,name,secret\n1,Ada,x\n2,Zoë,y\n")
    first = meltano(tmp_path, "run", "tap-dativo-csv", "target-dativo-parquet")
    assert first.code == 0, first
    table = duckdb.sql(f"SELECT * FROM '{tmp_path}/out/people/*.parquet' ORDER BY id")
    assert table.columns == ["id", "name"]
    assert table.fetchall() == [(1, "Ada"), (2, "Zoë")]
    states = meltano(tmp_path, "state", "list")
    name = next(word for word in states.out.split() if "tap-dativo-csv" in word)
    kept = json.loads(meltano(tmp_path, "state", "get", name).out.strip().splitlines()[-1])
    [last] = [
        json.loads(line)
        for line in [run("dativo-target-parquet", "--config", config(tmp_path), "--last-state").out]
    ]
    assert kept["singer_state"] == last["state"]
    with open(tmp_path / "people.csv", "a") as source:
        source.write("3,Bob,z\n")
    second = meltano(tmp_path, "run", "tap-dativo-csv", "target-dativo-parquet")
    assert second.code == 0, second
    rows = duckdb.sql(f"SELECT id FROM '{tmp_path}/out/people/*.parquet' ORDER BY id").fetchall()
    # The cursor is inclusive, as Singer has it: the boundary row may come once more, no other.
    assert set(rows) == {(1,), (2,), (3,)}
    assert len(rows) <= 4


def config(tmp_path):
    path = tmp_path / "target.json"
    path.write_text(json.dumps({"destination": str(tmp_path / "out"), "pipeline": "people"}))
    return path
