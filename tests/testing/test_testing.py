"""What tests in Python have: ``VambeMock``, the pytest plugin, and ``vambe-mock exec`` for everybody else."""

import asyncio
import inspect
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from os import PathLike
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast, get_overloads, get_type_hints
from uuid import UUID

import httpx
import pytest

from effort import some
from servers import program
from vambe_mock import Mock, MockError, MockSettings, SettingsError, VambeMock
from vambe_mock.admin import bodies
from vambe_mock.admin.routes import dataset as dataset_route
from vambe_mock.contract import instants
from vambe_mock.contract.dialect import StageFilter
from vambe_mock.contract.vocabulary import FixtureSet
from vambe_mock.datasets.dataset import RowDataset, from_document
from vambe_mock.organisations import changes
from vambe_mock.organisations.clock import Clock
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.server import watch
from vambe_mock.server.settings import STANDALONE, LogFormat, Settings, options
from vambe_mock.testing import server as server_module
from vambe_mock.testing.faults import AddsFault, Match

pytest_plugins = ["pytester"]

PIPELINE = "a0000000-0000-4000-8000-000000000001"
CONTROL = Path(__file__).parents[2] / "docs" / "control.md"


@pytest.fixture(scope="module")
def server() -> Iterator[VambeMock]:
    """One server for all tests here."""
    with VambeMock() as running:
        yield running


@pytest.fixture
def mock(server: VambeMock) -> Iterator[Mock]:
    """An organisation of the test's own, as the plugin makes it."""
    made = server.organisation()
    yield made
    server.forget(made)


def asked(mock: Mock, query: str) -> httpx.Response:
    """Ask the endpoint as a client does."""
    return httpx.get(f"{mock.url}/api/public/contacts?{query}", headers=mock.headers)


def test_it_begins_empty_and_shows_what_is_added(mock: Mock) -> None:
    """What the test adds is what the client finds (`vambe-mock-for-tests`)."""
    assert asked(mock, "days=365").json() == []
    ana = mock.contacts.add(name="Ana", phone="+56912345678")
    mock.contacts.add_many([{"name": "Bea"}, {"name": "Cid"}])
    assert {one["name"] for one in asked(mock, "days=365").json()} == {"Ana", "Bea", "Cid"}
    assert len(mock.contacts) == 3
    assert mock.contacts.change(ana["id"], name="Anna")["name"] == "Anna"
    assert mock.contacts.get(ana["id"])["phone"] == "+56912345678"
    mock.contacts.delete(ana["id"])
    assert {one["name"] for one in mock.contacts.list()} == {"Bea", "Cid"}
    mock.contacts.clear()
    assert asked(mock, "days=365").json() == []


def test_time_moves_when_the_test_says_so(mock: Mock) -> None:
    """A contact falls out of the window when the clock is advanced (`clock-follows`)."""
    mock.clock.freeze("2026-01-31T09:30:00Z")
    contact = mock.contacts.add()
    assert len(asked(mock, "days=3").json()) == 1
    assert mock.clock.advance(days=3, milliseconds=1) == "2026-02-03T09:30:00.001Z"
    assert asked(mock, "days=3").json() == []
    mock.contacts.message(contact["id"], "outbound")
    assert asked(mock, "days=3").json()[0]["last_message_at"] == mock.clock.now
    assert mock.clock.set("2026-05-01T00:00:00Z")[:10] == "2026-05-01"
    assert mock.clock.run()[:10] == "2026-05-01"


def test_tickets(mock: Mock) -> None:
    """A contact's ticket is opened, moved and closed."""
    stages = [stage["id"] for stage in mock.export()["pipelines"][0]["stages"]]
    contact = mock.contacts.add()["id"]
    mock.contacts.open_ticket(contact, stages[0])
    mock.contacts.move_ticket(contact, stages[1])
    assert len(asked(mock, f"days=1&stage_id={stages[1]}").json()) == 1
    assert mock.explain(contact, f"days=1&stage_id={stages[0]}")["because"] == "stage_id does not hold"
    assert mock.contacts.close_ticket(contact)["active_ticket_v2"] is None


def test_fail_next_fails_the_next(mock: Mock) -> None:
    """So many requests fail, and no more (`faults-on-demand`)."""
    mock.fail_next(503, times=2)
    assert [asked(mock, "days=1").status_code for _ in range(3)] == [503, 503, 200]
    number = mock.faults.add("status", status=500)
    assert mock.faults.list()[-1]["id"] == number
    mock.faults.remove(number)
    assert asked(mock, "days=1").status_code == 200


def test_assertions_say_what_came_instead(mock: Mock) -> None:
    """Who was wrong about the requests reads what there was (`request-record`)."""
    with pytest.raises(AssertionError, match=re.escape("nothing was asked")):
        mock.assert_requested()
    asked(mock, "updated_after=2026-01-01T00:00:00Z&limit=5")
    asked(mock, "days=0")
    assert mock.assert_requested(1, updated_after=None, limit=5)[0].returned == 0
    mock.assert_not_requested(stage_id=None)
    with pytest.raises(AssertionError) as wrong:
        mock.assert_requested(2, updated_after=None)
    assert str(wrong.value).splitlines() == [
        "wanted a request exactly 2 times with updated_after; it came once. What came:",
        "  200 GET /api/public/contacts?updated_after=2026-01-01T00:00:00Z&limit=5",
        "  400 GET /api/public/contacts?days=0  Validation failed; days: Too small: expected number to be >=1",
    ]
    assert [one.status for one in mock.requests] == [200, 400]
    with pytest.raises(AssertionError, match=r"at least 3 times within 0\.05 seconds.*it came 2 times"):
        mock.wait_for_requests(3, timeout=0.05)


