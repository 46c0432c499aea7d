"""The body of a request to the admin API: absent, or JSON of a bounded size.

``takes`` gives a route a limit other than the usual 1 MiB.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from vambe_mock.admin.headers import single
from vambe_mock.admin.problems import Refused
from vambe_mock.organisations.background import run_in_thread

MANY_BYTES: Final = 1 << 18
"""From this size on, a body is parsed in a thread, so that other requests are served meanwhile."""

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Body(NamedTuple):
    """What a route accepts: the most bytes, and whether they are parsed for it."""

    most_bytes: int = 1 << 20
    parsed: bool = True


def takes(most_bytes: int, *, parsed: bool = True) -> Callable[[Endpoint], Endpoint]:
    """Let the decorated route accept *most_bytes*; with *parsed* false, it parses the body itself."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__[Body.__name__] = Body(most_bytes, parsed)
        return endpoint

    return mark


class JsonRoute(APIRoute):
    """A route that reads and checks the body first. Raises Refused if it is not JSON, or too large."""

    def get_route_handler(self) -> Handler:
        """Return FastAPI's handler, behind the check."""
        handler = super().get_route_handler()
        wanted: Body = self.endpoint.__dict__.get(Body.__name__, Body())

        async def handle(request: Request) -> Response:
            body = await _read(request, wanted.most_bytes)
            value = await _checked(request, body, wanted) if body else None
            return await handler(_Checked(request, body, value))

        return handle


class _Checked(Request):
    """A request whose body has been read and parsed already, so FastAPI does not parse it again."""

    def __init__(self, request: Request, body: bytes, value: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._read = body
        self._value = value

    async def body(self) -> bytes:
        return self._read

    async def json(self) -> Any:
        return self._value


async def _read(request: Request, most: int) -> bytes:
    length = single(request.headers, "content-length") or "0"
    if length.isdigit() and int(length[:20]) > most:
        raise Refused(413, f"the body has {int(length[:20]):,} bytes; the limit is {most:,}")
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise Refused(413, f"the body has more than {most:,} bytes, which is the limit")
        pieces.append(piece)
    return b"".join(pieces)


async def _checked(request: Request, body: bytes, wanted: Body) -> Any:
    """Return the parsed *body*, or None if the route parses it."""
    media_type = (single(request.headers, "content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(415, f'Content-Type "{media_type[:60]}"; wanted application/json')
    if not wanted.parsed:
        return None
    try:
        return await run_in_thread(lambda: _parsed(body)) if len(body) >= MANY_BYTES else _parsed(body)
    except ValueError as error:
        raise Refused(400, f"the body is not JSON: {error}") from error


def _parsed(body: bytes) -> Any:
    """Parse *body*. Raises ValueError if it is not JSON, or nested more than 200 deep, which is pydantic's limit."""
    return from_json(body, allow_inf_nan=False)
