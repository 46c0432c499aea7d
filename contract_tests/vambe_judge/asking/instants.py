"""Instants as the judge needs them: read from an answer, written into a request.

Milliseconds since 1970 UTC throughout. Independent of the mock's own reading, which is one of the things judged.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
EPOCH: Final = "1970-01-01T00:00:00.000Z"

_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ON_THE_WIRE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def read(text: str) -> int:
    """Any ISO 8601 instant with a zone, finer digits dropped. Raises ValueError for a text that is none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return (moment - _START) // timedelta(milliseconds=1)


def is_wire_form(text: str) -> bool:
    """Whether *text* is an instant as the vendor writes it: UTC, three fraction digits, ``Z`` (`timestamps`)."""
    try:
        return bool(_ON_THE_WIRE.fullmatch(text)) and read(text) is not None
    except ValueError:
        return False


def write(instant: int, *, shifted: int = 0) -> str:
    """*instant* as the vendor writes it, or as a clock *shifted* minutes east of UTC shows it (``+05:30``)."""
    moment = _START + timedelta(milliseconds=instant)
    if shifted:
        return moment.astimezone(timezone(timedelta(minutes=shifted))).isoformat(timespec="milliseconds")
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant % SECOND:03d}Z"
