"""A contact as one flat record, for formats that have columns: CSV and SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vambe_mock.generator.drawing.rows import Contact

WIRE = (
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
)
TICKET = ("active_ticket_v2.id", "active_ticket_v2.current_stage_id")
ENTITIES = ("customer", "ticket")


def columns(header: dict[str, Any], *, legacy: bool) -> list[str]:
    """The names of the columns: wire fields, the ticket's two, and `customer.KEY` or `ticket.KEY` for custom values."""
    wire = [name for name in WIRE if not (legacy and name == "updated_at")]
    return [*wire, *TICKET, *(f"{entity}.{key}" for entity in ENTITIES for key in keys(header, entity))]


def keys(header: dict[str, Any], entity: str) -> list[str]:
    """The keys of the custom fields that one entity has, in the order of their definitions."""
    return [field["key"] for field in header["custom_fields"] if entity in field["entities"]]


def record(header: dict[str, Any], contact: Contact) -> list[Any]:
    """The contact's values in the order of `columns`; what is not there is None."""
    ticket = contact["active_ticket_v2"] or {"id": None, "current_stage_id": None}
    values = contact["custom_fields"]
    return [
        *(contact[name] for name in WIRE if name in contact),
        ticket["id"],
        ticket["current_stage_id"],
        *(values[entity].get(key) for entity in ENTITIES for key in keys(header, entity)),
    ]
