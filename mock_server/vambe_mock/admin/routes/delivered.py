"""``/__admin/delivered`` and ``/__admin/compare``: what clients received, and whether a copy of it is complete."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Query, Response
from pydantic import Field
from pydantic_core import from_json, to_json

from vambe_mock.admin.bodies import JsonRoute, takes
from vambe_mock.admin.dependencies import (
    AllOrganisations,
    BodySize,
    CurrentOrganisation,
    Model,
    answer_with,
    as_json,
    listed_as_json,
)
from vambe_mock.admin.problems import Refused
from vambe_mock.contract import instants
from vambe_mock.contract.operation import is_endpoint
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.refusals import Refusal
from vambe_mock.datasets.comparison import compare
from vambe_mock.organisations import beside
from vambe_mock.organisations.delivered import Answered, Delivered, Listing
from vambe_mock.organisations.journal import Exchange
from vambe_mock.organisations.lab import Lab
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.undelivered import LOOKED_AT, Undelivered

routes = APIRouter(tags=["delivered"], route_class=JsonRoute)

MOST_BYTES: Final = 64 << 20
FEW_BYTES: Final = 1_000
"""A copy that takes more a contact is treated as one of more contacts."""

EVERYTHING: Final = "created_after=1970-01-01T00:00:00Z"

Scope = Annotated[
    str,
    Query(max_length=2_000, description="A query for the endpoint; only the contacts that it finds now are counted."),
]


class DeliveredContact(Model):
    """A contact: the number of its current version, and of the version delivered last; null if none was."""

    id: str
    version: int
    delivered: int | None


class DeliveredContacts(Model):
    """Each contact's delivered version; contacts never delivered (lost), or only in an older version (stale).

    ``whole`` counts the 200 answers that reached their client intact since recording was turned on, ``spoilt`` the
    others: cut off, damaged, abandoned by the client, or to HEAD.
    """

    whole: int
    spoilt: int
    lost: list[str]
    stale: list[str]
    contacts: list[DeliveredContact]


class Missing(Model):
    """A contact whose current version was not delivered, and why; ``query`` is that of the request concerned."""

    id: str
    name: str | None
    updated_at: str
    delivered: bool
    why: str
    query: str | None


class DeliveredSummary(Model):
    """How many contacts the client has received in their current version, judging by complete 200 answers.

    ``on`` is whether this is recorded at all. ``lost`` were never delivered, ``stale`` only in an older version;
    ``missing`` lists some of both, the latest change first.
    """

    on: bool
    whole: int
    spoilt: int
    contacts: int
    present: int
    lost: int
    stale: int
    missing: list[Missing]


class SwitchOn(Model):
    """``answers``: how many of the last answers to keep, with the ids that they listed (500,000 ids at most)."""

    answers: Annotated[int, Field(ge=0, le=100_000)] = 0


class AnswerList(Model):
    """The last answers, oldest first; ``total`` is the number of the last request received, answered or not."""

    total: int
    answers: list[dict[str, Any]]


class Copy(Model):
    """A client's copy: ``contacts`` as it stores them. ``id`` is its name for the id; ``map`` gives its other names.

    ``scope`` is a query for the endpoint: the contacts that the client should have.
    """

    contacts: list[dict[str, Any]]
    id: str = "id"
    map: Annotated[dict[str, str], Field(default_factory=dict)]
    scope: Annotated[str, Field(max_length=2_000)] = EVERYTHING
    empty_is_null: Annotated[bool, Field(description="An empty text is null, as in CSV.")] = False


class Compared(Model):
    """How a copy differs from the data.

    ``lost`` are missing from it, ``stale`` differ (in the fields that ``differences`` names), ``doubled`` are in it
    more than once, ``ghosts`` are only in the copy.
    """

    contacts: int
    lost: list[str]
    stale: list[str]
    doubled: list[str]
    ghosts: list[str]
    differences: dict[str, list[str]]


@routes.get("/delivered", response_model=DeliveredContacts)
async def read_delivered(organisation: CurrentOrganisation, scope: Scope = EVERYTHING) -> Response:
    """List which version of each contact was in a complete 200 answer. The first call turns recording on."""
    delivered = _delivered(organisation).as_of_now()
    return answer_with(await beside.look(organisation, lambda one: to_json(delivered_of(delivered, scope, one))))


def delivered_of(delivered: Delivered, scope: str, organisation: Organisation) -> dict[str, Any]:
    """``DeliveredContacts``, of the contacts that the query *scope* finds. Raises Refused."""
    store = organisation.store
    wanted = store.find(_query(organisation, scope), organisation.clock.now(), rows_alone=True).rows
    rows = store.listed("created_at")
    listing = Listing.of(store, rows[np.isin(rows, wanted)])
    listed = zip(listing.ids(), listing.rows.tolist(), listing.versions.tolist(), strict=True)
    told = [
        {"id": one, "version": version, "delivered": delivered.of(row, one, version)} for one, row, version in listed
    ]
    return {
        "whole": delivered.whole,
        "spoilt": delivered.spoilt,
        "lost": [one["id"] for one in told if one["delivered"] is None],
        "stale": [one["id"] for one in told if one["delivered"] not in (None, one["version"])],
        "contacts": told,
    }


@routes.get("/delivered/summary", response_model=DeliveredSummary)
async def summarize_delivered(
    organisation: CurrentOrganisation,
    organisations: AllOrganisations,
    scope: Scope = EVERYTHING,
    most: Annotated[int, Query(ge=0, le=1_000, description="Name at most this many contacts.")] = 50,
) -> Response:
    """Count what was delivered, and list contacts that were not, with the reason. It does not turn recording on."""
    delivered = organisation.lab.delivered if organisation.lab else None

    def counts(exchange: Exchange) -> bool:
        if delivered is None or exchange.number <= delivered.since or exchange.method != "GET":
            return False
        return is_endpoint(exchange.target.partition("?")[0].encode("latin-1", "replace"))

    found = await organisation.record.search(counts, LOOKED_AT)
    asked = [one async for one in found.last(LOOKED_AT)]
    query = _query(organisation, scope)
    looker = Undelivered((delivered or Delivered()).as_of_now(), asked, organisations.masker.text)
    told = await beside.look(organisation, partial(looker.summary, query, most), count=1 + most)
    return as_json({"on": delivered is not None, **told})


@routes.put("/delivered")
async def switch_delivered_on(organisation: CurrentOrganisation, body: SwitchOn) -> SwitchOn:
    """Turn recording on, or restart it: nothing counts as delivered yet."""
    lab = organisation.lab = organisation.lab or Lab()
    lab.delivered = Delivered(body.answers, organisation.record.came)
    return body


@routes.delete("/delivered")
async def switch_delivered_off(organisation: CurrentOrganisation) -> SwitchOn:
    """Turn recording off."""
    if organisation.lab is not None:
        if organisation.lab.delivered is not None:
            organisation.lab.delivered.detach()
        organisation.lab.delivered = None
        organisation.lab = None if organisation.lab.idle else organisation.lab
    return SwitchOn()


@routes.get("/delivered/answers", response_model=AnswerList)
async def list_answers(
    organisation: CurrentOrganisation,
    organisations: AllOrganisations,
    after: Annotated[int, Query(ge=0, description="Only later requests.")] = 0,
) -> Response:
    """List the recorded answers, oldest first, each with the ids that it listed."""
    delivered = organisation.lab.delivered if organisation.lab else None
    kept = [] if delivered is None else [one for one in delivered.answers if one.number > after]
    masked = organisations.masker.target
    listed = await listed_as_json([_answer(one, masked) for one in sorted(kept, key=lambda one: one.number)])
    return answer_with(b'{"total":%d,"answers":%b}' % (organisation.record.came, bytes(listed.body)))


@routes.post("/compare", response_model=Compared)
@takes(MOST_BYTES)
async def compare_copy(organisation: CurrentOrganisation, size: BodySize, body: Copy) -> Response:
    """Compare a client's copy with the current data."""
    count = len(organisation.store) + len(body.contacts) + size // FEW_BYTES

    def compare(organisation: Organisation) -> bytes:
        how = {"identity": body.id, "names": body.map, "empty_is_null": body.empty_is_null}
        return to_json(compared(organisation, body.contacts, body.scope, **how))

    told = await beside.look(organisation, compare, count=count)
    await beside.free(body.contacts)
    return answer_with(told)


