#!/usr/bin/env bash
# dlt 1.31.0, duckdb 2.0.1
# One would guess: a value that does not fit the type that a column got from its first value goes into a column of its
#     own (score__v_text), as the documentation of schema evolution says, and no value is changed.
# What happens: a text does so, and the old column is null for it. But a number that comes after true or false is made
#     true or false: 7 is loaded as true, 0 as false, without a word; 2.5 too. So a custom field whose first contact
#     answered yes or no loses every number that follows.
# Seen 2026-11-29: True for 7 and 2.5, and False for 0; "often" is in score__v_text.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check "dlt[duckdb]==1.31.0" duckdb==2.0.1

venv/bin/python - <<'PYTHON'
import dlt
import duckdb

SCORES = [True, 7, 2.5, 0, "often"]
database = duckdb.connect()
pipeline = dlt.pipeline(
    "contacts", destination=dlt.destinations.duckdb(database), dataset_name="crm", pipelines_dir="pipelines"
)
pipeline.run([{"id": number, "score": score} for number, score in enumerate(SCORES)], table_name="contacts")
loaded = database.sql("SELECT score, score__v_text FROM crm.contacts ORDER BY id").fetchall()
for score, (column, text) in zip(SCORES, loaded, strict=True):
    print(f"score {score!r}: score is {column}, score__v_text is {text}")
assert loaded == [(True, None), (True, None), (True, None), (False, None), (None, "often")]
PYTHON
