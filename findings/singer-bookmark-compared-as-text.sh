#!/usr/bin/env bash
# singer-sdk 0.54.9
# One would guess: the bookmark of an unsorted stream is its latest instant.
# What happens: instants are compared as texts. 2024-01-15T12:00:00+03:00 is an hour before 2024-01-15T10:00:01Z
#     and yet "larger", so it becomes the bookmark. So do fractions that are not always written: 10:00:00Z sorts
#     after 10:00:00.900Z. The bookmark is then too early, and the next run reads records again, however often it
#     runs.
# Seen 2026-11-28: the bookmark is 12:00:00+03:00 (09:00 UTC) though 10:00:01Z was seen; and 10:00:00Z though
#     10:00:00.900Z was.
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


def bookmark_of(*instants):
    class Contacts(Stream):
        name = "contacts"
        primary_keys = ("id",)
        replication_key = "updated_at"
        schema = th.PropertiesList(th.Property("id", th.StringType), th.Property("updated_at", th.DateTimeType)).to_dict()

        def get_records(self, context):
            return ({"id": str(number), "updated_at": instant} for number, instant in enumerate(instants))

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
    state = [message["value"] for message in messages if message["type"] == "STATE"][-1]
    return state["bookmarks"]["contacts"]["replication_key_value"]


zones = ["2024-01-15T12:00:00+03:00", "2024-01-15T10:00:01Z"]
fractions = ["2024-01-15T10:00:00Z", "2024-01-15T10:00:00.900Z"]
print(f"{zones}: bookmark {bookmark_of(*zones)}")
print(f"{fractions}: bookmark {bookmark_of(*fractions)}")
assert bookmark_of(*zones) == zones[0]
assert bookmark_of(*fractions) == fractions[0]
PYTHON
