"""Forty secrets through every path of the system, failures and crashes at each: not one byte of them is left anywhere."""
import base64
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
import urllib.parse

import pytest

from job_project import project  # noqa: F401  (a fixture)

# A tap that prints all that it was given, in every form and in pieces, to wherever it can.
HOSTILE = r'''
import base64, json, os, sys, time, urllib.parse
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
values = []
def walk(value):
    if isinstance(value, dict): [walk(v) for v in value.values()]
    elif isinstance(value, list): [walk(v) for v in value]
    elif isinstance(value, str): values.append(value)
walk({k: v for k, v in config.items() if k != "plan"})
def forms(value):
    data = value.encode()
    return [value, json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(json.dumps(value)), repr(value),
            urllib.parse.quote(value), urllib.parse.quote(value, safe=""), urllib.parse.quote_plus(value),
            base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode(),
            base64.b64encode(b"user:" + data).decode(), "https://u:" + urllib.parse.quote(value, safe="") + "@h/x"]
def tell(text): sys.stderr.write(text + "\n"); sys.stderr.flush()
plan = config.get("plan", {})
if "--discover" in sys.argv:
    for value in values: tell(value)
    sys.exit(5)
tell("INFO " + json.dumps(config)); tell(repr(config))
for value in values:
    for form in forms(value):
        tell("value: " + form)
    tell(json.dumps({"level": "error", "message": "bad " + value, "extra": {"key": value}}))
    tell("METRIC: " + json.dumps({"type": "counter", "metric": "record_count", "value": 1, "tags": {"endpoint": value}}))
    tell("x" * 4090 + " " + value)
    half = len(value) // 2
    sys.stderr.write("half " + value[:half]); sys.stderr.flush(); time.sleep(0.001); tell(value[half:])
    if plan.get("stdout"): print("DEBUG " + value.replace("\n", " "), flush=True)
print(json.dumps({"type": "SCHEMA", "stream": "orders", "schema": {"properties": {"id": {"type": "integer"}}}, "key_properties": []}))
for n in range(plan.get("rows", 20)):
    print(json.dumps({"type": "RECORD", "stream": "orders", "record": {"id": n}}), flush=True)
    if n % 5 == 4: print(json.dumps({"type": "STATE", "value": {"n": n}}), flush=True)
    time.sleep(plan.get("pause", 0))
if plan.get("broken"):
    print('{"type": "RECORD", "stream": "orders", "record": {"id": "' + values[0], flush=True)
if plan.get("rotate"):
    config["key_0"] = "fresh-" + config["key_0"]
    json.dump(config, open(sys.argv[sys.argv.index("--config") + 1], "w"))
if plan.get("raise"):
    raise RuntimeError("cannot connect with " + " ".join(values))
if plan.get("exit"):
    for value in values: tell("Error: " + value)
    tell(json.dumps({"event": "exit", "code": plan["exit"], "kind": "credentials", "message": "refused " + " ".join(values), "hint": values[1]}))
    sys.exit(plan["exit"])
print(json.dumps({"type": "STATE", "value": {"n": "end"}}))
'''


def made():
    """Forty distinct secrets of all shapes; the same each time."""
    chance = random.Random(7)

    def word(count, signs="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"):
        return "".join(chance.choice(signs) for _ in range(count))

    values = [word(n) for n in (8, 9, 12, 16, 20, 24, 32, 40, 64, 128, 400, 3000)]
    values += [word(12) + sign + word(9) for sign in ('"', "\\", "'", "/", "+", "%", "&", "<>", " ", "\t", "=", "@", "ä", "키", "😀")]
    values += [f"p@ss/w%6Frd?{word(8)}", base64.b64encode(word(30).encode()).decode(), word(40, "0123456789abcdef"),
               word(19, "123456789"), f"eyJhbGciOiJSUzI1NiJ9.{word(40)}.{word(43)}", f"AKIA{word(16).upper()}",
               f"{word(10)}\n{word(14)}\n{word(12)}", f"ya29.{word(50)}", f"xoxb-{word(12)}-{word(24)}"]
    pem = "\n".join(base64.b64encode(word(48).encode()).decode() for _ in range(5))
    values += [f"-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n", word(6), word(7), word(10) + "$" + word(5)]
    return values


SECRETS = made()
ACCOUNT = {"type": "service_account", "private_key": "pk-" + "q8Zr" * 9, "client_email": "no@secret.example"}


def forms(value):
    found = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1],
             json.dumps(json.dumps(value))[3:-3], repr(value)[1:-1]}
    found |= {urllib.parse.quote(value), urllib.parse.quote(value, safe=""), urllib.parse.quote_plus(value)}
    for data in (value.encode(), b"user:" + value.encode()):
        plain = base64.b64encode(data).decode().rstrip("=")
        found |= {plain, plain.translate(str.maketrans("+/", "-_"))}
    found |= {line for line in value.split("\n") if len(line) > 7 and not line.startswith("-----")}
    return found


