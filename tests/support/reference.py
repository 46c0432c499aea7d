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
    document: Document,
    now: datetime,
    query: Mapping[str, Any],
    *,
    stage_filter: str = "active_ticket",
    rules: Mapping[str, Any] | None = None,
) -> bytes:
    """The body that *query* gets at *now* for *document*, whose instants are taken as they are.

    ``days`` is a number, the cursors are datetimes, ids and the custom field are texts. *rules* are those of a dialect
    file, by slug.
    """
    rules = {"stage-of-active-ticket": stage_filter, **(rules or {})}
    found = [one for one in document["contacts"] if _listed(one, document, now, query, rules)]
    found = _cut(_sorted(found, query, rules), query, rules)
    shown = [_as_printed(on_the_wire(one), rules.get("timestamps", {})) for one in found]
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def _sorted(found: list[Contact], query: Mapping[str, Any], rules: Mapping[str, Any]) -> list[Contact]:
    """In the order of the list: by id, then by what decides among equal instants, then by the instant."""
    usual = "last_message_at descending"
    if "created_after" in query:
        usual = "created_at ascending"
    if "updated_after" in query:
        usual = "updated_at ascending"
    field, direction = rules.get("order", {}).get(_combination(query), usual).split()
    down = direction == "descending"
    ties = rules.get("order-ties", "id-up")
    ties = ties if isinstance(ties, str) else ties.get(field, "id-up")
    found = sorted(found, key=lambda contact: contact["id"])
    if field == "id":
        return found[::-1] if down else found
    if ties == "id-down" or (ties == "id-with" and down) or (ties == "id-against" and not down):
        found = found[::-1]
    if ties.startswith(("created", "updated")):
        by, way = ties.split("-")
        found = _by(found, f"{by}_at", down=way == "down")
    with_instant = _by([one for one in found if one[field] is not None], field, down=down)
    without = [one for one in found if one[field] is None]
    return without + with_instant if rules.get("order-nulls") == "first" else with_instant + without


def _by(contacts: list[Contact], field: str, *, down: bool) -> list[Contact]:
    """Sorted by an instant; equal ones stay as they are, whichever way it goes."""
    return sorted(contacts, key=lambda contact: at(contact[field]).timestamp() * (-1 if down else 1))


def _cut(found: list[Contact], query: Mapping[str, Any], rules: Mapping[str, Any]) -> list[Contact]:
    """The page."""
    limit = query.get("limit") or rules.get("default-limit") or None
    if cap := rules.get("limit-cap"):
        limit = cap if limit is None else min(limit, cap)
    offset = query.get("offset", 0)
    paging = rules.get("paging", "rows")
    if limit and paging == "pages":
        offset *= limit
    elif limit and paging == "pages-from-one":
        offset = (max(offset, 1) - 1) * limit
    found = found[offset:]
    return found if limit is None else found[:limit]


def _as_printed(contact: Contact, form: Mapping[str, Any]) -> Contact:
    """*contact* with its instants in another form."""
    if not form:
        return contact
    digits, zone = form.get("digits", 3), form.get("zone", "Z")
    for name in ("created_at", "updated_at", "last_message_at"):
        if contact[name] is None:
            continue
        instant = at(contact[name])
        shown = 0 if digits == "trimmed" and instant.microsecond == 0 else 3 if digits == "trimmed" else digits
        fraction = f".{instant.microsecond:06d}"[: shown + 1] if shown else ""
        clock = instant.strftime(f"%Y-%m-%d{form.get('separator', 'T')}%H:%M:%S")
        contact[name] = clock + fraction + ("" if zone == "none" else zone)
    return contact


