"""Single requests and the answer that each must get, one row per request.

A row names the slug of its rule in docs/decisions.md, and a ``grade`` of its own if that differs from the rule's.
"""

from typing import Final, NamedTuple

from vambe_judge.asking.client import PATH, RIGHT_KEY, Headers
from vambe_judge.asking.instants import EPOCH
from vambe_judge.judging.verdicts import Grade

NIL: Final = "00000000-0000-0000-0000-000000000000"
SAMPLE: Final = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
"""A well-formed id of which no target has anything."""

OLDEST: Final = f"{SAMPLE[:14]}1{SAMPLE[15:]}"
NEWEST: Final = f"{SAMPLE[:14]}8{SAMPLE[15:]}"
"""The same of the first and of the last version that the pattern takes."""

CURSOR: Final = f"updated_after={EPOCH}"
"""A time filter that is fine, beside one that is not: a server that ignores what it cannot read must not be saved by
the lack of any."""

FAR: Final = f"{CURSOR}&limit=1&offset=9007199254740991"
"""As far behind every list as one can ask."""

NOT_THERE: Final = "/api/public/no-such-thing-here"

VALUE: Final = "invalid-parameters"
RULE: Final = "refused-by-rule"
KEY: Final = "unauthorized"
PLACE: Final = "not-found"
"""The slugs of the four refusals."""

REDIRECTS: Final = (301, 302, 307, 308)
STATUSES: Final = {VALUE: 400, RULE: 400, KEY: 401, PLACE: 404}


class Case(NamedTuple):
    """One request of a rule. ``refusal`` is the slug of the refusal it must get, empty for 200 and an array.

    ``instead`` are statuses that are as good.
    """

    slug: str
    name: str
    query: str
    refusal: str = ""
    grade: Grade | None = None
    path: str = PATH
    headers: Headers = RIGHT_KEY
    instead: tuple[int, ...] = ()


def _refused(slug: str, refusal: str, *cases: tuple[str, str], grade: Grade | None = None) -> tuple[Case, ...]:
    return tuple(Case(slug, name, query, refusal, grade) for name, query in cases)


def _accepted(slug: str, *cases: tuple[str, str], grade: Grade | None = None) -> tuple[Case, ...]:
    return tuple(Case(slug, name, query, "", grade) for name, query in cases)


CASES: Final = (
    *(
        Case("404-before-401", name, "days=1&limit=1", PLACE, path=NOT_THERE, headers=headers)
        for name, headers in (("unknown path without a key", ()), ("unknown path with the key", RIGHT_KEY))
    ),
    Case("401-before-400", "wrong key and wrong query", "days=0", KEY, headers=(("x-api-key", "no-such-key"),)),
    *_refused(
        "time-filter-required",
        RULE,
        ("limit alone", "limit=1"),
        ("stage_id alone", f"stage_id={SAMPLE}&limit=1"),
    ),
    *_accepted("time-filter-required", ("days is enough", "days=1&limit=1")),
    *_refused(
        "days-range",
        VALUE,
        ("0", f"{CURSOR}&limit=1&days=0"),
        ("366", f"{CURSOR}&limit=1&days=366"),
        ("0.5", f"{CURSOR}&limit=1&days=0.5"),
        ("a word", f"{CURSOR}&limit=1&days=abc"),
        ("digits and letters", f"{CURSOR}&limit=1&days=30abc"),
    ),
    *_accepted("days-range", ("1", "days=1&limit=1")),
    *_refused(
        "limit-range",
        VALUE,
        ("0", "days=1&limit=0"),
        ("1001", "days=1&limit=1001"),
        ("a word", "days=1&limit=ten"),
    ),
    *_accepted("limit-range", ("1", "days=1&limit=1"), ("1000", "days=1&limit=1000&offset=1000000")),
    *_refused(
        "offset-range",
        VALUE,
        ("-1", "days=1&limit=1&offset=-1"),
        ("9007199254740992", "days=1&limit=1&offset=9007199254740992"),
        ("a word", "days=1&limit=1&offset=ten"),
    ),
    *_accepted("offset-range", ("9007199254740991", FAR)),
    *_refused(
        "limit-offset-whole", VALUE, ("limit=1.5", "days=1&limit=1.5"), ("offset=0.5", "days=1&offset=0.5&limit=1")
    ),
    *_refused(
        "number-syntax",
        VALUE,
        ("Infinity", "days=1&limit=1&offset=Infinity"),
    ),
    *_refused(
        "timestamp-syntax",
        VALUE,
        ("created_after: date alone", "days=1&limit=1&created_after=2024-01-15"),
        ("created_after: no zone", "days=1&limit=1&created_after=2024-01-15T10:00:00"),
        ("created_after: 29 February 2023", "days=1&limit=1&created_after=2023-02-29T00:00:00Z"),
        ("created_after: lower-case z", "days=1&limit=1&created_after=2024-01-15T10:00:00z"),
        ("created_after: plus sign not escaped", "days=1&limit=1&created_after=2024-01-15T10:00:00+00:00"),
        ("updated_after: no zone", "days=1&limit=1&updated_after=2024-01-15T10:00:00"),
        ("updated_after: 31 April", "days=1&limit=1&updated_after=2024-04-31T00:00:00Z"),
        ("updated_after: hour 24", "days=1&limit=1&updated_after=2024-01-15T24:00:00Z"),
        ("updated_after: a number", "days=1&limit=1&updated_after=1705312800000"),
    ),
    *_accepted(
        "timestamp-syntax",
        ("29 February 2024", "created_after=2024-02-29T23:59:59.999Z&updated_after=2000-02-29T00:00:00Z&limit=1"),
    ),
    *_refused(
        "uuid-syntax",
        VALUE,
        ("stage_id: a word", "days=1&limit=1&stage_id=not-an-id"),
        ("stage_id: without hyphens", f"days=1&limit=1&stage_id={SAMPLE.replace('-', '')}"),
        ("stage_id: version 0", f"days=1&limit=1&stage_id={SAMPLE[:14]}0{SAMPLE[15:]}"),
        ("stage_id: all F in capitals", "days=1&limit=1&stage_id=FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"),
        ("pipeline_id: a word", "days=1&limit=1&pipeline_id=not-an-id"),
    ),
    *_accepted(
        "uuid-syntax",
        ("nil, and all f", f"days=1&limit=1&stage_id={NIL}&pipeline_id={NIL.replace('0', 'f')}"),
    ),
    *_refused(
        "repeated-parameter",
        VALUE,
        ("days twice", "days=1&days=1&limit=1"),
    ),
    *_refused(
        "custom-field-pair",
        RULE,
        ("key alone", "days=1&limit=1&custom_field_key=status"),
        ("value alone", "days=1&limit=1&custom_field_value=Active"),
    ),
    *_refused(
        "custom-field-pair",
        VALUE,
        ("empty key", "days=1&limit=1&custom_field_key=&custom_field_value=Active"),
    ),
    *_refused(
        "custom-field-known",
        RULE,
        ("a key that nobody defined", "days=1&limit=1&custom_field_key=no-such-field-7f3a&custom_field_value=x"),
    ),
    *_refused(
        "entity-type-alone",
        VALUE,
        ("another word", "days=1&limit=1&entity_type=contact"),
    ),
)


def of(slug: str) -> list[Case]:
    """The rows of one rule."""
    return [case for case in CASES if case.slug == slug]