def test_assertions_tell_requests_of_nobody() -> None:
    """Without a key or to another path: what is missed is often among them (`request-record`)."""
    with VambeMock() as mock:
        httpx.get(f"{mock.url}/api/public/contacts?days=1", timeout=30)
        httpx.get(f"{mock.url}/api/public/contact?days=1", headers=mock.headers, timeout=30)
        with pytest.raises(AssertionError) as wrong:
            mock.assert_requested(days=1)
        assert str(wrong.value).splitlines()[1:] == [
            "  (nothing was asked with the mock's api_key)",
            "Without a known key, or to another path (by any test on this server):",
            "  401 GET /api/public/contacts?days=1  Missing API key",
            "  404 GET /api/public/contact?days=1  hint: did you mean /api/public/contacts?",
        ]
        assert wrong.traceback[-1].frame.f_locals["__tracebackhide__"] is True
        mock.assert_not_requested()
        asked(mock, "days=2")
        assert repr(mock.requests) == "[<Request 200 GET /api/public/contacts?days=2>]"
        assert repr(mock) == f"<VambeMock at {mock.url}, organisation 'default'>"
        assert repr(mock.contacts) == f"<Contacts through <AdminClient of {mock.url}>>"
        trigger = mock.after_request(9)
        assert repr(trigger) == "<Trigger, not set>"
        assert re.fullmatch(r"<Trigger \d+: add, delete>", repr(trigger.add(name="Ana").delete(place=1)))
        assert mock.api_key not in "".join(map(repr, (mock, mock.admin, mock.clock, mock.faults)))
    assert repr(mock) == repr(VambeMock()) == "<VambeMock, not started>"


def test_assertions_do_not_trust_a_record_that_forgot() -> None:
    """What the record no longer has may have been what was asserted not to be there (`request-record`)."""
    with VambeMock(record=2) as mock:
        for number in (1, 2, 3):
            asked(mock, f"days={number}")
        assert mock.assert_requested(days=3)[0].status == 200
        with pytest.raises(AssertionError, match=re.escape("(1 more, forgotten; clear_requests()")):
            mock.assert_not_requested(days=1)
        mock.clear_requests()
        mock.assert_not_requested(days=3)


def test_a_failed_assertion_is_no_flood(mock: Mock) -> None:
    """It shows the last requests and says how many came before (`request-record`)."""
    for _ in range(25):
        asked(mock, "days=1")
    with pytest.raises(AssertionError) as wrong:
        mock.assert_requested(1)
    assert len(str(wrong.value).splitlines()) == 22
    assert "  (5 more)" in str(wrong.value)


def test_a_refusal_is_a_mock_error(mock: Mock) -> None:
    """What the mock cannot do, it says, and with which status."""
    with pytest.raises(MockError, match="phone") as refused:
        mock.contacts.add(phone="none")
    assert refused.value.status == 422


@pytest.mark.parametrize("copy", [5, [5], {"id": "x"}, "[]x"])
def test_what_is_no_copy_is_told_so(mock: Mock, copy: Any) -> None:
    """With what came and an example, and not by what Python cannot iterate over."""
    with pytest.raises(TypeError, match=r'is no copy; wanted a list of dicts, such as \[{"id": "\.\.\."}\]'):
        mock.compare(copy)


MISTAKEN: dict[str, tuple[Callable[[Any], object], str]] = {
    "a number of what": (lambda mock: mock.clock.advance(30), r"30 has no unit; wanted .* seconds=30"),
    "no number": (lambda mock: mock.clock.advance(days=math.nan), "NaN or infinity cannot be sent as JSON; wanted a"),
    "two units": (
        lambda mock: mock.clock.advance(days=timedelta(1)),
        r"days=.* has a unit already; wanted .*days=1\.5",
    ),
    "two units later": (lambda mock: mock.after_request().clock(hours=timedelta(1)), "hours=.* has a unit already"),
    "a slip in a later fault": (
        lambda mock: mock.after_request().fault("delay", secnds=1),
        'fault.effect.secnds: no such field in a delay; did you mean "seconds"?',
    ),
    "a draft alone": (lambda mock: mock.contacts.add_many({"name": "Ana"}), "is no list of drafts; wanted a list"),
    "a text of drafts": (lambda mock: mock.contacts.add_many(""), "'' is no list of drafts"),
    "a file's name": (lambda mock: mock.load("set.json"), "'set.json' is no document; wanted a dict"),
    "times as text": (lambda mock: mock.assert_requested("2"), "times='2'; wanted a whole number, 0 or more"),
    "fewer than none": (lambda mock: mock.assert_requested(-1), "times=-1; wanted a whole number, 0 or more"),
    "count as text": (lambda mock: mock.wait_for_requests("1", timeout=0), "count='1'; wanted a whole number"),
    "no id": (lambda mock: mock.contacts.get(5), 'path.contact_id: "5"; wanted a UUID like'),
}


@pytest.mark.parametrize("name", MISTAKEN)
def test_a_mistaken_argument_is_told_with_what_is_wanted(mock: Mock, name: str) -> None:
    """Where Python alone would name two types that do not go together."""
    call, wanted = MISTAKEN[name]
    with pytest.raises((TypeError, ValueError, MockError), match=wanted):
        call(mock)


def test_an_id_may_be_a_uuid(mock: Mock) -> None:
    """In a path and in a body."""
    stage = UUID(mock.admin("GET", "/pipelines")[0]["stages"][0]["id"])
    made = mock.contacts.add(default_stage_id=stage)
    assert mock.contacts.get(UUID(made["id"]))["default_stage_id"] == str(stage)


