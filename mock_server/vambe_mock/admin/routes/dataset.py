"""``/__admin/dataset`` and ``/__admin/reset``: export and replace all data, and return to the initial state."""

import asyncio
from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from vambe_mock.admin.bodies import JsonRoute, takes
from vambe_mock.admin.dependencies import CurrentOrganisation, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.datasets.dataset import from_json
from vambe_mock.datasets.document import Document, Header
from vambe_mock.organisations import changes
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.store.state import State

routes = APIRouter(tags=["data set"], route_class=JsonRoute)

MOST_BYTES: Final = 256 << 20
PIECE: Final = 400


class DatasetSize(Model):
    """The number of contacts in the organisation now."""

    contacts: int


@routes.get("/dataset", response_model=Document)
async def export_dataset(organisation: CurrentOrganisation) -> StreamingResponse:
    """Export all data as a data set document.

    ``PUT /dataset`` and the option ``--data`` accept it. Its anchor is the time that the organisation's clock shows.
    """
    return StreamingResponse(_pieces(organisation), media_type="application/json")


def _pieces(organisation: Organisation) -> AsyncIterator[bytes]:
    """The document in pieces, as the data is now: changes made while it is sent do not show."""
    header = changes.header_of(organisation).model_dump_json().encode()
    contacts = changes.everything(organisation.store.state())

    async def pieces() -> AsyncIterator[bytes]:
        yield header[:-1] + b',"contacts":['
        before = b""
        while piece := b",".join(islice(contacts, PIECE)):
            yield before + piece
            before = b","
            await asyncio.sleep(0)
        yield b"]}"

    return pieces()


@routes.put(
    "/dataset",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Document"}}},
        }
    },
)
@takes(MOST_BYTES, parsed=False)  # its reader parses and checks it in one step
async def replace_dataset(
    organisation: CurrentOrganisation,
    request: Request,
    keep_timestamps: Annotated[
        bool, Query(description="Keep all timestamps as written. By default they move with the anchor to now.")
    ] = False,
) -> DatasetSize:
    """Replace all data with that of a data set document. A reset still restores the initial data."""
    body = await request.body()
    organisation.replace(*await run_in_thread(lambda: _read(body, organisation, keep_timestamps)))
    return DatasetSize(contacts=len(organisation.store))


def _read(body: bytes, organisation: Organisation, keep_timestamps: bool) -> tuple[Header, State]:
    """Read the document in *body* as *organisation* would serve it. It runs in a thread and changes nothing."""
    if not body:
        raise Refused(422, "the body is empty; wanted a data set document")
    dataset = from_json(body)
    shift = 0 if keep_timestamps else organisation.clock.now() - dataset.header.anchored_at
    return dataset.header, State.of(dataset.columns(shift))


@routes.post("/reset")
async def reset(organisation: CurrentOrganisation) -> DatasetSize:
    """Restore the initial data and clock, and clear the faults and the request record. Snapshots stay."""
    organisation.reset()
    return DatasetSize(contacts=len(organisation.store))
