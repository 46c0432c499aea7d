"""The judge before targets that cannot be judged, or hardly: it ends in time, with a clear word and the right code."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from judge_targets import KEY, Handler, answer, listening, self_signed
from servers import Server, StartServer

HTML = (200, {"content-type": "text/html"}, b"<!doctype html><title>Log in</title>")
AWAY = (302, {"location": "https://example.org/a?b"}, b"")
ONE = {
    "id": "df980fc8-b6db-4820-bf22-2969482d106d",
    "name": "A",
    "phone": None,
    "email": None,
    "platform": "sms",
    "last_message_at": None,
    "chat_status": "CLOSED",
    "created_at": "2024-01-15T10:00:00.000Z",
    "updated_at": "2024-01-16T09:30:00.000Z",
    "client_id": "123e4567-e89b-42d3-a456-426614174000",
    "ai_customer_id": None,
    "default_stage_id": None,
    "blocked": False,
    "is_chat_read": True,
    "active_ticket_v2": None,
}


CHECK = [sys.executable, "-m", "vambe_mock", "check", "--generated", "0"]


def check(url: str, *options: str, key: str = KEY) -> "subprocess.CompletedProcess[str]":
    """``vambe-mock check`` of *url* without schemathesis."""
    environment = {**os.environ, "VAMBE_API_KEY": key}
    environment.pop("GITHUB_ACTIONS", None)
    return subprocess.run(
        [*CHECK, "--target", url, *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=400,
    )


@pytest.mark.parametrize(
    ("handler", "word"),
    [
        pytest.param(lambda *_: answer(401, {"statusCode": 401, "message": "no"}), "answers 401 to the key", id="401"),
        pytest.param(lambda *_: HTML, "answers with HTML", id="html"),
        pytest.param(lambda *_: AWAY, "redirects to https://example.org (302)", id="redirect"),
        pytest.param(lambda *_: answer(404, {}), "nothing at /api/public/contacts", id="another address"),
        pytest.param(lambda *_: answer(503, {}), "is not available (503)", id="down"),
        pytest.param(lambda *_: answer(429, {}, **{"retry-after": "60"}), "429 or 503 for more", id="429 for ever"),
    ],
)  # fmt: skip
def test_target_that_cannot_be_judged(handler: Handler, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line on standard error says why, the exit code is 2, and nothing else is printed."""
    monkeypatch.setenv("VAMBE_CHECK_PATIENCE", "1")
    with listening(handler) as url:
        done = check(url)
    assert done.returncode == 2
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_nobody_listens() -> None:
    """A refused connection is told as such."""
    with listening(lambda *_: answer(200, [])) as url:
        pass
    done = check(url)
    assert (done.returncode, "connection refused" in done.stderr) == (2, True)


def test_target_that_answers_too_late() -> None:
    """After one answer that does not come in time, the judge is done."""
    started = time.monotonic()
    with listening(lambda *_: answer(200, []), wait=30) as url:
        done = check(url, "--timeout", "1")
    assert time.monotonic() - started < 20
    assert (done.returncode, "no answer within 1 second" in done.stderr) == (2, True)


def test_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    """A certificate that cannot be checked is named as the reason."""
    with listening(lambda *_: answer(200, []), certificate=self_signed(tmp_path)) as url:
        done = check(url)
    assert (done.returncode, "the certificate is not trusted" in done.stderr) == (2, True)


def test_budget_that_is_spent() -> None:
    """A run that was cut short is no success, and says so."""
    with listening(lambda *_: answer(200, [])) as url:
        done = check(url, "--max-requests", "3")
    assert "the budget of 3 requests is spent" in done.stdout
    assert done.returncode in (1, 2)


def test_key_that_is_not_there() -> None:
    """Without a key and without a person to ask, nothing is sent."""
    done = check("http://127.0.0.1:9", key="")
    assert done.returncode == 2
    assert (
        done.stderr
        == "vambe-mock: VAMBE_API_KEY is not set; wanted the target's API key in it, or --api-key-env NAME\n"
    )


PROMPT = "API key (VAMBE_API_KEY is not set): "


def typed(text: str) -> tuple[int, str]:
    """A run without a key in the environment, at whose prompt somebody types *text*: exit code, rest of stderr."""
    mine, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "VAMBE_API_KEY"}
    command = [*CHECK, "--max-requests", "2", "--target"]
    with (
        listening(lambda _p, _q, headers: answer(200 if headers.get("x-api-key") == KEY else 401, [])) as url,
        subprocess.Popen(
            [*command, url], env=environment, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, start_new_session=True,
        ) as run,
    ):  # fmt: skip
        assert run.stderr is not None
        assert run.stderr.read(len(PROMPT)) == PROMPT
        os.write(mine, text.encode())  # not before the prompt, which discards what was typed ahead
        complaint = run.communicate(timeout=300)[1]
    os.close(mine)
    os.close(theirs)
    return run.returncode, complaint


def test_key_that_is_typed() -> None:
    """Without a key in the environment a person is asked for it; what is typed is the key, and is not shown."""
    _, complaint = typed(f"{KEY}\n")
    assert complaint == "\n"


