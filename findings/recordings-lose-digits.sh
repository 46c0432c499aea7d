#!/usr/bin/env bash
# talkback 4.2.0, nock 14.0.17 (its recorder) and mountebank 2.9.1 (a proxy with proxyOnce), all npm
# One would guess: what was recorded is played again as it came, byte for byte, or at least value for value.
# What happens: a JSON answer is parsed into JavaScript's numbers and written again. The id 9007199254740993 is played
#     as …992, which is another contact, 1.10 as 1.1 and 1e2 as 100. A signature or an ETag over the body, recorded
#     beside it, no longer fits. talkback and nock pass the true answer on while they record, so the test passes when it
#     is recorded and sees other data ever after; mountebank changes it at once.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts talkback@4.2.0 nock@14.0.17 mountebank@2.9.1

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import talkback from 'talkback';

const SENT = '{"id": 9007199254740993, "price": 1.10, "days": 1e2}';
const CHANGED = '{"id":9007199254740992,"price":1.1,"days":100}';

function ask(url, method = 'GET', body = undefined) {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } : {};
    const request = http.request(url, { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (piece) => (text += piece));
      answer.on('end', () => resolve(text));
    });
    request.on('error', reject).end(body);
  });
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const packed = (text) => text.replace(/\s/g, '');
const api = http.createServer((incoming, answer) => {
  answer.writeHead(200, { 'Content-Type': 'application/json', Connection: 'close' }).end(SENT);
});
api.listen(0, '127.0.0.1');
await once(api, 'listening');
const url = `http://127.0.0.1:${api.address().port}`;
const seen = {};

const tape = { host: url, port: await freePort(), path: 'tapes', silent: true };
const answers = [];
for (const record of ['NEW', 'DISABLED']) {
  const server = talkback({ ...tape, record });
  await server.start();
  answers.push(packed(await ask(`http://127.0.0.1:${tape.port}/contacts/1`)));
  await server.close();
}
seen.talkback = answers;

const admin = await freePort();
const port = await freePort();
const mountebank = spawn('node_modules/.bin/mb', ['--port', admin, '--nologfile', '--loglevel', 'error']);
try {
  const proxy = { to: url, mode: 'proxyOnce', predicateGenerators: [{ matches: { path: true } }] };
  const imposter = { protocol: 'http', port, stubs: [{ responses: [{ proxy }] }] };
  for (let turn = 0; ; turn++) {
    try {
      await ask(`http://127.0.0.1:${admin}/imposters`, 'POST', JSON.stringify(imposter));
      break;
    } catch (error) {
      assert(turn < 300, error);
      await sleep(100);
    }
  }
  seen.mountebank = [];
  for (let turn = 0; turn < 2; turn++) {
    seen.mountebank.push(packed(await ask(`http://127.0.0.1:${port}/contacts/1`)));
  }
} finally {
  mountebank.kill();
}

const { default: nock } = await import('nock');
nock.recorder.rec({ dont_print: true, output_objects: true });
seen.nock = [packed(await ask(`${url}/contacts/1`))];
const recorded = JSON.parse(JSON.stringify(nock.recorder.play()));
nock.restore();
nock.recorder.clear();
nock.activate();
nock.define(recorded);
seen.nock.push(packed(await ask(`${url}/contacts/1`)));
nock.restore();
api.close();

console.log('sent:', packed(SENT));
for (const [name, [first, again]] of Object.entries(seen)) {
  console.log(`${name}: ${first} while recording, ${again} when played`);
}
assert.deepStrictEqual(seen, {
  talkback: [packed(SENT), CHANGED],
  mountebank: [CHANGED, CHANGED],
  nock: [packed(SENT), CHANGED],
});
NODE
node look.mjs
