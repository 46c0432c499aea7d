#!/usr/bin/env bash
# isodate 0.7.2
# One would guess: what parse_datetime() read, datetime_isoformat() writes, as durations go there and back.
# What happens: fractions are read and not written: 10:00:00.900Z comes out as 10:00:00Z, time_isoformat() does the
#     same, and no argument of theirs asks for them by name (a format text "%Y-%m-%dT%H:%M:%S.%fZ" does). So a cursor
#     that was kept in this way lies before the newest record: it is fetched again in each run with "since", and an
#     "until" leaves it out. duration_isoformat() does keep the fraction.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check isodate==0.7.2

venv/bin/python - <<'PYTHON'
import isodate

newest = isodate.parse_datetime("2024-01-15T10:00:00.900Z")
cursor = isodate.datetime_isoformat(newest)
print("read:", newest.isoformat(), "written:", cursor)
assert newest.microsecond == 900000 and cursor == "2024-01-15T10:00:00Z"
since = isodate.parse_datetime(cursor)
print("the newest record is still newer than its own cursor:", newest > since)
assert newest > since
time = isodate.time_isoformat(isodate.parse_time("10:00:00.900Z"))
print("a time:", time)
assert time == "10:00:00Z"
full = isodate.datetime_isoformat(newest, "%Y-%m-%dT%H:%M:%S.%fZ")
print("with a format:", full)
assert isodate.parse_datetime(full) == newest
duration = isodate.duration_isoformat(isodate.parse_duration("PT0.9S"))
print("a duration:", duration)
assert duration == "PT0.9S"
PYTHON
