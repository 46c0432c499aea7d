#!/usr/bin/env bash
# got 14.6.6 (its cache is http-cache-semantics 4.3.0), undici 7.30.2 (interceptors.cache), make-fetch-happen 15.0.6
#     (npm); CacheControl 0.14.4 (PyPI) beside them
# One would guess: an answer with Last-Modified and nothing else about caching is asked for again each time, with
#     If-Modified-Since: that is what an API sends Last-Modified for.
# What happens: it is taken as fresh for a tenth of its age, which RFC 9111 allows and hardly an API means. A contact
#     that was last changed three years ago is answered from the cache for more than three months, so a job that polls
#     for changes with one client sees none. CacheControl for Python asks each time. Cache-Control: no-cache in the
#     answer, or in the request, cures it.
# Seen 2026-11-29: one request for two GETs from the three; http-cache-semantics says 109 days.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check CacheControl==0.14.4 requests==2.34.2
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts got@14.6.6 http-cache-semantics@4.3.0 undici@7.30.2 make-fetch-happen@15.0.6

cat > ask.py <<'PYTHON'
import sys

import requests
from cachecontrol import CacheControl

client = CacheControl(requests.Session())
client.trust_env = False
for _ in range(2):
    client.get(sys.argv[1] + "/CacheControl").raise_for_status()
PYTHON
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import got from 'got';
import CachePolicy from 'http-cache-semantics';
import fetch from 'make-fetch-happen';
import { Agent, interceptors, request } from 'undici';

const day = 24 * 3600 * 1000;
const headers = { 'Last-Modified': new Date(Date.now() - 1095 * day).toUTCString() };
const asked = {};
const server = createServer((incoming, answer) => {
  asked[incoming.url.slice(1)] = (asked[incoming.url.slice(1)] ?? 0) + 1;
  answer.writeHead(200, { ...headers, Connection: 'close' });
  answer.end('{"id": 1}');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;

await promisify(execFile)('venv/bin/python', ['ask.py', url]);
const cache = new Map();
const dispatcher = new Agent().compose(interceptors.cache());
for (let turn = 0; turn < 2; turn++) {
  await (await fetch(`${url}/make-fetch-happen`, { cachePath: 'cache' })).text();
  await got(`${url}/got`, { cache }).text();
  await (await request(`${url}/undici`, { dispatcher })).body.text();
}
server.close();
console.log('requests for two GETs:', asked);
assert.deepStrictEqual(asked, { CacheControl: 2, 'make-fetch-happen': 1, got: 1, undici: 1 });
const policy = new CachePolicy(
  { url: '/contacts/1', method: 'GET', headers: {} },
  { status: 200, headers: { 'last-modified': headers['Last-Modified'] } },
  { shared: false },
);
const days = policy.timeToLive() / day;
console.log('fresh for', Math.floor(days), 'days, says http-cache-semantics');
assert.ok(days > 100 && days < 120);
NODE
node look.mjs
