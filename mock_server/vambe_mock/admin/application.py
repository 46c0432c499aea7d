"""The admin API as an ASGI application: the routes, the OpenAPI document, the docs page, and the guard before them."""

from collections.abc import Awaitable, Callable
from functools import cache
from importlib import import_module
from typing import Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vambe_mock import __version__
from vambe_mock.admin import problems
from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.console.page import assets as console_assets
from vambe_mock.admin.console.page import console_page
from vambe_mock.admin.examples import with_examples
from vambe_mock.admin.front_page import Link, wants_page
from vambe_mock.admin.guard import Guard
from vambe_mock.admin.mcp.calls import InProcess
from vambe_mock.admin.paths import DOCS, DOCUMENT, HEAD, MCP, PREFIX, root_of
from vambe_mock.admin.routes import (
    clock,
    contacts,
    custom_fields,
    dataset,
    delivered,
    dialect,
    explain,
    faults,
    organisations,
    pipelines,
    preview,
    requests,
    rules,
    settings,
    snapshots,
    stream,
    stubs,
    tickets,
    triggers,
)
from vambe_mock.admin.swagger import assets, swagger_page
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.registry import Organisations

RESOURCES = (
    contacts,
    tickets,
    pipelines,
    custom_fields,
    dataset,
    snapshots,
    clock,
    stream,
    requests,
    faults,
    triggers,
    stubs,
    delivered,
    explain,
    preview,
    settings,
    dialect,
    rules,
    organisations,
)

ASKED_MOST: Final = (contacts, delivered, triggers, snapshots, faults)
"""What tests and the sync check ask most comes first: FastAPI tries one route after the other."""

_TOKEN = HTTPBearer(auto_error=False, description="The token that the server prints at start-up.")
"""For the OpenAPI document only, so that the docs page and generated clients send the token; the guard checks it."""

DESCRIPTION = """\
Controls a running vambe-mock: its data, its clock, its faults, and the record of the requests it received. None of it
is part of the vendor's API. The header ``x-api-key`` selects the organisation; without it, the first one is used. Every
error is ``application/problem+json``, and a refused request changes nothing.
"""


