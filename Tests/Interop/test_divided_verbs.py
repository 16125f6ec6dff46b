"""The verbs that look at a job in parts (`partitions`, `parallelism`) see its parts, as a run does."""
import json

import pytest

from conftest import ROOT
from job_project import project  # noqa: F401 (a fixture)

STREAMS = ROOT / "Tests/Conformance/Hostile/streams.py"
JOB = """\
apiVersion: dativo/v1
kind: Job
tenant: acme
name: orders
source:
  tap: csv
  config:
    files:
      - {path: a.csv, stream: o, replication: modified}
      - {path: b.csv, stream: o, replication: modified}
target: {target: parquet, config: {destination: out, shared: true}}
partitions: declared
"""


@pytest.fixture
def halves(project):  # noqa: F811
    """Two files of one stream, a partition each."""
    (project.folder / "a.csv").write_text("id\n1\n2\n")
    (project.folder / "b.csv").write_text("id\n3\n4\n5\n")
    (project.folder / "job.yaml").write_text(JOB)
    return project


def result(project, *arguments, code=0):  # noqa: F811
    done = project.dativo(*arguments, "--json")
    assert done.returncode == code, done.err
    return json.loads(done.out)["result"]


def replace(project, old, new):  # noqa: F811
    path = project.folder / "job.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_the_tap_is_asked_with_the_configuration_of_a_part(halves):
    assert [stream["stream"] for stream in result(halves, "discover", "job.yaml")["streams"]] == ["o"]
    shown = halves.dativo("select", "job.yaml")
    assert shown.returncode == 0 and "o" in shown.out, shown.err
    checked = halves.dativo("check", "job.yaml")
    assert checked.returncode == 0 and "offers 1 stream" in checked.out, checked.out
    first = halves.dativo("preview", "job.yaml", "--json")
    assert first.returncode == 0, first.err
    assert '"id":1' in first.out.replace(" ", "") and '"id":3' not in first.out.replace(" ", "")
    other = halves.dativo("preview", "job.yaml", "--part", "b.csv", "--json")
    assert other.returncode == 0, other.err
    assert '"id":3' in other.out.replace(" ", "") and '"id":1' not in other.out.replace(" ", "")


def test_partitions_with_streams_of_their_own_are_all_asked(halves):
    replace(halves, "b.csv, stream: o", "b.csv, stream: p")
    streams = [stream["stream"] for stream in result(halves, "discover", "job.yaml")["streams"]]
    assert streams == ["o", "p"]
    alone = result(halves, "discover", "job.yaml", "--part", "b.csv")["streams"]
    assert [stream["stream"] for stream in alone] == ["p"]
    written = halves.dativo("select", "job.yaml", "p.*", "--write")
    assert written.returncode == 0, written.err


@pytest.mark.parametrize("verb", [["preview"], ["discover"], ["plan"]], ids=lambda words: words[0])
def test_a_part_that_is_not_there(halves, verb):
    wrong = halves.dativo(*verb, "job.yaml", "--part", "c.csv")
    assert wrong.returncode == 64 and 'no part "c.csv"' in wrong.err and "a.csv, b.csv" in wrong.err
    replace(halves, "partitions: declared\n", "")
    wrong = halves.dativo(*verb, "job.yaml", "--part", "a.csv")
    assert wrong.returncode == 64 and "not run in parts" in wrong.err, wrong.err


@pytest.mark.parametrize("verb", [["plan", "job.yaml"], ["run", "job.yaml", "--dry-run"]], ids=["plan", "dry-run"])
def test_a_plan_lists_the_parts(halves, verb):
    before = result(halves, *verb)
    assert [(part["name"], part["has_state"]) for part in before["parts"]] == [("a.csv", False), ("b.csv", False)]
    assert before["parts"][1]["config"]["files"][0]["path"] == "b.csv"
    assert before["part"] == "a.csv" and before["job"] == "acme.orders"
    assert before["plan"]["pipeline"] == before["parts"][0]["pipeline"]
    assert [stage["role"] for stage in before["plan"]["stages"]] == ["tap", "validate", "target"]
    halves.run()
    after = result(halves, *verb)
    assert all(part["has_state"] and part["sequence"] > 0 for part in after["parts"])
    assert after["plan"]["state"], "that of the part"
    text = halves.dativo(*verb).out
    assert "2 partitions" in text and "from commit" in text and "dativo-tap-csv" in text, text
    other = result(halves, *verb, "--part", "b.csv")
    assert other["part"] == "b.csv" and other["plan"]["pipeline"] == other["parts"][1]["pipeline"]


