"""A column of texts as Arrow has it: one behind the other in one piece of memory, and where each ends.

Each text is put together from look-ups. What these find for all contacts is copied in the order in which it stands,
each as wide as the widest. What is empty of one is covered by the next, which is copied after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_server.generator.draws import Draws
    from mock_server.generator.layout import Bytes
    from mock_server.generator.randomness import Indices
    from mock_server.generator.sheet import LookUp

_ROWS = 2048  # few enough to stay in a processor's cache


class TextColumn:
    """Makes the texts of some contacts."""

    def __init__(self, look_ups: Sequence[LookUp]) -> None:
        """What each text is put together from, from left to right."""
        self._width = max(len(entry) for entries, _ in look_ups for entry in entries)
        self._indices = [index for _, index in look_ups]
        self._sizes = [np.array([*map(len, entries)]) for entries, _ in look_ups]
        self._tables = [
            np.frombuffer(b"".join(entry.ljust(self._width) for entry in entries), dtype=f"V{self._width}")
            for entries, _ in look_ups
        ]

    def texts(self, drawn: Draws) -> tuple[Bytes, Indices]:
        """The texts of all contacts, and the length of each."""
        indices = [index(drawn) for index in self._indices]
        stops = range(_ROWS, len(drawn.numbers) + _ROWS, _ROWS)
        pieces = [self._some([one[stop - _ROWS : stop] for one in indices]) for stop in stops]
        empty = np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.int64)
        flat, sizes = zip(*(pieces or [empty]), strict=True)
        return np.concatenate(flat), np.concatenate(sizes)

    def _some(self, indices: list[Indices]) -> tuple[Bytes, Indices]:
        shape = len(indices[0]), len(indices)
        found, sizes = np.empty(shape, dtype=f"V{self._width}"), np.empty(shape, dtype=np.int64)
        for place, (table, size, index) in enumerate(zip(self._tables, self._sizes, indices, strict=True)):
            found[:, place] = table.take(index)
            sizes[:, place] = size.take(index)
        ends = np.cumsum(sizes)
        flat = np.empty(int(ends[-1]) + self._width, dtype=np.uint8)
        # At each index of this view are that many bytes from there on; numpy assigns to them one after the other.
        view = np.ndarray((len(flat) - self._width + 1,), found.dtype, flat, 0, (1,))
        view[ends - sizes.ravel()] = found.ravel()
        return flat[: ends[-1]], sizes.sum(axis=1)
