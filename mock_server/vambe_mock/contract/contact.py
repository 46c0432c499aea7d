"""The contact on the wire, field for field, and what its values may be.

The models judge data that comes in (a data set document, the admin API); the endpoint itself sends bytes that were
written once, when the contact entered the store.
"""

from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictBool, StringConstraints

from vambe_mock.contract import instants

Platform = Literal[
    "whatsapp", "web-whatsapp", "instagram", "webchat", "sms", "messenger", "tiktok", "voice", "playground"
]
PLATFORMS: Final[tuple[str, ...]] = get_args(Platform)
"""The nine channels (`platforms`)."""

CHAT_STATUSES: Final = ("UNATTENDED", "ATTENDED", "CLOSED")
"""The statuses that the vendor names; its "etc." lets a data set hold others (`chat-statuses`)."""


def _instant(text: str) -> str:
    if not instants.matches(text):
        raise ValueError("not a timestamp")
    return text


Uuid = Annotated[
    str,
    StringConstraints(
        strict=True,
        pattern=r"^(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
        r"|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$",
    ),
]
Instant = Annotated[str, StringConstraints(strict=True), AfterValidator(_instant)]
Phone = Annotated[str, StringConstraints(strict=True, pattern=r"^\+?[1-9][0-9]{1,14}$")]
Email = Annotated[str, StringConstraints(strict=True, pattern=r"^[^@\s]+@[^@\s]+$")]
Text = Annotated[str, StringConstraints(strict=True)]
SomeText = Annotated[str, StringConstraints(strict=True, min_length=1)]


class Ticket(BaseModel):
    """``active_ticket_v2``: the one ticket of a contact that is open."""

    model_config = ConfigDict(extra="forbid")

    id: Uuid
    current_stage_id: Uuid | None


class Contact(BaseModel):
    """The fifteen fields in the document's order, always all of them (`contact-fields`, `nullable-fields`)."""

    model_config = ConfigDict(extra="forbid")

    id: Uuid
    name: Text
    phone: Phone | None
    email: Email | None
    platform: Platform
    last_message_at: Instant | None
    chat_status: SomeText
    created_at: Instant
    updated_at: Instant
    client_id: Uuid
    ai_customer_id: Uuid | None
    default_stage_id: Uuid | None
    blocked: StrictBool
    is_chat_read: StrictBool
    active_ticket_v2: Ticket | None


FIELDS: Final = tuple(Contact.model_fields)
"""The names of the fifteen fields, in the order in which they are written."""
