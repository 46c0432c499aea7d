"""A query as a dialect reads it. ``query.parse`` is the usual reading; the two share nothing but what they give back.

What a value is decided by is looked up when the dialect is first used, not for each request.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, get_args

from vambe_mock.contract import instants, javascript, query, refusals, wording
from vambe_mock.contract.custom_fields import Definitions, read_query_value
from vambe_mock.contract.dialect import Dialect
from vambe_mock.contract.full_dialect import (
    RULE_KINDS,
    Effect,
    Fault,
    FullDialect,
    NumberSyntax,
    Parameter,
    RuleKind,
    TimestampSyntax,
)
from vambe_mock.contract.query import ENTITY_TYPES, ContactsQuery, CustomFieldFilter
from vambe_mock.contract.vocabulary import ENTITIES, UUID_PATTERN
from vambe_mock.contract.wording import Found, Worded

Stages = Mapping[str, tuple[str, ...]]
"""The ids of each pipeline's stages, all in lower case."""

Sent = dict[str, list[str]]

NO_ID: Final = ""
"""The id of no stage: with it, a query finds nothing."""

TIME_FILTERS: Final = ("days", "created_after", "updated_after")
PARAMETERS: Final[tuple[Parameter, ...]] = get_args(Parameter)

_NAMES: Final = frozenset[str](PARAMETERS)
_NUMBERS: Final = ("days", "limit", "offset")
_FILTERS: Final = frozenset(TIME_FILTERS)
_PLAIN: Final = frozenset((*TIME_FILTERS, "limit", "offset"))
"""The parameters that ask for nothing of the organisation."""

_ANY_VERSION: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DOCUMENTS: Final = re.compile(UUID_PATTERN.removeprefix("^").removesuffix("$"))
_MALFORMED: Final = frozenset[Fault]({"not-a-number", "infinite", "bad-instant", "bad-id", "no-option"})


class _Absent(Exception):  # noqa: N818 - an outcome
    """As if the parameter had not been sent."""


class _Nothing(Exception):  # noqa: N818 - an outcome
    """The answer is an empty list."""


class _Faulty(Exception):  # noqa: N818 - the client's error, not ours
    """A value is refused, for one reason or two."""

    def __init__(self, *found: Found) -> None:
        self.found = found


_Reader = Callable[[str, str], Any]
"""Gets the parameter's name and its text."""


def read(raw: bytes, definitions: Definitions, stages: Stages, dialect: Dialect) -> ContactsQuery:
    """The query string *raw*, undecoded, as *dialect* reads it. Raises ``refusals.Refusal``."""
    if not isinstance(dialect, FullDialect) or not dialect.asks_otherwise:
        return query.parse(raw, definitions, dialect)
    return grammar(dialect).read(raw, definitions, stages)


@lru_cache(maxsize=16)
def grammar(dialect: FullDialect) -> "Grammar":
    """How *dialect* reads queries."""
    return Grammar(dialect)


