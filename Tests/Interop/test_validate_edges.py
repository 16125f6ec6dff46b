"""What a reviewer's fresh eyes found: verdicts that were wrong or silent, files that must not be replaced."""
import json
import os
import stat

import pytest

from conftest import lines, record, run, schema, state

HEAD = {"apiVersion": "v3.0.2", "kind": "DataContract", "id": "x", "version": "1.0.0", "status": "active"}


def contract(folder, properties, name="c.yaml", objects=None, **rest):
    objects = objects or [{"name": "t", "properties": properties}]
    (folder / name).write_text(json.dumps({**HEAD, "schema": objects, **rest}))
    return name


@pytest.fixture
def validate(tmp_path):
    def validate(*messages, contract=None, **config):
        config = {"report": "r.json", **({"contract": contract} if contract else {}), **config}
        (tmp_path / "v.json").write_text(json.dumps(config))
        done = run("dativo-validate", "--config", "v.json", stdin=lines(*messages), cwd=tmp_path)
        path = tmp_path / "r.json"
        done.report = json.loads(path.read_text()) if path.is_file() else None
        done.rows = [json.loads(line)["record"] for line in done.out.splitlines() if '"RECORD"' in line]
        return done

    return validate


def stream(properties=None, **more):
    return {"type": "SCHEMA", "stream": "t", "key_properties": [], "schema": {"type": "object", "properties": properties or {}, **more}}


def skipped(done):
    return {(one["rule"], one["pointer"]) for one in done.report["streams"]["t"].get("skipped", [])}


@pytest.mark.parametrize("value", ['{"a":1,\n"b":2}', '{"a":1,"b":{"c":[1,\n2]}}', '{"a":1\n}', '{\n"a":1}', '{"a":\n1}'])
def test_a_record_on_two_lines_is_none(tmp_path, value):
    """However many good ones of the same form came before it."""
    head = '{"type":"RECORD","stream":"t","record":'
    text = json.dumps(stream({"a": {"type": "integer"}})) + "\n" + f'{head}{{"a":1,"b":2}}}}\n' * 3
    done = run("dativo-validate", stdin=text + f"{head}{value}}}\n", cwd=tmp_path)
    assert done.code == 65 and "line 5: not JSON" in done.err
    assert done.out.startswith(text) and done.out.count("RECORD") == 3


def test_required_of_a_tap_is_left_to_contracts_and_told(validate):
    nested = {"o": {"type": "object", "properties": {"a": {}}, "required": ["a"]}}
    done = validate(stream(nested, required=["o"]), record("t", {}), record("t", {"o": {}}))
    assert done.code == 0 and len(done.rows) == 2
    assert skipped(done) == {("required", ""), ("required", "/properties/o")}


def test_required_counts_where_it_decides_what_else_must_be(validate):
    """In `if` and `not` a keyword left out would turn its meaning around."""
    rule = {"if": {"required": ["a"]}, "then": {"properties": {"b": {"minimum": 5}}}}
    done = validate(stream(**rule), record("t", {"b": 1}), record("t", {"a": 1, "b": 9}), record("t", {"a": 1, "b": 1}))
    assert done.code == 65 and len(done.rows) == 2 and "/b" in done.failure["message"], done
    done = validate(stream(**{"not": {"required": ["a"]}}), record("t", {"b": 1}), record("t", {"a": 1}))
    assert done.code == 65 and len(done.rows) == 1, done


def test_a_pattern_at_its_limit_is_told_and_counted_once(validate, tmp_path):
    hard = "^(a+)+$"
    rows = [record("t", {"v": "a" * 40 + "b"})] * 3
    done = validate(stream({"v": {"type": "string", "pattern": hard}}), *rows)
    assert done.code == 0 and ("pattern", "/properties/v/pattern") in skipped(done), done
    name = contract(tmp_path, [{"name": "v", "logicalType": "string", "logicalTypeOptions": {"pattern": hard}}])
    done = validate(stream(), *rows, contract=name, mode="quarantine", quarantine="q")
    (entry,) = [one for one in done.report["streams"]["t"]["skipped"] if one["rule"] == "pattern"]
    assert entry["reason"].startswith("3 values"), entry


