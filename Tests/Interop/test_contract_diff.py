"""`dativo contract diff`: for each element of a contract, whom each kind of change breaks, and nobody else.

Writers are broken where a record that was fine may be refused, readers where a record may come that could not, or
the data that they get are fewer, changed or called otherwise.
"""
import json

import pytest

from conftest import run
from contract_text import head



def diff(tmp_path, old, new, *options):
    (tmp_path / "old.yaml").write_text(old)
    (tmp_path / "new.yaml").write_text(new)
    done = run("dativo", "contract", "diff", "old.yaml", "new.yaml", "--json", *options, cwd=tmp_path)
    assert done.out.startswith("{"), done
    return json.loads(done.out)["result"]


def effect(result):
    """What all changes together break, as one letter each; `=` for compatible ones, `w` for mere words, `-` for none."""
    broken = {one for change in result["changes"] for one in change["breaks"]}
    if broken:
        return "".join(sorted(one[0].upper() for one in broken))
    return {"none": "-", "patch": "w", "minor": "="}[result["bump"]]


def contract(*properties, more="", top=""):
    text = "".join(f"  - {{{one}}}\n" for one in properties)
    return f"{head('v3.2.0', top)}- name: o\n{more}  properties:\n{text}"


# A property as it was and as it is, and whom that breaks: W writers, R readers, both; in the other direction too.
NUMBER, TEXT, WHOLE = "name: f, logicalType: number", "name: f, logicalType: string", "name: f, logicalType: integer"
DATE, TIME = "name: f, logicalType: date", "name: f, logicalType: timestamp"


def options(base, text):
    return f"{base}, logicalTypeOptions: {{{text}}}"


def rule(base, text):
    return f"{base}, quality: [{{{text}}}]"


