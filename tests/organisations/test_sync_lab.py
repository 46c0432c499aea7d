"""The sync lab over the admin API: triggers, what was delivered, comparing a copy, drift, finer instants."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from asgi import ask, control
from small_data import AT_ANCHOR, contact, document
from vambe_mock.admin.routes.triggers import MOST_CHANGES
from vambe_mock.contract import instants
from vambe_mock.datasets.comparison import compare
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations import delivered, triggers
from vambe_mock.organisations.conditions import LONGEST_PATTERN
from vambe_mock.organisations.journal import Notes
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

SINCE = "updated_after=1970-01-01T00:00:00Z"


def at(number: int) -> str:
    """An instant: *number* seconds before the anchor of a hundred."""
    return instants.write(AT_ANCHOR - (100 - number) * 1_000)


def identity(number: int) -> str:
    """The id of contact *number*."""
    one: str = contact(number)["id"]
    return one


@pytest.fixture
def app() -> Application:
    """Ten contacts, a second apart, at a clock that stands."""
    contacts = [contact(number, updated_at=at(number), created_at=at(number)) for number in range(1, 11)]
    return create_app(from_document(document(*contacts)), Settings(now=AT_ANCHOR, quiet=True))


def listed(app: Application, query: str) -> list[int]:
    """The numbers of the contacts that the answer lists."""
    return [int(one["id"][:8], 16) for one in json.loads(ask(app, query).body)]


def do(app: Application, method: str, path: str, body: object = None, status: int = 200) -> Any:
    """A call of the admin API that is answered with *status*."""
    reply = control(app, method, path, body)
    assert reply.status == status, reply.body
    return json.loads(reply.body)


def trigger(app: Application, *changes: dict[str, Any], **rule: Any) -> int:
    """Add a trigger; its number."""
    number: int = do(app, "POST", "/triggers", {**rule, "changes": changes}, 201)["id"]
    return number


def test_a_trigger_fires_after_the_nth_answer(app: Application) -> None:
    """Pages of three: after the second one its first contact moves to the end, and page three misses a contact."""
    number = trigger(app, {"do": "change", "contact": {"place": 1}, "fields": {"name": "Ana"}}, nth=2)
    assert listed(app, f"{SINCE}&limit=3") == [1, 2, 3]
    assert do(app, "GET", f"/triggers/{number}")["fired"] is None
    assert listed(app, f"{SINCE}&limit=3&offset=3") == [4, 5, 6]
    assert listed(app, f"{SINCE}&limit=3&offset=6") == [8, 9, 10]
    assert listed(app, f"{SINCE}&offset=9") == [4]
    state = do(app, "GET", f"/triggers/{number}")
    assert (state["matched"], state["fired"], state["problem"]) == (2, 2, "")
    assert app.organisations.first.lab is not None
    assert not app.organisations.first.lab.triggers


def test_a_trigger_fires_before_a_request_is_read(app: Application) -> None:
    """The answer itself has the change; the place is one of the answer before."""
    trigger(app, {"do": "delete", "contact": {"place": -1}}, nth=2, when="before")
    assert listed(app, f"{SINCE}&limit=3") == [1, 2, 3]
    assert listed(app, f"{SINCE}&limit=3&offset=2") == [4, 5, 6]


def test_a_trigger_counts_only_requests_that_match(app: Application) -> None:
    """By parameters; path and key as with faults. The contacts endpoint is the default path."""
    trigger(app, {"do": "delete", "contact": identity(1)}, match={"query": {"offset": None}})
    trigger(app, {"do": "delete", "contact": identity(2)}, match={"path": "*/elsewhere"})
    trigger(app, {"do": "delete", "contact": identity(3)}, match={"key": "another"})
    assert listed(app, SINCE) == [*range(1, 11)]
    ask(app, f"{SINCE}&offset=0")
    assert listed(app, SINCE) == [*range(2, 11)]


def test_an_earlier_contact_is_one_of_the_answers_before(app: Application) -> None:
    """``earlier`` counts through all answers before the one at hand."""
    trigger(app, {"do": "delete", "contact": {"earlier": 4}}, nth=3)
    for offset in (0, 3, 6):
        ask(app, f"{SINCE}&limit=3&offset={offset}")
    assert listed(app, SINCE) == [1, 2, 3, 5, 6, 7, 8, 9, 10]


def test_all_changes_of_a_trigger_are_made_or_none(app: Application) -> None:
    """A place that the answer does not have undoes what was done before it, the clock and the faults included."""
    number = trigger(
        app,
        {"do": "delete", "contact": {"place": 1}},
        {"do": "clock", "days": -1},
        {"do": "fault", "fault": {"effect": {"kind": "empty_body"}}},
        {"do": "change", "contact": {"place": 4}},
    )
    assert listed(app, f"{SINCE}&limit=3") == [1, 2, 3]
    assert listed(app, f"{SINCE}&limit=3") == [1, 2, 3]
    assert do(app, "GET", f"/triggers/{number}")["problem"] == "the answer listed 3 contacts, so there is no place 4"
    assert do(app, "GET", "/clock")["now"] == instants.write(AT_ANCHOR)
    assert do(app, "GET", "/faults") == []


def test_every_kind_of_change(app: Application) -> None:
    """Add, message, ticket, clock and fault, as the admin API's own routes do them."""
    trigger(
        app,
        {"do": "clock", "milliseconds": 5},
        {"do": "add", "contact": {"id": identity(11)}},
        {"do": "message", "contact": identity(2), "direction": "outbound"},
        {"do": "ticket", "contact": identity(3), "move": "open", "stage_id": None},
        {"do": "ticket", "contact": identity(4), "move": "open"},
        {"do": "ticket", "contact": identity(4), "move": "close"},
        {"do": "fault", "fault": {"effect": {"kind": "status", "status": 503}, "match": {"first": 1}}},
    )
    ask(app, SINCE)
    assert ask(app, SINCE).status == 503
    contacts = json.loads(ask(app, f"updated_after={at(10)}").body)
    assert [int(one["id"][:8], 16) for one in contacts] == [2, 3, 4, 11]
    assert {one["updated_at"] for one in contacts} == {instants.write(AT_ANCHOR + 5)}
    assert [one["active_ticket_v2"] is None for one in contacts] == [True, False, True, True]


