#!/usr/bin/env bash
# jest-openapi 0.14.2 (npm), and openapi-response-validator 12.1.3 that it is built on in an older version
# One would guess: a writeOnly property (a password, a token) changes nothing for the others: the answer still has to
#     have every field that the document requires, in its format.
# What happens: for each writeOnly property that is not itself required, the last name is taken off the list of
#     required ones. With required [id, email] and a writeOnly password, an answer without email passes; with two such
#     properties, {} does. A writeOnly property in the answer passes, and no format is looked at at all, so neither an
#     id "x" for a uuid nor an instant "soon" is a fault.
# Seen 2026-11-29: toSatisfyApiSpec() passes for each of these; without the writeOnly property the missing email fails.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts jest-openapi@0.14.2 openapi-response-validator@12.1.3 expect@30.2.0

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { expect } from 'expect';
import validator from 'openapi-response-validator';

globalThis.expect = expect;
const jestOpenApi = (await import('jest-openapi')).default.default;

const hidden = { type: 'string', writeOnly: true };
const properties = {
  id: { type: 'string', format: 'uuid' },
  email: { type: 'string' },
  updatedAt: { type: 'string', format: 'date-time' },
};
const responses = (more) => {
  const schema = { type: 'object', required: ['id', 'email'], properties: { ...properties, ...more } };
  return { 200: { description: 'it', content: { 'application/json': { schema: structuredClone(schema) } } } };
};

function passes(more, data) {
  const older = { openapi: '3.0.3', info: { title: 'it', version: '1' }, paths: { '/me': { get: {} } } };
  older.paths['/me'].get.responses = responses(more);
  jestOpenApi(older);
  const answer = { status: 200, data, headers: {}, config: {}, request: { path: '/me', method: 'GET' } };
  let found = true;
  try {
    expect(answer).toSatisfyApiSpec();
  } catch {
    found = false;
  }
  const newer = new validator.default({ responses: responses(more) }).validateResponse(200, structuredClone(data));
  assert.strictEqual(newer === undefined, found, 'the two versions agree');
  return found;
}

const id = 'c0ffee00-0000-4000-8000-000000000001';
const cases = [
  [{}, { id }, false],
  [{ password: hidden }, { id }, true],
  [{ password: hidden }, { email: 'ana@example.com' }, false],
  [{ password: hidden, token: hidden }, {}, true],
  [{ password: hidden }, { id, email: 'ana@example.com', password: 'x' }, true],
  [{}, { id: 'x', email: 'ana@example.com', updatedAt: 'soon' }, true],
];
for (const [more, data, expected] of cases) {
  const found = passes(more, data);
  console.log(`writeOnly: [${Object.keys(more)}], answer ${JSON.stringify(data)}: ${found ? 'passes' : 'fails'}`);
  assert.strictEqual(found, expected);
}
NODE
node look.mjs
