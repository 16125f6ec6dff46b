"""dativo-tap-airbyte over a replayed conversation, beside PyAirbyte and the Singer tap for Airbyte of
PyPI; the source's own time taken off.

The tap of PyPI is a branch of the one that is now Meltano's wrapper, which is on no package index. It
runs inside of a connector's image, as /airbyte/base.sh, so it gets such a folder; and it knows states of
the oldest form only.
"""
import json
import os
import pathlib
import statistics

SOURCE = """#!/bin/sh
case $1 in
  spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object","properties":{}}}}' ;;
  check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' ;;
  discover) exec cat FOLDER/discover.jsonl ;;
  read) exec cat FOLDER/RECORDS.jsonl ;;
esac
"""
PYAIRBYTE = """
import os, sys
os.environ |= {"AIRBYTE_OFFLINE_MODE": "1", "DO_NOT_TRACK": "1"}
import airbyte
source = airbyte.get_source("source-replay", config={}, local_executable=sys.argv[1], streams="*")
records = source.get_records("events")
assert sum(1 for _ in records) == 100_000
"""
PROPERTIES = {
    "id": {"type": "integer"}, "name": {"type": "string"}, "email": {"type": "string"}, "note": {"type": "string"},
    "price": {"type": "number"}, "active": {"type": "boolean"}, "at": {"type": "string", "format": "date-time"},
}  # fmt: skip
#: What a peer takes before it does anything, which is taken off too.
STARTS = {
    "PyAirbyte, get_records": "PyAirbyte, its import alone",
    "tap-airbyte of PyPI": "tap-airbyte of PyPI, its start alone",
}


def line(kind, member, body):
    return json.dumps({"type": kind, member: body}, separators=(",", ":")) + "\n"


def status(word):
    body = {"stream_descriptor": {"name": "events"}, "status": word}
    return line("TRACE", "trace", {"type": "STREAM_STATUS", "emitted_at": 1.5, "stream_status": body})


def conversation(path, records, legacy=False):
    """Records as a source on Airbyte's kit writes them, with a state for every ten thousand."""
    with open(path, "w") as out:
        out.write(status("STARTED") + status("RUNNING"))
        for number in range(1, records + 1):
            data = {
                "id": number, "name": f"person {number % 9973}", "email": f"{number}@example.org",
                "note": "a sentence of some length, as notes are, with \"quotes\" in it", "price": number % 1000 / 4,
                "active": number % 3 == 0, "at": "2026-01-02T03:04:05.678901+00:00",
            }  # fmt: skip
            body = {"stream": "events", "data": data, "emitted_at": 1_767_225_600_000 + number // 50}
            out.write(line("RECORD", "record", body))
            if number % 10_000 == 0:
                stream = {"stream_descriptor": {"name": "events"}, "stream_state": {"id": number}}
                body = {"type": "STREAM", "stream": stream, "sourceStats": {"recordCount": 10_000.0}}
                out.write(line("STATE", "state", {"data": {"events": {"id": number}}} if legacy else body))
        out.write(status("COMPLETE"))


def source(work, records):
    """A program that replays so many records; it finds what it says in the folder."""
    conversation(work / f"{records}.jsonl", records)
    program = work / f"source-{records}"
    program.write_text(SOURCE.replace("FOLDER", str(work)).replace("RECORDS", str(records)))
    program.chmod(0o755)
    return str(program)


def wrapper(work, tap, records):
    """The tap of PyPI in a file system that is the image of a connector: its start alone, and a run."""
    folder = work / "airbyte"
    folder.mkdir()
    conversation(folder / f"{records}.jsonl", records, legacy=True)
    (folder / "discover.jsonl").write_text((work / "discover.jsonl").read_text())
    program = SOURCE.replace("FOLDER", "/airbyte").replace("RECORDS", str(records))
    (folder / "base.sh").write_text(program)
    (folder / "base.sh").chmod(0o755)
    (folder / "tap.json").write_text('{"airbyte_config": {}}')
    confined = ["bwrap"]
    for entry in sorted(pathlib.Path("/").iterdir()):
        if entry.is_symlink():
            confined += ["--symlink", os.readlink(entry), str(entry)]
        elif entry.name not in ("tmp", "airbyte"):
            confined += ["--dev-bind", str(entry), str(entry)]
    # It leaves its files in /tmp.
    confined += ["--tmpfs", "/tmp", "--ro-bind", str(tap.parents[1]), str(tap.parents[1])]
    confined += ["--ro-bind", str(folder), "/airbyte", "--chdir", "/airbyte", str(tap)]
    return [*confined, "--version"], [*confined, "--config", "tap.json"]


def compare(arguments, work, binaries, measure):
    stream = {"name": "events", "json_schema": {"type": "object", "properties": PROPERTIES}}
    stream |= {"supported_sync_modes": ["full_refresh", "incremental"], "source_defined_cursor": True}
    (work / "discover.jsonl").write_text(line("CATALOG", "catalog", {"streams": [stream]}))
    many, few = source(work, 1_000_000), source(work, 100_000)
    (work / "tap.json").write_text(json.dumps({"executable": [many]}))
    tap = [str(binaries / "dativo-tap-airbyte"), "--config", "tap.json"]
    programs = [
        ("the source alone", [many, "read"], 1_000_000),
        ("dativo-tap-airbyte", tap, 1_000_000),
        ("the source alone", [few, "read"], 100_000),
    ]
    python = pathlib.Path(arguments.cache) / "pyairbyte/bin/python"
    if python.exists():
        programs.append(("PyAirbyte, its import alone", [str(python), "-c", "import airbyte"], 0))
        programs.append(("PyAirbyte, get_records", [str(python), "-c", PYAIRBYTE, few], 100_000))
    tap = pathlib.Path(arguments.cache) / "tap-airbyte/bin/tap-airbyte"
    if tap.exists():
        start, run = wrapper(work, tap, 100_000)
        programs.append(("tap-airbyte of PyPI, its start alone", start, 0))
        programs.append(("tap-airbyte of PyPI", run, 100_000))
    results = {}
    for _ in range(arguments.runs):
        for name, command, records in programs:
            results.setdefault((name, records), []).append(measure(command, "/dev/null", work))
    print("| program | records | CPU s | of it its own | wall s | peak MiB | MB per own CPU s | records per own CPU s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    medians = {key: [statistics.median(run[i] for run in runs) for i in range(3)] for key, runs in results.items()}
    for (name, records), (cpu, wall, peak) in medians.items():
        own = cpu
        if not name.startswith("the source"):
            own -= medians.get(("the source alone", records), [0])[0]
        for peer, start in STARTS.items():
            own -= medians[(start, 0)][0] if name == peer else 0
        own = max(own, 0.01)
        size = (work / f"{records}.jsonl").stat().st_size / 1e6 if records else 0
        print(
            f"| {name} | {records:,} | {cpu:.2f} | {own:.2f} | {wall:.2f} | {peak:.0f} "
            f"| {size / own:,.0f} | {records / own:,.0f} |"
        )
