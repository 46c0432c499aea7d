"""What each filter means: one contact beside one query, in or out. The rows are the rules."""

import json
from typing import Any, NamedTuple

import pytest
from starlette.types import ASGIApp

from asgi import ask
from small_data import ANCHOR, AT_ANCHOR, LEADS, NEW, ORPHAN, PAID, SALES, WON, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings
from vambe_mock.store.filters import ROW_FILTERS, TIME_FILTERS

ALWAYS = "created_after=2000-01-01T00:00:00Z&"


class Row(NamedTuple):
    """A contact, a query, and whether it comes back."""

    case: str
    listed: bool
    query: str
    contact: dict[str, Any]


def customer(**values: Any) -> dict[str, Any]:
    """A contact whose customer has *values*."""
    return contact(1, custom_fields={"customer": values, "ticket": {}})


def ticket(**values: Any) -> dict[str, Any]:
    """A contact whose active ticket has *values*."""
    return contact(1, stage=NEW, custom_fields={"customer": {}, "ticket": values})


def field(key: str, value: str, entity: str = "") -> str:
    """The part of a query that asks for a custom field."""
    return f"{ALWAYS}custom_field_key={key}&custom_field_value={value}" + (f"&entity_type={entity}" if entity else "")


TABLE = {
    "days_window": [
        Row("a message right now", True, "days=1", contact(1)),
        Row("exactly a day ago", True, "days=1", contact(1, last_message_at="2026-02-28T12:00:00.000Z")),
        Row(
            "a millisecond more than a day ago", False, "days=1", contact(1, last_message_at="2026-02-28T11:59:59.999Z")
        ),
        Row("yesterday, but not 24 hours ago", True, "days=1", contact(1, last_message_at="2026-02-28T12:00:00.001Z")),
        Row("a day and a half, edge", True, "days=1.5", contact(1, last_message_at="2026-02-28T00:00:00.000Z")),
        Row("a day and a half, beyond", False, "days=1.5", contact(1, last_message_at="2026-02-27T23:59:59.999Z")),
        Row("thirty days, edge", True, "days=30", contact(1, last_message_at="2026-01-30T12:00:00.000Z")),
        Row("thirty days, beyond", False, "days=30", contact(1, last_message_at="2026-01-30T11:59:59.999Z")),
        Row("a year, edge", True, "days=365", contact(1, last_message_at="2025-03-01T12:00:00.000Z")),
        Row("no message ever", False, "days=365", contact(1, last_message_at=None)),
        Row("in the future", True, "days=1", contact(1, last_message_at="2026-03-02T00:00:00.000Z")),
        Row("created and updated long ago", True, "days=1", contact(1, created_at="2020-01-01T00:00:00.000Z")),
    ],
    "cursor_is_exclusive": [
        Row("created at the very instant", False, f"created_after={ANCHOR}", contact(1)),
        Row(
            "created a millisecond later",
            True,
            f"created_after={ANCHOR}",
            contact(1, created_at="2026-03-01T12:00:00.001Z"),
        ),
        Row("the cursor a millisecond earlier", True, "created_after=2026-03-01T11:59:59.999Z", contact(1)),
        Row(
            "finer digits are dropped",
            False,
            "created_after=2026-03-01T11:59:59.9999Z",
            contact(1, created_at="2026-03-01T11:59:59.999Z"),
        ),
        Row("updated at the very instant", False, f"updated_after={ANCHOR}", contact(1)),
        Row(
            "updated a millisecond later",
            True,
            f"updated_after={ANCHOR}",
            contact(1, updated_at="2026-03-01T12:00:00.001Z"),
        ),
        Row("the same instant elsewhere", False, "updated_after=2026-03-01T09:00:00-03:00", contact(1)),
        Row(
            "created later, but updated is asked",
            False,
            f"updated_after={ANCHOR}",
            contact(1, created_at="2026-04-01T00:00:00.000Z"),
        ),
        Row("no message is no matter", True, "created_after=2026-01-01T00:00:00Z", contact(1, last_message_at=None)),
        Row(
            "both cursors, one missed", False, f"created_after=2026-01-01T00:00:00Z&updated_after={ANCHOR}", contact(1)
        ),
    ],
    "stage_of_active_ticket": [
        Row("the ticket is there", True, f"days=1&stage_id={NEW}", contact(1, stage=NEW)),
        Row("asked in capitals", True, f"days=1&stage_id={NEW.upper()}", contact(1, stage=NEW)),
        Row("stored in capitals", True, f"days=1&stage_id={NEW}", contact(1, stage=NEW.upper())),
        Row("the ticket is elsewhere", False, f"days=1&stage_id={NEW}", contact(1, stage=WON)),
        Row("no ticket", False, f"days=1&stage_id={NEW}", contact(1)),
        Row("a ticket without a stage", False, f"days=1&stage_id={NEW}", contact(1, stage=None)),
        Row("only the default stage", False, f"days=1&stage_id={NEW}", contact(1, stage=WON, default_stage_id=NEW)),
        Row("a stage of no pipeline", True, f"days=1&stage_id={ORPHAN}", contact(1, stage=ORPHAN)),
        Row(
            "too long ago",
            False,
            f"days=1&stage_id={NEW}",
            contact(1, stage=NEW, last_message_at="2026-01-01T00:00:00Z"),
        ),
    ],
    "pipeline_of_active_ticket": [
        Row("its first stage", True, f"days=1&pipeline_id={LEADS}", contact(1, stage=NEW)),
        Row("its second stage", True, f"days=1&pipeline_id={LEADS}", contact(1, stage=WON)),
        Row("asked in capitals", True, f"days=1&pipeline_id={LEADS.upper()}", contact(1, stage=WON)),
        Row("another pipeline's stage", False, f"days=1&pipeline_id={LEADS}", contact(1, stage=PAID)),
        Row("no ticket", False, f"days=1&pipeline_id={LEADS}", contact(1, default_stage_id=NEW)),
        Row("a ticket without a stage", False, f"days=1&pipeline_id={LEADS}", contact(1, stage=None)),
        Row("a stage of no pipeline", False, f"days=1&pipeline_id={LEADS}", contact(1, stage=ORPHAN)),
        Row("the stage and its pipeline", True, f"days=1&pipeline_id={LEADS}&stage_id={NEW}", contact(1, stage=NEW)),
        Row(
            "the stage and another pipeline", False, f"days=1&pipeline_id={SALES}&stage_id={NEW}", contact(1, stage=NEW)
        ),
        Row("a stage's id for a pipeline's", False, f"days=1&pipeline_id={NEW}", contact(1, stage=NEW)),
    ],
    "unknown_stage_or_pipeline": [
        Row("a stage that nothing has", False, f"days=1&stage_id={ORPHAN}", contact(1, stage=NEW)),
        Row("a pipeline that nothing has", False, f"days=1&pipeline_id={ORPHAN}", contact(1, stage=NEW)),
    ],
    "custom_field_match": [
        Row("the customer's option", True, field("plan", "Gold"), customer(plan="Gold")),
        Row("the ticket's option", True, field("plan", "Gold"), ticket(plan="Gold")),
        Row("another option", False, field("plan", "Gold"), customer(plan="gold")),
        Row("no value", False, field("plan", "Gold"), contact(1)),
        Row("narrowed to the customer", True, field("plan", "Gold", "customer"), customer(plan="Gold")),
        Row("narrowed away from the customer", False, field("plan", "Gold", "ticket"), customer(plan="Gold")),
        Row("narrowed away from the ticket", False, field("plan", "Gold", "customer"), ticket(plan="Gold")),
        Row("a text, exactly", True, field("city", "Vi%C3%B1a+del+Mar"), customer(city="Viña del Mar")),
        Row("a text in other letters", False, field("city", "vi%C3%B1a+del+mar"), customer(city="Viña del Mar")),
        Row("a part of a text", False, field("city", "Vi%C3%B1a"), customer(city="Viña del Mar")),
        Row("a number, written otherwise", True, field("score", "1.50e1"), ticket(score=15)),
        Row("a number, hexadecimal", True, field("score", "0xF"), ticket(score=15.0)),
        Row("another number", False, field("score", "15.1"), ticket(score=15)),
        Row("true", True, field("vip", "true"), customer(vip=True)),
        Row("false is a value", True, field("vip", "false"), customer(vip=False)),
        Row("true is not false", False, field("vip", "false"), customer(vip=True)),
        Row("a date", True, field("since", "2026-02-28"), customer(since="2026-02-28")),
        Row("a timestamp of that date", True, field("since", "2026-02-28T23:59:59.999Z"), customer(since="2026-02-28")),
        Row("another date", False, field("since", "2026-02-27"), customer(since="2026-02-28")),
    ],
    "blocked_are_listed": [
        Row("a blocked contact", True, "days=1", contact(1, blocked=True)),
        Row("an unread chat", True, "days=1", contact(1, is_chat_read=False)),
        Row("a closed chat", True, "days=1", contact(1, chat_status="CLOSED")),
    ],
}
ROWS = [(slug, row) for slug, rows in TABLE.items() for row in rows]


