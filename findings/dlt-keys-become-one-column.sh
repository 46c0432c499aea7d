#!/usr/bin/env bash
# dlt 1.31.0, duckdb 2.0.1
# One would guess: three keys of one object are three columns, or a load whose keys meet under one column name
#     fails.
# What happens: names are brought to snake_case, so customField, custom_field and "Custom Field" are one column;
#     the last value wins and the others are lost without a word. Custom fields that users name themselves meet
#     often. (días and dias do stay apart, as d_as and dias.)
# Seen 2026-11-28: one column custom_field with the third value.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check "dlt[duckdb]==1.31.0" duckdb==2.0.1

venv/bin/python - <<'PYTHON'
import dlt
import duckdb

row = {"id": 1, "customField": "first", "custom_field": "second", "Custom Field": "third", "días": 4, "dias": 5}
database = duckdb.connect()
pipeline = dlt.pipeline(
    "contacts", destination=dlt.destinations.duckdb(database), dataset_name="crm", pipelines_dir="pipelines"
)
pipeline.run([row], table_name="contacts")
table = database.sql("SELECT * EXCLUDE (_dlt_load_id, _dlt_id) FROM crm.contacts")
loaded = dict(zip(table.columns, table.fetchall()[0]))
print(f"given  {row}")
print(f"loaded {loaded}")
assert loaded == {"id": 1, "custom_field": "third", "d_as": 4, "dias": 5}
PYTHON
