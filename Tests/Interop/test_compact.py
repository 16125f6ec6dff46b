"""`dativo compact`: fewer files, the same rows, and nothing lost wherever it is killed."""
import collections
import fcntl
import json
import random
import re

import duckdb
import pyarrow.parquet as pq
import pytest

from conftest import lines, record, run, schema, state
from test_encodings import PROPERTIES as EVERY_TYPE
from test_encodings import expected, rows

FAILPOINTS = [
    "log.opened", "log.cleaned", "file.begun", "file.written", "file.synced", "commit.staged",
    "object.drafted", "object.linked", "commit.published", "file.renamed", "commit.moving",
    "commit.visible",
]


def load(folder, *messages, **settings):
    config = folder / "target.json"
    settings = {"destination": str(folder / "out"), "checkpoint_interval": {"rows": 100}, **settings}
    config.write_text(json.dumps(settings))
    done = run("dativo-target-parquet", "--config", config, stdin=lines(*messages))
    assert done.code == 0, done


def orders(folder, start, end, properties=None, extra=None, **settings):
    messages = [schema("orders", properties or {"id": {"type": "integer"}})]
    for n in range(start, end):
        messages.append(record("orders", {"id": n, **(extra or {})}))
        if n % 100 == 99:
            messages.append(state({"orders": n + 1}))
    load(folder, *messages, **settings)


def compact(folder, *arguments, code=0, **options):
    done = run("dativo", "compact", folder / "out", "--table", "orders", *arguments, **options)
    assert done.code == code, done
    return done


def files(folder):
    return sorted((folder / "out/orders").rglob("*.parquet"))


def ids(folder):
    return sorted(i for file in files(folder) for i in pq.read_table(file)["id"].to_pylist())


def verified(folder):
    done = run("dativo", "verify", folder / "out", "--json")
    assert done.code == 0, done
    return json.loads(done.out)["result"]


def test_small_files_become_one(tmp_path):
    orders(tmp_path, 0, 1000)
    load(tmp_path, schema("users", {"id": {"type": "integer"}}), record("users", {"id": 1}), state({"u": 1}))
    assert len(files(tmp_path)) == 10
    result = json.loads(compact(tmp_path, "--json").out)["result"]
    [file] = files(tmp_path)
    assert pq.read_table(file)["id"].to_pylist() == list(range(1000))
    assert pq.read_metadata(file).num_row_groups == 1
    [outcome] = result["pipelines"]
    assert outcome["rows"] == 1000 and len(outcome["removed"]) == 10
    assert outcome["files"] == [f"orders/{file.name}"]
    summary = verified(tmp_path)
    assert summary["rows"] == 1001 and summary["problems"] == []
    log = json.loads(run("dativo", "log", tmp_path / "out", "--json").out)["result"]["commits"]
    assert log[-1]["reason"] == "dativo compact" and log[-1]["state"] == {"u": 1}
    listed = run("dativo", "log", tmp_path / "out/orders", "--files").out.split()
    assert listed == [str(file)]
    assert duckdb.sql(f"SELECT sum(id) FROM '{file}'").fetchall() == [(499500,)]


def test_a_second_time_there_is_nothing_to_do(tmp_path):
    orders(tmp_path, 0, 300)
    compact(tmp_path)
    before = files(tmp_path)
    assert "nothing to merge" in compact(tmp_path).out
    assert files(tmp_path) == before


def test_loads_go_on_from_their_state(tmp_path):
    orders(tmp_path, 0, 300)
    compact(tmp_path)
    told = run("dativo-target-parquet", "--config", tmp_path / "target.json", "--last-state")
    assert json.loads(told.out)["state"] == {"orders": 300}
    orders(tmp_path, 300, 600)
    assert ids(tmp_path) == list(range(600)) and len(files(tmp_path)) == 4
    compact(tmp_path)
    assert ids(tmp_path) == list(range(600)) and len(files(tmp_path)) == 1
    # A full load replaces the merged rows too.
    config = tmp_path / "target.json"
    assert run("dativo-target-parquet", "--config", config, "--reset-state").code == 0
    assert "give way to the next load" in compact(tmp_path, code=75).err
    orders(tmp_path, 0, 100)
    assert ids(tmp_path) == list(range(100))
    assert verified(tmp_path)["rows"] == 100


