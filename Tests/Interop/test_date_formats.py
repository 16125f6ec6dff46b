"""Date formats: what the JDK reads, calendar-strictly, is read; a table of its verdicts is the oracle."""
import json

import pytest

from conftest import ROOT, lines, record, run, schema
from contract_text import head

TABLE = ROOT.parent / "shared/corpus/odcs/jdk-dates"
# Where the contract's words mean more than the JDK makes of them: letters that are read as others.
TOLERATED = {"YYYY-MM-dd", "YYYY-MM-DD", "yyyy-MM-DD", "yyyy-MM-ddTHH:mm:ssZ", "YYYY-MM-DDTHH:mm:ss.SSSZ"}


def contract(path, format_, more=""):
    text = json.dumps(format_)
    path.write_text(
        f"{head()}- name: o\n  properties:\n"
        f"  - {{name: n, logicalType: integer}}\n  - {{name: d, logicalType: date, logicalTypeOptions: {{format: {text}{more}}}}}\n"
    )


def accepted(tmp_path, format_, values, more=""):
    """The values that pass, with the report on the stream."""
    contract(tmp_path / "c.yaml", format_, more)
    rows = [record("o", {"n": n, "d": value}) for n, value in enumerate(values)]
    done = run("dativo-validate", "--contract", "c.yaml", "--report", "r", "--mode", "quarantine", "--quarantine", "q",
               stdin=lines(schema("o", {"d": {}}), *rows), cwd=tmp_path)
    assert done.code == 0, done
    passed = {json.loads(line)["record"]["n"] for line in done.out.splitlines() if '"RECORD"' in line}
    return [values[n] for n in sorted(passed)], json.loads((tmp_path / "r").read_text())["streams"]["o"]


def is_in_range(result):
    """Of a result that names no date, whether each field is in its range, which the JDK leaves open."""
    limits = {"DayOfMonth": (1, 31), "MonthOfYear": (1, 12), "MinuteOfHour": (0, 59)}
    for part in result[1 : result.index("}")].split(", "):
        name, _, value = part.partition("=")
        low, high = limits.get(name, (-(10**10), 10**10))
        if value.lstrip("-").isdigit() and not low <= int(value) <= high:
            return False
    return True


@pytest.mark.skipif(not TABLE.exists(), reason="the shared corpus is not here; FORMS has its own cases")
def test_every_pattern_of_the_table_is_read_as_the_jdk_reads_it(tmp_path):
    values = json.loads((TABLE / "probes.json").read_text())["values"]
    table = json.loads((TABLE / "java-datetimeformatter-y2u-strict.json").read_text())
    wrong = []
    for entry in table:
        if entry["pattern"] in TOLERATED:
            continue
        fine = {one["value"] for one in entry["accepted"] if one["strict"] and is_in_range(one["strict"])}
        found, report = accepted(tmp_path, entry["pattern"], values)
        # A DATE column is announced for these, and has no room for other years.
        column = {"0000-01-01", "+10000-01-01"} if entry["pattern"] in ("yyyy-MM-dd", "uuuu-MM-dd") else set()
        wrong += [(entry["pattern"], value) for value in set(found) ^ (fine - column)]
        assert not [one for one in report["skipped"] if one["rule"] == "format"], entry["pattern"]
    assert wrong == [] and len(table) == 43


FORMS = [
    ("hh:mm a", ["11:59 PM", "12:00 AM"], ["13:00 PM", "00:10 AM", "11:59", "11:59 pm"]),
    ("KK:mm a", ["11:59 PM", "00:00 AM"], ["12:00 AM"]),
    ("HH:mm a", ["11:59 AM", "13:00 PM"], ["13:00 AM", "11:00 PM"]),
    ("hh:mm:ss", ["11:59:59", "12:00:00"], ["23:59:59", "00:00:00"]),
    ("kk:mm:ss", ["24:00:00", "01:00:00"], ["00:00:00", "25:00:00"]),
    ("yyyy-MM-dd kk:mm", ["2024-01-31 24:00"], ["2024-01-31 00:00"]),
    ("yyyy-DDD", ["2024-366", "2023-365", "2024-001"], ["2023-366", "2024-000", "2024-31", "2024-367"]),
    ("yyyyDDD", ["2024031"], ["202431"]),
    ("D/yyyy", ["31/2024", "366/2024"], ["366/2023", "0/2024"]),
    ("QQQ yyyy", ["Q1 2024", "Q4 2024"], ["Q5 2024", "1 2024", "q1 2024"]),
    ("yyyy'Q'Q", ["2024Q3"], ["2024Q0", "2024Q5", "2024Q"]),
    ("yyyy-MM QQQ", ["2024-04 Q2"], ["2024-04 Q1"]),
    ("QQQQ yyyy", ["2nd quarter 2024"], ["Q2 2024"]),
    ("yyyy-MM-dd G", ["2024-01-31 AD", "0044-03-15 BC"], ["2024-01-31", "0000-01-31 AD", "2024-02-30 AD", "2024-01-31 ad"]),
    ("d MMM y GGGG", ["15 Mar 44 Before Christ"], ["15 Mar 44 BC"]),
    ("yyyy", ["2024", "0000"], ["24", "2024-01"]),
    ("yyyy-MM", ["2024-01", "2024-12"], ["2024-13", "2024-00", "2024-1"]),
    ("MM/yyyy", ["01/2024"], ["2024/01"]),
    ("MMM yyyy", ["Jan 2024"], ["JAN 2024", "January 2024"]),
    ("MM-dd", ["12-31", "02-30"], ["13-01", "01-32"]),
    ("YYYY-'W'ww-e", ["2024-W05-3", "2024-W53-7"], ["2024-W54-1", "2024-W00-1", "2024-W05-8", "2024-W05-0", "2024-W5-1"]),
    ("YYYY-'W'ww", ["2024-W05"], ["2024-W05-3"]),
    ("yyyy-MM-dd HH:mm VV", ["2024-01-31 10:00 Europe/Paris", "2024-01-31 10:00 UTC", "2024-01-31 10:00 +02:00", "2024-01-31 10:00 Z"],
     ["2024-01-31 10:00", "2024-01-31 10:00 Europe/Pariss", "2024-01-31 10:00 PST"]),
    ("yyyy-MM-dd HH:mm z", ["2024-01-31 10:00 PST", "2024-01-31 10:00 CEST", "2024-01-31 10:00 Europe/Paris"],
     ["2024-01-31 10:00 XYZ", "2024-01-31 10:00 cet", "2024-01-31 10:00 "]),
    ("EEE, dd MMM yyyy HH:mm:ss z", ["Wed, 31 Jan 2024 23:59:59 GMT"], ["Mon, 31 Jan 2024 23:59:59 GMT"]),
    ("yyyy-MM-dd['T'HH:mm z]", ["2024-01-31", "2024-01-31T10:00 CET"], ["2024-01-31T10:00"]),
]  # fmt: skip


