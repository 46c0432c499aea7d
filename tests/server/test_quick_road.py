"""The quick road and the usual road give the same: bytes, log, record, and what becomes of the connection.

Connections are played in process, on a transport that notes what is written, so that thousands of them take seconds.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from small_data import AT_ANCHOR, NEW, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations.delivered import Answered, Delivered
from vambe_mock.organisations.drift import Drift
from vambe_mock.organisations.faults import Fault, FaultRule
from vambe_mock.organisations.journal import Exchange
from vambe_mock.organisations.lab import Lab
from vambe_mock.server import log, process
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.endpoint import answers, quick_road
from vambe_mock.server.endpoint.protocol import Protocol
from vambe_mock.server.endpoint.quick_road import QuickProtocol
from vambe_mock.server.settings import Settings

TURNS: Final = 40
"""Turns of the loop in which whatever was asked is answered."""
CONTACTS: Final = 12
DATE: Final = [(b"date", b"Sun, 01 Mar 2026 12:00:00 GMT")]
UNEQUAL: Final = re.compile(r"^\d\d:\d\d:\d\d|\d+\.\d ms$", re.MULTILINE)


class Wire(asyncio.Transport):
    """A transport that notes what goes out."""

    def __init__(self, protocol: Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.out = b""
        self.ends: list[str] = []
        self.is_paused = self._is_closing = False

    def write(self, data: Any) -> None:
        if not self._is_closing:
            self.out += data

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.ends.append("eof")

    def close(self) -> None:
        self._end("close")

    def abort(self) -> None:
        self._end("abort")

    def _end(self, how: str) -> None:
        if not self._is_closing:
            self.ends.append(how)
            self._is_closing = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def is_closing(self) -> bool:
        return self._is_closing

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


class Seen(NamedTuple):
    """What can be told of a connection from outside, and what the server keeps of it."""

    out: bytes
    ends: list[str]
    idle: bool
    """Whether the connection is to be closed unless something comes."""
    exchanges: list[Exchange]
    log: str
    counted: int
    kept: tuple[int, int, int, list[Answered]]
    """What the record has, and what was delivered."""


class Road:
    """An application, asked over one of the two protocols."""

    def __init__(self, protocol: type[Protocol], monkeypatch: pytest.MonkeyPatch) -> None:
        self.protocol = protocol
        rows = [contact(number, stage=NEW) if number % 2 else contact(number) for number in range(CONTACTS)]
        settings = Settings(now=AT_ANCHOR, cors=("http://page",)).checked()
        self.app: Application = create_app(from_document(document(*rows)), settings)
        self.config = process._config(self.app, settings)
        self.config.load()
        self.exchanges: list[Exchange] = []
        self.app.organisations.listen(self.exchanges.append)
        self.said: list[str] = []
        self.quick = 0
        monkeypatch.setattr(log, "_is_for_eyes", lambda: False)

    async def play(self, pieces: Sequence[bytes | str], special: str) -> Seen:
        """Play *pieces*: bytes that come, or what happens in between."""
        first = self.app.organisations.first
        first.reset()
        self.exchanges.clear()
        self.said.clear()
        if special == "fault":
            rule = FaultRule.model_validate({"match": {"every": 2}, "effect": {"kind": "status", "status": 503}})
            first.faults.append(Fault.of(1, rule))
        elif special in {"lab", "drift"}:
            first.lab = Lab(delivered=Delivered(most=100), drift=Drift() if special == "drift" else None)
        state = ServerState()
        state.default_headers = DATE
        protocol = self.protocol(self.config, state, {})
        wire = Wire(protocol)
        protocol.connection_made(wire)
        for piece in pieces:
            await self._happen(piece, protocol, wire)
        await _settle()
        idle = protocol.timeout_keep_alive_task is not None and not protocol.timeout_keep_alive_task.cancelled()
        unattributed = self.app.organisations.unattributed.record.total
        whole = first.lab.delivered.whole if first.lab and first.lab.delivered else 0
        answers = [*first.lab.delivered.answers] if first.lab and first.lab.delivered else []
        kept = (len(first.record), unattributed, whole, [one._replace(number=0) for one in answers])
        if not wire.is_closing():
            wire.close()
        await _settle()
        exchanges = [one._replace(milliseconds=0, number=0) for one in self.exchanges]
        lines = UNEQUAL.sub("", "\n".join(self.said))
        return Seen(wire.out, wire.ends, idle, exchanges, lines, state.total_requests, kept)

    async def _happen(self, piece: bytes | str, protocol: Protocol, wire: Wire) -> None:
        if piece == "time passes":
            await _settle()
        elif piece == "full":
            protocol.pause_writing()
        elif piece == "empty again":
            protocol.resume_writing()
        elif piece == "server ends" and not wire.is_closing():
            protocol.shutdown()
        elif piece == "client ends" and not wire.is_closing():
            protocol.eof_received()
            if "eof" not in wire.ends:
                wire.close()
        elif isinstance(piece, bytes):
            if wire.is_paused:
                await _settle()
            if not wire.is_closing() and not wire.is_paused:
                protocol.data_received(piece)
                await asyncio.sleep(0)  # what comes in one turn of the loop is mostly one piece


async def _settle() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


class Roads(NamedTuple):
    """The two of them."""

    usual: Road
    quick: Road

    def play(self, pieces: Sequence[bytes | str], special: str = "") -> tuple[Seen, Seen]:
        """What is seen on each."""

        async def on_both() -> tuple[Seen, Seen]:
            seen = []
            for road in self:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(log, "say", road.said.append)
                    seen.append(await road.play(pieces, special))
            return seen[0], seen[1]

        return asyncio.run(on_both())


@pytest.fixture(scope="module")
def roads() -> Any:
    """The usual road and the quick one; more than six contacts are a large answer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "PIECE", 6)
        yield Roads(Road(Protocol, patch), Road(QuickProtocol, patch))


