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
    from collections.abc import Callable

    from numpy.typing import NDArray

    from vambe_mock.store.columns import Flags, Rows
    from vambe_mock.store.store import Store

MOST_IDS: Final = 500_000
"""The most ids in all answers that are kept, the last one apart: some 70 MB."""

_HALF: Final = 32
_LOW: Final = 0xFFFF_FFFF
MOST_SAME: Final = 10_000
"""How many answers are known to have been delivered since the last change, so that they need not be looked at."""
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


class Listing(NamedTuple):
    """The contacts that an answer lists, as they were when it was made; ``changes`` is the store's count then."""

    rows: Rows
    wire: list[bytes]
    versions: NDArray[np.uint64]
    changes: int

    @classmethod
    def of(cls, store: Store, rows: Rows) -> Listing:
        """The contacts of *rows* of *store*, which may be a view of an order that changes in place."""
        wire = store.columns.wire.texts(rows)
        return cls(rows.copy(), wire, versions_of(wire), store.changes)

    def ids(self) -> list[str]:
        """Their ids, in order."""
        return [bytes(one[_ID]).decode() for one in self.wire]


class Delivered:
    """The versions that clients were given. ``whole`` counts the whole 200 answers, ``spoilt`` the other 200 ones.

    With *most* above 0 the last answers are kept too, with the ids that each listed: so many of them, and no more than
    list MOST_IDS together.
    """

    def __init__(self, most: int = 0, since: int = 0) -> None:
        """Nothing was delivered yet; *since* is the number of the last request that came before."""
        self.since = since
        self._numbers = np.zeros(0, dtype=np.uint64)
        self._same: set[int] = set()
        self._changes = 0
        self.whole = 0
        self.spoilt = 0
        self._noted = 0
        self._looked: tuple[tuple[int, int, int], tuple[Flags, Flags]] | None = None
        self.most = most
        self.answers: deque[Answered] = deque()
        self._ids = 0

    def news(self, store: Store, rows: Rows) -> Listing | None:
        """What an answer that lists *rows* of *store* now would deliver; None if it was delivered already.

        The same rows again, with nothing changed in between, need one look-up. *rows* may be a view of an order.
        """
        if self._changes != store.changes:
            self._changes = store.changes
            self._same.clear()
        key = hash(rows.tobytes())
        return None if key in self._same else Listing.of(store, rows)

    def expect(self, store: Store, rows: Rows) -> Callable[[bool], None]:
        """What is to be called once an answer that lists *rows* is sent, with whether it was sent as it should be."""
        listing = self.news(store, rows)

        def sent(whole: bool) -> None:
            if not whole:
                self.spoilt += 1
                return
            self.whole += 1
            if listing is not None:
                self.note(listing)

        return sent

    def note(self, listing: Listing) -> None:
        """The contacts of *listing* were delivered."""
        rows, wire, versions = listing.rows, listing.wire, listing.versions
        if listing.changes == self._changes and len(self._same) < MOST_SAME:
            self._same.add(hash(rows.tobytes()))
        if len(rows) == 0:
            return
        if (last := int(rows.max())) >= len(self._numbers):
            grown = np.zeros(last + 1 + last // 4, dtype=np.uint64)
            grown[: len(self._numbers)] = self._numbers
            self._numbers = grown
        news = np.flatnonzero((self._numbers[rows] & _LOW) != versions)
        if len(news):
            self._noted += 1
            ids = np.fromiter((crc32(wire[place][_ID]) for place in news.tolist()), np.uint64, len(news))
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

    def are_present(self, store: Store, rows: Rows, changes: int) -> tuple[Flags, Flags]:
        """Whether the present version of each contact of *rows* was delivered, and whether any was.

        *changes* is the store's count, of which *store* may be a copy. The same question again, with nothing changed or
        delivered in between, needs one look-up.
        """
        key = (hash(rows.tobytes()), changes, self._noted)
        if self._looked is None or self._looked[0] != key:
            self._looked = (key, self._present(rows, store.columns.wire.texts(rows)))
        return self._looked[1]

    def _present(self, rows: Rows, wire: list[bytes]) -> tuple[Flags, Flags]:
        numbers = np.zeros(len(rows), dtype=np.uint64)
        known = rows < len(self._numbers)
        numbers[known] = self._numbers[rows[known]]
        ever = np.zeros(len(rows), dtype=np.bool_)
        some = np.flatnonzero(numbers)
        ids = np.fromiter((crc32(wire[place][_ID]) for place in some.tolist()), np.uint64, len(some))
        ever[some] = numbers[some] >> _HALF == ids
        return ever & (numbers & _LOW == versions_of(wire)), ever


def versions_of(wire: list[bytes]) -> NDArray[np.uint64]:
    """A number for each contact as it is sent; 0 is none."""
    numbers: NDArray[np.uint64] = np.fromiter(map(hash, wire), np.int64, len(wire)).astype(np.uint64)
    numbers &= _LOW
    numbers[numbers == 0] = 1
    return numbers


def present(store: Store) -> dict[str, tuple[int, int]]:
    """The id of each contact, and its row and version, ordered by ``created_at``."""
    listing = Listing.of(store, store.listed("created_at"))
    return dict(zip(listing.ids(), zip(listing.rows.tolist(), listing.versions.tolist(), strict=True), strict=True))


def identities(wire: list[bytes]) -> list[str]:
    """The ids of contacts as they are sent."""
    return [bytes(one[_ID]).decode() for one in wire]
