#!/usr/bin/env bash
# petl 1.7.30
# One would guess: convert("contact", int) of a value that is no number is an error, as int() is; and rows without a key
#     find no partner in a join, as null is equal to nothing in SQL.
# What happens: what cannot be converted becomes None, without a word (failonerror=True is needed for the error). And
#     join() takes None for a key like any other, so every row whose key was unknown meets every row of the other table
#     whose key was: the order of "n/a" is Ana's, whose number is "unknown". antijoin(), which is asked for what has no
#     partner, gives nobody.
# Seen 2026-11-29: two orders of three under the name Ana; SQLite, with the same two tables, gives them to nobody.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check petl==1.7.30

venv/bin/python - <<'PYTHON'
import sqlite3

import petl

CONTACTS = [("contact", "name"), ("7", "Ben"), ("unknown", "Ana")]
ORDERS = [("order", "contact"), (1, "7"), (2, "n/a"), (3, "1,000")]

contacts, orders = petl.convert(CONTACTS, "contact", int), petl.convert(ORDERS, "contact", int)
print("orders:", list(orders)[1:])
assert list(orders)[1:] == [(1, 7), (2, None), (3, None)]
joined = sorted(petl.values(petl.join(orders, contacts, key="contact"), "order", "name"))
alone = list(petl.antijoin(orders, contacts, key="contact"))[1:]
print("joined:", joined)
print("without a contact:", alone)
assert joined == [(1, "Ben"), (2, "Ana"), (3, "Ana")]
assert alone == []
for key, value in (("contact", "n/a"), ("contact", "1,000")):
    try:
        raise AssertionError(list(petl.convert([(key,), (value,)], key, int, failonerror=True)))
    except ValueError as error:
        print("with failonerror:", error)

database = sqlite3.connect(":memory:")
database.execute("create table contacts (contact, name)")
database.execute("create table orders (number, contact)")
database.executemany("insert into contacts values (?, ?)", list(contacts)[1:])
database.executemany("insert into orders values (?, ?)", list(orders)[1:])
rows = database.execute("select number, name from orders join contacts using (contact)").fetchall()
print("joined by SQLite:", rows)
assert rows == [(1, "Ben")]
PYTHON
