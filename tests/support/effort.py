"""How long the random tests look: ``THOROUGH=10 make test`` makes each of them ten times as long."""

import os


def times(usual: int) -> int:
    """*usual* examples, or as many times that as ``THOROUGH`` says."""
    return round(usual * float(os.environ.get("THOROUGH", "1")))


def everything() -> bool:
    """Whether the tests try all versions of a thing instead of a sample: ``THOROUGH`` is more than 1."""
    return times(100) > 100
