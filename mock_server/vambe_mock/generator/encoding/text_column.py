"""A column of texts in Arrow's layout: all texts in one buffer, and their lengths.

Each text is the concatenation of a few look-ups. Their results are copied into the buffer from left to right, all with
the width of the longest entry: the padding of one is overwritten by the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vambe_mock.generator.encoding.sheet import ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.encoding.layout import Bytes, Texts
    from vambe_mock.generator.encoding.sheet import LookUp
    from vambe_mock.generator.recipe.randomness import Indices


class TextColumn:
    """Makes the texts of one column."""

    def __init__(self, look_ups: Sequence[LookUp]) -> None:
        """Each text is what these look-ups find, from left to right."""
        self._width = max(len(entry) for entries, _ in look_ups for entry in entries)
        self._look_ups = [(self._table(entries), np.array([*map(len, entries)]), index) for entries, index in look_ups]

    def _table(self, entries: Sequence[bytes]) -> Texts:
        return np.frombuffer(b"".join(entry.ljust(self._width) for entry in entries), dtype=f"V{self._width}")

    def texts(self, drawn: Draws) -> tuple[Bytes, Indices]:
        """The texts of all contacts in one buffer, and the length of each in bytes."""
        if not len(drawn.numbers):
            return np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.int64)
        flat, sizes = zip(*map(self._texts_of_piece, drawn.in_pieces(ROWS)), strict=True)
        return np.concatenate(flat), np.concatenate(sizes)

    def _texts_of_piece(self, drawn: Draws) -> tuple[Bytes, Indices]:
        shape = len(drawn.numbers), len(self._look_ups)
        found, sizes = np.empty(shape, dtype=f"V{self._width}"), np.empty(shape, dtype=np.int64)
        for column, (table, size, index) in enumerate(self._look_ups):
            indices = index(drawn)
            found[:, column] = table.take(indices)
            sizes[:, column] = size.take(indices)
        ends = np.cumsum(sizes)
        flat = np.empty(int(ends[-1]) + self._width, dtype=np.uint8)
        # Element i of this view is the `width` bytes from i on; they overlap, and numpy assigns them in order.
        view = np.ndarray((len(flat) - self._width + 1,), found.dtype, flat, 0, (1,))
        view[ends - sizes.ravel()] = found.ravel()
        return flat[: ends[-1]], sizes.sum(axis=1)
