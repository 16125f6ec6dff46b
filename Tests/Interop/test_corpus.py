"""Streams captured from real taps: every record is a row, every cell the JSON value, exactly."""
import collections
import datetime as dt
import decimal
import json
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import ROOT, run

HERE = ROOT / "Tests/Conformance/Streams"
CORPUS = ROOT.parent / "shared/corpus/singer"
# Those with BATCH name files of another machine; test_batches.py has files of its own.
FILES = [
    path
    for folder in (HERE, CORPUS)
    for path in sorted(folder.glob("*.singer.jsonl"))
    if "batch" not in path.name
]


def instant(text):
    match = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d?\d):(\d\d)(?::(\d\d)(\.\d+)?)?(.*))?", text
    )
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = dt.datetime(int(year), int(month), int(day), tzinfo=dt.timezone.utc)
    moment += dt.timedelta(
        hours=int(hour or 0),
        minutes=int(minute or 0),
        seconds=int(second or 0),
        microseconds=int(((fraction or ".")[1:] + "000000")[:6]),
    )
    offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)?", zone or "")
    if offset:
        east = dt.timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        moment -= east if offset[1] == "+" else -east
    return moment


def same(kind, cell, value):
    """Whether a cell of Arrow type `kind` is the JSON value."""
    if value is None or cell is None:
        return cell is None and value is None
    if isinstance(kind, pa.JsonType) or (pa.types.is_string(kind) and not isinstance(value, str)):
        return json.loads(cell, parse_float=decimal.Decimal) == value
    if pa.types.is_string(kind):
        return cell == value
    if pa.types.is_timestamp(kind):
        utc = cell if cell.tzinfo else cell.replace(tzinfo=dt.timezone.utc)
        return utc == instant(value)
    if pa.types.is_date(kind):
        return cell == dt.date.fromisoformat(value)
    if pa.types.is_time(kind):
        return dt.datetime.combine(dt.date(1970, 1, 1), cell, dt.timezone.utc) == instant(
            f"1970-01-01T{value}"
        )
    if pa.types.is_struct(kind):
        return all(
            same(kind.field(name).type, cell[name], value.get(name))
            for name in (kind.field(index).name for index in range(kind.num_fields))
        )
    if pa.types.is_map(kind):
        return [key for key, _ in cell] == list(value) and all(
            same(kind.item_type, inner, outer) for (_, inner), outer in zip(cell, value.values())
        )
    if pa.types.is_list(kind):
        return len(cell) == len(value) and all(
            same(kind.value_type, inner, outer) for inner, outer in zip(cell, value)
        )
    if pa.types.is_floating(kind):
        # The literal survives: the double prints as it, or is exactly it.
        return decimal.Decimal(repr(cell)) == value or decimal.Decimal(cell) == value
    if pa.types.is_decimal(kind):
        return cell == decimal.Decimal(value)
    if isinstance(kind, pa.UuidType):
        return str(cell) == value
    return cell == value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".singer.jsonl"))
def test_every_cell_is_the_json_value(path, tmp_path):
    config = tmp_path / "target.json"
    config.write_text(json.dumps({"destination": str(tmp_path / "out")}))
    result = run("dativo-target-parquet", "--config", config, stdin=path.read_bytes())
    assert result.code == 0, result
    wanted = collections.defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        message = json.loads(line, parse_float=decimal.Decimal)
        if message["type"] == "RECORD":
            wanted[message["stream"]].append(message["record"])
    folders = {folder.name for folder in (tmp_path / "out").glob("*") if folder.name != "_dativo"}
    assert folders == set(wanted)
    for stream, records in wanted.items():
        rows = 0
        for file in sorted((tmp_path / "out" / stream).glob("*.parquet")):
            table = pq.read_table(file)
            for name, column in zip(table.column_names, table.columns):
                for number, cell in enumerate(column.to_pylist()):
                    value = records[rows + number].get(name)
                    assert same(column.type, cell, value), (stream, name, number, cell, value)
            rows += table.num_rows
        assert rows == len(records)
