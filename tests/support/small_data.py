"""Documents that a person writes by hand: a contact with defaults, and what a test says otherwise."""

from typing import Any

CLIENT = "123e4567-e89b-12d3-a456-426614174000"
ANCHOR = "2026-03-01T12:00:00.000Z"
AT_ANCHOR = 1_772_366_400_000
DAY = 86_400_000

LEADS = "a0000000-0000-4000-8000-000000000001"
SALES = "b0000000-0000-4000-8000-000000000002"
NEW = "10000000-0000-4000-8000-00000000000a"
WON = "20000000-0000-4000-8000-00000000000b"
PAID = "30000000-0000-4000-8000-00000000000c"
ORPHAN = "40000000-0000-4000-8000-00000000000d"


def contact(number: int, **fields: Any) -> dict[str, Any]:
    """Contact *number*, whose id sorts by it; ``stage`` gives it a ticket there."""
    ticket = None
    if "stage" in fields:
        ticket = {"id": f"{number:08x}-1111-4111-8111-111111111111", "current_stage_id": fields.pop("stage")}
    return {
        "id": f"{number:08x}-0000-4000-8000-000000000000",
        "name": f"Contact {number}",
        "phone": None,
        "email": None,
        "platform": "whatsapp",
        "last_message_at": ANCHOR,
        "chat_status": "ATTENDED",
        "created_at": ANCHOR,
        "updated_at": ANCHOR,
        "client_id": CLIENT,
        "ai_customer_id": None,
        "default_stage_id": None,
        "blocked": False,
        "is_chat_read": True,
        "active_ticket_v2": ticket,
        "custom_fields": {"customer": {}, "ticket": {}},
        **fields,
    }


def document(*contacts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A data set document of *contacts*, with two pipelines and a definition of each type."""
    return {
        "format": "vambe-mock/1",
        "anchor": ANCHOR,
        "client_id": CLIENT,
        "pipelines": [
            {"id": LEADS, "name": "Leads", "stages": [{"id": NEW, "name": "New"}, {"id": WON, "name": "Won"}]},
            {"id": SALES, "name": "Sales", "stages": [{"id": PAID, "name": "Paid"}]},
        ],
        "custom_fields": [
            {"key": "plan", "type": "options", "options": ["Gold", "gold"], "entities": ["customer", "ticket"]},
            {"key": "city", "type": "text", "entities": ["customer"]},
            {"key": "score", "type": "number", "entities": ["ticket"]},
            {"key": "vip", "type": "boolean", "entities": ["customer"]},
            {"key": "since", "type": "date", "entities": ["customer"]},
        ],
        "contacts": list(contacts),
        **fields,
    }