def compared(organisation: Organisation, copy: list[dict[str, Any]], scope: str, **how: Any) -> dict[str, Any]:
    """``Compared``; *how* are the other arguments of ``comparison.compare``. Raises Refused."""
    listed = from_json(b"[%b]" % b",".join(_found(organisation, scope)))
    drift = organisation.lab.drift if organisation.lab else None
    if drift is not None:  # a client can only have what it was sent
        listed = [{**contact, **from_json(drift.applied(to_json(contact)))} for contact in listed]
    data = {contact["id"]: contact for contact in listed}
    found = compare(data, copy, **how)
    return {
        "contacts": len(copy),
        "lost": found.lost,
        "stale": list(found.stale),
        "doubled": found.doubled,
        "ghosts": found.ghosts,
        "differences": found.stale,
    }


def _answer(answered: Answered, masked: Callable[[str], str]) -> dict[str, Any]:
    return {**answered._asdict(), "target": masked(answered.target), "at": instants.write(answered.at)}


def _delivered(organisation: Organisation) -> Delivered:
    lab = organisation.lab = organisation.lab or Lab()
    if lab.delivered is None:
        lab.delivered = Delivered(since=organisation.record.came)
    return lab.delivered


def _found(organisation: Organisation, scope: str) -> Sequence[bytes]:
    """The contacts that the query *scope* finds, all its pages, as they are sent without drift."""
    return organisation.store.find(_query(organisation, scope), organisation.clock.now()).contacts


def _query(organisation: Organisation, scope: str) -> ContactsQuery:
    """The query *scope*, with all its pages."""
    try:
        query = organisation.read(scope.encode())
    except Refusal as refusal:
        raise Refused(422, f'the scope "{scope}" is no query that the endpoint answers: {refusal}') from refusal
    return query._replace(limit=None, offset=0)
