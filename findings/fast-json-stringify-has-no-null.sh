#!/usr/bin/env bash
# fast-json-stringify 7.3.10 with fastify 5.12.8 (npm), which writes an answer with it wherever a route has a schema
# One would guess: a value that the response schema does not allow is written as it is, or is an error, as a text that
#     is no number is.
# What happens: null has no place in "type": "integer" and becomes 0; it becomes "" for a string, false for a boolean and
#     [] for a list. So a contact whose phone and age are not known is answered as one with an empty phone, aged 0.
#     1.9 becomes 1 for an integer, "" becomes 0, and the text "false" becomes true. "nullable": true or a list of types
#     with "null" keeps the null.
# Seen 2026-11-29: as said, status 200.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts fastify@5.12.8 fast-json-stringify@7.3.10

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import fastJson from 'fast-json-stringify';
import Fastify from 'fastify';

const properties = {
  phone: { type: 'string' },
  age: { type: 'integer' },
  blocked: { type: 'boolean' },
  tags: { type: 'array', items: { type: 'string' } },
};
const schema = { type: 'object', properties };
const contacts = [
  [{ phone: null, age: null, blocked: null, tags: null }, { phone: '', age: 0, blocked: false, tags: [] }],
  [{ age: 1.9 }, { age: 1 }],
  [{ age: '' }, { age: 0 }],
  [{ blocked: 'false' }, { blocked: true }],
];
const write = fastJson(schema);
const app = Fastify();
let contact;
app.get('/contact', { schema: { response: { 200: schema } } }, async () => contact);
for (const [given, expected] of contacts) {
  contact = given;
  const answer = await app.inject('/contact');
  console.log(`${JSON.stringify(given)} is answered as ${answer.body}`);
  assert.strictEqual(answer.statusCode, 200);
  assert.deepStrictEqual(answer.json(), expected);
  assert.strictEqual(write(given), answer.body);
}
assert.throws(() => write({ age: 'nine' }), /cannot be converted to an integer/);
properties.phone.nullable = true;
properties.age.type = ['integer', 'null'];
assert.deepStrictEqual(JSON.parse(fastJson(schema)({ phone: null, age: null })), { phone: null, age: null });
NODE
node look.mjs
