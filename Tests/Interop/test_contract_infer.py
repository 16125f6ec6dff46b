"""`dativo contract infer`: what is proposed of data, that it is valid, and that it accepts them."""
import datetime as dt
import decimal
import gzip
import json
import random
import uuid

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from conftest import ROOT, lines, record, run, schema, state
from test_odcs_schema import official  # noqa: F401  (a fixture)

CORPUS = ROOT.parent / "shared/corpus/singer"


def infer(folder, *data, name="inferred.odcs.yaml", **options):
    """The contract as text and as a tree; it is valid for us, and accepts the data."""
    file = folder / name
    words = [word for key, value in options.items() for word in (f"--{key}", value)]
    done = run("dativo", "contract", "infer", *data, "--output", file, *words)
    assert done.code == 0, done
    linted = run("dativo", "lint", file)
    assert linted.code == 0, linted
    return file, yaml.load(file.read_text(), yaml.BaseLoader)


def accepts(file, *data):
    done = run("dativo", "contract", "test", "--contract", file, *data, "--json",
               env={"DATIVO_DUCKDB": "/nowhere"})  # fmt: skip
    assert done.code == 0, done
    checks = json.loads(done.out)["result"]["checks"]
    # A stream without a record is told, and no fault of the contract.
    assert not [it for it in checks if it["status"] in ("failed", "warning") and it["rule"] != "data"], checks


def properties(tree, place=0):
    return {it["name"]: it for it in tree["schema"][place]["properties"]}


def records(folder, rows, name="data.jsonl"):
    (folder / name).write_bytes(lines(*rows))
    return folder / name


def rows(count, seed=1):
    """Records with something of everything that is proposed."""
    dice = random.Random(seed)
    for n in range(count):
        yield {
            "id": n + 1,
            "uid": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
            "email": f"user{n}@example.org",
            "site": f"https://example.org/{n}",
            "ip": f"10.0.{n % 256}.{dice.randrange(256)}",
            "status": dice.choice(["new", "paid", "shipped"]),
            "code": f"{dice.randrange(10**6):06}",
            "price": float(decimal.Decimal(dice.randrange(1, 10**5)) / 100),
            "ratio": dice.random(),
            "age": dice.randrange(0, 100),
            "big": 2**63 + n,
            "day": str(dt.date(2024, 1, 1) + dt.timedelta(days=n % 300)),
            "at": f"2024-01-01T00:00:{n % 60:02}Z",
            "german": f"{n % 28 + 1:02}.{n % 12 + 1:02}.2024",
            "slashed": f"{n % 28 + 1:02}/{n % 12 + 1:02}/2024",
            "either": f"{n % 12 + 1:02}/{n % 12 + 1:02}/2024",
            "open": bool(n % 2),
            "note": None if n % 3 else "n" * (n % 40),
            "mixed": n if n % 2 else str(n),
            "nothing": None,
            "tags": ["a"] * (n % 3),
            "deep": {"zip": f"{n % 100000:05}", "list": [{"a": n}, {"a": None, "b": 1.5}]},
            **({"sometimes": n} if n % 2 else {}),
        }