SOUGHT = re.compile(b"|".join(
    re.escape(text.encode())
    for text in sorted({form for value in [*SECRETS, ACCOUNT["private_key"]] for form in forms(value)}, key=len)
))


def test_there_are_forty():
    assert len(set(SECRETS)) == 40


class Everything:
    """A job that refers to forty secrets, and all the places where one might be left."""

    def __init__(self, project, vault):
        self.project, self.vault, self.body = project, vault, []
        own = vault / "tenants/acme"
        own.mkdir(parents=True)
        (own / "all.json").write_text(json.dumps({f"k{n}": value for n, value in enumerate(SECRETS)}))
        (own / "account.json").write_text(json.dumps(ACCOUNT))
        (own / "hook").write_text(f"http://127.0.0.1:{self.serve()}/{SECRETS[3]}")
        for path in own.iterdir():
            path.chmod(0o600)
        (project.folder / "tap.py").write_text(f"#!{sys.executable}\n{HOSTILE}")
        (project.folder / "tap.py").chmod(0o755)
        plugin = project.folder / "taps/hostile"
        plugin.mkdir(parents=True)
        self.plugin = plugin / "plugin.yaml"
        self.capabilities("state")
        self.temporary = project.folder / "tmp"
        self.temporary.mkdir()

    def capabilities(self, words):
        self.plugin.write_text("apiVersion: dativo/v1\nkind: Plugin\nname: hostile\nrole: tap\n"
                               f"executable: ../../tap.py\ncapabilities: [{words}]\n")

    def serve(self):
        test = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                assert self.path == "/" + SECRETS[3]
                test.body.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port

    def write(self, extra="", destination="out", sandbox="none", **plan):
        config = {f"key_{n}": "${secret:all/k%d}" % n for n in range(20)}
        config["deep"] = {"list": ["${secret:all/k%d}" % n for n in range(20, 40)], "account": "${secret:account}"}
        config["url"] = "db://user:${secret:all/k1}@h:1/${secret:all/k2}?token=${secret:all/k9}"
        config["plan"] = plan
        hooks = '{webhook: "${secret:hook}"}, {command: [sh, -c, "cat $DATIVO_RECORD > hook.txt; env > env.txt"]}'
        text = f"""\
apiVersion: dativo/v1
kind: Job
tenant: acme
name: {destination}
secrets: {{backend: filesystem, path: {self.vault}}}
source: {{tap: hostile, lenient: true, config: {json.dumps(config)}}}
target: {{target: parquet, config: {{destination: {destination}}}}}
sandbox: {sandbox}
retry: {{attempts: 2, initial_seconds: 0.01, max_seconds: 0.02}}
hooks: {{success: [{hooks}], partial: [{hooks}], failure: [{hooks}]}}
{extra}
"""
        (self.project.folder / "job.yaml").write_text(text)

    def dativo(self, *words, **variables):
        held = dict(os.environ)
        os.environ.update(variables, TMPDIR=str(self.temporary))
        try:
            done = self.project.dativo(*words)
        finally:
            os.environ.clear()
            os.environ.update(held)
        self.seek(done.out, done.err)
        return done

    def start(self, *words):
        held = dict(os.environ)
        os.environ["TMPDIR"] = str(self.temporary)
        try:
            return self.project.start(*words)
        finally:
            os.environ.clear()
            os.environ.update(held)

    def seek(self, *texts, live=False):
        """No form of a secret in any file, nor in what was told; while a run lives, nor in any process's words."""
        leaks = []
        for text in [*texts, *self.body]:
            data = text.encode() if isinstance(text, str) else text
            leaks += [("told", found.group()) for found in SOUGHT.finditer(data)]
        places = [self.project.folder] if live else [self.project.folder, pathlib.Path(f"/dev/shm/dativo-{os.geteuid()}")]
        for path in (path for place in places for path in place.rglob("*")):
            if path.is_file():
                leaks += [(str(path), found.group()) for found in SOUGHT.finditer(path.read_bytes())]
        if live:
            for number, line in self.project.processes():
                try:
                    around = pathlib.Path(f"/proc/{number}/environ").read_bytes()
                except OSError:
                    continue
                leaks += [(line, found.group()) for found in SOUGHT.finditer(line + around)]
        assert leaks == []


def test_what_is_sought_is_found():
    """The search itself: each form of each secret within a longer text."""
    for value in SECRETS:
        for form in forms(value):
            assert SOUGHT.search(b"x=" + form.encode() + b"&"), form


