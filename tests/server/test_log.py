"""The log: what was asked, what each filter left, and never a key."""

import asyncio
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from asgi import ask
from small_data import document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations.journal import Journal, Notes
from vambe_mock.organisations.masking import LONGEST, KeyMasker
from vambe_mock.server import log
from vambe_mock.server.app import create_app
from vambe_mock.server.log import RequestLog
from vambe_mock.server.output import MOST_KEPT, Output
from vambe_mock.server.settings import LogFormat, Settings

STEPS = {"": 1000, "days": 412, "stage_id": 37, "limit": 20}


def logged(
    capsys: pytest.CaptureFixture[str],
    target: str,
    status: int,
    notes: Notes | None = None,
    log_format: LogFormat = "text",
) -> str:
    """What stands in the log after a GET of *target* is finished."""

    async def write() -> None:
        journal = Journal()
        log = RequestLog(log_format, KeyMasker(["test-key", "other key", "b+c/="]))
        journal.listeners.append(log.write)
        journal.open("GET", target, time.perf_counter()).finish(status, notes or Notes())
        await asyncio.sleep(0)

    asyncio.run(write())
    return capsys.readouterr().out


def test_a_line_tells_what_each_filter_left(capsys: pytest.CaptureFixture[str]) -> None:
    """The line has status, method, target, the steps, the ignored names and the time (`request-log`)."""
    line = logged(capsys, "/api/public/contacts?days=30", 200, Notes(ignored=("foo",), steps=STEPS))
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d 200 GET /api/public/contacts\?days=30"
        r"  1000 → days 412 → stage_id 37 → limit 20  ignored: foo  \d+\.\d ms\n",
        line,
    )


def test_a_line_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """--log-format json writes one object a line with the same facts (`request-log`)."""
    line = logged(capsys, "/x?days=0", 400, Notes(message="Validation failed"), "json")
    entry = json.loads(line)
    assert line.count("\n") == 1
    assert (entry["status"], entry["target"], entry["message"]) == (400, "/x?days=0", "Validation failed")


SECRETS = [
    ("a key of the server, anywhere", "/x?a=test-key&b=1", "/x?a=***&b=1"),
    ("a key with a blank", "/x?a=other key", "/x?a=***"),
    ("a foreign key in the query", "/x?x-api-key=s3cret&b=1", "/x?x-api-key=***&b=1"),
    ("a token in the query", "/x?b=1&access_token=s3cret", "/x?b=1&access_token=***"),
    ("in other letters", "/x?API_KEY=s3cret", "/x?API_KEY=***"),
    ("the name of a custom field is none", "/x?custom_field_key=status", "/x?custom_field_key=status"),
    ("a key encoded", "/x?a=%74est%2Dkey", "/x?a=***"),
    ("a key with signs, encoded", "/x?a=b%2Bc%2F%3D", "/x?a=***"),
    ("a key with a blank, as a plus", "/x?a=other+key", "/x?a=***"),
    ("a key for a name", "/x?test-key=1", "/x?***=***"),
    ("a key in the path", "/test%2Dkey/x?a=1", "/***/x?a=1"),
    ("the value of a custom field", "/x?custom_field_key=test-key", "/x?custom_field_key=***"),
    ("an empty secret hides nothing", "/x?key=&b=1", "/x?key=&b=1"),
]


@pytest.mark.parametrize(("target", "shown"), [row[1:] for row in SECRETS], ids=[row[0] for row in SECRETS])
def test_keys_are_masked(capsys: pytest.CaptureFixture[str], target: str, shown: str) -> None:
    """No key stands in the log in clear, not even one sent in the wrong place (`keys-are-masked`)."""
    assert f" {shown}  " in logged(capsys, target, 401)
    assert json.loads(logged(capsys, target, 401, log_format="json"))["target"] == shown


def test_ignored_names_are_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A key sent as a parameter's name is masked as well (`keys-are-masked`)."""
    assert "test-key" not in logged(capsys, "/x", 200, Notes(ignored=("test-key",)))


def test_a_line_cannot_be_forged(capsys: pytest.CaptureFixture[str]) -> None:
    """Characters that do not print are written as escapes, and a target without end is cut (`request-log`)."""
    line = logged(capsys, "/x?\n200 GET /forged\x1b[2J", 404)
    assert line.count("\n") == 1
    assert r"\n200 GET /forged\x1b[2J" in line
    message = logged(capsys, "/x", 400, Notes(message='Custom field "\n200 GET /forged\u2028test-key" not found'))
    assert message.count("\n") == 1
    assert r'"\n200 GET /forged\u2028***" not found' in message
    assert len(logged(capsys, "/" + "a" * 10**6, 404)) < LONGEST + 100


