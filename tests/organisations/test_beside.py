"""Long changes are made beside the loop, and still whole or not at all."""

import asyncio
import threading

import pytest

from small_data import AT_ANCHOR, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations import beside, changes
from vambe_mock.organisations.changes import NotThereError
from vambe_mock.organisations.clock import Clock
from vambe_mock.organisations.organisation import Organisation

ONE, TWO = (f"0000000{number}-0000-4000-8000-000000000000" for number in (1, 2))


@pytest.fixture
def organisation() -> Organisation:
    """Two contacts."""
    return Organisation.of(from_document(document(contact(1), contact(2))), Clock(AT_ANCHOR))


def name(organisation: Organisation, identity: str) -> str:
    """The name of a contact."""
    found: str = changes.read(organisation, identity)["name"]
    return found


@pytest.mark.parametrize("large", [{"count": 1_000}, {"size": 1 << 20}])
def test_others_are_served_while_much_is_changed(organisation: Organisation, large: dict[str, int]) -> None:
    """They see the old data until the change is whole, then the new (`changes-at-once`)."""
    seen: list[str] = []
    begun, served = threading.Event(), threading.Event()

    def work(one: Organisation) -> None:
        changes.change(one, [(ONE, {"name": "new"})])
        begun.set()
        assert served.wait(30)

    async def main() -> None:
        changing = asyncio.create_task(beside.change(organisation, work, **large))
        assert await asyncio.to_thread(begun.wait, 30)
        seen.append(name(organisation, ONE))
        served.set()
        await changing
        seen.append(name(organisation, ONE))

    asyncio.run(main())
    assert seen == ["Contact 1", "new"]


@pytest.mark.parametrize(("disturbed", "times"), [(0, 1), (1, 2), (9, 4)])
def test_what_is_changed_meanwhile_is_not_lost(organisation: Organisation, disturbed: int, times: int) -> None:
    """The work is done again on the newer data; after three times on the loop itself (`changes-at-once`)."""
    copies: list[Organisation] = []

    def work(one: Organisation) -> str:
        copies.append(one)
        if one is not organisation and len(copies) <= disturbed:
            changes.change(organisation, [(TWO, {"name": f"other {len(copies)}"})])
        changes.change(one, [(ONE, {"name": "new"})])
        return name(one, TWO)

    told = asyncio.run(beside.change(organisation, work, count=1_000))
    assert len(copies) == times
    assert (copies[-1] is organisation) == (times > beside.ATTEMPTS)
    assert name(organisation, ONE) == "new"
    assert told == name(organisation, TWO) == (f"other {min(disturbed, 3)}" if disturbed else "Contact 2")


def test_work_that_fails_changes_nothing(organisation: Organisation) -> None:
    """What it did before does not show either (`changes-at-once`)."""

    def work(one: Organisation) -> None:
        changes.change(one, [(ONE, {"name": "new"})])
        changes.define(one, [])
        changes.read(one, "none")

    header = organisation.header
    with pytest.raises(NotThereError):
        asyncio.run(beside.change(organisation, work, count=1_000))
    assert (name(organisation, ONE), organisation.header) == ("Contact 1", header)


def test_a_little_work_is_done_at_once(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread would take longer; on a large store even one change is worth it, while it is shared."""
    threads: list[Organisation] = []

    def work(one: Organisation) -> None:
        threads.append(one)
        changes.change(one, [(ONE, {"name": "new"})])

    asyncio.run(beside.change(organisation, work))
    asyncio.run(beside.look(organisation, threads.append))
    monkeypatch.setattr(beside, "LARGE", 2)
    asyncio.run(beside.change(organisation, work))
    snapshot = organisation.snapshot()
    asyncio.run(beside.change(organisation, work))
    asyncio.run(beside.change(organisation, work))
    asyncio.run(beside.look(organisation, threads.append))
    assert [one is organisation for one in threads] == [True, True, True, False, True, False]
    assert len(snapshot.state) == 2
