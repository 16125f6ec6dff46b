"""More of Airbyte from PyPI, for scripts/soak: a source of the old wire style, a manifest, a destination."""
import collections
import http.server
import json
import subprocess
import threading
import time
import urllib.parse

import duckdb
import fastavro
import pytest

from conftest import CACHE, ROOT
from job_project import project  # noqa: F401 (fixture)

FILE = [str(CACHE / "airbyte-source-file/bin/source-file")]
# Airbyte's kit runs a manifest.
PYTHON = str(CACHE / "airbyte-cdk/bin/python")
MANIFEST = """import sys
from airbyte_cdk.cli.source_declarative_manifest import run
sys.argv += ["--manifest-path", "{folder}/manifest.yaml"]
run()
"""
JOB = """
apiVersion: dativo/v1
kind: Job
tenant: acme
name: soaked
source:
  airbyte: {{executable: {program}}}
  config: {config}
  env: {{DATIVO_TEST_MARK: "${{DATIVO_TEST_MARK}}"}}  # confined, it has no other variables
contracts: [soaked.odcs.yaml]
target: {{target: parquet, config: {{destination: out, {method}, checkpoint_interval: {{rows: 200}}}}}}
retry: {{attempts: 1}}
"""


@pytest.fixture
def soaked(project):
    def write(program, method, **config):
        text = JOB.format(program=json.dumps(program), method=method, config=json.dumps(config))
        (project.folder / "job.yaml").write_text(text)
        return project

    return write


def values(project, query):
    files = f"read_parquet('{project.folder}/out/*/*.parquet', union_by_name=true)"
    return duckdb.sql(query.format(files=files)).fetchall()


def kill(project, word, pattern=None):
    """Kills the source of a run, as soon as there are such files, or three seconds after its start."""
    running = project.start("run", "job.yaml")
    source = project.wait(lambda: project.stage(word), seconds=120)
    if pattern:
        project.wait(lambda: list(project.folder.glob(pattern)), seconds=120)
    else:
        time.sleep(3)
    subprocess.run(["kill", "-9", str(source)], check=True)
    running.communicate(timeout=60)
    assert running.returncode == 2


def test_source_file_with_a_kill(soaked):
    path = soaked(FILE, "load_method: overwrite").folder / "data.csv"
    rows = [(n, f"name {n}", n / 4, "" if n % 7 == 0 else n * 3) for n in range(1, 100_001)]
    path.write_text("id,name,price,maybe\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in rows))
    config = {"dataset_name": "things", "format": "csv", "url": str(path), "provider": {"storage": "local"}}
    project = soaked(FILE, "load_method: overwrite", **config)
    found = project.dativo("discover", "job.yaml", "--write", "catalog.json")
    assert found.returncode == 0, found.err
    kill(project, b"source-file\0read")
    assert not list(project.folder.glob("out/things/*.parquet"))
    for _ in range(2):
        project.run()
        found = values(project, "select id, name, price, maybe from {files} order by id")
        assert found == [(a, b, c, None if d == "" else d) for a, b, c, d in rows]


class Items(http.server.BaseHTTPRequestHandler):
    """Twenty days of items, a page at a time, by the time at which they changed."""

    items, pause = [], 0.0

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        time.sleep(Items.pause)
        found = [i for i in Items.items if query["since"] <= i["updated_at"] <= query["until"]]
        offset, limit = int(query.get("offset", 0)), int(query["limit"])
        body = json.dumps({"data": found[offset : offset + limit]}).encode()
        status = 200 if self.headers.get("X-Api-Key") == "hunter22" else 403
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def item(number, day, second):
    at = f"2026-01-{day:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
    return {"id": number, "name": f"Ä {number}", "big": 9007199254740993 + number, "updated_at": at}


def manifest(port):
    requester = {
        "type": "HttpRequester", "url_base": f"http://127.0.0.1:{port}/", "path": "items", "http_method": "GET",
        "authenticator": {
            "type": "ApiKeyAuthenticator", "api_token": "{{ config['key'] }}",
            "inject_into": {"type": "RequestOption", "field_name": "X-Api-Key", "inject_into": "header"},
        },
    }  # fmt: skip

    def parameter(name):
        return {"type": "RequestOption", "field_name": name, "inject_into": "request_parameter"}

    cursor = {
        "type": "DatetimeBasedCursor", "cursor_field": "updated_at", "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
        "start_datetime": "2026-01-01T00:00:00Z", "end_datetime": "2026-01-31T00:00:00Z",
        "step": "P1D", "cursor_granularity": "PT1S",
        "start_time_option": parameter("since"), "end_time_option": parameter("until"),
    }  # fmt: skip
    paginator = {
        "type": "DefaultPaginator", "page_size_option": parameter("limit"), "page_token_option": parameter("offset"),
        "pagination_strategy": {"type": "OffsetIncrement", "page_size": 40},
    }  # fmt: skip
    selector = {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["data"]}}
    properties = {"id": {"type": "integer"}, "name": {"type": "string"}, "big": {"type": "integer"}}
    properties["updated_at"] = {"type": "string", "format": "date-time"}
    schema = {"type": "object", "properties": properties}
    retriever = {"type": "SimpleRetriever", "requester": requester, "record_selector": selector, "paginator": paginator}
    stream = {
        "type": "DeclarativeStream", "name": "items", "primary_key": ["id"], "retriever": retriever,
        "incremental_sync": cursor, "schema_loader": {"type": "InlineSchemaLoader", "schema": schema},
    }  # fmt: skip
    key = {"key": {"type": "string", "airbyte_secret": True}}
    spec = {"type": "Spec", "connection_specification": {"type": "object", "required": ["key"], "properties": key}}
    check = {"type": "CheckStream", "stream_names": ["items"]}
    return {"version": "6.0.0", "type": "DeclarativeSource", "check": check, "streams": [stream], "spec": spec}


