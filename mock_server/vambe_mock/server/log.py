"""One line a request: what was asked, what each filter left, how it ended. Keys never stand in it in clear.

As text, ``09:30:00 200 GET /api/public/contacts?days=30&limit=20  1000 → days 412 → limit 20  0.2 ms``; or as JSON.
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from vambe_mock.contract.instants import write as write_instant
from vambe_mock.organisations.masking import LONGEST, LONGEST_FOUND, KeyMasker
from vambe_mock.server.settings import LogFormat
from vambe_mock.store.store import Steps

if TYPE_CHECKING:
    from vambe_mock.contract.query import ContactsQuery
    from vambe_mock.organisations.journal import Record

MOST_WAITING: Final = 100
"""How many lines wait for each other before they are written."""

MOST_NAMED: Final = 20
"""How many ignored parameters a line names."""


@dataclass(slots=True)
class Asked:
    """What is known of one request when it has been answered.

    ``number`` counts the requests of its record, ``at`` is when it came by the organisation's clock, ``faults`` are the
    numbers of those that it met. ``unmasked`` is the target as it came, where a line shows another; nobody is told it,
    but what was asked is found by it.
    """

    method: str
    target: str
    status: int = 0
    steps: Steps = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    message: str = ""
    query: "ContactsQuery | None" = None
    number: int = 0
    at: int = 0
    faults: tuple[int, ...] = ()
    unmasked: str = ""
    milliseconds: float = 0
    record: "Record | None" = None
    started: float = field(default_factory=time.perf_counter)


class RequestLog:
    """Writes one line for each request to standard output, or nothing at all when nobody listens.

    While every turn of the event loop brings new lines they wait for each other, up to MOST_WAITING: a write for each
    costs as much as a third of a request.
    """

    def __init__(self, log_format: LogFormat, masker: KeyMasker, *, quiet: bool) -> None:
        """Mask with *masker* what a line shows."""
        self._line = _text if log_format == "text" else _json
        self._masker = masker
        self._quiet = quiet
        self._waiting: list[str] = []
        self._seen = 0

    def write(self, asked: Asked) -> None:
        """Log *asked* as one line, as soon as the running event loop has nothing more urgent."""
        asked.milliseconds = (time.perf_counter() - asked.started) * 1_000
        if not self._quiet or len(asked.target) > LONGEST:
            self._shorten(asked)
        if self._quiet:
            return
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(self._line(asked, asked.milliseconds))

    def _flush(self) -> None:
        """Write what waits, unless this turn of the loop has brought more, and perhaps the next one will."""
        if self._seen < len(self._waiting) < MOST_WAITING:
            self._seen = len(self._waiting)
            asyncio.get_running_loop().call_soon(self._flush)
            return
        lines, self._waiting, self._seen = "\n".join(self._waiting), [], 0
        say(lines)

    def _shorten(self, asked: Asked) -> None:
        """Leave of *asked* what a line shows."""
        if len(asked.target) > LONGEST:
            asked.query = None
        shown = self._masker.target(asked.target)
        if shown != asked.target:
            asked.unmasked, asked.target = asked.target[:LONGEST_FOUND], shown
        if asked.message:
            asked.message = self._masker.text(asked.message)
        if asked.ignored:
            more = ("...",) if len(asked.ignored) > MOST_NAMED else ()
            asked.ignored = (*(self._masker.text(name) for name in asked.ignored[:MOST_NAMED]), *more)


def say(text: str) -> None:
    """Print *text* to standard output. Whoever read it may have gone; the server has not, and says no more."""
    try:
        print(text, flush=True)  # noqa: T201
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def path_of(steps: Steps) -> str:
    """*steps* as ``1000 → days 412 → limit 20``."""
    return " → ".join([f"{name} {left}" if name else str(left) for name, left in steps.items()])


def _text(asked: Asked, milliseconds: float) -> str:
    parts = [f"{time.strftime('%H:%M:%S')} {asked.status} {asked.method} {asked.target}"]
    if asked.steps:
        parts.append(path_of(asked.steps))
    if asked.message:
        parts.append(asked.message)
    if asked.ignored:
        parts.append("ignored: " + ", ".join(asked.ignored))
    return "  ".join([*parts, f"{milliseconds:.1f} ms"])


def _json(asked: Asked, milliseconds: float) -> str:
    line: dict[str, Any] = {
        "at": write_instant(time.time_ns() // 1_000_000),
        "event": "request",
        "method": asked.method,
        "target": asked.target,
        "status": asked.status,
        "steps": [{"name": name or "all", "left": left} for name, left in asked.steps.items()],
        "ignored": list(asked.ignored),
        "message": asked.message,
        "milliseconds": round(milliseconds, 3),
    }
    return json.dumps(line, ensure_ascii=False)
