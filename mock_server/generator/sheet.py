"""Text for many contacts at once: a matrix of bytes with a row a contact, whose rows are then put side by side.

A row is a sequence of slots of fixed width. A slot is the same text in each row, a text looked up by an index, or the
hexadecimal digits of a UUID. A text shorter than its slot has NUL bytes before it, which no text here contains. The
matrix has few enough rows to stay in a processor's cache.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mock_server.generator.layout import Layout, Part, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mock_server.generator.draws import Draws
    from mock_server.generator.layout import Bytes, Texts
    from mock_server.generator.randomness import Flags, Indices, Words

    Fill = Callable[[Draws], Indices | None]
    Slot = Callable[[Bytes], Fill]
    LookUp = tuple[tuple[bytes, ...], Callable[[Draws], Indices]]

ROWS = 1024
UUID_WIDTH = 36

# Where each four digits of a UUID stand in its text.
_FOURS = (0, 4, 9, 14, 19, 24, 28, 32)


@lru_cache(maxsize=256)
def texts(entries: tuple[bytes, ...]) -> tuple[Texts, Indices]:
    """A look-up table: entries of one width, NUL bytes before shorter ones; and how many of these each has."""
    width = max([1, *map(len, entries)])
    table = np.frombuffer(b"".join(entry.rjust(width, b"\0") for entry in entries), dtype=f"V{width}")
    return table, np.array([width - len(entry) for entry in entries])


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


class Sheet:
    """Slots in the order in which they were added; `render` writes the rows of some contacts."""

    def __init__(self, rows: int = ROWS) -> None:
        """No slot yet; the matrix will have so many rows."""
        self.rows = rows
        self.look_ups: list[LookUp] = []
        self._constants: list[tuple[int, bytes]] = []
        self._slots: list[tuple[int, Slot]] = []
        self._parts = [Part([Piece(0, 0)])]
        self._width = 0

    def same(self, text: str) -> None:
        """The same text in every row."""
        encoded = text.encode()
        self._constants.append((self._take(len(encoded)), encoded))

    def look_up(self, entries: Iterable[bytes], index: Callable[[Draws], Indices]) -> None:
        """One of these texts in each row; the index -1 is the last of them."""
        listed = tuple(entries)
        self.look_ups.append((listed, index))
        if ragged := len({*map(len, listed)}) > 1:
            before = self._loose()
            listed = tuple(before + entry for entry in listed)
            self._parts[-1].pieces.append(Piece(self._width, self._width))
        table, lack = texts(listed)
        width, piece = table.dtype.itemsize, self._parts[-1].pieces[-1]
        piece.most += int(lack.max())
        place = self._take(width)

        def bind(matrix: Bytes) -> Fill:
            target = matrix[:, place : place + width].view(table.dtype)[:, 0]
            sizes = piece.width - lack

            def fill(drawn: Draws) -> Indices | None:
                indices = index(drawn)
                target[: len(indices)] = table.take(indices)
                return sizes.take(indices) if ragged else None

            return fill

        self._slots.append((place, bind))

    def uuid(self, halves: Callable[[Draws], tuple[Words, Words]]) -> None:
        """A UUID in each row."""
        place = self._take(UUID_WIDTH)
        for dash in (8, 13, 18, 23):
            self._constants.append((place + dash, b"-"))

        def bind(matrix: Bytes) -> Fill:
            targets = [matrix[:, place + at : place + at + 4].view("V4")[:, 0] for at in _FOURS]

            def fill(drawn: Draws) -> None:
                for target, digits in zip(targets, hexadecimal(*halves(drawn)), strict=True):
                    target[: len(digits)] = digits

            return fill

        self._slots.append((place, bind))

    def begin(self) -> None:
        """Here begins a part that some rows do not have."""
        self._parts.append(Part([Piece(self._width, self._width)]))

    def end(self, there: Callable[[Draws], Flags], otherwise: str) -> None:
        """Here the part ends; in the rows that do not have it, a (shorter) text takes its place."""
        self._parts[-1].there, self._parts[-1].otherwise = there, otherwise.encode()
        self._parts.append(Part([Piece(self._width, self._width)]))

    def render(self, drawn: Draws) -> Iterator[tuple[Bytes, Indices]]:
        """The contacts' rows, some at a time: their text, and the length of each row."""
        layout = self._layout
        for some in drawn.in_pieces(self.rows):
            ragged = self._fill(some)
            there = [None if part.there is None else part.there(some) for part in layout.parts]
            yield layout.text(len(some.numbers), ragged, there)

    def fill(self, drawn: Draws) -> Iterator[Bytes]:
        """The same with their empty places. The memory is used again for the next rows."""
        for some in drawn.in_pieces(self.rows):
            self._fill(some)
            yield self._bound[0][: len(some.numbers)]

    def _fill(self, drawn: Draws) -> dict[int, Indices]:
        """Fill the matrix; the lengths of the ragged pieces, by where they start."""
        filled = ((place, fill(drawn)) for place, fill in self._bound[1])
        return {place: sizes for place, sizes in filled if sizes is not None}

    @cached_property
    def _bound(self) -> tuple[Bytes, list[tuple[int, Fill]]]:
        """The matrix, with the texts that are always the same; and the slots, each bound to its place."""
        matrix = np.zeros((self.rows, self._width), dtype=np.uint8)
        for place, text in self._constants:
            matrix[:, place : place + len(text)] = np.frombuffer(text, dtype=np.uint8)
        return matrix, [(place, bind(matrix)) for place, bind in self._slots]

    @cached_property
    def _layout(self) -> Layout:
        for part in self._parts:
            part.pieces = [piece for piece in part.pieces if piece.width]
        return Layout(self._bound[0], [part for part in self._parts if part.pieces])

    def _loose(self) -> bytes:
        """The text that is all of the last piece, taken back: it saves a copy when it goes with what follows it."""
        piece = self._parts[-1].pieces[-1]
        if not self._constants or self._constants[-1][0] != piece.start or piece.start == 0:
            return b""
        place, text = self._constants[-1]
        if place + len(text) != self._width:
            return b""
        self._constants.pop()
        self._width = piece.stop = piece.start
        return text

    def _take(self, width: int) -> int:
        self._width += width
        self._parts[-1].pieces[-1].stop = self._width
        return self._width - width
