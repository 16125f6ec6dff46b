"""dativo-tap-csv: bookmarks, kills and signals, memory, events."""
import csv
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from conftest import BIN, run
from tap_csv import TAP, Output, compressed, sync, tap, write

# --- state ---


def test_modified_files(tmp_path, sync):
    def stamp(name, nanos):
        os.utime(tmp_path / name, ns=(nanos, nanos))

    now = 1_700_000_000_000_000_000
    for number in (1, 2):
        write(tmp_path / f"f{number}.csv", f"id\n{number}\n")
        stamp(f"f{number}.csv", now + number)
    settings = {"path": "f*.csv", "replication": "modified"}
    first = sync(**settings)
    assert [r["id"] for r in first.records] == [1, 2]
    assert first.states[-1]["bookmarks"]["f"]["files"]["f2.csv"]["modified"] == "2023-11-14T22:13:20.000000002Z"
    again = sync(**settings, state=first.states[-1])
    assert again.records == [] and again.states[-1] == first.states[-1]
    # One nanosecond later is later; a new file is new, however old; a touched-back one is not.
    stamp("f1.csv", now + 2)
    stamp("f2.csv", now)
    write(tmp_path / "f0.csv", "id\n0\n")
    stamp("f0.csv", now - 10**18)
    third = sync(**settings, state={"type": "STATE", "value": first.states[-1]})
    assert [r["id"] for r in third.records] == [0, 1]
    (tmp_path / "f1.csv").unlink()
    assert set(sync(**settings, state=third.states[-1]).states[-1]["bookmarks"]["f"]["files"]) == {"f0.csv", "f2.csv"}


@pytest.mark.parametrize(
    "values, later, wanted",
    [
        (["3", "10", "2"], ["9", "10", "11", ""], [10, 11]),
        (["1.5", "-2", "1.50"], ["1.499", "1.5", "12345678901234567890.1"], [1.5, 12345678901234567890.1]),
        (["2024-01-31", "2024-02-01"], ["2024-01-31", "2024-02-01", "2024-02-02"], ["2024-02-01", "2024-02-02"]),
        (
            ["2024-01-01T10:00:00Z", "2024-01-01T10:30:00+01:00"],
            ["2024-01-01T09:59:59Z", "2024-01-01T05:00:00-05:00", "2024-01-01T10:00:00.000000001Z"],
            ["2024-01-01T05:00:00-05:00", "2024-01-01T10:00:00.000000001Z"],
        ),
        (["b", "a"], ["a", "b", "ba", "é"], ["b", "ba", "é"]),
    ],
)
def test_a_cursor_column(values, later, wanted, tmp_path, sync):
    def save(values):
        write(tmp_path / "t.csv", "n,c\n" + "".join(f"{n},{v}\n" for n, v in enumerate(values)))

    save(values)
    settings = {"path": "t.csv", "replication_key": "c", "state_interval": 1}
    first = sync(**settings)
    assert len(first.records) == len(values)
    assert first.schemas["t"]["bookmark_properties"] == ["c"]
    # Until the end the bookmark stays: a row further down may be older.
    assert all("replication_key_value" not in s["bookmarks"]["t"] for s in first.states[:-1])
    save(later)
    second = sync(**settings, state=first.states[-1])
    assert [r["c"] for r in second.records] == wanted
    assert sync(**settings, state=second.states[-1]).states[-1] == second.states[-1]


