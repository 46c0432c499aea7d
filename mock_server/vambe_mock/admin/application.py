"""The admin API as an application: its routers, its document, its docs page, and the guard before them."""

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
    explain,
    faults,
    organisations,
    pipelines,
    requests,
    snapshots,
    tickets,
)
from vambe_mock.admin.swagger import assets, swagger_page
from vambe_mock.organisations.registry import Organisations

NOUNS = (
    contacts,
    tickets,
    pipelines,
    custom_fields,
    dataset,
    snapshots,
    clock,
    requests,
    faults,
    explain,
    organisations,
)

_TOKEN = HTTPBearer(auto_error=False, description="The token that the server told at its start.")
"""For the document, so that its page and generated clients can send it; the guard is who asks for it."""

DESCRIPTION = """\
Drives a running vambe-mock: its data, its clock, what goes wrong, and the record of what was asked. Nothing of this is
the vendor's. Every refusal is ``application/problem+json`` and changes nothing. The header ``x-api-key`` says whose
data is meant; left out, the first organisation's.
"""


def admin(organisations: Organisations, token: str | None) -> ASGIApp:
    """The admin API of a server, behind its guard."""
    app = FastAPI(
        title="vambe-mock admin",
        version=__version__,
        description=DESCRIPTION,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        generate_unique_id_function=lambda route: route.name,  # what a generated client calls its functions
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses={"4XX": {"model": problems.Problem, "description": "Refused, and nothing changed."}},
        dependencies=[Depends(problems.reject_unknown_parameters), *([Depends(_TOKEN)] if token else [])],
    )
    app.state.organisations = organisations
    app.router.redirect_slashes = False
    for noun in NOUNS:
        app.include_router(noun.routes)
    pages = _pages()
    app.include_router(pages)
    problems.handle(app)
    problems.describe(app)
    guarded = _HeadAsGet(Guard(app, token, pages.routes))
    return Router([Mount(PREFIX, guarded)], redirect_slashes=False, default=Guard(_nothing, token))


class _HeadAsGet:
    """*app* for HEAD too: GET without the body."""

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
    """Answer what is not below the prefix, on a port of the admin API's own."""
    await problems.nothing_at(scope["path"])(scope, receive, send)


def _pages() -> APIRouter:
    """The docs page, its files and its document."""
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
