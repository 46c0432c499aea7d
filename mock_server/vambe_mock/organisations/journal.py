"""The journal: every exchange, one request and what became of it, and who is told of it.

The endpoint opens an exchange when a request comes and finishes it when its answer is out. A finished exchange never
changes; the listeners of its journal (the record, the log) are told of it in turn.
"""

import asyncio
import marshal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from vambe_mock.contract.query import ContactsQuery, CustomFieldFilter
from vambe_mock.organisations.masking import LONGEST, LONGEST_FOUND
from vambe_mock.store.store import Steps

MOST_REQUESTS: Final = 1_000
"""How many exchanges a record keeps by default; the oldest goes first."""

PACK: Final = 32
"""How many exchanges a record packs together."""

MOST_NAMED: Final = 20
"""How many of the ignored parameters of a very long target are kept."""


@dataclass(slots=True)
class Notes:
    """What there is to tell of an answer, apart from its status.

    ``at`` is the organisation's time, by which the request was judged, in milliseconds since 1970 UTC; ``message`` why
    there are no contacts; ``query`` and ``ignored`` are how the query was read; ``steps`` what each filter left.
    """

    at: int = 0
    message: str = ""
    ignored: tuple[str, ...] = ()
    steps: Steps = field(default_factory=dict)
    query: ContactsQuery | None = None


class Exchange(NamedTuple):
    """A finished exchange.

    ``number`` counts the requests of its journal in the order in which they came. ``target`` is unmasked, so whoever
    shows it masks it; it is cut to LONGEST_FOUND characters. ``status`` is 0 where there was no answer, ``faults`` has
    the numbers of the faults applied, ``milliseconds`` is how long it took. The rest is as in ``Notes``.
    """

    method: str
    target: str
    number: int
    status: int
    faults: tuple[int, ...]
    milliseconds: float
    at: int
    message: str
    ignored: tuple[str, ...]
    steps: Steps
    query: ContactsQuery | None


_new: Final = tuple.__new__

Listener = Callable[[Exchange], None]


class OpenExchange:
    """An exchange whose answer is not out yet."""

    __slots__ = ("_listeners", "_method", "_number", "_started", "_target")

    def __init__(self, method: str, target: str, started: float, number: int, listeners: list[Listener]) -> None:
        """The exchange of a request; *listeners* are told of its end."""
        self._method = method
        self._target = target
        self._started = started
        self._number = number
        self._listeners = listeners

    @property
    def number(self) -> int:
        """The number that the exchange has in its journal."""
        return self._number

    def finish(self, status: int, notes: Notes, faults: tuple[int, ...] = ()) -> Exchange:
        """Finish the exchange and tell the listeners; to be called once."""
        target = self._target
        if len(target) > LONGEST:
            target, notes = target[:LONGEST_FOUND], _shortened(notes)
        milliseconds = (time.perf_counter() - self._started) * 1_000
        # A named tuple made in the usual way takes half as long again.
        exchange = _new(
            Exchange,
            (
                self._method,
                target,
                self._number,
                status,
                faults,
                milliseconds,
                notes.at,
                notes.message,
                notes.ignored,
                notes.steps,
                notes.query,
            ),
        )
        for listener in self._listeners:
            listener(exchange)
        return exchange


class Journal:
    """The exchanges of one organisation, or of nobody: numbers them, and tells the listeners, the record first."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        """Have a record of *most* exchanges."""
        self.record = Record(most)
        self.listeners: list[Listener] = [self.record.add]

    def open(self, method: str, target: str, started: float) -> OpenExchange:
        """Open the exchange of a request that came at *started*, by ``time.perf_counter``; *target* is undecoded."""
        return OpenExchange(method, target, started, self.record.expect(), self.listeners)


class Record:
    """The last exchanges, and how many requests came since it was cleared.

    Exchanges are packed, PACK of them together. A thousand of them as objects lie in ten thousand places of the memory,
    and removing the oldest would make each new request wait for several of these: up to a tenth of its time.
    """

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        """Keep up to *most* exchanges; 0 keeps none."""
        self._most = most
        self._fresh: list[Exchange] = []
        self._packs: deque[bytes] = deque(maxlen=-(-most // PACK))
        self._came = self._answered = self._cleared = 0
        self.waiting: set[asyncio.Event] = set()
        self._over = False

    def __len__(self) -> int:
        """How many exchanges are kept."""
        return min(self._answered, self._most)

    def expect(self) -> int:
        """Count a request that came; its number, by which ``add`` will know its exchange."""
        self._came += 1
        return self._came

    def add(self, exchange: Exchange) -> None:
        """Keep *exchange*, unless the record was cleared since the request came."""
        if exchange.number <= self._cleared:
            return
        self._answered += 1
        if self._most:
            self._fresh.append(exchange)
            if len(self._fresh) == PACK:
                self._packs.append(_packed(self._fresh))
                self._fresh.clear()
        if self.waiting:
            self._wake()

    def end_waits(self) -> None:
        """End every ``wait``, present and future: no more requests will come."""
        self._over = True
        self._wake()

    def clear(self) -> None:
        """Forget every exchange, those still open included."""
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
        """How many finished exchanges the record no longer has."""
        return self._answered - len(self)

    def matching(self, matches: Callable[[Exchange], bool]) -> list[Exchange]:
        """The exchanges that *matches* holds for, the request that came last first."""
        packed = [exchange for pack in self._packs for exchange in _unpacked(pack)]
        kept = [*packed, *self._fresh][-len(self) :] if len(self) else []
        return sorted(filter(matches, kept), key=lambda exchange: exchange.number, reverse=True)

    async def wait(self, matches: Callable[[Exchange], bool], count: int, seconds: float) -> list[Exchange]:
        """As ``matching``, once there are *count* of them, *seconds* have passed, or ``end_waits`` was called."""
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


def _shortened(notes: Notes) -> Notes:
    """What is kept of *notes* on a target without end, so that a record of such requests stays small.

    No name is cut, because half a key would not be masked.
    """
    ignored = tuple(name if len(name) <= LONGEST else "..." for name in notes.ignored[:MOST_NAMED])
    more = ("...",) if len(notes.ignored) > MOST_NAMED else ()
    return replace(notes, message=notes.message[:LONGEST_FOUND], ignored=ignored + more, query=None)


_VERSION: Final = 2
"""Of marshal's format: the one that does not look for repeated objects, which takes a fifth less time."""


def _packed(exchanges: list[Exchange]) -> bytes:
    return marshal.dumps([(*exchange[:-1], _plain(exchange.query)) for exchange in exchanges], _VERSION)


def _unpacked(pack: bytes) -> list[Exchange]:
    exchanges: list[tuple[Any, ...]] = marshal.loads(pack)  # noqa: S302 - packed above
    return [Exchange._make((*values[:-1], _query(values[-1]))) for values in exchanges]


def _plain(query: ContactsQuery | None) -> Any:
    """*query* as a tuple of tuples, which is what marshal takes."""
    if query is None:
        return None
    custom = query.custom_field
    return tuple(query if custom is None else (*query[:-2], tuple(custom), query.ignored))


def _query(plain: Any) -> ContactsQuery | None:
    if plain is None:
        return None
    query = ContactsQuery(*plain)
    return query if query.custom_field is None else query._replace(custom_field=CustomFieldFilter(*query.custom_field))
