"""What goes wrong on purpose, as a client sees it: over real connections, against a server of the test's own."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from asgi import KEY, ask, control
from effort import some
from small_data import AT_ANCHOR, contact, document
from vambe_mock import Mock, MockError, VambeMock
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

PATH = "/api/public/contacts?days=30"


@pytest.fixture
def app() -> Application:
    """One contact, at a clock that stands."""
    return create_app(from_document(document(contact(1))), Settings(now=AT_ANCHOR, quiet=True))


@pytest.fixture(scope="module")
def running() -> Iterator[VambeMock]:
    """A server over HTTP."""
    with VambeMock(contacts=50) as mock:
        yield mock


@pytest.fixture
def mock(running: VambeMock) -> Iterator[Mock]:
    """An organisation of the test's own."""
    running.reset()
    yield running
    running.faults.clear()


def fault(app: Application, kind: str, match: dict[str, Any] | None = None, **effect: Any) -> int:
    """Make a fault; its number."""
    reply = control(app, "POST", "/faults", {"match": match or {}, "effect": {"kind": kind, **effect}})
    assert reply.status == 201, reply.body
    number: int = json.loads(reply.body)["id"]
    return number


def statuses(app: Application, *queries: str) -> list[int]:
    """What each of *queries* gets."""
    return [ask(app, query).status for query in queries]


BODIES = [
    (500, {"statusCode": 500, "message": "Internal server error"}),
    (503, {"message": "Service Unavailable", "statusCode": 503}),
    (429, {"statusCode": 429, "message": "ThrottlerException: Too Many Requests"}),
    (403, {"message": "Forbidden", "statusCode": 403}),
    (599, {"message": "Unknown Error", "statusCode": 599}),
]


@pytest.mark.parametrize(("status", "body"), BODIES, ids=[str(row[0]) for row in BODIES])
def test_a_status_has_the_stacks_body(app: Application, status: int, body: dict[str, Any]) -> None:
    """Any status from 400 to 599, in the shape that the vendor's stack gives it (`faults-on-demand`)."""
    fault(app, "status", status=status)
    reply = ask(app, "days=30")
    assert (reply.status, json.loads(reply.body)) == (status, body)
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


def test_a_fault_looks_at_the_request(app: Application) -> None:
    """Path, parameters and key; the others never meet it (`faults-on-demand`)."""
    fault(app, "status", {"query": {"limit": "5", "offset": None}}, status=503)
    assert statuses(app, "days=1&limit=5", "days=1&limit=5&offset=0", "days=1&limit=6&offset=0") == [200, 503, 200]
    control(app, "DELETE", "/faults")
    fault(app, "status", {"path": "*/contacts/"}, status=503)
    assert ask(app, "days=1").status == 200
    assert ask(app, "days=1", path=b"/api/public/contacts/").status == 503
    control(app, "DELETE", "/faults")
    fault(app, "status", {"key": "other"}, status=503)
    assert ask(app, "days=1").status == 200


def test_a_fault_counts(app: Application) -> None:
    """Every n-th, the first n, or a share drawn from a seed; put aside when it is over (`faults-on-demand`)."""
    first = fault(app, "status", {"first": 2}, status=500)
    assert statuses(app, *["days=1"] * 3) == [500, 500, 200]
    told = json.loads(control(app, "GET", f"/faults/{first}").body)
    assert (told["matched"], told["applied"], told["over"]) == (2, 2, True)
    assert next(iter(app.organisations)).faults == []
    fault(app, "status", {"every": 3}, status=502)
    assert statuses(app, *["days=1"] * 6) == [200, 200, 502, 200, 200, 502]
    control(app, "DELETE", "/faults")
    drawn = []
    for _ in range(2):
        number = fault(app, "status", {"probability": 0.5, "seed": 7}, status=504)
        drawn.append(statuses(app, *["days=1"] * 40))
        assert control(app, "DELETE", f"/faults/{number}").status == 200
    assert drawn[0] == drawn[1]
    assert 8 < drawn[0].count(504) < 32
    assert control(app, "DELETE", f"/faults/{number}").status == 404


