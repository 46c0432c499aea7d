"""Who may drive the server: attacks on the admin API, each refused with a problem+json, nothing changed."""

import gc
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi import Reply, ask, control
from small_data import contact, document
from vambe_mock.admin.application import admin
from vambe_mock.admin.bodies import MANY_BYTES, _Judge
from vambe_mock.admin.routes.delivered import compare_copy
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

ONE = "/contacts/00000001-0000-4000-8000-000000000000"


def made(**options: Any) -> Application:
    """A server of two contacts."""
    return create_app(
        from_document(document(contact(1), contact(2))), Settings(**{"quiet": True, "keep_timestamps": True, **options})
    )


def must_refuse(app: Application, reply: Reply, status: int) -> None:
    """*reply* is a problem of that status, and the data is what it was."""
    assert reply.status == status, reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    problem = json.loads(reply.body)
    assert problem["status"] == status
    assert problem["detail"]
    names = [one["name"] for one in json.loads(ask(app, "created_after=2000-01-01T00:00:00Z").body)]
    assert names == ["Contact 1", "Contact 2"]


PAGES: list[tuple[str, dict[str, str], int]] = [
    ("a name that an attacker points here", {"host": "attacker.example"}, 403),
    ("the same with our port", {"host": "attacker.example:8262"}, 403),
    ("a name that only begins like ours", {"host": "localhost.attacker.example"}, 403),
    ("an address beside loopback", {"host": "192.168.1.10:8262"}, 403),
    ("a host that is none", {"host": "[::1"}, 403),
    ("an empty host", {"host": ""}, 403),
    ("a host with a user", {"host": "attacker@127.0.0.1"}, 403),
    ("a host with a port that is none", {"host": "localhost:attacker.example"}, 403),
    ("a host with a path", {"host": "localhost/attacker.example"}, 403),
    ("a host with a query", {"host": "localhost?.attacker.example"}, 403),
    ("a page of elsewhere", {"origin": "https://attacker.example"}, 403),
    ("a page in a sandbox", {"origin": "null"}, 403),
    ("a page on another port", {"origin": "http://127.0.0.1:3000"}, 403),
    ("a page with our host and another scheme", {"origin": "https://127.0.0.1"}, 403),
    ("a form or an image of elsewhere", {"sec_fetch_site": "cross-site"}, 403),
    ("a page of the same site", {"sec_fetch_site": "same-site"}, 403),
    ("a form, which cannot say JSON", {"content_type": "text/plain"}, 415),
    ("a form as forms are", {"content_type": "application/x-www-form-urlencoded"}, 415),
    ("no content type", {"content_type": ""}, 415),
]


@pytest.mark.parametrize(("headers", "status"), [row[1:] for row in PAGES], ids=[row[0] for row in PAGES])
def test_no_web_page_drives_the_server(headers: dict[str, str], status: int) -> None:
    """Rebinding, foreign origins and forms are refused (`admin-not-for-pages`)."""
    app = made()
    must_refuse(app, control(app, "PATCH", ONE, {"name": "changed"}, **headers), status)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8262", "127.0.0.1", "127.9.9.9:1", "[::1]:8262", "app.localhost"]
)
def test_this_machine_drives_the_server(host: str) -> None:
    """Every name of loopback works, with the server's own pages as origin (`admin-not-for-pages`)."""
    app = made()
    reply = control(
        app, "PATCH", ONE, {"name": "changed"}, host=host, origin=f"http://{host}", sec_fetch_site="same-origin"
    )
    assert reply.status == 200
    assert json.loads(reply.body)["name"] == "changed"


def test_a_link_from_elsewhere_opens_the_docs_page() -> None:
    """Following a link is no attack: the page it leads to is not the one that asked (`admin-not-for-pages`)."""
    headers = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert control(made(), "GET", "/docs", **headers).status == 200
    assert control(made(), "POST", "/reset", **headers).status == 403


