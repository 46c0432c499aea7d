#!/usr/bin/env bash
# undici 7.30.2 (RetryAgent), beside got 14.6.6, ky 1.14.3 and axios-retry 4.5.0
# One would guess: a client that knows Retry-After waits that long, or gives up.
# What happens: RetryAgent waits at most its maxTimeout, 30 seconds unless it is told otherwise, and then asks again, so
#     an API that says 120 is asked too early, and its five retries may be over before the time is. The option's
#     description does not speak of the header. The other three wait 120 seconds.
# Seen 2026-11-29, Retry-After: 120, with timers that are noted and not waited for: 30 s; 120 s from the others.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  undici@7.30.2 got@14.6.6 ky@1.14.3 axios@1.21.1 axios-retry@4.5.0

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import http from 'node:http';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import got from 'got';
import ky from 'ky';
import { Agent, request, RetryAgent } from 'undici';

let asked = 0;
const server = http.createServer((incoming, response) => {
  asked += 1;
  response.writeHead(asked === 1 ? 429 : 200, { 'retry-after': '120', 'content-length': 2 });
  response.end('[]');
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = `http://127.0.0.1:${server.address().port}/contacts`;
const retrying = axios.create();
axiosRetry(retrying, { retries: 2 });
const clients = {
  undici: async () => (await request(url, { dispatcher: new RetryAgent(new Agent()) })).body.text(),
  got: () => got(url).text(),
  ky: () => ky(url, { timeout: false }).text(),
  'axios-retry': () => retrying.get(url),
};

const { setTimeout } = globalThis;
const waits = {};
for (const [name, ask] of Object.entries(clients)) {
  asked = 0;
  let longest = 0;
  globalThis.setTimeout = (call, wait, ...rest) => {
    if (asked !== 1 || wait < 10_000) return setTimeout(call, wait, ...rest);
    longest = Math.max(longest, wait);
    return setTimeout(call, 0, ...rest);
  };
  await ask();
  globalThis.setTimeout = setTimeout;
  console.log(`${name}: asked ${asked} times, waited ${(longest / 1000).toFixed(1)} s`);
  waits[name] = [asked, Math.round(longest / 1000) >= 120];
}
server.close();
server.closeAllConnections();
assert.deepStrictEqual(waits, { undici: [2, false], got: [2, true], ky: [2, true], 'axios-retry': [2, true] });
NODE
node look.mjs
