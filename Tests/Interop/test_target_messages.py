"""What dativo-target-parquet makes of each message and of each way to get one wrong."""
import json

import jsonschema
import pyarrow.parquet as pq
import pytest

from conftest import BIN, ROOT, lines, record, run, schema, state

ID = {"id": {"type": "integer"}}


def ids(rows):
    return [row["id"] for row in rows]


def test_commits_are_what_their_schema_says(load, tmp_path):
    columns = {**ID, "list": {"type": "array", "items": {"type": "string"}}}
    load(schema("s", columns), record("s", {"id": 1, "list": ["a"]}), state({"n": 1}), source="shop")
    rules = json.loads((ROOT / "schemas" / "commit.schema.json").read_text())
    objects = sorted((tmp_path / "out").rglob("commits/*.json"))
    assert [json.loads(path.read_text())["kind"] for path in objects] == ["open", "data"]
    for path in objects:
        jsonschema.validate(json.loads(path.read_text()), rules)


# Lines and bytes.


def test_empty_input(load, commits, tmp_path):
    result = load()
    assert result.code == 0 and result.out == ""
    assert commits() == []
    assert not list((tmp_path / "out").rglob("*.parquet"))
    assert not list((tmp_path / "out").rglob("commits"))


def test_marks_blanks_and_carriage_returns(load, table):
    text = b"\xef\xbb\xbf" + lines(schema("s", ID), "", "  ", record("s", {"id": 1}), state({"n": 1}))
    assert load(text.replace(b"\n", b"\r\n")).out == '{"n": 1}\n'
    assert ids(table()) == [1]


def test_no_line_feed_at_the_end(load, table):
    result = load(lines(schema("s", ID), record("s", {"id": 1}), state({"n": 1}))[:-1])
    assert (result.code, result.out) == (0, '{"n": 1}\n')
    assert ids(table()) == [1]


def test_a_last_line_cut_short(load, table):
    text = lines(schema("s", ID), record("s", {"id": 1}), state({"n": 1}), record("s", {"id": 2}))
    result = load(text[:-5])
    assert (result.code, result.out) == (65, '{"n": 1}\n')
    assert "line 4" in result.failure["message"]
    assert ids(table()) == [1]


@pytest.mark.parametrize("line", ["INFO sync began", "[1]", "7", '{"stream": "s"}', '{"type": 3}', "{"])
def test_a_line_that_is_no_message(load, table, line):
    text = (schema("s", ID), record("s", {"id": 1}), state({"n": 1}), line, record("s", {"id": 2}))
    result = load(*text)
    assert (result.code, result.out) == (65, '{"n": 1}\n')
    assert "line 4" in result.failure["message"] and line in result.failure["message"]
    assert ids(table()) == [1]


def test_lenient_relays_lines_that_are_no_messages(load, table):
    result = load(schema("s", ID), "INFO sync began", record("s", {"id": 1}), state({"n": 1}), lenient=True)
    assert (result.code, result.out) == (0, '{"n": 1}\n')
    assert "INFO sync began" in result.err
    assert ids(table()) == [1]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "01", "1.", "'x'", "tru"])
def test_values_that_are_no_json(load, table, value):
    line = '{"type": "RECORD", "stream": "s", "record": {"id": %s}}' % value
    result = load(schema("s", ID), record("s", {"id": 1}), state({"n": 1}), line)
    assert result.code == 65, result
    assert "line 4" in result.failure["message"]
    assert ids(table()) == [1]


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"'])
def test_text_that_is_no_utf8(load, table, text):
    line = b'{"type": "RECORD", "stream": "s", "record": {"id": 2, "t": ' + text + b"}}\n"
    columns = {**ID, "t": {"type": "string"}}
    result = load(schema("s", columns), record("s", {"id": 1, "t": "ok"}), state({"n": 1}), line)
    assert result.code == 65, result
    assert "line 4" in result.failure["message"]
    assert ids(table()) == [1]


def test_control_characters_and_surrogate_pairs_are_text(load, table):
    line = r'{"type": "RECORD", "stream": "s", "record": {"id": 1, "t": "\u0000\u001f\ud83d\ude00"}}'
    assert load(schema("s", {**ID, "t": {"type": "string"}}), line).code == 0
    assert table() == [{"id": 1, "t": "\0\x1f\U0001f600"}]


def test_a_line_of_a_hundred_megabytes(load, table):
    text = b'{"type": "RECORD", "stream": "s", "record": {"id": 2, "t": "' + b"x" * 100_000_000 + b'"}}\n'
    result = load(schema("s", ID), record("s", {"id": 1}), state({"n": 1}), text)
    assert (result.code, result.out) == (65, '{"n": 1}\n')
    assert result.failure["message"] == "line 4 is longer than 67108864 bytes"
    assert "max_line_size" in result.failure["hint"]
    assert ids(table()) == [1]


