"""`dativo log` and `dativo verify`: what a destination holds, and whether it is as committed."""
import json

import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state

PROPERTIES = {"id": {"type": "integer"}, "name": {"type": "string"}}


@pytest.fixture
def out(tmp_path):
    """Two runs: 300 orders in three commits, 10 users in one."""
    for start in (0, 200):
        messages = [schema("orders", PROPERTIES)]
        for part in range(start, start + (200 if start == 0 else 100), 100):
            messages += [record("orders", {"id": n, "name": "é" * 9}) for n in range(part, part + 100)]
            messages += [state({"orders": part + 100})]
        if start == 0:
            messages += [schema("users", PROPERTIES)]
            messages += [record("users", {"id": n, "name": "u"}) for n in range(10)]
            messages += [state({"orders": 200, "users": 10, "long": "x" * 100})]
        load(tmp_path, *messages)
    return tmp_path / "out"


def load(folder, *messages, code=0, **settings):
    config = folder / "target.json"
    settings = {"destination": str(folder / "out"), "checkpoint_interval": {"rows": 100}, **settings}
    config.write_text(json.dumps(settings))
    done = run("dativo-target-parquet", "--config", config, stdin=lines(*messages))
    assert done.code == code, done
    return done


def verify(place, code):
    done = run("dativo", "verify", place, "--json")
    assert done.code == code, done
    text = run("dativo", "verify", place)
    assert text.code == code
    result = json.loads(done.out)["result"]
    # Each problem is one line, which says what to do.
    told = [line for line in text.out.splitlines() if line.startswith(("wrong: ", "note: "))]
    assert len(told) == len(result["problems"])
    for line, problem in zip(told, result["problems"]):
        assert problem["subject"] in line and problem["hint"] in line and problem["hint"]
    return result


def problems(place, code=65):
    return [(p["kind"], p["subject"]) for p in verify(place, code)["problems"]]


def commits(place, *arguments):
    done = run("dativo", "log", place, "--json", *arguments)
    assert done.code == 0, done
    return json.loads(done.out)["result"]["commits"]


def visible(place, *arguments):
    done = run("dativo", "log", place, "--files", *arguments)
    assert done.code == 0, done
    return done.out.splitlines()


def test_log_lists_the_commits(out):
    log = commits(out)
    assert [c["sequence"] for c in log] == list(range(1, len(log) + 1))
    assert [c["kind"] for c in log if c["kind"] == "open"] == ["open", "open"]
    assert sum(c["rows"] for c in log) == 310
    assert log[-1]["state"] == {"orders": 300}
    whole = {"orders": 200, "users": 10, "long": "x" * 100}
    assert whole in [c["state"] for c in log]
    assert [c["previous"] for c in log[1:]] == [c["sha256"] for c in log[:-1]]
    text = run("dativo", "log", out).out
    assert "pipeline default" in text and '{"orders":300}' in text
    assert "x" * 100 not in text and "…" in text


def test_log_of_a_table_and_of_a_pipeline(out):
    users = commits(out / "users")
    assert [(c["kind"], c["rows"]) for c in users] == [("data", 10)]
    assert len(commits(out, "--pipeline", "default")) > 3
    done = run("dativo", "log", out, "--pipeline", "other")
    assert done.code == 78 and "There are: default." in done.err
    done = run("dativo", "log", out / "user")
    assert done.code == 78 and "Did you mean users?" in done.err
    done = run("dativo", "log", out.parent)
    assert done.code == 78 and "there is no commit log" in done.err
    done = run("dativo", "log", ".", "--files", cwd=out / "users")
    assert [line.split("/")[-2] for line in done.out.splitlines()] == ["users"]


def test_the_files_that_a_reader_sees(out):
    files = visible(out)
    assert sorted(files) == sorted(map(str, out.glob("*/*.parquet")))
    rows = [row["id"] for file in visible(out / "orders") for row in pq.read_table(file).to_pylist()]
    assert rows == list(range(300))


def test_files_that_a_commit_removed_are_not_listed(out):
    config = out.parent / "target.json"
    assert run("dativo-target-parquet", "--config", config, "--reset-state").code == 0
    before = visible(out)
    load(out.parent, schema("orders", PROPERTIES), record("orders", {"id": 7, "name": "n"}), state({"a": 1}))
    after = visible(out)
    new = sorted(set(after) - set(before))
    assert len(new) == 1 and pq.read_table(new[0]).to_pylist() == [{"id": 7, "name": "n"}]
    # A table that the load did not reach keeps what it has until one does.
    assert {name.split("/")[-2] for name in set(after) - set(new)} == {"users"}
    assert commits(out)[-1]["removed"] != []
    last = run("dativo-target-parquet", "--config", config, "--last-state")
    assert json.loads(last.out)["replacing"] == ["users"]
    assert verify(out, 0)["rows"] == 11
    assert "removes files: " in run("dativo", "log", out).out


