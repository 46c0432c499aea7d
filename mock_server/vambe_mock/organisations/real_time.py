"""Real time, which goes on where a test has frozen the clocks of its process."""

import sys
import time


def monotonic() -> float:
    """Seconds of a clock that only goes forward, from an arbitrary start; ``time.monotonic`` that nobody replaces.

    freezegun replaces ``time.monotonic``, and time-machine the clocks that show the time of day; neither touches
    this one. On Windows there is no such second way, and frozen time freezes it too.
    """
    if sys.platform == "win32":
        return time.monotonic()
    return time.clock_gettime(time.CLOCK_MONOTONIC)
