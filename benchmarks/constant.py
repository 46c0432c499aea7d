"""(a) A Starlette route that returns a constant, or some in turn: the least that answers of this size cost."""

import itertools
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def constant() -> Starlette:
    """An application that answers the endpoint's path with the files of the folder ``BENCHMARK_PAGES`` in turn."""
    pages = itertools.cycle([file.read_bytes() for file in sorted(Path(os.environ["BENCHMARK_PAGES"]).iterdir())])

    async def contacts(_request: Request) -> Response:
        return Response(next(pages), media_type="application/json; charset=utf-8")

    return Starlette(routes=[Route("/api/public/contacts", contacts)])
