"""The query: names, syntax, ranges and the rules between parameters. Text in, a ``ContactsQuery`` or a 400 out.

There are two steps, as in the vendor's server: each value is validated by itself, and all faults go into one answer;
only then the rules between parameters apply (`invalid-parameters`, `refused-by-rule`).
"""

import math
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from vambe_mock.contract import instants, javascript, refusals
from vambe_mock.contract.custom_fields import Definitions, Reading, read_query_value
from vambe_mock.contract.dialect import USUAL, Dialect
from vambe_mock.contract.vocabulary import ENTITIES, UUID_PATTERN, Entity

ENTITY_TYPES: Final[tuple[Entity, ...]] = ("ticket", "customer")
"""The values of ``entity_type`` in the document's order, which is also the order in the refusal."""

_UUID: Final = re.compile(UUID_PATTERN.removesuffix("$") + r"\Z")


MOST_KNOWN: Final = 2_000
LONGEST_KNOWN: Final = 20
"""How many texts of a number are remembered for each parameter, and of how many characters."""


class CustomFieldFilter(NamedTuple):
    """A filter on a custom field: its key, and the value's reading for each entity that can have it."""

    key: str
    readings: tuple[tuple[Entity, Reading], ...]


class ContactsQuery(NamedTuple):
    """The parsed parameters of a request; None for one that was not sent.

    ``created_after`` and ``updated_after`` are milliseconds since 1970 UTC, ids are in lower case, ``ignored`` are the
    unknown names in the order in which they were sent.
    """

    days: float | None = None
    created_after: int | None = None
    updated_after: int | None = None
    limit: int | None = None
    offset: int = 0
    stage_id: str | None = None
    pipeline_id: str | None = None
    custom_field: CustomFieldFilter | None = None
    ignored: tuple[str, ...] = ()


def unknown(raw: bytes) -> tuple[str, ...]:
    """The parameters in the query string *raw* that the endpoint does not have (`unknown-parameters`)."""
    return tuple(name for name in javascript.query_pairs(raw) if name not in PARAMETERS)


def parse(raw: bytes, definitions: Definitions, dialect: Dialect = USUAL) -> ContactsQuery:
    """The query string *raw*, undecoded, as a ``ContactsQuery``.

    Raises ``refusals.Refusal`` with every fault of every value (`invalid-parameters`), or, if all are valid, with the
    first broken rule between parameters (`refused-by-rule`).
    """
    sent = javascript.query_pairs(raw)
    values = _read_each(sent, _READERS_BY_SWITCHES[dialect.fractional_days, dialect.seconds_required])
    value = values.get
    if value("days") is None and value("created_after") is None and value("updated_after") is None:
        raise refusals.refused_by_rule(
            "At least one of days, created_after or updated_after is required, for example days=30"
        )
    return ContactsQuery(
        value("days"),
        value("created_after"),
        value("updated_after"),
        value("limit"),
        value("offset", 0),
        value("stage_id"),
        value("pipeline_id"),
        _custom_field(values, definitions),
        tuple(name for name in sent if name not in values) if len(values) < len(sent) else (),
    )


PARAMETERS: Final = (
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
)
"""Every parameter of the endpoint, in the document's order; any other is ignored (`unknown-parameters`)."""


class _InvalidValue(Exception):  # noqa: N818 - the client's error, not ours
    """A parameter's value is invalid, for one reason or two."""

    def __init__(self, *issues: refusals.Issue) -> None:
        self.issues = issues


_Reader = Callable[[str, list[str]], Any]


def _read_each(sent: dict[str, list[str]], readers: dict[str, _Reader]) -> dict[str, Any]:
    """Read each known parameter by itself. Raises one 400 with all faults."""
    values: dict[str, Any] = {}
    faults: dict[str, _InvalidValue] = {}
    for name, texts in sent.items():
        read = readers.get(name)
        if read is not None:
            try:
                values[name] = read(name, texts)
            except _InvalidValue as fault:
                faults[name] = fault
    if faults:
        issues = [issue for name in PARAMETERS if name in faults for issue in faults[name].issues]
        raise refusals.invalid_parameters(issues)
    return values


def _number(minimum: int, maximum: float = math.inf, *, whole: bool, newer_zod: bool = False) -> _Reader:
    """A number from *minimum* to *maximum*, inclusive (`number-syntax`, `days-range`, `limit-range`).

    *newer_zod*: an infinite number is refused in the words of zod 4.5.0 and later.
    """
    most = min(maximum, refusals.SAFE_INTEGER) if whole else maximum

    def read(name: str, texts: list[str]) -> float | int:
        value = javascript.number(texts[0]) if len(texts) == 1 else math.nan
        if not minimum <= value <= most or (whole and not value.is_integer()):
            raise _out_of_range(name, value)
        return int(value) if whole else value

    def _out_of_range(name: str, value: float) -> _InvalidValue:
        if not math.isfinite(value):
            if math.isnan(value):
                return _InvalidValue(refusals.not_a_number(name))
            return _InvalidValue(
                refusals.signed_infinity(name, above=value > 0) if newer_zod else refusals.infinite(name)
            )
        if whole and not value.is_integer():
            return _InvalidValue(refusals.not_whole(name))
        # A whole number that is too large for a double is reported as such, and as out of range.
        issues = (
            [refusals.unsafe_integer(name, above=value > 0)] if whole and abs(value) > refusals.SAFE_INTEGER else []
        )
        if value < minimum:
            issues.append(refusals.below(name, minimum))
        elif value > maximum:
            issues.append(refusals.above(name, int(maximum)))
        return _InvalidValue(*issues)

    return read


