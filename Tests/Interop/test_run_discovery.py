"""A tap that is asked for its streams fails, hangs or starts others: what the run makes of it."""
import json
import os
import textwrap
import time

import pytest

from job_project import project  # noqa: F401 (fixture)

TAP = textwrap.dedent("""\
    import json, os, subprocess, sys, time
    if "--about" in sys.argv:
        print(json.dumps({"name": "tap-moody", "capabilities": ["catalog", "discover", "state"]}))
        sys.exit()
    config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
    schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
    if "--discover" in sys.argv:
        with open("asked", "a") as file:
            file.write("x")
        if os.path.getsize("asked") <= config.get("fails", 0):
            print("the source is asleep", file=sys.stderr)
            sys.exit(config["code"])
        if config.get("hang"):
            subprocess.Popen(["sleep", "600"])
            time.sleep(600)
        print(json.dumps({"streams": [{"tap_stream_id": "orders", "stream": "orders", "schema": schema}]}))
        sys.exit()
    print(json.dumps({"type": "SCHEMA", "stream": "orders", "schema": schema, "key_properties": []}))
    for n in range(10):
        print(json.dumps({"type": "RECORD", "stream": "orders", "record": {"id": n}}))
    print(json.dumps({"type": "STATE", "value": {"n": 10}}))
    time.sleep(config.get("sync", 0))
    """)


@pytest.fixture
def moody(project):
    (project.folder / "tap.py").write_text(TAP)

    def job(extra="", **config):
        # Confined, it could not leave its notes, nor anybody behind.
        project.job(config, tap=project.folder / "tap.py", extra=f"sandbox: none\n{extra}")
        return project

    return job


def asked(project):
    return os.path.getsize(project.folder / "asked")


@pytest.mark.parametrize("extra", ["", "parallelism: 2\n"])
def test_a_source_that_is_asleep_is_asked_again(moody, extra):
    project = moody(extra, fails=2, code=75)
    done = project.run()
    assert asked(project) == 3 and project.ids() == list(range(10))
    assert "the source is asleep" not in done.out and done.err.count("trying again in") == 2, done.err


@pytest.mark.parametrize("code, times, exit", [(75, 3, 75), (1, 2, 2), (77, 1, 77), (78, 1, 78)])
@pytest.mark.parametrize("extra", ["", "parallelism: 2\n"])
def test_it_is_not_asked_for_ever_nor_where_it_would_answer_the_same(moody, extra, code, times, exit):
    project = moody(extra, fails=9, code=code)
    done = project.run(code=exit)
    assert asked(project) == times and "the source is asleep" in done.err
    record = project.record()
    assert (record["exit"], record["outcome"]) == (exit, "failed")
    assert f"exited with {code}" in json.dumps(record)


@pytest.mark.parametrize("extra", ["", "parallelism: 2\n"])
def test_the_timeout_is_for_discovery_too(moody, extra):
    project = moody(f"timeout: 1s\n{extra}", hang=True)
    began = time.monotonic()
    done = project.run(code=75)
    assert time.monotonic() - began < 10 and "did not answer within 1" in done.err, done.err
    assert project.record()["exit"] == 75


@pytest.mark.parametrize("extra", ["", "parallelism: 2\n"])
def test_what_discovery_started_dies_with_dativo(moody, extra):
    project = moody(extra, hang=True)
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"sleep"))
    process.kill()
    process.communicate()
    project.wait(lambda: project.processes() == [])


def test_a_run_in_parts_that_was_killed_is_in_the_history(moody):
    project = moody("parallelism: 2\n", sync=60)
    process = project.start("run", "job.yaml")
    project.wait(lambda: project.stage(b"dativo-target-parquet"))
    [running] = [row for row in rows(project) if row["status"] == "running" and row["job"] == "acme.orders"]
    process.kill()
    process.communicate()
    project.wait(lambda: project.processes() == [])
    [killed] = [row for row in rows(project) if row["run"] == running["run"]]
    assert killed["status"] == "killed", killed


def rows(project):
    return json.loads(project.dativo("runs", "list", "--json").out)["result"]["runs"]
