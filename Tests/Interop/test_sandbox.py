"""dativo-sandbox in a shell pipe: what passes, what is granted, what it says of the rest."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from conftest import BIN, CACHE, run

SANDBOX = str(BIN / "dativo-sandbox")
backends = pytest.mark.parametrize("backend", ["bwrap", "landlock"])
PYTHON = "/usr/bin/python3"


def sandbox(backend, *words, **options):
    return run("dativo-sandbox", "--backend", backend, *words, **options)


def answering(listener):
    """Answers each line that comes; returns what came."""
    seen = []

    def serve():
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            with link:
                line = link.recv(1 << 16)
                seen.append(line)
                link.sendall(b"answer " + line)

    threading.Thread(target=serve, daemon=True).start()
    return seen


@pytest.fixture
def server():
    """A server that answers with the line that it gets, and how often it was asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1], answering(listener)


def test_what_works_here_is_told():
    done = run("dativo-sandbox", "--probe")
    assert done.code == 0 and done.out.startswith("bwrap enforces files, system calls"), done
    told = json.loads(run("dativo-sandbox", "--probe", "--json", "--backend", "landlock").out)
    assert told["backend"] == "landlock" and "network" in told["enforced"]
    assert "it sees the numbers of other processes" in told["not_enforced"]


@backends
def test_a_pipe_and_exit_codes_pass(backend):
    data = os.urandom(3 << 20).hex().encode()
    assert sandbox(backend, "--", "cat", stdin=data).out.encode() == data
    done = sandbox(backend, "--", "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (done.code, done.out, done.err) == (7, "out\n", "err\n")
    assert sandbox(backend, "--", "sh", "-c", "kill -SEGV $$").code == 139
    assert sandbox(backend, "--", "sh", "-c", "kill -KILL $$").code == 137
    # Its reader goes away: the plugin ends, and nothing hangs.
    done = subprocess.run(
        f"{SANDBOX} --backend {backend} -- yes | head -n 1", shell=True, capture_output=True, timeout=30
    )
    assert done.stdout == b"y\n"


@backends
def test_a_signal_lets_it_drain(backend, tmp_path):
    script = tmp_path / "drain.py"
    script.write_text(
        "import os, signal, sys, time\n"
        "def end(*_):\n    os.write(1, b'drained\\n'); os._exit(3)\n"
        "signal.signal(signal.SIGTERM, end)\nprint('ready', flush=True)\n"
        # A signal between a check for it and one long sleep would be seen after that only.
        "for _ in range(600): time.sleep(0.05)\n"
    )
    child = subprocess.Popen(
        [SANDBOX, "--backend", backend, "--", PYTHON, str(script)], stdout=subprocess.PIPE, cwd="/"
    )
    assert child.stdout.readline() == b"ready\n"
    child.send_signal(signal.SIGTERM)
    assert child.communicate(timeout=10)[0] == b"drained\n"
    assert child.returncode == 3


@backends
def test_files_that_arguments_name_may_be_read_and_no_others(backend, tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "config.json").write_text('{"a": 1}')
    os.chmod(tmp_path / "config.json", 0o600)
    (tmp_path / "secret").write_text("precious")
    done = sandbox(backend, "--", "cat", tmp_path / "config.json")
    assert (done.code, done.out) == (0, '{"a": 1}'), done
    done = sandbox(backend, "--", "sh", "-c", f"cat {tmp_path}/secret")
    assert done.code == 1 and "precious" not in done.out
    done = sandbox(backend, "--", "sh", "-c", f"echo x >>{tmp_path}/config.json", "x", tmp_path / "config.json")
    assert done.code != 0 and (tmp_path / "config.json").read_text() == '{"a": 1}'


@backends
def test_a_folder_is_granted_for_reading_or_writing(backend, tmp_path):
    for name in ("in", "out", "in/hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "in/rows").write_text("1\n2\n")
    (tmp_path / "in/hidden/key").write_text("precious")
    words = ["--read", tmp_path / "in", "--write", tmp_path / "out", "--hide", tmp_path / "in/hidden"]
    script = f"cat {tmp_path}/in/rows >{tmp_path}/out/copy; cat {tmp_path}/in/hidden/key; echo x >{tmp_path}/in/x"
    done = sandbox(backend, *words, "--", "sh", "-c", script)
    assert done.code != 0 and "precious" not in done.out
    copy = tmp_path / "out/copy"
    assert copy.read_text() == "1\n2\n" and copy.stat().st_uid == os.getuid()
    assert not (tmp_path / "in/x").exists()


@backends
def test_a_python_environment_is_reached(backend):
    python = CACHE / "py/bin/python"
    done = sandbox(backend, "--", python, "-c", "import pyarrow, sys; print(pyarrow.__version__, sys.prefix)")
    assert done.code == 0 and str(CACHE / "py") in done.out, done


@backends
def test_variables_are_given_by_name(backend):
    done = sandbox(backend, "--env", "GIVEN", "--", "env", env={"GIVEN": "yes", "KEPT": "no"})
    assert "GIVEN=yes" in done.out and "KEPT" not in done.out


FETCH = (
    "import socket, sys\n"
    "for place in sys.argv[1:]:\n"
    "    host, port = place.rsplit(':', 1)\n"
    "    with socket.create_connection((host, int(port)), 5) as link:\n"
    "        link.sendall(b'hello'); link.shutdown(1)\n"
    "        print(link.recv(99).decode())\n"
)


@backends
def test_a_granted_place_is_reached_by_name_and_by_address(backend, server):
    port, seen = server
    words = ["--host", f"localhost:{port}", "--host", f"127.0.0.1:{port}"]
    done = sandbox(backend, *words, "--", PYTHON, "-c", FETCH, f"localhost:{port}", f"127.0.0.1:{port}")
    assert (done.code, done.out) == (0, "answer hello\nanswer hello\n"), done
    assert len(seen) == 2


@pytest.fixture
def server6():
    """The same at ::1 alone."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        yield listener.getsockname()[1], answering(listener)


@backends
def test_an_address_of_ipv6_is_granted_as_such(backend, server6):
    port, seen = server6
    done = sandbox(backend, "--host", f"[::1]:{port}", "--", PYTHON, "-c", FETCH, f"::1:{port}")
    assert (done.code, done.out, seen) == (0, "answer hello\n", [b"hello"]), done
    # By a name whose only address is of that kind: it is looked up outside.
    done = sandbox(backend, "--host", f"ip6-localhost:{port}", "--", PYTHON, "-c", FETCH, f"ip6-localhost:{port}")
    if "cannot be reached" not in done.err:
        assert (done.code, done.out) == (0, "answer hello\n"), done
    reached = len(seen)
    # Another address, another port, and the same by its other name are refused, and named.
    for grant in (f"[::2]:{port}", "[::1]:1", f"[0:0::2]:{port}"):
        done = sandbox(backend, "--host", grant, "--host", f"127.0.0.1:{port}", "--", PYTHON, "-c", FETCH, f"::1:{port}")
        assert done.code == 1 and len(seen) == reached, done
    assert f"the plugin tried to reach [::1]:{port}, which its policy does not grant" in done.err
    # What is no machine's address grants nothing, and hinders nothing.
    assert sandbox(backend, "--host", "[::]:1", "--", "true").code == 64
    assert sandbox(backend, "--host", f"0.0.0.0:{port}", "--", "true").code == 0
    # An address that is none of loopback's is one inside.
    done = sandbox(backend, "--host", f"[2001:db8::5]:{port}", "--", PYTHON, "-c", FETCH, f"2001:db8::5:{port}")
    assert f"[2001:db8::5]:{port} cannot be reached" in done.err, done


@backends
def test_a_wildcard_stands_for_names_below(backend, server):
    port, seen = server
    # Whatever name is asked for is resolved outside; this one is of the machine itself.
    done = sandbox(backend, "--host", f"*.localhost:{port}", "--", PYTHON, "-c", FETCH, f"api.localhost:{port}")
    if done.code == 0:
        assert done.out == "answer hello\n"
    else:  # where names below localhost are not known outside
        assert f"api.localhost:{port} cannot be reached" in done.err


@backends
def test_what_is_not_granted_is_named(backend, server):
    port, seen = server
    words = ["--host", f"db.example.com:{port}"]
    done = sandbox(backend, *words, "--", PYTHON, "-c", FETCH, "api.example.com:443")
    assert done.code == 1
    assert "the plugin asked for api.example.com, which its policy does not grant" in done.err
    assert done.failure["message"].startswith("the plugin failed; it wanted to reach api.example.com")
    assert done.failure["hint"].startswith(f"It is granted db.example.com:{port}")
    done = sandbox(backend, *words, "--", PYTHON, "-c", FETCH, f"127.0.0.1:{port}")
    assert done.code == 1 and f"localhost:{port}" in done.failure["message"] and not seen


@backends
def test_a_place_that_does_not_answer_is_named(backend):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = sandbox(backend, "--host", f"127.0.0.1:{port}", "--", PYTHON, "-c", FETCH, f"127.0.0.1:{port}")
    assert done.code != 0 or done.out == "\n"
    assert f"127.0.0.1:{port} cannot be reached: Connection refused" in done.err


POLICY = """\
apiVersion: dativo/v1
kind: Plugin
name: x
role: tap
executable: ./x
permissions:
  hosts: ["{host}:{port}"]
  paths: [files]
  exact: true
  limits: {memory: 200MiB}
"""


@backends
def test_a_policy_file_is_filled_in_from_the_configuration(backend, server, tmp_path):
    port, _ = server
    (tmp_path / "plugin.yaml").write_text(POLICY)
    (tmp_path / "rows.csv").write_text("1\n")
    (tmp_path / "other.csv").write_text("2\n")
    config = tmp_path / "config.json"
    config.write_text(
        json.dumps(
            {"host": "127.0.0.1", "port": port, "files": [{"path": "rows.csv"}], "else": str(tmp_path / "other.csv")}
        )
    )
    words = ["--policy", tmp_path / "plugin.yaml", "--", PYTHON, "-c"]
    read = f"import sys; print(open('{tmp_path}/rows.csv').read()); print(open('{tmp_path}/other.csv').read())"
    done = sandbox(backend, *words, read, "--config", config, cwd=tmp_path)
    assert done.code == 1 and done.out == "1\n\n", done
    fetch = FETCH.replace("sys.argv[1:]", f"['127.0.0.1:{port}']")
    assert sandbox(backend, *words, fetch, "--config", config, cwd=tmp_path).out == "answer hello\n"
    hungry = sandbox(backend, *words, "x = bytearray(600 << 20); print(len(x))", "--config", config, cwd=tmp_path)
    assert hungry.code != 0 and not hungry.out


def test_a_policy_that_cannot_be_has_a_place(tmp_path):
    file = tmp_path / "plugin.yaml"
    file.write_text(POLICY.replace('"{host}:{port}"', "a/b"))
    done = run("dativo-sandbox", "--policy", file, "--", "true")
    assert done.code == 78 and f'{file}:7:10: "a/b" is no host' in done.err, done
    file.write_text(POLICY.replace("200MiB", "much"))
    assert ':10:20: "much" is no memory' in run("dativo-sandbox", "--policy", file, "--", "true").err
    file.write_text(POLICY.replace("paths", "path"))
    assert ':8:3: "path" is not known here' in run("dativo-sandbox", "--policy", file, "--", "true").err
    assert run("dativo-sandbox", "--host", "a/b", "--", "true").code == 64
    assert run("dativo-sandbox").code == 64


@backends
def test_time_and_memory_end_it_with_the_reason(backend):
    began = time.time()
    done = sandbox(backend, "--limit", "time=1s", "--", "sleep", "30")
    assert done.code == 143 and time.time() - began < 10
    assert done.failure["message"] == "the plugin was ended: it ran for longer than its 1 s"
    grow = "x = []\nwhile True: x.append(bytearray(1 << 20))"
    done = sandbox(backend, "--limit", "memory=200MiB", "--", PYTHON, "-c", grow)
    assert done.code in (1, 137), done
    if done.code == 137:
        assert "it used more than its 209715200 bytes of memory" in done.failure["message"]


@backends
@pytest.mark.parametrize("ends_well", [False, True])
def test_one_that_closes_its_output_and_goes_on_is_ended(backend, ends_well):
    end = "signal.signal(15, lambda *_: os._exit(0))\n" if ends_well else ""
    script = f"import os, signal, time\n{end}os.write(1, b'out\\n')\nos.close(1)\nfor _ in range(900): time.sleep(0.1)"
    began = time.time()
    done = sandbox(backend, "--linger", "1", "--", PYTHON, "-c", script)
    assert done.code == 143 and done.out == "out\n" and 1 < time.time() - began < 8, done
    assert done.failure["message"] == "the plugin was ended: it went on after it had closed its output"
    # Whoever still has it open, or one whose reader is slow, is left alone.
    child = "import os, subprocess, time\nsubprocess.Popen(['sleep', '4'])\nos.close(1)\ntime.sleep(4)"
    assert sandbox(backend, "--linger", "1", "--", PYTHON, "-c", child).code == 0
    full = "import os, time\nos.write(1, b'x' * 9000)\nos.close(1)\ntime.sleep(4)"
    command = [SANDBOX, "--backend", backend, "--linger", "1", "--", PYTHON, "-c", full]
    slow = subprocess.Popen(command, stdout=subprocess.PIPE, cwd="/")
    assert slow.wait(timeout=20) == 0


def test_a_backend_that_confines_no_program_is_refused():
    for backend in ("container", "none"):
        done = sandbox(backend, "--", "true")
        assert done.code == 64 and f"--backend {backend} confines no program here" in done.err


def test_where_nothing_confines_nothing_is_run(tmp_path):
    mark = tmp_path / "ran"
    os.chmod(tmp_path, 0o777)
    # No program of that name, and a kernel call that says no: as in a container without rights.
    script = (
        "import ctypes, os, sys\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.prctl(38, 1, 0, 0, 0)\n"
        "import struct\n"
        "def op(code, jt, jf, k): return struct.pack('HBBI', code, jt, jf, k)\n"
        "nr = {'x86_64': (272, 444), 'aarch64': (97, 444)}[os.uname().machine]\n"
        "program = op(0x20, 0, 0, 0) + op(0x15, 2, 0, nr[0]) + op(0x15, 1, 0, nr[1]) + op(6, 0, 0, 0x7fff0000)"
        " + op(6, 0, 0, 0x50001)\n"
        "buffer = ctypes.create_string_buffer(program)\n"
        "class Program(ctypes.Structure): _fields_ = [('n', ctypes.c_ushort), ('p', ctypes.c_void_p)]\n"
        "assert libc.prctl(22, 2, ctypes.byref(Program(5, ctypes.addressof(buffer))), 0, 0) == 0\n"
        "os.execv(sys.argv[1], sys.argv[1:])\n"
    )
    done = run(PYTHON, "-c", script, SANDBOX, "--write", tmp_path, "--", "touch", mark)
    assert done.code == 78 and "nothing here can confine it" in done.err, done
    assert not mark.exists()


@pytest.mark.parametrize("where, version", [("variable", "2"), ("file", "1"), ("common", "2"), ("system", None)])
def test_a_shim_of_pyenv_is_looked_up_before(tmp_path, where, version):
    """The shim reads half a home to find the version that is meant; what it runs sees none of that."""
    root = tmp_path / "pyenv"
    (root / "shims").mkdir(parents=True)
    shim = root / "shims/toy"
    shim.write_text(f"#!/bin/sh\nexec {root}/libexec/pyenv exec toy\n")
    shim.chmod(0o755)
    for number in "12":
        (root / f"versions/{number}/bin").mkdir(parents=True)
        program = root / f"versions/{number}/bin/toy"
        program.write_text(f"#!/bin/sh\necho version {number}\n")
        program.chmod(0o755)
    other = tmp_path / "bin"
    other.mkdir()
    (other / "toy").write_text("#!/bin/sh\necho version None\n")
    (other / "toy").chmod(0o755)
    project = tmp_path / "project/deep"
    project.mkdir(parents=True)
    (root / "version").write_text("system\n" if where == "system" else "2\n")
    environment = {**os.environ, "PATH": f"{root}/shims:{other}:/usr/bin:/bin"}
    environment.pop("PYENV_VERSION", None)
    if where == "variable":
        environment["PYENV_VERSION"] = "2"
    if where == "file":
        (tmp_path / "project/.python-version").write_text("1\n")
    done = subprocess.run([str(BIN / "dativo-sandbox"), "--", "toy"], cwd=project, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, f"version {version}"), done.stderr
