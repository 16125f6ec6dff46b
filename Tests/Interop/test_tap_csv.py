"""dativo-tap-csv against Python's csv module, and as a user would break it."""
import csv
import gzip
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

import pytest
import zstandard

from conftest import BIN, ROOT, run

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


# --- fixtures: a configuration, its files, and what comes of them, byte for byte ---

FIXTURES = ROOT / "taps/csv/fixtures"


@pytest.mark.parametrize("name", sorted(folder.name for folder in FIXTURES.iterdir()))
def test_fixtures(name):
    folder = FIXTURES / name
    result = run(TAP, "--config", "config.json", cwd=folder)
    assert (result.code, result.out) == (0, (folder / "expected.jsonl").read_text())
    # What the tap announces, it keeps.
    checked = run("dativo-validate", stdin=result.out)
    assert (checked.code, checked.out) == (0, result.out)


# --- against Python's csv module ---

ALPHABET = ["a", "b", "0", "7", " ", ",", ";", '"', "\n", "\r\n", "é", "漢", "😀", "\\", "\t", "\x00", "\x07", "'", "|", "x" * 9]


def random_table(random, columns, rows):
    def cell():
        kind = random.random()
        if kind < 0.2:
            return ""
        if kind < 0.4:
            return str(random.randint(-(10**12), 10**12))
        return "".join(random.choices(ALPHABET, k=random.randint(1, 30)))

    return [[cell() for _ in range(columns)] for _ in range(rows)]


@pytest.mark.parametrize("seed", range(24))
def test_random_tables_as_python_reads_them(seed, tmp_path, sync):
    chance = random.Random(seed)
    columns = chance.randint(2, 7)
    names = [f"c{n}" for n in range(columns)]
    delimiter = chance.choice([",", ";", "\t", "|"])
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    terminator = chance.choice(["\n", "\r\n"])
    escaped = chance.random() < 0.3
    text = io.StringIO()
    options = {"escapechar": "\\", "doublequote": False} if escaped else {}
    writer = csv.writer(
        text, delimiter=delimiter, quoting=quoting, lineterminator=terminator, **options
    )
    writer.writerow(names)
    # Rows enough to cross the tap's buffers in some of the rounds.
    writer.writerows(random_table(chance, columns, chance.choice([1, 50, 3000])))
    (tmp_path / "t.csv").write_bytes(text.getvalue().encode())
    wanted = list(csv.DictReader(io.StringIO(text.getvalue(), newline=""), delimiter=delimiter, **options))
    output = sync(
        path="t.csv",
        delimiter=delimiter,
        null_values=[],
        types={name: "string" for name in names},
        **({"escape": "\\"} if escaped else {}),
    )
    assert output.records == wanted


