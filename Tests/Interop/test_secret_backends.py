"""One suite for every store of secrets, each a real server or as near to one as there is."""
import json
import os
import sys

import pytest

import secret_servers
from job_project import project  # noqa: F401  (a fixture)

# A tap that puts down what it was given, and may change it.
TAP = r'''
import json, os, sys
path = sys.argv[sys.argv.index("--config") + 1]
config = json.load(open(path))
seen = {"config": config, "argv": sys.argv, "environment": dict(os.environ), "path": path,
        "mode": oct(os.stat(path).st_mode & 0o777)}
json.dump(seen, open(os.environ["SEEN"], "w"))
for key in config.get("rotate", []):
    if isinstance(config.get(key), str): config[key] += "-rotated"
if config.get("rotate"):
    json.dump(config, open(path, "w"))
print(json.dumps({"type": "SCHEMA", "stream": "orders", "schema": {"properties": {"id": {"type": "integer"}}}, "key_properties": []}))
print(json.dumps({"type": "RECORD", "stream": "orders", "record": {"id": 1}}))
print(json.dumps({"type": "STATE", "value": {"done": 1}}))
'''
MAKERS = {
    "env": secret_servers.Env, "filesystem": secret_servers.Filesystem, "vault": secret_servers.Vault,
    "vault-kv1": lambda folder: secret_servers.Vault(folder, kv=1), "aws": secret_servers.AWS,
    "gcp": secret_servers.GCP, "gcp-machine": lambda folder: secret_servers.GCP(folder, machine=True),
}


class Job:
    """A job whose configuration refers to secrets of a store."""

    def __init__(self, project, store, tenant="acme"):
        self.project, self.store, self.tenant = project, store, tenant
        (project.folder / "tap.py").write_text(TAP)

    def write(self, config, tenant=None, extra="", settings=None):
        tenant = tenant or self.tenant
        self.project.job(source=config, tap=self.project.folder / "tap.py", extra=(
            # Unconfined, a tap sees all that we do not keep from it by other means.
            f"secrets: {settings or self.store.settings}\nsandbox: none\n{extra}"),
            target=f"target: parquet\nconfig: {{destination: out-{tenant}}}")
        path = self.project.folder / "job.yaml"
        text = path.read_text().replace("tenant: acme", f"tenant: {tenant}")
        path.write_text(text.replace("attempts: 3", "attempts: 1").replace('"rows": 1000, ', ""))

    def dativo(self, *words):
        os.environ["SEEN"] = str(self.project.folder.parent / "seen.json")
        held = dict(os.environ)
        os.environ.update(self.store.environment)
        try:
            return self.project.dativo(*words)
        finally:
            os.environ.clear()
            os.environ.update(held)

    def run(self, code=0):
        done = self.dativo("run", "job.yaml")
        assert done.returncode == code, done.err
        return done

    @property
    def seen(self):
        return json.loads((self.project.folder.parent / "seen.json").read_text())

    def check(self):
        done = self.dativo("secrets", "check", "job.yaml", "--json")
        rows = json.loads(done.out)["result"]["secrets"]
        assert done.returncode == (0 if all(row["resolves"] for row in rows) else 1)
        return {row["setting"].split(".")[-1]: row for row in rows}


@pytest.fixture(params=MAKERS, scope="module")
def store(request, tmp_path_factory):
    made = MAKERS[request.param](tmp_path_factory.mktemp("store"))
    yield made
    made.stop()


@pytest.fixture
def job(project, store):
    store.root = project.folder / "vault"
    # Servers serve all tests of a kind: each has a tenant of its own.
    store.tests = getattr(store, "tests", 0) + 1
    return Job(project, store, f"acme-{store.tests}")