class Grammar:
    """How a dialect reads queries."""

    def __init__(self, dialect: FullDialect) -> None:
        self.dialect = dialect
        self._readers = _readers(dialect)
        repeated = dialect.repeated_parameter
        self._repeated: Mapping[Any, str] = (
            dict.fromkeys(PARAMETERS, repeated) if isinstance(repeated, str) else repeated
        )
        first = dialect.refused_by_rule.first
        self._judged: list[RuleKind] = [*first, *(kind for kind in RULE_KINDS if kind not in first)]

    def read(self, raw: bytes, definitions: Definitions, stages: Stages) -> ContactsQuery:
        """The query string *raw*. Raises ``refusals.Refusal``."""
        return self.read_and_told(raw, definitions, stages)[0]

    def read_and_told(self, raw: bytes, definitions: Definitions, stages: Stages) -> tuple[ContactsQuery, bool]:
        """The same, and whether *definitions* and *stages* have no say in it."""
        sent = javascript.query_pairs(raw)
        values, nothing = self._values(sent)
        custom, none_such, unplaced = None, False, False
        plain = values.keys() <= _PLAIN
        if not plain or _FILTERS.isdisjoint(values):  # else no rule can be broken
            broken: dict[RuleKind, Worded] = {}
            self._judge_presence(values, broken)
            if not plain:
                custom, none_such = self._custom_field(values, definitions, broken)
                unplaced = self._judge_places(values, stages, broken)
            self._raise_first(broken)
        limit, offset = self._page(values)
        value = values.get
        found = ContactsQuery(
            value("days"),
            value("created_after"),
            value("updated_after"),
            limit,
            offset,
            NO_ID if nothing or none_such or unplaced else value("stage_id"),
            value("pipeline_id"),
            custom,
            () if sent.keys() <= _NAMES else tuple(name for name in sent if name not in PARAMETERS),
        )
        return found, plain

    def judge(self, raw: bytes, *, rules: bool) -> None:
        """Judge what can be judged without an organisation: single values and, with *rules*, what goes together."""
        values, _ = self._values(javascript.query_pairs(raw))
        if rules:
            broken: dict[RuleKind, Worded] = {}
            self._judge_presence(values, broken)
            self._raise_first(broken)

    def _values(self, sent: Sent) -> tuple[dict[str, Any], bool]:
        """The value of each parameter, and whether one has to find nothing. Raises a refusal (`rules-first`)."""
        values: dict[str, Any] = {}
        faults: dict[str, tuple[Found, ...]] = {}
        nothing = False
        readers = self._readers
        for name, texts in sent.items():
            reader = readers.get(name)
            if reader is None:
                continue
            try:
                values[name] = reader(name, texts[0]) if len(texts) == 1 else self._read_one(name, texts)
            except _Absent:
                pass
            except _Nothing:
                nothing, values[name] = True, None
            except _Faulty as faulty:
                faults[name] = faulty.found
        if self.dialect.unknown_parameters == "refuse" and not sent.keys() <= _NAMES:
            faults[""] = (_unknown([name for name in sent if name not in readers]),)
        if faults:
            if self.dialect.rules_first:
                broken: dict[RuleKind, Worded] = {}
                self._judge_presence({**dict.fromkeys(faults), **values}, broken)
                self._raise_first(broken)
            raise wording.invalid_parameters(self.dialect, self._in_order(faults), sent)
        return values, nothing

    def _read_one(self, name: str, texts: list[str]) -> Any:
        text = texts[0]
        if len(texts) > 1:
            mode = self._repeated.get(name, "refuse")
            if mode == "refuse":
                raise _Faulty(_repeated(name))
            if mode == "ignore":
                raise _Absent
            text = texts[0 if mode == "first" else -1]
        return self._readers[name](name, text)

    def _in_order(self, faults: dict[str, tuple[Found, ...]]) -> list[Found]:
        order = self.dialect.invalid_parameters.order
        names: list[str] = list(faults)
        if order != "sent":
            known = [*(order if isinstance(order, list) else ()), *PARAMETERS, ""]
            names.sort(key=known.index)
        return [one for name in names for one in faults[name]]

    def _judge_presence(self, values: dict[str, Any], broken: dict[RuleKind, Worded]) -> None:
        """The rules that ask only what was sent. A default of ``days`` goes into *values*."""
        dialect = self.dialect
        if _FILTERS.isdisjoint(values):
            if dialect.time_filter_required == "refuse":
                broken["no-time-filter"] = wording.refused_by_rule(
                    dialect,
                    "no-time-filter",
                    "At least one of days, created_after or updated_after is required, for example days=30",
                )
            elif dialect.time_filter_required != "all":
                values["days"] = dialect.time_filter_required
        key, value = "custom_field_key" in values, "custom_field_value" in values
        if key != value and dialect.custom_field_pair == "refuse":
            kind: RuleKind = "no-custom-value" if key else "no-custom-key"
            broken[kind] = wording.refused_by_rule(
                dialect, kind, "custom_field_key and custom_field_value must be provided together"
            )
        if not key and not value and "entity_type" in values and dialect.entity_type_alone == "refuse":
            broken["lone-entity-type"] = wording.refused_by_rule(
                dialect,
                "lone-entity-type",
                "entity_type needs custom_field_key and custom_field_value",
                entity=values["entity_type"],
            )

    def _custom_field(
        self, values: dict[str, Any], definitions: Definitions, broken: dict[RuleKind, Worded]
    ) -> tuple[CustomFieldFilter | None, bool]:
        """The filter on a custom field, and whether it has to find nothing (`entity-type-default`)."""
        key, value = values.get("custom_field_key"), values.get("custom_field_value")
        if key is None or value is None:
            return None, False
        dialect = self.dialect
        said = {"key": key, "value": value}
        if key not in definitions:
            message = f'Custom field "{key}" not found'
            return None, self._effect(dialect.custom_field_known, broken, "unknown-custom-field", message, **said)
        entity = values.get("entity_type")
        wanted = entity or (None if dialect.entity_type_default == "both" else dialect.entity_type_default)
        defined = {one: definitions[key][one] for one in ENTITIES if wanted in (None, one) and one in definitions[key]}
        if not defined:
            message = f'Custom field "{key}" is not defined for {wanted}'
            effect = dialect.custom_field_compatible.entity
            return None, self._effect(effect, broken, "custom-field-entity", message, **said, entity=wanted)
        readings = {one: read_query_value(field, value) for one, field in defined.items()}
        readable = tuple((one, reading) for one, reading in readings.items() if reading is not None)
        if not readable:
            types = " or ".join(dict.fromkeys(field.type for field in defined.values()))
            message = f'Value "{value}" is not compatible with custom field "{key}" of type {types}'
            effect = dialect.custom_field_compatible.value
            return None, self._effect(effect, broken, "custom-field-value", message, **said, type=types)
        return CustomFieldFilter(key, readable), False

    def _judge_places(self, values: dict[str, Any], stages: Stages, broken: dict[RuleKind, Worded]) -> bool:
        """What ids answer that no pipeline has; whether they have to find nothing."""
        unknown, nothing = self.dialect.unknown_stage_or_pipeline, False
        stage, pipeline = values.get("stage_id"), values.get("pipeline_id")
        if stage is not None and unknown.stage != "empty" and not any(stage in some for some in stages.values()):
            message = f"Stage {stage} not found"
            nothing = self._effect(unknown.stage, broken, "unknown-stage", message, id=stage)
            values["stage_id"] = None
        if pipeline is not None and unknown.pipeline != "empty" and pipeline not in stages:
            message = f"Pipeline {pipeline} not found"
            nothing |= self._effect(unknown.pipeline, broken, "unknown-pipeline", message, id=pipeline)
            values["pipeline_id"] = None
        return nothing

    def _effect(
        self, effect: Effect, broken: dict[RuleKind, Worded], kind: RuleKind, message: str, **values: Any
    ) -> bool:
        """Note a broken rule if *effect* is to refuse; whether the answer has to be empty."""
        if effect == "refuse":
            broken[kind] = wording.refused_by_rule(self.dialect, kind, message, **values)
        return effect == "empty"

    def _raise_first(self, broken: dict[RuleKind, Worded]) -> None:
        for kind in self._judged if broken else ():
            if kind in broken:
                raise broken[kind]

    def _page(self, values: dict[str, Any]) -> tuple[int | None, int]:
        """The limit and the offset in contacts (`default-limit`, `limit-cap`, `paging`)."""
        dialect = self.dialect
        limit: int | None = values.get("limit")
        limit = (dialect.default_limit or None) if limit is None else limit
        if dialect.limit_cap:
            limit = dialect.limit_cap if limit is None else min(limit, dialect.limit_cap)
        offset: int = values.get("offset") or 0
        if dialect.paging != "rows" and limit is not None:
            offset = (max(offset - 1, 0) if dialect.paging == "pages-from-one" else offset) * limit
        return limit, offset


