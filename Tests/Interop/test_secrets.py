"""Secrets of jobs: what lint says, who may say where they are, logins that end, permissions, faults of servers."""
import base64
import http.server
import json
import os
import subprocess
import threading
import time

import pytest

import secret_servers
from conftest import CACHE, run
from job_project import project  # noqa: F401  (a fixture)
from test_secret_backends import Job


@pytest.fixture
def files(project):
    store = secret_servers.Filesystem(project.folder)
    return Job(project, store)


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    server = secret_servers.Vault(tmp_path_factory.mktemp("vault"))
    server.put("acme", "pg", {"password": "vault-password-1"})
    yield server
    server.stop()


@pytest.fixture
def gcp(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    server = secret_servers.GCP(folder)
    server.put("acme", "pg", {"password": "gcp-password-1"})
    yield server
    server.stop()


@pytest.mark.parametrize("reference", [
    "../beta/pg", "/etc/passwd", "a//b", "%2e%2e/beta", "a\\\\b", "", "a/..", "pg/x?version=", "pg/x?stage=1", "no:pg/x"])
def test_lint_knows_what_is_no_reference(files, reference):
    files.write({"good": "${secret:pg/password}", "bad": "${secret:%s}" % reference})
    done = files.dativo("lint", "job.yaml")
    assert done.returncode == 78 and "job.yaml:7:" in done.err + done.out
    assert files.dativo("run", "job.yaml").returncode == 78


def test_a_secret_stands_nowhere_else(files):
    files.write({})
    path = files.project.folder / "job.yaml"
    text = path.read_text()
    for old, new in [("source:\n", "source:\n  env: {TOKEN: '${secret:a/b}'}\n"),
                     ("retry:", "hooks: {failure: [{command: [./x, '${secret:a/b}']}]}\nretry:"),
                     ("  command: [", "  command: [env, 'A=${secret:a/b}', "),
                     ("destination: out-acme", "destination: '${secret:a/b}'")]:
        path.write_text(text.replace(old, new))
        done = files.dativo("lint", "job.yaml")
        assert done.returncode == 78 and "secret" in done.out + done.err, new


def test_lint_warns_of_literal_secrets_and_refuses_webhooks_with_passwords(files):
    plugin = files.project.folder / "taps/x"
    plugin.mkdir(parents=True)
    (plugin / "plugin.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Plugin\nname: x\nrole: tap\nexecutable: ../../tap.py\n"
        "settings: {properties: {handle: {type: string, secret: true}, inner: {type: object, properties: "
        "{deep: {type: string, secret: true}}}}}\n")
    (files.project.folder / "tap.py").chmod(0o755)
    files.write({"handle": "liter4l-value", "inner": {"deep": "liter4l-deep"}})
    path = files.project.folder / "job.yaml"
    lines = [line for line in path.read_text().splitlines() if "command:" not in line]
    path.write_text("\n".join(lines).replace("source:\n", "source:\n  tap: x\n"))
    done = files.dativo("lint", "job.yaml")
    told = done.out + done.err
    assert done.returncode == 0 and told.count("is a secret, and stands here") == 2 and "job.yaml:7:" in told
    assert "liter4l" not in told
    path.write_text(path.read_text().replace("liter4l-value", "${secret:a/b}").replace("liter4l-deep", "${NAME}")
                    + "hooks: {failure: [{webhook: 'https://user:hook-pass-1@h/x'}]}\n")
    done = files.dativo("lint", "job.yaml")
    told = done.out + done.err
    assert done.returncode == 78 and "stands here" not in told and "webhook" in told and "hook-pass-1" not in told


def test_the_operators_file_goes_before_the_jobs(files):
    files.store.put("acme", "pg", {"password": "operators-password"})
    home = files.project.folder / ".dativo"
    home.mkdir()
    (home / "secrets.yaml").write_text(
        "apiVersion: dativo/v1\nkind: Secrets\nbackend: filesystem\npath: ../vault\n"
        "named: {other: {backend: env}}\n")
    files.write({"a": "${secret:pg/password}", "b": "${secret:other:pg/password}"})
    refused = files.dativo("lint", "job.yaml")
    assert refused.returncode == 78 and "secrets.yaml" in refused.out + refused.err
    path = files.project.folder / "job.yaml"
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith("secrets:")) + "\n")
    files.store.environment = {"DATIVO_SECRET_ACME__PG__PASSWORD": "from-a-variable"}
    files.run()
    assert files.seen["config"] == {"a": "operators-password", "b": "from-a-variable"}


