"""The vendor's paths beside the contacts: pipelines, search, a contact's info, the deprecated list."""

import asyncio
import json
import threading
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from asgi import Reply, ask, control
from effort import times
from small_data import ANCHOR, AT_ANCHOR, LEADS, NEW, SALES, contact, document
from vambe_mock.contract.neighbours import PATHS, SearchQuery
from vambe_mock.contract.packaged import path as packaged
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations import changes
from vambe_mock.organisations.changes import change
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.endpoint import neighbours
from vambe_mock.server.settings import Settings
from vambe_mock.store import directory as directory_module
from vambe_mock.store.directory import Directory

PIPELINE = PATHS["pipeline"].encode()
SEARCH = PATHS["search"].encode()
WHATSAPP = PATHS["whatsapp"].encode()
ALL = (PIPELINE, SEARCH, b"/api/public/contact/x/info", WHATSAPP)

SHORT = [name for name in reference.WIRE_FIELDS if name not in ("updated_at", "active_ticket_v2")]


def serve(*contacts: dict[str, Any], **options: Any) -> Application:
    """An application with these contacts, its clock frozen at their anchor."""
    return create_app(from_document(document(*contacts)), Settings(now=AT_ANCHOR, quiet=True, **options))


def told(reply: Reply, status: int = 200) -> Any:
    """The JSON of *reply*, which must have *status*."""
    assert reply.status == status, reply.body
    return json.loads(reply.body)


def test_pipelines_are_those_of_the_data(app: Application) -> None:
    """A bare array of pipelines with their stages; a change of them shows at once (`neighbour-pipeline`)."""
    listed = told(ask(serve(), path=PIPELINE))
    assert [list(one) for one in listed] == [["id", "name", "description", "stages"]] * 2
    assert listed[0] == {
        "id": LEADS,
        "name": "Leads",
        "description": None,
        "stages": [
            {"id": NEW, "name": "New", "description": None},
            {"id": listed[0]["stages"][1]["id"], "name": "Won", "description": None},
        ],
    }
    stages = {stage["id"] for one in told(ask(app, path=PIPELINE)) for stage in one["stages"]}
    standing = {
        one["active_ticket_v2"] and one["active_ticket_v2"]["current_stage_id"] for one in told(ask(app, "days=365"))
    }
    assert len(standing & stages) > 5
    mine = serve()
    assert control(mine, "PATCH", f"/pipelines/{SALES}", {"name": "Renamed"}).status == 200
    assert [one["name"] for one in told(ask(mine, path=PIPELINE))] == ["Leads", "Renamed"]


PHONES = ["+56912345678", "56912345678", "+5215512345678", None, "+15550001"]
EMAILS = ["Ana@Example.com", "ana.b@example.org", 'q"u\\o@x.y', "ñÑ@Ü.cl", None]
PARTS = ["", "569", "+569", "5 6-9", "12345678", "1", "9" * 40, "+", " ", "x", "\n"]
PIECES = ["", "ANA", "@", "example.ORG", '"', "\\", "Ñ", "ü", "nobody", "\n", "a@e"]


