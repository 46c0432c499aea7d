"""The application, which joins the parts: ``create_app(dataset, settings)``.

The vendor's endpoint, its neighbours and stubs are answered outside FastAPI: the vendor parses queries by other rules,
and a validated route costs several times as much. Everything else is FastAPI's: the pages, the health checks, the admin
API. Every other path and method gets the vendor's 404.
"""

import asyncio
import json
import time
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vambe_mock import __version__
from vambe_mock.admin.paths import PREFIX
from vambe_mock.contract import refusals
from vambe_mock.contract.neighbours import neighbour_at
from vambe_mock.contract.operation import JSON, METHODS, is_endpoint
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.organisations.journal import Notes
from vambe_mock.server import docs, health
from vambe_mock.server.admin_mount import ControlPlane
from vambe_mock.server.endpoint import cors
from vambe_mock.server.endpoint.answers import Answer
from vambe_mock.server.endpoint.connection import give_up
from vambe_mock.server.endpoint.contacts import target
from vambe_mock.server.endpoint.keyed import Operation, answer_keyed
from vambe_mock.server.endpoint.neighbours import NeighbourOperation
from vambe_mock.server.front import Front
from vambe_mock.server.settings import Settings

PROBLEM: Final = b"application/problem+json"
"""The content type of the admin API's refusals."""

BELOW: Final = b"/api/"
"""Where the vendor's paths are, and stubs."""

MOST_TOLD: Final = 3
"""How many of the fields that are to blame the log tells."""


def create_app(dataset: Dataset, settings: Settings) -> "Application":
    """Return an application that serves *dataset* as *settings* say.

    Raises ``DatasetError`` if the data cannot be moved to the start of the server, or if the data of another
    organisation is invalid, ``SettingsError`` if the stubs are.
    """
    app: Application = Front(dataset, settings, Application).whole()
    return app


