#!/usr/bin/env bash
# got 14.6.6 (npm) with its option cache, which is cacheable-request 13.0.19 over http-cache-semantics; undici 7.30.2
#     (interceptors.cache) and make-fetch-happen 15.0.6 beside it
# One would guess: a cache answers GET and HEAD; a POST always goes to the server.
# What happens: where the answer to a POST has Cache-Control: max-age=60, as from a server that sets it for every path,
#     the same POST again is not sent: the caller gets the first answer with its status 201. "Same" means URL and body,
#     so every action that has no body (start a sync, send a reminder, count a call) happens once a minute at most, and
#     the caller cannot see it. The two others send every POST.
# Seen 2026-11-29: one POST of three at the server, id 1 three times; undici and make-fetch-happen: ids 1, 2 and 3.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts got@14.6.6 cacheable-request@13.0.19 http-cache-semantics@4.3.0 undici@7.30.2 make-fetch-happen@15.0.6

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import got from 'got';
import fetch from 'make-fetch-happen';
import { Agent, interceptors, request } from 'undici';

let calls = 0;
const server = createServer((incoming, answer) => {
  calls += 1;
  answer.writeHead(201, { 'Cache-Control': 'max-age=60', Connection: 'close' });
  answer.end(JSON.stringify({ id: calls }));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/contacts/1/calls`;

const cache = new Map();
const dispatcher = new Agent().compose(interceptors.cache());
const post = {
  got: () => got.post(url, { cache }).json(),
  undici: async () => (await request(url, { method: 'POST', dispatcher })).body.json(),
  'make-fetch-happen': async () => (await fetch(url, { method: 'POST', cachePath: 'cache' })).json(),
};
for (const client of Object.keys(post)) {
  calls = 0;
  const ids = [];
  for (let turn = 0; turn < 3; turn++) ids.push((await post[client]()).id);
  console.log(`${client}: three POSTs, ${calls} at the server, the answers' ids ${ids}`);
  assert.deepStrictEqual(ids, client === 'got' ? [1, 1, 1] : [1, 2, 3]);
  assert.strictEqual(calls, client === 'got' ? 1 : 3);
}
server.close();
NODE
node look.mjs
