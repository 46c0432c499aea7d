"""Checks each field of a contact, and reduces the contact to what comparisons need.

``FIELDS`` states what each field may be. A fault names the field and the type of its value, never the value.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from vambe_judge.asking import instants

PARAMETERS: Final = (
    "days", "created_after", "updated_after", "limit", "offset", "stage_id", "pipeline_id",
    "custom_field_key", "custom_field_value", "entity_type",
)  # fmt: skip
"""What the endpoint can be asked with."""

PLATFORMS: Final = frozenset(
    ("whatsapp", "web-whatsapp", "instagram", "webchat", "sms", "messenger", "tiktok", "voice", "playground")
)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_PHONE: Final = re.compile(r"\+?[1-9][0-9]{1,14}")
STATUSES: Final = frozenset(("UNATTENDED", "ATTENDED", "CLOSED"))
"""The documented ones; any other word is fine, but these in other letters are not."""

MOST_KEPT: Final = 20_000
"""Contacts whose reading is kept; the same ones come in one answer after another."""

Judgement = Callable[[Any], str]
"""Empty for a good value; else what is wanted instead."""


class Fault(NamedTuple):
    """A field that is not as the document has it: which rule, which case of it, what was wanted, what came.

    ``inferred``: no document says so in words.
    """

    slug: str
    case: str
    wanted: str
    came: str
    inferred: bool = False


class Field(NamedTuple):
    """One field: its name, what it must be where it is not null, whether null is fine, whose rule its form is."""

    name: str
    judged: Judgement
    nullable: bool
    slug: str = "contact-fields"


@dataclass(frozen=True, slots=True)
class Row:
    """What stays of one contact. Instants in milliseconds since 1970 UTC, ids in lower case, None for null."""

    id: str
    created_at: int | None
    updated_at: int | None
    last_message_at: int | None
    stage: str | None
    default_stage: str | None
    ticket: str | None
    client: str
    blocked: bool
    nulls: frozenset[str]
    unknown: tuple[str, ...]
    in_order: bool
    bare_phone: bool
    digest: bytes
    written: tuple[str, ...] = ()
    """Its ids that have capitals, as they came."""

    def at(self, field: str) -> int | None:
        """The instant of that name."""
        value: int | None = getattr(self, field)
        return value


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "text"


def _some_text(value: Any) -> str:
    return "" if isinstance(value, str) and value else "text of one character or more"


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _uuid(value: Any) -> str:
    return "" if isinstance(value, str) and _UUID.fullmatch(value) else "a UUID"


def _status(value: Any) -> str:
    if isinstance(value, str) and value not in STATUSES and value.strip().upper() in STATUSES:
        return "the documented spelling, as ATTENDED"
    return _some_text(value)


def _platform(value: Any) -> str:
    return "" if isinstance(value, str) and value in PLATFORMS else "one of the nine channels"


def _phone(value: Any) -> str:
    return "" if isinstance(value, str) and _PHONE.fullmatch(value) else "a number in E.164 form"


def _instant(value: Any) -> str:
    good = isinstance(value, str) and instants.is_wire_form(value)
    return "" if good else "an instant in UTC with three fraction digits and Z"


def _ticket(value: Any) -> str:
    return "" if isinstance(value, dict) else "an object"


FIELDS: Final = (
    Field("id", _uuid, nullable=False),
    Field("name", _text, nullable=False),
    Field("phone", _phone, nullable=True, slug="phone-format"),
    Field("email", _some_text, nullable=True),
    Field("platform", _platform, nullable=False, slug="platforms"),
    Field("last_message_at", _instant, nullable=True, slug="timestamps"),
    Field("chat_status", _status, nullable=False, slug="chat-statuses"),
    Field("created_at", _instant, nullable=False, slug="timestamps"),
    Field("updated_at", _instant, nullable=False, slug="timestamps"),
    Field("client_id", _uuid, nullable=False),
    Field("ai_customer_id", _uuid, nullable=True),
    Field("default_stage_id", _uuid, nullable=True),
    Field("blocked", _flag, nullable=False),
    Field("is_chat_read", _flag, nullable=False),
    Field("active_ticket_v2", _ticket, nullable=True),
)
TICKET_FIELDS: Final = (
    Field("id", _uuid, nullable=False),
    Field("current_stage_id", _uuid, nullable=True),
)
_NAMES: Final = tuple(field.name for field in FIELDS)
_KINDS: Final[dict[type, str]] = {
    bool: "a boolean", int: "a number", float: "a number", list: "an array", dict: "an object", type(None): "null"
}  # fmt: skip


_read_before: dict[bytes, tuple[Row, tuple[Fault, ...]]] = {}


def read(items: list[Any], digest: Callable[[str], bytes]) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    """The contacts of an answer, and what is wrong with them, each fault once. *digest* is salted."""
    faults: dict[Fault, None] = {}
    rows = []
    if len(_read_before) > MOST_KEPT:
        _read_before.clear()
    for item in items:
        if isinstance(item, dict):
            exactly = digest(json.dumps(item))
            if exactly not in _read_before:
                same = digest(json.dumps(item, sort_keys=True, separators=(",", ":")))
                _read_before[exactly] = _row(item, same), tuple(faults_of(item))
            row, wrong = _read_before[exactly]
            faults.update(dict.fromkeys(wrong))
            rows.append(row)
        else:
            faults[Fault("bare-array", "contacts", "an object for each contact", kind_of(item))] = None
    return tuple(rows), tuple(faults)


def faults_of(contact: dict[str, Any]) -> Iterable[Fault]:
    """What is wrong with one contact."""
    yield from _faults(contact, FIELDS, "")
    ticket = contact.get("active_ticket_v2")
    if isinstance(ticket, dict):
        yield from _faults(ticket, TICKET_FIELDS, "active_ticket_v2.")
        if isinstance(ticket.get("id"), str) and ticket["id"] == contact.get("id"):
            yield Fault("contact-fields", "active_ticket_v2.id", "an id of its own", "the contact's", inferred=True)
    created, updated = _read(contact.get("created_at")), _read(contact.get("updated_at"))
    if created is not None and updated is not None and updated < created - instants.MINUTE:
        wanted = "created_at or later, give or take a minute"
        yield Fault("timestamps", "updated_at", wanted, "an earlier instant", inferred=True)


def plain(name: str) -> str:
    """A field's name, if it looks like one; a name can be a datum where an object is a dictionary by phone."""
    return name if _PLAIN_NAME.fullmatch(name) else f"(a name of {len(name)} characters)"


