"""The dependencies that the routes share: the organisation that a request is about, and all of them."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from vambe_mock.admin.bodies import SIZE
from vambe_mock.admin.headers import single
from vambe_mock.admin.problems import ORGANISATIONS, Refused
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations

FEW: Final = 5
"""Up to this many values are written on the loop."""


class Model(BaseModel):
    """A body of the admin API: unknown fields are refused, and so is a value of another type of JSON."""

    model_config = ConfigDict(extra="forbid", strict=True)


async def _organisations(request: Request) -> Organisations:
    organisations: Organisations = request.scope[ORGANISATIONS]
    return organisations


async def _organisation(
    request: Request,
    x_api_key: Annotated[
        str | None, Header(description="The API key of an organisation. Default: the first organisation.")
    ] = None,
) -> Organisation:
    organisations = await _organisations(request)
    single(request.headers, "x-api-key")
    if x_api_key is None:
        return organisations.first
    found = organisations.keys.get(x_api_key.strip().encode("utf-8", "replace"))
    if found is None:
        raise Refused(404, "no organisation has the API key in x-api-key; POST /__admin/organisations creates one")
    return found


CurrentOrganisation = Annotated[Organisation, Depends(_organisation)]
"""The organisation that the request is about."""

AllOrganisations = Annotated[Organisations, Depends(_organisations)]
"""Every organisation of the server."""


async def _body_size(request: Request) -> int:
    size: int = request.scope[SIZE]
    return size


BodySize = Annotated[int, Depends(_body_size)]
"""How many bytes the request's body has."""


def as_json(value: Any, status: int = 200) -> Response:
    """Return *value* as a JSON response, without validating it again."""
    return answer_with(to_json(value), status)


async def listed_as_json(values: Sequence[Any]) -> Response:
    """Return *values* as a JSON list, written one by one in a thread: together they may take many milliseconds."""
    if len(values) <= FEW:
        return as_json(values)
    return answer_with(await run_in_thread(lambda: b"[" + b",".join(map(to_json, values)) + b"]"))


def answer_with(body: bytes, status: int = 200) -> Response:
    """Return *body*, which is JSON, as a response."""
    return Response(body, status, media_type="application/json")
