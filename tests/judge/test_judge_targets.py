"""The judge before targets that cannot be judged, or hardly: it ends in time, with a clear word and the right code."""

import gzip
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from commands import Done, refused, vambe
from judge_targets import KEY, Handler, Reply, answer, listening, self_signed
from servers import API_KEY, Server, program
from vambe_judge import pytest_runner
from vambe_judge.asking.client import Limits
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.asking.options import Options
from vambe_judge.judging import rules
from vambe_judge.judging.verdicts import Finding, Outcome, Verdict
from vambe_judge.judging_run import Run, Target, prepare
from vambe_judge.reports.report import Report
from vambe_mock.datasets.fixtures import fixture_set
from vambe_mock.datasets.loading import load
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

HTML = (200, {"content-type": "text/html"}, b"<!doctype html><title>Log in</title>")
GZIP = (200, {"content-type": "application/json", "content-encoding": "gzip"}, gzip.compress(b"[]"))
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


def check(url: str, *options: str, key: str = KEY) -> Done:
    """``vambe-mock check`` of *url* without schemathesis."""
    with patch.dict(os.environ, {"VAMBE_API_KEY": key}), patch.object(sys, "stdin", StringIO()):
        return vambe("check", "--generated", "0", "--target", url, *options)


LOCAL = Options(generated=0)


def judged(transport: AsgiTransport, options: Options = LOCAL) -> Report:
    """The report on an application in this process, without schemathesis."""
    judge = prepare(Target("http://127.0.0.1", API_KEY, transport=transport), options, Limits())
    with closing(judge.client):
        judge.begin()
        running = Run(judge)
        for rule in rules.RULES:
            running.hear(rule)
        return running.report()


def mock(document: Path, **settings: Any) -> AsgiTransport:
    """The mock with the data of a file."""
    return AsgiTransport(create_app(load(document), Settings(quiet=True, **settings).checked()))


