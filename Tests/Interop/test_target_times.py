"""Digits beyond a column's unit, and units that hold them."""
import pyarrow.parquet as pq

from conftest import record, schema

TIMES = {"t": {"type": "string", "format": "date-time"}}
FINE = "1969-12-31T23:59:59.999999999Z"


def times(tmp_path):
    return pq.read_table(f"{tmp_path}/out/s")["t"]


def test_digits_beyond_the_unit_are_cut_with_a_warning(load, tmp_path):
    told = load(schema("s", TIMES), record("s", {"t": FINE}), record("s", {"t": "2020-01-01T00:00:00Z"}))
    assert "1 times lost digits beyond their column's unit" in told.err
    assert [value.value for value in times(tmp_path)] == [-1, 1577836800000000]


def test_nanoseconds_on_request(load, tmp_path):
    told = load(schema("s", TIMES), record("s", {"t": FINE}), time_unit="nanos")
    assert told.code == 0 and "digits" not in told.err
    found = times(tmp_path)
    assert str(found.type) == "timestamp[ns, tz=UTC]" and found[0].value == -1


def test_a_time_that_nanoseconds_do_not_hold(load):
    told = load(schema("s", TIMES), record("s", {"t": "2400-01-01T00:00:00Z"}), time_unit="nanos")
    assert told.code == 65 and "2400-01-01" in told.err
