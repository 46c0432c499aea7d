"""What was delivered: for each contact the last version that was in a whole 200 answer (`delivered-versions`).

A version is a number in the contact's row: its upper half tells the contact (a row may get another one), its lower half
the version. Numbers mean something within one process only.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from vambe_mock.organisations.journal import Exchange
    from vambe_mock.store.columns import Flags, Rows
    from vambe_mock.store.store import Store

MOST_IDS: Final = 500_000
"""The most ids in all answers that are kept, the last one apart: some 70 MB."""

_HALF: Final = 32
_LOW: Final = 0xFFFF_FFFF
MOST_WAITING: Final = 20_000
"""How many answers, or contacts in them, wait to be noted."""
PRESENT: Final = np.uint64(1 << _HALF)
"""Stands for the contact's present version, whatever that is; no version is 0, so no number is this one."""
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

    @classmethod
    def to(cls, exchange: Exchange, listing: Listing | None, *, whole: bool) -> Answered:
        """The answer of *exchange*, which lists the contacts of *listing*; None: it lists none."""
        ids, versions = ([], []) if listing is None else (listing.ids(), listing.versions.tolist())
        return cls(exchange.number, exchange.target, exchange.at, exchange.status, whole, ids, versions)


class Listing(NamedTuple):
    """The contacts that an answer lists, as they were when it was made."""

    rows: Rows
    wire: Sequence[bytes]
    versions: NDArray[np.uint64]

    @classmethod
    def of(cls, store: Store, rows: Rows) -> Listing:
        """The contacts of *rows* of *store*."""
        wire = store.columns.wire.texts(rows)
        return cls(rows.copy(), wire, versions_of(wire))

    def ids(self) -> list[str]:
        """Their ids, in order."""
        return [bytes(one[_ID]).decode() for one in self.wire]


class Expected:
    """What is to be called once an answer is sent, with whether it was sent as it should be, and its exchange."""

    __slots__ = ("_delivered", "_listing", "_rows", "_store")

    def __init__(self, delivered: Delivered, store: Store, rows: Rows | None) -> None:
        """The answer lists the contacts in *rows* of *store*, which must not change before this is called or held.

        None: it is a refusal, and lists none.
        """
        self._delivered, self._store, self._rows = delivered, store, rows
        self._listing: Listing | None = None

    def hold(self) -> None:
        """Keep the contacts as they are: they may change before the answer is sent."""
        if self._rows is not None:
            self._listing = Listing.of(self._store, self._rows)

    def __call__(self, whole: bool, exchange: Exchange) -> None:
        """The answer was sent, *whole* or not."""
        delivered, rows = self._delivered, self._rows
        if delivered.most:
            listing = self._listing
            if listing is None and rows is not None:
                listing = Listing.of(self._store, rows)
            delivered.keep(Answered.to(exchange, listing, whole=whole and rows is not None))
        if rows is None:
            return
        if not whole:
            delivered.spoilt += 1
            return
        delivered.whole += 1
        if self._listing is None:
            delivered.note_present(rows)
        else:
            delivered.note(self._listing)


