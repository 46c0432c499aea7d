"""What a parameter's text means: hand-written readings. What is refused stands in test_refusals.py."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from asgi import ask
from vambe_mock.contract import javascript, refusals
from vambe_mock.contract.custom_fields import CustomField, definitions
from vambe_mock.contract.dialect import Dialect
from vambe_mock.contract.query import PARAMETERS, CustomFieldFilter, parse

ID = "123e4567-e89b-12d3-a456-426614174000"
MIDNIGHT = 1_772_323_200_000  # 2026-03-01T00:00:00Z

READINGS: list[tuple[str, str, str, Any]] = [
    ("a plain number", "days=30", "days", 30),
    ("a leading zero", "days=030", "days", 30),
    ("a plus sign, encoded", "days=%2B30", "days", 30),
    ("a plus sign, which is a space", "days=+30", "days", 30),
    ("a decimal zero", "days=30.0", "days", 30),
    ("a dot and nothing", "days=30.", "days", 30),
    ("an exponent", "days=1e2", "days", 100),
    ("a negative exponent", "days=150E-1", "days", 15),
    ("hexadecimal", "days=0x1E", "days", 30),
    ("binary", "days=0b11110", "days", 30),
    ("octal", "days=0o36", "days", 30),
    ("capital radix letters", "days=0X1e", "days", 30),
    ("white space around", "days=%20%0A%0930%0D", "days", 30),
    ("a no-break space", "days=%C2%A030", "days", 30),
    ("a byte order mark", "days=%EF%BB%BF30", "days", 30),
    ("an ideographic space", "days=%E3%80%8030", "days", 30),
    ("a day and a half", "days=1.5", "days", 1.5),
    ("the least", "days=1", "days", 1),
    ("the most", "days=365", "days", 365),
    ("the least limit", "days=1&limit=1", "limit", 1),
    ("the highest limit", "days=1&limit=1000", "limit", 1000),
    ("a whole limit with a dot", "days=1&limit=100.0", "limit", 100),
    ("no limit", "days=1", "limit", None),
    ("an empty offset is zero", "days=1&offset=", "offset", 0),
    ("a blank offset is zero", "days=1&offset=%20", "offset", 0),
    ("no offset is zero", "days=1", "offset", 0),
    ("minus zero", "days=1&offset=-0", "offset", 0),
    ("the highest offset", "days=1&offset=9007199254740991", "offset", 9007199254740991),
    ("an instant in UTC", "created_after=2026-03-01T00:00:00.000Z", "created_after", MIDNIGHT),
    ("without seconds", "created_after=2026-03-01T00:00Z", "created_after", MIDNIGHT),
    ("without a fraction", "updated_after=2026-03-01T00:00:00Z", "updated_after", MIDNIGHT),
    ("east of Greenwich", "created_after=2026-03-01T05:30:00%2B05:30", "created_after", MIDNIGHT),
    ("west of Greenwich", "created_after=2026-02-28T21:00:00-03:00", "created_after", MIDNIGHT),
    ("minus nothing", "created_after=2026-03-01T00:00:00-00:00", "created_after", MIDNIGHT),
    ("one digit of a second", "created_after=2026-03-01T00:00:00.5Z", "created_after", MIDNIGHT + 500),
    ("finer than a millisecond", "created_after=2026-03-01T00:00:00.0019999Z", "created_after", MIDNIGHT + 1),
    ("a leap day", "created_after=2024-02-29T00:00:00Z", "created_after", 1_709_164_800_000),
    ("a leap day of a leap century", "created_after=2000-02-29T00:00:00Z", "created_after", 951_782_400_000),
    ("before 1970", "created_after=1969-12-31T23:59:59.999Z", "created_after", -1),
    ("the year 0", "created_after=0000-01-01T00:00:00Z", "created_after", -62_167_219_200_000),
    ("the last year", "created_after=9999-12-31T23:59:59.999Z", "created_after", 253_402_300_799_999),
    ("a UUID", f"days=1&stage_id={ID}", "stage_id", ID),
    ("a UUID in capitals", f"days=1&pipeline_id={ID.upper()}", "pipeline_id", ID),
    (
        "the nil UUID",
        "days=1&stage_id=00000000-0000-0000-0000-000000000000",
        "stage_id",
        "0" * 8 + "-0000" * 3 + "-" + "0" * 12,
    ),
    (
        "all f",
        "days=1&stage_id=ffffffff-ffff-ffff-ffff-ffffffffffff",
        "stage_id",
        "f" * 8 + "-ffff" * 3 + "-" + "f" * 12,
    ),
    (
        "version 8",
        "days=1&stage_id=123e4567-e89b-82d3-b456-426614174000",
        "stage_id",
        "123e4567-e89b-82d3-b456-426614174000",
    ),
    ("an encoded name", "%64ays=30", "days", 30),
    ("pieces of nothing", "&&days=30&", "days", 30),
    ("an equals sign in a value", "days=1&x=a=b", "ignored", ("x",)),
    ("names in other letters", "days=1&DAYS=2&days%5B%5D=3&Limit=4", "ignored", ("DAYS", "days[]", "Limit")),
    ("an unknown name twice, told once", "days=1&a=1&a=2", "ignored", ("a",)),
    ("a value without a name", "days=1&=5", "ignored", ("",)),
]


@pytest.mark.parametrize(("query", "name", "value"), [row[1:] for row in READINGS], ids=[row[0] for row in READINGS])
def test_readings(query: str, name: str, value: Any) -> None:
    """Each text is read as the vendor's stack reads it.

    (`number-syntax`, `timestamp-syntax`, `timestamp-precision`, `uuid-syntax`, `uuid-case`, `days-range`,
    `limit-range`, `offset-range`, `unknown-parameters`, `query-string-syntax`)
    """
    assert getattr(parse(query.encode(), {}), name) == value


def test_parameters_are_the_documents(document: dict[str, Any]) -> None:
    """The names that the server knows are the document's query parameters, in its order (`unknown-parameters`)."""
    declared = document["paths"]["/api/public/contacts"]["get"]["parameters"]
    assert [one["name"] for one in declared if one["in"] == "query"] == list(PARAMETERS)


