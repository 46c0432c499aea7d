#!/usr/bin/env bash
# tablib 3.10.0
# One would guess: objects of a JSON list come under the column that their key names, in whatever order each object
#     has its keys.
# What happens: the first object names the columns, and every other object's values follow in their own order. An
#     object that has its keys in another order, which means nothing in JSON, has its values under the wrong names,
#     without an error as long as there are as many. (Open in the project as its pull request 663.)
# Seen 2026-11-29: the second contact's id is under email and its e-mail address under id.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check tablib==3.10.0

venv/bin/python - <<'PYTHON'
import json

import tablib

contacts = [{"id": 1, "email": "ana@example.com"}, {"email": "luz@example.com", "id": 2}]
table = tablib.Dataset().load(json.dumps(contacts), format="json")
print(table.export("csv"))
assert table.dict == [{"id": 1, "email": "ana@example.com"}, {"id": "luz@example.com", "email": 2}]
PYTHON
