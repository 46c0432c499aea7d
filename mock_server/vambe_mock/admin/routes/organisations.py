"""``/__admin/organisations``: API keys, each with its own data, clock, faults and request record."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation, Model
from vambe_mock.admin.problems import KEY_PATTERN, Refused
from vambe_mock.admin.routes import snapshots
from vambe_mock.organisations.masking import hint
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import MOST_KEYS

routes = APIRouter(prefix="/organisations", tags=["organisations"], route_class=JsonRoute)

Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=KEY_PATTERN)]


class OrganisationDraft(Model):
    """A new organisation with the same initial data as the one named by x-api-key."""

    key: Annotated[Key | None, Field(description="Its API key; generated if left out.")] = None
    snapshot: Annotated[
        str | None, Field(description="Start with this snapshot of that organisation instead of its initial data.")
    ] = None


class OrganisationInfo(Model):
    """An organisation: its name, the beginnings of its API keys, and how many contacts, requests and faults it has."""

    name: str
    keys: list[str]
    contacts: int
    requests: int
    faults: int


class CreatedOrganisation(OrganisationInfo):
    """A new organisation with its full API key, which no other answer contains."""

    key: str


@routes.get("")
async def list_organisations(organisations: AllOrganisations) -> list[OrganisationInfo]:
    """List all organisations."""
    return [_info(keys, one) for one, keys in organisations.with_keys().items()]


@routes.post("", status_code=201, summary="Create Organisation")
async def make_organisation(
    organisation: CurrentOrganisation, organisations: AllOrganisations, body: OrganisationDraft
) -> CreatedOrganisation:
    """Create an organisation with the same initial data as the one named by x-api-key."""
    if body.key is not None and body.key.encode() in organisations.keys:
        raise Refused(409, "this API key is taken; choose another, or leave it out to get a generated one")
    if len(organisations.keys) >= MOST_KEYS:
        raise Refused(409, f"there are {MOST_KEYS} API keys, which is the limit; delete an organisation first")
    start = None if body.snapshot is None else snapshots.named(organisation, body.snapshot)
    key, created = organisations.add(body.key, organisation, start)
    return CreatedOrganisation(key=key, **_info([key], created).model_dump())


@routes.delete("/{name}", summary="Delete Organisation")
async def remove_organisation(organisations: AllOrganisations, name: str) -> OrganisationInfo:
    """Delete an organisation. Its API key becomes unknown."""
    found = organisations.named(name)
    if found is None:
        raise Refused(404, f'there is no organisation named "{name}"')
    if found is organisations.first:
        raise Refused(409, f'"{name}" is the first organisation, which cannot be deleted')
    removed = _info(organisations.keys_of(found), found)
    organisations.remove(found)
    return removed


def _info(keys: list[str], one: Organisation) -> OrganisationInfo:
    return OrganisationInfo(
        name=one.name,
        keys=[hint(key) for key in keys],
        contacts=len(one.store),
        requests=one.record.total,
        faults=len(one.faults),
    )