def test_faults_of_a_kind_wait_for_their_turn(app: Application) -> None:
    """One fault answers a request; the next one is there for the next request, not used up (`faults-on-demand`)."""
    for status in (503, 429):
        fault(app, "status", {"first": 1}, status=status)
    fault(app, "delay", {"first": 1}, seconds=0)
    assert statuses(app, "days=1", "days=1", "days=1") == [503, 429, 200]
    counted = [(one["matched"], one["applied"]) for one in json.loads(control(app, "GET", "/faults").body)]
    assert counted == [(1, 1), (1, 1), (1, 1)]


def test_a_fault_expires(app: Application) -> None:
    """After its seconds nobody meets it (`faults-on-demand`)."""
    rule = {"effect": {"kind": "status", "status": 500}, "expires_in": 0.2}
    assert control(app, "POST", "/faults", rule).status == 201
    assert ask(app, "days=1").status == 500
    time.sleep(0.25)
    assert ask(app, "days=1").status == 200
    assert json.loads(control(app, "GET", "/faults").body)[0]["over"] is True


def test_a_rate_limit_is_a_token_bucket(app: Application) -> None:
    """A burst, then 429 with the seconds until the next token, and then one more (`faults-on-demand`)."""
    fault(app, "rate_limit", per_second=2, burst=3)
    replies = [ask(app, "days=1") for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[3].headers["retry-after"] == "1"
    time.sleep(0.6)
    assert statuses(app, "days=1", "days=1") == [200, 429]


def test_a_request_refused_meets_faults_too(app: Application) -> None:
    """A fault comes before the query is read, and after the key (`faults-on-demand`)."""
    fault(app, "status", status=500)
    assert ask(app, "days=0").status == 500
    assert ask(app, "days=1", headers=()).status == 401


@pytest.mark.parametrize(
    ("kind", "effect", "body", "content_type"),
    [
        ("malformed_json", {}, None, "application/json; charset=utf-8"),
        ("empty_body", {}, b"", "application/json; charset=utf-8"),
        ("content_type", {}, "whole", "text/html; charset=utf-8"),
        ("content_type", {"value": "text/csv"}, "whole", "text/csv"),
    ],
)
def test_bodies_that_are_not_as_promised(
    app: Application, kind: str, effect: dict[str, Any], body: Any, content_type: str
) -> None:
    """Half a JSON, none, or the right one under a wrong name; its length always fits (`faults-on-demand`)."""
    whole = ask(app, "days=30").body
    fault(app, kind, **effect)
    reply = ask(app, "days=30")
    assert (reply.status, reply.headers["content-type"]) == (200, content_type)
    assert int(reply.headers["content-length"]) == len(reply.body)
    if body is None:
        assert whole.startswith(reply.body)
        with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
            json.loads(reply.body)
    else:
        assert reply.body == (whole if body == "whole" else body)


def test_prefer_asks_for_trouble_once(app: Application) -> None:
    """``Prefer: code=…`` and ``wait=…`` count for the one request and are acknowledged (`prefer-header`)."""
    began = time.perf_counter()
    reply = ask(app, "days=1", headers=(*KEY, (b"prefer", b"code=503, wait=0.2; x=1, respond-async")))
    assert time.perf_counter() - began >= 0.2
    assert (reply.status, reply.headers["preference-applied"]) == (503, "code=503, wait=0.2")
    assert ask(app, "days=1").status == 200
    waited = ask(app, "days=1", headers=(*KEY, (b"prefer", b"wait=0.01")))
    assert (waited.status, waited.headers["preference-applied"]) == (200, "wait=0.01")
    assert waited.body == ask(app, "days=1").body


@pytest.mark.parametrize(
    "value", [b"code=200", b"code=600", b"code=abc", b"wait=-1", b"wait=1e9", b"wait=NaN", b"", b"\xff"]
)
def test_what_nobody_understands_is_ignored(app: Application, value: bytes) -> None:
    """As RFC 7240 wants it (`prefer-header`)."""
    reply = ask(app, "days=1", headers=(*KEY, (b"prefer", value)))
    assert (reply.status, "preference-applied" in reply.headers) == (200, False)


PREFERRED = [
    (b'x="a, code=500", wait=0', 200, "wait=0"),
    (b"code=500, code=501", 500, "code=500"),
    (b'CODE="429"', 429, "code=429"),
    (b"wait=0x1, wait=0", 200, None),
]


@pytest.mark.parametrize(("value", "status", "applied"), PREFERRED, ids=[str(row[0]) for row in PREFERRED])
def test_preferences_are_read_as_the_rfc_has_them(
    app: Application, value: bytes, status: int, applied: str | None
) -> None:
    """The first of several counts, and a comma in quotes parts nothing (`prefer-header`)."""
    reply = ask(app, "days=1", headers=(*KEY, (b"prefer", value)))
    assert (reply.status, reply.headers.get("preference-applied")) == (status, applied)


def test_the_record_tells_why_a_request_failed(app: Application) -> None:
    """A 500 that was asked for is not taken for a defect (`request-record`)."""
    fault(app, "status", {"first": 1}, status=503)
    ask(app, "days=1")
    ask(app, "days=1", headers=(*KEY, (b"prefer", b"code=500")))
    ask(app, "days=1", headers=(*KEY, (b"prefer", b"wait=0")))
    told = json.loads(control(app, "GET", "/requests").body)["requests"]
    assert [(one["status"], one["message"]) for one in reversed(told)] == [
        (503, "as fault 1 asked for"),
        (500, "as Prefer asked for"),
        (200, ""),
    ]


def test_a_preference_that_a_fault_overrules_is_not_acknowledged(app: Application) -> None:
    """What was not applied is not said to be (`prefer-header`)."""
    fault(app, "status", status=503)
    reply = ask(app, "days=1", headers=(*KEY, (b"prefer", b"code=500")))
    assert (reply.status, "preference-applied" in reply.headers) == (503, False)


def test_prefer_can_be_turned_off() -> None:
    """With --no-prefer it is a header like any other (`prefer-header`)."""
    app = create_app(from_document(document(contact(1))), Settings(quiet=True, prefer=False))
    assert ask(app, "days=1", headers=(*KEY, (b"prefer", b"code=500"))).status == 200


RULES: list[dict[str, Any]] = [
    {"kind": "status", "status": 200},
    {"kind": "status", "status": 600},
    {"kind": "delay", "seconds": -1},
    {"kind": "delay", "seconds": 1e9},
    {"kind": "delay", "seconds": {"minimum": 2, "maximum": 1}},
    {"kind": "delay", "seconds": {"median": 0, "sigma": 1}},
    {"kind": "rate_limit", "per_second": 0},
    {"kind": "rate_limit", "per_second": 1e-320},
    {"kind": "slow_body", "bytes_per_second": 0},
    {"kind": "content_type", "value": "text/html\r\nSet-Cookie: a=b"},
    {"kind": "earthquake"},
    {},
]


@pytest.mark.parametrize("effect", RULES, ids=[json.dumps(one)[:40] for one in RULES])
def test_a_fault_that_cannot_be_is_refused(app: Application, effect: dict[str, Any]) -> None:
    """With a problem, and none is made (`admin-bounds`)."""
    assert control(app, "POST", "/faults", {"effect": effect}).status == 422
    assert json.loads(control(app, "GET", "/faults").body) == []


def test_delays_are_as_long_as_said(mock: Mock) -> None:
    """Fixed, between two bounds, or lognormal; several add up (`faults-on-demand`)."""
    mock.faults.add("delay", seconds=0.15)
    mock.faults.add("delay", seconds={"minimum": 0.05, "maximum": 0.06})
    mock.faults.add("delay", seconds={"median": 0.01, "sigma": 0.1})
    began = time.perf_counter()
    assert get(mock)[0] == 200
    assert 0.2 <= time.perf_counter() - began < 2


def get(mock: Mock, timeout: float = 10) -> tuple[int, bytes]:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection(mock.url.removeprefix("http://"), timeout=timeout)
    try:
        connection.request("GET", PATH, headers=mock.headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_a_reset_connection(mock: Mock) -> None:
    """The client's socket is reset, and the next request is answered (`faults-on-demand`)."""
    mock.faults.add("connection_reset", match={"first": 1})
    with pytest.raises(ConnectionResetError):
        get(mock)
    assert get(mock)[0] == 200


def test_a_truncated_body(mock: Mock) -> None:
    """The length promises more than comes before the connection ends (`faults-on-demand`)."""
    whole = get(mock)[1]
    mock.faults.add("truncated_body", match={"first": 1}, share=0.25)
    with pytest.raises(http.client.IncompleteRead) as cut:
        get(mock)
    assert cut.value.partial == whole[: len(whole) // 4]
    assert get(mock)[1] == whole


def test_a_stall(mock: Mock) -> None:
    """Not a byte comes, so a client's timeout strikes; then the connection ends (`faults-on-demand`)."""
    mock.faults.add("stall", seconds=0.5, match={"first": 2})
    with pytest.raises(socket.timeout):
        get(mock, timeout=0.2)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        get(mock)
    assert get(mock)[0] == 200


def test_a_slow_body(mock: Mock) -> None:
    """The right body at the speed asked for, and others are served meanwhile (`faults-on-demand`)."""
    whole = get(mock)[1]
    mock.faults.add("slow_body", match={"first": 1}, bytes_per_second=len(whole) * 4)
    began = time.perf_counter()
    assert get(mock)[1] == whole
    assert 0.15 <= time.perf_counter() - began < 3


def test_what_goes_wrong_is_recorded_at_once(mock: Mock) -> None:
    """Who saw the failure finds it in the record without waiting (`request-record`)."""
    for effect in (
        {"kind": "connection_reset"},
        {"kind": "truncated_body"},
        {"kind": "slow_body", "bytes_per_second": 1_000_000},
        {"kind": "stall", "seconds": 0.01},
    ):
        mock.reset()
        mock.admin("POST", "/faults", {"effect": effect})
        for number in range(1, 26):
            with suppress(OSError, http.client.HTTPException):
                get(mock)
            mock.assert_requested(number)


def test_a_client_that_leaves_is_recorded(mock: Mock) -> None:
    """It is known at once, and not when the fault would have ended (`request-record`)."""
    for kind in ("stall", "delay"):
        mock.reset()
        mock.faults.add(kind, seconds=60)
        with pytest.raises(socket.timeout):
            get(mock, timeout=0.1)
        (asked,) = mock.wait_for_requests(1)
        assert (asked.status, asked.message) == (0, "the client left before it was answered")


def test_a_held_request_does_not_hold_up_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """The server ends while a client hangs in a fault and another waits for requests: no defect is told."""
    with VambeMock() as mock:
        mock.faults.add("stall", seconds=60)
        request = f"GET {PATH} HTTP/1.1\r\nHost: x\r\nx-api-key: {mock.api_key}\r\n\r\n".encode()
        waiting = b"GET /__admin/requests/count?at_least=9&timeout=60 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        address = ("127.0.0.1", int(mock.url.rpartition(":")[2]))
        with socket.create_connection(address) as held, socket.create_connection(address) as other:
            held.sendall(request)
            other.sendall(waiting)
            until = time.monotonic() + 5
            while mock.admin("GET", "/requests")["total"] < 1 and time.monotonic() < until:
                time.sleep(0.01)
            began = time.monotonic()
            mock.stop()
            assert time.monotonic() - began < 3
    assert [record.getMessage() for record in caplog.records] == []


HELD = [
    ("stall", {"effect": {"kind": "stall", "seconds": 60}}, ""),
    ("delay", {"effect": {"kind": "delay", "seconds": 60}}, ""),
    ("slow body", {"effect": {"kind": "slow_body", "bytes_per_second": 10}}, ""),
    ("delay of a page's request", {"effect": {"kind": "delay", "seconds": 60}}, "Origin: http://app.example\r\n"),
    ("Prefer", None, "Prefer: wait=50\r\n"),
]


@pytest.mark.parametrize(("rule", "header"), some([row[1:] for row in HELD], 0), ids=[row[0] for row in HELD])
def test_sigterm_lets_go_of_held_requests(start_server: Any, rule: dict[str, Any] | None, header: str) -> None:
    """SIGTERM while clients hang: exit code 0 at once and no traceback, though they never leave."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        admin = f"http://127.0.0.1:{free.getsockname()[1]}/__admin"
    server = start_server("--cors", "http://app.example", "--admin-port", admin.split(":")[2].partition("/")[0])
    if rule:
        httpx.post(f"{admin}/faults", json=rule, timeout=60).raise_for_status()
    httpx.get(f"{admin}/requests?limit=1", timeout=60)  # makes what the first question of its kind needs
    address, place = (("127.0.0.1", int(url.split(":")[2].partition("/")[0])) for url in (server.url, admin))
    with socket.create_connection(address) as held, socket.create_connection(place) as waiting:
        held.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nx-api-key: {server.api_key}\r\n{header}\r\n".encode())
        waiting.sendall(b"GET /__admin/requests/count?at_least=9&timeout=60 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        while httpx.get(f"{admin}/requests", timeout=60).json()["total"] < 1:
            time.sleep(0.01)
        server.process.terminate()
        assert server.process.wait(timeout=45) == 0  # of 50 and more that they would hang
        assert waiting.recv(99).startswith(b"HTTP/1.1 200")
    assert "Traceback" not in server.log()
    assert "running task" not in server.log()


def test_sigterm_cuts_an_answer_that_nobody_reads(start_server: Any) -> None:
    """Such an answer has a second to go out; then exit code 0, one line of the request, no traceback."""
    server = start_server("--contacts", "20000")
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as idle:
        query = "created_after=2000-01-01T00:00:00Z"
        idle.sendall(f"GET {PATH}&{query} HTTP/1.1\r\nHost: x\r\nx-api-key: {server.api_key}\r\n\r\n".encode())
        idle.recv(1)
        server.process.terminate()
        assert server.process.wait(timeout=60) == 0  # without an end of our own it would never be
    assert "Traceback" not in server.log()
    assert query in server.log()


def test_cut_requests_are_recorded(mock: Mock) -> None:
    """A request that got no answer was asked all the same (`request-record`)."""
    number = mock.faults.add("connection_reset", match={"first": 1})
    with pytest.raises(ConnectionResetError):
        get(mock)
    (asked,) = mock.wait_for_requests(1)
    assert (asked.status, asked.faults) == (0, [number])
    with pytest.raises(MockError, match="fault_id"):
        mock.admin("GET", "/faults/x")


def test_date_and_retry_after_stay_real(mock: Mock) -> None:
    """A client sleeps by them, so they do not follow the mock's clock (`clock-follows`)."""
    mock.clock.freeze("2040-01-01T00:00:00Z")
    mock.faults.add("rate_limit", per_second=0.1, burst=1)
    replies = [httpx.get(f"{mock.url}{PATH}", headers=mock.headers) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 429]
    assert 5 <= int(replies[1].headers["Retry-After"]) <= 10
    for reply in replies:
        told = parsedate_to_datetime(reply.headers["Date"])
        assert abs(told.timestamp() - time.time()) < 120
