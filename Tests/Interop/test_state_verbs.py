"""`dativo state`: every verb, as commits at the destination and as files."""
import json
import os
import sqlite3
import stat
import subprocess
import sys

import pytest

from conftest import CACHE
from job_project import foreign, project  # noqa: F401 (fixtures)


def answer(project, *arguments, code=0):
    """The envelope of `dativo state …` for the project's job."""
    done = project.dativo("state", *arguments, "--json")
    assert done.returncode == code, done.err
    envelope = json.loads(done.out)
    assert envelope["exit"] == code
    return envelope


def state(project):
    return answer(project, "show", "job.yaml")["result"]["state"]


def at(row):
    return {"bookmarks": {"orders": {"last": row}}}


def write(project, name, value):
    (project.folder / name).write_text(value if isinstance(value, str) else json.dumps(value))
    return name


def commits(project):
    folder = project.folder / "out/_dativo/acme.orders/commits"
    return [json.loads(f.read_text()) for f in sorted(folder.glob("*.json"))]


def loaded(project, rows):
    project.job({"rows": rows})
    project.run()


def test_set_is_a_commit_that_says_who_and_why(project):
    loaded(project, 300)
    file = write(project, "s.json", at(200))
    result = answer(project, "set", "job.yaml", file, "--reason", "two days again")["result"]
    assert result["state"] == at(200)
    assert result["changes"] == [
        {"stream": "orders", "pointer": "/last", "before": 300, "after": 200}
    ]
    last = commits(project)[-1]
    assert last["kind"] == "state" and last["files"] == [] and last["state"] == at(200)
    assert last["reason"].startswith("two days again (by ") and "@" in last["reason"]
    assert result["sequence"] == last["sequence"]
    # The rows stay, and come again beside themselves.
    project.run()
    assert sorted(project.ids()) == sorted([*range(300), *range(200, 300)])


def test_an_empty_state_takes_the_place_of_no_real_one(project):
    loaded(project, 100)
    for value in ({}, None, []):
        refused = answer(project, "set", "job.yaml", write(project, "s.json", value), code=64)
        assert "reset" in refused["errors"][0]["hint"]
    assert state(project) == at(100)


def test_a_file_that_is_no_json_is_told_with_its_place(project):
    loaded(project, 100)
    file = write(project, "s.json", '{"bookmarks":\n  {"orders": }}')
    refused = answer(project, "set", "job.yaml", file, code=78)
    error = refused["errors"][0]
    assert (error["file"], error["line"], error["column"]) == ("s.json", 2, 14)
    assert state(project) == at(100)


def test_merge_keeps_the_streams_that_the_file_does_not_name(project):
    loaded(project, 100)
    file = write(project, "s.json", {"bookmarks": {"customers": {"last": 7}}, "other": 1})
    answer(project, "merge", "job.yaml", file)
    assert state(project) == {
        "bookmarks": {"orders": {"last": 100}, "customers": {"last": 7}}, "other": 1
    }
    unlike = write(project, "u.json", {"orders": {"last": 7}})
    refused = answer(project, "merge", "job.yaml", unlike, code=78)
    assert "nothing to merge by" in refused["errors"][0]["message"]


def test_airbyte_states_are_merged_by_name_and_namespace(project, foreign):
    project.job(target=foreign(each=True))

    def stream(name, value, namespace=None):
        descriptor = {"name": name, **({"namespace": namespace} if namespace else {})}
        return {"type": "STREAM",
                "stream": {"stream_descriptor": descriptor, "stream_state": {"n": value}}}

    first = write(project, "a.json", [stream("a", 1), stream("a", 2, "x")])
    answer(project, "set", "job.yaml", first)
    second = write(project, "b.json", [stream("a", 3, "x"), stream("b", 4)])
    changes = answer(project, "merge", "job.yaml", second)["result"]["changes"]
    assert changes == [
        {"stream": "x.a", "pointer": "/n", "before": 2, "after": 3},
        {"stream": "b", "pointer": "", "after": {"n": 4}},
    ]
    assert state(project) == [stream("a", 1), stream("a", 3, "x"), stream("b", 4)]