@pytest.fixture
def all(project, tmp_path_factory):
    made = Everything(project, tmp_path_factory.mktemp("vault"))
    yield made
    shutil.rmtree(made.vault)


@pytest.mark.parametrize("sandbox", ["none", "auto"])
@pytest.mark.parametrize("options", [[], ["--verbose", "--log-format", "json", "--json"]])
def test_runs_that_end_well(all, options, sandbox):
    all.write(stdout=True, sandbox=sandbox)
    done = all.dativo("run", "job.yaml", *options)
    assert done.returncode == 0, done.err
    assert all.body and (all.project.folder / "hook.txt").exists()
    assert "********" in "".join(path.read_text() for path in (all.project.folder / ".dativo/runs").glob("*.log.jsonl"))
    assert len(json.loads(max((all.project.folder / ".dativo/runs").glob("*[0-9a-f].json")).read_text())["secrets"]) >= 41


@pytest.mark.parametrize("plan", [{"exit": 77}, {"raise": True}, {"broken": True, "exit": 1}])
def test_runs_that_fail(all, plan):
    all.write(**plan)
    done = all.dativo("run", "job.yaml", "--json", "--verbose")
    assert done.returncode == 2, done.err
    assert all.body
    for words in (["runs", "list"], ["runs", "show"], ["runs", "logs"], ["doctor"], ["doctor", "job.yaml"]):
        all.dativo(*words)
        all.dativo(*words, "--json")
    all.dativo("support-bundle", "--output", "bundle.tar.gz")
    bundles = [path for path in all.project.folder.iterdir() if ".tar" in path.name]
    for path in bundles:
        with tarfile.open(path) as bundle:
            all.seek(*[bundle.extractfile(member).read() for member in bundle if member.isfile()])


def test_verbs_that_look(all):
    all.capabilities("state, catalog, discover")
    all.write()
    for number, words in enumerate([
            ["plan", "JOB"], ["lint", "JOB"], ["check", "JOB"], ["discover", "JOB"], ["preview", "JOB"], ["select", "JOB"],
            ["secrets", "list", "JOB"], ["secrets", "check", "JOB"], ["secrets", "explain", "JOB"], ["run", "JOB"],
            ["state", "show", "JOB"]]):
        words = [word.replace("JOB", "job.yaml") for word in words]
        # One as JSON, the next in words, and what has most to tell in both.
        for more in ([[], ["--json"]] if words[0] in ("plan", "run", "check") else [[["--json"], []][number % 2]]):
            all.dativo(*words, *more)


@pytest.mark.parametrize("point", ["log.opened", "file.begun", "file.synced", "commit.staged", "commit.published",
                                   "commit.moving", "commit.visible", "commit.echoed"])
def test_the_target_is_killed_at_each_step(all, point):
    all.write()
    all.dativo("run", "job.yaml", "--verbose", DATIVO_FAILPOINT=f"{point}:kill")
    all.seek()


@pytest.mark.parametrize("who, number", [
    ("supervisor", signal.SIGKILL), ("supervisor", signal.SIGABRT), ("supervisor", signal.SIGQUIT),
    ("supervisor", signal.SIGTERM), ("tap", signal.SIGKILL), ("tap", signal.SIGSEGV), ("validate", signal.SIGKILL),
    ("target", signal.SIGSEGV),
])
def test_processes_are_ended_in_mid_run(all, who, number):
    all.write(rows=150, pause=0.02)
    run = all.start("run", "job.yaml", "--verbose")
    words = {"tap": b"tap.config", "validate": b"validate.config", "target": b"target.config"}
    stage = all.project.wait(lambda: all.project.stage(b"target.config") and all.project.stage(words.get(who, b"tap.config")))
    time.sleep(0.3)
    all.seek(live=True)
    os.kill(run.pid if who == "supervisor" else stage, number)
    out, err = run.communicate(timeout=60)
    all.project.wait(lambda: all.project.processes() == [])
    all.seek(out, err)
    assert not [path for path in all.project.folder.rglob("*") if path.name.startswith("core")]


@pytest.mark.parametrize("sandbox", ["none", "auto"])
def test_a_rotated_secret_is_a_secret(all, sandbox):
    all.write(rotate=True, sandbox=sandbox)
    done = all.dativo("run", "job.yaml", "--verbose", "--json")
    assert done.returncode == 0 and "key_0" in done.err
    assert json.loads((all.vault / "tenants/acme/all.json").read_text())["k0"] == "fresh-" + SECRETS[0]


def test_parts_and_limits(all):
    all.write(extra="partitions: [{name: eu, config: {region: eu}}, {name: us, config: {region: us}}]\nparallelism: 2",
              stdout=True)
    text = (all.project.folder / "job.yaml").read_text()
    (all.project.folder / "job.yaml").write_text(text.replace("destination: out}", "destination: out, shared: true}"))
    done = all.dativo("run", "job.yaml", "--json")
    assert done.returncode == 0, done.err
    all.dativo("run", "job.yaml", "--limit", "3")


