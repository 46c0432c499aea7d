#!/usr/bin/env bash
# airbyte-cdk 7.39.1 (declarative source, OffsetIncrement)
# One would guess: a page that is no JSON (a proxy's HTML page with status 200, or a JSON text that was cut off)
#     fails the stream, so that the sync is tried again.
# What happens: the page counts as one without records, which is a short page and so the last one. The stream is
#     COMPLETE, no warning or error is logged, and its later records are missing.
# Seen 2026-11-28: records 0 and 1 of 0 to 5, status COMPLETE, for both kinds of broken page.
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

SECOND_PAGE = {"whole": None, "HTML": b"<html>Please try again</html>", "cut off": b'[{"id": 2}, {"i'}
SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}}}
kind = "whole"


class Pages(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        offset = int(self.path.partition("offset=")[2].partition("&")[0] or 0)
        body = json.dumps([{"id": number} for number in range(offset, min(offset + 2, 6))]).encode()
        if offset == 2 and SECOND_PAGE[kind]:
            body = SECOND_PAGE[kind]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def option(name):
    return {"type": "RequestOption", "inject_into": "request_parameter", "field_name": name}


server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
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
                "paginator": {
                    "type": "DefaultPaginator",
                    "page_size_option": option("limit"),
                    "page_token_option": option("offset"),
                    "pagination_strategy": {"type": "OffsetIncrement", "page_size": 2},
                },
            },
        }
    ],
    "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
}
stream = {"name": "contacts", "json_schema": SCHEMA, "supported_sync_modes": ["full_refresh"]}
catalog = ConfiguredAirbyteCatalogSerializer.load(
    {"streams": [{"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}]}
)
logging.disable(logging.CRITICAL)
seen = {}
for kind in SECOND_PAGE:
    records, statuses, complaints = [], [], []
    source = ConcurrentDeclarativeSource(catalog=catalog, config={}, state=[], source_config=manifest)
    for message in source.read(logging.getLogger("airbyte"), {}, catalog, []):
        if message.record:
            records.append(message.record.data["id"])
        elif message.trace and message.trace.stream_status:
            statuses.append(message.trace.stream_status.status.value)
        elif message.log and message.log.level.value in ("WARN", "ERROR", "FATAL"):
            complaints.append(message.log.message)
    seen[kind] = records, statuses[-1], complaints
    print(f"second page {kind}: records {records}, status {statuses[-1]}, complaints {complaints}")
assert seen["whole"] == ([0, 1, 2, 3, 4, 5], "COMPLETE", [])
assert seen["HTML"] == seen["cut off"] == ([0, 1], "COMPLETE", [])
PYTHON
