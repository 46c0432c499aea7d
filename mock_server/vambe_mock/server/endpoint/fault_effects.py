"""Faults: what goes wrong on purpose. Which requests meet one, and what it does to their answer.

Loaded when the first fault is made or the first ``Prefer`` header comes; a server without them pays one look at an
empty list for each request.
"""

from __future__ import annotations

import math
import random
import re
import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vambe_mock.contract import javascript, refusals
from vambe_mock.server.endpoint.authentication import HEADER
from vambe_mock.server.endpoint.connection import cut, hold
from vambe_mock.server.endpoint.contacts import PREFER, Answer, ContactsEndpoint, send_answer, send_noted

if TYPE_CHECKING:
    from starlette.types import Scope, Send

    from vambe_mock.organisations.organisation import Organisation
    from vambe_mock.server.log import Asked

LONGEST: Final = 600.0
"""No fault holds a request for more seconds than this."""

MOST_PREFERRED: Final = 60.0
"""Nor a ``Prefer: wait`` for more than this."""

SLOWEST_STEP: Final = 0.05

_PIECE: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')

Seconds = Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1_000_000_000)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Match(_Model):
    """Which requests meet the fault; all that is said must hold.

    ``path`` is a pattern like ``*/contacts/``. ``query`` maps a parameter's name to its value, or to null for any
    value. Of the requests that match so far: ``every`` takes each n-th, ``first`` only the first n, ``probability``
    this share of them, drawn from ``seed``.
    """

    path: str | None = None
    query: dict[str, str | None] = {}
    key: str | None = None
    every: Count | None = None
    first: Count | None = None
    probability: Share | None = None
    seed: int | None = None


class Status(_Model):
    """Another status, with the body that the vendor's stack has for it."""

    kind: Literal["status"]
    status: Annotated[int, Field(ge=400, le=599)]
    message: str | None = None
    retry_after: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class RateLimit(_Model):
    """429 with Retry-After once a token bucket is empty: ``burst`` tokens, ``per_second`` new ones, in real time."""

    kind: Literal["rate_limit"]
    per_second: Annotated[float, Field(ge=0.000_001, le=1_000_000, allow_inf_nan=False)]
    burst: Count = 1


class Uniform(_Model):
    """Any number of seconds between two bounds."""

    minimum: Seconds
    maximum: Seconds

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        return self


class Lognormal(_Model):
    """Half the delays are longer than ``median`` seconds; ``sigma`` is how far they spread."""

    median: Annotated[float, Field(gt=0, le=LONGEST, allow_inf_nan=False)]
    sigma: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]


class Delay(_Model):
    """The answer comes later."""

    kind: Literal["delay"]
    seconds: Seconds | Uniform | Lognormal


class Stall(_Model):
    """Not a byte comes for so long, and then the connection ends."""

    kind: Literal["stall"]
    seconds: Seconds = LONGEST


class SlowBody(_Model):
    """The body comes at so many bytes a second."""

    kind: Literal["slow_body"]
    bytes_per_second: Annotated[int, Field(ge=1, le=1_000_000_000)]


class Reset(_Model):
    """The connection is reset instead of an answer."""

    kind: Literal["connection_reset"]


class Truncated(_Model):
    """The connection ends after this share of the body that was promised."""

    kind: Literal["truncated_body"]
    share: Share = 0.5


class Malformed(_Model):
    """Half the body, with a length that fits: no JSON."""

    kind: Literal["malformed_json"]


class Empty(_Model):
    """The status and no body."""

    kind: Literal["empty_body"]


class ContentType(_Model):
    """The right body under the wrong name."""

    kind: Literal["content_type"]
    value: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")] = "text/html; charset=utf-8"


Effect = Annotated[
    Status | RateLimit | Delay | Stall | SlowBody | Reset | Truncated | Malformed | Empty | ContentType,
    Field(discriminator="kind"),
]


class FaultRule(_Model):
    """A fault: which requests meet it, what it does, and for how many seconds it is there."""

    match: Match = Match()
    effect: Effect
    expires_in: Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)] | None = None


