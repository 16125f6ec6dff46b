"""Times whole commands: CPU seconds, wall seconds, peak RSS; medians of interleaved runs."""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import confinement
import jobs
import sources
import validation
from peers import peers
from workloads import workloads

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("DATIVO_BIN", ROOT / ".build/release"))

COLUMNS = {
    "l_orderkey": "BIGINT", "l_partkey": "BIGINT", "l_suppkey": "BIGINT", "l_linenumber": "BIGINT",
    "l_quantity": "DOUBLE", "l_extendedprice": "DOUBLE", "l_discount": "DOUBLE", "l_tax": "DOUBLE",
    "l_returnflag": "VARCHAR", "l_linestatus": "VARCHAR", "l_shipdate": "DATE",
    "l_commitdate": "DATE", "l_receiptdate": "DATE", "l_shipinstruct": "VARCHAR",
    "l_shipmode": "VARCHAR", "l_comment": "VARCHAR",
}  # fmt: skip

DUCKDB = """
import duckdb, sys
path, out, threads, columns = sys.argv[1:5]
duckdb.sql(f"SET threads={threads}")
duckdb.sql(
    f"COPY (SELECT unnest(record) FROM read_json('{path}', format='newline_delimited', "
    f"columns={{type: 'VARCHAR', record: '{columns}'}}) WHERE type = 'RECORD') "
    f"TO '{out}/duckdb.parquet' (FORMAT parquet, COMPRESSION zstd)"
)
"""


def measure(command, stdin, cwd):
    """CPU seconds, wall seconds and peak RSS in MiB of one command; fails if it fails."""
    with open(stdin, "rb") as source, open(os.devnull, "wb") as nowhere:
        errors = tempfile.TemporaryFile()
        start = time.monotonic()
        child = subprocess.Popen(command, stdin=source, stdout=nowhere, stderr=errors, cwd=cwd)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        errors.seek(0)
        sys.exit(f"{command[0]} ended with {child.returncode}:\n{errors.read().decode()[-2000:]}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


def head(source, destination, records):
    """The SCHEMA and the first records of a stream."""
    with open(source, "rb") as lines, open(destination, "wb") as out:
        for number, line in enumerate(lines):
            if number > records:
                break
            out.write(line)


def repeated(source, destination, times):
    with open(destination, "wb") as out:
        for _ in range(times):
            with open(source, "rb") as lines:
                shutil.copyfileobj(lines, out)


def rows(arguments, work):
    """Each row: name, command, input, and how many records that input has."""
    python = str(pathlib.Path(arguments.cache) / "py/bin/python")
    config = work / "target.json"
    config.write_text(json.dumps({"destination": "out", "compression": "zstd"}))
    struct = "STRUCT(" + ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()) + ")"
    count = 1_199_969
    contract = str(ROOT / "Tests/Bench/lineitem.odcs.yaml")
    duck = [python, "-c", DUCKDB, arguments.input, "."]
    sample = work / "sample.singer"
    head(arguments.input, sample, 20_000)
    sdk = str(pathlib.Path(arguments.cache) / "meltanolabs-target-csv/bin/target-csv")
    sdk_config = work / "csv.json"
    sdk_config.write_text(json.dumps({"output_path": str(work / "csv")}))
    (work / "csv").mkdir()
    return [
        ("decode", [str(BIN / "bench-decode")], arguments.input, count),
        (
            "dativo-target-parquet, zstd",
            [str(BIN / "dativo-target-parquet"), "--config", str(config)],
            arguments.input,
            count,
        ),
        (
            "dativo-validate, contract on 16 columns",
            [str(BIN / "dativo-validate"), "--contract", contract],
            arguments.input,
            count,
        ),
        ("DuckDB JSON to Parquet, zstd, 1 thread", [*duck, "1", struct], "/dev/null", count),
        ("DuckDB JSON to Parquet, zstd, 2 threads", [*duck, "2", struct], "/dev/null", count),
        ("singer-sdk target-csv", [sdk, "--config", str(sdk_config)], str(sample), 20_000),
    ]


def table(results):
    print("| row | records | CPU s | wall s | peak MiB | CPU s per 1 M records |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, (count, runs) in results.items():
        cpu, wall, rss = (statistics.median(run[index] for run in runs) for index in range(3))
        print(
            f"| {name} | {count:,} | {cpu:.2f} | {wall:.2f} | {rss:.0f} | {cpu / count * 1e6:.2f} |"
        )


def size(path):
    files = [path] if path.is_file() else [file for file in path.rglob("*.parquet")]
    return sum(file.stat().st_size for file in files) / 1e6


def compare(arguments, work):
    """Every workload: the target with two choices of encodings, and its peers."""
    cache = pathlib.Path(arguments.cache)
    python = str(cache / "py/bin/python")
    print("| workload | program | CPU s | wall s | peak MiB | MB written | records per CPU s |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for workload in workloads(cache, work, arguments.only):
        programs = []
        for encoding in ("dictionary", "auto"):
            config = work / f"{encoding}.json"
            config.write_text(json.dumps({"destination": "out", "encoding": encoding}))
            command = [str(BIN / "dativo-target-parquet"), "--config", str(config)]
            programs.append((f"dativo, {encoding}", command, "out", workload.path))
        for name, command, output in peers(python, workload):
            programs.append((name, command, output, "/dev/null"))
        results = {}
        for _ in range(arguments.runs):
            for name, command, output, stdin in programs:
                shutil.rmtree(work / "run", ignore_errors=True)
                (work / "run").mkdir()
                figures = measure(command, stdin, work / "run")
                results.setdefault(name, []).append((*figures, size(work / "run" / output)))
        for name, runs in results.items():
            cpu, wall, rss, bytes_ = (statistics.median(run[i] for run in runs) for i in range(4))
            print(
                f"| {workload.name} | {name} | {cpu:.2f} | {wall:.2f} | {rss:.0f} | {bytes_:.2f} | "
                f"{workload.records / cpu:,.0f} |",
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--workloads", action="store_true")
    parser.add_argument("--validation", action="store_true")
    parser.add_argument("--jobs", action="store_true")
    parser.add_argument("--airbyte", action="store_true")
    parser.add_argument("--sandbox", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dativo-bench-") as folder:
        work = pathlib.Path(folder)
        if arguments.gate:
            cpu = min(
                measure([str(BIN / "bench-decode")], arguments.input, work)[0] for _ in range(3)
            )
            print(f"decode: {cpu:.2f} CPU seconds (aim 0.60, limit 1.20)")
            sys.exit(0 if cpu <= 1.2 else 1)
        if arguments.workloads:
            return compare(arguments, work)
        if arguments.validation:
            return validation.compare(arguments, work, measure, BIN)
        if arguments.sandbox:
            return confinement.compare(arguments, BIN)
        if arguments.jobs:
            return jobs.compare(arguments, work, measure, BIN)
        if arguments.airbyte:
            return sources.compare(arguments, work, BIN, measure)
        chosen = [row for row in rows(arguments, work) if arguments.only in row[0]]
        if arguments.large:
            big = work / "large.singer"
            repeated(arguments.input, big, 10)
            chosen = [
                (name, command, str(big), count * 10)
                for name, command, _, count in chosen
                if name.startswith("dativo-")
            ]
            arguments.runs = 1
        results = {}
        for _ in range(arguments.runs):
            for name, command, stdin, count in chosen:
                shutil.rmtree(work / "out", ignore_errors=True)
                (work / "duckdb.parquet").unlink(missing_ok=True)
                results.setdefault(name, (count, []))[1].append(measure(command, stdin, work))
        table(results)


main()
