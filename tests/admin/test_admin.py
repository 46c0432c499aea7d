"""The admin API, noun by noun, from outside; what the random changes do not look at."""

import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest

from asgi import Reply, ask, control
from small_data import AT_ANCHOR, CLIENT, LEADS, NEW, PAID, WON, contact, document
from vambe_mock.contract.instants import LATEST
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations.clock import Clock
from vambe_mock.organisations.masking import LONGEST
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

ONE, TWO = (f"0000000{number}-0000-4000-8000-000000000000" for number in (1, 2))
EVERYTHING = "created_after=2000-01-01T00:00:00Z"


@pytest.fixture
def app() -> Application:
    """Two contacts, the first in a stage, at a clock that stands."""
    rows = [contact(1, stage=NEW), contact(2)]
    return create_app(from_document(document(*rows)), Settings(now=AT_ANCHOR, quiet=True))


def told(reply: Reply, status: int = 200) -> Any:
    """The JSON of *reply*, which must have *status*."""
    assert reply.status == status, reply.body
    return json.loads(reply.body)


def test_a_new_contact_needs_nothing_said(app: Application) -> None:
    """What is left out has a default, the instants are now, and the endpoint shows it (`new-contact-defaults`)."""
    made = told(control(app, "POST", "/contacts", {}), 201)
    now = "2026-03-01T12:00:00.000Z"
    assert (made["created_at"], made["updated_at"], made["last_message_at"]) == (now, now, now)
    assert (made["client_id"], made["custom_fields"]) == (CLIENT, {"customer": {}, "ticket": {}})
    shown = {one["id"]: one for one in told(ask(app, "days=1"))}
    del made["custom_fields"]
    assert shown[made["id"]] == made


def test_made_up_ids_are_the_same_after_the_same_changes(app: Application) -> None:
    """A test that runs twice sees the same ids (`new-contact-defaults`)."""
    first = [one["id"] for one in told(control(app, "POST", "/contacts", [{}, {}]), 201)]
    assert len(set(first)) == 2
    control(app, "POST", "/reset")
    assert [one["id"] for one in told(control(app, "POST", "/contacts", [{}, {}]), 201)] == first


def test_many_changes_are_all_or_none(app: Application) -> None:
    """One bad contact in a list, and none of them is changed (`changes-at-once`)."""
    before = ask(app, EVERYTHING).body
    assert control(app, "POST", "/contacts", [{}, {"phone": "none"}]).status == 422
    assert (
        control(app, "PATCH", "/contacts", [{"id": ONE, "name": "x"}, {"id": ONE[:-1] + "9", "name": "y"}]).status
        == 404
    )
    assert control(app, "PATCH", "/contacts", [{"id": ONE, "name": "x"}, {"id": ONE, "name": "y"}]).status == 409
    assert control(app, "DELETE", f"/contacts?id={ONE}&id={ONE[:-1]}9").status == 404
    assert control(app, "POST", "/contacts", [{}, {"id": ONE.upper()}]).status == 409
    assert ask(app, EVERYTHING).body == before


def test_ids_are_found_in_any_case(app: Application) -> None:
    """Ids are compared as UUIDs here too (`uuid-case`)."""
    made = told(control(app, "POST", "/contacts", {"id": "ABCDEF00-0000-4000-8000-00000000000A"}), 201)
    assert told(control(app, "GET", f"/contacts/{made['id'].lower()}"))["id"] == made["id"]
    assert told(control(app, "DELETE", f"/contacts?id={made['id'].swapcase()}&id={made['id']}")) == {"deleted": 1}


def test_contacts_are_listed_page_by_page(app: Application) -> None:
    """With how many there are, custom values included."""
    control(app, "PATCH", f"/contacts/{TWO}", {"custom_fields": {"customer": {"plan": "Gold"}}})
    page = told(control(app, "GET", "/contacts?limit=1&offset=1"))
    assert (page["total"], [one["id"] for one in page["contacts"]]) == (2, [TWO])
    assert page["contacts"][0]["custom_fields"]["customer"] == {"plan": "Gold"}


def test_messages_move_contacts(app: Application) -> None:
    """Inbound is unread and reopens a closed chat, outbound attends; none moves back (`messages-move-contacts`)."""
    control(app, "PATCH", f"/contacts/{ONE}", {"chat_status": "CLOSED"})
    control(app, "POST", "/clock/advance", {"hours": 1})
    inbound = told(control(app, "POST", f"/contacts/{ONE}/messages", {}), 201)
    assert (inbound["chat_status"], inbound["is_chat_read"]) == ("UNATTENDED", False)
    assert inbound["last_message_at"] == inbound["updated_at"] == "2026-03-01T13:00:00.000Z"
    older = {"direction": "outbound", "at": "2026-03-01T12:30:00Z", "is_chat_read": False}
    outbound = told(control(app, "POST", f"/contacts/{ONE}/messages", older), 201)
    assert (outbound["chat_status"], outbound["is_chat_read"]) == ("ATTENDED", False)
    assert outbound["last_message_at"] == "2026-03-01T13:00:00.000Z"


