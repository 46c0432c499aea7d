"""Is the server there, and does it have its data: ``/livez`` and ``/readyz``.

An application only exists once its data set is loaded, so whoever gets an answer from ``/readyz`` has a ready server.
"""

from collections.abc import Iterable

from fastapi import APIRouter

from vambe_mock.organisations.organisation import Organisation


def router(organisations: Iterable[Organisation]) -> APIRouter:
    """The routes ``/livez`` and ``/readyz`` of a server for *organisations*."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/livez", methods=["GET", "HEAD"], response_model=None)
    async def livez() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @routes.api_route("/readyz", methods=["GET", "HEAD"], response_model=None)
    async def readyz() -> dict[str, str | int]:
        """The data is loaded; how many contacts there are."""
        return {"status": "ready", "contacts": sum(len(one.store) for one in organisations)}

    return routes
