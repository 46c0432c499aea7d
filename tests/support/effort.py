"""How long the random tests look: ``THOROUGH=10 make test`` makes each of them ten times as long."""

import os


def times(usual: int) -> int:
    """*usual* examples, or as many times that as ``THOROUGH`` says."""
    return round(usual * float(os.environ.get("THOROUGH", "1")))