def _readers(dialect: FullDialect) -> dict[str, _Reader]:
    """The reader of each parameter; around it, what the dialect says of `malformed-values` and `empty-values`."""
    days, limit, offset = dialect.days_range, dialect.limit_range, dialect.offset_range
    beyond_any = refusals.SAFE_INTEGER
    most = math.inf if offset.most == beyond_any and offset.beyond == "refuse" else offset.most
    fractions, whole = dialect.fractional_days, dialect.limit_offset_whole
    kept: str = {True: "keep", False: "refuse"}[fractions] if isinstance(fractions, bool) else fractions
    readers: dict[str, _Reader] = {
        "days": _number(dialect, days.least, days.most, kept, clamp=days.beyond == "clamp"),
        "created_after": _instant(dialect, exclusive=dialect.cursor_is_exclusive.created_after),
        "updated_after": _instant(dialect, exclusive=dialect.cursor_is_exclusive.updated_after),
        "limit": _number(dialect, limit.least, limit.most, whole, clamp=limit.beyond == "clamp"),
        "offset": _number(dialect, offset.least, most, whole, clamp=offset.beyond == "clamp"),
        "stage_id": _id(dialect),
        "pipeline_id": _id(dialect),
        "custom_field_key": _text,
        "custom_field_value": _text,
        "entity_type": _entity_type,
    }
    for name in PARAMETERS:
        reader = readers[name]
        if effect := dialect.malformed_values.get(name):
            reader = _forgiving(reader, effect)
        if name in dialect.empty_values:
            reader = _with_empty(reader, dialect.empty_values[name])
        readers[name] = _remembering(reader) if name in _NUMBERS else reader
    return readers


