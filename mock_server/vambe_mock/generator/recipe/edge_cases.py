"""The named edge cases: the first contacts of a set, each of which differs from an ordinary contact in one way.

A case has one patch for each of its contacts. A patch gets an ordinary contact (nothing null, not blocked) and the
anchor in milliseconds since 1970 UTC, to which all its instants are relative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vambe_mock.contract.instants import DAY, HOUR, SECOND, write
from vambe_mock.contract.suggestions import did_you_mean
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe.examples import EXAMPLE_PIPELINE, EXAMPLE_STAGES
from vambe_mock.generator.recipe.knobs import EDGE_CASES_WANTED, PLATFORMS
from vambe_mock.generator.recipe.pools import slug

Contact = dict[str, Any]
Patch = Callable[[Contact, int], None]

_LETTERS = "abcdefghijklmnopqrstuvwxyz."  # a generated address is letters and dots, a number, and the domain


@dataclass(frozen=True)
class EdgeCase:
    """A name, a description, and one patch for each contact of the case.

    `repeats`: the case may be repeated among later contacts (knob `edge_case_share`): it sets nothing that must be
    unique, and does not depend on the contacts next to it.
    `one_customer`: all contacts of the case belong to the customer of its first one.
    """

    name: str
    description: str
    contacts: tuple[Patch, ...]
    repeats: bool = True
    one_customer: bool = False


def chosen(names: tuple[str, ...] | str) -> list[EdgeCase]:
    """The cases of the knob `edge_cases`: "all", "none", or names in the order given.

    Raises GeneratorError for a name that no case has.
    """
    if names == "none":
        return []
    if names == "all":
        return list(EDGE_CASES)
    known = {case.name: case for case in EDGE_CASES}
    unknown = [name for name in names if name not in known]
    if unknown:
        meant = did_you_mean(unknown[0], [*known, "all", "none"])
        raise GeneratorError(f"knob edge_cases names {unknown[0]!r}; {meant}{EDGE_CASES_WANTED}")
    return [known[name] for name in names]


def _with(**values: Any) -> Patch:
    """Set these fields."""

    def patch(contact: Contact, _anchor: int) -> None:
        contact.update(values)

    return patch


def _combined(*patches: Patch) -> Patch:
    """Apply these patches in turn."""

    def patch(contact: Contact, anchor: int) -> None:
        for apply in patches:
            apply(contact, anchor)

    return patch


def _at(message: int, created: int | None = None, updated: int | None = None) -> Patch:
    """Set the three instants, given as milliseconds before the anchor.

    By default the contact is created 20 days before the message and updated at its instant.
    """

    def patch(contact: Contact, anchor: int) -> None:
        contact["last_message_at"] = write(anchor - message)
        contact["created_at"] = write(anchor - (message + 20 * DAY if created is None else created))
        contact["updated_at"] = write(anchor - (message if updated is None else updated))

    return patch


def _null_ticket(contact: Contact, _anchor: int) -> None:
    contact["active_ticket_v2"] = None
    contact["custom_fields"]["ticket"] = {}


def _null_customer(contact: Contact, _anchor: int) -> None:
    contact["ai_customer_id"] = None
    contact["custom_fields"]["customer"] = {}


def _stage(stage: str | None) -> Patch:
    """Set the ticket's stage."""

    def patch(contact: Contact, _anchor: int) -> None:
        contact["active_ticket_v2"]["current_stage_id"] = stage

    return patch


def _ticket(identifier: str) -> Patch:
    """Set the ticket's id."""

    def patch(contact: Contact, _anchor: int) -> None:
        contact["active_ticket_v2"]["id"] = identifier

    return patch


def _never_messaged(contact: Contact, anchor: int) -> None:
    contact["last_message_at"] = None
    contact["created_at"] = contact["updated_at"] = write(anchor - 5 * DAY)


def _bare_digits(contact: Contact, _anchor: int) -> None:
    contact["phone"] = contact["phone"].removeprefix("+")


def _values(entity: str, **values: Any) -> Patch:
    """Set custom values of the entity; keys that the data set does not define are left out."""

    def patch(contact: Contact, _anchor: int) -> None:
        present = contact["custom_fields"][entity]
        present.update({key: value for key, value in values.items() if key in present})

    return patch


def _no_values(contact: Contact, _anchor: int) -> None:
    contact["custom_fields"] = {"customer": {}, "ticket": {}}


def _named(name: str) -> Patch:
    """Set the name, and an e-mail address made of the name's ASCII letters."""
    words = [slug(word) for word in name.split() if slug(word)] or ["contacto"]
    local = words[0] if len(words) == 1 else f"{words[0][:20]}.{words[-1][:20]}"

    def patch(contact: Contact, _anchor: int) -> None:
        contact["name"] = name
        contact["email"] = local + contact["email"].lstrip(_LETTERS)

    return patch