def test_what_is_proposed(official, tmp_path):  # noqa: F811
    data = records(tmp_path, rows(400))
    file, tree = infer(tmp_path, data, id="acme.orders", name="inferred.yaml")
    official["v3.0.2"].validate(yaml.safe_load(file.read_text()))
    assert (tree["apiVersion"], tree["id"], tree["name"], tree["status"]) == (
        "v3.0.2", "acme.orders", "data", "draft",
    )  # fmt: skip
    found = properties(tree)
    kinds = {name: it.get("logicalType") for name, it in found.items()}
    assert kinds == {
        "id": "integer", "uid": "string", "email": "string", "site": "string", "ip": "string",
        "status": "string", "code": "string", "price": "number", "ratio": "number",
        "age": "integer", "big": "integer", "day": "date", "at": "date", "german": "date",
        "slashed": "date", "either": "string", "open": "boolean", "note": "string", "mixed": None,
        "nothing": None, "tags": "array", "deep": "object", "sometimes": "integer",
    }  # fmt: skip
    options = {name: it.get("logicalTypeOptions") for name, it in found.items()}
    assert options["id"] == options["age"] == {"format": "i64"} and options["big"] is None
    assert [options[it] for it in ("uid", "email", "site", "ip")] == [
        {"format": it} for it in ("uuid", "email", "uri", "ipv4")
    ]
    assert options["day"] == {"format": "yyyy-MM-dd"} and options["at"] is None
    assert options["german"] == {"format": "dd.MM.yyyy"}
    assert options["slashed"] == {"format": "dd/MM/yyyy"} and options["either"] == {
        "minLength": "10", "maxLength": "10",
    }  # fmt: skip
    assert options["code"] == {"minLength": "6", "maxLength": "6"}
    assert options["price"] == {"multipleOf": "0.01"} and options["ratio"] is None
    required = {name for name, it in found.items() if it.get("required") == "true"}
    assert set(found) - required == {"note", "nothing", "sometimes"}
    assert [name for name, it in found.items() if it.get("primaryKey")] == ["id"]
    assert found["status"]["quality"] == [{
        "type": "library", "rule": "invalidValues", "validValues": ["new", "paid", "shipped"],
        "mustBe": "0", "severity": "warning",
    }]  # fmt: skip
    assert [name for name, it in found.items() if it.get("quality")] == ["status"]
    assert found["tags"]["items"] == {"logicalType": "string"}
    inner = {it["name"]: it for it in found["deep"]["properties"]}
    assert inner["zip"]["required"] == "true" and inner["list"]["logicalType"] == "array"
    element = {it["name"]: it for it in inner["list"]["items"]["properties"]}
    assert element["a"] == {"name": "a", "logicalType": "integer", "logicalTypeOptions": {"format": "i64"}}
    assert element["b"]["logicalType"] == "number" and "required" not in element["b"]
    # Bounds and uniqueness that merely happened are told, not enforced.
    text = file.read_text()
    assert "minimum" not in text and "unique" not in text
    comments = dict(zip(
        [line.split("name: ")[1] for line in text.splitlines() if line.startswith("      - name: ")],
        [line.strip() for line in text.splitlines() if line.startswith("        # ")],
    ))  # fmt: skip
    assert comments["id"] == "# 400 values; from 1 to 400"
    assert comments["sometimes"] == "# 200 of 400 values; from 1 to 399"
    assert comments["uid"] == "# 400 values; all different"
    assert comments["status"] == "# 400 values; 3 to 7 characters; 3 choices, again and again"
    assert comments["mixed"] == "# 400 values; of several types: integer, string; all different"
    assert comments["nothing"] == "# no value in 400 records"
    assert comments["either"].startswith("# 400 values; dates of which day and month cannot be told apart")
    accepts(file, data)


def test_few_records_prove_little(tmp_path):
    _, tree = infer(tmp_path, records(tmp_path, rows(12)))
    found = properties(tree)
    assert "quality" not in found["status"] and "logicalTypeOptions" not in found["price"]
    assert "logicalTypeOptions" not in found["code"] and found["id"]["primaryKey"] == "true"


@pytest.mark.parametrize("seed", range(6))
def test_random_data_are_accepted(official, tmp_path, seed):  # noqa: F811
    """Values of every kind, mixed without mercy."""
    dice = random.Random(seed)
    texts = ["", "x", "é", "e\u0301", "2024-02-30", "2024-01-01", "a@b", "1", "null", "#", "': ", "\n", "😀"]

    def value(depth=0):
        kind = dice.randrange(9 if depth < 3 else 6)
        match kind:
            case 0: return None
            case 1: return dice.choice([True, False])
            case 2: return dice.choice([0, -1, 2**31, 2**63 - 1, -(2**63), 10**30, 7])
            case 3: return dice.choice([0.1, -2.5, 1e300, 1.0, 12.25])
            case 4 | 5: return dice.choice(texts)
            case 6: return [value(depth + 1) for _ in range(dice.randrange(3))]
            case _: return {dice.choice(["a", "b/c", "d~e", "1", ""]): value(depth + 1) for _ in range(dice.randrange(4))}

    makers = {}
    for name in ["a", "id", "x y", "0", "ünï", "key"]:
        sample = [value() for _ in range(dice.choice([1, 2, 4]))]
        makers[name] = sample
    data = [{name: dice.choice(some) for name, some in makers.items() if dice.random() < 0.95}
            for _ in range(dice.choice([1, 30, 300]))]  # fmt: skip
    data = records(tmp_path, data)
    file = tmp_path / "c.yaml"
    done = run("dativo", "contract", "infer", data, "--output", file)
    assert done.code == 0, done
    official["v3.0.2"].validate(yaml.safe_load(file.read_text()))
    accepts(file, data)


