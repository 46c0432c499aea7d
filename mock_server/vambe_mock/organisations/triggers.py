"""Triggers: changes that are made at a request, after it was answered or just before it is read.

They make happen between two pages what otherwise happens only to somebody else, at night. All changes of a trigger are
made as one, or none of them, and before anything else is answered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.organisations import changes
from vambe_mock.organisations.changes import ChangeError, Direction
from vambe_mock.organisations.lab import Listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vambe_mock.organisations.faults import FaultRule
    from vambe_mock.organisations.lab import Trigger
    from vambe_mock.organisations.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Who:
    """A contact: the one with this ``id``, or at this ``place`` of the answer, or of the ``earlier`` ones.

    Places count from 1, or from the end as -1, -2 and so on.
    """

    id: str | None = None
    place: int | None = None
    earlier: int | None = None

    def found(self, listed: Listed) -> str:
        """Its id. Raises ChangeError for a place that the answers do not have."""
        if self.id is not None:
            return self.id
        if self.place is None:
            assert self.earlier is not None  # noqa: S101 - one of the three is given
            found, before = listed.earlier(self.earlier), listed.before
            if found is None:
                raise ChangeError(
                    f"the answers before it listed {plural(before, 'contact')}, so there is no place {self.earlier}"
                )
            return found
        index, ids = self.place - 1 if self.place > 0 else self.place, listed.last
        if not -len(ids) <= index < len(ids):
            raise ChangeError(f"the answer listed {plural(len(ids), 'contact')}, so there is no place {self.place}")
        return ids[index]


class Action(ABC):
    """One change of a trigger."""

    @abstractmethod
    def do(self, organisation: Organisation, listed: Listed) -> None:
        """Do it. Raises ChangeError or DatasetError."""


@dataclass(frozen=True, slots=True)
class _OfContact(Action):
    """A change of the contact ``who``."""

    who: Who


@dataclass(frozen=True, slots=True)
class Add(Action):
    """Add a contact."""

    fields: dict[str, Any]

    def do(self, organisation: Organisation, listed: Listed) -> None:  # noqa: ARG002 - as every action
        """Do it."""
        changes.create(organisation, [self.fields])


@dataclass(frozen=True, slots=True)
class Change(_OfContact):
    """Change fields of a contact."""

    fields: dict[str, Any]

    def do(self, organisation: Organisation, listed: Listed) -> None:
        """Do it."""
        changes.change(organisation, [(self.who.found(listed), self.fields)])


@dataclass(frozen=True, slots=True)
class Delete(_OfContact):
    """Delete a contact."""

    def do(self, organisation: Organisation, listed: Listed) -> None:
        """Do it."""
        changes.delete(organisation, [self.who.found(listed)])


@dataclass(frozen=True, slots=True)
class Message(_OfContact):
    """Record a message."""

    direction: Direction
    fields: dict[str, Any]

    def do(self, organisation: Organisation, listed: Listed) -> None:
        """Do it."""
        changes.message(organisation, self.who.found(listed), self.direction, self.fields)


@dataclass(frozen=True, slots=True)
class Ticket(_OfContact):
    """Open, move or close a contact's ticket."""

    move: Literal["open", "move", "close"]
    stage: str | None

    def do(self, organisation: Organisation, listed: Listed) -> None:
        """Do it."""
        identity = self.who.found(listed)
        if self.move == "open":
            changes.open_ticket(organisation, identity, self.stage, None)
        elif self.move == "move":
            changes.move_ticket(organisation, identity, self.stage)
        else:
            changes.close_ticket(organisation, identity)


@dataclass(frozen=True, slots=True)
class MoveClock(Action):
    """Set the clock to an instant, or move it by milliseconds."""

    to: str | None
    by: int

    def do(self, organisation: Organisation, listed: Listed) -> None:  # noqa: ARG002 - as every action
        """Do it."""
        try:
            organisation.clock.set(
                organisation.clock.now() + self.by if self.to is None else instants.parse(self.to) + self.by
            )
        except ValueError as error:
            raise ChangeError(f"the clock would show {error}") from error


@dataclass(frozen=True, slots=True)
class AddFault(Action):
    """Add a fault."""

    rule: FaultRule

    def do(self, organisation: Organisation, listed: Listed) -> None:  # noqa: ARG002 - as every action
        """Do it."""
        changes.add_fault(organisation, self.rule)


def listed_for(actions: Iterable[Action]) -> Listed:
    """What is to be kept of answers for *actions*."""
    places = [one.who.earlier for one in actions if isinstance(one, _OfContact) and one.who.earlier is not None]
    return Listed(beginning=max([0, *places]), ending=-min([0, *places]))


def fire(trigger: Trigger, organisation: Organisation, request: int) -> None:
    """Make the changes of *trigger* at the request of that number: all as one, or none of them."""
    trigger.fired, trigger.at = request, organisation.clock.now()
    before = organisation.snapshot() if len(trigger.actions) > 1 else None
    faults = (list(organisation.faults), organisation.faults_made)
    try:
        for action in trigger.actions:
            action.do(organisation, trigger.listed)
    except (ChangeError, DatasetError) as error:
        trigger.problem = str(error)
        if before is not None:
            organisation.restore(before)
        organisation.faults[:], organisation.faults_made = faults