def test_a_cursor_by_the_catalog(tmp_path, tap):
    write(tmp_path / "t.csv", "id,v\n1,2\n2,1\n")
    catalog = json.loads(tap("--discover", path="t.csv").out)
    catalog["streams"][0]["metadata"][0]["metadata"] |= {
        "selected": True, "replication-method": "INCREMENTAL", "replication-key": "id"
    }  # fmt: skip
    del catalog["streams"][0]["replication_method"]
    output = Output(tap(path="t.csv", catalog=catalog))
    assert output.states[-1]["bookmarks"]["t"] == {
        "replication": "cursor", "replication_key": "id", "replication_key_value": 2
    }  # fmt: skip
    # A bookmark as other taps write it is understood.
    foreign = {"bookmarks": {"t": {"replication_key": "id", "replication_key_value": 2}}}
    assert Output(tap(path="t.csv", catalog=catalog, state=foreign)).records == [{"id": 2, "v": 1}]
    bad = {"bookmarks": {"t": {"replication_key": "id", "replication_key_value": "x"}}}
    result = tap(path="t.csv", catalog=catalog, state=bad)
    assert result.code == 78 and 'the state says "x" for "id"' in result.failure["message"]
    catalog["streams"][0]["metadata"][0]["metadata"]["replication-method"] = "LOG_BASED"
    assert tap(path="t.csv", catalog=catalog).code == 78


def until(messages, index):
    """The messages up to the index-th STATE, and that state."""
    places = [n for n, m in enumerate(messages) if m["type"] == "STATE"]
    place = places[index]
    return [m["record"] for m in messages[:place] if m["type"] == "RECORD"], messages[place]["value"]


@pytest.mark.parametrize("form", ["plain", "mark", "gzip", "zstd", "utf-16", "quoted"])
@pytest.mark.parametrize("mode", ["full_table", "modified", "cursor"])
def test_every_state_can_be_gone_on_from(form, mode, tmp_path, sync):
    for number in (1, 2):
        cell = '"a\n""b, %d"' if form == "quoted" else "text %d"
        text = "id,s\r\n" + "".join(f"{n},{cell % n}\r\n\r\n" for n in range(number * 1000, number * 1000 + 90))
        data = text.encode("utf-16" if form == "utf-16" else "utf-8-sig" if form == "mark" else "utf-8")
        if form in ("gzip", "zstd"):
            data = compressed(data, form)
        (tmp_path / f"t{number}.csv").write_bytes(data)
    settings = {"path": "t*.csv", "state_interval": 20, "replication": mode}
    if mode == "cursor":
        settings["replication_key"] = "id"
    whole = sync(**settings)
    assert len(whole.records) == 180 and len(whole.states) == 10
    for index in range(len(whole.states) - 1):
        before, state = until(whole.messages, index)
        rest = sync(**settings, state=state)
        assert before + rest.records == whole.records, state
        assert rest.states[-1] == whole.states[-1]


def test_a_changed_file_begins_anew(tmp_path, sync):
    write(tmp_path / "t.csv", "id\n" + "".join(f"{n}\n" for n in range(100)))
    first = sync(path="t.csv", state_interval=30)
    _, state = until(first.messages, 1)
    os.utime(tmp_path / "t.csv", ns=(1, 1))
    again = sync(path="t.csv", state_interval=30, state=state)
    assert len(again.records) == 100 and "has changed since the last sync stopped in it" in again.err


def test_another_way_of_reading_forgets_the_bookmark(tmp_path, sync, tap):
    write(tmp_path / "t.csv", "id\n1\n")
    state = sync(path="t.csv", replication="modified").states[-1]
    assert len(sync(path="t.csv", state=state).records) == 1
    # What other streams left stays.
    other = {"bookmarks": {"other": {"x": 1}, **state["bookmarks"]}}
    assert sync(path="t.csv", state=other).states[-1]["bookmarks"]["other"] == {"x": 1}
    assert len(sync(path="t.csv", state={}).records) == 1
    result = tap(path="t.csv", state={"path": "t.csv"})
    assert result.code == 78 and 'not an object with "bookmarks"' in result.failure["message"]


def big(path, rows):
    with open(path, "w") as file:
        file.write("id,text\n")
        file.writelines(f"{n},some text that fills the line {n}\n" for n in range(rows))


