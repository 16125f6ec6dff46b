"""Files that commands write: a user's keeps its rights and its place, and ours are for their owner alone."""
import json
import os
import stat

import pytest

from job_project import project  # noqa: F401 (a fixture)
from test_select import shop  # noqa: F401 (a fixture)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("rights", [0o600, 0o640, 0o664])
def test_select_leaves_a_file_its_rights_and_its_owner(shop, rights):
    project = shop()
    job = project.folder / "job.yaml"
    job.chmod(rights)
    if os.getuid() == 0:
        os.chown(job, 1234, 4321)
    done = project.dativo("select", "job.yaml", "orders.*", "--write")
    assert done.returncode == 0 and 'select: ["orders.*"]' in job.read_text(), done.err
    assert mode(job) == rights
    if os.getuid() == 0:
        assert (job.stat().st_uid, job.stat().st_gid) == (1234, 4321)


@pytest.mark.parametrize("linked", [False, True])
def test_select_refuses_a_file_that_may_not_be_written(shop, linked):
    project = shop()
    job = project.folder / "job.yaml"
    before = job.read_text()
    job.chmod(0o444)
    if linked:
        (project.folder / "link.yaml").symlink_to("job.yaml")
    done = project.dativo("select", "link.yaml" if linked else "job.yaml", "orders.*", "--write")
    assert done.returncode == 74 and "cannot be written: Permission denied" in done.err, done.err
    assert job.read_text() == before and mode(job) == 0o444


@pytest.mark.parametrize("state", ["", "state: {backend: sqlite, path: own/state.db}\n"])
def test_states_and_records_are_for_their_owner_alone(project, state):
    project.job(extra=state)
    project.run()
    project.run("--full-refresh")
    assert project.dativo("runs", "list").returncode == 0
    home = project.folder / ".dativo"
    names = [*(home / "runs").iterdir(), home / "runs.db"]
    names += (project.folder / "own").glob("state.db*") if state else (home / "state").rglob("*.json*")
    kept = [path for path in names if path.is_file() and not path.name.endswith(".lock")]
    assert len(kept) > 4
    assert {path.name: oct(mode(path)) for path in kept if mode(path) & 0o077} == {}
    assert mode(home / "runs") == 0o700


def test_a_state_file_of_before_is_closed_at_the_next_write(project):
    project.job()
    project.run()
    (file,) = (project.folder / ".dativo/state").rglob("orders.json")
    file.chmod(0o644)
    project.run("--full-refresh")
    assert mode(file) == mode(file.with_name("orders.json.backup")) == 0o600


def test_discover_writes_over_nothing_but_a_catalog(shop):
    project = shop()
    job, notes = project.folder / "job.yaml", project.folder / "notes.json"
    before = job.read_text()
    done = project.dativo("discover", "job.yaml", "--write", "job.yaml")
    assert done.returncode == 64 and job.read_text() == before and "catalog.json" in done.err
    for text in ("not JSON", '{"streams": [{"name": "a"}]}', '{"streams": [], "password": "x"}'):
        notes.write_text(text)
        done = project.dativo("discover", "job.yaml", "--write", "notes.json")
        assert done.returncode == 64 and "is no catalog" in done.err and notes.read_text() == text
    for _ in range(2):
        done = project.dativo("discover", "job.yaml", "--write", "catalog.json")
        assert done.returncode == 0, done.err
    assert len(json.loads((project.folder / "catalog.json").read_text())["streams"]) == 2
