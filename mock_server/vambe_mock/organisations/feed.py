"""What one listener is told while it listens: exchanges as they are finished, in batches that stay small.

At full load a batch has the first exchanges since the last one was taken, and a count of the others: nothing is done
for these, so listening costs the endpoint next to nothing.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from vambe_mock.organisations.journal import Exchange, Journal

MOST: Final = 200
"""The most exchanges of a batch."""


class Batch(NamedTuple):
    """Finished exchanges, those of ``strangers`` apart, and how many more there were."""

    own: list[Exchange]
    strangers: list[Exchange]
    left_out: int


class Feed:
    """The exchanges of a journal, and of one of strangers, for whoever takes batch after batch."""

    def __init__(self, own: Journal, strangers: Journal) -> None:
        """Listen to nothing yet; see ``listening``."""
        self._journals = own, strangers
        self._own: list[Exchange] = []
        self._strangers: list[Exchange] = []
        self._left_out = 0
        self._heard = asyncio.Event()
        self._ended = asyncio.Event()

    @contextmanager
    def listening(self) -> Iterator["Feed"]:
        """Listen within the block."""
        own, strangers = self._journals
        own.listeners.append(self._hear)
        strangers.listeners.append(self._hear_stranger)
        own.record.ends.update((self._heard, self._ended))
        try:
            yield self
        finally:
            own.listeners.remove(self._hear)
            strangers.listeners.remove(self._hear_stranger)
            own.record.ends.difference_update((self._heard, self._ended))

    @property
    def over(self) -> bool:
        """Whether no more requests will come: the organisation was removed, or the server shuts down."""
        return self._ended.is_set() or self._journals[0].record.over

    async def wait(self, seconds: float) -> None:
        """Wait for an exchange, for the end, or for *seconds*."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._heard.wait()

    async def pause(self, seconds: float) -> None:
        """Wait *seconds*, or for the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    def take(self) -> Batch:
        """What was heard since the last call."""
        batch = Batch(self._own, self._strangers, self._left_out)
        self._own, self._strangers, self._left_out = [], [], 0
        self._heard.clear()
        return batch

    def _hear(self, exchange: Exchange) -> None:
        if len(self._own) < MOST:
            self._own.append(exchange)
            self._heard.set()
        else:
            self._left_out += 1

    def _hear_stranger(self, exchange: Exchange) -> None:
        if len(self._strangers) < MOST:
            self._strangers.append(exchange)
            self._heard.set()
        else:
            self._left_out += 1
