"""`dativo lint` of contracts: what cannot mean what it says is told, with its place and what to write."""
import pytest

from conftest import run

HEAD = """apiVersion: %s
kind: DataContract
id: x
version: 1.0.0
status: active
"""


def lint(tmp_path, text, version="v3.1.0"):
    (tmp_path / "c.yaml").write_text(HEAD % version + text)
    return run("dativo", "lint", "c.yaml", cwd=tmp_path)


def one(property_, more=""):
    return f"schema:\n- name: o\n  properties:\n  - {property_}\n{more}"


CUSTOM = "customProperties: [{property: %s, value: %s}]"


# What Dativo adds to contracts: misspelt, or where it has no effect.
@pytest.mark.parametrize("text, message, hint", [
    (CUSTOM % ("dativo.drif", "{columns: freeze}") + "\nschema: []\n", '6:31: error: unknown customProperty "dativo.drif"', 'Did you mean "dativo.drift"?'),
    (CUSTOM % ("datvio.scope", "run") + "\nschema: []\n", '6:31: error: unknown customProperty "datvio.scope"', 'Did you mean "dativo.scope"?'),
    (one("{name: a, logicalType: date}", "  " + CUSTOM % ("dativo.maks", "hash") + "\n"), '10:33: error: unknown customProperty "dativo.maks"', 'Did you mean "dativo.mask"?'),
    (one("{name: a, logicalType: date}", "  " + CUSTOM % ("dativo.coerces", "trim") + "\n"), '10:33: error: unknown customProperty "dativo.coerces"', 'Did you mean "dativo.coerce"?'),
    (one("{name: a, logicalType: date}", "  " + CUSTOM % ("dativo.drift", "{columns: freeze}") + "\n"), "10:33: error: dativo.drift does not stand at the contract itself", "beside apiVersion"),
    (one("{name: a, logicalType: date}", "  " + CUSTOM % ("dativo.mask", "hash") + "\n"), "10:33: error: dativo.mask does not stand at a property", "Move it to"),
    (one("{name: a, logicalType: date, " + CUSTOM % ("dativo.scope", "run") + "}"), "dativo.scope does not stand at the contract itself", "beside apiVersion"),
    (one("{name: a, logicalType: date, quality: [{metric: nullValues, mustBe: 0, " + CUSTOM % ("dativo.mask", "hash") + "}]}"), "dativo.mask does not stand at a property", "Move it to"),
    (one("{name: a, logicalType: date, quality: [{metric: nullValues, mustBe: 0, " + CUSTOM % ("dativo.what", "hash") + "}]}"), 'unknown customProperty "dativo.what"', "dativo."),
    (CUSTOM % ("dativo.scope", "datset") + "\nschema: []\n", '6:52: error: dativo.scope is "datset"', 'Did you mean "dataset"?'),
    (CUSTOM % ("dativo.endRules", "never") + "\nschema: []\n", 'dativo.endRules is "never"', "It is hold or report."),
])  # fmt: skip
def test_an_extension_that_has_no_effect_is_an_error(tmp_path, text, message, hint):
    done = lint(tmp_path, text)
    assert done.code == 78 and message in done.err + done.out and hint in done.err + done.out, done


@pytest.mark.parametrize("text", [
    CUSTOM % ("dativo.scope", "dataset") + "\n" + one("{name: a, logicalType: date}"),
    CUSTOM % ("dativo.endRules", "report") + "\n" + one("{name: a, logicalType: date}"),
    CUSTOM % ("data.scope", "eu") + "\n" + one("{name: a, logicalType: date, " + CUSTOM % ("data.mask", "x") + "}"),
    one("{name: a, logicalType: array, items: {logicalType: string, " + CUSTOM % ("dativo.mask", "hash") + "}}"),
])  # fmt: skip
def test_names_that_are_right_or_somebody_elses(tmp_path, text):
    done = lint(tmp_path, text)
    assert done.code == 0 and "customPropert" not in done.err + done.out, done


@pytest.mark.parametrize("version, text, message", [
    ("v3.1.0", one("{name: a, logicalType: date, primaryKey: true, primaryKeyPosition: 1}",
                   "  - {name: b, logicalType: date, primaryKey: true, primaryKeyPosition: 3}\n"),
     "10:5: warning: no property of o has primaryKeyPosition 2, but one has 3"),
    ("v3.2.0", one("{name: a, logicalType: string, enum: [{value: 1}]}"), "warning: enum of a has 1, which no string is equal to"),
    ("v3.2.0", one("{name: a, logicalType: integer, enum: [{value: '1'}]}"), "warning: enum of a has 1, which no integer is equal to"),
    ("v3.0.2", one("{name: a, logicalType: integer, quality: [{rule: validValues, validValues: [1, x]}]}"), "warning: validValues of a has x, which no integer is equal to"),
    ("v3.0.2", one("{name: a, logicalType: string, quality: [{rule: validValues, validValues: x}]}"), "warning: validValues is no list: the rule is not evaluated"),
    ("v3.1.0", one("{name: a, logicalType: integer, logicalTypeOptions: {minimum: 5, exclusiveMaximum: 5}}"), "warning: no value is within the bounds: both are 5, and one is exclusive"),
    ("v3.0.2", one("{name: a, logicalType: integer, logicalTypeOptions: {minimum: 5, maximum: 5, exclusiveMaximum: true}}"), "warning: no value is within the bounds: both are 5"),
    ("v3.1.0", one("{name: a, logicalType: date, logicalTypeOptions: {minimum: '2024-01-01', exclusiveMaximum: '2024-01-01'}}"), "warning: no value is within the bounds: both are 2024-01-01"),
    ("v3.1.0", one("{name: a, logicalType: object, logicalTypeOptions: {required: [zpi]}, properties: [{name: zip, logicalType: string}]}"), "warning: required of a names zpi, which is none of its properties"),
    ("v3.1.0", one("{name: a, logicalType: string, quality: [{metric: nullValues, mustBe: '0'}]}"), 'warning: mustBe is the text "0", not a number: the rule is not evaluated'),
    ("v3.1.0", one("{name: a, logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Europe/Berln}}"), 'warning: unknown time zone "Europe/Berln"'),
])  # fmt: skip
def test_what_cannot_mean_what_it_says_is_a_warning(tmp_path, version, text, message):
    done = lint(tmp_path, text, version)
    assert done.code == 0 and message in done.err + done.out, done


@pytest.mark.parametrize("text", [
    one("{name: a, logicalType: integer, logicalTypeOptions: {minimum: 5, maximum: 5}}"),
    one("{name: a, logicalType: timestamp, logicalTypeOptions: {defaultTimezone: America/Argentina/Ushuaia}}"),
    one("{name: a, logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Etc/UTC}}"),
    one("{name: a, logicalType: date, primaryKey: true, primaryKeyPosition: 2}",
        "  - {name: b, logicalType: date, primaryKey: true, primaryKeyPosition: 1}\n"),
    one("{name: a, logicalType: string, quality: [{type: sql, query: select true, mustBe: true}]}"),
])  # fmt: skip
def test_what_is_right_is_not_warned_of(tmp_path, text):
    done = lint(tmp_path, text)
    assert done.code == 0 and "warning" not in done.err + done.out, done
