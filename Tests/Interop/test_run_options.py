"""`dativo run` with its options, and what a job says of its runs: timeouts and hooks."""
import http.server
import json
import signal
import threading
import time

import pytest

from job_project import project  # noqa: F401 (a fixture)


def test_a_run_that_takes_too_long_commits_what_it_has(project):
    project.job({"hang_at": 350}, extra="timeout: 2s")
    started = time.monotonic()
    done = project.run(code=2)
    assert "longer than its timeout" in done.err and "what was committed stays" in done.err.lower()
    assert time.monotonic() - started < 30
    assert project.ids() == list(range(300)) and len(project.record()["attempts"]) == 1
    project.job()
    project.run()
    assert project.ids() == list(range(1000))


def test_a_timeout_counts_all_attempts(project):
    project.job({"exit_at": 0, "exit": 75}, extra="timeout: 3s\n")
    text = (project.folder / "job.yaml").read_text()
    # Waits are drawn from nothing to the whole: one of less than three seconds in a thousand.
    (project.folder / "job.yaml").write_text(text.replace("initial_seconds: 0.05, max_seconds: 0.2", "initial_seconds: 5000, max_seconds: 5000"))
    started = time.monotonic()
    done = project.run(code=2)
    assert time.monotonic() - started < 20 and "no further attempt: the job's timeout would be over" in done.err


def test_several_jobs_and_a_folder_of_them(project):
    for name in ("one", "two"):
        project.job(name=name, target=f'target: parquet\nconfig: {{destination: {name}}}', file=f"jobs/{name}.yaml")
    project.job({"exit_at": 0, "exit": 65}, name="bad", file="jobs/bad.yaml")
    done = project.dativo("run", "--job-dir", "jobs", "--json")
    answer = json.loads(done.out)
    assert done.returncode == answer["exit"] == 2, done.err
    assert [(one["file"], one["exit"]) for one in answer["result"]] == [("jobs/bad.yaml", 2), ("jobs/one.yaml", 0), ("jobs/two.yaml", 0)]
    assert [one["result"]["rows"]["committed"] for one in answer["result"][1:]] == [1000, 1000]
    assert answer["errors"] and not answer["ok"]


def test_a_dry_run_moves_nothing(project):
    project.job()
    done = project.run("--dry-run")
    assert "dativo-validate" in done.out and not (project.folder / "out").exists()


def test_one_stream_is_loaded_again(project):
    project.job()
    project.run()
    project.run("--full-refresh-stream", "orders")
    assert project.ids() == list(range(1000)) and project.record()["rows"]["committed"] == 1000
    wrong = project.dativo("run", "job.yaml", "--full-refresh-stream", "order")
    assert wrong.returncode == 64 and "nothing for a stream" in wrong.err and "orders" in wrong.err


@pytest.mark.parametrize("source, code, moment", [({}, 0, "success"), ({"exit_at": 0, "exit": 65}, 2, "failure")])
def test_a_command_is_told_how_the_run_ended(project, source, code, moment):
    script = 'echo "$DATIVO_OUTCOME $DATIVO_JOB $1" > told; cp "$DATIVO_RECORD" record.json'
    hook = json.dumps(["sh", "-c", script, "hook", "arg"])
    project.job(source, extra=f"hooks: {{{moment}: [{{command: {hook}}}], partial: [{{command: [false]}}]}}\n")
    project.run(code=code)
    outcome = "success" if code == 0 else "failed"
    assert (project.folder / "told").read_text().split() == [outcome, "acme.orders", "arg"]
    assert json.loads((project.folder / "record.json").read_text())["outcome"] == outcome


def test_a_hook_that_fails_changes_nothing(project):
    script = json.dumps(["sh", "-c", "echo no such channel >&2; exit 3"])
    project.job(extra=f"hooks: {{success: [{{command: {script}}}, {{command: [not-there]}}]}}\n")
    done = project.run()
    assert "sh, exited with 3: no such channel" in done.err and "not-there, was not found" in done.err
    assert len(project.record()["warnings"]) == 2


