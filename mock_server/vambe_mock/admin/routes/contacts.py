"""``/__admin/contacts``: list, read, create, change, delete; messages."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import Field, StrictBool

from vambe_mock.admin.bodies import JsonRoute, takes
from vambe_mock.admin.dependencies import CurrentOrganisation, Model, as_json
from vambe_mock.admin.problems import Refused
from vambe_mock.contract.contact import Email, Instant, Phone, SomeText, Text, Uuid
from vambe_mock.contract.vocabulary import Platform
from vambe_mock.datasets.document import StoredContact
from vambe_mock.organisations import changes
from vambe_mock.organisations.changes import Contact, Direction

MOST_LISTED: Final = 1_000
MOST_BYTES: Final = 16 << 20

routes = APIRouter(prefix="/contacts", tags=["contacts"], route_class=JsonRoute)


class TicketDraft(Model):
    """``active_ticket_v2``; an ``id`` left out is kept or made up."""

    id: Uuid | None = None
    current_stage_id: Uuid | None = None


class CustomValuesDraft(Model):
    """Custom-field values by key; null takes one away."""

    customer: Annotated[dict[str, Any], Field(default_factory=dict)]
    ticket: Annotated[dict[str, Any], Field(default_factory=dict)]


class _Fields(Model):
    name: Text | None = None
    phone: Phone | None = None
    email: Email | None = None
    platform: Platform | None = None
    last_message_at: Instant | None = None
    chat_status: SomeText | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    ai_customer_id: Uuid | None = None
    default_stage_id: Uuid | None = None
    blocked: StrictBool | None = None
    is_chat_read: StrictBool | None = None
    active_ticket_v2: TicketDraft | None = None
    custom_fields: CustomValuesDraft | None = None

    def said(self) -> Contact:
        """The fields that were sent; null stays null, and the check of the whole contact judges it."""
        return self.model_dump(exclude_unset=True)


class ContactDraft(_Fields):
    """A new contact. What is left out has a default; the instants are now by the server's clock."""

    id: Uuid | None = None
    client_id: Uuid | None = None

    def said(self) -> Contact:
        """As above; an id that is null is one to be made up."""
        made_up = ("id", "client_id")
        return {name: value for name, value in super().said().items() if value is not None or name not in made_up}


class ContactChange(_Fields):
    """What changes of a contact. ``updated_at`` becomes now by the server's clock unless it is said."""


class NamedChange(_Fields):
    """What changes of the contact with this id."""

    id: Uuid


class Message(Model):
    """A message to (outbound) or from (inbound) the contact."""

    direction: Direction = "inbound"
    at: Annotated[Instant | None, Field(description="When; now by the server's clock if left out.")] = None
    chat_status: SomeText | None = None
    is_chat_read: StrictBool | None = None


class ContactsListed(Model):
    """A part of the contacts in the order of ``created_at``, and how many there are."""

    total: int
    contacts: list[StoredContact]


class Deleted(Model):
    """How many contacts were deleted."""

    deleted: int


@routes.get("", response_model=ContactsListed)
async def list_contacts(
    organisation: CurrentOrganisation,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:
    """The contacts, custom-field values included, in the order of ``created_at``."""
    return as_json({"total": len(organisation.store), "contacts": changes.page(organisation, offset, limit)})


@routes.post("", response_model=StoredContact | list[StoredContact], status_code=201)
@takes(MOST_BYTES)
async def create_contacts(organisation: CurrentOrganisation, body: ContactDraft | list[ContactDraft]) -> Response:
    """Add a contact, or all of a list or none."""
    drafts = body if isinstance(body, list) else [body]
    created = changes.create(organisation, [draft.said() for draft in drafts])
    return as_json(created if isinstance(body, list) else created[0], 201)


@routes.patch("", response_model=list[StoredContact])
@takes(MOST_BYTES)
async def change_contacts(organisation: CurrentOrganisation, body: list[NamedChange]) -> Response:
    """Change the contacts of a list, all or none."""
    named = [one.said() for one in body]
    return as_json(changes.change(organisation, [(one.pop("id"), one) for one in named]))


@routes.delete("", response_model=Deleted)
async def delete_contacts(
    organisation: CurrentOrganisation,
    id: Annotated[list[Uuid] | None, Query(description="Repeatable.")] = None,  # noqa: A002 - the field's name
    all: Annotated[bool, Query(description="Delete every contact.")] = False,  # noqa: A002 - says what it does
) -> Response:
    """Delete the contacts with those ids, all or none of them; or every contact."""
    if all == bool(id):
        raise Refused(422, "id and all=true both say which, or neither does; wanted ?id=ID (repeatable) or ?all=true")
    if all:
        deleted = len(organisation.store)
        organisation.store.clear()
    else:
        deleted = changes.delete(organisation, id or [])
    return as_json({"deleted": deleted})


@routes.get("/{contact_id}", response_model=StoredContact)
async def read_contact(organisation: CurrentOrganisation, contact_id: Uuid) -> Response:
    """One contact, custom-field values included."""
    return as_json(changes.read(organisation, contact_id))


@routes.patch("/{contact_id}", response_model=StoredContact)
async def change_contact(organisation: CurrentOrganisation, contact_id: Uuid, body: ContactChange) -> Response:
    """Change a contact, field by field; custom-field values key by key."""
    return as_json(changes.change(organisation, [(contact_id, body.said())])[0])


@routes.delete("/{contact_id}", response_model=Deleted)
async def delete_contact(organisation: CurrentOrganisation, contact_id: Uuid) -> Response:
    """Delete a contact."""
    return as_json({"deleted": changes.delete(organisation, [contact_id])})


@routes.post("/{contact_id}/messages", response_model=StoredContact, status_code=201)
async def add_message(organisation: CurrentOrganisation, contact_id: Uuid, body: Message) -> Response:
    """A message moves ``last_message_at``; an inbound one is unread and reopens a closed chat, outbound attends."""
    said = body.model_dump(exclude_unset=True, exclude={"direction"})
    return as_json(changes.message(organisation, contact_id, body.direction, said), 201)
