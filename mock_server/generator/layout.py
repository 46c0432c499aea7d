"""Rows of bytes with empty places, put side by side: the flat text of the lines that a sheet has filled in.

A row is cut into pieces, each of which may lack some places at its beginning. The pieces are copied to where they
belong in the flat text, the last one of all rows first. What is empty of a piece covers the end of the piece before it,
which is copied later and covers it in turn. That takes a third of the time of squeezing out all empty places.

A row must begin with a piece that lacks nothing and is wide enough that no other reaches over it, since the row before
it is complete already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mock_server.generator.draws import Draws
    from mock_server.generator.randomness import Flags, Indices

    Bytes = NDArray[np.uint8]
    Texts = NDArray[np.void]


@dataclass
class Piece:
    """The places from `start` to `stop` - 1, of which a row may lack as many as `most` at the beginning."""

    start: int
    stop: int
    most: int = 0

    @property
    def width(self) -> int:
        """The number of places."""
        return self.stop - self.start


@dataclass
class Part:
    """Some pieces; in the rows that do not have them, a text that is not longer."""

    pieces: list[Piece] = field(default_factory=list)
    there: Callable[[Draws], Flags] | None = None
    otherwise: bytes = b""

    @property
    def width(self) -> int:
        """The number of places."""
        return sum(piece.width for piece in self.pieces)

    @property
    def least(self) -> int:
        """The length of its shortest text."""
        shortest = self.width - sum(piece.most for piece in self.pieces)
        return shortest if self.there is None else min(shortest, len(self.otherwise))


class Layout:
    """The pieces of the rows of one matrix."""

    def __init__(self, matrix: Bytes, parts: Sequence[Part]) -> None:
        """`parts` from left to right, all places of the matrix in them."""
        self.parts, self._width = parts, matrix.shape[1]
        self._columns = {
            piece.start: matrix[:, piece.start : piece.stop].view(f"V{piece.width}")[:, 0]
            for part in parts
            for piece in part.pieces
        }
        if self._reaches_over():
            raise ValueError("a row begins with too short a text")

    def text(self, count: int, ragged: dict[int, Indices], there: Sequence[Flags | None]) -> tuple[Bytes, Indices]:
        """The first `count` rows' text, and the length of each.

        `ragged` has for each piece that may lack places, by its start, its length in each row; `there` has an entry for
        each part.
        """
        sizes = [self._sizes(part, ragged, flags) for part, flags in zip(self.parts, there, strict=True)]
        lengths = np.zeros(count, dtype=np.int64)
        for size in sizes:
            lengths += size
        ends = np.cumsum(lengths)
        stop = self._width + int(ends[-1])
        # Room for a row before the text, since the pieces are copied with their empty places; and for one after it.
        flat = np.empty(stop + self._width, dtype=np.uint8)
        for part, size, flags in zip(reversed(self.parts), reversed(sizes), reversed(there), strict=True):
            self._copy(part, flat, ends, ragged, flags)
            ends = ends - size
        return flat[self._width : stop], lengths

    def _sizes(self, part: Part, ragged: dict[int, Indices], flags: Flags | None) -> Indices | int:
        size = sum(ragged.get(piece.start, piece.width) for piece in part.pieces)
        return size if flags is None else np.where(flags, size, len(part.otherwise))

    def _copy(self, part: Part, flat: Bytes, ends: Indices, ragged: dict[int, Indices], flags: Flags | None) -> None:
        """The pieces of one part of all rows; `ends` are the places behind it in the flat text."""
        # A part that is not there goes where nobody reads it.
        end = ends if flags is None else np.where(flags, ends, len(flat) - self._width)
        for piece in reversed(part.pieces):
            self._before(flat, piece.width)[end] = self._columns[piece.start][: len(ends)]
            end = end - ragged.get(piece.start, piece.width)
        if flags is not None and part.otherwise:
            text = np.frombuffer(part.otherwise, dtype=f"V{len(part.otherwise)}")
            self._before(flat, len(part.otherwise))[ends[~flags]] = text

    def _before(self, flat: Bytes, width: int) -> Texts:
        """For each place in the text, that many bytes before it."""
        return np.ndarray((len(flat) - self._width + 1,), f"V{width}", flat, self._width - width, (1,))

    def _reaches_over(self) -> bool:
        """Whether what is empty of a piece may cover the end of the row before."""
        before = 0
        for part in self.parts:
            reached = before
            for piece in part.pieces:
                reached += piece.width - piece.most
                if reached < piece.width:
                    return True
            before += part.least
        return False
