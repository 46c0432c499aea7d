"""CORS: for the vendor's paths and stubs only, and only for the origins that ``--cors`` allows (`cors-on-demand`).

The vendor sends no CORS headers, so a page in a browser cannot call the API; nor can it call the mock by default.

Not Starlette's ``CORSMiddleware``: it answers a preflight from another origin itself, with a 400, where the vendor
answers 404; it adds ``Vary`` to answers whose request had no ``Origin``; it wraps ``send`` so that a fault no longer
finds the connection to cut; and it takes three times as long, 40 microseconds more for each request.
"""

from typing import Any, Final

from starlette.types import Message, Scope, Send

from vambe_mock.contract.operation import METHODS

Headers = list[tuple[bytes, bytes]]

_KEPT: Final = (b"access-control-max-age", b"600")
_EXPOSED: Final = (
    b"access-control-expose-headers",
    b"X-Mock-Matched, X-Mock-Ignored-Parameters, Preference-Applied, Retry-After",
)


def allowed(scope: Scope, origins: tuple[str, ...]) -> Headers:
    """Return the CORS headers for a request; empty if its origin is not one of *origins*."""
    sent = [value for name, value in scope["headers"] if name == b"origin"]
    if len(sent) != 1 or not ("*" in origins or sent[0].decode("latin-1") in origins):
        return []
    return [(b"access-control-allow-origin", sent[0]), (b"vary", b"Origin")]


def is_preflight(scope: Scope) -> bool:
    """Whether the request is a preflight."""
    names = [name for name, _ in scope["headers"]]
    return scope["method"] == "OPTIONS" and b"access-control-request-method" in names


def announced(scope: Scope) -> str:
    """The method of the request that a preflight announces."""
    sent: list[bytes] = [value for name, value in scope["headers"] if name == b"access-control-request-method"]
    return sent[0].decode("latin-1")


async def answer_preflight(scope: Scope, send: Send, headers: Headers, *, stubbed: bool = False) -> None:
    """Allow the request, with whatever headers the page wants to send; *stubbed*, with the method that it has."""
    wanted = [value for name, value in scope["headers"] if name == b"access-control-request-headers"][:1]
    more = [(b"access-control-allow-headers", value) for value in wanted]
    methods = b"GET, HEAD" if not stubbed or announced(scope) in METHODS else announced(scope).encode("latin-1")
    more.append((b"access-control-allow-methods", methods))
    await send({"type": "http.response.start", "status": 204, "headers": [*headers, *more, _KEPT]})
    await send({"type": "http.response.body", "body": b""})


class SendWithHeaders:
    """A ``send`` that adds headers. It exposes the connection below it, which a fault may have to cut."""

    def __init__(self, send: Send, headers: Headers) -> None:
        """Add *headers* to each answer, and the header that lets pages read the mock's own headers and Retry-After."""
        self._send = send
        self._headers = [*headers, _EXPOSED]
        self.connection: Any = getattr(send, "__self__", None)

    async def send(self, message: Message) -> None:
        """Send *message*, with the headers added if it starts an answer."""
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *self._headers]}
        await self._send(message)
