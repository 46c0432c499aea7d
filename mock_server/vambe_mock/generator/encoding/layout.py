"""Texts of many contacts, put side by side: the flat text of their lines.

A line is a sequence of pieces. A piece has the same width in each line, and its text is at its right end: it may lack
some bytes at the beginning. The pieces are copied to where they belong in the flat text, the last one of all lines
first. What is empty of a piece covers the end of the piece before it, which is copied later and covers it in turn. That
takes a third of the time of squeezing all empty places out.

A line must begin with a piece that lacks nothing and is wide enough that no other reaches over it, since the line
before it is complete already.
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
    """A piece of each line."""

    @property
    def width(self) -> int:
        """The length of its longest text in bytes."""

    @property
    def least(self) -> int:
        """The length of its shortest one."""

    def texts(self, drawn: Draws) -> tuple[Texts, Sizes]:
        """What it is for each contact, all of one width, and how long that is. The memory may be used again."""


@dataclass
class Part:
    """Some pieces; for the contacts that do not have them, a text that is not longer."""

    pieces: list[Piece] = field(default_factory=list)
    there: Callable[[Draws], Flags] | None = None
    otherwise: bytes = b""

    @property
    def least(self) -> int:
        """The length of its shortest text."""
        shortest = sum(piece.least for piece in self.pieces)
        return shortest if self.there is None else min(shortest, len(self.otherwise))


class Layout:
    """The parts of a line, from left to right."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """Raises ValueError where a piece might reach over the beginning of its line."""
        self._parts = parts
        self._room = sum(piece.width for part in parts for piece in part.pieces)
        if self._reaches_over():
            raise ValueError("a line begins with too short a text")

    def text(self, drawn: Draws) -> tuple[Bytes, Indices]:
        """The contacts' lines, and the length of each."""
        found = [[piece.texts(drawn) for piece in part.pieces] for part in self._parts]
        there = [None if part.there is None else part.there(drawn) for part in self._parts]
        sizes = [_sizes(*one) for one in zip(self._parts, found, there, strict=True)]
        lengths = np.zeros(len(drawn.numbers), dtype=np.int64)
        for size in sizes:
            lengths += size
        ends = np.cumsum(lengths)
        stop = self._room + int(ends[-1])
        # Room before the text, since the pieces are copied with their empty places; and for what nobody reads after it.
        flat = np.empty(stop + self._room, dtype=np.uint8)
        for part, pieces, flags, size in zip(*map(reversed, (self._parts, found, there, sizes)), strict=True):
            self._copy(flat, ends, pieces, flags)
            if flags is not None and part.otherwise:
                text = np.frombuffer(part.otherwise, dtype=f"V{len(part.otherwise)}")
                self._before(flat, len(part.otherwise))[ends[~flags]] = text
            ends = ends - size
        return flat[self._room : stop], lengths

    def _copy(self, flat: Bytes, ends: Indices, pieces: Found, flags: Flags | None) -> None:
        """The pieces of one part of all lines; `ends` are the places behind it in the flat text."""
        # A part that is not there goes where nobody reads it.
        end = ends if flags is None else np.where(flags, ends, len(flat) - self._room)
        for texts, size in reversed(pieces):
            self._before(flat, texts.dtype.itemsize)[end] = texts
            end = end - size

    def _before(self, flat: Bytes, width: int) -> Texts:
        """For each place in the text, that many bytes before it."""
        return np.ndarray((len(flat) - self._room + 1,), f"V{width}", flat, self._room - width, (1,))

    def _reaches_over(self) -> bool:
        before = 0
        for part in self._parts:
            reached = before
            for piece in part.pieces:
                reached += piece.least
                if reached < piece.width:
                    return True
            before += part.least
        return False


def _sizes(part: Part, found: Found, flags: Flags | None) -> Sizes:
    size: Sizes = sum((one for _, one in found), 0)
    return size if flags is None else np.where(flags, size, len(part.otherwise))
