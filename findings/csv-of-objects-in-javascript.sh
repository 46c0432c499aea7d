#!/usr/bin/env bash
# json-2-csv 5.6.0, papaparse 5.7.1, csv-stringify 6.9.0, fast-csv 5.0.8, @json2csv/plainjs 7.0.8 (npm)
# One would guess: a list of objects becomes a table of all their fields, with an empty cell where an object has
#     none.
# What happens: papaparse, csv-stringify and fast-csv take the first object's keys for the columns, so a field that
#     the first object happens to lack is missing from the whole file, without a word. json-2-csv has the column, and
#     writes the word undefined into it, and null for a null: texts to every other reader. @json2csv/plainjs alone
#     does as one would guess.
# Seen 2026-11-29: no column email in three of five files; "undefined" and "null" for e-mail addresses in one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts json-2-csv@5.6.0 papaparse@5.7.1 csv-stringify@6.9.0 fast-csv@5.0.8 @json2csv/plainjs@7.0.8

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { Parser } from '@json2csv/plainjs';
import { stringify } from 'csv-stringify/sync';
import { writeToString } from 'fast-csv';
import { json2csv } from 'json-2-csv';
import Papa from 'papaparse';

const contacts = [{ id: 1 }, { id: 2, email: 'ana@example.com' }, { id: 3, email: null }];
const files = {
  papaparse: Papa.unparse(contacts),
  'csv-stringify': stringify(contacts, { header: true }),
  'fast-csv': await writeToString(contacts, { headers: true }),
  'json-2-csv': json2csv(contacts),
  '@json2csv/plainjs': new Parser().parse(contacts).replaceAll('"', ''),
};
for (const [writer, file] of Object.entries(files)) {
  files[writer] = file.trim().split(/\r?\n/);
  console.log(writer, files[writer]);
}
const first = ['id', '1', '2', '3'];
assert.deepStrictEqual(files, {
  papaparse: first,
  'csv-stringify': first,
  'fast-csv': first,
  'json-2-csv': ['id,email', '1,undefined', '2,ana@example.com', '3,null'],
  '@json2csv/plainjs': ['id,email', '1,', '2,ana@example.com', '3,'],
});
NODE
node look.mjs
