"""`dativo runs`: the history of runs, an index over the records that they leave."""
import contextlib
import json
import os
import shutil
import signal
import sqlite3

from conftest import BIN, run
from job_project import foreign, project  # noqa: F401 (fixtures)


def answer(project, *arguments, code=0):
    done = project.dativo("runs", *arguments, "--json")
    assert done.returncode == code, done.err
    return json.loads(done.out)


def listed(project, *arguments):
    return answer(project, "list", *arguments)["result"]["runs"]


def history(project):
    """A success, a failure, an interruption and a killed run, in this order."""
    project.job({"rows": 100})
    project.run()
    project.job({"rows": 300, "exit_at": 200, "exit": 64, "stderr": "no such table"})
    project.run(code=2)
    project.job({"rows": 9000, "delay": 0.2})
    for number in (signal.SIGINT, signal.SIGKILL):
        process = project.start("run", "job.yaml")
        project.wait(lambda: listed(project, "--status", "running"))
        project.wait(lambda: project.stage(b"dativo-validate"))
        process.send_signal(number)
        process.communicate(timeout=60)
    project.wait(lambda: not project.processes())


def test_runs_are_listed_and_filtered(project):
    assert listed(project) == []
    assert project.dativo("runs", "list").out == "no runs\n"
    history(project)
    rows = listed(project)
    assert [r["status"] for r in rows] == ["killed", "interrupted", "failed", "success"]
    assert [r["exit"] for r in rows] == [None, 130, 2, 0]
    assert rows[3]["read"] == rows[3]["committed"] == 100 and rows[3]["quarantined"] == 0
    assert "64" in rows[2]["failure"]
    assert [r["started"] for r in rows] == sorted((r["started"] for r in rows), reverse=True)
    for status in ("success", "failed", "interrupted", "killed"):
        assert [r["status"] for r in listed(project, "--status", status)] == [status]
    assert listed(project, "--status", "running") == []
    assert listed(project, "--limit", "2") == rows[:2]
    assert listed(project, "--since", "1h") == rows
    assert listed(project, "--since", rows[1]["started"]) == rows[:2]
    assert listed(project, "--since", "2999-01-01") == []
    for job in ("job.yaml", "orders", "acme.orders", "."):
        assert listed(project, job) == rows
    assert listed(project, "items") == []
    text = project.dativo("runs", "list").out.splitlines()
    assert text[0].split()[:4] == ["RUN", "JOB", "STARTED", "TOOK"] and len(text) == 5
    for wrong in (["--status", "sucess"], ["--since", "yesterday"], ["--limit", "0"]):
        assert project.dativo("runs", "list", *wrong).returncode == 64
    assert 'Did you mean "success"?' in project.dativo("runs", "list", "--status", "sucess").err


def test_a_run_is_shown_and_its_log_read(project):
    history(project)
    failed = listed(project, "--status", "failed")[0]["run"]
    record = answer(project, "show", failed)["result"]
    assert record == json.loads((project.folder / f".dativo/runs/{failed}.json").read_text())
    text = project.dativo("runs", "show", failed).out
    assert "acme.orders" in text and "failed (exit 2)" in text and "64" in text
    assert answer(project, "show", "last")["result"]["run"] == listed(project)[0]["run"]
    assert answer(project, "show", failed[:18])["result"]["run"].startswith(failed[:15])
    lines = answer(project, "logs", failed, "--stage", "tap")["result"]["lines"]
    assert [line["line"] for line in lines] == ["no such table"]
    assert lines[0]["stage"] == "tap" and lines[0]["attempt"] == 1 and lines[0]["time"]
    assert "tap | no such table" in project.dativo("runs", "logs", failed).out
    assert answer(project, "logs", failed, "--stage", "target")["result"]["lines"] != lines
    assert project.dativo("runs", "logs", failed, "--stage", "tab").returncode == 64
    unknown = answer(project, "show", "2020", code=64)["errors"][0]
    assert "there is no run" in unknown["message"] and unknown["hint"]
    log = project.folder / f".dativo/runs/{failed}.log.jsonl"
    assert oct(log.stat().st_mode & 0o777) == "0o600"


def change(database, statement):
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def test_the_index_is_made_anew_where_it_is_missing_or_broken(project):
    project.job({"rows": 100})
    project.run()
    rows = listed(project)
    database = project.folder / ".dativo/runs.db"
    assert len(rows) == 1 and database.exists()
    for spoil in (
        lambda: database.unlink(),
        lambda: database.write_bytes(b"no database at all"),
        lambda: database.write_bytes(database.read_bytes()[:5000] + os.urandom(4096)),
        lambda: database.write_bytes(b""),
        lambda: change(database, "update runs set run = x'ff', stamp = 7"),
        lambda: change(database, "update runs set record = x'00ff'"),
        lambda: change(database, "update runs set record = '{'"),
    ):
        spoil()
        assert listed(project) == rows
    # Rows that nobody has a record of, and records that went, are no runs.
    change(database, "insert into runs values ('x','','acme.x','2026','success','{}')")
    assert listed(project) == rows
    (project.folder / f".dativo/runs/{rows[0]['run']}.json").unlink()
    assert listed(project) == []


def test_a_broken_record_is_no_run_and_does_no_harm(project):
    project.job({"rows": 100})
    project.run()
    (project.folder / ".dativo/runs/20260101T000000-0000.json").write_text("{")
    assert len(listed(project)) == 1


def test_a_flood_on_standard_error_is_a_small_log(project):
    project.job({"rows": 100, "flood": 200_000})
    project.run()
    run = listed(project)[0]["run"]
    lines = answer(project, "logs", run, "--stage", "tap")["result"]["lines"]
    assert lines[0]["line"] == "flood 0" and len(lines) < 5000
    assert any("lines not shown" in line["line"] for line in lines)


def test_many_readers_at_once(project):
    project.job({"rows": 100})
    for _ in range(3):
        project.run()
    readers = [project.start("runs", "list", "--json") for _ in range(10)]
    for reader in readers:
        out, err = reader.communicate(timeout=60)
        assert reader.returncode == 0, err
        assert len(json.loads(out)["result"]["runs"]) == 3


def test_a_target_is_asked_once_and_tells_its_last_commit_at_a_good_end(project):
    """Each start of it costs a run some milliseconds; after a failure it is asked again."""
    bin_, log = project.folder / "bin", project.folder / "starts"
    bin_.mkdir()
    for name in ("dativo", "dativo-validate", "dativo-sandbox"):
        shutil.copy(BIN / name, bin_ / name)
    target = bin_ / "dativo-target-parquet"
    target.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {BIN / "dativo-target-parquet"} "$@"\n')
    target.chmod(0o755)

    def asked(code):
        log.write_text("")
        done = run(bin_ / "dativo", "run", "job.yaml", cwd=project.folder)
        assert done.code == code, done.err
        starts = log.read_text().splitlines()
        return sum("--last-state" in words for words in starts), sum("--" not in words.replace("--config", "") for words in starts)

    project.job({"rows": 100})
    assert asked(0) == (1, 1)
    shown = json.loads(run(bin_ / "dativo", "state", "show", "job.yaml", "--json", cwd=project.folder).out)["result"]
    assert shown["state"] == project.record()["state"]["after"] and shown["state"] is not None
    project.job({"rows": 300, "exit_at": 200, "exit": 64})
    assert asked(2) == (2, 1)
