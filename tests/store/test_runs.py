"""The text of an order: its pages are those that would be joined, and never older than the contacts."""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import times
from small_data import DAY, LEADS, NEW, contact, document
from vambe_mock.contract.query import parse
from vambe_mock.datasets.dataset import contacts_of, from_document
from vambe_mock.organisations.journal import Notes
from vambe_mock.server.endpoint.answers import Answer, head_and_body
from vambe_mock.store import orders, runs, state
from vambe_mock.store.filters import FilterContext
from vambe_mock.store.runs import Run, Text
from vambe_mock.store.store import Store

NOW = 1_772_366_400_000
ASKED = ("days=365", "created_after=2000-01-01T00:00:00Z", "updated_after=2000-01-01T00:00:00Z")


def made(count: int = 9) -> Store:
    """A store of *count* contacts."""
    dataset = from_document(document(*[contact(number, stage=NEW) for number in range(count)]))
    return Store(dataset.columns(0), FilterContext(dataset.header.stages()))


def pages(store: Store, query: str) -> list[Any]:
    """What *query* is answered, three times: the text is made for the third at the latest."""
    return [store.find(parse(query.encode(), {}), NOW).contacts for _ in range(3)]


@settings(max_examples=times(40))
@given(texts=st.lists(st.binary(max_size=5), min_size=1, max_size=9), draw=st.randoms(use_true_random=False))
def test_a_run_is_its_contacts(texts: list[bytes], draw: Any) -> None:
    """One by one, by slices, and as one piece of JSON, with the brackets around it in an answer."""
    first, stop = sorted(draw.sample(range(len(texts) + 1), 2))
    run, part = Run(Text(texts), first, stop), texts[first:stop]
    assert (len(run), [*run], run[0], run[-1], run[::-1]) == (len(part), part, part[0], part[-1], part[::-1])
    assert bytes(run.json()) == b",".join(part)
    answer = Answer(200, [(b"a", b"b")], run, Notes())
    assert b"".join(head_and_body(answer, b"<", b">") or ()) == b"<%d\r\na: b\r\n>[%b]" % (
        len(run.json()) + 2,
        b",".join(part),
    )


@pytest.mark.parametrize("query", ASKED)
@pytest.mark.parametrize("paging", ["", "&limit=4", "&offset=2&limit=5", "&offset=9", "&offset=5&limit=1000"])
def test_a_page_is_a_run_once_all_contacts_were_sent(query: str, paging: str) -> None:
    """It has what was joined before."""
    store = made()
    expected = [*pages(store, query + paging)[0]]
    pages(store, query)
    last = pages(store, query + paging)[-1]
    assert isinstance(last, Run) == bool(expected)
    assert [*last] == expected


def test_a_run_is_never_older_than_the_contacts() -> None:
    """A change that moves nobody is in the next page; what was found before it, and a copy, stay as they are."""
    store = made()
    before = pages(store, ASKED[0])[-1]
    copied, old = store.copy(), [*before]
    changed = contacts_of(from_document(document()).header, [contact(4, stage=NEW, name="Somebody else")]).entries()
    store.put(changed)
    for named in (1, 0):
        after = pages(store, ASKED[0])
        assert [*map(list, after)] == [[*after[0]]] * 3
        assert isinstance(after[-1], Run)
        assert [b"Somebody else" in one for one in after[-1]].count(True) == named
        assert [*before] == old == [*pages(copied, ASKED[0])[-1]]
        store.remove([changed[0].identity] if named else [])
    store.restore(copied.state())
    assert [*pages(store, ASKED[0])[-1]] == old


FILTERED = f"days=365&stage_id={NEW}&offset=1&limit=4"


def test_a_filtered_page_is_kept_when_it_is_asked_for_again() -> None:
    """It is as it was found, and another filter or page is another."""
    store = made()
    first, _, last = [store.find(parse(FILTERED.encode(), {}), NOW) for _ in range(3)]
    assert isinstance(last.contacts, Run)
    assert ([*last.contacts], last.matched, last.steps) == ([*first.contacts], first.matched, first.steps)
    assert np.array_equal(last.rows, first.rows)
    for other in ("stage_id=" + NEW.replace("1", "2"), "offset=2", "limit=3"):
        name = other.partition("=")[0]
        query = "&".join([*(part for part in FILTERED.split("&") if not part.startswith(name)), other])
        found = store.find(parse(query.encode(), {}), NOW)
        assert not isinstance(found.contacts, Run)
        assert found.steps != last.steps
    later = store.find(parse(FILTERED.encode(), {}), NOW + 400 * DAY)
    assert (later.matched, [*later.contacts]) == (0, [])


