"""Ids that are read from the contacts' JSON, against the same ids in an array."""

from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import times
from vambe_mock.store import wire as wire_module
from vambe_mock.store.ids import Ids, WireIds
from vambe_mock.store.state import sorted_by_id
from vambe_mock.store.wire import Rows, WireBuffer, wire_of, with_room

NUMBERS = st.integers(0, 6) | st.integers(0, 2**128 - 1)


def made(numbers: list[int]) -> tuple[WireBuffer, np.ndarray[Any, np.dtype[np.bytes_]]]:
    """Contacts with those ids, of JSON of several lengths, in a buffer as many would be, and their ids."""
    ids = [str(UUID(int=number)).encode() for number in numbers]
    many, wire_module.MANY = wire_module.MANY, 0  # type: ignore[misc]
    try:
        wire = wire_of(b'{"id":"' + one + b'","name":"' + b"x" * (place % 3) + b'"}' for place, one in enumerate(ids))
    finally:
        wire_module.MANY = many  # type: ignore[misc]
    assert isinstance(wire, WireBuffer)
    return wire, np.array(ids, dtype="S36")


def rows(count: int) -> Rows:
    """The rows below *count*."""
    return np.arange(count, dtype=np.int32)


def same(found: Ids, wanted: Ids) -> None:
    """Both have the same ids, one by one, many at once and sorted."""
    count = len(wanted)
    assert len(found) == count
    assert [bytes(found[row]) for row in range(count)] == [bytes(wanted[row]) for row in range(count)]
    assert found[rows(count)[::-1]].tolist() == wanted[rows(count)[::-1]].tolist()
    assert sorted_by_id(found).tolist() == sorted_by_id(wanted).tolist()


@settings(max_examples=times(50), deadline=None)
@given(st.lists(NUMBERS, max_size=9), st.lists(NUMBERS, max_size=3), st.data())
def test_ids_in_the_json_are_as_in_an_array(numbers: list[int], added: list[int], data: st.DataObject) -> None:
    """Whatever is taken or added, in any order; the contacts that were there keep theirs when their JSON changes."""
    wire, wanted = made(numbers)
    found = WireIds.of(wire)
    same(found, wanted)
    taken = np.array(data.draw(st.lists(st.sampled_from(range(len(numbers))), max_size=9) if numbers else st.just([])))
    taken = taken.astype(np.int32)
    same(found.take(taken, wire.take(taken).starts), wanted[taken])
    more, longer = found.copy(len(added)), with_room(wanted, len(added))
    changed = wire.copy(len(added))
    for row, number in enumerate(added, len(numbers)):
        more[row] = longer[row] = str(UUID(int=number)).encode()
        changed[row - len(numbers)] = b"{}"
    same(more, longer)
    same(more.take(taken, changed.take(taken).starts), wanted[taken])
    same(more.copy(0), longer)
    same(found, wanted)
