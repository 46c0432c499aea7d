"""HTTP/1.1 on one connection, bounded and spoken as the vendor's HTTP server does, which is Node's.

uvicorn's protocol does the work; this one adds what Node does before any application sees a request. It refuses a head
that is too large (431, `oversized-requests`), what is not HTTP (400, `broken-requests`), and what does not come in time
(408, `slow-requests`); it minds `Host` and `Expect` (`host-and-expect`), declines each offer to upgrade (`no-upgrade`)
and tells how long an idle connection is kept (`kept-alive`).
"""

import asyncio
import re
import sys
import time
from collections import deque
from typing import Any, ClassVar, Final, cast
from urllib.parse import unquote
from weakref import WeakKeyDictionary

import httptools
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import HEADER_VALUE_RE, STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from vambe_mock.server.endpoint.connection import abort_if_held

LARGEST_HEAD: Final = 16_384
"""A head is too large when its target, names and values have so many bytes together; so are trailers."""

LONGEST_LINE: Final = 4 * LARGEST_HEAD
"""The most bytes of one line that are kept: blanks before a value count for nothing, and could go on for ever."""

MOST_HEADERS: Final = 1_000
"""Headers beyond these are ignored, as Node does."""

SLICE: Final = 1_024
"""The parser gets so many bytes at a time, so that a client that sends requests ahead cannot fill the memory."""

CONTENT_SLICE: Final = 65_536
"""So many where they are known to be content, which costs next to nothing."""

TURN: Final = 0.0005
"""Seconds of parsing after which a connection lets others have their turn. Tiny headers, chunks and requests that are
sent ahead would else take all of them several milliseconds for each piece that comes."""

IDLE: Final = 5
"""Seconds that an idle connection is kept, as answers promise."""

IDLE_GRACE: Final = 1
"""Seconds that it is kept beyond: a request that was sent just in time may arrive a little later."""

LINGER: Final = 1.0
"""Seconds in which a client that was refused may read why, before its connection is closed."""


QUIET_FOR: Final = 60.0
"""Seconds until it is told again that there are no descriptors left."""


def _bare(status: bytes) -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n\r\n"


BAD_REQUEST: Final = _bare(b"400 Bad Request")
REQUEST_TIMEOUT: Final = _bare(b"408 Request Timeout")
EXTENSIONS_TOO_LARGE: Final = _bare(b"413 Payload Too Large")
HEAD_TOO_LARGE: Final = _bare(b"431 Request Header Fields Too Large")

_CONTINUE: Final = re.compile(rb"(?:^|\W)100-continue(?:$|\W)", re.IGNORECASE)
"""What a client expects that waits for the word to go on."""

_CLOSE: Final = b"Connection: close\r\n"
KEEP_ALIVE: Final = b"Connection: keep-alive\r\nKeep-Alive: timeout=%d\r\n" % IDLE

NOTHING: Final = 0
HEAD: Final = 1
BODY: Final = 2


class _RefusedError(Exception):
    """Ends the parsing."""


def descriptor_limit() -> int:
    """How many files and connections this process may have open; 0 where nobody says."""
    if sys.platform == "win32":
        return 0
    else:  # noqa: RET505 - so that mypy passes over it there
        from resource import RLIMIT_NOFILE, getrlimit

        return getrlimit(RLIMIT_NOFILE)[0]


class _Flow(FlowControl):
    """What pauses and resumes a connection: nothing is read while bytes wait for their turn."""

    held = False

    def resume_reading(self) -> None:
        if not self.held:
            super().resume_reading()