def test_tickets_open_move_and_close(app: Application) -> None:
    """A contact has one ticket at most, in a stage that some pipeline has, and its values go with it (`one-ticket`)."""
    assert control(app, "POST", f"/contacts/{ONE}/ticket", {"stage_id": WON}).status == 409
    control(app, "PATCH", f"/contacts/{ONE}", {"custom_fields": {"ticket": {"score": 3}}})
    moved = told(control(app, "PATCH", f"/contacts/{ONE}/ticket", {"stage_id": PAID}))
    assert (moved["active_ticket_v2"]["current_stage_id"], moved["custom_fields"]["ticket"]) == (PAID, {"score": 3})
    assert [one["id"] for one in told(ask(app, f"days=1&stage_id={PAID}"))] == [ONE]
    assert control(app, "PATCH", f"/contacts/{ONE}/ticket", {"stage_id": CLIENT}).status == 422
    closed = told(control(app, "DELETE", f"/contacts/{ONE}/ticket"))
    assert (closed["active_ticket_v2"], closed["custom_fields"]["ticket"]) == (None, {})
    assert told(ask(app, f"days=1&stage_id={PAID}")) == []
    assert control(app, "DELETE", f"/contacts/{ONE}/ticket").status == 409
    opened = told(control(app, "POST", f"/contacts/{ONE}/ticket", {"stage_id": NEW}), 201)
    assert opened["active_ticket_v2"]["id"] != moved["active_ticket_v2"]["id"]


def test_a_change_keeps_what_it_does_not_say_of_a_ticket(app: Application) -> None:
    """Stage, id and values stay while nothing else is said; a ticket with another id has none of it (`one-ticket`)."""
    control(app, "PATCH", f"/contacts/{ONE}", {"custom_fields": {"ticket": {"score": 3}}})
    before = told(control(app, "GET", f"/contacts/{ONE}"))
    same = before["active_ticket_v2"]
    assert same["current_stage_id"] is not None
    for ticket in ({}, {"id": None}, {"id": same["id"].upper()}, {"current_stage_id": same["current_stage_id"]}):
        kept = told(control(app, "PATCH", f"/contacts/{ONE}", {"active_ticket_v2": ticket}))
        assert (kept["active_ticket_v2"], kept["custom_fields"]) == (same, before["custom_fields"])
    cleared = told(control(app, "PATCH", f"/contacts/{ONE}", {"active_ticket_v2": {"current_stage_id": None}}))
    assert cleared["active_ticket_v2"] == {"id": same["id"], "current_stage_id": None}
    other = told(control(app, "PATCH", f"/contacts/{ONE}", {"active_ticket_v2": {"id": PAID}}))
    assert other["active_ticket_v2"] == {"id": PAID, "current_stage_id": None}
    assert other["custom_fields"]["ticket"] == {}


def test_pipelines_change(app: Application) -> None:
    """Which stages belong together is judged anew in the next answer; an id twice is refused."""
    assert [one["id"] for one in told(ask(app, f"days=1&pipeline_id={LEADS}"))] == [ONE]
    changed = told(control(app, "PATCH", f"/pipelines/{LEADS}", {"name": "L", "stages": [{"id": WON, "name": "Won"}]}))
    assert (changed["name"], [one["id"] for one in changed["stages"]]) == ("L", [WON])
    assert told(ask(app, f"days=1&pipeline_id={LEADS}")) == []
    assert told(control(app, "GET", f"/pipelines/{LEADS}")) == changed
    assert control(app, "PUT", "/pipelines", [changed, changed]).status == 409
    assert control(app, "GET", f"/pipelines/{PAID}").status == 404


def test_custom_fields_change(app: Application) -> None:
    """A definition goes or changes only where no contact has a value that it could not read (`changes-at-once`)."""
    control(app, "PATCH", f"/contacts/{ONE}", {"custom_fields": {"customer": {"city": "Lima"}, "ticket": {"score": 2}}})
    assert control(app, "PUT", "/custom-fields/city", []).status == 409
    options = {"key": "city", "type": "options", "options": ["Quito"], "entities": ["customer"]}
    assert control(app, "PUT", "/custom-fields/city", [options]).status == 409
    assert control(app, "PUT", "/custom-fields/city", [{**options, "options": ["Quito", "Lima"]}]).status == 200
    assert control(app, "PUT", "/custom-fields/city", [{**options, "key": "town"}]).status == 422
    assert (
        control(app, "PUT", "/custom-fields/score", [{"key": "score", "type": "text", "entities": ["ticket"]}]).status
        == 409
    )
    shoe = {"key": "shoe", "type": "number", "entities": ["customer"]}
    assert control(app, "PUT", "/custom-fields/shoe", [shoe]).status == 200
    control(app, "PATCH", f"/contacts/{TWO}", {"custom_fields": {"customer": {"shoe": 44.5}}})
    assert [one["id"] for one in told(ask(app, "days=1&custom_field_key=shoe&custom_field_value=44.50"))] == [TWO]
    assert told(control(app, "GET", "/custom-fields/city"))[0]["type"] == "options"
    assert control(app, "GET", "/custom-fields/none").status == 404


