"""The log: one line per request, with what was asked, what each filter left, and the outcome. Keys are masked.

As text, ``09:30:00 200 GET /api/public/contacts?days=30&limit=20  1000 → days 412 → limit 20  0.2 ms``; or as JSON.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any, Final

from vambe_mock.contract.instants import write as write_instant
from vambe_mock.organisations.journal import MOST_NAMED, Exchange
from vambe_mock.organisations.masking import KeyMasker
from vambe_mock.server.settings import LogFormat
from vambe_mock.store.store import Steps

MOST_WAITING: Final = 100
"""The most lines that are collected before they are written."""


class RequestLog:
    """Writes one line for each finished exchange to standard output.

    While every turn of the event loop adds lines, they are collected, up to MOST_WAITING: one write per line would
    cost a third of a request's time.
    """

    def __init__(self, log_format: LogFormat, masker: KeyMasker) -> None:
        """Write lines as *log_format*, masked by *masker*."""
        self._line = _text if log_format == "text" else _json
        self._masker = masker
        self._waiting: list[str] = []
        self._seen = 0

    def write(self, exchange: Exchange) -> None:
        """Log *exchange* as one line, as soon as the running event loop is idle."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(self._line(exchange, self._masker))

    def _flush(self) -> None:
        """Write the collected lines, unless this turn of the loop has added some, as the next one may too."""
        if self._seen < len(self._waiting) < MOST_WAITING:
            self._seen = len(self._waiting)
            asyncio.get_running_loop().call_soon(self._flush)
            return
        lines, self._waiting, self._seen = "\n".join(self._waiting), [], 0
        say(lines)


def say(text: str) -> None:
    """Print *text* to standard output. Once its reader is gone, the output is discarded and the server goes on."""
    try:
        print(text, flush=True)  # noqa: T201
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def path_of(steps: Steps) -> str:
    """*steps* as ``1000 → days 412 → limit 20``."""
    return " → ".join([f"{name} {left}" if name else str(left) for name, left in steps.items()])


def _text(exchange: Exchange, masker: KeyMasker) -> str:
    parts = [f"{time.strftime('%H:%M:%S')} {exchange.status} {exchange.method} {masker.target(exchange.target)}"]
    if exchange.steps:
        parts.append(path_of(exchange.steps))
    if exchange.message:
        parts.append(masker.text(exchange.message))
    if exchange.ignored:
        parts.append("ignored: " + ", ".join(_ignored(exchange, masker)))
    return "  ".join([*parts, f"{exchange.milliseconds:.1f} ms"])


def _json(exchange: Exchange, masker: KeyMasker) -> str:
    line: dict[str, Any] = {
        "at": write_instant(time.time_ns() // 1_000_000),
        "event": "request",
        "method": exchange.method,
        "target": masker.target(exchange.target),
        "status": exchange.status,
        "steps": [{"name": name or "all", "left": left} for name, left in exchange.steps.items()],
        "ignored": _ignored(exchange, masker),
        "message": masker.text(exchange.message),
        "milliseconds": round(exchange.milliseconds, 3),
    }
    return json.dumps(line, ensure_ascii=False)


def _ignored(exchange: Exchange, masker: KeyMasker) -> list[str]:
    names = [masker.text(name) for name in exchange.ignored[:MOST_NAMED]]
    return [*names, "..."] if len(exchange.ignored) > MOST_NAMED else names
