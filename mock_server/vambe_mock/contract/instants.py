"""Instants: the vendor's timestamp text to milliseconds since 1970 (UTC), and back.

Everything inside the program that is an instant is an ``int`` of milliseconds. The text is the wire's business only.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

PATTERN: Final = (
    r"^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29"
    r"|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|(?:02)-(?:0[1-9]|1\d|2[0-8])))"
    r"T(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|([+-](?:[01]\d|2[0-3]):[0-5]\d)))$"
)
"""The document's `pattern` of ``created_after`` and ``updated_after``, as it stands (`timestamp-syntax`)."""
PATTERN_WITH_SECONDS: Final = PATTERN.replace(r"(?::[0-5]\d(?:\.\d+)?)?", r":[0-5]\d(?:\.\d+)?")
"""The same pattern as zod 4.5.0 and later write it: seconds must be there (`timestamp-syntax`)."""

# JavaScript's \d is ASCII and its $ is the very end; Python's are neither unless asked.
_SYNTAX: Final = re.compile(PATTERN.removesuffix("$") + r"\Z", re.ASCII)
_AFTER_MINUTES: Final = len("2026-01-31T09:30")
_USUAL_LENGTH: Final = len("2026-01-31T09:30:00.000Z")
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_CYCLE_YEARS: Final = 400
_CYCLE_DAYS: Final = 146_097
_YEAR_ZERO: Final = 366

EARLIEST: Final = -62_167_219_200_000
"""0000-01-01T00:00:00.000Z, the first instant that the wire's four-digit year can write."""
LATEST: Final = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z, the last one."""


def matches(text: str) -> bool:
    """Whether *text* is a timestamp by the document's pattern (`timestamp-syntax`)."""
    return _SYNTAX.match(text) is not None


def parse(text: str, *, seconds_required: bool = False) -> int:
    """*text*, which must match the pattern, as milliseconds since 1970 UTC.

    Digits finer than a millisecond are dropped, not rounded (`timestamp-precision`).
    Raises ValueError for a text that the pattern refuses; with *seconds_required*, for one without seconds too.
    """
    if not matches(text) or (seconds_required and text[_AFTER_MINUTES] != ":"):
        raise ValueError(f"not a timestamp: {text!r}; wanted something like 2026-01-31T09:30:00.000Z")
    if len(text) == _USUAL_LENGTH and text[-1] == "Z" and text[:4] != "0000":  # as we write them; twice as quick
        return round(datetime.fromisoformat(text).timestamp() * SECOND)
    clock, offset = _split_zone(text[11:])
    return (
        _day(text[:10]) * DAY
        + int(clock[:2]) * HOUR
        + int(clock[3:5]) * MINUTE
        + int(clock[6:8] or 0) * SECOND
        + int(clock[9:12].ljust(3, "0") or 0)
        - offset
    )


def write(instant: int) -> str:
    """*instant* as the wire has it: UTC, three fraction digits, ``Z`` (`timestamps`).

    Raises ValueError outside the years 0000 to 9999.
    """
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("an instant outside the years 0000 to 9999")
    days, rest = divmod(instant, DAY)
    seconds, milliseconds = divmod(rest, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_date(days)}T{hour:02d}:{minute:02d}:{second:02d}.{milliseconds:03d}Z"


def of_datetime(value: datetime) -> int:
    """The aware datetime *value* as milliseconds since 1970 UTC; finer digits are dropped (`timestamp-precision`).

    Raises ValueError with one line for a naive datetime.
    """
    if value.utcoffset() is None:
        raise ValueError(f"{value!r} has no time zone; wanted an aware datetime, for example datetime.now(UTC)")
    return (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _split_zone(text: str) -> tuple[str, int]:
    """The clock part of ``hh:mm[:ss[.fff]]zone`` and the zone's offset from UTC in milliseconds."""
    if text.endswith("Z"):
        return text[:-1], 0
    return text[:-6], zone(text[-6:])


@lru_cache(maxsize=256)
def zone(text: str) -> int:
    """The offset ``+hh:mm`` from UTC in milliseconds."""
    minutes = int(text[1:3]) * 60 + int(text[4:])
    return (-minutes if text[0] == "-" else minutes) * MINUTE


# The Gregorian calendar repeats every 400 years, so the year 0000, which Python's lacks, is looked up as another one.


@lru_cache(maxsize=8_192)
def _day(text: str) -> int:
    """The days from 1970 to ``yyyy-mm-dd``."""
    cycles, year = divmod(int(text[:4]), _CYCLE_YEARS)
    day = date(_CYCLE_YEARS * 5 + year, int(text[5:7]), int(text[8:]))
    return day.toordinal() + (cycles - 5) * _CYCLE_DAYS - _EPOCH_DAY


@lru_cache(maxsize=8_192)
def _date(days: int) -> str:
    """``yyyy-mm-dd``, that many days from 1970."""
    cycles, ordinal = divmod(days + _EPOCH_DAY + _YEAR_ZERO - 1, _CYCLE_DAYS)
    day = date.fromordinal(_CYCLE_DAYS * 5 - _YEAR_ZERO + ordinal + 1)
    return f"{day.year + (cycles - 5) * _CYCLE_YEARS:04d}{day:-%m-%d}"
