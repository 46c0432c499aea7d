"""``/docs``, ``/openapi.json`` and ``/openapi.yaml``: the endpoint's bundled OpenAPI document, and Swagger UI.

``/neighbours.json`` and ``/neighbours.yaml`` are the document of the vendor's other paths, shown on the same page.

All files come from installed packages, so the page works offline (`docs-page-offline`). They are read on the first
request, so that they cost nothing at start.
"""

import copy
import json
from functools import cache
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from vambe_mock.admin.front_page import Link, Section, front_page, wants_page
from vambe_mock.admin.paths import DOCS, PREFIX, root_of
from vambe_mock.admin.swagger import assets, swagger_page
from vambe_mock.contract import instants, packaged
from vambe_mock.contract.dialect import USUAL, Dialect
from vambe_mock.contract.operation import PATH

PREFILLED: Final = {"days", "limit"}
"""The query parameters whose examples the page fills in: together they find a few contacts."""

METHODS: Final = ["GET", "HEAD"]

ENDPOINT: Final = "openapi.yaml"
NEIGHBOURS: Final = "neighbours.yaml"
"""The bundled documents."""

Document = dict[str, Any]


def router(api_key: str, dialect: Dialect = USUAL, *, has_admin: bool, neighbours: bool = True) -> APIRouter:
    """The routes ``/``, ``/docs``, ``/openapi.json`` and ``/openapi.yaml``.

    *api_key* is filled in on the page ``/docs``; with *has_admin*, ``/`` links the admin API of this port. *neighbours*
    adds their document, and a part of the page.
    """
    seconds = dialect.seconds_required
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/", methods=METHODS)
    async def front(request: Request) -> Response:
        if not wants_page(request.scope):
            raise HTTPException(404)  # as the vendor's server does
        return _front_page(request, has_admin=has_admin, neighbours=neighbours)

    @routes.api_route("/openapi.json", methods=METHODS)
    async def as_json(request: Request) -> JSONResponse:
        return JSONResponse(served_document(_base_url(request), seconds_required=seconds))

    @routes.api_route("/openapi.yaml", methods=METHODS)
    async def as_yaml(request: Request) -> Response:
        return Response(served_text(_base_url(request), seconds_required=seconds), media_type="application/yaml")

    @routes.api_route("/docs", methods=METHODS)
    async def page(request: Request) -> HTMLResponse:
        return _page(root_of(request.scope) + "/docs", neighbours=neighbours)

    @routes.api_route("/docs/openapi.json", methods=METHODS)
    async def for_the_page(request: Request) -> JSONResponse:
        return JSONResponse(fill_in(served_document(_base_url(request), seconds_required=seconds), api_key))

    if neighbours:
        _add_neighbours(routes, api_key)
    for name, answer in assets().items():
        routes.add_api_route(f"/docs/{name}", answer, methods=METHODS)
    return routes


def _add_neighbours(routes: APIRouter, api_key: str) -> None:
    """Add the routes of the neighbours' own document (`neighbours-apart`)."""

    @routes.api_route("/neighbours.json", methods=METHODS)
    async def neighbours_as_json(request: Request) -> JSONResponse:
        return JSONResponse(served_document(_base_url(request), file=NEIGHBOURS))

    @routes.api_route("/neighbours.yaml", methods=METHODS)
    async def neighbours_as_yaml(request: Request) -> Response:
        return Response(served_text(_base_url(request), file=NEIGHBOURS), media_type="application/yaml")

    @routes.api_route("/docs/neighbours.json", methods=METHODS)
    async def neighbours_for_the_page(request: Request) -> JSONResponse:
        return JSONResponse(with_key(served_document(_base_url(request), file=NEIGHBOURS), api_key))


def served_document(base_url: str, *, seconds_required: bool = False, file: str = ENDPOINT) -> Document:
    """Return the bundled document with this server before the vendor's (`served-document`)."""
    document = _document(file, seconds_required=seconds_required)
    return {**document, "servers": [_this_server(base_url), *document["servers"]]}


