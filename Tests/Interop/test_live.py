"""Runs that are under way, seen from outside: top, peek, and what is killed meanwhile."""
import json
import os
import re
import signal
import stat
import subprocess
import time

from job_project import foreign, project  # noqa: F401  (fixtures)

CONTRACT = """\
apiVersion: v3.0.2
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
- name: orders
  properties:
  - {name: id, logicalType: integer}
  - name: name
    logicalType: string
    customProperties: [{property: dativo.mask, value: redact}]
"""


def slow(project, **more):
    project.job(source={"rows": 100_000, "every": 50, "delay": 0.05}, **more)
    run = project.start("run", "job.yaml", "--no-progress")
    project.wait(lambda: top(project))
    return run


def top(project):
    done = project.dativo("top", "--json")
    assert done.returncode == 0, done.err
    return [r for r in json.loads(done.out)["result"]["runs"] if r["file"].startswith(str(project.folder))]


def end(run, number=signal.SIGINT):
    run.send_signal(number)
    return run.communicate(timeout=60)


def test_top_shows_a_run_and_its_stages(project):
    run = slow(project)
    found = project.wait(lambda: [r for r in top(project) if r["read"] > 0 and r.get("rows_per_second", 0) > 0])[0]
    assert found["job"] == "acme.orders" and found["supervisor"] == run.pid
    assert [s["role"] for s in found["stages"]] == ["tap", "validate", "target"]
    assert all(s["memory_bytes"] > 1e6 and s["cpu_percent"] >= 0 for s in found["stages"])
    assert found["slowest"] in ("tap", "validate", "target")
    assert found["streams"]["orders"]["read"] == found["read"]
    text = project.dativo("top").out
    assert re.search(r"acme\.orders +\d+ .*\n  tap ", text) and "ROWS/S" in text
    end(run)
    assert top(project) == []


def test_a_killed_run_is_not_seen_any_more(project):
    run = slow(project)
    run.kill()
    run.communicate()
    assert top(project) == []
    project.wait(lambda: project.processes() == [])
    project.job(source={"rows": 200, "every": 50})
    done = project.run()
    assert "done" in done.err


def test_nothing_is_under_way(project):
    done = project.dativo("top", "--once")
    assert done.returncode == 0


def peek(project, *options, code=0):
    done = project.dativo("peek", "job.yaml", *options)
    assert done.returncode == code, done.err
    return done


def test_peek_shows_lines_of_either_side(project):
    run = slow(project)
    lines = peek(project, "--stage", "tap", "--limit", "3").out.splitlines()
    assert len(lines) == 3 and all(json.loads(line)["type"] in ("RECORD", "STATE") for line in lines)
    answer = json.loads(peek(project, "--limit", "4", "--stream", "orders", "--json").out)
    found = [json.loads(line) for line in answer["result"]["lines"]]
    assert [m["stream"] for m in found] == ["orders"] * 4
    assert peek(project, "--stream", "no", "--timeout", "1", code=75).err.count("no line has crossed") == 1
    socket = next(project.folder.glob(".dativo/run/acme/orders/*/peek.sock"))
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    end(run)
    assert "no run of acme.orders is under way" in peek(project, code=75).err
    project.job(source={"rows": 200, "every": 50})
    assert project.run().returncode == 0


def test_peek_never_shows_what_is_masked(project):
    (project.folder / "orders.odcs.yaml").write_text(CONTRACT)
    run = slow(project, extra="contracts: [orders.odcs.yaml]")
    lines = peek(project, "--limit", "20", "--stream", "orders").out.splitlines()
    records = [m["record"] for m in map(json.loads, lines) if m["type"] == "RECORD"]
    assert len(records) >= 19 and {r["name"] for r in records} == {"[redacted]"}
    refused = peek(project, "--stage", "tap", code=77)
    assert refused.out == "" and "masked" in refused.err
    end(run)


def test_a_reader_that_does_not_read_holds_up_nobody(project):
    run = slow(project)
    asked = subprocess.Popen(
        [os.path.join(os.environ.get("DATIVO_BIN", ""), "dativo"), "peek", "job.yaml", "--limit", "1000000"],
        cwd=project.folder, env=project.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.5)
    os.kill(asked.pid, signal.SIGSTOP)
    before = top(project)[0]["read"]
    project.wait(lambda: top(project) and top(project)[0]["read"] > before + 500)
    asked.kill()
    asked.communicate()
    # The next one is served again.
    project.wait(lambda: project.dativo("peek", "job.yaml", "--limit", "1", "--timeout", "2").returncode == 0)
    end(run)


def test_the_supervisor_is_killed_while_somebody_looks(project):
    run = slow(project)
    asked = project.start("peek", "job.yaml", "--limit", "1000000")
    project.wait(lambda: asked.stdout.readline())
    run.kill()
    run.communicate()
    asked.communicate(timeout=30)
    project.wait(lambda: project.processes() == [])
    assert asked.returncode in (0, 75)
