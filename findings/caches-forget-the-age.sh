#!/usr/bin/env bash
# CacheControl 0.14.4 and requests-cache 1.3.3 (PyPI, with requests 2.34.2), make-fetch-happen 15.0.6 (npm); got 14.6.6
#     and undici 7.30.2 (npm) beside them
# One would guess: an answer that says Age: 55 and max-age=60, because it has lain in a CDN for 55 seconds, is fresh for
#     five more, and one that says Age: 600 is not fresh at all, as RFC 9111 has it.
# What happens: three of the five do not look at Age and keep both for the full 60 seconds; so a client sees what is two
#     minutes old where the API says one, and with stale-while-revalidate in the CDN far older. requests-cache does so
#     with cache_control=True. got and undici ask again.
# Seen 2026-11-29, Age: 600: one request for two GETs from the three; two from got and undici.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check CacheControl==0.14.4 requests-cache==1.3.3 requests==2.34.2
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts make-fetch-happen@15.0.6 got@14.6.6 undici@7.30.2

cat > ask.py <<'PYTHON'
import sys

import requests
import requests_cache
from cachecontrol import CacheControl

url = sys.argv[1]
clients = {
    "CacheControl": CacheControl(requests.Session()),
    "requests-cache": requests_cache.CachedSession(backend="memory", cache_control=True),
}
for name, client in clients.items():
    client.trust_env = False
    for _ in range(2):
        client.get(f"{url}/{name}").raise_for_status()
PYTHON
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import got from 'got';
import fetch from 'make-fetch-happen';
import { Agent, interceptors, request } from 'undici';

const asked = {};
const server = createServer((incoming, answer) => {
  asked[incoming.url.slice(1)] = (asked[incoming.url.slice(1)] ?? 0) + 1;
  answer.writeHead(200, { 'Cache-Control': 'max-age=60', Age: '600', Connection: 'close' });
  answer.end('[]');
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
console.log('requests for two GETs of an answer with max-age=60 and Age: 600:', asked);
assert.deepStrictEqual(asked, { CacheControl: 1, 'requests-cache': 1, 'make-fetch-happen': 1, got: 2, undici: 2 });
NODE
node look.mjs
