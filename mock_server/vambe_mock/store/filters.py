"""The meaning of each filter: one table for the filters on instants, one for the others.

Each filter is named after its parameter. A contact is listed if it passes every filter of the query.
"""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from vambe_mock.contract import instants
from vambe_mock.contract.dialect import USUAL, Dialect
from vambe_mock.contract.query import ContactsQuery, CustomFieldFilter
from vambe_mock.contract.vocabulary import InstantField
from vambe_mock.store.columns import Columns, Flags, Rows


def days_window(days: float, now: int) -> int:
    """`days-window`: the last message is at most *days* times 24 hours old, inclusive."""
    return math.ceil(now - days * instants.DAY)


def cursor(after: int, _now: int) -> int:
    """`cursor-is-exclusive`: strictly after the cursor, that is at least one millisecond later."""
    return after + 1


class TimeFilter(NamedTuple):
    """``field`` must be ``since(parameter's value, now)`` or later; a contact without that instant never passes."""

    parameter: Literal["days", "created_after", "updated_after"]
    field: InstantField
    since: Callable[[Any, int], int]


TIME_FILTERS: Final = (
    TimeFilter("days", "last_message_at", days_window),
    TimeFilter("created_after", "created_at", cursor),
    TimeFilter("updated_after", "updated_at", cursor),
)

FILTER_BY_FIELD: Final = {time_filter.field: time_filter for time_filter in TIME_FILTERS}
"""The filter of each instant."""


@dataclass(frozen=True, slots=True)
class FilterContext:
    """What the filters need besides the columns: the stages of each pipeline, and the server's dialect.

    ``stages`` maps a pipeline's id to its stages' ids, all in lower case.
    """

    stages: dict[str, tuple[str, ...]]
    dialect: Dialect = USUAL

    def since(self, time_filter: TimeFilter, value: Any, now: int) -> int:
        """The first instant that passes *time_filter*.

        Instants that are finer than what is printed are a little later than that, so a cursor that was read from a
        contact lets this contact pass once more (`finer-instants`).
        """
        since = time_filter.since(value, now)
        return since - 1 if self.dialect.finer_instants and time_filter.since is cursor else since


def stage_of_active_ticket(columns: Columns, context: FilterContext, stage_id: str, rows: Rows | slice) -> Flags:
    """`stage-of-active-ticket`: that is the active ticket's stage or, by the dialect, the default stage."""
    by_default = context.dialect.stage_filter == "default_stage"
    return (columns.default_stage_id if by_default else columns.current_stage_id).have(stage_id, rows)


def pipeline_of_active_ticket(columns: Columns, context: FilterContext, pipeline_id: str, rows: Rows | slice) -> Flags:
    """`pipeline-of-active-ticket`: the active ticket's stage is one of that pipeline's."""
    return columns.current_stage_id.have_any(context.stages.get(pipeline_id, ()), rows)


def custom_field_match(
    columns: Columns, _context: FilterContext, wanted: CustomFieldFilter, rows: Rows | slice
) -> Flags:
    """`custom-field-match`: the customer or the active ticket has that value for that key."""
    flags = [columns.custom[entity, wanted.key].have(reading, rows) for entity, reading in wanted.readings]
    return np.logical_or.reduce(flags)  # type: ignore[no-any-return]


class RowFilter(NamedTuple):
    """``matches(columns, context, parameter's value, rows)`` is a flag for each row: whether it passes.

    ``blocked`` and ``ticket`` are no parameters, but rules of a dialect.
    """

    parameter: Literal["stage_id", "pipeline_id", "custom_field", "blocked", "ticket"]
    matches: Callable[[Columns, FilterContext, Any, Rows | slice], Flags]


ROW_FILTERS: Final = (
    RowFilter("stage_id", stage_of_active_ticket),
    RowFilter("pipeline_id", pipeline_of_active_ticket),
    RowFilter("custom_field", custom_field_match),
)


def value_of(query: ContactsQuery, parameter: str) -> Hashable | None:
    """The value of *parameter* in *query*; None if it was not sent."""
    value: Hashable | None = getattr(query, parameter)
    return value
