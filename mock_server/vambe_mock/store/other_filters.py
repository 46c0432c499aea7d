"""The filters as a dialect has them; ``filters`` has the usual ones."""

import math
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Final

import numpy as np

from vambe_mock.contract import instants
from vambe_mock.contract.dialect import StageOf
from vambe_mock.contract.full_dialect import CustomFieldMatch, FullDialect
from vambe_mock.contract.query import CustomFieldFilter
from vambe_mock.store.columns import NO_INSTANT, Codes, Columns, Flags, Instants, Rows
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


def passes(at: Instants, dialect: FullDialect, time_filter: TimeFilter, first: int) -> Flags:
    """Whether each instant of *at* is *first* or later, or is none and passes all the same (`days-without-message`)."""
    flags: Flags = at >= first
    if time_filter.parameter == "days" and dialect.days_without_message == "listed":
        flags |= at == NO_INSTANT
    return flags


class MoreColumns:
    """What the columns do not have, read from the contacts' JSON when it is first needed; until the next change."""

    def __init__(self, columns: Columns) -> None:
        self._wire = columns.wire

    @cached_property
    def has_ticket(self) -> Flags:
        """Whether each contact has an active ticket, which no column tells from one without a stage."""
        return np.fromiter((not one.endswith(_NO_TICKET) for one in self._wire), np.bool_, len(self._wire))

    @cached_property
    def is_blocked(self) -> Flags:
        """Whether each contact is blocked (`blocked-are-listed`)."""
        return np.fromiter((_BLOCKED in one for one in self._wire), np.bool_, len(self._wire))


def row_filters(dialect: FullDialect, more: Callable[[], MoreColumns]) -> tuple[RowFilter, ...]:
    """The filters that are no time filters, as *dialect* has them; *more* gives what the columns do not have."""

    def stage(columns: Columns, _context: FilterContext, stage_id: str, rows: Rows | slice) -> Flags:
        return by_stage(columns, dialect.stage_filter, rows, lambda codes, some: codes.have(stage_id, some))

    def pipeline(columns: Columns, context: FilterContext, pipeline_id: str, rows: Rows | slice) -> Flags:
        stages = context.stages.get(pipeline_id, ())
        stage_of = dialect.pipeline_of_active_ticket
        return by_stage(columns, stage_of, rows, lambda codes, some: codes.have_any(stages, some))

    def custom(columns: Columns, _context: FilterContext, wanted: CustomFieldFilter, rows: Rows | slice) -> Flags:
        flags = [
            _with_reading(dialect.custom_field_match, columns.custom[entity, wanted.key], reading, rows)
            for entity, reading in wanted.readings
        ]
        return np.logical_or.reduce(flags)  # type: ignore[no-any-return]

    def by_stage(
        columns: Columns, stage_of: StageOf, rows: Rows | slice, have: Callable[[Codes, Rows | slice], Flags]
    ) -> Flags:
        """Whether the stage of each of *rows*, the one that *stage_of* names, is one that *have* looks for."""
        if stage_of == "default_stage":
            return have(columns.default_stage_id, rows)
        current = have(columns.current_stage_id, rows)
        if stage_of == "active_ticket":
            return current
        flags: Flags = np.where(more().has_ticket[rows], current, have(columns.default_stage_id, rows))
        return flags

    return RowFilter("stage_id", stage), RowFilter("pipeline_id", pipeline), RowFilter("custom_field", custom)


def standing_filters(dialect: FullDialect, more: MoreColumns) -> tuple[RowFilter, ...]:
    """The filters of *dialect* that no parameter asks for.

    ``ticket`` goes with ``days`` (`days-without-ticket`), ``blocked`` with all (`blocked-are-listed`).
    """

    def ticket(_columns: Columns, _context: FilterContext, _wanted: Hashable, rows: Rows | slice) -> Flags:
        flags: Flags = more.has_ticket[rows]
        return flags

    def not_blocked(_columns: Columns, _context: FilterContext, _wanted: Hashable, rows: Rows | slice) -> Flags:
        flags: Flags = ~more.is_blocked[rows]
        return flags

    filters = []
    if dialect.days_without_ticket == "left-out":
        filters.append(RowFilter("ticket", ticket))
    if not dialect.blocked_are_listed:
        filters.append(RowFilter("blocked", not_blocked))
    return tuple(filters)


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
