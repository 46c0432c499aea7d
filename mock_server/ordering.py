"""Which instant orders the list, and which way (`order`, `order-ties`)."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from mock_server.columns import Columns, Rows
from mock_server.parameters import ContactsQuery

InstantField = Literal["updated_at", "created_at", "last_message_at"]

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
    def by(cls, field: InstantField, columns: Columns) -> "Order":
        """The order of *columns* by *field*. The rows of *columns* must be in ascending order of their ids.

        A stable sort keeps rows with equal instants as they were, which is by id (`order-ties`).
        """
        descending = field in DESCENDING
        instants = getattr(columns, field)
        keys = -instants if descending else instants
        rows = np.argsort(keys, kind="stable").astype(np.int32)
        return cls(rows, keys[rows], descending)

    def since(self, instant: int) -> slice:
        """The places of the contacts whose instant is *instant* or later."""
        if self.descending:
            return slice(0, int(self.keys.searchsorted(-instant, "right")))
        return slice(int(self.keys.searchsorted(instant, "left")), len(self.keys))
