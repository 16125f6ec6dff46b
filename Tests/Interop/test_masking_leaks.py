"""No canary in a masked value leaves: whatever is wrong with its record, and whoever crashes."""
import itertools
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time

import pyarrow.parquet as pq
import pytest

from conftest import BIN, lines, record, run, state
from mask_cases import FIELDS, FORMS, KEY, contract, gate, good, leaks, mac, name_of, schema_line  # noqa: F401 (gate is a fixture)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["strict", "warn", "quarantine"])
def test_no_canary_leaves(gate, mode, form, tmp_path):
    """Records that keep the contract, and some that break it in another field."""
    make = FORMS[form]
    head = [schema_line()] if form == "singer" else []
    rows = [make("o", good(n)) for n in range(1, 5)] + [state({"a": 1}), make("o", {**good(9), "id": "x"})]
    # The same keys in another spelling, in another order, twice.
    if mode != "strict":
        escaped = json.dumps(make("o", dict(reversed(good(20).items()))))
        for field in FIELDS:
            escaped = escaped.replace(f'"{field.name}"', f'"\\u{ord(field.name[0]):04x}{field.name[1:]}"')
        rows += [escaped, twice(make("o", good(21)))]
    result = gate(*head, *rows, mode=mode)
    assert result.returncode == (65 if mode == "strict" else 0), result.text
    assert len(result.records) == {"strict": 4, "warn": 7, "quarantine": 5}[mode], result.text
    assert b'"violations"' in (gate.folder / "events").read_bytes()
    assert leaks(gate.folder) == set()
    check_masked([r["record"].get("data", r["record"]) for r in result.records][:4])
    if form == "singer" and mode != "strict":
        table = tmp_path / "table"
        (tmp_path / "t.json").write_text(json.dumps({"destination": str(table), "compression": "uncompressed"}))
        loaded = run("dativo-target-parquet", "--config", tmp_path / "t.json", stdin=result.stdout)
        assert loaded.code == 0, loaded
        assert leaks(table) == set()
        for path in table.rglob("*.parquet"):
            read = pq.read_table(path)
            assert read.num_rows > 0
            (table / "as_text").write_text(str(read.to_pylist()) + str(read.schema))
        assert leaks(table) == set()


def twice(message):
    """A record whose keys stand twice, and whose envelope has it twice."""
    text = json.dumps(message)
    fields = good(21)
    again = json.dumps({k: v for k, v in fields.items() if k != "id"})[1:-1]
    text = text.replace('"id": 21', '"id": 21, ' + again)
    if '"record": {"stream"' in text:
        return text.replace('"emitted_at"', f'"old": {json.dumps(fields)}, "emitted_at"')
    return text.replace('"record":', f'"record": {json.dumps(fields)}, "before": {json.dumps(fields)}, "record":')


def check_masked(rows):
    for row, field in itertools.product(rows, FIELDS):
        name, value = name_of(field.action), row.get(field.name)
        if field.place == "top" and name == "drop":
            assert field.name not in row
            continue
        if field.place == "nested":
            assert value["y"] == 1
            if name == "drop":
                assert "x" not in value
                continue
            value = value["x"]
        elif field.place == "item":
            assert len(value) == (0 if name == "drop" else 2)
            value = value[0] if value else None
        elif field.place == "value":
            assert list(value) == ([] if name == "drop" else ["k"])
            value = value.get("k")
        is_text = field.kind in ("string", "date")
        raw = field.canary.value
        if name == "redact" and is_text:
            assert value == "[redacted]"
        elif name == "truncate" and is_text:
            assert value == raw[:3]
        elif name == "last4" and (is_text or field.kind == "integer"):
            assert value.endswith([c for c in str(raw) if c.isalnum()][-1]) or field.kind == "date"
            assert "*" in value
        elif name == "hash" and (is_text or field.kind == "integer"):
            assert value == mac(str(raw))
        elif name == "hash" and field.kind == "number":
            assert len(value) == 64
        else:
            assert value is None, field.name


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["warn", "quarantine"])
def test_no_canary_leaves_with_a_violation_in_its_field(gate, mode, form):
    make = FORMS[form]
    head = [schema_line()] if form == "singer" else []
    rows = [make("o", good(1))]
    rows += [make("o", {**good(n), f.name: f.wrap(f.canary.wrong)}) for n, f in enumerate(FIELDS, 2)]
    rows += [make("o", {**good(n), f.name: f.misfit}) for n, f in enumerate(FIELDS, 1002)]
    rows += [make("o", {**good(n), f.name: [[f.canary.wrong]]}) for n, f in enumerate(FIELDS, 2002) if f.place != "item"]
    result = gate(*head, *rows, mode=mode)
    assert result.returncode == 0, result.text
    assert result.report["streams"]["o"]["violating"] > 2 * len(FIELDS)
    assert leaks(gate.folder) == set()


@pytest.mark.parametrize("form", FORMS)
def test_no_canary_leaves_when_strict_ends_at_its_field(gate, form):
    make = FORMS[form]
    for field in FIELDS:
        head = [schema_line([field])] if form == "singer" else []
        bad = {"id": 1, field.name: field.wrap(field.canary.wrong)}
        result = gate(*head, make("o", bad), document=contract([field]))
        assert result.returncode == 65, result.text
        assert "is masked" in result.text
        assert leaks(gate.folder, [field]) == set()


