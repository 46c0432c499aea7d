"""Broken versions in which one parameter spoils another, which each of them alone does not show."""

from collections.abc import Callable
from typing import Any, Final

from mutants.breaks import mutant
from mutants.seams import Seams
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.store.store import Found, Store

Sent = Callable[[ContactsQuery], bool]

SENT: Final[dict[str, Sent]] = {
    "days": lambda query: query.days is not None,
    "created_after": lambda query: query.created_after is not None,
    "updated_after": lambda query: query.updated_after is not None,
    "stage_id": lambda query: query.stage_id is not None,
    "pipeline_id": lambda query: query.pipeline_id is not None,
    "custom_field": lambda query: query.custom_field is not None,
    "limit": lambda query: query.limit is not None,
    "offset": lambda query: bool(query.offset),
}
OVERLOOKED: Final = (
    ("created_after", "stage_id"),
    ("created_after", "days"),
    ("created_after", "pipeline_id"),
    ("created_after", "limit"),
    ("updated_after", "created_after"),
    ("updated_after", "stage_id"),
    ("updated_after", "custom_field"),
    ("days", "stage_id"),
    ("days", "pipeline_id"),
    ("days", "limit"),
    ("stage_id", "created_after"),
    ("stage_id", "pipeline_id"),
    ("stage_id", "offset"),
    ("pipeline_id", "stage_id"),
    ("pipeline_id", "days"),
    ("pipeline_id", "created_after"),
    ("pipeline_id", "custom_field"),
    ("custom_field", "stage_id"),
    ("custom_field", "created_after"),
    ("custom_field", "offset"),
    ("limit", "pipeline_id"),
    ("limit", "stage_id"),
    ("limit", "created_after"),
    ("limit", "custom_field"),
    ("offset", "pipeline_id"),
    ("offset", "custom_field"),
    ("offset", "days"),
    ("offset", "created_after"),
)
NOTHING: Final = {"offset": 0, "created_after": -(2**62), "updated_after": -(2**62)}


def _without(query: ContactsQuery, name: str) -> ContactsQuery:
    nothing: dict[str, Any] = {name: NOTHING.get(name)}
    return query._replace(**nothing)


def _overlooked(name: str, beside: str) -> Callable[[Seams], None]:
    def lessened(query: ContactsQuery) -> ContactsQuery:
        if not (SENT[name](query) and SENT[beside](query)):
            return query
        less = _without(query, name)
        return less if any(SENT[one](less) for one in ("days", "created_after", "updated_after")) else query

    return lambda seams: seams.query(lessened)


for _name, _beside in OVERLOOKED:
    mutant("pairs", f"{_name} is overlooked beside {_beside}", name=f"{_name}-overlooked-beside-{_beside}")(
        _overlooked(_name, _beside)
    )


def _cut_before(name: str) -> Callable[[Seams], None]:
    def hasty(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        if not SENT[name](query) or query.limit is None:
            found: Found = find(self, query, now)
            return found
        first = set(find(self, _without(query, name), now).contacts)
        whole: Found = find(self, query._replace(limit=None, offset=0), now)
        return whole._replace(contacts=[one for one in whole.contacts if one in first])

    return lambda seams: seams.find(hasty)


for _name in ("pipeline_id", "custom_field"):
    mutant("pairs", f"the list is cut before {_name} is looked at", name=f"cut-before-{_name}")(_cut_before(_name))


@mutant("pairs", "offset and limit change places beside a stage")
def changed_places(seams: Seams) -> None:
    def changed(query: ContactsQuery) -> ContactsQuery:
        both = query.stage_id is not None and query.limit and query.offset
        return query._replace(limit=query.offset, offset=query.limit or 0) if both else query

    seams.query(changed)


@mutant("pairs", "with both cursors the later one counts for both")
def later_cursor(seams: Seams) -> None:
    def later(query: ContactsQuery) -> ContactsQuery:
        if query.created_after is None or query.updated_after is None:
            return query
        last = max(query.created_after, query.updated_after)
        return query._replace(created_after=last, updated_after=last)

    seams.query(later)


@mutant("pairs", "created_after is overlooked beside a stage, unless there is another time filter")
def created_ignored_beside_stage_alone(seams: Seams) -> None:
    def changed(query: ContactsQuery) -> ContactsQuery:
        alone = query.created_after is not None and query.days is query.updated_after is None
        return query._replace(created_after=0) if alone and query.stage_id else query

    seams.query(changed)


@mutant("pairs", "limit cuts the list before offset does")
def limit_before_offset(seams: Seams) -> None:
    def changed(store: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        found = find(store, query._replace(offset=0), now)
        return found._replace(contacts=found.contacts[query.offset :])

    seams.find(changed)


@mutant("pairs", "blocked contacts are missing beside a stage")
def blocked_missing_beside_stage(seams: Seams) -> None:
    seams.found(
        lambda found, query: [one for one in found if b'"blocked":true' not in one] if query.stage_id else found
    )
