"""Every kind of rule: a stream that passes, one that fails, the exact violation; Singer and Airbyte."""
import datetime
import json

import pytest

from conftest import lines, record, run, schema, state

HEAD = {"v3.0.2": "apiVersion: v3.0.2", "v3.1.0": "apiVersion: v3.1.0", "v3.2.0": "apiVersion: v3.2.0"}


def contract(version, property_, more=""):
    """A contract with `id` and one property, as YAML flow, besides."""
    return (
        f"{HEAD[version]}\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\n"
        f"schema:\n- name: o\n  properties:\n  - {{name: id, logicalType: integer}}\n  - {property_}\n{more}"
    )


# version, property, good values, bad value, rule, pointer, what the message says.
VALUE_RULES = [
    ("v3.0.2", "{name: f, logicalType: integer}", [1, 1.0, -3, None], 1.5, "type", "/f", "expected an integer"),
    ("v3.0.2", "{name: f, logicalType: integer}", [0], "20", "type", "/f", 'is "20"'),
    ("v3.0.2", "{name: f, logicalType: number}", [1.5, 10**30], True, "type", "/f", "is true"),
    ("v3.0.2", "{name: f, logicalType: string}", ["", "x"], 1, "type", "/f", "expected a string"),
    ("v3.0.2", "{name: f, logicalType: boolean}", [True], "true", "type", "/f", "expected a boolean"),
    ("v3.0.2", "{name: f, logicalType: object}", [{}], [], "type", "/f", "expected an object"),
    ("v3.0.2", "{name: f, logicalType: array}", [[]], {}, "type", "/f", "expected an array"),
    ("v3.0.2", "{name: f, logicalType: string, required: true}", ["x"], None, "required", "/f", "expected a value"),
    ("v3.0.2", "{name: f, logicalType: integer, logicalTypeOptions: {minimum: 0}}", [0], -1, "minimum", "/f", "at least 0"),
    ("v3.0.2", "{name: f, logicalType: integer, logicalTypeOptions: {maximum: 5, exclusiveMaximum: true}}", [4], 5, "exclusiveMaximum", "/f", "less than 5"),
    ("v3.1.0", "{name: f, logicalType: number, logicalTypeOptions: {exclusiveMinimum: 5}}", [5.01], 5, "exclusiveMinimum", "/f", "more than 5"),
    ("v3.0.2", "{name: f, logicalType: number, logicalTypeOptions: {maximum: 9007199254740992}}", [9007199254740992], 9007199254740993, "maximum", "/f", "at most 9007199254740992"),
    ("v3.0.2", "{name: f, logicalType: number, logicalTypeOptions: {multipleOf: 0.01}}", [19.99, 0.29, 4.35], 1.255, "multipleOf", "/f", "a multiple of 0.01"),
    ("v3.0.2", "{name: f, logicalType: integer, logicalTypeOptions: {format: u8}}", [255], 256, "format", "/f", "u8: 0 to 255"),
    ("v3.0.2", "{name: f, logicalType: integer, logicalTypeOptions: {format: i64}}", [2**63 - 1], 2**63, "format", "/f", "i64"),
    ("v3.0.2", "{name: f, logicalType: string, logicalTypeOptions: {minLength: 2}}", ["ab", "😀😀"], "é", "minLength", "/f", "at least 2 characters"),
    ("v3.0.2", "{name: f, logicalType: string, logicalTypeOptions: {maxLength: 1}}", ["😀"], "e\u0301", "maxLength", "/f", "at most 1 characters"),
    ("v3.0.2", "{name: f, logicalType: string, logicalTypeOptions: {pattern: '^[0-9]{2}$'}}", ["12"], "12\n", "pattern", "/f", "a match of"),
    ("v3.0.2", "{name: f, logicalType: string, logicalTypeOptions: {pattern: '\\d'}}", ["a1"], "١", "pattern", "/f", "a match of"),
    ("v3.0.2", "{name: f, logicalType: string, logicalTypeOptions: {format: uuid}}", ["123e4567-e89b-12d3-a456-426614174000"], "xyz", "format", "/f", "a UUID"),
    ("v3.0.2", "{name: f, logicalType: date, logicalTypeOptions: {format: yyyy-MM-dd}}", ["2024-02-29"], "2024-02-30", "format", "/f", "yyyy-MM-dd"),
    ("v3.0.2", "{name: f, logicalType: date, logicalTypeOptions: {minimum: '2024-01-01'}}", ["2024-01-01"], "2023-12-31", "minimum", "/f", "2024-01-01 or later"),
    ("v3.1.0", "{name: f, logicalType: timestamp, logicalTypeOptions: {exclusiveMaximum: '2024-01-01T00:00:00Z'}}", ["2023-12-31T23:59:59Z"], "2024-01-01T01:00:00+01:00", "exclusiveMaximum", "/f", "before 2024"),
    ("v3.1.0", "{name: f, logicalType: time}", ["23:59:59"], "24:00:00", "format", "/f", "a time"),
    ("v3.0.2", "{name: f, logicalType: array, logicalTypeOptions: {minItems: 1}}", [[1]], [], "minItems", "/f", "at least 1"),
    ("v3.0.2", "{name: f, logicalType: array, logicalTypeOptions: {maxItems: 1}}", [[1]], [1, 2], "maxItems", "/f", "at most 1"),
    ("v3.0.2", "{name: f, logicalType: array, logicalTypeOptions: {uniqueItems: true}}", [[1, "1"]], [1, 1.0], "uniqueItems", "/f", "no item twice"),
    ("v3.0.2", "{name: f, logicalType: array, items: {logicalType: integer, required: true}}", [[1]], [1, None], "required", "/f/1", "expected a value"),
    ("v3.0.2", "{name: f, logicalType: object, logicalTypeOptions: {minProperties: 1}}", [{"a": 1}], {}, "minProperties", "/f", "at least 1"),
    ("v3.0.2", "{name: f, logicalType: object, logicalTypeOptions: {required: [a]}}", [{"a": None}], {}, "required", "/f/a", "is missing"),
    ("v3.0.2", "{name: f, logicalType: object, properties: [{name: a, logicalType: string, required: true}]}", [{"a": "x"}, None], {"a": None}, "required", "/f/a", "expected a value"),
    ("v3.0.2", "{name: f, logicalType: string, quality: [{rule: validValues, validValues: [a, b]}]}", ["a", None], "c", "validValues", "/f", 'one of "a", "b"'),
    ("v3.1.0", "{name: f, logicalType: string, quality: [{metric: invalidValues, arguments: {pattern: '^a'}, mustBe: 0}]}", ["ab"], "b", "invalidValues", "/f", "a match of ^a"),
    ("v3.1.0", "{name: f, logicalType: string, quality: [{metric: missingValues, arguments: {missingValues: ['', n/a]}, mustBe: 0}]}", ["x", None], "n/a", "missingValues", "/f", "none of"),
    ("v3.1.0", "{name: f, logicalType: integer, quality: [{metric: nullValues, mustBeLessThan: 1}]}", [0], None, "nullValues", "/f", "expected a value"),
    ("v3.1.0", "{name: f, logicalType: array, items: {logicalType: object, properties: [{name: s, logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: [a]}, mustBe: 0}]}]}}",
     [[{"s": "a"}], []], [{"s": "a"}, {"s": "z"}], "invalidValues", "/f/1/s", 'one of "a"'),
    ("v3.0.2", "{name: f, logicalType: integer, quality: [{rule: between, mustBeBetween: [1, 5]}]}", [2, 4, None], 5, "between", "/f", "between 1 and 5, exclusive"),
    ("v3.0.2", "{name: f, logicalType: number, quality: [{rule: minCheck, mustBeGreaterOrEqualTo: 0.5}]}", [0.5, 7], 0.4, "minCheck", "/f", "at least 0.5"),
    ("v3.0.2", "{name: f, logicalType: number, quality: [{rule: maxCheck, mustBeLessThan: 9}]}", [8.5, None], 9, "maxCheck", "/f", "less than 9"),
    ("v3.1.0", "{name: f, logicalType: timestamp, logicalTypeOptions: {minimum: '2024-01-01T00:00:00', defaultTimezone: '+02:00'}}", ["2023-12-31T22:00:00Z", "2024-01-01T00:00:00"], "2023-12-31T21:59:59Z", "minimum", "/f", "2024-01-01T00:00:00 or later"),
    ("v3.2.0", "{name: f, logicalType: string, enum: [{value: a}, {value: b}]}", ["a"], "c", "enum", "/f", 'one of "a", "b"'),
    ("v3.2.0", "{name: f, logicalType: map, map: {key: {logicalType: string, logicalTypeOptions: {maxLength: 1}}, value: {logicalType: integer}}}", [{"a": 1}], {"a": "x"}, "type", "/f/a", "expected an integer"),
    ("v3.2.0", "{name: f, logicalType: vector, logicalTypeOptions: {dimensions: 2, elementType: int8}}", [[1, -128]], [1, 128], "format", "/f/1", "i8"),
]  # fmt: skip


