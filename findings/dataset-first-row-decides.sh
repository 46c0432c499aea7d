#!/usr/bin/env bash
# dataset 2.0.0 (PyPI), on SQLite
# One would guess: a column that the library makes by itself keeps the values that are put into it, or refuses them; and
#     update_many, as upsert_many does, leaves alone the fields that a row does not have.
# What happens: the first value of a column decides its type. A date first makes every later instant a date: its time is
#     gone, without an error. A None first makes a column of texts, so 5 comes back as "5". An instant loses its zone:
#     10:00 in Santiago comes back as 10:00. And update_many fills each row up with the keys of the others, as null, so
#     of two partial changes the one empties the phone and the other the name.
# Seen 2026-11-29: as said; upsert_many of the same rows empties nothing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check dataset==2.0.0

venv/bin/python - <<'PYTHON'
import warnings
from datetime import date, datetime, timedelta, timezone

import dataset

warnings.simplefilter("ignore")
database = dataset.connect("sqlite://")


def kept(name, *values):
    for value in values:
        database[name].insert({"value": value})
    found = [row["value"] for row in database[name].find(order_by="id")]
    print(f"{list(values)} comes back as {found}")
    return found


SANTIAGO = timezone(timedelta(hours=-3))
day, instant = date(2024, 1, 15), datetime(2024, 1, 15, 22, 30)
assert kept("days", day, instant) == [day, day]
assert kept("texts", None, 5, 1.5) == [None, "5", "1.5"]
assert kept("zones", instant.replace(tzinfo=SANTIAGO)) == [instant]

contacts = [{"key": 1, "name": "Ana", "phone": "+56911111111"}, {"key": 2, "name": "Ben", "phone": "+56922222222"}]
changes = [{"key": 1, "name": "Anna"}, {"key": 2, "phone": "+56933333333"}]
found = {}
for method in ("update_many", "upsert_many"):
    table = database[method]
    table.insert_many(contacts)
    getattr(table, method)(changes, ["key"])
    found[method] = [(row["name"], row["phone"]) for row in table.find(order_by="key")]
    print(f"{method}: {found[method]}")
assert found["update_many"] == [("Anna", None), (None, "+56933333333")]
assert found["upsert_many"] == [("Anna", "+56911111111"), ("Ben", "+56933333333")]
PYTHON
