#!/usr/bin/env bash
# airbyte-cdk 7.39.1 (declarative source, DatetimeBasedCursor)
# One would guess: a stream whose cursor is five minutes ahead of the connector's clock asks the API all the same,
#     or warns.
# What happens: it has no slice to read, so it asks nothing at all, and the stream is COMPLETE without a warning.
#     One record whose instant lies ahead (an API's clock that runs fast, a due date taken for a cursor) silences
#     every sync until then.
# Seen 2026-11-28: the first sync asks once, the second not at all though the API has a new record; both COMPLETE.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check airbyte-cdk==7.39.1

venv/bin/python -W ignore - <<'PYTHON'
import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

FORMAT = "%Y-%m-%dT%H:%M:%SZ"
SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}, "updated_at": {"type": "string"}}}
AHEAD = (datetime.now(UTC) + timedelta(minutes=5)).strftime(FORMAT)
rows, asked = [{"id": 1, "updated_at": AHEAD}], []


class Contacts(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        asked.append(self.path)
        body = json.dumps(rows).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Contacts)
threading.Thread(target=server.serve_forever, daemon=True).start()
manifest = {
    "version": "7.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["contacts"]},
    "streams": [
        {
            "type": "DeclarativeStream",
            "name": "contacts",
            "primary_key": "id",
            "schema_loader": {"type": "InlineSchemaLoader", "schema": SCHEMA},
            "incremental_sync": {
                "type": "DatetimeBasedCursor",
                "cursor_field": "updated_at",
                "datetime_format": FORMAT,
                "start_datetime": "2024-01-01T00:00:00Z",
                "start_time_option": {
                    "type": "RequestOption",
                    "inject_into": "request_parameter",
                    "field_name": "updated_after",
                },
            },
            "retriever": {
                "type": "SimpleRetriever",
                "requester": {
                    "type": "HttpRequester",
                    "url_base": f"http://127.0.0.1:{server.server_port}",
                    "path": "/contacts",
                },
                "record_selector": {
                    "type": "RecordSelector",
                    "extractor": {"type": "DpathExtractor", "field_path": []},
                },
            },
        }
    ],
    "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
}
stream = {
    "name": "contacts",
    "json_schema": SCHEMA,
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_cursor": True,
    "default_cursor_field": ["updated_at"],
}
catalog = ConfiguredAirbyteCatalogSerializer.load(
    {"streams": [{"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append"}]}
)
logging.disable(logging.CRITICAL)
state, seen = [], []
for number in (1, 2):
    rows[:] = [{"id": number, "updated_at": AHEAD}]
    asked.clear()
    records, statuses, complaints = [], [], []
    source = ConcurrentDeclarativeSource(catalog=catalog, config={}, state=state, source_config=manifest)
    for message in source.read(logging.getLogger("airbyte"), {}, catalog, state):
        if message.record:
            records.append(message.record.data["id"])
        elif message.state:
            state = [message.state]
        elif message.trace and message.trace.stream_status:
            statuses.append(message.trace.stream_status.status.value)
        elif message.log and message.log.level.value in ("WARN", "ERROR", "FATAL"):
            complaints.append(message.log.message)
    seen.append((len(asked), records, statuses[-1], complaints))
    print(f"sync {number}: {len(asked)} requests, records {records}, {statuses[-1]}, complaints {complaints}")
assert seen == [(1, [1], "COMPLETE", []), (0, [], "COMPLETE", [])]
PYTHON
