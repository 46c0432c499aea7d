"""The record packs what it keeps; held to a plain list of requests, which is the reference."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vambe_mock.contract.query import ContactsQuery, CustomFieldFilter
from vambe_mock.organisations import journal as module
from vambe_mock.organisations.journal import PACK, Exchange, Journal, Notes, Record
from vambe_mock.organisations.masking import LONGEST_FOUND


@dataclass
class PlainRecord:
    """The same as a record, with everything in lists."""

    most: int
    coming: list[Exchange] = field(default_factory=list)
    answered: list[Exchange] = field(default_factory=list)

    def expect(self, exchange: Exchange) -> None:
        """The request of *exchange* came."""
        self.coming.append(exchange)

    def add(self, exchange: Exchange) -> None:
        """*exchange* is finished."""
        if any(one is exchange for one in self.coming):
            self.answered.append(exchange)

    def clear(self) -> None:
        """Forget everything."""
        self.coming, self.answered = [], []

    def kept(self) -> list[Exchange]:
        """The last answered, the one that came last first."""
        last = self.answered[max(len(self.answered) - self.most, 0) :]
        return [one for one in reversed(self.coming) if any(one is kept for kept in last)]


custom_fields = st.builds(
    CustomFieldFilter,
    st.text(max_size=3),
    st.lists(
        st.tuples(
            st.sampled_from(["ticket", "customer"]), st.text(max_size=3) | st.booleans() | st.floats(allow_nan=False)
        ),
        max_size=2,
    ).map(tuple),
)
names = st.lists(st.text(max_size=3), max_size=2).map(tuple)
queries = st.builds(
    ContactsQuery,
    days=st.none() | st.floats(0, 365),
    updated_after=st.none() | st.integers(0, 2**53),
    stage_id=st.none() | st.text(max_size=3),
    custom_field=st.none() | custom_fields,
    ignored=names,
)
exchanges = st.builds(
    Exchange,
    method=st.sampled_from(["GET", "HEAD"]),
    target=st.text(max_size=5),
    number=st.just(0),
    status=st.sampled_from([200, 400, 503]),
    faults=st.lists(st.integers(1, 9), max_size=2).map(tuple),
    milliseconds=st.floats(0, 1e9),
    at=st.integers(-(2**53), 2**53),
    message=st.text(max_size=3),
    ignored=names,
    steps=st.dictionaries(st.sampled_from(["", "days", "limit"]), st.integers(0, 10**7)),
    query=st.none() | queries,
)
actions_ = st.lists(
    st.sampled_from(["come", "come", "come", "answer the first", "answer the last", "clear"]), max_size=30
)
WITH_A_FIELD = ContactsQuery(days=1.0, custom_field=CustomFieldFilter("plan", (("ticket", True),)), ignored=("a",))
HASTE = ["come", "come", "answer the last", "answer the first"]
PLAIN = Exchange("GET", "/", 0, 200, (), 0.1, 0, "", (), {}, None)


def told(exchanges: Sequence[Exchange]) -> list[str]:
    """All that there is to tell of them, in their order; a named tuple is not taken for a plain one."""
    return [repr(exchange) for exchange in exchanges]


async def last(record: Record, most: int) -> list[Exchange]:
    """What a search for everything finds."""
    found = await record.search(lambda _: True, most)
    assert found.count == len(record)
    return [exchange async for exchange in found.last(most)]


@given(
    st.sampled_from([0, 1, 5, PACK, PACK + 1, 3 * PACK, 1_000]),
    actions_,
    st.sampled_from([1, 2, 16, 48]),
    st.lists(exchanges, min_size=1, max_size=5),
)
@example(PACK + 1, HASTE, 48, [PLAIN._replace(steps={"": 1, "days": 1}, faults=(1,), query=WITH_A_FIELD)])
@example(5, ["come", "clear", "answer the last", *HASTE], 1, [PLAIN])
def test_a_packed_record_is_a_plain_one(most: int, actions: list[str], times: int, some: list[Exchange]) -> None:
    """Whatever comes, is answered in any order and is cleared in between, all counts and requests are the list's."""
    packed, plain = Record(most), PlainRecord(most)
    open_: list[Exchange] = []
    for number, action in enumerate(actions * times):
        if action == "come":
            exchange = some[number % len(some)]._replace(number=packed.expect())
            open_.append(exchange)
            plain.expect(exchange)
        elif action == "clear":
            packed.clear()
            plain.clear()
        elif open_:
            exchange = open_.pop(0 if action == "answer the first" else -1)
            packed.add(exchange)
            plain.add(exchange)
    assert told(packed.matching(lambda _: True)) == told(plain.kept())
    assert told(packed.matching(lambda one: one.status == 200)) == told([a for a in plain.kept() if a.status == 200])
    for most_told in (0, 2, 1_000):
        assert told(asyncio.run(last(packed, most_told))) == told(plain.kept()[:most_told])
    assert (len(packed), packed.total) == (len(plain.kept()), len(plain.coming))
    assert packed.forgotten == len(plain.answered) - len(plain.kept())


