"""The contacts' JSON as it is sent: a buffer gives what a list of texts gives."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vambe_mock.store.wire import PIECE, Cut, WireBuffer, size_of

ALL = [b"%d," % number * (number % 7) for number in range(3 * PIECE)]
CHANGES = st.dictionaries(st.integers(0, len(ALL) - 1), st.binary(max_size=20), max_size=30)


def _buffer() -> WireBuffer:
    lengths = np.fromiter(map(len, ALL), np.uint8, len(ALL))
    starts = (lengths.cumsum(dtype=np.int64) - lengths).astype(np.uint16)
    return WireBuffer(np.frombuffer(b"".join(ALL), dtype=np.uint8), starts, lengths)


@given(
    chance=st.randoms(use_true_random=False),
    count=st.sampled_from((0, 1, PIECE, PIECE + 1, 2 * PIECE + 5)),
    changes=CHANGES,
)
def test_a_buffer_gives_the_texts_of_a_list(chance: Random, count: int, changes: dict[int, bytes]) -> None:
    """Whole, by place and by slice, and as long as they are together."""
    wire, texts = _buffer(), [*ALL]
    for row, text in changes.items():
        wire[row] = texts[row] = text
    rows = np.array(chance.choices(range(len(ALL)), k=count), dtype=np.int32)
    expected, found = [texts[row] for row in rows], wire.texts(rows)
    assert isinstance(found, Cut) == (count > PIECE)
    assert [*found] == expected
    assert size_of(found) == sum(map(len, expected))
    assert ([*found[3:PIECE]], [*found[PIECE:]]) == (expected[3:PIECE], expected[PIECE:])
    assert [*found[::-2]] == expected[::-2]
    if expected:
        assert (found[0], found[-1]) == (expected[0], expected[-1])


def test_what_was_asked_for_stays_as_it_was() -> None:
    """A change after the question is not in the answer, though most of it is not sent yet."""
    wire = _buffer()
    wire[5] = b"before"
    found = wire.texts(np.arange(PIECE + 1, dtype=np.int32))
    wire[5], wire[6] = b"after", b"after"
    assert [*found] == [*ALL[:5], b"before", *ALL[6 : PIECE + 1]]
