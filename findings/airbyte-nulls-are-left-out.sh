#!/usr/bin/env bash
# airbyte-cdk 7.39.1 (declarative source)
# One would guess: a field that is null in the API's answer is null in the record, so that a destination which merges
#     by field empties it.
# What happens: every null of the first level is left out of the record, as if the API had not sent the field. A null
#     inside an object stays. So "the phone was removed" and "the API does not know phones" arrive alike.
# Seen 2026-11-28: {"id": 1, "phone": null, "ticket": {"stage": null}} becomes {"id": 1, "ticket": {"stage": null}}.
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

from airbyte_cdk.models import AirbyteMessageSerializer, ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

ROW = {"id": 1, "phone": None, "ticket": {"stage": None}}
SCHEMA = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "phone": {"type": ["string", "null"]}, "ticket": {"type": "object"}},
}


class Contacts(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        body = json.dumps([ROW]).encode()
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
            "retriever": {
                "type": "SimpleRetriever",
                "requester": {"type": "HttpRequester", "url_base": f"http://127.0.0.1:{server.server_port}", "path": "/"},
                "record_selector": {
                    "type": "RecordSelector",
                    "extractor": {"type": "DpathExtractor", "field_path": []},
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
source = ConcurrentDeclarativeSource(catalog=catalog, config={}, state=[], source_config=manifest)
messages = list(source.read(logging.getLogger("airbyte"), {}, catalog, []))
records = [AirbyteMessageSerializer.dump(one)["record"]["data"] for one in messages if one.record]
print(f"the API sent   {json.dumps(ROW)}")
print(f"the record is  {json.dumps(records[0])}")
assert records == [{"id": 1, "ticket": {"stage": None}}], records
PYTHON
