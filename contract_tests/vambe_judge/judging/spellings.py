"""The documented spellings of an instant, and what a target that misreads one takes it for."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from vambe_judge.asking import instants
from vambe_judge.asking.instants import DAY, HOUR, MINUTE, SECOND

NOON: Final = 12 * HOUR


class Spelling(NamedTuple):
    """A way to write an instant that is a multiple of ``grain`` milliseconds.

    ``misread`` are the instants that a careless reader makes of it; an answer shows the difference if contacts lie
    between the two.
    """

    name: str
    grain: int
    write: Callable[[int], str]
    misread: Callable[[int], Sequence[int]]


def _escaped(text: str) -> str:
    return text.replace("+", "%2B")


def _zoned(minutes: int) -> Callable[[int], str]:
    return lambda instant: _escaped(instants.write(instant, shifted=minutes))


def _zones_misread(minutes: int) -> Callable[[int], Sequence[int]]:
    """The zone overlooked, turned round, or cut to whole hours."""
    away = minutes * MINUTE
    part = (abs(minutes) % 60) * MINUTE * (1 if minutes > 0 else -1)
    return lambda instant: [instant + away, instant + 2 * away, *([instant + part] if part else [])]


def _zone(name: str, minutes: int) -> Spelling:
    return Spelling(name, 1, _zoned(minutes), _zones_misread(minutes))


def _fraction(digits: int) -> Callable[[int], str]:
    return lambda instant: f"{instants.write(instant)[: 20 + digits]}Z"


def _part(instant: int) -> int:
    return instant - instant % SECOND


SPELLINGS: Final = (
    Spelling(
        "seconds left out",
        MINUTE,
        lambda at: f"{instants.write(at)[:16]}Z",
        lambda at: [at + MINUTE - 1, at // DAY * DAY],
    ),
    _zone("zone +05:30", 330),
    Spelling("one digit", 100, _fraction(1), lambda at: [_part(at), _part(at) + at % SECOND // 100]),
    _zone("zone -03:30", -210),
    Spelling(
        "nine digits",
        1,
        lambda at: f"{instants.write(at)[:-1]}000000Z",
        lambda at: [_part(at), _part(at) + at % SECOND * 1_000_000],
    ),
    _zone("zone +14:00", 840),
    Spelling(
        "no fraction",
        SECOND,
        lambda at: f"{instants.write(at)[:19]}Z",
        lambda at: [at // MINUTE * MINUTE, at + SECOND - 1],
    ),
    Spelling("two digits", 10, _fraction(2), lambda at: [_part(at), _part(at) + at % SECOND // 10]),
    _zone("zone -12:00", -720),
)
FURTHER: Final = (
    Spelling("three digits", 1, instants.write, lambda at: [_part(at), _part(at) + SECOND]),
    Spelling("zone +00:00", 1, lambda at: _escaped(f"{instants.write(at)[:-1]}+00:00"), lambda at: [_part(at)]),
    Spelling(
        "seconds left out, zone -04:00", MINUTE,
        lambda at: f"{instants.write(at - 4 * HOUR)[:16]}-04:00", lambda at: [at - 4 * HOUR, at - 8 * HOUR],
    ),
)  # fmt: skip


@lru_cache(maxsize=64)
def telling(spelling: Spelling, moments: tuple[int, ...], most: int) -> Sequence[int]:
    """Instants that *spelling* can write and whose misreadings *moments*, ascending, tell apart; at most *most*.

    Of those where as many misreadings as possible are told apart, spread over the data.
    """

    def place(instant: int) -> int:
        return bisect_right(moments, instant)

    step = max(len(moments) // 60, 1)
    offers: dict[int, int] = {}
    for moment in moments[:: step if len(moments) > 60 else 1]:
        for shift in (0, spelling.grain - 1, *((NOON,) if spelling.name.startswith("zone") else ())):
            instant = (moment + shift) // spelling.grain * spelling.grain
            if 0 < place(instant) < len(moments):
                offers[instant] = sum(place(wrong) != place(instant) for wrong in spelling.misread(instant))
    best = max(offers.values(), default=0)
    found = sorted(instant for instant, worth in offers.items() if worth == best)
    return found[:: max(len(found) // most, 1)][:most]
