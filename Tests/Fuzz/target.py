#!/usr/bin/env python3
"""Feeds mutated Singer streams to a target built with the address sanitizer.

    target.py EXECUTABLE SECONDS FOLDER [SEED]

What is wrong: an end by a signal, an exit code that is none of the table in DESIGN §5 or is that of
a bug, a report of the sanitizer, more than 20 seconds, output that is no line of JSON, a failure
without its last line. The input is then left in FOLDER, beside the settings that it was run with.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SEEDS = [*HERE.parent.glob("Conformance/Streams/*.jsonl"), *HERE.glob("corpus/target/*.jsonl")]
CODES = {0, 65, 74, 75, 78}
PATIENCE = 20
LONGEST = 1 << 18
NUMBERS = [
    b"0", b"-0", b"-1", b"1e400", b"-1e-400", b"1e99999999999", b"9223372036854775807", b"0.1e-30",
    b"-9223372036854775808", b"18446744073709551616", b"9" * 38, b"9" * 39, b"9" * 500, b"0." + b"1" * 60,
    b"1.7976931348623157e308", b"5e-324", b"01", b"1.", b"-", b"NaN", b"2147483648",
]
WORDS = [
    "string", "integer", "number", "boolean", "object", "array", "null", "date", "date-time", "time", "uuid",
    "singer.decimal", "base64", "SCHEMA", "RECORD", "STATE", "ACTIVATE_VERSION", "BATCH", "TRACE", "properties",
    "items", "anyOf", "oneOf", "$ref", "#", "#/properties/a", "#/definitions/x", "precision", "scale",
    "maximum", "multipleOf", "format", "contentEncoding", "airbyte_type", "timestamp_without_timezone", "type",
    "stream", "record", "schema", "value", "version", "key_properties", "_sdc_deleted_at", "_sdc_sequence", "",
    "\u0000", "e\u0301", "😀", "9999-12-31T23:59:60.9999999999+23:59", "0001-01-01", "24:00:00", "/", "..",
]
PIECES = [
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r", b" ", b"\x00", b"\xff", b"\xed\xa0\x80", b"\\u",
    b"\\ud83d", b"\\udc00\\ud800", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"null", b"true", b"tru", b"{}", b"[]",
]
EXTRA = [
    b'{"type":"ACTIVATE_VERSION","stream":"s","version":1}', b'{"type":"STATE","value":{"a":1}}',
    b'{"type":"STATE","value":{}}', b'{"type":"STATE"}', b'{"type":"SCHEMA"}', b'{"type":"RECORD"}',
    b'{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"no"}}}', b"[]", b"1", b'"x"', b"",
    b'{"type":"BATCH","stream":"s","encoding":{"format":"jsonl"},"manifest":["file:///dev/null"]}',
    b'{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{}}}}',
    b'{"type":"RECORD","record":{"stream":"s","data":{"a":1},"emitted_at":1}}',
]


def any_value(chance, depth=0):
    pick = chance.randrange(10 if depth < 4 else 7)
    if pick < 3:
        return chance.choice([None, True, False, 0, 1, -1.5, 2**63, 10**38, 5e-324])
    if pick < 7:
        return chance.choice(WORDS)
    inner = [any_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return inner if pick < 8 else {chance.choice(WORDS): value for value in inner}


def change_tree(chance, value, depth=0):
    """One place of a JSON value replaced, removed, renamed or repeated; seldom of the envelope."""
    if not isinstance(value, (dict, list)) or not value or chance.random() < 0.1 * depth:
        return any_value(chance)
    if depth < 2 and chance.random() < 0.9 and isinstance(value, dict):
        key = chance.choice([name for name, inner in value.items() if isinstance(inner, dict)] or list(value))
        return {**value, key: change_tree(chance, value[key], depth + 1)}
    if isinstance(value, dict):
        key = chance.choice(list(value))
        pick = chance.random()
        if pick < 0.15:
            return {name: inner for name, inner in value.items() if name != key}
        if pick < 0.3:
            return {(chance.choice(WORDS) if name == key else name): inner for name, inner in value.items()}
        if pick < 0.4:
            return {**value, chance.choice(WORDS): chance.choice(list(value.values()))}
        return {**value, key: change_tree(chance, value[key], depth + 1)}
    at = chance.randrange(len(value))
    if chance.random() < 0.3:
        return value[:at] + value[at:] * chance.randrange(2, 4)
    return [*value[:at], change_tree(chance, value[at], depth + 1), *value[at + 1:]]


def change_line(chance, line):
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return line
    told = json.dumps(change_tree(chance, value), ensure_ascii=chance.random() < 0.5)
    return told.encode(errors="surrogatepass")  # a lone surrogate of an escape becomes bytes that are not UTF-8


def change_number(chance, line):
    places = list(re.finditer(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", line))
    if not places:
        return line
    place = chance.choice(places)
    return line[:place.start()] + chance.choice(NUMBERS) + line[place.end():]


def nest(chance, line):
    """A value wrapped in many lists or objects, closed again or not."""
    places = [at for at, byte in enumerate(line) if byte == 0x3A]
    if not places:
        return line
    at = chance.choice(places) + 1
    depth = chance.choice([2, 60, 101, 257, 1000, 30000])
    opening, closing = chance.choice([(b"[", b"]"), (b'{"a":', b"}"), (b'{"type":"array","items":', b"}")])
    return line[:at] + opening * depth + b"1" + closing * chance.choice([depth, depth, depth - 1]) + line[at:]


def change_bytes(chance, line):
    data = bytearray(line)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(data) + 1)
        pick = chance.randrange(4)
        if pick == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif pick == 1:
            data[at:at] = chance.choice(PIECES) * chance.choice([1, 1, 1, 300])
        elif pick == 2:
            del data[at:at + chance.randrange(1, 9)]
        else:
            data[at:at] = data[chance.randrange(len(data) + 1):][:chance.randrange(40)]
    return bytes(data)


def mutated(chance, seeds):
    """A few seeds' lines, changed in a few places, whole or cut off."""
    lines = list(chance.choice(seeds))
    if chance.random() < 0.2:
        lines += chance.choice(seeds)
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        at = chance.randrange(len(lines)) if lines else 0
        pick = chance.random()
        if not lines or pick < 0.08:
            lines.insert(at, chance.choice(EXTRA))
        elif pick < 0.16:
            lines[at:at] = lines[at:at + chance.randrange(1, 4)] * chance.choice([1, 2, 50])
        elif pick < 0.22:
            del lines[at]
        elif pick < 0.28:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            change = chance.choice([change_line, change_line, change_number, change_bytes, nest])
            lines[at] = change(chance, lines[at])
    data = chance.choice([b"\n", b"\n", b"\n", b"\r\n"]).join(lines) + b"\n"
    return data[:chance.randrange(len(data) + 1) if chance.random() < 0.15 else LONGEST]


