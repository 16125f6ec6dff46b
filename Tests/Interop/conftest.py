"""What every interop test shares: where the executables are, how to run one, how to read tables."""
import json
import os
import pathlib
import subprocess

import pyarrow.parquet as pq
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("DATIVO_BIN", ROOT / ".build/release"))
CACHE = pathlib.Path(
    os.environ.get("DATIVO_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "dativo"
)


class Result:
    """A finished command: exit code, output, and the last line of stderr read as JSON."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def failure(self):
        return json.loads(self.err.strip().splitlines()[-1])

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out[-2000:]}\n--- stderr\n{self.err[-3000:]}"


def run(*command, stdin=b"", cwd=None, env=None, timeout=120):
    """Runs an executable of ours (by name) or any other (by path)."""
    program = str(BIN / command[0]) if (BIN / command[0]).is_file() else str(command[0])
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [program, *map(str, command[1:])],
        input=data,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        timeout=timeout,
    )
    return Result(
        done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    )


def lines(*messages):
    """Messages as Singer lines; text and bytes stay as they are."""
    parts = []
    for message in messages:
        if isinstance(message, bytes):
            parts.append(message)
        elif isinstance(message, str):
            parts.append(message.encode() + b"\n")
        else:
            parts.append(json.dumps(message, ensure_ascii=False).encode() + b"\n")
    return b"".join(parts)


def schema(stream, properties, keys=()):
    return {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": properties},
        "key_properties": list(keys),
    }


def record(stream, value):
    return {"type": "RECORD", "stream": stream, "record": value}


def state(value):
    return {"type": "STATE", "value": value}


@pytest.fixture
def load(tmp_path):
    """Loads messages with dativo-target-parquet into tmp_path/out."""

    def load(*messages, **settings):
        config = tmp_path / "target.json"
        config.write_text(json.dumps({"destination": str(tmp_path / "out"), **settings}))
        return run("dativo-target-parquet", "--config", config, stdin=lines(*messages))

    return load


@pytest.fixture
def table(tmp_path):
    """The rows of a stream's table, as dictionaries in the order of `id`."""

    def table(stream="s"):
        folder = tmp_path / "out" / stream
        rows = [row for path in sorted(folder.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]
        return sorted(rows, key=lambda row: row.get("id") or 0)

    return table


@pytest.fixture
def commits(tmp_path):
    """The commit objects, without those that only open an epoch."""

    def commits():
        folder = tmp_path / "out" / "_dativo" / "default" / "commits"
        found = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
        return [commit for commit in found if commit["kind"] != "open"]

    return commits


def set_aside(path):
    """The records of a quarantine file, with what it says of each."""
    lines_ = map(json.loads, path.read_text().splitlines())
    return [line for line in lines_ if line["type"] == "RECORD"]
