#!/usr/bin/env bash
# singer-python 6.8.0 (Transformer, with which most Singer taps write their records)
# One would guess: a text in a field that is a number is read as that number or refused, and with "type": ["integer",
#     "string"], which says that texts may come, a text stays one.
# What happens: every comma is dropped first. The price "1,50" becomes 150 and "0,5" becomes 5, a hundred and ten times
#     as much. Where a number may be a text too, the number is tried first, so the list of ids "12,13" becomes 1213,
#     the code "00501" becomes 501 and +56912345678 loses its plus. "1.50,0" is 1.5; "1.50" for an integer is refused,
#     so it is no general laxness.
# Seen 2026-11-29: as said, no warning.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check singer-python==6.8.0

venv/bin/python - <<'PYTHON'
from singer import transform
from singer.transform import SchemaMismatch

NUMBER, INTEGER, EITHER = {"type": "number"}, {"type": ["null", "integer"]}, {"type": ["null", "integer", "string"]}


def transformed(value, schema):
    return transform({"value": value}, {"type": "object", "properties": {"value": schema}})["value"]


for value, schema, expected in (
    ("1,50", INTEGER, 150),
    ("1,50", NUMBER, 150.0),
    ("0,5", NUMBER, 5.0),
    ("1.50,0", NUMBER, 1.5),
    ("12,13", EITHER, 1213),
    ("00501", EITHER, 501),
    ("+56912345678", EITHER, 56912345678),
    ("12,a", EITHER, "12,a"),
):
    types, found = schema["type"], transformed(value, dict(schema))
    print(f"{value!r} for {types}: {found!r}")
    assert found == expected and type(found) is type(expected), (value, found)

try:
    raise AssertionError(transformed("1.50", INTEGER))
except SchemaMismatch:
    print("'1.50' for an integer: refused")
PYTHON
