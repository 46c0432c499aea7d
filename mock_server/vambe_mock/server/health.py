"""Health checks: ``/livez`` and ``/readyz``.

An application only exists once its data set is loaded, so any answer of ``/readyz`` means that the server is ready.
"""

from collections.abc import Iterable

from fastapi import APIRouter

from vambe_mock.organisations.organisation import Organisation


def router(organisations: Iterable[Organisation]) -> APIRouter:
    """Return the routes ``/livez`` and ``/readyz`` of a server of *organisations*."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/livez", methods=["GET", "HEAD"], response_model=None)
    async def livez() -> dict[str, str]:
        """The process is alive."""
        return {"status": "live"}

    @routes.api_route("/readyz", methods=["GET", "HEAD"], response_model=None)
    async def readyz() -> dict[str, str | int]:
        """The data is loaded; ``contacts`` is how many there are in all organisations."""
        return {"status": "ready", "contacts": sum(len(one.store) for one in organisations)}

    return routes