VALID = "metric: invalidValues, arguments: {validValues: [%s]}, mustBe: 0"
PAIRS = [
    # Presence and types.
    (NUMBER, NUMBER + ", required: true", "W", "R"),
    (NUMBER, NUMBER + ", unique: true", "W", "R"),
    (NUMBER, WHOLE, "W", "R"),
    (TEXT, DATE, "W", "R"),
    (DATE, TIME, "W", "R"),
    (TEXT, NUMBER, "RW", "RW"),
    (NUMBER, "name: f, logicalType: boolean", "RW", "RW"),
    ("name: f, logicalType: array", "name: f, logicalType: vector, logicalTypeOptions: {dimensions: 2}", "W", "R"),
    (NUMBER, WHOLE + ", required: true", "W", "R"),
    # Bounds: that one is excluded makes it narrower, and of integers 4 < n is 5 <= n.
    (NUMBER, options(NUMBER, "minimum: 5"), "W", "R"),
    (options(NUMBER, "minimum: 5"), options(NUMBER, "minimum: 6"), "W", "R"),
    (options(NUMBER, "maximum: 5"), options(NUMBER, "maximum: 4"), "W", "R"),
    (options(NUMBER, "minimum: 5"), options(NUMBER, "exclusiveMinimum: 5"), "W", "R"),
    (options(NUMBER, "exclusiveMinimum: 5"), options(NUMBER, "minimum: 6"), "W", "R"),
    (options(NUMBER, "maximum: 5"), options(NUMBER, "exclusiveMaximum: 5"), "W", "R"),
    (options(NUMBER, "exclusiveMaximum: 5"), options(NUMBER, "maximum: 4"), "W", "R"),
    (options(WHOLE, "exclusiveMinimum: 4"), options(WHOLE, "minimum: 5"), "w", "w"),
    (options(WHOLE, "exclusiveMaximum: 6"), options(WHOLE, "maximum: 5"), "w", "w"),
    (options(NUMBER, "minimum: 5"), options(NUMBER, "minimum: 5.0"), "w", "w"),
    (options(NUMBER, "minimum: 1, maximum: 9"), options(NUMBER, "minimum: 2, maximum: 10"), "RW", "RW"),
    (options(NUMBER, "minimum: 1, maximum: 9"), options(NUMBER, "minimum: 0, maximum: 10"), "R", "W"),
    (options(NUMBER, "multipleOf: 0.01"), options(NUMBER, "multipleOf: 0.1"), "W", "R"),
    (options(NUMBER, "multipleOf: 2"), options(NUMBER, "multipleOf: 3"), "RW", "RW"),
    (NUMBER, options(NUMBER, "multipleOf: 0.5"), "W", "R"),
    (WHOLE, options(WHOLE, "multipleOf: 1"), "=", "="),
    (options(WHOLE, "format: i64"), options(WHOLE, "format: i32"), "W", "R"),
    (options(WHOLE, "format: i8"), options(WHOLE, "format: u8"), "RW", "RW"),
    (options(WHOLE, "format: u8"), options(WHOLE, "format: i16"), "R", "W"),
    (WHOLE, options(WHOLE, "format: i64"), "W", "R"),
    (options(NUMBER, "format: f64"), options(NUMBER, "format: f32"), "W", "R"),
    # Texts.
    (options(TEXT, "maxLength: 9"), options(TEXT, "maxLength: 8"), "W", "R"),
    (TEXT, options(TEXT, "minLength: 1"), "W", "R"),
    (TEXT, options(TEXT, "minLength: 0"), "w", "w"),
    (TEXT, options(TEXT, "pattern: ^a"), "W", "R"),
    (options(TEXT, "pattern: ^a"), options(TEXT, "pattern: ^b"), "RW", "RW"),
    (TEXT, options(TEXT, "format: uuid"), "W", "R"),
    (options(TEXT, "format: uuid"), options(TEXT, "format: email"), "RW", "RW"),
    (TEXT, options(TEXT, "format: password"), "w", "w"),
    (options(TEXT, "format: password"), options(TEXT, "format: uuid"), "W", "R"),
    (TEXT + ", enum: [{value: a}, {value: b}]", TEXT + ", enum: [{value: b}, {value: a}]", "-", "-"),
    (TEXT + ", enum: [{value: a}, {value: b}]", TEXT + ", enum: [{value: a}]", "W", "R"),
    (TEXT, TEXT + ", enum: [{value: a}]", "W", "R"),
    (TEXT + ", enum: [{value: a}]", TEXT + ", enum: [{value: a, label: A}]", "w", "w"),
    # Dates.
    (DATE, options(DATE, "format: yyyy-MM-dd"), "W", "R"),
    (options(DATE, "format: yyyy-MM-dd"), options(DATE, "format: dd.MM.yyyy"), "RW", "RW"),
    (options(DATE, "minimum: '2024-01-01'"), options(DATE, "minimum: '2024-02-01'"), "W", "R"),
    (options(DATE, "maximum: '2024-01-01'"), options(DATE, "exclusiveMaximum: '2024-01-01'"), "W", "R"),
    (options(TIME, "minimum: '2024-01-01T00:00:00Z'"), options(TIME, "minimum: '2024-01-01T01:00:00+01:00'"), "w", "w"),
    (DATE, options(DATE, "format: BBB yyyy"), "R", "W"),
    # Rules: those about the same are versions of one, whatever they demand.
    (TEXT, rule(TEXT, VALID % "a, b"), "W", "R"),
    (rule(TEXT, VALID % "a, b"), rule(TEXT, VALID % "b, a"), "w", "w"),
    (rule(TEXT, VALID % "a, b"), rule(TEXT, VALID % "a"), "W", "R"),
    (rule(TEXT, VALID % "a, b"), rule(TEXT, VALID % "a, c"), "RW", "RW"),
    (rule(TEXT, "metric: nullValues, mustBeLessThan: 5"), rule(TEXT, "metric: nullValues, mustBeLessThan: 3"), "W", "R"),
    (rule(TEXT, "metric: nullValues, mustBeLessThan: 5"), rule(TEXT, "metric: nullValues, mustBeLessOrEqualTo: 5"), "R", "W"),
    (rule(TEXT, "metric: nullValues, mustBeLessThan: 5"), rule(TEXT, "metric: nullValues, mustBeLessThan: 5, unit: percent"), "RW", "RW"),
    (rule(TEXT, "metric: missingValues, arguments: {missingValues: ['', n]}, mustBe: 0"),
     rule(TEXT, "metric: missingValues, arguments: {missingValues: [n, '']}, mustBe: 0"), "w", "w"),
    (rule(TEXT, "metric: missingValues, arguments: {missingValues: ['']}, mustBe: 0"),
     rule(TEXT, "metric: missingValues, arguments: {missingValues: [n, '']}, mustBe: 0"), "W", "R"),
    (rule(TEXT, "metric: nullValues, mustBe: 0, severity: warning"), rule(TEXT, "metric: nullValues, mustBe: 0"), "W", "R"),
    (TEXT, rule(TEXT, "metric: nullValues, mustBe: 0, severity: warning"), "=", "="),
    (TEXT, rule(TEXT, "type: text, description: be good"), "=", "R"),
    # Labels and words.
    (TEXT, TEXT + ", classification: pii", "=", "="),
    (TEXT + ", tags: [a, b]", TEXT + ", tags: [b, a]", "-", "-"),
    (TEXT + ", tags: [a]", TEXT + ", tags: [b]", "w", "w"),
    (TEXT + ", examples: [a, b]", TEXT + ", examples: [b, a]", "-", "-"),
    (TEXT, TEXT + ", deprecated: true", "=", "="),
    (TEXT, TEXT + ", description: x", "w", "w"),
    (TEXT + ", physicalType: varchar(9)", TEXT + ", physicalType: VARCHAR( 9 )", "-", "-"),
    (TEXT + ", physicalType: varchar(9)", TEXT + ", physicalType: text", "R", "R"),
    (TEXT, TEXT + ", physicalType: text", "=", "="),
    (TEXT, TEXT + ", customProperties: [{property: dativo.mask, value: hash}]", "R", "R"),
    (TEXT + ", customProperties: [{property: a, value: 1}, {property: b, value: 2}]",
     TEXT + ", customProperties: [{property: b, value: 2}, {property: a, value: 1}]", "-", "-"),
    (TEXT + ", required: true", TEXT + ", required: true, semanticType: measure", "R", "W"),
    # Names.
    (TEXT, TEXT.replace("name: f", "name: g"), "R", "R"),
    (TEXT + ", physicalName: c1", TEXT.replace("name: f", "name: g, physicalName: c1"), "=", "="),
    (TEXT, TEXT.replace("name: f", "name: g, physicalName: f"), "=", "="),
    (TEXT, TEXT + ", physicalName: c1", "RW", "RW"),
    (TEXT + ", physicalName: c1", TEXT.replace("name: f", "name: g, physicalName: c1") + ", required: true", "W", "R"),
    # Within objects and arrays.
    ("name: f, logicalType: array, items: {logicalType: integer}", "name: f, logicalType: array, items: {logicalType: number}", "R", "W"),
    ("name: f, logicalType: array", "name: f, logicalType: array, logicalTypeOptions: {uniqueItems: true}", "W", "R"),
    ("name: f, logicalType: object, logicalTypeOptions: {required: [a, b]}, properties: [{name: a, logicalType: date}, {name: b, logicalType: date}]",
     "name: f, logicalType: object, logicalTypeOptions: {required: [b, a]}, properties: [{name: a, logicalType: date}, {name: b, logicalType: date}]", "-", "-"),
    ("name: f, logicalType: object, properties: [{name: a, logicalType: date}]",
     "name: f, logicalType: object, properties: [{name: a, logicalType: date, required: true}]", "W", "R"),
]  # fmt: skip


