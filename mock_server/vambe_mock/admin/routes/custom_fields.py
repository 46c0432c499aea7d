"""``/__admin/custom-fields``: the definitions of custom fields. Their values belong to the contacts."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from pydantic import Field, SkipValidation

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import BodySize, CurrentOrganisation, as_json
from vambe_mock.admin.problems import Refused
from vambe_mock.contract.custom_fields import CustomField
from vambe_mock.organisations import beside, changes

routes = APIRouter(prefix="/custom-fields", tags=["custom fields"], route_class=JsonRoute)

MOST: Final = 200
"""The most definitions: each is a column with a place for every contact."""

Definitions = Annotated[list[CustomField], Field(fail_fast=True, max_length=MOST), SkipValidation()]
Key = Annotated[str, Path(min_length=1)]


@routes.get("", response_model=list[CustomField])
async def list_custom_fields(organisation: CurrentOrganisation) -> Response:
    """List all definitions."""
    return as_json(organisation.header.custom_fields)


@routes.put("", response_model=list[CustomField])
async def replace_custom_fields(organisation: CurrentOrganisation, body: Definitions, size: BodySize) -> Response:
    """Replace all definitions. Refused (409) if a contact has a value that does not fit them."""
    await beside.change(organisation, lambda one: changes.define(one, body), count=len(body), size=size)
    return as_json(organisation.header.custom_fields)


@routes.get("/{key:path}")
async def read_custom_field(organisation: CurrentOrganisation, key: Key) -> list[CustomField]:
    """Read the definitions of a key: one for both entities, or one for each."""
    found = [field for field in organisation.header.custom_fields if field.key == key]
    if not found:
        raise Refused(404, f'there is no custom field with the key "{key}"')
    return found


@routes.put("/{key:path}")
async def define_custom_field(
    organisation: CurrentOrganisation, key: Key, body: Definitions, size: BodySize
) -> list[CustomField]:
    """Replace the definitions of a key; an empty list removes them."""
    wrong = next((field.key for field in body if field.key != key), None)
    if wrong is not None:
        raise Refused(422, f'a definition has the key "{wrong}"; wanted "{key}", as in the path')
    others = [field for field in organisation.header.custom_fields if field.key != key]
    if len(others) + len(body) > MOST:
        raise Refused(409, f"there would be more than {MOST} definitions, which is the limit; delete some first")
    await beside.change(organisation, lambda one: changes.define(one, [*others, *body]), count=len(body), size=size)
    return body
