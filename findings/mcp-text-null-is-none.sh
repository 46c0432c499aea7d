#!/usr/bin/env bash
# mcp 2.3.0 (the Python SDK; MCPServer), fastmcp 4.2.3
# One would guess: a tool's parameter `name: str | None` gets the text that the client sent.
# What happens: the SDK first reads every text as JSON, unless the parameter is str and nothing else. The text "null"
#     becomes None: a search for a contact of that name, or for the word in a note, is a search without a filter, and
#     lists everybody. "[1]" and "{}" are refused as no texts. With `name: str` all four arrive, and with fastmcp too.
# Seen 2026-11-29: None for "null"; an error for "[1]".
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


def find(name: str | None = None) -> str:
    return repr(name)


def find_plain(name: str) -> str:
    return repr(name)


async def ask(server, client):
    server.tool()(find)
    server.tool()(find_plain)
    said = {}
    async with client(server) as connected:
        for tool in ("find", "find_plain"):
            for name in ("null", "true", "[1]"):
                try:
                    answer = await connected.call_tool(tool, {"name": name})
                    said[tool, name] = "refused" if answer.is_error else answer.content[0].text
                except fastmcp.exceptions.ToolError:
                    said[tool, name] = "refused"
    return said


told = {
    "mcp": asyncio.run(ask(MCPServer("contacts"), mcp.Client)),
    "fastmcp": asyncio.run(ask(fastmcp.FastMCP("contacts"), fastmcp.Client)),
}
for name, said in told.items():
    for (tool, sent), got in said.items():
        print(f"{name}, {tool}: sent {sent!r}, the tool has {got}")
asked = {(tool, name): repr(name) for tool in ("find", "find_plain") for name in ("null", "true", "[1]")}
assert told["fastmcp"] == asked
assert told["mcp"] == asked | {("find", "null"): "None", ("find", "[1]"): "refused"}
PYTHON
