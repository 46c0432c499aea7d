"""Which instant orders the list, and which way (`order`, `order-ties`)."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import InstantField
from vambe_mock.store.columns import Columns, Rows

DESCENDING: Final = frozenset[InstantField]({"last_message_at"})
"""The newest message comes first; the two cursors run forward, so that a client can move them safely."""


def ordered_by(query: ContactsQuery) -> InstantField:
    """The instant that orders the answer to *query* (`order`)."""
    if query.updated_after is not None:
        return "updated_at"
    if query.created_after is not None:
        return "created_at"
    return "last_message_at"


@dataclass(frozen=True, slots=True)
class Order:
    """All contacts in one order: ``rows`` as they are listed, and ``keys``, ascending, to find a place in it.

    A key is the instant, or its negative where the order descends.
    """

    rows: Rows
    keys: NDArray[np.int64]
    descending: bool

    @classmethod
    def by(cls, field: InstantField, columns: Columns, rows: Rows) -> "Order":
        """The order by *field* of those *rows* of *columns*, which must be in ascending order of their ids.

        A stable sort keeps rows with equal instants as they were, which is by id (`order-ties`).
        """
        descending = field in DESCENDING
        instants = getattr(columns, field)[rows]
        keys = -instants if descending else instants
        places = np.argsort(keys, kind="stable")
        return cls(rows[places], keys[places], descending)

    def since(self, instant: int) -> slice:
        """The places of the contacts whose instant is *instant* or later."""
        if self.descending:
            return slice(0, int(self.keys.searchsorted(-instant, "right")))
        return slice(int(self.keys.searchsorted(instant, "left")), len(self.keys))

    def copy(self) -> "Order":
        """A copy of its own."""
        return Order(self.rows.copy(), self.keys.copy(), self.descending)

    def key(self, instant: int) -> int:
        """The key of a contact with that *instant*."""
        return -instant if self.descending else instant

    def place(self, key: int, identity: bytes, ids: NDArray[np.bytes_]) -> int:
        """Where the contact with that key and id is, or would be: among equal keys by id (`order-ties`)."""
        first, last = (int(self.keys.searchsorted(key, side)) for side in ("left", "right"))
        return bisect_left(self.rows, identity, first, last, key=ids.__getitem__)

    def with_row(self, row: int, place: int, key: int) -> "Order":
        """The order with one contact more."""
        return Order(_with(self.rows, place, row), _with(self.keys, place, key), self.descending)

    def without(self, place: int) -> "Order":
        """The order with one contact less."""
        return Order(_without(self.rows, place), _without(self.keys, place), self.descending)

    def move(self, place: int, to: int, key: int) -> None:
        """Give the contact at *place* another key and the place *to*, counted while it is still at its old one."""
        row = self.rows[place]
        if to > place:
            to -= 1
            self.rows[place:to] = self.rows[place + 1 : to + 1]
            self.keys[place:to] = self.keys[place + 1 : to + 1]
        else:
            self.rows[to + 1 : place + 1] = self.rows[to:place]
            self.keys[to + 1 : place + 1] = self.keys[to:place]
        self.rows[to], self.keys[to] = row, key


def _with(column: NDArray[Any], place: int, value: int) -> NDArray[Any]:
    grown = np.empty(len(column) + 1, dtype=column.dtype)
    grown[:place], grown[place], grown[place + 1 :] = column[:place], value, column[place:]
    return grown


def _without(column: NDArray[Any], place: int) -> NDArray[Any]:
    shrunk = np.empty(len(column) - 1, dtype=column.dtype)
    shrunk[:place], shrunk[place:] = column[:place], column[place + 1 :]
    return shrunk
