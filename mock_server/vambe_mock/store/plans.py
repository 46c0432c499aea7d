"""How a dialect searches: which time filters count, and the order of the list, for each combination of time filters.

Orders that the state does not keep are derived from those that it does when they are first needed, and are dropped
with the state's next change.
"""

from itertools import cycle
from typing import Final, NamedTuple, cast

import numpy as np

from vambe_mock.contract.full_dialect import COMBINATIONS, Combination, FullDialect, Sorting, Ties
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import InstantField
from vambe_mock.store.columns import NO_INSTANT, Rows
from vambe_mock.store.filters import FILTER_BY_FIELD, TIME_FILTERS, TimeFilter
from vambe_mock.store.orders import DESCENDING, Order
from vambe_mock.store.state import State

_FIRST: Final = -(2**63)
_LAST: Final = 2**63 - 1
"""The keys of contacts without an instant, which are before or after all others."""


class By(NamedTuple):
    """What orders a list: a field, a direction, and what decides among equal instants."""

    field: str
    descending: bool
    ties: Ties


class Plan(NamedTuple):
    """How one query is searched: its order, the time filters that count, and the one that is a slice of the order."""

    by: By
    order: Order
    time_filters: tuple[TimeFilter, ...]
    window: TimeFilter | None

    def since(self, instant: int) -> slice:
        """The positions of the contacts whose instant is *instant* or later; those without one are not among them."""
        window, keys = self.order.since(instant), self.order.keys
        first, last = keys.searchsorted(_FIRST, "right"), keys.searchsorted(_LAST, "left")
        start = max(window.start, int(first))
        return slice(start, max(start, min(window.stop, int(last))))


class Plans:
    """The plans of a dialect for one state of the contacts."""

    def __init__(self, state: State, dialect: FullDialect) -> None:
        self._state = state
        self._dialect = dialect
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

    def counts(self, parameter: str, query: ContactsQuery) -> bool:
        """Whether *parameter*, a time filter, counts in *query*."""
        sent = combination_of(query)
        return parameter in self._dialect.time_filters_together.get(sent, sent).split("+")

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
        return Plan(by, self._order(by), tuple(filters), window)

    def _order(self, by: By) -> Order:
        """The order *by*, which descends or ascends with its keys."""
        state = self._state
        if by.field == "id":
            rows = state.orders["updated_at"].rows
            rows = rows[np.argsort(state.columns.ids[rows], kind="stable")]
            rows = rows[::-1].copy() if by.descending else rows
            return Order(rows, np.arange(len(rows), dtype=np.int64), descending=False)
        field = cast("InstantField", by.field)
        nulls_first = self._dialect.order_nulls == "first"
        usual = by.descending == (field in DESCENDING) and by.ties == "id-up"
        if usual and not (field == "last_message_at" and nulls_first):
            return state.orders[field]
        rows = self._rows_by_ties(field, by.ties)
        instants = getattr(state.columns, field)[rows]
        keys = np.where(
            instants == NO_INSTANT, _FIRST if nulls_first else _LAST, -instants if by.descending else instants
        )
        positions = np.argsort(keys, kind="stable")
        return Order(rows[positions], keys[positions], by.descending)

    def _rows_by_ties(self, field: InstantField, ties: Ties) -> Rows:
        """All rows, in an order in which those with an equal *field* are as *ties* has it."""
        state = self._state
        if ties == "id-up":
            return state.orders[field].rows
        if ties == "id-down":
            return state.orders[field].rows[::-1]
        other: InstantField = "created_at" if ties.startswith("created") else "updated_at"
        order = state.orders[other]  # ascending, then by id
        if ties.endswith("up"):
            return order.rows
        return order.rows[np.argsort(-order.keys, kind="stable")]


def combination_of(query: ContactsQuery) -> Combination:
    """The time filters that *query* has."""
    return _COMBINATIONS[query.days is not None, query.created_after is not None, query.updated_after is not None]


def usual_sorting(sent: Combination) -> Sorting:
    """The order without a word of the dialect (`order`)."""
    if "updated_after" in sent:
        return "updated_at ascending"
    return "created_at ascending" if "created_after" in sent else "last_message_at descending"


_COMBINATIONS: Final = {("days" in one, "created_after" in one, "updated_after" in one): one for one in COMBINATIONS}