@dataclass(slots=True)
class Fault:
    """A rule at work: ``matched`` counts the requests it looked at, ``applied`` those that met it."""

    number: int
    rule: FaultRule
    matched: int = 0
    applied: int = 0
    tokens: float = 0.0
    filled: float = 0.0
    expires: float = math.inf
    random: random.Random = field(default_factory=random.Random)

    @classmethod
    def of(cls, number: int, rule: FaultRule) -> Fault:
        """The fault of *rule*, which begins now."""
        fault = cls(number, rule)
        fault.random.seed(rule.match.seed if rule.match.seed is not None else number)
        if rule.expires_in is not None:
            fault.expires = time.monotonic() + rule.expires_in
        if isinstance(rule.effect, RateLimit):
            fault.tokens, fault.filled = float(rule.effect.burst), time.monotonic()
        return fault

    @property
    def over(self) -> bool:
        """Whether no request will ever meet it again."""
        first = self.rule.match.first
        return time.monotonic() >= self.expires or (first is not None and self.matched >= first)

    def meets(self, scope: Scope) -> bool:
        """Whether the request of *scope* meets the fault; counts it."""
        match = self.rule.match
        if self.over or not _looks_at(match, scope):
            return False
        self.matched += 1
        met = (match.every is None or self.matched % match.every == 0) and (
            match.probability is None or self.random.random() < match.probability
        )
        self.applied += met
        return met

    def wait(self) -> int | None:
        """Take a token of the bucket; or else in how many whole seconds there will be one."""
        effect = self.rule.effect
        assert isinstance(effect, RateLimit)  # noqa: S101 - the caller asked
        now = time.monotonic()
        self.tokens = min(float(effect.burst), self.tokens + (now - self.filled) * effect.per_second)
        self.filled = now
        if self.tokens >= 1:
            self.tokens -= 1
            return None
        return max(1, math.ceil((1 - self.tokens) / effect.per_second))

    def seconds(self, delay: Delay) -> float:
        """How long this request is delayed."""
        match delay.seconds:
            case Uniform(minimum=minimum, maximum=maximum):
                return self.random.uniform(minimum, maximum)
            case Lognormal(median=median, sigma=sigma):
                return min(LONGEST, self.random.lognormvariate(math.log(median), sigma))
            case seconds:
                return seconds


def _looks_at(match: Match, scope: Scope) -> bool:
    if match.path is not None and not fnmatchcase(scope["raw_path"].decode("latin-1"), match.path):
        return False
    if match.key is not None and match.key.encode() not in [
        v.strip() for name, v in scope["headers"] if name == HEADER
    ]:
        return False
    if not match.query:
        return True
    sent = javascript.query_pairs(scope["query_string"])
    return all(name in sent and value in (None, *sent[name]) for name, value in match.query.items())


