"""Sets of positions as bits, 64 in a word, and two indexes that answer a filter with such a set.

At a million contacts a set is 125 KB. To intersect two takes some ten microseconds and to count one some twenty,
whatever is in them and whether or not they were ever asked for. Position *p* is bit ``p % 64`` of word ``p // 64``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Bitmaps = NDArray[np.uint64]
"""One row of words for each set."""

Places = NDArray[np.int64]
"""Positions of an order."""

WORD: Final = 64
LITTLE: Final = np.dtype("<u8")
"""On every machine, so that the words are those of the bytes that numpy packs."""

MOST_ALONE: Final = 32
"""A column of up to so many values has a set for each; one of more has sets for the digits of its codes."""

CODE_BITS: Final = 2
RANK_BITS: Final = 2
"""Bits in a digit. More make an answer quicker, and the index larger: two bits take three sets, four take fifteen."""


def word_span(first: int, stop: int) -> slice:
    """The words that have the positions from *first* to before *stop*."""
    return slice(first // WORD, -(-stop // WORD))


def packed(flags: NDArray[np.bool_]) -> Words:
    """The set of the positions whose flag is set."""
    octets = np.zeros(-(-len(flags) // WORD) * 8, dtype=np.uint8)
    bits = np.packbits(flags, bitorder="little")
    octets[: len(bits)] = bits
    return octets.view(LITTLE)


class Bits:
    """A set of positions from the word *start* of an order on, in which members are counted and found by their number.

    How many are before each word is counted once, when that is first needed, and takes half as much again.
    """

    __slots__ = ("_before", "start", "words")

    def __init__(self, words: Words, start: int = 0) -> None:
        """The set *words*, whose first word is the order's word *start*. Nobody may change them."""
        self.words, self.start = words, start
        self._before: NDArray[np.int32] | None = None

    def _sums(self) -> NDArray[np.int32]:
        """How many members are before each word, and how many there are."""
        if (sums := self._before) is None:
            sums = np.zeros(len(self.words) + 1, dtype=np.int32)
            np.bitwise_count(self.words).cumsum(dtype=np.int32, out=sums[1:])
            self._before = sums  # not before it is whole: another thread may look at the same order
        return sums

    def have(self, places: Places) -> NDArray[np.bool_]:
        """Whether each of *places*, all within the words, is in the set."""
        near = places - self.start * WORD
        bits = self.words[near // WORD] >> (near % WORD).astype(np.uint64) & np.uint64(1)
        return bits.astype(np.bool_)

    def before(self, place: int) -> int:
        """How many members are before *place*, which is within the words or just after them."""
        word, bit = divmod(place - self.start * WORD, WORD)
        found = self._sums().item(word)
        if bit:
            found += (self.words.item(word) & ((1 << bit) - 1)).bit_count()
        return found

    def before_each(self, places: Places) -> Places:
        """How many members are before each of *places*, which are within the words or just after them."""
        near = places - self.start * WORD
        word = near // WORD
        lower = (np.uint64(1) << (near % WORD).astype(np.uint64)) - np.uint64(1)
        part = np.bitwise_count(self.words[np.minimum(word, len(self.words) - 1)] & lower)
        return self._sums()[word].astype(np.int64) + np.where(word < len(self.words), part, 0)

    def numbered(self, first: int, stop: int) -> Places:
        """The positions of the members from number *first* to before *stop*, which there are, ascending."""
        if first >= stop:
            return np.empty(0, dtype=np.int64)
        sums = self._sums()
        ends = np.array((first, stop - 1), dtype=np.int32)  # of their own type, or numpy copies them all
        start, end = sums.searchsorted(ends, "right").tolist()
        start -= 1
        words = self.words[start:end]
        filled = words.nonzero()[0] if end - start > stop - first else None
        octets = (words if filled is None else words[filled]).view(np.uint8)
        skipped = first - sums.item(start)
        bits = np.unpackbits(octets, bitorder="little").nonzero()[0][skipped : skipped + stop - first]
        if filled is not None:
            bits = filled[bits // WORD] * WORD + bits % WORD
        bits += (self.start + start) * WORD
        return bits


@dataclass(frozen=True, slots=True)
class CodeIndex:
    """Which positions have a code. Few codes have a set each; many are split into digits.

    ``digits`` has the sets of each digit, the lowest digit first: one for each value of the highest, and of the others
    one for each but 0, which is what no other set has.
    """

    digits: tuple[Bitmaps, ...]

    @classmethod
    def of(cls, codes: NDArray[np.signedinteger[Any]], values: int) -> "CodeIndex":
        """The index of *codes* from 0 to below *values*; a negative code is no value."""
        digits = list[Bitmaps]()
        while values > MOST_ALONE or (digits and values > 1 << CODE_BITS):
            low = codes & ((1 << CODE_BITS) - 1)
            digits.append(_sets(low == digit for digit in range(1, 1 << CODE_BITS)))
            codes, values = codes >> CODE_BITS, -(-values >> CODE_BITS)
        digits.append(_sets(codes == digit for digit in range(values)))  # a negative code is negative still
        return cls(tuple(digits))

    def having(self, codes: Iterable[int], span: slice) -> Words | None:
        """The words *span* of the set of positions with one of *codes*; None for nobody.

        They may be the index's own, so nobody must write to them. A code that was not there when the index was made is
        nobody's in it.
        """
        found: Words | None = None
        fresh = False
        beyond = len(self.digits[-1]) << CODE_BITS * (len(self.digits) - 1)
        for code in codes:
            if code >= beyond:
                continue
            one = self._having(code, span)
            if found is None:
                found = one
            elif fresh:
                found |= one
            else:
                found, fresh = found | one, True
        return found

    def _having(self, code: int, span: slice) -> Words:
        if len(self.digits) == 1:
            return self.digits[0][code, span]
        found: Words | None = None
        for sets in self.digits[:-1]:
            if digit := code & ((1 << CODE_BITS) - 1):
                one = sets[digit - 1, span]
                found = one.copy() if found is None else np.bitwise_and(found, one, out=found)
            else:
                others = sets[0, span] | sets[1, span]
                for one in sets[2:, span]:
                    others |= one
                np.bitwise_not(others, out=others)
                found = others if found is None else np.bitwise_and(found, others, out=found)
            code >>= CODE_BITS
        assert found is not None  # noqa: S101 - there are at least two digits
        return np.bitwise_and(found, self.digits[-1][code, span], out=found)


@dataclass(frozen=True, slots=True)
class RankIndex:
    """Which positions have a rank below a bound: a set for "this digit or a lower one", for each digit of the ranks.

    ``digits`` has the sets of each digit, the lowest digit first.
    """

    digits: tuple[Bitmaps, ...]

    @classmethod
    def of(cls, ranks: NDArray[np.int32]) -> "RankIndex":
        """The index of *ranks*, each from 0 to below their number."""
        digits, most = list[Bitmaps](), len(ranks)
        while most or not digits:
            low = (ranks & ((1 << RANK_BITS) - 1)).astype(np.uint8)
            digits.append(_sets(low <= digit for digit in range((1 << RANK_BITS) - 1)))
            ranks, most = ranks >> RANK_BITS, most >> RANK_BITS
        return cls(tuple(digits))

    def below(self, bound: int, span: slice) -> Words:
        """The words *span* of the set of positions whose rank is below *bound*, which is at most their number."""
        found = np.zeros(len(self.digits[0][0, span]), dtype=LITTLE)
        for sets in self.digits:
            digit = bound & ((1 << RANK_BITS) - 1)
            # A rank is lower if this digit is, or if this digit is the same and the rest is lower.
            if digit < (1 << RANK_BITS) - 1:
                found &= sets[digit, span]
            if digit:
                found |= sets[digit - 1, span]
            bound >>= RANK_BITS
        return found


def _sets(flags: Iterable[NDArray[np.bool_]]) -> Bitmaps:
    sets = [packed(one) for one in flags]
    return np.stack(sets) if sets else np.empty((0, 0), dtype=LITTLE)
