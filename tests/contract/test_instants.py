"""Instants: text to milliseconds and back, held to Python's own calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vambe_mock.contract import instants
from vambe_mock.organisations.clock import Clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
zones = st.integers(-1439, 1439)


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), zones)  # noqa: DTZ001 - the zone comes next
def test_parse_agrees_with_datetime(naive: datetime, minutes: int) -> None:
    """An instant with any offset is the one that Python's calendar gives (`timestamp-syntax`)."""
    sign, rest = ("-" if minutes < 0 else "+"), abs(minutes)
    text = f"{naive.isoformat(timespec='microseconds')}{sign}{rest // 60:02d}:{rest % 60:02d}"
    exact = naive.replace(tzinfo=UTC) - timedelta(minutes=minutes) - EPOCH
    assert instants.parse(text) == exact // timedelta(milliseconds=1)


@given(st.integers(instants.EARLIEST, instants.LATEST))
def test_write_is_undone_by_parse(instant: int) -> None:
    """What is written is read back as it was, from the year 0000 to 9999 (`timestamps`)."""
    text = instants.write(instant)
    assert len(text) == len("2026-01-31T09:30:00.000Z")
    assert instants.parse(text) == instant


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (instants.EARLIEST, "0000-01-01T00:00:00.000Z"),
        (-62_162_121_600_000, "0000-02-29T00:00:00.000Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        (instants.LATEST, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_write_known_instants(instant: int, text: str) -> None:
    """The ends of the calendar are written right (`timestamps`)."""
    assert instants.write(instant) == text
    assert instants.parse(text) == instant


@pytest.mark.parametrize("instant", [instants.EARLIEST - 1, instants.LATEST + 1])
def test_write_refuses_a_fifth_digit(instant: int) -> None:
    """A year that the wire cannot write is an error, not a wrong text."""
    with pytest.raises(ValueError, match="outside the years"):
        instants.write(instant)


def test_parse_refuses_what_the_pattern_refuses() -> None:
    """A text outside the document's pattern is an error with an example (`timestamp-syntax`)."""
    with pytest.raises(ValueError, match="2026-01-31T09:30"):
        instants.parse("2026-02-30T00:00:00Z")


def test_a_frozen_clock_stands_and_another_runs() -> None:
    """A frozen clock says the same forever; the wall's is the system's."""
    assert Clock(5).now() == 5
    before = datetime.now(UTC)
    now = Clock().now()
    assert before - timedelta(seconds=1) <= EPOCH + timedelta(milliseconds=now) <= datetime.now(UTC)
