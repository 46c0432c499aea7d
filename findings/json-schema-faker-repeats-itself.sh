#!/usr/bin/env bash
# json-schema-faker 0.6.3 (npm)
# One would guess: generate(schema) makes another value each time unless a seed is given.
# What happens: each call starts from the same seed, so a thousand calls make the same contact with the same id,
#     in every process. The elements of one array do differ. The flag u of a pattern, which JSON Schema
#     recommends, is not known either: for ^\p{L}+$ it makes p{L}}}}.
# Seen 2026-11-28: three equal contacts; two in one array differ; p{L}}}} breaks its pattern.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts json-schema-faker@0.6.3

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { generate } from 'json-schema-faker';

const contact = { type: 'object', properties: { id: { type: 'string', format: 'uuid' } }, required: ['id'] };
const alone = [await generate(contact), await generate(contact), await generate(contact)];
const together = await generate({ type: 'array', items: contact, minItems: 2, maxItems: 2 });
const name = await generate({ type: 'string', pattern: '^\\p{L}+$' });
console.log('three calls:', alone, 'one array:', together, 'letters:', name);
assert.strictEqual(new Set(alone.map(({ id }) => id)).size, 1);
assert.notStrictEqual(together[0].id, together[1].id);
assert.strictEqual(/^\p{L}+$/u.test(name), false);
NODE
node look.mjs