@pytest.mark.parametrize(
    "query", ["days=30", "created_after=2026-01-01T00:00:00Z", "updated_after=2026-01-01T00:00:00Z"]
)
def test_time_filter_required_and_any_will_do(app: ASGIApp, query: str) -> None:
    """Each of the three time filters is enough by itself (`time-filter-required`)."""
    assert ask(app, query).status == 200


def test_days_may_be_fractional_unless_switched_off() -> None:
    """With --no-fractional-days, a day and a half gets the issue of a fractional limit (`days-may-be-fractional`)."""
    with pytest.raises(refusals.Refusal) as caught:
        parse(b"days=1.5", {}, Dialect(fractional_days=False))
    assert b'"expected":"int","format":"safeint","code":"invalid_type","path":["days"]' in caught.value.body
    assert parse(b"days=2.0", {}, Dialect(fractional_days=False)).days == 2


def test_limit_offset_whole_values_are_integers() -> None:
    """A whole number written with a fraction or an exponent counts as what it is (`limit-offset-whole`)."""
    query = parse(b"days=1&limit=1e1&offset=2.0", {})
    assert (query.limit, query.offset) == (10, 2)
    assert isinstance(query.limit, int)


def test_query_string_syntax_reads_a_thousand_pieces() -> None:
    """What stands behind the thousandth piece of a query, empty ones counted, is not seen (`query-string-syntax`)."""
    assert parse(b"&" * 999 + b"days=30", {}).days == 30
    with pytest.raises(refusals.Refusal):
        parse(b"&" * 1000 + b"days=30", {})


FIELDS = definitions(
    [
        CustomField(key="plan", type="options", options=("Gold",), entities=("customer",)),
        CustomField(key="size", type="text", entities=("customer",)),
        CustomField(key="size", type="number", entities=("ticket",)),
        CustomField(key="since", type="date", entities=("ticket",)),
        CustomField(key="vip", type="boolean", entities=("customer", "ticket")),
    ]
)

CUSTOM: list[tuple[str, str, str, str, tuple[tuple[str, Any], ...]]] = [
    ("an option", "plan", "Gold", "", (("customer", "Gold"),)),
    ("an option that is none", "plan", "gold", "", (("customer", "gold"),)),
    ("a key with two types", "size", "12", "", (("customer", "12"), ("ticket", 12.0))),
    ("a value that only the text can read", "size", "big", "", (("customer", "big"),)),
    ("narrowed to the number", "size", "0xC", "ticket", (("ticket", 12.0),)),
    ("a date", "since", "2026-02-28", "", (("ticket", "2026-02-28"),)),
    ("a timestamp for a date", "since", "2026-02-28T22:00:00-03:00", "", (("ticket", "2026-03-01"),)),
    ("a boolean on both", "vip", "true", "", (("customer", True), ("ticket", True))),
    ("a boolean on one", "vip", "false", "customer", (("customer", False),)),
]


