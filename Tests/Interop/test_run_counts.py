"""Every record of a run is accounted for, or the run fails and says which are not."""
import json
import os
import shutil
import subprocess
import sys

from conftest import BIN
from job_project import project  # noqa: F401 (a fixture)

CONTRACT = """\
apiVersion: v3.0.2
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
- name: orders
  properties:
  - {name: id, logicalType: integer, logicalTypeOptions: {maximum: 899}}
  - {name: name, logicalType: string}
"""

# Between the real middle stage and the target: leaves out, or sends twice, the fifth record.
LEAK = """\
import os, subprocess, sys
stage = subprocess.Popen([REAL, *sys.argv[1:]], stdout=subprocess.PIPE, pass_fds=(3,))
records = 0
for line in stage.stdout:
    if b'"RECORD"' in line:
        records += 1
        if records == 5:
            line *= TIMES
    sys.stdout.buffer.write(line)
sys.stdout.flush()
sys.exit(stage.wait())
"""

# A tap that sends a version of the table, and then another that replaces it.
VERSIONS = """\
import json, sys
schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
if "--discover" in sys.argv:
    print(json.dumps({"streams": [{"stream": "orders", "tap_stream_id": "orders", "schema": schema}]}))
    sys.exit()
def send(**message): print(json.dumps(message))
send(type="SCHEMA", stream="orders", schema=schema, key_properties=["id"])
for version, rows in ((1, 30), (2, 20)):
    for row in range(rows):
        send(type="RECORD", stream="orders", version=version, record={"id": row})
    send(type="ACTIVATE_VERSION", stream="orders", version=version)
send(type="STATE", value={"bookmarks": {"orders": {"done": True}}})
"""


def test_quarantined_and_committed_are_what_was_read(project):
    (project.folder / "c.yaml").write_text(CONTRACT)
    project.job(extra="contracts: [c.yaml]\nvalidation: {mode: quarantine}")
    project.run(code=1)
    rows = project.record()["rows"]
    assert (rows["read"], rows["committed"], rows["quarantined"]) == (1000, 900, 100)
    assert rows["adds_up"] is True


def test_what_a_policy_of_drift_leaves_out_is_filtered(project):
    (project.folder / "c.yaml").write_text(CONTRACT.replace("name: orders", "name: items", 1))
    extra = "contracts: [c.yaml]\nvalidation: {drift: {tables: discard}}"
    project.job(extra=extra)
    project.run()
    rows = project.record()["rows"]
    assert (rows["read"], rows["committed"], rows["filtered"]) == (1000, 0, 1000)
    assert rows["adds_up"] is True
    assert project.record()["streams"]["orders"]["filtered"] == 1000


def test_the_figures_of_all_attempts_add_up(project):
    project.job({"rows": 1000, "exit_at": 550, "exit": 75, "once": str(project.folder / "once")})
    project.run()
    record = project.record()
    assert len(record["attempts"]) == 2
    rows = record["rows"]
    assert rows["committed"] == 1000 and rows["uncommitted"] == 50, rows
    assert rows["read"] == 1050 and rows["adds_up"] is True
    (row,) = json.loads(project.dativo("runs", "list", "--json").out)["result"]["runs"]
    assert (row["read"], row["committed"]) == (1050, 1000)


def test_what_a_target_committed_before_it_was_killed_is_counted(project, monkeypatch):
    project.job({"rows": 100})
    monkeypatch.setenv("DATIVO_FAILPOINT", "commit.visible:kill")
    project.run()
    monkeypatch.delenv("DATIVO_FAILPOINT")
    rows = project.record()["rows"]
    assert project.ids() == list(range(100))
    assert rows["read"] == rows["committed"] == 100 and rows["adds_up"] is True and "uncommitted" not in rows


def test_rows_of_a_version_that_another_of_the_same_load_replaced_are_no_loss(project):
    tap = project.folder / "versions.py"
    tap.write_text(VERSIONS)
    target = 'target: parquet\nconfig: {"destination": "out", "hard_delete": true}'
    project.job(tap=tap, target=target)
    project.run()
    rows = project.record()["rows"]
    assert rows["adds_up"] is True
    assert rows["read"] == 50 == rows["committed"] + rows["superseded"]
    assert project.ids() == list(range(20))


def test_a_stream_without_columns_is_told_and_no_failure(project):
    tap = project.folder / "bare.py"
    tap.write_text(VERSIONS.replace('"properties": {"id": {"type": "integer"}}', '"properties": {}')
                   .replace('key_properties=["id"]', "key_properties=[]").replace("version=version, ", ""))
    project.job(tap=tap)
    done = project.run()
    assert "stream orders: its SCHEMA has no properties" in done.err


def leaky(project, times):
    """A folder of executables whose middle stage loses records on their way to the target."""
    folder = project.folder / "bin"
    folder.mkdir(exist_ok=True)
    for name in ("dativo", "dativo-sandbox", "dativo-target-parquet"):
        shutil.copy(BIN / name, folder / name)
    stage = folder / "dativo-validate"
    text = LEAK.replace("REAL", repr(str(BIN / "dativo-validate"))).replace("TIMES", str(times))
    stage.write_text(f"#!{sys.executable}\n{text}")
    stage.chmod(0o755)
    return subprocess.run(
        [folder / "dativo", "run", "job.yaml", "--json"],
        cwd=project.folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, "DATIVO_TEST_MARK": project.mark},
    )


def test_a_record_that_gets_lost_fails_the_run(project):
    project.job()
    done = leaky(project, 0)
    assert done.returncode == 2, done.stderr
    record = json.loads(done.stdout)["result"]
    assert record["outcome"] == "failed" and record["rows"]["adds_up"] is False
    assert "stream orders: 1,000 read, but 999 reached the target" in done.stderr
    assert "1 are missing" in done.stderr
    assert "1 are missing" in record["stopped"] or "accounted" in record["stopped"]


def test_a_record_that_comes_twice_fails_the_run(project):
    project.job()
    done = leaky(project, 2)
    assert done.returncode == 2 and "1 too many" in done.stderr
