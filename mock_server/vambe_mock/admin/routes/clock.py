"""``/__admin/clock``: read it, freeze it, set it, advance it, let it run again."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.contract import instants
from vambe_mock.contract.contact import Instant
from vambe_mock.organisations.organisation import Organisation

routes = APIRouter(prefix="/clock", tags=["clock"], route_class=JsonRoute)

Amount = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]


class Reading(Model):
    """What the clock shows, and whether it stands."""

    now: Instant
    frozen: bool


class At(Model):
    """An instant; left out, the one that the clock shows."""

    at: Instant | None = None


class Exactly(Model):
    """An instant."""

    at: Instant


class By(Model):
    """How far, all of it added up; negative is back."""

    days: Amount = 0
    hours: Amount = 0
    minutes: Amount = 0
    seconds: Amount = 0
    milliseconds: Amount = 0

    def total(self) -> int:
        """Milliseconds."""
        seconds = self.seconds + 60 * (self.minutes + 60 * (self.hours + 24 * self.days))
        return round(1_000 * seconds + self.milliseconds)


@routes.get("")
async def read_clock(organisation: CurrentOrganisation) -> Reading:
    """What the organisation's clock shows."""
    return _reading(organisation)


@routes.post("/freeze")
async def freeze_clock(organisation: CurrentOrganisation, body: At) -> Reading:
    """Let it stand, here or at an instant."""
    if body.at is not None:
        _set(organisation, instants.parse(body.at))
    organisation.clock.freeze()
    if body.at is not None:
        _set(organisation, instants.parse(body.at))
    return _reading(organisation)


@routes.post("/set")
async def set_clock(organisation: CurrentOrganisation, body: Exactly) -> Reading:
    """Make an instant now; the clock stands or runs as before."""
    _set(organisation, instants.parse(body.at))
    return _reading(organisation)


@routes.post("/advance")
async def advance_clock(organisation: CurrentOrganisation, body: By) -> Reading:
    """Move it; the clock stands or runs as before."""
    _set(organisation, organisation.clock.now() + body.total())
    return _reading(organisation)


@routes.post("/run")
async def run_clock(organisation: CurrentOrganisation) -> Reading:
    """Let it run again, from the instant that it shows."""
    organisation.clock.run()
    return _reading(organisation)


def _set(organisation: Organisation, instant: int) -> None:
    try:
        organisation.clock.set(instant)
    except ValueError as error:
        raise Refused(422, f"the clock would show {error}") from error


def _reading(organisation: Organisation) -> Reading:
    clock = organisation.clock
    return Reading(now=instants.write(clock.now()), frozen=clock.frozen_at is not None)
