"""Shows a table: its row count, a few rows, and a summary of each column."""
import sys

import duckdb

flights = duckdb.sql(f"SELECT * FROM '{sys.argv[1]}/*.parquet'")
print(duckdb.sql("SELECT count(*) AS rows FROM flights"))
print(duckdb.sql("SELECT * FROM flights LIMIT 5"))
print(
    duckdb.sql(
        "SELECT column_name, column_type, min, max, approx_unique, null_percentage "
        "FROM (SUMMARIZE SELECT * FROM flights)"
    )
)
