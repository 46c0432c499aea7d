"""What each filter means: one table for the filters on time, one for the others.

Every filter is named as its parameter. All that are asked for must hold for a contact to be listed.
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
    """`days-window`: the last message is at most *days* times 24 hours old, the edge inside."""
    return math.ceil(now - days * instants.DAY)


def cursor(after: int, _now: int) -> int:
    """`cursor-is-exclusive`: strictly after the cursor, which in whole milliseconds is one later."""
    return after + 1


class TimeFilter(NamedTuple):
    """``field`` must be ``since(value asked for, now)`` or later; a contact without it never is."""

    parameter: Literal["days", "created_after", "updated_after"]
    field: InstantField
    since: Callable[[Any, int], int]


TIME_FILTERS: Final = (
    TimeFilter("days", "last_message_at", days_window),
    TimeFilter("created_after", "created_at", cursor),
    TimeFilter("updated_after", "updated_at", cursor),
)

ON: Final = {one.field: one for one in TIME_FILTERS}
"""The filter on each instant."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the filters need beside the columns: the stages of each pipeline, and the server's dialect.

    ``stages`` maps a pipeline's id to its stages' ids, all in lower case.
    """

    stages: dict[str, tuple[str, ...]]
    dialect: Dialect = USUAL


def stage_of_active_ticket(columns: Columns, known: Knowledge, stage_id: str, rows: Rows | slice) -> Flags:
    """`stage-of-active-ticket`: the active ticket is in that stage; by its switch, the default stage is that one."""
    by_default = known.dialect.stage_filter == "default_stage"
    return (columns.default_stage_id if by_default else columns.current_stage_id).have(stage_id, rows)


def pipeline_of_active_ticket(columns: Columns, known: Knowledge, pipeline_id: str, rows: Rows | slice) -> Flags:
    """`pipeline-of-active-ticket`: the active ticket's stage is one of that pipeline's."""
    return columns.current_stage_id.have_any(known.stages.get(pipeline_id, ()), rows)


def custom_field_match(columns: Columns, _known: Knowledge, asked: CustomFieldFilter, rows: Rows | slice) -> Flags:
    """`custom-field-match`: the customer or the active ticket has that value for that key."""
    flags = [columns.custom[entity, asked.key].have(reading, rows) for entity, reading in asked.readings]
    return np.logical_or.reduce(flags)  # type: ignore[no-any-return]


class RowFilter(NamedTuple):
    """``matches(columns, known, value asked for, rows)`` tells for each row whether it holds."""

    parameter: Literal["stage_id", "pipeline_id", "custom_field"]
    matches: Callable[[Columns, Knowledge, Any, Rows | slice], Flags]


ROW_FILTERS: Final = (
    RowFilter("stage_id", stage_of_active_ticket),
    RowFilter("pipeline_id", pipeline_of_active_ticket),
    RowFilter("custom_field", custom_field_match),
)


def asked(query: ContactsQuery, parameter: str) -> Hashable | None:
    """The value that *query* has for *parameter*; None where it was not sent."""
    value: Hashable | None = getattr(query, parameter)
    return value
