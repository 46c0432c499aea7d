"""``/__admin/snapshots``: the data and the clock under a name, to come back to."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from vambe_mock.admin.dependencies import Asking, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.contract import instants
from vambe_mock.contract.contact import Instant
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.organisation import Snapshot as Moment

routes = APIRouter(prefix="/snapshots", tags=["snapshots"])

MOST: Final = 100

Name = Annotated[str, Path(min_length=1, max_length=100)]


class Snapshot(Model):
    """A snapshot: how many contacts it has, and what its clock shows."""

    name: str
    contacts: int
    now: Instant


@routes.get("")
async def list_snapshots(organisation: Asking) -> list[Snapshot]:
    """All snapshots."""
    return [_snapshot(name, moment) for name, moment in organisation.snapshots.items()]


@routes.put("/{name:path}")
async def take_snapshot(organisation: Asking, name: Name) -> Snapshot:
    """Keep the data and the clock as they are now."""
    if name not in organisation.snapshots and len(organisation.snapshots) >= MOST:
        raise Refused(409, f"there are {MOST} snapshots already; delete one")
    organisation.snapshots[name] = organisation.snapshot()
    return _snapshot(name, organisation.snapshots[name])


@routes.post("/{name:path}/restore")
async def restore_snapshot(organisation: Asking, name: Name) -> Snapshot:
    """Have the data and the clock of the snapshot again."""
    organisation.restore(_moment(organisation, name))
    return _snapshot(name, organisation.snapshots[name])


@routes.delete("/{name:path}")
async def delete_snapshot(organisation: Asking, name: Name) -> Snapshot:
    """Forget the snapshot."""
    moment = _moment(organisation, name)
    del organisation.snapshots[name]
    return _snapshot(name, moment)


def _moment(organisation: Organisation, name: str) -> Moment:
    if name not in organisation.snapshots:
        raise Refused(404, f'no snapshot is called "{name}"')
    return organisation.snapshots[name]


def _snapshot(name: str, moment: Moment) -> Snapshot:
    return Snapshot(name=name, contacts=len(moment.state), now=instants.write(moment.clock.now()))
