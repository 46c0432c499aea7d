"""The quick road: a plain request for contacts is answered at once, without scope, task and messages of ASGI.

They cost more than the answer. This road is for a GET of the endpoint's path over HTTP/1.1 that has no body, wants its
connection kept, and is the last that has come, all before it being answered. Everything else, and whatever a fault, a
trigger or a header has a say in, goes the usual road to the same endpoint; the bytes are the same (`quick-road`).
"""

import time
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from vambe_mock.contract.operation import PATH, is_endpoint
from vambe_mock.server.endpoint.answers import head_and_body
from vambe_mock.server.endpoint.contacts import ContactsEndpoint, Made, sending
from vambe_mock.server.endpoint.protocol import BODY, KEEP_ALIVE, MOST_HEADERS, NOTHING, Protocol

SPECIAL: Final = frozenset((b"prefer", b"origin", b"expect", b"content-length", b"transfer-encoding", b"upgrade"))
"""A request with one of these headers goes the usual road."""

NEEDED: Final = (
    (HttpToolsProtocol, ("on_message_begin", "on_response_complete", "_start_asgi_task", "timeout_keep_alive_handler")),
    (ServerState(), ("default_headers", "total_requests")),
)
"""What the quick road takes from uvicorn beyond what ``Protocol`` does."""

MOST_KNOWN: Final = 256
"""How many different header blocks are known; one more, and all are forgotten."""

LONGEST_KNOWN: Final = 4_096
"""The most bytes of a request that is recognised without being parsed."""

Headers = list[tuple[bytes, bytes]]

_END: Final = KEEP_ALIVE + b"\r\n"
_DEFECT: Final = "Exception on the quick road\n"
_LINE: Final = b"GET " + PATH + b"?"
_VERSION: Final = b" HTTP/1.1\r\n"
_PLAIN: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~!$&'()*+,;=:@%/?"
"""What a query may be made of (RFC 3986); anything else is the parser's business."""

_known: Final[dict[bytes, Headers]] = {}
"""The headers of blocks that the parser has found to be those of a plain request.

A client sends the same headers again and again, and all that follows from them, however it is parsed, is the same.
"""


def protocol() -> type[Protocol]:
    """What speaks HTTP: with the quick road, unless this is a uvicorn that does not have what it needs."""
    return Protocol if missing() else QuickProtocol


def missing() -> str:
    """What the quick road needs and this uvicorn does not have; or nothing."""
    return ", ".join(name for owner, names in NEEDED for name in names if not hasattr(owner, name))


