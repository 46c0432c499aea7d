"""How long the tests look: ``THOROUGH=10 make test`` makes random tests ten times as long, and leaves no case out."""

import os
from collections.abc import Sequence
from typing import Any

import pytest


def times(usual: int) -> int:
    """*usual* examples, or as many times that as ``THOROUGH`` says."""
    return round(usual * float(os.environ.get("THOROUGH", "1")))


def everything() -> bool:
    """Whether the tests try all versions of a thing instead of a sample: ``THOROUGH`` is more than 1."""
    return times(100) > 100


def some(cases: Sequence[Any], *named: int) -> list[Any]:
    """*cases* for ``parametrize``, of which ``make test`` plays those at the places *named*, unless it is thorough.

    The others are alike but for what they are played with; conftest.py leaves them out, and pytest tells how many.
    """
    return [
        case
        if place in named
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=[pytest.mark.thorough])
        for place, case in enumerate(cases)
    ]
