"""The three orders of the list: by which instant, in which direction (`order`, `order-ties`)."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import InstantField
from vambe_mock.store.bitmaps import Bits, CodeIndex, RankIndex, Words
from vambe_mock.store.columns import NO_INSTANT, Columns, Rows
from vambe_mock.store.filters import ColumnName, Wanted
from vambe_mock.store.ids import Ids

DESCENDING: Final = frozenset[InstantField]({"last_message_at"})
"""Descending: the newest message comes first. The cursors ascend, so that a client can advance them safely."""


def ordered_by(query: ContactsQuery) -> InstantField:
    """The instant that orders the answer to *query* (`order`)."""
    if query.updated_after is not None:
        return "updated_at"
    if query.created_after is not None:
        return "created_at"
    return "last_message_at"


BESIDE: Final[dict[InstantField, tuple[InstantField, ...]]] = {
    "last_message_at": (),
    "created_at": ("last_message_at",),
    "updated_at": ("last_message_at", "created_at"),
}
"""The other instants that a query may ask about in each order (`order`); these are indexed in it."""


MOST_KEPT: Final = 64
"""How many sets of an order are kept; the one that was not used for longest goes first.

One takes 12 bytes for 64 contacts, so all of them take 12 for each.
"""

EVERY_WORD: Final = slice(None)

_NOT_KEPT: Final = Bits(np.zeros(0, dtype=np.uint64))

Filters = tuple[tuple[Wanted, ...], ...]
"""Several filters: of each, what it wants any of."""


STEP: Final = 64
"""One key in so many is at hand where keys are read from the contacts."""


class ReadKeys:
    """The keys of an order, read from its contacts' instants, which must not change: 8 bytes a contact less."""

    __slots__ = ("_few", "_instants", "_rows", "_sign")

    def __init__(self, instant: InstantField, columns: Columns, rows: Rows) -> None:
        """The order by *instant* of *columns* has those *rows*."""
        self._instants: NDArray[np.int64] = getattr(columns, instant)
        self._rows = rows
        self._sign = -1 if instant in DESCENDING else 1
        self._few = self._instants[rows[::STEP]] * self._sign

    def __len__(self) -> int:
        return len(self._rows)

    def searchsorted(self, key: int, side: Literal["left", "right"]) -> int:
        """The first position whose key is *key* or more; with "right", is more."""
        first = max(int(self._few.searchsorted(key, side)) - 1, 0) * STEP
        near = self._instants[self._rows[first : first + STEP]] * self._sign
        return first + int(near.searchsorted(key, side))

    def whole(self) -> NDArray[np.int64]:
        """All keys."""
        found: NDArray[np.int64] = self._instants[self._rows] * self._sign
        return found