SECRETS_FILE = """\
apiVersion: dativo/v1
kind: Secrets
backend: vault
adress: http://127.0.0.1:1
named:
  files: {backend: filesystm}
  mine: {backend: vault, auth: aprole, kv: 3}
"""


def test_lint_checks_files_of_secrets_by_line_and_column(project, tmp_path):
    file = tmp_path / "secrets.yaml"
    file.write_text(SECRETS_FILE)
    done = run("dativo", "lint", "secrets.yaml", cwd=tmp_path)
    assert done.code == 78, done
    for told in (
        'secrets.yaml:4:1: error: unknown key "adress"',
        'secrets.yaml:6:20: error: ',
        'secrets.yaml:7:32: error: "secrets.named.mine.auth" must be one of token, approle, kubernetes, not "aprole"',
        'secrets.yaml:7:44: error: "secrets.named.mine.kv" must be 1 or 2',
    ):
        assert told in done.out + done.err, (told, done)
    assert 'Did you mean "filesystem"?' in done.out + done.err
    file.write_text("apiVersion: dativo/v2\nkind: Secrets\nbackend: env\n")
    assert "secrets.yaml:1:1: error: the file must say `apiVersion: dativo/v1`" in str(run("dativo", "lint", ".", cwd=tmp_path))
    # A job that is kept to the file tells of it as well: each once.
    file.write_text("apiVersion: dativo/v1\nkind: Secrets\nbackend: vault\nkv: 3\n")
    project.job()
    done = run("dativo", "lint", project.folder / "job.yaml", file, env={"DATIVO_SECRETS": str(file)})
    assert str(done.out + done.err).count("must be 1 or 2") == 1, done
    file.write_text("apiVersion: dativo/v1\nkind: Secrets\nbackend: vault\naddress: ${NOT_SET_HERE}\n")
    done = run("dativo", "lint", file)
    assert done.code == 0 and "NOT_SET_HERE" in done.out + done.err, done


def test_files_that_others_can_read_are_refused(files):
    files.store.put("acme", "pg", {"password": "own-password"})
    files.write({"a": "${secret:pg/password}"})
    file = files.store.root / "tenants/acme/pg.json"
    file.chmod(0o640)
    done = files.run(code=77)
    assert "chmod 600" in done.err and "own-password" not in done.err
    file.chmod(0o600)
    files.run()
    # A link of a tenant's own to what is another's.
    files.store.put("beta", "pg", {"password": "of-beta-1"})
    (files.store.root / "tenants/acme/link.json").symlink_to(files.store.root / "tenants/beta/pg.json")
    files.write({"a": "${secret:link/password}"})
    assert "leads out" in files.run(code=77).err
    files.store.place("acme", "many").with_suffix(".env").write_text("export A='one two'\nB=\"x\\ny\"\n")
    files.store.place("acme", "many").with_suffix(".env").chmod(0o600)
    files.write({"a": "${secret:many/A}", "b": "${secret:many/B}"})
    files.run()
    assert files.seen["config"] == {"a": "one two", "b": "x\ny"}


def pem(what):
    """A fresh private key, or a certificate made with one."""
    return subprocess.run([CACHE / "moto/bin/python", "-c", f"""
import datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")]), datetime.datetime.now(datetime.UTC)
made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(1)).sign(key, hashes.SHA256())
private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
print((private if {what!r} == "key" else made.public_bytes(serialization.Encoding.PEM)).decode(), end="")
"""], capture_output=True, text=True, check=True).stdout


# MARK: Vault's logins

def settings(vault, more):
    return vault.settings[:-1] + f", {more}}}"


