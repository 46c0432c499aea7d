"""Counts of a set by platform, status, age and more, for the manifest and `--stats`."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from vambe_mock.contract.instants import DAY
from vambe_mock.contract.vocabulary import CHAT_STATUSES
from vambe_mock.generator.drawing.draws import NULL
from vambe_mock.generator.recipe.knobs import PLATFORMS, RECENCY_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.drawing.rows import Contact

NULLABLE = ("phone", "email", "ai_customer_id", "default_stage_id", "active_ticket_v2", "last_message_at")
NULL_STAGE = "active_ticket_v2.current_stage_id"

_EDGES = np.array([last for _, last in RECENCY_DAYS.values()][:-1]) * DAY
_EPOCH = date(1970, 1, 1)
_BUCKETS = (*RECENCY_DAYS, "never")


class Counts:
    """Counters by name: contacts, platform, chat_status, recency, null, flags, created_month, edge_case."""

    def __init__(self) -> None:
        """All counters at zero."""
        self.counters: dict[str, Counter[str]] = {
            name: Counter()
            for name in ("platform", "chat_status", "recency", "null", "true", "created_month", "edge_case")
        }
        self.contacts = 0
        self._days: Counter[int] = Counter()  # created_at of drawn contacts, as days since 1970

    def add_draws(self, drawn: Draws, anchor: int) -> None:
        """Count drawn contacts, none of which is an edge case."""
        self.contacts += len(drawn.numbers)
        self._tally("platform", PLATFORMS, drawn.platform)
        self._tally("chat_status", CHAT_STATUSES, drawn.chat_status)
        bucket = np.searchsorted(_EDGES, anchor - drawn.last_message_at)
        self._tally("recency", _BUCKETS, np.where(drawn.has_message, bucket, len(_BUCKETS) - 1))
        for name, there in (
            ("phone", drawn.has_phone),
            ("email", drawn.email_domain != NULL),
            ("ai_customer_id", drawn.has_customer),
            ("default_stage_id", drawn.default_stage != NULL),
            ("active_ticket_v2", drawn.has_ticket),
            ("last_message_at", drawn.has_message),
            (NULL_STAGE, ~drawn.has_ticket | (drawn.current_stage != NULL)),
        ):
            self._count("null", name, len(there) - int(np.count_nonzero(there)))
        self._count("true", "blocked", int(np.count_nonzero(drawn.blocked)))
        self._count("true", "is_chat_read", int(np.count_nonzero(drawn.is_chat_read)))
        self._months(drawn.created_at)

    def add_contacts(self, contacts: Iterable[Contact], anchor: int) -> None:
        """Count contacts given as dicts."""
        for contact in contacts:
            self.contacts += 1
            self.counters["platform"][contact["platform"]] += 1
            self.counters["chat_status"][contact["chat_status"]] += 1
            self.counters["recency"][_bucket(contact["last_message_at"], anchor)] += 1
            self.counters["created_month"][contact["created_at"][:7]] += 1
            for name in NULLABLE:
                self._count("null", name, int(contact[name] is None))
            ticket = contact["active_ticket_v2"]
            self._count("null", NULL_STAGE, int(ticket is not None and ticket["current_stage_id"] is None))
            for name in ("blocked", "is_chat_read"):
                self._count("true", name, int(contact[name]))

    def add_edge_cases(self, names: Iterable[str]) -> None:
        """Count contacts by the name of their edge case."""
        self.counters["edge_case"].update(names)

    def join(self, other: dict[str, Any]) -> None:
        """Add other counts, given as their `as_json`."""
        self.contacts += other["contacts"]
        for name, counter in self.counters.items():
            counter.update(other[name])

    def as_json(self) -> dict[str, Any]:
        """The counters as JSON values, in a fixed order."""
        order: dict[str, Sequence[str]] = {
            "platform": PLATFORMS,
            "chat_status": CHAT_STATUSES,
            "recency": _BUCKETS,
            "null": (*NULLABLE, NULL_STAGE),
            "true": ("blocked", "is_chat_read"),
        }
        for day, more in self._days.items():
            self.counters["created_month"][f"{_EPOCH + timedelta(day):%Y-%m}"] += more
        self._days.clear()
        counters = {
            name: {key: counter[key] for key in _in_order(order.get(name, ()), counter) if counter[key]}
            for name, counter in self.counters.items()
        }
        return {"contacts": self.contacts, **counters}

    def _count(self, counter: str, name: str, more: int) -> None:
        if more:
            self.counters[counter][name] += more

    def _tally(self, counter: str, names: Sequence[str], indices: Any) -> None:
        for name, more in zip(names, np.bincount(indices, minlength=len(names)).tolist(), strict=True):
            self._count(counter, name, more)

    def _months(self, milliseconds: Any) -> None:
        days = milliseconds // DAY
        first = int(days.min())
        for day, more in enumerate(np.bincount(days - first).tolist(), first):
            if more:
                self._days[day] += more


def _in_order(first: Sequence[str], counter: Counter[str]) -> list[str]:
    """The keys in this order, then the others: an imported set may have statuses of its own."""
    return [*first, *sorted({*counter} - {*first})]


def _bucket(last_message_at: str | None, anchor: int) -> str:
    if last_message_at is None:
        return "never"
    moment = int(np.datetime64(last_message_at.removesuffix("Z"), "ms").astype(np.int64))
    return _BUCKETS[int(np.searchsorted(_EDGES, anchor - moment))]
