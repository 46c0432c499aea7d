"""The sync lab of an organisation: triggers, what was delivered, and drift. Only the sync check and some tests need it.

An organisation that uses none of them has no lab, and a request only looks whether there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from vambe_mock.organisations.conditions import Conditions, Looker, Request

if TYPE_CHECKING:
    from vambe_mock.organisations.delivered import Delivered
    from vambe_mock.organisations.drift import Drift

When = Literal["after", "before"]


class TriggerMatch(Conditions):
    """Which requests count: of this path (a pattern; default: the contacts endpoint), with these parameters, this key.

    ``query`` maps a parameter's name to its value, or to null for any value.
    """


@dataclass(slots=True)
class Listed:
    """The ids that matching answers listed: in the ``last`` one, and in those before it, which list ``before``.

    Of those before, only what somebody asks for is kept: the ``beginning``, and the ``ending``.
    """

    beginning: int = 0
    ending: int = 0
    last: list[str] = field(default_factory=list)
    before: int = 0
    _beginning: list[str] = field(default_factory=list)
    _ending: list[str] = field(default_factory=list)

    def add(self, ids: list[str]) -> None:
        """There is a new last answer."""
        ended, self.last = self.last, ids
        self.before += len(ended)
        if (room := self.beginning - len(self._beginning)) > 0:
            self._beginning += ended[:room]
        if self.ending:
            self._ending = [*self._ending, *ended[-self.ending :]][-self.ending :]

    def earlier(self, place: int) -> str | None:
        """The id at *place*, from 1 on or from -1 back, in the answers before the last; None: they are too few."""
        if abs(place) > self.before:
            return None
        return self._beginning[place - 1] if place > 0 else self._ending[place]


@dataclass(slots=True)
class Trigger:
    """A trigger at work: it counts the requests that match, and makes its changes at the ``nth``.

    ``fired`` is the journal's number of the request that it fired at, ``at`` the organisation's time then. ``problem``
    says why nothing was changed. ``actions`` are those of ``triggers``; ``told`` is the trigger as it was asked for.
    """

    number: int
    match: TriggerMatch
    nth: int
    when: When
    actions: tuple[Any, ...]
    told: Any
    matched: int = 0
    fired: int | None = None
    at: int | None = None
    problem: str = ""
    listed: Listed = field(default_factory=Listed)
    looker: Looker = field(init=False)

    def __post_init__(self) -> None:
        """Translate the pattern now, and not at each request."""
        self.looker = Looker(self.match)

    def begins(self, request: Request) -> bool:
        """Count *request* if it matches; whether it does."""
        counts = self.looker.sees(request)
        self.matched += counts
        return counts


@dataclass(slots=True)
class Lab:
    """``triggers`` wait for their request, ``fired`` have had it; ``delivered`` and ``drift`` are None while off."""

    triggers: list[Trigger] = field(default_factory=list)
    fired: list[Trigger] = field(default_factory=list)
    made: int = 0
    delivered: Delivered | None = None
    drift: Drift | None = None

    @property
    def only_notes(self) -> bool:
        """Whether it does nothing with a request but note what was delivered."""
        return not (self.triggers or self.drift)

    @property
    def idle(self) -> bool:
        """Whether requests need not look at it."""
        return not self.triggers and self.delivered is None and self.drift is None
