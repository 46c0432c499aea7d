"""The fast server against the naive reference: random data, random queries, bytes equal."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from asgi import ask
from effort import times
from invalid import INVALID, body_of
from random_data import CUSTOM_FIELDS, NOW, PIPELINES, STAGES, documents, valid_queries, wire
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

AT_NOW = round(NOW.timestamp() * 1000)


def serve(document: dict[str, Any], **options: Any) -> Any:
    """An application that serves *document* with the clock frozen at NOW."""
    return create_app(from_document(document), Settings(now=AT_NOW, quiet=True, **options))


@settings(max_examples=times(150))
@given(document=documents(), query=valid_queries(), stage_filter=st.sampled_from(["active_ticket", "default_stage"]))
def test_every_valid_query_gets_the_bytes_of_the_reference(
    document: dict[str, Any], query: tuple[str, dict[str, Any]], stage_filter: Any
) -> None:
    """Filters, order, ties, paging and the written JSON are the naive reference's (`order`, `paging`, `bare-array`)."""
    sent, meaning = query
    reply = ask(serve(document, stage_filter=stage_filter), sent)
    assert (reply.status, reply.body) == (200, reference.answer(document, NOW, meaning, stage_filter=stage_filter))


@settings(max_examples=times(40))
@given(document=documents(), queries=st.lists(valid_queries(), min_size=2, max_size=8))
def test_what_is_remembered_of_one_query_never_shows_in_another(
    document: dict[str, Any], queries: list[tuple[str, dict[str, Any]]]
) -> None:
    """The lists of places that the store keeps give the same answers the first time and ever after."""
    app = serve(document)
    for sent, meaning in queries * 2:
        assert ask(app, sent).body == reference.answer(document, NOW, meaning)


@settings(max_examples=times(30))
@given(document=documents(), first=st.permutations(["days=365", "created_after=", "updated_after="]))
def test_what_is_remembered_of_a_filter_belongs_to_one_order(document: dict[str, Any], first: list[str]) -> None:
    """The same filter asked for in each of the three orders gets each time the order asked for (`order`)."""
    app = serve(document)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    for row_filter in ({"stage_id": STAGES[0]}, {"pipeline_id": PIPELINES[0]}):
        for clock in first:
            name, _, days = clock.partition("=")
            meaning = {name: 365 if days else since, **row_filter}
            sent = f"{clock}{'' if days else wire(since)}&" + "&".join(map("=".join, row_filter.items()))
            assert ask(app, sent).body == reference.answer(document, NOW, meaning)


@settings(max_examples=times(40))
@given(document=documents(), query=valid_queries(), shift=st.integers(-(10**10), 10**10))
def test_instants_move_with_the_anchor(document: dict[str, Any], query: tuple[str, dict[str, Any]], shift: int) -> None:
    """A set loaded at another time answers as if it had been made then (`re-anchored-on-load`)."""
    sent, meaning = query
    start = NOW + timedelta(milliseconds=shift)
    app = create_app(from_document(document), Settings(now=AT_NOW + shift, quiet=True))
    expected = reference.answer(reference.moved(document, start), start, meaning)
    assert ask(app, sent).body == expected


@settings(max_examples=times(100))
@given(
    faults=st.sets(st.sampled_from(INVALID), min_size=1, max_size=6),
    rest=valid_queries(),
    order=st.randoms(use_true_random=False),
)
def test_every_fault_of_every_parameter_is_told_at_once(
    faults: set[Any], rest: tuple[str, dict[str, Any]], order: Any
) -> None:
    """A query with any mix of faults gets each one's issues, in the document's order (`invalid-parameters`)."""
    faulty = {fault.name: fault for fault in faults}
    kept = [piece for piece in rest[0].split("&") if piece.partition("=")[0] not in faulty]
    pieces = [*kept, *(fault.query for fault in faulty.values())]
    order.shuffle(pieces)
    reply = ask(serve(EMPTY), "&".join(pieces))
    assert (reply.status, json.loads(reply.body)) == (400, json.loads(body_of(faulty.values())))
    assert reply.body == body_of(faulty.values())


EMPTY = {
    "format": "vambe-mock/1",
    "anchor": "2026-03-01T12:00:00.000Z",
    "client_id": "123e4567-e89b-12d3-a456-426614174000",
    "custom_fields": CUSTOM_FIELDS,
    "contacts": [],
}