def _combination(query: Mapping[str, Any]) -> str:
    return "+".join(name for name in ("days", "created_after", "updated_after") if name in query)


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
    contact: Contact, document: Document, now: datetime, query: Mapping[str, Any], rules: Mapping[str, Any]
) -> bool:
    sent = _combination(query)
    counted = rules.get("time-filters-together", {}).get(sent, sent).split("+")
    if "days" in counted and not _in_window(contact, now, query["days"], rules):
        return False
    for cursor, field in (("created_after", "created_at"), ("updated_after", "updated_at")):
        exclusive = rules.get("cursor-is-exclusive", {}).get(cursor, True) and not rules.get("finer-instants")
        if cursor in counted:
            cut = query[cursor].replace(microsecond=query[cursor].microsecond // 1000 * 1000)
            if at(contact[field]) < cut or (exclusive and at(contact[field]) == cut):
                return False
    if not rules.get("blocked-are-listed", True) and contact["blocked"]:
        return False
    known = {stage["id"] for pipeline in document["pipelines"] for stage in pipeline["stages"]}
    ignored = {name for name, effect in rules.get("unknown-stage-or-pipeline", {}).items() if effect == "ignore"}
    if "stage_id" in query and not ("stage" in ignored and query["stage_id"].lower() not in known):
        stage = _stage(contact, rules.get("stage-of-active-ticket"))
        if stage is None or stage.lower() != query["stage_id"].lower():
            return False
    pipelines = {pipeline["id"]: pipeline["stages"] for pipeline in document["pipelines"]}
    asked = query.get("pipeline_id", "").lower()
    if "pipeline_id" in query and not ("pipeline" in ignored and asked not in pipelines):
        stages = [stage["id"] for stage in pipelines.get(asked, [])]
        if _stage(contact, rules.get("pipeline-of-active-ticket")) not in stages:
            return False
    if "custom_field_key" in query:
        return _has_custom_value(contact, document, query, rules)
    return True


def _in_window(contact: Contact, now: datetime, days: float, rules: Mapping[str, Any]) -> bool:
    """Whether the contact is in the window of *days*."""
    if rules.get("days-without-ticket") == "left-out" and contact["active_ticket_v2"] is None:
        return False
    if contact["last_message_at"] is None:
        return rules.get("days-without-message") == "listed"
    window = rules.get("days-window", {})
    edge = now - timedelta(days=days)
    if window.get("unit", "hours") != "hours":
        hours, minutes = int(window.get("zone", "+00:00")[:3]), int(window.get("zone", "+00:00")[4:])
        local = edge + timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        edge = edge - (local - midnight) + timedelta(days=window["unit"] == "calendar-today")
    last = at(contact["last_message_at"])
    return last > edge or (last == edge and window.get("edge") != "exclusive")


def _stage(contact: Contact, stage_of: str | None) -> str | None:
    """The stage that a filter is compared with."""
    ticket = contact["active_ticket_v2"]
    if stage_of == "default_stage" or (stage_of == "ticket_else_default" and ticket is None):
        stage: str | None = contact["default_stage_id"]
        return stage
    return ticket["current_stage_id"] if ticket else None


def _has_custom_value(contact: Contact, document: Document, query: Mapping[str, Any], rules: Mapping[str, Any]) -> bool:
    by_default = rules.get("entity-type-default", "both")
    for field in document["custom_fields"]:
        if field["key"] != query["custom_field_key"]:
            continue
        for entity in field["entities"]:
            if query.get("entity_type", entity if by_default == "both" else by_default) != entity:
                continue
            values, asked = contact["custom_fields"][entity], query["custom_field_value"]
            match = rules.get("custom-field-match", {})
            if field["key"] in values and _same(field["type"], values[field["key"]], asked, match):
                return True
    return False


def _same(kind: str, stored: Any, asked: str, match: Mapping[str, str]) -> bool:
    if kind == "number":
        try:
            return bool(float(asked) == stored)
        except ValueError:
            return False
    if kind == "boolean":
        return asked == ("true" if stored else "false")
    if match.get("blanks") == "trimmed":
        stored, asked = stored.strip(), asked.strip()
    if match.get("capitals") == "same":
        stored, asked = stored.casefold(), asked.casefold()
    if match.get("text") == "part":
        return asked in stored
    return bool(stored.startswith(asked)) if match.get("text") == "start" else bool(stored == asked)
