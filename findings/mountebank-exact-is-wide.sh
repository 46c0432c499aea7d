#!/usr/bin/env bash
# mountebank 2.9.1 (npm)
# One would guess: the predicate deepEquals takes a body that is equal to it, and what was recorded for one cursor
#     answers that cursor.
# What happens: case counts nowhere unless caseSensitive says so, also in the predicates that a recording proxy writes:
#     cursors are base64, so the page that was recorded for ?cursor=aWQ answers ?cursor=AWQ, another cursor. And
#     deepEquals, with caseSensitive too, compares texts: {"id": 1} takes "1", null takes the name "null", and of a list
#     the order does not count. So a client that sends the wrong type passes.
# Seen 2026-11-29: one request at the API for two cursors; four bodies that are not equal taken, a field more refused.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts mountebank@2.9.1

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const asked = [];
const api = http.createServer((incoming, answer) => {
  asked.push(incoming.url);
  answer.writeHead(200, { Connection: 'close' }).end(`page for ${incoming.url}`);
});
api.listen(0, '127.0.0.1');
await once(api, 'listening');

const [admin, recorder, mock] = [await freePort(), await freePort(), await freePort()];
const mountebank = spawn('node_modules/.bin/mb', ['--port', admin, '--nologfile', '--loglevel', 'error']);
const imposters = `http://127.0.0.1:${admin}/imposters`;
const make = async (port, stubs) => {
  await fetch(`${imposters}/${port}`, { method: 'DELETE' });
  const body = JSON.stringify({ protocol: 'http', port, stubs, defaultResponse: { statusCode: 404 } });
  assert.strictEqual((await fetch(imposters, { method: 'POST', body })).status, 201);
};
try {
  for (let turn = 0; ; turn++) {
    try {
      await fetch(imposters);
      break;
    } catch (error) {
      assert(turn < 300, error);
      await sleep(100);
    }
  }

  const proxy = { mode: 'proxyOnce', predicateGenerators: [{ matches: { path: true, query: true } }] };
  proxy.to = `http://127.0.0.1:${api.address().port}`;
  await make(recorder, [{ responses: [{ proxy }] }]);
  for (const cursor of ['aWQ', 'AWQ']) {
    const page = await (await fetch(`http://127.0.0.1:${recorder}/contacts?cursor=${cursor}`)).text();
    console.log(`?cursor=${cursor}: ${page}`);
    assert.strictEqual(page, 'page for /contacts?cursor=aWQ');
  }
  assert.deepStrictEqual(asked, ['/contacts?cursor=aWQ']);

  const pairs = [
    ['{"id":1}', '{"id":"1"}', 200],
    ['{"name":null}', '{"name":"null"}', 200],
    ['{"blocked":true}', '{"blocked":"true"}', 200],
    ['{"tags":["a","b"]}', '{"tags":["b","a"]}', 200],
    ['{"id":1}', '{"id":1,"name":"Ana"}', 404],
  ];
  for (const [wanted, body, expected] of pairs) {
    const predicate = { deepEquals: { body: JSON.parse(wanted) }, caseSensitive: true };
    await make(mock, [{ predicates: [predicate], responses: [{ is: { statusCode: 200 } }] }]);
    const { status } = await fetch(`http://127.0.0.1:${mock}/contacts`, { method: 'POST', body });
    console.log(`deepEquals ${wanted}, sent ${body}: ${status}`);
    assert.strictEqual(status, expected);
  }
} finally {
  mountebank.kill();
  api.close();
}
NODE
node look.mjs
