"""Jobs whose taps and targets run confined: by default, narrowed, written out; and what records say."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

import pytest

from conftest import BIN, CACHE, run
from job_project import foreign, project  # noqa: F401  (fixtures)

TAP = """\
import json, os, socket, sys
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
def row(**values):
    print(json.dumps({"type": "RECORD", "stream": "seen", "record": values}))
names = ["what", "seen"]
print(json.dumps({"type": "SCHEMA", "stream": "seen", "key_properties": [],
    "schema": {"type": "object", "properties": {name: {"type": ["string", "null"]} for name in names}}}))
def tried(what, action):
    try:
        row(what=what, seen=str(action()))
    except Exception as error:
        row(what=what, seen=None)
for path in config.get("paths", []):
    tried(path, lambda: open(path).read())
for name in config.get("variables", []):
    tried(name, lambda: os.environ[name])
for place in config.get("places", []):
    host, port = place.rsplit(":", 1)
    with socket.create_connection((host, int(port)), 5) as link:
        row(what=place, seen=link.recv(99).decode())
print(json.dumps({"type": "STATE", "value": {"done": True}}))
"""


@pytest.fixture
def curious(project):
    """A tap that tells what it sees; run, it gives that as a dictionary."""
    (project.folder / "tap.py").write_text(TAP)
    (project.folder / "rows.csv").write_text("1")
    (project.folder / ".env").write_text("PASSWORD=precious")

    def seen(code=0, extra="", env=None, **config):
        project.job(config, tap="tap.py", extra=extra)
        os.environ.update(env or {})
        done = project.run(code=code)
        import duckdb

        files = f"{project.folder}/out/seen/*.parquet"
        rows = duckdb.sql(f"select what, seen from read_parquet('{files}')").fetchall() if code == 0 else []
        return dict(rows), done

    seen.project = project
    return seen


@pytest.fixture
def server():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            with link:
                link.sendall(b"hello")

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@pytest.mark.parametrize("backend", ["auto", "bwrap", "landlock"])
def test_a_tap_sees_its_project_and_no_secrets(curious, backend, tmp_path_factory):
    folder = curious.project.folder
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text("precious")
    (folder / ".dativo/state").mkdir(parents=True, exist_ok=True)
    (folder / ".dativo/state/other").write_text("precious")
    # Names, not values: what a configuration names is granted.
    paths = ["rows.csv", "job.yaml", ".env", ".dativo/state/other", "/etc/shadow", "../outside0/secret"]
    (folder / "paths.json").write_text(json.dumps(paths))
    tap = (folder / "tap.py").read_text()
    (folder / "tap.py").write_text(tap.replace('config.get("paths", [])', 'json.load(open("paths.json"))'))
    seen, _ = curious(extra=f"sandbox: {backend}", env={"A_SECRET": "precious"}, variables=["A_SECRET", "HOME"])
    assert seen.pop("rows.csv") == "1"
    assert seen.pop("HOME") not in (None, os.environ["HOME"])
    assert not any(seen.values()), seen  # hidden ones are absent, or empty
    told = curious.project.record()["sandbox"]["tap"]
    assert told["backend"] == ("landlock" if backend == "landlock" else "bwrap")
    assert "network" in told["enforced"] and "network: none" in told["granted"]
    # An exporter takes the same from the event that ends the run.
    done = curious.project.run("--log-format", "json")
    event = [json.loads(line) for line in done.err.splitlines() if '"event":"run"' in line][-1]
    assert event["sandbox"]["tap"]["backend"] == told["backend"]
    assert event["sandbox"]["tap"]["not_enforced"] == told["not_enforced"]


@pytest.mark.parametrize("backend", ["auto", "landlock"])
def test_where_secrets_are_kept_is_not_seen(curious, backend, tmp_path_factory, monkeypatch):
    """The store beside the job, what opens a vault, and what another home has left."""
    folder = curious.project.folder
    (folder / "kept/tenants/other").mkdir(parents=True)
    (folder / "login").mkdir()
    (folder / ".dativo/state").mkdir(parents=True)
    hidden = ["kept/tenants/other/token", "login/secret_id", ".dativo/state/other"]
    for path in hidden:
        (folder / path).write_text("precious")
        (folder / path).chmod(0o600)
    (folder / "kept").chmod(0o700)
    (folder / "paths.json").write_text(json.dumps([*hidden, "rows.csv", "login/other"]))
    (folder / "login/other").write_text("2")
    tap = (folder / "tap.py").read_text()
    (folder / "tap.py").write_text(tap.replace('config.get("paths", [])', 'json.load(open("paths.json"))'))
    monkeypatch.setenv("DATIVO_HOME", str(tmp_path_factory.mktemp("home")))
    secrets = {"backend": "filesystem", "path": "kept", "named": {"v": {
        "backend": "vault", "address": "http://127.0.0.1:9", "auth": "approle", "role_id_file": "login/secret_id", "secret_id_file": "login/secret_id"}}}
    seen, _ = curious(extra=f"sandbox: {backend}\nsecrets: {json.dumps(secrets)}")
    assert seen.pop("rows.csv") == "1" and seen.pop("login/other") == "2"
    assert not any(seen.values()), seen


def test_none_must_be_written_out_and_is_recorded(curious):
    seen, done = curious(extra="sandbox: none", env={"A_SECRET": "told"}, variables=["A_SECRET"])
    assert seen == {"A_SECRET": "told"}
    told = curious.project.run("--log-format", "json").err
    assert [json.loads(line)["sandbox"] for line in told.splitlines() if '"event":"run"' in line] == [{"tap": "none"}]
    assert curious.project.record()["sandbox"] == {"tap": "none"}
    assert "tap.py runs unconfined: the job says `sandbox: none`" in done.err


def test_what_the_configuration_names_is_reached(curious, server):
    place = f"127.0.0.1:{server}"
    seen, _ = curious(places=[place])
    assert seen == {place: "hello"}
    assert f"network: {place}" in curious.project.record()["sandbox"]["tap"]["granted"]
    log = run("dativo", "runs", "logs", "last", cwd=curious.project.folder).out
    assert "tap.py is confined: bwrap enforces files" in log


def test_a_place_beside_a_password_that_is_a_secret_is_reached(curious, server):
    place = f"127.0.0.1:{server}"
    secret = {"url": f"postgresql://u:${{secret:pg/word}}@{place}/d", "other": "https://${secret:pg/word}/x"}
    seen, _ = curious(places=[place], env={"DATIVO_SECRET___PG__WORD": "precious"}, **secret)
    assert seen == {place: "hello"}
    assert f"network: {place};" in curious.project.record()["sandbox"]["tap"]["granted"] + ";"


def test_a_place_that_is_not_granted_fails_the_run_and_is_named(curious, server):
    extra = "sandbox: {tap: {hosts: ['db.example.com:5432']}}"
    _, done = curious(code=2, extra=extra, places=[f"api.example.com:{server}"])
    assert "api.example.com" in done.err and "db.example.com:5432" in done.err


@pytest.mark.parametrize("backend", ["auto", "landlock"])
def test_where_no_host_is_granted_the_one_that_was_wanted_is_named(curious, backend):
    curious.project.job({"words": ["api.example.com", 443]}, tap="tap.py", extra=f"sandbox: {backend}")
    tap = (curious.project.folder / "tap.py").read_text()
    (curious.project.folder / "tap.py").write_text(tap + "socket.create_connection(tuple(config['words']), 5)\n")
    done = curious.project.run(code=2)
    assert "it wanted to reach api.example.com, which its policy does not grant" in done.err, done.err
    assert "network: none" in curious.project.record()["sandbox"]["tap"]["granted"]


def plugin(project, permissions):
    folder = project.folder / "taps/curious"
    folder.mkdir(parents=True)
    (folder / "tap.py").write_text("#!/usr/bin/python3\n" + TAP)
    os.chmod(folder / "tap.py", 0o755)
    (folder / "plugin.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Plugin\nname: curious\nrole: tap\nexecutable: tap.py\n"
        f"capabilities: [state]\n{permissions}\n"
    )


def as_plugin(project):
    job = project.folder / "job.yaml"
    start, end = job.read_text().split("  command: [", 1)
    job.write_text(start + "  tap: curious\n" + end.split("\n", 1)[1])


def test_a_job_narrows_a_plugin_and_never_widens_it(project, server):
    place = f"127.0.0.1:{server}"
    plugin(project, f"permissions: {{hosts: ['{place}', 'b.test:1'], exact: true}}")
    project.job({"places": [place]}, extra=f"sandbox: {{tap: {{hosts: ['{place}']}}}}")
    as_plugin(project)
    project.run()
    assert f"network: {place}" in project.record()["sandbox"]["tap"]["granted"]
    assert "b.test" not in project.record()["sandbox"]["tap"]["granted"]
    project.job({"places": [place]}, extra="sandbox: {tap: {hosts: ['c.test:1']}}")
    as_plugin(project)
    wider = '"sandbox.tap.hosts" names c.test:1, which the plugin\'s description does not grant'
    assert wider in project.run(code=78).err
    # What a run refuses lint finds, with its place.
    line = next(n for n, text in enumerate((project.folder / "job.yaml").read_text().splitlines(), 1) if "sandbox" in text)
    lint = run("dativo", "lint", "job.yaml", cwd=project.folder)
    assert lint.code == 78 and f"job.yaml:{line}:" in lint.out and wider in lint.out, lint.out


def test_lint_finds_no_fault_with_what_a_run_grants(project):
    plugin(project, "permissions: {hosts: ['b.test:1']}")
    project.job({"paths": []}, extra="sandbox: {tap: {read: [taps/curious]}}")
    as_plugin(project)
    lint = run("dativo", "lint", "job.yaml", cwd=project.folder)
    assert lint.code == 0, lint.out
    project.run()


def test_the_folder_of_a_file_may_be_named_before_it_is_there_and_after(project):
    folder = project.folder / "targets/rows"
    folder.mkdir(parents=True)
    (folder / "target.py").write_text("""\
