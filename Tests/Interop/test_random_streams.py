"""Random schemas, random records, random settings: what pyarrow reads is what Python makes of the JSON.

DATIVO_ROUNDS says how many rounds, DATIVO_SEED the first one's seed. A round that fails tells its own:
`DATIVO_SEED=N DATIVO_ROUNDS=1` repeats it.
"""
import collections
import json
import os
import random
import shutil
import urllib.parse

import pyarrow.parquet as pq

from arrow_cells import cells
from conftest import run
from random_streams import Stream, same

ROUNDS = int(os.environ.get("DATIVO_ROUNDS", 100))
SEED = int(os.environ.get("DATIVO_SEED", "0")) or random.randrange(1 << 32)
NULL = "__HIVE_DEFAULT_PARTITION__"
CODECS = ["zstd", "snappy", "gzip", "lz4_raw", "brotli", "uncompressed"]
ENCODINGS = [
    "auto", "dictionary", "plain", "rle", "delta_binary_packed", "delta_length_byte_array",
    "delta_byte_array", "byte_stream_split",
]
UNITS = {"millis": 10**6, "micros": 10**3, "nanos": 1}


def settings(chance, streams, unit):
    """Some of the target's settings, those of the format and those of the layout."""
    made = {"time_unit": unit, "compression": chance.choice(CODECS), "encoding": chance.choice(ENCODINGS)}
    made["data_page_version"] = chance.choice(["1.0", "2.0"])
    if chance.random() < 0.4:
        made["data_page_size"] = chance.choice([40, "1KiB", "64KiB"])
        made["dictionary_page_limit"] = chance.choice([20, 300, "4KiB"])
    if chance.random() < 0.3:
        made["memory_limit"] = chance.choice(["64KiB", "256KiB", "1MiB"])
    if chance.random() < 0.3:
        made["checkpoint_interval"] = {"rows": chance.randrange(1, 60), "bytes": None}
    if chance.random() < 0.2:
        made["max_file_rows"] = chance.randrange(1, 100)
    if chance.random() < 0.2:
        made["target_file_size"] = chance.choice(["8KiB", "64KiB"])
    for stream in streams:
        own = {}
        if chance.random() < 0.3:
            own["partition_by"] = stream.divide(chance, chance.randrange(1, 3))
            own["partition_columns_in_file"] = chance.random() < 0.3
        free = [name for name in stream.scalars() if name not in own.get("partition_by", [])]
        if free and chance.random() < 0.3:
            names = chance.sample(free, min(len(free), chance.randrange(1, 3)))
            own["sort_by"] = [name + chance.choice(["", " desc", " asc"]) for name in names]
        if chance.random() < 0.2 and free:
            own["columns"] = {chance.choice(free): {"bloom_filter": True, "encoding": "auto"}}
        made.setdefault("streams", {})[stream.name] = own
    return made


def messages(chance, streams, count):
    """Lines of all streams, interleaved, with STATE now and then."""
    made = []
    for stream in streams:
        made.append(stream.schema_line(chance))
    run_length = chance.choice([1, 5, 50])
    while count > 0:
        stream = chance.choice(streams)
        for _ in range(min(count, chance.randrange(1, run_length + 1))):
            made.append(stream.record_line(chance))
            count -= 1
        pick = chance.random()
        if pick < 0.1:
            made.append(json.dumps({"type": "STATE", "value": {"at": len(made)}}))
        elif pick < 0.12:
            stream.grow(chance)
            made.append(stream.schema_line(chance))
        elif pick < 0.14:
            made.append(chance.choice(["", " \t", '{"type": "OTHER"}']))
    end = chance.choice(["\n", "\n", "\n", "\r\n"])
    return end.join(made) + chance.choice(["", end])


def check_folders(path, root, stream, names, made):
    """The folders of a file tell the values of its row."""
    parts = path.relative_to(root).parts[:-1]
    assert len(parts) == len(names)
    for name, part in zip(names, parts):
        told, _, text = part.partition("=")
        assert urllib.parse.unquote(told) == name
        pair = made.get(name)
        if text == NULL or pair is None:
            assert text == NULL and pair is None, (part, pair)
        else:
            one = stream.top.columns[name].inner
            assert one.folder(urllib.parse.unquote(text), pair[0]), (part, pair)


def check(root, stream, names):
    """Every row is there once, and each of its cells is the JSON's."""
    seen = collections.Counter()
    for path in sorted(root.rglob("*.parquet")):
        table = pq.read_table(path, partitioning=None, page_checksum_verification=True)
        rows = zip(*(cells(column) for column in table.columns))
        types = dict(zip(table.column_names, table.schema.types))
        for row in rows:
            row = dict(zip(table.column_names, row))
            number = row[stream.number]
            seen[number] += 1
            made = stream.rows[number]
            for name, one in stream.top.columns.items():
                if name in names and name not in row:
                    continue
                assert same(one, types.get(name), row.get(name), made.get(name)), (
                    stream.name, number, name, one.schema, types.get(name), row.get(name), made.get(name),
                )
            check_folders(path, root, stream, names, made)
    assert seen == dict.fromkeys(stream.rows, 1)


def one_round(seed, folder):
    chance = random.Random(seed)
    unit = chance.choice(list(UNITS))
    wild = chance.random() < 0.3
    names = chance.sample(["orders", "s", "ü/ö", "a.b", "A"], chance.choice([1, 1, 2, 3]))
    streams = [Stream(chance, name, UNITS[unit], wild) for name in names]
    made = settings(chance, streams, unit)
    (folder / "config.json").write_text(json.dumps({"destination": "out", **made}))
    for number in range(chance.choice([1, 1, 2])):
        text = messages(chance, streams, chance.choice([0, 1, 10, 30, 60, 100, 300]))
        (folder / f"{number}.jsonl").write_text(text, newline="")
        done = run("dativo-target-parquet", "--config", "config.json", stdin=text, cwd=folder)
        assert done.code == 0, done
    for stream in streams:
        name = {"ü/ö": "%C3%BC%2F%C3%B6"}.get(stream.name, stream.name)
        check(folder / "out" / name, stream, made["streams"][stream.name].get("partition_by", []))


def test_random_streams_come_back_equal(tmp_path):
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            one_round(SEED + number, folder)
        except Exception:
            print(f"DATIVO_SEED={SEED + number} DATIVO_ROUNDS=1 repeats it, in {folder}")
            raise
        shutil.rmtree(folder)
