"""Why a contact is or is not in an answer: the verdict of every filter of a query on one contact (`explained`).

The verdicts come from the filter tables that the endpoint itself uses, applied to one row.
"""

from typing import Any, Final

from vambe_mock.contract import instants
from vambe_mock.contract.known_dialect import DialectFile
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.refusals import Refusal
from vambe_mock.organisations.changes import Contact, NotThereError, read
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.store.filters import TimeFilter, value_of

Explanation = dict[str, Any]


def explain(organisation: Organisation, identity: str, query: str) -> Explanation:
    """Whether the contact is in the answer to *query*, a query string, at this instant, and why.

    Raises NotThereError if there is no such contact.
    """
    contact, now = read(organisation, identity), organisation.clock.now()
    told: Explanation = {"contact": contact["id"], "now": instants.write(now), "listed": False, "filters": []}
    told |= {"order": None, "place": None, "matched": None, "ignored": []}
    try:
        raw = query.removeprefix("?").encode()
        parsed = organisation.read(raw)
    except Refusal as refusal:
        return {**told, "because": f"the query is refused with {refusal.status}: {refusal}"}
    told |= {"filters": verdicts(organisation, contact, parsed, now), "ignored": list(parsed.ignored)}
    return {**told, **_place(organisation, contact, parsed, now, told["filters"])}


def _place(
    organisation: Organisation, contact: Contact, query: ContactsQuery, now: int, verdicts: list[Explanation]
) -> Explanation:
    """The contact's place in the whole answer, and whether it is within ``offset`` and ``limit``."""
    by, descending = organisation.store.ordering(query)
    found = organisation.store.find(query._replace(offset=0, limit=None), now).contacts
    told: Explanation = {
        "order": f"{by}, {_FIRST[by == 'id', descending]} first",
        "matched": len(found),
    }
    failed = [one["parameter"] for one in verdicts if not one["holds"]]
    if failed:
        return {**told, "because": f"{' and '.join(failed)} {'does' if len(failed) == 1 else 'do'} not hold"}
    row = _row(organisation, contact)
    place = found.index(organisation.store.columns.wire[row])
    end = len(found) if query.limit is None else query.offset + query.limit
    number = f"number {place + 1} of {len(found)}"
    if place < query.offset:
        because = f"every filter holds, but it is {number}, and offset passes over {query.offset}"
    elif place >= end:
        because = f"every filter holds, but it is {number}, and limit ends the answer at {end}"
    else:
        because = "every filter holds"
    return {**told, "place": place, "listed": query.offset <= place < end, "because": because}


_FIRST: Final = {(False, True): "newest", (False, False): "oldest", (True, True): "largest", (True, False): "smallest"}


def verdicts(organisation: Organisation, contact: Contact, query: ContactsQuery, now: int) -> list[Explanation]:
    """The verdict of each filter that counts."""
    store, row = organisation.store, _row(organisation, contact)
    verdicts = [
        _verdict(
            one.parameter,
            _written(one, value_of(query, one.parameter)),
            _reading(one, since),
            contact[one.field],
            holds,
        )
        for one, since, holds in store.time_verdicts(query, now, row)
    ]
    for other, holds in store.row_verdicts(query, row):
        verdicts.append(
            _row_verdict(organisation, contact, other.parameter, getattr(query, other.parameter, None), holds)
        )
    return verdicts


