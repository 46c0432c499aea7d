"""Every rule that a dialect file can change, with the values that it can have (`dialect-file`).

Every field of ``FullDialect`` is a rule with a slug of docs/decisions.md. A dialect file (``dialect_file``) gives
values to some of them, as ``vambe-mock calibrate`` measured them; the defaults are the readings that the ledger gives
reasons for. The types are the vocabulary of the file: what it may say is what they admit.
"""

# ruff: noqa: RUF009 - ``_rule`` makes a field, as ``field`` does

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar, dataclass_transform, get_args

from pydantic import AfterValidator, ConfigDict, Strict, StringConstraints
from pydantic import Field as Bounds

from vambe_mock.contract.dialect import Dialect, Rounding, StageOf
from vambe_mock.contract.templates import check_template

Parameter = Literal[
    "days",
    "created_after",
    "updated_after",
    "limit",
    "offset",
    "stage_id",
    "pipeline_id",
    "custom_field_key",
    "custom_field_value",
    "entity_type",
]
TextParameter = Literal[
    "created_after",
    "updated_after",
    "stage_id",
    "pipeline_id",
    "custom_field_key",
    "custom_field_value",
    "entity_type",
]

Combination = Literal[
    "none",
    "days",
    "created_after",
    "updated_after",
    "days+created_after",
    "days+updated_after",
    "created_after+updated_after",
    "days+created_after+updated_after",
]
"""The time filters that a query has, in the document's order; ``none`` where none of them is required."""
COMBINATIONS: Final[tuple[Combination, ...]] = get_args(Combination)

Sorting = Literal[
    "last_message_at descending",
    "last_message_at ascending",
    "updated_at descending",
    "updated_at ascending",
    "created_at descending",
    "created_at ascending",
    "id ascending",
    "id descending",
]
Ties = Literal[
    "id-up",
    "id-down",
    "id-with",
    "id-against",
    "created-up",
    "created-down",
    "updated-up",
    "updated-down",
    "unstable",
]

Fault = Literal[
    "not-a-number",
    "repeated-number",
    "infinite",
    "not-whole",
    "unsafe-integer",
    "below",
    "above",
    "bad-instant",
    "bad-id",
    "repeated-text",
    "empty-text",
    "no-option",
    "repeated-option",
    "unknown-parameters",
]
"""What can be wrong with a single value, and, where they are refused, with the names."""
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)

RuleKind = Literal[
    "no-time-filter",
    "no-custom-key",
    "no-custom-value",
    "unknown-custom-field",
    "custom-field-entity",
    "custom-field-value",
    "lone-entity-type",
    "unknown-stage",
    "unknown-pipeline",
]
"""The rules between parameters, and with the data, that a query can break, in the order in which they are judged."""
RULE_KINDS: Final[tuple[RuleKind, ...]] = get_args(RuleKind)

KeyFault = Literal["no-key", "wrong-key", "repeated-key"]
KEY_FAULTS: Final[tuple[KeyFault, ...]] = get_args(KeyFault)

Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict(), Bounds(ge=0, le=9_007_199_254_740_991)]
Count = Annotated[int, Strict(), Bounds(ge=1, le=9_007_199_254_740_991)]
Status = Annotated[int, Strict(), Bounds(ge=400, le=599)]
Text = Annotated[str, Strict()]
Name = Annotated[str, Strict(), StringConstraints(min_length=1, max_length=200)]
Template = Annotated[str, Strict(), AfterValidator(check_template)]
HeaderName = Annotated[str, Strict(), StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", max_length=200)]
HeaderText = Annotated[
    str, Strict(), StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=2_000), AfterValidator(check_template)
]
Zone = Annotated[str, Strict(), StringConstraints(pattern=r"^[+-](?:0[0-9]|1[0-4]):[0-5][0-9]$")]
Effect = Literal["refuse", "empty", "ignore"]
"""A refusal, an empty list, or as if it had not been sent."""

