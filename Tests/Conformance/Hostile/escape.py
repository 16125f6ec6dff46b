#!/usr/bin/env python3
"""escape.py FACTS.json [ATTEMPT]: a hostile plugin. Tries everything that its confinement is to stop.

Prints one JSON line for each attempt: its name, whether it came through, and what was seen. Each
runs in a process of its own, for some end in being killed.
"""
import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import struct
import sys
import threading

FACTS = json.load(open(sys.argv[1]))
libc = ctypes.CDLL(None, use_errno=True)
ATTEMPTS = {}


def attempt(function):
    ATTEMPTS[function.__name__] = function
    return function


def call(number, *arguments):
    """A system call; its result, or an OSError."""
    ctypes.set_errno(0)
    result = libc.syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def read(path, size=4096):
    with open(path, "rb") as file:
        return file.read(size)


def write(path, megabytes=0):
    with open(path, "wb") as file:
        file.write(b"x")
        for _ in range(megabytes):
            file.write(bytes(1 << 20))
    return f"wrote {path}"


# Files


@attempt
def read_shadow():
    return read("/etc/shadow")


@attempt
def read_a_secret_that_everybody_may_read():
    return read(FACTS["secret"])


@attempt
def list_the_folder_of_secrets():
    return os.listdir(os.path.dirname(FACTS["secret"]))


@attempt
def list_homes():
    return [name for place in ("/root", "/home") for name in [os.listdir(place)] if name] or 1 / 0


@attempt
def read_another_plugin():
    return read(FACTS["other_plugin"])


@attempt
def read_what_is_hidden():
    return read(FACTS["hidden"])


@attempt
def reach_out_by_proc_root():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            return read(f"/proc/{pid}/root{FACTS['secret']}")
        except OSError:
            pass
    raise OSError("none")


@attempt
def reach_out_by_proc_of_known_processes():
    for pid in FACTS["processes"]:
        for way in ("root", "cwd/../.."):
            try:
                return read(f"/proc/{pid}/{way}{FACTS['secret']}")
            except OSError:
                pass
    raise OSError("none")


@attempt
def follow_a_link_out():
    link = os.path.join(os.environ["TMPDIR"], "link")
    os.symlink(FACTS["secret"], link)
    return read(link)


@attempt
def write_into_what_may_be_read():
    return write(FACTS["readable"])


@attempt
def truncate_what_may_be_read():
    os.truncate(FACTS["readable"], 0)
    return "truncated"


@attempt
def make_a_file_beside_what_may_be_read():
    return write(os.path.dirname(FACTS["readable"]) + "/new")


@attempt
def write_into_the_system():
    for path in ("/usr/x", "/etc/x", "/x", "/var/x", "/bin/x", "/dev/x", "/run/x", "/opt/x", "/proc/sys/kernel/hostname"):
        try:
            return write(path)
        except OSError:
            pass
    raise OSError("none")


@attempt
def write_to_a_temporary_folder_of_everybody():
    write("/tmp/" + FACTS["mark"])  # in a file system of its own this is nobody else's
    if not FACTS["own_tmp"]:
        return "wrote"
    raise OSError("of its own")


@attempt
def open_a_disk():
    for name in ("/dev/vda", "/dev/sda", "/dev/mem", "/dev/kmsg", "/dev/loop0", "/dev/fuse"):
        try:
            return read(name, 16)
        except OSError:
            pass
    raise OSError("none")


@attempt
def make_a_device():
    os.mknod(os.path.join(os.environ["TMPDIR"], "disk"), 0o600 | 0o060000, os.makedev(254, 0))
    return "made"


@attempt
def open_by_handle():
    handle = struct.pack("IiI", 12, 1, 0) + bytes(64)
    return call(304 if os.uname().machine == "x86_64" else 265, 3, ctypes.c_char_p(handle), 0)


# The supervisor's own


@attempt
def read_the_environment_of_ancestors():
    mark = FACTS["mark"].encode()
    pids = [pid for pid in os.listdir("/proc") if pid.isdigit()] if os.access("/proc", os.R_OK) else []
    for pid in {*pids, *map(str, FACTS["processes"]), "1", str(os.getppid())}:
        for file in ("environ", "cmdline", "mem"):
            try:
                if mark in read(f"/proc/{pid}/{file}", 1 << 16):
                    return f"/proc/{pid}/{file}"
            except OSError:
                pass
    raise OSError("none")