@pytest.mark.parametrize("settings", [
    {},
    {"compression": "snappy", "encoding": "auto"},
    {"compression": "gzip", "data_page_version": "2.0", "encoding": "byte_stream_split"},
    {"compression": "uncompressed", "encoding": "delta_byte_array"},
    {"encoding": "delta_binary_packed", "columns": {"i64": {"bloom_filter": True}}},
])
def test_every_type_keeps_its_values(settings, tmp_path):
    source = rows(1000, seed=5)
    messages = [schema("orders", EVERY_TYPE)]
    for n, row in enumerate(source):
        messages += [record("orders", row)] + ([state({"n": n})] if n % 100 == 99 else [])
    load(tmp_path, *messages, **settings)
    before = pq.ParquetFile(files(tmp_path)[0])
    assert len(files(tmp_path)) == 10
    compact(tmp_path)
    [file] = files(tmp_path)
    after = pq.ParquetFile(file)
    assert pq.read_table(file, page_checksum_verification=True).to_pylist() == list(map(expected, source))
    assert after.schema == before.schema
    for index in range(before.metadata.num_columns):
        one, two = (f.metadata.row_group(0).column(index) for f in (before, after))
        assert one.compression == two.compression
    told = json.loads(run("dativo", "inspect", file, "--json").out)["result"]["row_groups"][0]["columns"]
    assert {c["path"] for c in told if c["has_bloom_filter"]} == set(settings.get("columns", {}))
    verified(tmp_path)


def test_files_end_at_the_target_size(tmp_path):
    """Row groups are put together up to 32 MiB, decoded; a file ends behind one."""
    text = {"type": "string"}
    for start in range(0, 1200, 300):
        messages = [schema("orders", {"id": {"type": "integer"}, "text": text})]
        for n in range(start, start + 300):
            value = "".join(chr(33 + (n * 7919 + i * i * 31) % 90) for i in range(997)) * 100
            messages.append(record("orders", {"id": n, "text": value}))
        load(tmp_path, *messages, state({"n": start}), compression="uncompressed", encoding="plain")
    before = len(files(tmp_path))
    compact(tmp_path, "--target-size", "25MiB")
    assert before >= 4 and 3 <= len(files(tmp_path)) <= 5, files(tmp_path)
    assert ids(tmp_path) == list(range(1200))
    verified(tmp_path)


def test_files_with_other_columns_stay_apart(tmp_path):
    orders(tmp_path, 0, 300)
    both = {"id": {"type": "integer"}, "name": {"type": "string"}}
    orders(tmp_path, 300, 600, properties=both, extra={"name": "n"})
    compact(tmp_path)
    assert [pq.read_table(f).num_columns for f in files(tmp_path)] == [1, 2]
    assert ids(tmp_path) == list(range(600))
    verified(tmp_path)


def test_partitions_stay_apart_and_rows_sorted(tmp_path):
    properties = {"id": {"type": "integer"}, "country": {"type": "string"}}
    for start in range(0, 600, 100):
        messages = [schema("orders", properties)]
        for n in range(start, start + 100):
            messages.append(record("orders", {"id": n * 7919 % 600, "country": ["de", "fr"][n % 2]}))
        load(
            tmp_path, *messages, state({"n": start}),
            partition_by=["country"], sort_by=["id desc"],
        )
    assert len(files(tmp_path)) == 12
    compact(tmp_path)
    assert [file.parent.name for file in files(tmp_path)] == ["country=de", "country=fr"]
    for file in files(tmp_path):
        values = pq.ParquetFile(file).read()["id"].to_pylist()
        assert values == sorted(values, reverse=True) and len(values) == 300
        group = pq.read_metadata(file).row_group(0)
        assert [(c.column_index, c.descending) for c in group.sorting_columns] == [(0, True)]
        assert "sorted by id descending" in run("dativo", "inspect", file).out
    assert ids(tmp_path) == list(range(600))
    verified(tmp_path)


