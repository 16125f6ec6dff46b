"""`dativo run --since --until`: a time by the tap's own settings, and the job's state left as it is."""
import datetime as dt
import json
import shutil

import duckdb
import pytest

from conftest import ROOT
from job_project import project  # noqa: F401 (a fixture)

TAP = ROOT / "Tests/Conformance/Hostile/windows.py"
SOURCE = {"start_date": "2026-01-10T00:00:00Z", "end_date": "2026-01-12T00:00:00Z"}


def times(project, stream="orders"):
    files = project.folder / "out" / stream
    if not list(files.glob("*.parquet")):
        return []
    ids = duckdb.sql(f"select id from '{files}/*.parquet' order by id").fetchall()
    return [dt.datetime.fromtimestamp(row[0] * 3600, dt.timezone.utc).strftime("%Y-%m-%d %H") for row in ids]


def hours(*days):
    return [f"2026-01-{day:02} {hour:02}" for day in days for hour in range(24)]


def test_a_window_leaves_the_state_as_it_is(project):
    project.job(SOURCE, tap=TAP)
    project.run()
    before = json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]["state"]
    done = project.run("--since", "2026-01-03", "--until", "2026-01-05", "--json")
    answer = json.loads(done.out)["result"]
    assert answer["rows"]["committed"] == 48 and answer["window"] == {"since": "2026-01-03T00:00:00Z", "until": "2026-01-05T00:00:00Z"}
    assert answer["state"]["before"] == answer["state"]["after"] == before
    assert times(project) == hours(3, 4, 10, 11)
    assert json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]["state"] == before
    project.job({**SOURCE, "end_date": "2026-01-13T00:00:00Z"}, tap=TAP)
    project.run()
    assert times(project) == hours(3, 4, 10, 11, 12), "the job goes on where it was"


def test_before_the_first_run_the_state_stays_empty(project):
    project.job(SOURCE, tap=TAP)
    project.run("--until", "2026-01-11")
    assert times(project) == hours(10)
    project.run()
    assert times(project) == sorted(hours(10) + hours(10, 11)), "what came in the window comes again, beside it"


def test_a_window_that_fails_is_tried_again_and_is_there_once(project):
    project.job({**SOURCE, "fail_once": {"2026-01-04": 75}}, tap=TAP)
    project.run("--since", "2026-01-03", "--until", "2026-01-05")
    assert times(project) == hours(3, 4)


def test_a_time_that_is_loaded_is_not_loaded_twice(project):
    project.job(SOURCE, tap=TAP)
    project.run("--since", "2026-01-03", "--until", "2026-01-05")
    first = project.record()["run"]
    for window in (("--since", "2026-01-04", "--until", "2026-01-06"), ("--since", "2026-01-04", "--until", "2026-01-05"), ("--until", "2026-01-04")):
        done = project.dativo("run", "job.yaml", *window)
        assert done.returncode == 78 and f"run {first} has loaded orders 2026-01-03 to 2026-01-05" in done.err, done.err
    done = project.run("--since", "2026-01-03", "--until", "2026-01-05")
    assert f"run {first} has loaded this time: nothing is loaded" in done.err
    assert times(project) == hours(3, 4)
    project.run("--since", "2026-01-05", "--until", "2026-01-06")
    assert times(project) == hours(3, 4, 5), "what only touches it is another time"
    project.run("--since", "2026-01-04", "--until", "2026-01-05", "--force")
    assert times(project) == sorted(hours(3, 4, 4, 5))
    shutil.rmtree(project.folder / "out")
    project.run("--since", "2026-01-03", "--until", "2026-01-05")
    assert times(project) == hours(3, 4), "what is gone may come again"


