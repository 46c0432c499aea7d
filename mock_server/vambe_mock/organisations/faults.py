"""Faults: what goes wrong on purpose. Which requests meet one, and what it does to their answer."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vambe_mock.contract import javascript
from vambe_mock.contract.operation import HEADER

LONGEST: Final = 600.0
"""No fault holds a request for more seconds than this."""

Request = Mapping[str, Any]
"""A request as ASGI has it: its ``raw_path``, ``query_string`` and ``headers``."""

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

    def meets(self, request: Request) -> bool:
        """Whether *request* meets the fault; counts it."""
        match = self.rule.match
        if self.over or not _looks_at(match, request):
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


def _looks_at(match: Match, request: Request) -> bool:
    if match.path is not None and not fnmatchcase(request["raw_path"].decode("latin-1"), match.path):
        return False
    if match.key is not None and match.key.encode() not in [
        v.strip() for name, v in request["headers"] if name == HEADER
    ]:
        return False
    if not match.query:
        return True
    sent = javascript.query_pairs(request["query_string"])
    return all(name in sent and value in (None, *sent[name]) for name, value in match.query.items())
