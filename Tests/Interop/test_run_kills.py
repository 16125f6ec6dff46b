"""`dativo run` itself killed at random moments: locks, history and state stay whole, nobody is left behind.

DATIVO_KILLS says how many kills in all (20 here, 300 in scripts/soak), DATIVO_SEED repeats them.
"""
import json
import os
import random
import signal
import time

import duckdb
import pytest

from conftest import ROOT
from job_project import project  # noqa: F401 (a fixture)

KILLS = int(os.environ.get("DATIVO_KILLS", "20"))
SEED = int(os.environ.get("DATIVO_SEED", "0")) or random.randrange(1 << 32)
STREAMS = ["orders", "items"]
STEP = 1000


def rows(project, stream):
    """The ids of a stream as a plain reader sees them."""
    if not list((project.folder / "out" / stream).glob("*.parquet")):
        return []
    query = f"select id from read_parquet('{project.folder}/out/{stream}/*.parquet') order by id"
    return [row[0] for row in duckdb.sql(query).fetchall()]


def answer(project, *command):
    done = project.dativo(*command, "--json")
    assert done.returncode == 0, f"{command}: {done.err}"
    return json.loads(done.out)["result"]


def check(project, isInParts):
    """What a killed run has left: whole, and nobody's."""
    project.wait(lambda: project.processes() == [], seconds=10)
    for stream in STREAMS:
        found = rows(project, stream)
        assert found == list(range(len(found))), f"{stream}: a row is lost or there twice"
    runs = answer(project, "runs", "list", "--limit", "100000")["runs"]
    assert not [run for run in runs if run["status"] == "running"], "a dead run counts as one that runs"
    for path in (project.folder / ".dativo/runs").glob("*.json"):
        json.loads(path.read_text())
    jobs = answer(project, "state", "list")["jobs"]
    assert not [job for job in jobs if job["locked"]], "a dead run holds a lock"
    for stream in STREAMS if isInParts else [None]:
        part = ["--part", stream] if stream else []
        if isInParts and not (project.folder / ".dativo/parts/acme/orders.json").exists():
            continue
        state = (answer(project, "state", "show", "job.yaml", *part)["state"] or {}).get("bookmarks", {})
        for name, last in state.items():
            assert last == len(rows(project, name)), "STATE and rows do not go together"
    return runs


@pytest.mark.parametrize("isInParts", [False, True], ids=["one pipe", "parts"])
def test_random_kills_of_the_supervisor(project, isInParts):
    chance = random.Random(SEED + isInParts)
    print("DATIVO_SEED", SEED)
    # Its stages are found by a variable, which confined ones do not have.
    extra = "sandbox: none\n" + ("parallelism: 2\n" if isInParts else "")
    backend = "" if chance.random() < 0.5 else "state: {backend: sqlite}\n"
    end, kills, recovered, told = 0, 0, 0, 0
    for _ in range(KILLS // 2):
        end += STEP
        source = {"streams": STREAMS, "rows": end, "delay": chance.choice([0.02, 0.1, 0.2])}
        project.job(source, tap=ROOT / "Tests/Conformance/Hostile/streams.py", extra=extra + backend)
        process = project.start("run", "job.yaml")
        # Some kills come before the stages are there, the others among commits.
        if chance.random() < 0.7:
            project.wait(lambda: project.stage(b"tap.catalog") or process.poll() is not None, seconds=60)
        time.sleep(chance.uniform(0.01, 1.0))
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=60)
        kills += process.returncode == -signal.SIGKILL
        runs = check(project, isInParts)
        told = sum(run["status"] == "killed" for run in runs)
        if chance.random() < 0.3:
            done = project.dativo("run", "job.yaml")
            assert done.returncode == 0, done.err
            recovered += 1
            assert all(rows(project, stream) == list(range(end)) for stream in STREAMS)
            assert not list((project.folder / ".dativo/run").glob("**/*.json")), "configurations hold secrets"
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 0, done.err
    assert all(rows(project, stream) == list(range(end)) for stream in STREAMS)
    assert project.dativo("verify", "out").returncode == 0 and project.processes() == []
    assert kills >= KILLS // 4, "the kills came too late"
    print(f"{kills} kills, {told} of them after the run had begun, {recovered} runs to the end in between; "
          f"{2 * end} rows, none lost, none twice")
