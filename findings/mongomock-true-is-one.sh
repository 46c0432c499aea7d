#!/usr/bin/env bash
# mongomock 4.3.0 with pymongo 4.20.1
# One would guess: a mock of MongoDB tells true from 1, which are other types to MongoDB, and embedded documents with
#     their keys in another order, which it compares byte by byte; and what is refused changes nothing.
# What happens: values are compared with Python's ==. {"blocked": True} finds, counts and deletes the contact with
#     blocked: 1, _id True is a duplicate of _id 1, and setting 1 to True is "not modified". An address is found in any
#     order of its keys. So a test passes whose query finds nothing in production. And a replace_one() with a Decimal or
#     a date, which is refused as it should be, has emptied the stored document by then.
# Seen 2026-11-29: as said; pymongo sends different bytes for what is found as equal.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check mongomock==4.3.0 pymongo==4.20.1

venv/bin/python - <<'PYTHON'
from decimal import Decimal

import bson
import mongomock

contacts = mongomock.MongoClient().db.contacts
for asked, stored in (
    ({"blocked": True}, {"blocked": 1}),
    ({"address": {"city": "Arica", "zip": "00501"}}, {"address": {"zip": "00501", "city": "Arica"}}),
):
    contacts.insert_one(dict(stored))
    found = contacts.count_documents(asked)
    print(f"find({asked}) finds {found}: {stored}")
    assert found == 1 and bson.encode(asked) != bson.encode(stored)
    deleted = contacts.delete_one(asked).deleted_count
    print("delete_one() of the same deletes", deleted)
    assert deleted == 1

contacts.insert_one({"_id": 1, "blocked": 1, "name": "Ana"})
try:
    contacts.insert_one({"_id": True})
    raise AssertionError("_id True is another than _id 1")
except mongomock.DuplicateKeyError as error:
    print("_id True after _id 1:", error)
modified = contacts.update_one({"_id": 1}, {"$set": {"blocked": True}}).modified_count
print("$set of True over 1 modifies", modified, "and stores", contacts.find_one()["blocked"])
assert modified == 0 and contacts.find_one()["blocked"] is True

try:
    contacts.replace_one({"_id": 1}, {"name": "Ana", "price": Decimal("19.99")})
    raise AssertionError("the replacement is taken")
except bson.errors.InvalidDocument as error:
    print("replace_one():", error)
print("the document after that:", contacts.find_one())
assert contacts.find_one() == {"_id": 1}
PYTHON