def test_a_page_is_read_and_nothing_else() -> None:
    """Another method at the docs page is 405, and the problem says which there are (`admin-one-line-problems`)."""
    for path in ("/docs", "/openapi.json"):
        reply = control(made(), "POST", path)
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")
        assert json.loads(reply.body)["detail"].endswith("wanted GET, HEAD")


def test_two_hosts_are_no_host() -> None:
    """A header that came twice is refused, for who knows which one counts."""
    app = made()
    headers = [(b"host", b"127.0.0.1"), (b"host", b"attacker.example")]
    must_refuse(app, ask(app, path=b"/__admin/reset", method="POST", headers=headers), 400)


@pytest.mark.parametrize(
    "sent", [{}, {"authorization": "Bearer wrong"}, {"x_admin_token": "s3cre"}, {"authorization": "s3cret"}]
)
def test_beyond_loopback_the_token_is_wanted(sent: dict[str, str]) -> None:
    """Without the right token nothing is told and nothing done (`admin-token`)."""
    app = made(host=("0.0.0.0",), admin_token="s3cret")
    must_refuse(app, control(app, "PATCH", ONE, {"name": "changed"}, **sent), 401)
    must_refuse(app, control(app, "GET", "/contacts", **sent), 401)


@pytest.mark.parametrize("sent", [{"authorization": "Bearer s3cret"}, {"x_admin_token": "s3cret"}])
def test_with_the_token_any_name_of_the_server_is_right(sent: dict[str, str]) -> None:
    """In a network of containers the server has names that it cannot know (`admin-token`)."""
    app = made(host=("0.0.0.0",), admin_token="s3cret")
    assert control(app, "PATCH", ONE, {"name": "changed"}, host="vambe-mock:8262", **sent).status == 200


def test_the_page_and_the_document_know_of_the_token() -> None:
    """The page opens under any name and can send the token, and so can a generated client (`admin-token`)."""
    app = made(host=("0.0.0.0",), admin_token="s3cret")
    for path in ("/docs", "/docs/swagger-ui.css", "/openapi.json"):
        assert control(app, "GET", path, host="vambe-mock:8262").status == 200
        assert control(app, "HEAD", path, host="vambe-mock:8262").status == 200
        must_refuse(app, control(app, "POST", path, host="vambe-mock:8262"), 403)
        must_refuse(app, control(app, "POST", path), 401)
    must_refuse(app, control(app, "GET", "/docsx", host="vambe-mock:8262"), 403)
    document = json.loads(control(app, "GET", "/openapi.json", host="vambe-mock:8262").body)
    (scheme,) = document["components"]["securitySchemes"].items()
    assert (scheme[1]["type"], scheme[1]["scheme"]) == ("http", "bearer")
    assert document["paths"]["/reset"]["post"]["security"] == [{scheme[0]: []}]
    assert "securitySchemes" not in json.loads(control(made(), "GET", "/openapi.json").body)["components"]