def messages(form, rows):
    if form == "airbyte":
        return [{"type": "RECORD", "record": {"stream": "o", "data": row, "emitted_at": 1}} for row in rows]
    return [schema("o", {"id": {"type": "integer"}, "f": {}}), *[record("o", row) for row in rows]]


@pytest.mark.parametrize("form", ["singer", "airbyte"])
@pytest.mark.parametrize("place", range(len(VALUE_RULES)))
def test_a_value_breaks_its_rule_and_no_other(tmp_path, place, form):
    version, text, good, bad, rule, pointer, says = VALUE_RULES[place]
    (tmp_path / "c.yaml").write_text(contract(version, text))
    rows = [{"id": 1, "f": value} for value in good] + [{"id": 1, "f": bad}]
    options = ["--contract", "c.yaml", "--report", "r.json"]
    fine = run("dativo-validate", *options, stdin=lines(*messages(form, rows[:-1])), cwd=tmp_path)
    assert fine.code == 0, fine
    options += ["--mode", "quarantine", "--quarantine", "q"]
    done = run("dativo-validate", *options, stdin=lines(*messages(form, rows)), cwd=tmp_path)
    assert done.code == 0, done
    [stream] = json.loads((tmp_path / "r.json").read_text())["streams"].values()
    [found] = stream["violations"]
    assert (found["rule"], found["pointer"], found["count"]) == (rule, pointer, 1)
    assert says in found["message"], found
    assert found["first_line"] == len(rows) + (form == "singer")
    assert (stream["read"], stream["passed"]) == (len(rows), len(good))


