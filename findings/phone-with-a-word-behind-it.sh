#!/usr/bin/env bash
# phonenumbers 9.0.43 (PyPI) and google-libphonenumber 3.2.47 (npm); libphonenumber-js 1.13.16 (npm) beside them
# One would guess: "+1 202-555-0123 home" and "+1 202-555-0123 (Ana)", as people type them into a phone field, are read
#     as the number before the word, or are an error; all three are the same library at heart.
# What happens: a word of three letters or more makes the first two take every letter for the key that it has on a
#     telephone, as in 1-800-FLOWERS, so "home" is dialled too: +12025550123 becomes +120255501234663, without an error.
#     A word in front, or one of two letters, is passed over. Only is_valid_number() tells, and where numbers have no
#     fixed length, not even that: "+49 30 23125000 Ana" is valid, with 262 more at its end. libphonenumber-js knows no
#     letters and gives the number itself.
# Seen 2026-11-29: as said (the numbers are ones that are reserved for films).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check phonenumbers==9.0.43
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts google-libphonenumber@3.2.47 libphonenumber-js@1.13.16

cat > texts.json <<'JSON'
["+1 202-555-0123 home", "+1 202-555-0123 (Ana)", "+1 202-555-0123 hq", "home +1 202-555-0123", "+49 30 23125000 Ana"]
JSON
cat > look.py <<'PYTHON'
import json

import phonenumbers

found = {}
for text in json.load(open("texts.json")):
    number = phonenumbers.parse(text, "US")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    found[text] = [e164, phonenumbers.is_valid_number(number)]
    print(f"{text!r} by phonenumbers: {e164}, valid: {found[text][1]}")
assert list(found.values()) == [
    ["+120255501234663", False],
    ["+12025550123262", False],
    ["+12025550123", True],
    ["+12025550123", True],
    ["+493023125000262", True],
]
json.dump(found, open("found.json", "w"))
PYTHON
venv/bin/python look.py
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import google from 'google-libphonenumber';
import { parsePhoneNumber } from 'libphonenumber-js/max';

const found = JSON.parse(readFileSync('found.json', 'utf8'));
const library = google.PhoneNumberUtil.getInstance();
for (const text of Object.keys(found)) {
  const number = library.parse(text, 'US');
  const one = [library.format(number, google.PhoneNumberFormat.E164), library.isValidNumber(number)];
  const other = parsePhoneNumber(text, 'US');
  console.log(`'${text}' by google-libphonenumber:`, ...one, 'by libphonenumber-js:', other.number, other.isValid());
  assert.deepStrictEqual(one, found[text]);
  assert.strictEqual(other.number, text.includes('+49') ? '+493023125000' : '+12025550123');
  assert.ok(other.isValid());
}
NODE
node look.mjs
