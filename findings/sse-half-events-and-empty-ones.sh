#!/usr/bin/env bash
# sseclient-py 1.9.0, httpx-sse 0.4.3 with httpx 0.28.1
# One would guess: both give the events that a browser's EventSource would give: an event is whole once its blank line
#     is there, one without data is none, and the last id stays until another comes.
# What happens: sseclient-py hands out what stood there when the connection ended, as an event like any other: half of a
#     JSON text, or worse, the first two of its three data lines, which may be JSON. And its id is None for an event
#     that has no id of its own, so who resumes from event.id starts from the beginning. httpx-sse keeps the id and
#     drops the half event, but hands out an event with empty data for "event: ping", for "id: 7" and for "retry: 3000"
#     alone, as servers send them to keep a connection: json() of it is an error.
# Seen 2026-11-29: [1] instead of [1, 2] from the one; three empty events from the other.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check sseclient-py==1.9.0 httpx-sse==0.4.3 httpx==0.28.1

cat > look.py <<'PYTHON'
import json

import httpx
import httpx_sse
import sseclient


def by_sseclient(stream):
    return [(event.id, event.event, event.data) for event in sseclient.SSEClient(iter([stream])).events()]


def by_httpx(stream):
    headers = {"content-type": "text/event-stream"}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, headers=headers, content=stream))
    with httpx.Client(transport=transport) as client:
        with httpx_sse.connect_sse(client, "GET", "http://events.test/") as source:
            return [(event.id, event.event, event.data) for event in source.iter_sse()]


BROKEN = b'id: 6\ndata: {"id": 1}\n\ndata: {"id": 2}\n\ndata: [1\ndata: ]'
one, other = by_sseclient(BROKEN), by_httpx(BROKEN)
print("a connection that ends within the third event\n  sseclient-py:", one, "\n  httpx-sse:   ", other)
assert [data for _, _, data in other] == ['{"id": 1}', '{"id": 2}']
assert len(one) == 3 and json.loads(one[2][2]) == [1]
assert [number for number, _, _ in one[:2]] == ["6", None]
assert [number for number, _, _ in other] == ["6", "6"]

KEPT = b"event: ping\n\nid: 7\n\nretry: 3000\n\ndata: {}\n\n"
one, other = by_sseclient(KEPT), by_httpx(KEPT)
print("pings without data\n  sseclient-py:", one, "\n  httpx-sse:   ", other)
assert [data for _, _, data in one] == ["{}"]
assert [data for _, _, data in other] == ["", "", "", "{}"]
PYTHON
venv/bin/python look.py