def kind_of(value: Any) -> str:
    """The kind of a value in words; of a text, how long it is."""
    return f"text of {len(value)} characters" if isinstance(value, str) else _KINDS.get(type(value), "something else")


def _faults(thing: dict[str, Any], fields: tuple[Field, ...], prefix: str) -> Iterable[Fault]:
    for field in fields:
        name = prefix + field.name
        if field.name not in thing:
            yield Fault("contact-fields", f"{name} is there", "the field, null or not", "a contact without it")
            continue
        value = thing[field.name]
        if value is None:
            if not field.nullable:
                yield Fault("nullable-fields", f"{name} is not null", field.judged(None), "null")
        elif wanted := field.judged(value):
            slug = field.slug if isinstance(value, str) and value else "contact-fields"
            yield Fault(slug, f"form of {name}", wanted, kind_of(value))


def _row(contact: dict[str, Any], digest: bytes) -> Row:
    ticket = contact.get("active_ticket_v2")
    ticket = ticket if isinstance(ticket, dict) else {}
    phone = contact.get("phone")
    nulls = {name for name in _NAMES if name in contact and contact[name] is None}
    nulls |= {f"active_ticket_v2.{plain(name)}" for name, value in ticket.items() if value is None}
    ids = [contact.get(name) for name in ("id", "client_id", "ai_customer_id", "default_stage_id")]
    ids += [ticket.get(name) for name in ("id", "current_stage_id")]
    unknown = [plain(name) for name in contact if name not in _NAMES]
    unknown += [f"active_ticket_v2.{plain(name)}" for name in ticket if name not in ("id", "current_stage_id")]
    return Row(
        id=_id(contact.get("id")) or digest.hex(),
        created_at=_read(contact.get("created_at")),
        updated_at=_read(contact.get("updated_at")),
        last_message_at=_read(contact.get("last_message_at")),
        stage=_id(ticket.get("current_stage_id")),
        default_stage=_id(contact.get("default_stage_id")),
        ticket=_id(ticket.get("id")),
        client=_id(contact.get("client_id")) or "",
        blocked=contact.get("blocked") is True,
        nulls=frozenset(nulls),
        unknown=tuple(unknown),
        in_order=[name for name in contact if name in _NAMES] == [name for name in _NAMES if name in contact],
        bare_phone=isinstance(phone, str) and phone[:1].isdigit(),
        digest=digest,
        written=tuple(one for one in ids if isinstance(one, str) and _id(one) not in (None, one)),
    )


def _id(value: Any) -> str | None:
    return value.lower() if isinstance(value, str) and _UUID.fullmatch(value) else None


def _read(value: Any) -> int | None:
    try:
        return instants.read(value) if isinstance(value, str) else None
    except ValueError:
        return None
