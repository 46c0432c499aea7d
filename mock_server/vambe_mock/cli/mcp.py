"""``vambe-mock mcp``: the tools of ``vambe_mock.admin.mcp`` over stdio, with three that run our own commands.

Standard output is the protocol's; everything else is said on standard error. The end of standard input is the end.
"""

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import anyio
from anyio import to_thread

from vambe_mock.admin.mcp import texts
from vambe_mock.admin.mcp.calls import NO_ANSWER, PATIENCE, Answer, Json, Mock, Refused, Unanswered
from vambe_mock.admin.mcp.tools import FEW, Arguments, Tool
from vambe_mock.cli.exec import without_proxy
from vambe_mock.cli.explain import is_base_url
from vambe_mock.contract.operation import PATH
from vambe_mock.contract.suggestions import did_you_mean
from vambe_mock.datasets.complaints import shown
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import DEFAULT_KEY, SOURCES, STANDALONE, Settings, options
from vambe_mock.testing.client import AdminClient, MockError, trusting
from vambe_mock.testing.server import VambeMock

LONGEST: Final = 900.0
"""Seconds that a command of a tool may take."""
LAST: Final = 4_000
"""Characters of a command's output that a result shows, its end."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A mock at *url*, asked over HTTP from threads; over HTTPS, *ca_file* has the authority to trust."""

    url: str
    key: str
    client: AdminClient
    ca_file: str | None = None

    async def admin(self, method: str, path: str, body: Json = None, /, **query: Any) -> Json:
        """See Mock."""
        try:
            return await to_thread.run_sync(lambda: self.client(method, path, body, **query))
        except MockError as error:
            raise Refused(str(error)) from None
        except (OSError, HTTPException, ValueError) as error:
            raise Unanswered(f"{self.url} does not answer: {error}; wanted a running vambe-mock") from None

    async def contacts(self, query: str) -> Answer:
        """See Mock."""
        return await to_thread.run_sync(self._contacts, query)

    def _contacts(self, query: str) -> Answer:
        target = f"{self.url}{PATH.decode()}?{query}"
        try:
            asked = Request(target, headers={"x-api-key": self.key})  # noqa: S310 - http, judged at the start
            handlers = [ProxyHandler({}), *self._https()]
            with build_opener(*handlers).open(asked, timeout=PATIENCE) as answer:
                return _answer(answer)
        except HTTPError as refusal:
            with refusal:
                return _answer(refusal)
        except (OSError, HTTPException, ValueError) as error:
            raise Unanswered(f"{NO_ANSWER} ({type(error).__name__})") from None

    def _https(self) -> list[HTTPSHandler]:
        parts = urlsplit(self.url)
        return [HTTPSHandler(context=trusting(parts.hostname or "", self.ca_file))] if parts.scheme == "https" else []


def _answer(response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, headers, response.read())


def serve(settings: Settings, url: str | None, allowed: Sequence[str]) -> None:
    """Speak over stdio until standard input ends: for the mock at *url*, or one of its own with *settings*.

    *allowed* are the commands that the tool ``sync_check`` may run, as they are typed. Raises SettingsError.
    """
    try:
        import mcp.server  # noqa: F401
    except ImportError:
        raise SettingsError("mcp needs the extra mcp; wanted: pip install 'vambe-mock[mcp]'") from None
    with ExitStack() as stack:
        attach = url is not None
        if url is None:
            mock = stack.enter_context(VambeMock(**_given(settings)))
            url, key, token = mock.url, mock.api_key, mock.admin_token
            ca_file = None if mock.ca_file is None else str(mock.ca_file)
        else:
            key, token, ca_file = _of_environment(url)
        try:
            client = AdminClient(url, key, token, ca_file=ca_file)
        except OSError as error:
            raise SettingsError(f"VAMBE_CA_FILE {ca_file}: {error}; wanted a file of certificates in PEM") from None
        stack.callback(client.close)
        attached = Attached(url.rstrip("/"), key, client, ca_file)
        commands = _Commands(attached, [_words(one) for one in allowed], stack)
        _leave_at_signals(commands, stack)
        secret = "the key that this server has in VAMBE_API_KEY" if attach else f"VAMBE_API_KEY={key}"
        trust = f" It trusts the CA file {ca_file}." if ca_file else ""
        where = f"A client of yours reaches this mock with VAMBE_BASE_URL={attached.url} and {secret}.{trust}"
        anyio.run(_speak, attached, where, commands)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        problem = f"--allow-command {command!r}: {str(error).lower()}; wanted one as a shell takes it"
        raise SettingsError(f"{problem}, e.g. 'python my_sync.py'") from None


