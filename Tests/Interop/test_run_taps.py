"""`dativo run` with taps that fail, hang and flood."""
import re
import time

import pytest

from job_project import project  # noqa: F401 (a fixture)


def test_a_tap_that_exits_1_at_once_is_tried_twice(project):
    project.job({"exit_at": 0, "exit": 1, "stderr": "the database said no"})
    done = project.run(code=2)
    assert len(project.record()["attempts"]) == 2
    assert "exited with 1" in done.err and "the database said no" in done.err
    assert "failed twice without committing anything" in done.err
    assert project.ids() == []


def test_a_tap_that_exits_1_after_rows_keeps_what_its_state_covers(project):
    project.job({"exit_at": 250, "exit": 1})
    project.run(code=2)
    assert project.ids() == list(range(200))
    assert project.record()["state"]["after"] == {"bookmarks": {"orders": {"last": 200}}}
    project.job()
    project.run()
    assert project.ids() == list(range(1000))


def test_a_tap_that_fails_once_is_resumed_within_the_run(project):
    project.job({"exit_at": 250, "exit": 1, "once": str(project.folder / "once")})
    done = project.run()
    assert len(project.record()["attempts"]) == 2
    assert "trying again in" in done.err
    assert project.ids() == list(range(1000))
    assert project.record()["rows"]["committed"] == 1000


@pytest.mark.parametrize("code", [65, 70, 77, 78])
def test_a_code_that_would_come_again_is_not_tried_again(project, code):
    project.job({"exit_at": 150, "exit": code})
    project.run(code=2)
    assert len(project.record()["attempts"]) == 1
    assert project.record()["failure"]["code"] == code
    assert project.ids() == list(range(100))


def test_temporary_failures_are_tried_as_often_as_the_job_says(project):
    project.job({"exit_at": 0, "exit": 75})
    done = project.run(code=2)
    assert len(project.record()["attempts"]) == 3
    assert "all 3 attempts failed" in done.err


@pytest.mark.parametrize("byte", [1, 60, 150, 5_000, 9_999, 40_000])
def test_a_tap_killed_at_a_byte_loses_and_repeats_nothing(project, byte):
    project.job({"die_at_byte": byte, "once": str(project.folder / "once")})
    project.run()
    assert project.ids() == list(range(1000))
    first = project.record()["attempts"][0]
    assert first["stages"][0]["signal"] == "SIGKILL"
    assert first["failure"]["stage"] == "tap"
    assert "out of memory" in first["failure"]["hint"]


def test_half_a_line_is_not_taken_for_a_row(project):
    project.job({"half_line_at": 450, "exit": 0})
    done = project.run(code=2)
    assert project.ids() == list(range(400))
    assert "middle of a line" in done.err or "unfinished" in done.err or "cut" in done.err


def test_rows_after_the_last_state_come_only_with_a_clean_end(project):
    project.job({"tail": 50, "exit": 1})
    project.run(code=2)
    assert project.ids() == list(range(900))
    assert len(project.ids()) == len(set(project.ids()))


def test_the_tail_of_a_clean_end_is_committed(project):
    project.job({"tail": 50})
    project.run()
    assert project.ids() == list(range(1000))


def test_a_silent_tap_is_ended_and_named(project):
    project.job({"hang_at": 350}, extra="idle_timeout: 1s")
    started = time.monotonic()
    done = project.run(code=2)
    assert "sent nothing for 1 s" in done.err
    assert project.ids() == list(range(300))
    assert time.monotonic() - started < 60


def test_a_silent_tap_that_ignores_sigterm_is_killed(project):
    project.job(
        {"hang_at": 350, "ignore_term": True, "once": str(project.folder / "once")},
        extra="idle_timeout: 1s",
    )
    project.run()
    first = project.record()["attempts"][0]["stages"][0]
    assert first["sent"] == "SIGTERM" and first["signal"] == "SIGKILL"
    assert project.ids() == list(range(1000))


def test_a_flood_on_standard_error_neither_blocks_nor_floods(project):
    project.job({"flood": 200_000})
    done = project.run()
    assert project.ids() == list(range(1000))
    assert len(done.err.splitlines()) < 3000
    hidden = sum(int(n) for n in re.findall(r"… (\d+) lines not shown", done.err))
    shown = len(re.findall(r"^tap \| flood", done.err, re.M))
    assert hidden + shown == 200_000


def test_a_line_without_end_on_standard_error_takes_no_memory(project):
    project.job({"flood_line": 100 << 20, "exit_at": 0, "exit": 70})
    done = project.run(code=2)
    assert len(done.err) < 50_000


def test_a_process_left_behind_does_not_outlive_the_run(project):
    project.job({"leave": 3600}, extra="sandbox: none")  # confined, it could not leave any
    started = time.monotonic()
    done = project.run(code=2)
    assert "left processes behind" in done.err
    assert time.monotonic() - started < 30
    # What was left held the pipe open: nothing says that the rows after the last state are all.
    assert project.ids() == list(range(1000))
