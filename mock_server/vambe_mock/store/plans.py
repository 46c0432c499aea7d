"""How a dialect searches: which time filters count (`time-filters-together`), and in which order the list is.

Both depend on which time filters are sent.

Orders that the state does not keep are derived from those that it does when they are first needed, and are dropped
with the state's next change.
"""

from itertools import cycle
from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract.full_dialect import COMBINATIONS, Combination, FullDialect, Sorting, Ties
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import InstantField
from vambe_mock.store.columns import NO_INSTANT, Columns, Instants, Rows
from vambe_mock.store.filters import FILTER_BY_FIELD, TIME_FILTERS, FilterContext, RowFilter, TimeFilter
from vambe_mock.store.orders import DESCENDING
from vambe_mock.store.state import State

_FIRST: Final = -(2**63)
_LAST: Final = 2**63 - 1
"""The keys of contacts without an instant, which are before or after all others."""


class By(NamedTuple):
    """What orders a list: a field, a direction, what decides among equal instants, and which contacts are in it."""

    field: str
    descending: bool
    ties: Ties
    standing: tuple[str, ...] = ()


class Listing(NamedTuple):
    """All contacts in one order: their ``rows`` as listed, and their ``keys``, ascending, to find a position.

    A key is the instant, or its negative if the order descends.
    """

    rows: Rows
    keys: NDArray[np.int64]
    descending: bool

    def since(self, instant: int) -> slice:
        """The positions of the contacts whose instant is *instant* or later."""
        if self.descending:
            return slice(0, int(self.keys.searchsorted(-instant, "right")))
        return slice(int(self.keys.searchsorted(instant, "left")), len(self.keys))


class Plan:
    """How one query is searched: its order, the time filters that count, and the one that is a slice of the order.

    The order has only the contacts that the dialect's standing filters let through.
    """

    __slots__ = ("_columns", "_instants", "_sorted", "_span", "by", "order", "time_filters", "window")

    def __init__(
        self, by: By, order: Listing, columns: Columns, time_filters: tuple[TimeFilter, ...], window: TimeFilter | None
    ) -> None:
        self.by = by
        self.order = order
        self.time_filters = time_filters
        self.window = window
        self._columns = columns
        self._instants: dict[str, Instants] = {}
        self._sorted: dict[str, Instants] = {}
        keys = order.keys
        self._span = int(keys.searchsorted(_FIRST, "right")), int(keys.searchsorted(_LAST, "left"))

    def since(self, instant: int) -> slice:
        """The positions of the contacts whose instant is *instant* or later; those without one are not among them."""
        window, (first, last) = self.order.since(instant), self._span
        start = max(window.start, first)
        return slice(start, max(start, min(window.stop, last)))

    def instants(self, field: str) -> Instants:
        """The instants of all contacts in the order of the list."""
        if (found := self._instants.get(field)) is None:
            found = self._instants[field] = getattr(self._columns, field)[self.order.rows]
        return found

    def later(self, field: str, instant: int) -> int:
        """How many contacts of the list have their instant at *instant* or later."""
        if (found := self._sorted.get(field)) is None:
            found = self._sorted[field] = np.sort(self.instants(field))
        return len(found) - int(found.searchsorted(instant))


