"""Mounts the admin API; the application is made, and imported, when the first request to it arrives."""

import asyncio
import json

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.registry import Organisations
from vambe_mock.server.endpoint.connection import give_up
from vambe_mock.server.settings import Settings


class ControlPlane:
    """The admin API as an ASGI application, or a 503 that says in one line why there is none (`one-truth`)."""

    def __init__(self, organisations: Organisations, settings: Settings, whole: ASGIApp) -> None:
        """Serve the admin API of *organisations*, if *settings* allow it; *whole* is the server's application."""
        self._whole = whole
        self._organisations = organisations
        self._token = settings.admin_token
        self._endpoint_here = settings.admin_port is None
        self._why_not = _why_not(settings)
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._why_not:
            await _refusal(self._why_not)(scope, receive, send)
            return
        if self._app is None:
            needs_token = self._token is not None
            await run_in_thread(lambda: _prepare(needs_token=needs_token))  # half a second, in which others are served
            from vambe_mock.admin.application import admin

            self._app = admin(self._organisations, self._token, self._whole, endpoint_here=self._endpoint_here)
        await self._app(scope, receive, send)

    async def alone(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request on a port of its own, where nothing else handles clients that leave, and the shutdown."""
        try:
            await self(scope, receive, send)
        except ClientDisconnect:
            pass
        except asyncio.CancelledError:
            if not await give_up(send):
                raise


def _prepare(*, needs_token: bool) -> None:
    """Import the admin API, which most servers never need, and make what all servers of the process share."""
    from vambe_mock.admin import application

    application.api(needs_token=needs_token)


def _why_not(settings: Settings) -> str:
    if settings.workers > 1:
        return f"a change would reach only one of the {settings.workers} workers; start the server with --workers 1"
    if not settings.on_loopback and settings.admin_token is None:
        return "other machines can reach the server, and it has no admin token; start it with --admin-token"
    return ""


def _refusal(why: str) -> Response:
    body = {"title": "Service Unavailable", "status": 503, "detail": f"the admin API is off: {why}"}
    return Response(json.dumps(body).encode(), 503, media_type="application/problem+json")
