"""One budget for all that is open: many folders, many streams; peaks as the kernel counts them."""
import json
import sys

import pyarrow.parquet as pq

from conftest import BIN, run, schema

# The budget of 64 MiB, and the program itself.
LIMIT = 72 << 20
PROPERTIES = {"id": {"type": "integer"}, "k": {"type": "string"}, "text": {"type": "string"}, "v": {"type": "number"}}


# A process of its own: the kernel counts what a child had of its parent before it became another program.
MEASURE = """
import resource, subprocess, sys
with open("in") as source, open("err", "w") as errors:
    code = subprocess.call(sys.argv[1:], stdin=source, stdout=subprocess.DEVNULL, stderr=errors)
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def peak(folder, messages, **settings):
    """The peak of the resident set, in bytes, of a load that must end well."""
    (folder / "in").write_text("".join(messages))
    (folder / "c.json").write_text(json.dumps({"destination": "out", **settings}))
    told = run(sys.executable, "-c", MEASURE, BIN / "dativo-target-parquet", "--config", "c.json", cwd=folder)
    code, used = map(int, told.out.split())
    assert code == 0, (folder / "err").read_text()[-2000:]
    return used


def rows(count, stream):
    for n in range(count):
        yield (
            f'{{"type":"RECORD","stream":"{stream(n)}","record":{{"id":{n},"k":"k{n * 7919 % 200:03}",'
            f'"text":"some words of row {n * 2654435761 % 2**32:x} and {n}","v":{n / 8}}}}}\n'
        )


def count(folder):
    return sum(pq.read_metadata(path).num_rows for path in (folder / "out").rglob("*.parquet"))


def test_two_hundred_open_folders(tmp_path):
    head = [json.dumps(schema("s", PROPERTIES)) + "\n"]
    used = peak(tmp_path, [*head, *rows(600_000, lambda n: "s")], partition_by=["k"])
    assert len(list((tmp_path / "out/s").iterdir())) == 200 and count(tmp_path) == 600_000
    print("peak MiB", used >> 20)
    assert used < LIMIT


def test_a_hundred_streams_record_by_record(tmp_path):
    head = [json.dumps(schema(f"s{n:02}", PROPERTIES)) + "\n" for n in range(100)]
    used = peak(tmp_path, [*head, *rows(600_000, lambda n: f"s{n % 100:02}")])
    assert count(tmp_path) == 600_000
    print("peak MiB", used >> 20)
    assert used < LIMIT


def test_marking_many_rows_as_deleted(tmp_path):
    head = [json.dumps(schema("s", PROPERTIES)) + "\n"]
    first = (row.replace('"record":', '"version":1,"record":', 1) for row in rows(600_000, lambda n: "s"))
    peak(tmp_path, [*head, *first], add_record_metadata=True)
    activated = '{"type":"ACTIVATE_VERSION","stream":"s","version":2}\n'
    used = peak(tmp_path, [*head, activated], add_record_metadata=True)
    paths = list((tmp_path / "out").rglob("*.parquet"))
    assert sum(pq.read_table(path)["_sdc_deleted_at"].null_count for path in paths) == 0
    assert count(tmp_path) == 600_000
    print("peak MiB", used >> 20)
    assert used < LIMIT
