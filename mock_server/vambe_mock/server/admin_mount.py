"""The control plane from outside: ``/__admin``, made when the first request to it comes."""

import json

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vambe_mock.organisations.registry import Organisations
from vambe_mock.server.settings import Settings


class ControlPlane:
    """The admin API as an ASGI application, or one line on why there is none."""

    def __init__(self, organisations: Organisations, settings: Settings) -> None:
        """Control *organisations*, as far as *settings* let anybody."""
        self._organisations = organisations
        self._token = settings.admin_token
        self._why_not = _why_not(settings)
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._why_not:
            await _refusal(self._why_not)(scope, receive, send)
            return
        if self._app is None:
            from vambe_mock.admin.application import admin  # most servers are never controlled

            self._app = admin(self._organisations, self._token)
        await self._app(scope, receive, send)


def _why_not(settings: Settings) -> str:
    if settings.workers > 1:
        return f"there are {settings.workers} workers, and a change would reach one alone; wanted --workers 1"
    if not settings.on_loopback and settings.admin_token is None:
        return "the server is open to other machines and has no admin token; wanted --admin-token"
    return ""


def _refusal(why: str) -> Response:
    body = {"title": "Service Unavailable", "status": 503, "detail": f"no admin API here: {why}"}
    return Response(json.dumps(body).encode(), 503, media_type="application/problem+json")
