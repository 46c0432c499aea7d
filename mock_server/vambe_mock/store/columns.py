"""Contacts as columns: what the store searches, and the bytes that it sends.

Every column has one entry per contact. Filters read columns; a contact's JSON is written once and not parsed again.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract.vocabulary import Entity
from vambe_mock.store.ids import Ids, WireIds
from vambe_mock.store.wire import Wire, WireBuffer, with_room

Instants = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int32]

NO_INSTANT: Final = -(2**63) + 1
"""The ``last_message_at`` of a contact without one: before every instant, and its negative is after every instant."""

NO_VALUE: Final = -1
"""The code of a contact without a value."""


@dataclass(frozen=True, slots=True)
class Codes:
    """A dictionary-encoded column: an integer code per contact, of any width, and the code of each value."""

    codes: NDArray[np.signedinteger[Any]]
    codes_by_value: dict[Hashable, int]
    _values: list[Hashable] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, values: Iterable[Hashable | None], count: int) -> "Codes":
        """The column of *count* values; None stands for no value."""
        codes_by_value: dict[Hashable, int] = {}
        codes = np.fromiter(
            (NO_VALUE if value is None else codes_by_value.setdefault(value, len(codes_by_value)) for value in values),
            dtype=np.int32,
            count=count,
        )
        return cls(codes, codes_by_value)

    def have(self, value: Hashable, rows: Rows | slice) -> Flags:
        """Whether each of *rows* has this value."""
        flags: Flags = self.codes[rows] == self.codes_by_value.get(value, NO_VALUE - 1)
        return flags

    def have_any(self, values: Iterable[Hashable], rows: Rows | slice) -> Flags:
        """Whether each of *rows* has one of *values*."""
        wanted = np.zeros(len(self.codes_by_value) + 1, dtype=np.bool_)  # the last entry is for NO_VALUE, which is -1
        wanted[[self.codes_by_value[value] for value in values if value in self.codes_by_value]] = True
        flags: Flags = wanted[self.codes[rows]]
        return flags

    def take(self, rows: Rows) -> "Codes":
        """The entries of *rows*, in that order, in as few bytes as the codes need."""
        narrow = np.min_scalar_type(-len(self.codes_by_value) - 1)
        return Codes(self.codes[rows].astype(narrow), self.codes_by_value, self._values)

    def copy(self, room: int) -> "Codes":
        """A copy with codes wide enough for any values, and *room* for more entries at its end."""
        codes = with_room(self.codes.astype(np.int32), room)
        codes[len(self.codes) :] = NO_VALUE
        return Codes(codes, dict(self.codes_by_value), list(self._values))

    def write(self, row: int, value: Hashable | None) -> None:
        """Give *row* that value, which gets a code if it is new here; None is no value."""
        known = self.codes_by_value
        self.codes[row] = NO_VALUE if value is None else known.setdefault(value, len(known))

    def value(self, row: int) -> Hashable | None:
        """The value of *row*, or None."""
        code = self.codes.item(row)
        if code < 0:
            return None
        if code >= len(self._values):
            self._values.extend(islice(self.codes_by_value, len(self._values), None))
        return self._values[code]

    def values(self) -> list[Hashable | None]:
        """The values by code; the last entry is for NO_VALUE, which is -1."""
        return [*self.codes_by_value, None]


class Entry(NamedTuple):
    """One contact as the columns have it; ``custom`` are the readings of its custom values."""

    identity: bytes
    wire: bytes
    created_at: int
    updated_at: int
    last_message_at: int
    current_stage_id: str | None
    default_stage_id: str | None
    custom: Mapping[tuple[Entity, str], Hashable]


@dataclass(frozen=True, slots=True)
class Columns:
    """Contacts, column by column.

    ``wire`` holds each contact's JSON; instants are milliseconds since 1970 UTC; ids are in lower case.
    """

    ids: Ids
    wire: Wire
    created_at: Instants
    updated_at: Instants
    last_message_at: Instants
    current_stage_id: Codes
    default_stage_id: Codes
    custom: dict[tuple[Entity, str], Codes] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many contacts there are."""
        return len(self.wire)

    def coded(self, name: str | tuple[Entity, str]) -> Codes:
        """The column of a stage by its field's name, or of a custom field by its entity and key."""
        found: Codes = getattr(self, name) if isinstance(name, str) else self.custom[name]
        return found

    def take(self, rows: Rows) -> "Columns":
        """The contacts of *rows*, in that order."""
        wire = self.wire.take(rows)
        if isinstance(self.ids, WireIds) and isinstance(wire, WireBuffer):
            ids: Ids = self.ids.take(rows, wire.starts)
        else:
            ids = self.ids[rows]
        return Columns(
            ids,
            wire,
            self.created_at[rows],
            self.updated_at[rows],
            self.last_message_at[rows],
            self.current_stage_id.take(rows),
            self.default_stage_id.take(rows),
            {name: codes.take(rows) for name, codes in self.custom.items()},
        )

    def copy(self, room: int) -> "Columns":
        """A copy with *room* for more contacts at its end."""
        return Columns(
            self.ids.copy(room) if isinstance(self.ids, WireIds) else with_room(self.ids, room),
            self.wire.copy(room),
            with_room(self.created_at, room),
            with_room(self.updated_at, room),
            with_room(self.last_message_at, room),
            self.current_stage_id.copy(room),
            self.default_stage_id.copy(room),
            {name: codes.copy(room) for name, codes in self.custom.items()},
        )

    def write(self, row: int, entry: Entry) -> None:
        """Write a contact into *row*."""
        self.ids[row] = entry.identity
        self.wire[row] = entry.wire
        self.created_at[row] = entry.created_at
        self.updated_at[row] = entry.updated_at
        self.last_message_at[row] = entry.last_message_at
        self.current_stage_id.write(row, entry.current_stage_id)
        self.default_stage_id.write(row, entry.default_stage_id)
        for name, codes in self.custom.items():
            codes.write(row, entry.custom.get(name))

    def has_values_of(self, row: int, entry: Entry) -> bool:
        """Whether the contact in *row* has the stages and the custom values of *entry*."""
        return (
            self.current_stage_id.value(row) == entry.current_stage_id
            and self.default_stage_id.value(row) == entry.default_stage_id
            and all(codes.value(row) == entry.custom.get(name) for name, codes in self.custom.items())
        )