PATH: Final = b"/api/public/contacts"
TARGETS: Final = (
    *(
        PATH + query
        for query in (b"?days=30&limit=2", b"?days=30", b"?days=1&foo=b%C3%A9&x-api-key=test-key", b"?days=0")
    ),
    *(PATH + query for query in (b"", b"?", b"?days=30&offset=99", b"?days=30&limit=6&pipeline_id=1", b"?days=3#a")),
    b"http://a" + PATH + b"?days=30&limit=1",
    b"/API/public/Contacts/?days=30&limit=1",
    b"/api/public/contact%73?days=30",
    b"/readyz",
    b"/x?days=30",
    b"/x?\xc3",
)
FIELDS: Final = (
    b"x-api-key: test-key",
    b"X-Api-Key:  test-key\t",
    b"x-api-key: other",
    b"x-api-key:",
    b"Connection: close",
    b"Connection: keep-alive",
    b"Connection: close, keep-alive",
    b"Connection: Upgrade",
    b"Upgrade: h2c",
    b"Prefer: code=503",
    b"prefer: keep-alive",
    b"Origin: http://page",
    b"Origin: keep-alive",
    b"Expect: 100-continue",
    b"Content-Length: 0",
    b"Content-Length: 3",
    b"Transfer-Encoding: chunked",
    b"a: " + b"b" * 300,
    b"no colon",
    b"b: \x01",
)
ENDS: Final = (
    b"",
    b"",
    b"",
    b"abc",
    b"\r\n",
    b"3\r\nabc\r\n0\r\n\r\n",
    b"0\r\nx-api-key: test-key\r\n\r\n",
    b"\x16\x03",
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request, mostly a plain one."""
    if draw(st.booleans()):
        method, target, version, fields, end = b"GET", draw(st.sampled_from(TARGETS[:6])), b"HTTP/1.1", [FIELDS[0]], b""
        fields = [FIELDS[0], *draw(st.lists(st.sampled_from(FIELDS[4:13]), max_size=1))]
    else:
        method = draw(st.sampled_from((b"GET", b"GET", b"HEAD", b"POST", b"OPTIONS", b"CONNECT", b"get")))
        target = draw(st.sampled_from(TARGETS))
        version = draw(st.sampled_from((b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0")))
        fields, end = draw(st.lists(st.sampled_from(FIELDS), max_size=4)), draw(st.sampled_from(ENDS))
    return b"\r\n".join([b"%b %b %b" % (method, target, version), b"Host: a", *fields, b"", end])


HAPPENINGS: Final = ("time passes", "time passes", "time passes", "full", "empty again", "client ends", "server ends")


@st.composite
def connections(draw: st.DrawFn) -> list[bytes | str]:
    """Some requests in pieces, and what happens between these."""
    asked = draw(st.lists(requests(), min_size=1, max_size=4))
    if draw(st.booleans()):  # each in one piece, as most come; and again, with headers that are known then
        return [one for request in asked + asked for one in (request, "time passes")]
    raw = b"".join(asked)
    cuts = sorted(draw(st.lists(st.integers(0, len(raw)), max_size=4)))
    pieces = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    played: list[bytes | str] = []
    for piece in pieces:
        played += [piece, *draw(st.lists(st.sampled_from(HAPPENINGS), max_size=2))]
    return [one for one in played if one]


GOOD: Final = b"GET " + TARGETS[0] + b" HTTP/1.1\r\nHost: a\r\nx-api-key: test-key\r\n\r\n"
LARGE: Final = GOOD.replace(b"&limit=2", b"")


@given(pieces=connections(), special=st.sampled_from(("", "", "", "fault", "lab")))
@example([GOOD, "time passes", GOOD], "")
@example([GOOD, GOOD], "")
@example([GOOD, GOOD.replace(b"&limit=2", b"#a"), GOOD.replace(b"=2", b"=2\x7f"), GOOD], "")
@example([GOOD, GOOD.replace(b"contacts?", b"contacts/?"), GOOD.replace(b"=2", b"=\xc3"), GOOD], "")
@example([GOOD, GOOD[:40], GOOD, GOOD[40:], GOOD], "")
@example([GOOD, b"\r", GOOD, b"\n", GOOD + b"\r\n", GOOD], "")
@example([GOOD, LARGE, "time passes", GOOD, "full", GOOD, "empty again", GOOD], "")
@example([GOOD, GOOD, "server ends", GOOD], "")
@example([GOOD.replace(b"Host: a", b"A: b\r\n c"), GOOD[:-4] + b"\r\n c\r\n\r\n", GOOD, GOOD], "")
@example([GOOD + GOOD + LARGE + GOOD], "")
@example([GOOD + GOOD[:20], "time passes", GOOD[20:]], "")
@example([GOOD + b"\x16\x03"], "")
@example([GOOD, b"\x16\x03"], "")
@example([GOOD, "client ends"], "")
@example([GOOD, "time passes", b"\r\n"], "")
@example([LARGE, "server ends"], "")
@example([LARGE, GOOD, "time passes", GOOD], "")
@example(["full", GOOD, GOOD, "time passes", "empty again"], "")
@example([GOOD, "time passes", GOOD, "time passes"], "fault")
@example([GOOD, "time passes", LARGE, "time passes"], "lab")
def test_both_roads_give_the_same(roads: Roads, pieces: list[bytes | str], special: str) -> None:
    """Whatever comes, whole or in pieces, and whatever happens meanwhile (`quick-road`)."""
    usual, quick = roads.play(pieces, special)
    assert quick == usual


def test_a_plain_request_goes_the_quick_road_and_others_do_not(roads: Roads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this, both roads could be one (`quick-road`)."""
    started: list[bytes] = []
    start = Protocol._start_asgi_task

    def noting(self: Protocol, cycle: Any, app: Any) -> None:
        started.append(cycle.scope["raw_path"])
        start(self, cycle, app)

    monkeypatch.setattr(Protocol, "_start_asgi_task", noting)

    def tasks(*pieces: bytes | str, special: str = "") -> int:
        started.clear()
        usual, _ = roads.play(pieces, special)
        assert usual.out.startswith(b"HTTP/1.1 ")
        return len(started) - usual.counted

    refused = GOOD.replace(b"test-key", b"other")
    assert tasks(GOOD, "time passes", refused, "time passes", GOOD.replace(b"30", b"0")) == 0
    assert tasks(GOOD + GOOD) == 2
    assert tasks(LARGE) == 1
    assert tasks(GOOD, special="fault") == tasks(GOOD, special="drift") == 1
    assert tasks(GOOD, special="lab") == 0  # it only notes what was delivered, and in which answers
    for field in (b"Prefer: code=503", b"Origin: http://page", b"Expect: 100-continue", b"Connection: close"):
        assert tasks(GOOD.replace(b"Host: a", field)) == 1
    for before, after in ((b"GET ", b"HEAD "), (b"/1.1", b"/1.0"), (b"Host: a", b"Content-Length: 0")):
        assert tasks(GOOD.replace(before, after)) == 1


def test_known_headers_are_not_parsed_again(roads: Roads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the parser might see in another way is left to it (`quick-road`)."""
    parsed: list[bytes] = []
    receive = Protocol.data_received

    def noting(self: Protocol, data: bytes) -> None:
        if isinstance(self, QuickProtocol):
            parsed.append(data)
        receive(self, data)

    monkeypatch.setattr(Protocol, "data_received", noting)
    quick_road._known.clear()
    another = GOOD.replace(b"limit=2", b"limit=3")
    for piece in (
        LARGE,
        GOOD + GOOD,
        GOOD.replace(b"GET", b"HEAD"),
        GOOD.replace(b"days=30", b"days=30#"),
        GOOD.replace(b"days=30", b"days=\xc3"),
        GOOD.replace(b"/api", b"/Api"),
        GOOD.replace(b"Host: a", b"Host: b"),
        GOOD.replace(b"/1.1", b"/1.0"),
        GOOD[:-1],
    ):
        parsed.clear()
        roads.play([GOOD, another, piece])
        assert parsed == [GOOD, piece]
    for filler in range(2 * quick_road.MOST_KNOWN):
        quick_road._remember(GOOD.replace(b"Host: a", b"Host: %d" % filler), [(b"host", b""), (b"x-api-key", b"")])
    assert len(quick_road._known) <= quick_road.MOST_KNOWN


def test_an_idle_connection_is_closed_after_the_last_answer(roads: Roads) -> None:
    """A request that was not parsed sets no timer, but the timer that runs waits for it (`kept-alive`)."""

    async def play() -> list[list[str]]:
        road = roads.quick
        protocol = QuickProtocol(road.config, ServerState(), {})
        wire = Wire(protocol)
        protocol.connection_made(wire)
        protocol.data_received(GOOD)
        seen = []
        for last_answer in (0.0, -0.9 * protocol.timeout_keep_alive, -protocol.timeout_keep_alive):
            protocol.data_received(GOOD)
            protocol._idle_since += last_answer
            protocol.timeout_keep_alive_handler()
            seen.append(list(wire.ends))
        await _settle()
        return seen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "say", roads.quick.said.append)
        ends = asyncio.run(play())
    assert ends == [[], [], ["close"]]


def test_a_uvicorn_without_what_is_needed_has_the_usual_road(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It serves all the same, and the log says why it is slower (`quick-road`)."""
    process._tell_of_missing()
    assert capsys.readouterr().err == ""
    assert quick_road.protocol() is QuickProtocol
    monkeypatch.setattr(quick_road, "NEEDED", ((Protocol, ("on_message_begin", "not_there")),))
    assert quick_road.protocol() is Protocol
    process._tell_of_missing()
    assert "has no not_there, so requests for contacts are answered more slowly" in capsys.readouterr().err


def test_a_defect_of_the_quick_road_is_told(
    roads: Roads, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection is closed and the log has the traceback, as uvicorn does it (`quick-road`)."""
    monkeypatch.setattr(quick_road, "head_and_body", lambda *_: 1 / 0)
    _, quick = roads.play([GOOD])
    assert (quick.out, quick.ends) == (b"", ["close"])
    assert "ZeroDivisionError" in caplog.text
