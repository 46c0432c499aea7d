"""The named edge cases: contacts that a set begins with, each different from a plain contact in one way.

A case is found by its name. Its patches turn plain contacts (nothing null, not blocked, see `draws.plain`)
into the case, one patch a contact; `anchor` is in milliseconds since 1970 UTC, and every instant is relative
to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vambe_mock.contract.instants import DAY, HOUR, SECOND
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe.definitions import EXAMPLE_PIPELINE, EXAMPLE_STAGES
from vambe_mock.generator.recipe.knobs import PLATFORMS
from vambe_mock.generator.recipe.pools import slug

Contact = dict[str, Any]
Patch = Callable[[Contact, int], None]

_LETTERS = "abcdefghijklmnopqrstuvwxyz."  # an address of ours is letters, the number of the person, the domain


@dataclass(frozen=True)
class EdgeCase:
    """A name, one sentence, and one patch for each contact of the case.

    `repeats`: later contacts may carry the patch too, because it sets nothing that must be unique or meet its
    neighbour.
    `one_customer`: all contacts of the case belong to the customer of its first one.
    """

    name: str
    sentence: str
    contacts: tuple[Patch, ...]
    repeats: bool = True
    one_customer: bool = False


def instant(milliseconds: int) -> str:
    """The instant as the wire has it: UTC, three fraction digits, `Z` (`timestamps`)."""
    seconds, rest = divmod(milliseconds, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def chosen(names: tuple[str, ...] | str) -> list[EdgeCase]:
    """The cases of a choice: "all", "none" or their names, in the order of the names."""
    if names == "none":
        return []
    if names == "all":
        return list(EDGE_CASES)
    known = {case.name: case for case in EDGE_CASES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise GeneratorError(f"no edge case is called {unknown[0]!r}; --edge-cases list shows them, for example: emoji")
    return [known[name] for name in names]


def _with(**values: Any) -> Patch:
    """The contact has these values."""

    def patch(contact: Contact, _anchor: int) -> None:
        contact.update(values)

    return patch


def _both(*patches: Patch) -> Patch:
    """All these patches, one after the other."""

    def patch(contact: Contact, anchor: int) -> None:
        for one in patches:
            one(contact, anchor)

    return patch


def _at(message: int, created: int | None = None, updated: int | None = None) -> Patch:
    """Instants as milliseconds before the anchor.

    Created 20 days before the message and updated with it if not given.
    """

    def patch(contact: Contact, anchor: int) -> None:
        contact["last_message_at"] = instant(anchor - message)
        contact["created_at"] = instant(anchor - (message + 20 * DAY if created is None else created))
        contact["updated_at"] = instant(anchor - (message if updated is None else updated))

    return patch


def _null_ticket(contact: Contact, _anchor: int) -> None:
    contact["active_ticket_v2"] = None
    contact["custom_fields"]["ticket"] = {}


def _null_customer(contact: Contact, _anchor: int) -> None:
    contact["ai_customer_id"] = None
    contact["custom_fields"]["customer"] = {}


def _stage(stage: str | None) -> Patch:
    """The ticket is in this stage."""

    def patch(contact: Contact, _anchor: int) -> None:
        contact["active_ticket_v2"]["current_stage_id"] = stage

    return patch


def _ticket(identifier: str) -> Patch:
    """The ticket has this id."""

    def patch(contact: Contact, _anchor: int) -> None:
        contact["active_ticket_v2"]["id"] = identifier

    return patch


def _never(contact: Contact, anchor: int) -> None:
    contact["last_message_at"] = None
    contact["created_at"] = contact["updated_at"] = instant(anchor - 5 * DAY)


def _bare_digits(contact: Contact, _anchor: int) -> None:
    contact["phone"] = contact["phone"].removeprefix("+")


def _values(entity: str, **values: Any) -> Patch:
    """Custom-field values of that entity; a key that the set does not define is left out."""

    def patch(contact: Contact, _anchor: int) -> None:
        held = contact["custom_fields"][entity]
        held.update({key: value for key, value in values.items() if key in held})

    return patch


def _no_values(contact: Contact, _anchor: int) -> None:
    contact["custom_fields"] = {"customer": {}, "ticket": {}}


def _named(name: str) -> Patch:
    """The contact is called so, and the address fits the name as far as its letters go."""
    words = [slug(word) for word in name.split() if slug(word)] or ["contacto"]
    local = words[0] if len(words) == 1 else f"{words[0][:20]}.{words[-1][:20]}"

    def patch(contact: Contact, _anchor: int) -> None:
        contact["name"] = name
        contact["email"] = local + contact["email"].lstrip(_LETTERS)

    return patch


# The contact of the vendor's OpenAPI document, value for value. Its instants are moved so that its last
# message came five hours before the anchor; their distances are the document's, also that it was updated long
# before its last message.
_EXAMPLE_MESSAGE = 5 * HOUR
_EXAMPLE_CREATED = _EXAMPLE_MESSAGE + 259 * DAY
_EXAMPLE = _both(
    _with(
        id="df980fc8-b6db-4820-bf22-2969482d106d",
        name="John Doe",
        phone="+56912345678",
        email="john@example.com",
        platform="whatsapp",
        chat_status="ATTENDED",
        ai_customer_id=EXAMPLE_PIPELINE,
        default_stage_id=EXAMPLE_STAGES[0],
        blocked=False,
        is_chat_read=True,
    ),
    _at(_EXAMPLE_MESSAGE, _EXAMPLE_CREATED, _EXAMPLE_CREATED - 23 * HOUR - HOUR // 2),
    _ticket(EXAMPLE_PIPELINE),
    _stage(EXAMPLE_STAGES[0]),
    _values("customer", status="Active"),
    _values("ticket", status="Active"),
)
# The second contact of the page's example answer. Its phone is not taken over: it is a number that could
# reach somebody. The first one there has the document's id with other values; the document wins. The page has
# no updated_at.
_PAGE_MESSAGE = DAY + 1 * HOUR + 15 * 60 * SECOND + 11 * SECOND
_PAGE_EXAMPLE = _both(
    _with(
        id="880e8400-e29b-41d4-a716-446655440003",
        name="Carlos Silva",
        email=None,
        platform="instagram",
        chat_status="UNATTENDED",
        ai_customer_id="990e8400-e29b-41d4-a716-446655440004",
        default_stage_id=EXAMPLE_STAGES[2],
        blocked=False,
        is_chat_read=False,
    ),
    _at(_PAGE_MESSAGE, _PAGE_MESSAGE + 193 * DAY + 8 * HOUR + 40 * 60 * SECOND + 22 * SECOND),
    _ticket("dd0e8400-e29b-41d4-a716-446655440008"),
    _stage(None),
)

_TIE = 12 * DAY
_LONG = "Maximiliano " * 15 + "de la Santísima Cruz"

EDGE_CASES: tuple[EdgeCase, ...] = (
    EdgeCase("documents_example", "The contact of the vendor's OpenAPI document.", (_EXAMPLE,), repeats=False),
    EdgeCase("pages_example", "The second contact of the vendor's page.", (_PAGE_EXAMPLE,), repeats=False),
    EdgeCase("null_phone", "phone is null.", (_with(phone=None),)),
    EdgeCase("null_email", "email is null.", (_with(email=None),)),
    EdgeCase("null_customer", "ai_customer_id is null, and so there are no customer values.", (_null_customer,)),
    EdgeCase("null_default_stage", "default_stage_id is null.", (_with(default_stage_id=None),)),
    EdgeCase("null_ticket", "active_ticket_v2 is null.", (_null_ticket,)),
    EdgeCase("null_stage", "There is a ticket, and its current_stage_id is null.", (_stage(None),)),
    EdgeCase("never_messaged", "last_message_at is null: `days` never finds it, the cursors do.", (_never,)),
    EdgeCase(
        "all_nulls",
        "Everything that may be null is null.",
        (_both(_with(phone=None, email=None, default_stage_id=None), _null_customer, _null_ticket, _never),),
    ),
    EdgeCase("blocked", "A blocked contact; it is listed like others.", (_with(blocked=True),)),
    EdgeCase("unread", "UNATTENDED and not read.", (_with(chat_status="UNATTENDED", is_chat_read=False),)),
    EdgeCase("closed", "The chat is CLOSED.", (_with(chat_status="CLOSED", is_chat_read=True),)),
    EdgeCase("days_30_edge", "The last message came exactly 30 days before the anchor.", (_at(30 * DAY),)),
    EdgeCase("days_30_beyond", "The last message came 30 days and one millisecond before it.", (_at(30 * DAY + 1),)),
    EdgeCase("days_1_edge", "The last message came exactly one day before the anchor.", (_at(DAY),)),
    EdgeCase("days_365_edge", "The last message came exactly 365 days before the anchor.", (_at(365 * DAY),)),
    EdgeCase("days_365_beyond", "365 days and one millisecond: no `days` finds it.", (_at(365 * DAY + 1),)),
    EdgeCase("this_very_moment", "The last message came at the anchor itself.", (_at(0),)),
    EdgeCase(
        "tie_created_at",
        "Three contacts created in the same millisecond, with other instants apart.",
        tuple(_at(_TIE + place * HOUR, created=40 * DAY) for place in range(3)),
        repeats=False,
    ),
    EdgeCase(
        "tie_updated_at",
        "Three contacts updated in the same millisecond, with other instants apart.",
        tuple(_at(_TIE + place * HOUR + 1, updated=11 * DAY) for place in range(3)),
        repeats=False,
    ),
    EdgeCase(
        "tie_last_message_at",
        "Three contacts whose last message came in the same millisecond, with other instants apart.",
        tuple(_at(_TIE - HOUR, created=(50 + place) * DAY, updated=_TIE - (place + 2) * HOUR) for place in range(3)),
        repeats=False,
    ),
    EdgeCase(
        "tie_all",
        "Two contacts with all three instants in the same millisecond, as after an import.",
        (_at(9 * DAY, 9 * DAY, 9 * DAY),) * 2,
        repeats=False,
    ),
    EdgeCase(
        "cursor_neighbours",
        "Three contacts one millisecond apart: a cursor at the middle one returns the last one only.",
        tuple(_at(8 * DAY, 8 * DAY + place, 8 * DAY - place) for place in (-1, 0, 1)),
        repeats=False,
    ),
    EdgeCase(
        "old_and_quiet",
        "Created, messaged and updated at one instant three years ago.",
        (_at(1095 * DAY, 1095 * DAY),),
    ),
    EdgeCase(
        "one_customer",
        "One customer on three channels: the same ai_customer_id, name and customer values.",
        (_with(platform="whatsapp"), *(_with(platform=name, phone=None) for name in ("instagram", "webchat"))),
        repeats=False,
        one_customer=True,
    ),
    EdgeCase(
        "every_platform",
        "One contact on each platform.",
        tuple(_with(platform=platform) for platform in PLATFORMS),
        repeats=False,
    ),
    EdgeCase(
        "other_stage",
        "The ticket has moved on: current_stage_id is not default_stage_id.",
        (_both(_with(default_stage_id=EXAMPLE_STAGES[0]), _stage(EXAMPLE_STAGES[1])),),
    ),
    EdgeCase("accents", "A name with accents and ñ.", (_named("Íñigo Núñez Güemes"),)),
    EdgeCase("tildes", "A Brazilian name with ã, ç and ê.", (_named("João Conceição Assunção Brandão"),)),
    EdgeCase(
        "decomposed",
        "Accents as combining characters, so the text is longer than it looks.",
        (_named("Jose\u0301 Nu\u0301n\u0303ez"),),
    ),
    EdgeCase("emoji", "A name with emoji, one of them of several code points.", (_named("Caro 🌸 👩‍👩‍👧"),)),
    EdgeCase(
        "beyond_the_bmp",
        "A Han character outside the basic plane: two units in JavaScript.",
        (_named("𠮷野 家子"),),
    ),
    EdgeCase("right_to_left", "An Arabic name, right to left.", (_named("محمد الأندلسي"),)),
    EdgeCase("mixed_direction", "Hebrew and Latin letters in one name.", (_named("דוד Levy (Santiago)"),)),
    EdgeCase("quotes", "Quotes, a backslash and an apostrophe.", (_named('Ana "La \\ Jefa" O\'Higgins'),)),
    EdgeCase(
        "control_characters",
        "A tab, a line break and the escape character.",
        (_named("Luis\tSoto\nVera\x1b"),),
    ),
    EdgeCase(
        "markup",
        "A name that would be markup in a page.",
        (_named("<b>Rosa</b> & <script>alert(1)</script>"),),
    ),
    EdgeCase("formula", "A name that a spreadsheet would calculate.", (_named("=1+1, @SUM(A1)"),)),
    EdgeCase("surrounding_spaces", "Spaces before, after and two between.", (_named("  Pía  Rojas "),)),
    EdgeCase("one_letter", "A name of one letter.", (_named("Ñ"),)),
    EdgeCase("empty_name", "A name that is an empty text.", (_named(""),)),
    EdgeCase("long_name", "A name of 200 characters.", (_named(_LONG),)),
    EdgeCase("bare_digits", "A phone without the plus sign, as real payloads carry.", (_bare_digits,)),
    EdgeCase("plus_address", "An e-mail address with a tag.", (_with(email="pia.rojas+ventas@example.org"),)),
    EdgeCase("upper_case_address", "An e-mail address in capitals.", (_with(email="PIA.ROJAS@EXAMPLE.NET"),)),
    EdgeCase(
        "example_status",
        "status is Active on the customer only, as in the document's example.",
        (_both(_values("customer", status="Active"), _values("ticket", status="Inactive")),),
    ),
    EdgeCase(
        "zero_and_false",
        "Custom values that are zero or false.",
        (_both(_values("customer", visits=0, newsletter=False), _values("ticket", escalated=False, amount=0)),),
    ),
    EdgeCase(
        "odd_numbers",
        "Custom numbers that are negative, or large.",
        (_both(_values("customer", visits=-3), _values("ticket", amount=123456789012.5)),),
    ),
    EdgeCase(
        "leap_day",
        "Custom dates on 29 February.",
        (_both(_values("customer", birthday="2000-02-29"), _values("ticket", due_date="2024-02-29")),),
    ),
    EdgeCase(
        "odd_text",
        "Custom text with quotes, a comma, an emoji and a line break.",
        (
            _both(
                _values("customer", region='Ñuble, "el sur"', occupation="a\\b"),
                _values("ticket", source="🛒\n2"),
            ),
        ),
    ),
    EdgeCase("no_custom_values", "A customer and a ticket without any custom value.", (_no_values,)),
)
"""Every case, in the order in which a set begins with them."""
