"""The contacts as columns: what the store searches, and the bytes that it sends.

One entry a contact in every column. Filters read columns; nobody reads a contact's JSON again after it was written.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract.vocabulary import Entity

Instants = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int32]

NEVER: Final = -(2**63) + 1
"""The ``last_message_at`` of a contact that has none: earlier than every instant, and its negative is later."""

NOTHING: Final = -1
"""The code of "no value here"."""


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of repeated values: ``codes`` holds, for each contact, the place of its value in ``places``.

    The codes are integers of any width.
    """

    codes: NDArray[np.signedinteger[Any]]
    places: dict[Hashable, int]
    _values: list[Hashable] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def of(cls, values: Iterable[Hashable | None], count: int) -> "Codes":
        """*count* values, None for "no value here"."""
        places: dict[Hashable, int] = {}
        codes = np.fromiter(
            (NOTHING if value is None else places.setdefault(value, len(places)) for value in values),
            dtype=np.int32,
            count=count,
        )
        return cls(codes, places)

    def have(self, value: Hashable, rows: Rows | slice) -> Flags:
        """For each of *rows*, whether this is its value."""
        flags: Flags = self.codes[rows] == self.places.get(value, NOTHING - 1)
        return flags

    def have_any(self, values: Iterable[Hashable], rows: Rows | slice) -> Flags:
        """For each of *rows*, whether its value is one of *values*."""
        wanted = np.zeros(len(self.places) + 1, dtype=np.bool_)  # the last place answers for NOTHING, which is -1
        wanted[[self.places[value] for value in values if value in self.places]] = True
        flags: Flags = wanted[self.codes[rows]]
        return flags

    def take(self, rows: Rows) -> "Codes":
        """The same column with its entries in the order of *rows*, in as few bytes as its values need."""
        narrow = np.min_scalar_type(-len(self.places) - 1)
        return Codes(self.codes[rows].astype(narrow), self.places, self._values)

    def copy(self, room: int) -> "Codes":
        """A copy of its own, wide enough for any values, with *room* for more entries after its last."""
        codes = _copy(self.codes.astype(np.int32), room)
        codes[len(self.codes) :] = NOTHING
        return Codes(codes, dict(self.places), list(self._values))

    def put(self, rows: Rows, other: "Codes") -> None:
        """Write the entries of *other* at *rows*; values that are new here get places."""
        places = [self.places.setdefault(value, len(self.places)) for value in other.places]
        self.codes[rows] = np.array([*places, NOTHING], dtype=np.int32)[other.codes]

    def value(self, row: int) -> Hashable | None:
        """The value of *row*; None for "no value here"."""
        if len(self._values) < len(self.places):
            self._values.extend(islice(self.places, len(self._values), None))
        code = int(self.codes[row])
        return None if code == NOTHING else self._values[code]

    def values(self) -> list[Hashable | None]:
        """The values by their codes; the last one answers for NOTHING, which is -1."""
        return [*self.places, None]


@dataclass(frozen=True, slots=True)
class Columns:
    """Contacts, column by column.

    ``wire`` holds ``bytes``, instants are milliseconds since 1970 UTC, ids are in lower case.
    """

    ids: NDArray[np.bytes_]
    wire: NDArray[np.object_]
    created_at: Instants
    updated_at: Instants
    last_message_at: Instants
    current_stage_id: Codes
    default_stage_id: Codes
    custom: dict[tuple[Entity, str], Codes] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many contacts there are."""
        return len(self.wire)

    def take(self, rows: Rows) -> "Columns":
        """The same contacts in the order of *rows*."""
        return Columns(
            self.ids[rows],
            self.wire[rows],
            self.created_at[rows],
            self.updated_at[rows],
            self.last_message_at[rows],
            self.current_stage_id.take(rows),
            self.default_stage_id.take(rows),
            {name: codes.take(rows) for name, codes in self.custom.items()},
        )

    def copy(self, room: int) -> "Columns":
        """A copy of its own, with *room* for more contacts after its last."""
        return Columns(
            _copy(self.ids, room),
            _copy(self.wire, room),
            _copy(self.created_at, room),
            _copy(self.updated_at, room),
            _copy(self.last_message_at, room),
            self.current_stage_id.copy(room),
            self.default_stage_id.copy(room),
            {name: codes.copy(room) for name, codes in self.custom.items()},
        )

    def put(self, rows: Rows, other: "Columns") -> None:
        """Write the contacts of *other*, which has the same custom fields, at *rows*."""
        self.ids[rows] = other.ids
        self.wire[rows] = other.wire
        self.created_at[rows] = other.created_at
        self.updated_at[rows] = other.updated_at
        self.last_message_at[rows] = other.last_message_at
        self.current_stage_id.put(rows, other.current_stage_id)
        self.default_stage_id.put(rows, other.default_stage_id)
        for name, codes in other.custom.items():
            self.custom[name].put(rows, codes)


def _copy(column: NDArray[Any], room: int) -> NDArray[Any]:
    copied = np.empty(len(column) + room, dtype=column.dtype)
    copied[: len(column)] = column
    return copied
