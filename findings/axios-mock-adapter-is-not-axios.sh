#!/usr/bin/env bash
# axios-mock-adapter 2.1.0 with axios 1.21.1 (npm)
# One would guess: the code under test sees of an answer what it would see of the same answer over HTTP, and a mock that
#     is made with a body answers a request that is made with that same object.
# What happens: headers keep the case of the mock, so headers['x-next'], which is the way to ask axios, is undefined
#     where the mock says X-Next. A 404 and a network error have no code (axios: ERR_BAD_REQUEST, ECONNREFUSED or
#     ERR_NETWORK) and are no AxiosError, so code that decides by these takes another way. And a body with a Date or an
#     undefined in it is compared with its own JSON, so its mock answers 404.
# Seen 2026-11-29: as said, each beside a real server on loopback.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts axios-mock-adapter@2.1.0 axios@1.21.1

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import axios, { AxiosError } from 'axios';
import MockAdapter from 'axios-mock-adapter';

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(request.url === '/gone' ? 404 : 200, { 'X-Next': '2', Connection: 'close' });
    response.end('{}');
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const body = { since: new Date(0), note: undefined };

async function look(client) {
  const answer = await client.get('/contacts');
  const gone = await client.get('/gone').catch((error) => error);
  const sent = await client.post('/contacts', body).then((one) => one.status, (error) => error.response.status);
  return { next: answer.headers['x-next'], code: gone.code, isAxiosError: gone instanceof AxiosError, sent };
}

const real = await look(axios.create({ baseURL: `http://127.0.0.1:${server.address().port}`, proxy: false }));
server.close();

const client = axios.create();
const mock = new MockAdapter(client);
mock.onGet('/contacts').reply(200, {}, { 'X-Next': '2' });
mock.onGet('/gone').reply(404, {}, { 'X-Next': '2' });
mock.onGet('/down').networkError();
mock.onPost('/contacts', body).reply(200, {});
const mocked = await look(client);
const down = await client.get('/down').catch((error) => error);

console.log('over HTTP:', real, '\nmocked:   ', mocked, '\nmocked network error:', down.code, down.message);
assert.deepStrictEqual(real, { next: '2', code: 'ERR_BAD_REQUEST', isAxiosError: true, sent: 200 });
assert.deepStrictEqual(mocked, { next: undefined, code: undefined, isAxiosError: false, sent: 404 });
assert.strictEqual(down.code, undefined);
NODE
node look.mjs
