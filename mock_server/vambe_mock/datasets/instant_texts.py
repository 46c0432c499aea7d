"""Many instants at once: from the text that the wire has (`timestamps`) to milliseconds, and back."""

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract import instants

WIDTH: Final = len("2026-01-31T09:30:00.000Z")
TEXT: Final = np.dtype(f"S{WIDTH}")

_WORD: Final = np.dtype("<u8")
_MONTHS: Final = 12 * 10_000
_BLOCK: Final = 1_024
_MOST_BLOCKS: Final = 64
_FIRST_DAY: Final = instants.EARLIEST // instants.DAY
_LAST_DAY: Final = instants.LATEST // instants.DAY


def texts(milliseconds: NDArray[np.int64]) -> NDArray[np.bytes_]:
    """The text of each instant, ``WIDTH`` bytes; all must be in the years 0000 to 9999."""
    days = milliseconds // instants.DAY
    rest = (milliseconds - days * instants.DAY).astype(np.int32)
    minute = rest // np.int32(instants.MINUTE)
    year_and_month, day = _of_days(days)
    words = np.empty((len(milliseconds), 3), dtype=_WORD)
    words[:, 0] = year_and_month
    np.bitwise_or(day, _MINUTES[minute], out=words[:, 1])
    words[:, 2] = _SECONDS[rest - minute * np.int32(instants.MINUTE)]
    return words.view(TEXT).reshape(-1)


def milliseconds_of(written: NDArray[np.bytes_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The instants of texts of ``WIDTH`` bytes, and whether each is an instant as ``texts`` writes it."""
    words = written.view(_WORD).reshape(-1, 3)
    # What is no digit gives some number or other, and the text of that is another one.
    digits = words & np.uint64(0x0F0F_0F0F_0F0F_0F0F)
    pairs = (digits * np.uint64(10) + (digits >> np.uint64(8))).view(np.uint8).reshape(-1, WIDTH)
    year, of_year, month, day, hour, minute, second, part = (
        pairs[:, place].astype(np.int64) for place in (0, 2, 5, 8, 11, 14, 17, 20)
    )
    at = (((year * 100 + of_year) * 12 + month) - 1).clip(0, _MONTHS - 1)
    rest = second * 1_000 + part * 10 + (words[:, 2] >> np.uint64(48) & np.uint64(15)).astype(np.int64)
    found = (_FIRST_DAYS[at] + day - 1) * instants.DAY + (hour * 60 + minute) * instants.MINUTE + rest
    found = found.clip(instants.EARLIEST, instants.LATEST)
    same = texts(found).view(_WORD).reshape(-1, 3) == words
    return found, same[:, 0] & same[:, 1] & same[:, 2]


def _of_days(days: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The texts ``YYYY-MM-`` and ``DDT`` of each of *days*."""
    first, last = int(days.min(initial=_LAST_DAY)) // _BLOCK, int(days.max(initial=_FIRST_DAY)) // _BLOCK
    first = min(first, last)  # it is greater where there are none
    if last - first > _MOST_BLOCKS:
        known, places = np.unique(days, return_inverse=True)
        dates = _dates(known)
    else:
        dates, places = _blocks_of_days(first, last), days - first * _BLOCK
    return dates[0][places], dates[1][places]


@lru_cache(maxsize=8)
def _blocks_of_days(first: int, last: int) -> NDArray[np.uint64]:
    days = np.arange(first * _BLOCK, (last + 1) * _BLOCK)
    return _dates(days.clip(_FIRST_DAY, _LAST_DAY))


def _dates(days: NDArray[np.int64]) -> NDArray[np.uint64]:
    written: NDArray[Any] = days.astype("datetime64[D]").astype("S10")
    padded = np.char.add(written, b"T").astype("S16").view(_WORD).reshape(-1, 2)
    return np.ascontiguousarray(padded.T)


def _words(found: list[str]) -> NDArray[np.uint64]:
    return np.frombuffer("".join(found).encode(), dtype=_WORD)


_MINUTES: Final = _words([f"\0\0\0{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60)])
_SECONDS: Final = _words([f":{part // 1000:02d}.{part % 1000:03d}Z" for part in range(60_000)])


def _first_days() -> NDArray[np.int64]:
    """The days from 1970 to the first of each month, from January of the year 0 on."""
    months: NDArray[Any] = np.arange(-1970 * 12, _MONTHS - 1970 * 12).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


_FIRST_DAYS: Final = _first_days()
