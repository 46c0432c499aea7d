"""An ASGI application as a target without a network: for ``--plan``, and for the many broken servers of the tests."""

import asyncio
from collections.abc import MutableMapping
from email.utils import formatdate
from typing import Any

import httpx

Message = MutableMapping[str, Any]


class AsgiTransport(httpx.BaseTransport):
    """Runs *app* for one request at a time, with the request target as it was written."""

    def __init__(self, app: Any) -> None:
        """*app* takes ASGI's scope, receive and send."""
        self.app = app
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer. The body is whole before it is handed on."""
        status, headers, pieces = 500, list[tuple[bytes, bytes]](), list[bytes]()

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.extend(message.get("headers", ()))
            else:
                pieces.append(message.get("body", b""))

        self._loop.run_until_complete(self.app(_scope(request), _receive, send))
        if not any(name.lower() == b"date" for name, _ in headers):
            headers.append((b"date", formatdate(usegmt=True).encode()))
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(b"".join(pieces)), request=request)

    def close(self) -> None:
        """End the loop."""
        self._loop.close()


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _scope(request: httpx.Request) -> Message:
    target: bytes = request.extensions.get("target", request.url.raw_path)
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": httpx.URL(path.decode("ascii")).path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": (request.url.host, request.url.port or 80),
    }