@pytest.mark.parametrize(("key", "value", "entity", "readings"), [r[1:] for r in CUSTOM], ids=[r[0] for r in CUSTOM])
def test_custom_field_compatible_readings(key: str, value: str, entity: str, readings: Any) -> None:
    """A value is read by the type that its key has on each entity asked for (`custom-field-compatible`)."""
    query = f"days=1&custom_field_key={key}&custom_field_value={value}" + (f"&entity_type={entity}" if entity else "")
    assert parse(query.encode(), FIELDS).custom_field == CustomFieldFilter(key, readings)


INCOMPATIBLE = [
    ("not defined for the ticket", "plan", "Gold", "ticket"),
    ("a word for a number", "size", "big", "ticket"),
    ("a blank for a number", "size", "%20", "ticket"),
    ("no finite number", "size", "Infinity", "ticket"),
    ("no such day", "since", "2026-02-30", ""),
    ("beyond the last year in UTC", "since", "9999-12-31T23:59:59-01:00", ""),
    ("before the first year in UTC", "since", "0000-01-01T00:00:00%2B01:00", ""),
    ("a byte order mark for a number", "size", "%EF%BB%BF", "ticket"),
    ("a date the other way round", "since", "28-02-2026", ""),
    ("yes for a boolean", "vip", "yes", ""),
    ("true in capitals", "vip", "TRUE", ""),
    ("one for a boolean", "vip", "1", ""),
]


@pytest.mark.parametrize(
    ("key", "value", "entity"), [row[1:] for row in INCOMPATIBLE], ids=[r[0] for r in INCOMPATIBLE]
)
def test_custom_field_compatible_else_400(key: str, value: str, entity: str) -> None:
    """A key that the entity lacks, or a value that its type cannot read, is a 400 (`custom-field-compatible`)."""
    query = f"days=1&custom_field_key={key}&custom_field_value={value}" + (f"&entity_type={entity}" if entity else "")
    with pytest.raises(refusals.Refusal, match=key) as caught:
        parse(query.encode(), FIELDS)
    assert caught.value.status == 400
    assert b'"error":"Bad Request"' in caught.value.body


def test_custom_field_pair_and_custom_field_known_over_http(app: ASGIApp) -> None:
    """Half a pair, or a key that nobody defined, is a 400 (`custom-field-pair`, `custom-field-known`)."""
    assert ask(app, "days=30&custom_field_key=status&custom_field_value=Active").status == 200
    assert ask(app, "days=30&custom_field_key=status").status == 400
    assert ask(app, "days=30&custom_field_value=Active").status == 400
    assert ask(app, "days=30&custom_field_key=Status&custom_field_value=Active").status == 400


def test_entity_type_alone_changes_nothing(app: ASGIApp) -> None:
    """entity_type without a custom field must be valid and then has no effect (`entity-type-alone`)."""
    assert ask(app, "days=30&entity_type=ticket").body == ask(app, "days=30").body
    assert ask(app, "days=30&entity_type=x").status == 400


@pytest.mark.parametrize(
    ("text", "value"), [("0x" + "f" * 400, math.inf), ("9" * 400, math.inf), ("-1e999", -math.inf)]
)
def test_number_syntax_beyond_a_double_is_infinite(text: str, value: float) -> None:
    """A number that a double cannot hold is infinite, however it is written (`number-syntax`)."""
    assert javascript.number(text) == value


@given(st.floats(allow_nan=False))
def test_number_syntax_reads_what_python_writes(value: float) -> None:
    """Every finite double comes back from its shortest text, the same (`number-syntax`)."""
    text = repr(value).replace("inf", "Infinity")
    assert javascript.number(text) == value


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=20))
def test_query_string_syntax_undoes_percent_encoding(pairs: dict[str, str]) -> None:
    """What a client encodes as UTF-8 is what the server reads (`query-string-syntax`)."""
    from urllib.parse import urlencode

    assert javascript.query_pairs(urlencode(pairs).encode()) == {name: [value] for name, value in pairs.items()}
