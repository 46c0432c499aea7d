"""``/__admin/contacts/{id}/ticket``: open, move and close a contact's active ticket."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model, as_json
from vambe_mock.contract.contact import Uuid
from vambe_mock.datasets.document import StoredContact
from vambe_mock.organisations import beside, changes
from vambe_mock.organisations.changes import Contact
from vambe_mock.organisations.organisation import Organisation

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
    return await _changed(
        organisation, lambda one: changes.open_ticket(one, contact_id, body.stage_id, body.id), status=201
    )


@routes.patch("", response_model=StoredContact)
async def move_ticket(organisation: CurrentOrganisation, contact_id: Uuid, body: MoveTicket) -> Response:
    """Move the active ticket to another stage."""
    return await _changed(organisation, lambda one: changes.move_ticket(one, contact_id, body.stage_id))


@routes.delete("", response_model=StoredContact)
async def close_ticket(organisation: CurrentOrganisation, contact_id: Uuid) -> Response:
    """Close the active ticket. The contact's custom field values for the entity ticket are removed with it."""
    return await _changed(organisation, lambda one: changes.close_ticket(one, contact_id))


async def _changed(
    organisation: Organisation, change: Callable[[Organisation], Contact], *, status: int = 200
) -> Response:
    return as_json(await beside.change(organisation, change), status)
