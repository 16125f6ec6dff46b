"""A shop whose job sets every seventh row aside: what the tests of the quarantine share."""
import json
import os
import signal

import pytest

from job_project import project  # noqa: F401 (a fixture)

CONTRACT = """\
apiVersion: v3.0.2
kind: DataContract
id: orders
version: 1.2.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: n, logicalType: integer, logicalTypeOptions: {maximum: %d}}
"""

# Every seventh row has an `n` above 100; a STATE after every `every` rows, `tail` rows after the last.
TAP = """\
import argparse, json, os, time
parser = argparse.ArgumentParser()
parser.add_argument("--config"); parser.add_argument("--state")
options = parser.parse_args()
config = json.load(open(options.config))
start = json.load(open(options.state))["row"] if options.state else 0
end, every = config["rows"], config.get("every", 10)
def send(**message): os.write(1, (json.dumps(message) + "\\n").encode())
send(type="SCHEMA", stream="orders", key_properties=["id"], schema={"type": "object",
     "properties": {"id": {"type": "integer"}, "n": {"type": "integer"}}})
for id in range(start, end):
    n = 1000 + id if id % 7 == 3 else id % 100
    send(type="RECORD", stream="orders", record={"id": id, "n": n},
         time_extracted="2026-01-01T00:00:00Z")
    if (id + 1) % every == 0 and id + 1 <= end - config.get("tail", 0):
        send(type="STATE", value={"row": id + 1})
        time.sleep(config.get("delay", 0))
if not config.get("tail"): send(type="STATE", value={"row": end})
"""

FAILPOINTS = [
    "log.opened", "log.cleaned", "object.drafted", "object.linked", "file.begun", "file.written",
    "file.synced", "file.renamed", "commit.staged", "commit.published", "commit.moving",
    "commit.visible", "commit.echoed",
]


def bad(rows, start=0):
    return [id for id in range(start, rows) if id % 7 == 3]


@pytest.fixture
def shop(project):
    """A project whose job quarantines every seventh row."""

    def job(rows=100, maximum=100, target=None, extra="validation: {mode: quarantine}", **source):
        (project.folder / "tap.py").write_text(TAP)
        (project.folder / "c.odcs.yaml").write_text(CONTRACT % maximum)
        interval = {"destination": "out", "checkpoint_interval": {"rows": 1}}
        target = target or f"target: parquet\nconfig: {json.dumps(interval)}"
        project.job(
            {"rows": rows, **source},
            target,
            tap=project.folder / "tap.py",
            extra=f"contracts: [c.odcs.yaml]\n{extra}",
        )

    def quarantine(verb, *arguments, code=0):
        done = project.dativo("quarantine", verb, "job.yaml", "--json", *arguments)
        assert done.returncode == code, f"exit {done.returncode}\n{done.out}\n{done.err}"
        return json.loads(done.out)["result"]

    def waiting():
        shown = quarantine("show", "--limit", "100000")["records"]
        assert len(shown) == quarantine("list")["waiting"]
        return sorted(line["record"]["id"] for line in shown)

    project.make, project.quarantine, project.waiting = job, quarantine, waiting
    project.make()
    return project


def parse(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def check(shop, rows):
    """Each row of the source is in the table or waits, and is there once."""
    assert sorted(shop.ids() + shop.waiting()) == list(range(rows))
    assert shop.waiting() == bad(rows)


def kill(number):
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1
