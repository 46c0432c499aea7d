"""``/__admin/requests``: the request record, for a test to verify what its client sent."""

import re
from collections.abc import AsyncIterator, Callable
from fnmatch import translate
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation, Model, answer_with
from vambe_mock.admin.hints import hint
from vambe_mock.admin.problems import Refused
from vambe_mock.contract import instants, javascript
from vambe_mock.contract.operation import is_endpoint
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.organisations.conditions import LONGEST_PATTERN
from vambe_mock.organisations.journal import Exchange, Matcher, Record
from vambe_mock.organisations.masking import MASK
from vambe_mock.organisations.registry import Organisations

routes = APIRouter(prefix="/requests", tags=["requests"], route_class=JsonRoute)

MOST_LISTED: Final = 1_000_000
MOST_NAMED: Final = 100
"""How many parameters a request may be matched by, in each of the two ways."""
PIECE: Final = 100
"""How many requests of a list are sent at a time."""


class Step(Model):
    """How many contacts were left after a filter."""

    name: str
    left: int


class LoggedRequest(Model):
    """One request: what was sent, how it was read, and how it was answered.

    ``hint`` is the log's hint for a 400 or 404 that is nearly right; otherwise it is empty.
    """

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
    hint: str
    milliseconds: float


class RequestList(Model):
    """Requests, newest first.

    ``count`` is how many match, ``total`` how many were received on any path since the record was cleared. The
    record is bounded: ``forgotten`` of them have been dropped and are not in ``count``.
    """

    count: int
    total: int
    forgotten: int
    requests: list[LoggedRequest]


class RequestCount(Model):
    """How many requests match, whether that is as expected (null without an expectation), and how many were dropped."""

    count: int
    forgotten: int
    expected: bool | None = None


class ClearedRequests(Model):
    """The number of requests removed from the record."""

    cleared: int