OURS: Final = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding"})
"""Headers that belong to the HTTP server, not to a dialect."""


def _check_headers(headers: dict[str, Any]) -> dict[str, Any]:
    """*headers* themselves. Raises ValueError for one that is the server's own, and for a table of no status."""
    for name, value in headers.items():
        if isinstance(value, dict):
            if not (name.isdigit() and 200 <= int(name) <= 599):
                raise ValueError(f'"{name}" is no status; wanted a table like "401" = {{"www-authenticate" = "Key"}}')
            _check_headers(value)
        elif name.lower() in OURS:
            raise ValueError(f"{name} is the HTTP server's own; wanted another header")
    return headers


def _check_issues(texts: dict[str, str]) -> dict[str, str]:
    """*texts* themselves. Raises ValueError for one whose name is neither a fault nor fault.parameter."""
    for name in texts:
        fault, dot, parameter = name.partition(".")
        if fault not in FAULTS or (dot and parameter not in get_args(Parameter)):
            raise ValueError(f'"{name}" is no fault; wanted one of {", ".join(FAULTS)}, or one like below.days')
    return texts


def _check_together(table: dict[Combination, Combination]) -> dict[Combination, Combination]:
    """*table* itself. Raises ValueError where filters shall count that were not sent."""
    for sent, counted in table.items():
        if counted == "none" or not set(counted.split("+")) <= set(sent.split("+")):
            raise ValueError(f'of "{sent}", "{counted}" cannot count; wanted some of those that were sent')
    return table


def _check_range(least: int, most: int) -> None:
    """Raises ValueError for a range with nothing in it."""
    if least > most:
        raise ValueError(f"least is {least} and most is {most}; wanted a least that is not above most")


T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def _table(table: type[T]) -> type[T]:
    """A value that is a table of the file."""
    return dataclass(frozen=True, slots=True, kw_only=True)(table)


_STRICT: Final = ConfigDict(extra="forbid")


@_table
class PathForms:
    """How other forms of the path are answered: alike, with the 404, or with a redirect to the plain form."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    capitals: Literal["same", "404"] = "same"
    slash: Literal["same", "404", "301", "302", "307", "308"] = "same"


@_table
class DaysRange:
    """The range of ``days``; beyond it, a value is refused or moved to its nearer end."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    least: Whole = 1
    most: Count = 365
    beyond: Literal["refuse", "clamp"] = "refuse"

    def __post_init__(self) -> None:
        """Raise ValueError if there is nothing in it."""
        _check_range(self.least, self.most)


@_table
class LimitRange:
    """The range of ``limit``."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    least: Whole = 1
    most: Count = 1_000
    beyond: Literal["refuse", "clamp"] = "refuse"

    def __post_init__(self) -> None:
        """Raise ValueError if there is nothing in it."""
        _check_range(self.least, self.most)


@_table
class OffsetRange:
    """The range of ``offset``."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    least: Whole = 0
    most: Count = 9_007_199_254_740_991
    beyond: Literal["refuse", "clamp"] = "refuse"

    def __post_init__(self) -> None:
        """Raise ValueError if there is nothing in it."""
        _check_range(self.least, self.most)


@_table
class NumberSyntax:
    """Which texts are numbers. Each switch admits one form; ``absent`` is as if the parameter had not been sent."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    empty: Literal["zero", "refuse", "absent"] = "zero"
    """``days=``"""
    blank: Literal["zero", "refuse", "absent"] = "zero"
    """``days=%20``"""
    around: Flag = True
    """White space around a number."""
    plus: Flag = True
    """``+30``"""
    zeros: Flag = True
    """``030``"""
    point_zero: Flag = True
    """``30.0``; where it is off, ``30.5`` is no number either."""
    bare_point: Flag = True
    """``30.`` and ``.5``"""
    exponent: Flag = True
    """``1e2``"""
    radix: Flag = True
    """``0x1E``, ``0b11110``, ``0o36``"""
    infinity: Flag = True
    """``Infinity`` and ``1e400`` are numbers, if infinite ones; where it is off, they are none."""
    rest: Literal["refuse", "ignore"] = "refuse"
    """What follows a number, as in ``30abc``."""


@_table
class TimestampSyntax:
    """Which texts are instants; of those without seconds, ``seconds_required`` says."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    zone: Literal["required", "utc"] = "required"
    """Without a zone it is refused, or is UTC."""
    offsets: Flag = True
    """``+01:00``; where it is off, only ``Z`` will do."""
    colon: Literal["required", "optional"] = "required"
    """``+0100``"""
    date_alone: Flag = False
    """``2026-01-31`` is midnight, UTC."""
    blank: Flag = False
    """A blank in the place of the T."""
    small_letters: Flag = False
    """``t`` and ``z``"""


