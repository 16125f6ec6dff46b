"""A throw-away S3 server on loopback (SeaweedFS), what it holds, and a proxy that injects faults."""
import datetime
import hashlib
import hmac
import http.client
import http.server
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import xml.etree.ElementTree

import pyarrow.fs

from conftest import CACHE

KEY, SECRET, REGION = "dativo-key", "dativo-secret", "us-east-1"


def free_ports(count):
    """Ports below 50000, since SeaweedFS opens each one + 10000 too."""
    found = []
    while len(found) < count:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1] % 20000 + 20000
        with socket.socket() as one, socket.socket() as other:
            try:
                one.bind(("127.0.0.1", port))
                other.bind(("127.0.0.1", port + 10000))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


class Server:
    """SeaweedFS with one pair of keys; it verifies signatures and answers 412 to conditions."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="dativo-s3-")
        s3, master, volume, filer = free_ports(4)
        self.port = s3
        self.endpoint = f"http://127.0.0.1:{s3}"
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [
                CACHE / "seaweedfs/bin/weed", "mini", f"-dir={self.folder}", "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1", f"-s3.port={s3}", f"-master.port={master}",
                f"-volume.port={volume}", f"-filer.port={filer}", "-webdav=false",
                # Seven volumes a bucket, as many as there is room for: small ones leave room for all buckets.
                "-admin.ui=false", "-master.volumeSizeLimitMB=16",
            ],
            env={**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET},
            stdout=self.log, stderr=self.log, cwd=self.folder,
        )
        self.files = pyarrow.fs.S3FileSystem(
            access_key=KEY, secret_key=SECRET, region=REGION, scheme="http",
            endpoint_override=f"127.0.0.1:{s3}", allow_bucket_creation=True,
            allow_bucket_deletion=True,
        )
        end = time.monotonic() + 60
        while True:
            try:
                self.files.create_dir("ready")
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < end, self.why()
                time.sleep(0.2)

    def why(self):
        with open(self.log.name, "rb") as log:
            return log.read()[-3000:].decode("utf-8", "replace")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def keys(self, folder):
        """The keys below a folder, relative to it."""
        select = pyarrow.fs.FileSelector(folder, recursive=True, allow_not_found=True)
        return sorted(
            info.path[len(folder) + 1:] for info in self.files.get_file_info(select) if info.is_file
        )

    def uploads(self, bucket):
        """(key, id) of the multipart uploads that are neither completed nor aborted."""
        _, body = self.request("GET", f"/{bucket}", {"uploads": ""})
        found = []
        for upload in xml.etree.ElementTree.fromstring(body):
            if upload.tag.endswith("Upload"):
                parts = {child.tag.rsplit("}", 1)[-1]: child.text for child in upload}
                found.append((parts["Key"], parts["UploadId"]))
        return found

    def request(self, method, path, query):
        """A request signed here, by other code than ours."""
        stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
        empty = hashlib.sha256(b"").hexdigest()
        text = urllib.parse.urlencode(sorted(query.items()), quote_via=urllib.parse.quote)
        host = f"127.0.0.1:{self.port}"
        signed = "host;x-amz-content-sha256;x-amz-date"
        path = urllib.parse.quote(path)
        canonical = (
            f"{method}\n{path}\n{text}\nhost:{host}\nx-amz-content-sha256:{empty}\n"
            f"x-amz-date:{stamp}\n\n{signed}\n{empty}"
        )
        to_sign = (
            f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        )
        key = f"AWS4{SECRET}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), "sha256").digest()
        signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, f"{path}?{text}", headers={
            "x-amz-date": stamp, "x-amz-content-sha256": empty,
            "authorization": f"AWS4-HMAC-SHA256 Credential={KEY}/{scope}, "
                             f"SignedHeaders={signed}, Signature={signature}",
        })
        answer = connection.getresponse()
        return answer.status, answer.read()


class Proxy:
    """Passes requests on to a server; `fault(method, path, number)` says what goes wrong.

    It answers None (pass on), ("answer", status, body) without asking the server, ("lose",) after
    the server has done it: the connection ends without an answer, ("cut",): so it does after the
    headers, ("repeat",): the server is asked twice, or ("after", status, body): the server has done
    it, the answer is another.
    """

    def __init__(self, server, fault):
        self.seen = []
        self.headers = []
        self.idle = threading.Condition()
        self.busy = 0
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                with proxy.idle:
                    proxy.busy += 1
                try:
                    self.pass_on()
                finally:
                    with proxy.idle:
                        proxy.busy -= 1
                        proxy.idle.notify_all()

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                proxy.seen.append((self.command, self.path))
                proxy.headers.append({name.lower(): value for name, value in self.headers.items()})
                what = fault(self.command, self.path, len(proxy.seen))
                if what and what[0] == "answer":
                    return self.reply(what[1], {}, what[2])
                for _ in range(2 if what and what[0] == "repeat" else 1):
                    onward = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
                    onward.putrequest(
                        self.command, self.path, skip_host=True, skip_accept_encoding=True
                    )
                    for name, value in self.headers.items():
                        onward.putheader(name, value)
                    if what and what[0] == "cut":
                        onward.endheaders()
                        time.sleep(0.05)
                        onward.close()
                        return self.drop()
                    onward.endheaders(body)
                    answer = onward.getresponse()
                    content = answer.read()
                if what and what[0] == "lose":
                    return self.drop()
                if what and what[0] == "after":
                    return self.reply(what[1], {}, what[2])
                return self.reply(answer.status, dict(answer.getheaders()), content)

            def drop(self):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def reply(self, status, headers, content):
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length",
                                            "date", "server"):
                        self.send_header(name, value)
                lower = {name.lower(): value for name, value in headers.items()}
                size = lower.get("content-length") if self.command == "HEAD" else None
                self.send_header("Content-Length", size or str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one

            def log_message(self, *arguments):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        """Ends when what a killed client has asked for is done: it cannot come after its successor."""
        self.http.shutdown()
        with self.idle:
            assert self.idle.wait_for(lambda: self.busy == 0, timeout=60)
        self.http.server_close()
