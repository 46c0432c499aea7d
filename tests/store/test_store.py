"""What the store answers beside the naive reference: the smallest and the oldest question."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import times
from small_data import NEW, WON, contact, document
from vambe_mock.contract.instants import write
from vambe_mock.contract.query import parse
from vambe_mock.contract.vocabulary import INSTANT_FIELDS, InstantField
from vambe_mock.datasets.dataset import contacts_of, from_document
from vambe_mock.store import orders, state
from vambe_mock.store.columns import NO_INSTANT, Entry
from vambe_mock.store.filters import FilterContext
from vambe_mock.store.orders import Order
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


@pytest.mark.parametrize("large", [True, False])
def test_what_is_shared_does_not_change(monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    """A state that was taken answers as it did, even if it is first asked after later changes."""
    monkeypatch.setattr(state, "INDEXED", 0 if large else 9)
    store = made(5)
    store.put(moved(1, WON))
    kept = Store(store.state(), store.context)
    for number in range(5):
        store.put(moved(number, WON))
    asked = [parse(f"{ALL}&stage_id={stage}".encode(), {}) for stage in (NEW, WON)]
    assert [store.find(query, NOW).matched for query in asked] == [0, 5]
    assert [kept.find(query, NOW).matched for query in asked] == [4, 1]


def test_a_large_state_may_change_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds what it has then, and its copy what it had."""
    monkeypatch.setattr(state, "INDEXED", 0)
    monkeypatch.setattr(orders, "STEP", 2)
    one = made(9).state()
    other = one.copy()
    before = one.orders["created_at"].all_keys().tolist()
    for number in range(0, 9, 2):
        one.put(moved(number, WON))
    assert other.orders["created_at"].all_keys().tolist() == before
    for changed in (one, other):
        store = Store(changed, FilterContext({}))
        created = changed.columns.created_at[changed.listed("updated_at")].tolist()
        for at in {0, *created}:
            query = parse(f"created_after={write(at)}".encode(), {})
            assert store.find(query, NOW).matched == sum(one > at for one in created)


@pytest.mark.parametrize("letters", ["0123", "abcdef"])
def test_ids_are_sorted_as_texts(letters: str) -> None:
    """Whether or not their first letters differ (`order-ties`)."""
    draw = random.Random(letters)
    ids = ["".join(draw.choice(letters) for _ in range(12)).encode() for _ in range(300)]
    ids += [b"aaaaaaaa" + one for one in ids[:50]] + [b"zzzzzzzz" + one for one in ids]
    assert state.sorted_by_id(np.array(ids)).tolist() == np.argsort(np.array(ids), kind="stable").tolist()


@settings(max_examples=times(60), deadline=None)
@given(
    st.lists(st.sampled_from([NO_INSTANT, 0, 1, 2, 3, NOW])),
    st.sampled_from(INSTANT_FIELDS),
    st.sampled_from([1, 2, 64]),
)
def test_keys_that_are_read_are_those_at_hand(instants: list[int], name: InstantField, step: int) -> None:
    """Every instant has the same place among them, whatever ties there are and whoever has none."""
    columns = made(len(instants)).columns
    getattr(columns, name)[:] = instants
    order = Order.by(name, columns, np.arange(len(columns), dtype=np.int32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "STEP", step)
        read = order.with_keys_read()
        assert read.all_keys().tolist() == order.all_keys().tolist()
        assert len(read.keys) == len(order.keys)
        for instant in (*instants, -1, 1, 4, NOW + 1):
            assert read.since(instant) == order.since(instant)
            for row, one in enumerate(columns.ids[np.arange(len(columns), dtype=np.int32)]):
                assert read.position(read.key(row, columns), bytes(one)) == order.position(
                    order.key(row, columns), bytes(one)
                )
