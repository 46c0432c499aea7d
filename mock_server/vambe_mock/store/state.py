"""The contacts of a store at one moment, and how they change.

Each contact keeps its row of the columns. The contacts of the start are sorted by id, so an id is found by bisection.
The rows after them are for contacts added later, and are reused when such a contact is removed. A row that is in no
order is unused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vambe_mock.contract.vocabulary import INSTANT_FIELDS, InstantField
from vambe_mock.store.columns import Columns
from vambe_mock.store.orders import Order

ONE_BY_ONE: Final = 64
"""Up to this many contacts are inserted one at a time; for more, the orders are rebuilt."""


@dataclass(slots=True)
class State:
    """The contacts' columns and their three orders.

    The first ``sorted_rows`` rows are sorted by id; ``gone`` are those of them whose contact was removed. ``added``
    maps the ids of later contacts to their rows; ``free`` are the other unused rows.
    """

    columns: Columns
    orders: dict[InstantField, Order]
    sorted_rows: int
    gone: set[int] = field(default_factory=set)
    added: dict[bytes, int] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, columns: Columns) -> "State":
        """The contacts of *columns*, in any order; ids must differ."""
        by_id = columns.take(np.argsort(columns.ids, kind="stable").astype(np.int32))
        rows = np.arange(len(by_id), dtype=np.int32)
        return cls(by_id, {name: Order.by(name, by_id, rows) for name in INSTANT_FIELDS}, len(by_id))

    def __len__(self) -> int:
        """How many contacts there are."""
        return len(self.orders["updated_at"].rows)

    def copy(self) -> "State":
        """An independent copy, which can change while this one does not."""
        return State(
            self.columns.copy(0),
            {name: order.copy() for name, order in self.orders.items()},
            self.sorted_rows,
            set(self.gone),
            dict(self.added),
            list(self.free),
        )

    def row(self, identity: bytes) -> int | None:
        """The row of the contact with that id, in lower case; None if there is none."""
        row = self._sorted_row(identity)
        return self.added.get(identity) if row is None or row in self.gone else row

    def put(self, contacts: Columns) -> None:
        """Add each of *contacts*, or replace the one that has its id."""
        if len(contacts) > ONE_BY_ONE:
            self._put_many(contacts)
        elif len(contacts) == 1:
            self._put_one(contacts)
        else:
            for number in range(len(contacts)):
                self._put_one(contacts.take(np.array([number], dtype=np.int32)))

    def remove(self, identities: Iterable[bytes]) -> None:
        """Remove the contacts with those ids. Raises KeyError for an unknown id."""
        for identity in identities:
            row = self._row_of(identity)
            for name in INSTANT_FIELDS:
                self.orders[name] = self.orders[name].without(self._position(name, row))
            self._free(identity, row)

    def _put_one(self, contact: Columns) -> None:
        identity = bytes(contact.ids[0])
        row = self.row(identity)
        before = None if row is None else {name: self._position(name, row) for name in INSTANT_FIELDS}
        row = self._new_row(identity) if row is None else row
        for name in INSTANT_FIELDS:
            order = self.orders[name]
            key = order.key(int(getattr(contact, name)[0]))
            to = order.position(key, identity, self.columns.ids)
            if before is None:
                self.orders[name] = order.with_row(row, to, key)
            else:
                order.move(before[name], to, key)
        self.columns.put(np.array([row], dtype=np.int32), contact)

    def _put_many(self, contacts: Columns) -> None:
        identities = contacts.ids.tolist()
        found = [self.row(identity) for identity in identities]
        new = [identity for identity, row in zip(identities, found, strict=True) if row is None]
        added = {identity: self._new_row(identity) for identity in new}
        rows = [added[identity] if row is None else row for identity, row in zip(identities, found, strict=True)]
        self.columns.put(np.array(rows, dtype=np.int32), contacts)
        live = np.concatenate((self.orders["updated_at"].rows, np.array([*added.values()], dtype=np.int32)))
        by_id = live[np.argsort(self.columns.ids[live], kind="stable")]
        self.orders = {name: Order.by(name, self.columns, by_id) for name in INSTANT_FIELDS}

    def _row_of(self, identity: bytes) -> int:
        row = self.row(identity)
        if row is None:
            raise KeyError(identity)
        return row

    def _position(self, name: InstantField, row: int) -> int:
        """The position of *row* in the order *name*."""
        order, columns = self.orders[name], self.columns
        return order.position(order.key(int(getattr(columns, name)[row])), bytes(columns.ids[row]), columns.ids)

    def _sorted_row(self, identity: bytes) -> int | None:
        """The row of *identity* if it was there at the start."""
        row = int(self.columns.ids[: self.sorted_rows].searchsorted(np.bytes_(identity)))
        return row if row < self.sorted_rows and self.columns.ids[row] == identity else None

    def _new_row(self, identity: bytes) -> int:
        """A row for a new contact: the one that its id had at the start, a free one, or an added one."""
        row = self._sorted_row(identity)
        if row is not None:
            self.gone.remove(row)
            return row
        if not self.free:
            self._grow()
        row = self.added[identity] = self.free.pop()
        return row

    def _grow(self) -> None:
        count = len(self.columns)
        room = max(16, count // 4)
        self.columns = self.columns.copy(room)
        self.free.extend(range(count + room - 1, count - 1, -1))

    def _free(self, identity: bytes, row: int) -> None:
        self.columns.wire[row] = b""
        if self.added.pop(identity, None) is None:
            self.gone.add(row)
        else:
            self.free.append(row)
