"""A configuration for dativo-tap-csv, and what the tap wrote for it."""
import csv
import gzip
import json

import pytest
import zstandard

from conftest import run

TAP = "dativo-tap-csv"


class Output:
    """What a tap wrote, message by message."""

    def __init__(self, result):
        self.result, self.code, self.err = result, result.code, result.err
        text = result.out
        self.aborted = text.endswith('{"type":"ABORT",')
        lines = text.split("\n")
        assert lines.pop() in ("", '{"type":"ABORT",'), text[-200:]
        self.messages = [json.loads(line) for line in lines]
        self.records = [m["record"] for m in self.messages if m["type"] == "RECORD"]
        self.schemas = {m["stream"]: m for m in self.messages if m["type"] == "SCHEMA"}
        self.states = [m["value"] for m in self.messages if m["type"] == "STATE"]

    def types(self, stream):
        return {
            name: (p["type"] if isinstance(p["type"], str) else p["type"][-1], p.get("format"))
            for name, p in self.schemas[stream]["schema"]["properties"].items()
        }


@pytest.fixture
def tap(tmp_path):
    """Writes a configuration (or takes its text) and runs the tap in tmp_path."""

    def tap(*arguments, state=None, catalog=None, config=None, **settings):
        text = config if config is not None else json.dumps(settings)
        (tmp_path / "config.json").write_text(text)
        command = [TAP, "--config", "config.json", *arguments]
        if state is not None:
            (tmp_path / "state.json").write_text(json.dumps(state))
            command += ["--state", "state.json"]
        if catalog is not None:
            (tmp_path / "catalog.json").write_text(json.dumps(catalog))
            command += ["--catalog", "catalog.json"]
        return run(*command, cwd=tmp_path)

    return tap


@pytest.fixture
def sync(tap):
    """The messages of a sync that must end well, with a STATE as its last line."""

    def sync(**settings):
        output = Output(tap(**settings))
        assert output.code == 0, output.result
        assert output.messages[-1]["type"] == "STATE"
        return output

    return sync


def write(path, data, newline="\n"):
    if isinstance(data, bytes):
        path.write_bytes(data)
    else:
        path.write_bytes(data.replace("\n", newline).encode())


def compressed(data, kind):
    if kind == "gzip":
        half = len(data) // 2
        return gzip.compress(data[:half]) + gzip.compress(data[half:])
    return zstandard.compress(data[: len(data) // 2]) + zstandard.compress(data[len(data) // 2 :])
