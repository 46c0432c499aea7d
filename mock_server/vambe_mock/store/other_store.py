"""A store that searches as a dialect does. It keeps and changes contacts as every store does.

It is the plain way: each order is a list of rows, made anew after a change, and each filter looks at what is left. What
a filter passes of all contacts is remembered within a bound.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, cast

import numpy as np

from vambe_mock.contract.full_dialect import FullDialect
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.store import other_filters
from vambe_mock.store.columns import Columns, Flags, Rows
from vambe_mock.store.filters import FilterContext, RowFilter, TimeFilter
from vambe_mock.store.plans import By, Listing, Plan, Plans, combination_of
from vambe_mock.store.spoken import spoken_of
from vambe_mock.store.state import State
from vambe_mock.store.store import Found, Steps, Store

MAX_POSTINGS: Final = 1_000
MAX_POSITIONS: Final = 8
"""The bounds of the cache: lists of positions, and positions in all of them for each contact.

The least recently used list is dropped first. A position takes four bytes.
"""

LOOK_AHEAD: Final = 4
"""A page is first looked for among so many times the contacts that it needs, then among all."""

EVERY_ROW: Final = slice(None)

Positions = slice | Rows
"""Positions in an order, ascending: consecutive ones, or any."""


class OtherStore(Store):
    """Contacts that are searched as a dialect does."""

    def __init__(self, contacts: Columns | State, context: FilterContext, dialect: FullDialect) -> None:
        """Store *contacts*; *dialect* is that of *context*."""
        self._dialect = dialect
        self.row_filters = other_filters.row_filters(dialect, lambda: self._more)
        self._postings: OrderedDict[tuple[By, str, Hashable], Rows] = OrderedDict()
        self._positions_kept = 0
        super().__init__(contacts, context)

    def copy(self) -> Store:
        """A store of the same contacts, which changes by itself."""
        return OtherStore(self.state(), self.context, self._dialect)

    def filter_with(self, context: FilterContext) -> None:
        """Use another context; a dialect may be another one only in what it says of finer instants."""
        if isinstance(context.dialect, FullDialect):
            self._dialect = context.dialect
        super().filter_with(context)

    def find(self, query: ContactsQuery, now: int, *, rows_alone: bool = False) -> Found:
        """The contacts for *query* at the instant *now*: filtered, sorted, then paged (`paging`).

        *rows_alone* leaves out the contacts themselves.
        """
        plan, dialect = self._plans.plan(query), self._dialect
        order = plan.order
        positions: Positions = slice(0, len(order.rows))
        steps = {"": len(self)}
        if (found := self._first_page(query, plan, now, steps)) is not None:
            return self._cut_out(query, order, *found, steps, rows_alone=rows_alone)
        for one in plan.time_filters:
            first = other_filters.since(dialect, one, getattr(query, one.parameter), now)
            if one is plan.window:
                positions = plan.since(first)
            else:
                at = plan.instants(one.field)[positions]
                positions = _pick(positions, other_filters.passes(at, dialect, one, first))
            steps[one.parameter] = _count(positions)
        for row_filter in self.row_filters:
            if (wanted := getattr(query, row_filter.parameter)) is not None:
                positions = self._having(positions, plan.by, order, row_filter, wanted)
                steps[row_filter.parameter] = _count(positions)
        page = _cut(positions, query.offset, query.limit)
        return self._cut_out(query, order, page, _count(positions), steps, rows_alone=rows_alone)

    def _first_page(self, query: ContactsQuery, plan: Plan, now: int, steps: Steps) -> tuple[Rows, int] | None:
        """The page's positions, and how many match, where one filter is sent and the order is another field's.

        How many match is looked up, so only as many contacts as the page needs are looked at. None elsewhere.
        """
        if query.limit is None or plan.window is not None or len(plan.time_filters) != 1:
            return None
        if query.stage_id is not None or query.pipeline_id is not None or query.custom_field is not None:
            return None
        dialect, one = self._dialect, plan.time_filters[0]
        if one.parameter == "days" and dialect.days_without_message == "listed":
            return None
        first = other_filters.since(dialect, one, getattr(query, one.parameter), now)
        at, matched = plan.instants(one.field), plan.later(one.field, first)
        steps[one.parameter] = matched
        needed = min(query.offset + query.limit, matched)
        some = LOOK_AHEAD * needed
        keep = cast("Rows", (at[:some] >= first).nonzero()[0])
        if len(keep) < needed:
            keep = cast("Rows", (at >= first).nonzero()[0])
        return keep[query.offset : query.offset + query.limit], matched

    def _having(
        self, positions: Positions, by: By, order: Listing, row_filter: RowFilter, wanted: Hashable
    ) -> Positions:
        """Those of *positions* that pass *row_filter*: a slice of its cached list, or the result of matching them."""
        if isinstance(positions, slice):
            postings = self._posting(by, order, row_filter, wanted)
            # Of their own type, or numpy copies them all.
            ends = np.array((positions.start, positions.stop), dtype=np.int32)
            first, last = postings.searchsorted(ends).tolist()
            cut: Rows = postings[first:last]
            return cut
        rows = order.rows[positions]
        return _pick(positions, row_filter.matches(self.columns, self.context, wanted, rows))

    def _posting(self, by: By, order: Listing, row_filter: RowFilter, wanted: Hashable) -> Rows:
        """The positions in *order*, the one *by*, of all contacts that pass the filter for *wanted*, ascending."""
        key = (by, row_filter.parameter, wanted)
        if (cached := self._postings.get(key)) is not None:
            self._postings.move_to_end(key)
            return cached
        flags = row_filter.matches(self.columns, self.context, wanted, EVERY_ROW)
        positions: Rows = np.flatnonzero(flags[order.rows]).astype(np.int32)
        self._postings[key] = positions
        self._positions_kept += len(positions)
        while len(self._postings) > MAX_POSTINGS or self._positions_kept > MAX_POSITIONS * len(self):
            _, dropped = self._postings.popitem(last=False)
            self._positions_kept -= len(dropped)
        return positions

    def _cut_out(  # noqa: PLR0913 - each is a part of what was found
        self, query: ContactsQuery, order: Listing, page: Positions, matched: int, steps: Steps, *, rows_alone: bool
    ) -> Found:
        if query.offset:
            steps["offset"] = max(matched - query.offset, 0)
        if query.limit is not None:
            steps["limit"] = _count(page)
        rows = order.rows[page]
        found = Found([], matched, steps, rows, (order.rows, page))
        return found if rows_alone else found._replace(contacts=spoken_of(self).page(found))

    def ordering(self, query: ContactsQuery) -> tuple[str, bool]:
        """The field that orders the answer to *query*, and whether the order descends."""
        by = self._plans.plan(query).by
        return by.field, by.descending

    def time_verdicts(self, query: ContactsQuery, now: int, row: int) -> list[tuple[TimeFilter, int, bool]]:
        """The time filters of *query* that count, the first instant that passes each, and whether *row* does."""
        found = []
        for one in self._plans.plan(query).time_filters:
            first = other_filters.since(self._dialect, one, getattr(query, one.parameter), now)
            at = getattr(self.columns, one.field)[row : row + 1]
            holds = other_filters.passes(at, self._dialect, one, first)
            found.append((one, first, bool(holds[0])))
        return found

    def row_verdicts(self, query: ContactsQuery, row: int) -> list[tuple[RowFilter, bool]]:
        """The other filters of *query*, those that no parameter asks for too, and whether *row* passes each."""
        standing = self._plans.standing(combination_of(query))
        rows = np.array([row], dtype=np.int32)
        more = [(one, bool(one.matches(self.columns, self.context, None, rows)[0])) for one in standing]
        return [*super().row_verdicts(query, row), *more]

    def _changed(self) -> None:
        super()._changed()
        self._postings.clear()
        self._positions_kept = 0
        self._more = other_filters.MoreColumns(self.columns)
        standing = other_filters.standing_filters(self._dialect, self._more)
        self._plans = Plans(self._state, self._dialect, standing, self.context)


def _count(positions: Positions) -> int:
    return positions.stop - positions.start if isinstance(positions, slice) else len(positions)


def _pick(positions: Positions, keep: Flags) -> Rows:
    """Those of *positions* whose flag is set."""
    if isinstance(positions, slice):
        run = cast("Rows", keep.nonzero()[0])
        if positions.start:
            run += positions.start
        return run
    picked: Rows = positions[keep]
    return picked


def _cut(positions: Positions, offset: int, limit: int | None) -> Positions:
    """At most *limit* of them after the first *offset*; without a limit, all the rest."""
    if isinstance(positions, slice):
        start = min(positions.start + offset, positions.stop)
        return slice(start, positions.stop if limit is None else min(start + limit, positions.stop))
    return positions[offset:] if limit is None else positions[offset : offset + limit]
