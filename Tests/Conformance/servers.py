"""Servers on loopback, started for a test and stopped after it."""
import contextlib
import http.server
import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time

#: Database servers refuse to run as root.
ACCOUNT = "nobody" if os.getuid() == 0 else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def http_server(answers):
    """Answers requests by path, with text as it is and the rest as JSON; yields the address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path, _, query = self.path.partition("?")
            answer = answers.get(path)
            if callable(answer):
                answer = answer(dict(part.partition("=")[::2] for part in query.split("&") if part))
            body = (answer if isinstance(answer, str) else json.dumps({} if answer is None else answer)).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()


def program(name, *folders):
    """A server's program: on PATH, or in the folders where Debian puts it."""
    for pattern in folders:
        for path in sorted(pathlib.Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (path / name).is_file():
                return str(path / name)
    return shutil.which(name)


@contextlib.contextmanager
def process(command, log, account=None):
    """A server that is stopped in the end; as `account` where we are root and it may not be."""
    extra = {}
    if account:
        extra = {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}
    with open(log, "ab") as output:
        running = subprocess.Popen(command, stdout=output, stderr=output, **extra)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def until(works, running, log, seconds=60):
    """Waits until `works` says so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if works():
            return
        if running.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError(f"the server did not start: {pathlib.Path(log).read_text()[-500:]}")


@contextlib.contextmanager
def data_folder(account):
    """A folder that the server's account may write, with a path short enough for a socket."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dativo-", dir="/tmp"))
    if account:
        shutil.chown(folder, account)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres(sql):
    """PostgreSQL with a database that the statements have filled; yields host and port."""
    where = "/usr/lib/postgresql/*/bin"
    account = ACCOUNT
    with data_folder(account) as folder:
        port, data, log = free_port(), folder / "data", folder / "log"
        extra = {"user": account} if account else {}
        subprocess.run(
            [program("initdb", where), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--no-sync", "--no-locale"],
            check=True, capture_output=True, cwd=folder, **extra,
        )
        command = [
            program("postgres", where), "-D", data, "-p", str(port), "-h", "127.0.0.1",
            "-k", str(folder), "-c", "fsync=off",
        ]
        ask = [program("psql", where), "-h", "127.0.0.1", "-p", str(port), "-U", "postgres",
               "-v", "ON_ERROR_STOP=1", "-q"]
        with process(command, log, account) as running:
            until(
                lambda: subprocess.run([*ask, "-c", "select 1"], capture_output=True).returncode == 0,
                running, log,
            )
            subprocess.run([*ask, "-c", sql], check=True, capture_output=True)
            yield "127.0.0.1", port


@contextlib.contextmanager
def mariadb(sql):
    """MariaDB with a database `shop` that the statements have filled; yields host and port."""
    account = ACCOUNT
    with data_folder(account) as folder:
        port, data, log, sock = free_port(), folder / "data", folder / "log", folder / "s"
        extra = {"user": account} if account else {}
        subprocess.run(
            [program("mariadb-install-db"), "--no-defaults", f"--datadir={data}",
             "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True, **extra,
        )
        command = [
            program("mariadbd", "/usr/sbin"), "--no-defaults", f"--datadir={data}",
            f"--port={port}", "--bind-address=127.0.0.1", f"--socket={sock}",
            "--character-set-server=utf8mb4",
        ]
        ask = [program("mariadb"), "--no-defaults", f"--socket={sock}", "-u", "root",
               "--default-character-set=utf8mb4"]
        make = (
            "create database shop; use shop; " + sql
            + "create user tap@'%' identified by 'x'; grant all on *.* to tap@'%';"
        )
        with process(command, log, account) as running:
            until(
                lambda: subprocess.run([*ask, "-e", "select 1"], capture_output=True).returncode == 0,
                running, log,
            )
            subprocess.run([*ask, "-e", make], check=True, capture_output=True)
            yield "127.0.0.1", port
