"""Text for many contacts at once: a line each, as a sequence of slots.

A slot is the same text in each line, a text looked up by an index, or the hexadecimal digits of a UUID. Neighbours that
have the same width in each line share a matrix of bytes with a row a contact. Texts of different lengths are pieces of
their own. `layout` then puts the pieces side by side.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from vambe_mock.generator.encoding.layout import Layout, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.encoding.layout import Bytes, Texts
    from vambe_mock.generator.recipe.randomness import Flags, Indices, Words

    Index = Callable[[Draws], Indices]
    LookUp = tuple[tuple[bytes, ...], Index]
    Fill = Callable[[Draws], None]
    Slot = Callable[[Bytes], Fill]

ROWS = 8192  # so many that the calls of numpy do not count, so few that a processor's last cache holds their text
UUID_WIDTH = 36

# Where each four digits of a UUID stand in its text.
_FOURS = (0, 4, 9, 14, 19, 24, 28, 32)


@lru_cache(maxsize=256)
def texts(entries: tuple[bytes, ...]) -> tuple[Texts, Indices]:
    """A look-up table: entries of one width, NUL bytes before shorter ones; and their lengths without these."""
    sizes = np.array([*map(len, entries)])
    table = np.zeros((len(entries), int(sizes.max())), dtype=np.uint8)
    width = table.shape[1]
    table[np.arange(width) >= (width - sizes)[:, np.newaxis]] = np.frombuffer(b"".join(entries), dtype=np.uint8)
    return table.view(f"V{width}")[:, 0], sizes


def hexadecimal(high: Words, low: Words) -> Iterator[Texts]:
    """The eight groups of four lower-case digits of each UUID, from left to right."""
    digits = _four_digits()
    for word in (high, low):
        quarters = word.astype("<u8", copy=False).view("<u2").reshape(-1, 4)
        for place in (3, 2, 1, 0):
            yield digits.take(quarters[:, place])


@lru_cache(maxsize=1)
def _four_digits() -> Texts:
    return np.frombuffer(np.arange(1 << 16, dtype=">u2").tobytes().hex().encode(), dtype="V4")


class Ragged:
    """A piece that is looked up and has different lengths."""

    def __init__(self, entries: Iterable[bytes], index: Index) -> None:
        """One of these texts for each contact."""
        self.entries, self.index = tuple(entries), index

    def append(self, text: bytes) -> None:
        """The same text after each of them."""
        self.entries = tuple(entry + text for entry in self.entries)

    @property
    def width(self) -> int:
        """As Piece says."""
        return max(map(len, self.entries))

    @property
    def least(self) -> int:
        """As Piece says."""
        return min(map(len, self.entries))

    def texts(self, drawn: Draws) -> tuple[Texts, Indices]:
        """As Piece says."""
        indices = self.index(drawn)
        table, sizes = self._table
        return table.take(indices), sizes.take(indices)

    @cached_property
    def _table(self) -> tuple[Texts, Indices]:
        return texts(self.entries)


class Fixed:
    """A piece that is equally wide for all contacts: a matrix of them and its places."""

    def __init__(self, rows: int) -> None:
        """No place yet."""
        self.rows, self.width = rows, 0
        self.constants: list[tuple[int, bytes]] = []
        self._slots: list[Slot] = []

    @property
    def least(self) -> int:
        """As Piece says."""
        return self.width

    def same(self, text: bytes) -> None:
        """The same text in each row."""
        self.constants.append((self._take(len(text)), text))

    def look_up(self, entries: tuple[bytes, ...], index: Index) -> None:
        """One of these texts, which are equally long."""
        table, _ = texts(entries)
        place = self._take(table.dtype.itemsize)

        def bind(matrix: Bytes) -> Fill:
            target = matrix[:, place : place + table.dtype.itemsize].view(table.dtype)[:, 0]

            def fill(drawn: Draws) -> None:
                target[: len(drawn.numbers)] = table.take(index(drawn))

            return fill

        self._slots.append(bind)

    def uuid(self, halves: Callable[[Draws], tuple[Words, Words]]) -> None:
        """A UUID."""
        place = self._take(UUID_WIDTH)
        self.constants += [(place + dash, b"-") for dash in (8, 13, 18, 23)]

        def bind(matrix: Bytes) -> Fill:
            targets = [matrix[:, place + at : place + at + 4].view("V4")[:, 0] for at in _FOURS]

            def fill(drawn: Draws) -> None:
                for target, digits in zip(targets, hexadecimal(*halves(drawn)), strict=True):
                    target[: len(digits)] = digits

            return fill

        self._slots.append(bind)

    def is_constant(self) -> bool:
        """Whether nothing in it depends on the contact."""
        return not self._slots

    def rows_of(self, drawn: Draws) -> Bytes:
        """The matrix, filled in for some contacts."""
        matrix, fills = self._bound
        for fill in fills:
            fill(drawn)
        return matrix[: len(drawn.numbers)]

    def texts(self, drawn: Draws) -> tuple[Texts, int]:
        """As Piece says."""
        return self.rows_of(drawn).view(f"V{self.width}")[:, 0], self.width

    @cached_property
    def _bound(self) -> tuple[Bytes, list[Fill]]:
        """The matrix, with the texts that are always the same; and what fills in the others."""
        matrix = np.zeros((self.rows, self.width), dtype=np.uint8)
        for place, text in self.constants:
            matrix[:, place : place + len(text)] = np.frombuffer(text, dtype=np.uint8)
        return matrix, [bind(matrix) for bind in self._slots]

    def _take(self, width: int) -> int:
        self.width += width
        return self.width - width


class Sheet:
    """Slots in the order in which they were added; `render` writes the lines of some contacts."""

    def __init__(self, rows: int = ROWS) -> None:
        """No slot yet; so many contacts at a time."""
        self.rows = rows
        self.look_ups: list[LookUp] = []
        self._parts = [Part()]

    def same(self, text: str) -> None:
        """The same text in every line."""
        pieces = self._parts[-1].pieces
        if pieces and isinstance(pieces[-1], Ragged):
            pieces[-1].append(text.encode())
        elif text:
            self._fixed().same(text.encode())

    def look_up(self, entries: Iterable[bytes], index: Index) -> None:
        """One of these texts in each line; the index -1 is the last of them."""
        listed = tuple(entries)
        self.look_ups.append((listed, index))
        if len({*map(len, listed)}) == 1:
            self._fixed().look_up(listed, index)
        else:
            before = self._loose()
            self._parts[-1].pieces.append(Ragged((before + entry for entry in listed), index))

    def uuid(self, halves: Callable[[Draws], tuple[Words, Words]]) -> None:
        """A UUID in each line."""
        self._fixed().uuid(halves)

    def begin(self) -> None:
        """Here begins a part that some lines do not have."""
        self._parts.append(Part())

    def end(self, there: Callable[[Draws], Flags], otherwise: str) -> None:
        """Here the part ends; in the lines that do not have it, a (shorter) text takes its place."""
        self._parts[-1].there, self._parts[-1].otherwise = there, otherwise.encode()
        self._parts.append(Part())

    def render(self, drawn: Draws) -> Iterator[tuple[Bytes, Indices]]:
        """The contacts' lines, some at a time: their text, and the length of each."""
        return map(self._layout.text, drawn.in_pieces(self.rows))

    @cached_property
    def _layout(self) -> Layout:
        return Layout([part for part in self._parts if part.pieces])

    def _fixed(self) -> Fixed:
        """The last piece, which is not ragged."""
        pieces = self._parts[-1].pieces
        last = pieces[-1] if pieces else None
        if not isinstance(last, Fixed):
            last = Fixed(self.rows)
            pieces.append(last)
        return last

    def _loose(self) -> bytes:
        """The text that is all of the last piece, taken back: it is better copied together with what follows."""
        pieces = self._parts[-1].pieces
        last = pieces[-1] if pieces else None
        if not isinstance(last, Fixed) or not last.is_constant():
            return b""
        pieces.pop()
        return b"".join(text for _, text in last.constants)
