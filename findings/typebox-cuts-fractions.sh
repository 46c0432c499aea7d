#!/usr/bin/env bash
# @sinclair/typebox 0.34.52 (npm), and its successor typebox 1.4.3
# One would guess: Value.Parse(Type.Integer(), 1.9) is an error, as Value.Check() is false for it; and of a union of a
#     number and a boolean, "true" is the boolean.
# What happens: 0.34 cuts the fraction and then checks, so 1.9 and "1.9" pass as 1, 100.9 passes a maximum of 100, and
#     an amount 19.99 where somebody wrote Integer is 19 from then on. "true" for Union([Number, Boolean]) is the number
#     1; for Union([Boolean, Number]) the text "1" is true: the first type that can be made of it wins. Value.Convert()
#     of 1.x does the same, its Value.Parse() no longer converts.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @sinclair/typebox@0.34.52 typebox@1.4.3

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import NewType from 'typebox';
import NewValue from 'typebox/value';

const cases = (T) => [
  [T.Integer(), 1.9, 1],
  [T.Integer(), '1.9', 1],
  [T.Integer({ maximum: 100 }), 100.9, 100],
  [T.Array(T.Integer()), [19.99, 5], [19, 5]],
  [T.Union([T.Number(), T.Boolean()]), 'true', 1],
  [T.Union([T.Boolean(), T.Number()]), '1', true],
];
for (const [schema, given, expected] of cases(Type)) {
  const found = Value.Parse(schema, given);
  console.log(`${JSON.stringify(given)} for ${JSON.stringify(schema)}: ${JSON.stringify(found)}`);
  assert.deepStrictEqual(found, expected);
  assert(!Value.Check(schema, given));
}
for (const [schema, given, expected] of cases(NewType)) {
  assert.deepStrictEqual(NewValue.Convert(schema, given), expected);
  assert.throws(() => NewValue.Parse(schema, given));
}
NODE
node look.mjs