def test_a_trigger_takes_what_the_clock_and_the_faults_take(mock: Mock) -> None:
    """Instants, durations and ids of Python's own, and when the fault expires (`faults-on-demand`)."""
    noon, day = datetime(2026, 3, 1, 12, tzinfo=UTC), timedelta(days=1)
    made = mock.after_request().clock(day, at=noon, hours=1.5).fault("stall", seconds=day / 288, expires_in=day)
    clock, fault = made.state["rule"]["changes"]
    assert (clock["at"], clock["milliseconds"], clock["hours"]) == ("2026-03-01T12:00:00.000Z", 86_400_000, 1.5)
    assert (fault["fault"]["effect"]["seconds"], fault["fault"]["expires_in"]) == (300, 86_400)
    stage = UUID(mock.admin("GET", "/pipelines")[0]["stages"][0]["id"])
    ana = UUID(mock.contacts.add(name="Ana")["id"])
    mock.before_request().ticket("open", ana, stage_id=stage).change(ana, name="Ana María")
    (asked,) = httpx.get(f"{mock.url}/api/public/contacts?days=30", headers=mock.headers).json()
    assert asked["name"] == "Ana María"
    assert mock.explain(ana, f"stage_id={stage}&days=30")["listed"]


def test_a_path_of_the_admin_api_begins_with_a_slash(mock: Mock) -> None:
    """Without one it would be a path of the endpoint's server, whose 404 says nothing of it."""
    with pytest.raises(ValueError, match='"clock" is no path of the admin API; wanted one like "/clock"'):
        mock.admin("GET", "clock")


def test_data_goes_out_and_in(mock: Mock) -> None:
    """A document is loaded, and reset goes back to the start."""
    mock.contacts.add(name="Ana")
    document = mock.export()
    mock.reset()
    assert len(mock.contacts) == 0
    mock.load(document)
    assert [one["name"] for one in mock.contacts.list()] == ["Ana"]


def test_an_export_on_its_way_keeps_what_it_began_with() -> None:
    """It is written piece by piece, so that others are served, and is whole all the same (`changes-at-once`)."""
    from small_data import contact, document

    organisation = Organisation.of(from_document(document(*map(contact, range(5)))), Clock())
    pieces = changes.everything(organisation.store.state())
    first = next(pieces)
    changes.delete(organisation, [contact(4)["id"]])
    changes.change(organisation, [(contact(3)["id"], {"name": "changed"})])
    assert [json.loads(one)["name"] for one in (first, *pieces)] == [f"Contact {number}" for number in range(5)]


def test_nobody_waits_for_an_organisation_that_is_gone(server: VambeMock) -> None:
    """Who waits for its requests is told at once what there was (`organisation-of-its-own`)."""
    count = f"{server.url}/__admin/requests/count?at_least=1&timeout=60"
    told = list[Any]()

    def ask(headers: dict[str, str]) -> None:
        told.append(httpx.get(count, headers=headers, timeout=90).json())

    for pause in (0.3, 3, 10):  # on a busy machine the question may come when the organisation is gone
        gone = server.organisation()
        waiting = threading.Thread(target=ask, args=(gone.headers,))
        waiting.start()
        time.sleep(pause)
        server.forget(gone)
        waiting.join(30)
        if told[-1].get("status") != 404:
            break
    assert told[-1] == {"count": 0, "forgotten": 0, "expected": False}


@pytest.mark.parametrize(
    ("where", "step"),
    [(bodies, "from_json"), (dataset_route, "from_json"), (RowDataset, "columns")],
    ids=["parse", "validate", "columns"],
)
def test_others_are_served_while_a_large_body_is_read(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, where: Any, step: str
) -> None:
    """Each step that takes long for a large body is done in a thread, while others are served (`admin-bounds`)."""
    name = "x" * bodies.MANY_BYTES
    path, document = "dataset", {**mock.export(), "pipelines": [{"id": PIPELINE, "name": name}]}
    if where is bodies:
        path, document = "contacts", {"name": name}
    begun, go_on = threading.Event(), threading.Event()
    does = getattr(where, step)

    def slowly(*given: Any, **how: Any) -> Any:
        begun.set()
        go_on.wait(10)
        return does(*given, **how)

    monkeypatch.setattr(where, step, slowly)
    told = []

    def send() -> None:
        sent = httpx.request(
            "POST" if where is bodies else "PUT",
            f"{mock.url}/__admin/{path}",
            json=document,
            headers=mock.headers,
            timeout=30,
        )
        told.append(sent.status_code)

    sending = threading.Thread(target=send)
    sending.start()
    assert begun.wait(10)
    assert httpx.get(f"{mock.url}/api/public/contacts?days=1", headers=mock.headers, timeout=5).json() == []
    go_on.set()
    sending.join(10)
    assert told == [201 if where is bodies else 200]


def test_an_async_test_can_have_it() -> None:
    """``async with`` starts and stops it without holding up the loop (`vambe-mock-for-tests`)."""

    async def main() -> int:
        async with VambeMock(fixture="tiny") as mock, httpx.AsyncClient() as client:
            reply = await client.get(f"{mock.url}/api/public/contacts?days=365", headers=mock.headers)
            return reply.status_code

    assert asyncio.run(main()) == 200


def test_an_organisation_of_an_open_server_has_its_token() -> None:
    """A server that containers can reach asks for a token, and a test's own mock sends it (`vambe-mock-for-tests`)."""
    with VambeMock(host="0.0.0.0") as server:
        mock = server.organisation()
        assert mock.admin_token == server.admin_token is not None
        assert mock.contacts.add(name="Ana")["name"] == "Ana"
        server.forget(mock)


