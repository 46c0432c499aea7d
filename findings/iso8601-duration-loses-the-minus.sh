#!/usr/bin/env bash
# iso8601-duration 2.1.4 (npm), tinyduration 3.4.1 (npm) beside it
# One would guess: -PT15M, fifteen minutes before (the form of reminders in calendars, and of ISO 8601-2), is minus
#     fifteen minutes, or an error, as P0.5D and an empty text are errors.
# What happens: the minus is passed over without a word: parse(), toSeconds() and end() all take fifteen minutes after.
#     So a reminder comes a half hour late, and a window of the last day begins tomorrow. tinyduration keeps it.
# Seen 2026-11-29: 900 seconds for PT15M and for -PT15M; 10:15 for both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts iso8601-duration@2.1.4 tinyduration@3.4.1

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { end, parse, toSeconds } from 'iso8601-duration';
import tinyduration from 'tinyduration';

const start = new Date('2024-01-15T10:00:00Z');
const found = {};
for (const text of ['PT15M', '-PT15M', '-P1D']) {
  found[text] = [toSeconds(parse(text), start), end(parse(text), start).toISOString()];
  console.log(`${text} by iso8601-duration:`, ...found[text], 'by tinyduration:', tinyduration.parse(text));
}
assert.deepStrictEqual(found['-PT15M'], found['PT15M']);
assert.deepStrictEqual(found['-PT15M'], [900, '2024-01-15T10:15:00.000Z']);
assert.deepStrictEqual(found['-P1D'], [86400, '2024-01-16T10:00:00.000Z']);
assert.strictEqual(tinyduration.parse('-PT15M').negative, true);
for (const refused of ['P0.5D', '']) assert.throws(() => parse(refused), /invalid duration/);
NODE
node look.mjs
