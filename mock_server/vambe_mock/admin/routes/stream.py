"""``/__admin/requests/stream``: the requests as they are answered, as Server-Sent Events, for the console.

It is not in the OpenAPI document: a generated client would wait for its end.
"""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic_core import to_json

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation
from vambe_mock.admin.paths import HEAD
from vambe_mock.admin.problems import Refused
from vambe_mock.admin.routes.requests import fields_of
from vambe_mock.organisations.feed import MOST, Batch, Feed
from vambe_mock.organisations.journal import Exchange
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations

routes = APIRouter(tags=["requests"], route_class=JsonRoute, include_in_schema=False)

MOST_LISTENERS: Final = 20
"""How many may listen to an organisation at a time."""

PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 0.5
"""Seconds after a batch of one request, and after one with the most: nobody reads hundreds a second."""

LOOK: Final = 0.5
"""Seconds after which it is seen that something else than a request was made, such as a change by another page."""

SILENCE: Final = 15.0
"""Seconds after which a comment is sent, so that nobody on the way takes the connection for dead."""

FIRST: Final = 200
"""The most requests of the record that a listener gets first."""


@routes.get("/requests/stream")
async def stream_requests(
    request: Request,
    organisation: CurrentOrganisation,
    organisations: AllOrganisations,
    first: Annotated[int, Query(ge=0, le=FIRST)] = FIRST,
) -> StreamingResponse:
    """Send the record's last requests, then each batch of new ones.

    Events: ``requests`` with ``requests`` (each with its ``number`` and how many
    contacts there were at ``all``, oldest first), ``strangers`` and ``left_out``;
    ``changed`` when data, clock, faults or triggers are not as they were.
    """
    if len(organisation.record.ends) >= 2 * MOST_LISTENERS:
        raise Refused(409, f"{MOST_LISTENERS} listen already, which is the limit; close one of their pages")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    lines = _nothing() if request.scope.get(HEAD) else _lines(organisation, organisations, first)
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield


async def _lines(organisation: Organisation, organisations: Organisations, first: int) -> AsyncIterator[bytes]:
    def shown(exchanges: list[Exchange]) -> list[dict[str, Any]]:
        return [{"number": one.number, "all": one.steps.get(""), **fields_of(one, organisations)} for one in exchanges]

    def event(batch: Batch) -> bytes:
        told = {
            "requests": shown(batch.own),
            "strangers": shown(batch.strangers),
            "left_out": batch.left_out,
            "total": organisation.record.total,
            "organisation": organisation.name,
        }
        return _event("requests", told)

    with Feed(organisation.journal, organisations.unattributed).listening() as feed:
        kept = [
            [one async for one in (await journal.record.search(lambda _: True, first)).last(first)][::-1]
            for journal in (organisation.journal, organisations.unattributed)
        ]
        yield event(Batch(kept[0], kept[1], 0))
        seen, spoke = _state(organisation), time.monotonic()
        while not feed.over:
            await feed.wait(LOOK)
            batch, state = feed.take(), _state(organisation)
            pieces = []
            if batch.own or batch.strangers:
                pieces.append(event(batch))
            if state != seen:
                seen = state
                pieces.append(_event("changed", {"contacts": len(organisation.store)}))
            if not pieces and time.monotonic() - spoke > SILENCE:
                pieces.append(b": still here\n\n")
            if pieces:
                spoke = time.monotonic()
                yield b"".join(pieces)
            heard = min(MOST, len(batch.own) + len(batch.strangers))
            await feed.pause(PAUSE + (LONGEST_PAUSE - PAUSE) * heard / MOST)


def _event(name: str, value: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), to_json(value))


def _state(organisation: Organisation) -> tuple[Any, ...]:
    """Differs from an earlier one where something else than the record of requests does."""
    lab, clock = organisation.lab, organisation.clock
    return (
        organisation.store.changes,
        id(organisation.header),
        organisation.faults_made,
        len(organisation.faults),
        len(organisation.spent),
        None if lab is None else (lab.made, len(lab.triggers), len(lab.fired), lab.delivered is None),
        clock.frozen_at,
        clock.offset,
        len(organisation.snapshots),
    )