def listed(row: Row, **options: Any) -> bool:
    """Whether a server that has only the row's contact answers its query with it."""
    app = create_app(from_document(document(row.contact)), Settings(now=AT_ANCHOR, quiet=True, **options))
    reply = ask(app, row.query)
    assert reply.status == 200, reply.body
    return [one["id"] for one in json.loads(reply.body)] == [row.contact["id"]]


@pytest.mark.parametrize("row", [row for _, row in ROWS], ids=[f"{slug}: {row.case}" for slug, row in ROWS])
def test_filter_table(row: Row) -> None:
    """Each row of the table holds.

    (`days-window`, `cursor-is-exclusive`, `stage-of-active-ticket`, `pipeline-of-active-ticket`,
    `unknown-stage-or-pipeline`, `custom-field-match`, `blocked-are-listed`)
    """
    assert listed(row) is row.listed


DEFAULT_STAGE = [
    Row("the default stage", True, f"days=1&stage_id={NEW}", contact(1, stage=WON, default_stage_id=NEW)),
    Row("the default stage without a ticket", True, f"days=1&stage_id={NEW}", contact(1, default_stage_id=NEW)),
    Row("only the ticket's stage", False, f"days=1&stage_id={WON}", contact(1, stage=WON, default_stage_id=NEW)),
    Row("pipelines stay the ticket's", False, f"days=1&pipeline_id={LEADS}", contact(1, default_stage_id=NEW)),
]


