"""How far each stream is, who waits for whom, and the table at the end."""
import json
import sys

from job_project import foreign, project  # noqa: F401  (fixtures)

TWO = r'''
import json, sys, time
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
def send(**message): print(json.dumps(message), flush=True)
for stream in ("orders", "lines"):
    send(type="SCHEMA", stream=stream, schema={"properties": {"id": {"type": "integer"}}}, key_properties=[])
for row in range(config["rows"]):
    for stream in ("orders", "lines", "lines", "lines"):
        send(type="RECORD", stream=stream, record={"id": row})
    time.sleep(config.get("delay", 0))
    if row % 10 == 9: send(type="STATE", value={"at": row + 1})
send(type="STATE", value={"at": config["rows"]})
'''
# Reads a block, then sleeps.
SLOW_TARGET = r'''
import sys, time, json
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
state = None
for number, line in enumerate(sys.stdin.buffer):
    if number % 2000 == 0: time.sleep(0.05)
    if b'"STATE"' in line: state = json.loads(line)["value"]
print(json.dumps(state))
'''


def two(project, **more):
    program = project.folder / "two.py"
    program.write_text(TWO)
    target = more.pop("target", None)
    project.job(source={"rows": 100, **more}, tap=program, target=target)


def test_each_stream_has_its_figures_and_a_line_of_the_table(project):
    two(project)
    done = project.run()
    streams = project.record()["streams"]
    assert {n: (s["read"], s["committed"]) for n, s in streams.items()} == {"orders": (100, 100), "lines": (300, 300)}
    assert all(s["rows_per_second"] > 0 for s in streams.values())
    table = [line.split() for line in done.err.splitlines() if line.startswith("  ")]
    assert ["STREAM", "READ", "COMMITTED", "ROWS/S"] in table
    at = table.index(["STREAM", "READ", "COMMITTED", "ROWS/S"])
    assert [row[:3] for row in table[at + 1:at + 3]] == [["lines", "300", "300"], ["orders", "100", "100"]]


def test_one_stream_needs_no_table(project):
    project.job()
    assert "STREAM" not in project.run().err


def test_progress_tells_streams_and_lag(project):
    target = f"target: parquet\nconfig: {json.dumps({'destination': 'out', 'checkpoint_interval': {'rows': 40}})}"
    two(project, delay=0.03, target=target)
    done = project.run("--log-format", "json")
    found = [json.loads(line) for line in done.err.splitlines()]
    progress = [e for e in found if e["event"] == "progress"]
    assert progress and progress[-1]["streams"]["lines"]["read"] > 0
    # The two stages tell their figures at moments of their own.
    assert all(e["lag"] == max(e["read"] - e["committed"], 0) for e in progress)
    assert any(e["streams"].get("lines", {}).get("committed", 0) > 0 for e in progress)
    assert found[-1]["streams"]["lines"]["committed"] == 300


def test_who_waits_is_told(project):
    two(project, delay=0.02)
    project.run()
    tap, validate, target = project.record()["attempts"][0]["stages"]
    assert validate["waited"]["read_seconds"] > 1 and validate["waited"]["write_seconds"] < 0.5
    assert tap["waited"]["read_seconds"] > 0.8 and tap["waited"]["write_seconds"] < 0.5
    assert target["waited"]["read_seconds"] > 1


def test_a_slow_target_is_waited_for(project):
    program = project.folder / "slow.py"
    program.write_text(SLOW_TARGET)
    project.job(source={"rows": 150_000, "every": 50_000},
                target=f"command: [{sys.executable}, {program}]")
    done = project.run()
    tap, validate, _ = project.record()["attempts"][0]["stages"]
    assert validate["waited"]["write_seconds"] > 1 > tap["waited"]["read_seconds"]
    assert "waited for: " in done.err and "to write)" in done.err


def test_the_record_of_a_foreign_target_says_no_committed_rows(project, foreign):
    project.job(target=foreign())
    project.run()
    assert "committed" not in project.record()["streams"]["orders"]
