#!/usr/bin/env bash
# dlt 1.31.0 (its REST client)
# One would guess: without a data_selector, the answer's list is the top-level one; a single object is one row.
# What happens: dlt looks for the first list anywhere. A contact that is answered as one object, with its tags
#     inside, is loaded as its tags, and the contact is gone. Of {"errors": [], "contacts": […]} the empty list of
#     errors is loaded. Neither is an error or a warning in the data.
# Seen 2026-11-28: two tags and no contact; then nothing at all.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check dlt==1.31.0

venv/bin/python - <<'PYTHON'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dlt.sources.helpers.rest_client import RESTClient

ANSWERS = {
    "/contacts/1": {"id": 1, "name": "Ana", "tags": [{"tag": "new"}, {"tag": "warm"}]},
    "/contacts": {"errors": [], "contacts": [{"id": 1, "name": "Ana"}]},
}


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        body = json.dumps(ANSWERS[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = RESTClient(f"http://127.0.0.1:{server.server_port}")

rows = {path: [row for page in client.paginate(path) for row in page] for path in ANSWERS}
for path, found in rows.items():
    print(f"{path}: answered {ANSWERS[path]}, loaded {found}")
assert rows == {"/contacts/1": [{"tag": "new"}, {"tag": "warm"}], "/contacts": []}
PYTHON
