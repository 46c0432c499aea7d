"""The body of a request to the admin API: absent, or JSON of a bounded size (`admin-bounds`), as its route wants it.

``takes`` gives a route a limit other than the usual 1 MiB. A large body is parsed and judged in a thread, so that other
requests are served meanwhile; FastAPI then finds models, which it takes as they are.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final, NamedTuple, TypeVar, get_origin, get_type_hints

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import SkipValidation, TypeAdapter, ValidationError
from pydantic_core import from_json

from vambe_mock.admin import problems
from vambe_mock.admin.headers import single
from vambe_mock.admin.problems import Invalid, Refused
from vambe_mock.organisations.background import run_in_thread, uncollected

MANY_BYTES: Final = 1 << 14
"""From this size on, a body is parsed and judged in a thread. Less takes a millisecond at most."""

MOST_FIELDS: Final = 1_000
"""The most fields of one object: to report each of very many as unknown would block every other request."""

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
    """A route that reads and checks the body first; its parameter ``body`` has the type of it.

    Raises Refused if it is not JSON, or too large, and Invalid if it is not of that type.
    """

    def get_route_handler(self) -> Handler:
        """Return FastAPI's handler, behind the check."""
        handler = super().get_route_handler()
        wanted: Body = self.endpoint.__dict__.get(Body.__name__, Body())
        judge = _Judge(self.endpoint)

        async def handle(request: Request) -> Response:
            body = await _read(request, wanted.most_bytes)
            value = await _checked(request, body, wanted, judge) if body else None
            request.scope[SIZE] = len(body)
            return await handler(_Checked(request, body, value))

        return handle


SIZE: Final = "vambe_mock.body_size"
"""Where a request's scope has the size of its body in bytes."""


class _Judge:
    """Turns the JSON of a body into what the parameter ``body`` of *endpoint* wants."""

    def __init__(self, endpoint: Callable[..., Any]) -> None:
        self._endpoint = endpoint
        self._adapter: TypeAdapter[Any] | None = None
        self._type: Any = None

    def judge(self, body: bytes) -> Any:
        """The value of *body*, or else why it has none.

        An exception raised here would keep all that was parsed, for the loop to free.
        """
        with uncollected():
            return self._judged(body)

    def _judged(self, body: bytes) -> Any:
        try:
            value = from_json(body, allow_inf_nan=False)  # nested 200 deep at most
        except ValueError as error:
            return Refused(400, f"the body is not JSON: {error}")
        if value is None:
            return None
        if len(body) >= MANY_BYTES and (where := _too_wide(value)):
            return Invalid([problems.FieldError(where=where, message=f"wanted at most {MOST_FIELDS} fields")])
        if self._adapter is None:
            self._type = _judged(get_type_hints(self._endpoint, include_extras=True).get("body", Any))
            self._adapter = TypeAdapter(self._type)
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            errors = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        return Invalid(problems.field_errors(errors, value, self._type))


def _too_wide(value: Any) -> str:
    """Where in a body an object has too many fields; empty if none has."""
    left = [("body", value)]
    while left:
        where, one = left.pop()
        if isinstance(one, dict):
            if len(one) > MOST_FIELDS:
                return where
            left += ((f"{where}.{name}", part) for name, part in one.items() if isinstance(part, dict | list))
        elif isinstance(one, list):
            left += ((f"{where}.{place}", part) for place, part in enumerate(one) if isinstance(part, dict | list))
    return ""


def _judged(annotation: Any) -> Any:
    """*annotation* without the SkipValidation that keeps FastAPI from judging a long list again, on the loop."""
    kept = [one for one in getattr(annotation, "__metadata__", ()) if not isinstance(one, SkipValidation)]  # type: ignore[misc]  # for type checkers it is an alias
    if get_origin(annotation) is not Annotated:
        return annotation
    return Annotated[(annotation.__origin__, *kept)] if kept else annotation.__origin__


class _Checked(Request):
    """A request whose body has been read and judged already, so FastAPI does not parse it again."""

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


async def _checked(request: Request, body: bytes, wanted: Body, judge: _Judge) -> Any:
    """Return the value of *body*, or None if the route parses it."""
    media_type = (single(request.headers, "content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(415, f'Content-Type "{media_type[:60]}"; wanted application/json')
    if not wanted.parsed:
        return None
    value = await run_in_thread(lambda: judge.judge(body)) if len(body) >= MANY_BYTES else judge.judge(body)
    if isinstance(value, Exception):
        raise value
    return value
