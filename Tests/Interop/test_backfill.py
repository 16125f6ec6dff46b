"""`dativo backfill`: windows of a past time, each one commit, and every one exactly once."""
import datetime as dt
import json
import os
import random
import shutil
import signal
import time

import duckdb
import pytest

from conftest import ROOT
from job_project import foreign, project  # noqa: F401 (fixtures)
from test_run_windows import hours, times

TAP = ROOT / "Tests/Conformance/Hostile/windows.py"
SOURCE = {"start_date": "2026-01-20T00:00:00Z", "end_date": "2026-01-22T00:00:00Z"}
DAYS = ["--from", "2026-01-01", "--to", "2026-01-11"]
SHARED = f"target: parquet\nconfig: {json.dumps({'destination': 'out', 'shared': True})}"


def backfill(project, *options, code=0):
    done = project.dativo("backfill", "job.yaml", *options, "--json")
    assert done.returncode == code, done.err
    assert project.processes() == []
    return json.loads(done.out)["result"]


def test_every_window_once_and_the_state_as_it_was(project):
    project.job(SOURCE, tap=TAP)
    project.run()
    before = json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]["state"]
    answer = backfill(project, *DAYS)
    assert answer["counts"] == {"waiting": 0, "running": 0, "done": 10, "failed": 0} and answer["rows"] == 240
    assert times(project) == hours(*range(1, 11), 20, 21)
    log = json.loads(project.dativo("log", "out", "--json").out)
    assert json.dumps(log).count('"kind":"data"') + json.dumps(log).count('"kind": "data"') >= 11
    again = backfill(project, *DAYS)
    assert again["outcome"] == "success" and times(project) == hours(*range(1, 11), 20, 21), "nothing is loaded again"
    assert json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]["state"] == before
    project.run()
    assert times(project) == hours(*range(1, 11), 20, 21)
    assert project.dativo("verify", "out").returncode == 0


def test_a_failed_window_does_not_keep_the_others_and_is_loaded_by_the_same_command(project):
    project.job({**SOURCE, "fail": {"2026-01-04": 65}}, tap=TAP)
    answer = backfill(project, *DAYS, code=2)
    failed = [unit for unit in answer["windows"] if unit["status"] == "failed"]
    assert [unit["window"]["since"] for unit in failed] == ["2026-01-04T00:00:00Z"] and "65" in failed[0]["error"]
    listed = project.dativo("backfill", "job.yaml", "--list")
    assert "9 of 10 windows loaded" in listed.out and "2026-01-04 to 2026-01-05: failed" in listed.out
    project.job(SOURCE, tap=TAP)
    backfill(project, *DAYS)
    assert times(project) == hours(*range(1, 11))


@pytest.mark.parametrize("victim", ["dativo", "child", b"dativo-target-parquet", b"windows.py"], ids=str)
@pytest.mark.parametrize("target", [None, SHARED], ids=["own", "shared"])
def test_kill_9_mid_way(project, victim, target):
    chance = random.Random(int(os.environ.get("DATIVO_SEED", "7")))
    # Its processes are found by a variable, which a confined one does not have.
    project.job({**SOURCE, "delay": 0.03}, tap=TAP, target=target, extra="sandbox: none")
    parallel = ["--parallel", "3"] if target else []
    kills = 0
    for _ in range(4):
        process = project.start("backfill", "job.yaml", *DAYS, "--window", "12h", *parallel)
        time.sleep(chance.uniform(0.3, 1.5))
        if victim == "dativo":
            process.kill()
            kills += 1
        else:
            word = b"--run-id" if victim == "child" else victim
            number = project.wait(lambda: process.poll() is not None or project.stage(word))
            try:
                if process.poll() is None:
                    os.kill(number, signal.SIGKILL)
                    kills += 1
            except ProcessLookupError:
                pass
        process.communicate(timeout=120)
        project.wait(lambda: project.processes() == [], seconds=10)
        found = times(project)
        assert len(found) == len(set(found)), "a row is there twice"
    answer = backfill(project, *DAYS, "--window", "12h", *parallel)
    assert answer["rows"] == 240 and times(project) == hours(*range(1, 11)) and kills >= 1
    assert project.dativo("verify", "out").returncode == 0


@pytest.mark.parametrize("point", ["commit.published", "commit.moving", "commit.visible"])
def test_killed_between_the_commit_and_its_note(project, point, monkeypatch):
    """The last window, so that no writer comes after it; all of its attempts die."""
    project.job(SOURCE, tap=TAP, extra="")
    text = (project.folder / "job.yaml").read_text().replace("attempts: 3", "attempts: 1")
    (project.folder / "job.yaml").write_text(text)
    monkeypatch.setenv("DATIVO_FAILPOINT", f"{point}:kill")
    backfill(project, "--from", "2026-01-01", "--to", "2026-01-02", code=2)
    monkeypatch.delenv("DATIVO_FAILPOINT")
    answer = backfill(project, "--from", "2026-01-01", "--to", "2026-01-02")
    assert answer["rows"] == 24 and times(project) == hours(1)


def test_windows_of_a_shared_table_side_by_side(project):
    """With a source that is slow, which the tap's delay stands for."""
    project.job({**SOURCE, "delay": 1.0}, tap=TAP, target=SHARED)
    refused = project.dativo("backfill", "job.yaml", *DAYS, "--parallel", "0")
    assert refused.returncode == 64
    backfill(project, *DAYS, "--parallel", "5")
    spans = []
    for path in (project.folder / ".dativo/runs").glob("*.json"):
        found = json.loads(path.read_text())
        began = dt.datetime.fromisoformat(found["started"].replace("Z", "+00:00")).timestamp()
        spans.append((began, began + found["seconds"]))
    together = max(sum(began <= moment < end for began, end in spans) for moment, _ in spans)
    assert len(spans) == 10 and 3 <= together <= 5
    project.run()
    assert times(project) == hours(*range(1, 11), 20, 21)


