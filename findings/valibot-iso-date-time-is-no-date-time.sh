#!/usr/bin/env bash
# valibot 1.5.0, @valibot/to-json-schema 1.8.0 (npm; ajv 8.20.0 with ajv-formats 3.0.1 to read the schema)
# One would guess: isoDateTime() takes the instants that JSON APIs send, or at least takes what the JSON Schema made
#     of it takes.
# What happens: it takes 2024-01-15T10:00 alone, the form of an HTML field, without seconds and without a zone, and
#     refuses every RFC 3339 instant; that check is named isoTimestamp(). Its JSON Schema says "format": "date-time",
#     as that of isoTimestamp() does, so what the one takes the other refuses, and the other way round. isoTime() and
#     "format": "time" are the same.
# Seen 2026-11-29: no value of five is taken both by isoDateTime() or isoTime() and by its own JSON Schema.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts valibot@1.5.0 @valibot/to-json-schema@1.8.0 ajv@8.20.0 ajv-formats@3.0.1

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import * as v from 'valibot';

const ajv = addFormats.default(new Ajv());
const found = {};
for (const [check, values] of Object.entries({
  isoDateTime: ['2024-01-15T10:00', '2024-01-15T10:00:00Z', '2024-01-15T10:00:00.123+02:00'],
  isoTime: ['10:00', '10:00:00Z'],
  isoTimestamp: ['2024-01-15T10:00:00Z', '2024-01-15T10:00:00.123+02:00'],
})) {
  const rule = v.pipe(v.string(), v[check]());
  const schema = toJsonSchema(rule);
  const published = ajv.compile(schema);
  for (const value of values) {
    const taken = [v.is(rule, value), published(value)];
    console.log(`${check}, published as format ${schema.format}: ${value}: valibot ${taken[0]}, schema ${taken[1]}`);
    (found[check] ??= []).push(taken);
  }
}
assert.deepStrictEqual(found, {
  isoDateTime: [[true, false], [false, true], [false, true]],
  isoTime: [[true, false], [false, true]],
  isoTimestamp: [[true, true], [true, true]],
});
NODE
node look.mjs
