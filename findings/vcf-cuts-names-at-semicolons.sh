#!/usr/bin/env bash
# vcf 2.1.2 (npm), vcard4 4.0.5 (npm) beside it
# One would guess: a reader of vCards gives values as they were meant: "\n" is a line feed, "\;" a semicolon that parts
#     nothing; and what is written again is the same card.
# What happens: nothing is unescaped, and N is cut at every semicolon, so the family name "Rojas;Soto" comes as the
#     family name "Rojas\" and the given name "Soto", and the given name is the middle one. A note has backslashes and
#     an n in it. When the card is written again, X-ABLabel, with which a well-known address book names its fields, is
#     X-AB-LABEL, a property that nobody knows. vcard4 reads the same values rightly.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts vcf@2.1.2 vcard4@4.0.5

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import VCard from 'vcf';
import { parse } from 'vcard4';

const text = (version) =>
  [
    'BEGIN:VCARD',
    `VERSION:${version}`,
    'FN:Rojas\\; Soto\\, Ana',
    'N:Rojas\\;Soto;Ana;;;',
    'NOTE:calls\\nat noon\\, not before',
    'item1.EMAIL:ana@example.com',
    'item1.X-ABLabel:Work',
    'END:VCARD',
    '',
  ].join('\r\n');

const card = new VCard().parse(text('4.0'));
const right = Object.fromEntries(parse(text('4.0')).parsedVcard.map((one) => [one.property, one.value]));
const names = card.toJSON()[1].find(([name]) => name === 'n')[3];
console.log('N by vcf:', names, 'by vcard4:', right.N);
assert.deepStrictEqual(names, ['Rojas\\', 'Soto', 'Ana', '', '', '']);
assert.strictEqual(right.N.familyNames, 'Rojas;Soto');
for (const name of ['FN', 'NOTE']) {
  const value = card.get(name.toLowerCase()).valueOf();
  console.log(`${name} by vcf:`, [value], 'by vcard4:', [right[name]]);
  assert.notStrictEqual(value, right[name]);
  assert.ok(value.includes('\\,') && !right[name].includes('\\'));
}
const again = card.toString();
console.log('written again by vcf:', again.split(/\r?\n/).filter((line) => line.startsWith('item1.')));
assert.ok(again.includes('item1.X-AB-LABEL:Work') && !again.includes('X-ABLabel'));
NODE
node look.mjs