class _Turns:
    """The connections that have more to parse: one of them goes on in each turn of the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Protocol] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, connection: "Protocol") -> None:
        """Have *connection* go on when it is its turn."""
        if not self._waiting:
            self._loop.call_soon(self._take)
        self._waiting.append(connection)

    def _take(self) -> None:
        connection = self._waiting.popleft()
        if self._waiting:
            self._loop.call_soon(self._take)
        connection.go_on()


class Protocol(HttpToolsProtocol):
    """One connection."""

    flow: _Flow
    _turns: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns]] = WeakKeyDictionary()

    head_deadline = 60.0
    """Seconds for a head, from the connection or from the request's first byte."""
    body_deadline = 300.0
    """Seconds for a whole request, from its first byte."""
    _told_at = -QUIET_FOR
    """When it was last told that there are no descriptors left."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._reading = HEAD
        self._since = 0.0  # when the request began that is not whole yet; 0 until that is asked
        self._counted = 0  # bytes of the head, or of the trailers, that the parser has reported
        self._line = b""  # the end of an unfinished head, from the line on that the parser has not reported yet
        self._aside = 0  # bytes of an unfinished body that are neither content nor a whole trailer
        self._has_content = False  # whether the slice that is being parsed has content
        self._content = 0  # bytes of content that are still to come by Content-Length
        self._in_chunk = False
        self._declined = b""
        self._ahead = b""  # what has come and waits, for its turn or until earlier requests are answered
        self._in_line = self._has_turn = False
        self._running: Cycle | None = None
        self._verdict = BAD_REQUEST
        self._refused = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = _Flow(transport)
        self._since = self.loop.time()
        self._timer = self.loop.call_later(min(self.head_deadline, self.body_deadline), self._look_at_deadline)
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.fileno() >= descriptor_limit() - 1 > 0:
            self._tell_of_descriptors()

    def _tell_of_descriptors(self) -> None:
        """Say that this connection has the last descriptor: uvloop closes those that follow without a word."""
        if time.monotonic() - Protocol._told_at >= QUIET_FOR:
            Protocol._told_at = time.monotonic()
            self.logger.error(
                "all %d file descriptors are in use, so that more connections are closed without an answer; "
                "wanted fewer connections at once, or more descriptors, e.g. ulimit -n 65536",
                descriptor_limit(),
            )

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._ahead = b""
        self._let_go()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End with the server: at once, or with the answer that is on its way, unless a fault holds it."""
        if self._refused:
            self.transport.close()
            return
        super().shutdown()
        if self._running is not None:
            abort_if_held(self._running)

    # What comes

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._unset_keepalive_if_required()
        if self._ahead:
            self._ahead += data
        elif len(data) <= SLICE:
            self._feed(data)
        else:
            self._feed_in_slices(data)
        if self._reading == NOTHING and self._is_idle() and not self._ahead:
            self._wait_for_next()

    def _is_idle(self) -> bool:
        """Whether every whole request has its answer."""
        return self.cycle is not None and self.cycle.response_complete

    def _feed_in_slices(self, data: bytes) -> None:
        """Feed *data* to the parser, but what follows requests that wait already, or what takes too long at once."""
        turns = self._queue()
        start = 0
        until = time.perf_counter() + TURN
        while start < len(data) and not self._refused and not self.transport.is_closing():
            must_wait = time.perf_counter() > until if start else turns and not self._has_turn
            if self.pipeline or must_wait:
                self._ahead = data[start:]
                self.flow.pause_reading()
                self.flow.held = True
                self._wait_for_turn()
                return
            end = start + max(SLICE, min(self._content, CONTENT_SLICE))
            self._feed(data[start:end])
            start = end

    def _queue(self) -> _Turns:
        """The connections of this event loop that wait for their turn."""
        if (turns := self._turns.get(self.loop)) is None:
            turns = self._turns[self.loop] = _Turns(self.loop)
        return turns

    def _wait_for_turn(self) -> None:
        """Go on with what has come when it is this connection's turn; behind other requests it is none."""
        if self._ahead and not self.pipeline and not self._in_line:
            self._in_line = True
            self._queue().add(self)

    def go_on(self) -> None:
        """Go on with what waits, and read on when it is done unless requests or a body must be taken first."""
        self._in_line = False
        data, self._ahead, self.flow.held = self._ahead, b"", False
        if self._refused or self.transport.is_closing():
            return
        self._has_turn = True
        self.data_received(data)
        self._has_turn = False
        has_room = self.cycle is None or len(self.cycle.body) <= HIGH_WATER_LIMIT
        if not self.pipeline and has_room:
            self.flow.resume_reading()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._decline(data[offer.args[0] :])
        except httptools.HttpParserError:
            self._refuse(self._verdict)
        else:
            if self._reading != NOTHING:
                self._bound(data)

    def eof_received(self) -> None:
        """Refuse what is cut off; after that, as after any other end, the connection is closed."""
        has_begun = self._reading == BODY or self._line.strip()
        if self._reading != NOTHING and has_begun and not self._refused:
            self._refuse(BAD_REQUEST)

    def _bound(self, data: bytes) -> None:
        """Refuse a request that is not whole after *data* if what the parser keeps of it is too large."""
        if not self._since:
            self._since = self.loop.time()
        if self._reading == HEAD:
            self._line = _last_line(self._line + data)
            if self._counted + _length(self._line) >= LARGEST_HEAD or len(self._line) > LONGEST_LINE:
                self._refuse(HEAD_TOO_LARGE)
        else:
            self._aside = 0 if self._has_content else self._aside + len(data)
            self._has_content = False
            if self._aside > LARGEST_HEAD:
                self._refuse(HEAD_TOO_LARGE if self._in_chunk else EXTENSIONS_TOO_LARGE)

    def _decline(self, rest: bytes) -> None:
        """Go on as without the offer to upgrade: *rest*, its body and what follows, is HTTP/1.1 still."""
        if self._declined.startswith(b"CONNECT "):
            self.transport.close()  # as Node does
            return
        kept = [b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade"]
        head = b"".join([self._declined, *kept, b"\r\n"])
        self.parser = httptools.HttpRequestParser(self)
        self._feed(head + rest)

    # What the parser finds

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._reading, self._since, self._counted = HEAD, 0.0, 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if self._reading == BODY or len(self.headers) >= MOST_HEADERS:  # a trailer is no header
            return
        self.headers.append((name.lower(), value))

    def _count(self, length: int) -> None:
        self._counted += length
        if self._counted >= LARGEST_HEAD:
            self._verdict = HEAD_TOO_LARGE
            raise _RefusedError

    def on_headers_complete(self) -> None:
        parser = self.parser
        method, version = parser.get_method(), parser.get_http_version()
        if parser.should_upgrade():
            self._declined = b"%b %b HTTP/%b\r\n" % (method, self.url, version.encode())
            return
        self._reading, self._counted, self._line, self._aside, self._in_chunk = BODY, 0, b"", 0, False
        self._content = next((int(value) for name, value in self.headers if name == b"content-length"), 0)
        self._open(method, version, httptools.parse_url(self.url), self.app, keep_alive=parser.should_keep_alive())

    def _open(self, method: bytes, version: str, url: Any, app: Any, *, keep_alive: bool) -> None:
        """Have *app* answer the request whose head has come, at once or when those before it have their answers."""
        scope, path = self.scope, url.path.decode("ascii")
        scope["method"] = method.decode("ascii")
        scope["http_version"] = version
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = url.path
        scope["query_string"] = url.query or b""
        if version == "1.1":
            app = self._minding_host_and_expect(app)
        before = self.cycle
        self.cycle = Cycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, app))

    def _minding_host_and_expect(self, app: Any) -> Any:
        """What answers the request in place of *app* without a host, or with a wish that is not known."""
        expected = [value for name, value in self.headers if name == b"expect"]
        if not any(name == b"host" for name, _ in self.headers):
            return _nothing(400, [(b"connection", b"close")])
        if not expected:
            return app
        self.expect_100_continue = any(map(_CONTINUE.search, expected))
        return app if self.expect_100_continue else _nothing(417, [])

    def on_chunk_header(self) -> None:
        self._in_chunk = True

    def on_chunk_complete(self) -> None:
        self._in_chunk = False

    def on_body(self, body: bytes) -> None:
        self._has_content = True
        self._content -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._reading = NOTHING
        super().on_message_complete()

    # What goes out

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cast("Cycle", cycle)
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        if self._running is not None and self._running.lingers:
            self.server_state.total_requests += 1
            self._linger()
            return
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()
        else:
            self._wait_for_turn()

    def _wait_for_next(self) -> None:
        """Give an idle connection its time again: what came was no request, an empty line perhaps."""
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _look_at_deadline(self) -> None:
        """Refuse a request that has not come in time; one timer, set anew only when it has run out, costs least."""
        wait = min(self.head_deadline, self.body_deadline)
        if self._reading != NOTHING and self._since and not self._ahead:
            deadline = self.head_deadline if self._reading == HEAD else self.body_deadline
            wait = self._since + deadline - self.loop.time()
        if wait > 0:
            self._timer = self.loop.call_later(wait, self._look_at_deadline)
        elif not self._refused and not self.transport.is_closing():
            self._refuse(REQUEST_TIMEOUT)

    def _refuse(self, answer: bytes) -> None:
        """End the connection: with *answer*, unless an answer has begun. Requests without an answer get none."""
        running = self._running
        half_sent = running is not None and running.response_started and not running.response_complete
        self._refused = True
        self._ahead, self.flow.held = b"", False
        self._let_go()
        if half_sent or self.transport.is_closing():
            self.transport.close()
            return
        self.transport.write(answer)
        self._linger()

    def _linger(self) -> None:
        """End the connection, but read and drop for a while what the client still sends.

        A close that leaves it unread would take the answer away.
        """
        self._refused = True
        if self.transport.can_write_eof():  # not within TLS: there the end comes when the connection is closed
            self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(LINGER, self.transport.close)

    def _let_go(self) -> None:
        """Let every request that has no answer yet know that it needs none."""
        waiting = [cycle for cycle, _ in self.pipeline]
        self.pipeline.clear()
        for cycle in waiting if self._running is None else [self._running, *waiting]:
            if not cycle.response_complete:
                cycle.disconnected = True
            cycle.message_event.set()


