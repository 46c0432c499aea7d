"""Where the admin API is, for the server that mounts it and the clients that call it."""

from collections.abc import Mapping
from typing import Any, Final

PREFIX: Final = "/__admin"
DOCS: Final = f"{PREFIX}/docs"
DOCUMENT: Final = f"{PREFIX}/openapi.json"
MCP: Final = f"{PREFIX}/mcp"
"""The tools for coding agents."""

ROOT: Final = "vambe_mock.root"
"""In a scope: what a proxy has put before every path, for links. Not ``root_path``, which Starlette cuts from paths."""

FILES: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
"""The files that a page of Swagger UI loads, and their media types."""

HEAD: Final = "vambe_mock.head"
"""Set in the scope of a HEAD request, which routes see as GET: what never ends must end at once."""

CONSOLE_FILES: Final = {"console.js": "text/javascript", "console.css": "text/css"}
"""The files that the console loads, and their media types."""


def root_of(scope: Mapping[str, Any]) -> str:
    """The path of the server's top as a browser knows it, without a slash at the end: empty without a proxy."""
    root: str = scope.get(ROOT, "")
    return root