@_table
class DaysWindow:
    """Where the window of ``days`` begins.

    ``hours``: so many times 24 hours ago. ``calendar``: at the start of the day that is so many days ago.
    ``calendar-today``: one day later, so that ``days=1`` is today alone. The calendar is that of ``zone``.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    unit: Literal["hours", "calendar", "calendar-today"] = "hours"
    edge: Literal["inclusive", "exclusive"] = "inclusive"
    zone: Zone = "+00:00"


@_table
class CursorIsExclusive:
    """Whether a contact whose instant equals the cursor is left out, for each cursor."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    created_after: Flag = True
    updated_after: Flag = True


@_table
class CustomFieldCompatible:
    """What a key that is not defined for the ``entity_type`` answers, and a value that its type cannot read."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    entity: Effect = "refuse"
    value: Effect = "refuse"


@_table
class CustomFieldMatch:
    """When two texts are the same custom value."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    capitals: Literal["matter", "same"] = "matter"
    blanks: Literal["matter", "trimmed"] = "matter"
    text: Literal["whole", "start", "part"] = "whole"
    """The whole text, its start, or any part of it."""


@_table
class UnknownPlaces:
    """What a well-formed id that no pipeline has answers."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    stage: Effect = "empty"
    pipeline: Effect = "empty"


@_table
class Timestamps:
    """How an instant is printed. ``trimmed``: three digits, and none where they are zero."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    digits: Literal[0, 3, 6, "trimmed"] = 3
    zone: Literal["Z", "+00:00", "+0000", "none"] = "Z"
    separator: Literal["T", " "] = "T"


@_table
class Refused:
    """A refusal: its status, its content type, and its body as a template."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    status: Status | None = None
    content_type: HeaderText | None = None
    body: Template | None = None


@_table
class InvalidParameters:
    """The refusal of single values. ``body`` has ``{{issues}}``, joined by ``between``, or ``{{first}}``."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    status: Status | None = None
    content_type: HeaderText | None = None
    body: Template | None = None
    between: Text = ","
    tell: Literal["all", "first", "first-of-each"] = "all"
    """All faults, the first alone, or the first of each parameter."""
    order: Literal["document", "sent"] | list[Parameter] = "document"
    """The order of the parameters in it."""


@_table
class RefusedByRule:
    """The refusals by rules: one for all, whose ``{{message}}`` is ours, and ``kinds`` that have one of their own."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    status: Status | None = None
    content_type: HeaderText | None = None
    body: Template | None = None
    kinds: dict[RuleKind, Template | Refused] = field(default_factory=dict)
    first: list[RuleKind] = field(default_factory=list)
    """The rules that are judged before the others, in this order."""


@_table
class Unauthorized:
    """The refusals of a key: one for all, and ``kinds`` that have one of their own."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    status: Status | None = None
    content_type: HeaderText | None = None
    body: Template | None = None
    kinds: dict[KeyFault, Template | Refused] = field(default_factory=dict)


