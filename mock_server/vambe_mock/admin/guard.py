"""Who may use the admin API: no web page of another origin, and from another machine only with the token.

A page in a developer's browser can send requests to this machine (`admin-not-for-pages`). It cannot choose the
``Host`` that the browser sends (which gives a DNS rebinding attack away), nor leave out ``Origin`` or
``Sec-Fetch-Site``, nor send ``application/json`` without a preflight request, which is refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from vambe_mock.admin import problems
from vambe_mock.admin.headers import single
from vambe_mock.admin.problems import Refused

_LOOPBACK: Final = re.compile(
    r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]|[a-z0-9-]+\.localhost)(?::[0-9]{1,5})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Guard:
    """*app* behind the checks.

    ``token`` None: no token is needed, because only this machine can reach the server (`admin-token`). ``pages`` are
    routes that never need one: they reveal none of the data, and a browser cannot send a token with an address that is
    typed in. ``masked`` takes secrets out of a text.
    """

    app: ASGIApp
    token: str | None
    masked: Callable[[str], str]
    pages: Sequence[BaseRoute] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with a problem."""
        try:
            self._check(scope)
        except Refused as refused:
            await problems.answer(refused.status, self.masked(str(refused)))(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        trusted = self.token is not None and (_has_token(headers, self.token) or self._is_page(scope))
        if not trusted:
            _check_host(headers)
        _check_origin(headers, scope)
        if self.token is not None and not trusted:
            raise Refused(
                401,
                "the admin API needs the token that the server printed at start; send Authorization: Bearer TOKEN",
            )

    def _is_page(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self.pages)


def _has_token(headers: Headers, token: str) -> bool:
    """Whether *token* was sent, as a bearer token or in X-Admin-Token."""
    kind, _, bearer = (single(headers, "authorization") or "").partition(" ")
    sent = [bearer.strip() if kind.lower() == "bearer" else "", single(headers, "x-admin-token") or ""]
    return any(compare_digest(value.encode("latin-1"), token.encode()) for value in sent)


def _check_host(headers: Headers) -> None:
    """Accept only loopback names: an attacker can make any other name resolve to this machine (DNS rebinding)."""
    host = single(headers, "host")
    if not _LOOPBACK.fullmatch(host or ""):
        raise Refused(
            403,
            f'Host "{host or ""}" is not a loopback name; use http://127.0.0.1 or http://localhost, '
            "or start the server with --admin-token and send the token",
        )


def _check_origin(headers: Headers, scope: Scope) -> None:
    """Refuse requests by pages of another origin; following a link to this server is allowed."""
    origin, host = single(headers, "origin"), single(headers, "host")
    if origin is not None and origin.lower() != f"{scope['scheme']}://{host}".lower():
        raise Refused(403, f'Origin "{origin[:100]}": of all web pages, only the server\'s own may use the admin API')
    site = single(headers, "sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        followed = single(headers, "sec-fetch-mode") == "navigate" and single(headers, "sec-fetch-dest") == "document"
        if not (followed and scope["method"] in ("GET", "HEAD")):
            raise Refused(
                403, f'Sec-Fetch-Site "{site[:20]}": of all web pages, only the server\'s own may use the admin API'
            )