@pytest.mark.parametrize("old, new, forth, back", PAIRS, ids=[f"{n}" for n in range(len(PAIRS))])
def test_a_property(tmp_path, old, new, forth, back):
    id_ = "name: id, logicalType: integer"
    before, after = contract(id_, old), contract(id_, new)
    result = diff(tmp_path, before, after)
    assert effect(result) == forth, result["changes"]
    result = diff(tmp_path, after, before)
    assert effect(result) == back, result["changes"]


def test_there_are_enough_of_them():
    assert len(PAIRS) >= 60


A, B, C = (f"name: {name}, logicalType: string" for name in "abc")
KEY, SECOND = ", primaryKey: true, primaryKeyPosition: 1", ", primaryKey: true, primaryKeyPosition: 2"


@pytest.mark.parametrize("old, new, forth, back", [
    ((A, B), (A + KEY, B), "W", "R"),
    ((A + KEY, B), (A + KEY, B + SECOND), "RW", "RW"),
    ((A + KEY, B + ", required: true"), (A + KEY, B + SECOND), "R", "W"),
    ((A + KEY, B + SECOND), (A + SECOND, B + KEY), "=", "="),
    ((A + KEY, B), (A, B + KEY), "RW", "RW"),
    ((A + KEY,), (A + KEY + ", required: true",), "w", "w"),
    ((A + KEY,), (A.replace("name: a", "name: z, physicalName: a") + KEY,), "=", "="),
    ((A, B), (B, A), "-", "-"),
    ((A, B), (A, B, C), "=", "R"),
    ((A, B), (A, B, C + ", required: true"), "W", "R"),
])  # fmt: skip
def test_keys_and_columns(tmp_path, old, new, forth, back):
    before, after = contract(*old), contract(*new)
    result = diff(tmp_path, before, after)
    assert effect(result) == forth, result["changes"]
    assert effect(diff(tmp_path, after, before)) == back