def test_the_clock_stands_moves_and_runs(app: Application) -> None:
    """The window of days follows the clock, and reset puts it back (`clock-follows`)."""
    assert told(control(app, "GET", "/clock")) == {"now": "2026-03-01T12:00:00.000Z", "frozen": True}
    control(app, "POST", "/clock/advance", {"days": 1})
    assert len(told(ask(app, "days=1"))) == 2
    control(app, "POST", "/clock/advance", {"milliseconds": 1})
    assert told(ask(app, "days=1")) == []
    assert told(control(app, "POST", "/clock/run"))["frozen"] is False
    first = told(control(app, "POST", "/clock/set", {"at": "2030-01-01T00:00:00Z"}))["now"]
    assert first[:16] == "2030-01-01T00:00"
    frozen = told(control(app, "POST", "/clock/freeze", {}))
    assert told(control(app, "GET", "/clock")) == frozen
    assert (
        told(control(app, "POST", "/clock/freeze", {"at": "2031-01-01T00:00:00+01:00"}))["now"]
        == "2030-12-31T23:00:00.000Z"
    )
    control(app, "POST", "/reset")
    assert told(control(app, "GET", "/clock"))["now"] == "2026-03-01T12:00:00.000Z"


def test_the_clock_stops_at_the_end_of_time(app: Application) -> None:
    """A running clock does not pass the last instant that can be written (`clock-follows`)."""
    control(app, "POST", "/clock/run")
    told(control(app, "POST", "/clock/set", {"at": "9999-12-31T23:59:59.999Z"}))
    time.sleep(0.01)
    assert told(control(app, "GET", "/clock")) == {"now": "9999-12-31T23:59:59.999Z", "frozen": False}
    made = told(control(app, "POST", "/contacts", {}), 201)
    assert [one["id"] for one in told(ask(app, "days=1"))] == [made["id"]]
    told(control(app, "POST", "/clock/set", {"at": "2026-03-01T12:00:00Z"}))
    assert told(control(app, "GET", "/clock"))["now"][:4] == "2026"


def test_a_clock_that_has_stopped_is_set_to_the_instant_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it has stood at the end of the year 9999 (`clock-follows`)."""
    wall = [0]
    monkeypatch.setattr("time.time_ns", lambda: wall[0])
    clock = Clock()
    clock.set(LATEST)
    wall[0] += 3_600 * 1_000_000_000
    clock.set(5)
    assert clock.now() == 5
    wall[0] += 1_000_000_000
    assert clock.now() == 1_005


WRONG: list[tuple[str, str, Any, str]] = [
    ("POST", "/contacts", {"nmae": "x"}, 'body.nmae: no such field; did you mean "name"?'),
    ("POST", "/contacts", [{}, {"nam": "x"}], 'body.1.nam: no such field; did you mean "name"?'),
    ("POST", "/contacts", {"active_ticket_v2": {"stage": "x"}}, "wanted one of: id, current_stage_id"),
    (
        "POST",
        "/faults",
        {"effect": {"kind": "timeout"}},
        'body.effect.kind: "timeout"; did you mean "stall"? The kinds',
    ),
    ("POST", "/faults", {"effect": {"kind": "x"}}, 'body.effect.kind: "x"; wanted one of status, rate_limit, '),
    ("POST", "/faults", {"effect": {"status": 503}}, "body.effect.kind: missing; wanted one of the kinds of faults"),
    (
        "POST",
        "/faults",
        {"effect": {"kind": "delay", "secnds": 1}},
        'body.effect.secnds: no such field in a delay; did you mean "seconds"?',
    ),
    ("POST", "/faults", {"effect": {"kind": "delay", "seconds": "1"}}, 'body.effect.seconds: "1"; wanted a number'),
    (
        "POST",
        "/faults",
        {"effect": {"kind": "other_body", "text": "<h1>", "status": 502}},
        "body.effect.status: no such field in an other_body; status is a kind of its own: wanted a second fault",
    ),
    (
        "POST",
        "/faults",
        {"effect": {"kind": "status", "status": 429, "retry_after_as_date": True}},
        'retry_after_as_date, but no retry_after; wanted {"retry_after": 2} beside it',
    ),
    ("POST", "/faults", {"kind": "stall"}, "body.kind: no such field; wanted one of: match, effect, expires_in"),
    ("POST", "/faults", [1], "body: [1]; wanted an object"),
    (
        "POST",
        "/faults",
        {"match": {"every": 2, "first": 1}, "effect": {"kind": "stall"}},
        'for request 2 only, wanted {"every": 2, "first": 2}',
    ),
    (
        "POST",
        "/faults",
        {"match": {"path": "*" * 201}, "effect": {"kind": "stall"}},
        "wanted at most 200 characters",
    ),
    ("PUT", "/pipelines", {"a": 1}, 'body: {"a": 1}; wanted a list'),
    ("GET", "/requests?limit=x", None, 'query.limit: "x"; wanted a whole number'),
    ("DELETE", "/contacts?all=maybe", None, 'query.all: "maybe"; wanted true or false'),
    ("GET", "/faults?limt=5", None, "query.limt: no such parameter; wanted none"),
    ("POST", "/contacts", [{}, {"platform": "fax"}], 'body.1.platform: "fax"; wanted one of whatsapp, '),
    ("POST", "/contacts", 5, "body: 5; wanted an object"),
    ("PATCH", f"/contacts/{ONE}", {"blocked": 1}, "body.blocked: 1; wanted true or false"),
    ("PATCH", "/contacts/x", {}, 'path.contact_id: "x"; wanted a UUID like'),
    ("POST", f"/contacts/{ONE}/messages", {"at": "noon"}, 'body.at: "noon"; wanted an instant like'),
    (
        "POST",
        f"/contacts/{ONE}/messages",
        {"at": "9999-12-31T23:59:59-01:00"},
        'field last_message_at: "9999-12-31T23:59:59-01:00"; wanted an instant in the years 0000 to 9999 of UTC',
    ),
    ("POST", f"/contacts/{ONE}/messages", None, "body: missing; wanted a JSON body"),
    ("POST", "/clock/set", {}, "body.at: missing; wanted an instant like"),
    ("POST", "/clock/advance", {"days": "x"}, 'body.days: "x"; wanted a number, without quotes'),
    (
        "POST",
        "/faults",
        {"effect": {"kind": "status", "status": 99}},
        "body.effect.status: 99; wanted a number from 400 on",
    ),
    (
        "POST",
        "/faults",
        {"effect": {"kind": "status", "status": 429, "retry_after": -1}},
        "body.effect.retry_after: -1; wanted a number from 0 on",
    ),
    ("POST", "/faults", {"effect": {"kind": "delay", "seconds": {"minimum": 2, "maximum": 1}}}, "minimum is above"),
    (
        "POST",
        "/faults",
        {"effect": {"kind": "delay", "seconds": {"median": 0, "sigma": 1}}},
        "median: 0; input",
    ),
    ("PATCH", f"/pipelines/{LEADS}", {"name": None}, "body.name: null; wanted a text like"),
    ("DELETE", "/contacts", None, "wanted ?id=ID (repeatable) or ?all=true"),
    ("DELETE", f"/contacts?all=true&id={ONE}", None, "wanted ?id=ID (repeatable) or ?all=true"),
    ("GET", "/requests?parametre=days", None, 'query.parametre: no such parameter; did you mean "parameter"?'),
    ("GET", "/requests/count?exacty=2", None, "query.exacty: no such parameter"),
    ("GET", "/clock?x=", None, "query.x: no such parameter; wanted none"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "detail"), WRONG, ids=[f"{row[0]} {row[1]} {row[2]}" for row in WRONG]
)
def test_what_is_wrong_is_one_clear_line(app: Application, method: str, path: str, body: Any, detail: str) -> None:
    """Which field, what came, what is wanted, in the client's words; nothing changed (`admin-one-line-problems`)."""
    before = control(app, "GET", "/dataset").body
    problem = told(control(app, method, path, body), 422)
    assert detail in problem["detail"]
    assert len(problem["detail"]) < 300
    assert control(app, "GET", "/dataset").body == before