def test_all_is_well(out):
    result = verify(out, 0)
    assert result["problems"] == [] and result["rows"] == 310
    assert result["files"] == len(visible(out))
    assert verify(out / "users", 0)["rows"] == 10
    assert run("dativo", "verify", out).out.startswith("well: ")


def test_a_changed_byte(out):
    file = next((out / "users").glob("*.parquet"))
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)
    assert problems(out) == [("wrong_digest", f"users/{file.name}")]
    assert problems(out / "orders", 0) == []


def test_a_cut_file(out):
    file = next((out / "users").glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1])
    assert problems(out) == [("wrong_size", f"users/{file.name}")]


def test_a_missing_file(out):
    file = next((out / "users").glob("*.parquet"))
    file.unlink()
    assert problems(out) == [("missing_file", f"users/{file.name}")]


def test_a_file_that_no_commit_names(out):
    (out / "users/year=2024").mkdir()
    (out / "users/year=2024/other.parquet").write_bytes(b"PAR1")
    (out / "users/_ignored.parquet").write_bytes(b"")
    assert problems(out) == [("unknown_file", "users/year=2024/other.parquet")]


def commit(out, number):
    return out / f"_dativo/default/commits/{number:012}.json"


def test_a_changed_commit_breaks_the_chain(out):
    file = commit(out, 2)
    object = json.loads(file.read_text())
    object["state"] = {"orders": 12345}
    file.write_text(json.dumps(object))
    assert problems(out) == [("broken_chain", "_dativo/default/commits/000000000003.json")]
    done = run("dativo", "log", out)
    assert done.code == 65 and "commit 3 does not follow commit 2" in done.err
    assert '{"orders":12345}' in done.out


def test_a_commit_that_is_missing_or_nonsense(out):
    commit(out, 1).unlink()
    assert ("missing_commit", "_dativo/default/commits/000000000001.json") in problems(out)
    commit(out, 1).write_text("{")
    assert ("malformed_commit", "_dativo/default/commits/000000000001.json") in problems(out)
    commit(out, 9223372036854775807).write_text("{}")
    assert problems(out)


def test_wrong_row_counts_are_found(out):
    """A log whose hashes fit, but which says other rows than the file has."""
    last = max((out / "_dativo/default/commits").glob("*.json"))
    object = json.loads(last.read_text())
    object["files"][0]["rows"] += 1
    last.write_text(json.dumps(object))
    [(kind, subject)] = problems(out)
    assert kind == "wrong_rows" and subject == object["files"][0]["path"]


def test_what_a_killed_writer_left(out):
    """Staged files do no harm; a published commit that is not visible yet does."""
    messages = [schema("orders", PROPERTIES), record("orders", {"id": 300, "name": "n"}), state({"orders": 301})]
    config = out.parent / "target.json"

    def die(failpoint):
        done = run(
            "dativo-target-parquet", "--config", config, stdin=lines(*messages),
            env={"DATIVO_FAILPOINT": f"{failpoint}:kill"},
        )
        assert done.code == -9, done

    die("commit.staged")
    result = verify(out, 0)
    [left] = result["problems"]
    assert left["kind"] == "leftover" and left["harmless"] and "orders" in left["subject"]
    assert run("dativo", "verify", out).out.startswith("note: ")
    die("commit.published")
    [(kind, subject)] = problems(out)
    assert kind == "unfinished" and subject.startswith("orders/")
    load(out.parent, *messages)
    result = verify(out, 0)
    assert result["problems"] == [] and result["rows"] >= 311


def test_folded_logs(tmp_path):
    """More commits than a snapshot takes, then a changed snapshot."""
    messages = [schema("orders", PROPERTIES)]
    for n in range(120):
        messages += [record("orders", {"id": n, "name": "n"}), state({"n": n})]
    load(tmp_path, *messages, checkpoint_interval={"rows": 1})
    out = tmp_path / "out"
    assert verify(out, 0)["rows"] == 120
    [snapshot] = (out / "_dativo/default/snapshots").glob("*.json")
    object = json.loads(snapshot.read_text())
    snapshot.write_text(json.dumps({**object, "hash": "0" * 64}))
    assert problems(out) == [("wrong_snapshot", f"_dativo/default/snapshots/{snapshot.name}")]
