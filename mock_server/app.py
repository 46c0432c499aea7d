"""The one place where the parts meet: ``create_app(dataset, settings)``.

A request passes the ``Front`` first. The vendor's endpoint is answered right there, because its rules of reading are
not FastAPI's and a validated route costs several times as much; everything else is FastAPI's: the pages, the health
checks, the admin API. What nobody answers gets the vendor's 404.
"""

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server import __version__, docs, errors, health
from mock_server.clock import Clock
from mock_server.contacts import METHODS, ContactsEndpoint, is_endpoint
from mock_server.dataset import Dataset
from mock_server.organisation import Organisation
from mock_server.request_log import Asked, RequestLog
from mock_server.settings import Settings


def create_app(dataset: Dataset, settings: Settings) -> FastAPI:
    """A FastAPI application that serves *dataset* as *settings* say.

    Raises ``DatasetError`` where the data cannot be moved to the server's start.
    """
    clock = Clock(settings.frozen_at)
    organisation = Organisation.of(
        dataset,
        clock,
        shift=0 if settings.keep_timestamps else settings.anchored_at() - dataset.header.anchored_at,
        stage_filter=settings.stage_filter,
    )
    endpoint = ContactsEndpoint(
        {key.encode(): organisation for key in settings.api_keys},
        fractional_days=settings.fractional_days,
        expand_current_stage=settings.expand_current_stage,
        mock_headers=settings.mock_headers,
    )
    app = FastAPI(title="vambe-mock", version=__version__, openapi_url=None, docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False
    app.state.organisation = organisation
    app.include_router(health.router)
    app.include_router(docs.router(settings.api_keys[0]))
    app.add_exception_handler(HTTPException, _vendors_refusal)
    app.add_middleware(
        Front, endpoint=endpoint, log=RequestLog(settings.log_format, settings.api_keys, quiet=settings.quiet)
    )
    return app


class Front:
    """The outermost layer: the endpoint's door, and the log of every request."""

    def __init__(self, app: ASGIApp, endpoint: ContactsEndpoint, log: RequestLog) -> None:
        """*app* answers all that is not the endpoint's."""
        self.app = app
        self.endpoint = endpoint
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request, and log it when it is done."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Asked(scope["method"], target(scope))

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                asked.status = message["status"]
            await send(message)

        try:
            if not asked.target.isascii():
                await _send_bare_400(noting)
            elif is_endpoint(scope["raw_path"]) and asked.method in METHODS:
                await self.endpoint(scope, noting, asked)
            else:
                await self.app(scope, receive, noting)
        finally:
            self.log.write(asked)


def target(scope: Scope) -> str:
    """The path and query of a request as they came, undecoded; a byte beyond ASCII as one Latin-1 character."""
    query: bytes = scope["query_string"]
    path: bytes = scope["raw_path"]
    return (path + b"?" + query if query else path).decode("latin-1")


async def _send_bare_400(send: Send) -> None:
    """Node's own parser refuses a target with bytes beyond ASCII before any rule is asked (`raw-bytes-in-target`)."""
    headers = [(b"connection", b"close"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _vendors_refusal(request: Request, _error: Exception) -> Response:
    """404 for every path and method that nothing answers, never 405 (`404-before-401`, `not-found`)."""
    refusal = errors.not_found(request.method, target(request.scope))
    return Response(refusal.body, refusal.status, media_type="application/json; charset=utf-8")