def test_a_kept_page_says_which_filter_left_it() -> None:
    """The stage, and the pipeline that has it alone, leave the same contacts, but not the same steps."""
    store = made()
    store.filter_with(FilterContext({LEADS: (NEW,)}))
    steps = [
        [*store.find(parse(f"days=365&{one}&limit=4".encode(), {}), NOW).steps]
        for one in (f"stage_id={NEW}", f"pipeline_id={LEADS}") * 3
    ]
    assert steps == [["", "days", "stage_id", "limit"], ["", "days", "pipeline_id", "limit"]] * 3


def test_a_kept_page_is_dropped_when_contacts_change() -> None:
    """By a change, by other contacts, and by those of another store."""
    store, other = made(), made(3)
    old = [*pages(store, FILTERED)[-1]]
    whole = store.copy()
    changed = contacts_of(from_document(document()).header, [contact(4, stage=NEW, name="Somebody else")]).entries()
    for change in (
        lambda: store.put(changed),
        lambda: store.restore(whole.state()),
        lambda: store.remove([changed[0].identity]),
        lambda: store.adopt(other),
    ):
        change()
        expected = [*Store(store.state().copy(), store.context).find(parse(FILTERED.encode(), {}), NOW).contacts]
        assert [*map(list, pages(store, FILTERED))] == [expected] * 3
        assert [*pages(whole, FILTERED)[-1]] == old


def test_a_kept_page_is_dropped_when_the_orders_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many changes at once leave no contact beside the orders, and the positions may be the same."""
    monkeypatch.setattr(state, "ONE_BY_ONE", 0)
    store = made()
    header = from_document(document()).header
    for name in ("Somebody", "Somebody else"):  # the first change copies the state, the second does not
        store.put(contacts_of(header, [contact(4, stage=NEW, name=name)]).entries())
        assert [f'"{name}"'.encode() in one for one in pages(store, f"days=365&stage_id={NEW}&limit=9")[0]].count(True)
        assert isinstance(pages(store, f"days=365&stage_id={NEW}&limit=9")[-1], Run)


def test_few_pages_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was made first goes first; what is too large is not kept."""
    monkeypatch.setattr(runs, "MOST_PAGES", 2)
    store = made()
    for offset in range(6):
        assert isinstance(pages(store, f"days=365&stage_id={NEW}&limit=1&offset={offset}")[-1], Run)
    assert len(store._state.runs._pages) == 2
    monkeypatch.setattr(runs, "LONGEST_PAGE", 8)
    assert not isinstance(pages(store, FILTERED)[-1], Run)


@pytest.mark.parametrize("bound", ["MOST_CONTACTS", "MOST_BYTES"])
def test_what_is_too_large_is_joined(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    """For a set that is too large no text is made, and none when the process has enough of them."""
    monkeypatch.setattr(runs, bound, 8)
    assert not any(isinstance(page, Run) for page in pages(made(), ASKED[0]))


def test_few_sets_of_an_order_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was not used for longest goes first; what is found is the same."""
    monkeypatch.setattr(orders, "MOST_KEPT", 2)
    store = made(200)
    kept = store._state.orders["last_message_at"].kept
    for stage in (NEW, NEW.replace("1", "2"), NEW, NEW.replace("1", "3")):
        found = store.find(parse(f"days=365&stage_id={stage}&limit=3&offset=2".encode(), {}), NOW)
        assert found.matched == (200 if stage == NEW else 0)
        assert np.array_equal(found.rows, store.listed("last_message_at")[2:5] if stage == NEW else [])
    assert [wanted[0][0].values[0] for wanted in kept] == [NEW, NEW.replace("1", "3")]


def test_threads_that_look_at_one_order_are_not_in_each_others_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long work searches the same orders beside the server's thread: what one keeps or drops fails no other."""
    monkeypatch.setattr(orders, "MOST_KEPT", 1)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    stages = [f"&stage_id={one}" for one in (NEW, "0d0e4c6a-0000-4000-8000-000000000001")]
    queries = [
        parse(f"days=365{stage}{pipeline}".encode(), {})
        for stage in stages
        for pipeline in ("", f"&pipeline_id={LEADS}")
    ]
    store = made()
    expected = [[*store.find(query, NOW).contacts] for query in queries]

    def look(_: int) -> bool:
        return all([*store.find(query, NOW).contacts] == one for query, one in zip(queries, expected, strict=True))

    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(look, range(400)))
    finally:
        sys.setswitchinterval(before)
