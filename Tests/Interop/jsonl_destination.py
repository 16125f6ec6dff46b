"""An Airbyte destination on Airbyte's own kit: a JSON line per record, a file per stream.

Rows are kept when a STATE comes: what is not flushed by then is lost with the process.
"""
import json
import logging
import os
import pathlib
import sys

from airbyte_cdk.destinations import Destination
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    ConnectorSpecification,
    DestinationSyncMode,
    Status,
    Type,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException, FailureType

SETTINGS = {
    "type": "object",
    "required": ["folder"],
    "properties": {
        "folder": {"type": "string", "title": "Folder"},
        "token": {"type": "string", "airbyte_secret": True},
        "die_at": {"type": "integer"},
        "failure": {"type": "string"},
    },
}


class JSONLDestination(Destination):
    def spec(self, logger):
        settings = os.environ.get("DESTINATION_MODES", "append overwrite append_dedup").split()
        return ConnectorSpecification(
            connectionSpecification=SETTINGS,
            supported_destination_sync_modes=[DestinationSyncMode[mode] for mode in settings],
        )

    def check(self, logger, config):
        if pathlib.Path(config["folder"]).parent.is_dir():
            return AirbyteConnectionStatus(status=Status.SUCCEEDED)
        return AirbyteConnectionStatus(status=Status.FAILED, message=f"no folder {config['folder']}")

    def write(self, config, configured_catalog, input_messages):
        folder = pathlib.Path(config["folder"])
        folder.mkdir(exist_ok=True)
        streams = {(s.stream.namespace, s.stream.name): s for s in configured_catalog.streams}
        (folder / f"catalog.{os.getpid()}.json").write_text(
            json.dumps(
                [
                    [s.stream.name, s.destination_sync_mode.name, s.generation_id, s.minimum_generation_id]
                    + [s.primary_key, s.cursor_field]
                    for s in configured_catalog.streams
                ]
            )
        )
        rows, seen = {}, 0
        logging.getLogger("airbyte").info(f"writing with {config.get('token')}")

        def path(key):
            return folder / f"{'-'.join(filter(None, key))}.jsonl"

        def flush():
            for key, lines in rows.items():
                with open(path(key), "a") as file:
                    file.writelines(lines)
                    file.flush()
                    os.fsync(file.fileno())
            rows.clear()

        for message in input_messages:
            if message.type == Type.RECORD:
                record = message.record
                seen += 1
                if seen == config.get("die_at"):
                    raise AirbyteTracedException(
                        message=f"refused {config.get('token')}", failure_type=FailureType(config["failure"])
                    )
                key = (record.namespace, record.stream)
                row = {"data": record.data, "generation": streams[key].generation_id, "emitted_at": record.emitted_at}
                if record.meta:
                    row["changes"] = [[c.field, c.change.value, c.reason.value] for c in record.meta.changes]
                rows.setdefault(key, []).append(json.dumps(row) + "\n")
            elif message.type == Type.STATE:
                flush()
                yield message
            elif message.type == Type.TRACE and message.trace.stream_status:
                flush()
                self.complete(message.trace.stream_status, streams, path)
        flush()

    def complete(self, status, streams, path):
        """What the end of a stream does to rows of former generations."""
        descriptor = status.stream_descriptor
        key = (descriptor.namespace, descriptor.name)
        file, minimum = path(key), streams[key].minimum_generation_id
        if status.status.name != "COMPLETE" or not minimum or not file.exists():
            return
        kept = [line for line in file.open() if json.loads(line)["generation"] >= minimum]
        file.write_text("".join(kept))


JSONLDestination().run(sys.argv[1:])
