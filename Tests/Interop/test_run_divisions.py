"""A job that is divided otherwise than before, and parts that could be taken for something else."""
import json
import shutil

import duckdb
import pytest

from conftest import ROOT
from job_project import foreign, project  # noqa: F401 (fixtures)
from test_run_partitions import SHARED, csv, dated, days, ids, write

TAP = ROOT / "Tests/Conformance/Hostile/streams.py"
WHOLE, STREAMS, PIECES = "", "parallelism: 2\n", "parallelism: 2\npartitions: {of: streams}\n"
BY_FILES = "parallelism: 2\npartitions: {of: files}\n"


def files(project, *numbers):
    return [write(project, f"{n}.csv", range(n * 10, n * 10 + 10)) for n in numbers]


def job(project, extra, rows=10, target=SHARED, **more):
    project.job({"streams": ["a", "b"], "rows": rows, **more}, tap=TAP, target=target, extra=extra)


@pytest.mark.parametrize("before, after, says", [
    (WHOLE, PIECES, ["was loaded undivided", "in parts by streams"]),
    (PIECES, WHOLE, ["was loaded in parts by streams (a)", "undivided"]),
    (WHOLE, STREAMS, ["was loaded undivided", "in parts by stream,"]),
    (STREAMS, WHOLE, ["was loaded in parts by stream (a)", "undivided"]),
    (STREAMS, PIECES, ["was loaded in parts by stream (a)", "in parts by streams"]),
    (PIECES, STREAMS, ["was loaded in parts by streams (a)", "in parts by stream,"]),
], ids=range(6))
def test_another_division_is_refused_before_anything_is_loaded(project, before, after, says):
    job(project, before)
    project.run()
    job(project, after, rows=20)
    done = project.run(code=78)
    assert all(text in done.err for text in says) and "Divide it as before" in done.err, done.err
    assert ids(project, "a") == ids(project, "b") == list(range(10))
    job(project, before, rows=20)
    project.run()
    assert ids(project, "a") == ids(project, "b") == list(range(20)), "put back, it goes on"


def test_what_was_removed_may_be_loaded_in_another_division(project):
    job(project, PIECES)
    project.run()
    shutil.rmtree(project.folder / "out")
    job(project, WHOLE)
    project.run()
    assert ids(project, "a") == list(range(10))
    job(project, PIECES)
    assert "was loaded undivided" in project.run(code=78).err


def test_where_nothing_was_loaded_nothing_is_refused(project):
    project.job({"streams": ["a"], "fail": {"a": 65}, "rows": 10}, tap=TAP)
    project.run(code=2)
    project.job({"streams": ["a"], "rows": 10}, tap=TAP, extra=STREAMS)
    project.run()
    assert ids(project, "a") == list(range(10))


def test_a_target_of_somebody_else(project, foreign):
    project.job({"streams": ["a"], "rows": 10}, tap=TAP, target=foreign())
    project.run()
    project.job({"streams": ["a"], "rows": 10}, tap=TAP, target=foreign(), extra=STREAMS)
    assert "was loaded undivided" in project.run(code=78).err
    assert len((project.folder / "rows.jsonl").read_text().splitlines()) == 10


def windows(project, text, today="2024-04-10"):
    dated(project, today)
    path = project.folder / "job.yaml"
    path.write_text(path.read_text().replace("{window: 1mo, from: 2024-01-31}", text))


def test_windows_of_another_length_are_refused(project):
    windows(project, "{window: 1mo, from: 2024-02-01, to: 2024-04-01}")
    project.run()
    loaded = days(project)
    windows(project, "{window: 1w, from: 2024-02-01, to: 2024-04-01}")
    done = project.run(code=78)
    assert "in windows as 2024-02-01 to 2024-03-01" in done.err and "in ones as 2024-02-08 to 2024-02-15" in done.err
    assert days(project) == loaded
    windows(project, "{window: 1mo, from: 2024-01-01, to: 2024-04-10}")
    project.run()
    assert len(days(project)) == len(set(days(project))) == 100, "an earlier beginning and a later end add windows"
    windows(project, "{window: 1mo, from: 2024-01-01, to: 2024-05-01}", today="2024-04-20")
    project.run()
    assert len(days(project)) == len(set(days(project))) == 111, "the last window goes on"


@pytest.mark.parametrize("command", [["run", "--since", "2024-02-05"], ["run", "--until", "2024-03-01"],
                                     ["backfill", "--from", "2024-02-05", "--to", "2024-02-07"]])
