#!/usr/bin/env bash
# pact-python 4.2.0 (with pact-python-ffi 0.5.12.1)
# One would guess: match.bool(True) wants a boolean, match.decimal(19.5) any number, and like(1) a whole one.
# What happens: match.bool() is kept by the texts "true" and "false", and "false" is true to a consumer that asks with
#     `if`; like(True) wants a boolean. match.decimal() is broken by 20, which is what JavaScript writes for 20.0, so a
#     provider in Node fails on the day when a price is round; "20.0" and 2e1 keep it. like(1) is kept by 1.5,
#     match.int() not by 1.0; and match.date() with %Y-%m-%d by 2024-1-5, which is no date to a strict reader.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check pact-python==4.2.0 pact-python-ffi==0.5.12.1

cat > look.py <<'PYTHON'
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pact import Pact, Verifier, match

value = "null"


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f'{{"value": {value}}}'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()


def keeps(matcher):
    """Return whether the provider, with its value of now, keeps a contract with this matcher."""
    with tempfile.TemporaryDirectory() as folder:
        pact = Pact("crm", "provider")
        answer = pact.upon_receiving("a value").with_request("GET", "/value").will_respond_with(200)
        answer.with_body({"value": matcher}, content_type="application/json")
        pact.write_file(folder)
        verifier = Verifier("provider", host="127.0.0.1").add_source(folder)
        try:
            verifier.add_transport(url=f"http://127.0.0.1:{server.server_port}").verify()
        except RuntimeError:
            return False
        return True


CONTRACTS = {
    "match.bool(True)": (match.bool(True), {'"true"': True, '"false"': True, '"yes"': False, "1": False}),
    "match.like(True)": (match.like(True), {'"false"': False, "false": True}),
    "match.decimal(19.5)": (match.decimal(19.5), {"20": False, "20.0": True, "2e1": True}),
    "match.like(1)": (match.like(1), {"1.5": True}),
    "match.int(1)": (match.int(1), {"1.0": False}),
    "match.date": (match.date("2024-01-15", "%Y-%m-%d"), {'"2024-1-5"': True, '"2024-02-30"': False}),
}
for name, (matcher, wanted) in CONTRACTS.items():
    found = {}
    for value in wanted:
        found[value] = keeps(matcher)
    print("kept:", name, found, flush=True)
    assert found == wanted
PYTHON
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
venv/bin/python look.py > seen.txt 2>&1 || { cat seen.txt; exit 1; }
grep '^kept:' seen.txt
