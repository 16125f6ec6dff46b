"""Peers that turn Singer lines into Parquet: one command each, run in a folder of its own."""

DUCKDB = """
import duckdb, sys
path, threads, struct, mixed = sys.argv[1:5]
duckdb.sql(f"SET threads={threads}")
target = "'duckdb' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (stream))" if mixed else (
    "'duckdb.parquet' (FORMAT parquet, COMPRESSION zstd)")
stream = "stream, " if mixed else ""
duckdb.sql(
    f"COPY (SELECT {stream}unnest(record) FROM read_json('{path}', format='newline_delimited', "
    f"columns={{type: 'VARCHAR', stream: 'VARCHAR', record: '{struct}'}}) WHERE type = 'RECORD') TO {target}"
)
"""

POLARS = """
import polars as pl, sys
path, mixed = sys.argv[1:3]
frame = pl.scan_ndjson(path, infer_schema_length=1000).filter(pl.col("type") == "RECORD")
columns = ["stream", "record"] if mixed else ["record"]
frame.select(columns).collect().unnest("record").write_parquet("polars.parquet", compression="zstd")
"""

PYARROW = """
import pyarrow as pa, pyarrow.json as pj, pyarrow.parquet as pq, pyarrow.compute as pc, sys
table = pj.read_json(sys.argv[1], read_options=pj.ReadOptions(block_size=64 << 20))
table = table.filter(pc.equal(table["type"], "RECORD"))
record = table["record"].combine_chunks()
record = record if isinstance(record, pa.StructArray) else record.chunk(0)
pq.write_table(pa.Table.from_batches([pa.RecordBatch.from_struct_array(record)]), "pyarrow.parquet", compression="zstd")
"""


def peers(python, workload):
    """Name, command and output of each peer that can do the workload."""
    mixed = "mixed" if workload.is_mixed else ""
    duckdb = [python, "-c", DUCKDB, workload.path]
    output = "duckdb" if mixed else "duckdb.parquet"
    made = [
        ("DuckDB, 1 thread", [*duckdb, "1", workload.struct, mixed], output),
        ("DuckDB, 2 threads", [*duckdb, "2", workload.struct, mixed], output),
        ("Polars", [python, "-c", POLARS, workload.path, mixed], "polars.parquet"),
    ]
    if not mixed:
        made.append(("pyarrow", [python, "-c", PYARROW, workload.path], "pyarrow.parquet"))
    return made
