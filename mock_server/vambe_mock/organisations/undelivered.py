"""What a client has not got in its present version, and why: read from its last requests (`why-not-delivered`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic_core import from_json

from vambe_mock.contract.refusals import Refusal
from vambe_mock.organisations import changes
from vambe_mock.organisations.explanation import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable

    from vambe_mock.contract.query import ContactsQuery
    from vambe_mock.organisations.changes import Contact
    from vambe_mock.organisations.delivered import Delivered
    from vambe_mock.organisations.journal import Exchange
    from vambe_mock.organisations.organisation import Organisation

LOOKED_AT: Final = 20
"""So many of the last requests are looked at for each contact."""

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Looks at what was *delivered*; *asked* are the client's last requests, newest first."""

    delivered: Delivered
    asked: list[Exchange]
    masked: Callable[[str], str]

    def summary(self, scope: ContactsQuery, most: int, organisation: Organisation) -> Told:
        """How many contacts of *scope* are delivered as they are now, and up to *most* others, last changed first."""
        store = organisation.store
        found = store.find(scope, organisation.clock.now(), rows_alone=True)
        present, ever = self.delivered.are_present(store, found.rows)
        missing = found.rows[~present]
        newest = np.argsort(-store.columns.updated_at[missing], kind="stable")[:most]
        earlier = dict(zip(found.rows[~present].tolist(), ever[~present].tolist(), strict=True))
        read = self._read(organisation)
        return {
            "whole": self.delivered.whole,
            "spoilt": self.delivered.spoilt,
            "contacts": len(found.rows),
            "present": int(np.count_nonzero(present)),
            "lost": int(np.count_nonzero(~ever)),
            "stale": int(np.count_nonzero(ever & ~present)),
            "missing": [
                self._told(organisation, row, read, delivered=earlier[row]) for row in missing[newest].tolist()
            ],
        }

    def _read(self, organisation: Organisation) -> list[tuple[Exchange, ContactsQuery]]:
        """The requests, each with its query as it is read now."""
        read = []
        for one in self.asked:
            try:
                read.append((one, organisation.read(_query_of(one).encode("latin-1", "replace"))))
            except Refusal:  # the custom fields are others now
                continue
        return read

    def _told(
        self, organisation: Organisation, row: int, read: list[tuple[Exchange, ContactsQuery]], *, delivered: bool
    ) -> Told:
        contact: Contact = from_json(changes.documents(organisation, np.array([row], dtype=np.int32))[0])
        why, about = self._why(organisation, contact, row, read)
        query = None if about is None else self.masked(_query_of(about))
        kept = {name: contact[name] for name in ("id", "name", "updated_at")}
        return {**kept, "delivered": delivered, "why": why, "query": query}

    def _why(
        self, organisation: Organisation, contact: Contact, row: int, read: list[tuple[Exchange, ContactsQuery]]
    ) -> tuple[str, Exchange | None]:
        """Why the present version of *contact* was not delivered, and the request that shows it."""
        if not read:
            return "The client has not asked yet.", None
        changed = int(organisation.store.columns.updated_at[row])
        for exchange, query in read:
            if not _passes(organisation, query, exchange.at, row):
                continue
            if changed > exchange.at:
                return "It has changed since the last request that asks for it.", exchange
            if exchange.status != 200:
                answered = f"answered with {exchange.status}" if exchange.status else "not answered"
                return f"The last request that asks for it was {answered}.", exchange
            if query.offset or (query.limit is not None and exchange.steps.get("limit") == query.limit):
                return "It is on another page than the last one that was asked for.", exchange
            if exchange.faults or self.delivered.spoilt:
                return "The last answer that would have it was not whole, or it came later than it says.", exchange
            return "It came later than it says, after the last answer that would have it.", exchange
        exchange, query = read[0]
        failed = [one for one in verdicts(organisation, contact, query, exchange.at) if not one["holds"]]
        reasons = [f"{one['parameter']} wants {one['reading']}, it has {_shown(one['contact_has'])}" for one in failed]
        who = "The last request does not ask" if len(read) == 1 else f"None of the last {len(read)} requests asks"
        return f"{who} for it: {'; '.join(map(self.masked, reasons))}.", exchange


def _passes(organisation: Organisation, query: ContactsQuery, at: int, row: int) -> bool:
    store = organisation.store
    return all(holds for _, _, holds in store.time_verdicts(query, at, row)) and all(
        holds for _, holds in store.row_verdicts(query, row)
    )


def _query_of(exchange: Exchange) -> str:
    return exchange.target.partition("?")[2]


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
