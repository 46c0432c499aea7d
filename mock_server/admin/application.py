"""The admin API as an application: its routers, its document, its docs page, and the guard before them."""

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import __version__
from mock_server.admin import (
    clock,
    contacts,
    custom_fields,
    dataset,
    explain,
    faults,
    organisations,
    pipelines,
    problems,
    requests,
    snapshots,
    tickets,
)
from mock_server.admin.guard import Guard
from mock_server.control import PREFIX
from mock_server.docs import assets, swagger_page
from mock_server.organisations import Organisations

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

DESCRIPTION = """\
Drives a running vambe-mock: its data, its clock, what goes wrong, and the record of what was asked. Nothing of this is
the vendor's. Every refusal is ``application/problem+json`` and changes nothing. The header ``x-api-key`` says whose
data is meant; left out, the first organisation's.
"""


def admin(all_: Organisations, token: str | None) -> ASGIApp:
    """The admin API of a server, behind its guard."""
    app = FastAPI(
        title="vambe-mock admin",
        version=__version__,
        description=DESCRIPTION,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        docs_url=None,
        redoc_url=None,
        responses={422: {"model": problems.Problem, "description": "Refused."}},
    )
    app.state.organisations = all_
    app.router.redirect_slashes = False
    for noun in NOUNS:
        app.include_router(noun.routes)
    app.include_router(_pages())
    problems.handle(app)
    return Guard(_Below(app), token)


class _Below:
    """The application below its prefix, wherever the server itself is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "root_path": scope.get("root_path", "") + PREFIX}, receive, send)


def _pages() -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/docs", methods=["GET", "HEAD"])
    async def page(request: Request) -> HTMLResponse:
        root = request.scope["root_path"]
        return swagger_page("vambe-mock admin", f"{root}/openapi.json", f"{root}/docs")

    for name, answer in assets().items():
        routes.add_api_route(f"/docs/{name}", answer, methods=["GET", "HEAD"])
    return routes
