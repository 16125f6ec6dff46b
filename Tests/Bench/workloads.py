"""Streams of other shapes than lineitem, made once and kept, with their columns as DuckDB reads them."""
import csv
import datetime
import json
import random
import subprocess
from dataclasses import dataclass, field


@dataclass
class Workload:
    name: str
    path: str
    records: int
    # DuckDB's types of the records' fields.
    columns: dict
    # Whether a record's stream is one of many.
    is_mixed: bool = False
    settings: dict = field(default_factory=dict)

    @property
    def struct(self):
        return "STRUCT(" + ", ".join(f'"{name}" {kind}' for name, kind in self.columns.items()) + ")"


INTEGER, NUMBER, STRING = ({"type": ["null", kind]} for kind in ("integer", "number", "string"))
TIME = {"type": ["null", "string"], "format": "date-time"}
DATE = {"type": ["null", "string"], "format": "date"}
KINDS = {"BIGINT": INTEGER, "DOUBLE": NUMBER, "VARCHAR": STRING, "TIMESTAMPTZ": TIME, "DATE": DATE}


def schema(stream, properties):
    return {"type": "SCHEMA", "stream": stream, "schema": {"type": "object", "properties": properties},
            "key_properties": []}


def write(path, lines):
    """Writes messages; returns how many are records."""
    count = 0
    part = path.with_suffix(".part")
    with open(part, "w") as out:
        for line in lines:
            out.write(line if isinstance(line, str) else json.dumps(line, separators=(",", ":")) + "\n")
            count += isinstance(line, str) or line["type"] == "RECORD"
    part.rename(path)
    path.with_suffix(".count").write_text(str(count))


def flat(stream, columns, rows):
    """Messages for rows of texts; what is no text goes as it is, nothing as null."""
    yield schema(stream, {name: KINDS[kind] for name, kind in columns.items()})
    bare = [kind in ("BIGINT", "DOUBLE") for kind in columns.values()]
    keys = [json.dumps(name) + ":" for name in columns]
    for row in rows:
        cells = ",".join(
            key + ("null" if value in ("", "NA") else value if plain else json.dumps(value))
            for key, value, plain in zip(keys, row, bare)
        )
        yield f'{{"type":"RECORD","stream":"{stream}","record":{{{cells}}}}}\n'
    yield {"type": "STATE", "value": {"done": True}}


def orders(cache, folder):
    subprocess.run(
        [cache / "py/bin/tpchgen-cli", "csv", "-s", "0.8", "--tables=orders", f"--output-dir={folder}"],
        check=True, capture_output=True,
    )
    with open(folder / "orders.csv") as source:
        rows = csv.reader(source)
        next(rows)
        yield from flat("orders", ORDERS, rows)


ORDERS = {
    "o_orderkey": "BIGINT", "o_custkey": "BIGINT", "o_orderstatus": "VARCHAR", "o_totalprice": "DOUBLE",
    "o_orderdate": "DATE", "o_orderpriority": "VARCHAR", "o_clerk": "VARCHAR", "o_shippriority": "BIGINT",
    "o_comment": "VARCHAR",
}  # fmt: skip
FLIGHTS = {
    "year": "BIGINT", "month": "BIGINT", "day": "BIGINT", "dep_time": "BIGINT", "sched_dep_time": "BIGINT",
    "dep_delay": "BIGINT", "arr_time": "BIGINT", "sched_arr_time": "BIGINT", "arr_delay": "BIGINT",
    "carrier": "VARCHAR", "flight": "BIGINT", "tailnum": "VARCHAR", "origin": "VARCHAR", "dest": "VARCHAR",
    "air_time": "BIGINT", "distance": "BIGINT", "hour": "BIGINT", "minute": "BIGINT",
    "time_hour": "TIMESTAMPTZ",
}  # fmt: skip
NARROW = {"id": "BIGINT", "value": "DOUBLE"}


def flights(cache, folder):
    with open(cache / "data/flights.csv") as source:
        rows = csv.reader(source)
        next(rows)
        yield from flat("flights", FLIGHTS, rows)


def narrow(cache, folder):
    chance = random.Random(1)
    yield schema("narrow", {name: KINDS[kind] for name, kind in NARROW.items()})
    for n in range(10_000_000):
        value = chance.randrange(1_000_000) / 1000
        yield f'{{"type":"RECORD","stream":"narrow","record":{{"id":{n},"value":{value}}}}}\n'
    yield {"type": "STATE", "value": {"done": True}}


USER = {"id": "BIGINT", "login": "VARCHAR", "avatar_url": "VARCHAR"}
COMMIT = {"sha": "VARCHAR", "message": "VARCHAR", "author": {"name": "VARCHAR", "email": "VARCHAR"},
          "distinct": "BOOLEAN", "url": "VARCHAR"}
