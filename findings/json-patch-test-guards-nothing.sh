#!/usr/bin/env bash
# rfc6902 5.4.0 and fast-json-patch 3.1.1 (npm), jsonpatch 1.48 (PyPI) beside them
# One would guess: a JSON Patch whose "test" fails changes nothing, which is what "test" is for (RFC 6902, section 5).
# What happens: rfc6902 throws nothing: it goes on after the failed test, applies all that follows to the document that
#     it was given, and says so only in the list that it returns. fast-json-patch throws, but what came before the test
#     has been done to the caller's document and stays done. jsonpatch for Python leaves the document as it was.
# Seen 2026-11-29, "only if the version is still 6" against version 7: the first overwrites the name and counts the
#     version up, the second overwrites the name.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check jsonpatch==1.48
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts rfc6902@5.4.0 fast-json-patch@3.1.1

cat > patch.json <<'JSON'
[{"op": "replace", "path": "/name", "value": "Ana"},
 {"op": "test", "path": "/version", "value": 6},
 {"op": "replace", "path": "/version", "value": 8}]
JSON
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import fast from 'fast-json-patch';
import { applyPatch } from 'rfc6902';

const patch = () => JSON.parse(readFileSync('patch.json', 'utf8'));
const one = { name: 'Berta', version: 7 };
const said = applyPatch(one, patch());
console.log('rfc6902:', one, said.map(String));
assert.deepStrictEqual(one, { name: 'Ana', version: 8 });
assert.deepStrictEqual(said.map((fault) => fault?.name ?? null), [null, 'TestError', null]);

const other = { name: 'Berta', version: 7 };
assert.throws(() => fast.applyPatch(other, patch()), { name: 'TEST_OPERATION_FAILED' });
console.log('fast-json-patch throws, and leaves', other);
assert.deepStrictEqual(other, { name: 'Ana', version: 7 });
NODE
node look.mjs
venv/bin/python - <<'PYTHON'
import json

import jsonpatch

document = {"name": "Berta", "version": 7}
try:
    jsonpatch.apply_patch(document, json.load(open("patch.json")))
except jsonpatch.JsonPatchTestFailed:
    print("jsonpatch for Python throws, and leaves", document)
else:
    raise SystemExit("jsonpatch: no error")
assert document == {"name": "Berta", "version": 7}
PYTHON
