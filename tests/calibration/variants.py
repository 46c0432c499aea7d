"""Targets that go another way: each alternative of the vocabulary, pairs of them, other error filters, other servers.

A variant is a dialect that the calibration is not told of, or a layer around the mock's answers that knows no dialect.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Asgi = Callable[[Any, Any, Callable[[Any], Awaitable[None]]], Awaitable[None]]
Layer = Callable[[Asgi], Asgi]

CLASS_VALIDATOR = {
    "below": '"{{parameter}} must not be less than {{minimum}}"',
    "above": '"{{parameter}} must not be greater than {{maximum}}"',
    "not-a-number": '"{{parameter}} must be a number conforming to the specified constraints"',
    "repeated-number": '"{{parameter}} must be a number conforming to the specified constraints"',
    "infinite": '"{{parameter}} must be a number conforming to the specified constraints"',
    "not-whole": '"{{parameter}} must be an integer number"',
    "unsafe-integer": '"{{parameter}} must be a safe integer"',
    "bad-instant": '"{{parameter}} must be a valid ISO 8601 date string"',
    "bad-id": '"{{parameter}} must be a UUID"',
    "repeated-text": '"{{parameter}} must be a string"',
    "empty-text": '"{{parameter}} should not be empty"',
    "no-option": '"{{parameter}} must be one of the following values: ticket, customer"',
    "repeated-option": '"{{parameter}} must be one of the following values: ticket, customer"',
}
FASTAPI = {
    "below": '{"type":"greater_than_equal","loc":["query","{{parameter}}"],"msg":"Input should be greater than or equal'
    ' to {{minimum}}","input":{{received-json}}}',
    "above": '{"type":"less_than_equal","loc":["query","{{parameter}}"],"msg":"Input should be less than or equal to '
    '{{maximum}}","input":{{received-json}}}',
    "not-a-number": '{"type":"float_parsing","loc":["query","{{parameter}}"],"msg":"Input should be a valid number",'
    '"input":{{received-json}}}',
    "bad-instant": '{"type":"datetime_parsing","loc":["query","{{parameter}}"],"msg":"Input should be a valid '
    'datetime","input":{{received-json}}}',
    "bad-id": '{"type":"uuid_parsing","loc":["query","{{parameter}}"],"msg":"Input should be a valid UUID",'
    '"input":{{received-json}}}',
}


@dataclass(frozen=True)
class Variant:
    """A target: its dialect by slug, layers around it, and what an answer of it is compared without."""

    name: str
    rules: Mapping[str, Any] = field(default_factory=dict)
    layers: Sequence[Layer] = ()
    listed: str = ""
    """What of it no dialect can say; the file must have it under ``beyond``."""
    account: int | str = 200
    """How many contacts it has, or what is special about them (``proof.ACCOUNTS``)."""


def _one(name: str, **rules: Any) -> Variant:
    return Variant(name, {slug.replace("_", "-"): value for slug, value in rules.items()})


def body(change: Callable[[int, bytes], bytes]) -> Layer:
    """A layer that changes bodies."""

    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
            start: list[Any] = []
            pieces: list[bytes] = []

            async def keep(message: Any) -> None:
                if message["type"] == "http.response.start":
                    start.append(message)
                else:
                    pieces.append(message.get("body", b""))

            await inner(scope, receive, keep)
            whole = change(start[0]["status"], b"".join(pieces))
            headers = [(name, value) for name, value in start[0]["headers"] if name.lower() != b"content-length"]
            headers.append((b"content-length", b"%d" % len(whole)))
            await send({**start[0], "headers": headers})
            await send({"type": "http.response.body", "body": whole})

        return outer

    return wrap


def refusals(change: Callable[[dict[str, Any]], Any]) -> Layer:
    """A layer that changes the JSON of refusals: another error filter."""

    def changed(status: int, whole: bytes) -> bytes:
        if status < 400:
            return whole
        return json.dumps(change(json.loads(whole)), ensure_ascii=False, separators=(",", ":")).encode()

    return body(changed)


def contacts(change: Callable[[list[dict[str, Any]]], Any]) -> Layer:
    """A layer that changes lists of contacts."""

    def changed(status: int, whole: bytes) -> bytes:
        if status != 200:
            return whole
        return json.dumps(change(json.loads(whole)), ensure_ascii=False, separators=(",", ":")).encode()

    return body(changed)


def status(codes: Mapping[int, int]) -> Layer:
    """A layer that answers with other statuses."""

    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
            async def changed(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "status": codes.get(message["status"], message["status"])}
                await send(message)

            await inner(scope, receive, changed)

        return outer

    return wrap


def headed(*added: tuple[str, str]) -> Layer:
    """A layer that adds headers to every answer."""

    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
            async def changed(message: Any) -> None:
                if message["type"] == "http.response.start":
                    more = [(name.lower().encode(), value.encode()) for name, value in added]
                    message = {**message, "headers": [*message["headers"], *more]}
                await send(message)

            await inner(scope, receive, changed)

        return outer

    return wrap


def _texts(thing: dict[str, Any]) -> dict[str, Any]:
    """The filter that many Nest projects have: texts alone."""
    message = (
        [f"{one['path'][0]}: {one['message']}" for one in thing["errors"]] if "errors" in thing else thing["message"]
    )
    return {"success": False, "statusCode": thing["statusCode"], "message": message}


VARIANTS: tuple[Variant, ...] = (
    _one("as usual"),
    _one("fractions of days are refused", days_may_be_fractional=False),
    _one("fractions of days are cut", days_may_be_fractional="down"),
    _one("fractions of days are rounded", days_may_be_fractional="nearest"),
    _one("the window's edge is outside", days_window={"edge": "exclusive"}),
    _one("calendar days, UTC", days_window={"unit": "calendar"}),
    _one("calendar days of Santiago", days_window={"unit": "calendar", "zone": "-03:00"}),
    _one("calendar days with today", days_window={"unit": "calendar-today", "zone": "-05:00"}),
    _one("days leaves out who has no ticket", days_without_ticket="left-out"),
    _one("days lists who never wrote", days_without_message="listed"),
    _one("blocked contacts are hidden", blocked_are_listed=False),
    _one("both cursors inclusive", cursor_is_exclusive={"created_after": False, "updated_after": False}),
    _one("updated_after inclusive", cursor_is_exclusive={"updated_after": False}),
    _one("cursors to the second", timestamp_precision="seconds"),
    _one("cursors rounded", timestamp_precision="nearest"),
    _one("days does not count beside updated_after", time_filters_together={"days+updated_after": "updated_after"}),
    _one(
        "of two cursors the first counts",
        time_filters_together={"created_after+updated_after": "created_after"},
        order={"created_after+updated_after": "created_at ascending"},
    ),
    _one("newest updates first", order={"updated_after": "updated_at descending"}),
    _one(
        "always by last message",
        order=dict.fromkeys(
            (
                "updated_after",
                "created_after",
                "days+updated_after",
                "days+created_after",
                "created_after+updated_after",
                "days+created_after+updated_after",
            ),
            "last_message_at descending",
        ),
    ),
    _one("ties by descending id", order_ties="id-down"),
    _one("ties by creation", order_ties="created-up"),
    _one("a limit of 50 by default", default_limit=50),
    _one("never more than 100", limit_cap=100),
    _one("a limit beyond 1000 is 1000", limit_range={"beyond": "clamp"}),
    _one("offset counts pages", paging="pages"),
    _one("stage_id is the default stage", stage_of_active_ticket="default_stage"),
    _one("pipelines have contacts without a ticket", pipeline_of_active_ticket="ticket_else_default"),
    _one("custom values without capitals", custom_field_match={"capitals": "same"}),
    _one("parts of custom values", custom_field_match={"text": "part", "capitals": "same"}),
    _one("custom fields of tickets unless asked", entity_type_default="ticket"),
    _one("unknown custom fields find nobody", custom_field_known="empty"),
    _one("unknown stages are refused", unknown_stage_or_pipeline={"stage": "refuse", "pipeline": "refuse"}),
    _one("malformed enums are ignored", malformed_values={"entity_type": "ignore"}),
    _one("unknown parameters are refused", unknown_parameters="refuse"),
    _one("a broken rule is told before wrong values", rules_first=True),
    _one(
        "half of a pair is told before a time filter", refused_by_rule={"first": ["no-custom-key", "no-custom-value"]}
    ),
    _one("the last of a repeated parameter counts", repeated_parameter="last"),
    _one("numbers in digits", number_syntax=dict.fromkeys(("plus", "exponent", "radix", "bare_point"), False)),
    _one("empty numbers are none", number_syntax={"empty": "refuse", "blank": "refuse"}),
    _one("the path to the letter", path_forms={"capitals": "404", "slash": "404"}),
    _one("ids to the letter", uuid_case="exact"),
    _one("zod 4.6", seconds_required=True),
    _one("instants with a zone of digits", timestamps={"digits": 6, "zone": "+00:00"}),
    _one(
        "422 and 403", invalid_parameters={"status": 422}, refused_by_rule={"status": 422}, unauthorized={"status": 403}
    ),
    _one("values before the key", **{"401_before_400": "values"}),
    _one("a year without a filter", time_filter_required=30),
    Variant(
        "class-validator",
        {
            "invalid-parameters": {"body": '{"message":[{{issues}}],"error":"Bad Request","statusCode":400}'},
            "issue-texts": CLASS_VALIDATOR,
        },
    ),
    Variant(
        "FastAPI's words",
        {
            "invalid-parameters": {"status": 422, "body": '{"detail":[{{issues}}]}'},
            "issue-texts": FASTAPI,
            "refused-by-rule": {"body": '{"detail":"{{message}}"}'},
            "unauthorized": {"body": '{"detail":"{{message}}"}'},
            "not-found": {"body": '{"detail":"Not Found"}'},
        },
    ),
    Variant(
        "the first fault alone",
        {
            "invalid-parameters": {"tell": "first", "body": '{"error":"{{first}}"}'},
            "issue-texts": {fault: text.strip('"') for fault, text in CLASS_VALIDATOR.items()},
        },
    ),
    Variant(
        "an envelope with path and time",
        {
            "invalid-parameters": {
                "body": '{"ok":false,"path":"{{path}}","at":"{{now}}","count":{{count}},"errors":[{{issues}}]}'
            },
            "not-found": {"body": '{"ok":false,"path":"{{target}}","at":"{{now}}"}'},
        },
    ),
    Variant(
        "headers of Express",
        {"response-headers": {"x-powered-by": "Express", "cache-control": "no-store", "etag": "{{etag}}"}},
    ),
    Variant(
        "fields beyond the document",
        {
            "extra-fields": {
                "tags": ["string"],
                "assigned_to": "uuid?",
                "score": "integer",
                "meta": {"source": "string"},
            },
            "nullable-fields": ["name"],
            "platforms": ["telegram", "whatsapp"],
            "chat-statuses": ["ARCHIVED", "ATTENDED"],
        },
    ),
    Variant("texts alone, around the mock", layers=(refusals(_texts),)),
    Variant("another status, around the mock", layers=(status({400: 422, 401: 403}),)),
    Variant("a header more, around the mock", layers=(headed(("X-Frame-Options", "DENY"), ("Vary", "Origin")),)),
    Variant(
        "keys in another order, around the mock",
        layers=(refusals(lambda thing: dict(sorted(thing.items()))),),
    ),
    _one(
        "a pair: calendar days and inclusive cursors",
        days_window={"unit": "calendar"},
        cursor_is_exclusive={"created_after": False, "updated_after": False},
    ),
    _one("a pair: pages and 20 by default", paging="pages-from-one", default_limit=20),
    _one("a pair: default stage and ids to the letter", stage_of_active_ticket="default_stage", uuid_case="exact"),
    _one("a pair: ties and descending updates", order={"updated_after": "updated_at descending"}, order_ties="id-with"),
    Variant("no contact", account=0),
    Variant("one contact", account=1),
    Variant("twelve contacts", account=12),
    Variant("all contacts at one instant", account="one instant"),
    Variant("no tickets", account="no tickets"),
    Variant("no custom fields", account="no custom fields"),
    Variant("100,000 contacts", account="100,000"),
    Variant("100,000 contacts, ties by descending id", {"order-ties": "id-down"}, account="100,000"),
    Variant("100,000 contacts, 50 by default", {"default-limit": 50}, account="100,000"),
)


def named(name: str) -> Variant:
    """The variant of that name."""
    return next(one for one in VARIANTS if one.name == name)
