#!/usr/bin/env bash
# sqlite-utils 4.2.1
# One would guess: a field that is not in an upserted record keeps its value, as the documentation says, whichever
#     records come with it.
# What happens: that is so for upsert, and for records that have the same keys. In an upsert_all of records with
#     different keys (what an API sends that leaves out what has not changed), each record is filled up with nulls
#     for the keys of the others, and these nulls overwrite what the table had. sqlite-utils upsert on the command
#     line is the same. (Open in the project as its issue 873.)
# Seen 2026-11-29: of two contacts one loses its phone, the other its name; one by one, neither does.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check sqlite-utils==4.2.1

venv/bin/python - <<'PYTHON'
import sqlite_utils

CONTACTS = [{"id": 1, "name": "Ana", "phone": "10"}, {"id": 2, "name": "Luz", "phone": "20"}]
CHANGES = [{"id": 1, "name": "Anna"}, {"id": 2, "phone": "21"}]

tables = {}
for way in ("upsert each", "upsert_all"):
    table = sqlite_utils.Database(memory=True)["contacts"]
    table.insert_all(CONTACTS, pk="id")
    if way == "upsert_all":
        table.upsert_all(CHANGES, pk="id")
    else:
        for change in CHANGES:
            table.upsert(change, pk="id")
    tables[way] = list(table.rows)
    print(f"{way}: {tables[way]}")
assert tables == {
    "upsert each": [{"id": 1, "name": "Anna", "phone": "10"}, {"id": 2, "name": "Luz", "phone": "21"}],
    "upsert_all": [{"id": 1, "name": "Anna", "phone": None}, {"id": 2, "name": None, "phone": "21"}],
}
PYTHON
