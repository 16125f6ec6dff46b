"""Job files with a source of Airbyte: checked, discovered, selected from, run on from its state."""
import json
import pathlib

import duckdb
import pytest

from conftest import ROOT
from job_project import project  # noqa: F401 (fixture)

TOY = ROOT / "taps/airbyte/fixtures/toy_source.py"
JOB = """
apiVersion: dativo/v1
kind: Job
tenant: acme
name: nums
source:
  airbyte: {airbyte}
  config: {config}
target: {{target: parquet, config: {{destination: out}}}}
"""


@pytest.fixture
def nums(project):
    def write(airbyte=None, **config):
        airbyte = airbyte or json.dumps({"executable": [str(TOY)]})
        (project.folder / "job.yaml").write_text(JOB.format(airbyte=airbyte, config=json.dumps(config)))
        return project

    return write


def ids(project):
    return [row[0] for row in duckdb.sql(f"select id from '{project.folder}/out/nums/*.parquet' order by id").fetchall()]


def test_every_command_works_through_spec_check_and_discover(nums):
    project = nums(n=2500, token="hunter22")
    assert project.dativo("lint", "job.yaml").returncode == 0
    assert project.dativo("check", "job.yaml").returncode == 0
    assert "nums" in project.dativo("discover", "job.yaml").out
    assert "[automatic  ] id" in project.dativo("select", "job.yaml").out
    plan = project.dativo("plan", "job.yaml")
    assert plan.returncode == 0 and "hunter22" not in plan.out + plan.err
    preview = json.loads(project.dativo("preview", "job.yaml", "--limit", "3", "--json").out)["result"]
    assert [r["id"] for r in preview["streams"][0]["records"]] == [1, 2, 3]


def test_a_run_after_a_failure_goes_on_from_what_was_committed(nums):
    project = nums(n=6000, token="hunter22", vanish_at=5000)
    failed = project.dativo("run", "job.yaml")
    assert failed.returncode == 2 and "hunter22" not in failed.out + failed.err
    before = ids(project)
    assert before == list(range(1, len(before) + 1))
    project = nums(n=6000, token="hunter22", vanish_at=9000)
    done = project.dativo("run", "job.yaml")
    assert done.returncode in (0, 78), done.err
    if done.returncode == 78:
        # Another setting may be other data: the user says that it is not.
        assert project.dativo("state", "accept", "job.yaml").returncode == 0
        assert project.dativo("run", "job.yaml").returncode == 0
    assert ids(project) == list(range(1, 6001))


def test_mistakes_are_told_with_their_place(nums):
    for airbyte, message in (
        ('{executable: [a], image: b}', "must name one source"),
        ("{}", "must name one source"),
        ("faker", "must be a mapping"),
        ('{executble: [a]}', 'Did you mean "executable"?'),
        ('{executable: [no-such-source]}', "no-such-source was not found"),
        ("{executable: []}", 'job.yaml:7:25: error: "source.airbyte.executable" is empty'),
        ("{executable: source-x --flag}", "Write `executable: [source-x, --flag]`."),
        ("{package: }", '"source.airbyte.package" is no name'),
        ('{image: ""}', 'job.yaml:7:20: error: "source.airbyte.image" is no name'),
        ("{package: ../evil}", '"../evil" is no package of PyPI'),
        ("{executable: [/bin/true]}", "It printed no message of Airbyte's"),
    ):
        done = nums(airbyte, n=1).dativo("check", "job.yaml")
        assert done.returncode != 0 and message in done.out + done.err, (airbyte, done.out, done.err)
    project = nums(n=1)
    text = (project.folder / "job.yaml").read_text().replace("source:", "source:\n  tap: csv")
    (project.folder / "job.yaml").write_text(text)
    done = project.dativo("lint", "job.yaml")
    assert done.returncode != 0 and 'has both "airbyte" and "tap"' in done.out + done.err


@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("method", ["append", "overwrite"])
def test_a_full_refresh_that_was_broken_off_goes_on_and_a_complete_one_begins_anew(project, mark, method):
    """`mark`: the source's last state says itself that the refresh has ended."""
    source = pathlib.Path(__file__).with_name("refresh_source.py")

    def run(**config):
        text = JOB.format(airbyte=json.dumps({"executable": [str(source)]}), config=json.dumps({"n": 100, "mark": mark, **config}))
        text = text.replace("destination: out", f"destination: out, load_method: {method}, checkpoint_interval: {{rows: 5}}")
        (project.folder / "job.yaml").write_text(text + "retry: {attempts: 1}\n")
        project.dativo("state", "accept", "job.yaml")
        return project.dativo("run", "job.yaml")

    def rows():
        files = list(project.folder.glob("out/r/*.parquet"))
        return sorted(row[0] for row in duckdb.sql(f"select id from '{project.folder}/out/r/*.parquet'").fetchall()) if files else []

    assert run(die_at=57).returncode == 2
    kept = rows()
    assert kept == ([] if method == "overwrite" else list(range(1, len(kept) + 1)))
    assert method == "overwrite" or 40 <= len(kept) <= 50
    assert run().returncode == 0
    assert rows() == list(range(1, 101))
    assert run().returncode == 0
    once = list(range(1, 101))
    assert rows() == (once if method == "overwrite" else sorted(once + once))