def test_rows_longer_than_every_buffer(tmp_path, sync):
    long = ["x" * 300_000, 'y"\n' * 200_000, "é" * 700_000, "\x01" * 100_000]
    with open(tmp_path / "t.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        writer.writerows(enumerate(long))
    assert [r["text"] for r in sync(path="t.csv").records] == long


def test_every_place_of_a_buffer_end(tmp_path, sync):
    # The tap reads 256 KiB at a time: quotes, CR LF and characters fall on each place of the seam.
    for shift in range(12):
        row = 'é,"a""b\r\nc",\r\n'
        data = "p,q,r\r\n" + "x" * shift + ",,\r\n" + row * 40_000
        (tmp_path / "t.csv").write_bytes(data.encode())
        records = sync(path="t.csv").records
        assert len(records) == 40_001
        assert all(r == {"p": "é", "q": 'a"b\r\nc', "r": None} for r in records[1:])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_and_blank_lines(newline, tmp_path, sync):
    write(tmp_path / "t.csv", "a,b\n\n1,x\n\n\n2,\n3,y", newline)
    assert sync(path="t.csv").records == [{"a": 1, "b": "x"}, {"a": 2, "b": None}, {"a": 3, "b": "y"}]


# --- types ---


def test_types_are_found_and_nothing_is_changed(tmp_path, sync):
    write(
        tmp_path / "t.csv",
        "i,n,b,d,z,l,s\n"
        "1,1,true,2024-02-29,2024-01-01T10:00:00Z,2024-01-01 10:00:00,a\n"
        "-9223372036854775808,-0.10,FALSE,1969-12-31,2024-01-01 10:00+0530,2024-01-01T10:00:00.123456,b\n"
        ",12345678901234567890.123456789,,,,,\n",
    )
    output = sync(path="t.csv")
    assert output.types("t") == {
        "i": ("integer", None),
        "n": ("number", None),
        "b": ("boolean", None),
        "d": ("string", "date"),
        "z": ("string", "date-time"),
        "l": ("string", "date-time"),
        "s": ("string", None),
    }
    local = output.schemas["t"]["schema"]["properties"]["l"]
    assert local["airbyte_type"] == "timestamp_without_timezone"
    assert output.records[0] == {
        "i": 1, "n": 1, "b": True, "d": "2024-02-29", "z": "2024-01-01T10:00:00Z",
        "l": "2024-01-01T10:00:00", "s": "a",
    }  # fmt: skip
    assert output.records[1]["z"] == "2024-01-01T10:00:00+05:30"
    assert output.records[1]["l"] == "2024-01-01T10:00:00.123456"
    assert output.records[2] == dict.fromkeys("inbdzls") | {"n": 12345678901234567890.123456789}
    assert '"n":12345678901234567890.123456789' in output.result.out
    assert '"n":-0.10' in output.result.out


@pytest.mark.parametrize(
    "text",
    ["00123", "1e5", "NaN", "+5", "1,000", "+49 30 1234", "030-1234", "12345678901234567890", "0x10",
     "1.", ".5", "-", "--1", "1_000", " 1", "1 ", "٣", "2024-02-30", "2023-02-29", "2024-13-01",
     "24:00", "2024-01-01T25:00:00", "Infinity", "1.2.3", "yes", "t", "-00", "-01.5", "00.5"],
)  # fmt: skip
def test_what_stays_text(text, tmp_path, sync):
    with open(tmp_path / "t.csv", "w", newline="") as file:
        csv.writer(file).writerows([["v"], [text], [text]])
    output = sync(path="t.csv")
    assert output.types("t") == {"v": ("string", None)}
    assert output.records == [{"v": text}] * 2


@pytest.mark.parametrize(
    "kind, text, wanted",
    [
        ("integer", "00123", "123"), ("integer", "+5", "5"), ("integer", "-007", "-7"),
        ("integer", "-0", "0"), ("integer", "12345678901234567890123", "12345678901234567890123"),
        ("number", "1e5", "1e5"), ("number", ".50", "0.50"), ("number", "5.", "5"),
        ("number", "+1.5E-3", "1.5E-3"), ("number", "-.5", "-0.5"), ("number", "007.10", "7.10"),
        ("boolean", "Yes", "true"), ("boolean", "0", "false"), ("boolean", "off", "false"),
        ("decimal(10,2)", "00012345678.90", '"12345678.90"'), ("decimal(4,4)", "0.1234", '"0.1234"'),
        ("string", "1", '"1"'),
    ],
)  # fmt: skip
def test_told_types(kind, text, wanted, tmp_path, sync):
    write(tmp_path / "t.csv", f"v\n{text}\n")
    output = sync(path="t.csv", types={"v": kind})
    assert f'"record":{{"v":{wanted}}}' in output.result.out


@pytest.mark.parametrize(
    "kind, text",
    [("integer", "1.5"), ("integer", "x"), ("integer", "1e5"), ("number", "NaN"), ("number", "1,0"),
     ("number", "-"), ("number", "1e"), ("boolean", "2"), ("date", "2024-02-30"),
     ("date-time", "2024-01-01T10:00:00"), ("local-date-time", "2024-01-01T10:00:00Z"),
     ("decimal(4,2)", "123.4"), ("decimal(4,2)", "1.234"), ("decimal(4,2)", "1e1")],
)  # fmt: skip
def test_told_types_that_do_not_fit(kind, text, tmp_path, tap):
    write(tmp_path / "t.csv", f'a,v\n1,"{text}"\n')
    result = tap(path="t.csv", types={"v": kind})
    assert result.code == 65
    assert result.failure["message"].startswith(f't.csv:2:3: column "v": "{text}" is not ')
    assert '"types": {"v": "' in result.failure["hint"]


def test_a_later_value_that_does_not_fit(tmp_path, tap):
    rows = "".join(f"{n},{n},é\n" for n in range(1000))
    write(tmp_path / "t.csv", f'id,v,s\n{rows}1000,"two\nlines",x\n')
    output = Output(tap(path="t.csv", sample_rows=100))
    assert output.code == 65 and output.aborted
    assert len(output.records) == 1000
    failure = output.result.failure
    assert failure["message"] == 't.csv:1002:6: column "v": "two\\nlines" is not an integer'
    assert 'Set "types": {"v": "string"}' in failure["hint"]
    # "00123" is not an integer that anybody told.
    write(tmp_path / "t.csv", f"id,v,s\n{rows}1000,00123,x\n")
    failure = tap(path="t.csv", sample_rows=100).failure
    assert 't.csv:1002:6: column "v": "00123" is not an integer' == failure["message"]
    assert '"integer" to read it as a number' in failure["hint"]
    # With the whole file as the sample there is nothing to stumble over.
    assert Output(tap(path="t.csv", sample_rows=0)).records[-1]["v"] == "00123"


def test_nulls(tmp_path, sync, tap):
    write(tmp_path / "t.csv", 'id,n,s\n1,NA,""\n2,,NA\n3,4,"NA"\n4,"",\\N\n')
    output = sync(path="t.csv", null_values=["", "NA"])
    assert output.types("t")["n"] == ("integer", None)
    assert [r["n"] for r in output.records] == [None, None, 4, None]
    assert [r["s"] for r in output.records] == ["", None, "NA", "\\N"]
    output = sync(path="t.csv", null_values=["", "NA", "\\N"], quoted_nulls=True)
    assert [r["s"] for r in output.records] == [None] * 4
    output = sync(path="t.csv", null_values=["", "NA", "\\N"], escape="\\")
    assert output.records[3]["s"] is None
    output = sync(path="t.csv", null_values=[])
    assert output.records[1] == {"id": 2, "n": "", "s": "NA"}
    result = tap("--discover", path="t.csv")
    assert 'column "n" is read as text because of "NA": with it in "null_values" it would be integer' in result.err


# --- encodings and compression ---

TEXT = 'id,name\n1,Grüße €\n2,"naïve, ""quoted"""\n3,😀 𝒳\n'


@pytest.mark.parametrize(
    "encoding, setting, mark",
    [("utf-8", None, b""), ("utf-8-sig", None, b""), ("utf-16", None, b""), ("utf-16", "UTF16", b""),
     ("utf-16-le", "utf-16le", b""), ("utf-16-be", "utf-16be", b""), ("utf-16-le", "utf-16", b""),
     ("utf-16-be", None, b"\xfe\xff"), ("latin-1", "latin-1", b""), ("latin-1", "ISO-8859-1", b""),
     ("cp1252", "windows-1252", b"")],
)  # fmt: skip
@pytest.mark.parametrize("rows", [1, 30_000])
def test_encodings(encoding, setting, mark, rows, tmp_path, sync):
    text = TEXT + "4,ÄÖÜ😀ß\n" * rows
    if encoding == "latin-1":
        text = text.replace("€", "¤")
    if encoding in ("latin-1", "cp1252"):
        text = text.replace("😀", "æ").replace("𝒳", "÷")
    (tmp_path / "t.csv").write_bytes(mark + text.encode(encoding))
    output = sync(path="t.csv", **({"encoding": setting} if setting else {}))
    assert list(output.types("t")) == ["id", "name"]
    names = [row["name"] for row in csv.DictReader(io.StringIO(text))]
    assert [r["name"] for r in output.records] == names


@pytest.mark.parametrize("bad", [b"caf\xe9", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82"])
def test_invalid_utf8(bad, tmp_path, tap):
    (tmp_path / "t.csv").write_bytes(b"id,name\n1,\xc3\xa9\n2," + bad + b"\n3,x\n")
    output = Output(tap(path="t.csv"))
    assert output.code == 65 and output.aborted
    assert output.result.failure["message"] == 't.csv:3:3: column "name" is not valid UTF-8'
    assert "latin-1" in output.result.failure["hint"]
    assert output.records == [{"id": 1, "name": "é"}]


def test_damaged_utf16(tmp_path, tap):
    (tmp_path / "t.csv").write_bytes("\ufeffa,b\n1,2\n".encode("utf-16-le") + b"\x00")
    assert "UTF-16" in tap(path="t.csv").failure["message"]
    (tmp_path / "t.csv").write_bytes("a,b\n1,2\n".encode("utf-16-le"))
    assert 'encoding": "utf-16le"' in tap(path="t.csv").failure["hint"]


def compressed(data, kind):
    if kind == "gzip":
        half = len(data) // 2
        return gzip.compress(data[:half]) + gzip.compress(data[half:])
    return zstandard.compress(data[: len(data) // 2]) + zstandard.compress(data[len(data) // 2 :])


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_compression_by_content(kind, tmp_path, sync, tap):
    data = b"id,s\n" + b"".join(b"%d,text %d\n" % (n, n * n) for n in range(100_000))
    (tmp_path / "t.csv").write_bytes(compressed(data, kind))
    records = sync(path="t.csv").records
    assert len(records) == 100_000 and records[-1] == {"id": 99_999, "s": "text 9999800001"}
    (tmp_path / "t.csv").write_bytes(compressed(data, kind)[:-20])
    result = tap(path="t.csv", sample_rows=100)
    assert result.code == 65 and f"t.csv: the {kind} data" in result.failure["message"]
    # In another encoding, too.
    (tmp_path / "u.csv.gz").write_bytes(compressed(data.decode().encode("utf-16"), kind))
    output = sync(path="u.csv.gz")
    assert output.records == records and list(output.schemas) == ["u"]


@pytest.mark.parametrize(
    "head, word", [(b"PK\x03\x04", "Excel"), (b"PAR1", "Parquet"), (b"BZh9", "bzip2"), (b"\xfd7zXZ\x00", "xz")]
)
def test_files_of_other_kinds(head, word, tmp_path, tap):
    (tmp_path / "t.csv").write_bytes(head + bytes(range(1, 200)))
    result = tap(path="t.csv")
    assert result.code == 65 and word in result.failure["message"]


# --- headers and rows ---


def test_headers(tmp_path, sync, tap):
    write(tmp_path / "t.csv", "a,,a,a_2\n1,2,3,4\n")
    output = sync(path="t.csv")
    assert output.records == [{"a": 1, "column_2": 2, "a_3": 3, "a_2": 4}]
    assert 'column 3 is a second "a": it is called "a_3"' in output.err
    # Names without a header: the first line is a row.
    assert sync(path="t.csv", names=["w", "x", "y", "z"]).records == [
        {"w": "a", "x": None, "y": "a", "z": "a_2"}, {"w": "1", "x": 2, "y": "3", "z": "4"}
    ]  # fmt: skip
    assert sync(path="t.csv", names=["w", "x", "y", "z"], header=True).records == [
        {"w": 1, "x": 2, "y": 3, "z": 4}
    ]
    assert list(sync(path="t.csv", header=False).records[0]) == [f"column_{n}" for n in range(1, 5)]
    result = tap(path="t.csv", names=["w"], header=True)
    assert result.code == 78 and 'the header has 4 columns, "names" 1' in result.failure["message"]
    write(tmp_path / "t.csv", "made by x\n\nid;v\n1;2\n")
    assert sync(path="t.csv", skip_lines=1, delimiter=";").records == [{"id": 1, "v": 2}]
    result = tap("--discover", path="t.csv", skip_lines=2)
    assert 'is "delimiter": ";" meant?' in result.err


def test_odd_names_are_json(tmp_path, sync):
    names = ['q"uote', "back\\slash", "new\nline", "é😀", "tab\t"]
    with open(tmp_path / "t.csv", "w", newline="") as file:
        csv.writer(file).writerows([names, "12345"])
    output = sync(path="t.csv", stream='s"1')
    assert list(output.records[0]) == names and output.messages[1]["stream"] == 's"1'


def test_ragged_rows(tmp_path, sync, tap):
    write(tmp_path / "t.csv", 'a,b,c\n1,2,3\n4\n5,6,7,8,"9\n9"\n10,11\n')
    result = tap(path="t.csv")
    assert result.code == 65
    assert result.failure["message"] == "t.csv:3: the row has 1 cell, the header 3"
    result = tap(path="t.csv", ragged="pad")
    assert result.failure["message"] == "t.csv:4: the row has 5 cells, the header 3"
    output = sync(path="t.csv", ragged="collect")
    assert output.schemas["t"]["schema"]["properties"]["_extra"] == {
        "type": ["null", "array"], "items": {"type": "string"}
    }  # fmt: skip
    assert output.records == [
        {"a": 1, "b": 2, "c": 3, "_extra": None},
        {"a": 4, "b": None, "c": None, "_extra": None},
        {"a": 5, "b": 6, "c": 7, "_extra": ["8", "9\n9"]},
        {"a": 10, "b": 11, "c": None, "_extra": None},
    ]
    assert "rest" in sync(path="t.csv", ragged="collect", extra_column="rest").records[0]
    assert tap(path="t.csv", ragged="collect", extra_column="a").code == 78
    catalog = json.loads(tap("--discover", path="t.csv", ragged="pad", sample_rows=1).out)
    result = tap(path="t.csv", ragged="collect", catalog=catalog)
    assert result.code == 78 and 'no column "_extra"' in result.failure["message"]


def test_quotes_that_do_not_pair(tmp_path, tap, sync):
    write(tmp_path / "t.csv", 'a,b\n1,x\n2,"open\n3,y\n')
    result = tap(path="t.csv")
    assert result.code == 65 and result.failure["message"].startswith("t.csv:3:3: the quote that opens here")
    write(tmp_path / "t.csv", 'a,b\n1,"x\ny"z\n')
    result = tap(path="t.csv")
    assert result.code == 65 and result.failure["message"].startswith("t.csv:3:3: text follows a closing quote")
    assert sync(path="t.csv", quote="", ragged="pad").records[0] == {"a": "1", "b": '"x'}
    write(tmp_path / "t.csv", "a,b\n1,in\"side\n2,'q,r'\n")
    assert [r["b"] for r in sync(path="t.csv", quote="'").records] == ['in"side', "q,r"]


def test_a_quote_that_swallows_the_file(tmp_path, tap):
    with open(tmp_path / "t.csv", "w") as file:
        file.write('a,b\n1,2\n3,"open\n')
        file.writelines("4,some text that goes on and on\n" for _ in range(2_200_000))
    result = tap(path="t.csv")
    assert result.code == 65
    assert result.failure["message"] == "t.csv:3: the row that begins here is longer than 64 MiB"


@pytest.mark.parametrize("newline", ["", "\n", "\r", "\r\n"])
@pytest.mark.parametrize("last, wanted", [("x", "x"), ('"x"', "x"), ('"x""', None), ("", None), ('""', "")])
def test_ends_of_files(newline, last, wanted, tmp_path, tap):
    write(tmp_path / "t.csv", f"a,b{newline or chr(10)}1,{last}{newline}")
    output = Output(tap(path="t.csv"))
    if last == '"x""':
        assert output.code == 65 and "the quote that opens here" in output.result.failure["message"]
    else:
        assert output.records == [{"a": 1, "b": wanted}]


@pytest.mark.parametrize("newline", ["", "\n"])
def test_header_only_and_empty_files(newline, tmp_path, sync, tap):
    write(tmp_path / "t.csv", f"a,b{newline}")
    output = sync(path="t.csv")
    assert [m["type"] for m in output.messages] == ["SCHEMA", "STATE"]
    assert output.types("t") == {"a": ("string", None), "b": ("string", None)}
    write(tmp_path / "t.csv", newline)
    result = tap(path="t.csv")
    assert result.code == 65 and "t.csv is empty" in result.failure["message"]
    assert [m["type"] for m in sync(path="t.csv", names=["a"]).messages] == ["SCHEMA", "STATE"]
    # An empty file among others is no fault.
    write(tmp_path / "u.csv", "a\n1\n")
    assert sync(path="*.csv", stream="s").records == [{"a": 1}]


# --- files ---


def test_a_pattern_is_one_stream(tmp_path, sync):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/x.csv").mkdir()
    write(tmp_path / "data/orders-2.csv", "b,a,c\n2,1,x\n")
    write(tmp_path / "data/orders-1.csv", "a,b\n1,1.5\n")
    output = sync(path="data/orders-*.csv", keys=["a"])
    assert output.schemas["orders"]["key_properties"] == ["a"]
    assert output.types("orders") == {"a": ("integer", None), "b": ("number", None), "c": ("string", None)}
    assert output.schemas["orders"]["schema"]["properties"]["a"] == {"type": "integer"}
    assert output.records == [{"a": 1, "b": 1.5, "c": None}, {"a": 1, "b": 2, "c": "x"}]
    assert list(sync(path="data/*.csv").schemas) == ["data"]
    write(tmp_path / "odd[1].csv", "a\n7\n")
    assert sync(path="odd[1].csv", stream="odd").records == [{"a": 7}]


def test_files_and_defaults_beside_them(tmp_path, sync):
    write(tmp_path / "a.csv", "id;v\n1;NA\n")
    write(tmp_path / "b.tsv", "id\tv\n2\tNA\n")
    output = sync(
        files=[{"path": "a.csv"}, {"path": "b.tsv", "stream": "bee", "delimiter": "\\t"}],
        delimiter=";",
        null_values=["NA"],
    )
    assert output.records == [{"id": 1, "v": None}, {"id": 2, "v": None}]
    assert list(output.schemas) == ["a", "bee"]
    assert sync(path="b.tsv").records == [{"id": 2, "v": "NA"}]


CONFIGURATIONS = [
    ('{"path": "t.csv",\n "delimeter": ";"}', 78, r'config.json:2:15: unknown setting "delimeter"', "delimiter"),
    ('{"path": "t.csv", "delimiter": "ab"}', 78, r'config.json:1:32: "delimiter" must be one ASCII', None),
    ('{"path": "t.csv", "header": "no"}', 78, r'config.json:1:29: "header" must be a boolean', None),
    ('{"files": [{"path": "t.csv"},\n {"path": "t.csv"}]}', 78, r"config.json:2:11: a second stream", "stream"),
    ('{"files": [{"path": "t.csv", "entity": "x"}]}', 78, r'config.json:1:40: unknown setting "entity"', '"stream"'),
    ('{"files": [{"pat": "t.csv"}]}', 78, r'config.json:1:20: unknown setting "pat"', '"path"'),
    ('{"files": [{}]}', 78, r'config.json:1:12: "path" is missing', None),
    ('{"files": []}', 78, r'config.json:1:11: "files" is empty', None),
    ("{}", 78, r'neither "path" nor "files" is set', '{"path"'),
    ('{"path": "t.csv"', 78, r"config.json:1:17: unexpected end", None),
    ('{"path": "nothing.csv"}', 78, r"config.json:1:10: the file nothing.csv cannot be found", "relative"),
    ('{"path": "no-*.csv"}', 78, r'config.json:1:10: no file matches "no-\*.csv"', "relative"),
    ('{"path": "folder"}', 78, r"config.json:1:10: folder is a folder", "folder/*.csv"),
    ('{"path": "**/t.csv"}', 78, r'"\*\*" in', "*"),
    ('{"path": "t.csv", "keys": ["Id"]}', 78, r'config.json:1:27: "keys" names "Id"', '"id"'),
    ('{"path": "t.csv", "types": {"idd": "string"}}', 78, r'config.json:1:28: "types" names "idd"', '"id"'),
    ('{"path": "t.csv", "types": {"id": "strnig"}}', 78, r'config.json:1:35: "types": "id" must be one of', None),
    ('{"path": "t.csv", "encoding": "ebcdic"}', 78, r'config.json:1:31: "encoding" must be one of utf-8', None),
    ('{"path": "t.csv", "ragged": "maybe"}', 78, r'config.json:1:29: "ragged" must be one of', None),
    ('{"path": "t.csv", "replication": "cursor"}', 78, r'"replication" must be set together', None),
]


@pytest.mark.parametrize("text, code, message, hint", CONFIGURATIONS, ids=[c[0][:60] for c in CONFIGURATIONS])
@pytest.mark.parametrize("verb", [[], ["--discover"], ["--test"]])
def test_wrong_configurations(text, code, message, hint, verb, tmp_path, tap):
    write(tmp_path / "t.csv", "id,v\n1,2\n")
    (tmp_path / "folder").mkdir()
    result = tap(*verb, config=text)
    assert result.code == code, result
    assert re.search(message, result.failure["message"]), result
    assert hint is None or hint in result.failure["hint"], result
    assert result.out == ("" if verb else '{"type":"ABORT",')


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user")
def test_an_unreadable_file(tmp_path):
    write(tmp_path / "t.csv", "a\n1\n")
    (tmp_path / "c.json").write_text('{"path": "t.csv"}')
    (tmp_path / "t.csv").chmod(0)
    command = f"cd {tmp_path} && exec {BIN / TAP} --config c.json --test"
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:3]:
        if parent.owner() == "root" and parent.name.startswith("pytest"):
            parent.chmod(0o755)
    result = run("setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all", "sh", "-c", command)
    assert result.code == 74, result
    assert "t.csv cannot be read: Permission denied" in result.failure["message"]


# --- catalog ---


def test_discover_then_select(tmp_path, tap):
    write(tmp_path / "t.csv", "id,secret,v\n1,x,2\n")
    result = tap("--discover", path="t.csv", keys=["id"])
    assert result.code == 0
    catalog = json.loads(result.out)
    [entry] = catalog["streams"]
    assert (entry["tap_stream_id"], entry["stream"], entry["key_properties"]) == ("t", "t", ["id"])
    inclusion = {tuple(m["breadcrumb"]): m["metadata"]["inclusion"] for m in entry["metadata"]}
    assert inclusion[("properties", "id")] == "automatic" and inclusion[("properties", "v")] == "available"
    # As it is, it selects everything.
    assert Output(tap(path="t.csv", keys=["id"], catalog=catalog)).records == [{"id": 1, "secret": "x", "v": 2}]
    for metadata in entry["metadata"]:
        if metadata["breadcrumb"][1:] in (["secret"], ["id"]):
            metadata["metadata"]["selected"] = False
    output = Output(tap(path="t.csv", keys=["id"], catalog=catalog))
    assert output.records == [{"id": 1, "v": 2}]
    assert list(output.schemas["t"]["schema"]["properties"]) == ["id", "v"]
    # A type that the configuration tells wins over an older catalog.
    output = Output(tap(path="t.csv", keys=["id"], types={"v": "string"}, catalog=catalog))
    assert output.records == [{"id": 1, "v": "2"}] and output.types("t")["v"] == ("string", None)
    entry["metadata"][0]["metadata"]["selected"] = False
    output = Output(tap(path="t.csv", catalog=catalog))
    assert output.code == 0 and [m["type"] for m in output.messages] == ["STATE"]
    assert "no stream is selected" in output.err
    entry["metadata"][0]["metadata"]["selected"] = True
    entry["tap_stream_id"] = "tt"
    result = tap(path="t.csv", catalog=catalog)
    assert result.code == 78 and result.failure["hint"] == 'Did you mean "t"?'


def test_columns_that_come_and_go(tmp_path, tap):
    write(tmp_path / "t.csv", "id,v\n1,2\n")
    catalog = json.loads(tap("--discover", path="t.csv", keys=["id"]).out)
    write(tmp_path / "t.csv", "new,id\nx,1\n")
    output = Output(tap(path="t.csv", keys=["id"], catalog=catalog))
    assert output.records == [{"id": 1, "v": None}]
    assert 'column "new" is not in the catalog' in output.err
    write(tmp_path / "t.csv", "ID,v\n1,2\n")
    result = tap(path="t.csv", catalog=catalog)
    assert result.code == 65 and 't.csv:1: the header lacks "id"' in result.failure["message"]


def test_about_version_help_test(tmp_path, tap):
    about = json.loads(run(TAP, "--about", "--format", "json").out)
    assert about["name"] == TAP and "state" in about["capabilities"]
    assert "files" in about["settings"]["properties"]
    assert run(TAP, "--version").out.startswith("dativo-tap-csv ")
    assert "EXIT STATUS" in run(TAP, "--help").out
    assert run(TAP).code == 64
    write(tmp_path / "t.csv", "id\n1\n")
    result = tap("--test", path="t.csv")
    assert (result.code, result.out) == (0, "")


# --- state ---


def test_modified_files(tmp_path, sync):
    def stamp(name, nanos):
        os.utime(tmp_path / name, ns=(nanos, nanos))

    now = 1_700_000_000_000_000_000
    for number in (1, 2):
        write(tmp_path / f"f{number}.csv", f"id\n{number}\n")
        stamp(f"f{number}.csv", now + number)
    settings = {"path": "f*.csv", "replication": "modified"}
    first = sync(**settings)
    assert [r["id"] for r in first.records] == [1, 2]
    assert first.states[-1]["bookmarks"]["f"]["files"]["f2.csv"]["modified"] == "2023-11-14T22:13:20.000000002Z"
    again = sync(**settings, state=first.states[-1])
    assert again.records == [] and again.states[-1] == first.states[-1]
    # One nanosecond later is later; a new file is new, however old; a touched-back one is not.
    stamp("f1.csv", now + 2)
    stamp("f2.csv", now)
    write(tmp_path / "f0.csv", "id\n0\n")
    stamp("f0.csv", now - 10**18)
    third = sync(**settings, state={"type": "STATE", "value": first.states[-1]})
    assert [r["id"] for r in third.records] == [0, 1]
    (tmp_path / "f1.csv").unlink()
    assert set(sync(**settings, state=third.states[-1]).states[-1]["bookmarks"]["f"]["files"]) == {"f0.csv", "f2.csv"}


@pytest.mark.parametrize(
    "values, later, wanted",
    [
        (["3", "10", "2"], ["9", "10", "11", ""], [10, 11]),
        (["1.5", "-2", "1.50"], ["1.499", "1.5", "12345678901234567890.1"], [1.5, 12345678901234567890.1]),
        (["2024-01-31", "2024-02-01"], ["2024-01-31", "2024-02-01", "2024-02-02"], ["2024-02-01", "2024-02-02"]),
        (
            ["2024-01-01T10:00:00Z", "2024-01-01T10:30:00+01:00"],
            ["2024-01-01T09:59:59Z", "2024-01-01T05:00:00-05:00", "2024-01-01T10:00:00.000000001Z"],
            ["2024-01-01T05:00:00-05:00", "2024-01-01T10:00:00.000000001Z"],
        ),
        (["b", "a"], ["a", "b", "ba", "é"], ["b", "ba", "é"]),
    ],
)
def test_a_cursor_column(values, later, wanted, tmp_path, sync):
    def save(values):
        write(tmp_path / "t.csv", "n,c\n" + "".join(f"{n},{v}\n" for n, v in enumerate(values)))

    save(values)
    settings = {"path": "t.csv", "replication_key": "c", "state_interval": 1}
    first = sync(**settings)
    assert len(first.records) == len(values)
    assert first.schemas["t"]["bookmark_properties"] == ["c"]
    # Until the end the bookmark stays: a row further down may be older.
    assert all("replication_key_value" not in s["bookmarks"]["t"] for s in first.states[:-1])
    save(later)
    second = sync(**settings, state=first.states[-1])
    assert [r["c"] for r in second.records] == wanted
    assert sync(**settings, state=second.states[-1]).states[-1] == second.states[-1]


def test_a_cursor_by_the_catalog(tmp_path, tap):
    write(tmp_path / "t.csv", "id,v\n1,2\n2,1\n")
    catalog = json.loads(tap("--discover", path="t.csv").out)
    catalog["streams"][0]["metadata"][0]["metadata"] |= {
        "selected": True, "replication-method": "INCREMENTAL", "replication-key": "id"
    }  # fmt: skip
    del catalog["streams"][0]["replication_method"]
    output = Output(tap(path="t.csv", catalog=catalog))
    assert output.states[-1]["bookmarks"]["t"] == {
        "replication": "cursor", "replication_key": "id", "replication_key_value": 2
    }  # fmt: skip
    # A bookmark as other taps write it is understood.
    foreign = {"bookmarks": {"t": {"replication_key": "id", "replication_key_value": 2}}}
    assert Output(tap(path="t.csv", catalog=catalog, state=foreign)).records == [{"id": 2, "v": 1}]
    bad = {"bookmarks": {"t": {"replication_key": "id", "replication_key_value": "x"}}}
    result = tap(path="t.csv", catalog=catalog, state=bad)
    assert result.code == 78 and 'the state says "x" for "id"' in result.failure["message"]
    catalog["streams"][0]["metadata"][0]["metadata"]["replication-method"] = "LOG_BASED"
    assert tap(path="t.csv", catalog=catalog).code == 78


def until(messages, index):
    """The messages up to the index-th STATE, and that state."""
    places = [n for n, m in enumerate(messages) if m["type"] == "STATE"]
    place = places[index]
    return [m["record"] for m in messages[:place] if m["type"] == "RECORD"], messages[place]["value"]


@pytest.mark.parametrize("form", ["plain", "mark", "gzip", "zstd", "utf-16", "quoted"])
@pytest.mark.parametrize("mode", ["full_table", "modified", "cursor"])
def test_every_state_can_be_gone_on_from(form, mode, tmp_path, sync):
    for number in (1, 2):
        cell = '"a\n""b, %d"' if form == "quoted" else "text %d"
        text = "id,s\r\n" + "".join(f"{n},{cell % n}\r\n\r\n" for n in range(number * 1000, number * 1000 + 90))
        data = text.encode("utf-16" if form == "utf-16" else "utf-8-sig" if form == "mark" else "utf-8")
        if form in ("gzip", "zstd"):
            data = compressed(data, form)
        (tmp_path / f"t{number}.csv").write_bytes(data)
    settings = {"path": "t*.csv", "state_interval": 20, "replication": mode}
    if mode == "cursor":
        settings["replication_key"] = "id"
    whole = sync(**settings)
    assert len(whole.records) == 180 and len(whole.states) == 10
    for index in range(len(whole.states) - 1):
        before, state = until(whole.messages, index)
        rest = sync(**settings, state=state)
        assert before + rest.records == whole.records, state
        assert rest.states[-1] == whole.states[-1]


def test_a_changed_file_begins_anew(tmp_path, sync):
    write(tmp_path / "t.csv", "id\n" + "".join(f"{n}\n" for n in range(100)))
    first = sync(path="t.csv", state_interval=30)
    _, state = until(first.messages, 1)
    os.utime(tmp_path / "t.csv", ns=(1, 1))
    again = sync(path="t.csv", state_interval=30, state=state)
    assert len(again.records) == 100 and "has changed since the last sync stopped in it" in again.err


def test_another_way_of_reading_forgets_the_bookmark(tmp_path, sync, tap):
    write(tmp_path / "t.csv", "id\n1\n")
    state = sync(path="t.csv", replication="modified").states[-1]
    assert len(sync(path="t.csv", state=state).records) == 1
    # What other streams left stays.
    other = {"bookmarks": {"other": {"x": 1}, **state["bookmarks"]}}
    assert sync(path="t.csv", state=other).states[-1]["bookmarks"]["other"] == {"x": 1}
    assert len(sync(path="t.csv", state={}).records) == 1
    result = tap(path="t.csv", state={"path": "t.csv"})
    assert result.code == 78 and 'not an object with "bookmarks"' in result.failure["message"]


def big(path, rows):
    with open(path, "w") as file:
        file.write("id,text\n")
        file.writelines(f"{n},some text that fills the line {n}\n" for n in range(rows))


def test_killed_and_resumed(tmp_path, sync):
    big(tmp_path / "t.csv", 400_000)
    settings = {"path": "t.csv", "state_interval": 10_000}
    (tmp_path / "k.json").write_text(json.dumps(settings))
    records, state, chance = [], None, random.Random(7)
    for _ in range(6):
        command = [BIN / TAP, "--config", "k.json"]
        if state:
            (tmp_path / "s.json").write_text(json.dumps(state))
            command += ["--state", "s.json"]
        child = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        data = child.stdout.read(chance.randint(1, 5_000_000))
        child.kill()
        data += child.stdout.read()
        child.wait()
        kept = []
        for line in data[: data.rfind(b"\n") + 1].splitlines():
            message = json.loads(line)
            if message["type"] == "RECORD":
                kept.append(message["record"]["id"])
            elif message["type"] == "STATE":
                records, kept, state = records + kept, [], message["value"]
    rest = sync(**settings, state=state)
    assert records + [r["id"] for r in rest.records] == list(range(400_000))


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_with_a_state(number, code, tmp_path, sync):
    big(tmp_path / "t.csv", 300_000)
    (tmp_path / "k.json").write_text('{"path": "t.csv"}')
    child = subprocess.Popen(
        [BIN / TAP, "--config", "k.json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    head = child.stdout.read(3_000_000)
    child.send_signal(number)
    time.sleep(0.05)
    data = head + child.stdout.read()
    child.wait()
    assert child.returncode == code
    lines = data.decode().split("\n")
    assert lines.pop() == '{"type":"ABORT",'
    messages = [json.loads(line) for line in lines]
    assert messages[-1]["type"] == "STATE"
    before, state = until(messages, -1)
    assert 0 < len(before) < 300_000
    rest = sync(path="t.csv", state=state)
    assert [r["id"] for r in before + rest.records] == list(range(300_000))


def test_a_reader_that_goes_away(tmp_path):
    big(tmp_path / "t.csv", 500_000)
    (tmp_path / "k.json").write_text('{"path": "t.csv"}')
    child = subprocess.Popen(
        [BIN / TAP, "--config", "k.json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    child.stdout.read(1000)
    child.stdout.close()
    assert (child.wait(), child.stderr.read()) == (141, b"")


# In a process of its own: a child's peak counts what its parent held when it was forked.
PEAK = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(status, usage.ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path):
    peaks = []
    for rows in (100_000, 1_000_000):
        big(tmp_path / "t.csv", rows)
        (tmp_path / "k.json").write_text('{"path": "t.csv"}')
        result = run(sys.executable, "-c", PEAK, BIN / TAP, "--config", "k.json", cwd=tmp_path)
        status, peak = map(int, result.out.split())
        assert status == 0, result
        peaks.append(peak)
    assert peaks[1] < 40_000 and peaks[1] < peaks[0] * 1.2, peaks


def test_events(tmp_path):
    big(tmp_path / "t.csv", 1000)
    (tmp_path / "k.json").write_text('{"path": "t.csv"}')
    reading, writing = os.pipe()
    child = subprocess.run(
        [BIN / TAP, "--config", "k.json"],
        cwd=tmp_path,
        capture_output=True,
        pass_fds=[writing],
        env={**os.environ, "DATIVO_EVENTS_FD": str(writing)},
    )
    os.close(writing)
    events = [json.loads(line) for line in os.fdopen(reading)]
    assert child.returncode == 0
    last = [e for e in events if e["event"] == "stream"][-1]
    assert (last["stage"], last["stream"], last["records_out"]) == (TAP, "t", 1000)
