"""`snapshots: true`: behind the link `current` a reader sees the rows before a change or those after it."""
import datetime as dt
import glob
import json
import os
import shutil
import threading

import duckdb
import jsonschema
import pyarrow.parquet as pq
import pytest

from conftest import ROOT, lines, record, run, schema, state

S = schema("s", {"id": {"type": "integer"}, "c": {"type": "string"}}, ["id"])
OVERWRITE = {"snapshots": True, "load_method": "overwrite"}


def rows(*values, version=None, c="x"):
    made = [record("s", {"id": value, "c": c}) for value in values]
    return [{**line, "version": version} if version else line for line in made]


def activate(version):
    return {"type": "ACTIVATE_VERSION", "stream": "s", "version": version}


@pytest.fixture
def ids(tmp_path):
    """The ids behind the link, or in another of the table's folders."""

    def ids(folder="current"):
        paths = glob.glob(f"{tmp_path}/out/s/{folder}/**/*.parquet", recursive=True)
        return sorted(value for path in paths for value in pq.ParquetFile(path).read()["id"].to_pylist())

    return ids


def folders(tmp_path):
    return sorted(name for name in os.listdir(tmp_path / "out/s") if name != "current")


def link(tmp_path):
    return os.readlink(tmp_path / "out/s/current")


def verified(tmp_path):
    done = run("dativo", "verify", tmp_path / "out")
    assert done.code == 0 and done.out.startswith("well: "), done


def test_a_load_takes_the_place_of_the_one_before(load, ids, tmp_path):
    for n in range(1, 5):
        done = load(S, *rows(n, n + 10), state({"n": n}), **OVERWRITE)
        assert done.code == 0 and json.loads(done.out) == {"n": n}
        assert ids() == [n, n + 10]
        verified(tmp_path)
        # The rows before stay for readers at work, until the next time.
        assert len(folders(tmp_path)) == min(n, 2) and link(tmp_path) == folders(tmp_path)[-1]
    assert ids(folders(tmp_path)[0]) == [3, 13]
    found = duckdb.sql(f"select sum(id) from read_parquet('{tmp_path}/out/s/current/*.parquet')").fetchall()
    assert found == [(18,)]


def test_rows_that_are_added_lie_beside_those_that_are_there(load, ids, tmp_path):
    load(S, *rows(1), state({"n": 1}), snapshots=True)
    first = link(tmp_path)
    load(S, *rows(2), state({"n": 2}), snapshots=True)
    assert ids() == [1, 2] and link(tmp_path) == first and folders(tmp_path) == [first]
    verified(tmp_path)


def test_an_empty_load_leaves_an_empty_folder(load, ids, tmp_path):
    load(S, *rows(1), **OVERWRITE)
    assert load(S, **OVERWRITE).code == 0
    assert ids() == [] and os.path.isdir(tmp_path / "out/s/current")
    verified(tmp_path)


def test_an_activated_version(load, ids, tmp_path):
    settings = {"snapshots": True, "hard_delete": True}
    load(S, *rows(1, 2, version=1), state({"n": 1}), **settings)
    load(S, *rows(3, version=2), state({"n": 2}), **settings)
    before = link(tmp_path)
    load(S, *rows(4, version=2), activate(2), state({"n": 3}), **settings)
    assert ids() == [3, 4] and ids(before) == [1, 2, 3]
    verified(tmp_path)


def test_rows_marked_as_deleted(load, ids, tmp_path):
    settings = {"snapshots": True, "add_record_metadata": True, "partition_by": ["c"]}
    load(S, *rows(1, version=1), *rows(2, version=1, c="y"), state({"n": 1}), **settings)
    load(S, *rows(3, version=2), activate(2), state({"n": 2}), **settings)
    assert ids() == [1, 2, 3]
    paths = glob.glob(f"{tmp_path}/out/s/current/c=*/*.parquet")
    found = {row["id"]: row["_sdc_deleted_at"] for path in paths for row in pq.ParquetFile(path).read().to_pylist()}
    assert found[3] is None and isinstance(found[1], dt.datetime) and found[1] == found[2]
    verified(tmp_path)


def test_a_table_from_before_moves_with_its_rows(load, ids, tmp_path):
    load(S, *rows(1), state({"n": 1}))
    load(S, *rows(2), state({"n": 2}), snapshots=True)
    assert ids() == [1, 2] and glob.glob(f"{tmp_path}/out/s/*.parquet") == []
    verified(tmp_path)


def test_merged_files(load, ids, tmp_path):
    for n in range(1, 4):
        load(S, *rows(n, 9), state({"n": n}), snapshots=True)
    before = link(tmp_path)
    for arguments, want in (([], [1, 2, 3, 9, 9, 9]), (["--latest-by", "id"], [1, 2, 3, 9])):
        done = run("dativo", "compact", tmp_path / "out", "--table", "s", *arguments)
        assert done.code == 0, done
        assert ids() == want and len(glob.glob(f"{tmp_path}/out/s/current/*.parquet")) == 1
        verified(tmp_path)
    assert link(tmp_path) != before
    load(S, *rows(5), state({"n": 5}), snapshots=True)
    assert ids() == [1, 2, 3, 5, 9]


def test_repeated_rows_are_found_among_those_that_stand(load, ids, tmp_path):
    settings = {"snapshots": True, "dedupe": "key"}
    load(S, *rows(1, 2), state({"n": 1}), **settings)
    load(S, *rows(2, 3), state({"n": 2}), **settings)
    assert ids() == [1, 2, 3]


