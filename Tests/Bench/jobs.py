"""Whole jobs, CSV to Parquet, beside other tools; and what the supervisor costs over a bare pipe."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess

JOB = """
apiVersion: dativo/v1
kind: Job
tenant: bench
name: {name}
source: {source}
target: {{target: parquet, config: {{destination: out}}}}
"""
MELTANO = """
default_environment: dev
environments: [{{name: dev}}]
send_anonymous_usage_stats: false
plugins:
  extractors:
  - name: tap-csv-folder
    namespace: tap_csv_folder
    executable: {cache}/tap-csv-folder/bin/tap-csv-folder
    capabilities: []
    settings: [{{name: filesystem}}, {{name: path}}, {{name: read_mode}}, {{name: stream_name}}]
    config: {{filesystem: local, path: {csv}, read_mode: one_stream_per_file, stream_name: lineitem}}
  loaders:
  - name: target-jsonl
    namespace: target_jsonl
    executable: {cache}/target-jsonl/bin/target-jsonl
    settings: [{{name: destination_path}}]
    config: {{destination_path: .}}
"""
DUCKDB = """
import duckdb, sys
duckdb.sql(f"SET threads={sys.argv[2]}")
duckdb.sql(f"COPY (FROM read_csv('{sys.argv[1]}')) TO 'duckdb.parquet' (FORMAT parquet, COMPRESSION zstd)")
"""
DLT = """
import os, pathlib, sys, dlt
from dlt.sources.filesystem import filesystem, read_csv_duckdb
csv = pathlib.Path(sys.argv[1])
os.environ["DESTINATION__FILESYSTEM__BUCKET_URL"] = "out-dlt"
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
pipeline = dlt.pipeline("bench", destination="filesystem", dataset_name="bench", pipelines_dir="dlt")
files = filesystem(bucket_url=csv.parent.as_uri(), file_glob=csv.name)
rows = files | read_csv_duckdb(use_pyarrow=True)
pipeline.run(rows.with_name("lineitem"), loader_file_format="parquet").raise_on_failed_jobs()
"""


def csv_of_lineitem(cache):
    path = cache / "data/lineitem-0.2.csv"
    if not path.exists():
        made = cache / "data/lineitem-csv"
        command = [cache / "py/bin/tpchgen-cli", "csv", "-s", "0.2", "--tables=lineitem", f"--output-dir={made}"]
        subprocess.run(command, check=True, capture_output=True)
        (made / "lineitem.csv").rename(path)
    return path


def head_of(path, rows, to):
    with open(path) as source, open(to, "w") as out:
        for _ in range(rows + 1):
            out.write(source.readline())


def programs(cache, work, binaries):
    """Name, command, and how many rows it loads."""
    csv = csv_of_lineitem(cache)
    with open(csv, "rb") as lines:
        count = sum(1 for _ in lines) - 1
    (work / "sample").mkdir()
    head_of(csv, 200_000, work / "sample/lineitem.csv")
    tap = {"files": [{"path": str(csv), "stream": "lineitem"}]}
    (work / "tap.json").write_text(json.dumps(tap))
    (work / "target.json").write_text(json.dumps({"destination": "out"}))
    source = json.dumps({"tap": "csv", "config": tap})
    (work / "csv.yaml").write_text(JOB.format(name="lineitem", source=source))
    (work / "empty.yaml").write_text(JOB.format(name="empty", source='{command: ["true"]}'))
    (work / "meltano").mkdir()
    (work / "meltano/meltano.yml").write_text(MELTANO.format(cache=cache, csv=work / "sample"))
    at = {name: str(binaries / f"dativo{name}") for name in ("", "-tap-csv", "-validate", "-target-parquet")}
    pipe = f"{at['-tap-csv']} --config {work}/tap.json | {at['-validate']} | {at['-target-parquet']} --config {work}/target.json"
    python = str(cache / "py/bin/python")
    meltano = f"cd {work}/meltano && exec {cache}/meltano/bin/meltano run --full-refresh tap-csv-folder target-jsonl"
    # To write Parquet it fetches a DuckDB; without a network it writes JSON lines, as Meltano does.
    [executable] = (cache / "bench-peers").glob("lib/*/site-packages/sling_linux_amd64/bin/sling-linux-amd64")
    sling = [str(executable), "run", "--src-stream", f"file://{csv}", "--tgt-object", "file://{folder}/out.jsonl"]
    return [
        ("dativo run, a tap without rows", [at[""], "run", str(work / "empty.yaml")], 0),
        ("dativo run", [at[""], "run", str(work / "csv.yaml")], count),
        ("the same three programs in a shell pipe", ["bash", "-c", f"set -o pipefail; {pipe}"], count),
        ("DuckDB, 1 thread", [python, "-c", DUCKDB, str(csv), "1"], count),
        ("DuckDB, 2 threads", [python, "-c", DUCKDB, str(csv), "2"], count),
        ("dlt", [f"{cache}/bench-peers/bin/python", "-c", DLT, str(csv)], count),
        ("sling, to JSON lines", sling, count),
        ("Meltano, tap-csv-folder to target-jsonl (JSON lines)", ["bash", "-c", meltano], 200_000),
    ]


def compare(arguments, work, measure, binaries):
    cache = pathlib.Path(arguments.cache)
    chosen = [row for row in programs(cache, work, binaries) if arguments.only in row[0]]
    os.environ["MELTANO_CLI_LOG_LEVEL"] = "warning"
    results = {}
    for _ in range(arguments.runs):
        for name, command, count in chosen:
            # What a project keeps of asking programs stays, as it does from one run to the next.
            for left in ("out", ".dativo/state", ".dativo/runs", ".dativo/run"):
                shutil.rmtree(work / left, ignore_errors=True)
            folder = work / "run"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            command = [word.replace("{folder}", str(folder)) for word in command]
            results.setdefault((name, count), []).append(measure(command, "/dev/null", folder))
    print("| whole job, CSV to Parquet | rows | CPU s | wall s | peak MiB of one process | rows per CPU s |")
    print("|---|---:|---:|---:|---:|---:|")
    for (name, count), runs in results.items():
        cpu, wall, rss = (statistics.median(run[index] for run in runs) for index in range(3))
        print(f"| {name} | {count:,} | {cpu:.3f} | {wall:.3f} | {rss:.0f} | {count / cpu:,.0f} |")
