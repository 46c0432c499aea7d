"""What was delivered: for each contact the last version that was in a whole 200 answer, one number a contact.

The number is in the contact's row: its upper half tells the contact (a row may get another one), its lower half the
version. Numbers mean something within one process only.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vambe_mock.store.columns import Rows
    from vambe_mock.store.store import Store

MOST_IDS: Final = 500_000
"""The most ids in all answers that are kept, the last one apart: some 70 MB."""

_HALF: Final = 32
_LOW: Final = 0xFFFF_FFFF
_ID: Final = slice(7, 43)
"""Where the id is in a contact as it is sent: ``{"id":"`` comes first."""


class Answered(NamedTuple):
    """An answer: its request's number and target, when and how it was answered, and the ids it listed, in order.

    ``whole`` is whether it reached the client as it should; ``versions`` has a number for each contact's version.
    """

    number: int
    target: str
    at: int
    status: int
    whole: bool
    ids: list[str]
    versions: list[int]


class Delivered:
    """The versions that clients were given. ``whole`` counts the whole 200 answers, ``spoilt`` the other 200 ones.

    With *most* above 0 the last answers are kept too, with the ids that each listed: so many of them, and no more than
    list MOST_IDS together.
    """

    def __init__(self, most: int = 0) -> None:
        """Nothing was delivered yet."""
        self._numbers = np.zeros(0, dtype=np.uint64)
        self.whole = 0
        self.spoilt = 0
        self.most = most
        self.answers: deque[Answered] = deque()
        self._ids = 0

    def note(self, rows: Rows, versions: NDArray[np.uint64], wire: NDArray[np.object_]) -> None:
        """The contacts of *rows* were delivered; *versions* and *wire* are as they were sent."""
        self.whole += 1
        if len(rows) == 0:
            return
        if (last := int(rows.max())) >= len(self._numbers):
            grown = np.zeros(last + 1 + last // 4, dtype=np.uint64)
            grown[: len(self._numbers)] = self._numbers
            self._numbers = grown
        news = np.flatnonzero((self._numbers[rows] & _LOW) != versions)
        if len(news):
            ids = np.fromiter((crc32(one[_ID]) for one in wire[news]), np.uint64, len(news))
            self._numbers[rows[news]] = (ids << _HALF) | versions[news]

    def keep(self, answered: Answered) -> None:
        """Keep *answered*, and drop the oldest answers if there are too many now."""
        self.answers.append(answered)
        self._ids += len(answered.ids)
        while len(self.answers) > self.most or (self._ids > MOST_IDS and len(self.answers) > 1):
            self._ids -= len(self.answers.popleft().ids)

    def of(self, row: int, identity: str) -> int | None:
        """The version of the contact in *row* that was delivered last; None: none ever was."""
        number = int(self._numbers[row]) if row < len(self._numbers) else 0
        return number & _LOW if number and number >> _HALF == crc32(identity.encode()) else None


def versions_of(wire: NDArray[np.object_]) -> NDArray[np.uint64]:
    """A number for each contact as it is sent; 0 is none."""
    return np.fromiter((hash(one) & _LOW or 1 for one in wire), np.uint64, len(wire))


def present(store: Store) -> dict[str, tuple[int, int]]:
    """The id of each contact, and its row and version, ordered by ``created_at``."""
    rows = store.orders["created_at"].rows
    wire = store.columns.wire[rows]
    versions = versions_of(wire)
    return {
        one[_ID].decode(): (row, version)
        for one, row, version in zip(wire.tolist(), rows.tolist(), versions.tolist(), strict=True)
    }


def identities(wire: list[bytes]) -> list[str]:
    """The ids of contacts as they are sent."""
    return [one[_ID].decode() for one in wire]
