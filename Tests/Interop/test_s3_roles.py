"""Credentials that services give out: each with a service of the test's own."""
import datetime
import http.server
import json
import os
import threading
import urllib.parse

import pytest

from conftest import run
from s3_pipeline import S3Pipeline
from s3_server import KEY, SECRET, Server


@pytest.fixture(scope="module")
def server():
    server = Server()
    yield server
    server.stop()


class Service:
    """Answers as `answers` says, by method and path; notes what it was asked."""

    def __init__(self, answers):
        self.seen = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                service.seen.append((self.command, self.path, dict(self.headers), body))
                text = answers.get((self.command, self.path))
                self.send_response(404 if text is None else 200)
                self.end_headers()
                self.wfile.write((text or "").encode())

            do_GET = do_PUT = do_POST = answer

            def log_message(self, *arguments):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def header(self, name):
        return {key.lower(): value for key, value in self.seen[-1][2].items()}.get(name)


def end():
    hour = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    return hour.strftime("%Y-%m-%dT%H:%M:%SZ")


def keys():
    return json.dumps({"AccessKeyId": KEY, "SecretAccessKey": SECRET, "Expiration": end()})


@pytest.fixture
def pipeline(tmp_path, server, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    S3Pipeline.count += 100
    return S3Pipeline(tmp_path, server)


def test_a_container(pipeline, monkeypatch):
    service = Service({("GET", "/keys"): keys()})
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{service.url}/keys")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pass-it-on")
    pipeline.finish(50)
    assert service.header("authorization") == "pass-it-on"
    assert {request[1] for request in service.seen} == {"/keys"}


def test_an_instance(pipeline, monkeypatch):
    base = "/latest/meta-data/iam/security-credentials/"
    service = Service({
        ("PUT", "/latest/api/token"): "a-token", ("GET", base): "loader\n",
        ("GET", f"{base}loader"): keys(),
    })
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", service.url)
    pipeline.finish(50)
    assert service.header("x-aws-ec2-metadata-token") == "a-token"


def test_a_web_identity(pipeline, monkeypatch, tmp_path):
    answer = f"""<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
<AccessKeyId>{KEY}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>
<SessionToken></SessionToken><Expiration>{end()}</Expiration>
</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""
    service = Service({("POST", "/"): answer})
    (tmp_path / "token").write_text("web-token/+=\n")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/loader")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", service.url)
    pipeline.finish(50)
    form = urllib.parse.parse_qs(service.seen[-1][3])
    assert form["WebIdentityToken"] == ["web-token/+="]
    assert form["RoleArn"] == ["arn:aws:iam::1:role/loader"]
    assert "web-token" not in pipeline.errors.decode()


def test_a_role_that_is_refused(pipeline, monkeypatch):
    service = Service({})
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{service.url}/keys")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pass-it-on")
    result = run("dativo-target-parquet", "--config", pipeline.config)
    assert result.code == 77 and "pass-it-on" not in result.err, result