@attempt
def find_variables():
    if any(FACTS["mark"] in value for value in os.environ.values()):
        return dict(os.environ)
    raise OSError("none")


@attempt
def use_inherited_descriptors():
    for number in range(3, 256):
        try:
            return number, os.readlink(f"/proc/self/fd/{number}"), os.pread(number, 64, 0)
        except OSError:
            pass
    raise OSError("none")


@attempt
def have_the_terminal():
    return os.open("/dev/tty", os.O_RDWR)


@attempt
def type_into_the_terminal():
    import fcntl

    fcntl.ioctl(0, 0x5412, b"x")
    return "typed"


# Other processes


def signals(number):
    def go():
        for pid in FACTS["processes"]:
            try:
                os.kill(pid, number)
                return f"signalled {pid}"
            except OSError:
                pass
        raise OSError("none")

    return go


@attempt
def signal_others():
    return signals(0)()


@attempt
def trace_others():
    for pid in [*FACTS["processes"], os.getppid()]:
        try:
            return call(101 if os.uname().machine == "x86_64" else 117, 16, pid, 0, 0)  # attach
        except OSError:
            pass
    raise OSError("none")


@attempt
def be_traced():
    return call(101 if os.uname().machine == "x86_64" else 117, 0, 0, 0, 0)


@attempt
def read_the_memory_of_others():
    buffer = ctypes.create_string_buffer(64)
    local = struct.pack("PN", ctypes.addressof(buffer), 64)
    remote = struct.pack("PN", 0x400000, 64)
    for pid in FACTS["processes"]:
        try:
            return call(310, pid, ctypes.c_char_p(local), 1, ctypes.c_char_p(remote), 1, 0)
        except OSError:
            pass
    raise OSError("none")


@attempt
def take_a_descriptor_of_others():
    for pid in FACTS["processes"]:
        try:
            return call(438, os.pidfd_open(pid), 0, 0)
        except OSError:
            pass
    raise OSError("none")


# The kernel


def refused(name, number, *arguments):
    def go():
        return call(number, *arguments)

    go.__name__ = name
    attempt(go)


if os.uname().machine == "x86_64":
    refused("mount", 165, b"none", b"/tmp", b"tmpfs", 0, None)
    refused("unmount", 166, b"/proc", 2)
    refused("pivot_root", 155, b"/", b"/tmp")
    refused("chroot", 161, b"/tmp")
    refused("unshare_users", 272, 0x10000000)
    refused("unshare_mounts", 272, 0x20000)
    refused("clone_users", 56, 0x10000000 | 17, 0, 0, 0, 0)
    refused("clone3", 435, bytes(88), 88)
    refused("set_namespace", 308, 0, 0)
    refused("keys", 250, 0, -3, 1)
    refused("add_a_key", 248, b"user", b"x", b"y", 1, -3)
    refused("bpf", 321, 5, bytes(128), 128)
    refused("perf_event_open", 298, bytes(128), 0, -1, -1, 0)
    refused("userfaultfd", 323, 1)
    refused("io_uring", 425, 8, bytes(120))
    refused("kexec", 246, 0, 0, 0, 0)
    refused("load_a_module", 313, 0, b"", 0)
    refused("personality", 135, 0x0040000)
    refused("open_tree", 428, -100, b"/", 1)
    refused("fsopen", 430, b"tmpfs", 0)
    refused("mount_setattr", 442, -100, b"/", 0, bytes(32), 32)
    refused("fanotify", 300, 0, 0)
    refused("quota", 179, 0x800001, None, 0, None)
    refused("reboot", 169, 0xFEE1DEAD, 672274793, 0)
    refused("set_the_clock", 227, 0, bytes(16))
    refused("host_name", 170, b"x", 1)
    refused("kernel_log", 103, 2, bytes(64), 64)
    refused("own_seccomp_listener", 317, 1, 8, bytes(16))


@attempt
def call_as_32_bits():
    code = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"  # getpid by int 0x80: another table of numbers
    room = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    room.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(room))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()


@attempt
def call_as_x32():
    return call(0x40000000 + 39)


