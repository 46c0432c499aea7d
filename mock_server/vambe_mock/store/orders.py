"""The three orders of the list: by which instant, in which direction (`order`, `order-ties`)."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import InstantField
from vambe_mock.store.columns import Columns, Rows

DESCENDING: Final = frozenset[InstantField]({"last_message_at"})
"""Descending: the newest message comes first. The cursors ascend, so that a client can advance them safely."""


def ordered_by(query: ContactsQuery) -> InstantField:
    """The instant that orders the answer to *query* (`order`)."""
    if query.updated_after is not None:
        return "updated_at"
    if query.created_after is not None:
        return "created_at"
    return "last_message_at"


@dataclass(frozen=True, slots=True)
class Order:
    """All contacts in one order: their ``rows`` as listed, and their ``keys``, ascending, to find a position.

    A key is the instant, or its negative if the order descends.
    """

    rows: Rows
    keys: NDArray[np.int64]
    descending: bool

    @classmethod
    def by(cls, field: InstantField, columns: Columns, rows: Rows) -> "Order":
        """The order by *field* of *rows* of *columns*, which must be sorted by id.

        The sort is stable, so rows with equal instants stay sorted by id (`order-ties`).
        """
        descending = field in DESCENDING
        instants = getattr(columns, field)[rows]
        keys = -instants if descending else instants
        positions = np.argsort(keys, kind="stable")
        return cls(rows[positions], keys[positions], descending)

    def since(self, instant: int) -> slice:
        """The positions of the contacts whose instant is *instant* or later."""
        if self.descending:
            return slice(0, int(self.keys.searchsorted(-instant, "right")))
        return slice(int(self.keys.searchsorted(instant, "left")), len(self.keys))

    def copy(self) -> "Order":
        """An independent copy."""
        return Order(self.rows.copy(), self.keys.copy(), self.descending)

    def key(self, instant: int) -> int:
        """The key of a contact with that *instant*."""
        return -instant if self.descending else instant

    def position(self, key: int, identity: bytes, ids: NDArray[np.bytes_]) -> int:
        """Where the contact with that key and id is, or would be inserted: among equal keys by id (`order-ties`)."""
        first, last = (int(self.keys.searchsorted(key, side)) for side in ("left", "right"))
        return bisect_left(self.rows, identity, first, last, key=ids.__getitem__)

    def with_row(self, row: int, position: int, key: int) -> "Order":
        """The order with *row* inserted at *position*."""
        return Order(_with(self.rows, position, row), _with(self.keys, position, key), self.descending)

    def without(self, position: int) -> "Order":
        """The order without the contact at *position*."""
        return Order(_without(self.rows, position), _without(self.keys, position), self.descending)

    def move(self, position: int, to: int, key: int) -> None:
        """Give the contact at *position* another key and move it to position *to*, counted before the move."""
        row = self.rows[position]
        if to > position:
            to -= 1
            self.rows[position:to] = self.rows[position + 1 : to + 1]
            self.keys[position:to] = self.keys[position + 1 : to + 1]
        else:
            self.rows[to + 1 : position + 1] = self.rows[to:position]
            self.keys[to + 1 : position + 1] = self.keys[to:position]
        self.rows[to], self.keys[to] = row, key


def _with(column: NDArray[Any], position: int, value: int) -> NDArray[Any]:
    grown = np.empty(len(column) + 1, dtype=column.dtype)
    grown[:position], grown[position], grown[position + 1 :] = column[:position], value, column[position:]
    return grown


def _without(column: NDArray[Any], position: int) -> NDArray[Any]:
    shrunk = np.empty(len(column) - 1, dtype=column.dtype)
    shrunk[:position], shrunk[position:] = column[:position], column[position + 1 :]
    return shrunk
