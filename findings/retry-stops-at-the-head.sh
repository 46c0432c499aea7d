#!/usr/bin/env bash
# got 14.6.6, ky 1.14.3, axios 1.21.1 with axios-retry 4.5.0 and with retry-axios 4.0.3, undici 7.30.2 (RetryAgent)
# One would guess: a GET whose answer breaks off in the middle is asked again by a client that retries a GET whose
#     connection fails.
# What happens: only got asks again. To ky the request has succeeded once the head is there, and the reading of the
#     body is outside of its retries; axios-retry and retry-axios take a status of 200 for no fault. undici's
#     RetryAgent asks for the rest (Range: bytes=10-) and fails when the server, as most JSON APIs do, answers with
#     the whole. So the page that broke off ends the sync with four of five.
# Seen 2026-11-29: as said; the server breaks off once and would have answered the second time.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts got@14.6.6 ky@1.14.3 axios@1.21.1 axios-retry@4.5.0 retry-axios@4.0.3 undici@7.30.2

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import http from 'node:http';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import got from 'got';
import ky from 'ky';
import * as retryAxios from 'retry-axios';
import { Agent, request, RetryAgent } from 'undici';

const page = JSON.stringify([{ id: 1 }, { id: 2 }, { id: 3 }]);
let asked = [];
const server = http.createServer((incoming, response) => {
  asked.push(incoming.headers.range ?? 'all of it');
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': page.length });
  if (asked.length > 1) response.end(page);
  else response.write(page.slice(0, 10), () => setTimeout(() => response.destroy(), 50));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = `http://127.0.0.1:${server.address().port}/contacts`;

const one = axios.create();
axiosRetry(one, { retries: 3 });
const other = axios.create();
other.defaults.raxConfig = { retry: 3, retryDelay: 50 };
retryAxios.attach(other);
const dispatcher = new RetryAgent(new Agent(), { minTimeout: 50 });

const clients = {
  got: () => got(url).json(),
  ky: () => ky(url).json(),
  'axios-retry': async () => (await one.get(url)).data,
  'retry-axios': async () => (await other.get(url)).data,
  undici: async () => (await request(url, { dispatcher })).body.json(),
};
const seen = {};
for (const [name, ask] of Object.entries(clients)) {
  asked = [];
  const end = await ask().then((list) => `${list.length} contacts`, (error) => `failed: ${error.message}`);
  console.log(`${name}: ${end}; asked for ${asked.join(', then ')}`);
  seen[name] = [end.startsWith('failed'), asked.length];
}
server.close();
server.closeAllConnections();
assert.deepStrictEqual(seen, {
  got: [false, 2],
  ky: [true, 1],
  'axios-retry': [true, 1],
  'retry-axios': [true, 1],
  undici: [true, 2],
});
NODE
node look.mjs
