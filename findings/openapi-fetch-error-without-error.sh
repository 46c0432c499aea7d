#!/usr/bin/env bash
# openapi-fetch 0.17.0
# One would guess: of { data, error }, error is set whenever the status is not 2xx, so `if (error) throw error` and
#     then `data ?? []` is safe.
# What happens: an answer without a body has no error: it is undefined after Content-Length: 0, and an empty text
#     without that header. A 401, 429 or 503 of a proxy, which often have no body, then look like a success without
#     contacts. Only response.ok tells. (Open in the project as its issue 2530.)
# Seen 2026-11-29: error undefined or "" for 401, 429 and 503 without a body; set for a 503 with one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts openapi-fetch@0.17.0

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import http from 'node:http';
import createClient from 'openapi-fetch';

const server = http.createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const body = searchParams.get('body') ?? '';
  if (searchParams.has('length')) response.setHeader('content-length', body.length);
  response.writeHead(Number(searchParams.get('status')));
  response.flushHeaders();
  response.end(body);
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const client = createClient({ baseUrl: `http://127.0.0.1:${server.address().port}` });

const seen = {};
for (const query of ['status=401&length', 'status=429', 'status=503&length', 'status=503&body={"message":"later"}']) {
  const { data, error, response } = await client.GET(`/contacts?${query}`);
  console.log(query, { data, error, ok: response.ok });
  seen[query] = Boolean(error);
}
server.close();
server.closeAllConnections();
assert.deepStrictEqual(Object.values(seen), [false, false, false, true]);
NODE
node look.mjs