@pytest.mark.parametrize(
    ("handler", "word"),
    [
        pytest.param(lambda *_: answer(401, {"statusCode": 401, "message": "no"}), "answers 401 to the key", id="401"),
        pytest.param(lambda *_: HTML, "answers with HTML", id="html"),
        pytest.param(lambda *_: AWAY, "redirects to https://example.org (302)", id="redirect"),
        pytest.param(lambda *_: answer(404, {}), "nothing at /api/public/contacts", id="another address"),
        pytest.param(lambda *_: GZIP, "has a Content-Encoding, although the request has", id="compressed all the same"),
        pytest.param(lambda *_: answer(503, {}), "is not available (503)", id="down"),
        pytest.param(lambda *_: answer(429, {}, **{"retry-after": "60"}), "429 or 503 for more", id="429 for ever"),
    ],
)  # fmt: skip
def test_target_that_cannot_be_judged(handler: Handler, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line on standard error says why, the exit code is 2, and nothing else is printed."""
    monkeypatch.setenv("VAMBE_CHECK_PATIENCE", "1")
    with listening(handler) as url:
        done = check(url)
    assert done.code == 2
    assert word in done.err
    assert len(done.err.splitlines()) == 1
    assert done.out == ""


def test_nobody_listens() -> None:
    """A refused connection is told as such."""
    with listening(lambda *_: answer(200, [])) as url:
        pass
    done = check(url)
    assert (done.code, "connection refused" in done.err) == (2, True)


def test_target_that_answers_too_late() -> None:
    """After one answer that does not come in time, the judge is done."""
    started = time.monotonic()
    with listening(lambda *_: answer(200, []), wait=30) as url:
        done = check(url, "--timeout", "1")
    assert time.monotonic() - started < 20
    assert (done.code, "no answer within 1 second" in done.err) == (2, True)


def test_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    """A certificate that cannot be checked is named as the reason."""
    with listening(lambda *_: answer(200, []), certificate=self_signed(tmp_path)) as url:
        done = check(url)
    assert (done.code, "the certificate is not trusted" in done.err) == (2, True)


def test_budget_that_is_spent() -> None:
    """A run that was cut short is no success, and says so."""
    with listening(lambda *_: answer(200, [])) as url:
        done = check(url, "--max-requests", "3")
    assert "the budget of 3 requests is spent" in done.out
    assert done.code in (1, 2)


def test_key_that_is_not_there() -> None:
    """Without a key and without a person to ask, nothing is sent."""
    done = check("http://127.0.0.1:9", key="")
    assert done.code == 2
    assert (
        done.err == "vambe-mock: VAMBE_API_KEY is not set; wanted the target's API key in it, or --api-key-env NAME\n"
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
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert word in done.err


def test_address_that_is_none() -> None:
    """A target without a scheme is refused before anything is sent."""
    assert "wanted one like http://127.0.0.1:8262" in check("localhost:8262").err


def test_empty_target_is_judged_by_what_it_refuses() -> None:
    """A target without contacts conforms as far as it shows; what it cannot show fails with ``--strict``."""
    report = judged(mock(fixture_set("empty")))
    assert (report.exit_code, "as far as its data shows" in report.summary) == (0, True), report.summary
    assert replace(report, strict=True).exit_code == 1


def test_one_contact_raises_nothing(tmp_path: Path) -> None:
    """A target with a single contact is judged without an alarm."""
    path = tmp_path / "one.json"
    document: dict[str, object] = {
        "format": "vambe-mock/1",
        "anchor": "2024-02-01T00:00:00.000Z",
        "client_id": ONE["client_id"],
        "contacts": [{**ONE, "custom_fields": {}}],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    report = judged(mock(path))
    assert report.exit_code == 0, report.summary


def test_frozen_clock_is_told_or_inconclusive() -> None:
    """A target whose clock stands elsewhere raises no alarm, and is judged exactly where its clock is said."""
    frozen = (int(time.time()) - 20 * 86_400) * 1_000
    hints = []
    for now in (None, frozen):
        report = judged(mock(fixture_set("default"), now=frozen), replace(LOCAL, now=now))
        assert report.exit_code == 0, report.summary
        hints.append("--target-now" in json.dumps(report.to_json()))
    assert hints == [True, False]


def test_more_contacts_than_one_question_shows(tmp_path: Path) -> None:
    """Beyond the window the judge knows a part of the contacts, and a correct target raises no alarm."""
    assert vambe("generate", tmp_path / "c.json", "--contacts", "1500", "--seed", "1", "--quiet").code == 0
    report = judged(mock(tmp_path / "c.json"))
    assert report.exit_code == 0, report.summary
    assert report.counts[Verdict.VIOLATES] == 0
    assert len(report.sent) <= 120


def test_interrupted_run_passes_for_nothing() -> None:
    """After Ctrl-C the report says that the run was cut short, and the exit code is 2."""
    pressed: list[subprocess.Popen[str]] = []

    def pressing(_path: str, query: dict[str, str], _headers: dict[str, str]) -> Reply:
        if query.get("days") == "366":
            pressed[0].send_signal(signal.SIGINT)
        return answer(200 if query.get("days") in ("1", None) else 400, [])

    with listening(pressing) as url:
        command = [*CHECK, "--target", url, "--pace", "0.05"]
        environment = {**os.environ, "VAMBE_API_KEY": KEY}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            pressed.append(run)
            said, complaint = run.communicate(timeout=300)
    assert run.returncode in (1, 2), said + complaint  # such a target breaks a rule or two before
    assert "interrupted, so no more requests were sent" in said
    assert complaint == ""


class Dying(AsgiTransport):
    """The mock, until it is asked for 366 days."""

    dead = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """An answer while it lives, else a refused connection."""
        self.dead = self.dead or b"days=366" in request.extensions["target"]
        if self.dead:
            raise httpx.ConnectError("connection refused")
        return super().handle_request(request)


def test_target_that_dies_on_the_way() -> None:
    """When nobody answers any more, the run ends soon, and the exit code is 2."""
    report = judged(Dying(create_app(load(fixture_set("default")), Settings(quiet=True).checked())))
    assert report.exit_code == 2
    assert report.cut_short == "3 requests in a row could not connect, so no more were sent"


def test_variable_that_is_not_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value from the environment is blamed on its variable, and not on a flag."""
    monkeypatch.setenv("VAMBE_CHECK_PATIENCE", "long")
    done = check("http://127.0.0.1:9")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert 'VAMBE_CHECK_PATIENCE="long"; wanted a number, 0 to 86400, for example' in done.err


def test_help_shows_every_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in square brackets is shown in the help: the tables of --about, the defaults told in words."""
    monkeypatch.setenv("COLUMNS", "200")
    text = " ".join(vambe("check", "--help").out.split())
    assert "a TOML file: [pipelines], [custom_fields], [contacts]." in text
    assert "[default: a fresh mock]" in text
    assert "\\" not in text


def test_the_mocks_own_pipelines_are_told(server: Server, tmp_path: Path) -> None:
    """docs/judge.md says how: what its lines write is a file for --about, with every pipeline that has stages."""
    for name in ("curl", "jq"):
        program(name.upper(), name, f"install {name}")
    text = (Path(__file__).parents[2] / "docs" / "judge.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"^curl -s http://127\.0\.0\.1:8262/__admin/pipelines .*\n.*about\.toml$", text, re.MULTILINE)
    subprocess.run(lines.replace("http://127.0.0.1:8262", server.url), shell=True, check=True, cwd=tmp_path)  # noqa: S602
    told = Options().with_target_data([], [], tmp_path / "about.toml").pipelines
    due = httpx.get(f"{server.url}/__admin/pipelines").json()
    assert told == {one["id"]: tuple(each["id"] for each in one["stages"]) for one in due if one["stages"]} != {}


@pytest.mark.parametrize(
    ("module", "options"),
    [("httpx", ()), ("schemathesis", ()), ("jinja2", ("--html", "r.html")), ("junitparser", ("--junit", "r.xml"))],
)
def test_check_without_its_extra(module: str, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not installed is told at the start in one line that says how to install it; the exit code is 2."""
    monkeypatch.setitem(sys.modules, module, None)
    said = f"vambe-mock: check needs {module}, which is not installed: pip install 'vambe-mock[check]'\n"
    assert refused("check", "--target", "http://127.0.0.1:9", *options) == said


@pytest.mark.parametrize(
    ("outcome", "pytests", "code"),
    [
        (Outcome("days-range", "documented", "", [Finding("1", Verdict.CONFORMS, "documented")]), 0, 0),
        (Outcome("days-range", "documented", "", [Finding("1", Verdict.VIOLATES, "documented")]), 1, 1),
        (Outcome("days-range", "documented", "", stumbled="internal error in the judge: KeyError"), 1, 2),
        (Outcome("days-range", "documented", "", [Finding("1", Verdict.CONFORMS, "documented")]), 1, 2),
        (Outcome("days-range", "documented", "", [Finding("1", Verdict.CONFORMS, "documented")]), 5, 5),
    ],
)
def test_pytest_ends_as_check_does(outcome: Outcome, pytests: int, code: int) -> None:
    """``pytest contract_tests`` ends with 1 for findings alone, with 2 where the judge itself failed."""
    report = Report("http://x", "now", 0.0, [outcome], [])
    stash = {pytest_runner.RUN: SimpleNamespace(report=lambda: report)}
    session: Any = SimpleNamespace(config=SimpleNamespace(stash=stash), exitstatus=pytests)
    pytest_runner.pytest_sessionfinish(session)
    assert session.exitstatus == code