SLA = "slaProperties: [%s]\n"
SERVERS = "servers: [%s]\n"
LOCAL, OTHER = "{server: a, type: local, path: x, format: csv}", "{server: b, type: local, path: y, format: csv}"
DRIFT = "customProperties: [{property: dativo.drift, value: {%s}}]\n"
PROPERTY = "customProperties: [{property: %s, value: %s}]\n"


@pytest.mark.parametrize("old, new, forth, back", [
    (SLA % "{property: latency, value: 1, unit: d, element: o.a}", SLA % "{property: latency, value: 24, unit: h, element: o.a}", "=", "="),
    (SLA % "{property: latency, value: 1, unit: d, element: o.a}", SLA % "{property: latency, value: 2, unit: d, element: o.a}", "R", "="),
    (SLA % "{property: retention, value: 1, unit: y}", SLA % "{property: retention, value: 18, unit: m}", "=", "R"),
    (SLA % "{property: latency, value: 1, unit: d, element: 'o.a, o.b'}", SLA % "{property: latency, value: 1, unit: d, element: 'o.b, o.a'}", "w", "w"),
    (SLA % "{property: retention, value: 1, unit: y}, {property: td, value: 1, unit: d}",
     SLA % "{property: td, value: 1, unit: d}, {property: retention, value: 1, unit: y}", "-", "-"),
    ("", SLA % "{property: retention, value: 1, unit: y}", "=", "R"),
    (SERVERS % f"{LOCAL}, {OTHER}", SERVERS % f"{OTHER}, {LOCAL}", "-", "-"),
    (SERVERS % LOCAL, SERVERS % f"{LOCAL}, {OTHER}", "=", "R"),
    (SERVERS % LOCAL, SERVERS % LOCAL.replace("path: x", "path: z"), "R", "R"),
    (SERVERS % LOCAL, SERVERS % LOCAL.replace("path: x", "path: x, description: d"), "w", "w"),
    ("tenant: acme\n", "tenant: ACME\n", "-", "-"),
    ("tenant: acme\n", "tenant: other\n", "RW", "RW"),
    ("tags: [a, b]\n", "tags: [b, a]\n", "-", "-"),
    (DRIFT % "columns: evolve", DRIFT % "columns: freeze", "W", "="),
    (DRIFT % "types: evolve", DRIFT % "types: quarantine", "W", "R"),
    (DRIFT % "columns: evolve, types: evolve", DRIFT % "types: evolve, columns: evolve", "-", "-"),
    (DRIFT % "columns: evolve", DRIFT % "columns: discard", "R", "="),
    (PROPERTY % ("dativo.scope", "run"), PROPERTY % ("dativo.scope", "dataset"), "R", "W"),
    (PROPERTY % ("dativo.endRules", "hold"), PROPERTY % ("dativo.endRules", "report"), "R", "W"),
])  # fmt: skip
def test_the_contract_as_a_whole(tmp_path, old, new, forth, back):
    before, after = contract(A, B, top=old), contract(A, B, top=new)
    result = diff(tmp_path, before, after)
    assert effect(result) == forth, result["changes"]
    result = diff(tmp_path, after, before)
    assert effect(result) == back, result["changes"]


