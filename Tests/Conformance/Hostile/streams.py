"""A Singer tap with several streams that a catalog selects, each resumable by itself.

streams    their names
rows       records of each; a STATE after every hundred and at the end
wait       seconds to wait before each stream, as a slow source lets one
delay      seconds to sleep after each STATE
fail       {stream: code}: exit with the code in the middle of that stream
"""
import argparse
import json
import signal
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--config", required=True)
parser.add_argument("--state")
parser.add_argument("--catalog")
parser.add_argument("--discover", action="store_true")
options = parser.parse_args()
config = json.load(open(options.config))
SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}}}
if options.discover:
    print(json.dumps({"streams": [
        {"stream": name, "tap_stream_id": name, "schema": SCHEMA, "key_properties": ["id"], "metadata": []}
        for name in config["streams"]]}))
    sys.exit()

catalog = json.load(open(options.catalog))
selected = [entry["stream"] for entry in catalog["streams"] if entry.get("selected")]
state = json.load(open(options.state)) if options.state else {}
bookmarks = state.get("bookmarks", {})
ending = False


def drain(*_):
    global ending
    ending = True


signal.signal(signal.SIGTERM, drain)


def send(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


for name in selected:
    time.sleep(config.get("wait", 0))
    send(type="SCHEMA", stream=name, schema=SCHEMA, key_properties=["id"])
    for number in range(bookmarks.get(name, 0), config["rows"]):
        if name in config.get("fail", {}) and number == config["rows"] // 2:
            sys.exit(config["fail"][name])
        send(type="RECORD", stream=name, record={"id": number})
        bookmarks[name] = number + 1
        if number % 100 == 99:
            send(type="STATE", value={"bookmarks": bookmarks})
            time.sleep(config.get("delay", 0))
        if ending:
            break
    send(type="STATE", value={"bookmarks": bookmarks})
    if ending:
        sys.exit()