def admin(
    organisations: Organisations, token: str | None, whole: ASGIApp | None = None, *, endpoint_here: bool = True
) -> ASGIApp:
    """Return the admin API of a server with these organisations; *token* None: no token is needed.

    *whole* is the server's application, which the tools at ``/mcp`` ask; without it there are none. *endpoint_here*:
    the endpoint is on the same port.
    """
    app, pages = api(needs_token=token is not None)
    tools = _tools(app, organisations, whole, token)
    masked = organisations.masker.text

    async def with_organisations(scope: Scope, receive: Receive, send: Send) -> None:
        if tools is not None and scope["path"] == MCP:
            await tools(scope, receive, send)
        else:
            await app({**scope, problems.ORGANISATIONS: organisations}, receive, send)

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a path outside the prefix, on a port of the admin API's own."""
        await problems.nothing_at(scope["path"], masked)(scope, receive, send)

    guarded = _HeadAsGet(Guard(with_organisations, token, masked, pages))
    nowhere = Guard(nothing, token, masked)
    router = Router([Mount(PREFIX, guarded)], redirect_slashes=False, default=nowhere)

    page = _front_page(needs_token=token is not None, endpoint_here=endpoint_here)
    pages_here = [Route(path, page) for path in (PREFIX, PREFIX + "/")]
    front = Guard(Router(pages_here), token, masked, pages_here)

    async def at_path(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in (PREFIX, PREFIX + "/") and wants_page(scope):
            await front(scope, receive, send)
        elif "\n" in scope["path"]:  # Starlette would drop a line feed at the end
            await nowhere(scope, receive, send)
        else:
            await router(scope, receive, send)

    return at_path


def _tools(app: FastAPI, organisations: Organisations, whole: ASGIApp | None, token: str | None) -> ASGIApp | None:
    """The tools for coding agents; made when the first request for them comes, since the SDK takes long to import."""
    if whole is None:
        return None
    made: list[ASGIApp] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if not made:
            try:
                mount = await run_in_thread(lambda: import_module("vambe_mock.admin.mcp.mount"))
            except ImportError:
                why = "the tools for coding agents need the extra mcp; wanted: pip install 'vambe-mock[mcp]'"
                await problems.answer(501, why)(scope, receive, send)
                return
            models = (await problems.document_of(app))["components"]["schemas"]
            first = next(key for key, one in organisations.keys.items() if one is organisations.first)
            made.append(mount.mounted(lambda key: InProcess(whole, key or first.decode(), token), models))
        await made[0](scope, receive, send)

    return answer


@cache
def api(*, needs_token: bool) -> tuple[FastAPI, list[BaseRoute]]:
    """The application, which all servers of the process share, and its pages."""
    app = FastAPI(
        title="vambe-mock admin",
        version=__version__,
        description=DESCRIPTION,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        generate_unique_id_function=lambda route: route.name,  # the function names of generated clients
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses={"4XX": {"model": problems.Problem, "description": "Refused; nothing was changed."}},
        dependencies=[Depends(problems.reject_unknown_parameters), *([Depends(_TOKEN)] if needs_token else [])],
    )
    app.router.redirect_slashes = False
    for resource in dict.fromkeys((*ASKED_MOST, *RESOURCES)):
        app.include_router(resource.routes)
    pages = _pages(in_public=needs_token)
    app.include_router(pages)
    problems.handle(app)
    described = [route for resource in RESOURCES for route in resource.routes.routes if isinstance(route, APIRoute)]
    problems.describe(app, [route.path_format for route in described if route.include_in_schema])
    return app, pages.routes


def _front_page(*, needs_token: bool, endpoint_here: bool) -> Callable[[Request], Awaitable[Response]]:
    """The page that a browser gets at the prefix itself: the console."""

    async def page(request: Request) -> Response:
        base = root_of(request.scope)
        links = [Link(base + address, about) for address, about in (*LINKS, *DATA)]
        return console_page(base, links, needs_token=needs_token, endpoint_here=endpoint_here)

    return page


LINKS: Final = (
    (DOCS, "Every operation, to read and to try out"),
    (DOCUMENT, "The OpenAPI document, for generated clients"),
    ("/", "The server's own page"),
)
DATA: Final = (
    (f"{PREFIX}/contacts", "The contacts, with their custom field values"),
    (f"{PREFIX}/pipelines", "The pipelines and their stages"),
    (f"{PREFIX}/clock", "The time that the clock shows"),
    (f"{PREFIX}/requests", "The requests received with a valid key"),
    (f"{PREFIX}/requests/strangers", "The requests without a valid key, or to an unknown path"),
    (f"{PREFIX}/faults", "The faults to inject"),
    (f"{PREFIX}/dialect", "The rules that are measured on a real account, and when"),
    (f"{PREFIX}/stubs", "The stubs: fixed answers at other paths"),
    (f"{PREFIX}/organisations", "The organisations, each behind a key of its own"),
    (f"{PREFIX}/dataset", "Everything, as a data set document"),
)


class _HeadAsGet:
    """Answer HEAD as GET without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET", HEAD: True}, receive, _without_body(send))
        else:
            await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def bodiless(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return bodiless


def _pages(*, in_public: bool) -> APIRouter:
    """The docs page, its files and the OpenAPI document; *in_public*, anybody may read them."""
    routes = APIRouter(include_in_schema=False, route_class=JsonRoute)

    @routes.get("/docs")
    async def page(request: Request) -> HTMLResponse:
        root = root_of(request.scope) + request.scope["root_path"]
        return swagger_page("vambe-mock admin", f"{root}/openapi.json", f"{root}/docs", "list")

    @routes.get("/openapi.json")
    async def document(request: Request) -> JSONResponse:
        document = {**await problems.document_of(request.app), "servers": [{"url": root_of(request.scope) + PREFIX}]}
        return JSONResponse(with_examples(document, request.scope[problems.ORGANISATIONS], in_public=in_public))

    for name, answer in assets().items():
        routes.add_api_route(f"/docs/{name}", answer, methods=["GET"])
    for name, answer in console_assets().items():
        routes.add_api_route(f"/console/{name}", answer, methods=["GET"])
    return routes
