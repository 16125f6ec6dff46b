"""`dativo run` interrupted, and any of its processes killed."""
import os
import random
import signal
import time

import pytest

from job_project import project  # noqa: F401 (a fixture)

KILLS = int(os.environ.get("DATIVO_KILLS", "20"))
SEED = int(os.environ.get("DATIVO_SEED", "0")) or random.randrange(1 << 32)


@pytest.mark.parametrize(
    "number, code, behaviour",
    [
        (signal.SIGINT, 130, {"on_term": "drain"}),
        (signal.SIGTERM, 143, {"on_term": "drain"}),
        (signal.SIGTERM, 143, {}),
        (signal.SIGHUP, 129, {}),
        (signal.SIGQUIT, 131, {}),
    ],
)
def test_a_signal_drains_and_commits(project, number, code, behaviour):
    project.job({"rows": 5000, "delay": 0.05, **behaviour})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    time.sleep(0.7)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code, err
    assert project.processes() == []
    assert "interrupted" in err
    record = project.record()
    assert record["outcome"] == "interrupted" and record["exit"] == code
    ids = project.ids()
    assert ids == list(range(len(ids)))
    assert record["state"]["after"]["bookmarks"]["orders"]["last"] == len(ids) > 0
    project.job({"rows": 5000})
    project.run()
    assert project.ids() == list(range(5000))


def test_a_second_signal_stops_everything_at_once(project):
    project.job({"rows": 5000, "delay": 0.1, "ignore_term": True})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=5)
    assert process.returncode == 130
    assert project.processes() == []
    project.job({"rows": 5000})
    project.run()
    assert project.ids() == list(range(5000))


def test_a_signal_while_waiting_to_try_again(project):
    project.job({"exit_at": 0, "exit": 75})
    text = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(
        text.replace("initial_seconds: 0.05, max_seconds: 0.2", "initial_seconds: 600, max_seconds: 600")
    )
    process = project.start("run", "job.yaml")
    project.wait(lambda: process.stderr.readline().count("trying again"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 143


# Kills


@pytest.mark.parametrize("seed", range(KILLS))
def test_kill_9_of_any_process_at_any_moment(project, seed):
    """Each seed kills one stage, or dativo itself, a few times; then the run goes on."""
    chance = random.Random(SEED + seed)
    print("seed", SEED + seed)
    rows, every = 2000, chance.choice([7, 50, 300])
    source = {"rows": rows, "every": every, "delay": 0.01}
    project.job(source)
    for _ in range(3):
        process = project.start("run", "job.yaml")
        victim = chance.choice([b"tap.py", b"dativo-validate", b"dativo-target-parquet", None])
        time.sleep(chance.uniform(0.05, 1.2))
        if victim is None:
            process.kill()
        elif number := project.stage(victim):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.communicate(timeout=60)
        project.wait(lambda: project.processes() == [], seconds=10)
        ids = project.ids()
        assert len(ids) == len(set(ids)), "a row is there twice"
    project.job({"rows": rows, "every": every})
    project.run()
    assert project.ids() == list(range(rows))


def test_dativo_killed_leaves_no_process_and_no_secret(project):
    project.job({"rows": 100_000, "delay": 0.05, "leave": 3600, "ignore_term": True})
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    time.sleep(0.3)
    process.kill()
    process.communicate()
    project.wait(lambda: project.processes() == [], seconds=5)
    project.job()
    project.run()
    assert project.ids() == list(range(1000))
    assert not list((project.folder / ".dativo/run").glob("**/*.json"))
