#!/usr/bin/env bash
# fastmcp 4.2.3 with httpx 0.28.1 (FastMCP.from_openapi)
# One would guess: a tool that is made of an OpenAPI document checks its arguments by the document, as a tool that is
#     made of a Python function checks them by its types.
# What happens: nothing is checked. A misspelt argument is dropped, with a warning in the server's log alone: a search
#     for a phone lists everybody and a POST goes out without a body; the text "5" for an integer and a list for a text
#     are sent as they are; and the empty id of a contact asks /contacts/, where many an API answers with all. The
#     answer is checked: a new value of an enumeration, which a model could well have read, is an error in the client.
# Seen 2026-11-29: as said; the tool made of a function refuses the misspelt argument and the text "five".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check fastmcp==4.2.3 httpx==0.28.1

cat > look.py <<'PYTHON'
import asyncio

import httpx
from fastmcp import Client, FastMCP

CONTACT = {"type": "object", "properties": {"kind": {"type": "string", "enum": ["ticket", "customer"]}}}
ANSWER = {"200": {"description": "it", "content": {"application/json": {"schema": CONTACT}}}}
NEW = {"type": "object", "properties": {"name": {"type": "string"}, "days": {"type": "integer"}}}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "contacts", "version": "1"},
    "paths": {
        "/contacts": {
            "get": {
                "operationId": "search",
                "parameters": [{"name": "phone", "in": "query", "schema": {"type": "string"}}],
                "responses": ANSWER,
            },
            "post": {
                "operationId": "create",
                "requestBody": {"content": {"application/json": {"schema": NEW}}},
                "responses": ANSWER,
            },
        },
        "/contacts/{id}": {
            "get": {
                "operationId": "read",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": ANSWER,
            }
        },
    },
}
asked = []
kind = "ticket"


def api(request):
    asked.append(f"{request.method} {request.url.raw_path.decode()} {request.content.decode()}".strip())
    return httpx.Response(200, json={"kind": kind})


async def look():
    global kind
    http = httpx.AsyncClient(transport=httpx.MockTransport(api), base_url="http://mock")
    server = FastMCP.from_openapi(DOCUMENT, client=http)

    @server.tool
    def by_function(phone: str = "", days: int = 0) -> str:
        return "called"

    async with Client(server) as client:
        for tool, arguments, expected in (
            ("search", {"phon": "+56911111111"}, "GET /contacts"),
            ("create", {"Name": "Ana"}, "POST /contacts"),
            ("create", {"days": "5"}, 'POST /contacts {"days":"5"}'),
            ("create", {"name": ["Ana"]}, 'POST /contacts {"name":["Ana"]}'),
            ("read", {"id": ""}, "GET /contacts/"),
        ):
            await client.call_tool(tool, arguments)
            print(f"{tool} {arguments}: {asked[-1]}")
            assert asked[-1] == expected, asked
        for arguments in ({"phon": "+56911111111"}, {"days": "five"}):
            try:
                raise AssertionError(await client.call_tool("by_function", arguments))
            except Exception as error:
                assert "validation error" in str(error), error
                print(f"the function, {arguments}: refused")
        kind = "supplier"
        try:
            raise AssertionError(await client.call_tool("read", {"id": "1"}))
        except RuntimeError as error:
            print("a new kind:", str(error).splitlines()[0])


asyncio.run(look())
PYTHON
venv/bin/python look.py 2> errors.txt || { cat errors.txt; exit 1; }