@st.composite
def populations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to 70 contacts with few phones, addresses and instants."""
    count = draw(st.sampled_from([0, 1, 3, 8, 70]))
    chosen = draw(st.binary(min_size=3 * count, max_size=3 * count))
    instants = [ANCHOR, None, "2026-02-28T12:00:00.000Z", "2026-02-28T12:00:00.001Z"]
    return [
        contact(
            (number * 37) % 101,
            name='"phone":"+56912345678","email":"ana@x.y","platform":' if number % 5 == 0 else "Ana",
            phone=PHONES[chosen[3 * number] % len(PHONES)],
            email=EMAILS[chosen[3 * number + 1] % len(EMAILS)],
            last_message_at=instants[chosen[3 * number + 2] % len(instants)],
        )
        for number in range(count)
    ]


@settings(max_examples=times(25))
@given(
    contacts=populations(),
    asked=st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(PIECES)), min_size=1, max_size=6),
)
def test_a_search_finds_what_the_naive_reference_finds(
    contacts: list[dict[str, Any]], asked: list[tuple[str, str]]
) -> None:
    """By a part of the phone or of the address, 50 at most, newest message first, ties by id (`neighbour-search`)."""
    app = serve(*contacts)
    for phone, email in asked:
        reply = ask(app, f"phone={quote(phone)}&email={quote(email)}", path=SEARCH)
        if not reference.without(phone, "+- \n") and not email:
            assert told(reply, 400)["error"] == "Bad Request"
        else:
            assert (reply.status, reply.body) == (200, reference.search(document(*contacts), phone, email))


def test_a_search_lists_fifty_at_most() -> None:
    """The newest fifty, each without the two fields that the vendor's search does not have (`neighbour-search`)."""
    app = serve(*(contact(number, phone="+5691234567", stage=NEW) for number in range(60)))
    found = told(ask(app, "phone=91234", path=SEARCH))
    assert [int(one["id"][:8], 16) for one in found] == list(range(50))
    assert {tuple(one) for one in found} == {tuple(SHORT)}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "At least one of phone or email is required, for example phone=56912345678"),
        ("phone=", "At least one of phone or email is required, for example phone=56912345678"),
        ("phone=%2B&email=", "At least one of phone or email is required, for example phone=56912345678"),
        ("Phone=569", "At least one of phone or email is required, for example phone=56912345678"),
    ],
)
def test_a_search_for_nothing_is_refused(query: str, message: str) -> None:
    """400 as for a query without a time filter; an unknown name is told in the header (`neighbour-search`)."""
    reply = ask(serve(), query, path=SEARCH)
    assert told(reply, 400) == {"message": message, "error": "Bad Request", "statusCode": 400}
    assert reply.headers.get("x-mock-ignored-parameters") == ("Phone" if "Phone" in query else None)


def test_a_repeated_parameter_is_refused() -> None:
    """As the endpoint refuses it, each by its name (`neighbour-search`, `repeated-parameter`)."""
    refused = told(ask(serve(), "email=a&phone=1&email=b&phone=2", path=SEARCH), 400)
    assert [one["path"] for one in refused["errors"]] == [["phone"], ["email"]]
    assert refused["message"] == "Validation failed"


def test_a_search_sees_each_change() -> None:
    """What was made for one search is not used after a change (`neighbour-search`)."""
    app = serve(contact(1, email="old@example.com"))
    identity = contact(1)["id"]
    assert len(told(ask(app, "email=old", path=SEARCH))) == 1
    assert control(app, "PATCH", f"/contacts/{identity}", {"email": "new@example.com"}).status == 200
    assert told(ask(app, "email=old", path=SEARCH)) == []
    assert control(app, "POST", "/contacts", {"email": "newer@example.com"}).status == 201
    assert len(told(ask(app, "email=NEW", path=SEARCH))) == 2
    assert control(app, "DELETE", "/contacts?all=true").status == 200
    assert told(ask(app, "email=new", path=SEARCH)) == []


def test_a_contacts_info_has_the_documented_fields() -> None:
    """All fields, known and assumed, in one order; what the mock does not keep is null (`neighbour-info`)."""
    values = {"customer": {"plan": "Gold", "city": "Lima"}, "ticket": {"plan": "gold", "score": 2}}
    app = serve(contact(1, stage=NEW, email="ana@example.com", custom_fields=values), contact(2))
    identity = contact(1)["id"]
    info = told(ask(app, path=f"/api/public/contact/{identity.upper()}/info".encode()))
    assert list(info) == list(neighbours.INFO_FIELDS)
    listed = {one["id"]: one for one in told(ask(app, "days=1"))}[identity]
    assert {name: info[name] for name in SHORT} == {name: listed[name] for name in SHORT}
    assert info["active_ticket_v2"] == listed["active_ticket_v2"]
    assert (info["last_message_content"], info["last_closed_ticket"]) == (None, None)
    assert info["custom_metadata"] == {"plan": "Gold", "city": "Lima", "score": 2}
    other = told(ask(app, path=f"/api/public/contact/{contact(2)['id']}/info/".encode()))
    assert (other["active_ticket_v2"], other["custom_metadata"]) == (None, {})


@pytest.mark.parametrize("identity", ["00000009-0000-4000-8000-000000000000", "nobody", "%F0%9F", "a%2Fb"])
def test_an_unknown_contact_has_no_info(identity: str) -> None:
    """404 in the stack's form, whatever the id is (`neighbour-info`)."""
    refused = told(ask(serve(contact(1)), path=f"/api/public/contact/{identity}/info".encode()), 404)
    assert refused == {"message": "Contact not found", "error": "Not Found", "statusCode": 404}


