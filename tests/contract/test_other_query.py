"""How a dialect reads queries: as usual where it says nothing, and rule by rule where it does."""

import json
import random
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from dialects import toml
from invalid import INVALID
from random_data import CUSTOM_FIELDS, PIPELINES, STAGES, UNKNOWN_ID
from vambe_mock.contract import query
from vambe_mock.contract.custom_fields import CustomField, definitions
from vambe_mock.contract.dialect import Dialect
from vambe_mock.contract.dialect_file import parse
from vambe_mock.contract.full_dialect import FullDialect
from vambe_mock.contract.other_query import Grammar
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.refusals import Refusal

FIELDS = definitions([CustomField(**one) for one in CUSTOM_FIELDS])
PLACES = {PIPELINES[0]: (STAGES[0], STAGES[1])}
AT_SINCE = 1_767_225_600_000
NO_VERSION = "00000000-0000-0000-0000-00000000000a"


def grammar(rules: dict[str, Any]) -> Grammar:
    """What reads queries by *rules*."""
    dialect = parse(toml(rules), "vambe.toml").dialect
    assert isinstance(dialect, FullDialect)
    return Grammar(dialect)


def read(rules: dict[str, Any], raw: str) -> ContactsQuery:
    """The query *raw* by *rules*."""
    return grammar(rules).read(raw.encode(), FIELDS, PLACES)


PIECES = [
    *(fault.query for fault in INVALID),
    *("days=1", "limit=5", "offset=2", "x=1", "days=", "days=%20", "days=Infinity", "limit=%2B30", "limit=0x1E"),
    *("limit=30abc", "limit=.5e1", "offset=5.", "offset=1e16", "offset=-1e17", "limit=1e17", "days=1.5", "days=1e400"),
    *("created_after=2026-01-01T00:00Z", "created_after=2026-01-01T00:00:00.1239Z", "created_after="),
    *("updated_after=2026-01-01T00:00:00%2B01:00", f"stage_id={STAGES[0].upper()}", "stage_id=", "entity_type="),
    *("custom_field_key=nope", "custom_field_key=score", "custom_field_value=1", "custom_field_value=x"),
    *("entity_type=ticket", "entity_type=customer"),
]


@pytest.mark.parametrize("seconds_required", [False, True])
def test_a_dialect_that_says_nothing_reads_as_usual(*, seconds_required: bool) -> None:
    """A thousand mixes of good and bad values are read, or refused, byte for byte as without a dialect."""
    usual, other = Dialect(seconds_required=seconds_required), FullDialect(seconds_required=seconds_required)
    reader, picks = Grammar(other), random.Random(1)
    for _ in range(1_000):
        raw = "&".join(picks.sample(PIECES, picks.randint(0, 5))).encode()
        answers: list[Any] = []
        ways: list[Any] = [
            partial(query.parse, raw, FIELDS, usual),
            partial(reader.read, raw, FIELDS, PLACES),
        ]
        for how in ways:
            try:
                answers.append(how())
            except Refusal as refusal:
                answers.append((refusal.status, refusal.body, str(refusal)))
        assert answers[0] == answers[1], raw


