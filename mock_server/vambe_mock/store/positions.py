"""Positions of an order that a query chooses: a run of them, narrowed by sets of bits."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vambe_mock.store.bitmaps import Bits, Places, Words, word_span


@dataclass(frozen=True, slots=True)
class Positions:
    """The positions from ``first`` to before ``stop``; with ``bits``, which have all of these, those in that set."""

    first: int
    stop: int
    bits: Bits | None = None

    @property
    def span(self) -> slice:
        """The words that have these positions."""
        return word_span(self.first, self.stop)

    def among(self, words: Words | None) -> Self:
        """Those of them that are in the set *words*, which span them; None is the empty set."""
        if words is None or self.first >= self.stop:
            return type(self)(self.first, self.first)
        span = self.span
        if self.bits is not None:
            start = self.bits.start
            words = words & self.bits.words[span.start - start : span.stop - start]
        return type(self)(self.first, self.stop, Bits(words, span.start))

    def of(self, bits: Bits | None) -> Self:
        """Those from the first to the last of them that are in the set *bits*, which is of all positions."""
        return type(self)(self.first, self.first if bits is None else self.stop, bits)

    def __len__(self) -> int:
        """How many there are."""
        if self.bits is None:
            return self.stop - self.first
        return self.bits.before(self.stop) - self.bits.before(self.first)

    def page(self, skip: int, limit: int | None) -> Places | slice:
        """Those after the first *skip*, at most *limit*, ascending."""
        if self.bits is None:
            first = min(self.first + skip, self.stop)
            return slice(first, self.stop if limit is None else min(first + limit, self.stop))
        start, stop = self.bits.before(self.first), self.bits.before(self.stop)
        first = min(start + skip, stop)
        return self.bits.numbered(first, stop if limit is None else min(first + limit, stop))

    def have(self, places: Places) -> NDArray[np.bool_]:
        """Whether each of *places* is one of them."""
        inside: NDArray[np.bool_] = (places >= self.first) & (places < self.stop)
        if self.bits is None or self.first >= self.stop:
            return inside
        return inside & self.bits.have(places.clip(self.first, self.stop - 1))

    def before(self, places: Places) -> Places:
        """How many of them are before each of *places*."""
        near: Places = places.clip(self.first, self.stop)
        if self.bits is None or self.first >= self.stop:
            return near - self.first
        return self.bits.before_each(near) - self.bits.before(self.first)
