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
from vambe_mock.datasets.loading import load
from vambe_mock.organisations.clock import Clock
from vambe_mock.organisations.journal import Notes
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.server import docs, health
from vambe_mock.server.admin_mount import ControlPlane
from vambe_mock.server.endpoint import cors
from vambe_mock.server.endpoint.connection import give_up
from vambe_mock.server.endpoint.contacts import ContactsEndpoint, target
from vambe_mock.server.endpoint.keyed import Operation, answer_keyed
from vambe_mock.server.endpoint.neighbours import NeighbourOperation
from vambe_mock.server.log import RequestLog
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
    first = organisation_of(dataset, settings)
    keys = {key.encode(): first for key in settings.api_key}
    for number, (key, path) in enumerate(settings.data_of_organisations().items(), 1):
        keys[key.encode()] = organisation_of(load(path), settings, name=f"file-{number}")
    if settings.stubs is not None:
        from vambe_mock.server.stub_file import add_stubs

        add_stubs(set(keys.values()), settings.stubs, neighbours=settings.neighbours)
    return Application(keys, settings)


def organisation_of(dataset: Dataset, settings: Settings, *, name: str = "default") -> Organisation:
    """Return an organisation of *dataset*, its timestamps moved to the start of the server as *settings* say."""
    return Organisation.of(
        dataset,
        Clock(settings.now),
        shift=settings.shift(dataset.header.anchored_at),
        dialect=settings.dialect,
        record=settings.record if settings.has_admin else 0,
        name=name,
    )


class Application(FastAPI):
    """A FastAPI application with the vendor's endpoint in front of it; it logs every request."""

    def __init__(self, keys: dict[bytes, Organisation], settings: Settings) -> None:
        """Serve the organisations of these API *keys*."""
        super().__init__(title="vambe-mock", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
        record = settings.record if settings.has_admin else 0
        token = () if settings.admin_token is None else (settings.admin_token,)
        self.organisations = Organisations(keys, record, token, neighbours=settings.neighbours)
        self.endpoint = ContactsEndpoint(
            self.organisations,
            mock_headers=settings.mock_headers,
            prefer=settings.prefer,
        )
        if not settings.quiet:
            log = RequestLog(settings.log_format, self.organisations.masker, neighbours=settings.neighbours)
            self.organisations.listen(log.write)
        self.control = ControlPlane(self.organisations, settings)
        self._admin_here = not settings.read_only and settings.admin_port is None
        self._origins = settings.cors
        self.router.redirect_slashes = False
        self.include_router(health.router(self.organisations))
        has_admin = self._admin_here and settings.has_admin
        self.include_router(
            docs.router(settings.api_key[0], settings.dialect, has_admin=has_admin, neighbours=settings.neighbours)
        )
        self.add_exception_handler(HTTPException, _vendors_404)
        self.add_exception_handler(Exception, _vendors_500)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and log it."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        started = time.perf_counter()
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
            await self._keyed(operation, scope, send, started)

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

    async def _keyed(self, operation: Operation, scope: Scope, send: Send, started: float) -> None:
        await answer_keyed(self.organisations, operation, scope, send, started, preferences=self.endpoint.prefer)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send, started: float) -> None:
        """Answer with the admin API, a page, a health check or the vendor's 404."""
        if self._is_admins(scope["path"]):
            app: ASGIApp = self.control
        else:  # Starlette would drop a line feed at the end of a path
            app = _not_found if "\n" in scope["path"] else super().__call__
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
            await self._keyed(operation, scope, send, started)
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


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the vendor's 404."""
    await _response(refusals.not_found(scope["method"], target(scope)))(scope, receive, send)


async def _vendors_404(request: Request, _error: Exception) -> Response:
    """The vendor's 404 for every unknown path and method, never 405 (`404-before-401`, `not-found`)."""
    return _response(refusals.not_found(request.method, target(request.scope)))


async def _vendors_500(_request: Request, _error: Exception) -> Response:
    """The vendor's 500 for a bug in the mock's own pages; the log has the details (`server-error`)."""
    return _response(refusals.server_error())


def _response(refusal: refusals.Refusal) -> Response:
    return Response(refusal.body, refusal.status, media_type=JSON.decode())
