"""Is the server there, and does it have its data: ``/livez`` and ``/readyz``.

An application only exists once its data set is loaded, so whoever gets an answer from ``/readyz`` has a ready server.
"""

from fastapi import APIRouter, Request

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str | int]:
    """The data is loaded; how many contacts there are."""
    return {"status": "ready", "contacts": len(request.app.state.organisation.store)}