def test_the_tap_knows_its_types_and_keys(tmp_path):
    types = {
        "a": {"type": "integer"}, "b": {"type": "string"}, "n": {"type": ["null", "number"]},
        "unseen": {"type": ["null", "string"], "format": "date-time"},
        "deep": {"type": "object", "properties": {"later": {"type": "boolean"}}},
    }  # fmt: skip
    rows = [{"a": n, "b": "x", "n": 5, "deep": {}, "_sdc_batched_at": "2024-01-01T00:00:00Z"} for n in range(3)]
    data = records(tmp_path, [
        schema("s", types, ["a", "b"]), *[record("s", row) for row in rows],
        schema("t", {"id": {"type": "integer"}}, ["id"]), record("t", {"id": 1}), record("t", {"id": 1}),
        state({}),
    ], "out.singer")  # fmt: skip
    file, tree = infer(tmp_path, data)
    found = properties(tree)
    assert [it["name"] for it in tree["schema"]] == ["s", "t"] and "_sdc_batched_at" not in found
    assert [found[it]["primaryKeyPosition"] for it in ("a", "b")] == ["1", "2"]
    assert found["n"]["logicalType"] == "number" and found["unseen"]["logicalType"] == "date"
    assert found["deep"]["properties"] == [{"name": "later", "logicalType": "boolean"}]
    assert "primaryKey" not in properties(tree, 1)["id"] and 'the tap\'s key "id" repeats' in file.read_text()
    accepts(file, data)


