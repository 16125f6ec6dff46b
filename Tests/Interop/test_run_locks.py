"""Two runs of one job: who waits, who is told what, and what a dead one leaves."""
import json
import os
import signal
import time

from job_project import project  # noqa: F401 (a fixture)


def lock_file(project):
    return project.folder / ".dativo/state/acme/orders.json.lock"


def wait_for_the_lock(project):
    """Until a run has said in the lock that it is under way, and its pipe runs."""
    lock = lock_file(project)
    project.wait(lambda: lock.exists() and lock.read_text())
    project.wait(lambda: project.stage(b"dativo-validate"))


def test_a_second_run_is_told_who_runs_since_when(project):
    project.job({"rows": 3000, "delay": 0.2})
    first = project.start("run", "job.yaml")
    wait_for_the_lock(project)
    owner = json.loads(lock_file(project).read_text())
    assert owner["pid"] == first.pid and owner["purpose"].startswith("run 2")
    second = project.dativo("run", "job.yaml", "--json")
    assert second.returncode == 75
    message = json.loads(second.out)["errors"][0]["message"]
    for part in (owner["purpose"], f"pid {first.pid}", owner["host"], owner["user"], owner["since"]):
        assert part in message
    listed = json.loads(project.dativo("state", "list", "--json").out)["result"]["jobs"][0]
    assert listed["locked"] == {"by_hand": False, "owner": owner}
    # A person may lock it meanwhile: the run goes on, the next is kept away.
    locked = project.dativo("state", "lock", "job.yaml")
    assert locked.returncode == 0 and "goes on" in locked.err
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)
    assert first.returncode == 130
    assert lock_file(project).read_text() == ""
    assert project.dativo("run", "job.yaml").returncode == 75
    assert project.dativo("state", "unlock", "job.yaml").returncode == 0


def test_a_second_run_waits_for_the_first(project):
    project.job({"rows": 1000, "delay": 0.2})
    first = project.start("run", "job.yaml")
    wait_for_the_lock(project)
    second = project.dativo("run", "job.yaml", "--wait", "60")
    assert second.returncode == 0, second.err
    assert "under way" in second.err and "waiting" in second.err
    assert first.wait(timeout=30) == 0
    assert project.ids() == list(range(1000))
    assert len(list((project.folder / ".dativo/runs").glob("*.json"))) == 2


def test_waiting_ends_at_its_time_and_with_an_interrupt(project):
    project.job()
    assert project.dativo("state", "lock", "job.yaml", "--reason", "not now").returncode == 0
    begin = time.monotonic()
    late = project.dativo("run", "job.yaml", "--wait", "1.5")
    assert late.returncode == 75 and "not now" in late.err
    assert 1.5 <= time.monotonic() - begin < 10
    waiting = project.start("run", "job.yaml", "--wait", "600")
    time.sleep(1.5)  # until it has asked its tap what it can do
    waiting.send_signal(signal.SIGTERM)
    waiting.communicate(timeout=30)
    assert waiting.returncode == 143
    wrong = project.dativo("run", "job.yaml", "--wait", "-1")
    assert wrong.returncode == 64


def test_a_lock_taken_off_lets_the_one_that_waits_run(project):
    project.job()
    assert project.dativo("state", "lock", "job.yaml").returncode == 0
    waiting = project.start("run", "job.yaml", "--wait", "60")
    time.sleep(0.5)
    assert project.dativo("state", "unlock", "job.yaml").returncode == 0
    waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    assert project.ids() == list(range(1000))


def test_the_lock_of_a_killed_run_is_taken_over(project):
    project.job({"rows": 3000, "delay": 0.2})
    first = project.start("run", "job.yaml")
    wait_for_the_lock(project)
    first.kill()
    first.communicate(timeout=30)
    project.wait(lambda: not project.processes())
    owner = json.loads(lock_file(project).read_text())
    assert owner["pid"] == first.pid
    assert json.loads(project.dativo("state", "list", "--json").out)["result"]["jobs"][0]["locked"] is None
    project.job({"rows": 3000})
    done = project.run()
    assert "taking over from" in done.err and owner["purpose"] in done.err
    assert project.ids() == list(range(3000))


def test_a_run_on_another_host_counts_while_its_heart_beats(project):
    project.job()
    lock_file(project).parent.mkdir(parents=True)
    owner = {"purpose": "run x", "user": "ada", "host": "elsewhere", "pid": 7,
             "since": "2026-01-01T00:00:00.000Z", "began": "1"}
    lock_file(project).write_text(json.dumps(owner))
    refused = project.dativo("run", "job.yaml")
    assert refused.returncode == 75 and "elsewhere" in refused.err
    then = time.time() - 61
    os.utime(lock_file(project), (then, then))
    done = project.run()
    assert "taking over from run x" in done.err


def test_many_runs_at_once_run_one_after_another(project):
    project.job({"rows": 300})
    runs = [project.start("run", "job.yaml", "--wait", "120", "--json") for _ in range(8)]
    records = []
    for process in runs:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        records.append(json.loads(out)["result"])
    assert sum(record["rows"]["committed"] for record in records) == 300
    assert project.ids() == list(range(300))


def test_many_changes_at_once_are_all_in_the_history(project):
    """The lock lets one through at a time; those that it refuses say so and may come again."""
    project.job()
    project.run()
    for name in range(6):
        value = {"bookmarks": {"orders": {"last": 1000}, f"s{name}": name}}
        (project.folder / f"{name}.json").write_text(json.dumps(value))
    pending = set(range(6))
    end = time.monotonic() + 60
    while pending and time.monotonic() < end:
        started = {n: project.start("state", "merge", "job.yaml", f"{n}.json") for n in pending}
        for name, process in started.items():
            process.communicate(timeout=60)
            assert process.returncode in (0, 75)
            if process.returncode == 0:
                pending.discard(name)
    shown = json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]["state"]
    assert set(shown["bookmarks"]) == {"orders", *(f"s{n}" for n in range(6))}
    history = json.loads(project.dativo("state", "history", "job.yaml", "--json").out)["result"]
    assert len(history["history"]) == 7
