"""The application, which joins the parts: ``create_app(dataset, settings)``.

The vendor's endpoint is answered outside FastAPI: the vendor parses queries by other rules, and a validated route costs
several times as much. Everything else is FastAPI's: the pages, the health checks, the admin API. Every other path and
method gets the vendor's 404.
"""

import asyncio

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from vambe_mock import __version__
from vambe_mock.admin.paths import PREFIX
from vambe_mock.contract import refusals
from vambe_mock.contract.operation import JSON, METHODS, is_endpoint
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.datasets.loading import load
from vambe_mock.organisations.clock import Clock
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.server import docs, health
from vambe_mock.server.admin_mount import ControlPlane
from vambe_mock.server.endpoint import cors
from vambe_mock.server.endpoint.connection import give_up
from vambe_mock.server.endpoint.contacts import ContactsEndpoint
from vambe_mock.server.log import Asked, RequestLog
from vambe_mock.server.settings import Settings


def create_app(dataset: Dataset, settings: Settings) -> "Application":
    """Return an application that serves *dataset* as *settings* say.

    Raises ``DatasetError`` if the data cannot be moved to the start of the server, or if the data of another
    organisation is invalid.
    """
    first = organisation_of(dataset, settings)
    keys = {key.encode(): first for key in settings.api_key}
    for number, (key, path) in enumerate(settings.data_of_organisations().items(), 1):
        keys[key.encode()] = organisation_of(load(path), settings, name=f"file-{number}")
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
        self.endpoint = ContactsEndpoint(
            keys,
            mock_headers=settings.mock_headers,
            prefer=settings.prefer,
        )
        self.organisations = Organisations(keys, settings.record if settings.has_admin else 0)
        self.log = RequestLog(settings.log_format, self.organisations.masker, quiet=settings.quiet)
        self.control = ControlPlane(self.organisations, settings)
        self._admin_here = not settings.read_only and settings.admin_port is None
        self._origins = settings.cors
        self.router.redirect_slashes = False
        self.include_router(health.router(self.organisations))
        self.include_router(docs.router(settings.api_key[0]))
        self.add_exception_handler(HTTPException, _vendors_404)
        self.add_exception_handler(Exception, _vendors_500)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and log it."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        asked = Asked(scope["method"], target(scope))
        try:
            if not is_endpoint(scope["raw_path"]):
                await self._elsewhere(scope, receive, _noting(send, asked))
            elif self._origins:
                await self._cross_origin(scope, receive, send, asked)
            elif asked.method in METHODS:
                await self.endpoint(scope, send, asked)
            else:
                await super().__call__(scope, receive, _noting(send, asked))
        except asyncio.CancelledError:  # the server shuts down before the client has read the answer
            if not await give_up(send):
                raise
        finally:
            self._done(asked)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the admin API, a page, a health check or the vendor's 404."""
        if self._is_admins(scope["path"]):
            await self.control(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _cross_origin(self, scope: Scope, receive: Receive, send: Send, asked: Asked) -> None:
        """Answer with the endpoint, for pages of the allowed origins too."""
        headers = cors.allowed(scope, self._origins)
        if headers and cors.is_preflight(scope):
            await cors.answer_preflight(scope, _noting(send, asked), headers)
            return
        send = cors.SendWithHeaders(send, headers).send if headers else send
        if asked.method in METHODS:
            await self.endpoint(scope, send, asked)
        else:
            await super().__call__(scope, receive, _noting(send, asked))

    def _is_admins(self, path: str) -> bool:
        """Whether *path* is below the admin API's prefix, and the API is on this port."""
        return self._admin_here and (path == PREFIX or path.startswith(PREFIX + "/"))

    def _done(self, asked: Asked) -> None:
        """Log *asked*, and let the record know of it."""
        self.log.write(asked)
        if asked.record is None and asked.status in (401, 404):
            if self._is_admins((asked.unmasked or asked.target).partition("?")[0]):
                return
            asked.at = self.organisations.first.clock.now()
            self.organisations.strangers.expect(asked)
        if asked.record is not None:
            asked.record.add(asked)


def target(scope: Scope) -> str:
    """Return the path and query of a request as sent, undecoded."""
    query: bytes = scope["query_string"]
    path: bytes = scope["raw_path"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _noting(send: Send, asked: Asked) -> Send:
    """*send*, which notes the status in *asked* as it goes by."""

    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            asked.status = message["status"]
        await send(message)

    return noting


async def _vendors_404(request: Request, _error: Exception) -> Response:
    """The vendor's 404 for every unknown path and method, never 405 (`404-before-401`, `not-found`)."""
    return _response(refusals.not_found(request.method, target(request.scope)))


async def _vendors_500(_request: Request, _error: Exception) -> Response:
    """The vendor's 500 for a bug in the mock's own pages; the log has the details (`server-error`)."""
    return _response(refusals.server_error())


def _response(refusal: refusals.Refusal) -> Response:
    return Response(refusal.body, refusal.status, media_type=JSON.decode())
