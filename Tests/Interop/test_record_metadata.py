"""The columns that add_record_metadata gives a table, named as the Meltano SDK names them."""
import datetime as dt
import glob
import json
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import record, schema, state

S = schema("s", {"id": {"type": "integer"}}, ["id"])
SDC = ["_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence",
       "_sdc_table_version", "_sdc_sync_started_at"]


def at(n):
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(milliseconds=n)
    return moment, moment.isoformat().replace("+00:00", "Z")


def test_each_record_is_described(load, table):
    before = time.time()
    messages = [{**record("s", {"id": n}), "version": 7, "time_extracted": at(n)[1]} for n in range(20_000)]
    done = load(S, *messages, state({"n": 1}), add_record_metadata=True, run_id="r1")
    after = time.time()
    assert done.code == 0 and "undeclared" not in done.err
    found = table()
    assert list(found[0]) == ["id", *SDC, "_dativo_run_id", "_airbyte_meta"]
    for n, row in enumerate(found):
        assert (row["id"], row["_sdc_extracted_at"]) == (n, at(n)[0])
        assert before - 1 < row["_sdc_received_at"].timestamp() < after + 1
        assert row["_sdc_batched_at"] == row["_sdc_received_at"] and row["_sdc_deleted_at"] is None
        assert before - 1 < row["_sdc_sync_started_at"] / 1000 <= row["_sdc_sequence"] / 1000 < after + 1
        assert (row["_sdc_table_version"], row["_dativo_run_id"]) == (7, "r1")


def test_what_a_message_does_not_tell_is_null(load, table):
    load(S, record("s", {"id": 1}), {**record("s", {"id": 2}), "time_extracted": at(5)[1]}, record("s", {"id": 3}),
         add_record_metadata=True)
    assert [row["_sdc_extracted_at"] for row in table()] == [None, at(5)[0], None]
    assert {row["_sdc_table_version"] for row in table()} == {None}


def test_a_delete_marker_is_the_records_own(load, table):
    load(S, record("s", {"id": 1, "_sdc_deleted_at": at(3)[1]}), record("s", {"id": 2}), add_record_metadata=True)
    assert [row["_sdc_deleted_at"] for row in table()] == [at(3)[0], None]


def test_a_column_that_the_stream_declares_is_the_taps(load, table):
    own = schema("s", {"id": {"type": "integer"}, "_sdc_sequence": {"type": "integer"}})
    load(own, record("s", {"id": 1, "_sdc_sequence": 42}), add_record_metadata=True)
    assert table()[0]["_sdc_sequence"] == 42


def test_the_times_of_airbyte_records(load, table):
    line = {"type": "RECORD", "record": {"stream": "s", "data": {"id": 1}, "emitted_at": 1767225600123}}
    load(S, line, add_record_metadata=True)
    assert table()[0]["_sdc_extracted_at"] == at(123)[0]


def test_what_airbyte_tells_of_changes_is_carried(load, table):
    meta = {"changes": [{"field": "x", "change": "NULLED", "reason": "SOURCE_RETRIEVAL_ERROR"}]}
    airbyte = {"type": "RECORD", "record": {"stream": "s", "data": {"id": 1}, "emitted_at": 1, "meta": meta}}
    load(S, airbyte, {**record("s", {"id": 2}), "meta": meta}, record("s", {"id": 3}), add_record_metadata=True)
    told = [row["_airbyte_meta"] and json.loads(row["_airbyte_meta"]) for row in table()]
    assert told == [meta, meta, None]


def test_a_table_gets_the_columns_later_and_keeps_them(load, table, tmp_path):
    load(S, record("s", {"id": 1}))
    load(S, record("s", {"id": 2}), add_record_metadata=True, run_id="r2")
    load(S, record("s", {"id": 3}))
    tables = [pq.read_table(path) for path in sorted(glob.glob(f"{tmp_path}/out/s/*.parquet"))]
    found = pa.concat_tables(tables, promote_options="default")
    assert found.select(["id", "_dativo_run_id"]).to_pylist() == [
        {"id": 1, "_dativo_run_id": None}, {"id": 2, "_dativo_run_id": "r2"}, {"id": 3, "_dativo_run_id": None},
    ]
    assert found.schema.field("_sdc_extracted_at").type == pa.timestamp("us", "UTC")
