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

from vambe_mock.contract.operation import is_endpoint
from vambe_mock.server.endpoint.answers import in_one_piece
from vambe_mock.server.endpoint.contacts import ContactsEndpoint, sending
from vambe_mock.server.endpoint.protocol import BODY, KEEP_ALIVE, MOST_HEADERS, NOTHING, Protocol

SPECIAL: Final = frozenset((b"prefer", b"origin", b"expect", b"content-length", b"transfer-encoding", b"upgrade"))
"""A request with one of these headers goes the usual road."""

NEEDED: Final = (
    (HttpToolsProtocol, ("on_message_begin", "on_response_complete", "_start_asgi_task", "timeout_keep_alive_handler")),
    (ServerState(), ("default_headers", "total_requests")),
)
"""What the quick road takes from uvicorn beyond what ``Protocol`` does."""

_END: Final = KEEP_ALIVE + b"\r\n"


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

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._target is not None:
            self._answer()

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
        for name, _ in self.headers:  # noqa: SIM110 - any() takes several times as long
            if name in SPECIAL:
                return False
        return True

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
            opened, answer = made
            data = in_one_piece(answer, self._start(answer.status, answer.content_type), _END)
            if data is None:
                self._take_usual_road(sending(made))
                return
            try:
                self.transport.write(data)
            finally:
                opened.finish(answer.status, answer.notes)
            if answer.sent is not None:
                answer.sent(not self.transport.is_closing())
        except Exception:  # whatever it is, it is told as uvicorn tells it
            self.logger.exception("Exception on the quick road\n")
            self.transport.close()
        self._target = None
        self.on_response_complete()

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
