"""A Singer tap of one row an hour, from `start_date` (or its STATE) on, before `end_date`.

streams             their names; one called orders without it
start_date          RFC 3339 or a day
end_date            the end, which is not sent itself; 2026-02-01 without it
inclusive           the end is sent, too
delay               seconds to sleep after each day
fail                {day: code}: exit with the code in the middle of that day
fail_once           the same, but only where the file FAILED does not exist yet; it is created then
hours               only hours that this number divides are sent; 1 without it
"""
import argparse
import datetime as dt
import json
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--config", required=True)
parser.add_argument("--state")
parser.add_argument("--catalog")
parser.add_argument("--discover", action="store_true")
options = parser.parse_args()
config = json.load(open(options.config))
names = config.get("streams", ["orders"])
SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}}}
if options.discover:
    print(json.dumps({"streams": [
        {"stream": name, "tap_stream_id": name, "schema": SCHEMA, "key_properties": ["id"], "metadata": []}
        for name in names]}))
    sys.exit()


def moment(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=dt.timezone.utc)


def send(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if options.catalog:
    names = [entry["stream"] for entry in json.load(open(options.catalog))["streams"] if entry.get("selected")]
state = json.load(open(options.state)) if options.state else {}
end = moment(config.get("end_date", "2026-02-01"))
hour = dt.timedelta(hours=1)
for name in names:
    at = moment(state.get(name) or config["start_date"])
    send(type="SCHEMA", stream=name, schema=SCHEMA, key_properties=["id"])
    while at < end or (config.get("inclusive") and at == end):
        day = at.strftime("%Y-%m-%d")
        failing = {**config.get("fail", {})}
        if not os.path.exists("FAILED"):
            failing.update(config.get("fail_once", {}))
        if day in failing and at.hour == 12:
            open("FAILED", "w").close()
            sys.exit(failing[day])
        if at.hour % config.get("hours", 1) == 0:
            send(type="RECORD", stream=name, record={"id": int(at.timestamp()) // 3600, "at": at.isoformat()})
        at += hour
        if at.hour == 0:
            state[name] = at.isoformat()
            send(type="STATE", value=state)
            time.sleep(config.get("delay", 0))
    state[name] = at.isoformat()
    send(type="STATE", value=state)