@pytest.mark.parametrize("keyword, value", [
    ("multipleOf", 0), ("minimum", "5"), ("maxLength", "5"), ("minItems", 1.5), ("pattern", 3), ("enum", "x"),
    ("anyOf", []), ("properties", 3), ("dependencies", 3), ("uniqueItems", "x"), ("$ref", 3), ("required", "x"),
])  # fmt: skip
def test_a_keyword_with_a_value_that_it_cannot_have_is_told(validate, keyword, value):
    done = validate(stream({"v": {keyword: value}}), record("t", {"v": "a"}))
    assert done.code == 0 and (keyword, "/properties/v") in skipped(done), done.report


@pytest.mark.parametrize("sent", [[], [state({"n": 1})], [stream()]])
def test_rows_that_must_be_there_are_missed_where_no_stream_comes(validate, tmp_path, sent):
    objects = [{"name": "t", "quality": [{"rule": "rowCount", "mustBeGreaterThan": 0}], "properties": [{"name": "v", "logicalType": "string"}]}]
    done = validate(*sent, contract=contract(tmp_path, [], objects=objects))
    assert done.code == 65 and "rowCount is 0" in done.failure["message"] and '"STATE"' not in done.out, done
    (ending,) = done.report["streams"]["t"]["end_rules"]
    assert ending["passed"] is False and done.report["streams"]["t"].get("absent", False) == (stream() not in sent)


@pytest.mark.parametrize("kind, first, again, other", [
    ("object", {"a": 1, "b": [None]}, {"b": [None], "a": 1.0}, {"a": 1, "b": []}),
    ("array", [1, {"x": "é"}], [1.0, {"x": "\u00e9"}], [1]),
])  # fmt: skip
def test_unique_is_a_matter_of_values_and_not_of_their_notation(validate, tmp_path, kind, first, again, other):
    name = contract(tmp_path, [{"name": "k", "logicalType": kind, "unique": True}])
    done = validate(stream(), *[record("t", {"k": value}) for value in (first, other, again)], contract=name, mode="quarantine", quarantine="q")
    assert done.rows == [{"k": first}, {"k": other}], done


def test_a_key_stays_where_unknown_fields_are_left_out(validate, tmp_path):
    name = contract(tmp_path, [{"name": "k", "logicalType": "string"}])
    sent = {**stream({"k": {}, "z": {}, "y": {}}), "key_properties": ["z"]}
    done = validate(sent, record("t", {"k": "a", "z": 1, "y": 2}), contract=name, drift={"columns": "discard"})
    assert done.rows == [{"k": "a", "z": 1}] and '"y"' not in done.out, done


def test_a_frozen_stream_ends_at_a_field_that_no_schema_announced(validate, tmp_path):
    name = contract(tmp_path, [{"name": "k", "logicalType": "string"}])
    rows = [record("t", {"k": "a", "_sdc_x": 1}), record("t", {"k": "b", "new": 1})]
    done = validate(stream({"k": {}}), *rows, contract=name, drift={"columns": "freeze"}, mode="quarantine", quarantine="q")
    assert done.code == 65 and len(done.rows) == 1 and "no field new" in done.failure["message"], done
    airbyte = [{"type": "RECORD", "record": {"stream": "t", "data": one["record"], "emitted_at": 1}} for one in rows]
    assert validate(*airbyte, contract=name, drift={"columns": "freeze"}).code == 65


