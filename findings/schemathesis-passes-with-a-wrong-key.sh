#!/usr/bin/env bash
# schemathesis 4.32.5
# One would guess: a run in which every request was answered 401, because the key is wrong, has tested nothing and
#     fails.
# What happens: 401 is in the document, so each answer is as it should be: all tests pass and the exit code is 0,
#     with one warning among the output. A pipeline whose secret has expired stays green.
# Seen 2026-11-28: exit code 0, no failure, only 401.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check schemathesis==4.32.5

cat > api.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": {"title": "contacts", "version": "1"},
  "paths": {"/contacts": {"get": {
    "parameters": [
      {"name": "days", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 365}},
      {"name": "x-api-key", "in": "header", "required": true, "schema": {"type": "string"}}
    ],
    "responses": {"200": {"description": "it"}, "400": {"description": "no"}, "401": {"description": "who?"}}
  }}}
}
JSON
venv/bin/python - <<'PYTHON'
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

statuses = []


class Locked(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        self.answer(401)

    def answer(self, status):
        statuses.append((self.command, status))
        self.send_response(status)
        self.send_header("Allow", "GET")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def __getattr__(self, name):
        if name.startswith("do_"):
            return lambda: self.answer(405)
        raise AttributeError(name)


server = ThreadingHTTPServer(("127.0.0.1", 0), Locked)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
command = ["venv/bin/schemathesis", "run", "api.json", "--url", url, "-H", "x-api-key: expired", "--seed", "1"]
done = subprocess.run([*command, "--max-examples", "20"], capture_output=True, text=True)
got = {status for method, status in statuses if method == "GET"}
print(f"exit code {done.returncode}; {len(statuses)} requests, GET was answered {got}")
print("\n".join(line for line in done.stdout.splitlines() if "passed" in line or "only 401/403" in line))
assert (done.returncode, got) == (0, {401})
PYTHON
