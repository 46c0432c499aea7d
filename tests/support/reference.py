"""The naive reference: lists of dicts, filtered, then sorted, then cut. Slow, and plain enough to be believed.

It shares no code with the server. Its questions are values, not text, so it needs no parser of its own.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

Contact = dict[str, Any]
Document = Mapping[str, Any]

WIRE_FIELDS = (
    "id",
    "name",
    "phone",
    "email",
    "platform",
    "last_message_at",
    "chat_status",
    "created_at",
    "updated_at",
    "client_id",
    "ai_customer_id",
    "default_stage_id",
    "blocked",
    "is_chat_read",
    "active_ticket_v2",
)


def answer(
    document: Document, now: datetime, query: Mapping[str, Any], *, stage_filter: str = "active_ticket"
) -> bytes:
    """The body that *query* gets at *now* for *document*, whose instants are taken as they are.

    ``days`` is a number, the cursors are datetimes, ids and the custom field are texts.
    """
    found = [one for one in document["contacts"] if _listed(one, document, now, query, stage_filter)]
    found.sort(key=lambda contact: contact["id"])
    if "updated_after" in query:
        found.sort(key=lambda contact: at(contact["updated_at"]))
    elif "created_after" in query:
        found.sort(key=lambda contact: at(contact["created_at"]))
    else:
        found.sort(key=lambda contact: at(contact["last_message_at"]), reverse=True)
        found = _ids_ascending_within_ties(found)
    found = found[query.get("offset", 0) :]
    if "limit" in query:
        found = found[: query["limit"]]
    return json.dumps([on_the_wire(one) for one in found], ensure_ascii=False, separators=(",", ":")).encode()


def search(document: Document, phone: str, email: str) -> bytes:
    """The body that a search for *phone* or *email* gets; an empty one is not asked for."""
    digits = without(phone, "+- ")
    found = [
        one
        for one in document["contacts"]
        if (digits and digits in without(one["phone"] or "", "+- "))
        or (email and email.lower() in (one["email"] or "").lower())
    ]
    found.sort(key=lambda contact: contact["id"])
    found.sort(key=lambda contact: contact["last_message_at"] or "", reverse=True)
    shown = [on_the_wire(one) for one in _ids_ascending(found)[:50]]
    for one in shown:
        del one["updated_at"], one["active_ticket_v2"]
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def without(text: str, characters: str) -> str:
    """*text* without these characters."""
    return "".join(one for one in text if one not in characters)


def _ids_ascending(found: list[Contact]) -> list[Contact]:
    """*found*, newest message first, with the ids of equal instants ascending."""
    groups: dict[str, list[Contact]] = {}
    for one in found:
        groups.setdefault(one["last_message_at"] or "", []).append(one)
    return [one for group in groups.values() for one in sorted(group, key=lambda contact: contact["id"])]


def on_the_wire(contact: Contact) -> Contact:
    """The fifteen fields, in order, and the ticket's two."""
    ticket = contact["active_ticket_v2"]
    shown = {name: contact[name] for name in WIRE_FIELDS}
    shown["active_ticket_v2"] = ticket and {"id": ticket["id"], "current_stage_id": ticket["current_stage_id"]}
    return shown


def at(text: str) -> datetime:
    """The instant of the wire's text."""
    return datetime.fromisoformat(text)


def moved(document: Document, anchor: datetime) -> dict[str, Any]:
    """*document* with every instant moved as far as its own anchor is from *anchor*."""
    shift = anchor - at(document["anchor"])
    fields = ("created_at", "updated_at", "last_message_at")
    contacts = [
        {**contact, **{name: contact[name] and text(at(contact[name]) + shift) for name in fields}}
        for contact in document["contacts"]
    ]
    return {**document, "contacts": contacts}


def text(instant: datetime) -> str:
    """*instant* as the wire has it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def _listed(  # noqa: C901 - one rule after the other is what makes it plain
    contact: Contact, document: Document, now: datetime, query: Mapping[str, Any], stage_filter: str
) -> bool:
    ticket = contact["active_ticket_v2"] or {"current_stage_id": None}
    if "days" in query:
        if contact["last_message_at"] is None:
            return False
        if at(contact["last_message_at"]) < now - timedelta(days=query["days"]):
            return False
    if "created_after" in query and not at(contact["created_at"]) > query["created_after"]:
        return False
    if "updated_after" in query and not at(contact["updated_at"]) > query["updated_after"]:
        return False
    if "stage_id" in query:
        stage = contact["default_stage_id"] if stage_filter == "default_stage" else ticket["current_stage_id"]
        if stage is None or stage.lower() != query["stage_id"].lower():
            return False
    if "pipeline_id" in query:
        stages = [
            stage["id"]
            for pipeline in document["pipelines"]
            if pipeline["id"] == query["pipeline_id"].lower()
            for stage in pipeline["stages"]
        ]
        if ticket["current_stage_id"] not in stages:
            return False
    if "custom_field_key" in query:
        return _has_custom_value(contact, document, query)
    return True


def _has_custom_value(contact: Contact, document: Document, query: Mapping[str, Any]) -> bool:
    for field in document["custom_fields"]:
        if field["key"] != query["custom_field_key"]:
            continue
        for entity in field["entities"]:
            if query.get("entity_type", entity) != entity:
                continue
            values = contact["custom_fields"][entity]
            if field["key"] in values and _same(field["type"], values[field["key"]], query["custom_field_value"]):
                return True
    return False


def _same(kind: str, stored: Any, asked: str) -> bool:
    if kind == "number":
        try:
            return bool(float(asked) == stored)
        except ValueError:
            return False
    if kind == "boolean":
        return asked == ("true" if stored else "false")
    return bool(stored == asked)


def _ids_ascending_within_ties(contacts: list[Contact]) -> list[Contact]:
    """Sorting in reverse keeps ties in order already; this says so without relying on it."""
    ordered: list[Contact] = []
    for contact in contacts:
        place = len(ordered)
        while place and _tie(ordered[place - 1], contact) and ordered[place - 1]["id"] > contact["id"]:
            place -= 1
        ordered.insert(place, contact)
    return ordered


def _tie(one: Contact, other: Contact) -> bool:
    return at(one["last_message_at"]) == at(other["last_message_at"])
