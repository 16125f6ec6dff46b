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


MORE = """
version: 1
default_environment: dev
environments:
- name: dev
- name: prod
  config:
    plugins:
      loaders:
      - {name: target-dativo-parquet, config: {destination: prod-out}}
plugins:
  extractors:
  - name: tap-jsonl
    pip_url: tap-jsonl==0.3.1
    settings: [{name: token, kind: password}]
    config: {path: rows.jsonl, stream_name: rows, nested.deep: $HOME, primary_keys: [id]}
    select: [rows.*, '!rows.secret']
    schema: {rows: {amount: {type: [string, 'null']}}}
  - {name: tap-dativo-csv, namespace: tap_dativo_csv, executable: dativo-tap-csv, config: {files: [{path: people.csv, stream: people, keys: [id]}]},
     select: [people.*, '!people.secret']}
  loaders:
  - {name: target-dativo-parquet, namespace: target_dativo_parquet, executable: dativo-target-parquet, config: {destination: out}}
  mappers:
  - {name: meltano-map-transformer, pip_url: x}
  utilities:
  - {name: dbt-duckdb, pip_url: y}
jobs:
- {name: people, tasks: [tap-dativo-csv target-dativo-parquet, dbt-duckdb:run]}
- {name: rows, tasks: [tap-jsonl meltano-map-transformer target-dativo-parquet]}
schedules:
- {name: daily, interval: '@daily', job: people}
"""


def test_an_imported_project_gives_the_rows_that_meltano_gives(tmp_path):
    (tmp_path / "meltano.yml").write_text(PROJECT)
    (tmp_path / "people.csv").write_text("id,name,secret\n1,Ada,x\n2,Zoë,y\n")
    assert meltano(tmp_path, "run", "tap-dativo-csv", "target-dativo-parquet").code == 0
    theirs = duckdb.sql(f"SELECT * FROM '{tmp_path}/out/people/*.parquet' ORDER BY id").fetchall()
    (tmp_path / "out").rename(tmp_path / "meltano-out")
    done = run("dativo", "import", "meltano.yml", "--json", cwd=tmp_path)
    (job,) = json.loads(done.out)["result"]["jobs"]
    assert run("dativo", "lint", job["file"], cwd=tmp_path).code == 0
    loaded = run("dativo", "run", job["file"], cwd=tmp_path)
    assert loaded.code == 0, loaded
    table = duckdb.sql(f"SELECT * FROM '{tmp_path}/out/people/*.parquet' ORDER BY id")
    assert table.columns == ["id", "name"] and table.fetchall() == theirs


def test_what_an_import_carries_and_what_it_tells(tmp_path):
    (tmp_path / "meltano.yml").write_text(MORE)
    (tmp_path / "people.csv").write_text("id,name,secret\n1,Ada,x\n")
    done = run("dativo", "import", "meltano.yml", "--environment", "prod", "--tenant", "acme", "--json", cwd=tmp_path)
    answer = json.loads(done.out)["result"]
    assert done.code == 0 and [job["name"] for job in answer["jobs"]] == ["people", "rows"], done
    notes = "\n".join(answer["notes"])
    for text in ("dbt-duckdb:run", "meltano-map-transformer is left out", "TAP_JSONL_TOKEN", "meltano install", "utilities.dbt-duckdb"):
        assert text in notes, (text, notes)
    assert answer["schedules"] == ["daily: people, @daily"]
    rows = json.loads(run("dativo", "plan", "people.yaml", "--json", cwd=tmp_path).out)["result"]
    assert "prod-out" in json.dumps(rows)
    text = (tmp_path / "rows.yaml").read_text()
    assert "${TAP_JSONL_TOKEN}" in text and "${HOME}" in text and "deep:" in text and "amount:" in text
    assert run("dativo", "run", "people.yaml", cwd=tmp_path).code == 0
    assert duckdb.sql(f"SELECT * FROM '{tmp_path}/prod-out/people/*.parquet'").columns == ["id", "name"]
    again = run("dativo", "import", "meltano.yml", cwd=tmp_path)
    assert again.code == 64 and "is there already" in again.err
    wrong = run("dativo", "import", "people.yaml", cwd=tmp_path)
    assert wrong.code == 78 and "no project of Meltano" in wrong.err
    no = run("dativo", "import", "meltano.yml", "--environment", "test", cwd=tmp_path)
    assert no.code == 64 and "dev, prod" in no.err