WRONG_TYPES: list[tuple[str, Any]] = [
    ("/clock/advance", {"days": True}),
    ("/clock/advance", {"days": "3"}),
    ("/faults", {"effect": {"kind": "status", "status": "503"}}),
    ("/faults", {"effect": {"kind": "status", "status": True}}),
    ("/faults", {"effect": {"kind": "status", "status": 503, "retry_after": "1"}}),
    ("/faults", {"effect": {"kind": "delay", "seconds": "0.1"}}),
    ("/faults", {"effect": {"kind": "delay", "seconds": {"minimum": "0", "maximum": 1}}}),
    ("/faults", {"effect": {"kind": "rate_limit", "per_second": "1"}}),
    ("/faults", {"effect": {"kind": "stall"}, "match": {"first": "1"}}),
    ("/faults", {"effect": {"kind": "stall"}, "match": {"first": 1.5}}),
    ("/faults", {"effect": {"kind": "stall"}, "expires_in": "60"}),
    ("/faults", {"effect": {"kind": "content_type", "value": 5}}),
]


@pytest.mark.parametrize(("path", "body"), WRONG_TYPES, ids=[str(row[1]) for row in WRONG_TYPES])
def test_a_value_has_the_type_of_the_document(app: Application, path: str, body: Any) -> None:
    """A number in quotes is none, nor is true; and there is one error, not one a guess (`admin-one-line-problems`)."""
    problem = told(control(app, "POST", path, body), 422)
    assert len(problem["errors"]) == 1
    assert "; wanted " in problem["detail"]


OUT_OF_RANGE: list[tuple[str, str, Any, str]] = [
    ("GET", "/contacts?limit=0", None, 'query.limit: "0"; wanted a number from 1 on'),
    ("GET", "/contacts?offset=-1", None, 'query.offset: "-1"; wanted a number from 0 on'),
    ("GET", "/contacts?limit=99999999", None, 'query.limit: "99999999"; wanted a number up to 1000'),
    ("GET", "/contacts?limit=1.5", None, 'query.limit: "1.5"; wanted a whole number'),
    ("POST", "/clock/advance", {"days": 1e300}, "body.days: 1e+300; wanted a number up to 1000000000000000"),
    ("POST", "/clock/advance?", {"days": 10**400}, "; wanted a number of fewer digits"),
    ("POST", "/contacts", {f"f{n}": n for n in range(1_001)} | {"name": "a" * 16_384}, "wanted at most 1000 fields"),
]


@pytest.mark.parametrize(("method", "path", "body", "wanted"), OUT_OF_RANGE, ids=[row[1] for row in OUT_OF_RANGE])
def test_a_number_out_of_range_is_told_in_our_words(
    app: Application, method: str, path: str, body: Any, wanted: str
) -> None:
    """What came and what is wanted, in one line (`admin-one-line-problems`)."""
    assert told(control(app, method, path, body), 422)["detail"].endswith(wanted)


