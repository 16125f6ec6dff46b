"""`dativo torture`: kills of the user's own job, and the table that proves what came of them."""
import json

import pytest

from conftest import ROOT
from job_project import project  # noqa: F401 (a fixture)

CHANGING = '''
import json, random, sys
if "--discover" in sys.argv:
    sys.exit(1)
print(json.dumps({"type": "SCHEMA", "stream": "o", "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}, "key_properties": []}))
for _ in range(50):
    print(json.dumps({"type": "RECORD", "stream": "o", "record": {"id": random.getrandbits(60)}}))
'''


def test_nothing_is_lost_or_doubled_and_nothing_else_is_touched(project):
    target = f"target: parquet\nconfig: {json.dumps({'destination': 'out', 'checkpoint_interval': {'rows': 1000}})}"
    project.job({"rows": 6000}, target=target)
    before = sorted(path.name for path in project.folder.iterdir())
    done = project.dativo("torture", "job.yaml", "--kills", "4", "--seed", "3", "--json", timeout=300)
    answer = json.loads(done.out)["result"]
    assert done.returncode == 0, done.err
    assert answer["rows"] == {"orders": 6000} and answer["lost"] == answer["doubled"] == 0
    steps = {line["step"]: line for line in answer["steps"]}
    killed = {name for name, line in steps.items() if line["kills"]}
    assert {"commit.staged", "commit.published", "commit.moving", "commit.visible", "file.synced", "log.opened"} <= killed
    assert answer["kills"] >= 15
    assert sorted(path.name for path in project.folder.iterdir()) == before and project.processes() == []


def test_a_source_that_changes_is_no_proof(project):
    """The control: rows that differ from run to run are rows lost and rows too many."""
    (project.folder / "changing.py").write_text(CHANGING)
    project.job(tap=project.folder / "changing.py")
    done = project.dativo("torture", "job.yaml", "--kills", "0", "--folder", "scratch", timeout=300)
    assert done.returncode == 1 and "What went wrong is in" in done.out, done.err
    assert [path for path in (project.folder / "scratch").glob("tortured-*/out/o/*.parquet")]


@pytest.mark.parametrize("target, says", [(f"command: [python3, {ROOT}/none.py]", "does not commit STATE"), ("target: parqet", "parquet")])
def test_what_cannot_be_tortured(project, target, says):
    project.job(target=target)
    done = project.dativo("torture", "job.yaml")
    assert done.returncode == 78 and says in done.err, done.err
