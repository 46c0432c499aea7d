#!/usr/bin/env bash
# zod 4.6.7
# One would guess: z.uuid() takes capitals everywhere or nowhere.
# What happens: it takes capitals, except in the one id that is all f: ffffffff-… passes and FFFFFFFF-… does not.
#     The pattern that zod publishes in JSON Schema and OpenAPI has the same gap.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts zod@4.6.7

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { z } from 'zod';

const ids = ['123E4567-E89B-12D3-A456-426614174000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'];
const published = new RegExp(z.toJSONSchema(z.uuid()).pattern);
const said = ids.map((id) => [z.uuid().safeParse(id).success, published.test(id)]);
ids.forEach((id, index) => console.log(id, ...said[index]));
assert.deepStrictEqual(said, [[true, true], [true, true], [false, false]]);
NODE
node look.mjs
