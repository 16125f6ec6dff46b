"""The singer-sdk's standard target tests against dativo-target-parquet, and what their rows became.

The suite only asserts that nothing fails: what is in the files is compared here with the SDK's inputs.
"""
import json
import os
import pathlib
import subprocess
import xml.etree.ElementTree as xml

import pyarrow.dataset as dataset
import pytest

from conftest import BIN, CACHE

HERE = pathlib.Path(__file__).parent
PYTHON = CACHE / "singer-sdk/bin/python"
# Standard tests, and why one cannot apply.
PASSED = {
    "array_data", "camelcase", "camelcase_complex_schema", "cli_prints", "duplicate_records", "encoded_string_data",
    "invalid_schema", "no_primary_keys", "optional_attributes", "pk_updates", "record_before_schema",
    "record_missing_fields", "record_missing_key_property", "record_missing_required_property", "schema_no_properties",
    "schema_updates", "special_chars_in_attributes",
}  # fmt: skip
NOT_APPLICABLE = {
    # The SDK leaves it out of its own suite: it expects three of five STATEs, those of a sample's batches.
    "multiple_state_messages",
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """The outcome of each test by name, and the folder of their destinations."""
    folder = tmp_path_factory.mktemp("suite")
    environment = {**os.environ, "EXECUTABLE": str(BIN / "dativo-target-parquet"), "DESTINATION": str(folder)}
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--noconftest", f"--junitxml={folder}/junit.xml", HERE / "sdk_target_suite.py"],
        capture_output=True, text=True, timeout=300, env=environment, cwd=folder)  # fmt: skip
    cases = xml.parse(folder / "junit.xml").iter("testcase")
    found = {}
    for case in cases:
        name = case.get("name").removeprefix("test_target_")
        found[name] = "failed" if [*case.iter("failure"), *case.iter("error")] else "passed"
    assert found, done.stdout[-3000:] + done.stderr[-3000:]
    return found, folder, done.stdout


def test_every_standard_test_passes_but_those_that_cannot_apply(suite):
    found, _, text = suite
    assert {name for name, result in found.items() if result == "passed"} == PASSED, text[-3000:]
    assert {name for name, result in found.items() if result != "passed"} == NOT_APPLICABLE


def inputs(name):
    """The messages of one of the SDK's inputs."""
    code = ("import importlib.resources as r; from singer_sdk.testing import target_test_streams as s; "
            f"print((r.files(s) / '{name}.singer').read_text('utf-8'), end='')")
    text = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def table(folder, stream):
    encoded = "".join(c if c.isascii() and (c.isalnum() or c in "_-. ") else "".join(f"%{b:02X}" for b in c.encode()) for c in stream)
    # Files with fewer columns are united by name.
    files = sorted(str(path) for path in (folder / encoded).glob("*.parquet"))
    if not files:
        return []
    schemas = [dataset.dataset(file).schema for file in files]
    names = [name for schema in schemas for name in schema.names]
    rows = [row for file in files for row in dataset.dataset(file).to_table().to_pylist()]
    return [{name: row.get(name) for name in dict.fromkeys(names)} for row in rows]


def plain(value):
    """Without the nulls that stand for what a record did not have; 1 of a number column is 1.0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


CONTENT = sorted(PASSED - {"cli_prints", "invalid_schema", "record_before_schema", "record_missing_key_property"})


@pytest.mark.parametrize("name", CONTENT)
def test_the_rows_are_those_that_were_sent(suite, name):
    _, folder, _ = suite
    sent = {}
    for message in inputs(name):
        if message["type"] == "RECORD":
            sent.setdefault(message["stream"], []).append(message["record"])
    for stream, records in sent.items():
        # An object that declares no properties is a column of JSON.
        objects = {key for record in records for key, value in record.items() if isinstance(value, dict)}
        got = [plain({key: json.loads(value) if key in objects and isinstance(value, str) else value
                      for key, value in row.items()}) for row in table(folder / f"test_target_{name}", stream)]
        assert sorted(map(text, got)) == sorted(text(plain(record)) for record in records), stream


def text(row):
    return json.dumps(row, sort_keys=True, default=lambda value: value.isoformat())
