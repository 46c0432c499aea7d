"""Triggers as Python code makes them: ``mock.after_request(2).change(place=10, name="Ana")``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from vambe_mock.testing.amounts import amount
from vambe_mock.testing.faults import rule_of

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from vambe_mock.testing.client import AdminClient
    from vambe_mock.testing.faults import AddsFault

    Id = str | UUID


class Trigger:
    """Changes at a request. Each method adds one; all of them are made as one, in their order.

    A contact is given by id, by its ``place`` in the answer, or by its place in the ``earlier`` answers, from 1 on.
    """

    def __init__(self, admin: AdminClient, rule: dict[str, Any]) -> None:
        """Nothing is asked for before the first change."""
        self._admin = admin
        self._rule = rule
        self._changes: list[dict[str, Any]] = []
        self.id: int | None = None

    def __repr__(self) -> str:
        """Its number, and what it does."""
        name = "Trigger, not set" if self.id is None else f"Trigger {self.id}"
        done = ", ".join(change["do"] for change in self._changes)
        return f"<{name}: {done}>" if done else f"<{name}>"

    def add(self, **fields: Any) -> Self:
        """Add a contact."""
        return self._also({"do": "add", "contact": fields})

    def change(
        self,
        contact_id: Id | None = None,
        *,
        place: int | None = None,
        earlier: int | None = None,
        **fields: Any,
    ) -> Self:
        """Change fields of a contact; ``updated_at`` becomes now unless given."""
        return self._also({"do": "change", "contact": _who(contact_id, place, earlier), "fields": fields})

    def delete(self, contact_id: Id | None = None, *, place: int | None = None, earlier: int | None = None) -> Self:
        """Delete a contact."""
        return self._also({"do": "delete", "contact": _who(contact_id, place, earlier)})

    def message(
        self,
        contact_id: Id | None = None,
        direction: Literal["inbound", "outbound"] = "inbound",
        *,
        place: int | None = None,
        earlier: int | None = None,
        **fields: Any,
    ) -> Self:
        """Record a message."""
        who = _who(contact_id, place, earlier)
        return self._also({"do": "message", "contact": who, "direction": direction, **fields})

    def ticket(
        self,
        move: Literal["open", "move", "close"],
        contact_id: Id | None = None,
        *,
        place: int | None = None,
        earlier: int | None = None,
        stage_id: Id | None = None,
    ) -> Self:
        """Open, move or close a contact's ticket."""
        who = _who(contact_id, place, earlier)
        return self._also({"do": "ticket", "contact": who, "move": move, "stage_id": stage_id})

    def clock(  # noqa: PLR0913 - one argument a unit
        self,
        by: timedelta | None = None,
        *,
        at: str | datetime | None = None,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
    ) -> Self:
        """Set the clock (``at``), and move it by a timedelta or by the sum of the given units."""
        units = amount(by, days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)
        return self._also({"do": "clock", **({} if at is None else {"at": at}), **units})

    @property
    def fault(self) -> AddsFault[Self]:
        """Add a fault, as ``faults.add`` does: ``fault("delay", seconds=0.5)``."""
        return self._fault

    def _fault(self, kind: str, **told: Any) -> Self:
        return self._also({"do": "fault", "fault": rule_of(kind, **told)})

    @property
    def state(self) -> dict[str, Any]:
        """The trigger as the mock has it: ``matched``, ``fired``, ``problem``."""
        told: dict[str, Any] = self._admin("GET", f"/triggers/{self.id}")
        return told

    def remove(self) -> None:
        """Remove it."""
        self._admin("DELETE", f"/triggers/{self.id}")
        self.id = None

    def _also(self, change: dict[str, Any]) -> Self:
        made = self._admin("POST", "/triggers", {**self._rule, "changes": [*self._changes, change]})
        if self.id is not None:
            self.remove()
        self.id = made["id"]
        self._changes.append(change)
        return self


def _who(contact_id: Id | None, place: int | None, earlier: int | None) -> Any:
    given = [one for one in (contact_id, place, earlier) if one is not None]
    if len(given) != 1:
        raise TypeError("wanted one of: an id, place=, earlier=, for example place=10")
    if contact_id is not None:
        return contact_id
    return {"place": place} if place is not None else {"earlier": earlier}
