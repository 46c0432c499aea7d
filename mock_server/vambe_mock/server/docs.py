"""``/docs``, ``/openapi.json`` and ``/openapi.yaml``: the endpoint's bundled OpenAPI document, and Swagger UI.

All files come from installed packages, so the page works offline (`docs-page-offline`). They are read on the first
request, so that they cost nothing at start.
"""

import copy
import json
from functools import cache
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from vambe_mock.admin.swagger import assets, swagger_page
from vambe_mock.contract import instants, packaged
from vambe_mock.contract.dialect import USUAL, Dialect

PREFILLED: Final = {"days", "limit"}
"""The query parameters whose examples the page fills in: together they find a few contacts."""

METHODS: Final = ["GET", "HEAD"]

Document = dict[str, Any]


def router(api_key: str, dialect: Dialect = USUAL) -> APIRouter:
    """The routes ``/docs``, ``/openapi.json`` and ``/openapi.yaml``; *api_key* is filled in on the page."""
    seconds = dialect.seconds_required
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/openapi.json", methods=METHODS)
    async def as_json(request: Request) -> JSONResponse:
        return JSONResponse(served_document(_base_url(request), seconds_required=seconds))

    @routes.api_route("/openapi.yaml", methods=METHODS)
    async def as_yaml(request: Request) -> Response:
        return Response(served_text(_base_url(request), seconds_required=seconds), media_type="application/yaml")

    @routes.api_route("/docs", methods=METHODS)
    async def page(request: Request) -> HTMLResponse:
        return _page(request.scope.get("root_path", "") + "/docs")

    @routes.api_route("/docs/openapi.json", methods=METHODS)
    async def for_the_page(request: Request) -> JSONResponse:
        return JSONResponse(fill_in(served_document(_base_url(request), seconds_required=seconds), api_key))

    for name, answer in assets().items():
        routes.add_api_route(f"/docs/{name}", answer, methods=METHODS)
    return routes


def served_document(base_url: str, *, seconds_required: bool = False) -> Document:
    """Return the bundled document with this server before the vendor's (`served-document`)."""
    document = _document(seconds_required=seconds_required)
    return {**document, "servers": [_this_server(base_url), *document["servers"]]}


def served_text(base_url: str, *, seconds_required: bool = False) -> str:
    """Return the bundled document as written, with its comments, and this server before the vendor's."""
    own = "".join(f"    {key}: {json.dumps(value)}\n" for key, value in _this_server(base_url).items())
    return _text(seconds_required=seconds_required).replace("\nservers:\n", f"\nservers:\n  -{own[3:]}", 1)


def fill_in(document: Document, api_key: str) -> Document:
    """Return a copy with examples that work together; Swagger UI fills its form with them.

    The vendor gives nearly every parameter an example, and a request with all of them finds hardly any contact. So
    only the key, ``days`` and ``limit`` keep theirs; the others' examples move into the descriptions
    (`docs-page-filled-in`).
    """
    filled = copy.deepcopy(document)
    for operation in (methods["get"] for methods in filled["paths"].values()):
        for parameter in operation["parameters"]:
            if parameter["name"] == "x-api-key":
                parameter["schema"]["example"] = api_key
            elif parameter["name"] not in PREFILLED and "example" in parameter["schema"]:
                parameter["description"] += f" Example: `{parameter['schema'].pop('example')}`"
    return filled


@cache
def _text(*, seconds_required: bool) -> str:
    """The document; with *seconds_required*, with the pattern that zod 4.5.0 and later publish (`timestamp-syntax`)."""
    text = packaged.path("openapi.yaml").read_text(encoding="utf-8")
    return text.replace(instants.PATTERN, instants.PATTERN_WITH_SECONDS) if seconds_required else text


@cache
def _document(*, seconds_required: bool) -> Document:
    import yaml  # slow to import, and most servers are never asked for the document

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: Document = yaml.load(_text(seconds_required=seconds_required), Loader=loader)  # noqa: S506  # both are safe loaders
    return document


def _this_server(base_url: str) -> dict[str, str]:
    return {"url": base_url, "description": "This mock."}


def _base_url(request: Request) -> str:
    """The server's URL as the client knows it, from the ``Host`` of the request."""
    return str(request.base_url).rstrip("/")


def _page(prefix: str) -> HTMLResponse:
    return swagger_page("GET /api/public/contacts · vambe-mock", f"{prefix}/openapi.json", prefix)