def _remembering(reader: _Reader) -> _Reader:
    """*reader*, which remembers what it has made of short texts, as the usual reading does."""
    known: dict[str, Any] = {}

    def read(name: str, text: str) -> Any:
        found = known.get(text)
        if found is None:
            found = reader(name, text)
            if len(known) < query.MOST_KNOWN and len(text) <= query.LONGEST_KNOWN:
                known[text] = found
        return found

    return read


def _forgiving(reader: _Reader, effect: Effect) -> _Reader:
    def read(name: str, text: str) -> Any:
        try:
            return reader(name, text)
        except _Faulty as faulty:
            if effect == "refuse" or faulty.found[0].fault not in _MALFORMED:
                raise
            raise (_Nothing if effect == "empty" else _Absent) from None

    return read


def _with_empty(reader: _Reader, mode: str) -> _Reader:
    def read(name: str, text: str) -> Any:
        if text:
            return reader(name, text)
        if mode == "absent":
            raise _Absent
        if mode == "accept" and name.startswith("custom_field_"):
            return text
        if mode == "accept" and name.endswith("_id"):
            raise _Nothing
        return reader(name, text)

    return read


def _number(dialect: FullDialect, minimum: int, maximum: float, fractions: str, *, clamp: bool) -> _Reader:  # noqa: C901
    """A number from *minimum* to *maximum*; *fractions* says what becomes of one that is not whole."""
    text_to_number = number_reader(dialect.number_syntax)
    round_ = {"down": math.floor, "up": math.ceil, "nearest": lambda value: math.floor(value + 0.5)}.get(fractions)
    whole = fractions != "keep"
    within = min(maximum, refusals.SAFE_INTEGER)

    def read(name: str, text: str) -> float | int:
        value = text_to_number(text)
        if value is None:
            raise _Absent
        if minimum <= value <= within and (not whole or value.is_integer()):  # as most are
            return int(value) if whole else value
        if math.isnan(value):
            raise _Faulty(Found("not-a-number", name, refusals.not_a_number(name)))
        if math.isinf(value):
            newer = dialect.seconds_required
            issue = refusals.signed_infinity(name, above=value > 0) if newer else refusals.infinite(name)
            raise _Faulty(Found("infinite", name, issue))
        if round_ is not None:
            value = float(round_(value))
        elif whole and not value.is_integer():
            raise _Faulty(Found("not-whole", name, refusals.not_whole(name), **{"number-json": value}))
        if clamp:
            value = float(min(max(value, minimum), maximum))
        if minimum <= value <= within:
            return int(value) if whole else value
        raise _Faulty(*_beyond(name, value))

    def _beyond(name: str, value: float) -> list[Found]:
        shown = int(value) if value.is_integer() and abs(value) <= refusals.SAFE_INTEGER else value
        bounds = {"minimum": minimum, "maximum": refusals.SAFE_INTEGER if math.isinf(maximum) else int(maximum)}
        found = []
        if whole and abs(value) > refusals.SAFE_INTEGER:
            safe = {"minimum": -refusals.SAFE_INTEGER, "maximum": refusals.SAFE_INTEGER}
            issue = refusals.unsafe_integer(name, above=value > 0)
            found.append(Found("unsafe-integer", name, issue, **safe, **{"number-json": shown}))
        if value < minimum:
            found.append(Found("below", name, refusals.below(name, minimum), **bounds, **{"number-json": shown}))
        elif value > maximum:
            issue = refusals.above(name, int(maximum))
            found.append(Found("above", name, issue, **bounds, **{"number-json": shown}))
        return found

    return read


