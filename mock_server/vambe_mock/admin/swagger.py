"""Swagger UI, for the admin API's docs page and the endpoint's; its files come from the package ``fastapi_swagger``."""

import json
from importlib import resources
from typing import Any, Final

from fastapi import Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

from vambe_mock.admin.paths import FILES

SETTINGS: Final = {
    "defaultModelsExpandDepth": -1,
    "displayRequestDuration": True,
    "validatorUrl": None,
}
"""Settings of Swagger UI; without ``validatorUrl`` the page might call a host of its makers."""


def swagger_page(
    title: str, document_url: str, assets_url: str, expanded: str = "full", *, more: str | None = None
) -> HTMLResponse:
    """Return Swagger UI for the document at *document_url*, with its files below *assets_url*.

    *expanded* is ``full`` for a document of one operation, ``list`` for one of many, which would take seconds to show.
    The document at *more* is shown below it, as a list.
    """
    page = get_swagger_ui_html(
        openapi_url=document_url,
        title=title,
        swagger_js_url=f"{assets_url}/swagger-ui-bundle.js",
        swagger_css_url=f"{assets_url}/swagger-ui.css",
        swagger_favicon_url=f"{assets_url}/favicon-32x32.png",
        swagger_ui_parameters={**SETTINGS, "docExpansion": expanded},
    )
    if more is None:
        return page
    settings = json.dumps({**SETTINGS, "docExpansion": "list", "url": more, "dom_id": "#more"})
    second = f'<div id="more"></div>\n<script>SwaggerUIBundle({settings});</script>\n'
    return HTMLResponse(bytes(page.body).decode().replace("</body>", f"{second}</body>", 1))


def assets() -> dict[str, Any]:
    """Return a route handler for each file of Swagger UI, by file name."""
    return {name: _asset(name, media_type) for name, media_type in FILES.items()}


def _asset(name: str, media_type: str) -> Any:
    async def answer() -> Response:
        content = resources.files("fastapi_swagger.resources").joinpath(name).read_bytes()
        return Response(content, media_type=media_type)

    return answer
