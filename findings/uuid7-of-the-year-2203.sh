#!/usr/bin/env bash
# uuid7 0.1.0 (PyPI), uuid6 2025.0.1 and uuid-utils 1.2.0 beside it
# One would guess: the package uuid7 makes ids of version 7, which begin with the milliseconds since 1970 (RFC 9562) and
#     so sort by time together with those of every other maker.
# What happens: it follows an early draft of that standard, where seconds come first and their fraction after them, and
#     still writes version 7. Every reader takes such an id for one of the year 2203. In a table with ids of two makers
#     (an old service in Python, a new one elsewhere), all of this package's come last, so "order by id", a cursor
#     "after id" and "the newest" pass over all that the other makes.
# Seen 2026-11-29: 2203 by its first 48 bits, this year's by the two others; all five of its ids sort after newer ones.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check uuid7==0.1.0 uuid6==2025.0.1 uuid-utils==1.2.0

venv/bin/python - <<'PYTHON'
import time
from datetime import UTC, datetime
from uuid import UUID

import uuid6
import uuid_extensions
import uuid_utils

older = [uuid_extensions.uuid7() for _ in range(5)]
time.sleep(0.01)
newer = {"uuid6": uuid6.uuid7(), "uuid-utils": UUID(str(uuid_utils.uuid7()))}


def year(identifier):
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC).year


assert all(identifier.version == 7 for identifier in (*older, *newer.values()))
for name, identifier in (("uuid7", older[0]), *newer.items()):
    print(f"{name}: {identifier}, of the year {year(identifier)}")
now = datetime.now(UTC).year
assert {year(identifier) for identifier in newer.values()} == {now}
assert year(older[0]) > now + 150
assert sorted([*older, *newer.values()])[:2] == sorted(newer.values()), "what was made later sorts first"
PYTHON
