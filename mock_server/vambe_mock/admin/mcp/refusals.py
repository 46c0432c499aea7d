"""What a tool's refusal says: the tool's own arguments, and a call that works as it stands (`tools-for-agents`)."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from vambe_mock.admin.mcp.calls import Json, Mock
from vambe_mock.contract.vocabulary import DOCUMENT_FORMAT

Arguments = Mapping[str, Any]
Call = tuple[str, Json]
"""A tool's name and its arguments."""

MOST_LOOKED_AT: Final = 100
"""Contacts among which the one of an example is looked for."""

_PLACE: Final = re.compile(r"((?:body|query|path)\b[^:\s]*):")
_INDEX: Final = re.compile(r"\.(\d+)(?=\.|$)")
_ELSEWHERE: Final = {
    "PATCH changes it": "change_contact changes it",
    "DELETE /__admin/requests": 'check_requests {"clear": true}',
}
"""What other clients of the admin API are told to do, and what an agent has for it."""


def in_terms_of(places: Mapping[str, str], refusal: str) -> str:
    """*refusal* of the admin API in the words of a tool, whose *places* give its argument for a place in a request.

    ``body.0.name: …`` of a tool with ``{"body": "contacts"}`` becomes ``contacts[0].name: …``.
    """
    if found := _PLACE.match(refusal):
        where = found[1]
        for place in sorted(places, key=len, reverse=True):
            if where == place or where.startswith(f"{place}."):
                argument = _INDEX.sub(r"[\1]", places[place] + where.removeprefix(place))
                return f"{argument.lstrip('.')}{refusal[len(where) :]}"
        return refusal
    for theirs, ours in _ELSEWHERE.items():
        refusal = refusal.replace(theirs, ours)
    return refusal


def with_example(refusal: str, call: Call | None) -> str:
    """*refusal*, which ends with *call* if there is one."""
    return f"{refusal}; e.g. {call[0]} {json.dumps(call[1])}" if call else refusal


async def example(mock: Mock, name: str, arguments: Arguments) -> Call | None:
    """A call of the tool *name* that works now, near to the one with *arguments*; or what has to be called first.

    None for a tool that has none. Raises Refused where the mock cannot be asked.
    """
    if name in _OF_CONTACT:
        listed = (await mock.admin("GET", "/contacts", limit=MOST_LOOKED_AT))["contacts"]
        return _of_contact(name, arguments, listed, await mock.admin("GET", "/pipelines"))
    action = arguments.get("action")
    match name:
        case "manage_data":
            return name, _of_data(action, [one["name"] for one in await mock.admin("GET", "/snapshots")])
        case "set_clock":
            return name, next((one for one in _OF_CLOCK if one["action"] == action), {"action": "read"})
        case "manage_faults" | "manage_triggers":
            there = await mock.admin("GET", f"/{name.removeprefix('manage_')}") if action == "remove" else []
            removed = {"action": "remove", "id": there[0]["id"]} if there else {"action": "list"}
            return name, _ADDED[name] if action == "add" else removed
    return (name, _PLAIN[name]) if name in _PLAIN else None


_OF_CONTACT: Final = (
    "ask_endpoint",
    "list_contacts",
    "change_contact",
    "delete_contacts",
    "add_message",
    "change_ticket",
)

_PLAIN: Final[dict[str, Json]] = {
    "search_rules": {"text": "ties", "rows": 5},
    "add_contacts": {"contacts": [{"name": "Ana", "platform": "whatsapp"}]},
    "check_requests": {"parameter": ["limit=20"], "rows": 5},
    "generate_data": {"file": "contacts.ndjson", "contacts": 1000, "seed": 7},
    "check_target": {"options": ["--generated", "0"]},
}
_OF_CLOCK: Final[tuple[Json, ...]] = (
    {"action": "freeze", "at": "2026-01-31T09:30:00Z"},
    {"action": "set", "at": "2026-01-31T09:30:00Z"},
    {"action": "advance", "by": {"days": 3}},
    {"action": "run"},
)
_ADDED: Final[dict[str, Json]] = {
    "manage_faults": {
        "action": "add",
        "fault": {"effect": {"kind": "status", "status": 503}, "match": {"first": 1}},
    },
    "manage_triggers": {
        "action": "add",
        "trigger": {"nth": 1, "changes": [{"do": "change", "contact": {"place": 1}, "fields": {"name": "Ana"}}]},
    },
}
_DOCUMENT: Final[Json] = {
    "format": DOCUMENT_FORMAT, "anchor": "2026-01-31T09:30:00.000Z",
    "client_id": "123e4567-e89b-12d3-a456-426614174000", "contacts": [],
}  # fmt: skip


def _of_data(action: Any, snapshots: list[str]) -> Json:
    if action == "load":
        return {"action": "load", "document": _DOCUMENT}
    if action == "restore" and snapshots:
        return {"action": "restore", "name": snapshots[-1]}
    if action == "remove" and snapshots:
        return {"action": "remove", "name": snapshots[-1]}
    return {"action": "snapshots"} if action in {"snapshots", "remove"} else {"action": "snapshot", "name": "before"}


def _of_contact(name: str, arguments: Arguments, contacts: list[Json], pipelines: list[Json]) -> Call:
    """A call of a tool that is about a contact: one that is there."""
    if name == "ask_endpoint" and ("why" not in arguments or not contacts):
        return name, {"query": "days=30&limit=20"}
    if name == "list_contacts" and ("id" not in arguments or not contacts):
        return name, {"rows": 20, "offset": 0}
    if not contacts:
        return "add_contacts", _PLAIN["add_contacts"]
    one = contacts[0]["id"]
    match name:
        case "ask_endpoint":
            return name, {"query": "days=30&limit=20", "why": one}
        case "list_contacts":
            return name, {"id": one}
        case "change_contact":
            return name, {"id": one, "fields": {"name": "Ana"}}
        case "delete_contacts":
            return name, {"ids": [one]}
        case "add_message":
            return name, {"id": one, "message": {"direction": "inbound"}}
    return name, _of_ticket(arguments, contacts, pipelines)


def _of_ticket(arguments: Arguments, contacts: list[Json], pipelines: list[Json]) -> Json:
    """Open, move or close, as was wanted, the ticket of the contact that was meant, or else of one that it fits."""
    with_one = [one["id"] for one in contacts if one["active_ticket_v2"]]
    without = [one["id"] for one in contacts if not one["active_ticket_v2"]]
    stage = next((stage["id"] for one in pipelines for stage in one["stages"]), None)
    action, meant = arguments.get("action"), arguments.get("id")
    if meant in with_one and action == "open":
        return {"action": "close", "id": meant}
    if meant in without and action in {"move", "close"}:
        return {"action": "open", "id": meant, "stage_id": stage}
    if action == "open" and without:
        return {"action": "open", "id": meant if meant in without else without[0], "stage_id": stage}
    if not with_one:
        return {"action": "open", "id": without[0], "stage_id": stage}
    one = meant if meant in with_one else with_one[0]
    return {"action": "close", "id": one} if action == "close" else {"action": "move", "id": one, "stage_id": stage}
