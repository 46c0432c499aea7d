"""``/__admin/settings``: unusual behaviour of an organisation, to test clients against."""

from dataclasses import replace

from fastapi import APIRouter

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model
from vambe_mock.organisations.drift import Drift
from vambe_mock.organisations.lab import Lab
from vambe_mock.organisations.organisation import Organisation

routes = APIRouter(prefix="/settings", tags=["settings"], route_class=JsonRoute)


class OrganisationSettings(Model):
    """Whether timestamps are finer than the printed millisecond, and how contacts drift (null: not at all)."""

    finer_instants: bool = False
    drift: Drift | None = None


@routes.get("")
async def read_settings(organisation: CurrentOrganisation) -> OrganisationSettings:
    """Read the organisation's settings."""
    return _settings(organisation)


@routes.put("")
async def replace_settings(organisation: CurrentOrganisation, body: OrganisationSettings) -> OrganisationSettings:
    """Replace the organisation's settings; omitted ones are turned off."""
    organisation.speak(replace(organisation.dialect, finer_instants=body.finer_instants))
    if body.drift is not None:
        organisation.lab = organisation.lab or Lab()
    if organisation.lab is not None:
        organisation.lab.drift = body.drift
        organisation.lab = None if organisation.lab.idle else organisation.lab
    return _settings(organisation)


def _settings(organisation: Organisation) -> OrganisationSettings:
    drift = organisation.lab.drift if organisation.lab else None
    return OrganisationSettings(finer_instants=organisation.dialect.finer_instants, drift=drift)
