"""What confinement costs: the start of a plugin, and bytes through its pipes and its network."""
import os
import socket
import statistics
import subprocess
import threading
import time

BOUNDS = {"start": 25.0, "bytes": 2.0}


def timed(words, **options):
    """Wall seconds, and the CPU seconds of the command and all that it started."""
    before, wall = os.times(), time.perf_counter()
    subprocess.run(words, check=True, **options)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - wall, cpu


def compare(arguments, binary):
    """Prints a row for each backend; returns 1 where one is above its bound."""
    sandbox = str(binary / "dativo-sandbox")
    source = str(arguments.input)
    print(f"{'':34}{'bare':>10}{'confined':>10}{'more':>10}   bound")
    failed = False
    for backend in ("bwrap", "landlock"):
        confined = [sandbox, "--backend", backend, "--read", source, "--"]
        runs = [(timed(["/bin/true"])[0], timed([*confined, "/bin/true"])[0]) for _ in range(25)]
        bare, more = (statistics.median(column) * 1000 for column in zip(*runs))
        failed |= row(f"{backend}: start, ms", bare, more, more - bare, "ms", BOUNDS["start"])
        with open(os.devnull, "wb") as nothing:
            program = ["/usr/bin/python3", "-c", COPY, source]
            runs = [
                (timed(program, stdout=nothing)[1], timed([*confined, *program], stdout=nothing)[1])
                for _ in range(5)
            ]
        # The start is counted above: what the bytes cost is the rest.
        bare, more = (statistics.median(column) for column in zip(*runs))
        start = statistics.median(timed([*confined, "/bin/true"])[1] for _ in range(9))
        cost = (more - start - bare) / bare * 100
        failed |= row(f"{backend}: bytes, CPU s", bare, more - start, cost, "%", BOUNDS["bytes"])
        print(f"{f'{backend}: network, MB/s':34}{network([]):10.0f}{network(confined[:-3]):10.0f}")
    return int(failed)


# Parsed and written as a tap would.
COPY = """
import itertools, json, sys
for line in itertools.islice(open(sys.argv[1]), 200000):
    sys.stdout.write(json.dumps(json.loads(line)) + "\\n")
"""

FETCH = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as link:
    while link.recv(1 << 20): pass
"""


def network(confined):
    """Megabytes a second that a plugin gets from a server."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = str(listener.getsockname()[1])
    size = 1 << 30

    def serve():
        link, _ = listener.accept()
        block = bytes(1 << 20)
        with link:
            for _ in range(size >> 20):
                link.sendall(block)

    threading.Thread(target=serve, daemon=True).start()
    grant = [*confined, "--host", f"127.0.0.1:{port}", "--"] if confined else []
    wall, _ = timed([*grant, "/usr/bin/python3", "-c", FETCH, port])
    listener.close()
    return size / wall / 1e6


def row(name, bare, confined, more, unit, bound):
    print(f"{name:34}{bare:10.2f}{confined:10.2f}{more:8.1f} {unit:2} {bound:5.0f} {unit}")
    return more > bound