def test_it_ends(tmp_path: Path) -> None:
    """After the block nobody listens, and settings that cannot be are told in one line (`vambe-mock-for-tests`)."""
    with VambeMock() as mock:
        port = int(mock.url.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    mock.stop()
    with pytest.raises(SettingsError, match="both say what to serve"):
        VambeMock(fixture="tiny", data=tmp_path).start()


WRONG_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"fixtur": "tiny"}, "fixtur is not a setting of VambeMock; did you mean fixture? The settings are host, "),
    ({"contacts": "500"}, "contacts='500'; wanted a whole number, 0 or more, for example contacts=500"),
    ({"fixture": "nope"}, "wanted one of default, tiny, edge-cases, empty"),
    ({"now": "noon"}, "now='noon'; wanted an instant with a time zone, for example now="),
    ({"workers": 2}, "workers is not a setting of VambeMock"),
    ({"record": -1}, "record=-1; wanted a whole number, 0 to 1000000, for example record=1000"),
    ({"port": 65_536}, "port=65536; wanted a whole number, 0 to 65535"),
    ({"contacts": -1}, "contacts=-1; wanted a whole number, 0 or more"),
    ({"seed": "7"}, "seed='7'; wanted a whole number, 0 or more"),
    ({"stage_filter": "default"}, "stage_filter='default'; wanted one of active_ticket, default_stage"),
    ({"log_format": "xml"}, "log_format='xml'; wanted one of text, json"),
    ({"read_only": True}, "read_only is not a setting of VambeMock"),
    ({"now": datetime(2026, 1, 31)}, "now=datetime.datetime(2026, 1, 31, 0, 0); wanted an instant with a time zone"),  # noqa: DTZ001
    ({"quiet": "no"}, "quiet='no'; wanted true or false, for example quiet=True"),
    ({"port": True}, "port=True; wanted a whole number"),
    ({"api_key": 5}, 'api_key=5; wanted text, for example api_key="test-key"'),
    ({"admin_port": 0}, "admin_port is not a setting of VambeMock"),
    ({"watch": True}, "watch is not a setting of VambeMock"),
]


@pytest.mark.parametrize(("settings", "line"), WRONG_SETTINGS, ids=[str(row[0]) for row in WRONG_SETTINGS])
def test_settings_that_cannot_be_are_told(settings: dict[str, Any], line: str) -> None:
    """A slip of the pen is one line, and never a server that is not what was asked for (`vambe-mock-for-tests`)."""
    with pytest.raises(SettingsError, match=re.escape(line)):
        VambeMock(**settings).start()


def test_settings_as_one_would_write_them(tmp_path: Path) -> None:
    """An instant as a text, one key without a list, a path as a text (`vambe-mock-for-tests`)."""
    from small_data import contact, document

    file = tmp_path / "data.json"
    file.write_text(json.dumps(document(contact(1))), encoding="utf-8")
    with VambeMock(now="2026-03-01T12:00:00Z", api_key="mine", data=str(file)) as mock:
        assert (mock.api_key, mock.clock.now, len(mock.contacts)) == ("mine", "2026-03-01T12:00:00.000Z", 1)
        with pytest.raises(MockError, match="started already"):
            mock.start()


def test_instants_and_durations_are_pythons_own(mock: Mock) -> None:
    """A datetime is an instant and a timedelta a duration, wherever Python code gives one (`vambe-mock-for-tests`)."""
    noon = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=-3)))
    with VambeMock(now=noon) as frozen:
        assert frozen.clock.now == "2026-03-01T12:00:00.000Z"
    assert mock.clock.freeze(noon) == "2026-03-01T12:00:00.000Z"
    assert mock.clock.advance(timedelta(days=1), hours=1) == "2026-03-02T13:00:00.000Z"
    assert mock.clock.set(noon + timedelta(microseconds=1_999)) == "2026-03-01T12:00:00.001Z"
    ana = mock.contacts.add(last_message_at=noon)
    assert ana["last_message_at"] == "2026-03-01T12:00:00.000Z"
    assert mock.contacts.change(ana["id"], created_at=noon)["created_at"] == "2026-03-01T12:00:00.000Z"
    assert mock.contacts.add_many([{"updated_at": noon}])[0]["updated_at"] == "2026-03-01T12:00:00.000Z"
    at = mock.contacts.message(ana["id"], at=noon + timedelta(hours=1))["last_message_at"]
    assert at == "2026-03-01T13:00:00.000Z"
    mock.faults.add("delay", seconds=timedelta(milliseconds=1), expires_in=timedelta(hours=1))
    mock.faults.add("delay", seconds={"minimum": timedelta(0), "maximum": timedelta(milliseconds=1)})
    assert [fault["rule"]["effect"]["seconds"] for fault in mock.faults.list()] == [
        0.001,
        {"minimum": 0, "maximum": 0.001},
    ]
    asked(mock, "days=1")
    assert len(mock.wait_for_requests(timeout=timedelta(seconds=5))) == 1


def test_a_naive_datetime_is_one_line(mock: Mock) -> None:
    """A time without a zone could be any of many instants, so it is refused (`vambe-mock-for-tests`)."""
    naive = datetime(2026, 3, 1, 9)  # noqa: DTZ001
    calls: list[Callable[[], object]] = [
        lambda: mock.clock.set(naive),
        lambda: mock.clock.freeze(naive),
        lambda: mock.contacts.add(last_message_at=naive),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"^datetime\.datetime\(2026, 3, 1, 9, 0\) has no time zone; wanted .*\)$"):
            call()


def test_an_assertion_compares_the_text_that_was_sent(mock: Mock) -> None:
    """An instant has many spellings and a request has one, so a datetime is refused (`request-record`)."""
    with pytest.raises(TypeError, match="wanted the text that the client sends"):
        mock.assert_requested(updated_after=datetime.now(UTC))


def test_the_keyword_arguments_are_the_options() -> None:
    """Each option has one name and one type on the command line and in Python (`settings-once`)."""
    none = type(None)
    many = str | Sequence[str]
    kinds: dict[str, Any] = {"switch": bool, "int": int, "str": str, "path": str | PathLike[str]}
    kinds |= {"instant": datetime | str | int}
    wanted = {}
    for one in options():
        if one.name not in STANDALONE:
            kind = many if one.repeatable else kinds.get(one.kind) or Literal[one.choices]
            wanted[one.name] = kind | none if one.default is None else kind
    names = {**vars(server_module), "Sequence": Sequence, "datetime": datetime, "PathLike": PathLike}
    names |= {"FixtureSet": FixtureSet, "LogFormat": LogFormat, "StageFilter": StageFilter}
    assert get_type_hints(MockSettings, None, names) == wanted


