"""`retry.breaker`: a job that fails again and again for one cause is left alone for a while."""
import json
import time

from job_project import project  # noqa: F401 (a fixture)


def job(project, source, cooldown="1h"):
    project.job(source)
    text = (project.folder / "job.yaml").read_text()
    text = text.replace("attempts: 3,", f"attempts: 1, breaker: {{failures: 2, cooldown: {cooldown}}},")
    (project.folder / "job.yaml").write_text(text)


def test_open_then_a_trial_then_closed(project):
    job(project, {"exit_at": 0, "exit": 1}, cooldown="3s")
    for _ in range(2):
        project.run(code=2)
    runs = len(list((project.folder / ".dativo/runs").glob("*.json")))
    refused = project.run(code=75)
    assert "circuit breaker is open until" in refused.err and "2 runs in a row failed for one cause" in refused.err
    assert "tap.py exited with 1" in refused.err and "--force" in refused.err
    assert len(list((project.folder / ".dativo/runs").glob("*.json"))) == runs, "what is refused is no run"
    time.sleep(3.2)
    assert "this run is a trial" in project.run(code=2).err
    assert project.run(code=75), "a trial that fails opens it anew"
    time.sleep(3.2)
    job(project, {"rows": 10}, cooldown="3s")
    assert "this run is a trial" in project.run().err
    assert "trial" not in project.run().err and project.ids() == list(range(10))


def test_other_causes_count_from_the_beginning(project):
    for code in (1, 3, 1, 3):
        job(project, {"exit_at": 0, "exit": code})
        project.run(code=2)
    project.run(code=2)
    project.run(code=75)


def test_force_and_json(project):
    job(project, {"exit_at": 0, "exit": 1})
    for _ in range(2):
        project.run(code=2)
    answer = json.loads(project.run("--json", code=75).out)
    assert not answer["ok"] and "circuit breaker" in answer["errors"][0]["message"]
    job(project, {"rows": 10})
    assert "--force runs it all the same" in project.run("--force").err
    project.run()


def test_what_keeps_a_run_from_beginning_counts_too(project):
    job(project, {"rows": 10})
    (project.folder / "out").write_text("a file, where a folder is needed")
    codes = [project.dativo("run", "job.yaml").returncode for _ in range(3)]
    assert codes[2] == 75 and 75 not in codes[:2]


def test_wrong_settings(project):
    job(project, {"rows": 10}, cooldown="soon")
    done = project.dativo("lint", "job.yaml")
    assert "retry.breaker.cooldown" in done.out + done.err and "job.yaml:" in done.out + done.err
    text = (project.folder / "job.yaml").read_text()
    (project.folder / "job.yaml").write_text(text.replace("failures: 2, cooldown: soon", "failure: 2"))
    done = project.dativo("lint", "job.yaml")
    assert 'Did you mean "failures"?' in done.out + done.err


def test_without_it_every_run_begins(project):
    project.job({"exit_at": 0, "exit": 1})
    for _ in range(3):
        project.run(code=2)