Keys = NDArray[np.int64] | ReadKeys


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """All contacts in one order: their ``rows`` as listed, and their ``keys``, ascending, to find a position.

    A key is the instant, or its negative if the order descends. An order never changes, nor do the ``columns`` that it
    was made of, but for rows that every reader of it leaves out; so what a filter passes is indexed once.
    """

    instant: InstantField
    rows: Rows
    keys: Keys
    columns: Columns
    indexed_codes: dict[ColumnName, CodeIndex] = field(default_factory=dict, repr=False)
    indexed_ranks: dict[InstantField, RankIndex] = field(default_factory=dict, repr=False)
    kept: dict[Filters, Bits | None] = field(default_factory=dict, repr=False)

    @classmethod
    def by(cls, instant: InstantField, columns: Columns, rows: Rows) -> "Order":
        """The order by *instant* of *rows* of *columns*, which must be sorted by id.

        The sort is stable, so rows with equal instants stay sorted by id (`order-ties`).
        """
        instants = getattr(columns, instant)[rows]
        keys = -instants if instant in DESCENDING else instants
        positions = sorting(keys)
        return cls(instant, rows[positions], keys[positions], columns)

    def with_keys_read(self) -> "Order":
        """The same with keys that are read from the contacts, none of which may change."""
        return replace(self, keys=ReadKeys(self.instant, self.columns, self.rows))

    def with_keys(self) -> "Order":
        """The same with all keys at hand, so that contacts may change."""
        return replace(self, keys=self.all_keys())

    def all_keys(self) -> NDArray[np.int64]:
        """The keys as an array."""
        return self.keys.whole() if isinstance(self.keys, ReadKeys) else self.keys

    def since(self, instant: int) -> slice:
        """The positions of the contacts whose instant is *instant* or later."""
        if self.instant in DESCENDING:
            return slice(0, int(self.keys.searchsorted(-instant, "right")))
        return slice(int(self.keys.searchsorted(instant, "left")), len(self.keys))

    def key(self, row: int, columns: Columns) -> int:
        """The key of the contact in *row* of *columns*."""
        instant = int(getattr(columns, self.instant)[row])
        return -instant if self.instant in DESCENDING else instant

    def position(self, key: int, identity: bytes) -> int:
        """Where the contact with that key and id is, or would be inserted: among equal keys by id (`order-ties`)."""
        return position(self.rows, self.keys, key, identity, self.columns.ids)

    def having(self, wanted: Iterable[Wanted], span: slice) -> Words | None:
        """The words *span* of the set of positions that have anything *wanted*; None for nobody."""
        found: Words | None = None
        for one in wanted:
            codes_by_value = self.columns.coded(one.column).codes_by_value
            codes = [codes_by_value[value] for value in one.values if value in codes_by_value]
            words = self._code_index(one.column).having(codes, span) if codes else None
            found = words if found is None else found if words is None else found | words
        return found

    def passing(self, filters: Filters) -> Bits | None:
        """The set of positions that pass all *filters*; None for nobody. It is kept for the next who asks.

        Long work looks at the same order in a thread of its own, so each step is one that no other thread interrupts.
        """
        kept = self.kept
        found = kept.pop(filters, _NOT_KEPT)
        if found is _NOT_KEPT:
            *others, last = filters
            words = self.having(last, EVERY_WORD)
            if others:
                before = self.passing(tuple(others))
                words = None if words is None or before is None else words & before.words
            found = None if words is None else Bits(words)
        kept[filters] = found
        if len(kept) > MOST_KEPT:
            kept.pop(list(kept)[0], None)  # noqa: RUF015 - an iterator fails where a thread adds one
        return found

    def within(self, other: "Order", passing: slice, span: slice) -> Words:
        """The words *span* of the set of positions whose contacts are at the positions *passing* of *other*.

        *passing* begins with the first position of *other* or ends with its last.
        """
        ranks = self._rank_index(other)
        return ranks.below(passing.stop, span) if passing.start == 0 else ~ranks.below(passing.start, span)

    def _code_index(self, name: ColumnName) -> CodeIndex:
        if (known := self.indexed_codes.get(name)) is None:
            column = self.columns.coded(name)
            known = self.indexed_codes[name] = CodeIndex.of(column.codes[self.rows], len(column.codes_by_value))
        return known

    def _rank_index(self, other: "Order") -> RankIndex:
        if (known := self.indexed_ranks.get(other.instant)) is None:
            ranks = np.empty(len(self.columns), dtype=np.int32)
            ranks[other.rows] = np.arange(len(other.rows), dtype=np.int32)
            known = self.indexed_ranks[other.instant] = RankIndex.of(ranks[self.rows])
        return known

    def index(self, others: "list[Order]") -> None:
        """Index every column and the instants of *others* now, so that no question has to wait for it."""
        names: list[ColumnName] = ["current_stage_id", "default_stage_id", *self.columns.custom]
        for name in names:
            self._code_index(name)
        for other in others:
            self._rank_index(other)


_LAST: Final = -NO_INSTANT
"""The key of a contact without an instant."""


def sorting(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions that sort *keys*, equal ones in the order that they have.

    Where the keys are near enough to each other, each is sorted as one number with its position: that is several times
    as quick as a stable sort.
    """
    known = keys != _LAST
    first = int(keys.min(initial=_LAST, where=known))
    last = int(keys.max(initial=-_LAST, where=known))
    bits = len(keys).bit_length()
    if not len(keys) or last - first + 1 >= 1 << (62 - bits):
        return np.argsort(keys, kind="stable")
    numbers = np.where(known, keys - first, max(last - first, 0) + 1)
    numbers <<= bits
    numbers |= np.arange(len(keys))
    numbers.sort()
    numbers &= (1 << bits) - 1
    return numbers


def position(rows: Rows, keys: Keys, key: int, identity: bytes, ids: Ids) -> int:
    """Where the contact with that key and id is among *rows*, or would be inserted (`order-ties`)."""
    first, last = int(keys.searchsorted(key, "left")), int(keys.searchsorted(key, "right"))
    return bisect_left(rows, identity, first, last, key=ids.__getitem__)
