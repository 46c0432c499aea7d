"""Drawn contacts as plain dicts: the simple implementation, whose bytes the fast encoders must reproduce."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from vambe_mock.contract.vocabulary import CHAT_STATUSES
from vambe_mock.generator.drawing import draws
from vambe_mock.generator.drawing.draws import DOMAINS, NULL
from vambe_mock.generator.recipe import phones, pools
from vambe_mock.generator.recipe.knobs import PLATFORMS
from vambe_mock.generator.recipe.randomness import uuid_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vambe_mock.generator.drawing.draws import Draws, People
    from vambe_mock.generator.recipe.plan import Plan
    from vambe_mock.generator.recipe.randomness import Indices, Words

Contact = dict[str, Any]


def rows(plan: Plan, start: int, stop: int) -> list[Contact]:
    """Generate contacts `start` to `stop` - 1: the 15 wire fields in the document's order, then `custom_fields`."""
    return rows_of(plan, draws.draw(plan, start, stop))


def rows_of(plan: Plan, drawn: Draws) -> list[Contact]:
    """The drawn contacts as dicts, with the patches of edge cases applied."""
    contacts = [*_PlainContacts(plan, drawn).contacts()]
    for contact, number, case in zip(contacts, drawn.numbers.tolist(), drawn.repeated_case.tolist(), strict=True):
        if number < len(plan.first_patches):
            plan.first_patches[number](contact, plan.anchor)
        elif case != NULL:
            plan.repeatable_patches[case](contact, plan.anchor)
        if plan.shape.legacy:
            del contact["updated_at"]
    return contacts


def line(contact: Contact) -> str:
    """The contact as compact JSON, without a line break."""
    return json.dumps(contact, ensure_ascii=False, separators=(",", ":"))


class _PlainContacts:
    """Makes a list for each field, and puts these together as contacts."""

    def __init__(self, plan: Plan, drawn: Draws) -> None:
        self.plan, self.drawn = plan, drawn

    def contacts(self) -> Iterator[Contact]:
        plan, drawn = self.plan, self.drawn
        names = names_of(plan, drawn)
        columns = zip(
            _uuids(drawn.id),
            names,
            phones_of(drawn),
            emails_of(plan, drawn),
            [PLATFORMS[at] for at in drawn.platform.tolist()],
            _instants(drawn.last_message_at),
            drawn.has_message.tolist(),
            [CHAT_STATUSES[at] for at in drawn.chat_status.tolist()],
            _instants(drawn.created_at),
            _instants(drawn.updated_at),
            _uuids(drawn.customer),
            drawn.has_customer.tolist(),
            self._stage_ids(drawn.default_stage),
            drawn.blocked.tolist(),
            drawn.is_chat_read.tolist(),
            _uuids(drawn.ticket),
            drawn.has_ticket.tolist(),
            self._stage_ids(drawn.current_stage),
            self._values("customer"),
            self._values("ticket"),
            strict=True,
        )
        for (
            id_,
            name,
            phone,
            email,
            platform,
            last_message_at,
            has_message,
            chat_status,
            created_at,
            updated_at,
            customer,
            has_customer,
            default_stage,
            blocked,
            is_chat_read,
            ticket,
            has_ticket,
            current_stage,
            customer_values,
            ticket_values,
        ) in columns:
            yield {
                "id": id_,
                "name": name,
                "phone": phone,
                "email": email,
                "platform": platform,
                "last_message_at": last_message_at if has_message else None,
                "chat_status": chat_status,
                "created_at": created_at,
                "updated_at": updated_at,
                "client_id": plan.shape.client_id,
                "ai_customer_id": customer if has_customer else None,
                "default_stage_id": default_stage,
                "blocked": blocked,
                "is_chat_read": is_chat_read,
                "active_ticket_v2": {"id": ticket, "current_stage_id": current_stage} if has_ticket else None,
                "custom_fields": {"customer": customer_values, "ticket": ticket_values},
            }

    def _stage_ids(self, stages: Indices) -> list[str | None]:
        ids = self.plan.stage_ids
        return [ids[stage] if stage != NULL else None for stage in stages.tolist()]

    def _values(self, entity: str) -> list[dict[str, Any]]:
        values_of_contacts: list[dict[str, Any]] = [{} for _ in self.drawn.numbers]
        for field, table in self.plan.tables[entity]:
            key, values = self.plan.fields[field].key, table.values
            for contact, index in zip(values_of_contacts, self.drawn.values[entity, field].tolist(), strict=True):
                if index != NULL:
                    contact[key] = values[index]
        return values_of_contacts


def names_of(plan: Plan, drawn: Draws | People) -> list[str]:
    """The full names."""
    first, last = plan.first_names.values, plan.last_names.values
    parts = zip(drawn.first.tolist(), drawn.second.tolist(), drawn.last.tolist(), drawn.maternal.tolist(), strict=True)
    return [
        first[name]
        + (f" {first[second]}" if second != NULL else "")
        + f" {last[surname]}"
        + (f" {last[maternal]}" if maternal != NULL else "")
        for name, second, surname, maternal in parts
    ]


def phones_of(drawn: Draws | People) -> list[str | None]:
    """The phone numbers."""
    parts = zip(drawn.locale.tolist(), drawn.phone.tolist(), drawn.has_phone.tolist(), strict=True)
    return [
        f"{phones.PREFIXES[locale][0]}{digits:0{phones.PREFIXES[locale][1]}d}" if present else None
        for locale, digits, present in parts
    ]


def emails_of(plan: Plan, drawn: Draws | People) -> list[str | None]:
    """The e-mail addresses."""
    first = [pools.slug(name) for name in plan.first_names.values]
    last = [pools.slug(name) for name in plan.last_names.values]
    parts = zip(
        drawn.first.tolist(), drawn.last.tolist(), drawn.person.tolist(), drawn.email_domain.tolist(), strict=True
    )
    return [
        f"{first[name]}.{last[surname]}{person}@{DOMAINS[domain]}" if domain != NULL else None
        for name, surname, person, domain in parts
    ]


def _uuids(halves: tuple[Words, Words]) -> list[str]:
    return [uuid_text(high, low) for high, low in zip(halves[0].tolist(), halves[1].tolist(), strict=True)]


def _instants(milliseconds: Indices) -> list[str]:
    texts = np.datetime_as_string(milliseconds.astype("datetime64[ms]"), unit="ms")
    return [f"{text}Z" for text in texts.tolist()]