def test_a_longer_line_when_it_is_allowed(load, table):
    text = b'{"type": "RECORD", "stream": "s", "record": {"id": 2, "t": "' + b"x" * 70_000_000 + b'"}}\n'
    columns = {**ID, "t": {"type": "string"}}
    assert load(schema("s", columns), text, max_line_size="80MiB").code == 0
    assert len(table()[0]["t"]) == 70_000_000


# SCHEMA.


@pytest.mark.parametrize("fault", ["no stream", "empty stream", "no schema", "no properties"])
def test_a_schema_that_lacks_something(load, fault):
    message = schema("s", ID)
    if fault == "no stream":
        del message["stream"]
    elif fault == "empty stream":
        message["stream"] = ""
    elif fault == "no schema":
        del message["schema"]
    else:
        del message["schema"]["properties"]
    result = load(message)
    assert result.code == 65 and result.failure["message"].startswith("line 1: ")


def test_a_repeated_schema_cuts_no_file(load, commits, table):
    messages = [message for row in range(500) for message in (schema("s", ID), record("s", {"id": row}))]
    assert load(*messages, state({"n": 1})).code == 0
    assert [len(commit["files"]) for commit in commits()] == [1]
    assert ids(table()) == list(range(500))


def test_a_schema_with_other_descriptions_cuts_no_file(load, commits):
    other = schema("s", {"id": {"type": "integer", "description": "the number"}})
    assert load(schema("s", ID), record("s", {"id": 1}), other, record("s", {"id": 2})).code == 0
    assert [len(commit["files"]) for commit in commits()] == [1]


def test_new_dropped_and_retyped_columns(load, table, commits):
    text = {"type": ["null", "string"]}
    result = load(
        schema("s", {**ID, "a": text}), record("s", {"id": 1, "a": "x"}),
        schema("s", {**ID, "b": text}), record("s", {"id": 2, "b": "y"}),
        schema("s", {"id": {"type": "string"}, "b": text}), record("s", {"id": "three", "b": "z"}),
        state({"n": 1}),
    )
    assert result.code == 0, result
    files = [file["path"] for commit in commits() for file in commit["files"]]
    assert len(files) == 3
    columns = commits()[-1]["tables"]["s"]["columns"]
    assert [(column["name"], column["id"], column["type"]) for column in columns] == [
        ("id", 1, "string"), ("a", 2, "string"), ("b", 3, "string"),
    ]
    assert "/id" in result.err and "i64" in result.err and "string" in result.err


def test_columns_and_their_numbers_outlive_a_run(load, commits, table):
    assert load(schema("s", {**ID, "a": {"type": "string"}}), record("s", {"id": 1, "a": "x"})).code == 0
    assert load(schema("s", {"b": {"type": "string"}, **ID}), record("s", {"id": 2, "b": "y"})).code == 0
    columns = commits()[-1]["tables"]["s"]["columns"]
    assert [(column["name"], column["id"]) for column in columns] == [("id", 1), ("a", 2), ("b", 3)]
    assert table() == [{"id": 1, "a": "x"}, {"id": 2, "a": None, "b": "y"}]


def test_a_schema_without_columns_writes_no_file(load, tmp_path):
    result = load(schema("s", {}), record("s", {"id": 1}), state({"n": 1}))
    assert (result.code, result.out) == (0, '{"n": 1}\n')
    assert "no properties" in result.err and "1 rows read" in result.err
    assert not list(tmp_path.rglob("*.parquet"))


def test_columns_that_differ_in_case_only_are_kept_apart(load, table):
    columns = {**ID, "ID": {"type": "integer"}}
    result = load(schema("s", columns), record("s", {"id": 1, "ID": 2}))
    assert result.code == 0 and "the columns id and ID are one to readers" in result.err
    assert table() == [{"id": 1, "ID": 2}]


@pytest.mark.parametrize("keys", [None, "id", [], "absent"])
def test_forms_of_key_properties(load, table, keys):
    message = schema("s", ID)
    message["key_properties"] = keys
    if keys == "absent":
        del message["key_properties"]
    assert load(message, record("s", {"id": 1})).code == 0
    assert ids(table()) == [1]


def test_a_key_that_is_not_in_the_schema_is_ignored(load, table):
    result = load(schema("s", ID, keys=["nr"]), record("s", {"id": 1}))
    assert result.code == 0 and "the key property nr is not in the schema" in result.err
    assert ids(table()) == [1]


# RECORD.


def test_a_record_before_its_schema(load):
    result = load(record("orders", {"id": 1}))
    assert result.code == 65
    assert result.failure["message"] == (
        "line 1: a record of stream orders before a corresponding schema"
    )