def _leave_at_signals(commands: "_Commands", stack: ExitStack) -> None:
    """A signal ends the program at once, its commands with it, and leaves no folder.

    Unwinding would wait for the thread that reads standard input, which a terminal or a client may keep open.
    """

    def leave(number: int, _frame: object) -> None:
        commands.end()
        stack.close()
        os._exit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, leave) for number in numbers}
    stack.callback(lambda: [signal.signal(number, handler) for number, handler in before.items()])


def _of_environment(url: str) -> tuple[str, str | None, str | None]:
    """Key, admin token and CA file for the mock at *url*. Raises SettingsError."""
    if not is_base_url(url):
        raise SettingsError(f"--url: {url!r} is no base URL of a mock; wanted one like http://127.0.0.1:8262")
    key, token, ca_file = (
        os.environ.get(name) or None for name in ("VAMBE_API_KEY", "VAMBE_MOCK_ADMIN_TOKEN", "VAMBE_CA_FILE")
    )
    return key or DEFAULT_KEY, token, ca_file if urlsplit(url).scheme == "https" else None


def _given(settings: Settings) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: getattr(settings, name) for name in [one.name for one in options()] if name not in STANDALONE
    }
    if not any(given[name] is not None for name in SOURCES):
        given["fixture"] = "default"
    return given | {"port": 0, "quiet": True}


async def _speak(mock: Mock, where: str, commands: "_Commands") -> None:
    from mcp.server.stdio import stdio_server

    from vambe_mock.admin import problems
    from vambe_mock.admin.application import api
    from vambe_mock.admin.mcp.server import server

    models = (await problems.document_of(api(needs_token=False)[0]))["components"]["schemas"]
    report = texts.Text(
        "vambe-mock://report", "report", "The JSON report of the last check_target or sync_check.",
        "application/json", lambda: commands.report,
    )  # fmt: skip
    speaker = server(lambda _: mock, models, more=commands.tools(), resources=(*texts.RESOURCES, report), where=where)
    async with stdio_server() as (heard, said):
        await speaker.run(heard, said, speaker.create_initialization_options())


