"""Turns TPC-H lineitem from CSV into Singer lines: a SCHEMA, the RECORDs, a STATE at each 100,000."""
import csv
import json
import sys

INTEGERS = ["l_orderkey", "l_partkey", "l_suppkey", "l_linenumber"]
DECIMALS = ["l_quantity", "l_extendedprice", "l_discount", "l_tax"]
DATES = ["l_shipdate", "l_commitdate", "l_receiptdate"]


def schema(names):
    properties = {}
    for name in names:
        if name in INTEGERS:
            properties[name] = {"type": ["null", "integer"]}
        elif name in DECIMALS:
            properties[name] = {"type": ["null", "number"]}
        elif name in DATES:
            properties[name] = {"type": ["null", "string"], "format": "date"}
        else:
            properties[name] = {"type": ["null", "string"]}
    return {
        "type": "SCHEMA",
        "stream": "lineitem",
        "schema": {"type": "object", "properties": properties},
        "key_properties": ["l_orderkey", "l_linenumber"],
    }


def main():
    rows = csv.reader(sys.stdin)
    names = next(rows)
    write = sys.stdout.write
    write(json.dumps(schema(names), separators=(",", ":")) + "\n")
    bare = [name in INTEGERS or name in DECIMALS for name in names]
    quoted = json.dumps
    keys = [json.dumps(name) + ":" for name in names]
    count = 0
    for row in rows:
        cells = (
            key + (value if plain else quoted(value))
            for key, value, plain in zip(keys, row, bare)
        )
        write('{"type":"RECORD","stream":"lineitem","record":{' + ",".join(cells) + "}}\n")
        count += 1
        if count % 100_000 == 0:
            write('{"type":"STATE","value":{"rows":%d}}\n' % count)
    write('{"type":"STATE","value":{"rows":%d}}\n' % count)


main()