def test_a_retired_contract_breaks_everybody(tmp_path):
    old = contract(A)
    result = diff(tmp_path, old, old.replace("status: active", "status: retired"))
    assert effect(result) == "RW" and "retired" in result["changes"][0]["message"]


def test_a_table_of_another_name_with_the_same_physical_one(tmp_path):
    old = contract(A).replace("- name: o\n", "- name: o\n  physicalName: t1\n")
    result = diff(tmp_path, old, old.replace("name: o", "name: orders"))
    assert effect(result) == "=" and result["changes"][0]["message"] == "was called o; its table stays t1"


@pytest.mark.parametrize("ends", [["from: [o.a, o.b], to: [p.x, p.y]", "from: [o.b, o.a], to: [p.y, p.x]"]])
def test_relationships_by_their_pairs(tmp_path, ends):
    old, new = (contract(A, B, more=f"  relationships: [{{{text}}}]\n") for text in ends)
    assert effect(diff(tmp_path, old, new)) == "-"
    crossed = new.replace("[p.y, p.x]", "[p.x, p.y]")
    assert effect(diff(tmp_path, old, crossed)) == "RW"


# What jobs mask by classification and tags.

JOB = """apiVersion: dativo/v1
kind: Job
tenant: acme
name: orders
contracts: [new.yaml]
source: {tap: csv, config: {path: a.csv}}
target: {target: parquet, config: {destination: x}}
validation: {masking: {classification: {pii: "null", secret: redact, public: keep}, tags: {gdpr: redact}}}
"""


@pytest.mark.parametrize("old, new, says", [
    ("classification: pii", "classification: secret", "job.yaml masks it redact, and did null"),
    ("classification: pii", "classification: public", "job.yaml masks it not at all, and did null"),
    ("classification: pii", "description: x", "job.yaml masks it not at all, and did null"),
    ("tags: [a]", "tags: [gdpr]", "job.yaml masks it redact, and did not at all"),
    ("classification: pii", "classification: pii, tags: [a]", None),
    ("classification: other", "classification: another", None),
])  # fmt: skip
def test_a_classification_that_a_job_masks_by(tmp_path, old, new, says):
    (tmp_path / "job.yaml").write_text(JOB)
    result = diff(tmp_path, contract(f"{A}, {old}", B), contract(f"{A}, {new}", B))
    masked = [(one["place"], one["message"], one["breaks"]) for one in result["changes"] if "job.yaml" in one["message"]]
    assert masked == ([("o.a", says, ["readers"])] if says else []), result
    assert result["breaking"] == bool(says) and result["jobs"] == ["job.yaml"]