ALONE = ("127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "LocalHost")
OPEN = ("127.attacker.example", "0.0.0.0", "::", "::ffff:10.0.0.1", "")


@pytest.mark.parametrize("host", [*ALONE, *OPEN])
def test_only_loopback_needs_no_token(host: str) -> None:
    """A name that only looks like loopback may be anything (`admin-token`)."""
    assert Settings(host=(host,)).on_loopback is (host in ALONE)


def test_beyond_loopback_a_token_is_made_up() -> None:
    """Where none is given, there is one that nobody can guess; on loopback there is none (`admin-token`)."""
    tokens = {Settings(host=("0.0.0.0",)).checked().admin_token for _ in range(5)}
    assert len(tokens) == 5
    assert all(token and len(token) >= 24 for token in tokens)
    assert Settings().checked().admin_token is None


def test_beyond_loopback_without_a_token_there_is_no_admin_api() -> None:
    """An application that somebody makes without the checks of the command line fails closed (`admin-token`)."""
    app = made(host=("0.0.0.0",))
    must_refuse(app, control(app, "POST", "/reset"), 503)


def deep(depth: int) -> bytes:
    """A body nested that deep."""
    return b'{"name":' + b"[" * depth + b"]" * depth + b"}"


BODIES: list[tuple[str, bytes, int]] = [
    ("more bytes than wanted", b'{"name":"' + b"x" * (1 << 20) + b'"}', 413),
    ("nested without end", deep(100_000), 400),
    ("nested too deep", deep(201), 400),
    ("large and nested too deep", b" " * MANY_BYTES + deep(201), 400),
    ("large and no JSON", b" " * MANY_BYTES + b"{", 400),
    ("as deep as JSON may be", deep(199), 422),
    (
        "a value as deep as JSON may be",
        b'{"custom_fields":{"customer":{"city":' + b"[" * 196 + b"]" * 196 + b"}}}",
        422,
    ),
    ("brackets in a text", b'{"name":"' + b"[" * 200 + b'","blocked":7}', 422),
    ("NaN", b'{"custom_fields":{"customer":{"city":NaN}}}', 400),
    ("Infinity", b'{"custom_fields":{"customer":{"city":Infinity}}}', 400),
    ("a number too large", b'{"custom_fields":{"ticket":{"score":1e999}}}', 422),
    ("a number of many digits", b'{"custom_fields":{"ticket":{"score":' + b"9" * 4000 + b"}}}", 422),
    ("a number of even more digits", b'{"custom_fields":{"ticket":{"score":' + b"9" * 5000 + b"}}}", 400),
    ("a number of many digits where a text belongs", b'{"name":' + b"9" * 5000 + b"}", 400),
    ("no JSON", b"{name: 1}", 400),
    ("bytes that are no text", b'{"name":"\xff\xfe"}', 400),
    ("half a character", rb'{"name":"\ud800"}', 400),
    ("an unknown field", b'{"nmae":"x"}', 422),
    ("a list", b"[]", 422),
    ("another organisation", b'{"client_id":"a0000000-0000-4000-8000-000000000001"}', 422),
    ("an id", b'{"id":"a0000000-0000-4000-8000-000000000001"}', 422),
    ("null where no null may be", b'{"name":null}', 422),
    ("a wrong type", b'{"blocked":"yes"}', 422),
    ("an instant without a zone", b'{"created_at":"2026-01-01T00:00:00"}', 422),
    ("a custom field that nobody defined", b'{"custom_fields":{"customer":{"shoe":1}}}', 422),
    ("a value of a ticket without one", b'{"custom_fields":{"ticket":{"plan":"Gold"}}}', 422),
]


@pytest.mark.parametrize(("body", "status"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_bad_bodies_change_nothing(body: bytes, status: int) -> None:
    """Too large, too deep, not JSON or not a contact: one problem, nothing changed (`admin-bounds`)."""
    app = made()
    must_refuse(app, control(app, "PATCH", ONE, body), status)


SCORED = json.dumps(document(contact(1, stage=None, custom_fields={"customer": {}, "ticket": {"score": 7.25}})))


def scored(number: str) -> bytes:
    """A data set with that *number* in a custom field."""
    return SCORED.replace("7.25", number).encode()


DOCUMENTS: list[tuple[str, bytes, int]] = [
    ("nothing", b"", 422),
    ("no JSON", b"[{]", 422),
    ("a list", b"[]", 422),
    ("nested too deep", deep(201), 422),
    ("nested without end", deep(1_000_000), 422),
    ("large and no JSON", b" " * MANY_BYTES + b"{", 422),
    ("NaN", scored("NaN"), 422),
    ("Infinity", scored("Infinity"), 422),
    ("a number too large", scored("1e999"), 422),
    ("half a character", scored(r'"\ud800"'), 422),
]


@pytest.mark.parametrize(("body", "status"), [row[1:] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS])
def test_bad_data_sets_change_nothing(body: bytes, status: int) -> None:
    """A data set is checked by its own reader, and refused like any other body (`admin-bounds`)."""
    app = made()
    must_refuse(app, control(app, "PUT", "/dataset", body), status)


def nested(value: Any, levels: int) -> Any:
    """*value* in so many lists, each with brackets in a text beside it."""
    for _ in range(levels):
        value = [value, '[{"\\']
    return value


@given(st.integers(180, 220))
def test_depth_is_what_is_nested(levels: int) -> None:
    """Lists in lists count, brackets in texts do not; from the 201st level on, a body is refused (`admin-bounds`)."""
    reply = control(made(), "PATCH", ONE, nested(None, levels))
    assert (reply.status, b"recursion limit" in reply.body) == ((400, True) if levels > 200 else (422, False))


def test_a_body_without_a_length_is_bounded_too() -> None:
    """A length that lies or is missing does not help (`admin-bounds`)."""
    app = made()
    for length in ("5", "x", "1" * 5000):
        reply = control(app, "PATCH", ONE, b'"' + b"x" * (1 << 20) + b'"', content_length=length)
        must_refuse(app, reply, 413)


MOST = {"/dataset": 256, "/compare": 64}
"""Mebibytes."""


def test_every_route_bounds_its_body() -> None:
    """No route reads without end or takes what is not JSON, whether it wants a body or not (`admin-bounds`)."""
    app = made()
    operations = json.loads(control(app, "GET", "/openapi.json").body)["paths"]
    larger = {("post", "/contacts"), ("patch", "/contacts"), ("put", "/dataset"), ("post", "/compare")}
    for path, method in ((path, method) for path, methods in operations.items() for method in methods):
        target = re.sub(r"{\w+}", "x", path)
        must_refuse(app, control(app, method.upper(), target, b"{}", content_type="text/plain"), 415)
        if (method, path) not in larger:
            must_refuse(app, control(app, method.upper(), target, b"[" + b"0," * (1 << 19) + b"0]"), 413)
    for method, path, most in [(method.upper(), path, MOST.get(path, 16)) for method, path in larger]:
        must_refuse(app, control(app, method, path, b"{}", content_length=f"{(most << 20) + 1}"), 413)
        assert control(app, method, path, b" " * (2 << 20) + b"{").status in (400, 422)


CLOCKS = ['{"days":NaN}', '{"days":1e308}', '{"days":-1e15}', '{"days":4000000}', '{"at":"now"}', '{"days":"x"}']


@pytest.mark.parametrize("body", CLOCKS)
def test_the_clock_stays_where_the_wire_can_write_it(body: str) -> None:
    """An instant that no answer could show is refused, and the clock stays (`admin-bounds`)."""
    app = made(now=1_772_366_400_000)
    path = "/clock/set" if '"at"' in body else "/clock/advance"
    must_refuse(app, control(app, "POST", path, body.encode()), 400 if "NaN" in body else 422)
    assert json.loads(control(app, "GET", "/clock").body)["now"] == "2026-03-01T12:00:00.000Z"


PATHS = [
    "/__admin/../__admin/reset",
    "/__admin/contacts/..%2f..%2freset",
    "/__admin/contacts/%00",
    "/__admin//reset",
    "/__admin/reset/",
    "/__admin/contacts/00000001-0000-4000-8000-000000000000%2fticket",
    "/__admin/./reset",
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_that_play_tricks_lead_nowhere(path: str) -> None:
    """No road around the guard, and none to a route that was not named (`admin-not-for-pages`)."""
    app = made()
    for host, expected in (("127.0.0.1", {404, 405, 422}), ("attacker.example", {403})):
        reply = ask(app, path=path.encode(), method="POST", headers=((b"host", host.encode()),))
        assert reply.status in expected
        must_refuse(app, reply, reply.status)


def test_beside_the_prefix_the_guard_stands_too() -> None:
    """On a port of the admin API's own, other paths have nothing, and tell no web page so (`admin-not-for-pages`)."""
    api = admin(made().organisations, None)
    for path in (b"/reset", b"/__admin", b"/docs"):
        for host, status in ((b"127.0.0.1", 404), (b"attacker.example", 403)):
            assert ask(api, path=path, method="POST", headers=[(b"host", host)]).status == status


@pytest.mark.parametrize(
    "path", ["/__ADMIN/reset", "/__adminreset", "/api/public/__admin/reset", "/x/../__admin/reset"]
)
def test_what_is_not_the_admin_api_is_the_vendors_404(path: str) -> None:
    """Only the one prefix is ours; everything else answers as the vendor's server (`not-found`)."""
    reply = ask(made(), path=path.encode(), method="POST", headers=((b"host", b"attacker.example"),))
    assert json.loads(reply.body)["message"] == f"Cannot POST {path}"


def test_read_only_has_no_admin_api() -> None:
    """With --read-only the prefix is a path like any other (`read-only`)."""
    reply = control(made(read_only=True), "GET", "/contacts")
    assert (reply.status, json.loads(reply.body)["message"]) == (404, "Cannot GET /__admin/contacts")


def test_several_workers_have_no_admin_api() -> None:
    """One line says why: a change would reach one worker alone (`one-truth`)."""
    app = made(workers=2)
    reply = control(app, "POST", "/reset")
    must_refuse(app, reply, 503)
    assert "workers" in json.loads(reply.body)["detail"]


def test_other_pages_may_ask_only_what_cors_lets_them() -> None:
    """Off unless asked; then for the vendor's path alone, never for the admin API (`cors-on-demand`)."""
    origin, key = (b"origin", b"https://app.example"), (b"x-api-key", b"test-key")
    preflight = (origin, (b"access-control-request-method", b"GET"), (b"access-control-request-headers", b"x-api-key"))
    closed, opened = made(), made(cors=("https://app.example",))
    assert "access-control-allow-origin" not in ask(closed, "days=30", headers=(origin, key)).headers
    assert ask(closed, method="OPTIONS", headers=preflight).status == 404
    assert ask(opened, "days=30", headers=(origin, key)).headers["access-control-allow-origin"] == "https://app.example"
    readable = ask(opened, "days=30", headers=(origin, key)).headers["access-control-expose-headers"]
    assert {"X-Mock-Matched", "Preference-Applied", "Retry-After"} <= set(readable.split(", "))
    answered = ask(opened, method="OPTIONS", headers=preflight)
    assert (answered.status, answered.headers["access-control-allow-headers"]) == (204, "x-api-key")
    other = (b"origin", b"https://other.example")
    assert "access-control-allow-origin" not in ask(opened, "days=30", headers=(other, key)).headers
    refused = ask(opened, method="OPTIONS", headers=(other, *preflight[1:]))
    assert (refused.status, json.loads(refused.body)["message"]) == (404, "Cannot OPTIONS /api/public/contacts")
    assert "vary" not in ask(opened, "days=30").headers
    refused = control(opened, "GET", "/contacts", origin="https://app.example")
    assert (refused.status, "access-control-allow-origin" in refused.headers) == (403, False)


def test_nobody_looks_for_unused_objects_while_a_body_is_parsed() -> None:
    """All that is made then is in use; to look through it several times would hold everybody up (`admin-bounds`)."""
    body = b'{"contacts":[' + b'{"a":{}},' * 50_000 + b"{}]}"
    judge = _Judge(compare_copy)
    judge.judge(body)
    looks: list[str] = []

    def seen(phase: str, _: dict[str, int]) -> None:
        looks.append(phase)

    gc.callbacks.append(seen)
    try:
        copy = judge.judge(body)
    finally:
        gc.callbacks.remove(seen)
    assert len(copy.contacts) == 50_001
    assert len(looks) <= 4
