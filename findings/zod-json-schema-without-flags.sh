#!/usr/bin/env bash
# zod 4.6.7
# One would guess: z.toJSONSchema() throws for what JSON Schema cannot say, as it does for dates, or says it in
#     other words.
# What happens: the flags of a regular expression are dropped. z.string().regex(/^vip-/i) takes "VIP-1"; its
#     schema is {"pattern": "^vip-"}, which refuses it, so a generated client or a gateway refuses what the server
#     takes.
# Seen 2026-11-28: as said; z.date() does throw.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts zod@4.6.7

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { z } from 'zod';

const rule = z.string().regex(/^vip-/i);
const { pattern } = z.toJSONSchema(rule);
const taken = rule.safeParse('VIP-1').success;
const published = new RegExp(pattern, 'u').test('VIP-1');
console.log(`VIP-1: zod ${taken}, its published pattern ${pattern} ${published}`);
assert.deepStrictEqual([taken, pattern, published], [true, '^vip-', false]);
assert.throws(() => z.toJSONSchema(z.date()), /Date cannot be represented/);
NODE
node look.mjs
