"""`resources`: what the stages of a run may use together, looked at from outside."""
import json
import sys

import pytest

from conftest import ROOT
from job_project import project  # noqa: F401 (a fixture)

GREEDY = '''
import json, os, sys, subprocess, time
if "--discover" in sys.argv:
    sys.exit(1)
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
print(json.dumps({"type": "SCHEMA", "stream": "orders", "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}, "key_properties": []}))
for row in range(100):
    print(json.dumps({"type": "RECORD", "stream": "orders", "record": {"id": row}}))
print(json.dumps({"type": "STATE", "value": {"n": 1}}), flush=True)
kept = bytearray(config.get("megabytes", 0) << 20)
for place in range(0, len(kept), 4096):
    kept[place] = 1
# In sessions of their own, too: what a stage has started is the stage's.
others = [subprocess.Popen(["sleep", "600"], start_new_session=n % 2 == 0) for n in range(config.get("processes", 0))]
time.sleep(config.get("wait", 600))
for other in others:
    other.kill()
    other.wait()
'''


def job(project, source, resources, extra=""):
    (project.folder / "greedy.py").write_text(GREEDY)
    project.job(source, tap=project.folder / "greedy.py", extra=f"resources: {resources}\n{extra}")


def test_too_much_memory_ends_the_run_and_names_the_stage(project):
    job(project, {"megabytes": 700}, "{memory: 400MiB}")
    done = project.run("--json", code=2)
    answer = json.loads(done.out)["result"]
    failure = answer["failure"]
    assert failure["stage"] == "tap" and "the job may use 400 MiB" in failure["message"], failure
    assert failure["retry"] == "none" and len(answer["attempts"]) == 1
    used = {stage["role"]: stage["peak"]["memory"] for stage in answer["attempts"][0]["stages"]}
    assert used["tap"] > 200 << 20 and 0 < used["validate"] < 100 << 20
    assert "greedy.py used" in done.err and '"resources.memory"' in done.err


def test_too_many_processes(project):
    job(project, {"processes": 30}, "{processes: 12}")
    done = project.run(code=2)
    assert "processes; the job may use 12 processes" in done.err, done.err


def test_within_the_budget_nothing_happens(project):
    job(project, {"megabytes": 50, "processes": 4, "wait": 1}, "{memory: 1GiB, processes: 20}")
    done = project.run("--json")
    stages = json.loads(done.out)["result"]["attempts"][0]["stages"]
    assert stages[0]["peak"]["processes"] == 5 and len(project.ids()) == 100


def test_parts_share_the_budget(project):
    tap = ROOT / "Tests/Conformance/Hostile/streams.py"
    project.job({"streams": list("abcd"), "rows": 10}, tap=tap, extra="parallelism: 4\nresources: {memory: 1GiB, processes: 7}\n")
    done = project.run("--json")
    answer = json.loads(done.out)["result"]
    assert "the budget bears 2 parts side by side, not 4" in done.err and len(answer["parts"]) == 4


@pytest.mark.parametrize("resources, says", [
    ("{memory: much}", "must be a size"), ("{memory: 0}", "must be a size"), ("{processes: 1}", "at least 3"),
    ("{memori: 1GiB}", 'Did you mean "memory"?'), ("1GiB", "must be a mapping"),
])
def test_wrong_settings(project, resources, says):
    job(project, {}, resources)
    done = project.dativo("lint", "job.yaml")
    assert says in done.out + done.err and "job.yaml:" in done.out + done.err
