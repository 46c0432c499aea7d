#!/usr/bin/env bash
# pyarrow 26.0.1, pandas 3.1.1, sqlite-utils 4.2.1, polars 2.1.0, duckdb 2.0.1
# One would guess: readers that guess types agree on what is a number, and a phone with its plus sign is none.
# What happens: polars and duckdb keep +56912345678 as a text. pandas makes it an int64, pyarrow a double,
#     sqlite-utils (since version 4, which guesses types) an INTEGER: the plus is lost in all three. A postal code
#     00501 is a text to duckdb alone. pandas does so even to texts in JSON: {"phone": "+56912345678"} is read as
#     a number.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check pyarrow==26.0.1 pandas==3.1.1 sqlite-utils==4.2.1 polars==2.1.0 duckdb==2.0.1

cat > contacts.csv <<'CSV'
id,phone,code
1,+56912345678,00501
2,+56987654321,00502
CSV
echo '[{"phone": "+56912345678", "code": "00501"}, {"phone": "+56987654321", "code": "00502"}]' > contacts.json
venv/bin/sqlite-utils insert contacts.db contacts contacts.csv --csv > import.log
venv/bin/python - <<'PYTHON'
import sqlite3

import duckdb
import pandas
import polars
import pyarrow.csv

first = {
    "polars": polars.read_csv("contacts.csv").row(0)[1:],
    "duckdb": duckdb.sql("SELECT phone, code FROM 'contacts.csv'").fetchall()[0],
    "pandas": tuple(pandas.read_csv("contacts.csv").loc[0, ["phone", "code"]].tolist()),
    "pyarrow": tuple(pyarrow.csv.read_csv("contacts.csv").to_pylist()[0].values())[1:],
    "sqlite-utils": sqlite3.connect("contacts.db").execute("SELECT phone, code FROM contacts").fetchone(),
    "pandas, from JSON texts": tuple(pandas.read_json("contacts.json").loc[0].tolist()),
}
for reader, values in first.items():
    print(f"{reader}: +56912345678, 00501 is read as {values}")
assert repr(first) == repr(
    {
        "polars": ("+56912345678", 501),
        "duckdb": ("+56912345678", "00501"),
        "pandas": (56912345678, 501),
        "pyarrow": (56912345678.0, 501),
        "sqlite-utils": (56912345678, 501),
        "pandas, from JSON texts": (56912345678, 501),
    }
)
PYTHON