@_table
class RateLimitNumbers:
    """What ``{{remaining}}`` and ``{{reset}}`` of a header count: requests of one key, and seconds of a window."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    limit: Count
    seconds: Count = 60


FIELD_KINDS: Final = ("string", "uuid", "instant", "integer", "number", "boolean", "object", "array")
"""The words for the type of a field: with a question mark it may be null, and ``null`` it always is."""


def _check_extra(kind: Any) -> Any:
    """A field's type itself. Raises ValueError for what is none."""
    if isinstance(kind, list) and len(kind) == 1:
        return [_check_extra(kind[0])]
    if isinstance(kind, dict) and kind:
        return {name: _check_extra(one) for name, one in kind.items()}
    if isinstance(kind, str) and (kind == "null" or kind.removesuffix("?") in FIELD_KINDS):
        return kind
    raise ValueError(
        f'{kind!r} is no type; wanted one of {", ".join(FIELD_KINDS)} (with ? if it may be null), null, ["string"] for '
        f'a list, or {{name = "string"}} for an object'
    )


Extra = Annotated[Any, AfterValidator(_check_extra)]

Part = Literal["switch", "query", "search", "contact", "answer"]
"""What a rule changes: an old switch, how a query is read, what is found, how a contact and how an answer is sent."""


def _rule(part: Part, says: str, *, slug: str = "", default: Any = None, make: Any = None) -> Any:
    metadata = {"part": part, "says": says, "slug": slug}
    return field(metadata=metadata, default_factory=make) if make else field(metadata=metadata, default=default)