def test_killed_and_resumed(tmp_path, sync):
    big(tmp_path / "t.csv", 400_000)
    settings = {"path": "t.csv", "state_interval": 10_000}
    (tmp_path / "k.json").write_text(json.dumps(settings))
    records, state, chance = [], None, random.Random(7)
    for _ in range(6):
        command = [BIN / TAP, "--config", "k.json"]
        if state:
            (tmp_path / "s.json").write_text(json.dumps(state))
            command += ["--state", "s.json"]
        child = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        data = child.stdout.read(chance.randint(1, 5_000_000))
        child.kill()
        data += child.stdout.read()
        child.wait()
        kept = []
        for line in data[: data.rfind(b"\n") + 1].splitlines():
            message = json.loads(line)
            if message["type"] == "RECORD":
                kept.append(message["record"]["id"])
            elif message["type"] == "STATE":
                records, kept, state = records + kept, [], message["value"]
    rest = sync(**settings, state=state)
    assert records + [r["id"] for r in rest.records] == list(range(400_000))


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_with_a_state(number, code, tmp_path, sync):
    big(tmp_path / "t.csv", 300_000)
    (tmp_path / "k.json").write_text('{"path": "t.csv"}')
    child = subprocess.Popen(
        [BIN / TAP, "--config", "k.json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    head = child.stdout.read(3_000_000)
    child.send_signal(number)
    time.sleep(0.05)
    data = head + child.stdout.read()
    child.wait()
    assert child.returncode == code
    lines = data.decode().split("\n")
    assert lines.pop() == '{"type":"ABORT",'
    messages = [json.loads(line) for line in lines]
    assert messages[-1]["type"] == "STATE"
    before, state = until(messages, -1)
    assert 0 < len(before) < 300_000
    rest = sync(path="t.csv", state=state)
    assert [r["id"] for r in before + rest.records] == list(range(300_000))


def test_a_reader_that_goes_away(tmp_path):
    big(tmp_path / "t.csv", 500_000)
    (tmp_path / "k.json").write_text('{"path": "t.csv"}')
    child = subprocess.Popen(
        [BIN / TAP, "--config", "k.json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    child.stdout.read(1000)
    child.stdout.close()
    assert (child.wait(), child.stderr.read()) == (141, b"")


# In a process of its own: a child's peak counts what its parent held when it was forked.
PEAK = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(status, usage.ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path):
    peaks = []
    for rows in (100_000, 1_000_000):
        big(tmp_path / "t.csv", rows)
        (tmp_path / "k.json").write_text('{"path": "t.csv"}')
        result = run(sys.executable, "-c", PEAK, BIN / TAP, "--config", "k.json", cwd=tmp_path)
        status, peak = map(int, result.out.split())
        assert status == 0, result
        peaks.append(peak)
    assert peaks[1] < 40_000 and peaks[1] < peaks[0] * 1.2, peaks


def test_events(tmp_path):
    big(tmp_path / "t.csv", 1000)
    (tmp_path / "k.json").write_text('{"path": "t.csv"}')
    reading, writing = os.pipe()
    child = subprocess.run(
        [BIN / TAP, "--config", "k.json"],
        cwd=tmp_path,
        capture_output=True,
        pass_fds=[writing],
        env={**os.environ, "DATIVO_EVENTS_FD": str(writing)},
    )
    os.close(writing)
    events = [json.loads(line) for line in os.fdopen(reading)]
    assert child.returncode == 0
    last = [e for e in events if e["event"] == "stream"][-1]
    assert (last["stage"], last["stream"], last["records_out"]) == (TAP, "t", 1000)


def test_rows_without_a_cursor_value_are_counted_when_they_are_passed_by(tmp_path, sync):
    settings = {"path": "*.csv", "stream": "s", "replication": "cursor", "replication_key": "u"}
    (tmp_path / "a.csv").write_text("id,u\n1,2020-01-01\n2,\n")
    first = sync(**settings)
    assert [row["id"] for row in first.records] == [1, 2]
    (tmp_path / "b.csv").write_text("id,u\n3,2021-01-01\n4,\n")
    second = sync(**settings, state=first.states[-1])
    assert [row["id"] for row in second.records] == [1, 3]
    assert "2 rows without a value of u were passed by" in second.err
