"""What time it is: the wall's, moved or not, or frozen.

The rules never ask for the time themselves; ``now`` is handed to them, so one request is judged at one instant.
"""

import time
from dataclasses import dataclass

from vambe_mock.contract.instants import EARLIEST, LATEST


@dataclass(slots=True)
class Clock:
    """The server's clock. Instants are milliseconds since 1970 UTC; ``frozen_at`` None means that time runs.

    A running clock is ``offset`` milliseconds ahead of the wall's, and stops at the end of the year 9999, after which
    nothing could be written.
    """

    frozen_at: int | None = None
    offset: int = 0

    def now(self) -> int:
        """This instant, in milliseconds since 1970 UTC."""
        if self.frozen_at is not None:
            return self.frozen_at
        return min(time.time_ns() // 1_000_000 + self.offset, LATEST)

    def freeze(self) -> None:
        """Stand still at this instant."""
        self.frozen_at = self.now()

    def run(self) -> None:
        """Go on from this instant."""
        if self.frozen_at is not None:
            self.offset, self.frozen_at = self.frozen_at - time.time_ns() // 1_000_000, None

    def set(self, instant: int) -> None:
        """Make *instant* now; a clock that stands goes on standing, one that runs goes on running.

        Raises ValueError outside the years 0000 to 9999, which the wire cannot write.
        """
        if not EARLIEST <= instant <= LATEST:
            raise ValueError("an instant outside the years 0000 to 9999")
        if self.frozen_at is None:
            self.offset = instant - time.time_ns() // 1_000_000
        else:
            self.frozen_at = instant

    def copy(self) -> "Clock":
        """A clock of its own that shows the same."""
        return Clock(self.frozen_at, self.offset)

    def follow(self, other: "Clock") -> None:
        """Show what *other* shows."""
        self.frozen_at, self.offset = other.frozen_at, other.offset
