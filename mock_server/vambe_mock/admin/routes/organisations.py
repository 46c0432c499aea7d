"""``/__admin/organisations``: who has a key. Each has its own data, clock, faults and record."""

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.organisations.organisation import Organisation

routes = APIRouter(prefix="/organisations", tags=["organisations"], route_class=JsonRoute)

MOST: Final = 1_000

Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~](?:[ -~]*[!-~])?$")]


class OrganisationDraft(Model):
    """A new organisation, with the start of the one in ``x-api-key``."""

    key: Annotated[Key | None, Field(description="The key that it will have; made up if left out.")] = None


class OrganisationTold(Model):
    """An organisation: its name, its keys cut short, how many contacts it has, how many requests there were."""

    name: str
    keys: list[str]
    contacts: int
    requests: int
    faults: int


class Made(OrganisationTold):
    """A new organisation and its key, which is told only here."""

    key: str


@routes.get("")
async def list_organisations(organisations: AllOrganisations) -> list[OrganisationTold]:
    """All organisations."""
    return [_told(organisations.keys_of(one), one) for one in organisations]


@routes.post("", status_code=201)
async def make_organisation(
    organisation: CurrentOrganisation, organisations: AllOrganisations, body: OrganisationDraft
) -> Made:
    """Make an organisation that begins as the one in ``x-api-key`` began."""
    if body.key is not None and body.key.encode() in organisations.keys:
        raise Refused(409, "an organisation has that key already")
    if len(organisations.keys) >= MOST:
        raise Refused(409, f"there are {MOST} keys already; delete an organisation")
    key, made = organisations.add(body.key, organisation)
    return Made(key=key, **_told([key], made).model_dump())


@routes.delete("/{name}")
async def remove_organisation(organisations: AllOrganisations, name: str) -> OrganisationTold:
    """Take an organisation away; its key is unknown after that."""
    found = organisations.named(name)
    if found is None:
        raise Refused(404, f'no organisation is called "{name}"')
    if found is organisations.first:
        raise Refused(409, f'"{name}" is the first organisation, which the server cannot be without')
    told = _told(organisations.keys_of(found), found)
    organisations.remove(found)
    return told


def _told(keys: list[str], one: Organisation) -> OrganisationTold:
    return OrganisationTold(
        name=one.name,
        keys=[f"{key[:2]}…" for key in keys],
        contacts=len(one.store),
        requests=one.record.total,
        faults=len(one.faults),
    )
