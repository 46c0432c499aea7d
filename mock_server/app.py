"""The one place where the parts meet: ``create_app(dataset, settings)``.

A request to the vendor's endpoint is answered before FastAPI sees it, because the vendor's rules of reading are not
FastAPI's, and a validated route costs several times as much. Everything else is FastAPI's: the pages, the health
checks, the admin API. What nobody answers gets the vendor's 404.
"""

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from mock_server import __version__, docs, errors, health
from mock_server.clock import Clock
from mock_server.contacts import JSON, METHODS, ContactsEndpoint, is_endpoint
from mock_server.dataset import Dataset
from mock_server.organisation import Organisation
from mock_server.request_log import Asked, RequestLog
from mock_server.settings import Settings


def create_app(dataset: Dataset, settings: Settings) -> "Application":
    """A FastAPI application that serves *dataset* as *settings* say.

    Raises ``DatasetError`` where the data cannot be moved to the server's start.
    """
    organisation = Organisation.of(
        dataset,
        Clock(settings.frozen_at),
        shift=0 if settings.keep_timestamps else settings.anchored_at() - dataset.header.anchored_at,
        stage_filter=settings.stage_filter,
    )
    return Application({key.encode(): organisation for key in settings.api_keys}, settings)


class Application(FastAPI):
    """FastAPI with the vendor's endpoint before it, and a line in the log for every request."""

    def __init__(self, keys: Mapping[bytes, Organisation], settings: Settings) -> None:
        """Serve the organisations behind *keys*."""
        super().__init__(title="vambe-mock", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
        self.endpoint = ContactsEndpoint(
            keys,
            fractional_days=settings.fractional_days,
            expand_current_stage=settings.expand_current_stage,
            mock_headers=settings.mock_headers,
        )
        self.organisations = {id(one): one for one in keys.values()}.values()
        self.log = RequestLog(settings.log_format, settings.api_keys, quiet=settings.quiet)
        self.router.redirect_slashes = False
        self.include_router(health.router(self.organisations))
        self.include_router(docs.router(settings.api_keys[0]))
        self.add_exception_handler(HTTPException, _vendors_404)
        self.add_exception_handler(Exception, _vendors_500)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and log it when it is done."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        asked = Asked(scope["method"], target(scope))
        try:
            if is_endpoint(scope["raw_path"]) and asked.method in METHODS:
                await self.endpoint(scope, send, asked)
            else:
                await super().__call__(scope, receive, _noting(send, asked))
        finally:
            self.log.write(asked)


def target(scope: Scope) -> str:
    """The path and query of a request as they came, undecoded."""
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
    """404 for every path and method that nothing answers, never 405 (`404-before-401`, `not-found`)."""
    return _response(errors.not_found(request.method, target(request.scope)))


async def _vendors_500(_request: Request, _error: Exception) -> Response:
    """A defect of the mock's own pages looks like a failure of the vendor's; the log tells which (`server-error`)."""
    return _response(errors.server_error())


def _response(refusal: errors.Refusal) -> Response:
    return Response(refusal.body, refusal.status, media_type=JSON.decode())
