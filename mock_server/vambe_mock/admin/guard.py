"""Who may drive the server: no web page, nobody from elsewhere without the token, and no body without end.

A page in a developer's browser can send requests to this machine. It cannot choose the ``Host`` that the browser sends
(so a name that an attacker points here is seen), nor leave out ``Origin`` or ``Sec-Fetch-Site``, nor send JSON as JSON
without being asked first, which is answered with a refusal.
"""

import re
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

from pydantic_core import from_json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vambe_mock.admin import problems
from vambe_mock.admin.problems import Refused
from vambe_mock.organisations.background import run_in_thread

MOST_BYTES: Final = 1 << 20
MOST_BYTES_OF_CONTACTS: Final = 16 << 20
MOST_BYTES_OF_A_DATA_SET: Final = 256 << 20
DEEPEST: Final = 32

MANY_BYTES: Final = 1 << 18
"""From so many on, a body is looked at beside the requests of others and not before them."""

_LOOPBACK: Final = re.compile(
    r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]|[a-z0-9-]+\.localhost)(?::[0-9]{1,5})?", re.IGNORECASE
)
_TEXT: Final = re.compile(rb'"[^"]*"')
_ONE_KIND: Final = bytes.maketrans(b"[]", b"{}")
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b'"[]{}'))


@dataclass(frozen=True, slots=True)
class Guard:
    """*app* behind the checks. ``token`` None: none is asked for, because only this machine can reach the server."""

    app: ASGIApp
    token: str | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with a problem."""
        try:
            self._check(scope)
            body = await _read(scope, receive)
        except Refused as refused:
            await problems.answer(refused.status, str(refused))(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    def _check(self, scope: Scope) -> None:
        headers = _Headers(scope)
        trusted = self.token is not None and (headers.has_token(self.token) or _is_page(scope))
        if not trusted:
            _check_host(headers)
        _check_origin(headers, scope)
        if self.token is not None and not trusted:
            raise Refused(401, "the admin API of this server wants its token; send it as Authorization: Bearer TOKEN")


class _Headers:
    """The headers of a request, each name with all its values."""

    def __init__(self, scope: Scope) -> None:
        self._sent: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            self._sent.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1").strip())

    def one(self, name: str) -> str | None:
        """The value of *name*; Refused where there are several."""
        values = self._sent.get(name, [])
        if len(values) > 1:
            raise Refused(400, f"the header {name} came {len(values)} times; wanted once")
        return values[0] if values else None

    def has_token(self, token: str) -> bool:
        """Whether the token was sent, as a bearer's or in X-Admin-Token."""
        kind, _, bearer = (self.one("authorization") or "").partition(" ")
        sent = [bearer.strip() if kind.lower() == "bearer" else "", self.one("x-admin-token") or ""]
        return any(compare_digest(one.encode("latin-1"), token.encode()) for one in sent)


def _check_host(headers: _Headers) -> None:
    """Only by a name of this machine's own: every other name may be one that somebody else points here."""
    host = headers.one("host")
    if not _LOOPBACK.fullmatch(host or ""):
        raise Refused(
            403,
            f'Host "{host or ""}" is no name of this machine; call it http://127.0.0.1 or http://localhost, '
            "or start the server with --admin-token and send that",
        )


def _check_origin(headers: _Headers, scope: Scope) -> None:
    """No page of another origin, whatever it asks for."""
    origin, host = headers.one("origin"), headers.one("host")
    if origin is not None and origin.lower() != f"{scope['scheme']}://{host}".lower():
        raise Refused(403, f'Origin "{origin[:100]}": no web page but the server\'s own may use the admin API')
    site = headers.one("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        followed = headers.one("sec-fetch-mode") == "navigate" and headers.one("sec-fetch-dest") == "document"
        if not (followed and scope["method"] in ("GET", "HEAD")):
            raise Refused(403, f'Sec-Fetch-Site "{site[:20]}": no web page but the server\'s own may use the admin API')


def _is_page(scope: Scope) -> bool:
    """The docs page and what it is made of tell nothing of the data, and a browser's address line sends no token."""
    path: str = scope["path"]
    return scope["method"] in ("GET", "HEAD") and path.startswith(("/__admin/docs", "/__admin/openapi.json"))


async def _read(scope: Scope, receive: Receive) -> bytes:
    """The whole body, which is empty or good JSON of a bounded size."""
    most = _most(scope)
    length = _Headers(scope).one("content-length") or "0"
    if length.isdigit() and int(length[:20]) > most:
        raise Refused(413, f"a body of {length[:20]} bytes; wanted {most:,} at most")
    body = await _received(receive, most)
    if len(body) >= MANY_BYTES:
        await run_in_thread(lambda: _check_body(scope, body))
    elif body:
        _check_body(scope, body)
    return body


async def _received(receive: Receive, most: int) -> bytes:
    pieces, size, more = [], 0, True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            raise Refused(413, f"a body of more than {most:,} bytes; wanted no more")
        more = message.get("more_body", False)
    return b"".join(pieces)


def _most(scope: Scope) -> int:
    path: str = scope["path"]
    if _is_dataset(scope):
        return MOST_BYTES_OF_A_DATA_SET
    return MOST_BYTES_OF_CONTACTS if path.rstrip("/") == "/__admin/contacts" else MOST_BYTES


def _is_dataset(scope: Scope) -> bool:
    path: str = scope["path"]
    return path == "/__admin/dataset"


def _check_body(scope: Scope, body: bytes) -> None:
    media_type = (_Headers(scope).one("content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(415, f'Content-Type "{media_type[:60]}"; wanted application/json')
    if _is_deep(body):
        raise Refused(400, f"the body is nested more than {DEEPEST} deep")
    if _is_dataset(scope):  # whose reader checks it, and twice is long for so much
        return
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Refused(400, f"the body is not JSON: {error}") from error


def _is_deep(body: bytes) -> bool:
    """Whether *body* is nested too deep: whether brackets are left after as many rounds of taking out the innermost.

    Each step goes through the body once, in C. Where two texts are side by side it may take their inner quotes for an
    empty text, which changes nothing: what is between the outer ones is a text all the same.
    """
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    bare = body.replace(rb"\\", b"").replace(rb"\"", b"").translate(_ONE_KIND, _NO_BRACKETS).replace(b'""', b"")
    brackets = _TEXT.sub(b"", bare)
    for _ in range(DEEPEST + 1):
        before, brackets = brackets, brackets.replace(b"{}", b"")
        if len(before) == len(brackets):  # nothing is left, or it is no JSON, as its reader will say
            return False
    return bool(brackets)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that has *body* once, and then whatever comes."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