def test_a_whole_number_may_have_a_point(app: Application) -> None:
    """2.0 is an integer in JSON Schema, which the document is written in (`admin-one-line-problems`)."""
    fault = {"effect": {"kind": "status", "status": 503.0}, "match": {"every": 3, "first": 3.0}}
    told(control(app, "POST", "/faults", fault), 201)
    assert [ask(app, "days=1").status for _ in range(7)] == [200, 200, 503, 200, 200, 200, 200]


@pytest.mark.parametrize("path", ["/clock", "/reset", "/contacts", f"/contacts/{ONE}", "/custom-fields/city", "/docs"])
def test_a_line_feed_at_the_end_of_a_path_is_no_path(app: Application, path: str) -> None:
    """%0A belongs to the path, so nothing is there (`admin-one-line-problems`)."""
    for method in ("GET", "POST", "DELETE"):
        assert control(app, method, path + "%0A").status == 404
    assert ask(app, path=b"/livez%0A").status == ask(app, path=b"/docs%0A").status == 404
    assert ask(app, path=b"/livez").status == 200


def test_long_work_is_done_beside_the_loop(app: Application) -> None:
    """Many contacts at once, added, changed and deleted, are all there in the next answer (`admin-bounds`)."""
    told(control(app, "POST", "/contacts", [{"name": f"n{number}"} for number in range(300)]), 201)
    listed = told(control(app, "GET", "/contacts?limit=1000"))
    assert (listed["total"], listed["contacts"][-1]["custom_fields"]) == (302, {"customer": {}, "ticket": {}})
    assert len(told(ask(app, "days=1"))) == 302
    named = [{"id": one["id"], "name": "other"} for one in listed["contacts"]]
    assert {one["name"] for one in told(control(app, "PATCH", "/contacts", named))} == {"other"}
    assert control(app, "PATCH", "/contacts", [*named, {"id": CLIENT}]).status == 404
    ids = "&".join(f"id={one['id']}" for one in named[:100])
    assert told(control(app, "DELETE", f"/contacts?{ids}")) == {"deleted": 100}
    assert len(told(ask(app, "days=1"))) == 202


def test_the_document_names_each_operation_once(app: Application) -> None:
    """A generated client has a ``read_clock``, and the body of each refusal (`admin-one-line-problems`)."""
    paths = told(control(app, "GET", "/openapi.json"))["paths"].values()
    operations = [operation for path in paths for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) > 30
    assert {"read_clock", "add_fault", "reset"} <= set(names)
    assert all(list(one["responses"]["4XX"]["content"]) == ["application/problem+json"] for one in operations)


def test_bounds_are_those_of_json_schema(app: Application) -> None:
    """The document says minimum and maximum, never ge and le, which are pydantic's own (`admin-one-line-problems`)."""
    text = control(app, "GET", "/openapi.json").body.decode()
    assert re.findall(r'"[gl][et]": ?-?\d+', text) == []
    status = json.loads(text)["components"]["schemas"]["Status"]["properties"]["status"]
    assert (status["minimum"], status["maximum"]) == (400, 599)


def test_a_key_that_stands_twice_counts_the_second_time(app: Application) -> None:
    """As ``JSON.parse`` reads it (`admin-one-line-problems`)."""
    changed = told(control(app, "PATCH", f"/contacts/{ONE}", b'{"name": "first", "name": "second"}'))
    assert changed["name"] == "second"


def test_head_is_get_without_the_body(app: Application) -> None:
    """And a method that is not done is told with those that are (`admin-one-line-problems`)."""
    whole, head = control(app, "GET", "/contacts"), control(app, "HEAD", "/contacts")
    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)
    for method in ("PUT", "OPTIONS", "TRACE"):
        refused = control(app, method, "/contacts")
        assert (refused.status, refused.headers["allow"]) == (405, "GET, POST, PATCH, DELETE, HEAD")
        assert "wanted GET" in told(refused, 405)["detail"]
    assert control(app, "HEAD", "/reset").status == 405


def test_a_request_is_about_one_organisation(app: Application) -> None:
    """Two keys in one request are none (`organisation-of-its-own`)."""
    headers = [(b"host", b"localhost"), (b"x-api-key", b"test-key"), (b"x-api-key", b"other")]
    assert told(ask(app, path=b"/__admin/reset", method="POST", headers=headers), 400)["status"] == 400


def test_an_id_that_is_null_is_made_up(app: Application) -> None:
    """As one that is left out (`new-contact-defaults`)."""
    made = told(control(app, "POST", "/contacts", {"id": None, "client_id": None, "default_stage_id": None}), 201)
    assert (len(made["id"]), made["client_id"], made["default_stage_id"]) == (36, CLIENT, None)


def test_a_data_set_comes_whole_or_not_at_all(app: Application) -> None:
    """A broken document is told of and changes nothing; a good one is moved to now (`whole-or-not-at-all`)."""
    exported = told(control(app, "GET", "/dataset"))
    broken = {**exported, "contacts": [{**exported["contacts"][0], "phone": "x"}]}
    reply = control(app, "PUT", "/dataset", broken)
    assert (reply.status, "field phone" in told(reply, 422)["detail"]) == (422, True)
    assert control(app, "PUT", "/dataset", b"").status == 422
    assert told(control(app, "GET", "/dataset")) == exported
    control(app, "POST", "/clock/advance", {"days": 10})
    told(control(app, "PUT", "/dataset", exported))
    assert told(ask(app, "days=1"))[0]["last_message_at"] == "2026-03-11T12:00:00.000Z"
    told(control(app, "PUT", "/dataset?keep_timestamps=true", exported))
    assert told(ask(app, "days=1")) == []
    told(control(app, "POST", "/reset"))
    assert len(told(ask(app, "days=1"))) == 2


