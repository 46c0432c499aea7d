"""``/__admin/contacts``: list, read, create, change and delete contacts; add messages."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import Discriminator, Field, SkipValidation, StrictBool, Tag
from pydantic_core import to_json

from vambe_mock.admin.bodies import JsonRoute, takes
from vambe_mock.admin.dependencies import BodySize, CurrentOrganisation, Model, answer_with, as_json
from vambe_mock.admin.problems import Refused
from vambe_mock.contract.contact import Email, Instant, Phone, SomeText, Text, Uuid
from vambe_mock.contract.vocabulary import Platform
from vambe_mock.datasets.document import StoredContact
from vambe_mock.organisations import beside, changes
from vambe_mock.organisations.changes import Contact, Direction
from vambe_mock.organisations.organisation import Organisation

MOST_LISTED: Final = 1_000
MOST_BYTES: Final = 16 << 20

routes = APIRouter(prefix="/contacts", tags=["contacts"], route_class=JsonRoute)


class TicketDraft(Model):
    """The active ticket. Without ``id``, the ticket keeps its id, and a new one gets a generated id."""

    id: Uuid | None = None
    current_stage_id: Uuid | None = None


class CustomValuesDraft(Model):
    """Custom field values by key; null removes a value."""

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

    def sent(self) -> Contact:
        """Return the fields that were sent, null included: whether a field may be null is checked later."""
        return self.model_dump(exclude_unset=True)


class ContactDraft(_Fields):
    """A new contact. Every field has a default; timestamps default to the organisation's clock."""

    id: Uuid | None = None
    client_id: Uuid | None = None

    def sent(self) -> Contact:
        """Return the fields that were sent; an id of null is generated, as if it had not been sent."""
        generated = ("id", "client_id")
        return {name: value for name, value in super().sent().items() if value is not None or name not in generated}


class ContactChange(_Fields):
    """The fields of a contact to change. Unless sent, ``updated_at`` is set by the organisation's clock."""


class NamedChange(_Fields):
    """The fields to change of the contact with this id."""

    id: Uuid


def _one_or_many(body: Any) -> str:
    return "many" if isinstance(body, list) else "one"


Drafts = Annotated[
    Annotated[ContactDraft, Tag("one")] | Annotated[list[ContactDraft], Field(fail_fast=True), Tag("many")],
    Discriminator(_one_or_many),
    SkipValidation(),
]


class Message(Model):
    """A message from the contact (inbound) or to the contact (outbound)."""

    direction: Direction = "inbound"
    at: Annotated[Instant | None, Field(description="Default: now, by the organisation's clock.")] = None
    chat_status: SomeText | None = None
    is_chat_read: StrictBool | None = None


class ContactList(Model):
    """One page of contacts, ordered by ``created_at``, and the total number of contacts."""

    total: int
    contacts: list[StoredContact]


class DeletedContacts(Model):
    """The number of deleted contacts."""

    deleted: int


@routes.get("", response_model=ContactList)
async def list_contacts(
    organisation: CurrentOrganisation,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:
    """List contacts with their custom field values, ordered by ``created_at``."""
    return answer_with(
        b'{"total":%d,"contacts":[%s]}'
        % (len(organisation.store), b",".join(changes.page(organisation, offset, limit)))
    )


@routes.post("", response_model=StoredContact | list[StoredContact], status_code=201)
@takes(MOST_BYTES)
async def create_contacts(organisation: CurrentOrganisation, body: Drafts, size: BodySize) -> Response:
    """Create a contact, or a list of contacts: all of them or none."""
    drafts = body if isinstance(body, list) else [body]

    def create(organisation: Organisation) -> bytes:
        created = changes.create(organisation, [draft.sent() for draft in drafts])
        return _listed(created) if isinstance(body, list) else to_json(created[0])

    made = await beside.change(organisation, create, count=len(drafts), size=size)
    await beside.free(drafts)
    return answer_with(made, 201)


@routes.patch("", response_model=list[StoredContact])
@takes(MOST_BYTES)
async def change_contacts(
    organisation: CurrentOrganisation,
    body: Annotated[list[NamedChange], Field(fail_fast=True), SkipValidation()],
    size: BodySize,
) -> Response:
    """Change a list of contacts: all of them or none."""

    def change(organisation: Organisation) -> bytes:
        named = [change.sent() for change in body]
        return _listed(changes.change(organisation, [(change.pop("id"), change) for change in named]))

    changed = await beside.change(organisation, change, count=len(body), size=size)
    await beside.free(body)
    return answer_with(changed)


@routes.delete("", response_model=DeletedContacts)
async def delete_contacts(
    organisation: CurrentOrganisation,
    id: Annotated[list[Uuid] | None, Query(description="The id of a contact to delete; repeatable.")] = None,  # noqa: A002 - the field's name
    all: Annotated[bool, Query(description="Delete every contact.")] = False,  # noqa: A002 - says what it does
) -> Response:
    """Delete the contacts with the given ids (all of them or none), or every contact."""
    if all == bool(id):
        sent = "both id and all=true" if all else "neither id nor all=true"
        raise Refused(422, f"{sent} sent; wanted ?id=ID (repeatable) or ?all=true")
    if all:
        deleted = len(organisation.store)
        organisation.store.clear()
    else:
        wanted = id or []
        deleted = await beside.change(organisation, lambda one: changes.delete(one, wanted), count=len(wanted))
    return as_json({"deleted": deleted})


@routes.get("/{contact_id}", response_model=StoredContact)
async def read_contact(organisation: CurrentOrganisation, contact_id: Uuid) -> Response:
    """Read a contact with its custom field values."""
    return as_json(changes.read(organisation, contact_id))


@routes.patch("/{contact_id}", response_model=StoredContact)
async def change_contact(
    organisation: CurrentOrganisation, contact_id: Uuid, body: ContactChange, size: BodySize
) -> Response:
    """Change the fields that are sent; custom field values key by key."""
    return await _changed(organisation, size, lambda one: changes.change(one, [(contact_id, body.sent())])[0])


@routes.delete("/{contact_id}", response_model=DeletedContacts)
async def delete_contact(organisation: CurrentOrganisation, contact_id: Uuid) -> Response:
    """Delete a contact."""
    deleted = await beside.change(organisation, lambda one: changes.delete(one, [contact_id]))
    return as_json({"deleted": deleted})


@routes.post("/{contact_id}/messages", response_model=StoredContact, status_code=201)
async def add_message(organisation: CurrentOrganisation, contact_id: Uuid, body: Message, size: BodySize) -> Response:
    """Add a message.

    It moves ``last_message_at``. An inbound message marks the chat as unread and reopens a CLOSED chat; an outbound one
    marks it as read and ATTENDED.
    """
    given = body.model_dump(exclude_unset=True, exclude={"direction"})
    return await _changed(
        organisation, size, lambda one: changes.message(one, contact_id, body.direction, given), status=201
    )


def _listed(contacts: list[Contact]) -> bytes:
    """*contacts* as JSON, one by one, so that others may run in between."""
    return b"[" + b",".join([to_json(contact) for contact in contacts]) + b"]"


async def _changed(
    organisation: Organisation, size: int, change: Callable[[Organisation], Contact], *, status: int = 200
) -> Response:
    """The contact as *change*, which came in a body of *size* bytes, leaves it."""
    return answer_with(await beside.change(organisation, lambda one: to_json(change(one)), size=size), status)
