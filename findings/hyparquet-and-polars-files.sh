#!/usr/bin/env bash
# hyparquet 1.33.0 (npm), with files of polars 2.1.0
# One would guess: a Parquet file with all defaults of its writer is read; decimals keep their digits; UTC and
#     local times differ.
# What happens: polars compresses with Zstandard, which hyparquet alone does not have ("parquet unsupported
#     compression codec: ZSTD"). Of a Snappy file, decimals come as doubles, 9007199254740993.01 as
#     9007199254740994; a time without a zone comes as the Date of the same time in UTC, equal to that of an
#     instant.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check polars==2.1.0
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts hyparquet@1.33.0

venv/bin/python - <<'PYTHON'
import decimal
from datetime import UTC, datetime

import polars

at = datetime(2024, 1, 15, 10)
row = {"price": [decimal.Decimal("9007199254740993.01")], "instant": [at.replace(tzinfo=UTC)], "local": [at]}
polars.DataFrame(row).write_parquet("usual.parquet")
polars.DataFrame(row).write_parquet("snappy.parquet", compression="snappy")
PYTHON
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

const read = async (name) => parquetReadObjects({ file: await asyncBufferFromFile(name) });
await assert.rejects(read('usual.parquet'), /unsupported compression codec: ZSTD/);
const [{ price, instant, local }] = await read('snappy.parquet');
console.log({ price, instant, local });
assert.strictEqual(price, 9007199254740994);
assert.deepStrictEqual([instant.toISOString(), local.toISOString()], ['2024-01-15T10:00:00.000Z', '2024-01-15T10:00:00.000Z']);
NODE
node look.mjs