@pytest.mark.parametrize("name", ["a/b", "á é", "x/restore", "..", "%2F"])
def test_names_may_have_any_characters(app: Application, name: str) -> None:
    """A custom field's key and a snapshot's name are the user's own words (`admin-one-line-problems`)."""
    path = quote(name, safe="")
    field = {"key": name, "type": "text", "entities": ["customer"]}
    assert told(control(app, "PUT", f"/custom-fields/{path}", [field]))[0]["key"] == name
    assert told(control(app, "GET", f"/custom-fields/{path}"))[0]["type"] == "text"
    assert told(control(app, "PUT", f"/snapshots/{path}"))["name"] == name
    assert told(control(app, "POST", f"/snapshots/{path}/restore"))["name"] == name
    assert told(control(app, "DELETE", f"/snapshots/{path}"))["name"] == name


def test_snapshots_are_listed_bounded_and_forgotten(app: Application) -> None:
    """A snapshot that nobody took is a problem, and there is a most of them."""
    assert control(app, "POST", "/snapshots/a/restore").status == 404
    for number in range(100):
        told(control(app, "PUT", f"/snapshots/{number}"))
    assert control(app, "PUT", "/snapshots/more").status == 409
    assert told(control(app, "PUT", "/snapshots/5"))["contacts"] == 2
    assert told(control(app, "DELETE", "/snapshots/5"))["name"] == "5"
    assert len(told(control(app, "GET", "/snapshots"))) == 99


def test_what_was_asked_is_remembered(app: Application) -> None:
    """Newest first, with its reading, what was ignored, and how it ended; never a key (`request-record`)."""
    ask(app, "days=1&limit=1&page=2&token=test-key")
    ask(app, "days=0")
    ask(app, "updated_after=2026-01-01T00:00:00Z", method="HEAD")
    listed = told(control(app, "GET", "/requests"))
    assert (listed["count"], listed["total"]) == (3, 3)
    newest, refused, first = listed["requests"]
    assert (newest["method"], newest["query"]) == ("HEAD", {"updated_after": "2026-01-01T00:00:00.000Z", "offset": 0})
    assert (refused["status"], refused["query"], refused["returned"]) == (400, None, 0)
    assert "days: Too small" in refused["message"]
    assert (first["status"], first["returned"], first["ignored"]) == (200, 1, ["page", "token"])
    assert (first["target"], first["at"]) == (
        "/api/public/contacts?days=1&limit=1&page=2&token=***",
        "2026-03-01T12:00:00.000Z",
    )
    assert first["steps"] == [{"name": "days", "left": 2}, {"name": "limit", "left": 1}]
    assert first["milliseconds"] > 0


VERIFIED = [
    ("exactly=2&parameter=updated_after", (2, True)),
    ("exactly=3&parameter=updated_after", (2, False)),
    ("parameter=limit=5", (1, None)),
    ("parameter=limit&parameter=updated_after", (1, None)),
    ("without=limit&at_least=2&timeout=0.01", (2, True)),
    ("at_least=4&timeout=0.01", (3, False)),
    ("status=400", (1, None)),
    ("contains=limit%3D5&method=get", (1, None)),
]


@pytest.mark.parametrize(("query", "expected"), VERIFIED, ids=[row[0] for row in VERIFIED])
def test_verification_is_one_call(app: Application, query: str, expected: tuple[int, bool | None]) -> None:
    """Was it asked, how often, with what (`request-record`)."""
    for asked in ("updated_after=2026-01-01T00:00:00Z", "updated_after=2026-01-01T00:00:00Z&limit=5", "days=400"):
        ask(app, asked)
    count, holds = expected
    assert told(control(app, "GET", f"/requests/count?{query}")) == {"count": count, "forgotten": 0, "expected": holds}


def test_a_key_of_another_hides_no_request() -> None:
    """A short key is masked wherever it stands, but what was asked is found all the same (`request-record`)."""
    app = create_app(from_document(document()), Settings(now=AT_ANCHOR))
    for key in ("3", "a"):
        told(control(app, "POST", "/organisations", {"key": key}), 201)
    ask(app, "days=30&limit=10")
    control(app, "GET", "/nothing")
    (asked,) = told(control(app, "GET", "/requests?parameter=days=30&contains=contacts"))["requests"]
    assert "a" not in asked["target"]
    assert told(control(app, "GET", "/requests/count?parameter=limit=10&exactly=1"))["expected"] is True
    assert told(control(app, "GET", "/requests/strangers"))["requests"] == []


@pytest.mark.parametrize("name", ["stage_id", "pipeline_id", "custom_field_value", "custom_field_key"])
@pytest.mark.parametrize("key", ["abcdef01-0000-4000-8000-000000000000", "ABCDEF01-0000-4000-8000-000000000000"])
def test_a_key_in_the_wrong_place_is_masked_as_it_was_read(name: str, key: str) -> None:
    """What a query was read as shows no key either, be it taken for an id or for a text (`request-record`)."""
    data = document(custom_fields=[{"key": key, "type": "text", "entities": ["customer"]}])
    app = create_app(from_document(data), Settings(now=AT_ANCHOR, quiet=True, api_key=(key,)))
    rest = {"custom_field_value": f"&custom_field_key={key}", "custom_field_key": "&custom_field_value=x"}
    assert told(ask(app, f"days=1&{name}={key}{rest.get(name, '')}", headers=((b"x-api-key", key.encode()),))) == []
    (asked,) = told(control(app, "GET", "/requests"))["requests"]
    assert asked["query"]["days"] == 1
    assert key.lower() not in json.dumps(asked).lower()


