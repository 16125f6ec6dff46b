"""Airbyte's generations: rows of former ones give way once a stream has been read to its end."""
import json

import jsonschema
import pytest

from conftest import ROOT, lines, record, run, schema, state
from test_target_airbyte import ID, airbyte_record, airbyte_state


def status(status, stream="s"):
    told = {"stream_descriptor": {"name": stream}, "status": status}
    return {"type": "TRACE", "trace": {"type": "STREAM_STATUS", "emitted_at": 1.0, "stream_status": told}}


ERROR = {"type": "TRACE", "trace": {"type": "ERROR", "error": {"message": "gone", "failure_type": "transient_error"}}}
COMPLETE = status("COMPLETE")


def configured(generation=None, minimum=None, mode="append", sync=7, name="s", **more):
    stream = {"name": name, "json_schema": {"type": "object", "properties": ID}}
    entry = {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": mode, **more}
    if generation is not None:
        entry |= {"generation_id": generation, "minimum_generation_id": minimum, "sync_id": sync}
    return entry


@pytest.fixture
def sync(tmp_path):
    """Loads messages by a catalog of one stream, or of those given as a list."""

    def sync(entry, *messages, env=None, **settings):
        config, catalog = tmp_path / "target.json", tmp_path / "catalog.json"
        config.write_text(json.dumps({"destination": str(tmp_path / "out"), **settings}))
        catalog.write_text(json.dumps({"streams": entry if isinstance(entry, list) else [entry]}))
        return run("dativo-target-parquet", "--config", config, "--catalog", catalog, stdin=lines(*messages), env=env)

    return sync


def rows(*ids):
    return [airbyte_record("s", {"id": n}) for n in ids]


def ids(table):
    return [row["id"] for row in table()]


def at(n, stream="s"):
    return airbyte_state(stream, {"n": n})


def test_a_full_refresh_replaces_older_generations_in_the_commit_of_its_last_rows(sync, table, commits):
    assert sync(configured(1, 0), *rows(1, 2), at(1), COMPLETE).code == 0
    before = [file["path"] for commit in commits() for file in commit["files"]]
    done = sync(configured(2, 2, "overwrite", 8), *rows(3), at(2), *rows(4), at(3), COMPLETE)
    assert done.code == 0 and ids(table) == [3, 4]
    assert json.loads(done.out.splitlines()[-1]) == at(3)
    last = commits()[-1]
    assert last["removed"] == before and [file["generation"] for file in last["files"]] == [2]
    assert last["tables"]["s"]["generation"] == 2 and last["tables"]["s"]["sync"] == 8
    form = json.loads((ROOT / "schemas/commit.schema.json").read_text())
    for commit in commits():
        jsonschema.validate(commit, form)


def test_rows_stay_until_the_stream_is_complete_and_a_resumed_refresh_goes_on(sync, table):
    every = {"checkpoint_interval": {"rows": 1}}
    sync(configured(1, 1), *rows(1, 2), at(1), COMPLETE)
    cut = sync(configured(2, 2), *rows(3), at(2), *rows(4), ERROR, **every)
    assert cut.code == 75 and ids(table) == [1, 2, 3]
    assert "no status COMPLETE has come" in cut.err
    assert sync(configured(2, 2), *rows(4), at(3), status("INCOMPLETE")).code == 75
    assert ids(table) == [1, 2, 3, 4]
    assert sync(configured(2, 2), *rows(5), COMPLETE, at(4)).code == 0 and ids(table) == [3, 4, 5]
    # The next sync of the same generation adds.
    assert sync(configured(2, 0), *rows(6), at(5), COMPLETE).code == 0 and ids(table) == [3, 4, 5, 6]
    assert sync(configured(2, 2), *rows(7), at(6), COMPLETE).code == 0 and ids(table) == [3, 4, 5, 6, 7]


def test_a_state_before_the_last_rows_takes_no_rows_away(sync, table, commits):
    sync(configured(1, 0), *rows(1), at(1), COMPLETE)
    cut = sync(configured(2, 2), *rows(2), at(2), *rows(3), COMPLETE, "{broken")
    assert cut.code == 65 and ids(table) == [1, 2]
    done = sync(configured(2, 2), *rows(3), COMPLETE)
    assert done.code == 0 and ids(table) == [2, 3] and commits()[-1]["state"][0]["stream"]["stream_state"] == {"n": 2}


def test_only_generations_below_the_least_one_go(sync, table):
    for generation in (1, 2):
        assert sync(configured(generation, 0), *rows(generation), at(generation), COMPLETE).code == 0
    assert ids(table) == [1, 2]
    assert sync(configured(3, 2), *rows(3), at(3), COMPLETE).code == 0 and ids(table) == [2, 3]


def test_rows_of_no_generation_are_older_than_all(load, sync, table):
    load(schema("s", ID), record("s", {"id": 1}), state({"n": 1}))
    assert sync(configured(1, 1), *rows(2), at(2), COMPLETE).code == 0 and ids(table) == [2]
    load(schema("s", ID), record("s", {"id": 3}), state({"n": 1}))
    assert sync(configured(1, 1), *rows(4), at(2), COMPLETE).code == 0 and ids(table) == [2, 3, 4]


def test_an_empty_refresh_leaves_an_empty_table_and_other_streams_alone(sync, table):
    both = [configured(1, 0), configured(1, 0, name="t")]
    sync(both, *rows(1), airbyte_record("t", {"id": 9}), at(1), COMPLETE)
    both = [configured(2, 2), configured(2, 2, name="t")]
    done = sync(both, at(2), COMPLETE)
    assert done.code == 0 and table("s") == [] and table("t") == [{"id": 9}]


@pytest.mark.parametrize("point", ["commit.staged", "commit.published", "commit.moving", "commit.visible"])
def test_a_kill_leaves_the_former_rows_or_the_new_ones(sync, table, point):
    sync(configured(1, 0), *rows(1, 2), at(1), COMPLETE)
    messages = [*rows(3, 4), at(2), COMPLETE]
    killed = sync(configured(2, 2), *messages, env={"DATIVO_FAILPOINT": f"{point}:kill"})
    assert killed.code == -9, killed
    opened = sync(configured(2, 2))
    assert opened.code == 0 and ids(table) == ([1, 2] if point == "commit.staged" else [3, 4])


def test_compaction_keeps_generations_apart(sync, table, tmp_path):
    for generation, n in [(1, 1), (1, 2), (2, 3), (2, 4)]:
        sync(configured(generation, 0), *rows(n), at(n), COMPLETE)
    assert run("dativo", "compact", tmp_path / "out", "--table", "s").code == 0
    assert len(list((tmp_path / "out/s").glob("*.parquet"))) == 2 and ids(table) == [1, 2, 3, 4]
    sync(configured(3, 2), *rows(5), at(5), COMPLETE)
    assert ids(table) == [3, 4, 5]


def test_overwrite_without_generations_replaces_at_a_clean_end(sync, table):
    sync(configured(mode="append"), *rows(1), at(1))
    assert sync(configured(mode="overwrite"), *rows(2), at(2), ERROR).code == 75 and ids(table) == [1]
    assert sync(configured(mode="overwrite"), *rows(2), at(2), COMPLETE).code == 0 and ids(table) == [2]


def test_keys_come_from_the_catalog_where_no_schema_message_does(sync, table):
    told = sync(configured(1, 0, primary_key=[["id"]]), airbyte_record("s", {}))
    assert told.code == 65 and "missing key properties: id" in told.err
    told = sync(configured(1, 0), airbyte_record("u", {"id": 1}))
    assert told.code == 65 and "before a corresponding schema" in told.err


def test_a_catalog_of_singer_is_passed_by(sync, table):
    entry = {"tap_stream_id": "s", "stream": "s", "schema": {"properties": ID}}
    assert sync(entry, schema("s", ID), record("s", {"id": 1})).code == 0 and ids(table) == [1]


@pytest.mark.parametrize("entry, settings, words", [
    (configured(1, 2), {}, '"minimum_generation_id" 2 is not between 0 and "generation_id" 1'),
    (configured(mode="soft_delete"), {}, 'no "destination_sync_mode" "soft_delete"'),
    (configured(1, 1), {"shared": True}, "is only added to"),
    (configured(mode="overwrite"), {"tail": "discard"}, "takes their end away"),
    ([configured(), configured()], {}, "there are two streams s"),
    (configured(2, 0), {}, "generation 3 has been loaded, and the catalog says 2"),
])
def test_a_catalog_that_cannot_be_followed(sync, entry, settings, words):
    sync(configured(3, 0), *rows(1), at(1))
    told = sync(entry, *rows(2), at(2), **settings)
    assert told.code == 78 and words in told.err, told
