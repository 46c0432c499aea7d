"""Replaces every person in contacts, so that what is written leads back to nobody (`imported-people`).

Ids become other ids by a hash with a secret key, instants are moved by one random shift, names, phone numbers and
e-mail addresses come from the generator. The secret lives as long as the ``Replacer`` and is never written.
"""

import re
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from vambe_judge.asking import instants as reading
from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import FLAG_FIELDS, INSTANT_FIELDS, PLATFORMS
from vambe_mock.generator.drawing import rows
from vambe_mock.generator.drawing.draws import draw_people
from vambe_mock.generator.recipe.knobs import Shape
from vambe_mock.generator.recipe.plan import Plan
from vambe_mock.generator.recipe.randomness import uuid_text

Contact = dict[str, Any]

OTHER_STATUS: Final = "OTHER"
"""In place of a status that is no word in capitals, and may say anything."""

MOST_STAGES: Final = 10_000
"""The most stages of contacts that are remembered to be listed in the header."""

_WORD: Final = re.compile(r"[A-Z][A-Z_]{0,31}")
_DAY: Final = reading.DAY
_LEAST_SHIFT: Final = 30 * _DAY
_MOST_SHIFT: Final = 3650 * _DAY
_PERSONS: Final = 10**12
_ANY_ANCHOR: Final = 365 * 50 * _DAY


class _LeftOutError(Exception):
    """A contact that no data set can hold; the text is the name of the field."""


class Replacer:
    """Replaces the persons of one account. ``left_out`` counts the contacts that cannot be kept, by field."""

    def __init__(self) -> None:
        """Draw a new secret: two replacers have nothing in common."""
        self._key = secrets.token_bytes(32)
        away = _LEAST_SHIFT + secrets.randbelow(_MOST_SHIFT - _LEAST_SHIFT)
        self._shift = away if secrets.randbelow(2) else -away
        self._plan = Plan.of(secrets.randbits(62), 0, _ANY_ANCHOR, Shape())
        self._number = 0
        self._client = ""
        self.left_out: Counter[str] = Counter()
        self.stages: dict[str, None] = {}
        """The new ids of all stages of contacts, in the order in which they came."""

    @property
    def client(self) -> str:
        """The new id of the organisation."""
        return self._client or self.id("")

    def id(self, old: str) -> str:
        """The new id in place of *old*, whatever kind of thing has it; upper and lower case are the same id."""
        digest = blake2b(old.lower().encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        number = int.from_bytes(digest, "big")
        high, low = number >> 64, number & (1 << 64) - 1
        return uuid_text(high & 0xFFFFFFFFFFFF0FFF | 0x4000, low & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000)

    def instant(self, at: int) -> str:
        """*at*, in milliseconds since 1970 UTC, moved (`imported-instants`).

        Raises ValueError outside the years 0000 to 9999.
        """
        return instants.write(at + self._shift)

    def replaced(self, contacts: Iterable[Contact]) -> list[Contact]:
        """The contacts that can be kept, as a data set holds them: fifteen fields, and no custom values."""
        kept, olds = list[Contact](), list[Contact]()
        for old in contacts:
            try:
                kept.append(self._contact(old))
            except _LeftOutError as error:
                self.left_out[str(error)] += 1
            else:
                olds.append(old)
        self._give_names(kept, olds)
        return kept

    def _contact(self, old: Contact) -> Contact:
        platform, status = old.get("platform"), old.get("chat_status")
        if platform not in PLATFORMS:
            raise _LeftOutError("platform")
        if not isinstance(status, str) or not status:
            raise _LeftOutError("chat_status")
        for name in FLAG_FIELDS:
            if not isinstance(old.get(name), bool):
                raise _LeftOutError(name)
        moved = {name: self._moved(old, name) for name in INSTANT_FIELDS}
        ticket = old.get("active_ticket_v2")
        if ticket is not None and not isinstance(ticket, dict):
            raise _LeftOutError("active_ticket_v2")
        identifier = self._required(old, "id")
        if not self._client:
            self._client = self._required(old, "client_id")
        return {
            "id": identifier,
            "name": "",
            "phone": None,
            "email": None,
            "platform": platform,
            "last_message_at": moved["last_message_at"],
            "chat_status": status if _WORD.fullmatch(status) else OTHER_STATUS,
            "created_at": moved["created_at"],
            "updated_at": moved["updated_at"],
            "client_id": self._client,
            "ai_customer_id": self._optional(old, "ai_customer_id"),
            "default_stage_id": self._stage(old, "default_stage_id"),
            "blocked": old["blocked"],
            "is_chat_read": old["is_chat_read"],
            "active_ticket_v2": None
            if ticket is None
            else {"id": self._required(ticket, "id"), "current_stage_id": self._stage(ticket, "current_stage_id")},
            "custom_fields": {"customer": {}, "ticket": {}},
        }

    def _moved(self, old: Contact, name: str) -> str | None:
        text = old.get(name)
        if text is None and name == "last_message_at":
            return None
        try:
            return self.instant(reading.read(text))  # type: ignore[arg-type] # a TypeError is caught
        except (ValueError, TypeError, OverflowError):
            raise _LeftOutError(name) from None

    def _required(self, thing: Contact, name: str) -> str:
        new = self._optional(thing, name)
        if new is None:
            raise _LeftOutError(name)
        return new

    def _optional(self, thing: Contact, name: str) -> str | None:
        old = thing.get(name)
        if old is None:
            return None
        if not isinstance(old, str | int) or isinstance(old, bool):
            raise _LeftOutError(name)
        return self.id(str(old))

    def _stage(self, thing: Contact, name: str) -> str | None:
        new = self._optional(thing, name)
        if new is not None and len(self.stages) < MOST_STAGES:
            self.stages[new] = None
        return new

    def _give_names(self, contacts: Sequence[Contact], olds: Sequence[Contact]) -> None:
        """Name and e-mail address by customer, phone number by contact; null and empty stay so."""
        persons = [self._person(contact) for contact in contacts]
        numbers = np.arange(self._number, self._number + len(contacts), dtype=np.uint64)
        self._number += len(contacts)
        people = draw_people(
            self._plan,
            np.array(persons, dtype=np.uint64),
            numbers,
            np.array([_is_there(old, "phone") for old in olds], dtype=np.bool_),
            np.array([_is_there(old, "email") for old in olds], dtype=np.bool_),
        )
        made = zip(
            rows.names_of(self._plan, people), rows.phones_of(people), rows.emails_of(self._plan, people), strict=True
        )
        for contact, old, (name, phone, email) in zip(contacts, olds, made, strict=True):
            contact["name"] = name if _is_there(old, "name") else ""
            contact["phone"] = phone[1:] if phone and _is_bare(old["phone"]) else phone
            contact["email"] = email

    def _person(self, contact: Contact) -> int:
        """A number for the customer, or for the contact where there is none; from new ids, so it is secret too."""
        return int((contact["ai_customer_id"] or contact["id"]).replace("-", ""), 16) % _PERSONS


def _is_there(contact: Contact, name: str) -> bool:
    return contact.get(name) not in (None, "")


def _is_bare(phone: Any) -> bool:
    """Whether the phone number has no plus sign, as some of the vendor's have."""
    return not str(phone).startswith("+")