# Rules of the whole stream: the rule, rows that keep it, rows that break it, what is told.
NULLS = [{"id": n, "f": None} for n in range(5)] + [{"id": n, "f": 1} for n in range(5)]
END_RULES = [
    ("v3.1.0", "", "{metric: rowCount, mustBeGreaterThan: 2}", [{"id": 1}] * 3, [{"id": 1}] * 2, "rowCount is 2, expected more than 2"),
    ("v3.1.0", "", "{metric: rowCount, mustBeBetween: [1, 4]}", [{"id": 1}] * 3, [{"id": 1}] * 4, "rowCount is 4, expected between 1 and 4, exclusive"),
    ("v3.0.2", "", "{rule: rowCount, mustBeLessOrEqualTo: 3}", [{"id": 1}] * 3, [{"id": 1}] * 9, "rowCount is 4, expected at most 3, and it cannot get less"),
    ("v3.1.0", "{metric: nullValues, unit: percent, mustBeLessThan: 51}", "", NULLS, NULLS[:9], "nullValues of /f is 55.555556 percent"),
    ("v3.1.0", "{metric: nullValues, mustBeLessOrEqualTo: 5}", "", NULLS, [*NULLS, NULLS[0]], "nullValues of /f is 6, expected at most 5, and it cannot"),
    ("v3.1.0", "{metric: duplicateValues, mustBeLessThan: 2}", "", [{"f": 1}, {"f": 1}], [{"f": 1}] * 3, "duplicateValues of /f is 2, expected less than 2, and it cannot"),
    ("v3.1.0", "", "{metric: duplicateValues, arguments: {properties: [id, f]}, mustBeLessThan: 2}", [{"id": 1, "f": 1}] * 2, [{"id": 1, "f": 1}] * 3, "duplicateValues is 2"),
    ("v3.1.0", "{metric: invalidValues, arguments: {validValues: [1]}, mustBeLessThan: 2}", "", [{"f": 2}], [{"f": 2}, {"f": 3}], "invalidValues of /f is 2"),
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(END_RULES)))
def test_a_rule_of_the_whole_stream(tmp_path, place):
    version, of_property, of_object, good, bad, says = END_RULES[place]
    quality = f", quality: [{of_property}]" if of_property else ""
    more = f"  quality: [{of_object}]\n" if of_object else ""
    text = contract(version, f"{{name: f, logicalType: integer{quality}}}", more)
    (tmp_path / "c.yaml").write_text(text)
    for rows, code in ((good, 0), (bad, 65)):
        stream = lines(*messages("singer", rows), state({"n": 1}))
        done = run("dativo-validate", "--contract", "c.yaml", stdin=stream, cwd=tmp_path)
        assert done.code == code, done
        # The STATE leaves only when the rule was kept.
        assert ('"STATE"' in done.out) == (code == 0)
    assert says in done.failure["message"], done


