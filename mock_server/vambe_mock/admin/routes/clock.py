"""``/__admin/clock``: read, freeze, set, advance and resume an organisation's clock."""

import time
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import Field

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.contract import instants
from vambe_mock.contract.contact import Instant
from vambe_mock.organisations.organisation import Organisation

routes = APIRouter(prefix="/clock", tags=["clock"], route_class=JsonRoute)

_TOLERATED: Final = 1_000
"""By how many milliseconds the clock is ahead of real time without a warning."""

_AHEAD: Final = (
    "the clock is ahead of real time: a client that asks only up to its own time (airbyte-cdk, for one) takes what is "
    "newer for the future, may ask nothing more, and report success"
)

Amount = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]


class ClockState(Model):
    """The time that the clock shows, and whether it is frozen."""

    now: Instant
    frozen: bool


class MovedClock(ClockState):
    """The time that the clock shows after it was moved, and a warning where that is ahead of real time."""

    warning: str | None = None


class FreezeClock(Model):
    """When to freeze the clock; default: the time it shows."""

    at: Instant | None = None


class SetClock(Model):
    """The time to set the clock to."""

    at: Instant


class AdvanceClock(Model):
    """How far to move the clock: the sum of all fields; negative moves it back."""

    days: Amount = 0
    hours: Amount = 0
    minutes: Amount = 0
    seconds: Amount = 0
    milliseconds: Amount = 0

    def total(self) -> int:
        """Return the sum in milliseconds."""
        seconds = self.seconds + 60 * (self.minutes + 60 * (self.hours + 24 * self.days))
        return round(1_000 * seconds + self.milliseconds)


@routes.get("")
async def read_clock(organisation: CurrentOrganisation) -> ClockState:
    """Read the organisation's clock."""
    return _state(organisation)


@routes.post("/freeze")
async def freeze_clock(organisation: CurrentOrganisation, body: FreezeClock) -> ClockState:
    """Freeze the clock, now or at the given instant."""
    if body.at is not None:
        _set(organisation, instants.parse(body.at))
    organisation.clock.freeze()
    if body.at is not None:
        _set(organisation, instants.parse(body.at))
    return _state(organisation)


@routes.post("/set", response_model_exclude_none=True)
async def set_clock(organisation: CurrentOrganisation, body: SetClock) -> MovedClock:
    """Set the clock. It stays frozen or keeps running, as before."""
    _set(organisation, instants.parse(body.at))
    return _moved(organisation)


@routes.post("/advance", response_model_exclude_none=True)
async def advance_clock(organisation: CurrentOrganisation, body: AdvanceClock) -> MovedClock:
    """Move the clock forward or back. It stays frozen or keeps running, as before."""
    _set(organisation, organisation.clock.now() + body.total())
    return _moved(organisation)


@routes.post("/run", summary="Resume Clock")
async def run_clock(organisation: CurrentOrganisation) -> ClockState:
    """Resume the clock from the time it shows."""
    organisation.clock.run()
    return _state(organisation)


def _set(organisation: Organisation, instant: int) -> None:
    try:
        organisation.clock.set(instant)
    except ValueError as error:
        raise Refused(422, f"the clock would show {error}") from error


def _moved(organisation: Organisation) -> MovedClock:
    state = _state(organisation)
    ahead = organisation.clock.now() - time.time_ns() // 1_000_000 > _TOLERATED
    return MovedClock(now=state.now, frozen=state.frozen, warning=_AHEAD if ahead else None)


def _state(organisation: Organisation) -> ClockState:
    clock = organisation.clock
    return ClockState(now=instants.write(clock.now()), frozen=clock.frozen_at is not None)
