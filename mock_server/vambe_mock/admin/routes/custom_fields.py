"""``/__admin/custom-fields``: the definitions of custom fields. Their values belong to the contacts."""

from typing import Annotated

from fastapi import APIRouter, Path

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation
from vambe_mock.admin.problems import Refused
from vambe_mock.contract.custom_fields import CustomField
from vambe_mock.organisations import changes

routes = APIRouter(prefix="/custom-fields", tags=["custom fields"], route_class=JsonRoute)

Key = Annotated[str, Path(min_length=1)]


@routes.get("")
async def list_custom_fields(organisation: CurrentOrganisation) -> list[CustomField]:
    """List all definitions."""
    return organisation.header.custom_fields


@routes.put("")
async def replace_custom_fields(organisation: CurrentOrganisation, body: list[CustomField]) -> list[CustomField]:
    """Replace all definitions. Refused (409) if a contact has a value that does not fit them."""
    changes.define(organisation, body)
    return organisation.header.custom_fields


@routes.get("/{key:path}")
async def read_custom_field(organisation: CurrentOrganisation, key: Key) -> list[CustomField]:
    """Read the definitions of a key: one for both entities, or one for each."""
    found = [field for field in organisation.header.custom_fields if field.key == key]
    if not found:
        raise Refused(404, f'there is no custom field with the key "{key}"')
    return found


@routes.put("/{key:path}")
async def define_custom_field(
    organisation: CurrentOrganisation, key: Key, body: list[CustomField]
) -> list[CustomField]:
    """Replace the definitions of a key; an empty list removes them."""
    wrong = next((field.key for field in body if field.key != key), None)
    if wrong is not None:
        raise Refused(422, f'a definition has the key "{wrong}"; wanted "{key}", as in the path')
    others = [field for field in organisation.header.custom_fields if field.key != key]
    changes.define(organisation, [*others, *body])
    return body
