"""The journal: every exchange, one request and what became of it, and who is told of it.

The endpoint opens an exchange when a request comes and finishes it when its answer is out. A finished exchange never
changes; the listeners of its journal (the record, the log) are told of it in turn.
"""

import asyncio
import marshal
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import chain, islice
from operator import attrgetter
from typing import Any, Final, NamedTuple

from vambe_mock.contract.query import ContactsQuery, CustomFieldFilter
from vambe_mock.organisations.masking import LONGEST, LONGEST_FOUND
from vambe_mock.store.store import Steps

MOST_REQUESTS: Final = 1_000
"""How many exchanges a record keeps by default; the oldest goes first."""

PACK: Final = 32
"""How many exchanges a record packs together."""

TURN: Final = 0.001
"""Seconds that a search of the record works before it lets others take a turn."""

RUN: Final = 1_000
"""How many exchanges are sorted at a time."""

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
Matcher = Callable[[Exchange], bool]

_NUMBER: Final = attrgetter("number")


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
    """The last exchanges, and how many requests came since it was cleared (`request-record`).

    Exchanges are packed, PACK of them together. A thousand of them as objects lie in ten thousand places of the memory,
    and removing the oldest would make each new request wait for several of these: up to a tenth of its time.

    ``ends`` are set when no more requests will come, which ``over`` says.
    """

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        """Keep up to *most* exchanges; 0 keeps none."""
        self._most = most
        self._fresh: list[Exchange] = []
        self._packs: deque[bytes] = deque(maxlen=-(-most // PACK))
        self._came = self._answered = self._cleared = 0
        self.waiting: set[_Wait] = set()
        self.ends: set[asyncio.Event] = set()
        self.over = False

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
        for wait in self.waiting:
            wait.look_at(exchange)

    def end_waits(self) -> None:
        """End every ``wait``, present and future: no more requests will come."""
        self.over = True
        for done in (*(wait.done for wait in self.waiting), *self.ends):
            done.set()

    def clear(self) -> None:
        """Forget every exchange, those still open included."""
        self._fresh.clear()
        self._packs.clear()
        self._cleared = self._came
        self._answered = 0
        for wait in self.waiting:
            wait.found = 0

    @property
    def came(self) -> int:
        """How many requests came at all: the number of the last one."""
        return self._came

    @property
    def total(self) -> int:
        """How many requests came since the last clearing, answered or not."""
        return self._came - self._cleared

    @property
    def forgotten(self) -> int:
        """How many finished exchanges the record no longer has."""
        return self._answered - len(self)

    def matching(self, matches: Matcher) -> list[Exchange]:
        """The exchanges that *matches* holds for, the request that came last first."""
        return sorted(filter(matches, self._kept()), key=_NUMBER, reverse=True)

    async def search(self, matches: Matcher, most: int) -> "Search":
        """As ``matching``, but only the *most* that came last, and how many there are; others take turns meanwhile."""
        found = Search()
        turn = _Turn()
        async for exchange in turn.each(self._kept()):
            if matches(exchange):
                found.add(exchange, most)
        found.cut(most)
        return found

    async def wait(self, matches: Matcher, count: int, seconds: float) -> int:
        """How many requests *matches* holds for, once there are *count*, *seconds* have passed, or waits are ended.

        Each new request is looked at once. Those that the record forgets meanwhile count all the same.
        """
        wait, cleared = _Wait(matches, count), self._cleared
        self.waiting.add(wait)  # before the search, which takes turns with new requests
        try:
            async with asyncio.timeout(seconds):
                found = (await self.search(matches, 0)).count
                wait.look_back(found if self._cleared == cleared else 0)
                if not self.over:
                    await wait.done.wait()
        except (TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self.waiting.discard(wait)
        return wait.found

    def _kept(self) -> Iterator[Exchange]:
        """The exchanges as they are kept now, in the order in which they were finished."""
        packs, fresh = tuple(self._packs), tuple(self._fresh)
        dropped = len(packs) * PACK + len(fresh) - len(self)
        return islice(chain(chain.from_iterable(map(_unpacked, packs)), fresh), dropped, None)


@dataclass(slots=True)
class Search:
    """What a search of a record found: how many exchanges, and the last of them."""

    count: int = 0
    _runs: list[list[Exchange]] = field(default_factory=lambda: [[]])

    def add(self, exchange: Exchange, most: int) -> None:
        """Take *exchange*, unless *most* later ones are enough."""
        self.count += 1
        run = self._runs[-1]
        run.append(exchange)
        if len(run) == RUN:
            run.sort(key=_NUMBER, reverse=True)
            self._runs.append([])
            if most < RUN:
                self.cut(most)

    def cut(self, most: int) -> None:
        """Keep no more than the *most* that came last, where these are few."""
        self._runs[-1].sort(key=_NUMBER, reverse=True)
        if most < RUN:
            self._runs = [list(islice(self._last(), most)), []]

    def _last(self) -> Iterator[Exchange]:
        return merge(*self._runs, key=_NUMBER, reverse=True)

    async def last(self, most: int) -> AsyncIterator[Exchange]:
        """The *most* that came last, the last one first; others take turns meanwhile."""
        turn = _Turn()
        async for exchange in turn.each(islice(self._last(), most)):
            yield exchange


class _Turn:
    """Lets others take a turn after each TURN of work."""

    def __init__(self) -> None:
        self._until = time.perf_counter() + TURN

    async def each(self, exchanges: Iterable[Exchange]) -> AsyncIterator[Exchange]:
        for exchange in exchanges:
            yield exchange
            if time.perf_counter() >= self._until:
                await asyncio.sleep(0)
                self._until = time.perf_counter() + TURN


class _Wait:
    """Somebody waits for *count* requests that *matches* holds for; ``found`` is how many there are so far."""

    def __init__(self, matches: Matcher, count: int) -> None:
        self._matches = matches
        self._count = count
        self.found = 0
        self.done = asyncio.Event()

    def look_at(self, exchange: Exchange) -> None:
        """Count a new exchange."""
        if self._matches(exchange):
            self.look_back(1)

    def look_back(self, found: int) -> None:
        """Count *found* exchanges more."""
        self.found += found
        if self.found >= self._count:
            self.done.set()


def _shortened(notes: Notes) -> Notes:
    """What is kept of *notes* on a very long target, so that a record of such requests stays small.

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