@pytest.mark.parametrize("quiet", [True, False])
def test_a_parameter_is_found_however_far_behind(quiet: bool) -> None:
    """A target is cut where it is told, and in no parameter that is looked for (`request-record`)."""
    app = create_app(from_document(document()), Settings(now=AT_ANCHOR, quiet=quiet))
    unread = "x" * (LONGEST - len("/api/public/contacts?days=1&=&limit=1"))
    ask(app, f"days=1&{unread}=&limit=10&offset=0")
    counts = [
        told(control(app, "GET", f"/requests/count?parameter={wanted}"))["count"]
        for wanted in ("limit=10", "offset", "limit=1")
    ]
    assert counts == [1, 1, 0]
    (asked,) = told(control(app, "GET", "/requests"))["requests"]
    assert asked["target"].endswith("&limit=1…")


def test_the_record_is_bounded_and_cleared() -> None:
    """The oldest goes first, a target without end is cut, DELETE forgets (`request-record`)."""
    app = create_app(from_document(document()), Settings(quiet=True, record=3))
    for number in range(1, 6):
        ask(app, f"days={number}&x={'y' * 5000}")
    listed = told(control(app, "GET", "/requests"))
    assert (listed["count"], listed["total"]) == (3, 5)
    assert [one["target"].partition("&")[0][-6:] for one in listed["requests"]] == ["days=5", "days=4", "days=3"]
    assert all(len(one["target"]) <= 2_001 for one in listed["requests"])
    assert told(control(app, "DELETE", "/requests")) == {"cleared": 3}
    assert told(control(app, "GET", "/requests"))["total"] == 0


def test_what_the_record_forgot_is_never_guessed() -> None:
    """A count that forgotten requests could change is refused, and what is sure is told (`request-record`)."""
    app = create_app(from_document(document()), Settings(quiet=True, record=3))
    for _ in range(5):
        ask(app, "days=1")
    assert told(control(app, "GET", "/requests?limit=1"))["forgotten"] == 2
    assert told(control(app, "GET", "/requests/count?at_least=2")) == {"count": 3, "forgotten": 2, "expected": True}
    assert told(control(app, "GET", "/requests/count?exactly=2"))["expected"] is False
    for query in ("exactly=3", "exactly=5", "at_least=4&timeout=0.01", "parameter=limit&exactly=0"):
        assert "3 of 5 requests" in told(control(app, "GET", f"/requests/count?{query}"), 409)["detail"]
    control(app, "DELETE", "/requests")
    assert told(control(app, "GET", "/requests/count?exactly=0"))["expected"] is True


def test_strangers_have_a_record_of_their_own(app: Application) -> None:
    """A request without a right key, or to no path, is nobody's, and is told apart (`request-record`)."""
    ask(app, "days=1", headers=((b"x-api-key", b"wrong"),))
    ask(app, path=b"/api/public/pipelines")
    assert told(control(app, "GET", "/requests"))["count"] == 0
    strangers = told(control(app, "GET", "/requests/strangers"))["requests"]
    assert [one["status"] for one in strangers] == [404, 401]
    ask(app, path=b"/__administration")
    assert told(control(app, "GET", "/requests/strangers"))["requests"][0]["target"] == "/__administration"
    assert told(control(app, "DELETE", "/requests/strangers")) == {"cleared": 3}
    assert told(control(app, "GET", "/requests/strangers"))["count"] == 0


def test_the_record_hints_as_the_log_does(app: Application) -> None:
    """What is nearly right is told in the record and in the preview of an answer as well (`log-hints`)."""
    ask(app, path=b"/contact/search")
    ask(app, "created_after=2026-01-31")
    ask(app, "days=1")
    needs = "created_after needs a time and a zone, e.g. 2026-01-31T00:00:00Z"
    hints = [one["hint"] for one in told(control(app, "GET", "/requests"))["requests"]]
    assert hints == ["", needs]
    stranger = told(control(app, "GET", "/requests/strangers"))["requests"][0]
    assert stranger["hint"] == "did you mean /api/public/contacts/search?"
    queries = ("created_after=2026-01-31", "days=0", "days=1")
    assert [told(control(app, "GET", f"/preview?query={quote(one)}"))["hint"] for one in queries] == [needs, "", ""]


def test_without_neighbours_the_record_hints_at_none() -> None:
    """What the server does not answer is not what was meant (`neighbours-apart`)."""
    app = create_app(from_document(document()), Settings(now=AT_ANCHOR, quiet=True, neighbours=False))
    ask(app, path=b"/contact/search")
    stranger = told(control(app, "GET", "/requests/strangers"))["requests"][0]
    assert "search" not in stranger["hint"]


