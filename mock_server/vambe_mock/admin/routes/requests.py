"""``/__admin/requests``: what was asked, for a test to look at afterwards."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from vambe_mock.admin.dependencies import All, Asking, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.contract import instants, javascript
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.organisations.journal import Exchange, Record
from vambe_mock.organisations.masking import MASK
from vambe_mock.organisations.registry import Organisations

routes = APIRouter(prefix="/requests", tags=["requests"])

MOST_LISTED = 1_000_000


class Step(Model):
    """How many contacts a filter left."""

    name: str
    left: int


class RequestTold(Model):
    """One request: what was asked, how it was read, how it ended."""

    at: str
    method: str
    target: str
    status: int
    query: dict[str, Any] | None
    ignored: list[str]
    steps: list[Step]
    returned: int
    faults: list[int]
    message: str
    milliseconds: float


class RequestsListed(Model):
    """Requests, newest first; ``count`` is how many match, ``total`` how many there were since the last clearing.

    ``forgotten`` of those are no longer in the record, which is bounded, and so in no count.
    """

    count: int
    total: int
    forgotten: int
    requests: list[RequestTold]


class Counted(Model):
    """How many requests match, and, where that was asked, whether it is as expected; ``forgotten`` as above."""

    count: int
    forgotten: int
    expected: bool | None = None


class Cleared(Model):
    """How many requests were forgotten."""

    cleared: int


async def _matcher(
    parameter: Annotated[
        list[str] | None,
        Query(description="A parameter that was sent: NAME, or NAME=VALUE. Repeatable; all must hold."),
    ] = None,
    without: Annotated[list[str] | None, Query(description="A parameter that was not sent. Repeatable.")] = None,
    method: str | None = None,
    status: int | None = None,
    contains: Annotated[str | None, Query(description="Part of the path and query, as it came.")] = None,
) -> Callable[[Exchange], bool]:
    wanted = [(name, value if equals else None) for name, equals, value in (p.partition("=") for p in parameter or ())]

    def matches(exchange: Exchange) -> bool:
        if method is not None and exchange.method != method.upper():
            return False
        if status is not None and exchange.status != status:
            return False
        target = exchange.target
        if contains is not None and contains not in target:
            return False
        sent = javascript.query_pairs(target.partition("?")[2].encode("latin-1", "replace"))
        holds = all(name in sent and value in (None, *sent[name]) for name, value in wanted)
        return holds and not any(name in sent for name in without or ())

    return matches


Matching = Annotated[Callable[[Exchange], bool], Depends(_matcher)]


@routes.get("")
async def list_requests(
    organisation: Asking, all_: All, matches: Matching, limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100
) -> RequestsListed:
    """The requests to the endpoint with the organisation's key, newest first."""
    return _listed(organisation.record, all_, matches, limit)


@routes.get("/strangers")
async def list_strangers(
    all_: All, matches: Matching, limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100
) -> RequestsListed:
    """The requests without a right key, and those to paths that nobody has."""
    return _listed(all_.unattributed.record, all_, matches, limit)


@routes.get("/count")
async def count_requests(
    organisation: Asking,
    matches: Matching,
    at_least: Annotated[int | None, Query(ge=0, description="Wait until there are so many.")] = None,
    timeout: Annotated[float, Query(ge=0, le=300, allow_inf_nan=False, description="Seconds to wait.")] = 5.0,  # noqa: ASYNC109 - the client's
    exactly: Annotated[int | None, Query(ge=0, description="Tell whether there are just so many.")] = None,
) -> Counted:
    """How many requests match. Asked exactly twice with updated_after? ``exactly=2&parameter=updated_after``.

    Where the record has forgotten what would decide that, it is refused (409) and not guessed.
    """
    record = organisation.record
    count = len(record.matching(matches))
    if at_least is not None and count < at_least:
        count = len(await record.wait(matches, at_least, timeout))
    holds = [count >= at_least] if at_least is not None else []
    holds += [count == exactly] if exactly is not None else []
    undecided = (at_least is not None and count < at_least) or (exactly is not None and count <= exactly)
    if record.forgotten and undecided:
        raise Refused(
            409,
            f"the record has {len(record):,} of {record.total:,} requests, so nobody can tell; "
            "clear it in between (DELETE /__admin/requests), or keep more (--record)",
        )
    return Counted(count=count, forgotten=record.forgotten, expected=all(holds) if holds else None)


@routes.delete("/strangers")
async def clear_strangers(all_: All) -> Cleared:
    """Forget the requests that are nobody's."""
    return _clear(all_.unattributed.record)


@routes.delete("")
async def clear_requests(organisation: Asking) -> Cleared:
    """Forget all requests of the organisation."""
    return _clear(organisation.record)


def _clear(record: Record) -> Cleared:
    cleared = len(record)
    record.clear()
    return Cleared(cleared=cleared)


def _listed(record: Record, all_: Organisations, matches: Callable[[Exchange], bool], limit: int) -> RequestsListed:
    found = record.matching(matches)
    told = [_told(one, all_.masker.target) for one in found[:limit]]
    return RequestsListed(count=len(found), total=record.total, forgotten=record.forgotten, requests=told)


def _told(exchange: Exchange, masked: Callable[[str], str]) -> RequestTold:
    return RequestTold(
        at=instants.write(exchange.at),
        method=exchange.method,
        target=masked(exchange.target),
        status=exchange.status,
        query=None if exchange.query is None else _query(exchange.query, masked),
        ignored=[masked(name) for name in exchange.ignored],
        steps=[Step(name=name, left=left) for name, left in exchange.steps.items() if name],
        returned=[*exchange.steps.values()][-1] if exchange.steps and exchange.status == 200 else 0,
        faults=list(exchange.faults),
        message=masked(exchange.message),
        milliseconds=round(exchange.milliseconds, 3),
    )


def _query(query: ContactsQuery, masked: Callable[[str], str]) -> dict[str, Any]:
    """The parameters as they were read; instants as the wire writes them."""

    def shown(value: Any) -> Any:
        hidden = masked(value) if isinstance(value, str) else ""
        return hidden if MASK in hidden else value  # a reading is told as it is, line breaks and all

    values = {name: value for name, value in query._asdict().items() if value is not None and name != "ignored"}
    told = {name: instants.write(value) if name.endswith("_after") else shown(value) for name, value in values.items()}
    if query.custom_field is not None:
        del told["custom_field"]
        told["custom_field_key"] = shown(query.custom_field.key)
        told["custom_field_readings"] = {entity: shown(reading) for entity, reading in query.custom_field.readings}
    return told
