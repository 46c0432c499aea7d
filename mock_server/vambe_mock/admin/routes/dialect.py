"""``/__admin/dialect``: the rules that differ from their defaults, and how they are known."""

from typing import Any

from fastapi import APIRouter

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, Model

routes = APIRouter(tags=["dialect"], route_class=JsonRoute)


class DialectRule(Model):
    """One rule: its slug in docs/decisions.md, its value, and where that comes from.

    ``grade`` is ``measured``, or ``switch`` for an option that overrides the file. ``on`` is the day.
    """

    slug: str
    value: Any
    grade: str
    on: str
    requests: list[str]
    evidence: str


class SpokenDialect(Model):
    """What the dialect file says; any rule that it does not name is as in docs/decisions.md.

    ``open`` are the rules that it could not decide, and what would; ``beyond`` is what the mock cannot imitate.
    """

    file: str
    made_on: str
    rules: list[DialectRule]
    open: dict[str, str]
    beyond: dict[str, str]


@routes.get("/dialect")
async def read_dialect(organisations: AllOrganisations) -> SpokenDialect:
    """Read which rules are measured, their values, and when they were measured."""
    spoken = organisations.spoken
    rules = [
        DialectRule(
            slug=rule.slug,
            value=rule.value,
            grade=rule.grade,
            on=rule.on,
            requests=list(rule.requests),
            evidence=rule.evidence,
        )
        for rule in spoken.rules
    ]
    return SpokenDialect(
        file=spoken.name, made_on=spoken.made_on, rules=rules, open=dict(spoken.open), beyond=dict(spoken.beyond)
    )