def number_reader(syntax: NumberSyntax) -> Callable[[str], float | None]:
    """What reads a number by *syntax*: NaN for what is none, None for what is as if it had not been sent."""
    pattern = _pattern_of_numbers(syntax)
    match = pattern.match if syntax.rest == "ignore" else pattern.fullmatch
    empty = {"zero": 0.0, "refuse": math.nan, "absent": None}
    zeros, points, longest = syntax.zeros, syntax.point_zero, 15

    def read(text: str) -> float | None:
        if text.isascii() and text.isdigit() and len(text) <= longest and (zeros or text[0] != "0" or text == "0"):
            return float(text)
        if points:
            before, _, after = text.partition(".")
            if text.isascii() and before.isdigit() and after.isdigit() and (zeros or before[0] != "0"):
                return float(text)
        trimmed = javascript.trim(text)
        if not trimmed:
            return empty[syntax.blank if text else syntax.empty]
        found = match(trimmed)
        if found is None or (trimmed != text and not syntax.around):
            return math.nan
        value = javascript.number(found[0])
        return math.nan if math.isinf(value) and not syntax.infinity else value

    return read


def _pattern_of_numbers(syntax: NumberSyntax) -> "re.Pattern[str]":
    """The texts that are numbers, of which ``javascript.number`` knows the values."""
    sign = "[+-]?" if syntax.plus else "-?"
    body = "[0-9]++" if syntax.zeros else "(?:0|[1-9][0-9]*+)"
    if syntax.point_zero and syntax.bare_point:
        body = rf"(?:{body}(?:\.[0-9]*+)?|\.[0-9]++)"
    elif syntax.point_zero:
        body = rf"{body}(?:\.[0-9]++)?"
    exponent = "(?:[eE][+-]?[0-9]++)?" if syntax.exponent else ""
    forms = ["0(?:[xX][0-9a-fA-F]++|[bB][01]++|[oO][0-7]++)"] if syntax.radix else []
    forms += [f"{sign}{body}{exponent}", f"{sign}Infinity"]
    return re.compile("|".join(forms))


_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE: Final = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})\Z")
_BARE_ZONE: Final = re.compile(r"([+-][0-9]{2})([0-9]{2})\Z")
_FRACTION: Final = re.compile(r"\.([0-9]+)")
_AT_T: Final = 10
_LONGEST_USUAL: Final = len("2026-01-31T09:30:00.000Z")


