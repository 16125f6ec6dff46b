"""Stores of secrets on loopback, each filled and asked in the same words: what the conformance suite is run over."""
import base64
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

from conftest import CACHE, ROOT


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(url, body=None, method=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers or {}, method=method or ("POST" if data else "GET"))
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
        return json.loads(text) if text else {}


def wait(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return condition()
        except urllib.error.HTTPError:
            return None
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer in time")


class Env:
    """Variables; nothing is versioned and nothing is written."""

    name, writes, versions, served = "env", False, False, False

    def __init__(self, folder):
        self.folder, self.environment = folder, {}
        self.settings = "{backend: env}"

    def put(self, scope, path, value):
        names = [part.upper().replace("-", "_") for part in path.split("/")]
        tenant = "" if scope == "*" else "".join(
            c.upper() if c.islower() or c.isdigit() else f"_{ord(c):02X}" for c in scope)
        text = json.dumps(value) if isinstance(value, dict) else value
        self.environment["__".join(["DATIVO_SECRET_" + tenant, *names])] = text

    def stop(self):
        pass


class Filesystem(Env):
    """Files in a folder."""

    name, writes = "filesystem", True

    def __init__(self, folder):
        super().__init__(folder)
        self.root = folder / "vault"
        self.settings = "{backend: filesystem, path: vault, ttl: 0}"

    def place(self, scope, path):
        return self.root / ("global" if scope == "*" else f"tenants/{scope}") / path

    def put(self, scope, path, value):
        place = self.place(scope, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(value, dict):
            place = place.with_name(place.name + ".json")
            value = json.dumps(value)
        place.write_text(value)
        place.chmod(0o600)

    def get(self, scope, path):
        return json.loads(self.place(scope, path + ".json").read_text())


class Server(Env):
    """A process that is stopped with the test; `start` may be called again after `kill`."""

    served, versions, writes = True, True, True

    def start(self, command, ready, **variables):
        self.command, self.ready, self.variables = [str(word) for word in command], ready, variables
        self.log = open(self.folder / f"{self.name}.log", "ab")
        self.process = subprocess.Popen(
            self.command, env={**os.environ, **variables}, stdout=self.log, stderr=self.log, cwd=self.folder)
        wait(lambda: call(ready))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.kill()


class Vault(Server):
    """OpenBao, with the engine of version 2 at `secret` and of version 1 at `kv1`."""

    name = "vault"

    def __init__(self, folder, kv=2, auth="token"):
        super().__init__(folder)
        self.kv, port = kv, free_port()
        self.url = f"http://127.0.0.1:{port}"
        program = next(path for path in (CACHE / "openbao").rglob("bao") if os.access(path, os.X_OK) and path.is_file())
        self.start([program, "server", "-dev", "-dev-root-token-id=root-token-88123", f"-dev-listen-address=127.0.0.1:{port}",
                    "-dev-no-store-token"], f"{self.url}/v1/sys/health", HOME=str(folder))
        self.mount = "secret" if kv == 2 else "kv1"
        self.versions = kv == 2
        if kv == 1:
            self.api("sys/mounts/kv1", {"type": "kv", "options": {"version": "1"}})
        self.settings = f"{{backend: vault, address: '{self.url}', mount: {self.mount}, kv: {kv}, ttl: 0}}"
        self.environment = {"VAULT_TOKEN": "root-token-88123"}

    def api(self, path, body=None, method=None, token="root-token-88123"):
        try:
            return call(f"{self.url}/v1/{path}", body, method, {"X-Vault-Token": token})
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.read().decode()}") from error

    def where(self, scope, path):
        data = "data/" if self.kv == 2 else ""
        return f"{self.mount}/{data}dativo/{'global' if scope == '*' else 'tenants/' + scope}/{path}"

    def put(self, scope, path, value):
        value = value if isinstance(value, dict) else {"value": value}
        self.api(self.where(scope, path), {"data": value} if self.kv == 2 else value)

    def get(self, scope, path):
        data = self.api(self.where(scope, path))["data"]
        return data["data"] if self.kv == 2 else data

    def policy(self, paths, name="reader"):
        rules = "\n".join(f'path "{path}" {{ capabilities = ["read", "create", "update"] }}' for path in paths)
        self.api(f"sys/policies/acl/{name}", {"policy": rules}, "PUT")


class AWS(Server):
    """moto, which verifies signatures and enforces IAM after the first four calls."""

    name = "aws"

    def __init__(self, folder):
        super().__init__(folder)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.start([CACHE / "moto/bin/moto_server", "-H", "127.0.0.1", "-p", port], f"{self.url}/moto-api/data.json",
                   INITIAL_NO_AUTH_ACTION_COUNT="3")
        policy = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]}
        keys = json.loads(self.python(
            "iam = boto3.client('iam', **to)\n"
            "iam.create_user(UserName='u')\n"
            "keys = iam.create_access_key(UserName='u')['AccessKey']\n"
            f"iam.put_user_policy(UserName='u', PolicyName='p', PolicyDocument={json.dumps(policy)!r})\n"
            "print(json.dumps([keys['AccessKeyId'], keys['SecretAccessKey']]))", "x", "x"))
        self.keys = keys
        self.settings = f"{{backend: aws, endpoint: '{self.url}', region: eu-west-1, ttl: 0}}"
        self.environment = {"AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1],
                            "AWS_EC2_METADATA_DISABLED": "true"}

    def python(self, code, *keys):
        """What AWS's own client prints; Python with boto3 is in moto's environment."""
        id, secret = keys or self.keys
        begin = ("import boto3, json, sys\n"
                 f"to = dict(endpoint_url={self.url!r}, region_name='eu-west-1', aws_access_key_id={id!r}, "
                 f"aws_secret_access_key={secret!r})\nsm = boto3.client('secretsmanager', **to)\n")
        done = subprocess.run([CACHE / "moto/bin/python", "-c", begin + code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def put(self, scope, path, value):
        name = f"dativo/{'global' if scope == '*' else 'tenants/' + scope}/{path}"
        text = json.dumps(value) if isinstance(value, dict) else value
        self.python(f"try: sm.create_secret(Name={name!r}, SecretString={text!r})\n"
                    "except sm.exceptions.ResourceExistsException:\n"
                    f"    sm.put_secret_value(SecretId={name!r}, SecretString={text!r})")

    def get(self, scope, path):
        name = f"dativo/tenants/{scope}/{path}"
        return json.loads(self.python(f"print(sm.get_secret_value(SecretId={name!r})['SecretString'])"))


class GCP(Server):
    """Our fake of Secret Manager's REST interface."""

    name = "gcp"

    def __init__(self, folder, machine=False):
        super().__init__(folder)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.start([CACHE / "moto/bin/python", ROOT / "Tests/Interop/fake_gsm.py", port, folder / "key.json"],
                   f"{self.url}/v1/none")
        self.settings = f"{{backend: gcp, endpoint: '{self.url}', ttl: 0}}"
        self.environment = {"GCE_METADATA_HOST": f"127.0.0.1:{port}"} if machine else {
            "GOOGLE_APPLICATION_CREDENTIALS": str(folder / "key.json")}

    def put(self, scope, path, value):
        text = json.dumps(value) if isinstance(value, dict) else value
        name = "dativo-" + ("global" if scope == "*" else "tenant-" + scope.replace("_", "_5F")) + "__" + path.replace(
            "/", "__")
        call(f"{self.url}/test/put", {"name": name, "text": text})

    def set(self, **what):
        return call(f"{self.url}/test/set", what)

    def get(self, scope, path):
        token = call(f"{self.url}/computeMetadata/v1/instance/service-accounts/default/token",
                     headers={"Metadata-Flavor": "Google"})["access_token"]
        name = f"dativo-tenant-{scope}__{path.replace('/', '__')}"
        answer = call(f"{self.url}/v1/projects/p1/secrets/{name}/versions/latest:access",
                      headers={"Authorization": f"Bearer {token}"})
        return json.loads(base64.b64decode(answer["payload"]["data"]))
