"""The application, which joins the parts: ``create_app(dataset, settings)``.

The vendor's endpoint is answered outside FastAPI: the vendor parses queries by other rules, and a validated route costs
several times as much. Everything else is FastAPI's: the pages, the health checks, the admin API. Every other path and
method gets the vendor's 404.
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
from vambe_mock.contract.dialect import Dialect
from vambe_mock.contract.known_dialect import NO_FILE, DialectFile
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
from vambe_mock.server.endpoint.answers import Answer
from vambe_mock.server.endpoint.connection import give_up
from vambe_mock.server.endpoint.contacts import ContactsEndpoint, target
from vambe_mock.server.log import RequestLog
from vambe_mock.server.settings import Settings

PROBLEM: Final = b"application/problem+json"
"""The content type of the admin API's refusals."""

MOST_TOLD: Final = 3
"""How many of the fields that are to blame the log tells."""


def create_app(dataset: Dataset, settings: Settings) -> "Application":
    """Return an application that serves *dataset* as *settings* say.

    Raises ``DatasetError`` if the data cannot be moved to the start of the server, or if the data of another
    organisation is invalid.
    """
    spoken = settings.spoken()
    first = organisation_of(dataset, settings, spoken.dialect)
    keys = {key.encode(): first for key in settings.api_key}
    for number, (key, path) in enumerate(settings.data_of_organisations().items(), 1):
        keys[key.encode()] = organisation_of(load(path), settings, spoken.dialect, name=f"file-{number}")
    return Application(keys, settings, spoken)


def organisation_of(dataset: Dataset, settings: Settings, dialect: Dialect, *, name: str = "default") -> Organisation:
    """Return an organisation of *dataset*, its timestamps moved to the start of the server as *settings* say."""
    return Organisation.of(
        dataset,
        Clock(settings.now),
        shift=settings.shift(dataset.header.anchored_at),
        dialect=dialect,
        record=settings.record if settings.has_admin else 0,
        name=name,
    )


class Application(FastAPI):
    """A FastAPI application with the vendor's endpoint in front of it; it logs every request."""

    def __init__(self, keys: dict[bytes, Organisation], settings: Settings, spoken: DialectFile = NO_FILE) -> None:
        """Serve the organisations of these API *keys* by the dialect *spoken*."""
        super().__init__(title="vambe-mock", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
        record = settings.record if settings.has_admin else 0
        token = () if settings.admin_token is None else (settings.admin_token,)
        self.organisations = Organisations(keys, record, token, spoken)
        self.endpoint = _endpoint(self.organisations, settings)
        if not settings.quiet:
            self.organisations.listen(RequestLog(settings.log_format, self.organisations.masker).write)
        self.control = ControlPlane(self.organisations, settings)
        self._admin_here = not settings.read_only and settings.admin_port is None
        self._origins = settings.cors
        self.router.redirect_slashes = False
        self.include_router(health.router(self.organisations))
        has_admin = self._admin_here and settings.has_admin
        self.include_router(docs.router(settings.api_key[0], spoken.dialect, has_admin=has_admin))
        self.add_exception_handler(HTTPException, self._vendors_404)
        self.add_exception_handler(Exception, _vendors_500)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and log it."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        started = time.perf_counter()
        try:
            if not is_endpoint(scope["raw_path"]):
                await self._elsewhere(scope, receive, send, started)
            elif self._origins:
                await self._cross_origin(scope, receive, send, started)
            elif scope["method"] in METHODS:
                await self.endpoint(scope, send, started)
            else:
                await self._noted(super().__call__, scope, receive, send, started)
        except asyncio.CancelledError:  # the server shuts down before the client has read the answer
            if not await give_up(send):
                raise

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send, started: float) -> None:
        """Answer with the admin API, a page, a health check or the vendor's 404."""
        if self._is_admins(scope["path"]):
            app: ASGIApp = self.control
        else:  # Starlette would drop a line feed at the end of a path
            app = self._not_found if "\n" in scope["path"] else super().__call__
        await self._noted(app, scope, receive, send, started)

    async def _cross_origin(self, scope: Scope, receive: Receive, send: Send, started: float) -> None:
        """Answer with the endpoint, for pages of the allowed origins too."""
        headers = cors.allowed(scope, self._origins)
        if headers and cors.is_preflight(scope):

            async def preflight(scope: Scope, _receive: Receive, send: Send) -> None:
                await cors.answer_preflight(scope, send, headers)

            await self._noted(preflight, scope, receive, send, started)
            return
        send = cors.SendWithHeaders(send, headers).send if headers else send
        if scope["method"] in METHODS:
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


def _endpoint(organisations: Organisations, settings: Settings) -> ContactsEndpoint:
    """The endpoint, which answers as the dialect does."""
    dialect, mock_headers, prefer = organisations.spoken.dialect, settings.mock_headers, settings.prefer
    if dialect.sends_otherwise:
        from vambe_mock.server.endpoint.other_endpoint import other_endpoint  # only where a dialect was loaded

        return other_endpoint(organisations, dialect, mock_headers=mock_headers, prefer=prefer)
    return ContactsEndpoint(organisations, mock_headers=mock_headers, prefer=prefer)


async def _vendors_500(_request: Request, _error: Exception) -> Response:
    """The vendor's 500 for a bug in the mock's own pages; the log has the details (`server-error`)."""
    refusal = refusals.server_error()
    return Response(refusal.body, refusal.status, media_type=JSON.decode())


def _response_of(answer: Answer) -> Response:
    response = Response(answer.whole_body(), answer.status, media_type=answer.content_type.decode("latin-1"))
    response.raw_headers += answer.headers
    return response
