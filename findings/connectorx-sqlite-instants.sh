#!/usr/bin/env bash
# connectorx 0.4.6
# One would guess: a TIMESTAMP column of SQLite that holds ISO 8601 texts with Z is read as instants, or as texts.
# What happens: the whole query fails with "Conversion error from type Text at index: 0, trailing input"; the Z is
#     what it does not expect, as 2024-01-15 10:00:00 is read. Python's own sqlite3 writes and reads either.
# Seen 2026-11-28: an error with Z, one row without.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check connectorx==0.4.6 pyarrow==26.0.1

venv/bin/python - <<'PYTHON'
import os
import sqlite3

import connectorx

seen = {}
for text in ("2024-01-15 10:00:00", "2024-01-15T10:00:00.000Z"):
    file = f"{len(text)}.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE contacts (updated_at TIMESTAMP)")
        database.execute("INSERT INTO contacts VALUES (?)", [text])
    database.close()
    try:
        rows = connectorx.read_sql(f"sqlite://{os.path.abspath(file)}", "SELECT * FROM contacts", return_type="arrow")
        seen[text] = str(rows.to_pylist()[0]["updated_at"])
    except RuntimeError as error:
        seen[text] = f"error: {error}"
    print(f"{text}: {seen[text]}")
assert seen["2024-01-15 10:00:00"].startswith("2024-01-15 10:00:00")
assert seen["2024-01-15T10:00:00.000Z"] == "error: Conversion error from type Text at index: 0, trailing input"
PYTHON
