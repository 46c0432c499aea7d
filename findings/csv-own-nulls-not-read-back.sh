#!/usr/bin/env bash
# duckdb 2.0.1, pyarrow 26.0.1, polars 2.1.0
# One would guess: who writes "" for an empty text and nothing for a null, tells them apart when reading that file
#     again.
# What happens: all three write exactly that. duckdb reads both as null, pyarrow both as empty texts; only polars
#     gets back what it wrote.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check duckdb==2.0.1 pyarrow==26.0.1 polars==2.1.0

venv/bin/python - <<'PYTHON'
import duckdb
import polars
import pyarrow
import pyarrow.csv

values = ["x", "", None]
contacts = pyarrow.table({"note": values, "id": [1, 2, 3]})
duckdb.sql("COPY (SELECT * FROM contacts) TO 'duckdb.csv'")
pyarrow.csv.write_csv(contacts, "pyarrow.csv")
polars.from_arrow(contacts).write_csv("polars.csv")

back = {
    "duckdb": [note for (note,) in duckdb.sql("SELECT note FROM 'duckdb.csv'").fetchall()],
    "pyarrow": pyarrow.csv.read_csv("pyarrow.csv")["note"].to_pylist(),
    "polars": polars.read_csv("polars.csv")["note"].to_list(),
}
for writer, found in back.items():
    lines = open(f"{writer}.csv").read().split()
    print(f"{writer}: {values} is written as {lines[1:]} and read back as {found}")
    assert [line.partition(",")[0].strip("x") for line in lines[2:]] == ['""', ""]
assert back == {"duckdb": ["x", None, None], "pyarrow": ["x", "", ""], "polars": values}
PYTHON
