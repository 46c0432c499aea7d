#!/usr/bin/env bash
# fastparquet 2026.9.0 with a file of pyarrow 26.0.1
# One would guess: a column of instants in America/Santiago is read with its zone, or as UTC with a zone.
# What happens: it is read without any zone, with the clock of UTC: 07:00 in Santiago comes as 10:00, and so does
#     an instant whose column says UTC. pandas' other engine, pyarrow, keeps the zone of the same file, so
#     changing the engine moves every time.
# Seen 2026-11-28: datetime64 without a zone; 10:00.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check fastparquet==2026.9.0 pandas==3.1.1 pyarrow==26.0.1

venv/bin/python - <<'PYTHON'
from datetime import UTC, datetime

import pandas
import pyarrow
from pyarrow import parquet

at = [datetime(2024, 1, 15, 10, tzinfo=UTC)]
zones = {zone: pyarrow.array(at, pyarrow.timestamp("ms", tz=zone)) for zone in ("America/Santiago", "UTC")}
parquet.write_table(pyarrow.table(zones), "contacts.parquet")
seen = {}
for engine in ("pyarrow", "fastparquet"):
    frame = pandas.read_parquet("contacts.parquet", engine=engine)
    seen[engine] = [str(frame[zone][0]) for zone in zones]
    print(f"{engine}: {[str(kind) for kind in frame.dtypes]}, {seen[engine]}")
assert seen == {
    "pyarrow": ["2024-01-15 07:00:00-03:00", "2024-01-15 10:00:00+00:00"],
    "fastparquet": ["2024-01-15 10:00:00", "2024-01-15 10:00:00"],
}
PYTHON