def test_a_state_that_is_reset_takes_the_rows_along_with_the_next_load(load, ids, tmp_path):
    load(S, *rows(1), state({"n": 1}), snapshots=True)
    for _ in range(2):
        reset = run("dativo-target-parquet", "--config", tmp_path / "target.json", "--reset-state")
        assert reset.code == 0, reset
    load(S, *rows(2), state({"n": 2}), snapshots=True)
    verified(tmp_path)
    assert 2 in ids()


KILLS = ["log.opened", "log.cleaned", "file.synced", "commit.staged", "object.drafted", "object.linked",
         "commit.published", "file.renamed", "commit.moving", "commit.switched", "commit.visible", "commit.echoed"]


@pytest.mark.parametrize("point", KILLS)
def test_killed_anywhere_the_link_leads_to_one_of_the_two_loads(load, ids, tmp_path, point):
    killed = 0
    for time in (1, 2, 3):
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        settings = {"snapshots": True, "hard_delete": True}
        load(S, *rows(0, version=1), state({"n": 0}), **settings)
        load(S, *rows(1, 2, version=2), activate(2), state({"n": 1}), **settings)
        load(S, *rows(3, version=3), state({"n": 2}), **settings)
        second = [S, *rows(4, version=3), activate(3), state({"n": 3})]
        done = run("dativo-target-parquet", "--config", tmp_path / "target.json", stdin=lines(*second),
                   env={"DATIVO_FAILPOINT": f"{point}:kill:{time}"})
        if done.code == 0:
            break
        assert done.code == -9, done
        killed += 1
        # Before anything is finished: never a mixture.
        assert ids() in ([1, 2, 3], [3, 4])
        load(schema("t", {"id": {"type": "integer"}}), record("t", {"id": 1}), **settings)
        config = tmp_path / "target.json"
        was = json.loads(run("dativo-target-parquet", "--config", config, "--last-state").out)["state"]
        assert ids() == ([3, 4] if was == {"n": 3} else [1, 2, 3])
        if was != {"n": 3}:
            load(*second, **settings)
        assert ids() == [3, 4] and len(folders(tmp_path)) == 2
        verified(tmp_path)
    assert killed


@pytest.mark.parametrize("point", ["commit.staged", "commit.published", "commit.moving", "commit.switched", "commit.visible"])
@pytest.mark.parametrize("what", ["compact", "mark"])
def test_killed_while_files_are_written_anew(load, ids, tmp_path, point, what):
    settings = {"snapshots": True, "add_record_metadata": True}
    for n in range(3):
        load(S, *rows(n, version=1), state({"n": n}), **settings)
    environment = {"DATIVO_FAILPOINT": f"{point}:kill"}
    if what == "compact":
        command = ["dativo", "compact", tmp_path / "out", "--table", "s"]
        again = {}
    else:
        command = ["dativo-target-parquet", "--config", tmp_path / "target.json"]
        again = {"stdin": lines(S, activate(2), state({"n": 9}))}
    assert run(*command, **again, env=environment).code == -9
    assert ids() == [0, 1, 2]
    assert run(*command, **again).code == 0
    assert ids() == [0, 1, 2]
    if what == "mark":
        paths = glob.glob(f"{tmp_path}/out/s/current/*.parquet")
        assert sum(pq.read_table(path)["_sdc_deleted_at"].null_count for path in paths) == 0
    else:
        assert len(glob.glob(f"{tmp_path}/out/s/current/*.parquet")) == 1
    verified(tmp_path)


def test_the_log_has_the_form_that_its_schema_tells(load, tmp_path):
    for n in range(1, 4):
        load(S, *rows(n), state({"n": n}), **OVERWRITE)
    rules = json.loads((ROOT / "schemas" / "commit.schema.json").read_text())
    paths = sorted(glob.glob(f"{tmp_path}/out/_dativo/default/commits/*.json"))
    for path in paths:
        jsonschema.validate(json.loads(open(path).read()), rules)
    switch = json.loads(open(paths[-1]).read())["switches"]["s"]
    assert list(switch) == ["to", "from", "drop"]


def test_a_reader_at_work_never_sees_a_mixture(load, tmp_path):
    load(S, *rows(*range(100)), **OVERWRITE)
    seen, ended = [], threading.Event()

    def read():
        while not ended.is_set():
            folder = os.path.realpath(tmp_path / "out/s/current")
            paths = glob.glob(f"{folder}/*.parquet")
            seen.append(sorted(i // 100 for path in paths for i in pq.ParquetFile(path).read()["id"].to_pylist()))

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(1, 15):
        load(S, *rows(*range(n * 100, n * 100 + 100)), **OVERWRITE, max_file_rows=40)
    ended.set()
    reader.join()
    assert len(seen) > 15
    assert all(len(found) == 100 and len(set(found)) == 1 for found in seen)


@pytest.mark.parametrize("settings, words", [
    ({"destination": "s3://bucket/x", "snapshots": True}, '"snapshots" needs links, which S3 has not'),
    ({"snapshots": True, "shared": True}, 'cannot have "snapshots"'),
    ({"streams": {"s": {"snapshots": True}}, "shared": True}, 'cannot have "snapshots"'),
])
def test_what_cannot_be_done_is_refused(load, settings, words):
    refused = load(S, **settings)
    assert refused.code == 78 and words in refused.err


def test_a_table_with_snapshots_goes_on_with_them(load, ids):
    load(S, *rows(1), snapshots=True)
    refused = load(S, *rows(2))
    assert refused.code == 78 and 'has "snapshots", which the settings leave out' in refused.err
    assert ids() == [1]