def test_the_typed_faults_are_those_of_the_admin_api(server: VambeMock) -> None:
    """Each overload (``faults.add``, triggers) has the fields of its kind, and each kind one (`faults-on-demand`)."""
    schemas = httpx.get(f"{server.url}/__admin/openapi.json").json()["components"]["schemas"]
    effects = {}
    for schema in schemas.values():
        kind = schema.get("properties", {}).get("kind", {}).get("const")
        if kind is not None:
            required = {*schema["required"]} - {"kind"}
            effects[kind] = {name: name in required for name in schema["properties"] if name != "kind"}
    typed = {}
    called = SimpleNamespace(
        __module__=AddsFault.__module__, __qualname__="AddsFault.__call__"
    )  # a protocol has no more
    for overload in get_overloads(cast("Any", called)):
        parameters = inspect.signature(overload).parameters
        own = {name: one for name, one in parameters.items() if name not in ("self", "kind", "match", "expires_in")}
        for kind in re.findall(r"'(\w+)'|\"(\w+)\"", parameters["kind"].annotation):
            typed["".join(kind)] = {name: one.default is inspect.Parameter.empty for name, one in own.items()}
    assert typed == effects
    rule = schemas["Match"]["properties"]
    assert Match.__annotations__.keys() == rule.keys()


def test_what_is_not_started_says_so() -> None:
    """Who forgets ``with`` reads what to write (`vambe-mock-for-tests`)."""
    with pytest.raises(MockError, match=re.escape("with VambeMock() as mock")):
        VambeMock().contacts.add()
    with pytest.raises(MockError, match=re.escape("with VambeMock() as mock")):
        _ = VambeMock().admin_token


TYPED = """
from datetime import UTC, datetime, timedelta
from vambe_mock import Mock, VambeMock
def test_it(vambe_mock: Mock) -> None:
    reveal_type(vambe_mock.clock.advance(timedelta(days=1.5)))
    vambe_mock.assert_requested(2, updated_after=None)
    vambe_mock.faults.add("delay", seconds=timedelta(seconds=1), match={"first": 1})
    vambe_mock.faults.add("status", status=503, retry_after=timedelta(seconds=2))
    vambe_mock.after_request().clock(timedelta(days=1)).fault("stall", expires_in=timedelta(1)).delete(place=1)
    VambeMock(fixture="tiny", now=datetime.now(UTC), api_key=["a", "b"])
    vambe_mock.fail_nxt(503)
    VambeMock(fixture="tini")
    VambeMock(contcts=3)
    VambeMock(now=5.5)
    vambe_mock.faults.add("delay", secnds=1)
    vambe_mock.faults.add("dely", seconds=1)
    vambe_mock.faults.add("delay", seconds=1, match={"frst": 1})
    vambe_mock.after_request().fault("delay", secnds=1)
    vambe_mock.before_request().clock(secnds=1)
"""
FIRST_SLIP = 11


def slips(command: list[str], tmp_path: Path, cwd: Path) -> dict[int, str]:
    """What a type checker says of ``TYPED``, by line."""
    file = tmp_path / "test_typed.py"
    file.write_text(TYPED, encoding="utf-8")
    done = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False, cwd=cwd)
    found = re.findall(r":(\d+)(?::\d+)?(?: -|:) error: (.*)", done.stdout)
    assert re.search(r"(Revealed type is|clock\.advance.*is) \"str\"", done.stdout), done.stdout + done.stderr
    return {int(line): text for line, text in reversed(found)}


def test_mypy_sees_a_slip(tmp_path: Path) -> None:
    """A wrong name or value is an error before the test runs, and right ones are none (`vambe-mock-for-tests`)."""
    found = slips(
        [sys.executable, "-m", "mypy"], tmp_path, Path(__file__).parents[2]
    )  # with the cache that `make test` has filled
    assert sorted(found) == [*range(FIRST_SLIP, len(TYPED.splitlines()) + 1)]
    assert "fail_nxt" in found[FIRST_SLIP]
    assert 'did you mean "contacts"?' in found[FIRST_SLIP + 2]


@pytest.mark.node
def test_pyright_sees_a_slip(tmp_path: Path) -> None:
    """The other checker, which editors use, sees the same (`vambe-mock-for-tests`)."""
    program("NODE", "node", "install Node.js")
    found = slips([sys.executable, "-m", "pyright", "--pythonpath", sys.executable], tmp_path, tmp_path)
    assert sorted(found) == [*range(FIRST_SLIP, len(TYPED.splitlines()) + 1)]


def run_pytest(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """The tests of *pytester* in a pytest of their own, which has this plugin and no other that is not asked for."""
    pytester.plugins = []
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        return pytester.runpytest_subprocess("-p", "vambe_mock.testing.plugin", "-p", "no:cacheprovider", *options)
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]


ISOLATED = """
    import pytest, urllib.request

    @pytest.mark.parametrize("number", range(6))
    def test_each_begins_anew(vambe_mock, number):
        assert len(vambe_mock.contacts) == 0
        assert vambe_mock.requests == []
        vambe_mock.contacts.add(name=str(number))
        vambe_mock.clock.advance(days=number)
        asked = urllib.request.Request(
            f"{vambe_mock.url}/api/public/contacts?days=1", headers={"x-api-key": vambe_mock.api_key}
        )
        assert urllib.request.urlopen(asked).status == 200
        vambe_mock.assert_requested(1, days=1)
        vambe_mock.fail_next(500, times=5)
"""


def test_each_test_has_its_own(pytester: pytest.Pytester) -> None:
    """Nothing leaks from one test into the next (`vambe-mock-for-tests`, `organisation-of-its-own`)."""
    pytester.makepyfile(ISOLATED)
    run_pytest(pytester).assert_outcomes(passed=6)


def test_under_xdist_each_worker_has_its_own(pytester: pytest.Pytester) -> None:
    """Two workers, two servers, two ports (`vambe-mock-for-tests`)."""
    pytester.makepyfile(ISOLATED)
    run_pytest(pytester, "-p", "xdist", "-n", "2").assert_outcomes(passed=6)


