"""``/__admin/contacts/{id}/ticket``: open the one ticket of a contact, move it, close it."""

from fastapi import APIRouter, Response

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model, as_json
from vambe_mock.contract.contact import Uuid
from vambe_mock.datasets.document import StoredContact
from vambe_mock.organisations import changes

routes = APIRouter(prefix="/contacts/{contact_id}/ticket", tags=["tickets"], route_class=JsonRoute)


class Opened(Model):
    """A ticket to open: its stage, and its id if it matters."""

    stage_id: Uuid | None = None
    id: Uuid | None = None


class Moved(Model):
    """The stage that the ticket comes to; null for none."""

    stage_id: Uuid | None


@routes.post("", response_model=StoredContact, status_code=201)
async def open_ticket(organisation: CurrentOrganisation, contact_id: Uuid, body: Opened) -> Response:
    """Open a ticket; the contact must have none."""
    return as_json(changes.open_ticket(organisation, contact_id, body.stage_id, body.id), 201)


@routes.patch("", response_model=StoredContact)
async def move_ticket(organisation: CurrentOrganisation, contact_id: Uuid, body: Moved) -> Response:
    """Move the ticket to another stage."""
    return as_json(changes.move_ticket(organisation, contact_id, body.stage_id))


@routes.delete("", response_model=StoredContact)
async def close_ticket(organisation: CurrentOrganisation, contact_id: Uuid) -> Response:
    """Close the ticket; the contact has none after that, and no custom-field values of one."""
    return as_json(changes.close_ticket(organisation, contact_id))
