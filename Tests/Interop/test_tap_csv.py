"""dativo-tap-csv against Python's csv module: values, types, encodings, rows."""
import csv
import gzip
import io
import json
import random

import pytest
import zstandard

from conftest import ROOT, run
from tap_csv import TAP, Output, compressed, sync, tap, write

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
