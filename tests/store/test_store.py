"""What the store keeps between questions, and what that may cost."""

import pytest

from small_data import NEW, contact, document
from vambe_mock.contract.query import parse
from vambe_mock.datasets.dataset import from_document
from vambe_mock.store import store
from vambe_mock.store.filters import FilterContext
from vambe_mock.store.store import Store

NOW = 1_772_366_400_000
ASKED = [f"days=1&stage_id={NEW[:-2]}{number:02x}" for number in range(20)]


def made(count: int) -> Store:
    """A store of *count* contacts, all in one stage."""
    dataset = from_document(document(*[contact(number, stage=NEW) for number in range(count)]))
    return Store(dataset.columns(0), FilterContext(dataset.header.stages()))


def test_kept_positions_are_bounded() -> None:
    """However many filters are asked for, the positions kept stay within their bound, and the answers the same."""
    kept = made(10)
    for _ in range(3):
        for number, query in enumerate(ASKED * 5):
            by = ("created_after=2020-01-01T00:00:00Z", "updated_after=2020-01-01T00:00:00Z", "days=1")[number % 3]
            found = kept.find(parse(query.replace("days=1", by).encode(), {}), NOW)
            assert found.matched == (10 if NEW in query else 0)
        assert (
            sum(len(positions) for positions in kept._postings.values())
            == kept._positions_kept
            <= 10 * store.MAX_POSITIONS
        )


def test_kept_lists_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters that match nothing are forgotten too when there are many of them."""
    monkeypatch.setattr(store, "MAX_POSTINGS", 5)
    kept = made(2)
    for query in ASKED:
        kept.find(parse(query.encode(), {}), NOW)
    assert len(kept._postings) == 5


def test_an_empty_store_answers() -> None:
    """Without contacts every question has an empty answer."""
    assert made(0).find(parse(ASKED[0].encode(), {}), NOW).contacts == []
