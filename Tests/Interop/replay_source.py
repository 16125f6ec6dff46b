#!/usr/bin/env python3
"""Plays a captured conversation of an Airbyte source: replay_source.py FOLDER VERB …

DATIVO_CUT=N ends it after N lines, as if the source had been killed.
"""
import json
import os
import pathlib
import sys

folder, verb = pathlib.Path(sys.argv[1]), sys.argv[2]
lines = (folder / f"{verb}.jsonl").read_bytes().splitlines(keepends=True)
cut = os.environ.get("DATIVO_CUT")
sys.stdout.buffer.write(b"".join(lines[: int(cut)] if cut else lines))
sys.stdout.flush()
if cut:
    os.kill(os.getpid(), 9)
expected = folder / "expected.json"
facts = json.loads(expected.read_text()).get(verb, {}) if expected.exists() else {}
sys.exit(facts.get("exit_code") or 0)
