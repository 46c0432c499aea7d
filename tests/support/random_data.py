"""Hypothesis strategies: small data sets full of ties and matches, and queries with their meaning known beforehand.

Nothing here parses. Every text that a query sends is written next to what it means, or to the issue that it must get.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from hypothesis import strategies as st

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
CLIENT = "123e4567-e89b-12d3-a456-426614174000"
STAGES = [f"{n}0000000-0000-4000-8000-00000000000a" for n in range(1, 5)]
PIPELINES = ["a0000000-0000-4000-8000-000000000001", "b0000000-0000-4000-8000-000000000002"]
UNKNOWN_ID = "f0000000-0000-4000-8000-00000000000f"

CUSTOM_FIELDS: list[dict[str, Any]] = [
    {"key": "plan", "name": "Plan", "type": "options", "options": ["Gold", "gold", "Ñandú"], "entities": ["customer"]},
    {"key": "note", "name": "Note", "type": "text", "options": None, "entities": ["customer", "ticket"]},
    {"key": "score", "name": "Score", "type": "number", "options": None, "entities": ["ticket"]},
    {"key": "vip", "name": "VIP", "type": "boolean", "options": None, "entities": ["customer", "ticket"]},
    {"key": "since", "name": "Since", "type": "date", "options": None, "entities": ["customer"]},
    {"key": "size", "name": "Size", "type": "text", "options": None, "entities": ["customer"]},
    {"key": "size", "name": "Size", "type": "number", "options": None, "entities": ["ticket"]},
]
VALUES: dict[str, dict[str, list[Any]]] = {
    "customer": {
        "plan": ["Gold", "gold", "Ñandú"],
        "note": ["a b", "1", "x&y=z"],
        "vip": [True, False],
        "since": ["2026-01-31", "2024-02-29"],
        "size": ["1", "big"],
    },
    "ticket": {"note": ["a b", "1"], "score": [1, 1.5, -2e10], "vip": [True, False], "size": [1, 1.5]},
}


def wire(instant: datetime) -> str:
    """*instant* as a document has it."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


# Few distinct instants, so that ties are common, and each a millisecond from an edge that some query asks about.
_DAYS = [0, 1, 1.5, 7, 30, 365, 400]
_MILLISECONDS = [-1, 0, 1]


def _before(days: float, milliseconds: int) -> str:
    return wire(NOW - timedelta(days=days, milliseconds=milliseconds))


instants = st.builds(_before, st.sampled_from(_DAYS), st.sampled_from(_MILLISECONDS))


