"""What the store answers beside the naive reference: the smallest and the oldest question."""

import random

import numpy as np
import pytest

from small_data import NEW, WON, contact, document
from vambe_mock.contract.query import parse
from vambe_mock.datasets.dataset import contacts_of, from_document
from vambe_mock.store import state
from vambe_mock.store.columns import Entry
from vambe_mock.store.filters import FilterContext
from vambe_mock.store.store import Store

NOW = 1_772_366_400_000
ALL = "created_after=2000-01-01T00:00:00Z"


def made(count: int) -> Store:
    """A store of *count* contacts, all in one stage."""
    dataset = from_document(document(*[contact(number, stage=NEW) for number in range(count)]))
    return Store(dataset.columns(0), FilterContext(dataset.header.stages()))


def moved(number: int, stage: str) -> list[Entry]:
    """One contact, in another stage and created at another instant."""
    at = f"2026-02-{1 + number % 28:02d}T00:00:00.000Z"
    header = from_document(document()).header
    return contacts_of(header, [contact(number, stage=stage, created_at=at)]).entries()


def test_an_empty_store_answers() -> None:
    """Without contacts every question has an empty answer."""
    assert made(0).find(parse(f"days=1&stage_id={NEW}".encode(), {}), NOW).contacts == []


@pytest.mark.parametrize("most", [0, 7, 1_000])
def test_changes_are_merged_now_and_then(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """However long changes are kept beside the orders, every page and count is that of a store made anew."""
    monkeypatch.setattr(state, "MOST_CHANGED", most)
    monkeypatch.setattr(state, "SHARE_CHANGED", 1)
    changed, draw = made(200), random.Random(1)
    at: dict[int, str] = dict.fromkeys(range(200), NEW)
    for _ in range(40):
        number = draw.randrange(230)
        changed.put(moved(number, WON))
        at[number] = WON
        if number % 3 == 0:
            changed.remove([str(contact(number)["id"]).encode()])
            del at[number]
        for stage in (NEW, WON):
            found = changed.find(parse(f"{ALL}&days=365&stage_id={stage}".encode(), {}), NOW)
            assert found.matched == sum(one == stage for one in at.values()) == len(found.contacts)
    assert (len(changed._state.changed["created_at"].rows) > 15) is (most > 100)
    whole = changed.find(parse(ALL.encode(), {}), NOW).contacts
    for offset in (0, 1, 50, 150, 190, 500):
        page = changed.find(parse(f"{ALL}&offset={offset}&limit=9".encode(), {}), NOW)
        assert [*page.contacts] == whole[offset : offset + 9]


def test_few_changes_are_merged_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Piece by piece, or as numpy inserts and deletes."""
    draw = np.random.default_rng(1)
    for count in range(40):
        column = np.arange(count, dtype=np.int32)
        out = np.flatnonzero(draw.random(count) < draw.random())
        before = np.sort(draw.integers(0, count, draw.integers(4), endpoint=True))
        rows = -1 - np.arange(len(before), dtype=np.int32)
        changed = state.Changed(out, rows, rows.astype(np.int64), before)
        merged = []
        for few in (0, 1_000):
            monkeypatch.setattr(state, "FEW_CHANGED", few)
            merged.append(state._merged(column, rows, changed))
        assert merged[0].tolist() == merged[1].tolist()
        assert merged[0].dtype == merged[1].dtype


def test_what_is_shared_does_not_change() -> None:
    """A state that was taken answers as it did, even if it is first asked after later changes."""
    store = made(5)
    store.put(moved(1, WON))
    kept = Store(store.state(), store.context)
    for number in range(5):
        store.put(moved(number, WON))
    asked = [parse(f"{ALL}&stage_id={stage}".encode(), {}) for stage in (NEW, WON)]
    assert [store.find(query, NOW).matched for query in asked] == [0, 5]
    assert [kept.find(query, NOW).matched for query in asked] == [4, 1]


@pytest.mark.parametrize("letters", ["0123", "abcdef"])
def test_ids_are_sorted_as_texts(letters: str) -> None:
    """Whether or not their first letters differ (`order-ties`)."""
    draw = random.Random(letters)
    ids = ["".join(draw.choice(letters) for _ in range(12)).encode() for _ in range(300)]
    ids += [b"aaaaaaaa" + one for one in ids[:50]] + [b"zzzzzzzz" + one for one in ids]
    assert state.sorted_by_id(np.array(ids)).tolist() == np.argsort(np.array(ids), kind="stable").tolist()