def test_an_upper_bound_ends_the_run_before_the_stream_does(tmp_path):
    """What only grows is judged as it grows: the reader gets no more than a block or two."""
    (tmp_path / "c.yaml").write_text(contract("v3.1.0", "{name: f, logicalType: integer}",
                                              "  quality: [{metric: rowCount, mustBeLessThan: 10}]\n"))
    stream = lines(*messages("singer", [{"id": n} for n in range(200_000)]))
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r", stdin=stream, cwd=tmp_path)
    assert done.code == 65 and "cannot get less" in done.failure["message"], done
    assert len(done.out) < len(stream) / 2


def test_a_rule_that_cannot_be_evaluated_is_skipped_not_passed(tmp_path):
    (tmp_path / "c.yaml").write_text(contract(
        "v3.1.0", "{name: f, logicalType: array, items: {logicalType: string, primaryKey: true}}",
        "  quality: [{type: sql, query: select 1, mustBe: 1}, {type: text, description: be good}]\n"
        "slaProperties: [{property: retention, value: 3, unit: y, element: o.f}]\n"))
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r",
               stdin=lines(*messages("singer", [{"id": 1}])), cwd=tmp_path)
    assert done.code == 0, done
    [stream] = json.loads((tmp_path / "r").read_text())["streams"].values()
    assert {rule["rule"] for rule in stream["skipped"]} == {"sql", "text", "primaryKey", "sla.retention"}


@pytest.mark.parametrize("setting, code, out", [
    (None, 65, False), ("dativo.scope: run", 65, False), ("dativo.scope: dataset", 0, True),
    ("dativo.endRules: hold", 65, False), ("dativo.endRules: report", 65, True),
])  # fmt: skip
def test_what_scope_and_end_rules_do(tmp_path, setting, code, out):
    """The scope dataset leaves counts to others; endRules: report lets STATE out before the end."""
    more = "  quality: [{metric: rowCount, mustBeGreaterThan: 5}]\n"
    if setting:
        name, value = setting.split(": ")
        more += f"customProperties: [{{property: {name}, value: {value}}}]\n"
    (tmp_path / "c.yaml").write_text(contract("v3.1.0", "{name: f, logicalType: integer}", more))
    stream = lines(*messages("singer", [{"id": 1}]), state({"n": 1}))
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r", stdin=stream, cwd=tmp_path)
    assert (done.code, '"STATE"' in done.out) == (code, out), done
    [result] = json.loads((tmp_path / "r").read_text())["streams"].values()
    assert [it["rule"] for it in result.get("skipped", [])] == (["rowCount"] if code == 0 else [])


@pytest.mark.parametrize("version, text, rule, says", [
    ("v3.1.0", "{name: f, logicalType: timestamp, logicalTypeOptions: {minimum: '2024-01-01T00:00:00', defaultTimezone: Europe/Berlin}}",
     "minimum", "named zone"),
    ("v3.0.2", "{name: f, logicalType: number, physicalType: float(24)}", "physicalType", "float(24)"),
    ("v3.0.2", "{name: f, logicalType: string, physicalType: varbinary(1)}", "physicalType", "varbinary(1)"),
    ("v3.0.2", "{name: f, logicalType: string, quality: [{rule: between, mustBeBetween: [1, 5]}]}", "between", "judges numbers"),
    ("v3.0.2", "{name: f, logicalType: number, quality: [{rule: minCheck, mustBe: 0}]}", "minCheck", "mustBeGreaterOrEqualTo"),
])  # fmt: skip
def test_a_demand_that_is_not_judged_is_skipped_with_its_reason(tmp_path, version, text, rule, says):
    (tmp_path / "c.yaml").write_text(contract(version, text))
    value = "2023-12-31T23:30:00Z" if "timestamp" in text else "xx" if "string" in text else 12345.678
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r",
               stdin=lines(*messages("singer", [{"id": 1, "f": value}])), cwd=tmp_path)
    assert done.code == 0, done
    [stream] = json.loads((tmp_path / "r").read_text())["streams"].values()
    [skipped] = stream["skipped"]
    assert (skipped["rule"], skipped["pointer"]) == (rule, "/f") and says in skipped["reason"], skipped