# The contact of the vendor's OpenAPI document, value for value (`set-example-contact`). Its instants are moved so that
# the last message is five hours before the anchor; their distances are the document's, where the contact was updated
# long before that message.
_EXAMPLE_MESSAGE = 5 * HOUR
_EXAMPLE_CREATED = _EXAMPLE_MESSAGE + 259 * DAY
_EXAMPLE = _combined(
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
# The second contact of the example answer on the vendor's page, without its phone number, which could be somebody's
# (`set-page-example`).
# The first one there has the id of the document's contact with other values; the document wins. The page has no
# updated_at.
_PAGE_MESSAGE = DAY + 1 * HOUR + 15 * 60 * SECOND + 11 * SECOND
_PAGE_EXAMPLE = _combined(
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
    EdgeCase("null_customer", "ai_customer_id is null, so there are no customer values.", (_null_customer,)),
    EdgeCase("null_default_stage", "default_stage_id is null.", (_with(default_stage_id=None),)),
    EdgeCase("null_ticket", "active_ticket_v2 is null.", (_null_ticket,)),
    EdgeCase("null_stage", "The ticket's current_stage_id is null.", (_stage(None),)),
    EdgeCase("never_messaged", "last_message_at is null: `days` never matches it, the cursors do.", (_never_messaged,)),
    EdgeCase(
        "all_nulls",
        "Everything that may be null is null.",
        (
            _combined(
                _with(phone=None, email=None, default_stage_id=None), _null_customer, _null_ticket, _never_messaged
            ),
        ),
    ),
    EdgeCase("blocked", "A blocked contact, which is listed like any other.", (_with(blocked=True),)),
    EdgeCase("unread", "UNATTENDED and not read.", (_with(chat_status="UNATTENDED", is_chat_read=False),)),
    EdgeCase("closed", "The chat is CLOSED.", (_with(chat_status="CLOSED", is_chat_read=True),)),
    EdgeCase("days_30_edge", "The last message is exactly 30 days before the anchor.", (_at(30 * DAY),)),
    EdgeCase(
        "days_30_beyond", "The last message is 30 days and one millisecond before the anchor.", (_at(30 * DAY + 1),)
    ),
    EdgeCase("days_1_edge", "The last message is exactly one day before the anchor.", (_at(DAY),)),
    EdgeCase("days_365_edge", "The last message is exactly 365 days before the anchor.", (_at(365 * DAY),)),
    EdgeCase(
        "days_365_beyond",
        "The last message is 365 days and one millisecond before the anchor: no `days` matches it.",
        (_at(365 * DAY + 1),),
    ),
    EdgeCase("this_very_moment", "The last message is at the anchor itself.", (_at(0),)),
    EdgeCase(
        "tie_created_at",
        "Three contacts created in the same millisecond; their other instants differ.",
        tuple(_at(_TIE + place * HOUR, created=40 * DAY) for place in range(3)),
        repeats=False,
    ),
    EdgeCase(
        "tie_updated_at",
        "Three contacts updated in the same millisecond; their other instants differ.",
        tuple(_at(_TIE + place * HOUR + 1, updated=11 * DAY) for place in range(3)),
        repeats=False,
    ),
    EdgeCase(
        "tie_last_message_at",
        "Three contacts with the last message in the same millisecond; their other instants differ.",
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
        "Created, last messaged and updated at the same instant, three years before the anchor.",
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
        (_combined(_with(default_stage_id=EXAMPLE_STAGES[0]), _stage(EXAMPLE_STAGES[1])),),
    ),
    EdgeCase("accents", "A name with accents and ñ.", (_named("Íñigo Núñez Güemes"),)),
    EdgeCase("tildes", "A Brazilian name with ã, ç and ê.", (_named("João Conceição Assunção Brandão"),)),
    EdgeCase(
        "decomposed",
        "Accents as combining characters: more code points than visible characters.",
        (_named("Jose\u0301 Nu\u0301n\u0303ez"),),
    ),
    EdgeCase("emoji", "A name with emoji, one of them of several code points.", (_named("Caro 🌸 👩‍👩‍👧"),)),
    EdgeCase(
        "beyond_the_bmp",
        "A Han character outside the Basic Multilingual Plane: two UTF-16 units in JavaScript.",
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
        "A name that is HTML markup.",
        (_named("<b>Rosa</b> & <script>alert(1)</script>"),),
    ),
    EdgeCase("formula", "A name that a spreadsheet would evaluate as a formula.", (_named("=1+1, @SUM(A1)"),)),
    EdgeCase("surrounding_spaces", "Leading, trailing and doubled spaces.", (_named("  Pía  Rojas "),)),
    EdgeCase("one_letter", "A name of one letter.", (_named("Ñ"),)),
    EdgeCase("empty_name", "An empty name.", (_named(""),)),
    EdgeCase("long_name", "A name of 200 characters.", (_named(_LONG),)),
    EdgeCase("bare_digits", "A phone without the plus sign, as in real payloads.", (_bare_digits,)),
    EdgeCase("plus_address", "An e-mail address with a tag.", (_with(email="pia.rojas+ventas@example.org"),)),
    EdgeCase("upper_case_address", "An e-mail address in upper case.", (_with(email="PIA.ROJAS@EXAMPLE.NET"),)),
    EdgeCase(
        "example_status",
        "status is Active on the customer only, as in the document's example.",
        (_combined(_values("customer", status="Active"), _values("ticket", status="Inactive")),),
    ),
    EdgeCase(
        "zero_and_false",
        "Custom values that are zero or false.",
        (_combined(_values("customer", visits=0, newsletter=False), _values("ticket", escalated=False, amount=0)),),
    ),
    EdgeCase(
        "odd_numbers",
        "A negative and a large custom number.",
        (_combined(_values("customer", visits=-3), _values("ticket", amount=123456789012.5)),),
    ),
    EdgeCase(
        "leap_day",
        "Custom dates on 29 February.",
        (_combined(_values("customer", birthday="2000-02-29"), _values("ticket", due_date="2024-02-29")),),
    ),
    EdgeCase(
        "odd_text",
        "Custom text with quotes, a comma, an emoji and a line break.",
        (
            _combined(
                _values("customer", region='Ñuble, "el sur"', occupation="a\\b"),
                _values("ticket", source="🛒\n2"),
            ),
        ),
    ),
    EdgeCase("no_custom_values", "A customer and a ticket without custom values.", (_no_values,)),
)
"""Every case, in the order of the first contacts of a set."""
