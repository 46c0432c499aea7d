#!/usr/bin/env bash
# aniso8601 10.0.1 (python-dateutil 4.0.0, arrow 1.4.0 and ciso8601 2.4.1 beside it)
# One would guess: 2024-01-15T24:00:00Z, ISO 8601's other name for the midnight at the end of the 15th, is the 16th at
#     0:00, or is refused, as Python's own parser refuses it.
# What happens: aniso8601 gives the 15th at 0:00, a whole day early, without an error. So the interval of one day
#     2024-01-15T00:00:00Z/2024-01-15T24:00:00Z is empty, and a window until the end of December misses its last day.
#     The three others give the 16th.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check aniso8601==10.0.1 python-dateutil==4.0.0 arrow==1.4.0 ciso8601==2.4.1

venv/bin/python - <<'PYTHON'
from datetime import datetime, timezone

import aniso8601
import arrow
import ciso8601
from dateutil.parser import isoparse

MIDNIGHT = "2024-01-15T24:00:00Z"
READERS = {
    "aniso8601": aniso8601.parse_datetime,
    "dateutil": isoparse,
    "arrow": lambda text: arrow.get(text).datetime,
    "ciso8601": ciso8601.parse_datetime,
}
for name, read in READERS.items():
    found = read(MIDNIGHT)
    print(f"{MIDNIGHT} by {name}: {found}")
    assert found == datetime(2024, 1, 15 if name == "aniso8601" else 16, tzinfo=timezone.utc)
begin, end = aniso8601.parse_interval(f"2024-01-15T00:00:00Z/{MIDNIGHT}")
print(f"the day as an interval, by aniso8601: {end - begin}")
assert begin == end
try:
    datetime.fromisoformat(MIDNIGHT)
except ValueError as error:
    print(f"datetime.fromisoformat: {error}")
PYTHON