def test_missing_key_properties(load, table):
    columns = {**ID, "k": {"type": ["null", "string"]}}
    good = [record("s", {"id": row, "k": "x"}) for row in range(1, 4)]
    result = load(schema("s", columns, keys=["k"]), *good, state({"n": 3}), record("s", {"id": 4}))
    assert (result.code, result.out) == (65, '{"n": 3}\n')
    assert "line 6" in result.failure["message"]
    assert "missing key properties: k" in result.failure["message"]
    assert ids(table()) == [1, 2, 3]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_missing_key_on_a_last_line_without_line_feed(load, table, rows):
    columns = {**ID, "k": {"type": ["null", "string"]}}
    good = [record("s", {"id": row, "k": "x"}) for row in range(1, rows)]
    result = load(lines(schema("s", columns, keys=["k"]), *good, record("s", {"id": rows}))[:-1])
    assert result.code == 65 and f"line {rows + 1}" in result.failure["message"]
    assert "missing key properties: k" in result.failure["message"]


def test_a_key_that_is_null_is_a_matter_for_the_contract(load, table):
    columns = {**ID, "k": {"type": ["null", "string"]}}
    assert load(schema("s", columns, keys=["k"]), record("s", {"id": 1, "k": None})).code == 0
    assert table() == [{"id": 1, "k": None}]


@pytest.mark.parametrize("value", ["null", "[]", '"x"', "7"])
def test_a_record_that_is_no_object(load, value):
    line = '{"type": "RECORD", "stream": "s", "record": %s}' % value
    result = load(schema("s", ID), line)
    assert result.code == 65 and "line 2" in result.failure["message"]


def test_undeclared_fields_are_dropped_and_counted(load, table):
    rows = [record("s", {"id": row, "more": row}) for row in range(1, 4)]
    result = load(schema("s", ID), *rows)
    assert result.code == 0
    assert "the undeclared field more of 3 records was dropped" in result.err
    assert table() == [{"id": 1}, {"id": 2}, {"id": 3}]


def test_a_delete_marker_that_is_not_declared_is_kept(load, table):
    result = load(
        schema("s", ID), record("s", {"id": 1}),
        record("s", {"id": 2, "_sdc_deleted_at": "2026-01-02T03:04:05Z"}), record("s", {"id": 3}),
    )
    assert result.code == 0, result
    deleted = {row["id"]: row.get("_sdc_deleted_at") for row in table()}
    assert deleted[1] is None and deleted[3] is None
    assert deleted[2].isoformat() == "2026-01-02T03:04:05+00:00"


def test_the_last_of_equal_keys_stands(load, table):
    line = '{"type": "RECORD", "stream": "s", "record": {"id": 1, "id": 2}}'
    assert load(schema("s", ID), line, line).code == 0
    assert ids(table()) == [2, 2]


def test_types_in_lower_case(load, table):
    messages = [schema("s", ID), record("s", {"id": 1}), state({"n": 1})]
    for message in messages:
        message["type"] = message["type"].lower()
    assert load(*messages).out == '{"n": 1}\n'
    assert ids(table()) == [1]


def test_a_value_that_does_not_fit(load, table):
    result = load(
        schema("s", {"at": {"type": "string", "format": "date-time"}, **ID}),
        record("s", {"id": 1, "at": "2026-01-01T00:00:00Z"}), state({"n": 1}),
        record("s", {"id": 2, "at": "0000-00-00"}),
    )
    assert (result.code, result.out) == (65, '{"n": 1}\n')
    for part in ("line 4", "stream s", "/at", "0000-00-00"):
        assert part in result.failure["message"]
    assert ids(table()) == [1]


# STATE.


@pytest.mark.parametrize("value", [{}, None])
def test_an_empty_state_never_replaces_a_real_one(load, commits, value):
    load(schema("s", ID), record("s", {"id": 1}), state({"n": 1}))
    result = load(state(value), schema("s", ID), record("s", {"id": 2}), state(value))
    assert (result.code, result.out) == (0, "")
    assert commits()[-1]["state"] == {"n": 1}


def test_an_equal_state_without_files_is_told_but_not_committed(load, commits):
    load(schema("s", ID), record("s", {"id": 1}), state({"n": 1}))
    before = len(commits())
    result = load(state({"n": 1}), state({"n": 1}))
    assert (result.code, result.out) == (0, '{"n": 1}\n')
    assert len(commits()) == before


def test_a_state_alone_is_a_commit_without_files(load, commits):
    assert load(state({"n": 7})).out == '{"n": 7}\n'
    assert [(commit["state"], commit["files"]) for commit in commits()] == [({"n": 7}, [])]


def test_the_state_is_told_with_its_bytes(load):
    assert load('{"type":"STATE", "value": {"b":1.50,  "a":"\\u00e9"} }').out == (
        '{"b":1.50,  "a":"\\u00e9"}\n'
    )


