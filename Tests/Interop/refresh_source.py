#!/usr/bin/env python3
"""An Airbyte source without incremental streams, whose full refresh can be broken off and gone on with.

As sources on Airbyte's kit do, it reads nothing when it is given the state of a refresh that has ended.
"""
import json
import os
import sys

verb, *rest = sys.argv[1:]
options = dict(zip(rest[::2], rest[1::2]))


def say(kind, member, body):
    print(json.dumps({"type": kind, member: body}), flush=True)


if verb == "spec":
    say("SPEC", "spec", {"connectionSpecification": {"type": "object"}})
    sys.exit()
config = json.load(open(options["--config"]))
if verb == "check":
    say("CONNECTION_STATUS", "connectionStatus", {"status": "SUCCEEDED"})
elif verb == "discover":
    schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
    stream = {"name": "r", "json_schema": schema, "supported_sync_modes": ["full_refresh"], "is_resumable": True}
    say("CATALOG", "catalog", {"streams": [stream]})
else:
    given = json.load(open(options["--state"])) if "--state" in options else []
    at = given[0]["stream"]["stream_state"] if given else {}
    first = config["n"] if at.get("__ab_full_refresh_sync_complete") else at.get("at", 0)
    for number in range(first + 1, config["n"] + 1):
        say("RECORD", "record", {"stream": "r", "data": {"id": number}, "emitted_at": 1})
        if number % 10 == 0:
            state = {"at": number}
            if number == config["n"] and config.get("mark"):
                state = {"__ab_full_refresh_sync_complete": True}
            body = {"type": "STREAM", "stream": {"stream_descriptor": {"name": "r"}, "stream_state": state}}
            say("STATE", "state", body)
        if number == config.get("die_at"):
            os._exit(1)
    status = {"stream_descriptor": {"name": "r"}, "status": "COMPLETE"}
    say("TRACE", "trace", {"type": "STREAM_STATUS", "emitted_at": 1, "stream_status": status})