#!/usr/bin/python3
import json, sys
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
state = None
with open(config["path"], "a") as out:
    for message in map(json.loads, sys.stdin):
        if message["type"] == "RECORD":
            print(json.dumps(message["record"]), file=out)
        elif message["type"] == "STATE":
            state = message["value"]
print(json.dumps(state), flush=True)
""")
    os.chmod(folder / "target.py", 0o755)
    (folder / "plugin.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Plugin\nname: rows\nrole: target\nexecutable: target.py\n"
        "permissions: {write: [path]}\nsettings: {properties: {path: {type: string}}}\n"
    )
    target = "target: rows\nconfig: {path: sunk/rows.jsonl}"
    project.job({"rows": 20}, target=target, extra="sandbox: {target: {write: [sunk]}}")
    for _ in range(2):
        project.run()
    assert (project.folder / "sunk/rows.jsonl").exists()


def test_an_exact_plugin_gets_no_more_than_it_declares(project):
    plugin(project, "permissions: {paths: [first], exact: true}")
    (project.folder / "a").write_text("A")
    (project.folder / "b").write_text("B")
    project.job({"first": "a", "paths": ["a", "b"]})
    as_plugin(project)
    project.run()
    import duckdb

    rows = duckdb.sql(f"select what, seen from read_parquet('{project.folder}/out/seen/*.parquet')").fetchall()
    assert dict(rows) == {"a": "A", "b": None}


def test_a_target_of_somebody_else_writes_in_the_project(project, foreign):
    project.job({"rows": 20}, target=foreign())
    project.run()
    assert len((project.folder / "rows.jsonl").read_text().splitlines()) == 20
    assert set(project.record()["sandbox"]) == {"tap", "target"}


def test_doctor_tells_what_works(project):
    project.job()
    found = json.loads(project.dativo("doctor", "--json").out)["result"]["checks"]
    check = next(c for c in found if c["name"] == "sandbox")
    assert check["status"] == "ok" and check["detail"].startswith("bwrap enforces files")


def test_an_audit_shows_and_proposes_the_least(project, server):
    plugin(project, "version: 1.0.0\npermissions: {hosts: [unused.test], exact: false}")
    path = project.folder / "taps/curious/plugin.yaml"
    path.write_text(path.read_text().replace("executable: tap.py", "executable: ./tap.py"))
    (project.folder / "a").write_text("A")
    config = project.folder / "tap.json"
    config.write_text(json.dumps({"paths": ["a"], "host": "127.0.0.1", "port": server, "places": [f"127.0.0.1:{server}"]}))
    done = run("dativo", "plugins", "audit", "curious", "--config", config, "--json", cwd=project.folder)
    assert done.code == 1, done
    told = json.loads(done.out)["result"]
    assert told["hosts"] == [f"127.0.0.1:{server}"] and told["reads"] == [str(project.folder / "a")]
    assert any(path.endswith("/tap.py") for path in told["programs"])
    assert set(told["undeclared"]) == {f"127.0.0.1:{server}", str(project.folder / "a")}
    assert '"{host}:{port}"' in told["proposal"] and "paths: [paths]" in told["proposal"]
    run("dativo", "plugins", "audit", "curious", "--config", config, "--write", cwd=project.folder)
    text = (project.folder / "taps/curious/plugin.yaml").read_text()
    assert text.count("permissions:") == 1 and "exact: true" in text
    done = run("dativo", "plugins", "audit", "curious", "--config", config, cwd=project.folder)
    assert done.code == 0 and "not declared" not in done.out, done
    # The plugin still works with that, and a version that touches more is told.
    path = project.folder / "taps/curious/plugin.yaml"
    path.write_text(text.replace("version: 1.0.0", "version: 2.0.0"))
    (project.folder / "b").write_text("B")
    config.write_text(json.dumps({"paths": ["a", "b"], "host": "127.0.0.1", "port": server, "places": []}))
    done = run("dativo", "plugins", "audit", "curious", "--config", config, cwd=project.folder)
    assert "since 1.0.0:" in done.out and f"+ reads: {project.folder}/b" in done.out, done
    assert f"- hosts: 127.0.0.1:{server}" in done.out


def test_credentials_of_clouds_are_none_of_an_unconfined_connectors(curious, monkeypatch):
    names = [
        "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AZURE_CLIENT_SECRET", "VAULT_TOKEN", "BAO_TOKEN",
        "GOOGLE_APPLICATION_CREDENTIALS", "DATIVO_SECRET_ACME_KEY", "DATIVO_SECRETS_HOME",
    ]
    for name in names:
        monkeypatch.setenv(name, "precious-words")
    seen, done = curious(extra="sandbox: none", variables=[*names, "HOME"])
    assert seen.pop("HOME") == os.environ["HOME"]
    assert not any(seen.values()), seen
    log = run("dativo", "runs", "logs", "last", cwd=curious.project.folder).out
    told = next(line for line in log.splitlines() if "runs unconfined" in line)
    assert set(names) <= set(told.split("does not get ")[1].split(", which")[0].split(", ")), told
    # A job that names one gives it.
    job = curious.project.folder / "job.yaml"
    text = job.read_text().replace("  command: [", "  env: {AWS_PROFILE: '${AWS_PROFILE}'}\n  command: [", 1)
    job.write_text(text)
    curious.project.run()
    import duckdb

    rows = duckdb.sql(f"select what, seen from read_parquet('{curious.project.folder}/out/seen/*.parquet')").fetchall()
    assert ("AWS_PROFILE", "precious-words") in rows and ("AWS_SECRET_ACCESS_KEY", "precious-words") not in rows


def test_a_confined_tap_that_closes_its_output_and_goes_on_is_ended(project):
    tap = TAP.replace("import json", "import json, time", 1) + "sys.stdout.flush()\nos.close(1)\ntime.sleep(300)\n"
    (project.folder / "tap.py").write_text(tap)
    project.job({"paths": []}, tap="tap.py")
    job = project.folder / "job.yaml"
    job.write_text(job.read_text().replace("attempts: 3", "attempts: 1"))
    began = time.time()
    done = project.run(code=2)
    assert 10 < time.time() - began < 40
    assert "it went on after it had closed its output" in done.err, done.err


SOURCE = """\
import json, os, sys
verb = sys.argv[1]
def say(**message): print(json.dumps(message), flush=True)
if verb == "spec": say(type="SPEC", spec={"connectionSpecification": {"type": "object"}})
if verb == "check": say(type="CONNECTION_STATUS", connectionStatus={"status": "SUCCEEDED"})
schema = {"type": "object", "properties": {"what": {"type": "string"}, "seen": {"type": ["null", "string"]}}}
if verb == "discover":
    say(type="CATALOG", catalog={"streams": [{"name": "seen", "json_schema": schema, "supported_sync_modes": ["full_refresh"]}]})
