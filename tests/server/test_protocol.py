"""One connection, over raw sockets: what is refused before any application sees it, and how long it is kept.

What the vendor's HTTP server does was asked of Node 20.20.2 in the same way.
"""

import asyncio
import contextlib
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
import uvicorn

from small_data import document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import create_app
from vambe_mock.server.endpoint import protocol
from vambe_mock.server.endpoint.protocol import IDLE, IDLE_GRACE, LARGEST_HEAD, SLICE, Protocol
from vambe_mock.server.process import _config
from vambe_mock.server.settings import Settings

TARGET: Final = b"/api/public/contacts?days=30&limit=1"
FIELDS: Final = b"Host: a\r\nx-api-key: test-key\r\n"
GOOD: Final = b"GET " + TARGET + b" HTTP/1.1\r\n" + FIELDS + b"\r\n"
COUNTED: Final = len(TARGET + FIELDS.replace(b": ", b"").replace(b"\r\n", b""))
"""What of ``GOOD`` counts for the bound of a head."""
CHUNKED: Final = b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

BAD_REQUEST: Final = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
REQUEST_TIMEOUT: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"
TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n"


class Running:
    """A server in a thread, asked over raw sockets."""

    def __init__(self, port: int, config: uvicorn.Config) -> None:
        """The server of *config* listens on *port*."""
        self.port = port
        self.config = config

    def connect(self) -> socket.socket:
        """A connection to the server."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def exchange(self, *pieces: bytes, shut: bool = False) -> bytes:
        """What comes until the server closes, after *pieces* went out one by one; *shut*: and then nothing more."""
        with self.connect() as connection:
            for number, piece in enumerate(pieces):
                if number:
                    time.sleep(0.02)
                try:
                    connection.sendall(piece)
                except OSError:
                    break  # refused already
            if shut:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """The server of this module."""
    settings = Settings(quiet=True).checked()
    config = _config(create_app(from_document(document()), settings), settings)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Running(listener.getsockname()[1], config)
        server.should_exit = True
        thread.join(10)


def statuses(answers: bytes) -> list[bytes]:
    """The status lines in *answers*, without their versions."""
    return re.findall(rb"HTTP/1\.1 (\d+ [\w ]+)\r\n", answers)


def closing(request: bytes) -> bytes:
    """*request* with the wish that its connection be closed."""
    return request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


NOT_HTTP = [
    ("another protocol", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"),
    ("HTTP/2 without asking", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("an unknown method", b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a byte beyond ASCII in the target", b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a length that is none", b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"),
    ("two lengths", CHUNKED.replace(b"Host", b"Content-Length: 3\r\nHost")),
    ("lines without CR", GOOD.replace(b"\r", b"")),
]


@pytest.mark.parametrize("raw", [row[1] for row in NOT_HTTP], ids=[row[0] for row in NOT_HTTP])
def test_what_is_not_http_gets_a_bare_400(running: Running, raw: bytes) -> None:
    """A 400 without headers or body, then the end; after earlier answers too (`broken-requests`)."""
    assert running.exchange(raw) == BAD_REQUEST
    assert statuses(running.exchange(GOOD, raw)) == [b"200 OK", b"400 Bad Request"]


def test_a_request_that_is_cut_off_gets_a_bare_400(running: Running) -> None:
    """A client that ends in the middle of a head is told; one that ends between requests is not (`broken-requests`)."""
    assert running.exchange(GOOD[:-2], shut=True) == BAD_REQUEST
    assert running.exchange(GOOD[:9], shut=True) == BAD_REQUEST
    assert running.exchange(b"", shut=True) == b""
    assert statuses(running.exchange(GOOD, b"", shut=True)) == [b"200 OK"]


@pytest.mark.parametrize(("path", "status"), [(b"/__admin/stubs", b"413"), (b"/x", b"404")])
def test_an_answer_before_the_body_is_in_can_be_read(running: Running, path: bytes, status: bytes) -> None:
    """By a client that sends all of the body first and wants the connection closed, as urllib does."""
    fields = b"Host: localhost\r\nConnection: close\r\nContent-Length: 4000000\r\n\r\n"
    with running.connect() as connection:
        connection.sendall(b"POST " + path + b" HTTP/1.1\r\n" + fields + b" " * 4_000_000)
        got = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert got.startswith(b"HTTP/1.1 " + status)
    assert got.endswith(b"}")


def test_no_answer_to_connect(running: Running) -> None:
    """Nobody is a proxy here: the connection is closed without a word (`broken-requests`)."""
    assert running.exchange(b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n") == b""


def with_header(counted: int) -> bytes:
    """``GOOD`` with one more header, so that so many bytes of its head count."""
    return GOOD[:-2] + b"x: " + b"a" * (counted - COUNTED - 1) + b"\r\n\r\n"


TOO_LARGE_HEADS = [
    ("a header", with_header(LARGEST_HEAD)),
    ("a header that does not end", with_header(LARGEST_HEAD + 8)[:-4]),
    ("a name", GOOD[:-2] + b"a" * LARGEST_HEAD),
    ("a target", b"GET /" + b"a" * (LARGEST_HEAD - 1) + b" HTTP/1.1\r\n"),
    ("a target that does not end", b"GET /" + b"a" * LARGEST_HEAD),
    ("many headers", GOOD[:-2] + b"ab: cd\r\n" * (LARGEST_HEAD // 4)),
    ("many without a value", GOOD[:-2] + b"a:\r\n" * LARGEST_HEAD),
    ("blanks before a value", GOOD[:-2] + b"a:" + b" " * protocol.LONGEST_LINE),
    ("a head far larger", GOOD[:-2] + b"a: " + b"b" * 1_000_000 + b"\r\n\r\n"),
    ("a trailer", CHUNKED + b"2\r\nab\r\n0\r\nx: " + b"a" * LARGEST_HEAD + b"\r\n\r\n"),
    ("trailers", CHUNKED + b"0\r\n" + (b"x: " + b"a" * 4_096 + b"\r\n") * 4 + b"\r\n"),
    ("a trailer that does not end", CHUNKED + b"0\r\nx: " + b"a" * (2 * LARGEST_HEAD + len(CHUNKED))),
]


@pytest.mark.parametrize("cut", [0, 1], ids=["at once", "in two pieces"])
@pytest.mark.parametrize("raw", [row[1] for row in TOO_LARGE_HEADS], ids=[row[0] for row in TOO_LARGE_HEADS])
def test_a_head_that_is_too_large_is_refused(running: Running, raw: bytes, cut: int) -> None:
    """Whatever part of it is long, however it comes: a bare 431 as soon as it is too large (`oversized-requests`)."""
    pieces = (raw[: 8_000 * cut], raw[8_000 * cut :]) if cut else (raw,)
    got = running.exchange(*pieces)
    assert got.endswith(TOO_LARGE)
    assert got == TOO_LARGE or raw.startswith(b"POST")  # which was answered when its head had come


def test_the_largest_head_is_answered(running: Running) -> None:
    """One byte less, in one piece, in two and in many, is a good request (`oversized-requests`)."""
    raw = closing(with_header(LARGEST_HEAD - 1 - len(b"Connectionclose")))
    for step in (len(raw), 16_390, 9_000, 4_000):
        pieces = [raw[start : start + step] for start in range(0, len(raw), step)]
        assert statuses(running.exchange(*pieces)) == [b"200 OK"], step
    long = b"GET /" + b"a" * (LARGEST_HEAD - 40) + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    assert statuses(running.exchange(closing(long))) == [b"404 Not Found"]


def test_headers_beyond_a_thousand_are_ignored(running: Running) -> None:
    """The key counts as the thousandth header and not as the next (`oversized-requests`)."""
    for more, status in ((0, b"200 OK"), (1, b"401 Unauthorized")):
        head = b"GET " + TARGET + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + b"b:\r\n" * (997 + more)
        assert statuses(running.exchange(head + b"x-api-key: test-key\r\n\r\n")) == [status]


def test_a_trailer_is_no_header(running: Running) -> None:
    """A key that comes after the body is none (`api-key-required`)."""
    head = b"GET " + TARGET + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert statuses(running.exchange(head + b"0\r\nx-api-key: test-key\r\n\r\n")) == [b"401 Unauthorized"]


WAITING = [
    ("nothing at all", b"", 0),
    ("half a head", GOOD[:20], 0),
    ("half a head after an answer", GOOD + GOOD[:20], 1),
    ("half a body", b"POST /__admin/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{", 0),
    ("half a body after its answer", b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", 1),
]


@pytest.mark.parametrize(("raw", "answers"), [row[1:] for row in WAITING], ids=[row[0] for row in WAITING])
def test_a_request_that_does_not_come_has_a_deadline(
    running: Running, raw: bytes, answers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head that stays away or out, and a body, end with a bare 408 (`slow-requests`)."""
    monkeypatch.setattr(Protocol, "head_deadline", 0.2)
    monkeypatch.setattr(Protocol, "body_deadline", 0.2)
    got = running.exchange(raw)
    assert got.endswith(REQUEST_TIMEOUT)
    assert len(statuses(got)) == answers + 1