def test_the_history_says_who_when_why_and_what(project):
    loaded(project, 100)
    loaded(project, 200)
    answer(project, "set", "job.yaml", write(project, "s.json", at(50)), "--reason", "anew")
    entries = answer(project, "history", "job.yaml")["result"]["history"]
    assert [e["state"] for e in entries] == [at(50), at(200), at(100)]
    assert entries[0]["why"] == "anew" and entries[1]["why"].startswith("run 2")
    assert all("@" in e["who"] and e["updated"] for e in entries)
    assert entries[0]["sequence"] > entries[1]["sequence"] > entries[2]["sequence"]
    assert entries[0]["changes"] == [
        {"stream": "orders", "pointer": "/last", "before": 200, "after": 50}
    ]
    text = project.dativo("state", "history", "job.yaml").out.splitlines()
    assert text[0].split() == ["STATE", "SEQUENCE", "SINCE", "WHO", "WHY", "CHANGED"]
    assert text[1].endswith("orders") and "anew" in text[1]


def test_rollback_brings_a_former_state_back_as_a_new_commit(project):
    loaded(project, 100)
    loaded(project, 200)
    before = len(commits(project))
    former = answer(project, "history", "job.yaml")["result"]["history"][1]
    result = answer(project, "rollback", "job.yaml", str(former["version"]))["result"]
    assert result["state"] == at(100)
    made = commits(project)[before:]
    assert [c["kind"] for c in made if c["state"] == at(100)] == ["state"]
    assert f"rollback {former['version']}" in made[-1]["reason"]
    project.run()
    assert sorted(project.ids()) == sorted([*range(200), *range(100, 200)])
    # By the commit that it was based on, too.
    answer(project, "rollback", "job.yaml", f"commit:{former['sequence']}")
    assert state(project) == at(100)
    unknown = answer(project, "rollback", "job.yaml", "99", code=64)
    assert "It has" in unknown["errors"][0]["hint"]


def test_rows_of_a_rollback_are_skipped_where_repeats_are(project):
    target = 'target: parquet\nconfig: {"destination": "out", "dedupe": "key"}'
    for rows in (100, 200):
        project.job({"rows": rows}, target=target)
        project.run()
    former = answer(project, "history", "job.yaml")["result"]["history"][1]
    answer(project, "rollback", "job.yaml", str(former["version"]))
    project.run()
    assert project.ids() == list(range(200))


def test_rollback_to_before_a_reset_and_back(project):
    loaded(project, 100)
    assert project.dativo("state", "reset", "job.yaml").returncode == 0
    entries = answer(project, "history", "job.yaml")["result"]["history"]
    assert [e["state"] for e in entries] == [None, at(100)]
    answer(project, "rollback", "job.yaml", str(entries[1]["version"]))
    assert state(project) == at(100)


def test_diff_compares_now_former_states_and_files(project):
    loaded(project, 100)
    loaded(project, 200)
    same = [{"stream": "orders", "pointer": "/last", "before": 100, "after": 200}]
    assert answer(project, "diff", "job.yaml")["result"]["changes"] == same
    former = answer(project, "history", "job.yaml")["result"]["history"][1]
    for name in (str(former["version"]), f"commit:{former['sequence']}"):
        assert answer(project, "diff", "job.yaml", name, "now")["result"]["changes"] == same
    file = write(project, "s.json", {"bookmarks": {"orders": {"last": 200}}})
    assert answer(project, "diff", "job.yaml", "now", file)["result"]["equal"] is True
    text = project.dativo("state", "diff", "job.yaml").out
    assert text.split() == ["orders", "/last", "100", "->", "200"]


def editor(project, body):
    """An editor of one line of Python, which has the name of the copy as `path`."""
    file = project.folder / "editor"
    file.write_text(f"#!{sys.executable}\nimport json,sys\npath = sys.argv[1]\n{body}\n")
    file.chmod(0o755)
    return {"VISUAL": "", "EDITOR": str(file)}


