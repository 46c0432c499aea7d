#!/usr/bin/env bash
# rfc6902 5.4.0 and fast-json-patch 3.1.1 (npm); just-diff 6.0.2 and jsondiffpatch 0.7.7 beside them
# One would guess: of two objects whose updatedAt, a Date, differs, the patch is one replacement by the new instant, as
#     JSON writes it; and the patch, applied to the old object, gives the new one.
# What happens: rfc6902 sees no difference between any two Dates, so the patch is empty. fast-json-patch takes the Date
#     for an object without fields and the new one for a text, and adds the 24 letters of the text one by one, as
#     /updatedAt/0 to /updatedAt/23. Applied to the old object or to its JSON, that patch leaves the old instant, without
#     an error. The two others give the one replacement.
# Seen 2026-11-29: no operation; 24 operations; one each.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts rfc6902@5.4.0 fast-json-patch@3.1.1 just-diff@6.0.2 jsondiffpatch@0.7.7

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import fast from 'fast-json-patch';
import { diff } from 'jsondiffpatch';
import { diff as just } from 'just-diff';
import { createPatch } from 'rfc6902';

const contact = (instant) => ({ id: 1, updatedAt: new Date(instant) });
const [before, after] = ['2024-01-15T10:00:00.000Z', '2024-02-20T12:30:00.000Z'];

const none = createPatch(contact(before), contact(after));
console.log('rfc6902:', none);
assert.deepStrictEqual(none, []);

const letters = fast.compare(contact(before), contact(after));
console.log('fast-json-patch:', letters.length, 'operations, the first is', letters[0]);
assert.strictEqual(letters.length, 24);
assert.deepStrictEqual(letters[0], { op: 'add', path: '/updatedAt/0', value: '2' });
const patched = JSON.parse(JSON.stringify(fast.applyPatch(contact(before), letters).newDocument));
console.log('its patch applied to the old object gives', patched);
assert.strictEqual(patched.updatedAt, before);
const text = JSON.parse(JSON.stringify(contact(before)));
const same = fast.applyPatch(text, letters).newDocument;
console.log('and applied to the JSON of the old object gives', same);
assert.strictEqual(same.updatedAt, before);

const one = just(contact(before), contact(after));
const other = diff(contact(before), contact(after));
console.log('just-diff:', JSON.stringify(one), 'jsondiffpatch:', JSON.stringify(other));
assert.strictEqual(one.length, 1);
assert.strictEqual(other.updatedAt.length, 2);
NODE
node look.mjs
