#!/usr/bin/env bash
# apache-arrow 21.2.0 (npm), with a file of pyarrow 26.0.1
# One would guess: a decimal 1.10 is read as "1.10" or 1.1, and an instant as a Date or whole milliseconds.
# What happens: toString() and JSON give the digits without their point, "110", a hundred times as much; Number()
#     of it too. An instant of microseconds is a number of milliseconds with a fraction, 1705312800123.456, and no
#     Date.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check pyarrow==26.0.1
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts apache-arrow@21.2.0

venv/bin/python - <<'PYTHON'
import decimal
from datetime import UTC, datetime

import pyarrow
from pyarrow import feather

row = {"price": [decimal.Decimal("1.10")], "at": [datetime(2024, 1, 15, 10, 0, 0, 123456, UTC)]}
feather.write_feather(pyarrow.table(row), "prices.arrow", compression="uncompressed")
print(feather.read_table("prices.arrow").to_pylist())
PYTHON
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { tableFromIPC } from 'apache-arrow';

const { price, at } = tableFromIPC(readFileSync('prices.arrow')).get(0).toJSON();
console.log({ text: String(price), number: Number(price), json: JSON.stringify(price), at });
assert.deepStrictEqual([String(price), Number(price), JSON.parse(JSON.stringify(price))], ['110', 110, '"110"']);
assert.deepStrictEqual(at, 1705312800123.456);
NODE
node look.mjs
