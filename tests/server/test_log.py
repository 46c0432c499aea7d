"""The log: what was asked, what each filter left, and never a key."""

import asyncio
import json
import re
import subprocess
import sys
import time

import pytest

from asgi import ask
from small_data import document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations.journal import Journal, Notes
from vambe_mock.organisations.masking import LONGEST, KeyMasker
from vambe_mock.server.app import create_app
from vambe_mock.server.log import RequestLog
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
