"""Record lines of a form that is known are not read again: what they become does not depend on it."""
import json

import pytest

from conftest import run

SOURCE = """#!/bin/sh
case $1 in
  discover) exec cat catalog.jsonl ;;
  read) exec cat said.jsonl ;;
esac
"""
BASE = '{"type":"RECORD","record":{"stream":"a","data":{"id":1},"emitted_at":1700000000123}}'
SPACED = '{"type": "RECORD", "record": {"stream": "a", "data": {"id": 1}, "emitted_at": 1700000000123}}'


def line(data='{"id":2}', emitted="1700000000123", form=BASE):
    return form.replace('{"id":1}', data).replace('{"id": 1}', data).replace("1700000000123", emitted)


DATA = [
    "{}", '{"id":2}', '{ "id" : 2 }', '{"id":2,"s":"a \\"quoted\\" } , \\\\"}', '{"s":"\\u00e4ö\\/"}', '{"o":{"data":{"id":[1,{}]}}}',
    '{"id":123456789012345678901234567890,"x":1.10,"y":1e400}', '{"s":"}},\\"emitted_at\\":5}}"}', '{"emitted_at":7,"stream":"b"}',
    # Not JSON, or not one object.
    '{"id":2', '{"id":2}}', '{"id":}', '{"id":02}', '{"id":2,}', "{'id':2}", '{"s":"\t"}', '{"s":"\\x"}', "[]", "null", "7", '"{}"', "",
    '{"id":2},"data":{"id":3}', '{"id":2},"stream":"b"', '{"id":2},"namespace":"n"', '{"id":2},"meta":{"changes":[]}', '{"id":NaN}',
]  # fmt: skip
TIMES = [
    "0", "1", "999", "1700000000124", "17000000001230", "999999999999999999", "9223372036854775807", "9223372036854775808", "253402300799999",
    "253402300800000", "-1", "1.5", "1700000000123.0", "1e3", "null", '"1700000000123"', "01", "00", "", "1 ", " 1", "1x", "{}", "1,2",
]  # fmt: skip
LINES = [
    BASE + " ", " " + BASE, BASE + "\r", BASE[:-1], BASE + "}", BASE + BASE, BASE.replace('"a"', '"b"'), BASE.replace('"a"', '"\\u0061"'),
    BASE.replace("RECORD", "record"), BASE.replace("RECORD", "STATE"), BASE.replace('"type":"RECORD",', ""),
    '{"record":{"stream":"a","data":{"id":2},"emitted_at":1},"type":"RECORD"}',
    '{"type":"RECORD","record":{"data":{"id":2},"stream":"a","emitted_at":1}}',
    '{"type":"RECORD","record":{"emitted_at":1,"stream":"a","data":{"id":2}}}',
    '{"type":"RECORD","record":{"stream":"a","data":{"id":2}}}',
    '{"type":"RECORD","record":{"namespace":null,"stream":"a","data":{"id":2},"emitted_at":1}}',
    '{"type":"RECORD","record":{"stream":"a","data":{"id":2},"emitted_at":1},"type":"STATE"}',
    "", "   ", "plain text", "{", "\0", BASE.replace("1}", "1\0}"),
]  # fmt: skip


@pytest.fixture
def said(tmp_path):
    (tmp_path / "source").write_text(SOURCE)
    (tmp_path / "source").chmod(0o755)
    (tmp_path / "tap.json").write_text('{"executable": ["./source"]}')
    stream = {"name": "a", "json_schema": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    catalog = {"streams": [{**stream, "supported_sync_modes": ["full_refresh"]}]}
    (tmp_path / "catalog.jsonl").write_text(json.dumps({"type": "CATALOG", "catalog": catalog}) + "\n")
    found = run("dativo-tap-airbyte", "--config", "tap.json", "--discover", cwd=tmp_path)
    (tmp_path / "catalog.json").write_text(found.out.replace('"inclusion": "available"', '"selected": true', 1))

    def call(*lines):
        """The messages of so many lines of a source, how the tap ended, and what it said of it."""
        text = "".join(line + "\n" for line in lines)
        (tmp_path / "said.jsonl").write_bytes(text.encode())
        done = run("dativo-tap-airbyte", "--config", "tap.json", "--catalog", "catalog.json", cwd=tmp_path)
        message = done.failure["message"].split(": ", 1)[1] if done.code else ""
        records = [m for m in done.out.splitlines() if m.startswith('{"type":"RECORD"')]
        return records, done.code, message

    return call


@pytest.mark.parametrize("form", [BASE, SPACED], ids=["compact", "spaced"])
def test_a_line_becomes_the_same_first_or_after_one_of_a_known_form(said, form):
    variants = [line(data, form=form) for data in DATA] + [line(emitted=time, form=form) for time in TIMES] + LINES
    [head], code, _ = said(form)
    assert code == 0 and json.loads(head) == {
        "type": "RECORD", "stream": "a", "record": {"id": 1}, "time_extracted": "2023-11-14T22:13:20.123Z",
    }  # fmt: skip
    mixed, expected = [], []
    for variant in variants:
        records, code, message = said(variant)
        if code == 0:
            mixed += [form, variant]
            expected += [head, *records]
        else:
            # What had not left yet goes with the line that is broken.
            assert said(form, variant) == ([], code, message), variant
    assert said(*mixed, form) == ([*expected, head], 0, "")
    assert 40 < len(mixed) / 2 < len(variants) - 20


def test_lines_that_are_too_long_or_of_another_protocol_are_told(said, tmp_path):
    config = {"executable": ["./source"], "max_line_size": "4MiB"}
    (tmp_path / "tap.json").write_text(json.dumps(config))
    # What is read at once is a block, so a longer one is within the limit until it has to grow.
    _, code, message = said(BASE, BASE, line(json.dumps({"s": "x" * (5 << 20)})))
    assert (code, message) == (65, "line 3 is longer than 4194304 bytes")
    assert said(BASE, line(json.dumps({"s": "x" * (3 << 20)})))[1:] == (0, "")
    _, code, message = said(BASE, '{"type":"RECORD","stream":"a","record":{"id":1}}')
    assert code == 65 and message == "a message of Singer, from a source of Airbyte"


def test_what_stands_under_data_leaves_as_it_came(said):
    for data in DATA[:9]:
        [first, second], code, _ = said(BASE, line(data))
        assert code == 0 and f'"record":{data},' in second
