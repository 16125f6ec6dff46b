"""What the tests of `dativo contract test` share: contracts, rows in every form, and the answer read."""
import datetime as dt
import decimal
import json

import pyarrow as pa
import pyarrow.parquet as pq

from conftest import CACHE, lines, run, schema, state

DUCKDB = {"DATIVO_DUCKDB": str(CACHE / "duckdb-cli/bin/duckdb")}
NO_DUCKDB = {"DATIVO_DUCKDB": "/nowhere/duckdb"}


def prop(name, kind, options=None, **rest):
    return {"name": name, "logicalType": kind, **({"logicalTypeOptions": options} if options else {}), **rest}


def sql(query, **rest):
    return {"type": "sql", "query": query, **rest}


def contract(tmp_path, properties, version="v3.1.0", name="contract.odcs.yaml", objects=None, **rest):
    """Writes a contract; JSON is YAML."""
    file = tmp_path / name
    objects = objects or [{"name": "o", "properties": properties, **rest.pop("o", {})}]
    file.write_text(json.dumps({
        "apiVersion": version, "kind": "DataContract", "id": "c-1", "version": "1.0.0",
        "status": "active", "schema": objects, **rest,
    }))  # fmt: skip
    return file


def test(contract, *data, code=None, env=NO_DUCKDB, **options):
    """The result of --json, with the checks by status."""
    words = [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", value)]
    done = run("dativo", "contract", "test", "--contract", contract, *data, *words, "--json", env=env)
    assert code is None or done.code == code, done
    answer = json.loads(done.out)
    assert answer["exit"] == done.code, done
    result = answer["result"]
    if result:
        for status in ("passed", "failed", "warning", "skipped"):
            result[status + "_checks"] = [it for it in result["checks"] if it["status"] == status]
    else:
        result = answer["errors"]
    return result


test.__test__ = False


def places(checks):
    return sorted((check["pointer"], check["rule"]) for check in checks)


def records(tmp_path, rows, name="data.jsonl"):
    file = tmp_path / name
    file.write_bytes(lines(*rows))
    return file


# The same rows in every form: what is wrong with them is the same.
ROWS = [
    {"id": 1, "name": "Ada", "price": "10.50", "at": "2024-01-01T00:00:00Z", "ok": True},
    {"id": 2, "name": "TOOLONGNAME", "price": "10.555", "at": "2024-01-02T00:00:00Z", "ok": False},
    {"id": 2, "name": "Bob", "price": "-1.00", "at": "2024-01-03T00:00:00Z", "ok": None},
    {"id": 4, "name": None, "price": "3.00", "at": "2024-01-04T00:00:00Z", "ok": True},
]
BROKEN = [("/id", "primaryKey"), ("/name", "maxLength"), ("/name", "required"),
          ("/price", "minimum"), ("/price", "multipleOf")]  # fmt: skip
FIRST = {"primaryKey": 3, "maxLength": 2, "required": 4, "minimum": 3, "multipleOf": 2}
TYPES = pa.schema([
    ("id", pa.int64()), ("name", pa.string()), ("price", pa.decimal128(12, 3)),
    ("at", pa.timestamp("us", "UTC")), ("ok", pa.bool_()),
])  # fmt: skip
SINGER = {
    "id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "price": {"type": "number"},
    "at": {"type": "string", "format": "date-time"}, "ok": {"type": ["boolean", "null"]},
}  # fmt: skip


def simple(tmp_path, **rest):
    return contract(tmp_path, [
        prop("id", "integer", primaryKey=True),
        prop("name", "string", {"maxLength": 10}, required=True),
        prop("price", "number", {"multipleOf": 0.01, "minimum": 0}),
        prop("at", "timestamp"), prop("ok", "boolean"),
    ], **rest)  # fmt: skip


def plain(row):
    return '{"id": %d, "name": %s, "price": %s, "at": "%s", "ok": %s}' % (
        row["id"], json.dumps(row["name"]), row["price"], row["at"], json.dumps(row["ok"]),
    )  # fmt: skip


def arrow(rows):
    return pa.Table.from_pylist([
        {**row, "price": decimal.Decimal(row["price"]), "at": dt.datetime.fromisoformat(row["at"])}
        for row in rows
    ], TYPES)  # fmt: skip


def as_records(folder):
    return records(folder, [plain(row) for row in ROWS])


def as_singer(folder):
    messages = ['{"type":"RECORD","stream":"o","record":%s}' % plain(row) for row in ROWS]
    return records(folder, [schema("o", SINGER), *messages, state({})], "out.singer")


def as_airbyte(folder):
    text = '{"type":"RECORD","record":{"stream":"o","data":%s,"emitted_at":1}}'
    return records(folder, [text % plain(row) for row in ROWS], "out.jsonl")


def as_csv(folder):
    file = folder / "data.csv"
    rows = [",".join("" if v is None else str(v).lower() if isinstance(v, bool) else str(v)
                     for v in row.values()) for row in ROWS]  # fmt: skip
    file.write_text("\n".join([",".join(ROWS[0]), *rows]) + "\n")
    return file


def as_file(folder):
    pq.write_table(arrow(ROWS), folder / "data.parquet")
    return folder / "data.parquet"


def as_folder(folder):
    place = folder / "files"
    (place / "inner").mkdir(parents=True)
    pq.write_table(arrow(ROWS[:2]), place / "a.parquet", row_group_size=1)
    pq.write_table(arrow(ROWS[2:]), place / "inner/b.parquet")
    return place


def as_table(folder):
    config = folder / "target.json"
    config.write_text(json.dumps({"destination": str(folder / "out")}))
    body = ['{"type":"RECORD","stream":"o","record":%s}' % plain(row) for row in ROWS]
    done = run("dativo-target-parquet", "--config", config,
               stdin=lines(schema("o", SINGER), *body, state({})))  # fmt: skip
    assert done.code == 0, done
    # A file that no commit names, and one that a crash left behind, do not count.
    pq.write_table(arrow([{**ROWS[0], "id": 1, "name": "X" * 99}]), folder / "out/o/stray.parquet")
    return folder / "out/o"


FORMS = {
    "records": (as_records, 0), "singer": (as_singer, 1), "airbyte": (as_airbyte, 0),
    "csv": (as_csv, 0), "file": (as_file, 0), "folder": (as_folder, 0), "table": (as_table, 0),
}  # fmt: skip
