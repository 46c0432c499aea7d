#!/usr/bin/env bash
# sse-starlette 3.7.0 with starlette 1.10.0 (PyPI)
# One would guess: an event whose data is a dict or a list is sent as JSON, as JSONResponse and FastAPI send one, or is
#     refused.
# What happens: str() of it is sent, Python's own notation: {'id': 1, 'phone': None, 'blocked': True}, which no JSON
#     parser takes, and which a client that only shows the text does not complain about. bytes come as b'…', quotes
#     and all. A yielded None is an event "None"; a whole number as id, as databases make them, is a TypeError in the
#     middle of the stream. JSONServerSentEvent writes JSON.
# Seen 2026-11-29: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check sse-starlette==3.7.0 starlette==1.10.0 httpx==0.28.1

venv/bin/python - <<'PYTHON'
import json

import anyio
import httpx
from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent
from starlette.applications import Starlette
from starlette.routing import Route

CONTACT = {"id": 1, "phone": None, "blocked": True}


async def events(request):
    async def made():
        yield {"data": CONTACT}
        yield {"data": b"[1]"}
        yield None
        yield JSONServerSentEvent(data=CONTACT)

    return EventSourceResponse(made())


async def ask():
    transport = httpx.ASGITransport(Starlette(routes=[Route("/", events)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
        return (await client.get("/")).text


lines = [line.removeprefix("data: ") for line in anyio.run(ask).splitlines() if line.startswith("data: ")]
for line in lines:
    print(line)
assert lines[:3] == ["{'id': 1, 'phone': None, 'blocked': True}", "b'[1]'", "None"]
assert json.loads(lines[3]) == CONTACT
try:
    raise AssertionError(ServerSentEvent(data="x", id=7).encode())
except TypeError as error:
    print(f"id=7: {error}")
PYTHON
