"""`partitions`: pieces of a source side by side, within a stream, too; each with a state of its own."""
import json

import duckdb

from conftest import ROOT
from job_project import project  # noqa: F401 (a fixture)

SHARED = f"target: parquet\nconfig: {json.dumps({'destination': 'out', 'shared': True})}"


def csv(project, files, target=SHARED, extra="parallelism: 2\npartitions: {of: files}\n"):
    project.job(target=target, extra=extra)
    text = (project.folder / "job.yaml").read_text()
    start = text.index("source:")
    source = f"source: {json.dumps({'tap': 'csv', 'config': {'files': files}})}\n"
    (project.folder / "job.yaml").write_text(text[:start] + source + text[text.index("target:"):])


def write(project, name, ids):
    (project.folder / name).write_text("id\n" + "".join(f"{i}\n" for i in ids))
    return {"path": name, "stream": "orders", "replication": "modified"}


def ids(project, stream="orders"):
    files = project.folder / "out" / stream
    return [row[0] for row in duckdb.sql(f"select cast(id as int) from '{files}/*.parquet' order by 1").fetchall()]


def test_files_of_one_stream_side_by_side(project):
    files = [write(project, f"{n}.csv", range(n * 100, n * 100 + 100)) for n in range(4)]
    csv(project, files)
    answer = json.loads(project.run("--json").out)["result"]
    assert sorted(part["stream"] for part in answer["parts"]) == ["0.csv", "1.csv", "2.csv", "3.csv"]
    assert ids(project) == list(range(400))
    pipelines = [path.name for path in (project.folder / "out/_dativo").iterdir() if path.name != "tables"]
    assert len(pipelines) == 4
    csv(project, [write(project, "4.csv", range(400, 500)), *reversed(files)])
    project.run()
    assert ids(project) == list(range(500)), "each goes on from its own state, wherever it stands"
    shown = project.dativo("state", "show", "job.yaml", "--part", "2.csv", "--json")
    assert shown.returncode == 0 and json.loads(shown.out)["result"]["state"], shown.err
    assert project.dativo("verify", "out").returncode == 0


def test_a_table_that_is_not_shared_is_told(project):
    files = [write(project, f"{n}.csv", range(10)) for n in range(2)]
    csv(project, files, target=None)
    done = project.run(code=2)
    assert '"shared": true' in done.err or "shared" in done.err, done.err


def test_named_pieces_and_one_that_fails(project):
    tap = ROOT / "Tests/Conformance/Hostile/streams.py"
    extra = "parallelism: 2\npartitions: [{name: eu, config: {streams: [a]}}, {name: us, config: {streams: [b], fail: {b: 65}}}]\n"
    project.job({"streams": ["x"], "rows": 100}, tap=tap, extra=extra)
    answer = json.loads(project.run("--json", code=2).out)["result"]
    assert {part["stream"]: part["exit"] for part in answer["parts"]} == {"eu": 0, "us": 2}
    assert ids(project, "a") == list(range(100))
    wrong = project.dativo("run", "job.yaml", "--full-refresh-stream", "asia")
    assert wrong.returncode == 64 and 'no partition "asia"' in wrong.err and "eu, us" in wrong.err


def test_wrong_settings(project):
    for extra, says in [("partitions: {of: fles}", 'no list "fles"'), ("partitions: [{name: a}]", 'has no "config"'),
                        ("partitions: [{name: a, config: {}}, {name: a, config: {}}]", 'two partitions are called "a"'),
                        ("partitions: {off: files}", 'Did you mean "of"?')]:
        csv(project, [write(project, "0.csv", range(3))], extra=extra + "\n")
        done = project.dativo("lint", "job.yaml")
        assert says in done.out + done.err and "job.yaml:" in done.out + done.err, done.out + done.err
