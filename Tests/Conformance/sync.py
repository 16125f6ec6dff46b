"""One full sync of a third-party tap: through `dativo run`, under a contract, into Parquet; and the
comparison of its rows with those of the source."""
import datetime
import decimal
import json
import os
import pathlib
import subprocess

import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("DATIVO_BIN", ROOT / ".build/release"))
CACHE = pathlib.Path(
    os.environ.get("DATIVO_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "dativo"
)
#: Environments of plugins stay from run to run.
HOME = CACHE / "conformance"


class Broken(Exception):
    """What did not work, in one line."""


def dativo(*arguments, folder, timeout=900, env=None):
    """Runs dativo in a project; returns the finished process."""
    path = f"{CACHE / 'uv/bin'}:{os.environ['PATH']}"
    return subprocess.run(
        [str(BIN / "dativo"), *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "DATIVO_HOME": str(HOME), "PATH": path, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def install(names, folder, role="tap"):
    """Installs plugins of Dativo's catalog; the lock lies with the environments."""
    lock, own = HOME / "dativo.lock", folder / "dativo.lock"
    if lock.exists():
        own.write_bytes(lock.read_bytes())
    done = dativo("plugins", "install", *names, "--role", role, folder=folder)
    if own.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        lock.write_bytes(own.read_bytes())
    if done.returncode:
        raise Broken(last(done.stderr))


def last(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    return (errors or lines or ["no word"])[-1][:200]


def kind(values):
    """The logicalType of a column's values."""
    values = [value for value in values if value is not None]
    for type_, name in ((bool, "boolean"), (int, "integer"), ((int, float), "number"), (str, "string")):
        if values and all(isinstance(value, type_) for value in values):
            return name
    return None


def contract(stream, rows):
    """A contract that the rows of the source keep, and hardly any others."""
    properties = []
    for name in rows[0]:
        values = [row[name] for row in rows]
        type_ = kind(values)
        if type_ is None:
            continue
        property_ = {"name": name, "logicalType": type_, "required": None not in values}
        if type_ in ("integer", "number"):
            numbers = [value for value in values if value is not None]
            property_["logicalTypeOptions"] = {"minimum": min(numbers), "maximum": max(numbers)}
        properties.append(property_)
    return {
        "apiVersion": "v3.0.2", "kind": "DataContract", "id": "source", "name": stream,
        "version": "1.0.0", "status": "active",
        "schema": [{"name": stream, "logicalType": "object", "properties": properties}],
    }


def plain(value):
    """A value as it is compared: times in UTC, numbers by their value."""
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return aware.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def table(folder, stream):
    files = sorted((folder / "out" / stream).glob("*.parquet"))
    return [row for path in files for row in pq.read_table(path).to_pylist()]


def compare(folder, stream, expected):
    """Raises Broken unless the table has exactly these rows, in the columns that they name."""
    columns = list(expected[0])
    found = [{name: plain(row.get(name)) for name in columns} for row in table(folder, stream)]
    order = lambda row: json.dumps(row, sort_keys=True, default=str)
    want = sorted(({name: plain(value) for name, value in row.items()} for row in expected), key=order)
    got = sorted(found, key=order)
    if len(got) != len(want):
        raise Broken(f"{stream}: {len(got)} rows, the source has {len(want)}")
    for left, right in zip(got, want):
        if left != right:
            raise Broken(f"{stream}: {left} is {right} at the source")


def sync(name, case, folder, timeout=600):
    """Runs the case's job in `folder`; returns the number of rows that were compared."""
    config, streams = case.config, case.streams
    (folder / "contracts").mkdir(exist_ok=True)
    for index, (stream, rows) in enumerate(streams.items()):
        path = folder / f"contracts/s{index}.odcs.yaml"
        path.write_text(json.dumps(contract(case.messages.get(stream, stream), rows)))
    source = {"tap": name, "config": config}
    if case.select:
        source["select"] = case.select
    if case.env:
        source["env"] = case.env
    job = {
        "apiVersion": "dativo/v1", "kind": "Job", "tenant": "conformance", "name": name,
        "source": source, "contracts": ["contracts/*.odcs.yaml"], "validation": {"mode": "strict"},
        "target": {"target": "parquet", "config": {"destination": "out"}},
        "retry": {"attempts": 1},
    }
    if case.env:  # It is led to another host than its description grants, by a module of ours.
        job["sandbox"] = "none"
    (folder / "job.yaml").write_text(json.dumps(job))
    try:
        done = dativo("run", "job.yaml", folder=folder, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Broken(f"dativo run: no end after {timeout} s") from None
    (folder / "run.log").write_text(done.stderr)
    if done.returncode:
        raise Broken(f"dativo run: {done.returncode}: {last(done.stderr)}")
    for stream, rows in streams.items():
        compare(folder, case.messages.get(stream, stream), rows)
    return sum(map(len, streams.values()))
