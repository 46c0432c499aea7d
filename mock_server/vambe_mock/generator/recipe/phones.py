"""Phone numbers that reach nobody.

Each prefix is one that its country's numbering plan leaves unassigned, with the length of a real number there: what
libphonenumber calls possible and not valid. The digits after it come from the contact number by a one-to-one map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vambe_mock.generator.recipe.randomness import field_key

if TYPE_CHECKING:
    from vambe_mock.generator.recipe.randomness import Indices, Words

# Prefix and number of digits after it, in the order of `pools.LOCALES`. Chile's numbers are nine digits long and 90 is
# the widest unassigned beginning of a mobile one, hence ten million of them; the others have a hundred million.
PREFIXES = (("+5690", 7), ("+5210", 8), ("+5739", 8), ("+54990", 8), ("+55209", 8))

_SIZES = np.array([10**width for _, width in PREFIXES], dtype=np.uint64)
# Any factor that neither 2 nor 5 divides is one-to-one modulo a power of ten.
_FACTOR = np.uint64(73_939_133)


def digits(seed: int, numbers: Words, locale: Indices) -> Words:
    """The digits after the prefix: no two of ten million contacts in a row share them within a locale."""
    start = np.uint64(field_key(seed, "phone") % 10**8)
    return (numbers % np.uint64(10**8) * _FACTOR + start) % _SIZES[locale]
