"""What other tools make of our files, read as what it was, where it can have been nothing else (`other-tools`).

Each form here was written by the tool that it is named for: spreadsheets, DuckDB, pandas, polars.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import INSTANT_FIELDS

if TYPE_CHECKING:
    from vambe_mock.datasets.document import Record

SEPARATORS: Final = (",", ";", "\t")
INDEX: Final = frozenset({"", "Unnamed: 0", "index", "__index_level_0__"})
"""What pandas calls the column with its numbers of the rows: in CSV, in CSV that it read again, in SQL, in Parquet."""

_FLAGS: Final = {"true": True, "false": False, "1": True, "0": False, "verdadero": True, "falso": False}
_DECIMAL_COMMA: Final = re.compile(r"-?[0-9]+,[0-9]+")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)"
    r"(?:Z|([+-][0-9]{2})(?::?([0-9]{2}))?)?"
)


def separator(names: str) -> str:
    """What separates the columns whose *names* are a line of CSV; none of our names has one of these in it."""
    return max(SEPARATORS, key=names.count)


def flag(cell: str) -> bool | None:
    """The flag that *cell* says, in English or Spanish, or as a number; None for anything else."""
    return _FLAGS.get(cell.strip().lower())


def number(cell: str, separator: str) -> str:
    """*cell* with a decimal point, where a comma in it can be nothing but that."""
    return cell.replace(",", ".") if separator != "," and _DECIMAL_COMMA.fullmatch(cell) else cell


def instant(text: str) -> str:
    """*text* as the wire has instants; as it is if it is none of a tool. Without a zone it is UTC, as in Parquet.

    DuckDB writes ``2026-11-28 10:00:00+00``, pandas ``2026-11-28 10:00:00+00:00``, polars
    ``2026-11-28T10:00:00.000000+0000``.
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        return text
    day, clock, hours, minutes = found.groups()
    written = f"{day}T{clock}{hours}:{minutes or '00'}" if hours else f"{day}T{clock}Z"
    try:
        return instants.write(instants.parse(written))
    except ValueError:  # no day of the calendar, or beyond the years that the wire has
        return text


def mended(contact: Record) -> Record:
    """*contact*, which is changed, without the numbers of pandas' rows, nulls for what is not there, other instants.

    polars writes a struct that is null as one whose members are, and every custom field that any contact has.
    """
    for name in INDEX & contact.keys():
        del contact[name]
    for name in INSTANT_FIELDS:
        text = contact.get(name)
        if isinstance(text, str) and not (text.endswith("Z") and "T" in text):
            contact[name] = instant(text)
    ticket = contact.get("active_ticket_v2")
    if isinstance(ticket, dict) and ticket.keys() == {"id", "current_stage_id"} and ticket["id"] is None:
        contact["active_ticket_v2"] = None if ticket["current_stage_id"] is None else ticket
    custom = contact.get("custom_fields")
    if isinstance(custom, dict):
        contact["custom_fields"] = {
            entity: {key: value for key, value in values.items() if value is not None}
            if isinstance(values, dict)
            else values
            for entity, values in custom.items()
            if values is not None
        }
    elif custom is None:
        contact.pop("custom_fields", None)
    return contact
