"""The contacts of a sync check: plain ones, so that what a hazard adds is what breaks.

Contact *number*, from 1 on, is the same in every hazard but for its id, which also tells the hazard: a client that
brings contacts of another hazard has a store that was not emptied.
"""

from __future__ import annotations

from typing import Any, Final

from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import CHAT_STATUSES, DOCUMENT_FORMAT

Contact = dict[str, Any]

CLIENT: Final = "5c0ffee0-0000-4000-8000-000000000000"
PIPELINE: Final = "5c0ffee0-0000-4000-8000-000000000001"
STAGES: Final = ("5c0ffee0-0000-4000-8000-000000000002", "5c0ffee0-0000-4000-8000-000000000003")

OLDEST: Final = 10 * instants.DAY
NEWEST: Final = instants.HOUR
"""How long ago the plain contacts changed: longer than any overlap, and within every usual window."""

_CREATED: Final = 40 * instants.DAY
_SHUFFLED: Final = 100_003
"""A prime; multiples of a number below it, modulo it, are all different."""
_PLATFORMS: Final = ("whatsapp", "instagram", "webchat")


def identity(number: int, run: int) -> str:
    """The id of contact *number* in the hazard with the number *run*."""
    return f"{number:08x}-{run:04x}-4000-8000-000000000000"


def number_of(contact_id: str) -> int:
    """The number of the contact with that id; -1 for an id that is none of a check."""
    try:
        return int(contact_id[:8], 16) if run_of(contact_id) is not None else -1
    except ValueError:
        return -1


def run_of(contact_id: str) -> int | None:
    """The hazard's number in that id; None for an id that is none of a check."""
    try:
        return int(contact_id[9:13], 16) if contact_id.endswith("-4000-8000-000000000000") else None
    except ValueError:
        return None


def updated_at(number: int, count: int, now: int) -> int:
    """When plain contact *number* of *count* changed last."""
    return now - OLDEST + (OLDEST - NEWEST) * number // max(count, 1)


def plain(number: int, count: int, run: int, now: int) -> Contact:
    """Contact *number* of *count*: every field filled, none alike, changed in the order of the numbers.

    They were created in another order, as in a real account.
    """
    updated = updated_at(number, count, now)
    created = now - _CREATED + number * 31_337 % _SHUFFLED * 5_000
    return {
        "id": identity(number, run),
        "name": f"Contact {number}",
        "phone": f"+999{number:08d}",
        "email": f"contact{number}@example.com",
        "platform": _PLATFORMS[number % len(_PLATFORMS)],
        "last_message_at": instants.write(updated - instants.MINUTE),
        "chat_status": CHAT_STATUSES[number % len(CHAT_STATUSES)],
        "created_at": instants.write(created),
        "updated_at": instants.write(updated),
        "client_id": CLIENT,
        "ai_customer_id": f"{number:08x}-{run:04x}-4000-9000-000000000000",
        "default_stage_id": STAGES[0],
        "blocked": False,
        "is_chat_read": True,
        "active_ticket_v2": {
            "id": f"{number:08x}-{run:04x}-4000-a000-000000000000",
            "current_stage_id": STAGES[number % 2],
        },
    }


def document(contacts: list[Contact], now: int) -> dict[str, Any]:
    """The data set document of *contacts*."""
    stages = [{"id": stage, "name": name} for stage, name in zip(STAGES, ("New", "Won"), strict=True)]
    return {
        "format": DOCUMENT_FORMAT,
        "anchor": instants.write(now),
        "client_id": CLIENT,
        "pipelines": [{"id": PIPELINE, "name": "Sales", "stages": stages}],
        "custom_fields": [],
        "contacts": contacts,
    }
