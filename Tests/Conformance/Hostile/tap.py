"""A Singer tap that misbehaves as its configuration says; otherwise rows 0..rows, resumable.

once: FILE        misbehave only if FILE does not exist yet; it is created then
rows, every       how many records; a STATE after every so many
delay             seconds to sleep after each STATE
hang_at           sleep for ever at this row
ignore_term       SIGTERM and SIGINT do nothing
on_term           "drain": at SIGTERM a STATE, then exit 0, as SDK taps do
flood             lines of standard error to write at the start
flood_bytes       bytes of standard error to write at the start, in lines
flood_line        bytes of one line of standard error without its end
half_line_at      write half a record at this row, then exit with `exit`
die_at_byte       SIGKILL itself when so many bytes have been written
exit_at, exit     at this row, or at the end, exit with this code
tail              records after the last STATE
leave             start a process that keeps standard output open for so many seconds
daemon            start a process in a session of its own, with no pipe of ours, for so many seconds
close_at          close standard output at this row, and run on for `run_on` seconds
run_on
streams           send so many streams of one record each, and nothing else
stderr            a line for standard error
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--config", required=True)
parser.add_argument("--state")
parser.add_argument("--catalog")
parser.add_argument("--discover", action="store_true")
options = parser.parse_args()
config = json.load(open(options.config))
SCHEMA = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}},
}
if options.discover:
    stream = {"stream": "orders", "tap_stream_id": "orders", "schema": SCHEMA,
              "key_properties": ["id"], "metadata": []}
    print(json.dumps({"streams": [stream]}))
    sys.exit()

once = config.get("once")
if once:
    if os.path.exists(once):
        config = {key: config[key] for key in ("rows", "every", "delay") if key in config}
    else:
        open(once, "w").close()

written = 0
ending = False


def write(text):
    global written
    data = text.encode()
    limit = config.get("die_at_byte")
    if limit is not None and written + len(data) >= limit:
        os.write(1, data[: limit - written])
        os.kill(os.getpid(), signal.SIGKILL)
    written += len(data)
    while data:
        data = data[os.write(1, data):]


def send(**message):
    write(json.dumps(message) + "\n")


def tell_state(last):
    send(type="STATE", value={"bookmarks": {"orders": {"last": last}}})


def drain(*_):
    global ending
    ending = True


if config.get("ignore_term"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
elif config.get("on_term") == "drain":
    signal.signal(signal.SIGTERM, drain)
if "stderr" in config:
    print(config["stderr"], file=sys.stderr, flush=True)
for number in range(config.get("flood", 0)):
    os.write(2, b"flood %d\n" % number)
if "flood_line" in config:
    for _ in range(config["flood_line"] // 65536):
        os.write(2, b"x" * 65536)
for _ in range(config.get("flood_bytes", 0) >> 16):
    os.write(2, (b"x" * 127 + b"\n") * 512)
if "leave" in config:
    subprocess.Popen(["sleep", str(config["leave"])])
if "daemon" in config:
    null = subprocess.DEVNULL
    subprocess.Popen(
        ["sleep", str(config["daemon"])], stdin=null, stdout=null, stderr=null, start_new_session=True
    )
for number in range(config.get("streams", 0)):
    stream = f"s{number:06}"
    write(
        json.dumps({"type": "SCHEMA", "stream": stream, "schema": SCHEMA, "key_properties": ["id"]})
        + "\n"
        + json.dumps({"type": "RECORD", "stream": stream, "record": {"id": number}})
        + "\n"
    )
if "streams" in config:
    send(type="STATE", value={"streams": config["streams"]})
    sys.exit()

start = json.load(open(options.state))["bookmarks"].get("orders", {}).get("last", 0) if options.state else 0
rows, every = config.get("rows", 1000), config.get("every", 100)
send(type="SCHEMA", stream="orders", schema=SCHEMA, key_properties=["id"])
for row in range(start, rows):
    if row == config.get("hang_at"):
        time.sleep(3600)
    if row == config.get("exit_at"):
        sys.exit(config["exit"])
    if row == config.get("close_at"):
        os.close(1)
        time.sleep(config["run_on"])
        sys.exit(config.get("exit", 0))
    if row == config.get("half_line_at"):
        write('{"type": "RECORD", "stream": "orders", "record": {"id": 7')
        sys.exit(config.get("exit", 0))
    send(type="RECORD", stream="orders", record={"id": row, "name": f"n{row}"})
    if ending:
        tell_state(row + 1)
        sys.exit(0)
    if (row + 1) % every == 0 and row + 1 <= rows - config.get("tail", 0):
        tell_state(row + 1)
        time.sleep(config.get("delay", 0))
if not config.get("tail"):
    tell_state(rows)
if "exit_at" not in config:
    sys.exit(config.get("exit", 0))
