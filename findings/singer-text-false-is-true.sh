#!/usr/bin/env bash
# singer-sdk 0.54.9
# One would guess: a value for a field whose schema says boolean is passed on as it came, or a text in it is
#     refused or read as what it says.
# What happens: all that is not 0 becomes true, so the texts "false", "0" and "no", which CSV files and older APIs
#     send, become true.
# Seen 2026-11-28: true for the three texts; false for 0 and false.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check singer-sdk==0.54.9

venv/bin/python -W ignore - 2> /dev/null <<'PYTHON'
import contextlib
import io
import json

from singer_sdk import Stream, Tap
from singer_sdk import typing as th

VALUES = ["false", "0", "no", 0, False]


class Contacts(Stream):
    name = "contacts"
    schema = th.PropertiesList(th.Property("blocked", th.BooleanType)).to_dict()

    def get_records(self, context):
        return ({"blocked": value} for value in VALUES)


class TapContacts(Tap):
    name = "tap-contacts"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [Contacts(self)]


written = io.TextIOWrapper(io.BytesIO())
with contextlib.redirect_stdout(written):
    TapContacts(parse_env_config=False).sync_all()
    written.flush()
messages = [json.loads(line) for line in written.buffer.getvalue().splitlines()]
seen = [message["record"]["blocked"] for message in messages if message["type"] == "RECORD"]
for value, sent in zip(VALUES, seen, strict=True):
    print(f"blocked {value!r} is sent as {sent!r}")
assert seen == [True, True, True, False, False]
PYTHON
