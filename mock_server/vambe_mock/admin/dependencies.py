"""Which organisation a request to the admin API is about, and what the routes share."""

from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from vambe_mock.admin.problems import Refused
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations


class Model(BaseModel):
    """A body of the admin API; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


async def _organisations(request: Request) -> Organisations:
    organisations: Organisations = request.app.state.organisations
    return organisations


async def _organisation(
    request: Request,
    x_api_key: Annotated[
        str | None, Header(description="Whose data: an organisation's key. Left out, the first.")
    ] = None,
) -> Organisation:
    organisations = await _organisations(request)
    if len(request.headers.getlist("x-api-key")) > 1:
        raise Refused(400, "the header x-api-key came more than once; wanted the key of one organisation")
    if x_api_key is None:
        return organisations.first
    found = organisations.keys.get(x_api_key.strip().encode("utf-8", "replace"))
    if found is None:
        raise Refused(404, "no organisation has the key in x-api-key; POST /__admin/organisations makes one")
    return found


CurrentOrganisation = Annotated[Organisation, Depends(_organisation)]
"""The organisation that the request is about."""

AllOrganisations = Annotated[Organisations, Depends(_organisations)]
"""Every organisation of the server."""


def as_json(value: Any, status: int = 200) -> Response:
    """*value* as JSON."""
    return Response(to_json(value), status, media_type="application/json")