@pytest.mark.parametrize("point", ["commit.published", "commit.moving", "commit.staged"])
def test_a_target_killed_at_the_commit_of_a_window(project, point, monkeypatch):
    """The attempt after it loads nothing if the commit was published."""
    project.job(SOURCE, tap=TAP)
    monkeypatch.setenv("DATIVO_FAILPOINT", f"{point}:kill")
    done = project.dativo("run", "job.yaml", "--since", "2026-01-03", "--until", "2026-01-05")
    monkeypatch.delenv("DATIVO_FAILPOINT")
    if point == "commit.staged":
        assert done.returncode == 2 and times(project) == [], done.err
        project.run("--since", "2026-01-03", "--until", "2026-01-05")
    assert times(project) == hours(3, 4), done.err


def test_the_names_of_the_settings(project):
    project.job({"from": "2026-01-01", "start_date": "2026-01-10"}, tap=TAP)
    none = project.dativo("run", "job.yaml", "--until", "2026-01-11")
    assert none.returncode == 78 and "no known setting for the end of a window" in none.err and "window: {until: SETTING}" in none.err
    text = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(text.replace("source:\n", "source:\n  window: {since: start_date, until: end_date, inclusive: true}\n"))
    project.run("--since", "2026-01-03", "--until", "2026-01-04")
    assert times(project) == hours(3), "an end that is sent, too, is one second before that of the window"
    (project.folder / "job.yaml").write_text(text.replace("source:\n", "source:\n  window: {sinze: start_date}\n"))
    wrong = project.dativo("lint", "job.yaml")
    assert 'unknown key "sinze" in "source.window"' in wrong.err + wrong.out and "since" in wrong.err + wrong.out


def test_a_plugin_says_them(project):
    folder = project.folder / "taps/hourly"
    folder.mkdir(parents=True)
    (folder / "tap").write_text(f"#!/bin/sh\nexec python3 {TAP} \"$@\"\n")
    (folder / "tap").chmod(0o755)
    plugin = ["apiVersion: dativo/v1", "kind: Plugin", "name: hourly", "role: tap", "executable: ./tap",
              "capabilities: [catalog, discover, state]", "window: {since: start_date, until: end_date, inclusive: true}",
              "settings: {properties: {start_date: {type: string, format: date-time}, end_date: {type: string, format: date}, inclusive: {type: boolean}}}"]
    (folder / "plugin.yaml").write_text("\n".join(plugin))
    project.job({"start_date": "2026-01-10"}, tap=TAP, extra="sandbox: none")  # it runs what is not its own
    text = (project.folder / "job.yaml").read_text()
    start = text.index("  command:")
    (project.folder / "job.yaml").write_text(text[:start] + "  tap: hourly" + text[text.index("\n", start):])
    plan = json.loads(project.dativo("run", "job.yaml", "--dry-run", "--json", "--since", "2026-01-03", "--until", "2026-01-05").out)
    assert '"end_date":"2026-01-04"' in json.dumps(plan, separators=(",", ":")), plan
    odd = project.dativo("run", "job.yaml", "--since", "2026-01-03", "--until", "2026-01-05T06:00:00Z")
    assert odd.returncode == 64 and "takes whole days" in odd.err


@pytest.mark.parametrize("options, says", [
    (["--since", "yesterday"], "such as 2026-01-31"), (["--since", "2026-02-30"], "such as 2026-01-31"),
    (["--since", "2026-01-05", "--until", "2026-01-03"], "before"), (["--until", "2026-01-03", "--full-refresh"], "--full-refresh"),
])
def test_wrong_times(project, options, says):
    project.job(SOURCE, tap=TAP)
    done = project.dativo("run", "job.yaml", *options)
    assert done.returncode == 64 and says in done.err


def test_a_table_that_each_load_replaces_is_refused(project):
    target = f"target: parquet\nconfig: {json.dumps({'destination': 'out', 'load_method': 'overwrite'})}"
    project.job(SOURCE, tap=TAP, target=target)
    done = project.dativo("run", "job.yaml", "--until", "2026-01-11")
    assert done.returncode == 78 and "overwrite" in done.err
    project.job(SOURCE, tap=TAP)
    project.run()
    assert project.dativo("state", "reset", "job.yaml").returncode == 0
    reset = project.dativo("run", "job.yaml", "--until", "2026-01-11")
    assert reset.returncode == 75 and "Run the job once without a window" in reset.err, reset.err
