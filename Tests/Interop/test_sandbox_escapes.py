"""A hostile plugin tries everything: on each backend, as root and as an ordinary user, it fails."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid

import pytest

from conftest import BIN, ROOT

ESCAPE = ROOT / "Tests/Conformance/Hostile/escape.py"
ORDINARY = 12345
MEMORY, SCRATCH, FILE_SIZE, LIMIT = 256 << 20, 16 << 20, 8 << 20, 24



class Place:
    """A folder that every user reaches, with what is to be kept from the plugin, and servers."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dativo-escape-"))
        os.chmod(self.folder, 0o755)
        self.mark = uuid.uuid4().hex
        for name in ("secrets", "plugin", "other", "data", "out", "data/hidden"):
            (self.folder / name).mkdir(mode=0o755)
        os.chmod(self.folder / "out", 0o777)
        os.chmod(self.folder / "secrets", 0o755)
        for name in ("secrets/key", "other/tap.py", "data/rows.csv", "data/hidden/key"):
            (self.folder / name).write_text("precious")
        shutil.copy(ESCAPE, self.folder / "plugin/escape.py")
        shutil.copy(BIN / "dativo-sandbox", self.folder / "dativo-sandbox")
        self.open_servers()
        self.facts = self.folder / "plugin/facts.json"

    def open_servers(self):
        self.servers = []

        def serve(family, kind, name):
            server = socket.socket(family, kind)
            server.bind(name)
            if kind == socket.SOCK_STREAM:
                server.listen()
                threading.Thread(target=self.greet, args=(server,), daemon=True).start()
            else:
                threading.Thread(target=self.echo, args=(server,), daemon=True).start()
            self.servers.append(server)
            return server.getsockname()

        self.tcp = serve(socket.AF_INET, socket.SOCK_STREAM, ("0.0.0.0", 0))[1]
        self.tcp6 = serve(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))[1] if socket.has_ipv6 else 1
        self.udp = serve(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))[1]
        self.socket = str(self.folder / "secrets/socket")
        serve(socket.AF_UNIX, socket.SOCK_STREAM, self.socket)
        serve(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.mark)
        os.chmod(self.socket, 0o777)

    @staticmethod
    def greet(server):
        while True:
            try:
                link, _ = server.accept()
            except OSError:
                return
            with link, contextlib.suppress(OSError):
                link.sendall(b"hello")

    @staticmethod
    def echo(server):
        while True:
            try:
                data, who = server.recvfrom(64)
                server.sendto(data, who)
            except OSError:
                return

    def close(self):
        for server in self.servers:
            server.close()
        shutil.rmtree(self.folder)

    def write_facts(self, processes, backend):
        self.facts.write_text(
            json.dumps(
                {
                    "mark": self.mark,
                    "secret": str(self.folder / "secrets/key"),
                    "other_plugin": str(self.folder / "other/tap.py"),
                    "hidden": str(self.folder / "data/hidden/key"),
                    "readable": str(self.folder / "data/rows.csv"),
                    "writable": str(self.folder / "out"),
                    "own_tmp": backend == "bwrap",
                    "processes": processes,
                    "memory": MEMORY,
                    "scratch": SCRATCH,
                    "file_size": FILE_SIZE,
                    "limit": LIMIT,
                    "tcp": self.tcp,
                    "tcp6": self.tcp6,
                    "udp": self.udp,
                    "socket": self.socket,
                    "address": "127.0.0.2",
                }
            )
        )

    def words(self, backend, *program):
        f = self.folder
        return [
            str(f / "dativo-sandbox"), "--backend", backend, "--read", f"{f}/data", "--write", f"{f}/out",
            "--hide", f"{f}/data/hidden", "--limit", f"memory={MEMORY}", "--limit", f"scratch={SCRATCH}",
            "--limit", f"file_size={FILE_SIZE}", "--limit", f"processes={LIMIT}", "--", *map(str, program),
        ]


def as_user(user, words):
    if user == "root":
        return words
    return ["setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups", *words]


@pytest.fixture
def place():
    place = Place()
    yield place
    place.close()


users = pytest.mark.parametrize("user", ["root", "ordinary"])
backends = pytest.mark.parametrize("backend", ["bwrap", "landlock"])
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes other users")


