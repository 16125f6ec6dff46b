"""The stores that a job file may name, under crashes, damage and many writers."""
import json
import random
import sqlite3
import time

import pytest

from job_project import foreign, project  # noqa: F401 (fixtures)

STORES = {
    "file": ("state: {path: kept}", "kept/acme/orders.json"),
    "sqlite": ("state: {backend: sqlite, path: kept/state.db}", "kept/state.db"),
}


@pytest.fixture(params=STORES)
def store(request):
    return STORES[request.param]


def show(project):
    done = project.dativo("state", "show", "job.yaml", "--json")
    assert done.returncode == 0, done.err
    return json.loads(done.out)["result"]["state"]


def at(row):
    return {"bookmarks": {"orders": {"last": row}}}


def test_a_foreign_targets_state_is_kept_between_runs(project, foreign, store):
    extra, file = store
    for rows in (300, 500):
        project.job({"rows": rows}, target=foreign(each=True), extra=extra)
        project.run()
    assert show(project) == at(500)
    assert len((project.folder / "rows.jsonl").read_text().splitlines()) == 500
    assert (project.folder / file).exists()
    done = json.loads(project.dativo("state", "history", "job.yaml", "--json").out)["result"]
    assert [e["state"] for e in done["history"]] == [at(500), at(300)]


def test_an_exactly_once_job_works_with_every_store(project, store):
    project.job(extra=store[0])
    project.run()
    project.job({"rows": 1200}, extra=store[0])
    project.run()
    assert project.ids() == list(range(1200))
    assert project.dativo("state", "reset", "job.yaml").returncode == 0
    project.run()
    assert project.ids() == list(range(1200))


def test_kills_in_the_middle_of_writes_leave_the_old_state_or_the_new(project, foreign, store):
    project.job(target=foreign(each=True), extra=store[0])
    stands = at(0)
    (project.folder / "0.json").write_text(json.dumps(stands))
    assert project.dativo("state", "set", "job.yaml", "0.json").returncode == 0
    generator = random.Random(5)
    committed = 0
    for number in range(1, 21):
        value = {**at(number), "padding": "x" * generator.randrange(300_000)}
        (project.folder / "s.json").write_text(json.dumps(value))
        process = project.start("state", "set", "job.yaml", "s.json")
        time.sleep(generator.uniform(0.0, 0.12))
        process.kill()
        process.communicate(timeout=30)
        found = show(project)
        assert found in (stands, value)
        committed += found == value
        stands = found
    project.dativo("state", "set", "job.yaml", "0.json")
    assert show(project) == at(0)


# Tells a state with what it has read so far only, as some taps do; `fail` ends it after stream a.
TWO_STREAMS = """\
import json, sys
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
if "--discover" in sys.argv:
    names = ("a", "b")
    print(json.dumps({"streams": [
        {"stream": n, "tap_stream_id": n, "schema": schema, "key_properties": ["id"]} for n in names]}))
    sys.exit()
bookmarks = {}
for name in ("a", "b"):
    print(json.dumps({"type": "SCHEMA", "stream": name, "schema": schema, "key_properties": ["id"]}))
    print(json.dumps({"type": "RECORD", "stream": name, "record": {"id": config["at"]}}))
    bookmarks[name] = {"at": config["at"]}
    print(json.dumps({"type": "STATE", "value": {"bookmarks": bookmarks}}), flush=True)
    if config.get("fail"):
        sys.exit(64)
"""


def test_the_partial_state_of_a_failed_run_leaves_the_others(project, foreign, store):
    tap = project.folder / "two.py"
    tap.write_text(TWO_STREAMS)
    target = foreign(each=True)
    project.job({"at": 1}, tap=tap, target=target, extra=store[0])
    project.run()
    assert show(project) == {"bookmarks": {"a": {"at": 1}, "b": {"at": 1}}}
    project.job({"at": 2, "fail": True}, tap=tap, target=target, extra=store[0])
    project.run(code=2)
    assert show(project) == {"bookmarks": {"a": {"at": 2}, "b": {"at": 1}}}
    # A run that ends well tells the whole state, whatever stood there.
    project.job({"at": 3}, tap=tap, target=target, extra=store[0])
    project.run()
    assert show(project) == {"bookmarks": {"a": {"at": 3}, "b": {"at": 3}}}


def test_many_jobs_share_a_database(project, foreign):
    files = []
    for name in ("a", "b", "c", "d"):
        project.job({"rows": 400}, target=foreign(each=True, file=f"{name}.jsonl"), name=name,
                    file=f"{name}.yaml", extra=STORES["sqlite"][0])
        files.append(f"{name}.yaml")
    runs = [project.start("run", file) for file in files]
    for process in runs:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    with sqlite3.connect(project.folder / "kept/state.db") as connection:
        rows = connection.execute("select job, entry from state order by job").fetchall()
    assert [(job, json.loads(entry)["state"]) for job, entry in rows] == [
        (name, at(400)) for name in "abcd"
    ]
    jobs = json.loads(project.dativo("state", "list", "--json").out)["result"]["jobs"]
    assert [job["streams"] for job in jobs] == [["orders"]] * 4


def test_damage_is_told_with_the_copy_from_before(project, foreign, store):
    extra, file = store
    for rows in (100, 200):
        project.job({"rows": rows}, target=foreign(each=True), extra=extra)
        project.run()
    path = project.folder / file
    path.write_bytes(b"no store\nat all")
    for command in (["run", "job.yaml"], ["state", "show", "job.yaml"], ["state", "reset", "job.yaml"]):
        done = project.dativo(*command)
        assert done.returncode == 78, done.err
        assert str(path) in done.err and f"{path}.backup" in done.err
    path.write_bytes((project.folder / f"{file}.backup").read_bytes())
    project.run()
    assert show(project) == at(200)


def test_a_row_that_is_no_state_is_told_with_its_line(project, foreign):
    project.job({"rows": 100}, target=foreign(each=True), extra=STORES["sqlite"][0])
    project.run()
    with sqlite3.connect(project.folder / "kept/state.db") as connection:
        connection.execute("update state set entry = '{\"format\": 1,\n oops'")
    done = project.dativo("state", "show", "job.yaml")
    assert done.returncode == 78
    assert "acme.orders, line 2, column 2" in done.err and "state.db.backup" in done.err


def test_a_folder_is_no_database(project):
    (project.folder / "kept").mkdir()
    project.job(extra="state: {backend: sqlite, path: kept}")
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 78 and "kept/state.db" in done.err
    project.job(extra="state: {backend: sqlit}")
    done = project.dativo("run", "job.yaml")
    assert done.returncode == 78 and 'Did you mean "sqlite"?' in done.err
