"""Values that are wrong by themselves, and the issue that each one gets: hand-written, from the ledger's table."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
ORDER = [one["name"] for one in DOCUMENT["paths"]["/api/public/contacts"]["get"]["parameters"]]
PATTERNS = {
    one["name"]: one["schema"].get("pattern") for one in DOCUMENT["paths"]["/api/public/contacts"]["get"]["parameters"]
}


class Fault(NamedTuple):
    """One parameter sent wrong: its piece of the query, and the issues that it gets, as JSON."""

    case: str
    name: str
    query: str
    issues: str


def _range(name: str, code: str, bound: str, limit: int, sign: str) -> str:
    word = {"too_small": "Too small", "too_big": "Too big"}[code]
    return (
        f'{{"origin":"number","code":"{code}","{bound}":{limit},"inclusive":true,"path":["{name}"],'
        f'"message":"{word}: expected number to be {sign}{limit}"}}'
    )


def _nan(name: str) -> str:
    return (
        f'{{"expected":"number","code":"invalid_type","received":"NaN","path":["{name}"],'
        '"message":"Invalid input: expected number, received NaN"}'
    )


def _infinite(name: str) -> str:
    return (
        f'{{"expected":"number","code":"invalid_type","received":"Infinity","path":["{name}"],'
        '"message":"Invalid input: expected number, received number"}'
    )


def _fraction(name: str) -> str:
    return (
        f'{{"expected":"int","format":"safeint","code":"invalid_type","path":["{name}"],'
        '"message":"Invalid input: expected int, received number"}'
    )


def _unsafe_above(name: str) -> str:
    return (
        '{"code":"too_big","maximum":9007199254740991,"note":"Integers must be within the safe integer range.",'
        f'"origin":"int","inclusive":true,"path":["{name}"],'
        '"message":"Too big: expected int to be <=9007199254740991"}'
    )


def _unsafe_below(name: str) -> str:
    return (
        '{"code":"too_small","minimum":-9007199254740991,"note":"Integers must be within the safe integer range.",'
        f'"origin":"int","inclusive":true,"path":["{name}"],'
        '"message":"Too small: expected int to be >=-9007199254740991"}'
    )


def _format(name: str, kind: str, message: str) -> str:
    pattern = json.dumps(f"/{PATTERNS[name]}/")
    return (
        f'{{"origin":"string","code":"invalid_format","format":"{kind}","pattern":{pattern},'
        f'"path":["{name}"],"message":"{message}"}}'
    )


def _datetime(name: str) -> str:
    return _format(name, "datetime", "Invalid ISO datetime")


def _uuid(name: str) -> str:
    return _format(name, "uuid", "Invalid UUID")


def _repeated(name: str) -> str:
    return (
        f'{{"expected":"string","code":"invalid_type","path":["{name}"],'
        '"message":"Invalid input: expected string, received array"}'
    )


def _empty(name: str) -> str:
    return (
        f'{{"origin":"string","code":"too_small","minimum":1,"inclusive":true,"path":["{name}"],'
        '"message":"Too small: expected string to have >=1 characters"}'
    )


_ENTITY = (
    '{"code":"invalid_value","values":["ticket","customer"],"path":["entity_type"],'
    '"message":"Invalid option: expected one of \\"ticket\\"|\\"customer\\""}'
)
UUID = "123e4567-e89b-12d3-a456-426614174000"

INVALID = [
    Fault("a day too few", "days", "days=0", _range("days", "too_small", "minimum", 1, ">=")),
    Fault("nearly a day", "days", "days=0.999", _range("days", "too_small", "minimum", 1, ">=")),
    Fault("nothing is zero", "days", "days=", _range("days", "too_small", "minimum", 1, ">=")),
    Fault("a day too many", "days", "days=366", _range("days", "too_big", "maximum", 365, "<=")),
    Fault("a bit of a day too many", "days", "days=365.0001", _range("days", "too_big", "maximum", 365, "<=")),
    Fault("a word", "days", "days=thirty", _nan("days")),
    Fault("a number and more", "days", "days=30abc", _nan("days")),
    Fault("an underscore", "days", "days=1_0", _nan("days")),
    Fault("a signed hexadecimal", "days", "days=-0x1E", _nan("days")),
    Fault("full-width digits", "days", "days=%EF%BC%93%EF%BC%90", _nan("days")),
    Fault("NaN itself", "days", "days=NaN", _nan("days")),
    Fault("true", "days", "days=true", _nan("days")),
    Fault("the same number twice", "days", "days=30&days=30", _nan("days")),
    Fault("Infinity", "days", "days=Infinity", _infinite("days")),
    Fault("minus Infinity", "days", "days=-Infinity", _infinite("days")),
    Fault("too large to be a number", "days", "days=1e400", _infinite("days")),
    Fault("no limit at all", "limit", "limit=0", _range("limit", "too_small", "minimum", 1, ">=")),
    Fault("a limit too high", "limit", "limit=1001", _range("limit", "too_big", "maximum", 1000, "<=")),
    Fault("a fraction for a limit", "limit", "limit=1.5", _fraction("limit")),
    Fault("a fraction out of range is a fraction", "limit", "limit=0.5", _fraction("limit")),
    Fault(
        "a limit that a double cannot count",
        "limit",
        "limit=1e30",
        _unsafe_above("limit") + "," + _range("limit", "too_big", "maximum", 1000, "<="),
    ),
    Fault("a limit sent twice", "limit", "limit=1&limit=2", _nan("limit")),
    Fault("an offset below zero", "offset", "offset=-1", _range("offset", "too_small", "minimum", 0, ">=")),
    Fault("a fraction for an offset", "offset", "offset=0.5", _fraction("offset")),
    Fault("one beyond the safe integers", "offset", "offset=9007199254740992", _unsafe_above("offset")),
    Fault(
        "far below the safe integers",
        "offset",
        "offset=-1e30",
        _unsafe_below("offset") + "," + _range("offset", "too_small", "minimum", 0, ">="),
    ),
    Fault("a date alone", "created_after", "created_after=2026-01-31", _datetime("created_after")),
    Fault("no zone", "created_after", "created_after=2026-01-31T00:00:00", _datetime("created_after")),
    Fault(
        "a plus that became a space",
        "created_after",
        "created_after=2026-01-31T00:00:00+00:00",
        _datetime("created_after"),
    ),
    Fault("small letters", "created_after", "created_after=2026-01-31t00:00:00z", _datetime("created_after")),
    Fault("no 29th of February", "updated_after", "updated_after=2025-02-29T00:00:00Z", _datetime("updated_after")),
    Fault("the hour 24", "updated_after", "updated_after=2025-02-28T24:00:00Z", _datetime("updated_after")),
    Fault("nothing for an instant", "updated_after", "updated_after=", _datetime("updated_after")),
    Fault("a line end after it", "updated_after", "updated_after=2026-01-31T00:00:00Z%0A", _datetime("updated_after")),
    Fault(
        "an instant twice",
        "updated_after",
        "updated_after=2026-01-31T00:00:00Z&updated_after=2026-01-31T00:00:00Z",
        _repeated("updated_after"),
    ),
    Fault("no UUID", "stage_id", "stage_id=1", _uuid("stage_id")),
    Fault("a UUID of version 9", "stage_id", "stage_id=123e4567-e89b-92d3-a456-426614174000", _uuid("stage_id")),
    Fault("all F in upper case", "stage_id", "stage_id=FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", _uuid("stage_id")),
    Fault("a UUID without dashes", "pipeline_id", "pipeline_id=123e4567e89b12d3a456426614174000", _uuid("pipeline_id")),
    Fault("a UUID twice", "pipeline_id", f"pipeline_id={UUID}&pipeline_id={UUID}", _repeated("pipeline_id")),
    Fault("an empty key", "custom_field_key", "custom_field_key=", _empty("custom_field_key")),
    Fault("an empty value", "custom_field_value", "custom_field_value", _empty("custom_field_value")),
    Fault(
        "a value twice",
        "custom_field_value",
        "custom_field_value=a&custom_field_value=b",
        _repeated("custom_field_value"),
    ),
    Fault("another entity", "entity_type", "entity_type=company", _ENTITY),
    Fault("an entity in capitals", "entity_type", "entity_type=Ticket", _ENTITY),
    Fault("no entity", "entity_type", "entity_type=", _ENTITY),
    Fault("an entity twice", "entity_type", "entity_type=ticket&entity_type=ticket", _ENTITY),
]


def body_of(faults: Iterable[Any]) -> bytes:
    """The 400 that *faults* get together, in the document's order."""
    issues = ",".join(fault.issues for fault in sorted(faults, key=lambda fault: ORDER.index(fault.name)))
    return f'{{"statusCode":400,"message":"Validation failed","errors":[{issues}]}}'.encode()