def served_text(base_url: str, *, seconds_required: bool = False, file: str = ENDPOINT) -> str:
    """Return the bundled document as written, with its comments, and this server before the vendor's."""
    own = "".join(f"    {key}: {json.dumps(value)}\n" for key, value in _this_server(base_url).items())
    return _text(file, seconds_required=seconds_required).replace("\nservers:\n", f"\nservers:\n  -{own[3:]}", 1)


def fill_in(document: Document, api_key: str) -> Document:
    """Return a copy with examples that work together; Swagger UI fills its form with them.

    The vendor gives nearly every parameter an example, and a request with all of them finds hardly any contact. So
    only the key, ``days`` and ``limit`` keep theirs; the others' examples move into the descriptions
    (`docs-page-filled-in`). Tags that no operation has, each of them an empty section of the page, are left out.
    """
    filled = with_key(document, api_key)
    used = {tag for methods in filled["paths"].values() for operation in methods.values() for tag in operation["tags"]}
    filled["tags"] = [tag for tag in filled.get("tags", []) if tag["name"] in used]
    for operation in (methods["get"] for methods in filled["paths"].values()):
        for parameter in operation["parameters"]:
            if parameter["in"] == "query" and parameter["name"] not in PREFILLED and "example" in parameter["schema"]:
                parameter["description"] += f" Example: `{parameter['schema'].pop('example')}`"
    return filled


def with_key(document: Document, api_key: str) -> Document:
    """Return a copy of *document* with the key as its example."""
    filled = copy.deepcopy(document)
    operations = (methods["get"] for methods in filled["paths"].values())
    shared = filled.get("components", {}).get("parameters", {}).values()
    for parameter in (*(one for operation in operations for one in operation["parameters"]), *shared):
        if parameter.get("name") == "x-api-key":
            parameter["schema"]["example"] = api_key
    return filled


@cache
def _text(file: str, *, seconds_required: bool = False) -> str:
    """The document *file*; with *seconds_required*, with the pattern of zod 4.5.0 and later (`timestamp-syntax`)."""
    text = packaged.path(file).read_text(encoding="utf-8")
    return text.replace(instants.PATTERN, instants.PATTERN_WITH_SECONDS) if seconds_required else text


@cache
def _document(file: str, *, seconds_required: bool = False) -> Document:
    import yaml  # slow to import, and most servers are never asked for the document

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: Document = yaml.load(_text(file, seconds_required=seconds_required), Loader=loader)  # noqa: S506  # both are safe loaders
    return document


def _this_server(base_url: str) -> dict[str, str]:
    return {"url": base_url, "description": "This mock."}


def _base_url(request: Request) -> str:
    """The server's URL as the client knows it, from the ``Host`` of the request, or what a proxy says of it."""
    return str(request.base_url).rstrip("/") + root_of(request.scope)


def _front_page(request: Request, *, has_admin: bool, neighbours: bool) -> Response:
    base = root_of(request.scope)
    about = [
        Link(f"{base}/docs", "The endpoint's documentation, to read and to try out"),
        Link(f"{base}/openapi.yaml", "Its OpenAPI document, with comments"),
        Link(f"{base}/openapi.json", "The same as JSON"),
        *([Link(f"{base}/neighbours.yaml", "The document of the vendor's other paths")] if neighbours else []),
    ]
    control = [
        Link(base + PREFIX, "What the admin API shows"),
        Link(base + DOCS, "The admin API's documentation, to read and to try out"),
    ]
    health = [
        Link(f"{base}/readyz", "Whether the server is ready, and how many contacts it has"),
        Link(f"{base}/livez", "Whether it is alive"),
    ]
    url = f"{_base_url(request)}{PATH.decode()}?days=30&limit=20"
    ask = f"curl -H 'x-api-key: YOUR_KEY' \\\n  '{url}'"
    return front_page(
        "vambe-mock",
        "A local stand-in for Vambe AI's GET /api/public/contacts. It is not the vendor's server, and its data is made "
        "up.",
        [
            Section("The endpoint", about, ask),
            *([Section("Control", control)] if has_admin else []),
            Section("Health", health),
        ],
    )


def _page(prefix: str, *, neighbours: bool) -> HTMLResponse:
    more = f"{prefix}/neighbours.json" if neighbours else None
    return swagger_page("GET /api/public/contacts · vambe-mock", f"{prefix}/openapi.json", prefix, more=more)