@pytest.mark.parametrize("form, fits, bad", [("f32", 3.4028235e38, 3.5e38), ("f64", 1.7976931348623157e308, None)])
def test_widths_of_numbers(tmp_path, form, fits, bad):
    name = contract(tmp_path, [{"name": "v", "logicalType": "number", "logicalTypeOptions": {"format": form}}])
    rows = b'{"type":"RECORD","stream":"t","record":{"v":%s}}\n'
    text = lines(stream()) + rows % str(fits).encode() + rows % str(-fits).encode()
    assert run("dativo-validate", "--contract", name, stdin=text, cwd=tmp_path).code == 0
    wrong = run("dativo-validate", "--contract", name, stdin=text + rows % (str(bad) if bad else "1e309").encode(), cwd=tmp_path)
    assert wrong.code == 65 and form in wrong.failure["message"], wrong


def test_a_retired_contract_is_refused(validate, tmp_path):
    done = validate(stream(), contract=contract(tmp_path, [{"name": "k", "logicalType": "string"}], status="retired"))
    assert done.code == 78 and "retired" in done.failure["message"], done


def test_a_report_goes_into_a_pipe_a_link_and_a_device(tmp_path):
    text = lines(stream({"v": {}}), record("t", {"v": 1}))
    (tmp_path / "real").mkdir()
    (tmp_path / "link.json").symlink_to("real/report.json")
    (tmp_path / "real/report.json").write_text("old")
    assert run("dativo-validate", "--report", "link.json", stdin=text, cwd=tmp_path).code == 0
    assert (tmp_path / "link.json").is_symlink() and json.loads((tmp_path / "real/report.json").read_text())["streams"]
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        device = "/dev/null"
    assert run("dativo-validate", "--report", device, stdin=text, cwd=tmp_path).code == 0
    assert stat.S_ISCHR(os.stat(device).st_mode)


# Keywords at the root of a SCHEMA and at a property: a record that fits, and one that does not.
ROOT = [
    ({"anyOf": [{"properties": {"v": {"type": "integer"}}}, {"properties": {"v": {"type": "null"}}}]}, {"v": 1}, {"v": "x"}),
    ({"oneOf": [{"properties": {"v": {"minimum": 5}}}, {"properties": {"v": {"maximum": 7}}}]}, {"v": 1}, {"v": 6}),
    ({"allOf": [{"properties": {"v": {"minimum": 5}}}]}, {"v": 5}, {"v": 4}),
    ({"not": {"properties": {"v": {"minimum": 5}}}}, {"v": 4}, {"v": 5}),
    ({"if": {"properties": {"v": {"const": 1}}}, "then": {"properties": {"w": {"const": 2}}}}, {"v": 2, "w": 1}, {"v": 1, "w": 1}),
    ({"minProperties": 2}, {"v": 1, "w": 1}, {"v": 1}),
    ({"maxProperties": 1}, {"v": 1}, {"v": 1, "w": 1}),
    ({"propertyNames": {"maxLength": 2}}, {"v": 1}, {"vvv": 1}),
    ({"patternProperties": {"^v": {"type": "integer"}}}, {"v": 1, "x": "a"}, {"v2": "a"}),
    ({"additionalProperties": False, "properties": {"v": {}}}, {"v": 1}, {"w": 1}),
    ({"additionalProperties": {"type": "integer"}}, {"w": 1}, {"w": "a"}),
    ({"dependencies": {"v": ["w"]}}, {"v": 1, "w": 1}, {"v": 1}),
    ({"dependentSchemas": {"v": {"properties": {"w": {"type": "integer"}}}}}, {"v": 1, "w": 1}, {"v": 1, "w": "a"}),
    ({"$ref": "#/definitions/a", "definitions": {"a": {"properties": {"v": {"type": "integer"}}}}}, {"v": 1}, {"v": "a"}),
    ({"const": {"v": 1}}, {"v": 1}, {"v": 2}),
    ({"enum": [{"v": 1}, {"v": 2}]}, {"v": 2}, {"v": 3}),
    ({"unevaluatedProperties": False, "allOf": [{"properties": {"v": {}}}]}, {"v": 1}, {"w": 1}),
]  # fmt: skip