def test_the_deprecated_list_has_whatsapp_alone() -> None:
    """Contacts on WhatsApp of the last days, in an order that none of the endpoint's is (`neighbour-deprecated`)."""
    old = "2026-02-01T12:00:00.000Z"
    app = serve(
        contact(3, last_message_at=ANCHOR),
        contact(1, last_message_at="2026-02-28T12:00:00.000Z"),
        contact(2, platform="web-whatsapp", name='"platform":"whatsapp",'),
        contact(4, last_message_at=old),
        contact(5, last_message_at=None),
    )
    reply = ask(app, "days=7", path=WHATSAPP)
    assert [one["id"] for one in told(reply)] == [contact(1)["id"], contact(3)["id"]]
    assert {tuple(one) for one in told(reply)} == {tuple(SHORT)}
    assert reply.headers["deprecation"] == "true"
    assert len(told(ask(app, "days=28", path=WHATSAPP))) == 3
    assert told(ask(app, "days=366", path=WHATSAPP), 400)["errors"][0]["code"] == "too_big"
    assert told(ask(app, "days=1&days=2", path=WHATSAPP), 400)["errors"][0]["path"] == ["days"]
    missing = ask(app, path=WHATSAPP)
    assert told(missing, 400)["message"] == "Validation failed"
    assert missing.headers["deprecation"] == "true"


@pytest.mark.parametrize("path", ALL)
def test_the_key_comes_first(path: bytes) -> None:
    """401 without a right key, before the query is read; other methods are 404, key or no key (`404-before-401`)."""
    app = serve()
    for form in (path, path.upper() + b"/"):
        assert ask(app, "phone=1&phone=2", path=form, headers=()).status == 401
        assert ask(app, path=form, headers=((b"x-api-key", b"wrong"),)).status == 401
        assert ask(app, path=form, method="POST").status == 404
        assert ask(app, path=form, method="DELETE", headers=()).status == 404
    assert ask(app, path=path + b"/more", headers=()).status == 404
    strangers = told(control(app, "GET", "/requests/strangers"))
    assert strangers["count"] == 9


@pytest.mark.parametrize("path", ALL)
def test_head_is_get_without_the_body(path: bytes) -> None:
    """As for the endpoint (`head-like-get`)."""
    app = serve(contact(1, phone="+56912345678"))
    whole, head = (ask(app, "phone=5&days=3", path=path, method=method) for method in ("GET", "HEAD"))
    assert (head.status, head.body, head.headers) == (whole.status, b"", whole.headers)


def test_an_organisation_sees_its_own() -> None:
    """Each key its own contacts and pipelines (`key-is-organisation`)."""
    app = serve(contact(1, email="ana@example.com"))
    key = told(control(app, "POST", "/organisations", {}), 201)["key"]
    assert control(app, "DELETE", "/contacts?all=true", key=key).status == 200
    assert control(app, "PUT", "/pipelines", [], key=key).status == 200
    mine = ((b"x-api-key", key.encode()),)
    assert told(ask(app, "email=ana", path=SEARCH, headers=mine)) == []
    assert told(ask(app, path=PIPELINE, headers=mine)) == []
    assert ask(app, path=f"/api/public/contact/{contact(1)['id']}/info".encode(), headers=mine).status == 404
    assert len(told(ask(app, "email=ana", path=SEARCH))) == 1


def test_without_neighbours_the_endpoint_is_alone() -> None:
    """``--no-neighbours``: unknown paths, and no document of theirs (`neighbours-apart`)."""
    app = serve(contact(1), neighbours=False)
    for path in (*ALL, b"/neighbours.yaml", b"/neighbours.json", b"/docs/neighbours.json"):
        assert told(ask(app, path=path), 404)["message"] == f"Cannot GET {path.decode()}"
    assert b"neighbours" not in ask(app, path=b"/docs").body
    assert ask(app, "days=1").status == 200


