"""``/__admin/contacts/{id}/ticket``: open, move and close a contact's active ticket."""

from fastapi import APIRouter, Response

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model, as_json
from vambe_mock.contract.contact import Uuid
from vambe_mock.datasets.document import StoredContact
from vambe_mock.organisations import changes

routes = APIRouter(prefix="/contacts/{contact_id}/ticket", tags=["tickets"], route_class=JsonRoute)


class OpenTicket(Model):
    """A ticket to open. Without ``id``, it gets a generated one."""

    stage_id: Uuid | None = None
    id: Uuid | None = None


class MoveTicket(Model):
    """The stage to move the ticket to; null for none."""

    stage_id: Uuid | None


@routes.post("", response_model=StoredContact, status_code=201)
async def open_ticket(organisation: CurrentOrganisation, contact_id: Uuid, body: OpenTicket) -> Response:
    """Open a ticket. Refused (409) if the contact has an active one."""
    return as_json(changes.open_ticket(organisation, contact_id, body.stage_id, body.id), 201)


@routes.patch("", response_model=StoredContact)
async def move_ticket(organisation: CurrentOrganisation, contact_id: Uuid, body: MoveTicket) -> Response:
    """Move the active ticket to another stage."""
    return as_json(changes.move_ticket(organisation, contact_id, body.stage_id))


@routes.delete("", response_model=StoredContact)
async def close_ticket(organisation: CurrentOrganisation, contact_id: Uuid) -> Response:
    """Close the active ticket. The contact's custom field values of the entity ticket go with it."""
    return as_json(changes.close_ticket(organisation, contact_id))
