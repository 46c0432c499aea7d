#!/usr/bin/env bash
# zod 4.4.3 and 4.6.7 with ajv 8.20.0 and ajv-formats 3.0.1
# One would guess: a value that zod takes is taken by the JSON Schema that zod publishes for the same rule.
# What happens: zod writes "format" beside its own pattern, and the formats of the standard are narrower than
#     zod's rules: an instant without seconds (4.4.3; z.iso.datetime), PT1.5S (z.iso.duration) and a URL with a
#     bar or with é (z.url) pass zod and fail its schema. So does 19.99 with multipleOf(0.01), as zod looks at the
#     digits and ajv divides doubles unless its multipleOfPrecision is set.
# Seen 2026-11-28: zod true and ajv false for each.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts zod@4.6.7 zod44@npm:zod@4.4.3 ajv@8.20.0 ajv-formats@3.0.1

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z as older } from 'zod44';
import { z } from 'zod';

const ajv = new Ajv.default();
addFormats.default(ajv);
const rows = [
  ['zod 4.4.3, z.iso.datetime()', older, older.iso.datetime(), '2024-01-15T10:00Z'],
  ['zod 4.6.7, z.iso.duration()', z, z.iso.duration(), 'PT1.5S'],
  ['zod 4.6.7, z.url()', z, z.url(), 'https://example.com/?tags=a|b'],
  ['zod 4.6.7, z.url()', z, z.url(), 'https://example.com/café'],
  ['zod 4.6.7, z.number().multipleOf(0.01)', z, z.number().multipleOf(0.01), 19.99],
];
for (const [name, library, rule, value] of rows) {
  const taken = rule.safeParse(value).success;
  const published = ajv.compile(library.toJSONSchema(rule))(value);
  console.log(`${name}, ${value}: zod ${taken}, its schema ${published}`);
  assert.deepStrictEqual([taken, published], [true, false]);
}
NODE
node look.mjs