class Plans:
    """The plans of a dialect for one state of the contacts."""

    def __init__(
        self, state: State, dialect: FullDialect, standing: tuple[RowFilter, ...], context: FilterContext
    ) -> None:
        self._state = state
        self._dialect = dialect
        self._standing = standing
        self._context = context
        self._plans: dict[str, Plan] = {}
        self._turns: dict[str, cycle[Plan]] = {}

    def plan(self, query: ContactsQuery) -> Plan:
        """The plan for *query*."""
        sent = combination_of(query)
        if (plan := self._plans.get(sent)) is not None:
            return plan
        if sent in self._turns:
            return next(self._turns[sent])
        by = self._by(sent)
        if by.ties == "unstable":
            plans = [self._made(sent, by._replace(ties=ties)) for ties in ("id-up", "id-down")]
            self._turns[sent] = cycle(plans)
            return self.plan(query)
        plan = self._plans[sent] = self._made(sent, by)
        return plan

    def _by(self, sent: Combination) -> By:
        sorting = self._dialect.order.get(sent) or usual_sorting(sent)
        field, _, direction = sorting.partition(" ")
        descending = direction == "descending"
        ties = self._dialect.order_ties
        tie: Ties = ties if isinstance(ties, str) else ties.get(cast("InstantField", field), "id-up")
        if field == "id":
            tie = "id-up"
        if tie in ("id-with", "id-against"):
            tie = "id-down" if descending == (tie == "id-with") else "id-up"
        return By(field, descending, tie)

    def _made(self, sent: Combination, by: By) -> Plan:
        counted = self._dialect.time_filters_together.get(sent, sent).split("+")
        filters = [one for one in TIME_FILTERS if one.parameter in counted]
        own = FILTER_BY_FIELD.get(cast("InstantField", by.field))
        with_nulls = self._dialect.days_without_message == "listed"
        window = own if own in filters and not (with_nulls and own.parameter == "days") else None
        filters.sort(key=lambda one: one is not window)  # the window first: it has to be taken from all contacts
        standing = self.standing(sent)
        by = by._replace(standing=tuple(one.parameter for one in standing))
        order, columns = self._order(by), self._state.columns
        for one in standing:
            flags = one.matches(columns, self._context, True, order.rows)
            order = Listing(order.rows[flags], order.keys[flags], order.descending)
        return Plan(by, order, columns, tuple(filters), window)

    def standing(self, sent: Combination) -> list[RowFilter]:
        """The standing filters that matter to queries with the time filters *sent*."""
        counted = self._dialect.time_filters_together.get(sent, sent).split("+")
        return [one for one in self._standing if one.parameter != "ticket" or "days" in counted]

    def _order(self, by: By) -> Listing:
        """The order *by*, which descends or ascends with its keys (`order-nulls`)."""
        state = self._state
        if by.field == "id":
            rows = state.listed("updated_at")
            rows = rows[np.argsort(state.columns.ids[rows], kind="stable")]
            rows = rows[::-1].copy() if by.descending else rows
            return Listing(rows, np.arange(len(rows), dtype=np.int64), descending=False)
        field = cast("InstantField", by.field)
        nulls_first = self._dialect.order_nulls == "first"
        usual = by.descending == (field in DESCENDING) and by.ties == "id-up"
        if usual and not (field == "last_message_at" and nulls_first):
            rows = state.listed(field)
            instants = getattr(state.columns, field)[rows]
            return Listing(rows, -instants if by.descending else instants, by.descending)
        rows = self._rows_by_ties(field, by.ties)
        instants = getattr(state.columns, field)[rows]
        keys = np.where(
            instants == NO_INSTANT, _FIRST if nulls_first else _LAST, -instants if by.descending else instants
        )
        positions = np.argsort(keys, kind="stable")
        return Listing(rows[positions], keys[positions], by.descending)

    def _rows_by_ties(self, field: InstantField, ties: Ties) -> Rows:
        """All rows, in an order in which those with an equal *field* are as *ties* has it."""
        state = self._state
        if ties == "id-up":
            return state.listed(field)
        if ties == "id-down":
            return state.listed(field)[::-1]
        other: InstantField = "created_at" if ties.startswith("created") else "updated_at"
        rows = state.listed(other)  # ascending, then by id
        return rows if ties.endswith("up") else rows[np.argsort(-getattr(state.columns, other)[rows], kind="stable")]


def combination_of(query: ContactsQuery) -> Combination:
    """The time filters that *query* has."""
    return _COMBINATIONS[query.days is not None, query.created_after is not None, query.updated_after is not None]


def usual_sorting(sent: Combination) -> Sorting:
    """The order without a word of the dialect (`order`)."""
    if "updated_after" in sent:
        return "updated_at ascending"
    return "created_at ascending" if "created_after" in sent else "last_message_at descending"


_COMBINATIONS: Final = {("days" in one, "created_after" in one, "updated_after" in one): one for one in COMBINATIONS}
