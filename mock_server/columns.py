"""The contacts as columns: what the store searches, and the bytes that it sends.

One entry a contact in every column. Filters read columns; nobody reads a contact's JSON again after it was written.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mock_server.custom_fields import Entity

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
        return Codes(self.codes[rows].astype(narrow), self.places)


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
