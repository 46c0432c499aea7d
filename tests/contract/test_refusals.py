"""Every refusal's body, to the byte: hand-written, from the ledger's table of issues."""

import json

import pytest
from starlette.types import ASGIApp

from asgi import ask
from invalid import INVALID, UUID, Fault, body_of
from vambe_mock.server.app import Application


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
    ("no time filter but others", "limit=5&stage_id=" + UUID, "At least one of days"),
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