@pytest.mark.parametrize("row", DEFAULT_STAGE, ids=[row.case for row in DEFAULT_STAGE])
def test_stage_of_active_ticket_has_a_switch(row: Row) -> None:
    """With --stage-filter default_stage, stage_id looks at default_stage_id (`stage-of-active-ticket`)."""
    assert listed(row, stage_filter="default_stage") is row.listed


def test_every_filter_has_rows() -> None:
    """No filter of the server goes without a row in the table."""
    queries = " ".join(row.query for _, row in ROWS)
    for parameter in [one.parameter for one in (*TIME_FILTERS, *ROW_FILTERS)]:
        assert f"{parameter}_key=" in queries or f"{parameter}=" in queries


def test_filters_combine_with_and(app: ASGIApp) -> None:
    """What two filters leave together is what both leave (`stage-of-active-ticket`, `custom-field-match`)."""

    def ids(query: str) -> set[str]:
        return {one["id"] for one in json.loads(ask(app, query).body)}

    stage = next(
        one["active_ticket_v2"]["current_stage_id"]
        for one in json.loads(ask(app, "days=365").body)
        if one["active_ticket_v2"]
    )
    window, staged = "days=90", f"days=365&stage_id={stage}"
    field_only = "days=365&custom_field_key=status&custom_field_value=Active"
    together = f"days=90&stage_id={stage}&custom_field_key=status&custom_field_value=Active"
    assert ids(together) == ids(window) & ids(staged) & ids(field_only)
    assert 0 < len(ids(f"days=90&stage_id={stage}")) < len(ids(staged)) < len(ids("days=365"))
