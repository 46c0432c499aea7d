"""The in-memory store: the contacts' columns, three orders of them, and the search.

A time window is a slice of an order, found by bisection. Another filter is a list of places in that order, made once
and kept, so a page costs what it answers and not what is stored.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import Entity, InstantField
from vambe_mock.store.columns import Codes, Columns, Rows
from vambe_mock.store.filters import ON, ROW_FILTERS, TIME_FILTERS, Knowledge, RowFilter
from vambe_mock.store.orders import Order, ordered_by
from vambe_mock.store.state import State

MOST_POSTINGS: Final = 1_000
MOST_PLACES: Final = 8
"""How many filters' lists of places are kept, and how many places in them all for each contact.

The list that was not used for longest goes first. A place is four bytes.
"""

ALL: Final = slice(None)


Steps = dict[str, int]
"""How many contacts each filter, ``offset`` and ``limit`` left, in their order; no name: how many there are.
"""


class Found(NamedTuple):
    """The answer to a query: the ``contacts`` as they go on the wire, and the ``steps`` that led there."""

    contacts: list[bytes]
    matched: int
    steps: Steps


class Store:
    """Contacts that can be searched. ``find`` is the endpoint's meaning; everything else serves it."""

    def __init__(self, contacts: Columns | State, known: Knowledge) -> None:
        """Take *contacts* in any order; ids must differ."""
        self.known = known
        self._postings: OrderedDict[tuple[InstantField, str, Hashable], Rows] = OrderedDict()
        self._places_kept = 0
        self.restore(contacts if isinstance(contacts, State) else State.of(contacts))

    def __len__(self) -> int:
        """How many contacts there are."""
        return len(self._state)

    def state(self) -> State:
        """The contacts as they are now. What changes later does not change them: the store copies before it writes."""
        self._own = False
        return self._state

    def restore(self, state: State) -> None:
        """Have the contacts of *state*."""
        self._state, self._own = state, False
        self._changed()

    def row(self, identity: bytes) -> int | None:
        """The row of the contact with that id, in lower case; None where there is no such contact."""
        return self._state.row(identity)

    def put(self, contacts: Columns) -> None:
        """Add each of *contacts*, or put it into the place of the one that has its id; at once in every answer."""
        self._written().put(contacts)
        self._changed()

    def remove(self, identities: Sequence[bytes]) -> None:
        """Take out the contacts with those ids, all of which must be there and differ."""
        self._written().remove(identities)
        self._changed()

    def clear(self) -> None:
        """Take out all contacts."""
        self.restore(State.of(self.columns.take(np.empty(0, dtype=np.int32))))

    def learn(self, known: Knowledge) -> None:
        """Filter by other pipelines from now on."""
        self.known = known
        self._changed()

    def redefine(self, custom: dict[tuple[Entity, str], Codes]) -> None:
        """Have other columns of custom fields, row for row."""
        state = self._written()
        state.columns = replace(state.columns, custom={name: codes.copy(0) for name, codes in custom.items()})
        self._changed()

    def _written(self) -> State:
        """The state to write on."""
        if not self._own:
            self._state, self._own = self._state.copy(), True
        return self._state

    def _changed(self) -> None:
        """Look at the state anew; what was kept of the old one may be wrong."""
        self.columns, self.orders = self._state.columns, self._state.orders
        self._postings.clear()
        self._places_kept = 0

    def find(self, query: ContactsQuery, now: int) -> Found:
        """The contacts that *query* asks for at the instant *now*: filtered, ordered, then cut (`paging`)."""
        by = ordered_by(query)
        order, own = self.orders[by], ON[by]
        window = order.since(own.since(getattr(query, own.parameter), now))
        steps = {"": len(self), own.parameter: window.stop - window.start}
        places: Places = window
        for other in TIME_FILTERS:
            if other.field != by and (value := getattr(query, other.parameter)) is not None:
                at = getattr(self.columns, other.field)[order.rows[places]]
                places = _pick(places, at >= other.since(value, now))
                steps[other.parameter] = _count(places)
        for row_filter in ROW_FILTERS:
            if (wanted := getattr(query, row_filter.parameter)) is not None:
                places = self._having(places, by, row_filter, wanted)
                steps[row_filter.parameter] = _count(places)
        return self._page(query, order, places, steps)

    def _having(self, places: "Places", by: InstantField, row_filter: RowFilter, wanted: Hashable) -> "Places":
        """Those of *places* that *row_filter* leaves: a cut of its kept list, or a look at what is left."""
        if isinstance(places, slice):
            postings = self._posting(by, row_filter, wanted)
            ends = np.array((places.start, places.stop), dtype=np.int32)  # of their own type, or numpy copies them all
            first, last = postings.searchsorted(ends).tolist()
            cut: Rows = postings[first:last]
            return cut
        rows = self.orders[by].rows[places]
        return _pick(places, row_filter.matches(self.columns, self.known, wanted, rows))

    def _posting(self, by: InstantField, row_filter: RowFilter, wanted: Hashable) -> Rows:
        """The places in the order *by* of all contacts that have what is *wanted*, ascending."""
        key = (by, row_filter.parameter, wanted)
        if (kept := self._postings.get(key)) is not None:
            self._postings.move_to_end(key)
            return kept
        flags = row_filter.matches(self.columns, self.known, wanted, ALL)
        places: Rows = np.flatnonzero(flags[self.orders[by].rows]).astype(np.int32)
        self._keep(key, places)
        return places

    def _keep(self, key: tuple[InstantField, str, Hashable], places: Rows) -> None:
        self._postings[key] = places
        self._places_kept += len(places)
        while len(self._postings) > MOST_POSTINGS or self._places_kept > MOST_PLACES * len(self):
            _, dropped = self._postings.popitem(last=False)
            self._places_kept -= len(dropped)

    def _page(self, query: ContactsQuery, order: Order, places: "Places", steps: Steps) -> Found:
        matched = _count(places)
        page = _cut(places, query.offset, query.limit)
        if query.offset:
            steps["offset"] = max(matched - query.offset, 0)
        if query.limit is not None:
            steps["limit"] = _count(page)
        contacts = self.columns.wire.take(order.rows[page]).tolist()
        return Found(contacts, matched, steps)


Places = slice | Rows
"""Places in an order: a run of them, or some of them, ascending."""


def _count(places: Places) -> int:
    return places.stop - places.start if isinstance(places, slice) else len(places)


def _pick(places: Places, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Rows:
    """Those of *places* whose flag in *keep* is set."""
    if isinstance(places, slice):
        run: Rows = (np.flatnonzero(keep) + places.start).astype(np.int32)
        return run
    picked: Rows = places[keep]
    return picked


def _cut(places: Places, offset: int, limit: int | None) -> Places:
    """*offset* of them passed over, then *limit* of them, or all the rest."""
    if isinstance(places, slice):
        start = min(places.start + offset, places.stop)
        return slice(start, places.stop if limit is None else min(start + limit, places.stop))
    cut: Rows = places[offset : None if limit is None else offset + limit]
    return cut