def test_triggers_are_listed_removed_and_reset(app: Application) -> None:
    """Without any trigger, delivered or drift the organisation has no lab, so requests look for nothing more."""
    first = trigger(app, {"do": "delete", "contact": identity(1)})
    second = trigger(app, {"do": "delete", "contact": identity(2)}, nth=5)
    ask(app, SINCE)
    assert [one["id"] for one in do(app, "GET", "/triggers")] == [first, second]
    do(app, "DELETE", f"/triggers/{first}")
    assert do(app, "DELETE", "/triggers") == {"removed": 1}
    assert app.organisations.first.lab is None
    trigger(app, {"do": "delete", "contact": identity(2)}, nth=5)
    do(app, "POST", "/reset")
    assert app.organisations.first.lab is None
    do(app, "DELETE", "/triggers/1", status=404)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"do": "change", "contact": {"place": 0}}, "places count from 1"),
        ({"do": "change", "contact": {}}, "wanted either place or earlier"),
        ({"do": "change", "contact": identity(1), "fields": {"nmae": "Ana"}}, "nmae"),
        ({"do": "rename"}, "body.changes.0.do"),
    ],
)
def test_a_trigger_that_makes_no_sense_is_refused(app: Application, change: dict[str, Any], complaint: str) -> None:
    """In one line that names the field or what is wanted, and nothing is added."""
    reply = control(app, "POST", "/triggers", {"changes": [change]})
    assert reply.status == 422
    assert complaint in reply.body.decode()
    assert app.organisations.first.lab is None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ([], "body.changes: []; wanted at least 1 of them"),
        ([{"do": "clock"}] * (MOST_CHANGES + 1), f"; wanted at most {MOST_CHANGES} of them"),
        ([{"do": "delete"}], 'contact: missing; wanted a contact: its id, {"place": 10} or {"earlier": 10}'),
        ([{"do": "delete", "contact": "ana"}], 'contact: "ana"; wanted a UUID like'),
        ([{"do": "delete", "contact": 5}], "contact: 5; wanted an object"),
    ],
)
def test_a_refused_trigger_tells_one_mistake_once(app: Application, changes: list[Any], complaint: str) -> None:
    """In plain words, with what is wanted: no pattern of ours, and no second complaint about another form."""
    problem = do(app, "POST", "/triggers", {"changes": changes}, 422)
    assert complaint in problem["detail"]
    assert len(problem["errors"]) == 1


