"""The filters as a dialect has them; ``filters`` has the usual ones."""

import math
from collections.abc import Callable, Hashable
from typing import Final

import numpy as np

from vambe_mock.contract import instants
from vambe_mock.contract.dialect import StageOf
from vambe_mock.contract.full_dialect import CustomFieldMatch, FullDialect
from vambe_mock.contract.query import CustomFieldFilter
from vambe_mock.store.columns import NO_INSTANT, Codes, Columns, Flags, Rows
from vambe_mock.store.filters import FilterContext, RowFilter, TimeFilter

_NO_TICKET: Final = b'"active_ticket_v2":null}'
_BLOCKED: Final = b',"blocked":true,'
_TO_THE_LETTER: Final = CustomFieldMatch()


def since(dialect: FullDialect, time_filter: TimeFilter, value: float, now: int) -> int:
    """The first instant that passes *time_filter* by *dialect*."""
    if time_filter.parameter != "days":
        exclusive = getattr(dialect.cursor_is_exclusive, time_filter.parameter) and not dialect.finer_instants
        return int(value) + int(exclusive)
    window = dialect.days_window
    edge = now - value * instants.DAY
    if window.unit != "hours":
        zone = instants.zone(window.zone)
        edge = (edge + zone) // instants.DAY * instants.DAY - zone
        edge += instants.DAY if window.unit == "calendar-today" else 0
    return math.ceil(edge) if window.edge == "inclusive" else math.floor(edge) + 1


def passes(columns: Columns, dialect: FullDialect, time_filter: TimeFilter, first: int, rows: Rows | slice) -> Flags:
    """Whether each of *rows* has its instant at *first* or later, or none and is listed all the same."""
    at = getattr(columns, time_filter.field)[rows]
    flags: Flags = at >= first
    if time_filter.parameter == "days" and dialect.days_without_message == "listed":
        flags |= at == NO_INSTANT
    return flags


def has_ticket(columns: Columns, _context: FilterContext, _wanted: Hashable, rows: Rows | slice) -> Flags:
    """Whether each of *rows* has an active ticket, which no column tells from one without a stage."""
    wire = columns.wire[rows]
    return np.fromiter((not one.endswith(_NO_TICKET) for one in wire), np.bool_, len(wire))


def not_blocked(columns: Columns, _context: FilterContext, _wanted: Hashable, rows: Rows | slice) -> Flags:
    """Whether each of *rows* is not blocked (`blocked-are-listed`)."""
    wire = columns.wire[rows]
    return np.fromiter((_BLOCKED not in one for one in wire), np.bool_, len(wire))


LISTED: Final = RowFilter("blocked", not_blocked)
WITH_TICKET: Final = RowFilter("ticket", has_ticket)


def row_filters(dialect: FullDialect) -> tuple[RowFilter, ...]:
    """The filters that are no time filters, as *dialect* has them."""

    def stage(columns: Columns, _context: FilterContext, stage_id: str, rows: Rows | slice) -> Flags:
        return _by_stage(columns, dialect.stage_filter, rows, lambda codes, some: codes.have(stage_id, some))

    def pipeline(columns: Columns, context: FilterContext, pipeline_id: str, rows: Rows | slice) -> Flags:
        stages = context.stages.get(pipeline_id, ())
        stage_of = dialect.pipeline_of_active_ticket
        return _by_stage(columns, stage_of, rows, lambda codes, some: codes.have_any(stages, some))

    def custom(columns: Columns, _context: FilterContext, wanted: CustomFieldFilter, rows: Rows | slice) -> Flags:
        flags = [
            _with_reading(dialect.custom_field_match, columns.custom[entity, wanted.key], reading, rows)
            for entity, reading in wanted.readings
        ]
        return np.logical_or.reduce(flags)  # type: ignore[no-any-return]

    return RowFilter("stage_id", stage), RowFilter("pipeline_id", pipeline), RowFilter("custom_field", custom)


def _by_stage(
    columns: Columns, stage_of: StageOf, rows: Rows | slice, have: Callable[[Codes, Rows | slice], Flags]
) -> Flags:
    """Whether the stage of each of *rows*, the one that *stage_of* names, is one that *have* looks for."""
    if stage_of == "default_stage":
        return have(columns.default_stage_id, rows)
    current = have(columns.current_stage_id, rows)
    if stage_of == "active_ticket":
        return current
    with_ticket = has_ticket(columns, _NO_CONTEXT, None, rows)
    flags: Flags = np.where(with_ticket, current, have(columns.default_stage_id, rows))
    return flags


_NO_CONTEXT: Final = FilterContext({})


def _with_reading(matches: CustomFieldMatch, codes: Codes, reading: Hashable, rows: Rows | slice) -> Flags:
    """Whether each of *rows* has a custom value that is *reading* as *matches* has it."""
    if matches == _TO_THE_LETTER or not isinstance(reading, str):
        return codes.have(reading, rows)
    known = (value for value in codes.codes_by_value if isinstance(value, str))
    return codes.have_any([value for value in known if _alike(matches, value, reading)], rows)


def _alike(matches: CustomFieldMatch, value: str, reading: str) -> bool:
    """Whether a contact's text *value* is the one that was asked for."""
    if matches.blanks == "trimmed":
        value, reading = value.strip(), reading.strip()
    if matches.capitals == "same":
        value, reading = value.casefold(), reading.casefold()
    if matches.text == "part":
        return reading in value
    return value.startswith(reading) if matches.text == "start" else value == reading