def test_a_window_of_a_job_whose_parts_are_windows(project, command):
    windows(project, "{window: 1mo, from: 2024-02-01, to: 2024-04-01}")
    done = project.dativo(command[0], "job.yaml", *command[1:])
    assert done.returncode == 78 and "windows of time already" in done.err and "_date" in done.err, done.err
    assert not (project.folder / "out").exists()


def test_windows_need_a_shared_table(project):
    windows(project, "{window: 1mo, from: 2024-02-01, to: 2024-04-01}")
    path = project.folder / "job.yaml"
    path.write_text(path.read_text().replace(", shared: true", ""))
    done = project.run(code=78)
    assert "each table has one owner" in done.err and not (project.folder / "out").exists()
    lint = project.dativo("lint", "job.yaml")
    assert lint.returncode == 78 and "job.yaml:8:" in lint.out + lint.err and "each table has one owner" in lint.out + lint.err
    csv(project, files(project, 0, 1), target="target: parquet\nconfig: {destination: out}")
    lint = project.dativo("lint", "job.yaml")
    assert "warning" in lint.out + lint.err and "cannot share its table" in lint.out + lint.err, lint.out
    csv(project, files(project, 0, 1))
    assert "share" not in project.dativo("lint", "job.yaml").out


def test_a_refresh_takes_the_rows_of_parts_that_are_not_listed_any_more(project):
    csv(project, files(project, 0, 1, 2), extra=BY_FILES)
    project.run()
    csv(project, files(project, 0), extra=BY_FILES)
    project.run()
    assert set(range(10, 30)) <= set(ids(project)), "a run alone leaves them"
    done = project.run("--full-refresh", "--json")
    assert "removes the rows of 1.csv, 2.csv" in done.err, done.err
    assert json.loads(done.out)["result"]["warnings"] == [] and ids(project) == list(range(10))
    assert project.dativo("verify", "out").returncode == 0
    csv(project, files(project, 0, 1), extra=BY_FILES)
    project.run()
    assert set(ids(project)) == set(range(20)), "listed again, it begins anew"


def test_a_refresh_that_fails_leaves_the_rows_of_others(project):
    job(project, PIECES)
    project.run()
    job(project, PIECES, streams=["a"], fail={"a": 65})
    assert "removes" not in project.run("--full-refresh", code=2).err
    assert ids(project, "b") == list(range(10))


def test_of_a_target_of_somebody_else_the_rows_stay_and_that_is_told(project, foreign):
    job(project, PIECES, target=foreign())
    project.run()
    job(project, PIECES, target=foreign(), streams=["a"])
    assert "the rows of b, which is not listed any more, stay" in project.run("--full-refresh").err


def test_a_piece_that_means_something_else_does_not_go_on_from_its_state(project):
    def regions(eu, secret="x"):
        one = {"name": "eu", "config": {"region": eu, "token": secret}}
        project.job({"streams": ["a"], "rows": 10}, tap=TAP, target=SHARED, extra=f"partitions: {json.dumps([one])}\n")

    regions("eu")
    project.run()
    regions("eu", "y")
    project.run()
    regions("de")
    done = project.run(code=2)
    assert "the source has changed" in done.err and "--full-refresh" in done.err, done.err
    project.run("--full-refresh")
    assert ids(project, "a") == list(range(10))


@pytest.mark.parametrize("backend", ["file", "sqlite"])
@pytest.mark.parametrize("first", ["part", "whole"])
def test_a_part_and_a_job_of_one_name(project, first, backend):
    more = f"state: {{backend: {backend}}}\n"
    piece = 'partitions: [{name: eu, config: {region: eu}}]\n'
    project.job({"streams": ["a"], "rows": 10}, tap=TAP, target=SHARED, name="p1", extra=more + piece, file="part.yaml")
    project.job({"streams": ["a"], "rows": 20}, tap=TAP, target=SHARED, name="p1.eu", extra=more, file="whole.yaml")
    files = ["part.yaml", "whole.yaml"][::1 if first == "part" else -1]
    assert project.dativo("run", files[0]).returncode == 0
    done = project.dativo("run", files[1])
    assert done.returncode != 0 and "the state of acme.p1.eu is that of" in done.err, done.err
    rows = duckdb.sql(f"select count(*) from '{project.folder}/out/a/*.parquet'").fetchall()[0][0]
    assert rows == (10 if first == "part" else 20)
    assert project.dativo("run", files[0]).returncode == 0, "whose it is goes on"
    lint = project.dativo("lint", ".")
    assert lint.returncode == 78 and "acme.p1.eu" in lint.out + lint.err, lint.out + lint.err