@st.composite
def contacts(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """One contact; *number* makes its id, which does not follow the order in the document.

    Its fields follow from one drawn number: to draw each of them takes fifty times as long, most of a test's time.
    """
    source = Random(draw(st.integers(0, 2**32)))
    choice = source.choice

    def maybe(value: Any) -> Any:
        return choice([None, value])

    def instant() -> str:
        return _before(choice(_DAYS), choice(_MILLISECONDS))

    def custom(entity: str) -> dict[str, Any]:
        return {key: choice(values) for key, values in VALUES[entity].items() if choice([True, False])}

    ticket = maybe({"id": f"{number:08x}-1111-4111-8111-111111111111", "current_stage_id": maybe(choice(STAGES))})
    return {
        "id": f"{(number * 7919) % 4096:08x}-0000-4000-8000-000000000000",
        "name": choice(["Ana", 'Zoë "Z" \\', "محمد", "😀", "", "a\tb\u2028c\x7f"]),
        "phone": choice([None, "+56912345678", "56912345678"]),
        "email": maybe("ana@example.com"),
        "platform": choice(["whatsapp", "voice"]),
        "last_message_at": maybe(instant()),
        "chat_status": choice(["ATTENDED", "CLOSED"]),
        "created_at": instant(),
        "updated_at": instant(),
        "client_id": CLIENT,
        "ai_customer_id": maybe(CLIENT),
        "default_stage_id": maybe(choice(STAGES)),
        "blocked": choice([True, False]),
        "is_chat_read": choice([True, False]),
        "active_ticket_v2": ticket,
        "custom_fields": {"customer": custom("customer"), "ticket": custom("ticket") if ticket else {}},
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A data set document anchored at NOW."""
    count = draw(st.integers(0, 12))
    return {
        "format": "vambe-mock/1",
        "seed": None,
        "anchor": wire(NOW),
        "client_id": CLIENT,
        "pipelines": [
            {"id": PIPELINES[0], "name": "A", "description": None, "stages": [{"id": one} for one in STAGES[:2]]},
            {"id": PIPELINES[1], "name": "B", "description": None, "stages": [{"id": STAGES[2]}]},
        ],
        "custom_fields": CUSTOM_FIELDS,
        "contacts": [draw(contacts(number)) for number in range(count)],
    }


class Sent(NamedTuple):
    """A parameter's text, percent-encoded, and what it means."""

    text: str
    meaning: Any


def _instant(days: float, ms: int, form: str) -> Sent:
    instant = NOW - timedelta(days=days, milliseconds=ms)
    if form == "offset":
        local = instant - timedelta(hours=3)
        return Sent(quote_plus(wire(local)[:-1] + "-03:00"), instant)
    return Sent(quote_plus(wire(instant)[:-1] + ("Z" if form == "Z" else "999Z")), instant)


_TIMESTAMPS = st.builds(
    _instant, st.sampled_from(_DAYS), st.sampled_from(_MILLISECONDS), st.sampled_from(["Z", "offset", "finer"])
)
_VALID_DAYS = [
    ("1", 1),
    ("7", 7),
    ("30", 30),
    ("0x1E", 30),
    ("+30.", 30),
    ("%0930+", 30),
    ("3e2", 300),
    ("1.5", 1.5),
    ("365", 365),
]
_VALID_LIMITS = [("1", 1), ("2", 2), ("3.0", 3), ("1e3", 1000), ("0b11", 3)]
_VALID_OFFSETS = [("0", 0), ("1", 1), ("", 0), ("5", 5), ("-0", 0), ("9007199254740991", 9007199254740991)]

VALID: dict[str, st.SearchStrategy[Sent]] = {
    "days": st.sampled_from([Sent(*one) for one in _VALID_DAYS]),
    "created_after": _TIMESTAMPS,
    "updated_after": _TIMESTAMPS,
    "limit": st.sampled_from([Sent(*one) for one in _VALID_LIMITS]),
    "offset": st.sampled_from([Sent(*one) for one in _VALID_OFFSETS]),
    "stage_id": st.sampled_from([Sent(one, one) for one in (*STAGES, STAGES[0].upper(), UNKNOWN_ID)]),
    "pipeline_id": st.sampled_from([Sent(one, one) for one in (*PIPELINES, PIPELINES[0].upper(), UNKNOWN_ID)]),
}

_CUSTOM = [
    ("plan", "Gold"),
    ("plan", "GOLD"),
    ("plan", "Ñandú"),
    ("note", "a b"),
    ("note", "x&y=z"),
    ("score", "1"),
    ("score", "1.50"),
    ("score", "-2e10"),
    ("vip", "true"),
    ("vip", "false"),
    ("since", "2024-02-29"),
    ("size", "1"),
    ("size", "1.0"),
    ("size", "big"),
]


@st.composite
def valid_queries(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A query string that must be answered, and its meaning."""
    clock = draw(st.sets(st.sampled_from(["days", "created_after", "updated_after"]), min_size=1))
    others = draw(st.sets(st.sampled_from(["limit", "offset", "stage_id", "pipeline_id"])))
    sent = {name: draw(VALID[name]) for name in sorted(clock | others)}
    if draw(st.booleans()):
        key, value = draw(st.sampled_from(_CUSTOM))
        sent["custom_field_key"], sent["custom_field_value"] = Sent(key, key), Sent(quote_plus(value), value)
        if key in ("vip", "note") and draw(st.booleans()):  # the two that both entities have, with one type
            entity = draw(st.sampled_from(["customer", "ticket"]))
            sent["entity_type"] = Sent(entity, entity)
    pieces = [f"{name}={one.text}" for name, one in sent.items()]
    if draw(st.booleans()):
        pieces.append(draw(st.sampled_from(["page=2", "DAYS=1", "days%5B%5D=1", "&", "sort"])))
    return "&".join(draw(st.permutations(pieces))), {name: one.meaning for name, one in sent.items()}