async def _matcher(  # noqa: PLR0913, PLR0917 - one a parameter
    parameter: Annotated[
        list[str] | None,
        Query(
            description="Only requests with this parameter: NAME, or NAME=VALUE. Repeatable; all must match.",
            max_length=MOST_NAMED,
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        Query(description="Only requests without this parameter. Repeatable.", max_length=MOST_NAMED),
    ] = None,
    method: Annotated[str | None, Query(description="Only requests with this HTTP method.")] = None,
    status: Annotated[int | None, Query(description="Only requests answered with this status.")] = None,
    contains: Annotated[
        str | None, Query(description="Only requests whose path and query, as sent, contain this text.")
    ] = None,
    path: Annotated[
        str | None,
        Query(
            description="Only requests to this path, a pattern such as */pipeline; * is any path.",
            max_length=LONGEST_PATTERN,
        ),
    ] = None,
) -> Matcher:
    wanted = [(name, value if equals else None) for name, equals, value in (p.partition("=") for p in parameter or ())]
    pattern = None if path is None else re.compile(translate(path))

    if not (wanted or without or method or contains or path) and status is None:
        return lambda _: True

    def matches(exchange: Exchange) -> bool:
        if method is not None and exchange.method != method.upper():
            return False
        if status is not None and exchange.status != status:
            return False
        target = exchange.target
        if contains is not None and contains not in target:
            return False
        asked, _, query = target.partition("?")
        if pattern is not None and not pattern.match(asked):
            return False
        sent = javascript.query_pairs(query.encode("latin-1", "replace"))
        holds = all(name in sent and value in (None, *sent[name]) for name, value in wanted)
        return holds and not any(name in sent for name in without or ())

    return matches


MatchingAny = Annotated[Matcher, Depends(_matcher)]


async def _matcher_of_endpoint(request: Request, matches: MatchingAny) -> Matcher:
    """As the parameters say; without a path, requests to the contacts endpoint alone."""
    if "path" in request.query_params:
        return matches

    def matches_here(exchange: Exchange) -> bool:
        return is_endpoint(exchange.target.partition("?")[0].encode("latin-1", "replace")) and matches(exchange)

    return matches_here


Matching = Annotated[Matcher, Depends(_matcher_of_endpoint)]


@routes.get("", response_model=RequestList)
async def list_requests(
    organisation: CurrentOrganisation,
    organisations: AllOrganisations,
    matches: Matching,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
) -> Response:
    """List the requests that were sent with the organisation's API key, newest first.

    Without ``path``, only those to the contacts endpoint.
    """
    return await _listed(organisation.record, organisations, matches, limit)


@routes.get("/strangers", response_model=RequestList, summary="List Unattributed Requests")
async def list_strangers(
    organisations: AllOrganisations, matches: MatchingAny, limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100
) -> Response:
    """List the requests with no known API key, and those to unknown paths, newest first."""
    return await _listed(organisations.unattributed.record, organisations, matches, limit)


@routes.get("/count")
async def count_requests(
    organisation: CurrentOrganisation,
    matches: Matching,
    at_least: Annotated[int | None, Query(ge=0, description="Expect at least this many; wait for them.")] = None,
    timeout: Annotated[float, Query(ge=0, le=300, allow_inf_nan=False, description="Seconds to wait.")] = 5.0,  # noqa: ASYNC109 - the client's
    exactly: Annotated[int | None, Query(ge=0, description="Expect exactly this many.")] = None,
) -> RequestCount:
    """Count the requests that match, and check the count: ``exactly=2&parameter=updated_after``.

    Without ``path``, only requests to the contacts endpoint are counted.
    Refused (409) if requests that could change the result have been dropped from the record.
    """
    record = organisation.record
    if at_least is None:
        count = (await record.search(matches, 0)).count
    else:
        count = await record.wait(matches, at_least, timeout)
    holds = [count >= at_least] if at_least is not None else []
    holds += [count == exactly] if exactly is not None else []
    undecided = (at_least is not None and count < at_least) or (exactly is not None and count <= exactly)
    if record.forgotten and undecided:
        raise Refused(
            409,
            f"the record has only the last {len(record):,} of {record.total:,} requests, too few to decide; "
            "clear it in between (DELETE /__admin/requests), or keep more (--record)",
        )
    return RequestCount(count=count, forgotten=record.forgotten, expected=all(holds) if holds else None)


@routes.delete("/strangers", summary="Clear Unattributed Requests")
async def clear_strangers(organisations: AllOrganisations) -> ClearedRequests:
    """Clear the record of requests with no known API key and to unknown paths."""
    return _clear(organisations.unattributed.record)


@routes.delete("")
async def clear_requests(organisation: CurrentOrganisation) -> ClearedRequests:
    """Clear the organisation's request record."""
    return _clear(organisation.record)


def _clear(record: Record) -> ClearedRequests:
    cleared = len(record)
    record.clear()
    return ClearedRequests(cleared=cleared)


async def _listed(record: Record, organisations: Organisations, matches: Matcher, limit: int) -> Response:
    """A RequestList, sent in pieces as it is made, so that a long one holds nobody up."""
    total, forgotten = record.total, record.forgotten
    found = await record.search(matches, limit)

    async def pieces() -> AsyncIterator[str]:
        yield f'{{"count":{found.count},"total":{total},"forgotten":{forgotten},"requests":['
        piece: list[str] = []
        before = ""
        async for exchange in found.last(limit):
            piece.append(before + _logged(exchange, organisations).model_dump_json())
            before = ","
            if len(piece) == PIECE:
                yield "".join(piece)
                piece.clear()
        yield "".join([*piece, "]}"])

    if limit <= PIECE:
        return answer_with("".join([piece async for piece in pieces()]).encode())
    return StreamingResponse(pieces(), media_type="application/json")


def _logged(exchange: Exchange, organisations: Organisations) -> LoggedRequest:
    return LoggedRequest.model_validate(fields_of(exchange, organisations))


def fields_of(exchange: Exchange, organisations: Organisations) -> dict[str, Any]:
    """The fields of a LoggedRequest for *exchange*, whose keys *organisations* masks."""
    masked = organisations.masker.target
    return {
        "at": instants.write(exchange.at),
        "method": exchange.method,
        "target": masked(exchange.target),
        "status": exchange.status,
        "query": None if exchange.query is None else as_read(exchange.query, masked),
        "ignored": [masked(name) for name in exchange.ignored],
        "steps": [{"name": name, "left": left} for name, left in exchange.steps.items() if name],
        "returned": [*exchange.steps.values()][-1] if exchange.steps and exchange.status == 200 else 0,
        "faults": list(exchange.faults),
        "message": masked(exchange.message),
        "hint": hint(exchange, neighbours=organisations.neighbours),
        "milliseconds": round(exchange.milliseconds, 3),
    }


def as_read(query: ContactsQuery, masked: Callable[[str], str]) -> dict[str, Any]:
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