def test_a_manifest_full_then_incremental_with_a_kill(soaked):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Items)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        Items.items = [item(day * 1_000 + n, day, n * 600) for day in range(1, 21) for n in range(100)]
        project = soaked([PYTHON, "./source.py"], "dedupe: key", key="hunter22")
        with open(project.folder / "job.yaml", "a") as job:
            job.write(f"sandbox: {{tap: {{hosts: ['127.0.0.1:{server.server_port}']}}}}\n")
        (project.folder / "manifest.yaml").write_text(json.dumps(manifest(server.server_port)))
        (project.folder / "source.py").write_text(MANIFEST.format(folder=project.folder))
        found = project.dativo("discover", "job.yaml", "--write", "catalog.json")
        assert found.returncode == 0, found.err
        Items.pause = 0.15
        kill(project, b"source.py\0read", "out/items/*.parquet")
        Items.pause = 0.0
        part = [row[0] for row in values(project, "select id from {files} order by id")]
        assert 0 < len(part) < len(Items.items) and len(set(part)) == len(part)
        project.run()
        query = "select id, name, big from {files} order by id"
        assert values(project, query) == [(i["id"], i["name"], i["big"]) for i in Items.items]
        # Later items alone come the second time.
        asked = len(Items.items)
        Items.items += [item(50_000 + n, 25, n * 600) for n in range(100)]
        project.run()
        assert values(project, query) == [(i["id"], i["name"], i["big"]) for i in Items.items]
        assert sum(s["read"] for s in project.record()["streams"].values()) < asked
    finally:
        server.shutdown()


# The destination turns a text into numbers by a program that the user names: here without a model.
EMBED = """import json, sys
json.dump([[len(text) / 100, 0.5] for text in json.load(sys.stdin)], sys.stdout)
"""
DESTINATION = str(CACHE / "airbyte-destination-ailake/bin/airbyte-destination-ailake")
LAKE = """
apiVersion: dativo/v1
kind: Job
tenant: acme
name: lake
source:
  airbyte: {{executable: [{source}]}}
  config: {{n: 60000}}
target:
  airbyte: {{executable: [{destination}]}}
  config:
    {{table_base_path: {folder}/out, embed_mode: cmd, embed_cmd: python3 {folder}/embed.py,
      embedding_dim: 2, text_field: s, batch_size: 1000}}
  env: {{DATIVO_TEST_MARK: "${{DATIVO_TEST_MARK}}"}}
retry: {{attempts: 1}}
sandbox: {{target: {{write: [.]}}}}
"""


def lake(folder):
    """The ids and texts that the table's last snapshot has: Iceberg, read without the destination."""
    metadata = folder / "out/nums/default/table/metadata"
    if not (metadata / "version-hint.text").exists():
        return []
    version = (metadata / "version-hint.text").read_text()
    table = json.loads((metadata / f"v{version}.metadata.json").read_text())
    snapshots = {s["snapshot-id"]: s["manifest-list"] for s in table.get("snapshots", [])}
    if table.get("current-snapshot-id") not in snapshots:
        return []

    def entries(address):
        with open(address.removeprefix("file://"), "rb") as file:
            return list(fastavro.reader(file))

    manifests = entries(snapshots[table["current-snapshot-id"]])
    files = [e["data_file"]["file_path"].removeprefix("file://") for m in manifests for e in entries(m["manifest_path"])]
    return duckdb.execute("select id, text from read_parquet($1)", [files]).fetchall() if files else []


def state(project):
    shown = json.loads(project.dativo("state", "show", "job.yaml", "--json").out)["result"]["state"]
    return shown["bookmarks"]["nums"]["stream"]["stream_state"]["id"] if shown else 0


def test_a_destination_of_pypi_with_kills(project):
    """Killed twice, it has all that the state covers, and after the last run every row."""
    folder = project.folder
    (folder / "embed.py").write_text(EMBED)
    source = ROOT / "taps/airbyte/fixtures/toy_source.py"
    (folder / "job.yaml").write_text(LAKE.format(source=source, destination=DESTINATION, folder=folder))
    assert project.dativo("check", "job.yaml").returncode == 0
    reached = 0
    for wanted in (5, 20):
        running = project.start("run", "job.yaml")
        written = project.wait(lambda: project.stage(b"airbyte-destination-ailake\0write"), seconds=120)
        project.wait(lambda: len(list(folder.glob("out/nums/**/snap-*.avro"))) >= wanted, seconds=300)
        subprocess.run(["kill", "-9", str(written)], check=True)
        running.communicate(timeout=60)
        assert running.returncode == 2
        kept = {id for id, _ in lake(folder)}
        # Rows after the state may be there: they come again.
        assert kept >= set(range(1, state(project) + 1)) and state(project) > reached
        reached = state(project)
    assert reached < 60_000
    project.run()
    assert state(project) == 60_000
    counts = collections.Counter(lake(folder))
    assert set(counts) == {(n, f"row {n}") for n in range(1, 60_001)}
    # At least once: what a kill repeats lies between the state that was known and what had been written.
    assert sum(counts.values()) <= 60_000 + 2 * 3_000, sum(counts.values())