READ: list[tuple[str, Any, str, str, Any]] = [
    ("days-may-be-fractional", "down", "days=1.9", "days", 1),
    ("days-may-be-fractional", "up", "days=1.1", "days", 2),
    ("days-may-be-fractional", "nearest", "days=1.5", "days", 2),
    ("time-filter-required", "all", "limit=1", "days", None),
    ("time-filter-required", 30, "limit=1", "days", 30),
    ("days-range", {"most": 400}, "days=400", "days", 400),
    ("days-range", {"beyond": "clamp"}, "days=400", "days", 365),
    ("offset-range", {"beyond": "clamp"}, "days=1&offset=1e300", "offset", 9_007_199_254_740_991),
    ("limit-range", {"beyond": "clamp"}, "days=1&limit=5000", "limit", 1000),
    ("limit-range", {"beyond": "clamp"}, "days=1&limit=0", "limit", 1),
    ("offset-range", {"beyond": "clamp"}, "days=1&offset=-5", "offset", 0),
    ("limit-offset-whole", "down", "days=1&limit=2.7", "limit", 2),
    ("number-syntax", {"empty": "absent"}, "days=1&limit=", "limit", None),
    ("number-syntax", {"blank": "absent"}, "days=1&limit=%20", "limit", None),
    ("number-syntax", {"rest": "ignore"}, "days=30abc", "days", 30),
    ("number-syntax", {"rest": "ignore", "exponent": False}, "days=3e2", "days", 3),
    ("timestamp-syntax", {"zone": "utc"}, "created_after=2026-01-01T00:00:00", "created_after", AT_SINCE),
    ("timestamp-syntax", {"date_alone": True}, "created_after=2026-01-01", "created_after", AT_SINCE),
    ("timestamp-syntax", {"blank": True}, "created_after=2026-01-01+00:00:00Z", "created_after", AT_SINCE),
    ("timestamp-syntax", {"small_letters": True}, "created_after=2026-01-01t00:00:00z", "created_after", AT_SINCE),
    ("timestamp-syntax", {"colon": "optional"}, "created_after=2026-01-01T01:00:00%2B0100", "created_after", AT_SINCE),
    ("timestamp-precision", "seconds", "created_after=2026-01-01T00:00:00.999Z", "created_after", AT_SINCE),
    ("timestamp-precision", "nearest", "created_after=2026-01-01T00:00:00.0005Z", "created_after", AT_SINCE + 1),
    ("uuid-syntax", "any-version", f"days=1&stage_id={NO_VERSION}", "stage_id", NO_VERSION),
    ("uuid-syntax", "any-text", "days=1&stage_id=X", "stage_id", "x"),
    ("uuid-case", "exact", f"days=1&stage_id={STAGES[0].upper()}", "stage_id", STAGES[0].upper()),
    ("repeated-parameter", "first", "days=1&days=2", "days", 1),
    ("repeated-parameter", "last", "days=1&days=2", "days", 2),
    ("repeated-parameter", {"limit": "ignore"}, "days=1&limit=1&limit=2", "limit", None),
    ("malformed-values", {"limit": "ignore"}, "days=1&limit=x", "limit", None),
    ("malformed-values", {"stage_id": "empty"}, "days=1&stage_id=x", "stage_id", ""),
    ("malformed-values", {"entity_type": "ignore"}, "days=1&entity_type=x", "days", 1),
    ("empty-values", {"stage_id": "absent"}, "days=1&stage_id=", "stage_id", None),
    ("empty-values", {"stage_id": "accept"}, "days=1&stage_id=", "stage_id", ""),
    ("custom-field-pair", "ignore", "days=1&custom_field_key=vip", "custom_field", None),
    ("custom-field-known", "ignore", "days=1&custom_field_key=x&custom_field_value=1", "custom_field", None),
    ("custom-field-known", "empty", "days=1&custom_field_key=x&custom_field_value=1", "stage_id", ""),
    (
        "custom-field-compatible",
        {"value": "empty"},
        "days=1&custom_field_key=vip&custom_field_value=maybe",
        "stage_id",
        "",
    ),
    (
        "custom-field-compatible",
        {"entity": "ignore"},
        "days=1&custom_field_key=score&custom_field_value=1&entity_type=customer",
        "custom_field",
        None,
    ),
    ("unknown-stage-or-pipeline", {"stage": "ignore"}, f"days=1&stage_id={UNKNOWN_ID}", "stage_id", None),
    ("unknown-stage-or-pipeline", {"stage": "refuse"}, f"days=1&stage_id={STAGES[0]}", "stage_id", STAGES[0]),
    ("default-limit", 50, "days=1", "limit", 50),
    ("default-limit", 50, "days=1&limit=7", "limit", 7),
    ("limit-cap", 50, "days=1&limit=70", "limit", 50),
    ("paging", "pages", "days=1&limit=10&offset=2", "offset", 20),
    ("paging", "pages-from-one", "days=1&limit=10&offset=2", "offset", 10),
]


