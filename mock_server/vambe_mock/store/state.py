"""The contacts of a store at one moment, and how they change.

Each contact keeps its row of the columns. The contacts of the start are sorted by id, so an id is found by bisection.
The rows after them are for contacts added later, and are reused when such a contact is removed.

The orders and their indexes are large and never change. A change takes the contact's old place out of each order and
puts the new one into a short list beside it, so it costs the same whatever the number of contacts. Now and then new
orders are made with these lists merged in.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract.vocabulary import INSTANT_FIELDS, InstantField
from vambe_mock.store.bitmaps import Places
from vambe_mock.store.columns import Columns, Entry, Rows
from vambe_mock.store.ids import Ids, WireIds, first_letters
from vambe_mock.store.orders import BESIDE, Order, ReadKeys, position, sorting
from vambe_mock.store.runs import Runs

ONE_BY_ONE: Final = 64
"""Up to this many contacts are inserted one at a time; for more, the orders are rebuilt."""

MOST_CHANGED: Final = 1_024
SHARE_CHANGED: Final = 64
"""The orders are merged when so many places were taken out or put in, or one in so many of all contacts."""

FEW_CHANGED: Final = 32
"""Up to so many places, what lies between them is copied piece by piece, in a tenth of the time of numpy's insert."""

INDEXED: Final = 50_000
"""From this many contacts on, everything is indexed at the start; for fewer, when it is first asked for."""


class Changed(NamedTuple):
    """What differs from an order: the positions taken ``out``, ascending, and contacts put in, in that order.

    ``rows`` and ``keys`` are theirs; each is put before the position ``before`` of the order.
    """

    out: Places
    rows: Rows
    keys: NDArray[np.int64]
    before: Places

    def without(self, row: int) -> "Changed":
        """Without the contact put in that is in *row*."""
        kept = self.rows != row
        return Changed(self.out, self.rows[kept], self.keys[kept], self.before[kept])

    def taking_out(self, place: int) -> "Changed":
        """With *place* taken out."""
        return self._replace(out=_with(self.out, int(self.out.searchsorted(place)), place))

    def putting_in(self, row: int, columns: Columns, order: Order) -> "Changed":
        """With the contact in *row* of *columns* put in; those put in before are there as well."""
        key, identity = order.key(row, columns), bytes(columns.ids[row])
        at = position(self.rows, self.keys, key, identity, columns.ids)
        before = order.position(key, identity)
        return Changed(self.out, _with(self.rows, at, row), _with(self.keys, at, key), _with(self.before, at, before))


NOTHING: Final = Changed(
    np.empty(0, dtype=np.int64),
    np.empty(0, dtype=np.int32),
    np.empty(0, dtype=np.int64),
    np.empty(0, dtype=np.int64),
)