def test_side_by_side_needs_a_shared_table(project):
    project.job(SOURCE, tap=TAP)
    done = project.dativo("backfill", "job.yaml", *DAYS, "--parallel", "2")
    assert done.returncode == 64 and "one writer" in done.err and "shared: true" in done.err
    assert times(project) == []


def test_of_a_job_in_parts(project):
    project.job({**SOURCE, "streams": ["a", "b"]}, tap=TAP, extra="parallelism: 2\n")
    project.run()
    answer = backfill(project, *DAYS, "--parallel", "2", "--window", "1w")
    assert answer["counts"]["done"] == 4 and answer["rows"] == 480
    assert all(times(project, name) == hours(*range(1, 11), 20, 21) for name in "ab")


def test_months_an_interruption_and_restart(project):
    project.job({**SOURCE, "hours": 24, "delay": 0.01}, tap=TAP)
    options = ["--from", "2024-01-31", "--to", "2024-06-01", "--window", "1mo"]
    process = project.start("backfill", "job.yaml", *options)
    project.wait(lambda: project.stage(b"--run-id"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143
    answer = backfill(project, *options)
    edges = [unit["window"]["since"][:10] for unit in answer["windows"]]
    assert edges == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"] and answer["rows"] == 122
    assert len(times(project)) == 122
    backfill(project, *options, "--restart")
    assert len(times(project)) == 244, "beside what is there"


def test_a_run_of_the_job_meanwhile(project):
    project.job({**SOURCE, "delay": 0.2}, tap=TAP)
    process = project.start("backfill", "job.yaml", *DAYS)
    time.sleep(1)
    second = project.dativo("backfill", "job.yaml", "--from", "2026-01-01", "--to", "2026-01-03")
    assert second.returncode == 75 and "backfill" in second.err, second.err
    done = project.dativo("run", "job.yaml", "--wait", "60")
    assert done.returncode == 0, done.err
    process.communicate(timeout=60)
    assert process.returncode == 0 and times(project) == hours(*range(1, 11), 20, 21)


def test_a_foreign_target_and_what_is_said(project, foreign):
    project.job(SOURCE, tap=TAP, target=foreign())
    done = project.dativo("backfill", "job.yaml", "--from", "2026-01-01", "--to", "2026-01-03")
    assert done.returncode == 0 and "may be there twice" in done.err, done.err
    assert len((project.folder / "rows.jsonl").read_text().splitlines()) == 48


def test_what_is_wrong_is_said_before_anything_is_loaded(project):
    project.job(SOURCE, tap=TAP)
    for options, says in [([], "--from and --to"), (["--from", "x", "--to", "2026-01-01"], "such as"),
                          (["--from", "2026-01-02", "--to", "2026-01-01"], "before"), ([*DAYS, "--window", "1y"], "1mo")]:
        done = project.dativo("backfill", "job.yaml", *options)
        assert done.returncode == 64 and says in done.err, done.err
    many = project.dativo("backfill", "job.yaml", "--from", "1990-01-01", "--to", "2026-01-01", "--window", "1h")
    assert many.returncode == 64 and "10,000 windows" in many.err
    project.job({"rows": 3})
    none = project.dativo("backfill", "job.yaml", *DAYS)
    assert none.returncode == 78 and "no known setting" in none.err
    empty = project.dativo("backfill", "job.yaml", "--list")
    assert empty.returncode == 0 and "no backfills" in empty.out


def test_hooks_are_called_once(project):
    project.job(SOURCE, tap=TAP, extra="hooks:\n  success: [{command: [sh, -c, 'echo $DATIVO_OUTCOME >> told']}]\n")
    backfill(project, *DAYS)
    assert (project.folder / "told").read_text() == "success\n"


def test_windows_that_another_backfill_has_loaded(project):
    """The same are not loaded again, those that overlap are refused: each row is there once."""
    project.job(SOURCE, tap=TAP)
    backfill(project, "--from", "2026-01-01", "--to", "2026-01-05")
    done = project.dativo("backfill", "job.yaml", "--from", "2026-01-03", "--to", "2026-01-07")
    assert done.returncode == 0 and "2 windows of an earlier backfill" in done.err, done.err
    assert times(project) == hours(*range(1, 7))
    for options in (["--from", "2026-01-06T12:00:00Z", "--to", "2026-01-08"], ["--from", "2026-01-05", "--to", "2026-01-09", "--window", "2d"],
                    ["--from", "2026-01-06", "--to", "2026-01-08", "--select", "orders"]):
        wrong = project.dativo("backfill", "job.yaml", *options)
        assert wrong.returncode == 78 and "overlaps 2026-01-0" in wrong.err, wrong.err
    assert times(project) == hours(*range(1, 7)), "nothing of what was refused"
    backfill(project, "--from", "2026-01-07", "--to", "2026-01-08")
    assert times(project) == hours(*range(1, 8))


def test_a_destination_without_the_rows_gets_them(project):
    project.job(SOURCE, tap=TAP)
    backfill(project, "--from", "2026-01-01", "--to", "2026-01-05")
    shutil.rmtree(project.folder / "out")
    backfill(project, "--from", "2026-01-03", "--to", "2026-01-07")
    assert times(project) == hours(*range(3, 7))
