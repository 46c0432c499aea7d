#!/usr/bin/env bash
# ratelimit-header-parser 0.1.0, express-rate-limit 8.7.5, express 5.3.0 (npm)
# One would guess: the parser reads the headers that express-rate-limit, of the same makers, sends.
# What happens: with standardHeaders: 'draft-8', the newest form, every number is NaN and the reset an Invalid Date. The
#     X-RateLimit headers that stand beside it, and that it does read, are not looked at then. remaining === 0 is false
#     and so is remaining > 0, and a wait until the reset is no wait at all, so the client goes on asking. draft-6 and
#     draft-7 are read.
# Seen 2026-11-29, a 429 with RateLimit: "2-in-1min"; r=0; t=60 and Retry-After: 60: NaN four times, no time.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts ratelimit-header-parser@0.1.0 express-rate-limit@8.7.5 express@5.3.0

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { once } from 'node:events';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import { parseRateLimit } from 'ratelimit-header-parser';

for (const draft of ['draft-6', 'draft-7', 'draft-8']) {
  const app = express();
  app.use(rateLimit({ limit: 2, windowMs: 60000, standardHeaders: draft }));
  app.get('/contacts', (request, response) => response.json([]));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/contacts`;
  let answer;
  for (let ask = 0; ask < 3; ask++) answer = await fetch(url, { headers: { connection: 'close' } });
  server.close();
  assert.strictEqual(answer.status, 429);
  assert.strictEqual(answer.headers.get('x-ratelimit-remaining'), '0');
  const seen = parseRateLimit(answer.headers);
  console.log(draft, answer.headers.get('ratelimit') ?? answer.headers.get('ratelimit-remaining'), '->', seen);
  if (draft === 'draft-8') {
    assert.ok(Number.isNaN(seen.remaining) && Number.isNaN(seen.limit) && Number.isNaN(seen.reset.getTime()));
  } else {
    assert.strictEqual(seen.remaining, 0);
    assert.ok(seen.reset.getTime() > Date.now());
  }
}
const compact = parseRateLimit({ ratelimit: '"default";r=0;t=60', 'ratelimit-policy': '"default";q=100;w=60' });
console.log('"default";r=0;t=60 ->', compact);
assert.ok(Number.isNaN(compact.remaining) && Number.isNaN(compact.reset.getTime()));
NODE
node look.mjs