def test_an_approle_logs_in_and_again_when_its_token_has_ended(project, vault, tmp_path):
    vault.policy(["secret/data/dativo/tenants/acme/*", "secret/data/dativo/global/*"])
    vault.api("sys/auth/approle", {"type": "approle"})
    vault.api("auth/approle/role/r", {"token_policies": "reader", "token_ttl": "2s", "token_max_ttl": "3s"})
    (tmp_path / "role").write_text(vault.api("auth/approle/role/r/role-id")["data"]["role_id"] + "\n")
    (tmp_path / "id").write_text(vault.api("auth/approle/role/r/secret-id", {})["data"]["secret_id"] + "\n")
    job = Job(project, vault)
    job.store.environment, held = {}, vault.environment
    try:
        job.write({"a": "${secret:pg/password}", "rotate": ["a"]}, settings=settings(
            vault, f"auth: approle, role_id_file: {tmp_path}/role, secret_id_file: {tmp_path}/id"))
        # The tap outlives the token: what it gives back is written after a new login.
        tap = project.folder / "tap.py"
        tap.write_text(tap.read_text().replace("for key in config.get", "import time; time.sleep(3.5)\nfor key in config.get"))
        done = job.run()
        assert "holds the new value" in done.err
        assert vault.get("acme", "pg") == {"password": "vault-password-1-rotated"}
        vault.put("acme", "pg", {"password": "vault-password-1"})
        # The other tenant's path is forbidden to this role.
        vault.put("beta", "pg", {"password": "of-beta-1"})
        job.write({"a": "${secret:pg/password}"}, tenant="beta", settings=settings(
            vault, f"auth: approle, role_id_file: {tmp_path}/role, secret_id_file: {tmp_path}/id"))
        done = job.run(code=77)
        assert "secret/dativo/tenants/beta/pg" in done.err and "of-beta-1" not in done.err
        (tmp_path / "id").write_text("wrong")
        assert "refused the AppRole" in job.run(code=77).err
    finally:
        vault.environment = held


def test_kubernetes_logs_in_with_the_pods_token(project, vault, tmp_path):
    class Reviews(http.server.BaseHTTPRequestHandler):
        """The TokenReview of a cluster: it knows one token."""

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            good = asked["spec"]["token"] == token
            status = {"authenticated": good, "user": {"username": "system:serviceaccount:jobs:dativo", "uid": "1"}}
            body = json.dumps({**asked, "status": status if good else {"authenticated": False, "error": "no"}}).encode()
            self.send_response(201)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:jobs:dativo",
              "kubernetes.io/serviceaccount/namespace": "jobs", "kubernetes.io/serviceaccount/service-account.name": "dativo",
              "kubernetes.io/serviceaccount/service-account.uid": "1", "kubernetes.io/serviceaccount/secret.name": "s"}
    token = f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.{part('signature')}"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reviews)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # Of no use to a plain connection, but asked for.
    authority = pem("certificate")
    vault.policy(["secret/data/dativo/tenants/acme/*"], "pod")
    vault.api("sys/auth/kubernetes", {"type": "kubernetes"})
    vault.api("auth/kubernetes/config", {"kubernetes_host": f"http://127.0.0.1:{server.server_port}",
                                         "token_reviewer_jwt": token, "disable_local_ca_jwt": True,
                                         "kubernetes_ca_cert": authority})
    vault.api("auth/kubernetes/role/jobs", {"bound_service_account_names": "dativo", "bound_service_account_namespaces": "jobs",
                                            "token_policies": "pod", "ttl": "1h"})
    (tmp_path / "jwt").write_text(token)
    job = Job(project, vault)
    held, vault.environment = vault.environment, {}
    try:
        job.write({"a": "${secret:pg/password}"}, settings=settings(
            vault, f"auth: kubernetes, role: jobs, jwt_file: {tmp_path}/jwt"))
        job.run()
        assert job.seen["config"]["a"] == "vault-password-1"
        (tmp_path / "jwt").write_text(token[:-4] + "AAAA")
        assert "refused the role jobs" in job.run(code=77).err
    finally:
        vault.environment = held
        server.shutdown()


def test_a_token_of_a_file_is_read_again(project, vault, tmp_path):
    short = vault.api("auth/token/create", {"ttl": "1s", "policies": ["root"], "renewable": False})["auth"]["client_token"]
    (tmp_path / "token").write_text(short)
    job = Job(project, vault)
    held, vault.environment = vault.environment, {}
    try:
        job.write({"a": "${secret:pg/password}"}, settings=settings(vault, f"token_file: {tmp_path}/token"))
        job.run()
        time.sleep(1.2)
        assert "the token has ended" in job.run(code=77).err
        (tmp_path / "token").write_text("root-token-88123")
        job.run()
    finally:
        vault.environment = held


# MARK: AWS and Google

