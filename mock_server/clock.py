"""What time it is: the wall's, or frozen.

The rules never ask for the time themselves; ``now`` is handed to them, so one request is judged at one instant.
"""

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """The server's clock. Instants are milliseconds since 1970 UTC; ``frozen_at`` None means that time runs."""

    frozen_at: int | None = None

    def now(self) -> int:
        """This instant, in milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000 if self.frozen_at is None else self.frozen_at
