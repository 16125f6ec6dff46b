"""`dativo select`: what a job loads, what patterns would, and patterns written into the job file."""
import json

import pytest

from job_project import project  # noqa: F401 (fixture)

JOB = """# the orders
apiVersion: dativo/v1
kind: Job
tenant: acme
name: shop
source:
  tap: csv  # files
{select}  config:
    files:
      - {{path: orders.csv, keys: [id]}}
      - {{path: people.csv}}
target: {{target: parquet, config: {{destination: out}}}}
"""


@pytest.fixture
def shop(project):
    (project.folder / "orders.csv").write_text("id,amount,note\n1,2,x\n")
    (project.folder / "people.csv").write_text("name,ssn\nAda,1\n")

    def write(select=""):
        (project.folder / "job.yaml").write_text(JOB.format(select=select))
        return project

    return write


def chosen(project, *arguments):
    done = project.dativo("select", "job.yaml", *arguments, "--json")
    assert done.returncode == 0, done.err
    return {item["stream"]: item["properties"] for item in json.loads(done.out)["result"] if item["selected"]}


def test_what_is_selected(shop):
    project = shop("  select: [orders.*, '!*.note']\n")
    assert chosen(project) == {"orders": {"id": "automatic", "amount": "selected", "note": "excluded"}}
    assert project.dativo("select", "job.yaml").out.splitlines() == [
        "[selected ] orders", "    [automatic  ] id", "    [selected   ] amount"]
    text = project.dativo("select", "job.yaml", "--all").out
    assert "[excluded   ] note" in text and "[excluded ] people" in text
    assert set(chosen(shop())) == {"orders", "people"}


def test_patterns_are_tried(shop):
    project = shop()
    before = (project.folder / "job.yaml").read_text()
    assert chosen(project, "people.*", "!*.ssn") == {"people": {"name": "selected", "ssn": "excluded"}}
    done = project.dativo("select", "job.yaml", "peple.*")
    assert "peple" in done.err and "people" in done.err
    assert (project.folder / "job.yaml").read_text() == before


@pytest.mark.parametrize(
    "select", ["", "  select: [orders.*]\n", "  select:\n  - orders.*\n  - '!*.id'  # no\n", "  select:\n    - orders.*\n"]
)
def test_patterns_are_written_and_all_else_stays(shop, select):
    project = shop(select)
    done = project.dativo("select", "job.yaml", "people.*", "!*.ssn", "--write")
    assert done.returncode == 0, done.err
    written = '  select: ["people.*", "!*.ssn"]\n'
    text = (project.folder / "job.yaml").read_text()
    kept = JOB.format(select="")
    assert text == (JOB.format(select=written) if select else kept.replace("source:\n", f"source:\n{written}", 1))
    assert list(chosen(project)) == ["people"]
    assert project.dativo("run", "job.yaml").returncode == 0
    assert not (project.folder / "out/orders").exists() and (project.folder / "out/people").exists()


def test_what_cannot_be_written_is_not(shop):
    project = shop()
    before = (project.folder / "job.yaml").read_text()
    done = project.dativo("select", "job.yaml", "nothing.*", "--write")
    assert done.returncode == 78 and "nothing is written" in done.err
    assert project.dativo("select", "job.yaml", "--write").returncode == 64
    assert (project.folder / "job.yaml").read_text() == before
    flow = before.replace(before[before.index("source:") : before.index("target:")],
                          "source: {tap: csv, config: {path: orders.csv}}\n")
    (project.folder / "job.yaml").write_text(flow)
    done = project.dativo("select", "job.yaml", "orders.*", "--write")
    assert done.returncode == 78 and 'select: ["orders.*"]' in done.err
    assert (project.folder / "job.yaml").read_text() == flow


def test_overrides_that_no_stage_can_follow_are_warned_of(shop):
    project = shop("  metadata: {orders: {replication-method: INCREMENTAL, replication-key: amuont}}\n"
                   "  schema: {orders: {amount: {type: [nubmer, 'null']}, note: {type: string}}}\n")
    lint = project.dativo("lint", "job.yaml")
    assert lint.returncode == 0 and 'job.yaml:9:' in lint.out and 'the type "nubmer"' in lint.out, lint.out
    assert 'Did you mean "number"?' in lint.out and lint.out.count("JSON Schema does not know") == 1
    run = project.dativo("run", "job.yaml")
    assert 'the replication key "amuont" is no property of orders' in run.err
    assert 'Did you mean "amount"?' in run.err and 'the type "nubmer"' in run.err