def test_a_trigger_shows_no_key(app: Application) -> None:
    """Neither its own nor that of a fault that it adds; both are masked from then on (`keys-are-masked`)."""
    secrets = ("the-key-to-match", "the-key-of-the-fault")
    fault = {"effect": {"kind": "empty_body"}, "match": {"key": secrets[1]}}
    rule = {"match": {"key": secrets[0]}, "changes": [{"do": "fault", "fault": fault}], "nth": 2.0}
    control(app, "PUT", "/delivered", {"answers": 10})
    shown = control(app, "POST", "/triggers", rule).body + control(app, "GET", "/triggers").body
    ask(app, f"{SINCE}&a={secrets[0]}&b=%74he-key-of-the-fault&c=test-key")
    shown += control(app, "GET", "/triggers/1").body + control(app, "GET", "/delivered/answers").body
    shown += control(app, "GET", "/requests").body
    assert shown.count(b'"key":"th') == 6
    assert shown.count(b"a=***&b=***&c=***") == 2
    assert not [one for one in (*secrets, "%74he-key", "test-key") if one in shown.decode()]


@pytest.mark.parametrize("pattern", ["*" * (LONGEST_PATTERN + 1), "*a" * 100_000 + "b"])
def test_a_trigger_has_a_short_pattern(app: Application, pattern: str) -> None:
    """A long one would hold every request up (`admin-bounds`)."""
    rule = {"match": {"path": pattern}, "changes": [{"do": "clock"}]}
    assert "at most 200 characters" in do(app, "POST", "/triggers", rule, 422)["detail"]


def test_triggers_add_no_more_faults_than_anybody(app: Application) -> None:
    """A hundred are active; a trigger that would add more changes nothing, and says why."""
    fault = {"do": "fault", "fault": {"effect": {"kind": "delay", "seconds": 0}}}
    first, second = trigger(app, *[fault] * 100), trigger(app, fault)
    ask(app, SINCE)
    assert len(do(app, "GET", "/faults")) == 100
    assert do(app, "GET", f"/triggers/{first}")["problem"] == ""
    assert "100 active faults, which is the limit" in do(app, "GET", f"/triggers/{second}")["problem"]


def test_a_waiting_trigger_keeps_only_what_it_needs() -> None:
    """However many answers come: the ids up to the places that its changes name, from either end."""
    actions = [triggers.Delete(triggers.Who(earlier=3)), triggers.Delete(triggers.Who(earlier=-2))]
    listed = triggers.listed_for(actions)
    for page in ("ab", "cde", "", "fghi", "j"):
        listed.add(list(page))
    assert [listed.earlier(place) for place in (1, 3, -1, -2)] == ["a", "c", "i", "h"]
    assert (listed.before, listed.earlier(10), listed.earlier(-10)) == (9, None, None)
    assert (listed._beginning, listed._ending) == (["a", "b", "c"], ["h", "i"])
    assert triggers.listed_for([]).ending == 0


