"""BATCH messages: files of records that a tap wrote beside its stream."""
import gzip
import json

import pytest
import zstandard

from conftest import record, schema, state

S = schema("s", {"id": {"type": "integer"}, "t": {"type": ["null", "string"]}}, ["id"])


def batch(*paths, stream="s", compression=None, format="jsonl"):
    encoding = {"format": format, **({"compression": compression} if compression else {})}
    return {"type": "BATCH", "stream": stream, "encoding": encoding, "manifest": [str(path) for path in paths]}


def text(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "batches").mkdir()
    return tmp_path / "batches"


def test_records_of_files_come_between_those_of_the_stream(load, table, folder, tmp_path):
    made = [{"id": n, "t": "é" * (n % 50)} for n in range(50_000)]
    (folder / "a.json").write_text(text(made[1:10_000]))
    (folder / "b c.json.gz").write_bytes(gzip.compress(text(made[10_000:30_000]).encode()))
    (folder / "c.zst").write_bytes(zstandard.compress(text(made[30_000:49_999]).rstrip().encode()))
    done = load(
        S, record("s", made[0]), batch(folder / "a.json", compression="none"),
        batch(f"file://{folder}/b%20c.json.gz", compression="gzip"),
        batch(folder / "c.zst", compression="zstd"), record("s", made[-1]), state({"n": 1}),
        batch_roots=[str(tmp_path)], memory_limit="2MiB",
    )
    assert done.code == 0 and json.loads(done.out) == {"n": 1}
    assert table() == made


def test_a_batch_after_the_last_state_is_part_of_the_tail(load, table, folder, tmp_path):
    (folder / "a.json").write_text(text([{"id": 1}]))
    load(S, state({"n": 1}), batch(folder / "a.json"), "{broken", batch_roots=[str(tmp_path)])
    assert table() == []


@pytest.mark.parametrize("content, code, words", [
    ('{"id":1}\n{"id":"x"}\n{"t":"y"}\n', 65, "a.json:3: a record with missing key properties: id"),
    ('{"id":1}\n{"id":2} {"id":3}\n', 65, "a.json:2: more than one record in a line"),
    ('{"id":1}\n{"id":\n', 65, "a.json:2: "),
    ('{"id":1}\n[]\n', 65, "a.json:2: "),
])
def test_what_is_wrong_in_a_file_is_told_with_its_line(load, table, folder, tmp_path, content, code, words):
    (folder / "a.json").write_text(content)
    told = load(S, record("s", {"id": 9}), state({"n": 1}), batch(folder / "a.json"), batch_roots=[str(tmp_path)])
    assert told.code == code and words in told.err
    assert table() == [{"id": 9, "t": None}]


@pytest.mark.parametrize("make, code, words", [
    (lambda f: batch("/etc/hostname"), 65, 'in no folder of "batch_roots"'),
    (lambda f: batch(f / "out"), 65, 'in no folder of "batch_roots"'),
    (lambda f: batch(f / "missing.json"), 74, "missing.json"),
    (lambda f: batch("s3://bucket/a.json"), 65, "only files can be read"),
    (lambda f: batch(f / "a.json", format="avro"), 65, "a BATCH of avro files"),
    (lambda f: batch(f / "a.json", compression="bzip2"), 65, "compressed with bzip2"),
    (lambda f: batch(f / "a.json", compression="gzip"), 65, "not compressed as the BATCH says"),
    (lambda f: batch(f / "cut.gz", compression="gzip"), 65, "cut short"),
    (lambda f: batch(f / "a.json", stream="t"), 65, "before a corresponding schema"),
])
def test_a_batch_that_cannot_be_read(load, folder, make, code, words):
    (folder / "a.json").write_text(text([{"id": 1}]))
    (folder / "cut.gz").write_bytes(gzip.compress(text([{"id": n} for n in range(9999)]).encode())[:-20])
    (folder / "out").symlink_to("/etc/hostname")
    told = load(S, make(folder), batch_roots=[str(folder)])
    assert told.code == code and words in told.err


def test_no_file_is_read_unless_a_folder_is_named(load, folder):
    (folder / "a.json").write_text(text([{"id": 1}]))
    told = load(S, batch(folder / "a.json"))
    assert told.code == 65 and '"batch_roots"' in told.err