class Application(FastAPI):
    """A FastAPI application with the vendor's endpoint in front of it; it logs every request."""

    def __init__(self, front: Front) -> None:
        """Serve what *front* has."""
        super().__init__(title="vambe-mock", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
        settings, spoken = front.settings, front.organisations.spoken
        self.organisations = front.organisations
        self.endpoint = front.endpoint
        self.control = ControlPlane(self.organisations, settings, self)
        self._admin_here = not settings.read_only and settings.admin_port is None
        self._origins = settings.cors
        self._outside = front.outside
        self.router.redirect_slashes = False
        self.include_router(health.router(self.organisations))
        has_admin = self._admin_here and settings.has_admin
        self.include_router(
            docs.router(settings.api_key[0], spoken.dialect, has_admin=has_admin, neighbours=settings.neighbours)
        )
        self.add_exception_handler(HTTPException, self._vendors_404)
        self.add_exception_handler(Exception, _vendors_500)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and log it."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        started = time.perf_counter()
        if self._outside is not None:
            scope = self._outside.seen(scope)
        try:
            if not is_endpoint(scope["raw_path"]):
                await self._beside(scope, receive, send, started)
            elif self._origins:
                await self._cross_origin(scope, receive, send, started)
            elif scope["method"] in METHODS:
                await self.endpoint(scope, send, started)
            else:
                await self._noted(super().__call__, scope, receive, send, started)
        except asyncio.CancelledError:  # the server shuts down before the client has read the answer
            if not await give_up(send):
                raise

    async def _beside(self, scope: Scope, receive: Receive, send: Send, started: float) -> None:
        """Answer with a neighbour or a stub; what is neither is elsewhere."""
        operation = self._operation(scope) if scope["raw_path"][: len(BELOW)].lower() == BELOW else None
        if operation is None:
            await self._elsewhere(scope, receive, send, started)
        elif self._origins:
            await self._cross_origin(scope, receive, send, started, operation)
        else:
            await self._keyed(operation, scope, receive, send, started)

    def _operation(self, scope: Scope) -> Operation | None:
        """What answers the request beside the endpoint, or, to a preflight, the request that it announces."""
        method: str = scope["method"]
        if self._origins and cors.is_preflight(scope):
            method = cors.announced(scope)
        if self.organisations.neighbours and method in METHODS:
            neighbour = neighbour_at(scope["raw_path"])
            if neighbour is not None:
                return NeighbourOperation(neighbour, mock_headers=self.endpoint.mock_headers)
        if not any(one.stubs for one in self.organisations):
            return None
        from vambe_mock.server.endpoint.stubs import operation_at

        return operation_at(self.organisations, method, scope)

    async def _keyed(self, operation: Operation, scope: Scope, receive: Receive, send: Send, started: float) -> None:
        if scope["method"] not in METHODS:
            await _pass_over(receive)
        await answer_keyed(self.organisations, operation, scope, send, started, preferences=self.endpoint.prefer)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send, started: float) -> None:
        """Answer with the admin API, a page, a health check or the vendor's 404."""
        if self._is_admins(scope["path"]):
            app: ASGIApp = self.control
        else:  # Starlette would drop a line feed at the end of a path
            app = self._not_found if "\n" in scope["path"] else super().__call__
        await self._noted(app, scope, receive, send, started)

    async def _cross_origin(
        self, scope: Scope, receive: Receive, send: Send, started: float, operation: Operation | None = None
    ) -> None:
        """Answer with the endpoint, or with *operation*, for pages of the allowed origins too."""
        headers = cors.allowed(scope, self._origins)
        if headers and cors.is_preflight(scope):

            async def preflight(scope: Scope, _receive: Receive, send: Send) -> None:
                await cors.answer_preflight(scope, send, headers, stubbed=operation is not None)

            await self._noted(preflight, scope, receive, send, started)
            return
        send = cors.SendWithHeaders(send, headers).send if headers else send
        if operation is not None and not cors.is_preflight(scope):
            await self._keyed(operation, scope, receive, send, started)
        elif scope["method"] in METHODS:
            await self.endpoint(scope, send, started)
        else:
            await self._noted(super().__call__, scope, receive, send, started)

    async def _noted(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, started: float) -> None:
        """Have *app* answer, and finish the exchange with the status that it sends."""
        seen = _StatusSeen(send)
        try:
            await app(scope, receive, seen)
        except ClientDisconnect:  # in the middle of its body; whatever was sent, nobody has it
            seen.status = 0
        finally:
            nobodys = seen.status == 404 and app is not self.control
            journal = self.organisations.unattributed if nobodys else self.organisations.elsewhere
            opened = journal.open(scope["method"], target(scope), started)
            opened.finish(seen.status, Notes(self.organisations.first.clock.now(), seen.reason()))

    async def _not_found(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the vendor's 404."""
        await _response_of(self.endpoint.not_found(scope))(scope, receive, send)

    async def _vendors_404(self, request: Request, _error: Exception) -> Response:
        """The vendor's 404 for every unknown path and method, never 405 (`404-before-401`, `not-found`)."""
        return _response_of(self.endpoint.not_found(request.scope))

    def _is_admins(self, path: str) -> bool:
        """Whether *path* is below the admin API's prefix, and the API is on this port."""
        return self._admin_here and (path == PREFIX or path.startswith(PREFIX + "/"))


class _StatusSeen:
    """A ``send`` that keeps the status that goes by, 0 until then, and the body of a problem."""

    __slots__ = ("_problem", "_send", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self._problem: bytes | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status >= 400 and (b"content-type", PROBLEM) in message["headers"]:
                self._problem = b""
        elif self._problem is not None:
            self._problem += message.get("body", b"")
        await self._send(message)

    def reason(self) -> str:
        """Why the admin API has refused; empty if it has not."""
        if not self._problem:
            return ""
        problem = json.loads(self._problem)
        fields = [f"{one['where']}: {one['message']}" for one in problem.get("errors", ())[:MOST_TOLD]]
        return "; ".join(dict.fromkeys([problem["detail"], *fields]))


async def _pass_over(receive: Receive) -> None:
    """Take a body that nobody reads: a client that is still sending would find its connection closed."""
    while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
        pass


async def _vendors_500(_request: Request, _error: Exception) -> Response:
    """The vendor's 500 for a bug in the mock's own pages; the log has the details (`server-error`)."""
    refusal = refusals.server_error()
    return Response(refusal.body, refusal.status, media_type=JSON.decode())


def _response_of(answer: Answer) -> Response:
    response = Response(answer.whole_body(), answer.status, media_type=answer.content_type.decode("latin-1"))
    response.raw_headers += answer.headers
    return response
