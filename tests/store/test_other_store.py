"""Searches by a dialect: random dialects, random data, random queries, against the naive reference."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from asgi import ask, control
from dialects import searches, speaking
from effort import times
from random_data import NOW, documents, valid_queries
from small_data import AT_ANCHOR, contact, document
from vambe_mock.datasets.dataset import from_document

AT_NOW = round(NOW.timestamp() * 1000)
PATH = b"/api/public/contacts"


@settings(max_examples=times(20))
@given(document=documents(), rules=searches(), queries=st.lists(valid_queries(), min_size=1, max_size=4))
def test_every_valid_query_gets_the_bytes_of_the_reference_in_any_dialect(
    document: dict[str, Any], rules: dict[str, Any], queries: list[tuple[str, dict[str, Any]]]
) -> None:
    """Filters, order, ties, pages and printed instants are the naive reference's, asked once and asked again."""
    app = speaking(rules, from_document(document), AT_NOW)
    for sent, meaning in queries * 2:
        reply = ask(app, sent)
        assert (reply.status, reply.body) == (200, reference.answer(document, NOW, meaning, rules=rules))


def ids(body: bytes) -> list[str]:
    """The ids of an answer, the first eight digits of each."""
    return [one["id"][:8] for one in json.loads(body)]


def test_unstable_ties_differ_from_one_answer_to_the_next() -> None:
    """Equal instants come in ascending and descending order of their ids in turn, so that pages do not fit together."""
    alike = [contact(number, updated_at="2026-02-01T00:00:00.000Z") for number in (1, 2, 3)]
    app = speaking({"order-ties": "unstable"}, from_document(document(*alike)), AT_ANCHOR)
    answers = [ids(ask(app, "updated_after=2026-01-01T00:00:00Z").body) for _ in range(3)]
    assert answers[0] == sorted(answers[0])
    assert answers[1] == answers[0][::-1]
    assert answers[2] == answers[0]


def test_a_change_is_in_its_place_in_every_order() -> None:
    """A contact that is added or changed stands where the dialect's order has it, in the next answer."""
    contacts = [contact(number, updated_at="2026-02-01T00:00:00.000Z") for number in (1, 2, 3)]
    rules = {"order-ties": "id-down", "order": {"updated_after": "updated_at descending"}}
    app = speaking(rules, from_document(document(*contacts)), AT_ANCHOR)
    before = ids(ask(app, "updated_after=2026-01-01T00:00:00Z").body)
    identity = json.loads(ask(app, "updated_after=2026-01-01T00:00:00Z").body)[2]["id"]
    changed = {"updated_at": "2026-02-02T00:00:00.000Z"}
    assert control(app, "PATCH", f"/contacts/{identity}", changed).status == 200
    assert ids(ask(app, "updated_after=2026-01-01T00:00:00Z").body) == [before[2], before[0], before[1]]


@pytest.mark.parametrize(
    ("rules", "because"),
    [
        ({"days-without-ticket": "left-out"}, "days does not hold"),
        ({"blocked-are-listed": False}, "blocked does not hold"),
        ({"days-window": {"edge": "exclusive"}}, "days does not hold"),
        ({"order": {"days": "id ascending"}}, "every filter holds"),
    ],
)
def test_an_explanation_follows_the_dialect(rules: dict[str, Any], because: str) -> None:
    """``/__admin/explain`` judges by the dialect, and names its rules with the day on which they were measured."""
    one = contact(1, blocked=True, last_message_at="2026-02-28T12:00:00.000Z")
    app = speaking(rules, from_document(document(one)), AT_ANCHOR)
    told = json.loads(control(app, "GET", f"/explain?contact={one['id']}&query=days%3D1").body)
    assert told["because"] == because
    assert told["measured"] == dict.fromkeys(rules, "measured on 2026-11-28")
    assert told["listed"] == (ask(app, "days=1").body != b"[]")


def test_an_explanation_of_a_refused_query_names_the_rules_on_refusals() -> None:
    """Of a dialect, only what says which queries are refused, and how, has to do with such a query."""
    one = contact(1)
    rules = {"invalid-parameters": {"status": 422}, "order": {"days": "id ascending"}}
    app = speaking(rules, from_document(document(one)), AT_ANCHOR)
    told = json.loads(control(app, "GET", f"/explain?contact={one['id']}&query=days%3D0").body)
    assert told["because"].startswith("the query is refused with 422: ")
    assert told["measured"] == {"invalid-parameters": "measured on 2026-11-28"}
