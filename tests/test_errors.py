"""Every refusal's body, to the byte: hand-written, from the ledger's table of issues."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from asgi import ask
from starlette.types import ASGIApp

from mock_server.app import Application

DOCUMENT = yaml.safe_load((Path(__file__).parents[1] / "openapi.yaml").read_text(encoding="utf-8"))
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
_UUID = "123e4567-e89b-12d3-a456-426614174000"

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
    Fault("a UUID twice", "pipeline_id", f"pipeline_id={_UUID}&pipeline_id={_UUID}", _repeated("pipeline_id")),
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


@pytest.mark.parametrize("fault", INVALID, ids=[one.case for one in INVALID])
def test_invalid_parameters_get_their_issue(app: ASGIApp, fault: Fault) -> None:
    """A value that is wrong by itself is a 400 with exactly its issue (`invalid-parameters`)."""
    time_filter = "" if fault.name in ("days", "created_after", "updated_after") else "days=30&"
    reply = ask(app, time_filter + fault.query)
    assert (reply.status, reply.body) == (400, body_of([fault]))
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


def test_invalid_parameters_are_listed_in_the_documents_order(app: ASGIApp) -> None:
    """Faults come in the order of the document, whatever the order in the URL."""
    first, last = INVALID[0], INVALID[-1]
    middle = next(one for one in INVALID if one.name == "limit")
    reply = ask(app, f"{last.query}&{middle.query}&{first.query}")
    assert reply.body == body_of([first, middle, last])


RULES = [
    ("no time filter", "", "At least one of days, created_after or updated_after is required"),
    ("no time filter but others", "limit=5&stage_id=" + _UUID, "At least one of days"),
    ("a key without a value", "days=30&custom_field_key=status", "must be provided together"),
    ("a value without a key", "days=30&custom_field_value=Active", "must be provided together"),
    ("a key that nobody defined", "days=30&custom_field_key=nope&custom_field_value=1", '"nope" not found'),
]


@pytest.mark.parametrize(("query", "says"), [row[1:] for row in RULES], ids=[row[0] for row in RULES])
def test_refused_by_rule_has_the_plain_body(app: ASGIApp, query: str, says: str) -> None:
    """Values that do not go together are a 400 with message, error, statusCode, in this order (`refused-by-rule`)."""
    reply = ask(app, query)
    body = json.loads(reply.body)
    assert reply.status == 400
    assert list(body) == ["message", "error", "statusCode"]
    assert says in body["message"]
    assert (body["error"], body["statusCode"]) == ("Bad Request", 400)


def test_refused_by_rule_comes_after_invalid_parameters(app: ASGIApp) -> None:
    """As long as one value is wrong by itself, the rules between parameters are not judged (`refused-by-rule`)."""
    limit = next(one for one in INVALID if one.query == "limit=0")
    assert ask(app, "limit=0&custom_field_key=nope").body == body_of([limit])


def test_unauthorized_body(app: ASGIApp) -> None:
    """A 401 has message, error, statusCode, in this order (`unauthorized`)."""
    reply = ask(app, "days=30", headers=())
    assert reply.status == 401
    assert reply.body == b'{"message":"Missing API key","error":"Unauthorized","statusCode":401}'
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


NOT_FOUND = [
    ("another path", "GET", b"/api/public/contact", b"days=30", "/api/public/contact?days=30"),
    ("the root", "GET", b"/", b"", "/"),
    ("escapes stay as they came", "GET", b"/a%20b/%C3%A9", b"q=%zz+%22", "/a%20b/%C3%A9?q=%zz+%22"),
    ("POST on the path", "POST", b"/api/public/contacts", b"days=30", "/api/public/contacts?days=30"),
    ("OPTIONS on the path", "OPTIONS", b"/api/public/contacts", b"", "/api/public/contacts"),
    ("POST on a page of the mock", "POST", b"/docs", b"", "/docs"),
]


@pytest.mark.parametrize(
    ("method", "path", "query", "target"), [row[1:] for row in NOT_FOUND], ids=[r[0] for r in NOT_FOUND]
)
def test_not_found_names_method_and_target(app: ASGIApp, method: str, path: bytes, query: bytes, target: str) -> None:
    """A path or method that nothing answers is a 404 that repeats the request as it came, never 405 (`not-found`)."""
    reply = ask(app, query, method=method, path=path)
    expected = json.dumps({"message": f"Cannot {method} {target}", "error": "Not Found", "statusCode": 404})
    assert (reply.status, json.loads(reply.body)) == (404, json.loads(expected))
    assert list(json.loads(reply.body)) == ["message", "error", "statusCode"]
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("headers", [(), ((b"x-api-key", b"wrong"),), ((b"x-api-key", b"test-key"),)])
def test_404_before_401(app: ASGIApp, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    """With or without a key, what nobody answers is 404 (`404-before-401`)."""
    assert ask(app, path=b"/api/public/contact", headers=headers).status == 404
    assert ask(app, "days=30", method="DELETE", headers=headers).status == 404


def test_server_error_has_the_vendors_body(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of the server itself is the vendor's 500, and the client sees no more of it (`server-error`)."""
    for organisation in app.organisations:
        monkeypatch.setattr(organisation, "clock", None)
    reply = ask(app, "days=30")
    assert (reply.status, reply.body) == (500, b'{"statusCode":500,"message":"Internal server error"}')
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