class Delivered:
    """The versions that clients were given. ``whole`` counts the whole 200 answers, ``spoilt`` the other 200 ones.

    A contact's number says PRESENT until the contact changes: only then is it worked out which version that was.
    Answers wait to be noted, so that many are in one step.

    With *most* above 0 the last answers are kept too, with the ids that each listed: so many of them, and no more than
    list MOST_IDS together.
    """

    def __init__(self, most: int = 0, since: int = 0) -> None:
        """Nothing was delivered yet; *since* is the number of the last request that came before."""
        self.since = since
        self._numbers = np.zeros(0, dtype=np.uint64)
        self._waiting: list[Rows] = []
        self._rows_waiting = 0
        self._store: Store | None = None
        self.whole = 0
        self.spoilt = 0
        self.most = most
        self.answers: deque[Answered] = deque()
        self._ids = 0

    def expect(self, store: Store, rows: Rows | None) -> Expected:
        """What is to be called once an answer that lists *rows* of *store* is sent; None: a refusal."""
        if self._store is not store or store.witness is not self or len(self._numbers) < len(store.columns.wire):
            self._attach(store)
        return Expected(self, store, rows)

    def note_present(self, rows: Rows) -> None:
        """The contacts in *rows* were delivered as they are now."""
        self._waiting.append(rows)
        self._rows_waiting += len(rows)
        if self._rows_waiting > MOST_WAITING or len(self._waiting) > MOST_WAITING:
            self._note_waiting()

    def _note_waiting(self) -> None:
        if self._waiting:
            self._numbers[np.concatenate(self._waiting)] = PRESENT
            self._waiting.clear()
            self._rows_waiting = 0

    def note(self, listing: Listing) -> None:
        """The contacts of *listing* were delivered."""
        self._note_waiting()
        rows, wire, versions = listing.rows, listing.wire, listing.versions
        if len(rows) == 0:
            return
        self._make_room(int(rows.max()) + 1)
        news = np.flatnonzero((self._numbers[rows] & _LOW) != versions)
        if len(news):
            ids = np.fromiter((crc32(wire[place][_ID]) for place in news.tolist()), np.uint64, len(news))
            self._numbers[rows[news]] = (ids << _HALF) | versions[news]

    def leaving(self, store: Store, rows: Iterable[int | None]) -> None:
        """The contacts in *rows* of *store* change: what they were is what was delivered. None is no row."""
        self._note_waiting()
        known, present = len(self._numbers), [row for row in rows if row is not None]
        found = [row for row in present if row < known and self._numbers[row] == PRESENT]
        if found:
            self.note(Listing.of(store, np.array(found, dtype=np.int32)))

    def leaving_all(self, store: Store) -> None:
        """All contacts of *store* may change."""
        self._note_waiting()
        found = np.flatnonzero(self._numbers == PRESENT).astype(np.int32)
        if len(found):
            self.note(Listing.of(store, found))

    def keep(self, answered: Answered) -> None:
        """Keep *answered*, and drop the oldest answers if there are too many now."""
        self.answers.append(answered)
        self._ids += len(answered.ids)
        while len(self.answers) > self.most or (self._ids > MOST_IDS and len(self.answers) > 1):
            self._ids -= len(self.answers.popleft().ids)

    def as_of_now(self) -> Delivered:
        """The same, without the answers, which stays as it is: to be read beside the loop."""
        self._note_waiting()
        frozen = Delivered()
        frozen.whole, frozen.spoilt, frozen._numbers = self.whole, self.spoilt, self._numbers.copy()
        return frozen

    def of(self, row: int, identity: str, version: int) -> int | None:
        """The version of the contact in *row* that was delivered last; None: none was. *version* is the present one."""
        self._note_waiting()
        number = int(self._numbers[row]) if row < len(self._numbers) else 0
        if number == PRESENT:
            return version
        return number & _LOW if number and number >> _HALF == crc32(identity.encode()) else None

    def are_present(self, store: Store, rows: Rows) -> tuple[Flags, Flags]:
        """Whether the present version of each contact of *rows* was delivered, and whether any was."""
        self._note_waiting()
        numbers = np.zeros(len(rows), dtype=np.uint64)
        known = rows < len(self._numbers)
        numbers[known] = self._numbers[rows[known]]
        present = numbers == PRESENT
        ever = present.copy()
        some = np.flatnonzero(numbers.astype(np.bool_) & ~present)
        wire = store.columns.wire.texts(rows[some])
        ids = np.fromiter((crc32(one[_ID]) for one in wire), np.uint64, len(some))
        ever[some] = numbers[some] >> _HALF == ids
        present[some] = ever[some] & (numbers[some] & _LOW == versions_of(wire))
        return present, ever

    def detach(self) -> None:
        """Need nothing of the store any longer."""
        if self._store is not None and self._store.witness is self:
            self._store.witness = None

    def _attach(self, store: Store) -> None:
        """Be told by *store* before contacts change, and have a number for each."""
        self._store = store
        store.witness = self
        self._make_room(len(store.columns.wire))

    def _make_room(self, count: int) -> None:
        """Have numbers for *count* rows, and some more."""
        if count > len(self._numbers):
            grown = np.zeros(count + count // 4, dtype=np.uint64)
            grown[: len(self._numbers)] = self._numbers
            self._numbers = grown


def versions_of(wire: Sequence[bytes]) -> NDArray[np.uint64]:
    """A number for each contact as it is sent; 0 is none."""
    numbers: NDArray[np.uint64] = np.fromiter(map(hash, wire), np.int64, len(wire)).astype(np.uint64)
    numbers &= _LOW
    numbers[numbers == 0] = 1
    return numbers
