"""The admin API as an ASGI application: the routes, the OpenAPI document, the docs page, and the guard before them."""

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.security import HTTPBearer
from starlette.routing import Mount, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vambe_mock import __version__
from vambe_mock.admin import problems
from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.guard import Guard
from vambe_mock.admin.paths import PREFIX
from vambe_mock.admin.routes import (
    clock,
    contacts,
    custom_fields,
    dataset,
    delivered,
    explain,
    faults,
    organisations,
    pipelines,
    requests,
    settings,
    snapshots,
    tickets,
    triggers,
)
from vambe_mock.admin.swagger import assets, swagger_page
from vambe_mock.organisations.registry import Organisations

RESOURCES = (
    contacts,
    tickets,
    pipelines,
    custom_fields,
    dataset,
    snapshots,
    clock,
    requests,
    faults,
    triggers,
    delivered,
    explain,
    settings,
    organisations,
)

_TOKEN = HTTPBearer(auto_error=False, description="The token that the server prints when it starts.")
"""For the OpenAPI document only, so that the docs page and generated clients send the token; the guard checks it."""

DESCRIPTION = """\
Controls a running vambe-mock: its data, its clock, its faults, and the record of the requests it received. None of it
is part of the vendor's API. The header ``x-api-key`` selects the organisation; without it, the first one is used. Every
refusal is ``application/problem+json``, and a refused request changes nothing.
"""


def admin(organisations: Organisations, token: str | None) -> ASGIApp:
    """Return the admin API of a server with these organisations; *token* None: no token is needed."""
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
        dependencies=[Depends(problems.reject_unknown_parameters), *([Depends(_TOKEN)] if token else [])],
    )
    app.state.organisations = organisations
    app.router.redirect_slashes = False
    for resource in RESOURCES:
        app.include_router(resource.routes)
    pages = _pages()
    app.include_router(pages)
    problems.handle(app)
    problems.describe(app)
    guarded = _HeadAsGet(Guard(app, token, pages.routes))
    return Router([Mount(PREFIX, guarded)], redirect_slashes=False, default=Guard(_nothing, token))


class _HeadAsGet:
    """Answer HEAD as GET without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def bodiless(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return bodiless


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a path outside the prefix, on a port of the admin API's own."""
    await problems.nothing_at(scope["path"])(scope, receive, send)


def _pages() -> APIRouter:
    """The docs page, its files and the OpenAPI document."""
    routes = APIRouter(include_in_schema=False, route_class=JsonRoute)

    @routes.get("/docs")
    async def page(request: Request) -> HTMLResponse:
        root = request.scope["root_path"]
        return swagger_page("vambe-mock admin", f"{root}/openapi.json", f"{root}/docs", "list")

    @routes.get("/openapi.json")
    async def document(request: Request) -> JSONResponse:
        return JSONResponse(request.app.openapi())

    for name, answer in assets().items():
        routes.add_api_route(f"/docs/{name}", answer, methods=["GET"])
    return routes
