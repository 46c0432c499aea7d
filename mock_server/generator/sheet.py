"""Text for many contacts at once: a matrix of bytes with a row a contact, whose empty places are squeezed out.

A row is a sequence of slots of fixed width. A slot is the same text in each row, a text looked up by an index, or the
hexadecimal digits of a UUID. Texts shorter than their slot leave NUL bytes, which no text here contains. The matrix
has few enough rows to stay in a processor's cache.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from mock_server.generator.draws import Draws
    from mock_server.generator.randomness import Flags, Indices, Words

    Bytes = NDArray[np.uint8]
    Texts = NDArray[np.void]
    Used = NDArray[np.bool_]
    Fill = Callable[[int, int], None]
    Prepare = Callable[[Draws], Fill]
    Slot = Callable[[Bytes], Prepare]

ROWS = 1024
UUID_WIDTH = 36

# Eight hexadecimal digits of each quarter of a UUID: place in the text, first digit, number of digits.
_GROUPS = ((0, 0, 0, 8), (9, 1, 0, 4), (14, 1, 4, 4), (19, 2, 0, 4), (24, 2, 4, 4), (28, 3, 0, 8))


def texts(entries: Iterable[bytes], *, right: bool = False) -> Texts:
    """A look-up table: entries of one width, shorter ones filled up with NUL bytes after them, or before them."""
    return _texts(tuple(entries), right)


@lru_cache(maxsize=256)
def _texts(entries: tuple[bytes, ...], right: bool) -> Texts:
    width = max([1, *map(len, entries)])
    filled = (entry.rjust(width, b"\0") if right else entry.ljust(width, b"\0") for entry in entries)
    return np.frombuffer(b"".join(filled), dtype=f"V{width}")


def lengths(used: Used) -> Indices:
    """The length of each row in bytes."""
    counted: Indices = np.count_nonzero(used, axis=1)
    return counted


def quarters(high: Words, low: Words) -> Words:
    """The four 32-bit quarters of UUIDs, a row each."""
    lower = np.uint64(0xFFFFFFFF)
    words = np.empty((4, len(high)), dtype=np.uint64)
    words[0], words[1] = high >> np.uint64(32), high & lower
    words[2], words[3] = low >> np.uint64(32), low & lower
    return words


def hexadecimal(word: Words) -> Bytes:
    """The eight lower-case digits of each 32-bit word: every nibble into a byte, and that into its letter."""
    spread = (word | (word << np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    spread = (spread | (spread << np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    spread = (spread | (spread << np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    above_nine = ((spread + np.uint64(0x0606060606060606)) >> np.uint64(4)) & np.uint64(0x0101010101010101)
    letters = spread + np.uint64(0x3030303030303030) + above_nine * np.uint64(0x27)
    return letters.astype(">u8").view(np.uint8).reshape(*word.shape, 8)


class Sheet:
    """Slots in the order in which they were added; `render` writes the rows of some contacts."""

    def __init__(self, rows: int = ROWS) -> None:
        """No slot yet; the matrix will have so many rows."""
        self.rows = rows
        self._constants: list[tuple[int, bytes]] = []
        self._slots: list[Slot] = []
        self._width = 0
        self._ragged_at = -1

    def same(self, text: str) -> None:
        """The same text in every row."""
        encoded = text.encode()
        self._constants.append((self._take(len(encoded)), encoded))

    def look_up(self, entries: Iterable[bytes], index: Callable[[Draws], Indices]) -> None:
        """One of these texts in each row; the index -1 is the last of them.

        Texts of different lengths end raggedly. What follows such a slot at once begins raggedly, so that both have
        their empty places side by side and are squeezed at one go.
        """
        right = self._ragged_at == self._width
        table = texts(entries, right=right)
        width = table.dtype.itemsize
        place = self._take(width)
        self._ragged_at = -1 if right else self._width

        def bind(matrix: Bytes) -> Prepare:
            target = matrix[:, place : place + width].view(table.dtype)[:, 0]

            def prepare(drawn: Draws) -> Fill:
                indices = index(drawn)

                def fill(start: int, stop: int) -> None:
                    target[: stop - start] = table[indices[start:stop]]

                return fill

            return prepare

        self._slots.append(bind)

    def uuid(self, halves: Callable[[Draws], tuple[Words, Words]]) -> None:
        """A UUID in each row."""
        place = self._take(UUID_WIDTH)
        for dash in (8, 13, 18, 23):
            self._constants.append((place + dash, b"-"))

        def bind(matrix: Bytes) -> Prepare:
            targets = [matrix[:, place + at : place + at + count].view(f"V{count}") for at, _, _, count in _GROUPS]

            def prepare(drawn: Draws) -> Fill:
                high, low = halves(drawn)

                def fill(start: int, stop: int) -> None:
                    digits = hexadecimal(quarters(high[start:stop], low[start:stop]))
                    for target, (_, quarter, first, count) in zip(targets, _GROUPS, strict=True):
                        target[: stop - start] = digits[quarter, :, first : first + count].view(f"V{count}")

                return fill

            return prepare

        self._slots.append(bind)

    def begin(self) -> int:
        """The place where a part begins that some rows do not have."""
        return self._width

    def end(self, began: int, there: Callable[[Draws], Flags], otherwise: str) -> None:
        """The part since `began` is replaced by a (shorter) text in the rows that do not have it."""
        stop_at = self._width
        blank = np.frombuffer(otherwise.encode().ljust(stop_at - began, b"\0"), dtype=f"V{stop_at - began}")

        def bind(matrix: Bytes) -> Prepare:
            target = matrix[:, began:stop_at].view(blank.dtype)[:, 0]

            def prepare(drawn: Draws) -> Fill:
                missing = ~there(drawn)

                def fill(start: int, stop: int) -> None:
                    target[np.flatnonzero(missing[start:stop])] = blank

                return fill

            return prepare

        self._slots.append(bind)

    def render(self, drawn: Draws) -> Iterator[tuple[Bytes, Used]]:
        """The contacts' rows, some at a time: their text, and which places of the matrix it came from."""
        for matrix in self.fill(drawn):
            used = matrix != 0
            yield matrix[used], used

    def fill(self, drawn: Draws) -> Iterator[Bytes]:
        """The same with the empty places. The memory is used again for the next rows."""
        whole, constant, prepares = self._bound
        fills = [prepare(drawn) for prepare in prepares]
        count = len(drawn.numbers)
        for start in range(0, count, self.rows):
            stop = min(start + self.rows, count)
            matrix = whole[: stop - start]
            matrix[:] = constant
            for fill in fills:
                fill(start, stop)
            yield matrix

    @cached_property
    def _bound(self) -> tuple[Bytes, Bytes, list[Prepare]]:
        """The matrix, one row of the texts that are always the same, and the slots bound to their columns."""
        matrix = np.empty((self.rows, self._width), dtype=np.uint8)
        constant = np.zeros(self._width, dtype=np.uint8)
        for place, text in self._constants:
            constant[place : place + len(text)] = np.frombuffer(text, dtype=np.uint8)
        return matrix, constant, [bind(matrix) for bind in self._slots]

    def _take(self, width: int) -> int:
        self._width += width
        return self._width - width
