"""Rows marked as deleted in a bucket: as on the disk, but for rows that are still on their way."""
import json

import pyarrow.parquet
import pytest

from conftest import lines, record, run, schema, state
from s3_pipeline import pipeline, server

S = schema("s", {"id": {"type": "integer"}})


def rows(version, *values):
    return [{**record("s", {"id": value}), "version": version} for value in values]


def activate(version):
    return {"type": "ACTIVATE_VERSION", "stream": "s", "version": version}


def load(pipeline, *messages, code=0, **options):
    pipeline.settings(add_record_metadata=True)
    done = run("dativo-target-parquet", "--config", pipeline.config, stdin=lines(S, *messages), **options)
    assert done.code == code, done
    return done


def marks(pipeline):
    found = []
    for key in pipeline.files("s"):
        table = pyarrow.parquet.read_table(f"{pipeline.root}/{key}", filesystem=pipeline.server.files)
        found += [(row["id"], row["_sdc_deleted_at"] is not None) for row in table.to_pylist()]
    return sorted(found)


def check(pipeline):
    done = run("dativo", "verify", f"s3://{pipeline.root}", "--config", pipeline.config)
    assert done.code == 0, done


def test_rows_of_former_loads(pipeline):
    load(pipeline, *rows(1, 1, 2), activate(1), state({"n": 1}))
    assert marks(pipeline) == [(1, False), (2, False)]
    done = load(pipeline, *rows(2, 3), activate(2), state({"n": 2}))
    assert json.loads(done.out) == {"n": 2}
    assert marks(pipeline) == [(1, True), (2, True), (3, False)]
    check(pipeline)


def test_rows_of_the_same_commit_are_marked_by_the_next_one(pipeline):
    done = load(pipeline, *rows(1, 1), *rows(2, 2), activate(2), state({"n": 1}))
    assert json.loads(done.out) == {"n": 1}
    assert marks(pipeline) == [(1, True), (2, False)]
    load(pipeline, *rows(2, 3), activate(2), state({"n": 2}))
    assert marks(pipeline) == [(1, True), (2, False), (3, False)]
    check(pipeline)


@pytest.mark.parametrize("point", ["file.synced", "commit.staged", "commit.published", "commit.moving", "commit.visible"])
def test_killed_anywhere_every_row_is_there_once_and_marked(pipeline, point):
    load(pipeline, *rows(1, 1, 2), activate(1), state({"n": 1}))
    second = [*rows(2, 3), activate(2), state({"n": 2})]
    load(pipeline, *second, code=-9, env={"DATIVO_FAILPOINT": f"{point}:kill"})
    was = pipeline.last_state()["state"]
    if was == {"n": 1}:
        load(pipeline, *second)
    else:
        load(pipeline, *rows(2, 4))
    assert marks(pipeline)[:3] == [(1, True), (2, True), (3, False)]
    check(pipeline)
