"""`partitions`: pieces of a source side by side, within a stream, too; each with a state of its own."""
import datetime
import json
import sys

import duckdb
import pytest

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


def test_what_the_plugin_declares(project):
    files = [write(project, f"{n}.csv", range(n * 10, n * 10 + 10)) for n in range(3)]
    csv(project, files, extra="parallelism: 2\npartitions: declared\n")
    answer = json.loads(project.run("--json").out)["result"]
    assert sorted(part["stream"] for part in answer["parts"]) == ["0.csv", "1.csv", "2.csv"]
    assert ids(project) == list(range(30))
    tap = ROOT / "Tests/Conformance/Hostile/streams.py"
    project.job({"streams": ["x"]}, tap=tap, extra="partitions: declared\n")
    wrong = project.dativo("lint", "job.yaml")
    assert wrong.returncode == 78 and "declares no partitions" in wrong.err + wrong.out, wrong.err
    (project.folder / "taps/dated").mkdir(parents=True)
    plugin = "apiVersion: dativo/v1\nkind: Plugin\nname: dated\nrole: tap\nexecutable: ./tap.py\n"
    settings = "settings: {properties: {cities: {type: array}}}\npartitions: {of: citie}\n"
    (project.folder / "taps/dated/plugin.yaml").write_text(plugin + settings)
    wrong = project.dativo("lint", "taps/dated/plugin.yaml")
    assert '"citie"' in wrong.err + wrong.out and "cities" in wrong.err + wrong.out, wrong.out


DATED = """\
#!{python}
# Sends a record for each day of its window, which its settings name, or says where it is after a state.
import datetime, json, sys
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
state = json.load(open(sys.argv[sys.argv.index("--state") + 1])) if "--state" in sys.argv else {{}}
day = datetime.date.fromisoformat(state.get("next", config["start_date"]))
last = datetime.date.fromisoformat(config["end_date"])
schema = {{"properties": {{"day": {{"type": "string", "format": "date"}}}}}}
print(json.dumps({{"type": "SCHEMA", "stream": "days", "schema": schema, "key_properties": []}}))
while day < last and day <= datetime.date.fromisoformat(config["today"]):
    print(json.dumps({{"type": "RECORD", "stream": "days", "record": {{"day": str(day)}}}}))
    day += datetime.timedelta(1)
print(json.dumps({{"type": "STATE", "value": {{"next": str(day)}}}}))
"""
PLUGIN = """\
apiVersion: dativo/v1
kind: Plugin
name: dated
role: tap
executable: ./tap.py
capabilities: [state]
settings:
  properties:
    start_date: {type: string, format: date}
    end_date: {type: string, format: date}
"""
JOB = """\
apiVersion: dativo/v1
kind: Job
tenant: acme
name: days
source: {tap: dated, config: {today: "%s"}}
target: {target: parquet, config: {destination: out, shared: true}}
parallelism: 3
partitions: {window: 1mo, from: 2024-01-31%s}
sandbox: none
"""


def dated(project, today, more=""):
    (project.folder / "taps/dated").mkdir(parents=True, exist_ok=True)
    tap = project.folder / "taps/dated/tap.py"
    tap.write_text(DATED.format(python=sys.executable))
    tap.chmod(0o755)
    (project.folder / "taps/dated/plugin.yaml").write_text(PLUGIN)
    (project.folder / "job.yaml").write_text(JOB % (today, more))


def days(project):
    query = f"select cast(day as varchar) from '{project.folder}/out/days/*.parquet' order by 1"
    return [row[0] for row in duckdb.sql(query).fetchall()]


def test_windows_of_time_side_by_side(project):
    dated(project, "2024-04-10", ", to: 2024-04-20")
    answer = json.loads(project.run("--json").out)["result"]
    names = ["2024-01-31", "2024-02-29", "2024-03-31"]
    assert sorted(part["stream"] for part in answer["parts"]) == names, "the last of a short month"
    first = datetime.date(2024, 1, 31)
    assert days(project) == [str(first + datetime.timedelta(n)) for n in range(71)]
    # The last window goes on from its own state.
    dated(project, "2024-04-30", ", to: 2024-04-20")
    project.run()
    assert days(project) == [str(first + datetime.timedelta(n)) for n in range(80)]
    shown = project.dativo("state", "show", "job.yaml", "--part", "2024-03-31", "--json")
    assert json.loads(shown.out)["result"]["state"] == {"next": "2024-04-20"}, shown.out


def test_windows_without_an_end_reach_to_the_one_that_is_now(project):
    today = datetime.date.today()
    dated(project, str(today))
    (project.folder / "job.yaml").write_text((JOB % (today, "")).replace("2024-01-31", str(today - datetime.timedelta(40))))
    answer = json.loads(project.run("--json").out)["result"]
    assert len(answer["parts"]) == 2, answer["parts"]
    assert days(project) == [str(today - datetime.timedelta(n)) for n in range(40, -1, -1)]


@pytest.mark.parametrize(
    "text, told",
    [
        ("{window: 1mo}", '"partitions.from" is missing'),
        ("{window: soon, from: 2024-01-01}", 'not "soon"'),
        ("{window: 1d, from: 2024-02-30}", 'not "2024-02-30"'),
        ("{window: 1d, from: 2024-02-01, to: 2024-01-01}", 'is not after "from"'),
        ("{window: 1m, from: 2024-01-01, to: 2024-06-01}", "1,000 windows"),
        ("{window: 6h, from: 2024-01-01, to: 2024-01-02}", "whole days"),
        ("sometimes", 'cannot be "sometimes"'),
    ],
)
def test_windows_that_cannot_be(project, text, told):
    dated(project, "2024-01-01")
    path = project.folder / "job.yaml"
    path.write_text(path.read_text().replace("{window: 1mo, from: 2024-01-31}", text))
    done = project.dativo("lint", "job.yaml")
    assert done.returncode == 78 and told in done.out + done.err, done.out + done.err
    assert "job.yaml:8:" in done.out + done.err


@pytest.mark.parametrize("claims, code", [
    ({"orders.json": '{"owner": "acme.other", "shared": true}'}, 0),
    ({"orders.json": '{"owner": "acme.other"}', "orders.shared": "{}"}, 0),
    ({"orders.json": '{"owner": "acme.other"}'}, 2),
])
def test_who_lets_others_append_says_so_with_the_claim(project, claims, code):
    """In one object, since another pipeline may ask at any moment."""
    tables = project.folder / "out/_dativo/tables"
    tables.mkdir(parents=True)
    for name, text in claims.items():
        (tables / name).write_text(text)
    csv(project, [write(project, "a.csv", range(10))], extra="")
    done = project.run(code=code)
    assert ids(project) == list(range(10)) if code == 0 else "acme.other" in done.err, done.err
