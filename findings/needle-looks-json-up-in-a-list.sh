#!/usr/bin/env bash
# needle 3.5.0 (npm)
# One would guess: `body` is parsed for every JSON media type, in whatever case it is written, and a JSON null is null.
# What happens: the media type is looked up in a list. application/json and application/vnd.api+json are parsed,
#     application/problem+json, the usual type of an error, is a text, and Application/JSON is a Buffer, though media
#     types have no case; so `body.detail` is undefined, without an error. The answer null is the empty text, as an
#     answer without a body is.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts needle@3.5.0

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { once } from 'node:events';
import http from 'node:http';
import needle from 'needle';

const answers = [
  ['application/json', '{"detail": "x"}'],
  ['application/vnd.api+json', '{"detail": "x"}'],
  ['application/problem+json', '{"detail": "x"}'],
  ['Application/JSON', '{"detail": "x"}'],
  ['application/json', 'null'],
  ['application/json', ''],
];
const server = http.createServer((request, response) => {
  const [type, body] = answers[request.url.slice(1)];
  response.setHeader('content-type', type).end(body);
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const seen = [];
for (const [index, [type, sent]] of answers.entries()) {
  const { body } = await needle('get', `http://127.0.0.1:${server.address().port}/${index}`);
  console.log(`${type} '${sent}' is the ${body.constructor.name} '${body}', its detail ${body.detail}`);
  seen.push([body.constructor.name, body.detail]);
}
server.close();
assert.deepStrictEqual(seen, [
  ['Object', 'x'], ['Object', 'x'], ['String', undefined], ['Buffer', undefined], ['String', undefined],
  ['String', undefined],
]);
NODE
node look.mjs