def test_a_state_without_a_value(load):
    result = load('{"type": "STATE"}')
    assert result.code == 65 and "line 1" in result.failure["message"]


def test_many_states_are_told_as_they_are_committed(load, commits):
    messages = [schema("s", ID)]
    for row in range(1, 11):
        messages += [record("s", {"id": row}), state({"n": row})]
    result = load(*messages, checkpoint_interval={"rows": 4})
    assert result.out == '{"n": 4}\n{"n": 8}\n{"n": 10}\n'
    assert [commit["counts"]["s"]["rows"] for commit in commits()] == [4, 4, 2]


# Other messages.


def test_other_messages_pass_and_are_counted(load, table):
    beat = {"type": "HEARTBEAT"}
    version = {"type": "ACTIVATE_VERSION", "stream": "s", "version": 1}
    result = load(beat, schema("s", ID), version, record("s", {"id": 1}), version, beat)
    assert result.code == 0
    assert "2 messages of type HEARTBEAT were passed by" in result.err
    assert ids(table()) == [1]


def test_a_version_of_an_unknown_stream_is_a_warning(load):
    result = load({"type": "ACTIVATE_VERSION", "stream": "t", "version": 1})
    assert result.code == 0 and "ACTIVATE_VERSION of t" in result.err


# Closed descriptors.


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "0<&- 1>&-", "2>&-"])
def test_closed_descriptors_are_never_taken_for_files(tmp_path, closed):
    config = tmp_path / "t.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out")}))
    messages = tmp_path / "in.jsonl"
    messages.write_bytes(lines(schema("s", ID), record("s", {"id": 1}), state({"n": 1})))
    line = f'"$0" --config {config} <{messages} {closed}'
    result = run("/bin/sh", "-c", line, str(BIN / "dativo-target-parquet"))
    assert result.code == (0 if closed == "2>&-" else 74), result
    assert (tmp_path / "out" / "_dativo" / "default" / "lock").read_bytes() == b""
    if "0" not in closed:
        # Committed, though nobody could be told.
        assert pq.read_table(tmp_path / "out" / "s").to_pylist() == [{"id": 1}]


# Names that become paths.


@pytest.mark.parametrize(
    "stream, folder",
    [
        ("../../x", "..%2F..%2Fx"), ("a/b", "a%2Fb"), ("..", "%2E."), (".", "%2E"),
        ("_dativo", "%5Fdativo"), ("con:aux*?", "con%3Aaux%2A%3F"), ("50%", "50%25"),
        ("\U0001f4a5", "%F0%9F%92%A5"), ("public-Mixed Case", "public-Mixed Case"), ("a\0b", "a%00b"),
    ],
)
def test_names_of_streams(load, tmp_path, stream, folder):
    result = load(schema(stream, ID), record(stream, {"id": 1}), state({"n": 1}))
    assert result.code == 0, result
    files = [path.relative_to(tmp_path / "out") for path in tmp_path.rglob("*.parquet")]
    assert [str(path.parent) for path in files] == [folder]


def test_very_long_names(load, tmp_path, commits):
    streams = ["s" * 5000 + end for end in ("a", "b")]
    pipeline = "p" * 128
    messages = [message for s in streams for message in (schema(s, ID), record(s, {"id": 1}))]
    result = load(*messages, pipeline=pipeline)
    assert result.code == 0, result
    folders = sorted(path.parent.name for path in tmp_path.rglob("*.parquet"))
    assert len(set(folders)) == 2 and all(len(name) <= 200 for name in folders)


def test_more_streams_than_files_may_be_open(load, tmp_path, commits):
    messages = []
    for number in range(1100):
        messages += [schema(f"s{number}", ID), record(f"s{number}", {"id": number})]
    result = load(*messages, state({"n": 1}))
    assert (result.code, result.out) == (0, '{"n": 1}\n')
    assert len(list((tmp_path / "out").glob("s*/*.parquet"))) == 1100
    assert len(commits()) == 1


@pytest.mark.parametrize("pipeline", ["", "tables", "../x", "a/b", ".x", "p" * 129])
def test_names_of_pipelines_that_are_refused(load, pipeline):
    result = load(pipeline=pipeline)
    assert result.code == 78 and "pipeline" in result.failure["message"]


@pytest.mark.parametrize("options", [
    ["--reset-state", "--set-state", "none.json"], ["--keep-rows"], ["--replace-stream", "s"],
    ["--last-state", "--accept-source"],
])
def test_options_that_do_not_go_together(load, tmp_path, options):
    load(schema("s", {"id": {"type": "integer"}}))
    assert run("dativo-target-parquet", "--config", tmp_path / "target.json", *options).code == 64