@dataclass(slots=True)
class State:
    """The contacts' columns, their three orders, and what has changed since these were made.

    The first ``sorted_rows`` rows are sorted by id; ``gone`` are those of them whose contact was removed. ``added``
    maps the ids of later contacts to their rows; ``free`` are the other unused rows, ``freed`` those that an order
    still has. ``runs`` are what is sent of the orders.
    """

    columns: Columns
    orders: dict[InstantField, Order]
    sorted_rows: int
    changed: dict[InstantField, Changed] = field(default_factory=lambda: dict.fromkeys(INSTANT_FIELDS, NOTHING))
    gone: set[int] = field(default_factory=set)
    added: dict[bytes, int] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)
    freed: list[int] = field(default_factory=list)
    runs: Runs = field(default_factory=Runs, compare=False)

    @classmethod
    def of(cls, columns: Columns) -> "State":
        """The contacts of *columns*, in any order; ids must differ."""
        by_id = columns.take(sorted_by_id(columns.ids))
        rows = np.arange(len(by_id), dtype=np.int32)
        state = cls(by_id, {name: Order.by(name, by_id, rows) for name in INSTANT_FIELDS}, len(by_id))
        if len(state) >= INDEXED:
            state.orders = {name: order.with_keys_read() for name, order in state.orders.items()}
            state.index()
        return state

    def index(self) -> None:
        """Index all that a filter can ask of an order."""
        for name, others in BESIDE.items():
            self.orders[name].index([self.orders[other] for other in others])

    def __len__(self) -> int:
        """How many contacts there are."""
        changed = self.changed["updated_at"]
        return len(self.orders["updated_at"].rows) - len(changed.out) + len(changed.rows)

    def copy(self) -> "State":
        """An independent copy, which can change while this one does not."""
        return State(
            self.columns.copy(0),
            {name: order.with_keys() for name, order in self.orders.items()},
            self.sorted_rows,
            dict(self.changed),
            set(self.gone),
            dict(self.added),
            list(self.free),
            list(self.freed),
        )

    def row(self, identity: bytes) -> int | None:
        """The row of the contact with that id, in lower case; None if there is none."""
        row = self._sorted_row(identity)
        return self.added.get(identity) if row is None or row in self.gone else row

    def listed(self, name: InstantField) -> Rows:
        """The rows of all contacts in the order *name*."""
        order, changed = self.orders[name], self.changed[name]
        return _merged(order.rows, changed.rows, changed)

    def put(self, entries: Sequence[Entry]) -> list[int]:
        """Add each of *entries*, or replace the contact that has its id; return their rows. The ids must differ."""
        self._will_change()
        if len(entries) > ONE_BY_ONE:
            return self._put_many(entries)
        return [self._put_one(entry) for entry in entries]

    def remove(self, identities: Iterable[bytes]) -> None:
        """Remove the contacts with those ids. Raises KeyError for an unknown id."""
        self._will_change()
        for identity in identities:
            row = self._row_of(identity)
            for name in INSTANT_FIELDS:
                self._take_out(name, row)
            self.columns.wire[row] = b""
            if self.added.pop(identity, None) is None:
                self.gone.add(row)
            else:
                self.freed.append(row)
            self._merge_if_much()

    def with_columns(self, columns: Columns) -> None:
        """Use *columns* instead, which have the same contacts in the same rows with the same instants."""
        self._will_change()
        self.columns = columns
        self.orders = {name: Order(name, order.rows, order.keys, columns) for name, order in self.orders.items()}

    def _will_change(self) -> None:
        """Forget what holds only until a contact changes."""
        self.runs.clear()
        if any(isinstance(order.keys, ReadKeys) for order in self.orders.values()):
            self.orders = {name: order.with_keys() for name, order in self.orders.items()}

    def _put_one(self, entry: Entry) -> int:
        row = self.row(entry.identity)
        if row is None:
            row, moved = self._new_row(entry.identity), [*INSTANT_FIELDS]
        else:
            moved = self._moved(row, entry)
            for name in moved:
                self._take_out(name, row)
        self.columns.write(row, entry)
        for name in moved:
            self.changed[name] = self.changed[name].putting_in(row, self.columns, self.orders[name])
        self._merge_if_much()
        return row

    def _moved(self, row: int, entry: Entry) -> list[InstantField]:
        """The orders in which the contact in *row* gets another place, or is indexed otherwise, with *entry*."""
        if not self.columns.has_values_of(row, entry):
            return [*INSTANT_FIELDS]
        new = {name for name in INSTANT_FIELDS if getattr(self.columns, name)[row] != getattr(entry, name)}
        return [name for name in INSTANT_FIELDS if name in new or not new.isdisjoint(BESIDE[name])]

    def _take_out(self, name: InstantField, row: int) -> None:
        """Take the contact in *row* out of the order *name*."""
        order, changed = self.orders[name], self.changed[name]
        if (changed.rows == row).any():
            self.changed[name] = changed.without(row)
        else:
            place = order.position(order.key(row, self.columns), bytes(self.columns.ids[row]))
            self.changed[name] = changed.taking_out(place)

    def _merge_if_much(self) -> None:
        most = max(len(changed.out) + len(changed.rows) for changed in self.changed.values())
        if most > min(MOST_CHANGED, len(self) // SHARE_CHANGED):
            self._merge()

    def _merge(self) -> None:
        """Make new orders, in which nothing has changed."""
        for name, order in self.orders.items():
            changed = self.changed[name]
            keys = _merged(order.all_keys(), changed.keys, changed)
            self.orders[name] = Order(name, self.listed(name), keys, self.columns)
        self._forget_changes()

    def _forget_changes(self) -> None:
        self.changed = dict.fromkeys(INSTANT_FIELDS, NOTHING)
        self.free.extend(self.freed)
        self.freed.clear()

    def _put_many(self, entries: Sequence[Entry]) -> list[int]:
        live, rows = self.listed("updated_at"), list[int]()
        new = list[int]()
        for entry in entries:
            row = self.row(entry.identity)
            if row is None:
                row = self._new_row(entry.identity)
                new.append(row)
            self.columns.write(row, entry)
            rows.append(row)
        live = np.concatenate((live, np.array(new, dtype=np.int32)))
        by_id = live[sorted_by_id(self.columns.ids[live])]
        self.orders = {name: Order.by(name, self.columns, by_id) for name in INSTANT_FIELDS}
        self._forget_changes()
        return rows

    def _row_of(self, identity: bytes) -> int:
        row = self.row(identity)
        if row is None:
            raise KeyError(identity)
        return row

    def _sorted_row(self, identity: bytes) -> int | None:
        """The row of *identity* if it was there at the start."""
        ids = self.columns.ids
        row = bisect_left(range(self.sorted_rows), identity, key=ids.__getitem__)
        return row if row < self.sorted_rows and ids[row] == identity else None

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
        """Make room for more contacts. The orders go with the new columns, so that the old ones are not kept twice."""
        count = len(self.columns)
        room = max(16, count // 4)
        self.columns = self.columns.copy(room)
        self._merge()
        self.free.extend(range(count + room - 1, count - 1, -1))


def sorted_by_id(ids: Ids) -> Rows:
    """The rows of *ids* in ascending order: by their first eight letters as one number, and equal ones by all of them.

    The first letters of UUIDs are random, mostly, and numbers are sorted several times as quickly as texts.
    """
    if not isinstance(ids, WireIds) and ids.itemsize < _LETTERS:
        return np.argsort(ids, kind="stable").astype(np.int32)
    letters = first_letters(ids)
    numbers = _of_digits(letters)
    rows = sorting(numbers).astype(np.int32)
    first = letters[rows]
    if (first[1:] < first[:-1]).any():  # they are no hexadecimal digits
        rows = np.argsort(letters, kind="stable").astype(np.int32)
        first = letters[rows]
    same = np.flatnonzero(first[1:] == first[:-1])
    if len(same):
        places = np.union1d(same, same + 1)  # these hold their rows' first letters in order already
        rows[places] = rows[places][np.argsort(ids[rows[places]], kind="stable")]
    return rows


def _of_digits(letters: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The number that eight hexadecimal digits in lower case write; of other letters, anything below 2**32."""
    digits = letters & np.uint64(0x0F0F_0F0F_0F0F_0F0F)
    digits += (letters >> np.uint64(6) & np.uint64(0x0101_0101_0101_0101)) * np.uint64(9)
    for step, mask in ((4, 0x00FF_00FF_00FF_00FF), (8, 0x0000_FFFF_0000_FFFF), (16, 0xFFFF_FFFF)):
        digits |= digits >> np.uint64(step)
        digits &= np.uint64(mask)
    return digits.view(np.int64)


_LETTERS: Final = 8

Number = TypeVar("Number", np.int32, np.int64)


def _merged(column: NDArray[Number], put_in: NDArray[Number], changed: Changed) -> NDArray[Number]:
    """The *column* of an order without the places taken out, and with *put_in* at theirs."""
    out: Places = changed.out
    into = changed.before
    if not len(out) and not len(into):
        return column
    found: NDArray[Number]
    if len(out) + len(into) > FEW_CHANGED:
        found = np.insert(np.delete(column, out), into - out.searchsorted(into), put_in)
        return found
    pieces: list[NDArray[Number]] = []
    first, number, places = 0, 0, into.tolist()
    for last in (*out.tolist(), len(column)):
        while number < len(places) and places[number] <= last:
            pieces += [column[first : places[number]], put_in[number : number + 1]]
            first, number = places[number], number + 1
        pieces.append(column[first:last])
        first = last + 1
    found = np.concatenate(pieces)
    return found


def _with(column: NDArray[Number], place: int, value: int) -> NDArray[Number]:
    grown = np.empty(len(column) + 1, dtype=column.dtype)
    grown[:place], grown[place], grown[place + 1 :] = column[:place], value, column[place:]
    return grown
