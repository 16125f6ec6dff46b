"""Keys that must be unique, more of them than memory has room for: files take them, exactly."""
import json
import os
import random
import sys
import time

import test_memory
from conftest import BIN, run

CONTRACT = """
apiVersion: v3.0.2
kind: DataContract
id: x
version: 1.0.0
status: active
schema:
  - name: o
    properties:
      - {name: a, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
      - {name: b, logicalType: string, primaryKey: true, primaryKeyPosition: 2}
      - {name: c, logicalType: string, unique: true}
"""
HEAD = json.dumps({"type": "SCHEMA", "stream": "o", "schema": {"properties": {}}, "key_properties": []})


def config(folder, **settings):
    (folder / "c.yaml").write_text(CONTRACT)
    path = folder / "config.json"
    path.write_text(json.dumps({"contract": "c.yaml", "mode": "quarantine", "quarantine": "q.jsonl",
                                "report": "report.json", **settings}))
    return path


def row(a, b, c):
    return json.dumps({"type": "RECORD", "stream": "o", "record": {"a": a, "b": b, "c": c}})


def test_keys_beyond_memory_are_found_exactly(tmp_path):
    seed = int(os.environ.get("DATIVO_SEED", time.time_ns() % 10**9))
    print("DATIVO_SEED", seed)
    dice = random.Random(seed)
    lines, pairs, singles, repeated = [HEAD], set(), set(), []
    for number in range(150_000):
        pair = (dice.randrange(60_000), dice.choice("xyz"))
        single = None if dice.random() < 0.01 else f"c{dice.randrange(10**6)}"
        lines.append(row(*pair, single))
        if pair in pairs or single in singles:
            repeated.append(number + 2)
            continue  # A key counts once its record was accepted.
        pairs.add(pair)
        singles.update({single} - {None})
    done = run("dativo-validate", "--config", config(tmp_path, key_memory="128KiB"),
               stdin="\n".join(lines) + "\n", cwd=tmp_path)
    assert done.code == 0, done
    lines = map(json.loads, (tmp_path / "q.jsonl").read_text().splitlines())
    found = [line["line"] for line in lines if line["type"] == "RECORD"]
    assert found == repeated, f"seed {seed}"
    assert len(pairs) > 50_000 and len(found) > 10_000


def test_memory_is_bounded(tmp_path):
    """A million keys, which take 43 MB in memory, with room for a twentieth."""
    path = config(tmp_path, key_memory="2MiB")
    lines = [HEAD] + [row(number, "x", f"c{number}") for number in range(500_000)]
    (tmp_path / "in").write_text("\n".join(lines) + "\n")
    told = run(sys.executable, "-c", test_memory.MEASURE, BIN / "dativo-validate", "--config", path,
               cwd=tmp_path)
    code, peak = map(int, told.out.split())
    assert code == 0, (tmp_path / "err").read_text()[-2000:]
    print("peak MiB", peak >> 20)
    assert peak < 36 << 20


def test_no_room_for_keys_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    lines = [HEAD] + [row(number, "x", f"c{number}") for number in range(20_000)]
    done = run("dativo-validate", "--config", config(tmp_path, key_memory="128KiB"),
               stdin="\n".join(lines) + "\n", cwd=tmp_path)
    assert done.code == 74, done
    assert "cannot be kept in" in done.failure["message"] and "key_memory" in done.err
