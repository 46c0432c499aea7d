"""``/__admin/snapshots``: save an organisation's data and clock under a name, and restore them."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.contract import instants
from vambe_mock.contract.contact import Instant
from vambe_mock.organisations import organisation as kept
from vambe_mock.organisations.organisation import Organisation

routes = APIRouter(prefix="/snapshots", tags=["snapshots"], route_class=JsonRoute)

MOST: Final = 100

Name = Annotated[str, Path(min_length=1, max_length=100)]


class Snapshot(Model):
    """A snapshot: its name, how many contacts it has, and the time its clock shows."""

    name: str
    contacts: int
    now: Instant


@routes.get("")
async def list_snapshots(organisation: CurrentOrganisation) -> list[Snapshot]:
    """List all snapshots."""
    return [_told(name, snapshot) for name, snapshot in organisation.snapshots.items()]


@routes.put("/{name:path}")
async def take_snapshot(organisation: CurrentOrganisation, name: Name) -> Snapshot:
    """Save the data and the clock under this name, replacing any snapshot of that name."""
    if name not in organisation.snapshots and len(organisation.snapshots) >= MOST:
        raise Refused(409, f"there are {MOST} snapshots, which is the limit; delete one first")
    organisation.snapshots[name] = organisation.snapshot()
    return _told(name, organisation.snapshots[name])


@routes.post("/{name:path}/restore")
async def restore_snapshot(organisation: CurrentOrganisation, name: Name) -> Snapshot:
    """Restore the data and the clock of a snapshot."""
    organisation.restore(named(organisation, name))
    return _told(name, organisation.snapshots[name])


@routes.delete("/{name:path}")
async def delete_snapshot(organisation: CurrentOrganisation, name: Name) -> Snapshot:
    """Delete a snapshot."""
    snapshot = named(organisation, name)
    del organisation.snapshots[name]
    return _told(name, snapshot)


def named(organisation: Organisation, name: str) -> kept.Snapshot:
    """The snapshot of *organisation* with that name. Raises Refused."""
    if name not in organisation.snapshots:
        raise Refused(404, f'there is no snapshot named "{name}"')
    return organisation.snapshots[name]


def _told(name: str, snapshot: kept.Snapshot) -> Snapshot:
    return Snapshot(name=name, contacts=len(snapshot.state), now=instants.write(snapshot.clock.now()))
