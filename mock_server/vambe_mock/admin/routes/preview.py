"""``/__admin/preview``: what the endpoint would answer, without a request that is recorded or subject to faults."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic_core import to_json

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation, Model, answer_with
from vambe_mock.admin.hints import of_query
from vambe_mock.admin.routes.requests import Step, as_read
from vambe_mock.contract import instants
from vambe_mock.contract.query import unknown
from vambe_mock.contract.refusals import Refusal
from vambe_mock.datasets.document import StoredContact
from vambe_mock.organisations import beside, changes
from vambe_mock.organisations.organisation import Organisation

routes = APIRouter(tags=["explain"], route_class=JsonRoute)

MOST: Final = 1_000


class Preview(Model):
    """What the endpoint would answer now: the status, how the query was read, what each filter leaves, the contacts.

    ``total`` counts all contacts, ``matched`` those that match before ``offset`` and ``limit``. The contacts are as in
    the admin API, with custom fields. ``hint`` is the log's hint for a 400 that is nearly right.
    """

    status: int
    now: str
    message: str
    hint: str
    query: dict[str, Any] | None
    ignored: list[str]
    steps: list[Step]
    total: int
    matched: int
    contacts: list[StoredContact]


@routes.get("/preview", response_model=Preview)
async def preview_answer(
    organisation: CurrentOrganisation,
    organisations: AllOrganisations,
    query: Annotated[
        str, Query(description="The query string, for example days=30&limit=20 (percent-encoded in the URL).")
    ] = "",
    most: Annotated[int, Query(ge=0, le=MOST, description="List at most this many contacts of the answer.")] = 100,
) -> Response:
    """Show what the endpoint would answer now. No request is recorded, and no fault or trigger applies."""
    raw = query.removeprefix("?").encode("utf-8", "replace")
    masked = organisations.masker.target

    def found(organisation: Organisation) -> bytes:
        now = organisation.clock.now()
        told: dict[str, Any] = {
            "status": 200,
            "now": instants.write(now),
            "message": "",
            "hint": "",
            "query": None,
            "steps": [],
        }
        told["total"] = len(organisation.store)
        try:
            read = organisation.read(raw)
        except Refusal as refusal:
            ignored = unknown(raw) if refusal.status == 400 else ()
            told |= {"status": refusal.status, "message": organisations.masker.text(str(refusal)), "matched": 0}
            told["hint"] = of_query(raw.decode("latin-1")) if refusal.status == 400 else ""
            return _with_contacts({**told, "ignored": [masked(one) for one in ignored]}, [])
        answer = organisation.store.find(read, now, rows_alone=True)
        steps = [Step(name=name, left=left) for name, left in answer.steps.items() if name]
        told |= {"query": as_read(read, masked), "ignored": [masked(one) for one in read.ignored], "steps": steps}
        return _with_contacts({**told, "matched": answer.matched}, changes.documents(organisation, answer.rows[:most]))

    return answer_with(await beside.look(organisation, found, count=1 + most // 20))


def _with_contacts(told: dict[str, Any], contacts: list[bytes]) -> bytes:
    return to_json(told)[:-1] + b',"contacts":[' + b",".join(contacts) + b"]}"
