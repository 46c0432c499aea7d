#!/usr/bin/env bash
# jsonpath-plus 10.4.0 and jsonpath 1.3.0 (npm), python-jsonpath 2.2.2 and jsonpath-ng 1.16.0 (PyPI)
# One would guess: one path finds the same contacts in all four, the more so as JSONPath is a standard (RFC 9535).
# What happens: the two for JavaScript ask JavaScript, so [?(@.phone)] leaves out the contacts whose phone is "", 0,
#     false or null (they have one, says the standard, and say the two for Python); [?(@.phone == null)] also gives
#     those without the field; [?(@.phone == 0)] gives "" and false; and [?(@.phone == 5)] gives "5".
# Seen 2026-11-29, of six contacts: each of the four filters finds others in the two languages.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts jsonpath-plus@10.4.0 jsonpath@1.3.0
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check python-jsonpath==2.2.2 jsonpath-ng==1.16.0

cat > contacts.json <<'JSON'
[{"id": 1, "phone": null}, {"id": 2}, {"id": 3, "phone": "5"}, {"id": 4, "phone": ""}, {"id": 5, "phone": 0},
 {"id": 6, "phone": false}]
JSON

cat > look.mjs <<'NODE'
import { readFileSync } from 'node:fs';
import jsonpath from 'jsonpath';
import { JSONPath } from 'jsonpath-plus';

const contacts = JSON.parse(readFileSync('contacts.json'));
const found = (path) => ({
  'jsonpath-plus': JSONPath({ path, json: contacts }),
  jsonpath: jsonpath.query(contacts, path),
});
console.log(JSON.stringify(process.argv.slice(2).map(found)));
NODE

cat > look.py <<'PYTHON'
import json
import pathlib
import subprocess

import jsonpath
import jsonpath_ng.ext

# Filter, what it finds in JavaScript, what it finds in Python.
WANTED = [
    ("@.phone", [3], [1, 3, 4, 5, 6]),
    ("@.phone == null", [1, 2], [1]),
    ("@.phone == 0", [4, 5, 6], [5]),
    ("@.phone == 5", [3], []),
]
contacts = json.loads(pathlib.Path("contacts.json").read_text())
paths = [f"$[?({rule})].id" for rule, _, _ in WANTED]
node = json.loads(subprocess.run(["node", "look.mjs", *paths], capture_output=True, check=True).stdout)
for path, (rule, javascript, python), found in zip(paths, WANTED, node, strict=True):
    found["python-jsonpath"] = jsonpath.findall(path, contacts)
    found["jsonpath-ng"] = [match.value for match in jsonpath_ng.ext.parse(path).find(contacts)]
    print(f"[?({rule})]", found)
    assert list(found.values()) == [javascript, javascript, python, python]
PYTHON
venv/bin/python look.py
