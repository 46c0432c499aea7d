"""``/__admin/explain``: why a contact is or is not in an answer."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model
from vambe_mock.contract.contact import Uuid
from vambe_mock.organisations.explanation import explain

routes = APIRouter(tags=["explain"], route_class=JsonRoute)


class Verdict(Model):
    """One filter: what was asked, how it was read, what the contact has, whether it holds."""

    parameter: str
    asked: str
    reading: str
    contact_has: Any
    holds: bool


class Explanation(Model):
    """Whether the contact is in the answer, and why. ``place`` counts from 0 before ``offset`` and ``limit``."""

    contact: str
    listed: bool
    because: str
    now: str
    order: str | None
    place: int | None
    matched: int | None
    filters: list[Verdict]
    ignored: list[str]


@routes.get("/explain")
async def explain_contact(
    organisation: CurrentOrganisation,
    contact: Annotated[Uuid, Query(description="The contact's id.")],
    query: Annotated[str, Query(description="The query string, for example days=30&limit=20, percent-encoded.")] = "",
) -> Explanation:
    """Each filter of a query, how it was read, and its verdict on one contact."""
    return Explanation.model_validate(explain(organisation, contact, query))
