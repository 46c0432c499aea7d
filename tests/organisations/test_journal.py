"""The record packs what it keeps; held to a plain list of requests, which is the reference."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

from hypothesis import example, given
from hypothesis import strategies as st

from vambe_mock.contract.query import ContactsQuery, CustomFieldFilter
from vambe_mock.organisations.journal import PACK, Record
from vambe_mock.server.log import Asked


@dataclass
class PlainRecord:
    """The same as a record, with everything in lists."""

    most: int
    coming: list[Asked] = field(default_factory=list)
    answered: list[Asked] = field(default_factory=list)

    def expect(self, asked: Asked) -> None:
        """Know that *asked* came."""
        self.coming.append(asked)

    def add(self, asked: Asked) -> None:
        """*asked* is answered."""
        if any(one is asked for one in self.coming):
            self.answered.append(asked)

    def clear(self) -> None:
        """Forget everything."""
        self.coming, self.answered = [], []

    def kept(self) -> list[Asked]:
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
requests = st.builds(
    Asked,
    method=st.sampled_from(["GET", "HEAD"]),
    target=st.text(max_size=5),
    status=st.sampled_from([200, 400, 503]),
    steps=st.dictionaries(st.sampled_from(["", "days", "limit"]), st.integers(0, 10**7)),
    ignored=names,
    message=st.text(max_size=3),
    query=st.none() | queries,
    at=st.integers(-(2**53), 2**53),
    faults=st.lists(st.integers(1, 9), max_size=2).map(tuple),
    unmasked=st.text(max_size=3),
    milliseconds=st.floats(0, 1e9),
)
actions_ = st.lists(
    st.sampled_from(["come", "come", "come", "answer the first", "answer the last", "clear"]), max_size=30
)
WITH_A_FIELD = ContactsQuery(days=1.0, custom_field=CustomFieldFilter("plan", (("ticket", True),)), ignored=("a",))
HASTE = ["come", "come", "answer the last", "answer the first"]


def told(requests: Sequence[Asked]) -> list[dict[str, object]]:
    """All that is told of them, in their order; a named tuple is not taken for a plain one."""
    shown = [one.name for one in fields(Asked) if one.name not in ("number", "record", "started")]
    return [{**{name: getattr(request, name) for name in shown}, "": repr(request.query)} for request in requests]


@given(
    st.sampled_from([0, 1, 5, PACK, PACK + 1, 3 * PACK, 1_000]),
    actions_,
    st.sampled_from([1, 2, 16, 48]),
    st.lists(requests, min_size=1, max_size=5),
)
@example(PACK + 1, HASTE, 48, [Asked("GET", "/", 200, {"": 1, "days": 1}, unmasked="a", query=WITH_A_FIELD)])
@example(5, ["come", "clear", "answer the last", *HASTE], 1, [Asked("GET", "/", 200)])
def test_a_packed_record_is_a_plain_one(most: int, actions: list[str], times: int, some: list[Asked]) -> None:
    """Whatever comes, is answered in any order and is cleared in between, all counts and requests are the list's."""
    packed, plain = Record(most), PlainRecord(most)
    open_: list[Asked] = []
    for number, action in enumerate(actions * times):
        if action == "come":
            asked = replace(some[number % len(some)], at=number)
            open_.append(asked)
            packed.expect(asked)
            plain.expect(asked)
        elif action == "clear":
            packed.clear()
            plain.clear()
        elif open_:
            asked = open_.pop(0 if action == "answer the first" else -1)
            packed.add(asked)
            plain.add(asked)
    assert told(packed.matching(lambda _: True)) == told(plain.kept())
    assert told(packed.matching(lambda asked: asked.status == 200)) == told(
        [a for a in plain.kept() if a.status == 200]
    )
    assert (len(packed), packed.total) == (len(plain.kept()), len(plain.coming))
    assert packed.forgotten == len(plain.answered) - len(plain.kept())