def test_answers_that_list_much_are_kept_less_long(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are what takes memory, so their number is bounded, and not only that of the answers (`admin-bounds`)."""
    monkeypatch.setattr(delivered, "MOST_IDS", 25)
    do(app, "PUT", "/delivered", {"answers": 100})
    for query in (SINCE, SINCE, f"{SINCE}&limit=3", f"{SINCE}&limit=2"):
        ask(app, query)
    answers = do(app, "GET", "/delivered/answers")["answers"]
    assert [len(one["ids"]) for one in answers] == [10, 10, 3, 2]
    ask(app, f"{SINCE}&limit=1")
    assert [len(one["ids"]) for one in do(app, "GET", "/delivered/answers")["answers"]] == [10, 3, 2, 1]


@pytest.mark.parametrize(
    ("drift", "complaint"),
    [
        ({"set": {"note": "a" * 10_000}}, "set has 10,011 bytes as JSON; wanted at most 10,000"),
        ({"set": {str(number): 1 for number in range(101)}}, "wanted at most 100"),
        ({"missing": ["a"] * 101}, "wanted at most 100"),
        ({"contacts": [identity(1)] * 1_001}, "wanted at most 1000"),
        ({"contacts": ["ana"]}, '"ana"; wanted a UUID like'),
    ],
)
def test_drift_is_bounded(app: Application, drift: dict[str, Any], complaint: str) -> None:
    """Every contact of an answer gets it, so that a little too much of it would be gigabytes (`admin-bounds`)."""
    assert complaint in do(app, "PUT", "/settings", {"drift": drift}, 422)["detail"]


@pytest.mark.parametrize("value", [10**400, 1e308, -0.0, True, "[" * 100_000, "1" * 5_000, {"a": []}, "2026", [None]])
def test_a_copy_may_hold_anything(app: Application, value: Any) -> None:
    """A value that no contact could have differs; it is no reason to stumble."""
    fields = ("phone", "created_at", "active_ticket_v2", "blocked", "name")
    copy = [{"id": identity(1), **dict.fromkeys(fields, value)}, {"id": value}]
    found = do(app, "POST", "/compare", {"contacts": copy})
    assert {"phone", "created_at", "active_ticket_v2", "name"} <= set(found["differences"][identity(1)])
    assert len(found["ghosts"]) == 1
    assert len(found["ghosts"][0]) <= 100_000
    assert "'" not in found["ghosts"][0]


def test_delivered_tells_the_last_version_in_a_whole_answer(app: Application) -> None:
    """Never given: lost. Given before a change: stale. HEAD, a broken body and an error deliver nothing."""
    assert len(do(app, "GET", "/delivered")["lost"]) == 10
    ask(app, f"{SINCE}&limit=4")
    ask(app, SINCE, method="HEAD")
    do(app, "POST", "/faults", {"effect": {"kind": "malformed_json"}, "match": {"first": 1}}, 201)
    ask(app, SINCE)
    do(app, "POST", "/faults", {"effect": {"kind": "status", "status": 500}, "match": {"first": 1}}, 201)
    ask(app, SINCE)
    do(app, "PATCH", f"/contacts/{identity(2)}", {"name": "Ana"})
    told = do(app, "GET", "/delivered")
    assert (told["whole"], told["spoilt"]) == (1, 2)
    assert told["lost"] == [identity(number) for number in range(5, 11)]
    assert told["stale"] == [identity(2)]
    do(app, "POST", "/faults", {"effect": {"kind": "delay", "seconds": 0}}, 201)
    ask(app, SINCE)
    told = do(app, "GET", "/delivered")
    assert (told["lost"], told["stale"]) == ([], [])


def test_delivered_knows_a_contact_that_takes_the_place_of_another(app: Application) -> None:
    """The row of a deleted contact is used again; what was delivered of the old one says nothing of the new one."""
    do(app, "POST", "/contacts", {"id": identity(20)}, 201)
    do(app, "GET", "/delivered")
    ask(app, SINCE)
    do(app, "DELETE", f"/contacts/{identity(20)}")
    do(app, "POST", "/contacts", {"id": identity(21)}, 201)
    told = do(app, "GET", "/delivered")
    assert (told["lost"], told["stale"]) == ([identity(21)], [])


def test_delivered_is_what_a_contact_was_before_it_changed(app: Application) -> None:
    """Whatever changes contacts: one, many, a reset of all; a change back to what was delivered is delivered."""
    start = do(app, "GET", f"/contacts/{identity(1)}")
    do(app, "PUT", "/snapshots/start")
    do(app, "GET", "/delivered")
    ask(app, f"{SINCE}&limit=9")
    do(app, "PATCH", "/contacts", [{"id": identity(number), "name": "Ana"} for number in range(1, 4)])
    told = do(app, "GET", "/delivered")
    assert (told["lost"], told["stale"]) == ([identity(10)], [identity(1), identity(2), identity(3)])
    kept = {name: start[name] for name in ("name", "updated_at")}
    do(app, "PATCH", f"/contacts/{start['id']}", kept)
    assert do(app, "GET", "/delivered")["stale"] == [identity(2), identity(3)]
    ask(app, SINCE)
    do(app, "POST", "/snapshots/start/restore")
    told = do(app, "GET", "/delivered")
    assert (told["lost"], told["stale"]) == ([], [identity(2), identity(3)])
    do(app, "DELETE", "/delivered")
    assert app.organisations.first.store.witness is None


def test_an_answer_delivers_what_it_held(app: Application) -> None:
    """A contact may change while an answer is on its way: what the answer has was delivered, not what it is since."""
    do(app, "GET", "/delivered")
    organisation = app.organisations.first
    assert organisation.lab is not None
    assert organisation.lab.delivered is not None
    rows = organisation.store.listed("created_at")
    exchange = organisation.journal.open("GET", f"/?{SINCE}", 0.0).finish(200, Notes())
    for name in ("Ana", "Eva"):
        expected = organisation.lab.delivered.expect(organisation.store, rows)
        expected.hold()
        do(app, "PATCH", f"/contacts/{identity(2)}", {"name": name})
        expected(True, exchange)
        assert do(app, "GET", "/delivered")["stale"] == [identity(2)]
    organisation.lab.delivered.expect(organisation.store, rows)(True, exchange)
    assert do(app, "GET", "/delivered")["stale"] == []


def test_delivered_has_one_number_a_contact(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was asked for, and however often: what waits to be noted is bounded."""
    monkeypatch.setattr(delivered, "MOST_WAITING", 25)
    do(app, "GET", "/delivered")
    for _ in range(30):
        for query in (f"{SINCE}&limit=7", "days=1&limit=0", "days=30&offset=100"):
            ask(app, query)
    lab = app.organisations.first.lab
    assert lab is not None
    held = lab.delivered
    assert held is not None
    assert held._numbers.nbytes == 8 * (10 + 2)
    assert len(held._waiting) <= 25
    assert sum(map(len, held._waiting)) <= 25


def test_delivered_looks_only_at_its_scope(app: Application) -> None:
    """A query says which contacts a client means to have; one that the endpoint refuses is refused here."""
    assert do(app, "GET", f"/delivered?scope=created_after%3D{at(8)}")["lost"] == [identity(9), identity(10)]
    assert "days: Too big" in do(app, "GET", "/delivered?scope=days%3D999", status=422)["detail"]


def test_answers_are_kept_if_asked_for(app: Application) -> None:
    """Each with its request's number, its status, whether it was whole, and the ids that it listed."""
    do(app, "PUT", "/delivered", {"answers": 2})
    for query in ("days=0", f"{SINCE}&limit=2", "days=0"):
        ask(app, query)
    answers = do(app, "GET", "/delivered/answers")["answers"]
    assert [(one["number"], one["status"], one["whole"], one["ids"]) for one in answers] == [
        (2, 200, True, [identity(1), identity(2)]),
        (3, 400, False, []),
    ]
    later = do(app, "GET", "/delivered/answers?after=2")
    assert ([one["number"] for one in later["answers"]], later["total"]) == ([3], 3)
    do(app, "DELETE", "/delivered")
    assert app.organisations.first.lab is None


def test_compare_tells_how_a_copy_differs(app: Application) -> None:
    """Lost, stale with the fields that differ, doubled, and ghosts."""
    copy = json.loads(ask(app, f"{SINCE}&limit=8").body)
    copy[0]["name"] = "Ana"
    del copy[1]["phone"]
    found = do(app, "POST", "/compare", {"contacts": [*copy, copy[2], {"id": identity(99)}]})
    assert found == {
        "contacts": 10,
        "lost": [identity(9), identity(10)],
        "stale": [identity(1), identity(2)],
        "doubled": [identity(3)],
        "ghosts": [identity(99)],
        "differences": {identity(1): ["name"], identity(2): ["phone"]},
    }


def test_a_copy_may_name_and_write_things_its_own_way() -> None:
    """Instants in other forms, flags as numbers or text, a ticket as text or flat, empty cells for null."""
    ticket = {"id": identity(7), "current_stage_id": None}
    data = {identity(1): contact(1, active_ticket_v2=ticket, phone="+5691", updated_at="2026-03-01T12:00:00.500Z")}
    forms: list[dict[str, Any]] = [
        {"updated_at": "2026-03-01 09:00:00.500-03", "blocked": 0, "active_ticket_v2": json.dumps(ticket)},
        {"updated_at": "2026-03-01 12:00:00.500", "blocked": "false", "phone": 5691},
        {"updated_at": 1_772_366_400_500, "created_at": 1_772_366_400.0, "email": None, "is_chat_read": "1"},
        {"updated_at": datetime(2026, 3, 1, 12, 0, 0, 500_000, UTC), "active_ticket_v2.id": identity(7)},
    ]
    for form in forms:
        assert compare(data, [{"key": identity(1).upper(), **form}], "key").stale == {}, form
    cells = {"id": identity(1), "who": "Contact 1", "email": "", "active_ticket_v2.current_stage_id": ""}
    assert compare(data, [cells], names={"name": "who"}, empty_is_null=True).stale == {}
    assert compare(data, [cells], names={"name": "who"}).stale == {identity(1): ["email"]}
    none = {identity(1): contact(1, active_ticket_v2=None)}
    for cell, wrong in (("null", {}), (None, {}), ("{}", {identity(1): ["active_ticket_v2"]})):
        assert compare(none, [{"id": identity(1), "active_ticket_v2": cell}]).stale == wrong
    other = {"id": identity(1), "blocked": 1, "updated_at": "2026-03-01T12:00:00Z", "name": 7}
    assert compare(data, [other]).stale == {identity(1): ["name", "updated_at", "blocked"]}


def test_contacts_drift_on_purpose(app: Application) -> None:
    """Other values, fields left out and unknown ones, for all contacts or some; what is delivered is the contact."""
    drift = {"set": {"platform": "telegram", "tags": ["new"]}, "missing": ["phone"], "contacts": [identity(2)]}
    do(app, "PUT", "/settings", {"drift": drift})
    do(app, "GET", "/delivered")
    one, two = json.loads(ask(app, f"{SINCE}&limit=2").body)
    assert (one["platform"], "phone" in one, "tags" in one) == ("whatsapp", True, False)
    assert (two["platform"], "phone" in two, two["tags"]) == ("telegram", False, ["new"])
    assert identity(2) not in do(app, "GET", "/delivered")["lost"]
    assert do(app, "GET", "/settings")["drift"]["missing"] == ["phone"]
    do(app, "PUT", "/settings", {})
    assert json.loads(ask(app, f"{SINCE}&limit=2").body)[1]["platform"] == "whatsapp"
    refused = do(app, "PUT", "/settings", {"drift": {"set": {"updated_at": None}}}, 422)
    assert "updated_at never drifts" in json.dumps(refused)


def test_finer_instants_list_the_newest_contact_once_more(app: Application) -> None:
    """The cursor is strict, but the stored instant is a little later than the printed one (`finer-instants`)."""
    newest = f"updated_after={at(10)}"
    assert listed(app, newest) == []
    do(app, "PUT", "/settings", {"finer_instants": True})
    assert listed(app, newest) == [10]
    assert listed(app, f"created_after={at(9)}&days=365") == [9, 10]
    told = do(app, "GET", f"/explain?contact={identity(10)}&query=updated_after%3D{at(10)}")
    assert told["listed"]
    do(app, "POST", "/reset")
    assert listed(app, newest) == []