@pytest.mark.parametrize("options", [(), ("--lenient",)])
@pytest.mark.parametrize("mode", ["strict", "warn", "quarantine"])
def test_no_canary_leaves_with_lines_that_are_not_read(gate, mode, options):
    row = json.dumps(good(1))
    cases = [
        row[:-1], "log: " + row, '{"type":"RECORD","stream":"o","record":' + row, "[" + row + "]", row,
        json.dumps({"type": "RECORD", "stream": "o", "record": [good(1)]}),
        json.dumps({"type": "RECORD", "stream": "o", "record": row}),
        json.dumps({"type": "RECORD", "stream": "other", "record": good(1)}),
        json.dumps({"type": "UPDATE", "stream": "o", "record": good(1)}),
        json.dumps({"type": "RECORD", "stream": "o", "record": good(1)}).replace("700", "7\x00"),
        json.dumps(record("o", good(1))).replace(FIELDS[0].canary.token, FIELDS[0].canary.token + "\\ud800"),
    ]
    for case in cases:
        result = gate(schema_line(), record("o", good(7)), case, mode=mode, options=options)
        assert result.returncode in (0, 65), result.text
        assert leaks(gate.folder) == set(), case
    result = gate(schema_line(), lines(record("o", good(7)))[:-40], mode=mode, options=options)
    assert result.returncode == 65 and leaks(gate.folder) == set()
    result = gate(schema_line(), record("o", good(7)), mode="loose")
    assert result.returncode == 64 and leaks(gate.folder) == set()


def test_the_canaries_are_found_without_a_policy(gate, tmp_path):
    plain = contract(masked=False)
    expected = {field.name for field in FIELDS}
    rows = [record("o", good(1)), record("o", {**good(2), "id": "x"}), json.dumps(good(3))]
    gate(schema_line(), *rows, document=plain, mode="quarantine")
    found = leaks(gate.folder)
    assert {name for name, file in found if file == "stdout"} == expected
    assert {name for name, file in found if file == "q.jsonl"} == expected
    for field in [field for field in FIELDS if field.place == "top"]:
        bad = record("o", {"id": 1, field.name: field.canary.wrong})
        gate(schema_line([field]), bad, document=contract([field], masked=False))
        files = {file for name, file in leaks(gate.folder, [field])}
        assert {"stderr", "report.json"} <= files, field.name


# Crashes.

# Executables with the runtime inside do not find it by themselves.
TOOLCHAIN = pathlib.Path(shutil.which("swift")).resolve().parents[1]
BACKTRACER = f"swift-backtrace={TOOLCHAIN}/libexec/swift/linux/swift-backtrace-static"


def running(tmp_path, document, env):
    """A run that waits for more input after some records; its outputs go to files."""
    folder = tmp_path / "crash"
    folder.mkdir()
    (tmp_path / "c.yaml").write_text(json.dumps(document))
    command = [BIN / "dativo-validate", "--contract", "../c.yaml", "--report", "report.json",
               "--mode", "quarantine", "--quarantine", "q.jsonl"]
    unlimited = lambda: resource.setrlimit(  # noqa: E731
        resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    with open(folder / "stdout", "wb") as out, open(folder / "stderr", "wb") as err:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=out, stderr=err, cwd=folder, preexec_fn=unlimited,
            env={**os.environ, "DATIVO_MASK_KEY": KEY, "SWIFT_BACKTRACE": f"enable=yes,color=no,{BACKTRACER}", **env},
        )
    process.stdin.write(lines(schema_line(), *[record("o", good(n)) for n in range(200)]))
    process.stdin.write(lines(record("o", {**good(300), "id": "x"}), "no json"))
    process.stdin.write(lines(record("o", good(400)))[:-100])
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while (folder / "stdout").stat().st_size == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    return process, folder


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT, signal.SIGTERM])
def test_a_crash_leaves_no_canary(tmp_path, number):
    process, folder = running(tmp_path, contract(), {})
    limits = resource.prlimit(process.pid, resource.RLIMIT_CORE)
    assert limits == (0, 0)
    process.send_signal(number)
    process.stdin.close()
    code = process.wait(timeout=60)
    assert code in ([143, 65] if number == signal.SIGTERM else [-number])
    assert b"acktrac" not in (folder / "stderr").read_bytes()
    assert [path.name for path in folder.iterdir() if "core" in path.name] == []
    assert leaks(folder) == set()


def test_a_run_without_masks_crashes_as_others_do(tmp_path):
    process, folder = running(tmp_path, contract(masked=False), {})
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    assert resource.prlimit(process.pid, resource.RLIMIT_CORE) == (hard, hard)
    process.send_signal(signal.SIGSEGV)
    time.sleep(0.5)
    process.stdin.close()
    process.wait(timeout=120)
    assert b"Backtracing" in (folder / "stderr").read_bytes()
    assert leaks(folder) != set()
