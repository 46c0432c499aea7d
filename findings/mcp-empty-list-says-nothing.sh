#!/usr/bin/env bash
# mcp 2.3.0 (the Python SDK; MCPServer), fastmcp 4.2.3
# One would guess: a tool that returns a list answers with one JSON list, and with [] if nothing was found.
# What happens: with the official SDK each contact is a text of its own, so one contact reads as an object and not as
#     a list of one; and with both, an empty list is an answer without any content, which a client cannot tell from a
#     tool that has nothing to say. A model is not told "none found". With `-> list[dict]` in place of `-> list`
#     there is structured content beside it, with [] in it.
# Seen 2026-11-29: no content for [] from both; 2 texts for two contacts from mcp, 1 from fastmcp.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check mcp==2.3.0 fastmcp==4.2.3

venv/bin/python - <<'PYTHON'
import asyncio
import logging

import fastmcp
import mcp
from mcp.server.mcpserver import MCPServer

logging.disable(logging.CRITICAL)


def contacts(count: int) -> list:
    return [{"id": number} for number in range(count)]


def typed_contacts(count: int) -> list[dict]:
    return [{"id": number} for number in range(count)]


async def ask(server, client):
    server.tool()(contacts)
    server.tool()(typed_contacts)
    said = {}
    async with client(server) as connected:
        for tool in ("contacts", "typed_contacts"):
            for count in (0, 1, 2):
                answer = await connected.call_tool(tool, {"count": count})
                said[tool, count] = [part.text for part in answer.content], answer.structured_content
    return said


told = {
    "mcp": asyncio.run(ask(MCPServer("contacts"), mcp.Client)),
    "fastmcp": asyncio.run(ask(fastmcp.FastMCP("contacts"), fastmcp.Client)),
}
for name, said in told.items():
    for (tool, count), (texts, structured) in said.items():
        print(f"{name}, {tool}, {count} found: content {texts}, structured {structured}")
for name, texts in {"mcp": 2, "fastmcp": 1}.items():
    assert told[name]["contacts", 0] == ([], None)
    assert len(told[name]["contacts", 2][0]) == texts
    assert told[name]["typed_contacts", 0][1] == {"result": []}
PYTHON
