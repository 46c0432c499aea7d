#!/usr/bin/env bash
# clevercsv 0.8.5
# One would guess: a CSV file with one column, such as an export of e-mail addresses, is read as one column.
# What happens: some character has to be the delimiter, and with no comma in the file it takes one out of the values:
#     addresses are cut at the @, phones at the +, instants at the colons, names at the blank. Only the heading stays
#     whole. read_table, read_dicts, stream_table and the command line guess alike; with a second column before it,
#     the same values are read rightly.
# Seen 2026-11-29: "ana@example.com" is read as "ana" and "example.com".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check clevercsv==0.8.5

venv/bin/python - <<'PYTHON'
import clevercsv

COLUMNS = {
    "email": ["ana@example.com", "luz@example.org"],
    "phone": ["+56912345678", "+56987654321"],
    "updated_at": ["2024-01-15T10:00:00Z", "2024-01-16T11:00:00Z"],
    "name": ["Ana Rojas", "Luz Paz"],
}
for heading, values in COLUMNS.items():
    with open("alone.csv", "w") as file:
        file.writelines(f"{line}\n" for line in [heading, *values])
    with open("second.csv", "w") as file:
        file.writelines(f"{line}\n" for line in [f"id,{heading}", *(f"{n},{value}" for n, value in enumerate(values))])
    alone = clevercsv.read_table("alone.csv")
    second = clevercsv.read_table("second.csv")
    print(f"{heading}: alone {alone[1]}, as the second column {second[1]}")
    assert alone[0] == [heading] and all(len(row) > 1 for row in alone[1:])
    assert [row[1] for row in second] == [heading, *values]
PYTHON
