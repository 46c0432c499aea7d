"""``/__admin/explain``: why an answer lists a contact, or does not."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation, Model
from vambe_mock.contract.contact import Uuid
from vambe_mock.organisations import beside
from vambe_mock.organisations.explanation import explain, rules_of

routes = APIRouter(tags=["explain"], route_class=JsonRoute)


class FilterVerdict(Model):
    """One filter: what was sent, how it was read, the contact's value, and whether it matches."""

    parameter: str
    asked: str
    reading: str
    contact_has: Any
    holds: bool


class Explanation(Model):
    """Whether the answer lists the contact, and why.

    ``place`` is its position among the matching contacts, counted from 0, before ``offset`` and ``limit`` apply.
    ``measured`` are the relevant rules that a dialect file decides, and when they were measured.
    """

    contact: str
    listed: bool
    because: str
    now: str
    order: str | None
    place: int | None
    matched: int | None
    filters: list[FilterVerdict]
    ignored: list[str]
    measured: dict[str, str]


@routes.get("/explain")
async def explain_contact(
    organisation: CurrentOrganisation,
    organisations: AllOrganisations,
    contact: Annotated[Uuid, Query(description="The id of the contact.")],
    query: Annotated[
        str,
        Query(description="The query string to explain, for example days=30&limit=20 (percent-encoded in the URL)."),
    ] = "",
) -> Explanation:
    """Explain each filter of a query for one contact: how it was read, and whether the contact matches."""
    told = await beside.look(organisation, lambda one: explain(one, contact, query))
    masked = organisations.masker.text
    told["because"] = masked(told["because"])
    told["ignored"] = [masked(name) for name in told["ignored"]]
    told["measured"] = rules_of(told, organisations.spoken)
    for verdict in told["filters"]:
        verdict |= {name: masked(verdict[name]) for name in ("asked", "reading")}
    return Explanation.model_validate(told)
