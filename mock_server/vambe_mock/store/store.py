"""The in-memory store: the contacts' columns, their three orders, and the search.

A time window is a run of positions in an order, found by bisection. Any other filter narrows it by a set of bits, which
an index gives, so a question costs the same for the first time as ever after; a page then costs what its size is.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import Entity, InstantField
from vambe_mock.store.bitmaps import Places, packed
from vambe_mock.store.columns import Codes, Columns, Entry, Rows
from vambe_mock.store.filters import (
    FILTER_BY_FIELD,
    ROW_FILTERS,
    TIME_FILTERS,
    FilterContext,
    RowFilter,
    TimeFilter,
)
from vambe_mock.store.orders import DESCENDING, Filters, Order, ordered_by
from vambe_mock.store.positions import Positions
from vambe_mock.store.state import NOTHING, Changed, State
from vambe_mock.store.wire import PIECE

Steps = dict[str, int]
"""How many contacts are left after each filter, ``offset`` and ``limit``, in order; ``""`` is all contacts."""


MOST_TOUCHED: Final = 10_000
"""The most rows that are remembered as touched."""


class Found(NamedTuple):
    """The answer to a query: the ``contacts`` as sent, how many ``matched``, and how many were left at each step.

    The contacts are those of ``Wire.texts``; ``rows`` are where they are in the columns. ``places`` are the rows of the
    whole listing, an array that stays the same until a contact changes, and the page's positions in it, where the page
    was cut out of one.
    """

    contacts: Sequence[bytes]
    matched: int
    steps: Steps
    rows: Rows
    places: tuple[Rows, slice | Rows] | None = None


class Witness(Protocol):
    """Is told of contacts before they change."""

    def leaving(self, store: "Store", rows: Iterable[int | None]) -> None:
        """The contacts in *rows* will change or be gone; None is one that is new."""

    def leaving_all(self, store: "Store") -> None:
        """All contacts may change, or be in other rows."""


class Store:
    """Contacts that can be searched. ``find`` is what the endpoint does; everything else serves it.

    ``changes`` counts the changes, so that whoever has looked at the contacts knows whether to look again. ``touched``
    lists the rows that were written or removed; a new list begins when all contacts may have changed. A ``witness`` is
    told before each change. ``made`` is for what others make of the contacts; a change forgets it.
    """

    row_filters: tuple[RowFilter, ...] = ROW_FILTERS
    witness: Witness | None = None

    def __init__(self, contacts: Columns | State, context: FilterContext) -> None:
        """Store *contacts*, which may come in any order; their ids must differ."""
        self.context = context
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
        if self.witness is not None:
            self.witness.leaving_all(self)
        self._state, self._own = state, False
        self.touched: list[int] = []
        self._changed()

    def adopt(self, other: "Store") -> None:
        """Take over the contacts and the context of *other*, which nobody uses any longer."""
        if self.witness is not None:
            self.witness.leaving_all(self)
        self._state, self._own, self.context = other._state, other._own, other.context  # noqa: SLF001 - its own kind
        self.touched = []
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

    def listed(self, name: InstantField) -> Rows:
        """The rows of all contacts, ordered by that instant."""
        return self._state.listed(name)

    def put(self, entries: Sequence[Entry]) -> list[int]:
        """Add each of *entries*, or replace the contact that has its id; return their rows. The ids must differ."""
        if self.witness is not None:
            self.witness.leaving(self, (self.row(entry.identity) for entry in entries))
        rows = self._mutable().put(entries)
        self._touch(rows)
        self._changed()
        return rows

    def remove(self, identities: Sequence[bytes]) -> None:
        """Remove the contacts with those ids, which must exist and differ."""
        state = self._mutable()
        rows = [row for identity in identities if (row := state.row(identity)) is not None]
        if self.witness is not None:
            self.witness.leaving(self, rows)
        state.remove(identities)
        self._touch(rows)
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
        state.with_columns(replace(state.columns, custom={name: codes.copy(0) for name, codes in custom.items()}))
        self._changed()

    def _touch(self, rows: list[int]) -> None:
        if len(self.touched) + len(rows) > MOST_TOUCHED:
            self.touched = []
        else:
            self.touched += rows

    def _mutable(self) -> State:
        """Return a state that is safe to mutate, copying it first if it is shared."""
        if not self._own:
            self._state, self._own = self._state.copy(), True
        return self._state

    def _changed(self) -> None:
        """Use the current state."""
        self.changes += 1
        self.made: dict[Hashable, Any] = {}
        self.columns = self._state.columns

    def find(self, query: ContactsQuery, now: int, *, rows_alone: bool = False) -> Found:
        """The contacts for *query* at the instant *now*: filtered, sorted, then paged (`paging`).

        *rows_alone* leaves out the contacts themselves.
        """
        state = self._state
        by = ordered_by(query)
        own = FILTER_BY_FIELD[by]
        order, changed = state.orders[by], state.changed[by]
        since = self.context.since(own, getattr(query, own.parameter), now)
        window = order.since(since)
        asked: Hashable = None
        if changed is NOTHING and _has_one_instant(query):
            if _has_no_more(query):
                return self._run(query, own.parameter, order, window, rows_alone=rows_alone)
            if not rows_alone and query.limit is not None and query.limit <= PIECE:
                asked = self._asked(query, by, window)
                if (kept := state.runs.page(asked)) is not None:
                    return Found(*kept)
        found = _Search(order, state.columns, Positions(window.start, window.stop), changed)
        found.put_in_since(by, since)
        steps = {"": len(state), own.parameter: len(found)}
        for other in TIME_FILTERS:
            if other.field != by and (value := getattr(query, other.parameter)) is not None:
                found.narrow_since(state.orders[other.field], self.context.since(other, value, now))
                steps[other.parameter] = len(found)
        for row_filter in ROW_FILTERS:
            if (wanted := getattr(query, row_filter.parameter)) is not None:
                found.narrow(row_filter, self.context, wanted)
                steps[row_filter.parameter] = len(found)
        page = self._page(query, found, steps, rows_alone=rows_alone)
        if asked is not None:
            state.runs.keep(asked, page.contacts, page.matched, steps, page.rows)
        return page

    def _asked(self, query: ContactsQuery, by: InstantField, window: slice) -> Hashable:
        """All that the answer to *query* depends on while no contact changes; it has one filter on an instant."""
        wanted = tuple(
            (one.parameter, one.wants(self.context, value))
            for one in ROW_FILTERS
            if one.wants is not None and (value := getattr(query, one.parameter)) is not None
        )
        return by, window.start, window.stop, wanted, query.offset, query.limit

    def _run(self, query: ContactsQuery, parameter: str, order: Order, window: slice, *, rows_alone: bool) -> Found:
        """The page of a *window* of *order*, which is what most clients ask for; the same as ``_page``, but quicker."""
        first, stop = window.start, window.stop
        _, _, _, limit, offset, *_ = query  # quicker than by their names
        start = min(first + offset, stop)
        end = stop if limit is None else min(start + limit, stop)
        steps = {"": len(order.rows), parameter: stop - first}
        if offset:
            steps["offset"] = max(stop - first - offset, 0)
        if limit is not None:
            steps["limit"] = end - start
        rows = order.rows[start:end]
        if rows_alone:
            return Found([], stop - first, steps, rows, (order.rows, slice(start, end)))
        contacts = self._state.runs.run(order, self.columns, start, end)
        return Found(self.columns.wire.texts(rows) if contacts is None else contacts, stop - first, steps, rows)

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

    def _page(self, query: ContactsQuery, found: "_Search", steps: Steps, *, rows_alone: bool) -> Found:
        matched = len(found)
        rows = found.page(query.offset, query.limit)
        if query.offset:
            steps["offset"] = max(matched - query.offset, 0)
        if query.limit is not None:
            steps["limit"] = len(rows)
        return Found([] if rows_alone else self.columns.wire.texts(rows), matched, steps, rows)


def _has_one_instant(query: ContactsQuery) -> bool:
    """Whether *query* has one filter on an instant."""
    days, created, updated, *_ = query
    if updated is not None:
        return created is None and days is None
    return created is None or days is None


def _has_no_more(query: ContactsQuery) -> bool:
    """Whether *query* has no filter but those on instants."""
    *_, stage, pipeline, custom, _ = query
    return stage is None and pipeline is None and custom is None


class _Search:
    """What is left of an order after each filter: positions of the order, and contacts put in since it was made."""

    __slots__ = ("_changed", "_columns", "_filters", "_len", "_order", "_positions", "_put_in")

    def __init__(self, order: Order, columns: Columns, positions: Positions, changed: Changed) -> None:
        """All *positions* are left, and all contacts that were put in."""
        self._order, self._columns, self._changed = order, columns, changed
        self._positions = positions
        self._filters: Filters = ()  # those that have chosen the positions within the window
        self._put_in = np.ones(len(changed.rows), dtype=np.bool_)
        self._count()

    def _count(self) -> None:
        self._len = len(self._positions)
        if len(self._changed.out):
            self._len -= int(np.count_nonzero(self._positions.have(self._changed.out)))
        if len(self._put_in):
            self._len += int(np.count_nonzero(self._put_in))

    def __len__(self) -> int:
        """How many contacts are left."""
        return self._len

    def put_in_since(self, field: InstantField, since: int) -> None:
        """Of the contacts put in, leave those whose *field* is *since* or later."""
        if len(self._put_in):
            self._put_in &= getattr(self._columns, field)[self._changed.rows] >= since
            self._count()

    def narrow_since(self, other: Order, since: int) -> None:
        """Leave those whose instant, which is that of the order *other*, is *since* or later."""
        self._positions = self._positions.among(self._order.within(other, other.since(since), self._positions.span))
        self._count()
        self.put_in_since(other.instant, since)

    def narrow(self, row_filter: RowFilter, context: FilterContext, value: Any) -> None:
        """Leave those that pass *row_filter* for its parameter's *value*."""
        positions = self._positions
        if row_filter.wants is None:
            flags = row_filter.matches(self._order.columns, context, value, self._order.rows)
            self._positions = positions.among(packed(flags)[positions.span])
        elif self._filters or positions.bits is None:
            self._filters += (row_filter.wants(context, value),)
            self._positions = positions.of(self._order.passing(self._filters))
        else:  # an instant has chosen some before, and others will be chosen the next time
            self._positions = positions.among(self._order.having(row_filter.wants(context, value), positions.span))
        if len(self._put_in):
            self._put_in &= row_filter.matches(self._columns, context, value, self._changed.rows)
        self._count()

    def page(self, skip: int, limit: int | None) -> Rows:
        """The rows of those left after the first *skip*, at most *limit*, in order."""
        positions, changed = self._positions, self._changed
        if not len(changed.out) and not len(changed.rows):
            found: Rows = self._order.rows[positions.page(skip, limit)]
            return found
        out = positions.before(changed.out[positions.have(changed.out)])
        # Where each contact put in will be: after the positions that are left before it, and the others put in there.
        before = positions.before(changed.before[self._put_in])
        place = before - out.searchsorted(before) + np.arange(len(before))
        stop = len(self) if limit is None else min(len(self), skip + limit)
        if skip >= stop:
            return np.empty(0, dtype=np.int32)
        first, last = place.searchsorted((skip, stop)).tolist()
        rows = np.empty(stop - skip, dtype=np.int32)
        put_in = np.zeros(stop - skip, dtype=np.bool_)
        put_in[place[first:last] - skip] = True
        rows[put_in] = changed.rows[self._put_in][first:last]
        rows[~put_in] = self._left(out, skip - first, stop - last)
        return rows

    def _left(self, out: Places, first: int, stop: int) -> Rows:
        """The rows of the positions from number *first* to before *stop*; those of the numbers *out* do not count."""
        if first >= stop:
            return np.empty(0, dtype=np.int32)
        kept_before = out - np.arange(len(out))
        numbers = np.array((first, stop - 1)) + kept_before.searchsorted((first, stop - 1), "right")
        start, end = numbers.tolist()
        rows: Rows = self._order.rows[self._positions.page(start, end + 1 - start)]
        among = out[(out >= start) & (out <= end)] - start
        return np.delete(rows, among)
