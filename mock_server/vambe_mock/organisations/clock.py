"""An organisation's clock: real time, perhaps shifted, or frozen (`clock-follows`).

The rules never read it themselves; they are given ``now``, so one request is judged at one instant.
"""

import time
from dataclasses import dataclass

from vambe_mock.contract.instants import EARLIEST, LATEST


@dataclass(slots=True)
class Clock:
    """A clock. Instants are milliseconds since 1970 UTC; ``frozen_at`` is None while it runs.

    A running clock is ``offset`` milliseconds ahead of real time, and stops at the end of the year 9999, the last
    instant that the wire can express.
    """

    frozen_at: int | None = None
    offset: int = 0

    def now(self) -> int:
        """The current instant, in milliseconds since 1970 UTC."""
        if self.frozen_at is not None:
            return self.frozen_at
        return min(time.time_ns() // 1_000_000 + self.offset, LATEST)

    def freeze(self) -> None:
        """Freeze the clock at the time it shows."""
        self.frozen_at = self.now()

    def run(self) -> None:
        """Resume the clock from the time it shows."""
        if self.frozen_at is not None:
            self.offset, self.frozen_at = self.frozen_at - time.time_ns() // 1_000_000, None

    def set(self, instant: int) -> None:
        """Set the clock to *instant*; it stays frozen or running.

        Raises ValueError outside the years 0000 to 9999, which the wire cannot express.
        """
        if not EARLIEST <= instant <= LATEST:
            raise ValueError("an instant outside the years 0000 to 9999")
        if self.frozen_at is None:
            self.offset = instant - time.time_ns() // 1_000_000
        else:
            self.frozen_at = instant

    def copy(self) -> "Clock":
        """An independent clock that shows the same time."""
        return Clock(self.frozen_at, self.offset)

    def follow(self, other: "Clock") -> None:
        """Take over the time and the mode of *other*."""
        self.frozen_at, self.offset = other.frozen_at, other.offset
