"""Scripts: what happens to the data, and between the client's polls and pages. Hazards and histories are both scripts.

A change is a change of the admin API's triggers, with contacts as numbers and instants as what they are relative to:
``{"do": "change", "contact": 11, "fields": {"name": "Ana", "updated_at": {"as": 10, "minus": 2000}}}`` gives contact 11
the ``updated_at`` of contact 10, less two seconds. ``{"ago": 500}`` is half a second ago, ``{"ahead": 500}`` to come.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class At:
    """Changes at the *request*-th request of a poll, after it was answered or before it is read."""

    request: int
    changes: tuple[Change, ...]
    when: Literal["after", "before"] = "after"


@dataclass(frozen=True, slots=True)
class Poll:
    """The client polls, while something happens.

    ``faults`` last for the whole poll; ``kill`` is the request whose answer the client does not live to see; ``twice``
    starts two polls at once.
    """

    at: tuple[At, ...] = ()
    faults: tuple[dict[str, Any], ...] = ()
    kill: int | None = None
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Do:
    """Changes between two polls."""

    changes: tuple[Change, ...]


Step = Poll | Do


@dataclass(frozen=True, slots=True)
class Script:
    """``count`` plain contacts, with other fields for some by number; what happens, in order; then quiet polls.

    ``clock`` is by how many milliseconds the server's clock is ahead of real time at the start. ``settings`` are the
    organisation's.
    """

    count: int
    steps: tuple[Step, ...]
    fields: dict[int, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    clock: int = 0

    def to_json(self) -> dict[str, Any]:
        """The script as JSON."""
        steps = [
            {"poll": asdict(step)} if isinstance(step, Poll) else {"do": list(step.changes)} for step in self.steps
        ]
        return {
            "count": self.count,
            "steps": steps,
            "fields": {str(number): fields for number, fields in self.fields.items()},
            "settings": self.settings,
            "clock": self.clock,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Script:
        """The script that ``to_json`` wrote. Raises KeyError, TypeError or ValueError for another value."""
        steps: list[Step] = []
        for step in value["steps"]:
            if "do" in step:
                steps.append(Do(tuple(step["do"])))
                continue
            poll = step["poll"]
            at = tuple(At(one["request"], tuple(one["changes"]), one["when"]) for one in poll["at"])
            steps.append(Poll(at, tuple(poll["faults"]), poll["kill"], poll["twice"]))
        fields = {int(number): dict(values) for number, values in value["fields"].items()}
        return cls(int(value["count"]), tuple(steps), fields, dict(value["settings"]), int(value["clock"]))

    @property
    def polls(self) -> int:
        """How many polls there are, the quiet ones at the end not counted."""
        return sum(isinstance(step, Poll) for step in self.steps)


def change(number: int | dict[str, int], **fields: Any) -> Change:
    """Change fields of a contact, or of the one at a place of the answer; ``updated_at`` becomes now unless given."""
    return {"do": "change", "contact": number, "fields": fields}


def add(number: int, **fields: Any) -> Change:
    """Add the plain contact *number*, with instants of now unless given."""
    return {"do": "add", "contact": number, "fields": fields}


def delete(number: int | dict[str, int]) -> Change:
    """Delete a contact, or the one at a place of the answer: ``{"place": 3}``."""
    return {"do": "delete", "contact": number}


def fault(kind: str, **effect: Any) -> Change:
    """Have the next request meet a fault."""
    return {"do": "fault", "fault": {"match": {"first": 1}, "effect": {"kind": kind, **effect}}}
