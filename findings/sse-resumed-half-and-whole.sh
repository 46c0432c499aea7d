#!/usr/bin/env bash
# sseclient 0.0.27 and aiohttp-sse-client 0.2.1 with aiohttp 3.14.5 (PyPI)
# One would guess: both connect again when the connection ends, as a browser's EventSource does, and like it forget the
#     half of an event that had come until then; sseclient's own comment says that it throws half a message out.
# What happens: the lines of the half event are kept, and the first event of the new connection is put behind them. A
#     server that sends the event again, as Last-Event-ID asks it to, so has its data doubled: [1,2,[1,2,3], which is no
#     JSON; of plain text nobody can tell. It comes as one event, with the id of the whole one, so it is not asked for
#     again. (What sseclient-py and httpx-sse do at the end of a stream is another script.)
# Seen 2026-11-29: as said, from both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check \
  sseclient==0.0.27 requests==2.34.2 aiohttp-sse-client==0.2.1 aiohttp==3.14.5

venv/bin/python - <<'PYTHON'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from aiohttp_sse_client.client import EventSource
from sseclient import SSEClient

FIRST = 'retry: 10\nid: 1\ndata: "one"\n\n'
WHOLE = "id: 2\ndata: [1,\ndata: 2,\ndata: 3]\n\n"
HALF = WHOLE[: WHOLE.index("data: 3")]


class Events(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        resumed.append(self.headers.get("Last-Event-ID"))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write((FIRST + HALF if len(resumed) == 1 else WHOLE).encode())


server = ThreadingHTTPServer(("127.0.0.1", 0), Events)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"


def from_sseclient():
    session = requests.Session()
    session.trust_env = False
    source = SSEClient(url, session=session)
    return [(event.id, event.data) for event, _ in zip(source, range(2))]


def from_aiohttp():
    async def read():
        found = []
        async with EventSource(url) as source:
            async for event in source:
                found.append((event.last_event_id, event.data))
                if len(found) == 2:
                    return found

    return asyncio.run(asyncio.wait_for(read(), 60))


for name, read in (("sseclient", from_sseclient), ("aiohttp-sse-client", from_aiohttp)):
    resumed = []
    events = read()
    print(f"{name}: {events}")
    assert resumed[:2] == [None, "1"], "the second event is asked for again"
    assert events == [("1", '"one"'), ("2", "[1,\n2,\n[1,\n2,\n3]")]
    try:
        raise AssertionError(json.loads(events[1][1]))
    except json.JSONDecodeError:
        pass
PYTHON