@pytest.mark.parametrize(("slug", "value", "raw", "field", "wanted"), READ)
def test_a_query_is_read_as_the_rule_says(slug: str, value: Any, raw: str, field: str, wanted: Any) -> None:
    """What a query means that is refused, or means something else, without the rule (`malformed-values`)."""
    assert getattr(read({slug: value}, raw), field) == wanted
    try:
        without = getattr(query.parse(raw.encode(), FIELDS), field)
    except Refusal:
        return
    assert without != wanted or "limit=7" in raw or value == {"stage": "refuse"}


def test_the_default_entity_is_the_dialects() -> None:
    """Without ``entity_type``, a custom field is looked for where the dialect says (`entity-type-default`)."""
    found = read({"entity-type-default": "ticket"}, "days=1&custom_field_key=vip&custom_field_value=true").custom_field
    assert found is not None
    assert found.readings == (("ticket", True),)


def test_finer_digits_count_where_the_cursor_is_inclusive() -> None:
    """With all digits read, an inclusive cursor leaves out what is before its last digit."""
    rules = {"timestamp-precision": "microseconds", "cursor-is-exclusive": {"created_after": False}}
    raw = "created_after=2026-01-01T00:00:00.0000{}Z&updated_after=2026-01-01T00:00:00.0005Z"
    assert read(rules, raw.format(1)).created_after == AT_SINCE + 1
    assert read(rules, raw.format(0)).created_after == AT_SINCE
    assert read(rules, raw.format(1)).updated_after == AT_SINCE


REFUSED: list[tuple[dict[str, Any], str, int, str]] = [
    ({"days-range": {"most": 90}}, "days=91", 400, "Too big: expected number to be <=90"),
    ({"limit-range": {"least": 5}}, "days=1&limit=4", 400, "Too small: expected number to be >=5"),
    ({"offset-range": {"most": 100}}, "days=1&offset=101", 400, "Too big: expected number to be <=100"),
    ({"number-syntax": {"plus": False}}, "days=%2B1", 400, "received NaN"),
    ({"number-syntax": {"zeros": False}}, "days=01", 400, "received NaN"),
    ({"number-syntax": {"point_zero": False}}, "days=1.0", 400, "received NaN"),
    ({"number-syntax": {"bare_point": False}}, "days=1.", 400, "received NaN"),
    ({"number-syntax": {"exponent": False}}, "days=1e1", 400, "received NaN"),
    ({"number-syntax": {"radix": False}}, "days=0x1", 400, "received NaN"),
    ({"number-syntax": {"around": False}}, "days=%201", 400, "received NaN"),
    ({"number-syntax": {"empty": "refuse"}}, "days=1&offset=", 400, "received NaN"),
    ({"number-syntax": {"blank": "refuse"}}, "days=1&offset=%20", 400, "received NaN"),
    ({"number-syntax": {"infinity": False}}, "days=1e400", 400, "received NaN"),
    ({"timestamp-syntax": {"offsets": False}}, "created_after=2026-01-01T00:00:00%2B01:00", 400, "Invalid ISO"),
    ({"unknown-parameters": "refuse"}, "days=1&x=1&y=2", 400, 'Unrecognized keys: \\"x\\", \\"y\\"'),
    ({"entity-type-alone": "refuse"}, "days=1&entity_type=ticket", 400, "entity_type needs"),
    ({"unknown-stage-or-pipeline": {"stage": "refuse"}}, f"days=1&stage_id={UNKNOWN_ID}", 400, "Stage f"),
    ({"unknown-stage-or-pipeline": {"pipeline": "refuse"}}, f"days=1&pipeline_id={UNKNOWN_ID}", 400, "Pipeline f"),
    ({"invalid-parameters": {"status": 422}}, "days=0", 422, '"statusCode":422'),
    ({"invalid-parameters": {"tell": "first"}}, "limit=0&days=0", 400, '"errors":[{"origin":"number"'),
    ({"invalid-parameters": {"body": "no"}}, "days=0", 400, "no"),
    ({"refused-by-rule": {"status": 422}}, "", 422, '"error":"Unprocessable'),
    ({"refused-by-rule": {"body": '{"m":"{{message}}"}'}}, "", 400, '{"m":"At least one of days'),
    ({"refused-by-rule": {"kinds": {"no-time-filter": "none"}}}, "", 400, "none"),
    ({"refused-by-rule": {"kinds": {"no-time-filter": {"status": 404}}}}, "", 404, '"statusCode":404'),
    ({"refused-by-rule": {"first": ["no-custom-key"]}}, "custom_field_value=1", 400, "must be provided together"),
    ({"rules-first": True}, "limit=0", 400, "At least one of days"),
]


