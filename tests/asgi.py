"""Ask an application without a network: the same bytes in, the same bytes out, thousands of times a second."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


KEY = ((b"x-api-key", b"test-key"),)
PATH = b"/api/public/contacts"


def ask(
    app: ASGIApp,
    query: str | bytes = b"",
    *,
    path: bytes = PATH,
    method: str = "GET",
    headers: Sequence[tuple[bytes, bytes]] = KEY,
) -> Reply:
    """One request to *app*; *query* goes out undecoded, as it would on the wire."""
    raw = query.encode("ascii") if isinstance(query, str) else query
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": raw,
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    start = sent[0]
    received = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], received, b"".join(message.get("body", b"") for message in sent[1:]))
