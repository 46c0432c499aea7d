"""A column of texts as Arrow has it: one behind the other in one piece of memory, and where each ends.

Each text is put together from look-ups. What these find for all contacts is copied in the order in which it stands,
each as wide as the widest. What is empty of one is covered by the next, which is copied after it.
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
    """Makes the texts of some contacts."""

    def __init__(self, look_ups: Sequence[LookUp]) -> None:
        """What each text is put together from, from left to right."""
        self._width = max(len(entry) for entries, _ in look_ups for entry in entries)
        self._look_ups = [(self._table(entries), np.array([*map(len, entries)]), index) for entries, index in look_ups]

    def _table(self, entries: Sequence[bytes]) -> Texts:
        return np.frombuffer(b"".join(entry.ljust(self._width) for entry in entries), dtype=f"V{self._width}")

    def texts(self, drawn: Draws) -> tuple[Bytes, Indices]:
        """The texts of all contacts, and the length of each."""
        if not len(drawn.numbers):
            return np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.int64)
        flat, sizes = zip(*map(self._some, drawn.in_pieces(ROWS)), strict=True)
        return np.concatenate(flat), np.concatenate(sizes)

    def _some(self, drawn: Draws) -> tuple[Bytes, Indices]:
        shape = len(drawn.numbers), len(self._look_ups)
        found, sizes = np.empty(shape, dtype=f"V{self._width}"), np.empty(shape, dtype=np.int64)
        for place, (table, size, index) in enumerate(self._look_ups):
            indices = index(drawn)
            found[:, place] = table.take(indices)
            sizes[:, place] = size.take(indices)
        ends = np.cumsum(sizes)
        flat = np.empty(int(ends[-1]) + self._width, dtype=np.uint8)
        # At each index of this view are that many bytes from there on; numpy assigns to them one after the other.
        view = np.ndarray((len(flat) - self._width + 1,), found.dtype, flat, 0, (1,))
        view[ends - sizes.ravel()] = found.ravel()
        return flat[: ends[-1]], sizes.sum(axis=1)
