"""Counter-based random numbers: a function of seed, field and contact number, without a state.

So contact 7 is the same in a set of ten and of ten million, and any process can generate any part. The arithmetic is on
64-bit integers, so every machine gives the same numbers: the finaliser of splitmix64 (Steele, Lea, Flood 2014) over a
counter with a different start for each field.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Lane = NDArray[np.int64]
    Indices = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Choices = NDArray[np.int64]

LANES = 1 << 16

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def field_key(seed: int, field: str) -> int:
    """The start of the counter for a seed and field, 0 to 2**64 - 1."""
    return int.from_bytes(blake2b(f"{seed}/{field}".encode(), digest_size=8).digest(), "little")


def words(seed: int, field: str, numbers: Words) -> Words:
    """A random 64-bit word for each contact number."""
    word = numbers * _STEP
    word += np.uint64(field_key(seed, field))
    word ^= word >> np.uint64(30)
    word *= _FIRST
    word ^= word >> np.uint64(27)
    word *= _SECOND
    word ^= word >> np.uint64(31)
    return word


def lanes(seed: int, field: str, numbers: Words, count: int) -> tuple[Lane, ...]:
    """`count` (up to four) random 16-bit numbers for each contact number, from one word."""
    word = words(seed, field, numbers)
    return tuple(((word >> np.uint64(48 - 16 * lane)) & np.uint64(LANES - 1)).view(np.int64) for lane in range(count))


def below(lane: Lane, size: int | Indices) -> Indices:
    """A random number from 0 to `size` - 1 for each lane; `size` is at most 2**16 and may be an array."""
    return lane * size >> 16


def happens(lane: Lane, share: float) -> Flags:
    """True with probability `share`, which is rounded to a multiple of 2**-16."""
    flags: Flags = lane < round(share * LANES)
    return flags


def choices(weights: Sequence[float]) -> Choices:
    """A table of 65,536 indices in proportion to the weights: `choices(...)[lane]` is a weighted draw."""
    total = sum(weights)
    edges, reached = [0], 0.0
    for weight in weights:
        reached += weight
        edges.append(round(reached / total * LANES))
    return np.repeat(np.arange(len(weights)), np.diff(edges))


def uuid_halves(seed: int, field: str, numbers: Words) -> tuple[Words, Words]:
    """The two halves of a version 4 UUID for each number; different numbers have different UUIDs."""
    high = words(seed, f"{field}/high", numbers)
    low = words(seed, f"{field}/low", numbers)
    high = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
    low = (low & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(0x8000000000000000)
    return high, low


def uuid_text(high: int, low: int) -> str:
    """The UUID as text: 8-4-4-4-12 hexadecimal digits, lower case."""
    digits = f"{high:016x}{low:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def named_uuid(seed: int, name: str) -> str:
    """A UUID for something other than a contact: a pipeline, a stage."""
    high, low = uuid_halves(seed, name, np.zeros(1, dtype=np.uint64))
    return uuid_text(int(high[0]), int(low[0]))