@attempt
def gain_privileges():
    status = dict(line.split(":", 1) for line in read("/proc/self/status", 1 << 16).decode().splitlines())
    if int(status["CapEff"], 16) or int(status["CapPrm"], 16) or status["NoNewPrivs"].strip() != "1":
        return status
    if status["Seccomp"].strip() != "2":
        return status
    raise OSError("none")


@attempt
def be_root():
    os.setuid(0)
    return os.getuid()


# Resources


@attempt
def take_memory():
    room = bytearray(FACTS["memory"] * 3)
    for offset in range(0, len(room), 4096):
        room[offset] = 1
    return len(room)


@attempt
def fill_its_temporary_folder():
    return write(os.path.join(os.environ["TMPDIR"], "big"), FACTS["scratch"] * 4 >> 20)


@attempt
def fill_shared_memory():
    return write("/dev/shm/big", 200)


@attempt
def write_a_large_file():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    return write(os.path.join(FACTS["writable"], "large"), FACTS["file_size"] * 2 >> 20)


@attempt
def bomb_with_forks():
    count = 0
    children = []
    try:
        while count < FACTS["limit"] * 3:
            pid = os.fork()
            if pid == 0:
                signal.pause()
                os._exit(0)
            children.append(pid)
            count += 1
    except OSError:
        pass
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    if count >= FACTS["limit"] + 3:
        return count
    raise OSError(f"stopped at {count}")


@attempt
def bomb_with_threads():
    done = threading.Event()
    count = 0
    try:
        while count < FACTS["limit"] * 3:
            threading.Thread(target=done.wait, daemon=True).start()
            count += 1
    except RuntimeError:
        pass
    done.set()
    if count >= FACTS["limit"] + 3:
        return count
    raise OSError(f"stopped at {count}")


@attempt
def raise_a_limit():
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
    return resource.getrlimit(resource.RLIMIT_CORE)


# The network


def connect(host, port, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as link:
        link.settimeout(2)
        link.connect((host, port))
        if kind == socket.SOCK_DGRAM:
            link.send(b"ping")
        return link.recv(16)


@attempt
def reach_a_server_of_the_machine():
    return connect("127.0.0.1", FACTS["tcp"])


@attempt
def reach_it_by_another_address():
    return connect(FACTS["address"], FACTS["tcp"])


@attempt
def reach_it_by_ipv6():
    return connect("::1", FACTS["tcp6"], socket.AF_INET6)


@attempt
def send_a_datagram():
    return connect("127.0.0.1", FACTS["udp"], kind=socket.SOCK_DGRAM)


@attempt
def reach_the_internet():
    with socket.socket() as link:
        link.settimeout(2)
        link.connect(("192.0.2.1", 443))
    return "connected"


@attempt
def ask_for_a_name():
    return socket.getaddrinfo("example.com", 443)


@attempt
def ask_another_name_server():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        return link.sendto(b"\0" * 32, ("192.0.2.1", 53))


@attempt
def open_a_raw_socket():
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)


@attempt
def open_a_packet_socket():
    return socket.socket(17, socket.SOCK_RAW, 3)


@attempt
def open_netlink():
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


@attempt
def open_vsock():
    return socket.socket(40, socket.SOCK_STREAM)


@attempt
def open_alg():
    return socket.socket(38, socket.SOCK_SEQPACKET)


@attempt
def reach_an_abstract_socket():
    with socket.socket(socket.AF_UNIX) as link:
        link.connect("\0" + FACTS["mark"])
    return "connected"


@attempt
def reach_a_socket_by_its_path():
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(FACTS["socket"])
    return "connected"


def tried(name):
    """Runs one attempt in a child: (whether it came through, what was seen)."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        signal.alarm(20)
        try:
            text = "through " + repr(ATTEMPTS[name]())[:200]
        except BaseException as error:
            text = f"stopped {type(error).__name__}: {error}"
        os.write(theirs, text.encode("utf-8", "replace"))
        os._exit(0)
    os.close(theirs)
    text = b""
    while block := os.read(ours, 4096):
        text += block
    os.close(ours)
    _, status = os.waitpid(pid, 0)
    word, _, seen = text.decode("utf-8", "replace").partition(" ")
    return word == "through", seen or f"killed by {status & 0x7F}"


chosen = sys.argv[2:] or list(ATTEMPTS)
for name in chosen:
    through, seen = tried(name)
    print(json.dumps({"attempt": name, "through": through, "seen": seen}), flush=True)
