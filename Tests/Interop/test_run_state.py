"""`dativo state`, and runs that go on from one: resets, other sources, lost files."""
import json
import pathlib
import subprocess

from job_project import TAP, project  # noqa: F401 (a fixture)


def test_after_a_reset_the_next_run_replaces_the_rows(project):
    project.job()
    project.run()
    reset = project.dativo("state", "reset", "job.yaml", "--reason", "the source was mended", "--json")
    assert reset.returncode == 0, reset.err
    assert json.loads(reset.out)["result"]["state"] is None
    # Until then readers see what was there.
    assert project.ids() == list(range(1000))
    shown = project.dativo("state", "show", "job.yaml")
    assert "none: everything is loaded" in shown.out
    project.run()
    assert project.ids() == list(range(1000))
    assert project.record()["rows"]["committed"] == 1000
    commits = (project.folder / "out/_dativo/acme.orders/commits").glob("*.json")
    assert any("the source was mended" in c.read_text() for c in commits)


def test_a_reset_that_keeps_rows_adds_to_them(project):
    project.job()
    project.run()
    assert project.dativo("state", "reset", "job.yaml", "--keep-rows").returncode == 0
    project.run()
    assert sorted(project.ids()) == sorted(list(range(1000)) * 2)


def test_the_state_of_one_stream_is_reset(project):
    project.job()
    project.run()
    wrong = project.dativo("state", "reset", "job.yaml", "--stream", "oders")
    assert wrong.returncode == 64 and "orders" in wrong.err
    assert project.dativo("state", "reset", "job.yaml", "--stream", "orders").returncode == 0
    shown = json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]
    assert shown["state"] == {"bookmarks": {}}


def test_full_refresh_loads_everything_in_place_of_what_is_there(project):
    project.job()
    project.run()
    project.run("--full-refresh")
    assert project.ids() == list(range(1000))


def test_another_tap_is_refused_until_the_user_chooses(project):
    project.job()
    project.run()
    other = project.folder / "other.py"
    other.write_text(TAP.read_text())
    project.job(tap=other)
    done = project.run(code=2)
    assert project.record()["failure"]["code"] == 78
    assert "source has changed" in done.err
    assert "--full-refresh" in done.err and "state accept" in done.err
    assert project.ids() == list(range(1000))
    assert project.dativo("state", "accept", "job.yaml").returncode == 0
    project.job({"rows": 1500}, tap=other)
    project.run()
    assert project.ids() == list(range(1500))
    project.job({"rows": 10})
    project.run("--full-refresh")
    assert project.ids() == list(range(10))


def test_a_secret_that_changes_is_no_other_source(project):
    project.job({"password": "a", "page_size": 10})
    project.run()
    project.job({"password": "b", "page_size": 20, "rows": 1100})
    project.run()
    assert project.ids() == list(range(1100))
    project.job({"password": "b", "host": "elsewhere"})
    project.run(code=2)
    assert project.record()["failure"]["code"] == 78


def test_a_destination_that_was_deleted_is_loaded_again(project):
    project.job()
    project.run()
    subprocess.run(["rm", "-rf", project.folder / "out"], check=True)
    done = project.run()
    assert "no commits any more" in done.err
    assert project.ids() == list(range(1000))


def test_a_store_that_was_deleted_does_no_harm(project):
    project.job({"rows": 500})
    project.run()
    subprocess.run(["rm", "-rf", project.folder / ".dativo"], check=True)
    project.job()
    project.run()
    assert project.ids() == list(range(1000))


def test_a_corrupt_state_file_is_an_error_that_names_the_backup(project):
    project.job({"rows": 300})
    project.run()
    project.job({"rows": 400})
    project.run()
    file = project.folder / ".dativo/state/acme/orders.json"
    file.write_text(file.read_text()[:40])
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 78
    assert str(file) + ":" in done.err
    backup = pathlib.Path(str(file) + ".backup")
    assert str(backup) in done.err and json.loads(backup.read_text())["sequence"] > 0
    file.unlink()
    project.run()
    assert project.ids() == list(range(400))
