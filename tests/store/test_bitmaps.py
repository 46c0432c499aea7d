"""Sets of positions as bits: what the indexes answer is what looking at every position answers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import times
from vambe_mock.store.bitmaps import Bits, CodeIndex, RankIndex, packed, word_span
from vambe_mock.store.positions import Positions

SIZES = st.sampled_from([1, 63, 64, 65, 130, 700])


def places_of(words: Any, first: int, stop: int) -> list[int]:
    """The positions of a set that spans those from *first* to before *stop*."""
    rows = np.arange(stop, dtype=np.int32)
    return rows[Positions(first, stop).among(words).page(0, None)].tolist()  # type: ignore[no-any-return]


@settings(max_examples=times(25))
@given(size=SIZES, values=st.sampled_from([1, 2, 32, 33, 64, 65, 4_100]), draw=st.randoms(use_true_random=False))
def test_a_code_has_the_positions_where_it_stands(size: int, values: int, draw: Any) -> None:
    """However many values a column has, and wherever the window begins and ends."""
    codes = np.array([draw.randrange(-1, values) for _ in range(size)], dtype=np.int16)
    first, stop = sorted((draw.randrange(size + 1), draw.randrange(size + 1)))
    asked = [draw.choice([*codes.tolist(), values - 1]) for _ in range(draw.randrange(1, 4))]
    asked = [code for code in asked if code >= 0]
    found = CodeIndex.of(codes, values).having(asked, word_span(first, stop))
    assert places_of(found, first, stop) == [place for place in range(first, stop) if codes[place] in asked]


@settings(max_examples=times(25))
@given(size=SIZES, draw=st.randoms(use_true_random=False))
def test_a_bound_has_the_positions_of_the_lower_ranks(size: int, draw: Any) -> None:
    """Every bound from none to all."""
    ranks = np.array(draw.sample(range(size), size), dtype=np.int32)
    index = RankIndex.of(ranks)
    for bound in {0, 1, size, size - 1, draw.randrange(size + 1), 16 % size}:
        assert places_of(index.below(bound, word_span(0, size)), 0, size) == np.flatnonzero(ranks < bound).tolist()


@settings(max_examples=times(25))
@given(
    size=SIZES,
    share=st.sampled_from([0.0, 0.01, 0.5, 1.0]),
    skip=st.integers(0, 800),
    limit=st.none() | st.integers(1, 90),
    draw=st.randoms(use_true_random=False),
)
def test_a_page_of_a_set(size: int, share: float, skip: int, limit: int | None, draw: Any) -> None:
    """Members in order, after some, as many as asked for; their number; and which are before a position."""
    flags = np.array([draw.random() < share for _ in range(size)])
    everything = np.flatnonzero(flags).tolist()
    first, stop = sorted((draw.randrange(size + 1), draw.randrange(size + 1)))
    inside = [place for place in everything if first <= place < stop]
    asked = np.arange(size + 1)
    window = Positions(first, stop)
    for chosen in (window.among(packed(flags)[window.span]), window.of(Bits(packed(flags)))):
        assert np.arange(size)[chosen.page(skip, limit)].tolist() == inside[skip:][:limit]
        assert len(chosen) == len(inside)
        assert chosen.have(asked).tolist() == [place in inside for place in range(size + 1)]
        assert chosen.before(asked).tolist() == [sum(one < place for one in inside) for place in range(size + 1)]
    other = packed(np.arange(size) % 2 == 0)[window.span]
    both = window.of(Bits(packed(flags))).among(other)
    assert np.arange(size)[both.page(0, None)].tolist() == [one for one in inside if one % 2 == 0]


@pytest.mark.parametrize(("values", "sets"), [(1, 1), (32, 32), (33, 3 + 3 + 3), (4_096, 5 * 3 + 4)])
def test_an_index_is_small(values: int, sets: int) -> None:
    """A set for each of few values; of many, about three for every two bits of the number of values."""
    index = CodeIndex.of(np.arange(values, dtype=np.int16), values)
    assert sum(len(one) for one in index.digits) == sets