@pytest.mark.parametrize("physical, kind, fits, beyond", [
    ("decimal(4,2)", "number", ["12.34", "-99.99", "0", "1e1", "99.990", "0.01"], ["100", "-100.00", "1.234", "99.995", "1e30", "1e-3"]),
    ("NUMERIC( 5 )", "number", ["99999", "-1", "5e4", "1.0"], ["100000", "0.5"]),
    ("number(3,0)", "integer", ["999", "-999"], ["1000", "123456789012345678901"]),
    ("decimal(38,10)", "number", ["1234567890123456789012345678.0123456789"], ["12345678901234567890123456789", "0.01234567891"]),
    ("float(3,2)", "number", ["9.99"], ["10"]),
    ("varchar(3)", "string", ['"abc"', '"\\ud83d\\ude00ab"', '""'], ['"abcd"', '"\\u00e9\\u00e9\\u00e9\\u00e9"']),
    ("VARCHAR[2]", "string", ['"ab"'], ['"abc"']),
    ("int(2)", "integer", ["12345"], []),
])  # fmt: skip
def test_what_would_not_fit_where_it_is_kept_is_a_warning(tmp_path, physical, kind, fits, beyond):
    """Decision 15 of the notes: precision, scale and length warn; severity makes errors of them."""
    (tmp_path / "c.yaml").write_text(contract("v3.0.2", f"{{name: f, logicalType: {kind}, physicalType: '{physical}'}}"))
    (tmp_path / "v.json").write_text(json.dumps({"severity": {"physicalType": "error"}}))
    values = [*fits, *beyond, *fits, *fits]
    stream = lines(*messages("singer", [])) + "".join(
        '{"type":"RECORD","stream":"o","record":{"id":%d,"f":%s}}\n' % row for row in enumerate(values)).encode()
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r", stdin=stream, cwd=tmp_path)
    assert done.code == 0 and done.out.count("RECORD") == len(values), done
    [report] = json.loads((tmp_path / "r").read_text())["streams"].values()
    told = [(one["rule"], one["pointer"], one["severity"], one["count"]) for one in report.get("violations", [])]
    assert told == ([("physicalType", "/f", "warning", len(beyond))] if beyond else []), report
    assert not report.get("skipped")
    done = run("dativo-validate", "--config", "v.json", "--contract", "c.yaml", stdin=stream, cwd=tmp_path)
    assert done.code == (65 if beyond else 0), done
    if beyond:
        assert done.out.count("RECORD") == len(fits) and "/f: physicalType" in done.failure["message"], done


def test_a_length_that_an_option_says_is_not_skipped(tmp_path):
    (tmp_path / "c.yaml").write_text(contract(
        "v3.0.2", "{name: f, logicalType: string, physicalType: varchar(9), logicalTypeOptions: {maxLength: 9}}"))
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r",
               stdin=lines(*messages("singer", [{"id": 1, "f": "x"}])), cwd=tmp_path)
    [stream] = json.loads((tmp_path / "r").read_text())["streams"].values()
    assert done.code == 0 and not stream.get("skipped"), done


