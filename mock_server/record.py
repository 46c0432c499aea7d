"""The record of what was asked: the last requests of an organisation, for tests to look at afterwards."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from mock_server.request_log import Asked

MOST_REQUESTS: Final = 1_000
"""How many requests a record keeps unless told otherwise; the oldest goes first."""


class Record:
    """The last requests, oldest first, and how many there have been since it was cleared."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        """Keep up to *most* requests; 0 keeps none."""
        self.requests: deque[Asked] = deque(maxlen=most)
        self.total = 0
        self.waiting: set[asyncio.Event] = set()
        self._over = False

    def add(self, asked: Asked) -> None:
        """Keep *asked*, which goes on to be filled in until its answer is out."""
        self.requests.append(asked)
        self.total += 1

    def answered(self) -> None:
        """Wake whoever waits for requests."""
        for event in self.waiting:
            event.set()

    def let_go(self) -> None:
        """Let nobody wait any longer: no more requests will come."""
        self._over = True
        self.answered()

    def clear(self) -> None:
        """Forget everything."""
        self.requests.clear()
        self.total = 0

    @property
    def forgotten(self) -> int:
        """How many requests there were that the record no longer has."""
        return self.total - len(self.requests)

    def matching(self, matches: Callable[[Asked], bool]) -> list[Asked]:
        """The answered requests that *matches* holds for, newest first."""
        return [asked for asked in reversed(self.requests) if asked.milliseconds is not None and matches(asked)]

    async def wait(self, matches: Callable[[Asked], bool], count: int, seconds: float) -> list[Asked]:
        """As ``matching``, when there are *count* of them, or *seconds* are over, or nobody may wait."""
        event = asyncio.Event()
        self.waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                while not self._over and len(self.matching(matches)) < count:
                    event.clear()
                    await event.wait()
        except (TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self.waiting.discard(event)
        return self.matching(matches)