@dataclass(slots=True)
class _Trouble:
    """What one request meets: all its delays, and the first of the other effects of each kind."""

    delay: float = 0.0
    instead: Answer | None = None
    why: str = ""
    ending: Stall | Reset | Truncated | None = None
    slow: SlowBody | None = None
    body: Malformed | Empty | None = None
    content_type: ContentType | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    def has_room_for(self, effect: Effect) -> bool:
        """Whether *effect* would still change anything: not where another of its kind did so already."""
        match effect:
            case Delay():
                return True
            case Status() | RateLimit():
                return self.instead is None
            case SlowBody():
                return self.slow is None
            case Malformed() | Empty():
                return self.body is None
            case ContentType():
                return self.content_type is None
            case _:
                return self.ending is None

    def add(self, fault: Fault) -> None:
        """Let the request meet *fault* too, for which there is room."""
        match fault.rule.effect:
            case Delay() as delay:
                self.delay += fault.seconds(delay)
            case Status(status=status, message=message, retry_after=after):
                self.refuse(status, message, after, f"as fault {fault.number} asked for")
            case RateLimit():
                if (wait := fault.wait()) is not None:
                    self.refuse(429, None, wait, f"as fault {fault.number} asked for")
            case SlowBody() as slow:
                self.slow = slow
            case Malformed() | Empty() as body:
                self.body = body
            case ContentType() as content_type:
                self.content_type = content_type
            case ending:
                self.ending = ending

    @property
    def held(self) -> float:
        """How many seconds nothing is sent."""
        stall = self.ending.seconds if isinstance(self.ending, Stall) else 0
        return min(self.delay, LONGEST) + stall

    def refuse(self, status: int, message: str | None, retry_after: int | None, why: str) -> None:
        """Answer with *status*; the log and the record tell *why*."""
        self.why = why
        headers = [] if retry_after is None else [(b"retry-after", b"%d" % retry_after)]
        self.instead = Answer(status, headers, refusals.on_demand(status, message).body)

    def deform(self, answer: Answer) -> Answer:
        """*answer* as the faults leave it, its body in one piece."""
        body = answer.body if isinstance(answer.body, bytes) else b"[" + b",".join(answer.body) + b"]"
        match self.body:
            case Malformed():
                body = body[: len(body) // 2]
            case Empty():
                body = b""
        content_type = self.content_type.value.encode() if self.content_type else answer.content_type
        return Answer(answer.status, [*answer.headers, *self.headers], body, content_type)


async def troubled(
    endpoint: ContactsEndpoint, organisation: Organisation, scope: Scope, send: Send, asked: Asked
) -> None:
    """Answer a request that may meet faults or prefers one."""
    asked.at = organisation.clock.now()
    trouble = _trouble(endpoint, organisation, scope, asked)
    if trouble.held and not await hold(send, trouble.held):
        asked.message = "the client left before it was answered"
        return
    if isinstance(trouble.ending, Stall | Reset):
        asked.message = f"{trouble.ending.kind}: no answer, as a fault asked for"
        await cut(send, reset=isinstance(trouble.ending, Reset))
        return
    asked.message = trouble.why
    answer = endpoint.answer(organisation, scope, asked) if trouble.instead is None else trouble.instead
    if not (trouble.slow or trouble.body or trouble.content_type or trouble.headers or trouble.ending):
        await send_noted(answer, scope, send, asked)
        return
    answer = trouble.deform(answer)
    asked.status = answer.status
    await _send(answer, trouble, scope["method"] == "HEAD", send)


def _trouble(endpoint: ContactsEndpoint, organisation: Organisation, scope: Scope, asked: Asked) -> _Trouble:
    trouble = _Trouble()
    for fault in organisation.faults:
        if trouble.has_room_for(fault.rule.effect) and fault.meets(scope):
            asked.faults += (fault.number,)
            trouble.add(fault)
    put_aside(organisation)
    if endpoint.prefer:
        _prefer(trouble, [value for name, value in scope["headers"] if name == PREFER])
    return trouble


def put_aside(organisation: Organisation) -> None:
    """Move the faults that are over to those that are spent, so that nobody looks at them any more."""
    over = [fault for fault in organisation.faults if fault.over]
    if over:
        organisation.faults[:] = [fault for fault in organisation.faults if not fault.over]
        organisation.spent.extend(over)


def _prefer(trouble: _Trouble, values: list[bytes]) -> None:
    """`prefer-header`: ``code=500`` and ``wait=2``; what is not understood is ignored, as RFC 7240 wants it."""
    applied = []
    for name, text in _preferences(b",".join(values).decode("latin-1")).items():
        if name == "code" and re.fullmatch("[45][0-9]{2}", text) and trouble.instead is None:
            trouble.refuse(int(text), None, 1 if text == "429" else None, "as Prefer asked for")
            applied.append(f"code={text}")
        elif name == "wait" and re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text) and float(text) <= MOST_PREFERRED:
            trouble.delay += float(text)
            applied.append(f"wait={text}")
    if applied:
        trouble.headers.append((b"preference-applied", ", ".join(applied).encode()))


def _preferences(sent: str) -> dict[str, str]:
    """Each preference by its name in lower case, the first of several; a comma in quotes parts nothing."""
    found: dict[str, str] = {}
    for piece in _PIECE.findall(sent):
        name, _, text = (part.strip(' \t"') for part in piece.partition(";")[0].partition("="))
        found.setdefault(name.lower(), text)
    return found


async def _send(answer: Answer, trouble: _Trouble, head: bool, send: Send) -> None:
    """Send *answer*, slowly or not to its end."""
    body = answer.body
    assert isinstance(body, bytes)  # noqa: S101 - deform made it so
    if head or not (trouble.slow or trouble.ending):
        await send_answer(answer, send, head=head)
        return
    headers = [(b"content-type", answer.content_type), (b"content-length", b"%d" % len(body)), *answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if isinstance(trouble.ending, Truncated):
        part = body[: min(int(len(body) * trouble.ending.share), len(body) - 1)] if body else b""
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await cut(send, reset=False)
        return
    assert trouble.slow is not None  # noqa: S101 - one of the two
    step = max(1, int(trouble.slow.bytes_per_second * SLOWEST_STEP))
    for start in range(0, len(body), step):
        last = start + step >= len(body)
        if not await hold(send, min(step, len(body) - start) / trouble.slow.bytes_per_second):
            return
        await send({"type": "http.response.body", "body": body[start : start + step], "more_body": not last})
    if not body:
        await send({"type": "http.response.body", "body": b""})