if verb == "read":
    config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
    for path in config["look"]:
        try: text = open("/" + path).read()
        except OSError: text = None
        say(type="RECORD", record={"stream": "seen", "data": {"what": path, "seen": text}, "emitted_at": 1})
"""


@pytest.mark.parametrize("choice", ["auto", "none"])
def test_a_package_of_airbyte_is_confined_as_programs_are(project, tmp_path_factory, monkeypatch, choice):
    """The package is there already, as after a first run: nothing is fetched."""
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("DATIVO_CACHE", str(cache))
    environment = cache / "airbyte/airbyte-source-look==1"
    (environment / "bin").mkdir(parents=True)
    (environment / ".installed").write_text("")
    program = environment / "bin/source-look"
    program.write_text("#!/usr/bin/python3\n" + SOURCE)
    program.chmod(0o755)
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text("precious")
    (project.folder / "job.yaml").write_text(
        f"apiVersion: dativo/v1\nkind: Job\ntenant: acme\nname: look\nsandbox: {choice}\n"
        f"source: {{airbyte: {{package: airbyte-source-look==1}}, config: {{look: ['{str(outside)[1:]}']}}}}\n"
        "target: {target: parquet, config: {destination: out}}\n"
    )
    project.run()
    import duckdb

    rows = duckdb.sql(f"select what, seen from read_parquet('{project.folder}/out/seen/*.parquet')").fetchall()
    assert rows == [(str(outside)[1:], None if choice == "auto" else "precious")]
    told = project.record()["sandbox"]["tap"]
    assert told == "none" if choice == "none" else told["backend"] == "bwrap"