@pytest.mark.parametrize("value, unit, hours, broken", [
    (4, "h", 3, False), (4, "h", 5, True), (1, "d", 23, False), (1, "d", 25, True),
    ("PT30M", None, 1, True), ("P1DT12H", None, 35, False),
])  # fmt: skip
@pytest.mark.parametrize("unusual", [False, True])
def test_how_fresh_the_newest_value_is(tmp_path, value, unit, hours, broken, unusual):
    """A breach is told as a warning: late data is still right."""
    level = {"property": "latency", "value": value, "element": "o.f", **({"unit": unit} if unit else {})}
    (tmp_path / "c.yaml").write_text(contract(
        "v3.1.0", "{name: f, logicalType: timestamp}", f"slaProperties: [{json.dumps(level)}]\n"))
    now = datetime.datetime.now(datetime.timezone.utc)
    zone = datetime.timezone(datetime.timedelta(hours=2))
    times = [now - datetime.timedelta(hours=hours + extra) for extra in (9, 0, 5)]
    rows = [{"id": n, "f": time.astimezone(zone).isoformat()} for n, time in enumerate(times)]
    if unusual:  # what the fast check leaves to the exact one
        for row in rows:
            row["f"] = "\\u0032" + row["f"][1:]
    stream = lines(*messages("singer", rows)).replace(b"\\\\u", b"\\u") if unusual else lines(*messages("singer", rows))
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r", stdin=stream, cwd=tmp_path)
    assert done.code == 0, done
    assert ("sla.latency of /f is" in done.err) == broken, done


@pytest.mark.parametrize("bound, passes", [("33.333333", False), ("33.3333333333333333", False), ("33.3333333333333334", True), ("33.34", True)])
def test_percentages_are_exact(tmp_path, bound, passes):
    """One of three is 33.333…: more than any number of threes."""
    (tmp_path / "c.yaml").write_text(contract(
        "v3.1.0", "{name: f, logicalType: integer, quality: [{metric: nullValues, mustBeLessOrEqualTo: %s, unit: percent}]}" % bound))
    done = run("dativo-validate", "--contract", "c.yaml",
               stdin=lines(*messages("singer", [{"id": 1, "f": None}, {"id": 2, "f": 1}, {"id": 3, "f": 1}])), cwd=tmp_path)
    assert (done.code == 0) == passes, done


@pytest.mark.parametrize("rule, says", [
    ("metric: nullValues, mustBeLessThan: 50, unit: '%'", "the unit % is not known: there are rows and percent"),
    ("rule: frobnicate, mustBe: 0", "the rule frobnicate is not evaluated"),
    ("rule: nullCheck", "no operator such as mustBe is given"),
    ("rule: validValues, mustBe: 0", "no validValues are given"),
])  # fmt: skip
def test_lint_tells_rules_that_nobody_evaluates(tmp_path, rule, says):
    version = "v3.1.0" if "metric" in rule else "v3.0.2"
    (tmp_path / "c.yaml").write_text(contract(version, "{name: f, logicalType: integer, quality: [{%s}]}" % rule))
    done = run("dativo", "contract", "lint", "c.yaml", cwd=tmp_path)
    [line] = [line for line in done.out.splitlines() if "warning" in line and says in line] or [done]
    assert done.code == 0 and line.startswith("c.yaml:"), done


@pytest.mark.parametrize("marker, judged", [("2024-01-01T00:00:00Z", False), ("", True), (False, True), (0, True), ({}, True), (None, True)])
def test_only_a_time_says_that_a_row_was_deleted(tmp_path, marker, judged):
    """Case 41: a delete carries its key only; nothing else is asked of it, not even by a rule."""
    (tmp_path / "c.yaml").write_text(contract(
        "v3.1.0", "{name: f, logicalType: integer, required: true, quality: [{metric: nullValues, mustBe: 0}]}"))
    done = run("dativo-validate", "--contract", "c.yaml",
               stdin=lines(*messages("singer", [{"id": 1, "f": 1}, {"id": 1, "_sdc_deleted_at": marker}])), cwd=tmp_path)
    assert done.code == (65 if judged else 0), done


def test_how_fresh_a_masked_time_is_tells_nothing_of_it(tmp_path):
    (tmp_path / "c.yaml").write_text(contract(
        "v3.1.0", "{name: f, logicalType: timestamp, customProperties: [{property: dativo.mask, value: redact}]}",
        "slaProperties: [{property: freshness, value: 1, unit: d, element: o.f}]\n"))
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r",
               stdin=lines(*messages("singer", [{"id": 1, "f": "2024-01-01T00:00:00Z"}])), cwd=tmp_path)
    [report] = json.loads((tmp_path / "r").read_text())["streams"].values()
    [rule] = report["end_rules"]
    assert rule["actual"] is None and not rule["passed"] and "seconds" not in done.err, done
    assert "sla.freshness of /f is too much, expected at most 1 d" in done.err