def test_faults_mean_the_endpoint_unless_they_name_another_path() -> None:
    """So do triggers, the record, counts and waits (`neighbours-apart`)."""
    app = serve(contact(1, email="ana@example.com"))
    control(app, "POST", "/faults", {"effect": {"kind": "status", "status": 503}, "match": {"first": 1}})
    control(app, "POST", "/faults", {"effect": {"kind": "status", "status": 429}, "match": {"path": "*/pipeline"}})
    changes = [{"do": "change", "contact": contact(1)["id"], "fields": {"name": "Changed"}}]
    control(app, "POST", "/triggers", {"nth": 1, "changes": changes})
    search = {"nth": 1, "match": {"path": "*/search"}, "changes": [{**changes[0], "fields": {"name": "Searched"}}]}
    control(app, "POST", "/triggers", search)

    assert [told(ask(app, "email=ana", path=SEARCH))[0]["name"] for _ in range(2)] == ["Contact 1", "Searched"]
    assert [ask(app, path=PIPELINE).status for _ in range(2)] == [429, 429]
    assert [ask(app, "days=1").status for _ in range(2)] == [503, 200]
    assert told(ask(app, "days=1"))[0]["name"] == "Changed"

    def count(query: str) -> int:
        return int(told(control(app, "GET", f"/requests/count{query}"))["count"])

    assert [count(query) for query in ("", "?path=*/pipeline", "?path=*", "?path=*&status=429")] == [3, 2, 7, 2]
    assert told(control(app, "GET", "/requests/count?at_least=1&path=/api/public/contacts/search"))["count"] == 2
    listed = told(control(app, "GET", "/requests?parameter=email&path=*"))
    assert {one["target"] for one in listed["requests"]} == {"/api/public/contacts/search?email=ana"}
    assert told(control(app, "GET", "/requests?parameter=email"))["count"] == 0


def test_a_request_may_prefer_trouble() -> None:
    """``Prefer`` is about its own request, wherever it goes (`prefer-header`)."""
    headers = [(b"x-api-key", b"test-key"), (b"prefer", b"code=500")]
    reply = ask(serve(), path=PIPELINE, headers=headers)
    assert (reply.status, reply.headers["preference-applied"]) == (500, "code=500")
    assert ask(serve(), path=PIPELINE, headers=[*headers[1:]]).status == 401


def test_what_was_delivered_is_the_endpoints() -> None:
    """An answer of a neighbour delivers nothing and spoils nothing, and nothing in it drifts (`neighbours-apart`)."""
    app = serve(contact(1, email="ana@example.com"))
    control(app, "PUT", "/delivered", {})
    control(app, "PUT", "/settings", {"drift": {"set": {"name": "Drifted"}}})
    control(app, "POST", "/triggers", {"nth": 9, "changes": [{"do": "delete", "contact": {"place": 1}}]})
    for path, query in ((SEARCH, "email=ana"), (WHATSAPP, "days=1")):
        assert told(ask(app, query, path=path))[0]["name"] == "Contact 1"
    state = told(control(app, "GET", "/delivered"))
    assert (state["whole"], state["spoilt"], len(state["lost"])) == (0, 0, 1)
    assert told(ask(app, "days=1"))[0]["name"] == "Drifted"


def test_much_is_searched_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large store is read in a thread, once, while others are answered; the answer stays (`neighbour-search`)."""
    app = serve(*(contact(number, phone="+5691234567") for number in range(70)))
    plain = [ask(app, query, path=path).body for path, query in ((SEARCH, "phone=9"), (WHATSAPP, "days=1"))]
    app.organisations.first.reset()  # after which all contacts may be others
    monkeypatch.setattr(neighbours, "LARGE", 50)
    threads: list[threading.Thread] = []
    made = Directory.__init__

    def noting(self: Directory, *args: Any) -> None:
        threads.append(threading.current_thread())
        made(self, *args)

    monkeypatch.setattr(Directory, "__init__", noting)
    for _ in range(2):
        asked = [ask(app, query, path=path) for path, query in ((SEARCH, "phone=9"), (WHATSAPP, "days=1"))]
        assert [reply.body for reply in asked] == plain
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
    assert ask(app, "phone=", path=SEARCH).status == ask(app, "", path=WHATSAPP).status == 400


def test_much_is_searched_with_its_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was added, changed or deleted since the start counts in a large store too (`neighbour-search`)."""
    app = serve(*(contact(number, phone="+5691234567") for number in range(70)))
    monkeypatch.setattr(neighbours, "LARGE", 50)

    def found(phone: str) -> int:
        return len(told(ask(app, f"phone={phone}", path=SEARCH)))

    assert (found("1234567"), found("7654321")) == (50, 0)
    added = told(control(app, "POST", "/contacts", {"phone": "+5697654321"}), 201)
    control(app, "PATCH", f"/contacts/{contact(1)['id']}", {"phone": "+5697654321"})
    assert found("7654321") == 2
    control(app, "DELETE", f"/contacts/{added['id']}")
    assert found("7654321") == 1


