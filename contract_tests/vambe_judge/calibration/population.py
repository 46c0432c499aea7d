"""What is known of the target's contacts: never more than what comparisons need, and never written anywhere.

Sets of contacts are bit masks over ``contacts``. Of a large account only some contacts are known; ``complete`` says,
for each instant, from which one on: every contact whose instant is later is among them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from secrets import token_bytes
from typing import Any, Final, Literal

Name = Literal["last_message_at", "created_at", "updated_at"]
NAMES: Final[tuple[Name, ...]] = ("last_message_at", "created_at", "updated_at")
BY_FILTER: Final[dict[str, Name]] = {
    "days": "last_message_at",
    "created_after": "created_at",
    "updated_after": "updated_at",
}
EVERYTHING: Final = -(2**62)
"""An instant before all: nothing is missing."""

_SALT: Final = token_bytes(16)
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Contact:
    """What is kept of a contact. Instants in milliseconds since 1970 UTC, None for null; ids in small letters."""

    id: str
    last_message_at: int | None
    created_at: int | None
    updated_at: int | None
    stage: str | None
    default_stage: str | None
    has_ticket: bool
    blocked: bool
    mark: bytes
    """A salted digest of what is above, which changes when the contact does."""

    def at(self, name: Name) -> int | None:
        """The instant of that name."""
        found: int | None = getattr(self, name)
        return found


def read(text: Any) -> int | None:
    """An instant in any form of ISO 8601, UTC where it has no zone; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _START) // timedelta(milliseconds=1)


def contact_of(item: dict[str, Any]) -> Contact:
    """What is kept of a contact as it came."""
    ticket = item.get("active_ticket_v2")
    ticket = ticket if isinstance(ticket, dict) else None
    parts = (
        _id(item.get("id")) or "",
        read(item.get("last_message_at")),
        read(item.get("created_at")),
        read(item.get("updated_at")),
        _id(ticket.get("current_stage_id")) if ticket else None,
        _id(item.get("default_stage_id")),
        ticket is not None,
        item.get("blocked") is True,
    )
    digest = blake2b(json.dumps(parts).encode(), key=_SALT, digest_size=12).digest()
    return Contact(*parts, digest)


def _id(value: Any) -> str | None:
    return value.lower() if isinstance(value, str) and value else None


@dataclass(slots=True)
class Population:
    """The contacts of a survey. ``now`` is the target's clock then, early and late, None where it tells none."""

    contacts: tuple[Contact, ...] = ()
    complete: dict[Name, int] = field(default_factory=lambda: dict.fromkeys(NAMES, EVERYTHING))
    now: tuple[int, int] | None = None
    frozen: bool = False
    places: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, contacts: Iterable[Contact], complete: dict[Name, int], now: tuple[int, int] | None, *, frozen: bool
    ) -> "Population":
        """The population of *contacts*, each once."""
        unique = tuple({one.id: one for one in contacts}.values())
        return cls(unique, complete, now, frozen, {one.id: place for place, one in enumerate(unique)})

    @property
    def everyone(self) -> int:
        """The mask of all."""
        return (1 << len(self.contacts)) - 1

    def is_whole(self) -> bool:
        """Whether every contact of the account is known."""
        return self.complete["updated_at"] == EVERYTHING

    def mask(self, ids: Iterable[str]) -> int:
        """The set of those ids that are known."""
        found = 0
        for one in ids:
            if one in self.places:
                found |= 1 << self.places[one]
        return found

    def among(self, mask: int) -> list[Contact]:
        """The contacts of *mask*."""
        return [one for place, one in enumerate(self.contacts) if mask >> place & 1]

    def having(self, flags: Iterable[bool]) -> int:
        """The mask of those whose flag is set."""
        return sum(1 << place for place, kept in enumerate(flags) if kept)

    def instants(self, name: Name) -> list[int]:
        """The different instants of that name of which all later ones are known, ascending."""
        floor = self.complete[name]
        return sorted({at for one in self.contacts if (at := one.at(name)) is not None and at > floor})
