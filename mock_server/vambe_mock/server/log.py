"""The log: one line per request, with what was asked, what each filter left, and the outcome. Keys are masked.

As text, ``09:30:00 200 GET /api/public/contacts?days=30&limit=20  1000 → days 412 → limit 20  0.2 ms``; or as JSON.
A line waits for nobody: ``output`` keeps what cannot be written at once.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from vambe_mock.admin.hints import hint
from vambe_mock.admin.paths import DOCS, FILES
from vambe_mock.contract.instants import write as write_instant
from vambe_mock.organisations.journal import MOST_NAMED, Exchange
from vambe_mock.organisations.masking import KeyMasker
from vambe_mock.server.output import Output, output
from vambe_mock.server.settings import LogFormat
from vambe_mock.store.store import Steps

MOST_WAITING: Final = 100
"""The most lines that are collected before they are written."""

TRY_AGAIN: Final = 0.1
"""Seconds until it is tried again to write what the reader did not take."""

UNTOLD: Final = frozenset(f"{page}/{name}" for page in ("/docs", DOCS) for name in FILES)
"""The static files of the pages, which the pages ask for and no person does; they are not logged."""

HINTED: Final = (400, 404)

Hint = Callable[[Exchange], str]

_COLOURS: Final = {"0": "35", "2": "32", "3": "36", "4": "33", "5": "31"}


class RequestLog:
    """Writes one line for each finished exchange to standard output.

    While every turn of the event loop adds exchanges, they are collected, up to MOST_WAITING, and their lines made and
    written together when the answers are out: one write per line would cost a third of a request's time. They have one
    time of day.
    """

    def __init__(self, log_format: LogFormat, masker: KeyMasker, *, neighbours: bool = True) -> None:
        """Write lines as *log_format*, masked by *masker*; hint at the neighbours if there are any."""
        self._line = _json if log_format == "json" else _coloured if _is_for_eyes() else _text
        self._time = _instant if log_format == "json" else _time_of_day
        Output.json_lines = log_format == "json"
        self._masker = masker
        self._hint: Hint = partial(hint, neighbours=neighbours)
        self._waiting: list[Exchange] = []
        self._seen = 0
        self._tries_again = False

    def write(self, exchange: Exchange) -> None:
        """Log *exchange* as one line, as soon as the running event loop is idle."""
        if exchange.query is None and exchange.status in (200, 304) and exchange.target.partition("?")[0] in UNTOLD:
            return
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(exchange)

    def _flush(self) -> None:
        """Write the lines of what was collected, unless this turn of the loop has added some, as the next may too."""
        if self._seen < len(self._waiting) < MOST_WAITING:
            self._seen = len(self._waiting)
            asyncio.get_running_loop().call_soon(self._flush)
            return
        exchanges, self._waiting, self._seen = self._waiting, [], 0
        at, line, masker, hinted = self._time(), self._line, self._masker, self._hint
        say("\n".join([line(exchange, masker, at, hinted) for exchange in exchanges]))
        self._try_again()

    def _try_again(self) -> None:
        """Come back as long as the reader leaves something."""
        written = output()
        if written is not None and written.is_waiting and not self._tries_again:
            self._tries_again = True
            asyncio.get_running_loop().call_later(TRY_AGAIN, self._go_on, written)

    def _go_on(self, written: Output) -> None:
        self._tries_again = False
        written.drain()
        self._try_again()


def say(text: str) -> None:
    """Print *text* to standard output, without waiting. Once its reader is gone, it is discarded."""
    written = output()
    if written is not None:
        written.say(text)
    elif sys.stdout is not None:
        print(text, flush=True)  # noqa: T201


def _is_for_eyes() -> bool:
    """Whether standard output is a terminal that shows colours, and its user wants them (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or os.name == "nt":
        return False
    return sys.stdout is not None and sys.stdout.isatty()


def path_of(steps: Steps) -> str:
    """*steps* as ``1000 → days 412 → limit 20``."""
    return " → ".join([f"{name} {left}" if name else str(left) for name, left in steps.items()])


def _time_of_day() -> str:
    return time.strftime("%H:%M:%S")


def _instant() -> str:
    return write_instant(time.time_ns() // 1_000_000)


def _text(exchange: Exchange, masker: KeyMasker, at: str, hint: Hint, status: Callable[[int], str] = str) -> str:
    method, target, _, code, _, milliseconds, _, message, ignored, steps, _ = exchange  # quicker than by their names
    line = f"{at} {status(code)} {method} {masker.target(target)}"
    if steps:
        line += "  " + path_of(steps)
    if message:
        line += "  " + masker.text(message)
    if code in HINTED and (hinted := hint(exchange)):
        line += f"  hint: {hinted}"
    if ignored:
        line += "  ignored: " + ", ".join(_ignored(exchange, masker))
    return f"{line}  {milliseconds:.1f} ms"


def _coloured(exchange: Exchange, masker: KeyMasker, at: str, hint: Hint) -> str:
    return _text(exchange, masker, at, hint, lambda status: f"\x1b[{_COLOURS.get(str(status)[0], '0')}m{status}\x1b[0m")


def _json(exchange: Exchange, masker: KeyMasker, at: str, hint: Hint) -> str:
    line: dict[str, Any] = {
        "at": at,
        "event": "request",
        "method": exchange.method,
        "target": masker.target(exchange.target),
        "status": exchange.status,
        "steps": [{"name": name or "all", "left": left} for name, left in exchange.steps.items()],
        "ignored": _ignored(exchange, masker),
        "message": masker.text(exchange.message),
        "milliseconds": round(exchange.milliseconds, 3),
    }
    if exchange.status in HINTED and (hinted := hint(exchange)):
        line["hint"] = hinted
    return json.dumps(line, ensure_ascii=False)


def _ignored(exchange: Exchange, masker: KeyMasker) -> list[str]:
    names = [masker.text(name) for name in exchange.ignored[:MOST_NAMED]]
    return [*names, "..."] if len(exchange.ignored) > MOST_NAMED else names
