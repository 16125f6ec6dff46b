"""A Singer tap of numbered rows in two streams, resumable from its STATE: for the crash tests.

    sequence_tap.py END [--state FILE] [--every ROWS] [--pause SECONDS] [--die ROW[:cut]]

Rows with an even number go to `items`, the others to `orders`. `--die ROW` ends it with 1 after
that row, as a tap does that fails; with `:cut` in the middle of the next line.
"""
import argparse
import json
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("end", type=int)
parser.add_argument("--state")
parser.add_argument("--every", type=int, default=50)
parser.add_argument("--pause", type=float, default=0)
parser.add_argument("--die", default="")
options = parser.parse_args()
die_at, _, cut = options.die.partition(":")
start = 0
if options.state:
    with open(options.state) as file:
        start = (json.load(file) or {}).get("row", 0)
out = sys.stdout
for stream in ("orders", "items"):
    properties = {"id": {"type": "integer"}, "text": {"type": ["null", "string"]}}
    schema = {"type": "object", "properties": properties}
    message = {"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": ["id"]}
    out.write(json.dumps(message) + "\n")
for row in range(start + 1, options.end + 1):
    stream = ("items", "orders")[row % 2]
    record = {"id": row, "text": f"row {row}"}
    out.write(json.dumps({"type": "RECORD", "stream": stream, "record": record}) + "\n")
    if die_at and row == int(die_at):
        out.write('{"type": "RECORD", "stream": "or' if cut else "")
        out.flush()
        os._exit(1)
    if row % options.every == 0 or row == options.end:
        out.write(json.dumps({"type": "STATE", "value": {"row": row}}) + "\n")
        if options.pause:
            out.flush()
            time.sleep(options.pause)