class _Commands:
    """The tools that run a command of ours, and the last report that one of them has written."""

    def __init__(self, mock: Attached, allowed: Sequence[Sequence[str]], stack: ExitStack) -> None:
        self._mock = mock
        self._allowed = [list(one) for one in allowed]
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vambe-mock-mcp-")))
        self.report = "{}"
        self._running: set[asyncio.subprocess.Process] = set()

    def end(self) -> None:
        """End the commands that run."""
        for process in self._running:
            with suppress(ProcessLookupError):
                process.terminate()

    def tools(self) -> tuple[Tool, ...]:
        options = {"type": "array", "items": {"type": "string"}, "description": "Further options of the command."}
        typed = [" ".join(one) for one in self._allowed]
        return (
            Tool(
                "generate_data", "Generate a data set",
                "Write a file of realistic contacts: NDJSON, JSON, CSV, Parquet or SQLite by its ending. "
                "vambe-mock generate --help tells the options.",
                {
                    "file": {"type": "string", "description": "Where to write it, e.g. contacts.ndjson."},
                    "contacts": {"type": "integer", "minimum": 1, "maximum": 10**8, "description": "How many."},
                    "seed": {"type": "integer", "minimum": 0, "maximum": 2**63, "description": "The seed."},
                    "options": options,
                },
                self._generate, needs=("file", "contacts"), destructive=True,
            ),
            Tool(
                "check_target", "Check a server against the rules",
                "Judge this mock, or the server at target, by the rules of the ledger; at most 120 requests, all GET. "
                "The whole report is the resource vambe-mock://report.",
                {
                    "target": {"type": "string", "description": "Base URL; default: this mock. Key: VAMBE_API_KEY."},
                    "options": options,
                },
                self._check, read_only=True, open_world=True,
            ),
            Tool(
                "sync_check", "Check a sync client",
                "Poll with a command through every hazard, and tell which contacts its copy would lose. Only commands "
                "that the user has allowed: " + ("; ".join(typed) or "none; the user starts with --allow-command."),
                {
                    "command": {"type": "string", "description": "The command of one poll, as it was allowed."},
                    "copy": {"type": "string", "description": "Where its copy is, e.g. {dir}/contacts.json."},
                    "only": {"type": "array", "items": {"type": "string"}, "description": "Only these hazards."},
                    "options": options,
                },
                self._sync_check, needs=("command",), destructive=True, open_world=True,
            ),
        )  # fmt: skip

    async def _generate(self, _mock: Mock, arguments: Arguments) -> Json:
        seed = ["--seed", str(arguments["seed"])] if "seed" in arguments else []
        size = ["--contacts", str(arguments["contacts"])]
        code, text = await self._run("generate", *size, *seed, *_plain(arguments), "--", arguments["file"])
        if code:
            raise Refused(text)
        return {"written": arguments["file"], "said": text}

    async def _check(self, _mock: Mock, arguments: Arguments) -> Json:
        report = self._folder / "check.json"
        target = arguments.get("target", self._mock.url)
        key = {} if "target" in arguments else {"VAMBE_API_KEY": self._mock.key}
        trusted = () if "target" in arguments or self._mock.ca_file is None else ("--ca-file", self._mock.ca_file)
        return await self._reported(
            report, "check", "--target", target, "--json", str(report), *trusted, *_plain(arguments), environment=key
        )

    async def _sync_check(self, _mock: Mock, arguments: Arguments) -> Json:
        command = shlex.split(arguments["command"])
        if command not in self._allowed:
            allowed = "; ".join(f"sync_check {json.dumps({'command': shlex.join(one)})}" for one in self._allowed)
            raise Refused(
                f"command: {shown(arguments['command'])} is not allowed; wanted "
                + (f"one that the user has allowed: {allowed}" if allowed else "a user who starts the server with ")
                + f"vambe-mock mcp --allow-command {shlex.quote(arguments['command'])[:200]}" * (not allowed)
            )
        _judge_hazards(arguments.get("only", ()))
        report = self._folder / "sync.json"
        copy = ["--copy", arguments["copy"]] if "copy" in arguments else []
        only = [word for slug in arguments.get("only", ()) for word in ("--only", slug)]
        return await self._reported(
            report, "sync-check", "--json", str(report), *copy, *only, *_plain(arguments), "--", *command
        )

    async def _reported(self, report: Path, *words: str, environment: dict[str, str] | None = None) -> Json:
        """Run a command that ends with 0 or 1 and has written *report*."""
        self.report = "{}"
        code, text = await self._run(*words, environment=environment)
        found = await to_thread.run_sync(_read_away, report)
        if code not in (0, 1) or found is None:
            raise Refused(text or f"vambe-mock {words[0]} ended with {code}")
        self.report = found
        return {"exit_code": code, "passed": code == 0, **_short(json.loads(found)), "said": text}

    async def _run(self, *words: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
        """Run ``vambe-mock`` with *words*: its exit code, and the end of what it said. Ended with us."""
        surroundings = {**os.environ, **without_proxy(os.environ), **(environment or {}), "NO_COLOR": "1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "vambe_mock", *words,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=surroundings,
        )  # fmt: skip
        self._running.add(process)
        try:
            with anyio.fail_after(LONGEST):
                said, _ = await process.communicate()
        except TimeoutError:
            raise Refused(f"vambe-mock {words[0]} was ended after {LONGEST:.0f} seconds") from None
        finally:
            if process.returncode is None:
                process.terminate()
                with anyio.CancelScope(shield=True):
                    await process.wait()
            self._running.discard(process)
        return process.returncode or 0, _last_lines(said.decode("utf-8", "replace"))


def _last_lines(said: str) -> str:
    """The end of what a command said, in whole lines and without the blanks of a table's edge."""
    text = "\n".join(line.rstrip() for line in said.strip().splitlines())
    return text if len(text) <= LAST else text[-LAST:].partition("\n")[2]


def _read_away(report: Path) -> str | None:
    """The text of the file, which is removed; None if there is none."""
    if not report.exists():
        return None
    text = report.read_text(encoding="utf-8")
    report.unlink()
    return text


def _judge_hazards(only: Sequence[str]) -> None:
    """Refuse what is no hazard, in the words of the tool."""
    from vambe_mock.sync.hazards import BY_SLUG  # the server starts without it

    for place, slug in enumerate(only):
        if slug not in BY_SLUG:
            near = did_you_mean(slug, BY_SLUG)
            raise Refused(f"only[{place}]: {shown(slug)}; {near}wanted of {', '.join(BY_SLUG)}")


def _plain(arguments: Arguments) -> list[str]:
    """The further options; no word that would end them."""
    options: list[str] = arguments.get("options", [])
    if "--" in options or not all(isinstance(one, str) for one in options):
        raise Refused('options has --, or what is no text; wanted options of the command, e.g. ["--seed", "7"]')
    return options


def _short(report: Json) -> Json:
    """What of a report fits into a result: its counts, and the first rows that are not good."""
    rows = report.get("hazards") or report.get("rules") or []
    good = {"survived", "not met", "conforms", "inconclusive"}
    bad = [row for row in rows if isinstance(row, dict) and str(row.get("verdict", row.get("status"))) not in good]
    counts: dict[str, int] = {}
    for row in rows:
        verdict = str(row.get("verdict", row.get("status")))
        counts[verdict] = counts.get(verdict, 0) + 1
    return {"counts": counts, "findings": len(bad), "rows": bad[:FEW]}