@pytest.mark.parametrize("form", ["singer", "airbyte"])
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("place", range(len(ROOT)), ids=lambda place: next(iter(ROOT[place][0])))
def test_every_record_is_judged_and_not_the_first_alone(validate, tmp_path, place, depth, form):
    """A stream's form is learned from its first record; what follows is checked as hard."""
    rules, good, bad = ROOT[place]
    rules = json.loads(json.dumps(rules).replace("#/definitions", "#/definitions" if depth == 0 else "#" + "/properties/o" * depth + "/definitions"))
    for _ in range(depth):
        rules, good, bad = {"properties": {"o": {"type": "object", **rules}}}, {"o": good}, {"o": bad}
    rules = {"properties": {}, **rules}
    rows = [good, good, bad, good, bad]
    if form == "singer":
        done = validate(stream(**rules), *[record("t", row) for row in rows], mode="warn")
    else:
        catalog = {"streams": [{"stream": {"name": "t", "json_schema": {"type": "object", **rules}}}]}
        (tmp_path / "catalog.json").write_text(json.dumps(catalog))
        sent = [{"type": "RECORD", "record": {"stream": "t", "data": row, "emitted_at": 1}} for row in rows]
        done = validate(*sent, mode="warn", catalog="catalog.json")
    assert done.code == 0 and done.report["streams"]["t"]["violating"] == 2, (done, done.report)
    assert all(one["first_line"] == (4 if form == "singer" else 3) for one in done.report["streams"]["t"]["violations"])


# --- dativo contract test and masking

MASKED = [{"name": "id", "logicalType": "integer"},
          {"name": "email", "logicalType": "string", "logicalTypeOptions": {"pattern": "@"},
           "customProperties": [{"property": "dativo.mask", "value": "hash"}]}]  # fmt: skip


def test_a_table_that_was_loaded_masked_is_not_held_to_what_was_masked(tmp_path):
    name = contract(tmp_path, MASKED, name="c.odcs.yaml")
    (tmp_path / "key").write_text("0123456789abcdef0123")
    (tmp_path / "t.csv").write_text("id,email\n1,canary@x\n")
    (tmp_path / "job.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Job\ntenant: a\nname: t\ncontracts: [c.odcs.yaml]\nvalidation: {mask_key_file: key}\n"
        "source: {tap: csv, config: {files: [{path: t.csv, stream: t}]}}\ntarget: {target: parquet, config: {destination: out}}\n")
    assert run("dativo", "run", "job.yaml", cwd=tmp_path).code == 0
    done = run("dativo", "contract", "test", "--contract", name, "out/t", "--json", cwd=tmp_path)
    checks = {(one["pointer"], one["rule"]): one["status"] for one in json.loads(done.out)["result"]["checks"]}
    assert done.code == 0 and checks["/email", "pattern"] == "skipped" and checks["/id", "type"] == "passed", done
    # The data themselves are held to it, and no key is asked for.
    (tmp_path / "t.csv").write_text("id,email\n1,canary\n")
    done = run("dativo", "contract", "test", "--contract", name, "t.csv", "--json", cwd=tmp_path)
    assert done.code == 1 and "canary" not in done.out + done.err, done


@pytest.mark.parametrize("form", ["text", "json", "junit", "html"])
@pytest.mark.parametrize("query", ["select email::int from {table}", "select email from {table} limit 1"])
def test_results_of_sql_show_nothing_that_is_masked(tmp_path, query, form):
    import pyarrow as pa
    import pyarrow.parquet as pq

    from conftest import CACHE

    objects = [{"name": "t", "properties": MASKED, "quality": [{"type": "sql", "query": query, "mustBe": 0}]}]
    name = contract(tmp_path, [], objects=objects, apiVersion="v3.1.0")
    pq.write_table(pa.table({"id": [1], "email": ["CANARY7331@x"]}), tmp_path / "t.parquet")
    env = {"DATIVO_DUCKDB": str(CACHE / "duckdb-cli/bin/duckdb")}
    done = run("dativo", "contract", "test", "--contract", name, "t.parquet", "--format", form, cwd=tmp_path, env=env)
    assert done.code == 1 and "CANARY7331" not in done.out + done.err and "withheld" in done.out, done
