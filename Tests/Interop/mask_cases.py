"""Fields with masks of every kind at every place, canaries in their values, and who finds them."""
import base64
import hashlib
import hmac
import itertools
import json
import os
import subprocess

import pytest

from conftest import BIN, lines, record, run, schema

KEY = "0123456789abcdef0123"
ACTIONS = ["drop", "null", "redact", "hash", {"truncate": 3}, "last4"]
TYPES = ["string", "integer", "number", "date", "object", "array"]
PLACES = ["top", "nested", "item", "value"]


def name_of(action):
    return action if isinstance(action, str) else next(iter(action))


class Canary:
    """A value that nobody else has, in the type of its field."""

    numbers = itertools.count(41)

    def __init__(self, kind):
        number = next(Canary.numbers)
        digits = hashlib.sha256(str(number).encode()).digest()
        token = "".join("ghjkmnpqrstvwxyz"[b & 15] for b in digits[:10])
        self.text = f'Zoë "{token}\\{token[::-1]}'
        self.token = token
        self.digits = str(700_000_000_000_000 + int.from_bytes(digits[10:16], "big") % 10**14)
        day = 1 + int.from_bytes(digits[16:18], "big") % 28
        self.date = f"{1000 + number}-0{1 + digits[18] % 9}-{day:02}T00:00:00.{self.digits[:9]}Z"
        self.kind = kind
        self.value = {
            "string": self.text,
            "integer": int(self.digits),
            "number": float(self.digits[:12] + "." + self.digits[12:]),
            "date": self.date,
            "object": {"x": self.text, token[:8]: 1},
            "array": [self.text, self.text],
        }[kind]

    @property
    def wrong(self):
        """A value of another type with the same canary in it."""
        return {"w": [self.text, int(self.digits)]} if self.kind != "object" else self.text

    def forms(self):
        """All that must be found nowhere: the text, escaped, its halves, its digits, as base64."""
        halves = [self.token, self.token[::-1], self.digits, self.digits[:12]]
        halves += {"date": [self.date], "number": [str(self.value)]}.get(self.kind, [])
        texts = [self.text, json.dumps(self.text)[1:-1], json.dumps(self.text, ensure_ascii=False)[1:-1]]
        found = {text.encode() for text in halves + texts}
        for text in (self.text.encode(), self.token.encode(), self.digits.encode()):
            for shift in range(3):
                coded = base64.b64encode(b"\0" * shift + text + b"\0" * 3)
                found.add(coded[2 if shift else 0 : 4 * (len(text) // 3) - 2][2 if shift else 0 :])
        return {form for form in found if len(form) >= 8}


class Field:
    def __init__(self, action, kind, place):
        self.action, self.kind, self.place = action, kind, place
        self.name = f"{name_of(action)}_{kind}_{place}"
        self.canary = Canary(kind)

    def described(self, masked=True):
        inner = {"name": self.name, "logicalType": self.kind}
        if self.kind == "array":
            inner["items"] = {"logicalType": "string"}
        mask = [{"property": "dativo.mask", "value": self.action}] if masked else []
        if self.place == "top":
            return {**inner, "customProperties": mask}
        inner = {**inner, "name": "x", "customProperties": mask}
        outer = {"name": self.name}
        if self.place == "nested":
            return {**outer, "logicalType": "object", "properties": [inner]}
        if self.place == "item":
            return {**outer, "logicalType": "array", "items": inner}
        key = {"name": "k", "logicalType": "string"}
        return {**outer, "logicalType": "map", "map": {"key": key, "value": inner}}

    @property
    def misfit(self):
        """A value that is none of the field's shape at all, with the canary in it."""
        wrong = self.canary.wrong
        return [wrong] if self.place == "nested" else self.canary.text if self.place != "top" else wrong

    def wrap(self, value):
        return {
            "top": value, "nested": {"x": value, "y": 1}, "item": [value, value], "value": {"k": value}
        }[self.place]

    def schema(self):
        inner = {
            "date": {"type": "string", "format": "date-time"},
            "object": {"type": "object", "properties": {"x": {"type": "string"}}},
            "array": {"type": "array", "items": {"type": "string", "examples": [self.canary.text]}},
        }.get(self.kind, {"type": self.kind})
        inner = {**inner, "default": self.canary.value, "enum": [self.canary.value]}
        return {
            "top": inner,
            "nested": {"type": "object", "properties": {"x": inner}, "required": ["x"]},
            "item": {"type": "array", "items": inner},
            "value": {"type": "object", "additionalProperties": inner},
        }[self.place]


FIELDS = [Field(a, k, p) for a in ACTIONS for k in TYPES for p in PLACES]


def contract(fields=FIELDS, masked=True):
    properties = [{"name": "id", "logicalType": "integer", "primaryKey": True}]
    properties += [field.described(masked) for field in fields]
    return {
        "apiVersion": "v3.2.0", "kind": "DataContract", "id": "c", "version": "1", "status": "active",
        "schema": [{"name": "o", "properties": properties}],
    }


def airbyte(stream, value):
    return {"type": "RECORD", "record": {"stream": stream, "data": value, "emitted_at": 1700000000000}}


FORMS = {"singer": record, "airbyte": airbyte}


def good(number, fields=FIELDS):
    return {"id": number, **{field.name: field.wrap(field.canary.value) for field in fields}}


def schema_line(fields=FIELDS):
    return schema("o", {"id": {"type": "integer"}, **{f.name: f.schema() for f in fields}}, ["id"])


@pytest.fixture
def gate(tmp_path):
    """Runs dativo-validate in a folder of its own; all that it leaves lies there."""
    folder = tmp_path / "run"

    def gate(*messages, document=None, masking=None, options=(), mode="strict", key=KEY, env=None):
        folder.mkdir(exist_ok=True)
        (tmp_path / "c.yaml").write_text(json.dumps(document or contract()))
        config = {} if masking is None else {"masking": masking}
        (tmp_path / "v.json").write_text(json.dumps(config))
        command = ["dativo-validate", "--config", "../v.json", "--contract", "../c.yaml"]
        command += ["--mode", mode, "--report", "report.json", *options]
        if mode == "quarantine":
            command += ["--quarantine", "q.jsonl"]
        events, writing = os.pipe()
        os.set_inheritable(writing, True)
        environment = {**os.environ, "DATIVO_EVENTS_FD": str(writing), **(env or {})}
        environment.pop("DATIVO_MASK_KEY", None)
        if key:
            environment["DATIVO_MASK_KEY"] = key
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]], input=lines(*messages), cwd=folder,
            capture_output=True, env=environment, pass_fds=[writing], timeout=60,
        )
        os.close(writing)
        with os.fdopen(events, "rb") as reader:
            (folder / "events").write_bytes(reader.read())
        (folder / "stdout").write_bytes(done.stdout)
        (folder / "stderr").write_bytes(done.stderr)
        done.records = [m for m in map(loads, done.stdout.splitlines()) if m and m["type"] == "RECORD"]
        report = folder / "report.json"
        done.report = json.loads(report.read_text()) if report.exists() else None
        done.text = done.stderr.decode()
        return done

    gate.folder = folder
    return gate


def loads(line):
    try:
        return json.loads(line)
    except ValueError:
        return None


def leaks(folder, fields=FIELDS):
    """The canaries that some file of the folder holds, with the file."""
    found = set()
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        for field in fields:
            if any(form in content for form in field.canary.forms()):
                found.add((field.name, path.name))
    return found


def mac(text):
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
