"""Phone numbers that nobody has (`set-phones`).

Each prefix is unassigned in its country's numbering plan, and each number has the length of a real one there:
libphonenumber calls it possible but not valid. The digits after the prefix are a one-to-one function of the contact
number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vambe_mock.generator.recipe.randomness import field_key

if TYPE_CHECKING:
    from vambe_mock.generator.recipe.randomness import Indices, Words

# Prefix and number of digits after it, in the order of `pools.LOCALES`. The shortest unassigned prefix of Chile's
# mobile numbers is 90, which leaves seven digits, ten million numbers; the others have a hundred million.
PREFIXES = (("+5690", 7), ("+5210", 8), ("+5739", 8), ("+54990", 8), ("+55209", 8))

_SIZES = np.array([10**width for _, width in PREFIXES], dtype=np.uint64)
# Multiplying by a factor that is coprime to ten is one-to-one modulo a power of ten.
_FACTOR = np.uint64(73_939_133)


def digits(seed: int, numbers: Words, locale: Indices) -> Words:
    """The digits after the prefix; within a locale, ten million consecutive contacts have different ones."""
    start = np.uint64(field_key(seed, "phone") % 10**8)
    return (numbers % np.uint64(10**8) * _FACTOR + start) % _SIZES[locale]
