#!/usr/bin/env bash
# orval 7.13.2 (client: zod), with zod 4.6.7
# One would guess: the validator that is generated for "format": "date-time" takes every RFC 3339 instant.
# What happens: it is .datetime({}), which takes Z alone. An answer with +02:00, which the document allows, is
#     refused by the generated client.
# Seen 2026-11-28: true with Z, false with +02:00.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts orval@7.13.2 zod@4.6.7

cat > api.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": {"title": "contacts", "version": "1"},
  "paths": {"/contacts": {"get": {"operationId": "listContacts", "responses": {"200": {"description": "it", "content": {
    "application/json": {"schema": {"type": "object", "required": ["at"], "properties": {"at": {"type": "string", "format": "date-time"}}}}
  }}}}}}
}
JSON
cat > orval.config.mjs <<'NODE'
export default { contacts: { input: './api.json', output: { client: 'zod', target: './generated.mjs' } } };
NODE
node_modules/.bin/orval > orval.log 2>&1
mv generated.* generated.mjs 2> /dev/null || true
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import * as generated from './generated.mjs';

const rule = generated.listContactsResponse;
const said = ['2024-01-15T10:00:00Z', '2024-01-15T12:00:00+02:00'].map((at) => [at, rule.safeParse({ at }).success]);
console.log(said);
assert.deepStrictEqual(said.map(([, taken]) => taken), [true, false]);
NODE
node look.mjs
