"""Taps that we did not write, from PyPI, through the same two stages."""
import json

import duckdb
import pytest

from conftest import CACHE, run


def pipe(tap, tmp_path, contract=None, mode="strict"):
    """The tap's lines through dativo-validate and dativo-target-parquet."""
    assert tap.code == 0, tap
    arguments = ["--contract", contract, "--mode", mode] if contract else []
    valid = run("dativo-validate", *arguments, stdin=tap.out)
    assert valid.code == 0, valid
    config = tmp_path / "target.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out")}))
    loaded = run("dativo-target-parquet", "--config", config, stdin=valid.out)
    assert loaded.code == 0, loaded
    return valid, loaded


def program(name, executable=None):
    path = CACHE / name / "bin" / (executable or name)
    if not path.exists():
        pytest.fail(f"{path} is missing: scripts/prepare tests installs it")
    return path


def test_tap_csv_folder(tmp_path):
    folder = tmp_path / "csv"
    folder.mkdir()
    (folder / "people.csv").write_text("id,name,note\n1,Ada,\"a, b\"\n2,Zoë,😀\n3,,00123\n")
    config = tmp_path / "tap.json"
    config.write_text(
        json.dumps(
            {
                "filesystem": "local",
                "path": f"{folder}/",
                "read_mode": "one_stream_per_file",
                "stream_name": "people",
            }
        )
    )
    tap = run(program("tap-csv-folder"), "--config", config)
    contract = tmp_path / "people.odcs.yaml"
    stream = next(json.loads(line)["stream"] for line in tap.out.splitlines() if "SCHEMA" in line)
    contract.write_text(
        f"""apiVersion: v3.0.2
kind: DataContract
id: people
name: people
version: 1.0.0
status: active
schema:
  - name: {stream}
    logicalType: object
    properties:
      - {{name: id, logicalType: string, required: true, logicalTypeOptions: {{pattern: "^[0-9]+$"}}}}
      - {{name: note, logicalType: string}}
"""
    )
    pipe(tap, tmp_path, contract)
    found = duckdb.sql(
        f"SELECT id, name, note FROM '{tmp_path}/out/{stream}/*.parquet' ORDER BY id"
    ).fetchall()
    assert [(row[0], row[2]) for row in found] == [("1", "a, b"), ("2", "😀"), ("3", "00123")]
    assert [row[1] for row in found][:2] == ["Ada", "Zoë"]


def test_tap_jsonl(tmp_path):
    source = tmp_path / "events.jsonl"
    events = [
        {"id": n, "at": f"2024-01-{n:02}T00:00:00Z", "tags": ["a"] * (n % 3), "x": {"y": n / 8}}
        for n in range(1, 29)
    ]
    source.write_text("".join(json.dumps(event) + "\n" for event in events))
    config = tmp_path / "tap.json"
    config.write_text(
        json.dumps({"path": str(source), "stream_name": "events", "primary_keys": ["id"]})
    )
    tap = run(program("tap-jsonl"), "--config", config)
    pipe(tap, tmp_path)
    [(count, distinct, largest)] = duckdb.sql(
        f"SELECT count(*), count(DISTINCT id), max(id) FROM '{tmp_path}/out/events/*.parquet'"
    ).fetchall()
    assert (count, distinct, int(largest)) == (28, 28, 28)