class Cycle(RequestResponseCycle):
    """A request and its answer, whose head tells what becomes of the connection as Node's does."""

    lingers = False
    """Whether the connection ends with this answer, though the request's body has not come to its end."""

    async def send(self, message: Any) -> None:
        if self.response_started or message["type"] != "http.response.start":
            if self.more_body and not self.keep_alive and not message.get("more_body"):
                self.keep_alive = self.lingers = True  # else it would be closed at once
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        self.response_started = True
        self.waiting_for_100_continue = False
        self.transport.write(self._head(message["status"], [*self.default_headers, *message.get("headers", ())]))

    def _head(self, status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
        """The head of an answer, and what kind of body follows it."""
        lines = [STATUS_LINE[status]]
        for name, value in headers:
            if HEADER_VALUE_RE.search(value):
                raise RuntimeError(f"Invalid value of the header {name!r}")
            name = name.lower()  # noqa: PLW2901
            if name == b"content-length" and self.chunked_encoding is None:
                self.expected_content_length = int(value)
                self.chunked_encoding = False
            elif name == b"transfer-encoding" and value.lower() == b"chunked":
                self.expected_content_length = 0
                self.chunked_encoding = True
            elif name == b"connection":
                self.keep_alive = self.keep_alive and b"close" not in value.lower()
                continue
            lines += (name, b": ", value, b"\r\n")
        has_body = self.scope["method"] != "HEAD" and status not in (204, 304)
        unknown_length = self.chunked_encoding is None and has_body
        if unknown_length and self.scope["http_version"] != "1.1":
            self.keep_alive = False
        lines.append(KEEP_ALIVE if self.keep_alive else _CLOSE)
        if unknown_length:
            self.chunked_encoding = True
            lines.append(b"transfer-encoding: chunked\r\n")
        lines.append(b"\r\n")
        return b"".join(lines)


def _nothing(status: int, headers: list[tuple[bytes, bytes]]) -> ASGIApp:
    """Answers with that status and nothing else."""

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body"})

    return application


def _last_line(head: bytes) -> bytes:
    """What of an unfinished *head* the parser has not reported: the last line, a whole one if nothing follows it."""
    end = len(head) - 1 if head.endswith(b"\n") else len(head)
    return head[head.rfind(b"\n", 0, end) + 1 :]


def _length(line: bytes) -> int:
    """The bytes of a header's name and value in *line*; 0 for a request line, whose target is counted as it comes."""
    name, _, value = line.partition(b":")
    return 0 if b" " in name else len(name.strip()) + len(value.strip())
