"""The score of a client's copy: what it lost, kept stale, has twice, or has though it is gone. A pure function.

Fields that the copy has under our names are compared, and no others: instants as instants, numbers as numbers, flags
also as 0 and 1 or as text, a ticket also as JSON text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json

from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import FIELDS, FLAG_FIELDS, INSTANT_FIELDS
from vambe_mock.datasets.complaints import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vambe_mock.datasets.document import Record

_MISSING: Final = object()
_TICKET: Final = "active_ticket_v2"
_LARGEST: Final = 10**16
"""No phone number is as large; a number of JSON may be too large for a float."""

_FLAGS: Final = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


@dataclass(slots=True)
class Comparison:
    """Ids of contacts; ``stale`` has for each the fields that differ."""

    lost: list[str] = field(default_factory=list)
    stale: dict[str, list[str]] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)


def compare(
    data: Mapping[str, Record],
    copy: Iterable[Record],
    identity: str = "id",
    names: Mapping[str, str] | None = None,
    *,
    empty_is_null: bool = False,
) -> Comparison:
    """Compare *copy* with *data*, the contacts by id that it should have.

    *identity* is the copy's field for the id; *names* has for each of our fields the copy's name, where it differs.
    With *empty_is_null* an empty text is null, as in CSV. A record without an id is a ghost.
    """
    found = Comparison()
    columns = {ours: (names or {}).get(ours, ours) for ours in FIELDS if ours != "id"}
    records = list(copy)
    # A column that no record has is none of the copy's; one that some have and others lack is missing there.
    had = {name for record in records for name in record}
    compared = [(ours, theirs) for ours, theirs in columns.items() if theirs in had]
    nested = {name for name in ("id", "current_stage_id") if f"{_TICKET}.{name}" in had}
    seen: Counter[str] = Counter()
    for record in records:
        named = record.get(identity)
        one = named.strip().lower() if isinstance(named, str) else shown(named)
        seen[one] += 1
        if one not in data:
            if seen[one] == 1:
                found.ghosts.append(one)
            continue
        own = data[one]
        wrong = [
            ours
            for ours, theirs in compared
            if (type(value := record.get(theirs, _MISSING)) is not type(wanted := own[ours]) or value != wanted)
            and not _same(ours, wanted, value, empty_is_null=empty_is_null)  # most are the same to the letter
        ]
        wrong += [
            f"{_TICKET}.{name}"
            for name in sorted(nested)
            if not _same_text((own[_TICKET] or {}).get(name), record.get(f"{_TICKET}.{name}") or None)
        ]
        if wrong and one not in found.stale:
            found.stale[one] = wrong
    found.doubled = [one for one, times in seen.items() if times > 1 and one in data]
    found.lost = [one for one in data if one not in seen]
    return found


def _same(name: str, ours: Any, theirs: Any, *, empty_is_null: bool) -> bool:
    """Whether *theirs* says what *ours* says."""
    if theirs is _MISSING:
        return False
    if empty_is_null and theirs == "":
        return ours in (None, "")
    if name == _TICKET:  # null may be JSON text too
        return bool(_ticket(ours) == _ticket(theirs))
    if ours is None or theirs is None:
        return ours is theirs
    if name in INSTANT_FIELDS:
        return bool(_instant(ours) == _instant(theirs))
    if name in FLAG_FIELDS:
        return bool(ours) is (_FLAGS.get(theirs.lower()) if isinstance(theirs, str) else _flag(theirs))
    return _same_text(ours, theirs)


def _same_text(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str) and isinstance(theirs, int | float) and not isinstance(theirs, bool):
        # A spreadsheet's idea of a phone number: the digits are all there.
        return abs(theirs) < _LARGEST and ours.lstrip("+") == f"{theirs:.0f}"
    return bool(ours == theirs)


def _flag(value: Any) -> bool | None:
    return bool(value) if value in (0, 1) else None


def _instant(value: Any) -> Any:
    """*value* in milliseconds since 1970 UTC, or itself if it is no instant."""
    try:
        if isinstance(value, datetime):
            return instants.of_datetime(value)
        if isinstance(value, str):
            text = value.strip().replace(" ", "T", 1)
            if len(text) > 3 and text[-3] in "+-":  # PostgreSQL's +00
                text += ":00"
            elif text.endswith(("+0000", "-0000")):
                text = text[:-5] + "Z"
            elif not text.endswith("Z") and "+" not in text[10:] and "-" not in text[10:]:
                text += "Z"  # without a zone: SQLite's and MySQL's way to keep UTC
            return instants.parse(text)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return int(value) if abs(value) >= 1e11 else round(value * 1_000)
    except (ValueError, OverflowError):
        pass
    return value


def _ticket(value: Any) -> Any:
    """A ticket as JSON has it, also from JSON text."""
    if isinstance(value, str):
        try:
            return from_json(value, allow_inf_nan=False)  # nested 200 deep at most
        except ValueError:
            return value
    return value