def test_a_slow_request_in_time_is_answered(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline of a head is that of each request, not of the connection (`slow-requests`)."""
    monkeypatch.setattr(Protocol, "head_deadline", 1.0)
    with running.connect() as connection:
        for _ in range(5):
            connection.sendall(GOOD[:20])
            time.sleep(0.25)
            connection.sendall(GOOD[20:])
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")


KEPT: Final = b"\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"
CLOSED: Final = b"\r\nConnection: close\r\n\r\n"
CONNECTIONS = [
    ("HTTP/1.1", b"HTTP/1.1", b"", KEPT),
    ("HTTP/1.1 and keep-alive", b"HTTP/1.1", b"Connection: Keep-Alive\r\n", KEPT),
    ("HTTP/1.1 and close", b"HTTP/1.1", b"Connection: close\r\n", CLOSED),
    ("HTTP/1.1 and both", b"HTTP/1.1", b"Connection: close, keep-alive\r\n", CLOSED),
    ("HTTP/1.0", b"HTTP/1.0", b"", CLOSED),
    ("HTTP/1.0 and keep-alive", b"HTTP/1.0", b"Connection: keep-alive\r\n", KEPT),
]


@pytest.mark.parametrize(
    ("version", "field", "told"), [row[1:] for row in CONNECTIONS], ids=[row[0] for row in CONNECTIONS]
)
@pytest.mark.parametrize("target", [TARGET, b"/api/public/contacts?days=0", b"/x", b"/readyz"])
def test_an_answer_tells_what_becomes_of_its_connection(
    running: Running, version: bytes, field: bytes, told: bytes, target: bytes
) -> None:
    """Good or not, to the byte as Node tells it; and so it happens (`kept-alive`)."""
    raw = b"GET " + target + b" " + version + b"\r\n" + FIELDS + field + b"\r\n"
    if told == CLOSED:
        head = running.exchange(raw).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    else:
        head = running.exchange(raw, b"", shut=True).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert head.endswith(told)
    assert head.lower().count(b"\r\nconnection: ") == 1


def test_an_idle_connection_is_kept_a_second_longer_than_promised(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that is sent in the last moment still finds its connection (`kept-alive`)."""
    assert (IDLE, IDLE_GRACE) == (5, 1)
    assert running.config.timeout_keep_alive == IDLE + IDLE_GRACE
    monkeypatch.setattr(running.config, "timeout_keep_alive", 0.2)
    for raw in (GOOD, GOOD + b"\r\n"):
        began = time.monotonic()
        assert statuses(running.exchange(raw)) == [b"200 OK"]
        assert time.monotonic() - began > 0.19


EMPTY: Final = b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
NO_HOST: Final = GOOD.replace(b"Host: a\r\n", b"")
HOST_AND_EXPECT = [
    ("no host", NO_HOST + GOOD, [b"400 Bad Request"]),
    ("no host, elsewhere", b"POST /__admin/x HTTP/1.1\r\nContent-Length: 2\r\n\r\nab" + GOOD, [b"400 Bad Request"]),
    ("no host, HTTP/1.0", NO_HOST.replace(b"HTTP/1.1", b"HTTP/1.0"), [b"200 OK"]),
    ("an empty host", closing(GOOD.replace(b"Host: a", b"Host:")), [b"200 OK"]),
    ("a wish", GOOD[:-2] + b"Expect: x\r\n\r\n" + closing(GOOD), [b"417 Expectation Failed", b"200 OK"]),
    ("an empty wish", closing(GOOD[:-2] + b"Expect:\r\n\r\n"), [b"417 Expectation Failed"]),
    ("a wish, HTTP/1.0", GOOD.replace(b"1.1", b"1.0")[:-2] + b"Expect: x\r\n\r\n", [b"200 OK"]),
    ("a wish and no host", NO_HOST[:-2] + b"Expect: x\r\n\r\n", [b"400 Bad Request"]),
    (
        "two wishes",
        closing(b"POST /__admin/clock/freeze HTTP/1.1\r\nHost: localhost\r\nExpect: x, 100-Continue\r\n")
        + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        [b"100 Continue", b"200 OK"],
    ),
]


@pytest.mark.parametrize(
    ("raw", "wanted"), [row[1:] for row in HOST_AND_EXPECT], ids=[row[0] for row in HOST_AND_EXPECT]
)
def test_host_and_expect_are_minded(running: Running, raw: bytes, wanted: list[bytes]) -> None:
    """HTTP/1.1 without a host is 400 and the end, an unknown wish 417, both empty (`host-and-expect`)."""
    got = running.exchange(raw)
    assert statuses(got) == wanted
    assert got.count(EMPTY) == sum(not status.endswith((b"OK", b"Continue")) for status in wanted)


def test_an_offer_to_upgrade_is_declined(running: Running) -> None:
    """The body is read and the connection goes on, on the endpoint, the admin API and elsewhere (`no-upgrade`)."""
    offers = [
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n",
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: upgrade\r\n",
    ]
    body = json.dumps({"name": "Offered"}).encode()
    made = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    chunked = b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
    for offer in offers:
        for field in (made, chunked % (len(body), body)):
            post = b"POST /__admin/contacts HTTP/1.1\r\nHost: localhost\r\n" + offer + field
            elsewhere = b"POST /x HTTP/1.1\r\nHost: localhost\r\n" + offer + field
            get = GOOD[:-2] + offer + b"\r\n"
            wanted = [b"200 OK", b"201 Created", b"404 Not Found", b"201 Created", b"200 OK"]
            raw = get + post + elsewhere + post + closing(get)
            assert statuses(running.exchange(raw)) == wanted
            assert statuses(running.exchange(raw[:300], raw[300:])) == wanted
            assert running.exchange(closing(post)).count(b'"name":"Offered"') == 1


def test_a_client_that_leaves_in_the_middle_of_a_body_is_no_defect(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is logged as an error, on the common port and on one of the admin API's own."""
    head = b"POST /__admin/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    assert running.exchange(head, b"", shut=True) == BAD_REQUEST
    control = running.config.loaded_app.control
    loaded, running.config.loaded_app = running.config.loaded_app, control.alone
    try:
        assert running.exchange(head, b"", shut=True) == BAD_REQUEST
        assert statuses(
            running.exchange(b"GET /__admin/clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        )
    finally:
        running.config.loaded_app = loaded
    assert statuses(running.exchange(closing(GOOD))) == [b"200 OK"]
    assert [record.getMessage() for record in caplog.records] == []


def test_requests_sent_ahead_wait_outside_the_parser(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are answered in their order, while no more of them are kept as requests than come with one slice."""
    request = b"GET /api/public/contacts HTTP/1.1\r\nHost: a\r\n\r\n"
    waiting = []
    start = Protocol._start_asgi_task

    def noting(self: Protocol, *args: Any) -> None:
        waiting.append(len(self.pipeline))
        start(self, *args)

    monkeypatch.setattr(Protocol, "_start_asgi_task", noting)
    answers = running.exchange(request * 1_500 + closing(GOOD))
    assert statuses(answers) == [b"401 Unauthorized"] * 1_500 + [b"200 OK"]
    assert max(waiting) <= SLICE / len(request) + 1


def test_the_last_descriptor_is_told_once(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One line, though every connection that follows is closed."""
    monkeypatch.setattr(Protocol, "_told_at", -protocol.QUIET_FOR)
    monkeypatch.setattr(protocol, "descriptor_limit", lambda: 3)
    with caplog.at_level(logging.ERROR, "uvicorn.error"):
        for _ in range(3):
            running.exchange(closing(GOOD))
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("all 3 file descriptors are in use")


def test_long_parsing_is_shared_out_over_the_turns_of_the_loop(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slice a turn, and the answers are the same: of a large head, a body in tiny chunks, and requests sent ahead."""
    turns = list[int]()
    go_on, feed = Protocol.go_on, Protocol._feed

    def noting(self: Protocol) -> None:
        turns.append(0)
        go_on(self)

    def counting(self: Protocol, data: bytes) -> None:
        if self._has_turn:
            turns[-1] += 1
        feed(self, data)

    monkeypatch.setattr(protocol, "TURN", 0)
    monkeypatch.setattr(Protocol, "go_on", noting)
    monkeypatch.setattr(Protocol, "_feed", counting)
    large = closing(with_header(LARGEST_HEAD - 1 - len(b"Connectionclose")))
    assert statuses(running.exchange(large)) == [b"200 OK"]
    assert len(turns) >= LARGEST_HEAD // SLICE - 1
    body = json.dumps({"name": "Chunked" * 100}).encode()
    fields = (
        b"Host: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    got = running.exchange(b"POST /__admin/contacts HTTP/1.1\r\n" + fields + chunks)
    assert statuses(got) == [b"201 Created"]
    assert got.count(b"Chunked") == 100
    assert statuses(running.exchange(GOOD * 100 + closing(GOOD))) == [b"200 OK"] * 101
    content = b" " * 300_000 + body
    post = b"POST /__admin/contacts HTTP/1.1\r\n" + fields.replace(
        b"Transfer-Encoding: chunked", b"Content-Length: %d" % len(content)
    )
    assert statuses(running.exchange(post + content)) == [b"201 Created"]
    assert max(turns) <= 1
    monkeypatch.setattr(protocol, "CONTENT_SLICE", 1)
    before = len(turns)
    assert statuses(running.exchange(post + content)) == [b"201 Created"]
    assert len(turns) - before > 200, "content that is known to be content comes in large slices"


def test_connections_that_have_much_to_parse_take_turns() -> None:
    """In each turn of the event loop, one of them goes on, and what others want comes in between."""
    went = list[str]()

    class Connection:
        def __init__(self, name: str, slices: int) -> None:
            self.name, self.slices = name, slices

        def go_on(self) -> None:
            went.append(self.name)
            self.slices -= 1
            if self.slices:
                line.add(cast("Protocol", self))

    async def play() -> None:
        for connection in (Connection("a", 3), Connection("b", 1), Connection("c", 2)):
            line.add(cast("Protocol", connection))
        for _ in range(6):
            await asyncio.sleep(0)
            went.append(".")

    loop = asyncio.new_event_loop()
    line = protocol._Turns(loop)
    with contextlib.closing(loop):
        loop.run_until_complete(play())
    assert "".join(went).strip(".") == "a.b.c.a.c.a"
