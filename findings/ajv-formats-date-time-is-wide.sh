#!/usr/bin/env bash
# ajv 8.20.0 with ajv-formats 3.0.1, and zod 4.6.7
# One would guess: "format": "date-time" means RFC 3339 to ajv-formats, as the JSON Schema standard says, and as
#     zod's z.iso.datetime({offset: true}) nearly does.
# What happens: it also takes a blank in place of T, and the zones +02 and +0200, none of which RFC 3339 or zod
#     take. So a request that passes a gateway is refused behind it.
# Seen 2026-11-28: ajv-formats true, zod false for the three; both false without a zone.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts ajv@8.20.0 ajv-formats@3.0.1 zod@4.6.7

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const ajv = new Ajv.default();
addFormats.default(ajv);
const check = ajv.compile({ type: 'string', format: 'date-time' });
const said = {};
for (const text of ['2024-01-15T10:00:00+02:00', '2024-01-15T10:00:00+0200', '2024-01-15T10:00:00+02', '2024-01-15 10:00:00Z', '2024-01-15T10:00:00']) {
  said[text] = [check(text), z.iso.datetime({ offset: true }).safeParse(text).success];
  console.log(`${text}: ajv-formats ${said[text][0]}, zod ${said[text][1]}`);
}
assert.deepStrictEqual(Object.values(said), [[true, true], [true, false], [true, false], [true, false], [false, false]]);
NODE
node look.mjs