def test_the_settings_are_the_users(pytester: pytest.Pytester) -> None:
    """A conftest says what is served (`vambe-mock-for-tests`)."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def vambe_mock_settings():
            return {"fixture": "default", "now": 1_772_366_400_000}
        """
    )
    pytester.makepyfile(
        """
        def test_it(vambe_mock):
            assert len(vambe_mock.contacts) == 1000
            assert vambe_mock.clock.now == "2026-03-01T12:00:00.000Z"
        """
    )
    run_pytest(pytester).assert_outcomes(passed=1)


def test_unused_the_plugin_loads_nothing() -> None:
    """A test run that never asks for it loads nothing, of ours or of others (`vambe-mock-for-tests`)."""
    code = (
        "import sys, pytest; before = set(sys.modules); import vambe_mock.testing.plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["vambe_mock", "vambe_mock.testing", "vambe_mock.testing.plugin"]


def test_the_package_itself_loads_nothing() -> None:
    """``import vambe_mock`` is free; a public name is loaded when it is asked for (`vambe-mock-for-tests`)."""
    code = (
        "import sys; before = set(sys.modules); import vambe_mock; print(*sorted(set(sys.modules) - before)); "
        "print(all(getattr(vambe_mock, name) for name in vambe_mock.__all__))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["vambe_mock", "True"]


def test_the_examples_of_the_docs_run(pytester: pytest.Pytester) -> None:
    """Every Python example of docs/control.md is a test file that passes, and leaves nothing open."""
    examples = re.findall(r"^```python\n(.*?)^```", CONTROL.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert len(examples) >= 3
    pytester.makepyfile(**{f"test_example_{number}": text for number, text in enumerate(examples)})
    result = run_pytest(pytester, "-W", "error")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] >= 3


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """``vambe-mock`` with *arguments*, to its end."""
    command = [sys.executable, "-m", "vambe_mock", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment}
    )


ASK = """
import json, os, sys, urllib.request
headers = {"x-api-key": os.environ["VAMBE_API_KEY"]}
url = os.environ["VAMBE_BASE_URL"] + "/api/public/contacts?created_after=2000-01-01T00:00:00Z"
print(len(json.load(urllib.request.urlopen(urllib.request.Request(url, headers=headers)))))
sys.exit(int(sys.argv[1]))
"""


@pytest.mark.parametrize("code", [0, 7])
def test_exec_runs_a_command_beside_a_server(code: int) -> None:
    """The command finds the server ready, and its exit code is ours (`exec-around-a-command`)."""
    done = run("exec", "--contacts", "30", "--api-key", "mine", "--", sys.executable, "-c", ASK, str(code))
    assert (done.returncode, done.stdout, done.stderr) == (code, "30\n", "")


def test_exec_tells_the_token_where_there_is_one() -> None:
    """Beyond loopback the command drives the server too, and so does ``explain`` in it (`exec-around-a-command`)."""
    say = "import os; print(len(os.environ['VAMBE_MOCK_ADMIN_TOKEN']), os.environ['VAMBE_MOCK_URL'][:17])"
    done = run("exec", "--fixture", "empty", "--host", "0.0.0.0", "--", sys.executable, "-c", say)
    assert (done.returncode, done.stdout) == (0, "32 http://127.0.0.1:\n")


@pytest.mark.parametrize("flag", [("--watch",), ("--admin-port", "0"), ("--read-only",), ("--workers", "2")])
def test_exec_has_no_options_that_it_would_not_heed(flag: tuple[str, ...]) -> None:
    """What makes sense for a server that stands alone is refused (`exec-around-a-command`)."""
    done = run("exec", *flag, "--", "true")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert flag[0] in done.stderr


def test_exec_of_nothing_is_one_line() -> None:
    """A command that does not exist is told as every wrong call (`exec-around-a-command`)."""
    done = run("exec", "--", "no-such-command")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot run no-such-command" in done.stderr


def test_exec_tells_by_which_signal_a_command_ended() -> None:
    """As a shell does: 128 and the signal's number; a SIGTERM is passed on (`exec-around-a-command`)."""
    killed = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert run("exec", "--fixture", "empty", "--", sys.executable, "-c", killed).returncode == 128 + signal.SIGKILL
    waiting = "import time; print('there', flush=True); time.sleep(60)"
    command = [sys.executable, "-m", "vambe_mock", "exec", "--fixture", "empty", "--", sys.executable, "-c", waiting]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        process.terminate()
        assert process.wait(timeout=60) == 128 + signal.SIGTERM


def test_explain_on_the_command_line(mock: Mock) -> None:
    """Why a contact is listed or not, by lines and by the exit code (`explained`)."""
    contact = mock.contacts.add()["id"]
    shared = ["--url", mock.url, "--api-key", mock.api_key]
    done = run("explain", contact, "days=3&limit=5", *shared)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "listed: every filter holds")
    assert "holds  days 3: last_message_at is" in done.stdout
    done = run("explain", contact, "updated_after=2100-01-01T00:00:00Z&foo=1", *shared)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "not listed: updated_after does not hold")
    assert "ignored: foo" in done.stdout
    assert run("explain", contact[:-1], "days=3", *shared).returncode == 2
    assert "does not answer" in run("explain", contact, "days=3", "--url", "http://127.0.0.1:1").stderr