def _remembering(read: _Reader) -> _Reader:
    """*read*, which remembers what it has made of short texts: clients send the same few again and again."""
    known: dict[str, Any] = {}

    def remembered(name: str, texts: list[str]) -> Any:
        text = texts[0]
        if len(texts) > 1 or len(text) > LONGEST_KNOWN:
            return read(name, texts)
        found = known.get(text)
        if found is None:
            found = read(name, texts)
            if len(known) < MOST_KNOWN:
                known[text] = found
        return found

    return remembered


def _timestamp(*, seconds_required: bool) -> _Reader:
    """`timestamp-syntax`, `timestamp-precision`: milliseconds since 1970 UTC."""
    pattern = instants.PATTERN_WITH_SECONDS if seconds_required else instants.PATTERN

    def read(name: str, texts: list[str]) -> int:
        text = _one_text(name, texts)
        try:
            return instants.parse(text, seconds_required=seconds_required)
        except ValueError:
            raise _InvalidValue(refusals.malformed(name, "datetime", pattern)) from None

    return read


def _uuid(name: str, texts: list[str]) -> str:
    """`uuid-syntax`; in lower case, because ids are compared as UUIDs (`uuid-case`)."""
    text = _one_text(name, texts)
    if not _UUID.match(text):
        raise _InvalidValue(refusals.malformed(name, "uuid", UUID_PATTERN))
    return text.lower()


def _text(name: str, texts: list[str]) -> str:
    text = _one_text(name, texts)
    if not text:
        raise _InvalidValue(refusals.empty_text(name))
    return text


def _entity_type(name: str, texts: list[str]) -> str:
    if len(texts) > 1 or texts[0] not in ENTITY_TYPES:
        raise _InvalidValue(refusals.not_an_option(name, ENTITY_TYPES))
    return texts[0]


def _one_text(name: str, texts: list[str]) -> str:
    """`repeated-parameter`: a repeated parameter is refused, even with equal values."""
    if len(texts) > 1:
        raise _InvalidValue(refusals.repeated_text(name))
    return texts[0]


def _readers(*, fractional_days: bool, seconds_required: bool) -> dict[str, _Reader]:
    """The reader of each parameter. *seconds_required* stands for zod 4.5.0 and later as a whole."""
    timestamp = _timestamp(seconds_required=seconds_required)
    return {
        "days": _remembering(_number(1, 365, whole=not fractional_days, newer_zod=seconds_required)),
        "created_after": timestamp,
        "updated_after": timestamp,
        "limit": _remembering(_number(1, 1_000, whole=True, newer_zod=seconds_required)),
        "offset": _remembering(
            _number(0, whole=True, newer_zod=seconds_required)
        ),  # its maximum is that of any whole number
        "stage_id": _uuid,
        "pipeline_id": _uuid,
        "custom_field_key": _text,
        "custom_field_value": _text,
        "entity_type": _entity_type,
    }


_READERS: Final = _readers(fractional_days=True, seconds_required=False)
_READERS_BY_SWITCHES: Final[dict[tuple[Any, bool], dict[str, _Reader]]] = {
    (True, False): _READERS,
    (True, True): _readers(fractional_days=True, seconds_required=True),
    (False, False): _readers(fractional_days=False, seconds_required=False),
    (False, True): _readers(fractional_days=False, seconds_required=True),
}
"""The readers by ``Dialect.fractional_days`` and ``Dialect.seconds_required``."""


def _custom_field(values: dict[str, Any], definitions: Definitions) -> CustomFieldFilter | None:
    """`custom-field-pair`, `custom-field-known`, `custom-field-compatible`; None if the query has no custom field."""
    key, value = values.get("custom_field_key"), values.get("custom_field_value")
    if key is None and value is None:
        return None
    entity_type = values.get("entity_type")
    if key is None or value is None:
        raise refusals.refused_by_rule("custom_field_key and custom_field_value must be provided together")
    if key not in definitions:
        raise refusals.refused_by_rule(f'Custom field "{key}" not found')
    wanted = [entity for entity in ENTITIES if entity_type in (None, entity)]
    defined = {entity: definitions[key][entity] for entity in wanted if entity in definitions[key]}
    if not defined:
        raise refusals.refused_by_rule(f'Custom field "{key}" is not defined for {entity_type}')
    readings = {entity: read_query_value(field, value) for entity, field in defined.items()}
    readable = tuple((entity, reading) for entity, reading in readings.items() if reading is not None)
    if not readable:
        types = " or ".join(dict.fromkeys(field.type for field in defined.values()))
        raise refusals.refused_by_rule(f'Value "{value}" is not compatible with custom field "{key}" of type {types}')
    return CustomFieldFilter(key, readable)
