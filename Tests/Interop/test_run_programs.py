"""`dativo run` with the programs of other people."""
import json
import os
import signal
import sys
import time

import pytest

from job_project import TAP, foreign, project  # noqa: F401 (fixtures)


def test_a_foreign_target_is_at_least_once_and_its_state_is_kept(project, foreign):
    project.job(target=foreign())
    project.run()
    lines = (project.folder / "rows.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(1000))
    record = project.record()
    assert record["delivery"] == "at-least-once"
    assert "committed" not in record["rows"]
    project.job({"rows": 1200}, target=foreign(each=True))
    project.run()
    lines = (project.folder / "rows.jsonl").read_text().splitlines()
    assert len(lines) == 1200
    shown = json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]
    assert shown["state"] == {"bookmarks": {"orders": {"last": 1200}}}


def test_a_target_that_ends_early_with_0_is_no_success(project, foreign):
    project.job({"rows": 200_000}, target=foreign(stop_after=True))
    done = project.run(code=2)
    assert "ended before its input did" in done.err


def test_a_target_that_leaves_a_few_lines_unread_is_no_success(project, foreign):
    """All of it fits into the pipe: nobody sees a broken one."""
    project.job({"rows": 500, "delay": 0.1}, target=foreign(stop_after=True))
    done = project.run(code=2)
    assert "ended before its input did" in done.err


def test_a_program_killed_while_it_is_asked_is_not_taken_for_a_foreign_one(project):
    """Else the target would be given no pipeline, and the tap no state: every row twice."""
    project.job({"rows": 1000})
    project.run()
    tap = project.folder / "tap"
    tap.write_text(f'#!/bin/sh\n[ "$1" != --help ] || kill -9 $$\nexec {sys.executable} {TAP} "$@"\n')
    tap.chmod(0o755)
    job = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(job.replace(f"[{sys.executable}, {TAP}]", "[./tap]") + "sandbox: none\n")
    done = project.run(code=75)
    assert "tap --help was ended by signal 9" in done.err
    assert project.ids() == list(range(1000))


def test_a_tap_that_knows_no_option_is_given_its_state(project):
    """It tells nothing of itself, neither by --about nor by --help."""
    tap = project.folder / "tap.py"
    tap.write_text(
        "import json, sys\n"
        "state = '--state' in sys.argv\n"
        "for id in range(5 * state, 5 + 5 * state):\n"
        "    print(json.dumps({'type': 'SCHEMA', 'stream': 'orders', 'key_properties': [],"
        " 'schema': {'properties': {'id': {'type': 'integer'}}}}))\n"
        "    print(json.dumps({'type': 'RECORD', 'stream': 'orders', 'record': {'id': id}}))\n"
        "print(json.dumps({'type': 'STATE', 'value': {'orders': 1}}))\n"
    )
    project.job(tap=tap)
    project.run()
    assert project.ids() == list(range(5))
    project.run()
    assert project.ids() == list(range(10))


def test_a_target_that_fails_is_to_blame_for_the_broken_pipe(project, foreign):
    project.job({"rows": 200_000}, target=foreign(fail=74))
    done = project.run(code=2)
    assert project.record()["failure"]["stage"] == "target"
    assert "no room here" in done.err
    assert len(project.record()["attempts"]) == 1


def test_another_source_is_refused_with_a_foreign_target_too(project, foreign):
    """Its STATE would be handed to a tap that it does not fit."""
    project.job(target=foreign(each=True))
    project.run()
    other = project.folder / "other.py"
    other.write_text(TAP.read_text())
    project.job(tap=other, target=foreign(each=True))
    done = project.run(code=78)
    assert "the source has changed" in done.err
    accepted = project.dativo("state", "accept", "job.yaml")
    assert accepted.returncode == 0, accepted.err
    project.run()
    lines = (project.folder / "rows.jsonl").read_text().splitlines()
    assert len(lines) == 1000


QUARANTINING = """\
import json, os, sys
state = json.load(open(sys.argv[sys.argv.index("--state") + 1])) if "--state" in sys.argv else None
def send(**message):
    print(json.dumps(message), flush=True)
send(type="SCHEMA", stream="orders", key_properties=["id"],
     schema={"type": "object", "properties": {"id": {"type": "integer"}}})
start = state["last"] if state else 0
for id in range(start, start + 5):
    send(type="RECORD", stream="orders", record={"id": "bad" if id == 2 else id})
send(type="STATE", value={"last": start + 5})
sys.exit(1 if start == 0 else 0)
"""


def test_what_an_earlier_attempt_quarantined_is_not_forgotten(project):
    """The attempt that goes on from its STATE meets no bad record: the run is partial all the same."""
    tap = project.folder / "tap.py"
    tap.write_text(QUARANTINING)
    project.job(tap=tap, extra="validation: {mode: quarantine, quarantine: bad.jsonl}")
    done = project.run(code=1)
    assert "1 quarantined by those before" in done.err
    rows = project.record()["rows"]
    assert rows["earlier_attempts"] == {"violating": 1, "quarantined": 1}
    assert rows["committed"] == 9
    assert project.ids() == [0, 1, 3, 4, 5, 6, 7, 8, 9]


def test_figures_of_a_run_before_do_not_stand_for_those_of_a_killed_stage(project):
    extra = "validation: {report: report.json}"
    project.job(extra=extra)
    project.run()
    project.job({"hang_at": 0}, extra=extra + "\nretry: {attempts: 1}")
    text = (project.folder / "job.yaml").read_text().replace(
        "retry: {attempts: 3, initial_seconds: 0.05, max_seconds: 0.2}\n", ""
    )
    (project.folder / "job.yaml").write_text(text)
    project.dativo("state", "accept", "job.yaml")
    project.dativo("state", "reset", "job.yaml")
    process = project.start("run", "job.yaml")
    number = project.wait(lambda: project.stage(b"dativo-validate"))
    time.sleep(0.3)
    os.kill(number, signal.SIGKILL)
    process.communicate(timeout=30)
    assert process.returncode == 2
    assert "read" not in project.record()["rows"]
