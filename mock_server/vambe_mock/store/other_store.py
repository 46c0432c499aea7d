"""A store that searches as a dialect does. It keeps and changes contacts as every store does."""

from collections.abc import Hashable

from vambe_mock.contract.full_dialect import FullDialect
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.store import other_filters
from vambe_mock.store.columns import Columns
from vambe_mock.store.filters import FilterContext, RowFilter, TimeFilter
from vambe_mock.store.plans import Plans
from vambe_mock.store.state import State
from vambe_mock.store.store import Found, Positions, Store, count, pick


class OtherStore(Store):
    """Contacts that are searched as a dialect does."""

    def __init__(self, contacts: Columns | State, context: FilterContext, dialect: FullDialect) -> None:
        """Store *contacts*; *dialect* is that of *context*."""
        self._dialect = dialect
        self.row_filters = other_filters.row_filters(dialect)
        if dialect.days_without_ticket == "left-out":
            self.row_filters = (*self.row_filters, other_filters.WITH_TICKET)
        if not dialect.blocked_are_listed:
            self.row_filters = (*self.row_filters, other_filters.LISTED)
        super().__init__(contacts, context)

    def copy(self) -> Store:
        """A store of the same contacts, which changes by itself."""
        return OtherStore(self.state(), self.context, self._dialect)

    def filter_with(self, context: FilterContext) -> None:
        """Use another context; a dialect may be another one only in what it says of finer instants."""
        if isinstance(context.dialect, FullDialect):
            self._dialect = context.dialect
        super().filter_with(context)

    def find(self, query: ContactsQuery, now: int) -> Found:
        """The contacts for *query* at the instant *now*: filtered, sorted, then paged (`paging`)."""
        plan, dialect = self._plans.plan(query), self._dialect
        order = plan.order
        positions: Positions = slice(0, len(order.rows))
        steps = {"": len(self)}
        for one in plan.time_filters:
            first = other_filters.since(dialect, one, getattr(query, one.parameter), now)
            if one is plan.window:
                positions = plan.since(first)
            else:
                flags = other_filters.passes(self.columns, dialect, one, first, order.rows[positions])
                positions = pick(positions, flags)
            steps[one.parameter] = count(positions)
        for row_filter in self.row_filters:
            if (wanted := self._wanted(query, row_filter)) is not None:
                positions = self._having(positions, plan.by, order, row_filter, wanted)
                steps[row_filter.parameter] = count(positions)
        return self._page(query, order, positions, steps)

    def ordering(self, query: ContactsQuery) -> tuple[str, bool]:
        """The field that orders the answer to *query*, and whether the order descends."""
        by = self._plans.plan(query).by
        return by.field, by.descending

    def time_verdicts(self, query: ContactsQuery, now: int, row: int) -> list[tuple[TimeFilter, int, bool]]:
        """The time filters of *query* that count, the first instant that passes each, and whether *row* does."""
        found = []
        for one in self._plans.plan(query).time_filters:
            first = other_filters.since(self._dialect, one, getattr(query, one.parameter), now)
            holds = other_filters.passes(self.columns, self._dialect, one, first, slice(row, row + 1))
            found.append((one, first, bool(holds[0])))
        return found

    def _wanted(self, query: ContactsQuery, row_filter: RowFilter) -> Hashable | None:
        """What *row_filter* has to look for; None if it does not matter to *query*."""
        if row_filter is other_filters.LISTED:
            return True
        if row_filter is other_filters.WITH_TICKET:
            return True if self._plans.counts("days", query) else None
        wanted: Hashable | None = getattr(query, row_filter.parameter)
        return wanted

    def _changed(self) -> None:
        super()._changed()
        self._plans = Plans(self._state, self._dialect)