CATALOG = {"streams": [{
    "tap_stream_id": "orders", "stream": "orders", "key_properties": ["id"],
    "schema": {"type": "object", "properties": {
        "id": {"type": "integer"}, "mail": {"type": ["null", "string"], "format": "email"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
        "any": {}, "two": {"anyOf": [{"type": "number"}, {"type": "null"}]},
    }},
}]}  # fmt: skip


@pytest.mark.parametrize("form", ["singer", "pretty", "airbyte"])
def test_a_catalog(form, official, tmp_path):  # noqa: F811
    file = tmp_path / "catalog.json"
    catalog = CATALOG
    if form == "airbyte":
        [stream] = CATALOG["streams"]
        stream = {"name": "orders", "json_schema": stream["schema"], "source_defined_primary_key": [["id"]]}
        catalog = {"type": "CATALOG", "catalog": {"streams": [stream]}}
    file.write_text(json.dumps(catalog, indent=2 if form == "pretty" else None) + "\n")
    path, tree = infer(tmp_path, file)
    official["v3.0.2"].validate(yaml.safe_load(path.read_text()))
    found = properties(tree)
    assert found["id"]["primaryKey"] == "true" and "required" not in found["id"]
    assert found["mail"]["logicalTypeOptions"] == {"format": "email"}
    assert found["two"]["logicalType"] == "number" and "logicalType" not in found["any"]
    assert found["lines"]["items"]["properties"] == [{"name": "sku", "logicalType": "string"}]
    assert "no record was read" in path.read_text()


def test_csv_and_parquet(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("id,zip,born,score\n1,00123,2001-02-03,1.5\n2,98765,1999-12-31,\n")
    contract, tree = infer(tmp_path, file)
    found = properties(tree)
    assert {name: it["logicalType"] for name, it in found.items()} == {
        "id": "integer", "zip": "string", "born": "date", "score": "number",
    }  # fmt: skip
    assert tree["schema"][0]["name"] == "people" and "required" not in found["score"]
    accepts(contract, file)
    table = pa.table({
        "id": pa.array([1, 2]), "dec": pa.array([decimal.Decimal("1.50"), None]),
        "ts": pa.array([dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)] * 2), "raw": pa.array([b"\0", b"x"]),
        "deep": pa.array([{"a": [1]}, {"a": []}]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "t.parquet")
    contract, tree = infer(tmp_path, tmp_path / "t.parquet", name="t.yaml")
    kinds = {name: it["logicalType"] for name, it in properties(tree).items()}
    assert kinds == {"id": "integer", "dec": "number", "ts": "date", "raw": "string", "deep": "object"}
    accepts(contract, tmp_path / "t.parquet")


def test_a_whole_float_is_a_number(tmp_path):
    pq.write_table(pa.table({"x": pa.array([10.0, 20.0]), "n": pa.array([1, 2])}), tmp_path / "t.parquet")
    (tmp_path / "t.jsonl").write_text('{"x": 10.0, "n": 1}\n{"x": 2e1, "n": 2}\n')
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress((tmp_path / "t.jsonl").read_bytes()))
    for name in ("t.parquet", "t.jsonl", "t.jsonl.gz"):
        contract, tree = infer(tmp_path, tmp_path / name, name=f"{name}.yaml")
        assert {key: it["logicalType"] for key, it in properties(tree).items()} == {"x": "number", "n": "integer"}
        accepts(contract, tmp_path / name)
    # A tap that says integer is believed, as 1.0 is an integer.
    stream = tmp_path / "s.singer"
    stream.write_bytes(lines(schema("s", {"x": {"type": "integer"}}), b'{"type":"RECORD","stream":"s","record":{"x":1.0}}\n'))
    _, tree = infer(tmp_path, stream, name="s.yaml")
    assert properties(tree)["x"]["logicalType"] == "integer"


def test_standard_input(tmp_path):
    done = run("dativo", "contract", "infer", "-", "--name", "o", stdin=b'{"id": 1}\n{"id": 2}\n', cwd=tmp_path)
    tree = yaml.safe_load(done.out)
    assert done.code == 0 and tree["name"] == "o" and properties(tree)["id"]["logicalType"] == "integer", done


def test_a_table_of_ours(tmp_path):
    config = tmp_path / "target.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out"), "partition_by": ["kind"]}))
    types = {"id": {"type": "integer"}, "kind": {"type": "string"}}
    loaded = [record("s", {"id": n, "kind": "ab"[n % 2]}) for n in range(10)]
    done = run("dativo-target-parquet", "--config", config, stdin=lines(schema("s", types), *loaded, state({})))
    assert done.code == 0, done
    contract, tree = infer(tmp_path, tmp_path / "out/s")
    assert set(properties(tree)) == {"id", "kind"} and "# 10 records" in contract.read_text()
    accepts(contract, tmp_path / "out/s")


def test_a_sample_and_what_is_there(tmp_path):
    data = records(tmp_path, [{"id": n} for n in range(50)] + [{"id": None}])
    file, tree = infer(tmp_path, data, sample="10")
    assert "# 10 records" in file.read_text() and properties(tree)["id"]["required"] == "true"
    done = run("dativo", "contract", "infer", data, "--output", file)
    assert done.code == 64 and "is there already" in done.err
    (tmp_path / "bad.jsonl").write_text('{"id":1}\n{"id":\n')
    done = run("dativo", "contract", "infer", tmp_path / "bad.jsonl")
    assert done.code == 65 and "bad.jsonl:2" in done.err


def test_init_draws_up_the_same_contract(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("id,zip\n1,00123\n2,98765\n")
    assert run("dativo", "init", tmp_path / "shop", "--from", file, "--tenant", "acme").code == 0
    made = yaml.load((tmp_path / "shop/contracts/people.odcs.yaml").read_text(), yaml.BaseLoader)
    _, tree = infer(tmp_path, file)
    assert made["schema"] == tree["schema"] and (made["tenant"], made["id"]) == ("acme", "acme.people")


STREAMS = sorted(CORPUS.glob("*.singer.jsonl")) if CORPUS.is_dir() else []


@pytest.mark.skipif(not STREAMS, reason="the shared corpus is not here")
@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.name)
def test_the_corpus_is_accepted(path, official, tmp_path):  # noqa: F811
    file = tmp_path / "c.yaml"
    assert run("dativo", "contract", "infer", path, "--output", file).code == 0
    accepts(file, path)
    # The independent validator takes minutes for a contract of megabytes.
    if file.stat().st_size < 200_000:
        official["v3.0.2"].validate(yaml.load(file.read_text(), yaml.CSafeLoader))