@pytest.mark.parametrize("format_, good, bad", FORMS)
def test_a_pattern_takes_what_it_names_and_nothing_else(tmp_path, format_, good, bad):
    found, report = accepted(tmp_path, format_, good + bad)
    assert found == good
    assert not [one for one in report["skipped"] if one["rule"] == "format"]


@pytest.mark.parametrize("format_", ["yyyy-MM-dd", "y-M-d", "uuuu-MM-dd'T'HH:mm:ssX", "D/yyyy", "h:m a", "YYYY-'W'w-e"])
def test_absurd_numbers_are_no_dates(tmp_path, format_):
    """Digits without end, at the edge of machine integers and beyond it."""
    values = []
    for digits in ("9223372036854775807", "9223372036854775808", "18446744073709551616", "9" * 18, "9" * 19, "9" * 200):
        values += [f"{digits}-01-01", f"+{digits}-01-01", f"-{digits}-01-01", f"2024-{digits}-1", f"1/{digits}", f"{digits}/2024",
                   f"{digits}:1 AM", digits, f"{digits}-W1-1"]  # fmt: skip
    found, _ = accepted(tmp_path, format_, values)
    assert found == []


@pytest.mark.parametrize("format_, bounds, good, bad", [
    ("yyyy-MM", "minimum: 2024-03, maximum: 2024-10", ["2024-03", "2024-10"], ["2024-02", "2024-11"]),
    ("MMM yyyy", "minimum: Mar 2024", ["Mar 2024", "Jan 2025"], ["Feb 2024"]),
    ("QQQ yyyy", "exclusiveMinimum: Q2 2024", ["Q3 2024"], ["Q2 2024", "Q1 2024"]),
    ("yyyy-DDD", "maximum: 2024-060", ["2024-060"], ["2024-061"]),
    ("yyyy-DDD", "maximum: '2024-02-29'", ["2024-060"], ["2024-061"]),
    ("yyyy-MM-dd G", "minimum: 0044-03-15 BC", ["0044-03-15 BC", "2024-01-01 AD"], ["0045-01-01 BC"]),
    ("hh:mm a", "minimum: '11:00 AM'", ["01:00 PM"], ["12:30 AM"]),
    ("kk:mm", "maximum: '10:00'", ["24:00", "10:00"], ["10:01"]),
])  # fmt: skip
def test_bounds_of_what_has_an_order(tmp_path, format_, bounds, good, bad):
    found, report = accepted(tmp_path, format_, good + bad, f", {bounds}")
    assert found == good and report["skipped"] == []


@pytest.mark.parametrize("format_, bound, value, reason", [
    ("yyyy-'W'ww-e", "2024-W05-3", "2023-W01-1", "no order"),
    ("hh:mm", "11:00", "10:00", "no order"),
    ("yyyy-MM-dd HH:mm VV", "2024-01-31 10:00 UTC", "2020-01-31 10:00 Europe/Paris", "name their zones"),
])  # fmt: skip
def test_bounds_of_what_has_none_are_skipped(tmp_path, format_, bound, value, reason):
    found, report = accepted(tmp_path, format_, [value], f", minimum: '{bound}'")
    [skipped] = report["skipped"]
    assert found == [value] and skipped["rule"] == "minimum" and reason in skipped["reason"]


@pytest.mark.parametrize("format_, message", [
    ("yyyy-mm-dd", "mm is the minute: write MM for the month"),
    ("hh:mm:ss", "hh without a does not tell morning from evening: write HH"),
    ("yyyy-'W'ww-e", "it names no whole day"),
    ("BBB yyyy-MM-dd", "is not evaluated: the letters BBB are not evaluated"),
    ("yyyy-MM-dd zzzz", "is not evaluated: the letters zzzz are not evaluated"),
])  # fmt: skip
def test_lint_tells_what_a_format_lacks(tmp_path, format_, message):
    contract(tmp_path / "c.yaml", format_)
    done = run("dativo", "lint", "c.yaml", cwd=tmp_path)
    assert done.code == 0 and message in done.out + done.err, done


def test_a_format_that_is_not_read_is_skipped(tmp_path):
    found, report = accepted(tmp_path, "BBB yyyy", ["whatever"])
    [skipped] = report["skipped"]
    assert found == ["whatever"] and (skipped["rule"], skipped["pointer"]) == ("format", "/d")