def test_edit_commits_what_was_changed(project, monkeypatch):
    loaded(project, 100)
    before = len(commits(project))
    body = "s = json.load(open(path)); s['bookmarks']['orders']['last'] = 60; json.dump(s, open(path, 'w'))"
    for name, value in editor(project, body).items():
        monkeypatch.setenv(name, value)
    assert answer(project, "edit", "job.yaml")["result"]["state"] == at(60)
    assert commits(project)[-1]["state"] == at(60)
    after = len(commits(project))
    assert after > before
    # Nothing was changed: nothing is committed.
    for name, value in editor(project, "").items():
        monkeypatch.setenv(name, value)
    assert answer(project, "edit", "job.yaml")["result"]["changes"] == []
    assert len(commits(project)) == after
    assert not list((project.folder / ".dativo/edit").glob("*"))


def test_a_bad_edit_is_told_with_its_place_and_kept(project, monkeypatch):
    loaded(project, 100)
    for name, value in editor(project, "open(path, 'w').write('{\\n  \"a\": 1,\\n}')").items():
        monkeypatch.setenv(name, value)
    error = answer(project, "edit", "job.yaml", code=78)["errors"][0]
    copy = project.folder / ".dativo/edit/acme.orders.json"
    assert (error["file"], error["line"], error["column"]) == (str(copy), 3, 1)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert state(project) == at(100)
    again = answer(project, "edit", "job.yaml", code=64)["errors"][0]
    assert str(copy) in again["message"]
    copy.write_text(json.dumps(at(70)))
    answer(project, "set", "job.yaml", str(copy))
    assert state(project) == at(70)


def test_an_editor_that_fails_changes_nothing(project, monkeypatch):
    loaded(project, 100)
    for name, value in editor(project, "sys.exit(3)").items():
        monkeypatch.setenv(name, value)
    answer(project, "edit", "job.yaml", code=75)
    assert state(project) == at(100)


def test_export_and_import_carry_a_state_to_another_folder(project):
    loaded(project, 100)
    assert project.dativo("state", "export", "job.yaml", "--output", "e.json").returncode == 0
    exported = json.loads((project.folder / "e.json").read_text())
    assert exported["state"] == at(100) and exported["pipeline"] == "acme.orders"
    assert json.loads(project.dativo("state", "export", "job.yaml").out) == exported
    project.dativo("state", "reset", "job.yaml", "--keep-rows")
    answer(project, "import", "job.yaml", "e.json")
    assert state(project) == at(100)
    # The store's own file is of the same form.
    answer(project, "import", "job.yaml", ".dativo/state/acme/orders.json")
    project.job({"rows": 100}, name="copies",
                target='target: parquet\nconfig: {"destination": "elsewhere"}')
    refused = answer(project, "import", "job.yaml", "e.json", code=78)["errors"][0]
    assert "acme.orders" in refused["message"] and "--force" in refused["hint"]
    answer(project, "import", "job.yaml", "e.json", "--force")
    assert state(project) == at(100)
    bare = answer(project, "import", "job.yaml", write(project, "b.json", at(1)), code=78)
    assert "state set" in bare["errors"][0]["hint"]


def test_a_key_that_stands_twice_is_asked_about(project):
    loaded(project, 100)
    for text in ['{"a": [1, {"b": 2}],\n "a": 3}', '{"x": [{"k": "{", "l": 1,\n"\\u006b": 2}]}']:
        (project.folder / "s.json").write_text(text)
        for verb in ("set", "merge"):
            error = answer(project, verb, "job.yaml", "s.json", code=78)["errors"][0]
            assert error["line"] == 2 and "stands twice" in error["message"], error
    assert state(project) == at(100)
    (project.folder / "s.json").write_text('{"a": {"k": 1}, "b": {"k": "a"}, "c": ["a", "a"]}')
    answer(project, "set", "job.yaml", "s.json")
    assert state(project) == {"a": {"k": 1}, "b": {"k": "a"}, "c": ["a", "a"]}


