"""No secret of a job in anything that the supervisor writes: canaries in every form, sought everywhere."""
import base64
import http.server
import json
import sys
import threading
import urllib.parse

import pytest

from job_project import foreign, project  # noqa: F401  (fixtures)

LONG = 'Canary"7/ä +kéy\\end'
PEM = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(
    base64.b64encode(bytes([65 + n]) * 48).decode() for n in range(4)
) + "\n-----END PRIVATE KEY-----\n"
MARKED, FROM_ENV, IN_URL, SHORT = "marked-by-yaml-42", "Variable-Canary-9", "urlpass-31", "q7z"

# Prints all that it was given, in every form, and puts it into a STATE and an error.
LOUD = r'''
import base64, json, sys, urllib.parse
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
if "--discover" in sys.argv:
    sys.stderr.write(json.dumps(config) + "\n")
    sys.exit(config.get("discover_exit", 1))
def tell(text): sys.stderr.write(text + "\n"); sys.stderr.flush()
tell("INFO " + json.dumps(config))
tell(json.dumps({"level": "error", "message": "config is " + json.dumps(config)}))
tell(json.dumps(config, ensure_ascii=False))
tell(json.dumps(json.dumps(config)))
tell(repr(config))
for value in config.values():
    if isinstance(value, str):
        tell(f"value={value}"); tell(f"DEBUG ({value})")
        tell("x" * 4090 + " " + value)
        tell(urllib.parse.quote(value)); tell(urllib.parse.quote_plus(value)); tell(urllib.parse.quote(value, safe=""))
        tell(base64.b64encode(value.encode()).decode()); tell(base64.urlsafe_b64encode(value.encode()).decode())
        tell("Basic " + base64.b64encode(("ada:" + value).encode()).decode())
        tell("METRIC: " + json.dumps({"type": "counter", "metric": "record_count", "value": 1, "tags": {"endpoint": value}}))
print(json.dumps({"type": "SCHEMA", "stream": "orders", "schema": {"properties": {"id": {"type": "integer"}}}, "key_properties": []}))
print(json.dumps({"type": "RECORD", "stream": "orders", "record": {"id": 1}}))
print(json.dumps({"type": "STATE", "value": {"token": config["password"]}}), flush=True)
tell("Traceback: " + config["password"])
sys.exit(config.get("exit", 0))
'''


def canaries(*more):
    found = set()
    for value in [LONG, MARKED, FROM_ENV, IN_URL, *PEM.splitlines()[1:-1], *more]:
        for text in {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1],
                     json.dumps(json.dumps(value))[3:-3], repr(value)[1:-1]}:
            found.add(text)
        for safe in ("", "/"):
            found.add(urllib.parse.quote(value, safe=safe))
        found.add(urllib.parse.quote_plus(value))
        for data in (value.encode(), b"ada:" + value.encode()):
            encoded = base64.b64encode(data).decode().rstrip("=")
            found |= {encoded, encoded.translate(str.maketrans("+/", "-_"))}
    return {text for text in found if text}


def everything(folder, skip):
    for path in sorted(folder.rglob("*")):
        # STATE is the tap's own, kept byte for byte in the store and in commits.
        if path.is_file() and path.name not in skip and not {"state", "_dativo"} & set(path.parts):
            yield path.relative_to(folder), path.read_bytes().decode("utf-8", "replace")


def seek(texts, *more):
    leaks = [(place, text) for place, content in texts for text in canaries(*more) if text in content]
    assert leaks == []


@pytest.fixture
def loud(project, monkeypatch):
    program = project.folder / "loud.py"
    program.write_text(f"#!{sys.executable}\n{LOUD}")
    program.chmod(0o755)
    plugin = project.folder / "taps/loud"
    plugin.mkdir(parents=True)
    (plugin / "plugin.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Plugin\nname: loud\nrole: tap\nexecutable: ../../loud.py\n"
        "capabilities: [state]\nsettings: {properties: {handle: {type: string, secret: true}}}\n"
    )

    def job(extra="", **config):
        config = {"user": "ada", "password": LONG, "handle": MARKED, "private_key": PEM, "pin_secret": SHORT,
                  "where": "${CANARY_VALUE}", "url": f"http://u:{IN_URL}@127.0.0.1:1/x", **config}
        project.job(extra=extra)
        text = (project.folder / "job.yaml").read_text()
        lines = [line for line in text.splitlines() if not line.startswith("  command:")]
        at = next(n for n, line in enumerate(lines) if line.startswith("  config:"))
        lines[at] = f"  tap: loud\n  config: {json.dumps(config)}"
        (project.folder / "job.yaml").write_text("\n".join(lines) + "\n")

    project.make = job
    monkeypatch.setenv("CANARY_VALUE", FROM_ENV)
    return project


def posted(body):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body.append(self.rfile.read(int(self.headers["content-length"])).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize("options", [[], ["--verbose"], ["--log-format", "json", "--verbose"], ["--quiet"]])
@pytest.mark.parametrize("exit", [0, 3])
def test_no_form_of_a_secret_is_written(loud, options, exit):
    body = []
    server = posted(body)
    hook = f'{{webhook: "http://127.0.0.1:{server.server_port}/"}}'
    command = '{command: [sh, -c, "cat $DATIVO_RECORD > hook.txt"]}'
    loud.make(exit=exit, extra=f"hooks: {{success: [{hook}, {command}], failure: [{hook}, {command}]}}")
    done = loud.dativo("run", "job.yaml", "--json", *options)
    server.shutdown()
    assert done.returncode == (2 if exit else 0), done.err
    assert body and (loud.folder / "hook.txt").read_text()
    if "--verbose" in options:
        assert "********" in done.err
    texts = [("stdout", done.out), ("stderr", done.err), ("webhook", body[0])]
    texts += everything(loud.folder, {"job.yaml", "loud.py"})
    seek(texts)
    log = next((loud.folder / ".dativo/runs").glob("*.log.jsonl")).read_text()
    said = [json.loads(line)["line"] for line in log.splitlines()]
    assert "value=********" in said and "DEBUG (********)" in said
    assert not any(f"value={SHORT}" == line or f"({SHORT})" in line for line in said)
    assert all(len(line.encode()) <= 4096 + 100 for line in said)


def test_plans_checks_and_errors_have_none_either(loud):
    loud.make(discover_exit=5)
    plugin = loud.folder / "taps/loud/plugin.yaml"
    plugin.write_text(plugin.read_text().replace("[state]", "[state, catalog, discover]"))
    for command in (["plan"], ["plan", "--json"], ["check"], ["check", "--json"], ["run"], ["run", "--json"],
                    ["run", "--dry-run"], ["lint"], ["discover"], ["preview"]):
        done = loud.dativo(command[0], "job.yaml", *command[1:])
        seek([("stdout", done.out), ("stderr", done.err)])
    assert "********" in loud.dativo("check", "job.yaml").out


def test_a_common_word_does_not_spoil_every_line(loud):
    loud.make(password="true", handle="ab", pin_secret="tap")
    done = loud.dativo("run", "job.yaml", "--verbose")
    assert done.returncode == 0, done.err
    assert "tap | " in done.err and "value=true" in done.err and "value=ab" in done.err
    assert "value=********" in done.err and "value=tap" not in done.err


def test_a_flood_is_not_slowed(project):
    project.job(source={"rows": 10, "flood": 2_000_000, "password": LONG})
    done = project.run()
    assert "lines not shown" in done.err
    assert project.record()["seconds"] < 60
