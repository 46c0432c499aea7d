"""Positions of an order that a query chooses: a run of them, narrowed by sets of bits."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vambe_mock.store.bitmaps import WORD, Words, between, count, members, word_span

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Positions:
    """The positions from ``first`` to before ``stop``; with ``words``, which span these, those whose bit is set."""

    first: int
    stop: int
    words: Words | None = None

    @property
    def span(self) -> slice:
        """The words that have these positions."""
        return word_span(self.first, self.stop)

    def among(self, words: Words | None) -> Self:
        """Those of them that are in the set *words*, which span them; None is the empty set."""
        if words is None or self.first >= self.stop:
            return type(self)(self.first, self.first)
        if self.words is not None:
            return type(self)(self.first, self.stop, self.words & words)
        return type(self)(self.first, self.stop, between(words.copy(), self.first, self.stop))

    def __len__(self) -> int:
        """How many there are."""
        return self.stop - self.first if self.words is None else count(self.words)

    def page(self, skip: int, limit: int | None) -> Places | slice:
        """Those after the first *skip*, at most *limit*, ascending."""
        if self.words is None:
            first = min(self.first + skip, self.stop)
            return slice(first, self.stop if limit is None else min(first + limit, self.stop))
        places: Places = members(self.words, skip, limit) + self.span.start * WORD
        return places

    def have(self, places: Places) -> NDArray[np.bool_]:
        """Whether each of *places* is one of them."""
        inside = (places >= self.first) & (places < self.stop)
        if self.words is None or not len(self.words):
            return inside
        near = places.clip(self.first, self.stop - 1) - self.span.start * WORD
        bits = self.words[near // WORD] >> (near % WORD).astype(np.uint64) & np.uint64(1)
        found: NDArray[np.bool_] = inside & bits.astype(np.bool_)
        return found

    def before(self, places: Places) -> Places:
        """How many of them are before each of *places*."""
        near: Places = places.clip(self.first, self.stop)
        if self.words is None or not len(self.words):
            return near - self.first
        near = near - self.span.start * WORD
        sums = np.zeros(len(self.words) + 1, dtype=np.int64)
        np.bitwise_count(self.words).cumsum(dtype=np.int64, out=sums[1:])
        word = near // WORD
        lower = (np.uint64(1) << (near % WORD).astype(np.uint64)) - np.uint64(1)
        part = np.bitwise_count(self.words[np.minimum(word, len(self.words) - 1)] & lower)
        found: Places = sums[word] + np.where(word < len(self.words), part, 0)
        return found