def test_a_plan_of_parts_hides_secrets(project):  # noqa: F811
    extra = "partitions: [{name: eu, config: {streams: [a], api_key: hunter2-eu}}, {name: us, config: {streams: [b]}}]\n"
    project.job({"streams": ["x"]}, tap=STREAMS, extra=extra)
    for form in ([], ["--json"]):
        done = project.dativo("plan", "job.yaml", *form)
        assert done.returncode == 0 and "api_key" in done.out, done.err
        assert "hunter2" not in done.out + done.err


def test_streams_side_by_side_are_parts_too(project):  # noqa: F811
    project.job({"streams": ["a", "b", "c"], "rows": 200}, tap=STREAMS, extra="parallelism: 2\n")
    plan = result(project, "plan", "job.yaml", "--part", "c")
    assert [part["name"] for part in plan["parts"]] == ["a", "b", "c"] and plan["parallelism"] == 2
    assert plan["plan"]["streams"] == ["c"] and plan["plan"]["pipeline"] == "acme.orders.c"
    assert "3 parts, none with a state" in project.dativo("check", "job.yaml").out
    project.job({"streams": ["a", "b", "c"], "rows": 200, "fail": {"b": 65}}, tap=STREAMS, extra="parallelism: 2\n")
    project.run(code=2)
    # It failed after its first hundred, which are committed or not with their STATE.
    begun = sum(part["has_state"] for part in result(project, "plan", "job.yaml")["parts"])
    for verb in ("check", "doctor"):
        assert f"3 parts, {begun} with a state" in project.dativo(verb, "job.yaml").out
    assert begun >= 2
    shown = result(project, "preview", "job.yaml", "--part", "c")
    assert [stream["stream"] for stream in shown["streams"]] == ["c"], shown


def test_check_tells_that_a_tap_cannot_be_divided(project):  # noqa: F811
    (project.folder / "mute.py").write_text("import sys\nsys.exit(2)\n")
    project.job(tap=project.folder / "mute.py", extra="parallelism: 2\n")
    for verb in ("check", "plan"):
        done = project.dativo(verb, "job.yaml")
        assert done.returncode == 78 and '"parallelism" needs a tap that tells its streams' in done.out + done.err, done.err


def test_an_error_of_the_tap_names_the_place_in_the_job_file(halves):
    """What the tap complains of stands in a private file, which is gone when its user reads the error."""
    replace(halves, "b.csv, stream: o, replication: modified", "b.csv, stream: o, replication: modfied")
    (line,) = [n for n, text in enumerate((halves.folder / "job.yaml").read_text().split("\n"), 1) if "modfied" in text]
    for verb in (["discover"], ["plan", "--part", "b.csv"], ["check"], ["preview", "--part", "b.csv"]):
        done = halves.dativo(verb[0], "job.yaml", *verb[1:])
        assert done.returncode == 78 and f"job.yaml:{line}:" in done.out + done.err, (verb, done.out, done.err)
        assert "/dev/shm" not in done.out + done.err and "config.json" not in done.out + done.err


def test_a_named_piece_has_its_own_place(halves):
    replace(halves, "partitions: declared", "partitions:\n  - name: a\n    config:\n      files: [{path: a.csv, keys: 7}]")
    done = halves.dativo("discover", "job.yaml")
    assert done.returncode == 78 and "job.yaml:15:" in done.err, done.err


def test_torture_runs_the_parts(halves):
    (halves.folder / "a.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(3000)))
    (halves.folder / "b.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(5000, 7000)))
    done = halves.dativo("torture", "job.yaml", "--kills", "6", "--seed", "4", "--json", timeout=300)
    answer = json.loads(done.out)["result"]
    assert done.returncode == 0, done.err
    assert answer["rows"] == {"o": 5000} and answer["lost"] == answer["doubled"] == 0
    killed = {line["step"] for line in answer["steps"] if line["kills"]}
    assert {"commit.staged", "commit.published", "commit.visible", "file.synced", "log.opened"} <= killed
    assert halves.processes() == [] and not (halves.folder / "out").exists()


def test_torture_of_streams_side_by_side(project):  # noqa: F811
    project.job({"streams": ["a", "b"], "rows": 500}, tap=STREAMS, extra="parallelism: 2\n")
    done = project.dativo("torture", "job.yaml", "--kills", "3", "--seed", "5", "--json", timeout=300)
    answer = json.loads(done.out)["result"]
    assert done.returncode == 0 and answer["rows"] == {"a": 500, "b": 500}, done.err
    assert answer["lost"] == answer["doubled"] == 0 and answer["kills"] >= 8