@dataclass(frozen=True, kw_only=True, eq=False)
class FullDialect(Dialect):
    """The rules of docs/decisions.md that can be otherwise. Two of them are equal if they are the same one."""

    # The switches that the command line has too
    fractional_days: Flag | Rounding = _rule(
        "switch",
        "whether days=1.5 is a day and a half, is refused, or is rounded",
        slug="days-may-be-fractional",
        default=True,
    )
    seconds_required: Flag = _rule(
        "switch",
        "whether zod 4.5 or later is spoken, which refuses a timestamp without seconds and names an infinite number",
        default=False,
    )
    stage_filter: StageOf = _rule(
        "switch",
        "what stage_id is compared with: the active ticket's stage, the default stage, or the latter where there is "
        "no ticket",
        slug="stage-of-active-ticket",
        default="active_ticket",
    )
    expand_current_stage: Flag = _rule(
        "switch",
        "whether pipeline_id adds active_ticket_v2.current_stage to each contact",
        slug="current-stage-expanded",
        default=False,
    )
    finer_instants: Flag = _rule(
        "switch",
        "whether instants are finer than the printed millisecond, so that a cursor that was read from a contact lists "
        "it once more",
        default=False,
    )

    # Who may ask, and where
    first_judged: Literal["key", "values", "query"] = _rule(
        "answer",
        "what is judged first: the key, each single value, or the whole query but for custom fields, stages and "
        "pipelines",
        slug="401-before-400",
        default="key",
    )
    unknown_path_without_key: Literal["404", "401"] = _rule(
        "answer", "what an unknown path answers without a valid key", slug="404-before-401", default="404"
    )
    path_forms: PathForms = _rule("answer", "the path in capitals, and with a slash at its end", make=PathForms)

    # How a query is read
    time_filter_required: Literal["refuse", "all"] | Annotated[int, Strict(), Bounds(ge=1, le=365)] = _rule(
        "query", "a query without a time filter: refused, all contacts, or as if days had this number", default="refuse"
    )
    days_range: DaysRange = _rule("query", "the range of days", make=DaysRange)
    limit_range: LimitRange = _rule("query", "the range of limit", make=LimitRange)
    offset_range: OffsetRange = _rule("query", "the range of offset", make=OffsetRange)
    limit_offset_whole: Literal["refuse", "down", "up", "nearest"] = _rule(
        "query", "a fraction in limit or offset: refused or rounded", default="refuse"
    )
    number_syntax: NumberSyntax = _rule("query", "which texts are numbers", make=NumberSyntax)
    timestamp_syntax: TimestampSyntax = _rule("query", "which texts are instants", make=TimestampSyntax)
    timestamp_precision: Literal["milliseconds", "nearest", "microseconds", "seconds"] = _rule(
        "query",
        "how exactly a cursor is read: to the millisecond, cut or rounded; to the last digit; to the second, cut",
        default="milliseconds",
    )
    uuid_syntax: Literal["document", "any-version", "any-text"] = _rule(
        "query", "which texts are ids; any-text: one that is none finds nothing", default="document"
    )
    uuid_case: Literal["same", "exact"] = _rule(
        "query", "whether an id in capitals finds what small letters find, or nothing", default="same"
    )
    repeated_parameter: (
        Literal["refuse", "first", "last", "ignore"] | dict[Parameter, Literal["refuse", "first", "last", "ignore"]]
    ) = _rule("query", "which value of a repeated parameter counts, for all or by parameter", default="refuse")
    malformed_values: dict[Parameter, Effect] = _rule(
        "query", "what a value answers that cannot be read, by parameter", make=dict
    )
    empty_values: dict[TextParameter, Literal["refuse", "absent", "accept"]] = _rule(
        "query",
        "what an empty text answers, by parameter; accept: an empty id or text is one like any other",
        make=dict,
    )
    unknown_parameters: Literal["ignore", "refuse"] = _rule(
        "query", "whether a parameter that the endpoint does not have is refused", default="ignore"
    )
    custom_field_pair: Literal["refuse", "ignore"] = _rule(
        "query", "one of custom_field_key and custom_field_value without the other", default="refuse"
    )
    custom_field_known: Effect = _rule("query", "a key that no definition has", default="refuse")
    custom_field_compatible: CustomFieldCompatible = _rule(
        "query", "a custom field that does not fit", make=CustomFieldCompatible
    )
    entity_type_alone: Literal["ignore", "refuse"] = _rule("query", "entity_type without the pair", default="ignore")
    entity_type_default: Literal["both", "ticket", "customer"] = _rule(
        "query", "where a custom field is looked for without entity_type", default="both"
    )
    unknown_stage_or_pipeline: UnknownPlaces = _rule(
        "query", "a well-formed id that no pipeline has", make=UnknownPlaces
    )
    default_limit: Annotated[int, Strict(), Bounds(ge=0, le=1_000_000)] = _rule(
        "query", "the limit of a query without one; 0: none", default=0
    )
    limit_cap: Annotated[int, Strict(), Bounds(ge=0, le=1_000_000)] = _rule(
        "query", "the most contacts of an answer, whatever limit says; 0: any", default=0
    )
    paging: Literal["rows", "pages", "pages-from-one"] = _rule(
        "query", "what offset counts: contacts, or pages of limit contacts, from 0 or from 1", default="rows"
    )

    # What is found, and in which order
    days_window: DaysWindow = _rule("search", "where the window of days begins", make=DaysWindow)
    days_without_message: Literal["left-out", "listed"] = _rule(
        "search", "contacts without a message in the window of days", default="left-out"
    )
    days_without_ticket: Literal["listed", "left-out"] = _rule(
        "search", "contacts without an active ticket in the window of days", default="listed"
    )
    cursor_is_exclusive: CursorIsExclusive = _rule(
        "search", "whether a cursor leaves out the contact whose instant it is", make=CursorIsExclusive
    )
    time_filters_together: Annotated[dict[Combination, Combination], AfterValidator(_check_together)] = _rule(
        "search", "which time filters count where several are sent, by combination", make=dict
    )
    pipeline_of_active_ticket: StageOf = _rule(
        "search", "what the stages of pipeline_id are compared with, as stage-of-active-ticket", default="active_ticket"
    )
    custom_field_match: CustomFieldMatch = _rule(
        "search", "when two texts are the same custom value", make=CustomFieldMatch
    )
    blocked_are_listed: Flag = _rule("search", "whether blocked contacts are listed", default=True)
    order: dict[Combination, Sorting] = _rule("search", "the order, by combination of time filters", make=dict)
    order_nulls: Literal["last", "first"] = _rule(
        "search", "where contacts without a message are in the order of last_message_at", default="last"
    )
    order_ties: Ties | dict[Literal["last_message_at", "updated_at", "created_at"], Ties] = _rule(
        "search",
        "the order of equal instants, for all or by instant; with, against: in the direction of the order or the other;"
        " unstable: another one in each answer",
        default="id-up",
    )

    # What a contact looks like
    contact_fields: list[Name] = _rule("contact", "the names of all fields, in their order", make=list)
    extra_fields: dict[Name, Extra] = _rule(
        "contact", "fields beyond the document, by path, with their types", make=dict
    )
    nullable_fields: list[Name] = _rule("contact", "fields that are sometimes null, beyond the document's", make=list)
    timestamps: Timestamps = _rule("contact", "how an instant is printed", make=Timestamps)
    platforms: list[Name] = _rule("contact", "the platforms seen; the mock sends those that it has not", make=list)
    chat_statuses: list[Name] = _rule("contact", "the statuses seen; the mock sends those that it has not", make=list)

    # What an answer looks like
    response_headers: Annotated[
        dict[HeaderName, HeaderText | dict[HeaderName, HeaderText]], AfterValidator(_check_headers)
    ] = _rule("answer", "headers of every answer by name, or, in a table named after its status, of some", make=dict)
    rate_limit_numbers: RateLimitNumbers | None = _rule(
        "answer", "what {{remaining}} and {{reset}} in a header count", default=None
    )
    invalid_parameters: InvalidParameters = _rule(
        "query", "the refusal of single values, as a template", make=InvalidParameters
    )
    issue_texts: Annotated[dict[Text, Template], AfterValidator(_check_issues)] = _rule(
        "query", "what each fault says, as a template, by fault or fault.parameter", make=dict
    )
    rules_first: Flag = _rule(
        "query", "whether the rules between parameters are judged before the single values", default=False
    )
    refused_by_rule: RefusedByRule = _rule("query", "the refusals by rules, as templates", make=RefusedByRule)
    unauthorized: Unauthorized = _rule("answer", "the refusals of a key, as templates", make=Unauthorized)
    not_found: Refused = _rule("answer", "the answer to an unknown path, as a template", make=Refused)

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @cached_property
    def changed(self) -> frozenset[str]:
        """The fields that are not as usual."""
        return frozenset(one.name for one in fields(self) if getattr(self, one.name) != _default(one))

    @cached_property
    def asks_otherwise(self) -> bool:
        """Whether a query is read in a way that only ``other_query`` knows."""
        return self.fractional_days not in (True, False) or self._has("query")

    @cached_property
    def finds_otherwise(self) -> bool:
        """Whether a search goes in a way that only the store's other plans know."""
        return self.stage_filter == "ticket_else_default" or self._has("search") or self._may_lack_time_filter

    @cached_property
    def sends_otherwise(self) -> bool:
        """Whether the endpoint answers in a way of its own."""
        return self.asks_otherwise or self._has("contact") or self._has("answer")

    @property
    def _may_lack_time_filter(self) -> bool:
        """Whether a query may come to the search without a time filter, which the usual orders go by."""
        return self.time_filter_required == "all" or "empty" in self.malformed_values.values()

    def _has(self, part: Part) -> bool:
        return any(PARTS[name] == part for name in self.changed)


def _default(rule: "Field[Any]") -> Any:
    return rule.default_factory() if callable(rule.default_factory) else rule.default


def slug_of(rule: "Field[Any]") -> str:
    """The slug of a field of ``FullDialect``."""
    return rule.metadata["slug"] or rule.name.replace("_", "-")


PARTS: Final[Mapping[str, Part]] = {one.name: one.metadata["part"] for one in fields(FullDialect)}
FIELDS_BY_SLUG: Final[Mapping[str, str]] = {slug_of(one): one.name for one in fields(FullDialect)}
"""The field of each slug, in the order of the vocabulary."""