def test_a_webhook_gets_the_summary_and_no_state(project):
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.path, json.loads(self.rfile.read(int(self.headers["content-length"])))))
            self.send_response(503 if len(got) == 1 else 204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/T/secret-path"
    project.job(extra=f"hooks: {{success: [{{webhook: '{url}'}}]}}\n")
    done = project.run()
    server.shutdown()
    server.server_close()
    assert len(got) == 2, "a server that is busy is asked again"
    path, summary = got[1]
    assert path == "/T/secret-path" and summary["rows"]["committed"] == 1000 and "state" not in summary
    project.job(extra=f"hooks: {{success: [{{webhook: '{url}'}}]}}\n", source={"rows": 10}, name="other", target="target: parquet\nconfig: {destination: out2}")
    done = project.run()
    assert "could not be reached" in done.err and "secret-path" not in done.err


CONTRACT = """
apiVersion: v3.0.2
kind: DataContract
id: x
version: 1.0.0
status: active
schema:
- name: orders
  properties:
  - {name: id, logicalType: integer, logicalTypeOptions: {minimum: 3}}
"""


def test_a_preview_shows_the_first_records_and_writes_nothing(project):
    (project.folder / "c.yaml").write_text(CONTRACT)
    project.job({"rows": 1_000_000}, extra="contracts: [c.yaml]\n")
    before = sorted(path.name for path in project.folder.iterdir())
    done = project.dativo("preview", "job.yaml", "--limit", "5", "--json")
    assert done.returncode == 0, done.err
    result = json.loads(done.out)["result"]
    assert [record["id"] for record in result["streams"][0]["records"]] == [0, 1, 2, 3, 4] and not result["whole"]
    assert result["violations"][0]["pointer"] == "/id" and result["violations"][0]["rule"] == "minimum"
    assert sorted(path.name for path in project.folder.iterdir()) == before and project.processes() == []
    text = project.dativo("preview", "job.yaml", "--limit", "2")
    assert text.out.splitlines()[0] == "orders: 2 records" and "broken" in text.out


def test_a_preview_of_less_than_asked_is_whole(project):
    project.job({"rows": 3})
    done = project.dativo("preview", "job.yaml", "--json")
    result = json.loads(done.out)["result"]
    assert len(result["streams"][0]["records"]) == 3 and result["whole"]


def test_a_preview_of_a_tap_that_hangs_shows_what_came(project):
    project.job({"hang_at": 4, "ignore_term": True})
    done = project.dativo("preview", "job.yaml", "--seconds", "1", "--json")
    assert done.returncode == 0 and len(json.loads(done.out)["result"]["streams"][0]["records"]) == 4, done.err
    assert project.processes() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_preview_that_is_interrupted_leaves_nothing(project, number, tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    project.job({"hang_at": 4, "ignore_term": True})
    process = project.start("preview", "job.yaml")
    while not list((tmp_path / "tmp").glob("dativo.*/*")):
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number, err
    assert project.processes() == [] and not list((tmp_path / "tmp").iterdir())


def test_a_preview_of_a_tap_that_fails_says_so(project):
    project.job({"exit_at": 0, "exit": 77, "stderr": "wrong password"})
    done = project.dativo("preview", "job.yaml")
    assert done.returncode != 0 and "wrong password" in done.err and "exited with 77" in done.err


def test_metadata_and_types_reach_the_tap(project):
    """As Meltano has them: into the catalog, in the places where old and new taps look."""
    tap = project.folder / "tap.py"
    tap.write_text(
        "import json, sys\n"
        'S = {"streams": [{"stream": "orders", "tap_stream_id": "orders", "key_properties": ["id"], "metadata": [],\n'
        '     "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "at": {"type": "string"}}}}]}\n'
        'if "--discover" in sys.argv: print(json.dumps(S)); sys.exit()\n'
        '(entry,) = json.load(open(sys.argv[sys.argv.index("--catalog") + 1]))["streams"]\n'
        'json.dump(entry, open("catalog-seen.json", "w"))\n'
        'print(json.dumps({"type": "SCHEMA", "stream": "orders", "schema": entry["schema"], "key_properties": entry["key_properties"]}))\n'
        "# --catalog --state\n"
    )
    help_text = 'if "--help" in sys.argv: print("--config --catalog --discover --state"); sys.exit()\n'
    tap.write_text(tap.read_text().replace("import json, sys\n", "import json, sys\n" + help_text))
    project.job(tap=tap, extra="sandbox: {tap: {write: [.]}}")
    text = (project.folder / "job.yaml").read_text().replace("source:\n", (
        "source:\n  metadata: {orders: {replication-method: INCREMENTAL, replication-key: at, table-key-properties: [at]}, orders.at: {inclusion: automatic}}\n"
        "  schema: {'ord*': {amount: {type: number}}}\n"))
    (project.folder / "job.yaml").write_text(text)
    project.run()
    entry = json.loads((project.folder / "catalog-seen.json").read_text())
    assert entry["replication_method"] == "INCREMENTAL" and entry["replication_key"] == "at" and entry["key_properties"] == ["at"]
    assert entry["schema"]["properties"]["amount"] == {"type": "number"}
    metadata = {tuple(one["breadcrumb"]): one["metadata"] for one in entry["metadata"]}
    assert metadata[()]["replication-method"] == "INCREMENTAL" and metadata["properties", "at"]["inclusion"] == "automatic"
    (project.folder / "job.yaml").write_text(text.replace("metadata: {orders:", "metadata: {ordres:"))
    assert 'no stream is called "ordres"' in project.run().err
