"""The in-memory store: the contacts' columns, their three orders, and the search.

A time window is a slice of an order, found by bisection. Any other filter is a list of positions in that order, which
is computed once and cached, so the cost of a page depends on its size, not on the number of contacts.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import Entity
from vambe_mock.store.columns import Codes, Columns, Rows
from vambe_mock.store.filters import (
    FILTER_BY_FIELD,
    ROW_FILTERS,
    TIME_FILTERS,
    FilterContext,
    RowFilter,
    TimeFilter,
)
from vambe_mock.store.orders import DESCENDING, Order, ordered_by
from vambe_mock.store.state import State

MAX_POSTINGS: Final = 1_000
MAX_POSITIONS: Final = 8
"""The bounds of the cache: lists of positions, and positions in all of them for each contact.

The least recently used list is dropped first. A position takes four bytes.
"""

EVERY_ROW: Final = slice(None)

Steps = dict[str, int]
"""How many contacts are left after each filter, ``offset`` and ``limit``, in order; ``""`` is all contacts."""


class Found(NamedTuple):
    """The answer to a query: the ``contacts`` as sent, how many ``matched``, and how many were left at each step.

    ``rows`` are where the contacts are in the columns.
    """

    contacts: list[bytes]
    matched: int
    steps: Steps
    rows: Rows


class Store:
    """Contacts that can be searched. ``find`` is what the endpoint does; everything else serves it.

    ``changes`` counts the changes, so that who has looked at the contacts knows whether to look again.
    """

    row_filters: tuple[RowFilter, ...] = ROW_FILTERS

    def __init__(self, contacts: Columns | State, context: FilterContext) -> None:
        """Store *contacts*, which may come in any order; their ids must differ."""
        self.context = context
        self._postings: OrderedDict[tuple[Hashable, str, Hashable], Rows] = OrderedDict()
        self._positions_kept = 0
        self.changes = 0
        self.restore(contacts if isinstance(contacts, State) else State.of(contacts))

    def __len__(self) -> int:
        """How many contacts there are."""
        return len(self._state)

    def state(self) -> State:
        """The contacts as they are now, safe from later changes: the store copies before it writes."""
        self._own = False
        return self._state

    def restore(self, state: State) -> None:
        """Replace all contacts by those of *state*."""
        self._state, self._own = state, False
        self._changed()

    def adopt(self, other: "Store") -> None:
        """Take over the contacts and the context of *other*, which nobody uses any longer."""
        self._state, self._own, self.context = other._state, other._own, other.context  # noqa: SLF001 - its own kind
        self._changed()

    @property
    def is_shared(self) -> bool:
        """Whether the next change copies all contacts first."""
        return not self._own

    def copy(self) -> "Store":
        """A store of the same contacts, which changes by itself."""
        return Store(self.state(), self.context)

    def row(self, identity: bytes) -> int | None:
        """The row of the contact with that id, in lower case; None if there is none."""
        return self._state.row(identity)

    def put(self, contacts: Columns) -> None:
        """Add each of *contacts*, or replace the one that has its id; the next answer has them."""
        self._mutable().put(contacts)
        self._changed()

    def remove(self, identities: Sequence[bytes]) -> None:
        """Remove the contacts with those ids, which must exist and differ."""
        self._mutable().remove(identities)
        self._changed()

    def clear(self) -> None:
        """Remove all contacts."""
        self.restore(State.of(self.columns.take(np.empty(0, dtype=np.int32))))

    def filter_with(self, context: FilterContext) -> None:
        """Use another context, such as other pipelines, from now on."""
        self.context = context
        self._changed()

    def redefine(self, custom: dict[tuple[Entity, str], Codes]) -> None:
        """Replace the columns of custom fields, row for row."""
        state = self._mutable()
        state.columns = replace(state.columns, custom={name: codes.copy(0) for name, codes in custom.items()})
        self._changed()

    def _mutable(self) -> State:
        """Return a state that is safe to mutate, copying it first if it is shared."""
        if not self._own:
            self._state, self._own = self._state.copy(), True
        return self._state

    def _changed(self) -> None:
        """Use the current state, and drop the cache of the old one."""
        self.changes += 1
        self.columns, self.orders = self._state.columns, self._state.orders
        self._postings.clear()
        self._positions_kept = 0

    def find(self, query: ContactsQuery, now: int, *, rows_alone: bool = False) -> Found:
        """The contacts for *query* at the instant *now*: filtered, sorted, then paged (`paging`).

        *rows_alone* leaves out the contacts themselves.
        """
        by = ordered_by(query)
        order, own = self.orders[by], FILTER_BY_FIELD[by]
        window = order.since(self.context.since(own, getattr(query, own.parameter), now))
        steps = {"": len(self), own.parameter: window.stop - window.start}
        positions: Positions = window
        for other in TIME_FILTERS:
            if other.field != by and (value := getattr(query, other.parameter)) is not None:
                at = getattr(self.columns, other.field)[order.rows[positions]]
                positions = pick(positions, at >= self.context.since(other, value, now))
                steps[other.parameter] = count(positions)
        for row_filter in ROW_FILTERS:
            if (wanted := getattr(query, row_filter.parameter)) is not None:
                positions = self._having(positions, by, order, row_filter, wanted)
                steps[row_filter.parameter] = count(positions)
        return self._page(query, order, positions, steps, rows_alone=rows_alone)

    def ordering(self, query: ContactsQuery) -> tuple[str, bool]:
        """The field that orders the answer to *query*, and whether the order descends."""
        by = ordered_by(query)
        return by, by in DESCENDING

    def time_verdicts(self, query: ContactsQuery, now: int, row: int) -> list[tuple[TimeFilter, int, bool]]:
        """The time filters of *query* that count, the first instant that passes each, and whether *row* does."""
        found = []
        for one in TIME_FILTERS:
            if (value := getattr(query, one.parameter)) is not None:
                since = self.context.since(one, value, now)
                found.append((one, since, bool(getattr(self.columns, one.field)[row] >= since)))
        return found

    def row_verdicts(self, query: ContactsQuery, row: int) -> list[tuple[RowFilter, bool]]:
        """The other filters of *query*, and whether *row* passes each."""
        rows = np.array([row], dtype=np.int32)
        wanted = [(one, getattr(query, one.parameter)) for one in self.row_filters]
        return [
            (one, bool(one.matches(self.columns, self.context, value, rows)[0]))
            for one, value in wanted
            if value is not None
        ]

    def _having(
        self, positions: "Positions", by: Hashable, order: Order, row_filter: RowFilter, wanted: Hashable
    ) -> "Positions":
        """Those of *positions* that pass *row_filter*: a slice of its cached list, or the result of matching them."""
        if isinstance(positions, slice):
            postings = self._posting(by, order, row_filter, wanted)
            ends = np.array(
                (positions.start, positions.stop), dtype=np.int32
            )  # of their own type, or numpy copies them all
            first, last = postings.searchsorted(ends).tolist()
            cut: Rows = postings[first:last]
            return cut
        rows = order.rows[positions]
        return pick(positions, row_filter.matches(self.columns, self.context, wanted, rows))

    def _posting(self, by: Hashable, order: Order, row_filter: RowFilter, wanted: Hashable) -> Rows:
        """The positions in *order*, the one *by*, of all contacts that pass the filter for *wanted*, ascending."""
        key = (by, row_filter.parameter, wanted)
        if (cached := self._postings.get(key)) is not None:
            self._postings.move_to_end(key)
            return cached
        flags = row_filter.matches(self.columns, self.context, wanted, EVERY_ROW)
        positions: Rows = np.flatnonzero(flags[order.rows]).astype(np.int32)
        self._keep(key, positions)
        return positions

    def _keep(self, key: tuple[Hashable, str, Hashable], positions: Rows) -> None:
        self._postings[key] = positions
        self._positions_kept += len(positions)
        while len(self._postings) > MAX_POSTINGS or self._positions_kept > MAX_POSITIONS * len(self):
            _, dropped = self._postings.popitem(last=False)
            self._positions_kept -= len(dropped)

    def _page(
        self, query: ContactsQuery, order: Order, positions: "Positions", steps: Steps, *, rows_alone: bool
    ) -> Found:
        matched = count(positions)
        page = cut(positions, query.offset, query.limit)
        if query.offset:
            steps["offset"] = max(matched - query.offset, 0)
        if query.limit is not None:
            steps["limit"] = count(page)
        rows = order.rows[page]
        return Found([] if rows_alone else self.columns.wire.take(rows).tolist(), matched, steps, rows)


Positions = slice | Rows
"""Positions in an order, ascending: consecutive ones, or any."""


def count(positions: Positions) -> int:
    return positions.stop - positions.start if isinstance(positions, slice) else len(positions)


def pick(positions: Positions, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Rows:
    """Those of *positions* whose flag is set."""
    if isinstance(positions, slice):
        run: Rows = (keep.nonzero()[0] + positions.start).astype(np.int32)
        return run
    picked: Rows = positions[keep]
    return picked


def cut(positions: Positions, offset: int, limit: int | None) -> Positions:
    """At most *limit* of them after the first *offset*; without a limit, all the rest."""
    if isinstance(positions, slice):
        start = min(positions.start + offset, positions.stop)
        return slice(start, positions.stop if limit is None else min(start + limit, positions.stop))
    cut: Rows = positions[offset : None if limit is None else offset + limit]
    return cut
