#!/usr/bin/env bash
# orval 7.13.2 (client: fetch), swagger-typescript-api 13.13.0, @hey-api/openapi-ts 0.95.0
# One would guess: null for an optional parameter means that it is not sent; the generated types allow null where the
#     document says nullable.
# What happens: orval's and swagger-typescript-api's clients send the word: ?email=null. The API then looks for that
#     address and lists nobody, or refuses it. hey-api's client leaves the parameter out. undefined is left out by all.
# Seen 2026-11-29: email=null from two of three.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  orval@7.13.2 swagger-typescript-api@13.13.0 @hey-api/openapi-ts@0.95.0 typescript@6.0.3 tsx@4.23.15

cat > api.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": {"title": "contacts", "version": "1"},
  "paths": {"/contacts": {"get": {
    "operationId": "listContacts",
    "parameters": [
      {"name": "email", "in": "query", "schema": {"type": "string", "nullable": true}},
      {"name": "phone", "in": "query", "schema": {"type": "string", "nullable": true}}
    ],
    "responses": {"200": {"description": "it", "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}}}
  }}}
}
JSON
cat > orval.config.mjs <<'NODE'
export default { contacts: { input: './api.json', output: { client: 'fetch', target: './orval.ts' } } };
NODE
{
  node_modules/.bin/orval
  node_modules/.bin/openapi-ts -i api.json -o hey -c @hey-api/client-fetch
  node_modules/.bin/swagger-typescript-api generate -p api.json -o swagger -n api.ts
} > generators.log 2>&1
cat > look.ts <<'NODE'
import assert from 'node:assert';
import { client } from './hey/client.gen';
import { listContacts as hey } from './hey/index';
import { listContacts as orval } from './orval';
import { Api } from './swagger/api';

const asked: string[] = [];
globalThis.fetch = async (request: any) => {
  asked.push(new URL(request.url ?? request, 'http://localhost').search);
  return new Response('[]', { headers: { 'content-type': 'application/json' } });
};
const query = { email: null, phone: undefined };
client.setConfig({ baseUrl: 'http://localhost' });
await orval(query);
await new Api({ baseUrl: 'http://localhost' }).contacts.listContacts(query);
await hey({ query });
console.log({ orval: asked[0], 'swagger-typescript-api': asked[1], 'hey-api': asked[2] });
assert.deepStrictEqual(asked, ['?email=null', '?email=null', '']);
NODE
node_modules/.bin/tsx look.ts
