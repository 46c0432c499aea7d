"""The contacts' JSON as it is sent: an object each for few contacts, one buffer for many.

An object costs 57 bytes besides the JSON, a place in a buffer 6. A page of objects is a little quicker.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol, Self, TypeVar, cast, overload

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]
Numbers = NDArray[np.unsignedinteger[Any]]
MANY: Final = 50_000
"""From this many contacts on, they are in a buffer."""

PIECE: Final = 400
"""The most contacts of a buffer that are cut out at once (about 250 KB)."""

_SLACK: Final = 1.02


class Wire(Protocol):
    """The JSON of the contact in each row."""

    def __len__(self) -> int: ...
    def __getitem__(self, row: int) -> bytes: ...
    def __setitem__(self, row: int, text: bytes) -> None: ...
    def __iter__(self) -> Iterator[bytes]: ...
    def texts(self, rows: Rows) -> Sequence[bytes]:
        """The JSON of each of *rows* as it is now, to be joined, compared or hashed: a list, or a ``Cut``.

        A buffer gives read-only views of its parts, which do this as bytes do; ``bytes`` makes one of a view.
        """

    def take(self, rows: Rows) -> Self:
        """The contacts of *rows*, in that order."""

    def copy(self, room: int) -> Self:
        """A copy with *room* for more contacts at its end."""


class WireObjects:
    """An object for each contact."""

    def __init__(self, texts: NDArray[np.object_]) -> None:
        """The contacts whose JSON is in the array *texts*, which is used as it is."""
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, row: int) -> bytes:
        text: bytes = self._texts[row]
        return text

    def __setitem__(self, row: int, text: bytes) -> None:
        self._texts[row] = text

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._texts.tolist())

    def texts(self, rows: Rows) -> list[bytes]:
        """The JSON of each of *rows*."""
        found: list[bytes] = self._texts.take(rows).tolist()
        return found

    def take(self, rows: Rows) -> "WireObjects":
        """The contacts of *rows*, in that order."""
        return WireObjects(self._texts[rows])

    def copy(self, room: int) -> "WireObjects":
        """A copy with *room* for more contacts at its end."""
        return WireObjects(with_room(self._texts, room))


class Cut(Sequence[bytes]):
    """The JSON of many contacts of a buffer, each cut out when it is read, and as it was when they were asked for."""

    __slots__ = ("_changed", "_ends", "_starts", "_view")

    def __init__(self, view: memoryview, starts: Numbers, lengths: Numbers, changed: dict[int, bytes]) -> None:
        """The contact at place *p* is *changed[p]* or has *lengths[p]* bytes of *view* from *starts[p]* on."""
        self._view, self._starts, self._ends, self._changed = view, starts, starts + lengths, changed

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, places: int) -> bytes: ...
    @overload
    def __getitem__(self, places: slice) -> list[bytes]: ...
    def __getitem__(self, places: int | slice) -> bytes | list[bytes]:
        among = range(len(self))[places]
        if isinstance(among, int):
            return self._cut(slice(among, among + 1))[0]
        if among.step != 1:
            return [*map(self.__getitem__, among)]
        return self._cut(slice(among.start, among.stop))

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self), PIECE):
            yield from self._cut(slice(start, start + PIECE))

    def size(self) -> int:
        """The bytes of all of them together."""
        size = int(self._ends.sum(dtype=np.int64)) - int(self._starts.sum(dtype=np.int64))
        return size + sum(len(text) - int(self._ends[at] - self._starts[at]) for at, text in self._changed.items())

    def _cut(self, places: slice) -> list[bytes]:
        parts = map(slice, self._starts[places].tolist(), self._ends[places].tolist())
        found = cast("list[bytes]", list(map(self._view.__getitem__, parts)))
        if self._changed:
            for at, place in enumerate(range(places.start, places.start + len(found))):
                if (text := self._changed.get(place)) is not None:
                    found[at] = text
        return found


def size_of(texts: Sequence[bytes]) -> int:
    """The bytes of all *texts* together."""
    return texts.size() if isinstance(texts, Cut) else sum(map(len, texts))


class WireBuffer:
    """All contacts in one buffer, each at its place; those that changed since are beside it."""

    def __init__(self, buffer: NDArray[np.uint8], starts: Numbers, lengths: Numbers) -> None:
        """The contact in row *r* has *lengths[r]* bytes from *starts[r]* on."""
        self.buffer, self.starts, self.lengths = buffer, starts, lengths
        self._view = memoryview(buffer.data).toreadonly()
        self._changed: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, row: int) -> bytes:
        if (changed := self._changed.get(int(row))) is not None:
            return changed
        start = int(self.starts[row])
        return bytes(self._view[start : start + int(self.lengths[row])])

    def __setitem__(self, row: int, text: bytes) -> None:
        self._changed[int(row)] = text

    def __iter__(self) -> Iterator[bytes]:
        return map(self.__getitem__, range(len(self)))

    def texts(self, rows: Rows) -> Sequence[bytes]:
        """The JSON of each of *rows*."""
        cut = Cut(self._view, self.starts.take(rows), self.lengths.take(rows), self._changed_among(rows))
        return cut if len(rows) > PIECE else cut[:]

    def take(self, rows: Rows) -> "WireBuffer":
        """The contacts of *rows*, in that order; the buffer is shared."""
        taken = WireBuffer(self.buffer, self.starts[rows], self.lengths[rows])
        taken._changed = self._changed_among(rows)
        return taken

    def _changed_among(self, rows: Rows) -> dict[int, bytes]:
        """Those of *rows* that changed, by their place in it."""
        if not self._changed:
            return {}
        if len(rows) <= PIECE:
            return {place: self._changed[row] for place, row in enumerate(rows.tolist()) if row in self._changed}
        changed = np.fromiter(self._changed, rows.dtype, len(self._changed))
        return {place: self._changed[int(rows[place])] for place in np.flatnonzero(np.isin(rows, changed)).tolist()}

    def copy(self, room: int) -> "WireBuffer":
        """A copy with *room* for more contacts at its end; the buffer, which never changes, is shared."""
        copied = WireBuffer(self.buffer, with_room(self.starts, room), with_room(self.lengths, room))
        copied._changed = dict(self._changed)
        return copied


class WireWriter:
    """Gathers the JSON of *count* contacts, piece by piece, for one buffer that is never copied."""

    def __init__(self, count: int) -> None:
        """Nothing is gathered yet."""
        self._count = count
        self._buffer = np.empty(0, dtype=np.uint8)
        self._used = 0
        self._done = 0
        self._lengths = list[NDArray[np.integer[Any]]]()

    def add(self, texts: NDArray[np.uint8], lengths: NDArray[np.integer[Any]]) -> None:
        """Add contacts of *lengths* bytes each, one after the other in *texts*."""
        size, self._done = self._used + len(texts), self._done + len(lengths)
        if size > len(self._buffer):
            # What is never written takes no memory, so rather too much at once than a second time.
            expected = size * max(self._count, self._done) // max(self._done, 1)
            grown = np.empty(int(expected * _SLACK) + len(texts), dtype=np.uint8)
            grown[: self._used] = self._buffer[: self._used]
            self._buffer = grown
        self._buffer[self._used : size] = texts
        self._used = size
        self._lengths.append(lengths)

    def wire(self) -> WireBuffer | WireObjects:
        """All that was added."""
        lengths = np.concatenate(self._lengths) if self._lengths else np.empty(0, dtype=np.int64)
        ends = lengths.cumsum(dtype=np.int64)
        starts = ends - lengths
        if len(lengths) < MANY:
            view = self._buffer.data
            return objects([bytes(view[start:end]) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])
        most = np.min_scalar_type(int(lengths.max(initial=0)))
        return WireBuffer(self._buffer, starts.astype(np.min_scalar_type(self._used)), lengths.astype(most))


def wire_of(texts: Iterable[bytes]) -> WireBuffer | WireObjects:
    """The contacts whose JSON is *texts*."""
    found = [*texts]
    if len(found) < MANY:
        return objects(found)
    writer = WireWriter(len(found))
    for start in range(0, len(found), 1 << 14):
        piece = found[start : start + (1 << 14)]
        writer.add(np.frombuffer(b"".join(piece), dtype=np.uint8), np.fromiter(map(len, piece), np.int64, len(piece)))
    return writer.wire()


def objects(texts: list[bytes]) -> WireObjects:
    """An object for each of *texts*."""
    return WireObjects(np.fromiter(texts, dtype=np.object_, count=len(texts)))


Kind = TypeVar("Kind", bound=np.generic)


def with_room(column: NDArray[Kind], room: int) -> NDArray[Kind]:
    """A copy of *column* with *room* for more at its end, empty."""
    copied = np.zeros(len(column) + room, dtype=column.dtype)
    copied[: len(column)] = column
    return copied
