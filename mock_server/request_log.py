"""One line a request: what was asked, what each filter left, how it ended. Keys never stand in it in clear.

As text, ``200 GET /api/public/contacts?days=30&limit=20  1000 → days 412 → limit 20  0.2 ms``; or as a JSON object.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from mock_server.instants import write as write_instant
from mock_server.settings import LogFormat
from mock_server.store import Step

LOGGER: Final = logging.getLogger("vambe_mock.requests")
MASK: Final = "***"
LONGEST_TARGET: Final = 2_000

# A key sent in the query by mistake is a key all the same; custom_field_key is a name, not a secret.
_SECRET_PARAMETERS: Final = re.compile(
    r"([?&](?!custom_field_key=)[^=&]*(?:key|token|secret)[^=&]*=)[^&]+", re.IGNORECASE
)


@dataclass(slots=True)
class Asked:
    """What is known of one request when it has been answered."""

    method: str
    target: str
    status: int = 0
    steps: tuple[Step, ...] = ()
    ignored: tuple[str, ...] = ()
    message: str = ""
    started: float = field(default_factory=time.perf_counter)


class RequestLog:
    """Writes one line for each request, or nothing at all when nobody listens."""

    def __init__(self, log_format: LogFormat, keys: Iterable[str], *, quiet: bool) -> None:
        """*keys* are masked wherever they stand in a line."""
        self._line = _text if log_format == "text" else _json
        self._keys = re.compile("|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True)) or r"(?!)")
        self.quiet = quiet
        self._handler = logging.StreamHandler(sys.stdout)
        self._handler.setFormatter(logging.Formatter("%(message)s"))
        LOGGER.propagate = False
        LOGGER.setLevel(logging.CRITICAL if quiet else logging.INFO)
        LOGGER.handlers = [] if quiet else [self._handler]

    def write(self, asked: Asked) -> None:
        """Log *asked* as one line."""
        if not self.quiet:
            asked.target = self._masked(asked.target)
            asked.ignored = tuple(self._masked(name) for name in asked.ignored)
            LOGGER.info(self._line(asked, (time.perf_counter() - asked.started) * 1_000))

    def _masked(self, target: str) -> str:
        """*target* without keys, without characters that could forge a line, and not without end."""
        shown = target[:LONGEST_TARGET] + ("…" if len(target) > LONGEST_TARGET else "")
        shown = _SECRET_PARAMETERS.sub(rf"\1{MASK}", shown)
        return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in self._keys.sub(MASK, shown))


def path_of(steps: Iterable[Step]) -> str:
    """*steps* as ``1000 → days 412 → limit 20``."""
    return " → ".join(f"{step.name} {step.left}".lstrip() for step in steps)


def _text(asked: Asked, milliseconds: float) -> str:
    parts = [f"{asked.status} {asked.method} {asked.target}"]
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
        "steps": [{"name": step.name or "all", "left": step.left} for step in asked.steps],
        "ignored": list(asked.ignored),
        "message": asked.message,
        "milliseconds": round(milliseconds, 3),
    }
    return json.dumps(line, ensure_ascii=False)