def test_organisations_share_nothing(app: Application) -> None:
    """A key made at run time has data, clock, faults and record of its own (`organisation-of-its-own`)."""
    control(app, "PATCH", f"/contacts/{ONE}", {"name": "changed"})
    made = told(control(app, "POST", "/organisations", {"key": "mine"}), 201)
    mine = ((b"x-api-key", b"mine"),)
    assert (made["key"], made["contacts"]) == ("mine", 2)
    assert [one["name"] for one in told(ask(app, EVERYTHING, headers=mine))] == ["Contact 1", "Contact 2"]
    control(app, "DELETE", "/contacts?all=true", key="mine")
    control(app, "POST", "/clock/advance", {"days": 400}, key="mine")
    control(app, "POST", "/faults", {"effect": {"kind": "status", "status": 503}}, key="mine")
    assert ask(app, "days=1", headers=mine).status == 503
    assert len(told(ask(app, "days=1"))) == 2
    assert told(control(app, "GET", "/requests", key="mine"))["count"] == 2
    assert control(app, "GET", "/contacts", key="nobody").status == 404
    assert control(app, "POST", "/organisations", {"key": "mine"}).status == 409
    assert "mine" not in control(app, "GET", "/organisations").body.decode()
    assert control(app, "DELETE", f"/organisations/{made['name']}").status == 200
    assert ask(app, "days=1", headers=mine).status == 401
    assert control(app, "DELETE", "/organisations/default").status == 409


def test_an_organisation_begins_with_a_snapshot(app: Application) -> None:
    """Instead of the initial data; a reset goes back to it. Without that snapshot nothing is made."""
    control(app, "PATCH", f"/contacts/{ONE}", {"name": "changed"})
    control(app, "PUT", "/snapshots/changed")
    control(app, "POST", "/reset")
    told(control(app, "POST", "/organisations", {"key": "mine", "snapshot": "changed"}), 201)
    control(app, "DELETE", "/contacts?all=true", key="mine")
    control(app, "POST", "/reset", key="mine")
    mine = ((b"x-api-key", b"mine"),)
    assert [one["name"] for one in told(ask(app, EVERYTHING, headers=mine))] == ["changed", "Contact 2"]
    refused = control(app, "POST", "/organisations", {"key": "other", "snapshot": "none"})
    assert (refused.status, told(refused, 404)["detail"]) == (404, 'there is no snapshot named "none"')
    assert ask(app, "days=1", headers=((b"x-api-key", b"other"),)).status == 401


def test_a_chosen_key_stays_masked_when_its_organisation_is_gone(app: Application) -> None:
    """Sent in the query, before and after: it may be a secret elsewhere too (`keys-are-masked`)."""
    made = told(control(app, "POST", "/organisations", {"key": "chosen-by-somebody"}), 201)
    ask(app, "days=1&q=chosen-by-somebody")
    told(control(app, "DELETE", f"/organisations/{made['name']}"))
    ask(app, "days=2&q=chosen-by-somebody")
    listed = control(app, "GET", "/requests").body.decode()
    assert ("days=1" in listed, "days=2" in listed, "chosen-by-somebody" in listed) == (True, True, False)


def test_organisations_of_the_command_line(tmp_path: Any) -> None:
    """Each --organisation has the data of its file behind its key (`organisation-of-its-own`)."""
    file = tmp_path / "other.json"
    file.write_text(json.dumps(document(contact(7))), encoding="utf-8")
    settings = Settings(now=AT_ANCHOR, quiet=True, organisation=(f"other={file}",))
    app = create_app(from_document(document()), settings.checked())
    assert told(ask(app, "days=1")) == []
    assert [one["name"] for one in told(ask(app, "days=1", headers=((b"x-api-key", b"other"),)))] == ["Contact 7"]


EXPLAINED = [
    ("days=1", True, "every filter holds"),
    (f"days=1&stage_id={WON}", False, "stage_id does not hold"),
    (f"created_after=2027-01-01T00:00:00Z&pipeline_id={LEADS}", False, "created_after does not hold"),
    ("days=1&offset=1", False, "every filter holds, but it is number 1 of "),
    ("limit=1", False, "the query is refused with 400: At least one of"),
    ("days=1&custom_field_key=city&custom_field_value=Lima&foo=1", False, "custom_field does not hold"),
]


@pytest.mark.parametrize(("query", "listed", "because"), EXPLAINED, ids=[row[0] for row in EXPLAINED])
def test_explain_says_why(app: Application, query: str, listed: bool, because: str) -> None:
    """Each filter, its reading, its verdict; and the verdict is the endpoint's own (`explained`)."""
    escaped = query.replace("=", "%3D").replace("&", "%26")
    explained = told(control(app, "GET", f"/explain?contact={ONE}&query={escaped}"))
    assert (explained["listed"], explained["because"].startswith(because)) == (listed, True), explained
    reply = ask(app, query)
    assert listed == (reply.status == 200 and ONE in [one["id"] for one in told(reply)])
    assert control(app, "GET", f"/explain?contact={CLIENT}&query=days%3D1").status == 404


def test_the_admin_api_has_a_document_and_a_page(app: Application) -> None:
    """Its own OpenAPI and its own docs page, from this server alone (`docs-page-offline`)."""
    described = told(control(app, "GET", "/openapi.json"))
    assert described["servers"] == [{"url": "/__admin"}]
    assert {"/contacts", "/clock/advance", "/faults", "/requests/count", "/explain", "/reset"} <= set(
        described["paths"]
    )
    page = control(app, "GET", "/docs").body.decode()
    assert "/__admin/openapi.json" in page
    assert "https://" not in page
    assert control(app, "GET", "/docs/swagger-ui.css").status == 200
