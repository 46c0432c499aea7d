#!/usr/bin/env bash
# bottleneck 2.19.5 (npm)
# One would guess: a job that is tried again (its "failed" listener returns the milliseconds to wait) waits for its turn
#     like any other job, so that what goes out stays within minTime and the reservoir.
# What happens: only the first try is counted. Each further try runs after the listener's milliseconds alone, whatever
#     minTime says, and takes nothing from the reservoir. So a limiter of one call a second makes four at once against an
#     API that has just answered 429, and an hour of ten calls may have forty. maxConcurrent does hold.
# Seen 2026-11-29: four tries within a tenth of minTime; four tries from a reservoir of one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts bottleneck@2.19.5

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import Bottleneck from 'bottleneck';

async function tries(settings, jobs) {
  const limiter = new Bottleneck(settings);
  limiter.on('failed', (error, { retryCount }) => (retryCount < 3 ? 1 : undefined));
  const times = [];
  const call = async () => {
    times.push(Math.round(performance.now()));
    throw new Error('429');
  };
  await Promise.allSettled(Array.from({ length: jobs }, () => limiter.schedule(call)));
  return times;
}

const minTime = 3000;
const one = await tries({ minTime }, 1);
console.log(`minTime ${minTime}, one job, its tries after`, one.map((time) => time - one[0]), 'ms');
assert.strictEqual(one.length, 4);
assert.ok(one[3] - one[0] < minTime / 2);

const apart = await tries({ minTime: 200 }, 2);
console.log('minTime 200, two jobs, tries after', apart.map((time) => time - apart[0]), 'ms');
assert.strictEqual(apart.length, 8);
assert.ok(apart[7] - apart[0] < 7 * 200);

const limiter = new Bottleneck({ reservoir: 1 });
limiter.on('failed', (error, { retryCount }) => (retryCount < 3 ? 1 : undefined));
let calls = 0;
await limiter.schedule(async () => {
  calls += 1;
  if (calls < 4) throw new Error('429');
});
console.log('calls from a reservoir of 1:', calls, 'left:', await limiter.currentReservoir());
assert.strictEqual(calls, 4);
assert.strictEqual(await limiter.currentReservoir(), 0);

const single = new Bottleneck({ maxConcurrent: 1 });
single.on('failed', (error, { retryCount }) => (retryCount < 1 ? 30 : undefined));
let running = 0;
let most = 0;
await Promise.allSettled(
  [1, 2, 3].map(() =>
    single.schedule(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      throw new Error('429');
    }),
  ),
);
console.log('at once with maxConcurrent 1:', most);
assert.strictEqual(most, 1);
NODE
node look.mjs
