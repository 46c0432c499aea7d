"""``/__admin/faults``: faults to inject into the endpoint's answers."""

from fastapi import APIRouter, Response

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation, Model, listed_as_json
from vambe_mock.admin.problems import Refused
from vambe_mock.organisations import changes
from vambe_mock.organisations.faults import Fault, FaultRule
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.real_time import monotonic

routes = APIRouter(prefix="/faults", tags=["faults"], route_class=JsonRoute)


class FaultState(Model):
    """A fault, how many requests it matched and was applied to, and whether it is over.

    Only the beginning of the key in ``match`` is shown.
    """

    id: int
    rule: FaultRule
    matched: int
    applied: int
    over: bool
    expires_in: float | None


class RemovedFaults(Model):
    """The number of removed faults."""

    removed: int


@routes.get("", response_model=list[FaultState])
async def list_faults(organisation: CurrentOrganisation) -> Response:
    """List all faults, including those that are over."""
    organisation.put_aside()
    told = [*organisation.spent[-changes.MOST_FAULTS :], *organisation.faults]
    return await listed_as_json([_told(fault) for fault in sorted(told, key=lambda fault: fault.number)])


@routes.post("", status_code=201)
async def add_fault(organisation: CurrentOrganisation, organisations: AllOrganisations, body: FaultRule) -> FaultState:
    """Add a fault. Delays add up; for every other kind, the first matching fault wins."""
    fault = changes.add_fault(organisation, body)
    if body.match.key is not None:
        organisations.remember(body.match.key)
    return _told(fault)


@routes.get("/{fault_id}")
async def read_fault(organisation: CurrentOrganisation, fault_id: int) -> FaultState:
    """Read a fault."""
    return _told(_fault(organisation, fault_id))


@routes.delete("/{fault_id}")
async def remove_fault(organisation: CurrentOrganisation, fault_id: int) -> FaultState:
    """Remove a fault."""
    fault = _fault(organisation, fault_id)
    (organisation.faults if fault in organisation.faults else organisation.spent).remove(fault)
    return _told(fault)


@routes.delete("")
async def remove_faults(organisation: CurrentOrganisation) -> RemovedFaults:
    """Remove all faults."""
    removed = len(organisation.faults) + len(organisation.spent)
    organisation.faults.clear()
    organisation.spent.clear()
    return RemovedFaults(removed=removed)


def _fault(organisation: Organisation, number: int) -> Fault:
    for fault in (*organisation.faults, *organisation.spent):
        if fault.number == number:
            return fault
    raise Refused(404, f"there is no fault {number}")


def _told(fault: Fault) -> FaultState:
    left = None if fault.rule.expires_in is None else max(0.0, fault.expires - monotonic())
    return FaultState(
        id=fault.number,
        rule=fault.rule.without_key(),
        matched=fault.matched,
        applied=fault.applied,
        over=fault.over,
        expires_in=left,
    )