@pytest.mark.parametrize(
    ("status", "body"), some([("200 OK", b"{}"), ("200 OK", b"[]"), ("404 Not Found", b"[]"), ("", b"")], 0, 3)
)
def test_explain_knows_what_is_no_mock(status: str, body: bytes) -> None:
    """Another server on that port is a wrong call, and no verdict on the contact (`explained`)."""
    answer = (
        b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status.encode(), len(body), body) if status else b"SSH-2\r\n"
    )

    def answering(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answering, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        done = run("explain", PIPELINE, "days=3", "--url", f"http://127.0.0.1:{port}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"vambe-mock: http://127.0.0.1:{port} ")


def test_watch_loads_a_changed_file(tmp_path: Path, start_server: Any) -> None:
    """A changed file is served, a broken one is told of and the old data stays (`watched-file`)."""
    from small_data import contact, document

    file = tmp_path / "data.json"
    file.write_text(json.dumps(document(contact(1))), encoding="utf-8")
    server = start_server("--data", str(file), "--watch")

    def names() -> list[str]:
        return [one["name"] for one in server.get("days=30").json()]

    def until(condition: Any) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, server.log()
            time.sleep(0.05)

    assert names() == ["Contact 1"]
    file.write_text(json.dumps(document(contact(2), contact(3))), encoding="utf-8")
    until(lambda: names() == ["Contact 2", "Contact 3"])
    file.write_text("{", encoding="utf-8")
    until(lambda: "still serving the old data" in server.log())
    assert names() == ["Contact 2", "Contact 3"]


def test_a_log_of_json_tells_of_a_changed_file_in_json(tmp_path: Path, start_server: Any) -> None:
    """Each line of it is one object, those about the file too (`watched-file`)."""
    from small_data import contact, document

    file = tmp_path / "data.json"
    file.write_text(json.dumps(document()), encoding="utf-8")
    server = start_server("--data", str(file), "--watch", "--log-format", "json")
    file.write_text(json.dumps(document(contact(1))), encoding="utf-8")
    until = time.monotonic() + 20
    while "loaded" not in server.log():
        assert time.monotonic() < until, server.log()
        time.sleep(0.05)
    told = [json.loads(line) for line in server.log().splitlines()][-1]
    assert (told["event"], told["data"], told["contacts"]) == ("loaded", str(file), 1)


def test_only_the_data_is_watched(tmp_path: Path) -> None:
    """A log that the server writes beside its data is no reason to load that again, for ever (`watched-file`)."""
    names = ["a.ndjson", "set-00001-of-00002.csv", "set-00002-of-00002.csv", "dataset.json", "one.json"]
    for name in names:
        (tmp_path / name).write_text("{}", encoding="utf-8")

    def heeded(path: Path, name: str) -> bool:
        before = watch.stamp(path)
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(" ")
        return watch.stamp(path) != before

    data = tmp_path / "a.ndjson"
    assert [heeded(data, name) for name in (*names, "log.ndjson")] == [True, False, False, True, False, False]
    for path in (tmp_path / "set.csv", tmp_path / names[1]):
        assert [heeded(path, name) for name in names] == [False, True, True, True, False]
    assert [heeded(tmp_path / "one.json", name) for name in names] == [False, False, False, False, True]
    assert [heeded(tmp_path, name) for name in (*names, "log.txt")] == [True] * len(names) + [False]
    assert watch.stamp(tmp_path / "nothing" / "a.csv") == ()


def test_a_file_that_is_replaced_is_seen(tmp_path: Path) -> None:
    """By a rename, by a link that is switched, and with the size and the time of the old one too (`watched-file`)."""
    for version in ("v1", "v2"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "a.json").write_text("{}", encoding="utf-8")
        os.utime(tmp_path / version / "a.json", ns=(1, 1))
    (tmp_path / "current").symlink_to("v1")
    (tmp_path / "next").symlink_to("v2")
    (tmp_path / "one.json").symlink_to("v1/a.json")
    data = [tmp_path / "current", tmp_path / "current" / "a.json", tmp_path / "one.json", tmp_path / "v1" / "a.json"]
    before = [watch.stamp(path) for path in data]
    (tmp_path / "next").replace(tmp_path / "current")
    assert [watch.stamp(path) != one for path, one in zip(data, before, strict=True)] == [True, True, False, False]
    (tmp_path / "v2" / "a.json").replace(tmp_path / "v1" / "a.json")
    assert [watch.stamp(path) != one for path, one in zip(data, before, strict=True)] == [True] * 4
    before = [watch.stamp(path) for path in data[2:]]
    data[3].write_text("[]", encoding="utf-8")
    os.utime(data[3], ns=(1, 1))
    assert [watch.stamp(path) != one for path, one in zip(data[2:], before, strict=True)] == [True, True]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux shows a file that has no name any more")
def test_a_file_that_was_replaced_below_its_mount_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file mounted by itself stays the old one when an editor replaces it; that is no reload (`watched-file`)."""
    from small_data import contact, document

    file = tmp_path / "data.json"
    file.write_text(json.dumps(document(contact(1))), encoding="utf-8")
    organisation = Organisation.of(from_document(document()), Clock())
    with file.open("rb") as mounted:
        file.unlink()
        asyncio.run(watch.reload(organisation, Settings(data=Path(f"/proc/self/fd/{mounted.fileno()}"))))
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err.endswith("; mount its folder\n")) == ("", 1, True)


def test_a_change_while_the_data_is_loaded_is_seen(tmp_path: Path) -> None:
    """What counts is what the file was before it was read (`watched-file`)."""
    from small_data import contact, document

    file = tmp_path / "data.json"
    file.write_text(json.dumps(document(contact(1), contact(2))), encoding="utf-8")
    organisation = Organisation.of(from_document(document()), Clock())

    async def soon() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(watch.watch(organisation, Settings(data=file, quiet=True), ()), 2)

    asyncio.run(soon())
    assert len(organisation.store) == 2


def test_a_reloaded_file_is_the_start_at_the_starts_time() -> None:
    """After a reset the clock shows the start's time, and the reloaded data is anchored there (`watched-file`)."""
    from small_data import AT_ANCHOR, contact, document

    organisation = Organisation.of(from_document(document(contact(1))), Clock(AT_ANCHOR))
    organisation.clock.set(AT_ANCHOR + 10**9)
    reloaded = from_document(document(contact(2)))
    organisation.restart(reloaded.header, *organisation.anchored_states(reloaded))
    assert json.loads(changes.page(organisation, 0, 9)[0])["last_message_at"] == instants.write(AT_ANCHOR + 10**9)
    organisation.reset()
    assert json.loads(changes.page(organisation, 0, 9)[0])["last_message_at"] == instants.write(AT_ANCHOR)


def test_watching_goes_on_whatever_a_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failure that nobody foresaw is told as well, and the old data stays (`watched-file`)."""
    from small_data import contact, document

    def broken(_settings: Settings) -> None:
        raise MemoryError("too much")

    monkeypatch.setattr(watch, "dataset_of", broken)
    organisation = Organisation.of(from_document(document(contact(1))), Clock())
    asyncio.run(watch.reload(organisation, Settings(data=tmp_path / "x.json")))
    assert "too much" in capsys.readouterr().err
    assert len(organisation.store) == 1


def test_the_admin_api_on_a_port_of_its_own(start_server: Any) -> None:
    """There it answers, and on the endpoint's port it is the vendor's 404 (`admin-port`)."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = start_server("--admin-port", str(port))
    assert httpx.get(f"http://127.0.0.1:{port}/__admin/clock").json()["frozen"] is False
    assert httpx.get(f"{server.url}/__admin/clock").json()["message"] == "Cannot GET /__admin/clock"
    strangers = httpx.get(f"http://127.0.0.1:{port}/__admin/requests/strangers").json()["requests"]
    assert [one["target"] for one in strangers] == ["/__admin/clock"]
    for path in ("/api/public/contacts?days=1", "/clock", "/"):
        elsewhere = httpx.get(f"http://127.0.0.1:{port}{path}")
        assert (elsewhere.status_code, elsewhere.headers["content-type"]) == (404, "application/problem+json")
    assert f"http://127.0.0.1:{port}/__admin/docs" in server.log()


def test_beyond_loopback_the_start_tells_the_token(start_server: Any) -> None:
    """Whoever starts the server reads the token, and nobody else has it (`admin-token`)."""
    server = start_server("--host", "0.0.0.0")
    (token,) = re.findall(r"^  token     (\S+)$", server.log(), flags=re.MULTILINE)
    assert httpx.get(f"{server.url}/__admin/clock").status_code == 401
    assert httpx.get(f"{server.url}/__admin/clock", headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert httpx.get(f"{server.url}/__admin/docs").status_code == 200


WRONG = [
    (["--workers", "2", "--admin-port", "0"], "--workers 1"),
    (["--workers", "2", "--watch", "--data", "x.json"], "--workers 1"),
    (["--read-only", "--admin-token", "x"], "--read-only"),
    (["--watch"], "--data"),
    (["--admin-token", " "], "--admin-token"),
    (["--cors", "example.com"], "http://localhost:5173"),
    (["--organisation", "other"], "KEY=FILE"),
    (["--organisation", "test-key=x.json"], "wanted one of its own"),
    (["--organisation", "other=none.json"], "none.json"),
]


@pytest.mark.parametrize(("options", "says"), some(WRONG, 1, 2, 8), ids=[" ".join(row[0]) for row in WRONG])
def test_what_does_not_go_together_is_one_line(options: list[str], says: str) -> None:
    """Never two truths: with several workers, what changes one of them is refused (`one-truth`, `one-line-errors`)."""
    done = run("serve", "--port", "0", *options)
    assert (done.returncode, done.stderr.count("\n"), done.stdout) == (2, 1, "")
    assert says in done.stderr


def test_an_answer_on_its_way_keeps_what_it_began_with() -> None:
    """A large answer that is being sent is not touched by what is changed meanwhile (`changes-at-once`)."""
    with VambeMock(contacts=5_000) as mock, httpx.Client(headers=mock.headers) as client:
        url = f"{mock.url}/api/public/contacts?created_after=1900-01-01T00:00:00Z"
        before = client.get(url).content
        with client.stream("GET", url) as streamed:
            pieces = streamed.iter_bytes(1_000)
            begun = next(pieces)
            mock.contacts.clear()
            mock.contacts.add(name="new")
            assert begun + b"".join(pieces) == before
        mock.reset()
        assert client.get(url).content == before


def test_a_short_soak() -> None:
    """Readers, writers, faults and resets at once: no answer is wrong, nor is the end (`changes-at-once`)."""
    from benchmarks.soak import soak

    with VambeMock(contacts=200) as loaded:
        done = asyncio.run(soak(loaded, 3, readers=6, writers=3))
    assert done.wrong == []
    assert done.kinds["read 200"] > 5
    assert {"status", "cut", "malformed"} <= set(done.failed)
    assert done.resets > 0


def test_python_makes_triggers_and_compares_copies(mock: Mock) -> None:
    """``after_request`` and ``before_request`` chain changes that are made as one; ``delivered``, ``compare``."""
    for number in range(4):
        mock.contacts.add(name=f"Contact {number}", updated_at=f"2026-01-0{number + 1}T00:00:00Z")
    made = mock.after_request(1, query={"limit": "2"}).change(place=1, name="Ana").delete(place=2)
    mock.before_request(3).add(name="Eva")
    assert mock.delivered["lost"]
    asked = f"{mock.url}/api/public/contacts?updated_after=1970-01-01T00:00:00Z"
    first = httpx.get(f"{asked}&limit=2", headers=mock.headers).json()
    assert [one["name"] for one in first] == ["Contact 0", "Contact 1"]
    assert made.state["fired"] == 1
    second = httpx.get(asked, headers=mock.headers).json()
    assert [one["name"] for one in second] == ["Contact 2", "Contact 3", "Ana"]
    assert len(httpx.get(asked, headers=mock.headers).json()) == 4
    assert mock.delivered["lost"] == []
    compared = mock.compare(first)
    assert (len(compared["lost"]), compared["stale"], compared["ghosts"]) == (3, [first[0]["id"]], [first[1]["id"]])
    made.remove()
    with pytest.raises(TypeError, match="place=10"):
        mock.after_request().delete()