@pytest.mark.parametrize(("rules", "raw", "status", "said"), REFUSED)
def test_a_query_is_refused_as_the_rule_says(rules: dict[str, Any], raw: str, status: int, said: str) -> None:
    """What is refused by a rule, and in which words, is what is not refused so without it (`rules-first`)."""
    with pytest.raises(Refusal) as refused:
        read(rules, raw)
    assert refused.value.status == status
    assert said in refused.value.body.decode()
    with suppress(Refusal):
        query.parse(raw.encode(), FIELDS)
        return
    with pytest.raises(Refusal) as usual:
        query.parse(raw.encode(), FIELDS)
    assert usual.value.body != refused.value.body


TEMPLATES: list[tuple[str, str, str, str]] = [
    ("below", '"{{parameter}} {{received}} {{minimum}} {{maximum}} {{number-json}}"', "days=0.5", "days 0.5 1 365 0.5"),
    ("above.limit", '"{{maximum}} {{number-json}}"', "days=1&limit=1001", "1000 1001"),
    ("not-a-number", "{{received-json}}", "days=a%22b", 'a"b'),
    ("repeated-text", "{{received-json}}", "days=1&stage_id=a&stage_id=b", '["a","b"]'),
    ("repeated-number", '"{{received}}"', "days=1&days=2", "1,2"),
    ("bad-id", '"{{pattern}}"', "days=1&stage_id=x", "^([0-9a-fA-F]{8}-"),
    ("no-option", '"{{options}}"', "days=1&entity_type=x", '"ticket"|"customer"'),
    ("no-option", "{{options-json}}", "days=1&entity_type=x", '["ticket","customer"]'),
    ("infinite", "[{{number-json}}]", "days=1e400", "[null]"),
]


@pytest.mark.parametrize(("fault", "template", "raw", "said"), TEMPLATES)
def test_a_fault_is_told_by_its_template(fault: str, template: str, raw: str, said: str) -> None:
    """What is put into a template is escaped for JSON, so that the body is JSON whatever was sent (`issue-texts`)."""
    with pytest.raises(Refusal) as refused:
        read({"issue-texts": {fault: template}}, raw)
    (issue,) = json.loads(refused.value.body)["errors"]
    told = issue if isinstance(issue, str) else json.dumps(issue, separators=(",", ":"))
    assert told.startswith(said)


def test_faults_are_told_in_the_order_that_the_dialect_has() -> None:
    """In the document's order, as they were sent, or in one of the dialect's own; all of them or the first of each."""

    def told(raw: str, **wording: Any) -> list[str]:
        texts = {"below": '"{{parameter}}"', "above": '"{{parameter}}"', "unsafe-integer": '"unsafe"'}
        with pytest.raises(Refusal) as refused:
            read({"issue-texts": texts, "invalid-parameters": wording}, raw)
        names: list[str] = json.loads(refused.value.body)["errors"]
        return names

    raw = "offset=-1&limit=0&days=0"
    assert told(raw) == ["days", "limit", "offset"]
    assert told(raw, order="sent") == ["offset", "limit", "days"]
    assert told(raw, order=["limit"]) == ["limit", "days", "offset"]
    assert told(raw, tell="first") == ["days"]
    assert told("limit=1e17") == ["unsafe", "limit"]
    assert told("limit=1e17", tell="first-of-each") == ["unsafe"]
