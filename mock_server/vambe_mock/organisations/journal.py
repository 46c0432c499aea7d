"""The record of what was asked: the last requests of an organisation, for tests to look at afterwards.

Requests are packed, PACK of them together. A thousand of them as objects lie in ten thousand places of the memory, and
to take the oldest away each new request would wait for several of these, which costs it up to a tenth of its time.
"""

import asyncio
import marshal
from collections import deque
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from vambe_mock.contract.query import ContactsQuery, CustomFieldFilter
from vambe_mock.server.log import Asked

MOST_REQUESTS: Final = 1_000
"""How many requests a record keeps unless told otherwise; the oldest goes first."""

PACK: Final = 32
"""How many are packed together."""


class Record:
    """The last requests that were answered, and how many came since it was cleared."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        """Keep up to *most* requests; 0 keeps none."""
        self._most = most
        self._fresh: list[Asked] = []
        self._packs: deque[bytes] = deque(maxlen=-(-most // PACK))
        self._came = self._answered = self._cleared = 0
        self.waiting: set[asyncio.Event] = set()
        self._over = False

    def __len__(self) -> int:
        """How many requests are kept."""
        return min(self._answered, self._most)

    def expect(self, asked: Asked) -> None:
        """Know that *asked* came; it is added when its answer is out."""
        asked.record = self
        self._came = asked.number = self._came + 1

    def add(self, asked: Asked) -> None:
        """Keep *asked*, which was expected, unless the record was cleared since."""
        if asked.number <= self._cleared:
            return
        self._answered += 1
        if self._most:
            self._fresh.append(asked)
            if len(self._fresh) == PACK:
                self._packs.append(_packed(self._fresh))
                self._fresh.clear()
        if self.waiting:
            self._wake()

    def let_go(self) -> None:
        """Let nobody wait any longer: no more requests will come."""
        self._over = True
        self._wake()

    def clear(self) -> None:
        """Forget everything, and what is still being answered."""
        self._fresh.clear()
        self._packs.clear()
        self._cleared = self._came
        self._answered = 0

    @property
    def total(self) -> int:
        """How many requests came since the last clearing, answered or not."""
        return self._came - self._cleared

    @property
    def forgotten(self) -> int:
        """How many requests were answered that the record no longer has."""
        return self._answered - len(self)

    def matching(self, matches: Callable[[Asked], bool]) -> list[Asked]:
        """The answered requests that *matches* holds for, the one that came last first."""
        packed = [asked for pack in self._packs for asked in _unpacked(pack)]
        kept = [*packed, *self._fresh][-len(self) :] if len(self) else []
        return sorted(filter(matches, kept), key=lambda asked: asked.number, reverse=True)

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

    def _wake(self) -> None:
        for event in self.waiting:
            event.set()


_FIELDS: Final = (
    "method",
    "target",
    "status",
    "steps",
    "ignored",
    "message",
    "number",
    "at",
    "faults",
    "unmasked",
    "milliseconds",
)
_VERSION: Final = 2
"""Of marshal's format: the one that looks for no object that comes twice, which takes a fifth less time."""

_values = attrgetter(*_FIELDS)


def _packed(requests: list[Asked]) -> bytes:
    return marshal.dumps([(_values(asked), _plain(asked.query)) for asked in requests], _VERSION)


def _unpacked(pack: bytes) -> list[Asked]:
    requests: list[tuple[Any, Any]] = marshal.loads(pack)  # noqa: S302 - packed above
    return [Asked(**dict(zip(_FIELDS, values, strict=True)), query=_query(query)) for values, query in requests]


def _plain(query: ContactsQuery | None) -> Any:
    """*query* as a tuple of tuples, which is what marshal takes."""
    if query is None:
        return None
    field = query.custom_field
    return tuple(query if field is None else (*query[:-2], tuple(field), query.ignored))


def _query(plain: Any) -> ContactsQuery | None:
    if plain is None:
        return None
    query = ContactsQuery(*plain)
    return query if query.custom_field is None else query._replace(custom_field=CustomFieldFilter(*query.custom_field))