def test_quiet_logs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """With --quiet no request is logged (`request-log`)."""
    for quiet in (True, False):
        ask(create_app(from_document(document()), Settings(quiet=quiet)), "days=30")
        assert bool(capsys.readouterr().out) is not quiet


def test_long_lines_cost_little(capsys: pytest.CaptureFixture[str]) -> None:
    """A target made to be slow to mask, or a crowd of ignored names, holds nobody up (`request-log`)."""
    for target in ("/x?" + "key" * 20_000, "/x" + "?key" * 15_000, "/x?" + "key=&" * 12_000, "/x?" + "%" * 60_000):
        before = time.process_time()
        logged(capsys, target, 404)
        assert time.process_time() - before < 5  # milliseconds, unless the work grows with the square of the length
    line = logged(capsys, "/x", 200, Notes(ignored=tuple(f"p{number}" for number in range(1_000))))
    assert "ignored: p0, p1, " in line
    assert "p19, ...  " in line


def test_a_reader_that_leaves_does_not_end_the_program() -> None:
    """When nobody reads standard output any more, what is said is lost and nothing else (`request-log`)."""
    code = "import sys; from vambe_mock.server.log import say; [say('x' * 9000) for _ in range(99)]"
    command = [sys.executable, "-c", code + "; sys.stderr.write('alive')"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.close()
        assert program.stderr is not None
        assert program.stderr.read() == b"alive"
    assert program.returncode == 0


LINE = "x" * 90
MANY = 3 * MOST_KEPT // len(LINE)


def _pipe() -> tuple[int, int]:
    return os.pipe()


def _sockets() -> tuple[int, int]:
    ends = socket.socketpair()
    return ends[0].detach(), ends[1].detach()


def _no_second_way(*_: object) -> int:
    raise PermissionError


@pytest.mark.parametrize("kind", ["pipe", "pipe of another user", "socket"])
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "JSON"])
def test_what_nobody_reads_waits_within_bounds(kind: str, as_json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines wait up to a megabyte; who reads at last learns how many more there were (`log-waits-for-nobody`)."""
    end, other = _sockets() if kind == "socket" else _pipe()
    monkeypatch.setattr(Output, "json_lines", as_json)
    with os.fdopen(end, "rb", buffering=0) as reader, os.fdopen(other, "w", encoding="utf-8") as writer:
        if kind == "pipe of another user":
            monkeypatch.setattr(os, "open", _no_second_way)
        written = Output(writer)
        for number in range(MANY):
            written.say(f"{number} {LINE}")
        assert written.is_waiting
        assert written._size <= MOST_KEPT
        os.set_blocking(end, False)
        got = b""
        while written.is_waiting:
            got += reader.read(1 << 20) or b""
            written.drain()
        written.say("last")
        got += reader.read(1 << 20)
    *lines, about, last = got.decode().splitlines()
    assert lines == [f"{number} {LINE}" for number in range(len(lines))]
    dropped = MANY - len(lines)
    assert 0 < dropped < MANY
    assert last == "last"
    if as_json:
        assert json.loads(about) == {"event": "dropped", "lines": dropped}
    else:
        assert about.startswith(f"vambe-mock: {dropped:,} lines were dropped")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_an_encoding_without_arrows_gets_plain_ones(tmp_path: Path, encoding: str) -> None:
    """Nothing is raised, whatever stands in the line (`log-waits-for-nobody`)."""
    with (tmp_path / "log").open("w", encoding=encoding) as stream:
        Output(stream).say("1000 → days 412 …  \u4e2d")
    line = (tmp_path / "log").read_text(encoding)
    plain = line.startswith("1000 -> days 412 ...")
    assert line.startswith("1000 → days 412 …") if encoding == "utf-8" else plain


def test_a_server_whose_output_nobody_reads_answers_and_ends() -> None:
    """It answers hundreds of requests beyond what the pipe takes, and hears SIGTERM (`log-waits-for-nobody`)."""
    fcntl = pytest.importorskip("fcntl")
    if not hasattr(fcntl, "F_SETPIPE_SZ"):
        pytest.skip("only Linux makes a pipe smaller")
    end, other = os.pipe()
    fcntl.fcntl(other, fcntl.F_SETPIPE_SZ, 4_096)
    command = [sys.executable, "-m", "vambe_mock", "serve", "--port", "0", "--fixture", "tiny"]
    with subprocess.Popen(command, stdout=other) as process:
        os.close(other)
        with ExitStack() as stack:
            reader = stack.enter_context(os.fdopen(end, "rb", buffering=0))
            try:
                url = reader.readline().split()[1].decode()
                client = stack.enter_context(httpx.Client(timeout=20, trust_env=False))
                for _ in range(200):
                    assert client.get(f"{url}/readyz?{LINE}").status_code == 200
            finally:
                process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "wanted"),
    [
        (_Terminal, {}, True),
        (_Terminal, {"NO_COLOR": ""}, True),
        (_Terminal, {"NO_COLOR": "1"}, False),
        (_Terminal, {"TERM": "dumb"}, False),
        (io.StringIO, {}, False),
    ],
)
def test_a_terminal_gets_colours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, stream: Any, environment: Any, wanted: bool
) -> None:
    """The status is coloured on a terminal, unless NO_COLOR or TERM say otherwise (`request-log`)."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream())
        assert log._is_for_eyes() is (wanted and os.name != "nt")
    monkeypatch.setattr(log, "_is_for_eyes", lambda: wanted)
    assert (" \x1b[33m404\x1b[0m GET " if wanted else " 404 GET ") in logged(capsys, "/x", 404)


def test_the_log_tells_why_the_admin_api_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Its line has the reason that the answer has, and which field is to blame (`request-log`)."""
    app = create_app(from_document(document()), Settings())
    ask(app, path=b"/__admin/nothing", headers=[(b"host", b"localhost")])
    assert "404 GET /__admin/nothing  the admin API has no /__admin/nothing" in capsys.readouterr().out
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    ask(app, path=b"/__admin/contacts", method="POST", headers=headers, body=b'{"nmae": 1}')
    assert "422 POST /__admin/contacts  " in (line := capsys.readouterr().out)
    assert line.count("body.nmae: no such field") == 1


def test_the_pages_files_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """Opening a page is one line and its document, not its script, style and icon too (`request-log`)."""
    assert logged(capsys, "/docs/swagger-ui.css?v=1", 200) == ""
    assert logged(capsys, "/__admin/docs/swagger-ui-bundle.js", 200) == ""
    assert "/docs/swagger-ui.css" in logged(capsys, "/docs/swagger-ui.css", 500)
    assert "/docs " in logged(capsys, "/docs", 200)


ENDPOINT = "/api/public/contacts"
HINTS = [
    ("?updated_after=2026-01-31T09:30:00+02:00", "is sent as %2B, e.g. 2026-01-31T09:30:00%2B02:00"),
    ("?updated_after=2026-01-31T09:30:00+0200", "is sent as %2B, e.g. 2026-01-31T09:30:00%2B02:00"),
    ("?created_after=2026-01-31T09:30:00.5%2B0200", "needs a colon, e.g. 2026-01-31T09:30:00.5%2B02:00"),
    ("?created_after=2026-01-31T09:30:00-0300", "needs a colon, e.g. 2026-01-31T09:30:00-03:00"),
    ("?created_after=2026-01-31", "created_after needs a time and a zone, e.g. 2026-01-31T00:00:00Z"),
    ("?created_after=2026-01-31T09:30", "created_after needs a zone, e.g. 2026-01-31T09:30Z"),
    ("?created_after=2026-01-31+09:30:00Z", "needs a T between date and time, e.g. 2026-01-31T09:30:00Z"),
    ("?created_after=yesterday&days=x", ""),
    ("?days=2026-01-31", ""),
]
PATHS = [
    ("/api/public/contact", ENDPOINT),
    ("/public/contacts?days=30", ENDPOINT),
    ("/contacts", ENDPOINT),
    ("//api/public/contacts", ENDPOINT),
    ("/api/v1/public/contacts/", ENDPOINT),
    ("/api/public/contacts%0A", ENDPOINT),
    ("/api/public/contactss", ENDPOINT),
    ("/api/public/contact/serch", "/api/public/contacts/search"),
    ("/doc", "/docs"),
    ("/ready", "/readyz"),
    ("/", ""),
    ("/" + "a" * 9_000, ""),
]


@pytest.mark.parametrize(("query", "hinted"), HINTS)
def test_the_log_hints_at_an_instant_that_is_nearly_right(
    capsys: pytest.CaptureFixture[str], query: str, hinted: str
) -> None:
    """A plus that is a blank, a zone without colon, a date without time: with what would work (`log-hints`)."""
    line = logged(capsys, ENDPOINT + query, 400, Notes(message="Validation failed"))
    assert (f"{hinted}  " in line) if hinted else ("hint" not in line)
    entry = json.loads(logged(capsys, ENDPOINT + query, 400, log_format="json"))
    assert entry.get("hint", "").endswith(hinted)
    assert "hint" not in logged(capsys, ENDPOINT + query, 200)


@pytest.mark.parametrize(("target", "near"), PATHS)
def test_the_log_hints_at_a_path_that_is_nearly_right(
    capsys: pytest.CaptureFixture[str], target: str, near: str
) -> None:
    """A 404 for a path that is like one of ours says which (`log-hints`)."""
    line = logged(capsys, target, 404)
    assert (f"hint: did you mean {near}?" in line) if near else ("hint" not in line)
    assert "takes GET and HEAD" in logged(capsys, "/API/public/contacts/?days=30", 404)
