"""Text for many contacts at once: a matrix of bytes with a row a contact, whose empty places are squeezed out.

A row is a sequence of slots of fixed width. A slot is the same text in each row, a text looked up by an index, or the
hexadecimal digits of a UUID. Texts shorter than their slot leave NUL bytes, which no text here contains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from mock_server.generator.draws import Draws
    from mock_server.generator.randomness import Flags, Indices, Words

    Bytes = NDArray[np.uint8]
    Texts = NDArray[np.void]
    Used = NDArray[np.bool_]

_HEX = np.array([f"{value:04x}".encode() for value in range(1 << 16)], dtype="S4").view("V4")
_GROUPS = ((0, 0), (4, 1), (9, 2), (14, 3), (19, 4), (24, 5), (28, 6), (32, 7))  # place in the text, 16-bit group
UUID_WIDTH = 36


def texts(entries: Iterable[bytes]) -> Texts:
    """A look-up table: entries of one width, shorter ones filled up with NUL bytes."""
    listed = [*entries]
    width = max([1, *map(len, listed)])
    return np.frombuffer(b"".join(entry.ljust(width, b"\0") for entry in listed), dtype=f"V{width}")


def lengths(used: Used) -> Indices:
    """The length of each row in bytes."""
    counted: Indices = np.count_nonzero(used, axis=1)
    return counted


class Sheet:
    """Slots in the order in which they were added; `render` writes the rows of some contacts."""

    def __init__(self) -> None:
        """No slot yet."""
        self._constants: list[tuple[int, bytes]] = []
        self._fillers: list[Callable[[Bytes, Draws], None]] = []
        self._width = 0
        self._matrix: Bytes = np.empty((0, 0), dtype=np.uint8)

    def same(self, text: str) -> None:
        """The same text in every row."""
        self._constants.append((self._width, text.encode()))
        self._width += len(text.encode())

    def look_up(self, entries: Iterable[bytes], index: Callable[[Draws], Indices]) -> None:
        """One of these texts in each row; the index -1 is the last of them."""
        table = texts(entries)
        place, width = self._take(table.dtype.itemsize)

        def fill(matrix: Bytes, drawn: Draws) -> None:
            matrix[:, place : place + width].view(table.dtype)[:, 0] = table[index(drawn)]

        self._fillers.append(fill)

    def uuid(self, halves: Callable[[Draws], tuple[Words, Words]]) -> None:
        """A UUID in each row."""
        place, _ = self._take(UUID_WIDTH)
        for dash in (8, 13, 18, 23):
            self._constants.append((place + dash, b"-"))

        def fill(matrix: Bytes, drawn: Draws) -> None:
            for offset, group in _GROUPS:
                half = halves(drawn)[group // 4]
                digits = _HEX[(half >> np.uint64(48 - group % 4 * 16) & np.uint64(0xFFFF)).view(np.int64)]
                matrix[:, place + offset : place + offset + 4].view("V4")[:, 0] = digits

        self._fillers.append(fill)

    def begin(self) -> int:
        """The place where a part begins that some rows do not have."""
        return self._width

    def end(self, began: int, there: Callable[[Draws], Flags], otherwise: str) -> None:
        """The part since `began` is replaced by a (shorter) text in the rows that do not have it."""
        width = self._width - began
        blank = np.frombuffer(otherwise.encode().ljust(width, b"\0"), dtype=np.uint8)
        stop = self._width

        def fill(matrix: Bytes, drawn: Draws) -> None:
            matrix[np.flatnonzero(~there(drawn)), began:stop] = blank

        self._fillers.append(fill)

    def render(self, drawn: Draws) -> tuple[Bytes, Used]:
        """The rows of all contacts without the empty places, and which places of the matrix are not empty."""
        matrix = self._filled(drawn)
        used = matrix != 0
        return matrix[used], used

    def fill(self, drawn: Draws) -> Bytes:
        """The rows of all contacts as they are, in memory of their own; for texts that have no empty places."""
        return self._filled(drawn).copy()

    def _filled(self, drawn: Draws) -> Bytes:
        matrix = self._rows(len(drawn.numbers))
        for fill in self._fillers:
            fill(matrix, drawn)
        return matrix

    def _take(self, width: int) -> tuple[int, int]:
        place = self._width
        self._width += width
        return place, width

    def _rows(self, count: int) -> Bytes:
        """A matrix with the constant texts in it."""
        if len(self._matrix) < count:
            self._matrix = np.empty((count, self._width), dtype=np.uint8)
        matrix = self._matrix[:count]
        constant = np.zeros(self._width, dtype=np.uint8)
        for place, text in self._constants:
            constant[place : place + len(text)] = np.frombuffer(text, dtype=np.uint8)
        matrix[:] = constant
        return matrix