def everything(folder):
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_suite(job):
    """Documents, single values, fallback, isolation, types, references within text; and where values go."""
    store = job.store
    store.put(job.tenant, "pg", {"password": "own-pässword \"1\"", "port": 5432})
    store.put("*", "pg", {"password": "of-all-22222", "user": "user-of-all"})
    store.put("*", "api", {"token": "token-of-all"})
    store.put("beta", "pg", {"password": "of-beta-333333", "secret": "of-beta-444444"})
    job.write({"password": "${secret:pg/password}", "port": "${secret:pg/port}", "user": "${secret:pg/user}",
               "token": "${secret:api/token}", "url": "db://u:${secret:api/token}@h/$${secret:not}",
               "list": [{"deep": "${secret:pg/user}"}]})
    done = job.run()
    seen = job.seen
    port = "5432" if store.name == "vault-kv1" else 5432
    assert seen["config"] == {
        "password": "own-pässword \"1\"", "port": port, "user": "user-of-all", "token": "token-of-all",
        "url": "db://u:token-of-all@h/${secret:not}", "list": [{"deep": "user-of-all"}]}
    assert seen["mode"] == "0o600" and not os.path.exists(seen["path"])
    around = json.dumps([seen["argv"], seen["environment"]])
    values = ["own-pässword", "user-of-all", "token-of-all", "of-beta", "of-all-22222"]
    # AWS's keys stay: a tap or a target of S3 finds its own credentials there.
    login = [text for name, text in store.environment.items() if name.startswith(("VAULT_", "DATIVO_"))]
    for value in values + login:
        assert value not in around
    # No value in anything that the run leaves.
    left = everything(job.project.folder / ".dativo") + done.err.encode() + done.out.encode()
    for value in values:
        assert value.encode() not in left
    record = job.project.record()
    assert {(row["secret"], row["scope"], row["plugin"]) for row in record["secrets"]} == {
        ("${secret:pg/password}", "tenant", "tap.py"), ("${secret:pg/port}", "tenant", "tap.py"),
        ("${secret:pg/user}", "global", "tap.py"), ("${secret:api/token}", "global", "tap.py")}
    log = job.project.folder / ".dativo/secrets/access.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert oct(log.stat().st_mode & 0o777) == "0o600"
    assert {(line["secret"], line["outcome"]) for line in lines} >= {("${secret:pg/password}", "read")}
    assert all(line["run"] == record["run"] and line["who"] and line["time"] for line in lines)

    # Another tenant has its own, and never that of this one.
    job.write({"password": "${secret:pg/password}", "user": "${secret:pg/user}"}, tenant="beta")
    job.run()
    assert job.seen["config"] == {"password": "of-beta-333333", "user": "user-of-all"}
    job.write({"a": "${secret:pg/secret}", "b": "${secret:beta/pg/secret}", "c": "${secret:tenants/beta/pg/secret}",
               "d": "${secret:global/api/token}"})
    rows = job.check()
    assert [rows[name]["problem"] for name in "abcd"] == ["missing"] * 4
    assert "of-beta" not in json.dumps(rows)


def test_what_is_missing_names_path_and_backend(job):
    job.store.put(job.tenant, "db", {"password": "own-password-1"})
    job.write({"user": "${secret:db/user}", "other": "${secret:nothing/here}"})
    done = job.run(code=78)
    assert "${secret:db/user}" in done.err and job.store.name in done.err and "own-password-1" not in done.err
    rows = job.check()
    assert "nothing" in rows["other"]["message"].lower()
    explained = job.dativo("secrets", "explain", "job.yaml").out
    assert "(tenant)" in explained and "(global)" in explained
    listed = job.dativo("secrets", "list", "job.yaml")
    assert listed.returncode == 0 and "source.config.user" in listed.out and "job.yaml:" in listed.out


def test_versions(job):
    job.store.put(job.tenant, "db", {"password": "first-password"})
    job.store.put(job.tenant, "db", {"password": "second-password"})
    old = {"aws": "AWSPREVIOUS"}.get(job.store.name, "1")
    job.write({"new": "${secret:db/password}", "old": "${secret:db/password?version=%s}" % old})
    if not job.store.versions:
        row = job.check()["old"]
        assert row["problem"] == "unusable" and "version" in row["message"]
        return
    job.run()
    assert job.seen["config"] == {"new": "second-password", "old": "first-password"}
    job.write({"none": "${secret:db/password?version=%s}" % ("STAGE" if job.store.name == "aws" else "9")})
    assert job.check()["none"]["problem"] == "missing"


def test_a_tap_that_changes_its_configuration(job):
    """The rotated token is kept: by the store where that can be, else in the tenant's file."""
    store = job.store
    store.put(job.tenant, "rest", {"refresh": "refresh-token-0", "client": "client-11111"})
    config = {"refresh_token": "${secret:rest/refresh}", "client": "${secret:rest/client}", "api_key": "literal-key-0",
              "plain": "x", "rotate": ["refresh_token", "api_key", "plain"]}
    job.write(config)
    done = job.run()
    assert "refresh_token" in done.err and "-rotated" not in done.err
    if store.writes:
        assert store.get(job.tenant, "rest") == {"refresh": "refresh-token-0-rotated", "client": "client-11111"}
    kept = job.project.folder / f".dativo/secrets/kept/{job.tenant}/orders.tap.json"
    assert oct(kept.stat().st_mode & 0o777) == "0o600"
    assert set(json.loads(kept.read_text())) == ({"/api_key"} if store.writes else {"/api_key", "/refresh_token"})
    job.run()
    seen = job.seen["config"]
    assert seen["refresh_token"] == "refresh-token-0-rotated" and seen["client"] == "client-11111"
    assert seen["api_key"] == "literal-key-0-rotated" and seen["plain"] == "x"
    # A new value by hand makes what was kept void.
    job.write({**config, "api_key": "literal-key-9", "rotate": []})
    store.put(job.tenant, "rest", {"refresh": "by-hand-7777", "client": "client-11111"})
    job.run()
    assert job.seen["config"]["api_key"] == "literal-key-9"
    assert job.seen["config"]["refresh_token"] == "by-hand-7777"


def test_an_outage(job):
    if not job.store.served:
        pytest.skip("no server")
    if "METADATA" in str(job.store.environment):
        pytest.skip("the other login's outage is the same")
    job.store.put(job.tenant, "db", {"password": "own-password-1"})
    job.write({"password": "${secret:db/password}"})
    job.store.kill()
    done = job.run(code=69)
    assert "${secret:db/password}" in done.err and "5 times" in done.err
