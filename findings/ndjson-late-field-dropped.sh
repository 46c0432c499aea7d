#!/usr/bin/env bash
# polars 2.1.0, duckdb 2.0.1, pyarrow 26.0.1
# One would guess: a field that first appears late in an NDJSON file is a column with nulls before it, or at least
#     an error.
# What happens: polars looks at the first 100 lines and duckdb at some 20,000 for the columns; a field that is
#     seen only later is left out, by both, without a warning. pyarrow has the column. A custom field that was
#     added last month is such a field.
# Seen 2026-11-28, e-mail addresses in the last 10 of 30,000 lines: the column is missing in polars (read and
#     scan) and duckdb.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check polars==2.1.0 duckdb==2.0.1 pyarrow==26.0.1

venv/bin/python - <<'PYTHON'
import json

import duckdb
import polars
import pyarrow.json

lines = [{"id": number} for number in range(30_000)]
for line in lines[-10:]:
    line["email"] = "ana@example.com"
with open("contacts.ndjson", "w") as file:
    file.writelines(json.dumps(line) + "\n" for line in lines)

columns = {
    "polars.read_ndjson": polars.read_ndjson("contacts.ndjson").columns,
    "polars.scan_ndjson": polars.scan_ndjson("contacts.ndjson").collect().columns,
    "duckdb": duckdb.sql("SELECT * FROM 'contacts.ndjson'").columns,
    "duckdb, sample_size=-1": duckdb.sql("SELECT * FROM read_json('contacts.ndjson', sample_size=-1)").columns,
    "pyarrow.json": pyarrow.json.read_json("contacts.ndjson").column_names,
}
for reader, found in columns.items():
    print(f"{reader}: {found}")
assert columns == {
    "polars.read_ndjson": ["id"],
    "polars.scan_ndjson": ["id"],
    "duckdb": ["id"],
    "duckdb, sample_size=-1": ["id", "email"],
    "pyarrow.json": ["id", "email"],
}
PYTHON
