"""Ask an application without a network: the same bytes in, the same bytes out, thousands of times a second."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


KEY = ((b"x-api-key", b"test-key"),)
PATH = b"/api/public/contacts"


def ask(app: ASGIApp, query: str | bytes = b"", **request: Any) -> Reply:
    """One request to *app*, as in ``asked``, in an event loop of its own."""
    return asyncio.run(asked(app, query, **request))


async def asked(  # noqa: PLR0913 - what makes a request
    app: ASGIApp,
    query: str | bytes = b"",
    *,
    path: bytes = PATH,
    method: str = "GET",
    headers: Sequence[tuple[bytes, bytes]] = KEY,
    body: bytes = b"",
) -> Reply:
    """One request to *app*; *query* goes out undecoded, as it would on the wire."""
    raw = query.encode("ascii") if isinstance(query, str) else query
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": raw,
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[Message] = []
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    received = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], received, b"".join(message.get("body", b"") for message in sent[1:]))


def control(
    app: ASGIApp, method: str, path: str, body: object = None, *, key: str | None = None, **headers: str
) -> Reply:
    """One request to the admin API of *app*, from this machine; *body* goes out as JSON."""
    target, _, query = path.partition("?")
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"host": "127.0.0.1", **({"x-api-key": key} if key else {}), **given}
    if body is not None:
        sent = {"content-type": "application/json", **sent}
    return ask(
        app,
        query,
        path=f"/__admin{target}".encode(),
        method=method,
        headers=[(name.encode(), value.encode()) for name, value in sent.items()],
        body=body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode(),
    )