COMPLETE = {"singer_state": {"bookmarks": {"orders": {"last": 40}}}}
PARTIAL = {"singer_state": {"bookmarks": {"orders": {"last": 60}, "items": {"last": 5}}}}
MERGED = {"bookmarks": {"orders": {"last": 40}, "items": {"last": 5}}}


@pytest.mark.parametrize("file, arguments, expected", [
    (COMPLETE, [], at(40)),
    ({"completed": COMPLETE, "partial": {}}, [], at(40)),
    ({"completed": {}, "partial": PARTIAL}, [], PARTIAL["singer_state"]),
    ({"completed": COMPLETE, "partial": PARTIAL}, [], MERGED),
    ({"completed": COMPLETE, "partial": PARTIAL}, ["--partial"], PARTIAL["singer_state"]),
    # Rows of the system database, whose columns are text.
    ([{"state_id": "dev:a-to-b", "completed_state": json.dumps(COMPLETE), "partial_state": "{}"},
      {"state_id": "dev:c-to-d", "completed_state": json.dumps({"singer_state": {"x": 1}}),
       "partial_state": None}], ["--state-id", "dev:a-to-b"], at(40)),
])
def test_states_of_meltano_are_imported(project, file, arguments, expected):
    project.job({"rows": 100})
    name = write(project, "m.json", file)
    answer(project, "import", "job.yaml", "--meltano", name, *arguments)
    assert state(project) == expected


def test_what_an_interrupted_run_of_meltano_left_is_told(project):
    project.job()
    name = write(project, "m.json", {"completed": COMPLETE, "partial": PARTIAL})
    warnings = answer(project, "import", "job.yaml", "--meltano", name)["warnings"]
    assert any("orders" in w["message"] and "--partial" in w["hint"] for w in warnings)
    several = write(project, "r.json", [{"state_id": "one"}, {"state_id": "two"}])
    error = answer(project, "import", "job.yaml", "--meltano", several, code=78)["errors"][0]
    assert "one, two" in error["hint"]
    none = write(project, "n.json", {"a": 1})
    answer(project, "import", "job.yaml", "--meltano", none, code=78)


def test_what_meltano_itself_writes_is_imported(project):
    script = """
import json, sys
from meltano.core.state_store.base import MeltanoState
complete, partial = map(json.loads, sys.argv[1:])
state = MeltanoState(state_id="dev:a-to-b", completed_state=complete, partial_state=partial)
print(state.json())
"""
    python = CACHE / "meltano/bin/python"
    written = subprocess.run(
        [python, "-c", script, json.dumps(COMPLETE), json.dumps(PARTIAL)],
        capture_output=True, text=True, check=True,
    ).stdout
    project.job()
    answer(project, "import", "job.yaml", "--meltano", write(project, "m.json", written))
    assert state(project) == MERGED


def test_the_system_database_of_meltano_is_read(project):
    project.job()
    database = project.folder / "meltano.db"
    with sqlite3.connect(database) as connection:
        connection.execute("create table state (state_id text primary key, updated_at text,"
                           " partial_state json, completed_state json)")
        for name, complete in (("dev:a-to-b", COMPLETE), ("dev:c-to-d", {})):
            connection.execute("insert into state values (?, '2026', ?, ?)",
                               (name, json.dumps(PARTIAL), json.dumps(complete)))
    answer(project, "import", "job.yaml", "--meltano", "meltano.db", "--state-id", "dev:a-to-b")
    assert state(project) == MERGED
    error = answer(project, "import", "job.yaml", "--meltano", "meltano.db", code=78)["errors"][0]
    assert "dev:a-to-b, dev:c-to-d" in error["hint"]
    with sqlite3.connect(database) as connection:
        connection.execute("drop table state")
    error = answer(project, "import", "job.yaml", "--meltano", "meltano.db", code=78)["errors"][0]
    assert "no such table: state" in error["message"]


