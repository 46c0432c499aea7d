"""A store that searches as a dialect does. It keeps and changes contacts as every store does."""

import numpy as np

from vambe_mock.contract.full_dialect import FullDialect
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.store import other_filters
from vambe_mock.store.columns import Columns
from vambe_mock.store.filters import FilterContext, RowFilter, TimeFilter
from vambe_mock.store.plans import Plans, combination_of
from vambe_mock.store.state import State
from vambe_mock.store.store import Found, Positions, Store, count, pick


class OtherStore(Store):
    """Contacts that are searched as a dialect does."""

    def __init__(self, contacts: Columns | State, context: FilterContext, dialect: FullDialect) -> None:
        """Store *contacts*; *dialect* is that of *context*."""
        self._dialect = dialect
        self.row_filters = other_filters.row_filters(dialect, lambda: self._more)
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
        for one in plan.time_filters:
            first = other_filters.since(dialect, one, getattr(query, one.parameter), now)
            if one is plan.window:
                positions = plan.since(first)
            else:
                at = plan.instants(one.field)[positions]
                positions = pick(positions, other_filters.passes(at, dialect, one, first))
            steps[one.parameter] = count(positions)
        for row_filter in self.row_filters:
            if (wanted := getattr(query, row_filter.parameter)) is not None:
                positions = self._having(positions, plan.by, order, row_filter, wanted)
                steps[row_filter.parameter] = count(positions)
        return self._page(query, order, positions, steps, rows_alone=rows_alone)

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
        self._more = other_filters.MoreColumns(self.columns)
        standing = other_filters.standing_filters(self._dialect, self._more)
        self._plans = Plans(self._state, self._dialect, standing, self.context)
