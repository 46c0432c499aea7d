#!/usr/bin/env bash
# @pollyjs/core 6.0.6 with adapter-node-http and persister-fs 6.0.6, on Node 20
# One would guess: with mode "replay" and recordIfMissing false, no request of the process leaves it; adapter-node-http
#     is the adapter for Node.
# What happens: Node's own fetch is built on undici, not on node:http, so the adapter does not see it: the request
#     goes to the real API, no error says so, and nothing is replayed. Clients that move from axios to fetch so turn
#     their replayed tests into live ones. The adapter for it is adapter-fetch, whose name says browser.
# Seen 2026-11-29: http.get is refused as not recorded; fetch gets the live answer.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @pollyjs/core@6.0.6 @pollyjs/adapter-node-http@6.0.6 @pollyjs/persister-fs@6.0.6

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import http from 'node:http';
import NodeHttpAdapter from '@pollyjs/adapter-node-http';
import { Polly } from '@pollyjs/core';
import FSPersister from '@pollyjs/persister-fs';

const server = http.createServer((request, response) => response.end('live'));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = `http://127.0.0.1:${server.address().port}/contacts`;

Polly.register(NodeHttpAdapter);
Polly.register(FSPersister);
const polly = new Polly('contacts', {
  adapters: ['node-http'],
  persister: 'fs',
  mode: 'replay',
  recordIfMissing: false,
  logLevel: 'silent',
});
const byHttp = await new Promise((done) => {
  http.get(url, (response) => done(response.statusCode)).on('error', (error) => done(error.message.split('\n')[0]));
});
const byFetch = await (await fetch(url)).text();
console.log({ byHttp, byFetch });
await polly.stop();
server.close();
server.closeAllConnections();
assert.match(String(byHttp), /not found/);
assert.strictEqual(byFetch, 'live');
NODE
node look.mjs