def _instant(dialect: FullDialect, *, exclusive: bool) -> _Reader:
    """Milliseconds since 1970 UTC, by the dialect's syntax and precision."""
    syntax, precision = dialect.timestamp_syntax, dialect.timestamp_precision
    pattern = instants.PATTERN_WITH_SECONDS if dialect.seconds_required else instants.PATTERN
    plain = syntax == TimestampSyntax()

    def read(name: str, text: str) -> int:
        as_document = text if plain else _as_document(text, syntax)
        try:
            value = instants.parse(as_document, seconds_required=dialect.seconds_required)
        except ValueError:
            issue = refusals.malformed(name, "datetime", pattern)
            raise _Faulty(Found("bad-instant", name, issue, pattern=pattern)) from None
        if precision == "milliseconds":
            return value
        if precision == "seconds":
            return value - value % instants.SECOND
        if len(as_document) <= _LONGEST_USUAL:  # it ends in Z, so there is nothing finer than milliseconds
            return value
        fraction = _FRACTION.search(as_document)
        finer = fraction[1][3:] if fraction else ""
        if precision == "nearest":
            return value + (finer[:1] >= "5")
        # An instant of a contact is whole milliseconds: what is not before a finer cursor is after the cut one.
        return value + (not exclusive and finer.strip("0") != "")

    return read


def _as_document(text: str, syntax: TimestampSyntax) -> str:
    """*text* as the document's pattern would have it; a text that *syntax* does not admit as none that it has."""
    if text[_AT_T : _AT_T + 1] == "T" and text.endswith("Z"):
        return text  # as most are: no rule says otherwise
    if syntax.date_alone and _DATE.fullmatch(text):
        return f"{text}T00:00:00Z"
    separator = text[_AT_T : _AT_T + 1]
    if (syntax.blank and separator == " ") or (syntax.small_letters and separator == "t"):
        text = f"{text[:_AT_T]}T{text[_AT_T + 1 :]}"
    if syntax.small_letters and text.endswith("z"):
        text = f"{text[:-1]}Z"
    if text[_AT_T : _AT_T + 1] != "T":
        return ""
    if syntax.colon == "optional":
        text = _BARE_ZONE.sub(r"\1:\2", text)
    if syntax.zone == "utc" and not _ZONE.search(text):
        text += "Z"
    return text if syntax.offsets or text.endswith("Z") else ""


def _id(dialect: FullDialect) -> _Reader:
    """An id, in lower case unless capitals are to find nothing."""
    syntax, exact = dialect.uuid_syntax, dialect.uuid_case == "exact"
    pattern = {"document": _DOCUMENTS, "any-version": _ANY_VERSION, "any-text": None}[syntax]

    def read(name: str, text: str) -> str:
        if pattern is not None and not pattern.fullmatch(text):
            raise _Faulty(Found("bad-id", name, refusals.malformed(name, "uuid", UUID_PATTERN), pattern=UUID_PATTERN))
        if not text:
            raise _Nothing
        return text if exact else text.lower()

    return read


def _text(name: str, text: str) -> str:
    if not text:
        raise _Faulty(Found("empty-text", name, refusals.empty_text(name)))
    return text


def _entity_type(name: str, text: str) -> str:
    if text not in ENTITY_TYPES:
        raise _Faulty(_no_option("no-option", name))
    return text


def _repeated(name: str) -> Found:
    if name in _NUMBERS:
        return Found("repeated-number", name, refusals.not_a_number(name))
    if name == "entity_type":
        return _no_option("repeated-option", name)
    return Found("repeated-text", name, refusals.repeated_text(name))


def _no_option(fault: Fault, name: str) -> Found:
    options = "|".join(f'"{option}"' for option in ENTITY_TYPES)
    issue = refusals.not_an_option(name, ENTITY_TYPES)
    return Found(fault, name, issue, options=options, **{"options-json": list(ENTITY_TYPES)})


def _unknown(names: list[str]) -> Found:
    """All unknown parameters, in the words of zod's strict objects."""
    quoted = ", ".join(f'"{name}"' for name in names)
    message = f"Unrecognized key{'s' if len(names) > 1 else ''}: {quoted}"
    issue = {"code": "unrecognized_keys", "keys": names, "path": [], "message": message}
    return Found("unknown-parameters", "", issue, names=",".join(names), **{"names-json": names})
