"""What a dialect sends in one piece is what it sends contact by contact, and never older than the contacts."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects import searches, toml
from effort import times
from random_data import NOW, documents, valid_queries
from small_data import AT_ANCHOR, contact, document
from vambe_mock.contract.full_dialect import FullDialect
from vambe_mock.contract.other_contact import Speaker
from vambe_mock.datasets.dataset import Dataset, contacts_of, from_document
from vambe_mock.server.endpoint.answers import head_and_body
from vambe_mock.server.front import Front
from vambe_mock.server.settings import Settings
from vambe_mock.store import runs, spoken
from vambe_mock.store.runs import Run

AT_NOW = round(NOW.timestamp() * 1000)
EXTRA = {"extra-fields": {"score": "number?"}, "timestamps": {"digits": 0}}
ASKED = b"created_after=2000-01-01T00:00:00Z"


def speaking(rules: dict[str, Any], dataset: Dataset, now: int) -> Front:
    """A server of *dataset* by *rules*, without what is not asked for here."""
    path = Path("vambe.toml")
    return Front(dataset, Settings(now=now, quiet=True, dialect=path, dialect_text=toml(rules)), lambda _: None)


def rename(app: Front, data: dict[str, Any], number: int) -> None:
    """Give the contact with that *number* of *data* another name."""
    renamed = {**data["contacts"][number], "name": "Somebody else"}
    app.organisations.first.store.put(contacts_of(from_document(data).header, [renamed]).entries())


def asked(app: Front, query: bytes) -> tuple[Any, bytes]:
    """The list that *query* is answered with, and its JSON as it is sent, which must be that of each contact."""
    organisation = app.organisations.first
    dialect, store = organisation.dialect, organisation.store
    answer = app.endpoint.answer(organisation, query)
    assert answer.status == 200
    assert answer.rows is not None
    contacts = [bytes(store.columns.wire[row]) for row in answer.rows.tolist()]
    if isinstance(dialect, FullDialect):
        contacts = Speaker(dialect).contacts(contacts)
    body, expected = answer.body, b"[" + b",".join(contacts) + b"]"
    assert [*body] == contacts
    sent = b"".join(head_and_body(answer, b"", b"\n") or ())
    assert sent[sent.index(b"\n[") + 1 :] == expected
    assert answer.whole_body() == expected or isinstance(body, list)
    return body, expected


@settings(max_examples=times(12))
@given(
    document=documents(),
    rules=searches(),
    speaks=st.booleans(),
    queries=st.lists(valid_queries(), min_size=1, max_size=3),
    changed=st.integers(0, 20),
)
def test_the_quick_way_sends_what_the_way_contact_by_contact_sends(
    document: dict[str, Any],
    rules: dict[str, Any],
    speaks: bool,
    queries: list[tuple[str, dict[str, Any]]],
    changed: int,
) -> None:
    """Whatever is asked, in whatever dialect, before and after a change, and while the text is made in steps."""
    app = speaking({**rules, **(EXTRA if speaks else {})}, from_document(document), AT_NOW)
    with patch.object(spoken, "PIECE", 5):
        for _ in range(2):
            for _ in range(4):
                for sent, _ in queries:
                    asked(app, sent.encode())
            if changed >= len(document["contacts"]):
                break
            rename(app, document, changed)


@pytest.mark.parametrize("rules", [EXTRA, {"order-ties": "id-down"}, {**EXTRA, "order-ties": "id-down"}])
@pytest.mark.parametrize("paging", ["", "&limit=4", "&offset=3&limit=5", "&offset=9&limit=1"])
def test_a_page_is_one_piece_once_all_contacts_were_sent(rules: dict[str, Any], paging: str) -> None:
    """Also where the dialect only searches otherwise; a change of a contact is in the next page."""
    data = document(*map(contact, range(10)))
    app = speaking(rules, from_document(data), AT_ANCHOR)
    before = [asked(app, ASKED + query.encode()) for query in ("", "", paging)]
    assert [isinstance(body, Run) for body, _ in before] == [False, False, True]
    rename(app, data, 3)
    after = [asked(app, ASKED) for _ in range(3)]
    assert after[0][1].count(b"Somebody else") == 1
    assert isinstance(after[-1][0], Run)


def test_a_page_with_others_between_its_contacts_has_the_right_ones() -> None:
    """A filter on one instant in the order of another leaves some contacts of a listing, in any places."""
    messages = [f"2026-02-{day:02d}T00:00:00.000Z" for day in (1, 9, 8, 2, 7, 3, 6, 5, 4, 10)]
    contacts = [contact(number, created_at=one, last_message_at=messages[0]) for number, one in enumerate(messages)]
    app = speaking({"order": {"created_after": "id ascending"}, **EXTRA}, from_document(document(*contacts)), AT_ANCHOR)
    for _ in range(2):
        asked(app, ASKED + b"&limit=10")
    for day in range(1, 10):
        due = sorted(one["id"] for one in contacts if one["created_at"] > f"2026-02-{day:02d}T00:00:00.000Z")
        for paging, part in ((b"&limit=9", due[:9]), (b"&offset=2&limit=3", due[2:5])):
            _, sent = asked(app, b"created_after=2026-02-%02dT00:00:00Z" % day + paging)
            assert [one["id"] for one in json.loads(sent)] == part


@pytest.mark.parametrize(("room", "bound"), [(spoken, "MOST_CONTACTS"), (runs, "MOST_BYTES")])
def test_what_is_too_large_is_sent_contact_by_contact(monkeypatch: pytest.MonkeyPatch, room: Any, bound: str) -> None:
    """For a set that is too large no text is made, and none when the process has enough of them."""
    monkeypatch.setattr(room, bound, 8)
    app = speaking(EXTRA, from_document(document(*map(contact, range(10)))), AT_ANCHOR)
    assert not any(isinstance(asked(app, ASKED)[0], Run) for _ in range(5))


def test_no_request_waits_for_all_contacts_to_be_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is made a few contacts at a time, whichever page is asked for."""
    monkeypatch.setattr(spoken, "PIECE", 3)
    app = speaking(EXTRA, from_document(document(*map(contact, range(10)))), AT_ANCHOR)
    made: list[int] = []
    speak = Speaker.contacts

    def counted(self: Speaker, wire: list[bytes]) -> list[bytes]:
        made.append(len(wire))
        return speak(self, wire)

    monkeypatch.setattr(Speaker, "contacts", counted)
    organisation = app.organisations.first
    bodies = [app.endpoint.answer(organisation, ASKED + b"&limit=2").body for _ in range(11)]
    assert max(made) == 3
    assert [isinstance(body, Run) for body in bodies] == [False] * 9 + [True] * 2


def test_threads_that_make_one_text_are_not_in_each_others_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second finds what the first has made."""
    monkeypatch.setattr(spoken, "PIECE", 3)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    dataset = from_document(document(*map(contact, range(10))))
    try:
        with ThreadPoolExecutor(4) as pool:
            for _ in range(10):
                app = speaking(EXTRA, dataset, AT_ANCHOR)
                bodies = [body for body, _ in pool.map(lambda _, app=app: asked(app, ASKED + b"&limit=3"), range(20))]
                assert isinstance(bodies[-1], Run)
    finally:
        sys.setswitchinterval(before)
