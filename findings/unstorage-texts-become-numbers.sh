#!/usr/bin/env bash
# unstorage 1.17.6 with destr 2.0.5 (npm; the storage of Nitro and Nuxt)
# One would guess: getItem() gives back the text that setItem() was given, or at least something equal to it.
# What happens: every stored text is read by destr, a lenient JSON parser. A text that looks like a number, a truth
#     value or nothing comes back as that: a cursor or an id of 16 digits as another number (…993 as …992), the name
#     True as true, the name Null as null, which is also the answer for a key that was never stored, "1.10" as 1.1.
#     The driver in memory does it as the others do. getItemRaw() gives the text.
# Seen 2026-11-29: as said; +56912345678 and 00501 do come back as texts.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts unstorage@1.17.6 destr@2.0.5

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { createStorage } from 'unstorage';

const storage = createStorage();
const wanted = {
  '9007199254740993': 9007199254740992,
  '56912345678': 56912345678,
  '1.10': 1.1,
  True: true,
  Null: null,
  undefined,
  '+56912345678': '+56912345678',
  '00501': '00501',
};
const found = {};
for (const text of Object.keys(wanted)) {
  await storage.setItem('last', text);
  found[text] = await storage.getItem('last');
  console.log(`'${text}' comes back as`, found[text]);
  assert.strictEqual(await storage.getItemRaw('last'), text);
}
assert.deepStrictEqual(found, wanted);
NODE
node look.mjs
