"""Each rule of a search by itself: one value after the other, beside the naive reference, on forty contacts."""

import random
from datetime import datetime
from typing import Any

import pytest

import reference
from asgi import ask
from dialects import speaking
from random_data import INSTANTS, NOW
from small_data import LEADS, NEW, PAID, SALES, WON, contact, document
from vambe_mock.datasets.dataset import from_document

AT_NOW = round(NOW.timestamp() * 1000)
UNKNOWN = "f0000000-0000-4000-8000-00000000000f"


def forty() -> dict[str, Any]:
    """A document in which instants tie, and in which some contacts lack a message, a ticket, a stage."""
    picks, made = random.Random(7), []
    for number in range(40):
        some = {"stage": picks.choice([NEW, WON, PAID])} if picks.random() < 0.6 else {}
        customer = {"city": picks.choice(["Lima", "lima", " Lima", "Lima Norte"])} if picks.random() < 0.7 else {}
        ticket = {"plan": picks.choice(["Gold", "gold"])} if some else {}
        customer |= {"plan": "Gold"} if picks.random() < 0.3 else {}
        made.append(
            contact(
                number * 7919 % 4096,
                last_message_at=picks.choice([None, *INSTANTS]),
                created_at=picks.choice(INSTANTS),
                updated_at=picks.choice(INSTANTS),
                default_stage_id=picks.choice([None, NEW, WON, PAID]),
                blocked=picks.random() < 0.2,
                custom_fields={"customer": customer, "ticket": ticket},
                **some,
            )
        )
    return document(*made)


DOCUMENT = forty()
DATA = from_document(DOCUMENT)

TIMES: list[dict[str, Any]] = [
    *({"days": days} for days in (1, 7, 30, 365)),
    *({field: reference.at(INSTANTS[place])} for field in ("created_after", "updated_after") for place in (6, 15)),
    {"days": 30, "created_after": reference.at(INSTANTS[-3])},
    {"days": 30, "updated_after": reference.at(INSTANTS[-3])},
    {"created_after": reference.at(INSTANTS[15]), "updated_after": reference.at(INSTANTS[-3])},
    {"days": 365, "created_after": reference.at(INSTANTS[-3]), "updated_after": reference.at(INSTANTS[15])},
]
OTHERS: list[dict[str, Any]] = [
    {},
    {"limit": 3, "offset": 2},
    *({"stage_id": stage} for stage in (NEW, UNKNOWN)),
    *({"pipeline_id": pipeline} for pipeline in (LEADS, SALES, UNKNOWN)),
    {"custom_field_key": "city", "custom_field_value": "Lima"},
    {"custom_field_key": "plan", "custom_field_value": "Gold"},
]
QUERIES = [*TIMES, *({"days": 365, **other} for other in OTHERS)]


def sent(query: dict[str, Any]) -> str:
    """The query string of *query*."""
    texts = {name: reference.text(one) if isinstance(one, datetime) else str(one) for name, one in query.items()}
    return "&".join(f"{name}={text}" for name, text in texts.items())


TIES = ["id-down", "id-with", "id-against", "created-up", "created-down", "updated-up", "updated-down"]
RULES: list[tuple[str, Any]] = [
    ("days-window", {"edge": "exclusive"}),
    ("days-window", {"unit": "calendar"}),
    ("days-window", {"unit": "calendar-today", "zone": "+05:30"}),
    ("days-without-message", "listed"),
    ("days-without-ticket", "left-out"),
    ("cursor-is-exclusive", {"created_after": False}),
    ("cursor-is-exclusive", {"updated_after": False}),
    ("finer-instants", True),
    *(("time-filters-together", {"days+updated_after": one}) for one in ("days", "updated_after")),
    ("time-filters-together", {"days+created_after+updated_after": "created_after"}),
    *(("order", {"days": f"{by} {way}"}) for by in ("created_at", "id") for way in ("ascending", "descending")),
    ("order", {"days": "last_message_at ascending"}),
    ("order", {"created_after+updated_after": "created_at ascending"}),
    *(("order-ties", ties) for ties in TIES),
    ("order-ties", {"last_message_at": "id-down"}),
    *(("stage-of-active-ticket", one) for one in ("default_stage", "ticket_else_default")),
    *(("pipeline-of-active-ticket", one) for one in ("default_stage", "ticket_else_default")),
    ("custom-field-match", {"capitals": "same"}),
    ("custom-field-match", {"blanks": "trimmed"}),
    *(("custom-field-match", {"text": one}) for one in ("start", "part")),
    ("entity-type-default", "ticket"),
    ("unknown-stage-or-pipeline", {"stage": "ignore"}),
    ("unknown-stage-or-pipeline", {"pipeline": "ignore"}),
    ("blocked-are-listed", False),
    ("default-limit", 4),
    ("limit-cap", 2),
    ("paging", "pages"),
    ("paging", "pages-from-one"),
    *(("timestamps", {"digits": one}) for one in (0, 6, "trimmed")),
    *(("timestamps", {"zone": one}) for one in ("+00:00", "+0000", "none")),
    ("timestamps", {"separator": " "}),
]


@pytest.mark.parametrize(("slug", "value"), RULES)
def test_each_rule_changes_answers_and_as_the_reference_has_it(slug: str, value: Any) -> None:
    """Every answer is the reference's, and one at least is another than without the rule."""
    rules = {slug: value}
    if slug == "entity-type-default":  # the city is the customer's alone
        rules["custom-field-compatible"] = {"entity": "empty"}
    app = speaking(rules, DATA, AT_NOW)
    changed = 0
    for query in QUERIES:
        wanted = reference.answer(DOCUMENT, NOW, query, rules=rules)
        assert ask(app, sent(query)).body == wanted, query
        changed += wanted != reference.answer(DOCUMENT, NOW, query)
    assert changed


def test_contacts_without_a_message_can_be_listed_first() -> None:
    """Where they are listed at all, the dialect says on which end of an order by the last message they are."""
    rules: dict[str, Any] = {"days-without-message": "listed", "order-nulls": "first"}
    app, usual = speaking(rules, DATA, AT_NOW), {"days-without-message": "listed"}
    for query in TIMES:
        assert ask(app, sent(query)).body == reference.answer(DOCUMENT, NOW, query, rules=rules)
    assert reference.answer(DOCUMENT, NOW, {"days": 30}, rules=rules) != reference.answer(
        DOCUMENT, NOW, {"days": 30}, rules=usual
    )