def test_every_listener_is_told_of_a_finished_exchange() -> None:
    """The record knows of it first; a target without end is cut, and what was read of it is not kept."""
    journal = Journal()
    told: list[tuple[int, Exchange]] = []
    journal.listeners.append(lambda exchange: told.append((len(journal.record), exchange)))
    first, second = (journal.open("GET", target, time.perf_counter()) for target in ("/x", "/" + "x" * 10**6))
    notes = Notes(7, "m" * 10**6, ("n" * 3_000, *(f"p{number}" for number in range(30))), {"": 3}, WITH_A_FIELD)
    late = second.finish(400, notes)
    early = first.finish(200, notes, (4,))
    assert told == [(1, late), (2, early)]
    assert (early.number, early.target, early.status, early.faults) == (1, "/x", 200, (4,))
    assert (early.at, early.message, early.ignored, early.steps) == (7, notes.message, notes.ignored, notes.steps)
    assert early.query is notes.query
    assert (late.number, len(late.target), len(late.message), late.query) == (2, LONGEST_FOUND, LONGEST_FOUND, None)
    assert late.ignored == ("...", *(f"p{number}" for number in range(19)), "...")
    assert journal.record.matching(lambda _: True) == [late, early]


def add(record: Record, times: int, exchange: Exchange = PLAIN) -> None:
    """So many requests come and are answered."""
    for _ in range(times):
        record.add(exchange._replace(number=record.expect()))


def test_a_search_finds_the_last_ones_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the runs fall in which it sorts, and although a slow request is finished late (`request-record`)."""
    monkeypatch.setattr(module, "RUN", 10)
    record = Record(1_000)
    slow = PLAIN._replace(number=record.expect())
    add(record, 55)
    record.add(slow)
    for most in (0, 3, 9, 10, 11, 500):
        found = [one.number for one in asyncio.run(last(record, most))]
        assert found == [*range(56, 1, -1), 1][:most]


def test_a_search_of_a_long_record_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others take a turn again and again, while it looks and while it tells (`request-record`)."""
    monkeypatch.setattr(module, "TURN", 0.000_1)
    record, turns = Record(5_000), [0]
    add(record, 5_000)

    async def others() -> None:
        while True:
            await asyncio.sleep(0)
            turns[0] += 1

    async def main() -> None:
        other = asyncio.create_task(others())
        found = await record.search(lambda _: True, 5_000)
        looked = turns[0]
        assert len([one async for one in found.last(5_000)]) == 5_000
        assert (looked > 10, turns[0] - looked > 3) == (True, True)
        other.cancel()

    asyncio.run(main())


def test_who_waits_looks_at_each_new_request_once() -> None:
    """However many there are in the record, and although it forgets some meanwhile (`request-record`)."""
    record, looked = Record(PACK), [0]
    add(record, 100)

    def matches(exchange: Exchange) -> bool:
        looked[0] += 1
        return exchange.status == 503

    async def main() -> None:
        waiting = asyncio.create_task(record.wait(matches, 2, 30))
        await asyncio.sleep(0.01)
        before = looked[0]
        assert before == PACK
        add(record, 1, PLAIN._replace(status=503))
        add(record, 3 * PACK)
        add(record, 1, PLAIN._replace(status=503))
        assert await waiting == 2
        assert looked[0] - before == 3 * PACK + 2

    asyncio.run(main())


def test_a_cleared_record_has_nothing_that_was_waited_for() -> None:
    """Who waits begins anew, and who waits too long is told how many there are (`request-record`)."""
    record = Record()
    add(record, 1)

    async def main() -> None:
        waiting = asyncio.create_task(record.wait(lambda _: True, 2, 30))
        await asyncio.sleep(0.01)
        record.clear()
        add(record, 1)
        await asyncio.sleep(0.01)
        assert not waiting.done()
        add(record, 1)
        assert await waiting == 2
        assert await record.wait(lambda _: True, 9, 0.01) == 2
        record.end_waits()
        assert await record.wait(lambda _: True, 9, 30) == 2

    asyncio.run(main())