EVENT = {
    "id": "VARCHAR", "type": "VARCHAR", "actor": USER, "repo": {"id": "BIGINT", "name": "VARCHAR", "url": "VARCHAR"},
    "payload": {"push_id": "BIGINT", "size": "BIGINT", "ref": "VARCHAR", "commits": [COMMIT],
                "issue": {"number": "BIGINT", "title": "VARCHAR", "labels": ["VARCHAR"], "user": USER}},
    "public": "BOOLEAN", "created_at": "TIMESTAMPTZ", "org": USER,
}  # fmt: skip


def duck(kind):
    if isinstance(kind, dict):
        return "STRUCT(" + ", ".join(f'"{name}" {duck(part)}' for name, part in kind.items()) + ")"
    return duck(kind[0]) + "[]" if isinstance(kind, list) else kind


def singer(kind):
    if isinstance(kind, dict):
        return {"type": ["null", "object"], "properties": {name: singer(part) for name, part in kind.items()}}
    if isinstance(kind, list):
        return {"type": ["null", "array"], "items": singer(kind[0])}
    return {"BOOLEAN": {"type": ["null", "boolean"]}, **KINDS}[kind]


def events(cache, folder):
    chance = random.Random(2)
    words = "fix add remove update bump merge tests docs parser cache retry schema writer for in the of and".split()
    start = datetime.datetime(2026, 1, 1)

    def text(most):
        return " ".join(chance.choice(words) for _ in range(chance.randrange(2, most)))

    def user():
        n = int(chance.paretovariate(0.6)) % 50_000
        return {"id": n, "login": f"user-{n}", "avatar_url": f"https://avatars.example.com/u/{n}?v=4"}

    yield schema("events", singer(EVENT)["properties"])
    for n in range(200_000):
        repo = int(chance.paretovariate(0.7)) % 20_000
        url = f"https://api.example.com/repos/group/project-{repo}"
        event = {
            "id": str(30_000_000_000 + n), "type": "PushEvent", "actor": user(),
            "repo": {"id": repo, "name": f"group/project-{repo}", "url": url}, "public": True,
            "created_at": (start + datetime.timedelta(seconds=n // 7)).isoformat() + "Z",
        }
        if chance.random() < 0.7:
            shas = [f"{chance.getrandbits(160):040x}" for _ in range(chance.randrange(1, 4))]
            event["payload"] = {
                "push_id": 10_000_000 + n, "size": len(shas), "ref": "refs/heads/main",
                "commits": [
                    {"sha": sha, "message": text(12), "author": {"name": "A B", "email": "a.b@example.com"},
                     "distinct": True, "url": f"{url}/commits/{sha}"} for sha in shas
                ],
            }
        else:
            event["type"] = "IssuesEvent"
            event["payload"] = {"issue": {"number": n % 999, "title": text(9), "user": user(),
                                          "labels": [chance.choice(words) for _ in range(chance.randrange(3))]}}
        if chance.random() < 0.3:
            event["org"] = user()
        yield {"type": "RECORD", "stream": "events", "record": event}
    yield {"type": "STATE", "value": {"done": True}}


MIXED = {"id": "BIGINT", "name": "VARCHAR", "amount": "DOUBLE", "at": "TIMESTAMPTZ"}


def mixed(cache, folder):
    properties = {name: KINDS[kind] for name, kind in MIXED.items()}
    for stream in range(100):
        yield schema(f"s{stream:02}", properties)
    start = datetime.datetime(2026, 1, 1)
    for n in range(1_000_000):
        at = (start + datetime.timedelta(seconds=n)).isoformat()
        yield (
            f'{{"type":"RECORD","stream":"s{n * 7919 % 100:02}","record":{{"id":{n},"name":"name {n % 5000}",'
            f'"amount":{n % 9973 / 100},"at":"{at}Z"}}}}\n'
        )
    yield {"type": "STATE", "value": {"done": True}}


MAKERS = {
    "orders": (orders, ORDERS), "flights": (flights, FLIGHTS), "events, nested": (events, EVENT),
    "narrow, 10 M": (narrow, NARROW), "100 streams": (mixed, MIXED),
}  # fmt: skip


def workloads(cache, folder, only):
    made = []
    for name, (make, columns) in MAKERS.items():
        if only not in name:
            continue
        path = cache / "data" / f"{make.__name__}.singer"
        if not path.exists():
            write(path, make(cache, folder))
        count = int(path.with_suffix(".count").read_text())
        kinds = {key: duck(kind) for key, kind in columns.items()}
        made.append(Workload(name, str(path), count, kinds, is_mixed=make is mixed))
    return made
