"""Joins pieces of many contacts into lines of text.

A line is a sequence of pieces. A piece has one width for all contacts; shorter texts are padded on the left. The pieces
are copied into the output from the last to the first, each for all lines at once: the padding of a piece overwrites
the end of the piece before it, which is copied next and restores it. That takes a third of the time of removing the
padding.

The padding must not reach into the line before, which nothing restores: so a line begins with a piece without padding,
wide enough for all paddings after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.recipe.randomness import Flags, Indices

    Bytes = NDArray[np.uint8]
    Texts = NDArray[np.void]
    Sizes = Indices | int
    Found = list[tuple[Texts, Sizes]]


class Piece(Protocol):
    """A piece of every line."""

    @property
    def width(self) -> int:
        """The length of the longest text in bytes."""

    @property
    def shortest(self) -> int:
        """The length of the shortest text in bytes."""

    def texts(self, drawn: Draws) -> tuple[Texts, Sizes]:
        """The text for each contact, padded to `width`, and its length. The next call may reuse the memory."""


@dataclass
class Section:
    """Adjacent pieces; contacts for which `present` is false have `fallback` instead, which is not longer."""

    pieces: list[Piece] = field(default_factory=list)
    present: Callable[[Draws], Flags] | None = None
    fallback: bytes = b""

    @property
    def shortest(self) -> int:
        """The length of the shortest text in bytes."""
        shortest = sum(piece.shortest for piece in self.pieces)
        return shortest if self.present is None else min(shortest, len(self.fallback))


class Layout:
    """The sections of a line, from left to right."""

    def __init__(self, sections: Sequence[Section]) -> None:
        """Raises ValueError if the padding of a piece may reach into the line before."""
        self._sections = sections
        self._room = sum(piece.width for section in sections for piece in section.pieces)
        if self._reaches_over():
            raise ValueError("a line begins with too short a text")

    def text(self, drawn: Draws) -> tuple[Bytes, Indices]:
        """The contacts' lines in one buffer, and the length of each in bytes."""
        found = [[piece.texts(drawn) for piece in section.pieces] for section in self._sections]
        present = [None if section.present is None else section.present(drawn) for section in self._sections]
        sizes = [_sizes(*of_section) for of_section in zip(self._sections, found, present, strict=True)]
        lengths = np.zeros(len(drawn.numbers), dtype=np.int64)
        for size in sizes:
            lengths += size
        ends = np.cumsum(lengths)
        stop = self._room + int(ends[-1])
        # Room before the text for padding, and after it for the sections of contacts that do not have them.
        flat = np.empty(stop + self._room, dtype=np.uint8)
        for section, pieces, flags, size in zip(*map(reversed, (self._sections, found, present, sizes)), strict=True):
            self._copy(flat, ends, pieces, flags)
            if flags is not None and section.fallback:
                text = np.frombuffer(section.fallback, dtype=f"V{len(section.fallback)}")
                self._before(flat, len(section.fallback))[ends[~flags]] = text
            ends = ends - size
        return flat[self._room : stop], lengths

    def _copy(self, flat: Bytes, ends: Indices, pieces: Found, flags: Flags | None) -> None:
        """Copy the pieces of one section of all lines; `ends` are the indices after it in the output."""
        # A section that a line does not have is copied behind the text, where it is cut off.
        end = ends if flags is None else np.where(flags, ends, len(flat) - self._room)
        for texts, size in reversed(pieces):
            self._before(flat, texts.dtype.itemsize)[end] = texts
            end = end - size

    def _before(self, flat: Bytes, width: int) -> Texts:
        """A view whose element i is the `width` bytes before index i of the text."""
        return np.ndarray((len(flat) - self._room + 1,), f"V{width}", flat, self._room - width, (1,))

    def _reaches_over(self) -> bool:
        before = 0
        for section in self._sections:
            reached = before
            for piece in section.pieces:
                reached += piece.shortest
                if reached < piece.width:
                    return True
            before += section.shortest
        return False


def _sizes(section: Section, found: Found, flags: Flags | None) -> Sizes:
    total: Sizes = sum((size for _, size in found), 0)
    return total if flags is None else np.where(flags, total, len(section.fallback))