def test_list_shows_every_job_of_a_project(project):
    loaded(project, 100)
    project.job(name="idle", file="idle.yaml")
    (project.folder / "broken.yaml").write_text("kind: Job\n")
    listed = answer(project, "list")
    orders, idle = sorted(listed["result"]["jobs"], key=lambda j: j["job"], reverse=True)
    assert (orders["tenant"], orders["job"], orders["streams"]) == ("acme", "orders", ["orders"])
    assert orders["sequence"] == commits(project)[-1]["sequence"] and orders["updated"]
    assert (idle["job"], idle["streams"], idle["has_state"]) == ("idle", [], False)
    assert any("broken.yaml" in (w["file"] or "") for w in listed["warnings"])
    text = project.dativo("state", "list", "--job-dir", ".").out.splitlines()
    assert text[0].split()[:3] == ["TENANT", "JOB", "SEQUENCE"] and len(text) == 3


def test_a_job_that_is_locked_by_hand_does_not_run(project):
    project.job({"rows": 100})
    locked = answer(project, "lock", "job.yaml", "--reason", "the source moves")["result"]["locked"]
    assert locked["purpose"] == "the source moves" and locked["since"]
    for command in (["run", "job.yaml"], ["quarantine", "replay", "job.yaml"]):
        refused = project.dativo(*command)
        assert refused.returncode == 75
        assert "the source moves" in refused.err and locked["since"] in refused.err
        assert f"{locked['user']}@{locked['host']}" in refused.err and "unlock" in refused.err
    # The verbs that it is there for go on.
    answer(project, "set", "job.yaml", write(project, "s.json", at(50)))
    again = answer(project, "lock", "job.yaml", code=75)
    assert "the source moves" in again["errors"][0]["message"]
    assert "the source moves" in project.dativo("state", "list").out
    unlocked = answer(project, "unlock", "job.yaml")["result"]
    assert unlocked["unlocked"] and unlocked["was"]["purpose"] == "the source moves"
    assert answer(project, "unlock", "job.yaml")["result"]["unlocked"] is False
    project.run()
    assert project.ids() == list(range(50, 100))


def test_a_corrupt_store_is_told_with_its_line_and_backup_by_every_verb(project):
    loaded(project, 100)
    loaded(project, 200)
    file = project.folder / ".dativo/state/acme/orders.json"
    file.write_text(file.read_text()[:60])
    for verb in (["show"], ["history"], ["reset"], ["export"]):
        error = answer(project, verb[0], "job.yaml", *verb[1:], code=78)["errors"][0]
        assert f"{file}:" in error["message"] and f"{file}.backup" in error["hint"]
    os.replace(f"{file}.backup", file)
    assert state(project) == at(200)


@pytest.mark.parametrize("text", ["5", '"x"', "[1]", "true", '{"type": "STATE", "value": 3}'])
def test_what_is_no_object_is_no_state(project, text):
    project.job()
    project.run()
    before = state(project)
    (project.folder / "s.json").write_text(text)
    wrong = answer(project, "set", "job.yaml", "s.json", code=78)
    assert "this is no state" in wrong["error"]["message"] and "bookmarks" in wrong["error"]["suggestion"]
    assert state(project) == before


def test_a_state_as_deep_as_any_can_be_read_again(project):
    project.job({"rows": 10})
    project.run()
    path = project.folder / "deep.json"
    path.write_text('{"a":' + "[" * 511 + "]" * 511 + "}")
    assert project.dativo("state", "set", "job.yaml", "deep.json").returncode == 0
    assert json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["ok"]
    assert project.dativo("verify", "out").returncode == 0
    assert project.dativo("state", "reset", "job.yaml").returncode == 0
    project.run()
    path.write_text('{"a":' + "[" * 600 + "]" * 600 + "}")
    assert project.dativo("state", "set", "job.yaml", "deep.json").returncode == 78
