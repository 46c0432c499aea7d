#!/usr/bin/env bash
# pact-python 4.2.0 (with pact-python-ffi 0.5.12.1)
# One would guess: a provider that answers an empty list breaks a contract that says each_like({"id": 1}), or
#     like([{"id": 1}]), as there is nothing that is like the example.
# What happens: the empty list keeps it. So a provider whose test data is gone, or whose filter finds nobody, is
#     verified, though not one object was looked at; an object without its id, or with a text for it, does break it.
#     Only min=1 demands one.
# Seen 2026-11-29: [] is verified for each_like and like, and refused with min=1.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check pact-python==4.2.0 pact-python-ffi==0.5.12.1

cat > look.py <<'PYTHON'
import http.server
import json
import tempfile
import threading

from pact import Pact, Verifier, match

contacts = []


class Provider(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"contacts": contacts}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()


def keeps(expected):
    """Return whether the provider, with its contacts of now, keeps this contract."""
    with tempfile.TemporaryDirectory() as folder:
        pact = Pact("crm", "provider")
        answer = pact.upon_receiving("a list").with_request("GET", "/contacts").will_respond_with(200)
        answer.with_body({"contacts": expected}, content_type="application/json")
        pact.write_file(folder)
        verifier = Verifier("provider", host="127.0.0.1").add_source(folder)
        try:
            verifier.add_transport(url=f"http://127.0.0.1:{server.server_port}").verify()
        except RuntimeError:
            return False
        return True


CONTRACTS = {
    "each_like": (match.each_like({"id": 1}), [True, True, False, False]),
    "like of a list": (match.like([{"id": 1}]), [True, True, False, False]),
    "each_like with min=1": (match.each_like({"id": 1}, min=1), [False, True, False, False]),
}
for name, (expected, wanted) in CONTRACTS.items():
    found = {}
    for contacts in ([], [{"id": 5}], [{"id": "5"}], [{}]):
        found[json.dumps(contacts)] = keeps(expected)
    print("kept:", name, found, flush=True)
    assert list(found.values()) == wanted
PYTHON
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
venv/bin/python look.py > seen.txt 2>&1 || { cat seen.txt; exit 1; }
grep '^kept:' seen.txt
