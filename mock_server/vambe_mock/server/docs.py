"""The pages about the API: the bundled document as JSON and as YAML, and Swagger UI over it.

All of it comes from installed packages, so the page works without a network (`docs-page-offline`). Nothing is
read before somebody asks, so that a start of the server does not pay for it.
"""

import copy
import json
from functools import cache
from importlib import resources
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse

from vambe_mock.contract import packaged

ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
"""The files of Swagger UI that the page asks for, as ``fastapi_swagger`` ships them."""

PREFILLED: Final = {"days", "limit"}
"""The query parameters whose examples the page fills in: they find contacts, and few enough to show."""

SWAGGER_UI: Final = {
    "defaultModelsExpandDepth": -1,
    "displayRequestDuration": True,
    "validatorUrl": None,
}
"""Settings of Swagger UI; without ``validatorUrl`` the page might ask a host of its makers."""

METHODS: Final = ["GET", "HEAD"]

Document = dict[str, Any]


def router(api_key: str) -> APIRouter:
    """The routes ``/docs``, ``/openapi.json`` and ``/openapi.yaml``; *api_key* is filled in on the page."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/openapi.json", methods=METHODS)
    async def as_json(request: Request) -> JSONResponse:
        return JSONResponse(served_document(_base_url(request)))

    @routes.api_route("/openapi.yaml", methods=METHODS)
    async def as_yaml(request: Request) -> Response:
        return Response(served_text(_base_url(request)), media_type="application/yaml")

    @routes.api_route("/docs", methods=METHODS)
    async def page(request: Request) -> HTMLResponse:
        return _page(request.scope.get("root_path", "") + "/docs")

    @routes.api_route("/docs/openapi.json", methods=METHODS)
    async def for_the_page(request: Request) -> JSONResponse:
        return JSONResponse(fill_in(served_document(_base_url(request)), api_key))

    for name, answer in assets().items():
        routes.add_api_route(f"/docs/{name}", answer, methods=METHODS)
    return routes


def served_document(base_url: str) -> Document:
    """The bundled document with this server before the vendor's (`served-document`)."""
    document = _document()
    return {**document, "servers": [_this_server(base_url), *document["servers"]]}


def served_text(base_url: str) -> str:
    """The bundled document as it is written, comments and all, with this server before the vendor's."""
    own = "".join(f"    {key}: {json.dumps(value)}\n" for key, value in _this_server(base_url).items())
    return _text().replace("\nservers:\n", f"\nservers:\n  -{own[3:]}", 1)


def fill_in(document: Document, api_key: str) -> Document:
    """A copy whose examples, which Swagger UI types into its form, make a question that has an answer.

    The vendor gives nearly every parameter an example, and all of them at once find next to nobody. So the
    key, ``days`` and ``limit`` are filled in, and the others' examples move into the descriptions
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
def _text() -> str:
    return packaged.path("openapi.yaml").read_text(encoding="utf-8")


@cache
def _document() -> Document:
    import yaml  # noqa: PLC0415  # only here, so that a server that nobody asks for the document starts without it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: Document = yaml.load(_text(), Loader=loader)  # noqa: S506  # both are safe loaders
    return document


def _this_server(base_url: str) -> dict[str, str]:
    return {"url": base_url, "description": "This mock."}


def _base_url(request: Request) -> str:
    """This server as the client calls it, from the request's ``Host``."""
    return str(request.base_url).rstrip("/")


def _page(prefix: str) -> HTMLResponse:
    return swagger_page("GET /api/public/contacts · vambe-mock", f"{prefix}/openapi.json", prefix)


def swagger_page(title: str, document_url: str, assets_url: str, expanded: str = "full") -> HTMLResponse:
    """Swagger UI over the document at *document_url*, with its files below *assets_url*.

    *expanded* is ``full`` for a document of one operation, ``list`` for one of many, which would take seconds to show.
    """
    return get_swagger_ui_html(
        openapi_url=document_url,
        title=title,
        swagger_js_url=f"{assets_url}/swagger-ui-bundle.js",
        swagger_css_url=f"{assets_url}/swagger-ui.css",
        swagger_favicon_url=f"{assets_url}/favicon-32x32.png",
        swagger_ui_parameters={**SWAGGER_UI, "docExpansion": expanded},
    )


def assets() -> dict[str, Any]:
    """What answers for each file of Swagger UI, by its name."""
    return {name: _asset(name, media_type) for name, media_type in ASSETS.items()}


def _asset(name: str, media_type: str) -> Any:
    async def answer() -> Response:
        content = resources.files("fastapi_swagger.resources").joinpath(name).read_bytes()
        return Response(content, media_type=media_type)

    return answer
