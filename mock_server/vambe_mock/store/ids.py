"""The contacts' ids, in lower case: texts in an array, or places in the buffer of the contacts' JSON, which has them.

In an array an id takes 36 bytes, in the JSON none; to look for one there takes some microseconds more.
"""

from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from vambe_mock.store.wire import Numbers, Rows, WireBuffer, with_room

LENGTH: Final = 36
"""Bytes of an id."""

BEFORE: Final = len('{"id":"')
"""Bytes of a contact's JSON before its id."""

_TEXT: Final = np.dtype(f"S{LENGTH}")
_LETTERS: Final = np.dtype(">u8")


class WireIds:
    """Ids that are read from the JSON in a buffer, as it was at first, and those of contacts added later."""

    __slots__ = ("_added", "_buffer", "_starts", "_view")

    def __init__(self, buffer: NDArray[np.uint8], starts: Numbers, added: NDArray[np.bytes_] | None = None) -> None:
        """The JSON of the contact in row *r* begins at *starts[r]*; *added* are the ids of the rows after those."""
        self._buffer, self._starts = buffer, starts
        self._view = memoryview(buffer.data)
        self._added = np.empty(0, dtype=_TEXT) if added is None else added

    @classmethod
    def of(cls, wire: WireBuffer) -> "WireIds":
        """The ids in *wire*, in which no contact changed, and all are in lower case."""
        return cls(wire.buffer, wire.starts)

    def __len__(self) -> int:
        return len(self._starts) + len(self._added)

    @overload
    def __getitem__(self, rows: int) -> bytes: ...
    @overload
    def __getitem__(self, rows: Rows) -> NDArray[np.bytes_]: ...
    def __getitem__(self, rows: int | Rows) -> bytes | NDArray[np.bytes_]:
        if isinstance(rows, np.ndarray):
            return self._texts(rows)
        if rows >= len(self._starts):
            return bytes(self._added[rows - len(self._starts)])
        at = int(self._starts[rows]) + BEFORE
        return bytes(self._view[at : at + LENGTH])

    def __setitem__(self, row: int, identity: bytes) -> None:
        """Give *row* that id; a row of the buffer keeps the one that it has."""
        if row >= len(self._starts):
            self._added[row - len(self._starts)] = identity

    def _texts(self, rows: Rows) -> NDArray[np.bytes_]:
        inside = rows < len(self._starts)
        found: NDArray[np.bytes_] = np.empty(len(rows), dtype=_TEXT)
        found[inside] = self._everywhere(_TEXT)[self._starts[rows[inside]]]
        found[~inside] = self._added[rows[~inside] - len(self._starts)]
        return found

    def _everywhere(self, kind: np.dtype[np.generic]) -> NDArray[np.generic]:
        """What an id would begin with, read as *kind*, if a contact began at each byte of the buffer."""
        count = len(self._buffer) - BEFORE - LENGTH + 1
        if count <= 0:  # nobody is there
            return np.empty(0, dtype=kind)
        return np.ndarray(count, dtype=kind, buffer=self._buffer.data, offset=BEFORE, strides=(1,))

    def first_letters(self) -> NDArray[np.uint64]:
        """The first eight letters of each id as one number."""
        if len(self._added):
            return first_letters(self[np.arange(len(self), dtype=np.int32)])
        return self._everywhere(_LETTERS)[self._starts].astype(np.uint64)

    def take(self, rows: Rows, starts: Numbers) -> "Ids":
        """The ids of *rows*, whose JSON begins at *starts*."""
        return self[rows] if len(self._added) else WireIds(self._buffer, starts)

    def copy(self, room: int) -> "WireIds":
        """A copy with *room* for more at its end; the buffer is shared."""
        return WireIds(self._buffer, self._starts, with_room(self._added, room))


Ids = NDArray[np.bytes_] | WireIds


def first_letters(ids: Ids) -> NDArray[np.uint64]:
    """The first eight letters of each id as one number; the ids must have as many."""
    if isinstance(ids, WireIds):
        return ids.first_letters()
    ids = np.ascontiguousarray(ids)
    letters: NDArray[np.uint64] = np.ndarray(len(ids), _LETTERS, ids.data, strides=(ids.itemsize,)).astype(np.uint64)
    return letters
