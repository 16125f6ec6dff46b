"""fake_gsm.py PORT KEY.json: Google Secret Manager (v1 REST), its token endpoint and metadata server, on loopback.

Writes a service-account key whose token_uri is this server, and verifies the RS256 assertions made with it. Secrets
are put there by POST /test/put, faults by /test/fail; both are ours. Needs the package cryptography.
"""
import base64
import http.server
import json
import re
import secrets
import sys
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

PORT = int(sys.argv[1])
URL = f"http://127.0.0.1:{PORT}"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
METADATA = "/computeMetadata/v1"
held = {}      # name → versions
denied = set()
faults = []    # what the next calls are answered with: a status, or "damage"
lives = {"seconds": 3599, "minted": 0}
tokens = {}    # token → expiry
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def write_key_file(path):
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    with open(path, "w") as file:
        json.dump({"type": "service_account", "project_id": "p1", "private_key_id": "k1", "private_key": pem,
                   "client_email": "sa@p1.iam.gserviceaccount.com", "client_id": "1",
                   "token_uri": URL + "/token"}, file)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def failure(code, status, message):
    return code, {"error": {"code": code, "message": message, "status": status}}


def mint():
    token = "ya29." + secrets.token_hex(20)
    tokens[token] = time.time() + lives["seconds"]
    lives["minted"] += 1
    return 200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}


def exchange(form):
    """RFC 7523: a signed assertion for an access token."""
    if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
        return 400, {"error": "unsupported_grant_type"}

    def decode(part):
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    try:
        head, claims, signature = form["assertion"].split(".")
        key.public_key().verify(decode(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except Exception:
        return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    claims, now = json.loads(decode(claims)), time.time()
    if (claims["aud"] not in (URL + "/token", "https://oauth2.googleapis.com/token") or claims["exp"] < now or claims["exp"] - claims["iat"] > 3600
            or claims["iss"] != "sa@p1.iam.gserviceaccount.com" or SCOPE not in claims.get("scope", "")):
        return 400, {"error": "invalid_grant", "error_description": "wrong aud, iss, exp, iat or scope"}
    return mint()


def access(project, name, version):
    full = f"projects/{project}/secrets/{name}"
    if name in denied:
        return failure(403, "PERMISSION_DENIED", "Permission 'secretmanager.versions.access' denied for resource "
                       f"'{full}/versions/{version}' (or it may not exist).")
    versions = held.get(name)
    if project != "p1" or not versions:
        return failure(404, "NOT_FOUND", f"Secret [{full}] not found or has no versions.")
    number = len(versions) if version == "latest" else int(version)
    if not 1 <= number <= len(versions):
        return failure(404, "NOT_FOUND", f"Secret Version [{full}/versions/{version}] not found.")
    data = versions[number - 1]
    sent = data
    if faults and faults[0] == "damage":
        faults.pop(0)
        sent = data[:-1] + bytes([data[-1] ^ 1])
    return 200, {"name": f"projects/123456/secrets/{name}/versions/{number}",
                 "payload": {"data": base64.b64encode(sent).decode(), "dataCrc32c": str(crc32c(data))}}


def add(project, name, payload):
    if project != "p1" or name not in held:
        return failure(404, "NOT_FOUND", f"Secret [projects/{project}/secrets/{name}] not found.")
    data = base64.b64decode(payload["data"])
    if str(crc32c(data)) != payload.get("dataCrc32c", str(crc32c(data))):
        return failure(400, "INVALID_ARGUMENT", "The checksum does not match.")
    held[name].append(data)
    return 200, {"name": f"projects/123456/secrets/{name}/versions/{len(held[name])}", "state": "ENABLED"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, answer):
        status, body = answer
        body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Metadata-Flavor", "Google")
        self.end_headers()
        self.wfile.write(body)

    def refused(self):
        """A fault that a test asked for, or a token that is none."""
        if faults and isinstance(faults[0], int):
            return failure(faults.pop(0), "FAULT", "as the test asked")
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if tokens.get(token, 0) < time.time():
            return failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        return None

    def do_POST(self):
        path = urllib.parse.urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if path == "/token":
            return self.reply(exchange(dict(urllib.parse.parse_qsl(body))))
        if path == "/test/put":
            held.setdefault(json.loads(body)["name"], []).append(json.loads(body)["text"].encode())
            return self.reply((200, {}))
        if path == "/test/set":
            asked = json.loads(body)
            faults[:] = asked.get("faults", [])
            denied.update(asked.get("denied", []))
            lives["seconds"] = asked.get("seconds", 3599)
            return self.reply((200, lives))
        match = re.fullmatch(r"/v1/projects/([^/]+)/secrets/([A-Za-z0-9_-]{1,255}):addVersion", path)
        refused = self.refused()
        self.reply(refused or (add(*match.groups(), json.loads(body)["payload"]) if match
                               else failure(404, "NOT_FOUND", "no such route")))

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path.startswith(METADATA):
            if self.headers.get("Metadata-Flavor") != "Google":
                return self.reply((403, {"error": "missing Metadata-Flavor"}))
            known = {"/instance/service-accounts/default/token": mint, "/project/project-id": lambda: (200, "p1")}
            return self.reply(known.get(path.removeprefix(METADATA), lambda: (404, {}))())
        match = re.fullmatch(
            r"/v1/projects/([^/]+)/secrets/([A-Za-z0-9_-]{1,255})/versions/(latest|[0-9]+):access", path)
        self.reply(self.refused() or (access(*match.groups()) if match else failure(404, "NOT_FOUND", "no such route")))


write_key_file(sys.argv[2])
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
