"""Lines of text for many contacts at once: each line is the same sequence of slots.

A slot is a constant, a text looked up by an index, or a UUID. Adjacent slots of fixed width share a matrix of bytes
with a row for each contact; a look-up of texts of different lengths is a piece of its own. `layout` joins the pieces.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from vambe_mock.generator.encoding.layout import Layout, Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.encoding.layout import Bytes, Texts
    from vambe_mock.generator.recipe.randomness import Flags, Indices, Words

    Index = Callable[[Draws], Indices]
    LookUp = tuple[tuple[bytes, ...], Index]
    Fill = Callable[[Draws], None]
    Slot = Callable[[Bytes], Fill]

ROWS = 8192  # enough that numpy's overhead per call is negligible, and the text still fits the processor's cache
UUID_WIDTH = 36

# Where the groups of four digits are in the text of a UUID.
_DIGIT_GROUPS = (0, 4, 9, 14, 19, 24, 28, 32)


@lru_cache(maxsize=256)
def texts(entries: tuple[bytes, ...]) -> tuple[Texts, Indices]:
    """A look-up table with entries of one width, padded on the left with NUL bytes; and their unpadded lengths."""
    sizes = np.array([*map(len, entries)])
    table = np.zeros((len(entries), int(sizes.max())), dtype=np.uint8)
    width = table.shape[1]
    table[np.arange(width) >= (width - sizes)[:, np.newaxis]] = np.frombuffer(b"".join(entries), dtype=np.uint8)
    return table.view(f"V{width}")[:, 0], sizes


def hexadecimal(high: Words, low: Words) -> Iterator[Texts]:
    """For each of the eight groups of four hexadecimal digits, its text in all UUIDs; from left to right."""
    digits = _four_digits()
    for word in (high, low):
        quarters = word.astype("<u8", copy=False).view("<u2").reshape(-1, 4)
        for quarter in (3, 2, 1, 0):  # little-endian
            yield digits.take(quarters[:, quarter])


@lru_cache(maxsize=1)
def _four_digits() -> Texts:
    return np.frombuffer(np.arange(1 << 16, dtype=">u2").tobytes().hex().encode(), dtype="V4")


class VariableWidth:
    """A piece that looks up texts of different lengths."""

    def __init__(self, entries: Iterable[bytes], index: Index) -> None:
        """For each contact, the entry at its index."""
        self.entries, self.index = tuple(entries), index

    def append(self, text: bytes) -> None:
        """Append a constant to every entry."""
        self.entries = tuple(entry + text for entry in self.entries)

    @property
    def width(self) -> int:
        """See `Piece`."""
        return max(map(len, self.entries))

    @property
    def shortest(self) -> int:
        """See `Piece`."""
        return min(map(len, self.entries))

    def texts(self, drawn: Draws) -> tuple[Texts, Indices]:
        """See `Piece`."""
        indices = self.index(drawn)
        table, sizes = self._table
        return table.take(indices), sizes.take(indices)

    @cached_property
    def _table(self) -> tuple[Texts, Indices]:
        return texts(self.entries)


class FixedWidth:
    """A piece of the same width for all contacts: a matrix of bytes that its slots fill in."""

    def __init__(self, rows: int) -> None:
        """An empty piece, for at most `rows` contacts at a time."""
        self.rows, self.width = rows, 0
        self.constants: list[tuple[int, bytes]] = []
        self._slots: list[Slot] = []

    @property
    def shortest(self) -> int:
        """See `Piece`."""
        return self.width

    def constant(self, text: bytes) -> None:
        """Add a constant."""
        self.constants.append((self._take(len(text)), text))

    def look_up(self, entries: tuple[bytes, ...], index: Index) -> None:
        """Add a look-up of entries of equal length."""
        table, _ = texts(entries)
        first = self._take(table.dtype.itemsize)

        def bind(matrix: Bytes) -> Fill:
            target = matrix[:, first : first + table.dtype.itemsize].view(table.dtype)[:, 0]

            def fill(drawn: Draws) -> None:
                target[: len(drawn.numbers)] = table.take(index(drawn))

            return fill

        self._slots.append(bind)

    def uuid(self, halves: Callable[[Draws], tuple[Words, Words]]) -> None:
        """Add a UUID."""
        first = self._take(UUID_WIDTH)
        self.constants += [(first + dash, b"-") for dash in (8, 13, 18, 23)]

        def bind(matrix: Bytes) -> Fill:
            targets = [matrix[:, first + at : first + at + 4].view("V4")[:, 0] for at in _DIGIT_GROUPS]

            def fill(drawn: Draws) -> None:
                for target, digits in zip(targets, hexadecimal(*halves(drawn)), strict=True):
                    target[: len(digits)] = digits

            return fill

        self._slots.append(bind)

    def is_constant(self) -> bool:
        """Whether the piece is the same for every contact."""
        return not self._slots

    def rows_of(self, drawn: Draws) -> Bytes:
        """The matrix filled in for these contacts, a row each; the next call reuses its memory."""
        matrix, fills = self._bound
        for fill in fills:
            fill(drawn)
        return matrix[: len(drawn.numbers)]

    def texts(self, drawn: Draws) -> tuple[Texts, int]:
        """See `Piece`."""
        return self.rows_of(drawn).view(f"V{self.width}")[:, 0], self.width

    @cached_property
    def _bound(self) -> tuple[Bytes, list[Fill]]:
        """The matrix with the constants in it, and the functions that fill in the slots."""
        matrix = np.zeros((self.rows, self.width), dtype=np.uint8)
        for first, text in self.constants:
            matrix[:, first : first + len(text)] = np.frombuffer(text, dtype=np.uint8)
        return matrix, [bind(matrix) for bind in self._slots]

    def _take(self, width: int) -> int:
        self.width += width
        return self.width - width


class Sheet:
    """The slots of a line, from left to right; `render` makes the lines of some contacts."""

    def __init__(self, rows: int = ROWS) -> None:
        """An empty sheet, which renders `rows` contacts at a time."""
        self.rows = rows
        self.look_ups: list[LookUp] = []
        self._sections = [Section()]

    def constant(self, text: str) -> None:
        """Add a constant."""
        pieces = self._sections[-1].pieces
        if pieces and isinstance(pieces[-1], VariableWidth):
            pieces[-1].append(text.encode())
        elif text:
            self._fixed_piece().constant(text.encode())

    def look_up(self, entries: Iterable[bytes], index: Index) -> None:
        """Add a look-up by index; -1 is the last entry."""
        listed = tuple(entries)
        self.look_ups.append((listed, index))
        if len({*map(len, listed)}) == 1:
            self._fixed_piece().look_up(listed, index)
        else:
            before = self._taken_constant()
            self._sections[-1].pieces.append(VariableWidth((before + entry for entry in listed), index))

    def uuid(self, halves: Callable[[Draws], tuple[Words, Words]]) -> None:
        """Add a UUID."""
        self._fixed_piece().uuid(halves)

    def begin_optional(self) -> None:
        """Begin a section that some lines do not have."""
        self._sections.append(Section())

    def end_optional(self, present: Callable[[Draws], Flags], fallback: str) -> None:
        """End the section: lines without it have `fallback` instead, which is not longer."""
        self._sections[-1].present, self._sections[-1].fallback = present, fallback.encode()
        self._sections.append(Section())

    def render(self, drawn: Draws) -> Iterator[tuple[Bytes, Indices]]:
        """The lines of these contacts, `rows` at a time: their text, and the length of each in bytes."""
        return map(self._layout.text, drawn.in_pieces(self.rows))

    @cached_property
    def _layout(self) -> Layout:
        return Layout([section for section in self._sections if section.pieces])

    def _fixed_piece(self) -> FixedWidth:
        """The last piece if it has a fixed width, else a new one."""
        pieces = self._sections[-1].pieces
        last = pieces[-1] if pieces else None
        if not isinstance(last, FixedWidth):
            last = FixedWidth(self.rows)
            pieces.append(last)
        return last

    def _taken_constant(self) -> bytes:
        """Remove the last piece if it is a constant, and return it: copying it with the next piece is faster."""
        pieces = self._sections[-1].pieces
        last = pieces[-1] if pieces else None
        if not isinstance(last, FixedWidth) or not last.is_constant():
            return b""
        pieces.pop()
        return b"".join(text for _, text in last.constants)
