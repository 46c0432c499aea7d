#!/usr/bin/env bash
# zod 4.6.7 with ajv 8.20.0
# One would guess: z.number().multipleOf(0.01) and {"multipleOf": 0.01}, which zod publishes for it, agree on
#     19.99.
# What happens: zod takes the decimal digits into account, ajv divides doubles: 19.99, 1.13 and 0.07 are refused
#     by ajv unless its option multipleOfPrecision is set.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts zod@4.6.7 ajv@8.20.0

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import Ajv from 'ajv/dist/2020.js';
import { z } from 'zod';

const rule = z.number().multipleOf(0.01);
const schema = z.toJSONSchema(rule);
const plain = new Ajv.default().compile(schema);
const precise = new Ajv.default({ multipleOfPrecision: 6 }).compile(schema);
for (const price of [19.99, 1.13, 0.07]) {
  const said = [rule.safeParse(price).success, plain(price), precise(price)];
  console.log(`${price}: zod ${said[0]}, ajv ${said[1]}, ajv with multipleOfPrecision ${said[2]}`);
  assert.deepStrictEqual(said, [true, false, true]);
}
NODE
node look.mjs
