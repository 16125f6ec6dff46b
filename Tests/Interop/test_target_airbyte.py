"""Airbyte's records, states and traces as dativo-target-parquet takes them."""
import json

from conftest import record, schema, state

ID = {"id": {"type": "integer"}}


def airbyte_record(stream, data, **more):
    return {"type": "RECORD", "record": {"stream": stream, "data": data, "emitted_at": 1, **more}}


def airbyte_state(stream, value, namespace=None):
    descriptor = {"name": stream, **({"namespace": namespace} if namespace else {})}
    return {
        "type": "STATE",
        "state": {
            "type": "STREAM",
            "stream": {"stream_descriptor": descriptor, "stream_state": value},
            "sourceStats": {"recordCount": 1.0},
        },
    }


def test_airbyte_records(load, table):
    result = load(schema("s", ID), airbyte_record("s", {"id": 1}), airbyte_record("s", {"id": 2}))
    assert result.code == 0, result
    assert table() == [{"id": 1}, {"id": 2}]


def test_airbyte_states_unite_by_stream_and_namespace(load, commits):
    first = [airbyte_state("a", {"n": 1}), airbyte_state("b", {"n": 1}, "x"), airbyte_state("a", {"n": 2})]
    result = load(*first)
    # Whole messages come back, for each stream its last.
    assert [json.loads(line) for line in result.out.splitlines()] == first[1:]
    result = load(airbyte_state("b", {"n": 5}), airbyte_state("b", {"n": 9}, "x"))
    assert result.code == 0
    assert commits()[-1]["state"] == [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": "a"}, "stream_state": {"n": 2}}},
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": "b", "namespace": "x"}, "stream_state": {"n": 9}}},
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": "b"}, "stream_state": {"n": 5}}},
    ]
    assert load(airbyte_state("a", None)).code == 0
    assert [item["stream"]["stream_descriptor"]["name"] for item in commits()[-1]["state"]] == ["b", "b"]


def test_airbyte_global_and_legacy_states_replace(load, commits):
    shared = {"type": "GLOBAL", "global": {"shared_state": {"lsn": 4}, "stream_states": []}}
    load(airbyte_state("a", {"n": 1}), {"type": "STATE", "state": shared})
    assert commits()[-1]["state"] == [shared]
    result = load({"type": "STATE", "state": {"data": {"a": 1}}})
    assert json.loads(result.out) == {"type": "STATE", "state": {"data": {"a": 1}}}
    assert commits()[-1]["state"] == {"a": 1}
    assert load({"type": "STATE", "state": {"data": {}}}).out == ""
    assert commits()[-1]["state"] == {"a": 1}


def test_an_error_that_an_airbyte_source_tells_ends_the_trust(load, table):
    trace = {"type": "TRACE", "trace": {"type": "ERROR", "emitted_at": 1.0, "error": {
        "message": "expired", "failure_type": "transient_error", "stream_descriptor": {"name": "s"}}}}
    told = load(schema("s", ID), record("s", {"id": 1}), state({"n": 1}),
                record("s", {"id": 2}), trace, state({"n": 2}))
    assert told.code == 75 and json.loads(told.out) == {"n": 1}
    assert "the source told an error of stream s: expired" in told.err
    assert table() == [{"id": 1}]
