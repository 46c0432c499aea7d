"""``/__admin/clock``: read, freeze, set, advance and resume an organisation's clock."""

import time
from functools import partial
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Query, Response
from pydantic import Field
from pydantic_core import from_json

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model, as_json
from vambe_mock.admin.problems import Refused
from vambe_mock.contract import instants
from vambe_mock.contract.contact import Instant
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.organisations import beside, changes
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.store.columns import NO_INSTANT

routes = APIRouter(prefix="/clock", tags=["clock"], route_class=JsonRoute)

_TOLERATED: Final = 1_000
"""By how many milliseconds the clock may be ahead of real time without a warning."""

_AHEAD: Final = (
    "the clock is ahead of real time: a client that asks only up to its own time (airbyte-cdk, for one) takes what is "
    "newer for the future, may ask nothing more, and report success"
)

LONGEST_WINDOW: Final = 365
"""The most that ``days`` may be."""

MOST_LEAVING: Final = 10
"""How many of the contacts that drop out of a window next are named."""

Amount = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]


class ClockState(Model):
    """The time that the clock shows, and whether it is frozen."""

    now: Instant
    frozen: bool


class MovedClock(ClockState):
    """The time that the clock shows after the change, and a warning if it is ahead of real time."""

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


class Leaving(Model):
    """A contact that a window lists, and when the window will drop it unless it gets a message."""

    id: str
    name: str | None
    last_message_at: Instant
    leaves_at: Instant


class Windows(Model):
    """What each window lists now.

    ``listed`` has the number of contacts in ``days=1``, ``days=2``, ... ``days=365``; for ``later`` of them, the last
    message is later than now. For ``older`` contacts it is older than every window, and ``without`` contacts have none;
    no window lists these. ``leaving`` are the contacts that drop out of ``days=window`` next.
    """

    now: Instant
    frozen: bool
    listed: list[int]
    later: int
    older: int
    without: int
    window: int
    leaving: list[Leaving]


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


@routes.get("/windows", response_model=Windows)
async def read_windows(
    organisation: CurrentOrganisation,
    window: Annotated[
        int,
        Query(ge=1, le=LONGEST_WINDOW, description="The window, in days, whose next contacts to drop out are named."),
    ] = 30,
) -> Response:
    """Count the contacts that each ``days=N`` lists now, and name those that drop out of one of these windows next."""
    return as_json(await beside.look(organisation, partial(_windows, window), count=MOST_LEAVING))


def _windows(window: int, organisation: Organisation) -> dict[str, Any]:
    store, now = organisation.store, organisation.clock.now()
    rows = store.find(ContactsQuery(days=LONGEST_WINDOW), now, rows_alone=True).rows
    last = store.columns.last_message_at[rows]
    rows, last = rows[last != NO_INSTANT], last[last != NO_INSTANT]
    without = int(np.count_nonzero(store.columns.last_message_at[store.listed("created_at")] == NO_INSTANT))
    day = np.clip(-((last - now) // instants.DAY), 1, LONGEST_WINDOW)  # the first window that lists it
    inside = np.flatnonzero(day <= window)
    if len(inside) > MOST_LEAVING:
        inside = inside[np.argpartition(last[inside], MOST_LEAVING)[:MOST_LEAVING]]
    inside = inside[np.argsort(last[inside], kind="stable")]
    return {
        "now": instants.write(now),
        "frozen": organisation.clock.frozen_at is not None,
        "listed": np.cumsum(np.bincount(day, minlength=LONGEST_WINDOW + 1)[1:]).tolist(),
        "later": int(np.count_nonzero(last > now)),
        "older": len(store) - len(rows) - without,
        "without": without,
        "window": window,
        "leaving": [
            {
                "id": contact["id"],
                "name": contact["name"],
                "last_message_at": contact["last_message_at"],
                "leaves_at": instants.write(min(at + window * instants.DAY + 1, instants.LATEST)),
            }
            for at, contact in zip(
                last[inside].tolist(), map(from_json, changes.documents(organisation, rows[inside])), strict=True
            )
        ],
    }


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
