"""``/__admin/rules``: the ledger, docs/decisions.md, rule by rule."""

from typing import Annotated

from fastapi import APIRouter, Query

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, Model
from vambe_mock.contract.ledger import entries

routes = APIRouter(tags=["dialect"], route_class=JsonRoute)


class LedgerRule(Model):
    """One rule: its slug, how certain it is, and its entry in docs/decisions.md; texts are Markdown.

    ``measured`` says which value a dialect file gives it, and since when; otherwise it is empty.
    """

    slug: str
    grade: str
    sources: str
    rule: str
    because: str
    measured: str


@routes.get("/rules")
async def list_rules(
    organisations: AllOrganisations,
    contains: Annotated[str, Query(max_length=200, description="Only rules whose slug or text contains this.")] = "",
) -> list[LedgerRule]:
    """List the rules that the mock follows, and why."""
    spoken, wanted = organisations.spoken, contains.lower()
    return [
        LedgerRule(
            slug=slug,
            grade=lines.get("Grade", ""),
            sources=lines.get("Sources say", ""),
            rule=lines.get("We do", ""),
            because=lines.get("Because", ""),
            measured="" if spoken.rule(slug) is None else spoken.told_of(slug),
        )
        for slug, lines in entries().items()
        if wanted in f"{slug} {' '.join(lines.values())}".lower()
    ]
