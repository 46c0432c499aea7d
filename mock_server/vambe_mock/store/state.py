"""All contacts of a store at one moment, and how they change.

A contact has a row of the columns and keeps it. Those that were there from the start have their rows in the order of
their ids, so an id is found by bisection; the rows after them belong to contacts that came later, and are used again
when such a contact goes. A row that no order has is nobody's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vambe_mock.contract.vocabulary import INSTANT_FIELDS, InstantField
from vambe_mock.store.columns import Columns
from vambe_mock.store.orders import Order

ONE_BY_ONE: Final = 64
"""Up to so many contacts are put into their places one by one; for more, the orders are made anew."""


@dataclass(slots=True)
class State:
    """The contacts' columns and their three orders.

    ``sorted_rows`` is how many rows ascend by id, ``gone`` are those of them without a contact. ``added`` has the rows
    of later contacts by id, ``free`` the rows after all of those that nobody has.
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
        """A copy of its own, which can change while this one stays."""
        return State(
            self.columns.copy(0),
            {name: order.copy() for name, order in self.orders.items()},
            self.sorted_rows,
            set(self.gone),
            dict(self.added),
            list(self.free),
        )

    def row(self, identity: bytes) -> int | None:
        """The row of the contact with that id, in lower case; None where there is no such contact."""
        row = self._sorted_row(identity)
        return self.added.get(identity) if row is None or row in self.gone else row

    def put(self, contacts: Columns) -> None:
        """Add each of *contacts*, or put it into the place of the one that has its id."""
        if len(contacts) > ONE_BY_ONE:
            self._put_many(contacts)
        elif len(contacts) == 1:
            self._put_one(contacts)
        else:
            for place in range(len(contacts)):
                self._put_one(contacts.take(np.array([place], dtype=np.int32)))

    def remove(self, identities: Iterable[bytes]) -> None:
        """Take out the contacts with those ids. Raises KeyError for one that is not there."""
        for identity in identities:
            row = self._row_of(identity)
            for name in INSTANT_FIELDS:
                self.orders[name] = self.orders[name].without(self._place(name, row))
            self._free(identity, row)

    def _put_one(self, contact: Columns) -> None:
        identity = bytes(contact.ids[0])
        row = self.row(identity)
        before = None if row is None else {name: self._place(name, row) for name in INSTANT_FIELDS}
        row = self._new_row(identity) if row is None else row
        for name in INSTANT_FIELDS:
            order = self.orders[name]
            key = order.key(int(getattr(contact, name)[0]))
            to = order.place(key, identity, self.columns.ids)
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

    def _place(self, name: InstantField, row: int) -> int:
        """Where *row* is in the order *name*."""
        order, columns = self.orders[name], self.columns
        return order.place(order.key(int(getattr(columns, name)[row])), bytes(columns.ids[row]), columns.ids)

    def _sorted_row(self, identity: bytes) -> int | None:
        """The row that was *identity*'s from the start."""
        row = int(self.columns.ids[: self.sorted_rows].searchsorted(np.bytes_(identity)))
        return row if row < self.sorted_rows and self.columns.ids[row] == identity else None

    def _new_row(self, identity: bytes) -> int:
        """A row for a new contact: the one that its id had at the start, a free one, or one more."""
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