def test_aws_refuses_wrong_keys_by_their_names(project, tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    server = secret_servers.AWS(folder)
    try:
        server.put("acme", "pg", {"password": "aws-password-1"})
        job = Job(project, server)
        job.write({"a": "${secret:pg/password}"})
        job.run()
        held = server.environment
        server.environment = {**held, "AWS_SECRET_ACCESS_KEY": "wrong-secret-key-1"}
        done = job.run(code=77)
        assert "refused dativo/tenants/acme/pg" in done.err and "wrong-secret-key-1" not in done.err
        server.environment = {**held, "AWS_ACCESS_KEY_ID": "AKIAWRONG"}
        assert "refused dativo/tenants/acme/pg" in job.run(code=77).err
        # By a profile of the credentials file.
        (tmp_path / "credentials").write_text(
            f"[team]\naws_access_key_id = {server.keys[0]}\naws_secret_access_key = {server.keys[1]}\n")
        server.environment = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
        job.write({"a": "${secret:pg/password}"}, settings=settings(server, "profile: team"))
        job.run()
    finally:
        server.stop()


def test_google_faults(project, gcp):
    job = Job(project, gcp)
    job.write({"a": "${secret:pg/password}"})
    # Throttled, down for a moment, and a body that was damaged on its way.
    gcp.set(faults=[429, 503, "damage"])
    job.run()
    assert job.seen["config"]["a"] == "gcp-password-1"
    # A token that ends before its time is fetched anew.
    before = gcp.set(faults=[401])["minted"]
    job.run()
    assert gcp.set()["minted"] - before == 2
    gcp.set(denied=["dativo-tenant-acme__pg"])
    done = job.run(code=77)
    assert "PERMISSION_DENIED" in done.err and "dativo-tenant-acme__pg" in done.err
    key = json.loads((gcp.folder / "key.json").read_text())
    other = json.loads(json.dumps(key))
    other["private_key"] = pem("key")
    (gcp.folder / "other.json").write_text(json.dumps(other))
    job.write({"a": "${secret:pg/password}"}, settings=settings(gcp, f"credentials_file: {gcp.folder}/other.json"))
    assert "invalid_grant" in job.run(code=77).err


def test_an_outage_in_mid_run_is_bridged(project, vault, tmp_path):
    """The second attempt has the secrets of the first, though the server is gone."""
    server = secret_servers.Vault(tmp_path)
    server.put("acme", "pg", {"password": "vault-password-1"})
    job = Job(project, server)
    job.write({"a": "${secret:pg/password}"})
    path = project.folder / "job.yaml"
    path.write_text(path.read_text().replace("attempts: 1", "attempts: 2"))
    tap = project.folder / "tap.py"
    tap.write_text(tap.read_text().replace("config = json", f"""
if not os.path.exists("once"):
    open("once", "w").close()
    os.kill({server.process.pid}, 9)
    sys.exit(75)
config = json""", 1))
    try:
        done = job.run()
        assert "trying again" in done.err and job.seen["config"]["a"] == "vault-password-1"
        log = [json.loads(line) for line in (project.folder / ".dativo/secrets/access.jsonl").read_text().splitlines()]
        assert [line["outcome"] for line in log] == ["read", "stale"]
    finally:
        server.stop()


def test_googles_own_client_takes_the_fake_for_the_service(gcp):
    """So what our backend reads from it, it would read from Google."""
    done = subprocess.run([CACHE / "google-secrets/bin/python", "-c", f"""
import os
import subprocess
from google.cloud import secretmanager_v1 as sm
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceRestTransport as Rest
from google.oauth2 import service_account
keys = service_account.Credentials.from_service_account_file({str(gcp.folder / "key.json")!r},
    scopes=["https://www.googleapis.com/auth/cloud-platform"])
client = sm.SecretManagerServiceClient(transport=Rest(host={gcp.url[7:]!r}, url_scheme="http", credentials=keys))
name = "projects/p1/secrets/dativo-tenant-acme__pg"
answer = client.access_secret_version(name=name + "/versions/latest")
print(answer.payload.data.decode(), answer.name)
print(client.add_secret_version(parent=name, payload={{"data": b"second"}}).name)
try:
    client.access_secret_version(name="projects/p1/secrets/none/versions/latest")
except Exception as error:
    print(type(error).__name__)
"""], capture_output=True, text=True, env={**os.environ, "NO_PROXY": "*"})
    assert done.stdout.split() == [
        '{"password":', '"gcp-password-1"}', "projects/123456/secrets/dativo-tenant-acme__pg/versions/1",
        "projects/123456/secrets/dativo-tenant-acme__pg/versions/2", "NotFound"], done.stderr
