#!/usr/bin/env bash
# dlt 1.31.0 (its REST client, over requests 2.34.2)
# One would guess: a Link header's rel may hold several relations in one text, as RFC 8288 says, so the link
#     <…page=3>; rel="next last" of the last page but one is followed like any rel="next".
# What happens: requests files the link under the name "next last", dlt looks for "next", and the sync ends one
#     page early, without an error. An API that marks its last page in this way loses exactly that page.
# Seen 2026-11-28: pages 1 and 2 of 3.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check dlt==1.31.0 requests==2.34.2

venv/bin/python - <<'PYTHON'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator

RELATIONS = {1: "next", 2: "next last"}


class Pages(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        page = int(self.path.partition("page=")[2] or 1)
        body = json.dumps([{"page": page}]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if page in RELATIONS:
            self.send_header("Link", f'<{BASE}/contacts?page={page + 1}>; rel="{RELATIONS[page]}"')
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
BASE = f"http://127.0.0.1:{server.server_port}"
threading.Thread(target=server.serve_forever, daemon=True).start()

for paginator in (HeaderLinkPaginator(), None):
    pages = [row["page"] for rows in RESTClient(BASE).paginate("/contacts", paginator=paginator) for row in rows]
    print(f"{'HeaderLinkPaginator' if paginator else 'found by dlt itself'}: pages {pages} of [1, 2, 3]")
    assert pages == [1, 2]
PYTHON