class QuickProtocol(Protocol):
    """One connection."""

    _starts: tuple[Any, dict[tuple[int, bytes], bytes]] = (None, {})
    """The beginnings of heads by status and content type, as long as the default headers (the date) stay."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        endpoint = getattr(self.app, "endpoint", None)
        self._endpoint = endpoint if isinstance(endpoint, ContactsEndpoint) else None
        self._target: Any = None  # of the plain request that waits for its answer until all that has come is parsed
        self._is_between = False  # whether the last that came was one plain request, which has its answer
        self._idle_since = 0.0  # when the last request that was not parsed had its answer

    def data_received(self, data: bytes) -> None:
        if self._is_between and self._is_answered(data):
            return
        self._is_between = False
        super().data_received(data)
        if self._target is not None:
            headers = self.headers
            self._answer()
            if self._is_between:
                _remember(data, headers)

    def _is_answered(self, data: bytes) -> bool:
        """Answer *data* if it is one plain request with known headers, without parsing it; whether it was."""
        line, _, block = data.partition(_VERSION)
        headers = _known.get(block)
        if (
            headers is None
            or self._endpoint is None
            or not line.startswith(_LINE)
            or line.translate(None, _PLAIN) != b" "  # the one behind GET
            or len(line) > LONGEST_KNOWN
            or self.flow.write_paused
            or self.transport.is_closing()
        ):
            return False
        made = None
        try:
            made = self._endpoint.plainly(headers, "GET", PATH, line[len(_LINE) :], time.perf_counter())
            if made is None:
                return False
            if not self._is_sent(made):
                self._is_between = False
                super().data_received(data)
                self._take_usual_road(sending(made))
                return True
        except Exception:  # whatever it is, it is told as uvicorn tells it
            self.logger.exception(_DEFECT)
            self.transport.close()
        self.server_state.total_requests += 1
        self._idle_since = self.loop.time()
        return True

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless requests that were not parsed have kept it busy: they set no timer anew."""
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0 and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _is_idle(self) -> bool:
        return self._target is None and (self.cycle is None or self.cycle.response_complete)

    def on_message_begin(self) -> None:
        if self._target is not None:
            self._take_usual_road()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if not self._is_plain():
            super().on_headers_complete()
            return
        target = httptools.parse_url(self.url)
        if is_endpoint(target.path):
            self._reading, self._target = BODY, target
        else:
            super().on_headers_complete()

    def _is_plain(self) -> bool:
        """Whether nothing but the path may keep the request, whose head has come, from the quick road."""
        parser, before = self.parser, self.cycle
        if (
            self._endpoint is None
            or not (before is None or before.response_complete)
            or self.flow.write_paused
            or len(self.headers) >= MOST_HEADERS  # there may be one that is not seen
            or parser.get_method() != b"GET"
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
        ):
            return False
        has_host = False
        for name, _ in self.headers:  # any() takes several times as long
            if name in SPECIAL:
                return False
            has_host = has_host or name == b"host"
        return has_host

    def on_message_complete(self) -> None:
        if self._target is None:
            super().on_message_complete()
        else:
            self._reading = NOTHING

    def _refuse(self, answer: bytes) -> None:
        if self._target is not None:
            self._take_usual_road()
        super()._refuse(answer)

    def _take_usual_road(self, app: Any = None) -> None:
        """Have *app*, by default the application, answer the plain request after all."""
        target, self._target = self._target, None
        self._open(b"GET", "1.1", target, app or self.app, keep_alive=True)
        if self._reading == NOTHING:
            self.cycle.more_body = False
            self.cycle.message_event.set()

    def _answer(self) -> None:
        """Answer the plain request, which is whole."""
        endpoint, target = self._endpoint, self._target
        if endpoint is None or self._reading != NOTHING or self.transport.is_closing():
            self._take_usual_road()
            return
        try:
            made = endpoint.plainly(self.headers, "GET", target.path, target.query or b"", time.perf_counter())
            if made is None:
                self._take_usual_road()
                return
            if not self._is_sent(made):
                self._take_usual_road(sending(made))
                return
            self._is_between = True
        except Exception:
            self.logger.exception(_DEFECT)
            self.transport.close()
        self._target = None
        self.on_response_complete()

    def _is_sent(self, made: Made) -> bool:
        """Send an answer and finish its exchange, unless the answer is too large for one write."""
        opened, answer = made
        pieces = head_and_body(answer, self._start(answer.status, answer.content_type), _END)
        if pieces is None:
            return False
        try:
            self.transport.writelines(pieces)
        finally:
            exchange = opened.finish(answer.status, answer.notes)
        if answer.sent is not None:
            answer.sent(not self.transport.is_closing(), exchange)
        return True

    def _start(self, status: int, content_type: bytes) -> bytes:
        """The head of an answer up to the value of Content-Length."""
        fields, starts = QuickProtocol._starts
        if fields is not self.server_state.default_headers:
            fields, starts = QuickProtocol._starts = (self.server_state.default_headers, {})
        start = starts.get((status, content_type))
        if start is None:
            lines = [*fields, (b"content-type", content_type)]
            told = [b"%b: %b\r\n" % (name.lower(), value) for name, value in lines]
            start = starts[status, content_type] = b"".join([STATUS_LINE[status], *told, b"content-length: "])
        return start


def _remember(data: bytes, headers: Headers) -> None:
    """Know the headers of *data*, which has ended with a plain request, if the whole of that is there to be seen."""
    line, _, block = data.partition(_VERSION)
    if line.startswith(_LINE) and len(data) <= LONGEST_KNOWN and block.count(b"\r\n") == len(headers) + 1:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[block] = headers
