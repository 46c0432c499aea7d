"""The contact on the wire, field by field, and the values that each field may have.

The models validate input (a data set document, the admin API); the endpoint itself sends bytes that were serialised
once, when the contact entered the store.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import UUID_PATTERN, Platform


def _instant(text: str) -> str:
    if not instants.matches(text):
        raise ValueError("not a timestamp")
    return text


def _like(example: str) -> Any:
    """An example for the admin API's document."""
    return Field(examples=[example])


Uuid = Annotated[
    str, StringConstraints(strict=True, pattern=UUID_PATTERN), _like("df980fc8-b6db-4820-bf22-2969482d106d")
]
Instant = Annotated[str, StringConstraints(strict=True), AfterValidator(_instant), _like("2026-01-31T09:30:00.000Z")]
Phone = Annotated[str, StringConstraints(strict=True, pattern=r"^\+?[1-9][0-9]{1,14}$"), _like("+56912345678")]
Email = Annotated[str, StringConstraints(strict=True, pattern=r"^[^@\s]+@[^@\s]+$"), _like("maria@example.com")]
Text = Annotated[str, StringConstraints(strict=True), _like("Maria Rodriguez")]
SomeText = Annotated[str, StringConstraints(strict=True, min_length=1), _like("UNATTENDED")]


class Ticket(BaseModel):
    """The contact's open ticket."""

    model_config = ConfigDict(extra="forbid")

    id: Uuid
    current_stage_id: Uuid | None


class Contact(BaseModel):
    """The fifteen fields in the document's order; all are always present (`contact-fields`, `nullable-fields`)."""

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