def test_references_are_carried_wherever_they_stand(tmp_path):
    config = r"""      files: [{path: $DATA/people.csv, stream: "a-$NAME-${KIND}", keys: ['$KEY', "p$word", '\$PLAIN', "${no such}"]}]
      home: {deep: [{at: "${MELTANO_PROJECT_ROOT}/x"}]}
"""
    text = PROJECT.replace("      files: [{path: people.csv, stream: people, keys: [id]}]\n", config)
    (tmp_path / "meltano.yml").write_text(text.replace("replication-key: id", "replication-key: $KEY"))
    answer = json.loads(run("dativo", "import", "meltano.yml", "--json", cwd=tmp_path).out)["result"]
    written = (tmp_path / answer["jobs"][0]["file"]).read_text()
    for part in ("${DATA}/people.csv", "a-${NAME}-${KIND}", "${KEY}", "p$word", "$PLAIN", "$${no such}", "${MELTANO_PROJECT_ROOT}/x"):
        assert part in written, written
    assert "${PLAIN}" not in written and "${word}" not in written
    notes = "\n".join(answer["notes"])
    assert "MELTANO_PROJECT_ROOT, which Meltano sets" in notes and "metadata of tap-dativo-csv refers to KEY" in notes


CONTRACT = """apiVersion: v3.0.2
kind: DataContract
id: people
version: 1.0.0
status: active
schema:
- name: people
  properties:
  - {name: id, logicalType: integer}
  - {name: name, logicalType: string, logicalTypeOptions: {maxLength: 3}}
"""

MAPPERS = """  mappers:
  - name: checker
    namespace: checker
    executable: dativo-validate
    config: {mode: strict, quarantine: bad.jsonl}
    mappings:
    - {name: checked, config: {contract: people.odcs.yaml, mode: quarantine, lenient: true}}
  - {name: renamer, namespace: renamer, pip_url: x, mappings: [{name: renamed, config: {}}]}
jobs:
- {name: people, tasks: [tap-dativo-csv checked renamed target-dativo-parquet]}
"""


def test_a_mapper_that_runs_our_middle_stage_becomes_contracts_and_validation(tmp_path):
    (tmp_path / "meltano.yml").write_text(PROJECT + MAPPERS)
    (tmp_path / "people.odcs.yaml").write_text(CONTRACT)
    (tmp_path / "people.csv").write_text("id,name,secret\n1,Ada,x\n2,Grace,y\n")
    answer = json.loads(run("dativo", "import", "meltano.yml", "--json", cwd=tmp_path).out)["result"]
    notes = "\n".join(answer["notes"])
    assert "renamed is left out: what this mapper does to the records does not happen" in notes
    assert "people: checked is left out" not in notes and "the setting lenient of checked is left out" in notes
    assert run("dativo", "lint", "people.yaml", cwd=tmp_path).code == 0, (tmp_path / "people.yaml").read_text()
    loaded = run("dativo", "run", "people.yaml", cwd=tmp_path)
    assert loaded.code == 1, loaded
    assert duckdb.sql(f"SELECT id FROM '{tmp_path}/out/people/*.parquet'").fetchall() == [(1,)]
    assert '"Grace"' in (tmp_path / "bad.jsonl").read_text()


def test_an_import_makes_a_job_of_each_pair_in_a_task(tmp_path):
    """A task may be a list, with several pairs in it and commands of other tools between."""
    extra = """jobs:
- {name: all, tasks: ["tap-dativo-csv map target-dativo-parquet dbt:run tap-dativo-csv target-dativo-parquet", [dbt:test, tap-dativo-csv, target-dativo-parquet], tap-dativo-csv]}
env: {REGION: eu}
"""
    text = PROJECT.replace("    config: {destination: out, pipeline: people}\n", "    env: {BUCKET: b}\n    config: {destination: out, pipeline: people}\n")
    (tmp_path / "meltano.yml").write_text(text.replace("environments: [{name: dev}]", "environments: [{name: dev, env: {STAGE: dev}}]") + extra)
    answer = json.loads(run("dativo", "import", "meltano.yml", "--json", cwd=tmp_path).out)["result"]
    assert [job["name"] for job in answer["jobs"]] == ["all", "all-2", "all-3"], answer
    notes = answer["notes"]
    assert sorted(note.split(" is left out")[0] for note in notes if "left out" in note) == [
        "all: dbt:run", "all: dbt:test", "all: map", "all: tap-dativo-csv"]
    told = [note for note in notes if "Meltano sets" in note]
    assert [note.split(";")[0] for note in told] == [
        "env: Meltano sets REGION", "environments.dev.env: Meltano sets STAGE",
        "loaders.target-dativo-parquet.env: Meltano sets BUCKET"]