def escapes(place, backend, user, *wanted):
    """Every attempt that came through, of a plugin beside a process of its own user."""
    victim = subprocess.Popen(as_user(user, ["sleep", "1000"]), env={**os.environ, "MARK": place.mark})
    inherited = os.open(place.folder / "secrets/key", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    try:
        # Number 1, where a parent is gone, is one of the plugin's own, too.
        others = [pid for pid in (victim.pid, os.getpid(), os.getppid()) if pid > 1]
        place.write_facts(others, backend)
        program = ["/usr/bin/python3", place.folder / "plugin/escape.py", place.facts, *wanted]
        done = subprocess.run(
            as_user(user, place.words(backend, *program)),
            env={**os.environ, "MARK": place.mark},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            pass_fds=[inherited],
            timeout=300,
            cwd="/",
        )
    finally:
        os.close(inherited)
        victim.kill()
        victim.wait()
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return done, rows


@needs_root
@users
@backends
def test_nothing_comes_through(place, backend, user):
    done, rows = escapes(place, backend, user)
    assert done.returncode == 0, done.stderr.decode()
    assert len(rows) > 70, done.stderr.decode()
    through = {row["attempt"]: row["seen"] for row in rows if row["through"]}
    assert not through, json.dumps(through, indent=1)
    for name in ("data/rows.csv", "secrets/key"):
        assert (place.folder / name).read_text() == "precious"


@needs_root
def test_without_confinement_most_come_through(place):
    """Else the suite would prove nothing: the same attempts succeed where nobody stops them."""
    victim = subprocess.Popen(["sleep", "1000"], env={**os.environ, "MARK": place.mark})
    try:
        place.write_facts([victim.pid, os.getpid()], "none")
        names = (
            "read_a_secret_that_everybody_may_read", "list_the_folder_of_secrets", "read_another_plugin",
            "read_what_is_hidden", "reach_out_by_proc_root", "follow_a_link_out",
            "write_into_what_may_be_read", "make_a_file_beside_what_may_be_read",
            "read_the_environment_of_ancestors", "find_variables", "signal_others", "trace_others",
            "be_traced", "unshare_users", "take_memory", "fill_its_temporary_folder",
            "write_a_large_file", "bomb_with_forks", "reach_a_server_of_the_machine",
            "reach_it_by_another_address", "send_a_datagram", "open_netlink", "open_a_raw_socket",
            "reach_an_abstract_socket", "reach_a_socket_by_its_path", "mount",
        )
        words = ["unshare", "-m", "/usr/bin/python3", ESCAPE, place.facts, *names]
        env = {**os.environ, "MARK": place.mark, "TMPDIR": str(place.folder)}
        done = subprocess.run(words, env=env, capture_output=True, timeout=120)
    finally:
        victim.kill()
        victim.wait()
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    stopped = {row["attempt"]: row["seen"] for row in rows if not row["through"]}
    assert len(rows) == len(names) and not stopped, stopped


def beats(path):
    before = path.stat().st_size if path.exists() else 0
    time.sleep(0.4)
    return (path.stat().st_size if path.exists() else 0) > before


OUTLIVE = """
import os, sys, time
if os.fork():
    time.sleep(float(sys.argv[2])); os._exit(0)
try: os.setsid()
except OSError: pass
if os.fork(): os._exit(0)
for _ in range(400):
    with open(sys.argv[1], "a") as file: file.write("x")
    time.sleep(0.05)
"""


@needs_root
@users
@backends
@pytest.mark.parametrize("ending", ["its own", "terminated", "killed"])
def test_nothing_outlives_it(place, backend, user, ending):
    (place.folder / "plugin/outlive.py").write_text(OUTLIVE)
    trace = place.folder / "out/beats"
    seconds = "0.5" if ending == "its own" else "30"
    words = place.words(backend, "/usr/bin/python3", place.folder / "plugin/outlive.py", trace, seconds)
    child = subprocess.Popen(as_user(user, words), cwd="/", stdin=subprocess.DEVNULL)
    deadline = time.time() + 10
    while not trace.exists() and time.time() < deadline:
        time.sleep(0.05)
    assert trace.exists()
    if ending == "terminated":
        child.send_signal(signal.SIGTERM)
    elif ending == "killed":
        child.kill()
    child.wait(timeout=10)
    assert not beats(trace)


def running(mark):
    """The processes whose command line has a text in it."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and mark.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


@needs_root
@users
@backends
def test_nothing_outlives_a_kill_however_early(place, backend, user):
    """At any moment of the start: the plugin must be gone, or never come to be."""
    source = random.Random(7)
    for _ in range(int(os.environ.get("KILLS", 8))):
        mark = f"early-{uuid.uuid4().hex}"
        child = subprocess.Popen(
            as_user(user, place.words(backend, "/bin/sh", "-c", "sleep 60; :", mark)), cwd="/", stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(source.uniform(0, 0.06))
        child.kill()
        child.wait()
        deadline = time.time() + 5
        # Several times in a row: what is about to be started by another might be between two looks.
        calm = 0
        while calm < 3 and time.time() < deadline:
            calm = 0 if running(mark) else calm + 1
            time.sleep(0.02)
        assert calm == 3, [pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() for pid in running(mark)]
