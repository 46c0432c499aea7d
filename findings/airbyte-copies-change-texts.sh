#!/usr/bin/env bash
# airbyte-cdk 7.39.1 (declarative source, AddFields)
# One would guess: a field that is added as "{{ record.phone }}" is a copy of the phone, which is a text.
# What happens: what a template gives is read as a literal of Python where it can be. The phone +56912345678 becomes a
#     number without its plus, the order 1_000 a thousand, the code 1e5 100000.0, the note [1] a list, and a contact
#     whose name is None has no name any more. 00501 stays, as no literal of Python begins with 00: so one column has
#     numbers and texts. "value_type": "string" cures it.
# Seen 2026-11-29: as said.
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

ROW = {"id": 1, "phone": "+56912345678", "order": "1_000", "code": "1e5", "note": "[1]", "name": "None", "zip": "00501"}
SCHEMA = {"type": "object", "properties": {}}


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
            "transformations": [
                {
                    "type": "AddFields",
                    "fields": [{"path": ["copy_of_" + name], "value": "{{ record." + name + " }}"} for name in ROW],
                },
                {
                    "type": "AddFields",
                    "fields": [
                        {"path": ["text_of_" + name], "value": "{{ record." + name + " }}", "value_type": "string"}
                        for name in ROW
                    ],
                },
            ],
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
(record,) = records
copies = {name: record.get("copy_of_" + name) for name in ROW}
texts = {name: record.get("text_of_" + name) for name in ROW}
for name, value in ROW.items():
    print(f"{name}: sent {value!r}, copied {copies[name]!r}, as a string {texts[name]!r}")
assert copies == {
    "id": 1,
    "phone": 56912345678,
    "order": 1000,
    "code": 100000.0,
    "note": [1],
    "name": None,
    "zip": "00501",
}
assert texts == {name: str(value) for name, value in ROW.items()}
PYTHON