def test_the_memory_of_the_supervisor_is_no_ones_business(all):
    """Cores are forbidden for it and for what it starts, and other processes of its user cannot look into it."""
    all.write(rows=500, pause=0.01)
    run = all.start("run", "job.yaml")
    all.project.wait(lambda: all.project.stage(b"target.config"))
    tap = all.project.wait(lambda: all.project.stage(b"tap.config"))
    for number in (run.pid, tap):
        limits = pathlib.Path(f"/proc/{number}/limits").read_text()
        assert re.search(r"Max core file size +0 +0", limits), limits
    if os.geteuid() == 0:
        seen = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", "cat", f"/proc/{run.pid}/environ"],
                              capture_output=True)
        assert seen.returncode != 0
    run.terminate()
    run.communicate(timeout=30)


# A tap whose records, lines, names of fields and STATE hold its own secret, cut short or whole.
REPEATING = r'''
import json, os, sys
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
secret = config["password"]
def say(**message): print(json.dumps(message), flush=True)
def rows(secret):
    for value in (secret, "x" * 60 + secret, secret * 3, [secret], {"a": secret}):
        say(type="RECORD", stream="orders", record={"id": value})
say(type="SCHEMA", stream="orders", schema={"properties": {"id": {"type": "integer"}}}, key_properties=[])
rows(secret)
say(type="RECORD", stream="orders", record={"id": 1, secret: 2})
print("plain words with " + secret, flush=True)
print("y" * 70 + secret, flush=True)
say(type="RECORD", stream=secret, record={"id": 1})
say(type="STATE", value={"bookmarks": {"orders": {"token": secret}}, "seen": [1, secret]})
if config.get("rotate"):
    config["password"] = secret = "fresh-" + secret
    json.dump(config, open(sys.argv[sys.argv.index("--config") + 1], "w"))
    import time; time.sleep(1)
    rows(secret)
    say(type="STATE", value={"bookmarks": {"orders": {"token": secret}}, "seen": [1, secret]})
'''


@pytest.mark.parametrize("mode", ["quarantine", "warn", "strict"])
def test_reasons_do_not_repeat_what_records_hold(project, tmp_path_factory, mode):
    """A record is data and stays it is; what is said of it, and where its STATE has a secret, names no secret."""
    vault = tmp_path_factory.mktemp("vault")
    secret = "Zu7-qq/\"Ä" + "tr0ub4dor" * 8
    (vault / "tenants/acme").mkdir(parents=True)
    (vault / "tenants/acme/db.json").write_text(json.dumps({"password": secret}))
    (vault / "tenants/acme/db.json").chmod(0o600)
    (project.folder / "tap.py").write_text(REPEATING)
    project.job({"password": "${secret:db/password}", "rotate": True}, tap="tap.py", extra=(
        f"secrets: {{backend: filesystem, path: {vault}}}\nvalidation: {{mode: {mode}, report: report.json}}\n"
        "sandbox: none\n"))
    done = project.dativo("run", "job.yaml", "--verbose")
    assert done.returncode == (2 if mode == "strict" else 1), done.err
    begins = [secret[:9], "tr0ub4"]
    shown = [done.out, done.err, (project.folder / "report.json").read_text(), project.dativo("runs", "logs", "last").out,
             project.dativo("runs", "show", "last", "--json").out, project.dativo("quarantine", "list", "--json").out]
    for text in shown:
        assert not [begin for begin in begins if begin in text], text
    report = json.loads((project.folder / "report.json").read_text())
    assert "********" in json.dumps(report)
    if mode == "strict":
        return
    logs = project.dativo("runs", "logs", "last").out
    assert "the STATE of stream orders holds a secret at bookmarks/orders/token: it is stored as the tap sent it" in logs
    assert logs.count("holds a secret at seen/1") == 1
    if mode == "quarantine":
        lines = [json.loads(line) for path in (project.folder / ".dativo/quarantine").rglob("*.jsonl")
                 for line in path.read_text().splitlines()]
        kept = [line for line in lines if line.get("stream") == "orders" and line["type"] == "RECORD"]
        assert kept[0]["record"] == {"id": secret} and kept[-1]["record"]["id"] == {"a": "fresh-" + secret}
        for line in lines:
            if line["type"] == "RECORD":
                assert not [begin for begin in begins if begin in json.dumps(line["violations"], ensure_ascii=False)], line
                if line["stream"] == "_dativo_lines":
                    assert "tr0ub4" not in json.dumps(line["record"])
