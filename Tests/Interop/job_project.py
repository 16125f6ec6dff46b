"""A folder with a job, the hostile tap in it, and `dativo` run there as users run it."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time
import uuid

import duckdb
import pytest

from conftest import BIN, ROOT

TAP = ROOT / "Tests/Conformance/Hostile/tap.py"


# A target of somebody else, which appends rows to a file.
FOREIGN = """\
import json, sys, signal
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
state = None
with open(config["file"], "a") as out:
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "RECORD":
            out.write(json.dumps(message["record"]) + "\\n")
        if message["type"] == "STATE":
            state = message["value"]
            out.flush()
            if config.get("each"):
                print(json.dumps(state), flush=True)
        if config.get("stop_after"):
            sys.exit(0)
        if config.get("fail"):
            print("no room here", file=sys.stderr)
            sys.exit(config["fail"])
if state and not config.get("each"):
    print(json.dumps(state), flush=True)
"""


class Project:
    """A folder with a job, and what is left of its processes."""

    def __init__(self, folder):
        self.folder, self.mark = folder, uuid.uuid4().hex

    def job(self, source=None, target=None, name="orders", extra="", tap=TAP, file="job.yaml"):
        source = {"rows": 1000, **(source or {})}
        program = f"command: [{sys.executable}, {tap}]"
        if {"once", "fail", "fail_once"} & set(source) and "sandbox" not in extra:  # it makes a file in the project's folder
            extra += "\nsandbox: {tap: {write: [.]}}"
        target = target or f"target: parquet\nconfig: {json.dumps({'destination': 'out'})}"
        text = f"""\
apiVersion: dativo/v1
kind: Job
tenant: acme
name: {name}
source:
  {program}
  config: {json.dumps(source)}
target:
{textwrap.indent(target, '  ')}
retry: {{attempts: 3, initial_seconds: 0.05, max_seconds: 0.2}}
{extra}
"""
        (self.folder / file).parent.mkdir(exist_ok=True)
        (self.folder / file).write_text(text)

    @property
    def environment(self):
        return {**os.environ, "DATIVO_TEST_MARK": self.mark}

    def start(self, *arguments):
        return subprocess.Popen(
            [str(BIN / "dativo"), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def dativo(self, *arguments, timeout=120):
        process = self.start(*arguments)
        try:
            process.out, process.err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process

    def run(self, *arguments, code=0):
        done = self.dativo("run", "job.yaml", *arguments)
        assert done.returncode == code, f"exit {done.returncode}\n{done.err}"
        assert self.processes() == []
        return done

    def processes(self):
        """Processes of this project that live, by their command lines."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() not in (entry / "environ").read_bytes():
                    continue
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                if state != "Z":
                    found.append((int(entry.name), (entry / "cmdline").read_bytes()))
            except OSError:
                continue
        return found

    def stage(self, word):
        """The number of the process whose command line has `word`."""
        own = os.getpid()
        return next((p for p, line in self.processes() if word in line and p != own), None)

    def ids(self):
        files = self.folder / "out/orders"
        if not list(files.glob("*.parquet")):
            return []
        query = f"select id from read_parquet('{files}/*.parquet') order by id"
        return [row[0] for row in duckdb.sql(query).fetchall()]

    def record(self):
        newest = max((self.folder / ".dativo/runs").glob("*.json"), key=os.path.getmtime)
        return json.loads(newest.read_text())

    def wait(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.02)
        raise AssertionError("it did not happen in time")


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path)
    yield made
    for number, _ in made.processes():
        os.kill(number, signal.SIGKILL)


@pytest.fixture
def foreign(project):
    program = project.folder / "target.py"
    program.write_text(FOREIGN)

    def make(**config):
        config = {"file": "rows.jsonl", **config}
        return f"command: [{sys.executable}, {program}]\nconfig: {json.dumps(config)}"

    return make
