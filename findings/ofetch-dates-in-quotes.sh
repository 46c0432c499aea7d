#!/usr/bin/env bash
# ofetch 1.5.1 with ufo 1.6.4 (npm; the client of Nuxt's useFetch and $fetch)
# One would guess: a Date in `query` is sent as its ISO text, as axios does, or as String() of it.
# What happens: it is sent as JSON, with the quotes: updated_after=%222024-01-15T10:00:00.000Z%22, which a server
#     refuses, or compares as a text that begins with a quote, before every digit. The same holds in a list.
# Seen 2026-11-29: as said; texts, numbers and truth values are sent without quotes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts ofetch@1.5.1 ufo@1.6.4

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { once } from 'node:events';
import http from 'node:http';
import { ofetch } from 'ofetch';

const server = http.createServer((request, response) => {
  const query = new URL(request.url, 'http://server').searchParams;
  response.setHeader('content-type', 'application/json').end(JSON.stringify([...query]));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const at = new Date('2024-01-15T10:00:00Z');
const query = { updated_after: at, between: [at, at], day: '2024-01-15', blocked: true };
const seen = await ofetch(`http://127.0.0.1:${server.address().port}/contacts`, { query });
server.close();
for (const [name, value] of seen) console.log(`the server reads ${name} = ${value}`);
const quoted = '"2024-01-15T10:00:00.000Z"';
assert.deepStrictEqual(seen, [
  ['updated_after', quoted], ['between', quoted], ['between', quoted], ['day', '2024-01-15'], ['blocked', 'true'],
]);
NODE
node look.mjs
