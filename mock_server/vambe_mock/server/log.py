"""One line a request: what was asked, what each filter left, how it ended. Keys never stand in it in clear.

As text, ``09:30:00 200 GET /api/public/contacts?days=30&limit=20  1000 → days 412 → limit 20  0.2 ms``; or as JSON.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, unquote_plus

from vambe_mock.contract.instants import write as write_instant
from vambe_mock.server.settings import LogFormat
from vambe_mock.store.store import Steps

if TYPE_CHECKING:
    from vambe_mock.contract.query import ContactsQuery
    from vambe_mock.organisations.journal import Record

MASK: Final = "***"
LONGEST: Final = 2_000
"""How many characters of a target or a message a line shows."""

LONGEST_FOUND: Final = 16_384
"""By how many characters of its target a request is found in the record: Node's HTTP server takes no longer ones."""

MOST_WAITING: Final = 100
"""How many lines wait for each other before they are written."""

MOST_NAMED: Final = 20
"""How many ignored parameters a line names."""

# A key sent in the query by mistake is a key all the same; custom_field_key is a name, not a secret.
_SECRET_NAMES: Final = ("key", "token", "secret")
_NO_SECRETS: Final = ("custom_field_key",)


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

    def __init__(self, log_format: LogFormat, keys: Iterable[str], *, quiet: bool) -> None:
        """*keys* are masked wherever they stand in a line, encoded or not (`keys-are-masked`)."""
        self._line = _text if log_format == "text" else _json
        self.mask(keys)
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

    def mask(self, keys: Iterable[str]) -> None:
        """Mask *keys* wherever they stand in a line, and no others."""
        named = set(keys)
        # An id is read in lower case, and a key that was sent as one is a key all the same.
        self._keys = sorted(named | {key.lower() for key in named}, key=len, reverse=True)

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
        shown = self.masked(asked.target)
        if shown != asked.target:
            asked.unmasked, asked.target = asked.target[:LONGEST_FOUND], shown
        if asked.message:
            asked.message = _shown(self._without_keys(asked.message))
        if asked.ignored:
            more = ("...",) if len(asked.ignored) > MOST_NAMED else ()
            asked.ignored = (*(_shown(self._without_keys(name)) for name in asked.ignored[:MOST_NAMED]), *more)

    def masked(self, target: str) -> str:
        """*target* without keys, without characters that could forge a line, and not without end."""
        return _shown(self._without_secrets(target))

    def _without_secrets(self, target: str) -> str:
        """*target* with each value masked that is a key, or that is named like one."""
        if not _is_suspicious(target.replace("custom_field_key=", "")):
            return self._without_keys(target)
        path, mark, query = target.partition("?")
        if self._without_keys(unquote(path)) != unquote(path):
            path = MASK
        return path + mark + "&".join([self._without_secret(piece) for piece in query.split("&")])

    def _without_secret(self, piece: str) -> str:
        name, equals, value = piece.partition("=")
        plain_name, plain_value = unquote_plus(name), unquote_plus(value)
        if self._without_keys(plain_name) != plain_name:
            name = MASK
        lowered = plain_name.lower()
        named_so = lowered not in _NO_SECRETS and any(word in lowered for word in _SECRET_NAMES)
        secret = value and (named_so or self._without_keys(plain_value) != plain_value)
        return name + equals + (MASK if secret else value)

    def _without_keys(self, text: str) -> str:
        for key in self._keys:
            if key in text:
                text = text.replace(key, MASK)
        return text


def say(text: str) -> None:
    """Print *text* to standard output. Whoever read it may have gone; the server has not, and says no more."""
    try:
        print(text, flush=True)  # noqa: T201
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_suspicious(target: str) -> bool:
    """Whether *target* is encoded, or names a secret."""
    if "%" in target or "+" in target:
        return True
    lowered = target.lower()
    for word in _SECRET_NAMES:  # noqa: SIM110 - any() costs as much as all the rest of a line
        if word in lowered:
            return True
    return False


def _shown(text: str) -> str:
    """*text* without characters that could forge a line, and not without end (`request-log`)."""
    cut = text[:LONGEST] + "…" if len(text) > LONGEST else text
    if cut.isprintable():
        return cut
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in cut)


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
