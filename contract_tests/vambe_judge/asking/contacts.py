"""Checks each field of a contact, and reduces the contact to what comparisons need.

``FIELDS`` states what each field may be. A fault names the field and the type of its value, never the value.
"""

import json
import marshal
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, NamedTuple

from vambe_judge.asking import instants
from vambe_judge.asking.problems import Unanswered
from vambe_mock.contract.plural import plural

MOST_ROWS: Final = 50_000
"""The most contacts of one answer that are looked at."""

MOST_KNOWN: Final = 200_000
"""The most different contacts of all answers that are kept; each takes about a kilobyte."""

MOST_NAMES: Final = 100
"""The most members of an object or an array whose names are kept."""

_SALT: Final = secrets.token_bytes(16)
_AS_IT_CAME: Final = json.JSONEncoder(separators=(",", ":"))
_PLAIN_MARSHAL: Final = 2
"""The newest format that writes equal values alike, whatever else refers to them."""
_SORTED: Final = json.JSONEncoder(separators=(",", ":"), sort_keys=True)

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
    documented: bytes
    """A digest of its documented fields alone."""
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
_TICKET_NAMES: Final = tuple(field.name for field in TICKET_FIELDS)
_KINDS: Final[dict[type, str]] = {
    bool: "a boolean", int: "a number", float: "a number", list: "an array", dict: "an object", type(None): "null"
}  # fmt: skip


class Known:
    """The contacts of a run. Most come in many answers, and are judged and kept once.

    ``too_many`` says why no more can be kept; it is empty while more can.
    """

    def __init__(self) -> None:
        """None is known yet."""
        self.rows: dict[bytes, tuple[Row, tuple[Fault, ...]]] = {}
        self.too_many = ""

    def of(self, contact: dict[str, Any]) -> tuple[Row, tuple[Fault, ...]]:
        """What stays of *contact*, and what is wrong with it. Raises Unanswered where no more can be kept."""
        key = _as_it_came(contact)  # the order of its fields is a part of what stays
        found = self.rows.get(key)
        if found is None:
            if len(self.rows) >= MOST_KNOWN:
                self.too_many = f"more than {MOST_KNOWN} different contacts came, so no more requests were sent"
                raise Unanswered(self.too_many)
            found = self.rows[key] = (_row(contact, _digest(_SORTED, contact)), tuple(faults_of(contact)))
        return found


def _as_it_came(contact: dict[str, Any]) -> bytes:
    try:
        written = marshal.dumps(contact, _PLAIN_MARSHAL)  # a tenth of the time that JSON takes
    except ValueError:  # nested too deeply for it
        written = _AS_IT_CAME.encode(contact).encode()
    return blake2b(written, key=_SALT, digest_size=12).digest()


def _digest(encoder: json.JSONEncoder, contact: dict[str, Any]) -> bytes:
    return blake2b(encoder.encode(contact).encode(), key=_SALT, digest_size=12).digest()


def read(items: list[Any], known: Known) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    """The contacts of an answer, and what is wrong with them, each fault once. Raises Unanswered for too many."""
    if len(items) > MOST_ROWS:
        raise Unanswered(f"the answer has more than {MOST_ROWS} contacts")
    faults: dict[Fault, None] = {}
    rows = []
    for item in items:
        if isinstance(item, dict):
            row, own = known.of(item)
            rows.append(row)
            faults.update(dict.fromkeys(own))
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


def some(items: Iterable[Any]) -> Iterable[Any]:
    """The first MOST_NAMES of *items*."""
    return islice(items, MOST_NAMES)


def plain(name: str) -> str:
    """A field's name, if it looks like one; a name can be a datum where an object is a dictionary by phone."""
    return name if _PLAIN_NAME.fullmatch(name) else f"(a name of {plural(len(name), 'character')})"


def kind_of(value: Any) -> str:
    """The kind of a value in words; of a text, how long it is."""
    return (
        f"text of {plural(len(value), 'character')}"
        if isinstance(value, str)
        else _KINDS.get(type(value), "something else")
    )


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
    nulls |= {f"active_ticket_v2.{name}" for name in _TICKET_NAMES if name in ticket and ticket[name] is None}
    ids = [contact.get(name) for name in ("id", "client_id", "ai_customer_id", "default_stage_id")]
    ids += [ticket.get(name) for name in ("id", "current_stage_id")]
    unknown = [plain(name) for name in some(contact) if name not in _NAMES]
    unknown += [f"active_ticket_v2.{plain(name)}" for name in some(ticket) if name not in _TICKET_NAMES]
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
        documented=_digest(_SORTED, _documented(contact)) if unknown else digest,
        written=tuple(one for one in ids if isinstance(one, str) and _id(one) not in (None, one)),
    )


def _documented(contact: dict[str, Any]) -> dict[str, Any]:
    """*contact* without the fields that no document mentions."""
    found = {name: contact[name] for name in _NAMES if name in contact}
    ticket = found.get("active_ticket_v2")
    if isinstance(ticket, dict):
        found["active_ticket_v2"] = {name: ticket[name] for name in _TICKET_NAMES if name in ticket}
    return found


def _id(value: Any) -> str | None:
    return value.lower() if isinstance(value, str) and _UUID.fullmatch(value) else None


def _read(value: Any) -> int | None:
    try:
        return instants.read(value) if isinstance(value, str) else None
    except ValueError:
        return None
