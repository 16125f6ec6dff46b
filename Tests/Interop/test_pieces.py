"""The same input gives the same files and commits, whatever the pieces are that it comes in."""
import json
import pathlib
import random
import subprocess

import pytest

from conftest import BIN, lines, record, schema, state

PROPERTIES = {"id": {"type": "integer"}, "kind": {"type": "string"}, "text": {"type": "string"}}


def messages(count):
    """Rows of two streams in turn, long ones among them, and a STATE after every 500."""
    dice = random.Random(7)
    made = [schema("a", PROPERTIES), schema("b", PROPERTIES)]
    for n in range(count):
        text = dice.randbytes(dice.choice([0, 5, 40, 900])).hex() if n % 3000 else "x" * 300_000
        made.append(record("ab"[n // 700 % 2], {"id": n, "kind": f"k{n % 23}", "text": text}))
        if n % 500 == 499:
            made.append(state({"n": n}))
    return lines(*made)


def load(folder, text, pieces, **settings):
    """What lies at the destination, by name; a commit without its time, run and epoch."""
    folder.mkdir()
    config = {"destination": str(folder / "out"), "run_id": "one", **settings}
    (folder / "target.json").write_text(json.dumps(config))
    command = [str(BIN / "dativo-target-parquet"), "--config", str(folder / "target.json")]
    target = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    begin = 0
    while begin < len(text):
        end = begin + pieces()
        target.stdin.write(text[begin:end])
        target.stdin.flush()
        begin = end
    target.stdin.close()
    states = target.stdout.read()
    assert target.wait() == 0
    found = {}
    for path in sorted((folder / "out").rglob("*")):
        name = str(path.relative_to(folder / "out"))
        if path.suffix == ".parquet":
            found[name] = path.read_bytes()
        elif "commits" in path.parts and path.suffix == ".json":
            commit = json.loads(path.read_text())
            found[name] = [commit.get("state"), sorted(file["path"] for file in commit.get("files", []))]
    return states, found


@pytest.mark.parametrize("settings", [
    {"memory_limit": "2MiB"},
    {"memory_limit": "1MiB", "partition_by": ["kind"]},
    {"checkpoint_interval": {"bytes": 700_000}},
    {"checkpoint_interval": {"rows": 1200}, "partition_by": ["kind"]},
], ids=lambda settings: "-".join(settings))
def test_pieces_of_any_size(tmp_path, settings):
    text = messages(9000)
    dice = random.Random(11)
    whole = load(tmp_path / "whole", text, lambda: len(text), **settings)
    small = load(tmp_path / "small", text, lambda: dice.randint(1, 60_000), **settings)
    assert small[0] == whole[0], "the same STATEs"
    assert small[1].keys() == whole[1].keys()
    assert [name for name in whole[1] if small[1][name] != whole[1][name]] == []
