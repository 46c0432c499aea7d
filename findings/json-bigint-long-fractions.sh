#!/usr/bin/env bash
# json-bigint 1.0.0 (npm; lossless-json 4.3.0 beside it)
# One would guess: integers that JavaScript cannot hold become big ones, or texts with storeAsString, and every other
#     number is a number.
# What happens: what decides is how long the number is written, more than 15 characters with its minus and its point.
#     The latitude -33.448889699991 and the time 1705312800.123456 become a BigNumber, an object, or a text with
#     storeAsString: latitude + 1 then is "-33.4488896999911". In one column some are numbers and some texts. With
#     useNativeBigInt, meant for ids, such an answer cannot be read at all: "Cannot convert -33.448889699991 to a
#     BigInt". lossless-json's parseNumberAndBigInt makes bigints of integers alone.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts json-bigint@1.0.0 lossless-json@4.3.0

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import jsonBigint from 'json-bigint';
import { parse, parseNumberAndBigInt } from 'lossless-json';

const TEXT = '{"id": 9007199254740993, "latitude": -33.448889699991, "longitude": -70.669265, "at": 1705312800.123456}';

const kind = ([key, value]) => [key, value.constructor.name];
const kinds = (object) => Object.fromEntries(Object.entries(object).map(kind));
const plain = kinds(jsonBigint.parse(TEXT));
const texts = kinds(jsonBigint({ storeAsString: true }).parse(TEXT));
const lossless = kinds(parse(TEXT, null, parseNumberAndBigInt));
console.log('json-bigint:', plain);
console.log('with storeAsString:', texts);
console.log('lossless-json:', lossless);
const { latitude } = jsonBigint({ storeAsString: true }).parse(TEXT);
console.log('latitude + 1:', latitude + 1);
assert.deepStrictEqual(plain, { id: 'BigNumber', latitude: 'BigNumber', longitude: 'Number', at: 'BigNumber' });
assert.deepStrictEqual(texts, { id: 'String', latitude: 'String', longitude: 'Number', at: 'String' });
assert.deepStrictEqual(lossless, { id: 'BigInt', latitude: 'Number', longitude: 'Number', at: 'Number' });
assert.strictEqual(latitude + 1, '-33.4488896999911');

const native = jsonBigint({ useNativeBigInt: true });
assert.strictEqual(native.parse('{"id": 9007199254740993}').id, 9007199254740993n);
assert.throws(() => native.parse(TEXT), /Cannot convert -33.448889699991 to a BigInt/);
console.log('with useNativeBigInt: an error');
NODE
node look.mjs