def test_rows_keep_their_version(tmp_path):
    """Merged rows of a version go when another is activated."""
    def version(number, start, end):
        messages = [schema("orders", {"id": {"type": "integer"}})]
        for n in range(start, end):
            messages.append({**record("orders", {"id": n}), "version": number})
            if n % 100 == 99:
                messages.append(state({"n": n}))
        return messages

    load(tmp_path, *version(1, 0, 300), hard_delete=True)
    compact(tmp_path)
    assert len(files(tmp_path)) == 1 and ids(tmp_path) == list(range(300))
    activate = {"type": "ACTIVATE_VERSION", "stream": "orders", "version": 2}
    load(tmp_path, *version(2, 1000, 1100), activate, state({"n": "end"}), hard_delete=True)
    assert ids(tmp_path) == list(range(1000, 1100))
    verified(tmp_path)


def test_only_the_pipeline_meant(tmp_path):
    for name in ("a", "b"):
        orders(tmp_path, 0, 300, pipeline=name, shared=True)
    compact(tmp_path, "--pipeline", "a")
    assert len(files(tmp_path)) == 4
    compact(tmp_path)
    assert len(files(tmp_path)) == 2 and ids(tmp_path) == sorted(list(range(300)) * 2)
    verified(tmp_path)


def test_refused_while_a_writer_is_at_work(tmp_path):
    orders(tmp_path, 0, 300)
    with open(tmp_path / "out/_dativo/default/lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = compact(tmp_path, code=75)
    assert "another process is writing as pipeline default" in done.err
    assert len(files(tmp_path)) == 3
    compact(tmp_path)


def test_a_damaged_file_stops_it(tmp_path):
    orders(tmp_path, 0, 300)
    damaged = files(tmp_path)[1]
    content = bytearray(damaged.read_bytes())
    content[60] ^= 1
    damaged.write_bytes(content)
    done = compact(tmp_path, code=65)
    assert damaged.name in done.err
    assert len(files(tmp_path)) == 3
    damaged.unlink()
    assert damaged.name in compact(tmp_path, code=74).err


def test_what_is_asked_wrongly(tmp_path):
    orders(tmp_path, 0, 100)
    done = run("dativo", "compact", tmp_path / "out", "--table", "order")
    assert done.code == 78 and "Did you mean orders?" in done.err
    done = run("dativo", "compact", tmp_path / "out/orders", "--table", "orders")
    assert done.code == 64 and "--table orders" in done.err
    done = run("dativo", "compact", tmp_path / "out", "--table", "orders", "--target-size", "1 GB")
    assert done.code == 64


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_anywhere_no_row_is_lost_or_doubled(failpoint, tmp_path):
    killed = []
    for time in (1, 2, 3):
        folder = tmp_path / str(time)
        folder.mkdir()
        orders(folder, 0, 300)
        orders(folder, 300, 500, properties={"id": {"type": "integer"}, "x": {"type": "string"}})
        env = {"DATIVO_FAILPOINT": f"{failpoint}:kill:{time}"}
        done = run("dativo", "compact", folder / "out", "--table", "orders", env=env)
        assert done.code in (-9, 0), done
        killed.append(done.code == -9)
        # A reader may find too little until the next writer has finished, never a row twice.
        seen = ids(folder)
        assert len(seen) == len(set(seen))
        if time == 2:
            orders(folder, 500, 600)
        compact(folder)
        assert ids(folder) == list(range(600 if time == 2 else 500))
        assert verified(folder)["problems"] == []
        listed = run("dativo", "log", folder / "out", "--files").out.split()
        assert sorted(listed) == sorted(map(str, files(folder)))
        assert len(files(folder)) == 2
    assert killed[0]


# MARK: --latest-by

PAIR = {"id": {"type": ["null", "integer"]}, "v": {"type": ["null", "string"]}}


def pairs(folder, *rows, properties=PAIR, key="orders", **settings):
    load(folder, schema(key, properties), *(record(key, row) for row in rows), state({"n": str(rows)}), **settings)


def contents(folder, *columns):
    tables = [pq.ParquetFile(file).read().to_pylist() for file in files(folder)]
    return sorted((tuple(row.get(c) for c in columns) for rows in tables for row in rows), key=str)


def latest(folder, *arguments, keys="id", **options):
    return compact(folder, "--latest-by", keys, *arguments, **options)


def test_the_last_row_of_each_key_stays(tmp_path):
    for n in range(5):
        pairs(tmp_path, *({"id": i, "v": f"{n}.{i}"} for i in range(n, 10)), {"id": None, "v": f"null {n}"})
    pairs(tmp_path, {"id": 7, "v": "first"}, {"id": 7, "v": "last"})
    result = json.loads(latest(tmp_path, "--json").out)["result"]["pipelines"][0]
    want = [(i, f"{min(i, 4)}.{i}") for i in range(10) if i != 7] + [(7, "last")]
    want += [(None, f"null {n}") for n in range(5)]
    assert contents(tmp_path, "id", "v") == sorted(want, key=str)
    assert (result["rows_before"], result["rows"], result["superseded"]) == (47, 15, 32)
    assert len(files(tmp_path)) == 1 and verified(tmp_path)["rows"] == 15
    log = json.loads(run("dativo", "log", tmp_path / "out", "--json").out)["result"]["commits"]
    assert log[-1]["reason"] == "dativo compact --latest-by id"
    assert "nothing to merge" in latest(tmp_path).out
    pairs(tmp_path, {"id": 3, "v": "new"})
    assert "15 rows of 16" in latest(tmp_path).out
    assert (3, "new") in contents(tmp_path, "id", "v")


def test_only_files_that_lose_rows_are_written_anew(tmp_path):
    pairs(tmp_path, *({"id": i, "v": "a"} for i in range(1000)), checkpoint_interval={"rows": 1})
    pairs(tmp_path, *({"id": i, "v": "b"} for i in range(1000, 2000)))
    pairs(tmp_path, {"id": 5, "v": "c"})
    kept = files(tmp_path)[1]
    result = json.loads(latest(tmp_path, "--target-size", "100", "--json").out)["result"]["pipelines"][0]
    assert len(result["removed"]) == 1 and kept in files(tmp_path)
    assert sorted(ids(tmp_path)) == list(range(2000)) and (5, "c") in contents(tmp_path, "id", "v")
    verified(tmp_path)


def test_a_file_may_lose_all_its_rows(tmp_path):
    pairs(tmp_path, {"id": 1, "v": "a"})
    pairs(tmp_path, {"id": 1, "v": "b", "w": 1}, properties={**PAIR, "w": {"type": "integer"}})
    latest(tmp_path)
    assert contents(tmp_path, "id", "v") == [(1, "b")]
    assert len(files(tmp_path)) == 1
    verified(tmp_path)


def test_a_key_of_several_columns_and_kinds(tmp_path):
    kinds = {
        "id": {"type": ["integer", "null"]}, "k": {"type": ["string", "null"]},
        "d": {"type": ["number", "null"], "multipleOf": 0.01}, "v": {"type": "integer"},
    }
    for n in range(3):
        pairs(tmp_path, *({"id": i % 3, "k": f"k{i % 2}", "d": i % 2 + 0.25, "v": n} for i in range(6)),
              {"id": 1, "k": None, "d": 1, "v": n}, properties=kinds)
    latest(tmp_path, keys="id,k,d")
    found = contents(tmp_path, "id", "k", "v")
    assert found == sorted([(i % 3, f"k{i % 2}", 2) for i in range(6)] + [(1, None, n) for n in range(3)], key=str)


def test_a_key_whose_type_has_grown(tmp_path):
    pairs(tmp_path, {"id": 1, "v": "a"}, {"id": 2, "v": "a"})
    pairs(tmp_path, {"id": 2.0, "v": "b"}, {"id": 2.5, "v": "b"}, properties={**PAIR, "id": {"type": "number"}})
    latest(tmp_path)
    assert contents(tmp_path, "id", "v") == [(1, "a"), (2.0, "b"), (2.5, "b")]


def test_keys_that_move_between_partitions_and_are_of_them(tmp_path):
    settings = {"partition_by": ["v"]}
    both = {**PAIR, "n": {"type": "integer"}}
    pairs(tmp_path, {"id": 1, "v": "x", "n": 1}, {"id": 2, "v": "x", "n": 2}, properties=both, **settings)
    pairs(tmp_path, {"id": 1, "v": "y", "n": 3}, {"id": 2, "v": "x", "n": 4}, {"id": 2, "v": None, "n": 5},
          {"id": 2, "v": None, "n": 6}, properties=both, **settings)
    latest(tmp_path, keys="id,v")
    assert contents(tmp_path, "id", "n") == [(1, 1), (1, 3), (2, 4), (2, 5), (2, 6)]
    pairs(tmp_path, {"id": 2, "v": "z", "n": 7}, properties=both, **settings)
    # Within the merge the rows of two folders are in no order; what came later is known to be so.
    latest(tmp_path)
    assert (1, 3) in contents(tmp_path, "id", "n") and (2, 7) in contents(tmp_path, "id", "n")
    assert not {(2, 4), (2, 6)} & set(contents(tmp_path, "id", "n"))
    verified(tmp_path)


def test_a_plain_merge_keeps_the_order_of_its_rows(tmp_path):
    """Files with a column of their own stand between those that are merged."""
    wide = {**PAIR, "w": {"type": ["null", "integer"]}}
    for n in range(6):
        pairs(tmp_path, {"id": 1, "v": f"n{n}"}, {"id": n + 10, "v": f"n{n}"}, sort_by=["id"])
    for n in range(6, 9):
        pairs(tmp_path, {"id": 1, "v": f"n{n}", "w": 1}, properties=wide, sort_by=["id"])
    compact(tmp_path)
    assert len(files(tmp_path)) == 2
    latest(tmp_path)
    assert (1, "n8") in contents(tmp_path, "id", "v") and len(ids(tmp_path)) == 7
    verified(tmp_path)


def test_rows_whose_order_a_merge_has_lost_stay(tmp_path):
    text = "".join(chr(33 + i * 7919 % 90) for i in range(9973))
    pairs(tmp_path, {"id": 1, "v": "old"})
    pairs(tmp_path, {"id": 1, "v": text}, compression="uncompressed")
    pairs(tmp_path, {"id": 2, "v": "old"})
    # The large file stays between the small ones, and no merge tells which of the rows are later.
    compact(tmp_path, "--target-size", "5000")
    assert len(files(tmp_path)) == 2
    done = latest(tmp_path, "--json", code=0)
    outcome = json.loads(done.out)["result"]["pipelines"][0]
    assert outcome["undecided"] == 1 and sorted(ids(tmp_path)) == [1, 1, 2]
    pairs(tmp_path, {"id": 1, "v": "new"})
    latest(tmp_path)
    latest(tmp_path)
    assert contents(tmp_path, "id", "v") == [(1, "new"), (2, "old")]


def test_every_type_stays_as_it_is_when_rows_go(tmp_path):
    source = [{**row, "key": n % 700} for n, row in enumerate(rows(1000, seed=8))]
    kinds = {**EVERY_TYPE, "key": {"type": "integer"}}
    for start in range(0, 1000, 250):
        pairs(tmp_path, *source[start:start + 250], properties=kinds)
    latest(tmp_path, keys="key")
    [file] = files(tmp_path)
    want = [{**expected({k: v for k, v in row.items() if k != "key"}), "key": row["key"]} for row in source[300:]]
    assert pq.read_table(file, page_checksum_verification=True).to_pylist() == want


def test_a_key_that_is_not_there(tmp_path):
    pairs(tmp_path, {"id": 1, "v": "a"})
    done = latest(tmp_path, keys="idd", code=78)
    assert "has a column idd" in done.err and "Did you mean id?" in done.err
    assert latest(tmp_path, keys="id,", code=64) and latest(tmp_path, keys="", code=64)


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_anywhere_the_last_row_of_each_key_is_there(failpoint, tmp_path):
    killed = []
    for time in (1, 2):
        folder = tmp_path / str(time)
        folder.mkdir()
        for n in range(3):
            pairs(folder, *({"id": i, "v": f"{n}"} for i in range(n, 50)))
        pairs(folder, {"id": 0, "v": "3", "w": 1}, properties={**PAIR, "w": {"type": "integer"}})
        env = {"DATIVO_FAILPOINT": f"{failpoint}:kill:{time}"}
        done = run("dativo", "compact", folder / "out", "--table", "orders", "--latest-by", "id", env=env)
        assert done.code in (-9, 0), done
        killed.append(done.code == -9)
        seen = contents(folder, "id", "v")
        assert len(seen) == len(set(seen))
        latest(folder)
        assert contents(folder, "id", "v") == sorted([(0, "3"), (1, "1")] + [(i, "2") for i in range(2, 50)], key=str)
        assert verified(folder)["problems"] == []
    assert killed[0]


TURNS = {"id": {"type": "integer"}, "v": {"type": "integer"}, "st": {"type": "string"}}


@pytest.mark.parametrize(
    "settings",
    [
        {"partition_by": ["st"]}, {"sort_by": ["v desc"]}, {"sort_by": ["id", "v desc"]}, {"sort_by": ["id desc"]},
        {"sort_by": ["v"], "max_file_rows": 7}, {"partition_by": ["st"], "sort_by": ["v"]},
        {"partition_by": ["st"], "checkpoint_interval": {"rows": 20}}, {"max_file_rows": 10},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("seed", range(4))
def test_the_last_row_stays_however_rows_lie(tmp_path, settings, seed):
    """Rows of one commit whose order partitions or sorting have lost stay; the last is never lost."""
    chance = random.Random(seed)
    last, version = {}, 0
    for run_number in range(3):
        rows = []
        for _ in range(60):
            version += 1
            row = {"id": chance.randrange(25), "v": version, "st": chance.choice("abc")}
            rows.append(row)
            last[row["id"]] = version
        messages = [record("orders", row) for row in rows]
        step = 20 if "checkpoint_interval" in settings else 60
        pieces = [messages[n : n + step] + [state({"n": [run_number, n]})] for n in range(0, 60, step)]
        load(tmp_path, schema("orders", TURNS), *sum(pieces, []), **settings)
        if run_number != 1:
            shown = latest(tmp_path)
            stay = collections.Counter(row[0] for row in contents(tmp_path, "id"))
            told = re.search(r"(\d+) rows stay beside", shown.out)
            assert sum(stay.values()) - len(stay) == (int(told[1]) if told else 0)
    found = {}
    for id, v in contents(tmp_path, "id", "v"):
        found[id] = max(found.get(id, 0), v)
    assert found == last
    if "partition_by" not in settings and settings.get("sort_by") in (None, ["id desc"]):
        assert len(contents(tmp_path, "id")) == len(last)
    verified(tmp_path)


def test_a_table_may_be_named_by_its_stream(tmp_path):
    for n in range(3):
        pairs(tmp_path, {"id": n, "v": "x"}, key="t é/ü")
    done = run("dativo", "compact", tmp_path / "out", "--table", "t é/ü")
    assert done.code == 0 and "3 rows" in done.out, done
    assert len(list((tmp_path / "out/t %C3%A9%2F%C3%BC").glob("*.parquet"))) == 1
    done = run("dativo", "compact", tmp_path / "out", "--table", "t é/ü", "--latest-by", "ids")
    assert done.code == 78 and "Did you mean id?" in done.err, done
