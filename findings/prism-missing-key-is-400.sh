#!/usr/bin/env bash
# @stoplight/prism-cli 5.16.0 (prism mock)
# One would guess: a required header x-api-key that is not sent gets the 401 that the document describes, and a
#     400 tells what was wrong.
# What happens: 400. Only a security scheme makes it 401; as a header parameter, the form that NestJS writes, the
#     key is a value like any other. And the body is the document's first example for 400, whatever was wrong:
#     here it complains about days, though days is fine.
# Seen 2026-11-28: 400 with "days must be at most 365" for a request with days=30 and no key.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @stoplight/prism-cli@5.16.0

cat > api.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": {"title": "contacts", "version": "1"},
  "paths": {"/contacts": {"get": {
    "parameters": [
      {"name": "days", "in": "query", "schema": {"type": "integer", "maximum": 365}},
      {"name": "x-api-key", "in": "header", "required": true, "schema": {"type": "string"}}
    ],
    "responses": {
      "200": {"description": "it", "content": {"application/json": {"example": []}}},
      "400": {"description": "no", "content": {"application/json": {"example": {"message": "days must be at most 365"}}}},
      "401": {"description": "who?", "content": {"application/json": {"example": {"message": "a key is needed"}}}}
    }
  }}}
}
JSON
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
node_modules/.bin/prism mock --host 127.0.0.1 --port "$port" api.json > prism.log 2>&1 &
trap 'kill $! 2> /dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 240); do grep -q "Prism is listening" prism.log && break; sleep 0.5; done
cat > look.mjs <<'NODE'
import assert from 'node:assert';

const url = `http://127.0.0.1:${process.argv[2]}/contacts?days=30`;
const said = [];
for (const headers of [{ 'x-api-key': 'any' }, {}]) {
  const answer = await fetch(url, { headers });
  said.push([answer.status, await answer.json()]);
  console.log('x-api-key' in headers ? 'with a key:' : 'without a key:', ...said.at(-1));
}
assert.deepStrictEqual(said, [[200, []], [400, { message: 'days must be at most 365' }]]);
NODE
node look.mjs "$port"