def test_a_change_meanwhile_is_in_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed while a thread looked at the contacts is seen all the same (`neighbour-deprecated`)."""
    app = serve(*(contact(number, email="a@example.com") for number in range(60)))
    monkeypatch.setattr(neighbours, "LARGE", 50)
    organisation = app.organisations.first

    async def with_a_change(work: Any) -> Any:
        found = await asyncio.to_thread(work)
        change(organisation, [(contact(1)["id"], {"name": "Meanwhile"})])
        return found

    monkeypatch.setattr(neighbours, "run_in_thread", with_a_change)
    assert [one["name"] for one in told(ask(app, "days=1", path=WHATSAPP))][:3] == [
        "Contact 0",
        "Meanwhile",
        "Contact 2",
    ]
    monkeypatch.setattr(neighbours, "run_in_thread", asyncio.to_thread)
    assert told(ask(app, "email=A@", path=SEARCH))[1]["name"] == "Meanwhile"


def test_a_directory_finds_no_more_than_it_is_asked_for() -> None:
    """A part that every contact has costs no more than one that few have (`neighbour-search`)."""
    columns = from_document(document(*(contact(n, phone="+5699999999") for n in range(500)))).columns(0)
    store = serve(
        *(contact(n, phone="+5699999999", last_message_at=f"2026-02-0{n % 9 + 1}T00:00:00.000Z") for n in range(500))
    )
    order = store.organisations.first.store.listed("last_message_at")
    directory = Directory(columns, order)
    assert directory.find(SearchQuery(phone="9"), 3) == order[:3].tolist()
    assert directory.find(SearchQuery("9", "example"), 0) == []


def test_a_directory_with_changes_is_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """After whatever changes, it finds what one finds that is made of the contacts as they are (`neighbour-search`)."""
    monkeypatch.setattr(directory_module, "MOST_TOUCHED", 25)
    draw = Random(5)
    organisation = serve(
        *(contact(n, phone=f"+569{n % 7}", email=f"a{n % 5}@b") for n in range(40))
    ).organisations.first
    store, made = organisation.store, 0
    directory: Directory | None = None
    for step in range(120):
        there = [bytes(store.columns.ids[row]).decode() for row in store.listed("updated_at").tolist()]
        some, phone = draw.choice(there), f"+569{draw.randrange(7)}"
        at = f"2026-02-{draw.randrange(1, 28):02d}T00:00:00.000Z" if draw.random() < 0.8 else None
        match draw.randrange(5):
            case 0:
                changes.create(organisation, [{"phone": phone, "last_message_at": at}])
            case 1:
                changes.delete(organisation, [some])
            case 2:  # as long work does it, beside the loop
                copy = replace(organisation, store=store.copy())
                changes.change(copy, [(some, {"phone": phone})])
                store.adopt(copy.store)
            case _:
                changes.change(organisation, [(some, {"phone": phone, "last_message_at": at})])
        if directory is None or not directory.knows(store):
            rows, made = store.listed("last_message_at"), made + 1
            directory = Directory(store.columns, rows, store.touched, len(store.touched))
        for query in (SearchQuery(phone="93"), SearchQuery("9", "a3")):
            fresh = Directory(store.columns, store.listed("last_message_at")).find(query, 9)
            assert directory.find_in(store, query, 9) == fresh, step
    assert 2 < made < 60


def test_the_document_describes_what_is_answered(document: dict[str, Any]) -> None:
    """``neighbours.yaml`` has the four paths, their parameters and fields, and a decision each (`neighbours-apart`)."""
    import openapi_spec_validator

    described = yaml.safe_load(packaged("neighbours.yaml").read_text(encoding="utf-8"))
    openapi_spec_validator.validate(described)
    assert list(described["paths"]) == list(PATHS.values())
    assert not set(described["paths"]) & set(document["paths"])
    schemas = described["components"]["schemas"]
    assert schemas["ShortContact"]["required"] == list(schemas["ShortContact"]["properties"]) == SHORT
    assert (
        schemas["ContactInfo"]["required"] == list(schemas["ContactInfo"]["properties"]) == list(neighbours.INFO_FIELDS)
    )
    served = told(ask(serve(), path=b"/neighbours.json", headers=((b"host", b"mock:1"),)))
    assert [one["url"] for one in served["servers"]] == ["http://mock:1", "https://api.vambe.me"]
    text = ask(serve(), path=b"/neighbours.yaml", headers=((b"host", b"mock:1"),)).body.decode()
    assert yaml.safe_load(text) == served
    shown = told(ask(serve(), path=b"/docs/neighbours.json"))
    assert shown["components"]["parameters"]["Key"]["schema"]["example"] == "test-key"