def settings(chance, data):
    """Settings of which many fit no stream: refusing them is an end of the table, too."""
    made = {
        "compression": chance.choice(["zstd", "snappy", "gzip", "lz4_raw", "brotli", "uncompressed"]),
        "encoding": chance.choice(["dictionary", "auto", "plain", "delta_binary_packed", "byte_stream_split"]),
        "data_page_version": chance.choice(["1.0", "2.0"]), "time_unit": chance.choice(["millis", *["micros"] * 5, "nanos"]),
        "checkpoint_interval": chance.choice([{}, {"rows": 1}, {"bytes": 100}]),
        "load_method": chance.choice(["append", "append", "append", "overwrite"]),
    }
    # Half of the runs pass over lines that are no message, so that what follows is read as well.
    made["lenient"] = chance.random() < 0.5
    if chance.random() < 0.2:
        made |= chance.choice([{"hard_delete": True}, {"schema_policy": "freeze"}])
    if chance.random() < 0.2:
        made |= chance.choice([{"memory_limit": 1}, {"max_file_rows": 1}, {"target_file_size": 1}, {"tail": "discard"}])
    names = re.findall(rb'"(\w{1,20})" ?: ?\{"type', data)
    if names and chance.random() < 0.15:
        made[chance.choice(["partition_by", "sort_by"])] = [chance.choice(names).decode()]
    return made


def verdict(code, out, err):
    """What is wrong with an end; nothing if all is well."""
    if b"AddressSanitizer" in err or b"runtime error" in err:
        return "a report of the sanitizer"
    if code not in CODES:
        return f"exit {code}"
    try:
        for line in out.splitlines():
            json.loads(line)
        if code:
            assert json.loads(err.splitlines()[-1])["code"] == code
    except (ValueError, RecursionError, IndexError, AssertionError):
        return "output that is no message, or a failure that does not say so in its last line"
    return None


def attempt(program, seed, seeds, folder):
    """One run; the text of what went wrong, or its exit code."""
    chance = random.Random(seed)
    data = mutated(chance, seeds)
    config = settings(chance, data)
    options = "detect_leaks=0:hard_rss_limit_mb=2048:abort_on_error=1"
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place, "config.json")
        path.write_text(json.dumps({"destination": f"{place}/out", **config}))
        try:
            done = subprocess.run(
                [program, "--config", path], input=data, capture_output=True, timeout=PATIENCE,
                env={**os.environ, "ASAN_OPTIONS": options, "SWIFT_BACKTRACE": "enable=no"},
            )
            wrong, err = verdict(done.returncode, done.stdout, done.stderr), done.stderr
        except subprocess.TimeoutExpired as late:
            wrong, err = f"no end within {PATIENCE} s", late.stderr or b""
    if wrong is None:
        return done.returncode
    name = folder / f"target-{hashlib.sha256(data).hexdigest()[:16]}"
    name.with_suffix(".jsonl").write_bytes(data)
    name.with_suffix(".json").write_text(json.dumps({"destination": "out", **config}))
    return f"seed {seed}: {wrong}: {name}.jsonl\n{err[-3000:].decode('utf-8', 'replace')}"


def main():
    program, seconds, folder = sys.argv[1], float(sys.argv[2]), pathlib.Path(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 32)
    seeds = [path.read_bytes().rstrip(b"\r\n").split(b"\n") for path in sorted(SEEDS)]
    end, counts, wrong = time.monotonic() + seconds, {}, []

    def work(first):
        number = first
        while time.monotonic() < end and len(wrong) < 5:
            told = attempt(program, seed + number, seeds, folder)
            if isinstance(told, str):
                wrong.append(told)
            else:
                counts[told] = counts.get(told, 0) + 1
            number += os.cpu_count() or 1

    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(work, range(os.cpu_count() or 1)))
    print(f"seed {seed}, {sum(counts.values())} streams, by exit code: {dict(sorted(counts.items()))}")
    for text in wrong:
        print(text, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
