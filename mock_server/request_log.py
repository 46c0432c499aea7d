"""One line a request: what was asked, what each filter left, how it ended. Keys never stand in it in clear.

As text, ``09:30:00 200 GET /api/public/contacts?days=30&limit=20  1000 → days 412 → limit 20  0.2 ms``; or as JSON.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mock_server.instants import write as write_instant
from mock_server.settings import LogFormat
from mock_server.store import Step

if TYPE_CHECKING:
    from mock_server.parameters import ContactsQuery
    from mock_server.record import Record

MASK: Final = "***"
LONGEST_TARGET: Final = 2_000
MOST_IGNORED: Final = 20

# A key sent in the query by mistake is a key all the same; custom_field_key is a name, not a secret.
_SECRET_PARAMETERS: Final = re.compile(
    r"([?&](?!custom_field_key=)[^=&]*(?:key|token|secret)[^=&]*=)[^&]+", re.IGNORECASE
)


@dataclass(slots=True)
class Asked:
    """What is known of one request when it has been answered, which is when ``milliseconds`` is set.

    ``at`` is when it came by the organisation's clock, ``faults`` are the numbers of those that it met.
    """

    method: str
    target: str
    status: int = 0
    steps: tuple[Step, ...] = ()
    ignored: tuple[str, ...] = ()
    message: str = ""
    query: "ContactsQuery | None" = None
    record: "Record | None" = None
    at: int = 0
    faults: tuple[int, ...] = ()
    milliseconds: float | None = None
    started: float = field(default_factory=time.perf_counter)


class RequestLog:
    """Writes one line for each request to standard output, or nothing at all when nobody listens.

    The lines of one turn of the event loop are written together: a write for each costs more than a request.
    """

    def __init__(self, log_format: LogFormat, keys: Iterable[str], *, quiet: bool) -> None:
        """*keys* are masked wherever they stand in a line."""
        self._line = _text if log_format == "text" else _json
        self.mask(keys)
        self._quiet = quiet
        self._waiting: list[str] = []

    def write(self, asked: Asked) -> None:
        """Log *asked* as one line, at the next turn of the running event loop."""
        asked.milliseconds = (time.perf_counter() - asked.started) * 1_000
        if len(asked.target) > LONGEST_TARGET:
            asked.query, asked.ignored = None, asked.ignored[:MOST_IGNORED]
            asked.target = asked.target[:LONGEST_TARGET] + "…"
        if self._quiet:
            return
        asked.target = self.masked(asked.target)
        asked.ignored = tuple([self.masked(name) for name in asked.ignored])
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(self._line(asked, asked.milliseconds))

    def mask(self, keys: Iterable[str]) -> None:
        """Mask *keys* wherever they stand in a line, and no others."""
        self._keys = re.compile("|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True)) or r"(?!)")

    def _flush(self) -> None:
        lines, self._waiting = "\n".join(self._waiting), []
        try:
            print(lines, flush=True)  # noqa: T201
        except OSError:  # whoever read the log has gone; the server has not
            self._quiet = True

    def masked(self, target: str) -> str:
        """*target* without keys, without characters that could forge a line, and not without end."""
        shown = target[:LONGEST_TARGET] + "…" if len(target) > LONGEST_TARGET + 1 else target
        shown = self._keys.sub(MASK, _SECRET_PARAMETERS.sub(rf"\1{MASK}", shown))
        if shown.isprintable():
            return shown
        return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in shown)


def path_of(steps: Iterable[Step]) -> str:
    """*steps* as ``1000 → days 412 → limit 20``."""
    return " → ".join([f"{name} {left}" if name else str(left) for name, left in steps])


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
        "steps": [{"name": name or "all", "left": left} for name, left in asked.steps],
        "ignored": list(asked.ignored),
        "message": asked.message,
        "milliseconds": round(milliseconds, 3),
    }
    return json.dumps(line, ensure_ascii=False)
