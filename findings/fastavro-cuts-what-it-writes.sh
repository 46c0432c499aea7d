#!/usr/bin/env bash
# fastavro 1.13.1
# One would guess: a value that does not fit its Avro type is an error; a file format with a schema is there for that,
#     and "5" for an int is one.
# What happens: 1.9 for an int is written as 1, True as 1, the text "false" for a boolean as true, and the text "vip"
#     for a list of strings as its three letters. An instant for ["null", date, timestamp-millis], or for date alone, is
#     written as its day, with whatever zone it had: its time is gone. validator=True refuses all but the day, and
#     nobody needs it to write.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check fastavro==1.13.1

venv/bin/python - <<'PYTHON'
import io
from datetime import UTC, date, datetime

import fastavro
from fastavro.validation import ValidationError

DAY, INSTANT = {"type": "int", "logicalType": "date"}, {"type": "long", "logicalType": "timestamp-millis"}
LATE = datetime(2024, 1, 15, 22, 30, tzinfo=UTC)


def written(kind, value, **options):
    schema = fastavro.parse_schema({"type": "record", "name": "contact", "fields": [{"name": "value", "type": kind}]})
    file = io.BytesIO()
    fastavro.writer(file, schema, [{"value": value}], **options)
    file.seek(0)
    return next(fastavro.reader(file))["value"]


refused = []
for kind, value, expected in (
    ("int", 1.9, 1),
    ("int", True, 1),
    ("boolean", "false", True),
    ({"type": "array", "items": "string"}, "vip", ["v", "i", "p"]),
    (["null", DAY, INSTANT], LATE, date(2024, 1, 15)),
    (DAY, LATE, date(2024, 1, 15)),
):
    found = written(kind, value)
    print(f"{value!r} for {kind}: {found!r}")
    assert found == expected and type(found) is type(expected), found
    try:
        written(kind, value, validator=True)
    except ValidationError:
        refused.append(value)
print("refused with validator=True:", refused)
assert refused == [1.9, True, "false", "vip"]
try:
    raise AssertionError(written("int", "5"))
except TypeError as error:
    print(f"'5' for int: {error}")
PYTHON