def test_key_that_is_not_typed() -> None:
    """A person who types nothing, or ends the input, is told what is missing; the exit code is 2."""
    for text in ("\n", "\x04"):
        code, complaint = typed(text)
        assert (code, "VAMBE_API_KEY is not set; wanted" in complaint.splitlines()[-1]) == (2, True)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--pipeline", "x=y"), "wanted ID=STAGE,STAGE"),
        (("--custom-field", "status=Active"), "wanted e.g. customer.status=Active"),
        (("--target-now", "yesterday"), "wanted one like 2026-01-31T09:30:00Z"),
        (("--known", "nowhere.toml"), "no such file"),
        (("--junit", "nowhere/report.xml"), "nowhere/report.xml: no such directory; wanted a file to write"),
        (("--html", "."), ".: is a directory; wanted a file to write"),
    ],
)
def test_option_that_is_not_understood(options: tuple[str, ...], word: str) -> None:
    """One line says what came and what is wanted; the exit code is 2."""
    done = check("http://127.0.0.1:9", *options)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert word in done.stderr


def test_address_that_is_none() -> None:
    """A target without a scheme is refused before anything is sent."""
    assert "wanted one like http://127.0.0.1:8262" in check("localhost:8262").stderr


def test_empty_target_is_judged_by_what_it_refuses(start_server: StartServer) -> None:
    """A target without contacts conforms as far as it shows; what it cannot show fails with ``--strict``."""
    server = start_server("--fixture", "empty")
    done = check(server.url, key=server.api_key)
    assert done.returncode == 0, done.stdout
    assert "as far as its data shows" in done.stdout
    assert check(server.url, "--strict", key=server.api_key).returncode == 1


def test_one_contact_raises_nothing(start_server: StartServer, tmp_path: Path) -> None:
    """A target with a single contact is judged without an alarm."""
    path = tmp_path / "one.json"
    document: dict[str, object] = {
        "format": "vambe-mock/1",
        "anchor": "2024-02-01T00:00:00.000Z",
        "client_id": ONE["client_id"],
        "contacts": [{**ONE, "custom_fields": {}}],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    server = start_server("--data", str(path))
    done = check(server.url, key=server.api_key)
    assert done.returncode == 0, done.stdout


def test_frozen_clock_is_told_or_inconclusive(start_server: StartServer) -> None:
    """A target whose clock stands elsewhere raises no alarm, and is judged exactly where its clock is said."""
    frozen = (datetime.now(UTC) - timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    server = start_server("--now", frozen)
    untold = check(server.url, key=server.api_key)
    assert untold.returncode == 0, untold.stdout
    assert "--target-now" in untold.stdout
    told = check(server.url, "--target-now", frozen, key=server.api_key)
    assert told.returncode == 0, told.stdout
    assert "--target-now" not in told.stdout


def test_more_contacts_than_one_question_shows(start_server: StartServer) -> None:
    """Beyond the window the judge knows a part of the contacts, and a correct target raises no alarm."""
    server = start_server("--contacts", "1500", "--seed", "1")
    done = check(server.url, key=server.api_key)
    assert done.returncode == 0, done.stdout
    assert "violates" not in done.stdout
    told = re.search(r"([0-9]+) requests, all GET", done.stdout)
    assert told is not None
    assert int(told[1]) <= 120


def disturbed(server: Server, meanwhile: Callable[["subprocess.Popen[str]"], None]) -> tuple[int, str, str]:
    """A slow run in the middle of which something happens: exit code, output, complaint."""
    command = [*CHECK, "--target", server.url, "--pace", "0.05"]
    environment = {**os.environ, "VAMBE_API_KEY": server.api_key}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        while "days=366" not in server.log(until="days=366") and run.poll() is None:
            pass  # the log itself waits, and on a busy machine a run is slow to start
        meanwhile(run)
        said, complaint = run.communicate(timeout=300)
    return run.returncode, said, complaint


def test_interrupted_run_passes_for_nothing(start_server: StartServer) -> None:
    """After Ctrl-C the report says that the run was cut short, and the exit code is 2."""
    code, said, complaint = disturbed(start_server(), lambda run: run.send_signal(signal.SIGINT))
    assert code == 2, said + complaint
    assert "interrupted" in said + complaint
    assert "Traceback" not in complaint


def test_target_that_dies_on_the_way(start_server: StartServer) -> None:
    """When nobody answers any more, the run ends soon, and the exit code is 2."""
    server = start_server()
    code, said, complaint = disturbed(server, lambda _run: server.process.kill())
    assert code == 2, said + complaint
    assert "could not connect" in said + complaint


def test_variable_that_is_not_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value from the environment is blamed on its variable, and not on a flag."""
    monkeypatch.setenv("VAMBE_CHECK_PATIENCE", "long")
    done = check("http://127.0.0.1:9")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert 'VAMBE_CHECK_PATIENCE="long"; wanted a number, 0 to 86400, for example' in done.stderr


def test_help_shows_every_word(tmp_path: Path) -> None:
    """What stands in square brackets is shown in the help: the tables of --about, the defaults told in words."""
    done = subprocess.run(
        [*CHECK, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "200"},
    )
    text = " ".join(done.stdout.split())
    assert "a TOML file: [pipelines] and [custom_fields]." in text
    assert "[default: a fresh mock]" in text
    assert "\\" not in text
