"""``/__admin/dataset``, ``/__admin/reset``: the data as a document, and back to the start."""

import asyncio
from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from vambe_mock.admin.dependencies import Asking, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.datasets.dataset import Document, Header, from_json
from vambe_mock.organisations import changes
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.store.state import State

routes = APIRouter(tags=["data set"])

PIECE = 400


class Replaced(Model):
    """How many contacts there are."""

    contacts: int


@routes.get("/dataset", response_model=Document)
async def export_dataset(organisation: Asking) -> StreamingResponse:
    """All data as a document that ``--data`` serves and PUT takes; its anchor is this instant."""
    return StreamingResponse(_pieces(organisation), media_type="application/json")


def _pieces(organisation: Organisation) -> AsyncIterator[bytes]:
    """The document in pieces, all of it as it is now."""
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
async def replace_dataset(
    organisation: Asking,
    request: Request,
    keep_timestamps: Annotated[
        bool, Query(description="Leave the instants as written, instead of moving the anchor to now.")
    ] = False,
) -> Replaced:
    """Have the data of a document, all of it or, where it is broken, none. The start stays what it was."""
    body = await request.body()
    organisation.replace(*await run_in_thread(lambda: _read(body, organisation, keep_timestamps)))
    return Replaced(contacts=len(organisation.store))


def _read(body: bytes, organisation: Organisation, keep_timestamps: bool) -> tuple[Header, State]:
    """What *organisation* would have of the document in *body*; nothing is changed yet, so others are served."""
    if not body:
        raise Refused(422, "no body; wanted a data set document")
    dataset = from_json(body)
    shift = 0 if keep_timestamps else organisation.clock.now() - dataset.header.anchored_at
    return dataset.header, State.of(dataset.columns(shift))


@routes.post("/reset")
async def reset(organisation: Asking) -> Replaced:
    """Back to the start: data, clock, faults, record. Snapshots stay."""
    organisation.reset()
    return Replaced(contacts=len(organisation.store))