def _row_verdict(organisation: Organisation, contact: Contact, parameter: str, value: Any, holds: bool) -> Explanation:
    ticket = contact["active_ticket_v2"] or {"current_stage_id": None}
    match parameter:
        case "blocked":
            return _verdict(parameter, False, "it is not blocked, as the dialect has it", contact["blocked"], holds)
        case "ticket":
            has = contact["active_ticket_v2"]
            return _verdict("days", value, "it has an active ticket, as the dialect has it", has, holds)
        case "stage_id":
            stage_of = organisation.dialect.stage_filter
            by_default = stage_of == "default_stage" or (
                stage_of == "ticket_else_default" and contact["active_ticket_v2"] is None
            )
            field = "default_stage_id" if by_default else "active_ticket_v2"
            has = contact[field] if field == "default_stage_id" else ticket["current_stage_id"]
            name = "default_stage_id" if field == "default_stage_id" else "active_ticket_v2.current_stage_id"
            return _verdict(parameter, value, f"{name} is {value}", has, holds)
        case "pipeline_id":
            stages = organisation.store.context.stages.get(value)
            known = "no pipeline has this id" if stages is None else f"one of its stages: {', '.join(stages) or 'none'}"
            reading = f"active_ticket_v2.current_stage_id is {known}" if stages is not None else known
            return _verdict(parameter, value, reading, ticket["current_stage_id"], holds)
    readings = " or ".join(f"{entity} has {reading!r}" for entity, reading in value.readings)
    has = {entity: contact["custom_fields"][entity].get(value.key) for entity, _ in value.readings}
    return _verdict("custom_field", value.key, readings, has, holds)


def _verdict(parameter: str, value: Any, reading: str, has: Any, holds: bool) -> Explanation:
    return {"parameter": parameter, "asked": str(value), "reading": reading, "contact_has": has, "holds": holds}


def _written(one: TimeFilter, value: Any) -> str:
    return f"{value:g}" if one.parameter == "days" else instants.write(value)


def _reading(one: TimeFilter, since: int) -> str:
    try:
        return f"{one.field} is {instants.write(since)} or later"
    except ValueError:
        return f"{one.field} is later than every instant"


def _row(organisation: Organisation, contact: Contact) -> int:
    row = organisation.store.row(contact["id"].lower().encode())
    if row is None:
        raise NotThereError(f'no contact has the id "{contact["id"]}"')
    return row


def rules_of(explanation: Explanation, spoken: DialectFile) -> dict[str, str]:
    """The rules of a dialect that *explanation* follows, each with where it comes from."""
    asked = [one["parameter"] for one in explanation["filters"]]
    slugs = [slug for parameter in [*dict.fromkeys(asked), ""] for slug in _RULES[parameter]]
    if explanation["order"] is None:  # the query is refused
        slugs = [*_RULES_OF_REFUSALS]
    return {slug: spoken.told_of(slug) for slug in slugs if spoken.rule(slug) is not None}


_RULES: Final = {
    "days": ("days-window", "days-may-be-fractional", "days-without-message", "days-without-ticket"),
    "created_after": ("cursor-is-exclusive", "timestamp-precision", "finer-instants"),
    "updated_after": ("cursor-is-exclusive", "timestamp-precision", "finer-instants"),
    "stage_id": ("stage-of-active-ticket", "uuid-case"),
    "pipeline_id": ("pipeline-of-active-ticket", "uuid-case"),
    "custom_field": ("custom-field-match", "entity-type-default"),
    "blocked": ("blocked-are-listed",),
    "": ("time-filters-together", "order", "order-nulls", "order-ties", "paging", "default-limit", "limit-cap"),
}
"""The rules behind each filter, and behind every answer."""

_RULES_OF_REFUSALS: Final = (
    "invalid-parameters",
    "issue-texts",
    "refused-by-rule",
    "rules-first",
    "time-filter-required",
    "days-may-be-fractional",
    "days-range",
    "limit-range",
    "offset-range",
    "limit-offset-whole",
    "number-syntax",
    "timestamp-syntax",
    "seconds-required",
    "uuid-syntax",
    "repeated-parameter",
    "malformed-values",
    "empty-values",
    "unknown-parameters",
    "custom-field-pair",
    "custom-field-known",
    "custom-field-compatible",
    "entity-type-alone",
    "unknown-stage-or-pipeline",
)
"""The rules on what is refused, and how that is said."""
