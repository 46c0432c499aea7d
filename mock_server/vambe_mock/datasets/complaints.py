"""Errors in a data set in one line: which contact, which field, what was found, what is wanted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, get_args

from vambe_mock.contract.vocabulary import CHAT_STATUSES, DOCUMENT_FORMAT, FIELD_TYPES, PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel, ValidationError

_INSTANT: Final = 'an instant like "2026-01-01T00:00:00.000Z"'
_UUID: Final = 'a UUID like "df980fc8-b6db-4820-bf22-2969482d106d"'
_WANTED: Final = {
    "format": f'"{DOCUMENT_FORMAT}"',
    "seed": "null or a whole number",
    "anchor": _INSTANT,
    "pipelines": "a list of pipelines",
    "stages": "a list of stages",
    "description": "null or a text",
    "contacts": "a list of contacts",
    "key": 'a text like "plan"',
    "type": "one of " + ", ".join(FIELD_TYPES),
    "options": 'null or a list of texts like ["Gold", "Silver"]',
    "entities": '["customer"], ["ticket"] or both',
    "created_at": _INSTANT,
    "updated_at": _INSTANT,
    "last_message_at": f"null or {_INSTANT}",
    "at": _INSTANT,
    "phone": 'null or digits like "+56912345678"',
    "email": 'null or an address like "maria@example.com"',
    "platform": "one of " + ", ".join(PLATFORMS),
    "chat_status": "a status like " + ", ".join(CHAT_STATUSES),
    "name": 'a text like "Maria Rodriguez"',
    "blocked": "true or false",
    "is_chat_read": "true or false",
    "active_ticket_v2": 'null or {"id": UUID, "current_stage_id": UUID or null}',
    "customer": 'values by key, like {"plan": "Gold"}',
    "ticket": 'values by key, like {"plan": "Gold"}',
}

Location = tuple[int | str, ...]


def explain(error: ValidationError, document: Any, model: type[BaseModel], inside: Location = ()) -> str:
    """The first fault of *error*, raised when *document*, at the location *inside*, was read as *model*."""
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return f"not JSON: {first['msg']}"
    location = (*inside, *first["loc"])
    where, path = "", location
    if len(location) > 1 and location[0] == "contacts" and isinstance(location[1], int):
        contact = document["contacts"][location[1]]
        where, path = who(location[1], contact.get("id") if isinstance(contact, dict) else None), location[2:]
    field = ".".join(str(part) for part in path)
    where = ", ".join(part for part in (where, f"field {field}" if field else "") if part)
    match first["type"]:
        case "missing":
            found, needed = "missing", wanted(path, "a value")
        case "extra_forbidden":
            found, needed = "not a field of this format", "only " + ", ".join(_fields(model, first["loc"]))
        case _:
            found, needed = shown(first["input"]), wanted(path, first["msg"])
    more = error.error_count() - 1
    return f"{where}: {found}; wanted {needed}" + (f" (and {more} more)" if more else "")


def who(place: int, contact_id: Any) -> str:
    """The name of the contact at index *place* in messages, which count from 1."""
    return f"contact {place + 1} (id {contact_id})" if isinstance(contact_id, str) else f"contact {place + 1}"


def shown(value: Any) -> str:
    """*value* as JSON, shortened if it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def wanted(path: Location, otherwise: str) -> str:
    """What is wanted at *path*, with an example; *otherwise* if that is not known."""
    if not path:
        return "an object with the fifteen fields of a contact"
    if path == ("custom_fields",):
        return 'a list of definitions, or in a contact {"customer": {...}, "ticket": {...}}'
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    return _WANTED.get(name) or (_UUID if name == "id" or name.endswith("_id") else otherwise)


def _fields(model: type[BaseModel], location: Location) -> list[str]:
    """The fields of the object in which *location*, starting at *model*, has an unknown one."""
    for part in location[:-1]:
        if isinstance(part, str):
            model = next(_models(model.model_fields[part].annotation), model)
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
