#!/usr/bin/env bash
# @msw/source 0.6.1 with msw 2.15.0
# One would guess: handlers made from an OpenAPI document answer with the examples of the fields, or at least
#     values that fit "enum", "format" and "minimum".
# What happens: each text is a random word, whatever example stands beside it.
# Seen 2026-11-28: neither the id, the phone nor the instant is the example; the instant is no instant.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts msw@2.15.0 @msw/source@0.6.1

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { setupServer } from 'msw/node';
import { fromOpenApi } from '@msw/source/open-api';

const properties = {
  id: { type: 'string', example: 'df980fc8-b6db-4820-bf22-2969482d106d' },
  phone: { type: 'string', example: '+56912345678' },
  updated_at: { type: 'string', example: '2024-01-15T10:00:00.000Z' },
};
const schema = { type: 'array', items: { type: 'object', properties } };
const answer = { description: 'it', content: { 'application/json': { schema } } };
const handlers = await fromOpenApi({
  openapi: '3.0.3',
  info: { title: 'contacts', version: '1' },
  servers: [{ url: 'http://api.example' }],
  paths: { '/contacts': { get: { responses: { 200: answer } } } },
});
const server = setupServer(...handlers);
server.listen({ onUnhandledRequest: 'error' });
const [contact] = await (await fetch('http://api.example/contacts')).json();
server.close();
console.log(contact);
for (const [name, { example }] of Object.entries(properties)) {
  assert.match(contact[name], /^[a-z]+$/);
  assert.notStrictEqual(contact[name], example);
}
NODE
node look.mjs
