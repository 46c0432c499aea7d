"""The data of the mock that a run is rehearsed on: a data set that has what the options name, or the target's contacts.

Some requests depend on the data, so a plan shows them only if the rehearsal's data leads to them; and whether a dialect
breaks a case can depend on the data too.
"""

from collections.abc import Iterable
from typing import Any, Final

from vambe_judge.asking.contacts import Row
from vambe_judge.asking.options import CustomField, Options
from vambe_mock.contract import instants
from vambe_mock.contract.instants import SECOND
from vambe_mock.contract.vocabulary import DOCUMENT_FORMAT

IDLE: Final = "5b3f1c1e-0d0a-4c58-9f52-6a1f6f0f2c11"
"""A stage that is the default of a contact and the stage of no ticket."""

NOBODY: Final = "3d0c7b1a-5f0e-4a53-8f43-0b6d4a0c9e57"
"""The organisation of contacts whose own is not said."""

EACH: Final = 3
"""Every third ticket is moved to a stage of the options."""


def fitted(document: dict[str, Any], options: Options) -> dict[str, Any]:
    """*document*, a data set, with the pipelines and custom fields of *options*."""
    contacts = document["contacts"]
    contacts[0]["default_stage_id"] = IDLE
    _add_pipelines(document, options.pipelines)
    _add_custom_fields(document, options)
    return document


def of_rows(rows: Iterable[Row], options: Options) -> dict[str, Any]:
    """The contacts *rows* as a data set with the custom fields of *options*; what a row does not keep is made up.

    It must not leave this process: ids and instants are the target's own. If those are whole seconds, fractions are
    added, because a target may store more than it prints. Contacts without an id, or with instants that no data set can
    hold, are left out.
    """
    kept = [*{row.id: row for row in rows}.values()]
    is_coarse = not any((row.created_at or 0) % SECOND or (row.updated_at or 0) % SECOND for row in kept)
    document: dict[str, Any] = {
        "format": DOCUMENT_FORMAT,
        "anchor": instants.write(0),
        "client_id": NOBODY,
        "pipelines": [],
        "custom_fields": [],
        "contacts": [one for row in kept if (one := _contact(row, finer=is_coarse))],
    }
    document["pipelines"] = [
        {"id": name, "stages": [{"id": stage} for stage in stages]} for name, stages in options.pipelines.items()
    ]
    _add_custom_fields(document, options)
    return document


def _contact(row: Row, *, finer: bool) -> dict[str, Any] | None:
    if len(row.id) != len(NOBODY) or row.created_at is None or row.updated_at is None:
        return None
    more = int(row.id[:8], 16) % SECOND if finer else 0
    last = row.last_message_at
    try:
        created, updated = instants.write(row.created_at + more), instants.write(row.updated_at + more)
        message = None if last is None else instants.write(last + more)
    except ValueError:  # with their zone they lie outside the years 0000 to 9999
        return None
    return {
        "id": row.id,
        "name": "somebody",
        "phone": None,
        "email": None,
        "platform": "whatsapp",
        "last_message_at": message,
        "chat_status": "ATTENDED",
        "created_at": created,
        "updated_at": updated,
        "client_id": NOBODY,
        "ai_customer_id": None,
        "default_stage_id": row.default_stage,
        "blocked": row.blocked,
        "is_chat_read": True,
        "active_ticket_v2": {"id": row.ticket, "current_stage_id": row.stage} if row.ticket else None,
        "custom_fields": {"customer": {}, "ticket": {}},
    }


def _add_custom_fields(document: dict[str, Any], options: Options) -> None:
    for key in dict.fromkeys(field.key for field in options.custom_fields):
        _add_custom_field(document, key, [field for field in options.custom_fields if field.key == key])


def _add_pipelines(document: dict[str, Any], pipelines: dict[str, tuple[str, ...]]) -> None:
    own = [one for one in document["pipelines"] if one["id"] not in pipelines]
    added = [{"id": name, "stages": [{"id": stage} for stage in stages]} for name, stages in pipelines.items()]
    document["pipelines"] = [*added, *own]
    stages = [stage for ids in pipelines.values() for stage in ids]
    tickets = [contact["active_ticket_v2"] for contact in document["contacts"] if contact["active_ticket_v2"]]
    for number, ticket in enumerate(tickets[::EACH] if stages else ()):
        ticket["current_stage_id"] = stages[number % len(stages)]


def _add_custom_field(document: dict[str, Any], key: str, fields: list[CustomField]) -> None:
    """Give the contacts the values of *fields* in turn; after each round, one contact gets none."""
    own = [one for one in document["custom_fields"] if one["key"] != key]
    document["custom_fields"] = [
        *own,
        {"key": key, "name": key, "type": "text", "options": None, "entities": ["customer", "ticket"]},
    ]
    for number, contact in enumerate(document["contacts"]):
        values = contact["custom_fields"]
        for entity in values:
            values[entity].pop(key, None)
        turn = number % (len(fields) + 1)
        field = fields[turn] if turn < len(fields) else None
        if field is not None and (field.entity == "customer" or contact["active_ticket_v2"]):
            values[field.entity][key] = field.value
