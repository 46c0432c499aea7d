"""Faults: deliberate failures. Which requests a fault applies to, and what it does to their answers."""

from __future__ import annotations

import math
import random
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

from vambe_mock.contract import refusals
from vambe_mock.organisations.conditions import WHOLE, Conditions, Count, Looker, Request, Rule, SomeText
from vambe_mock.organisations.real_time import monotonic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONGEST: Final = 600.0
"""The most seconds that faults delay a request, or that one stalls it."""

_NO_ANSWER: Final = "{}: no answer, as a fault asked for"

Seconds = Annotated[float, Field(ge=0, le=LONGEST, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Match(Conditions):
    """Which requests the fault applies to; every given condition must hold.

    ``path`` is a pattern such as ``*/pipeline``; the default is the contacts endpoint. ``query`` maps a
    parameter's name to its value, or to null for any value. Of the requests that match these, ``every`` selects each
    n-th, ``first`` only looks at the first n, ``probability`` selects a random share, drawn from ``seed``.
    ``{"every": n, "first": n}`` selects only the n-th.
    """

    every: Count | None = None
    first: Count | None = None
    probability: Share | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63), WHOLE] | None = None

    @model_validator(mode="after")
    def _can_apply(self) -> Match:
        if self.every is not None and self.first is not None and self.every > self.first:
            raise ValueError(
                f"every {self.every} selects requests {self.every}, {2 * self.every}, ..., and first {self.first} ends "
                f"before; for request {self.every} only, "
                f'wanted {{"every": {self.every}, "first": {self.every}}}'
            )
        return self


@dataclass(frozen=True, slots=True)
class Instead:
    """An error in place of the usual answer, its Retry-After (seconds, or a date), and what the journal says of it.

    With a ``location``, it is a redirect there.
    """

    refusal: refusals.Refusal
    retry_after: int | str | None
    why: str
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """How pages are wrong: ``how`` as in the effect, and what draws the order of ties."""

    how: Literal["same_page", "row_repeated", "row_left_out", "unstable_ties"]
    random: random.Random


@dataclass(frozen=True, slots=True)
class Ending:
    """The connection ends early: after ``seconds`` without a byte, or after a ``share`` of the body where there is one.

    ``reset`` ends it with a TCP reset; ``why`` is what the journal says of a request without an answer.
    """

    why: str
    seconds: float = 0.0
    share: float | None = None
    reset: bool = False


@dataclass(slots=True)
class FaultPlan:
    """The combined effect on one request: delays add up; otherwise the first fault for each slot wins.

    ``applied`` has the numbers of the faults, ``delay`` is in seconds; the other fields are the slots of the effects:
    what is answered ``instead``, how the connection ends, how pages are wrong, how the ``body`` is changed, its content
    type, and its ``pace`` in bytes a second.
    """

    applied: tuple[int, ...] = ()
    delay: float = 0.0
    instead: Instead | None = None
    ending: Ending | None = None
    paging: Paging | None = None
    body: Callable[[bytes], bytes] | None = None
    content_type: str | None = None
    pace: int | None = None

    @classmethod
    def of(cls, faults: Iterable[Fault], request: Request) -> FaultPlan:
        """What *faults* do to *request*. A fault whose slot is taken does not count it, and waits for another."""
        plan = cls()
        for fault in faults:
            effect = fault.rule.effect
            if plan.has_room_for(effect) and fault.meets(request):
                plan.applied += (fault.number,)
                effect.apply(plan, fault)
        return plan

    def has_room_for(self, effect: Effect) -> bool:
        """Whether the slot of *effect* is free."""
        return effect.slot is None or getattr(self, effect.slot) is None

    @property
    def held(self) -> float:
        """How many seconds nothing is sent."""
        return min(self.delay, LONGEST) + (self.ending.seconds if self.ending else 0)


Slot = Literal["instead", "ending", "paging", "body", "content_type", "pace"]


class _Effect(Rule, ABC):
    """What a fault does: ``slot`` is the field of the plan that it fills; None where effects of its kind add up."""

    slot: ClassVar[Slot | None]

    @abstractmethod
    def apply(self, plan: FaultPlan, fault: Fault) -> None:
        """Put the effect of *fault*, whose slot is free, into *plan*."""


class Status(_Effect):
    """This error status, with the body that the vendor's server would send.

    ``retry_after`` is in seconds; with ``retry_after_as_date`` the header is the date at which they end.
    """

    slot = "instead"

    kind: Literal["status"]
    status: Annotated[int, Field(ge=400, le=599), WHOLE]
    message: SomeText | None = None
    retry_after: Annotated[int, Field(ge=0, le=1_000_000), WHOLE] | None = None
    retry_after_as_date: bool = False

    @model_validator(mode="after")
    def _has_a_date(self) -> Status:
        if self.retry_after_as_date and self.retry_after is None:
            raise ValueError('retry_after_as_date, but no retry_after; wanted {"retry_after": 2} beside it, in seconds')
        return self

    def apply(self, plan: FaultPlan, fault: Fault) -> None:
        """Answer with the status."""
        after: int | str | None = self.retry_after
        if self.retry_after_as_date and self.retry_after is not None:
            after = formatdate(math.ceil(time.time() + self.retry_after), usegmt=True)
        plan.instead = Instead(refusals.on_demand(self.status, self.message), after, fault.why)


class RateLimit(_Effect):
    """429 with Retry-After when a token bucket is empty; it holds ``burst`` tokens, refilled at ``per_second``."""

    slot = "instead"

    kind: Literal["rate_limit"]
    per_second: Annotated[float, Field(ge=0.000_001, le=1_000_000, allow_inf_nan=False)]
    burst: Count = 1

    def apply(self, plan: FaultPlan, fault: Fault) -> None:
        """Take a token of the fault's bucket, or else answer 429 with the whole seconds until there is one."""
        now = monotonic()
        fault.tokens = min(float(self.burst), fault.tokens + (now - fault.filled) * self.per_second)
        fault.filled = now
        if fault.tokens >= 1:
            fault.tokens -= 1
            return
        seconds = max(1, math.ceil((1 - fault.tokens) / self.per_second))
        plan.instead = Instead(refusals.on_demand(429), seconds, fault.why)


class Redirect(_Effect):
    """A redirect to ``location``, a path or a URL, without a body."""

    slot = "instead"

    kind: Literal["redirect"]
    location: Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[\x21-\x7e]+$")]
    status: Literal[301, 302, 303, 307, 308] = 307

    def apply(self, plan: FaultPlan, fault: Fault) -> None:
        """Answer with the redirect."""
        plan.instead = Instead(refusals.on_demand(self.status), None, fault.why, self.location)


class WrongPages(_Effect):
    """Inconsistent pages, as many APIs return them.

    ``same_page``: ``offset`` is ignored. ``row_repeated``: from the second page on, all begin one row too early.
    ``row_left_out``: one row too late. ``unstable_ties``: equal timestamps change their order each time.
    """

    slot = "paging"

    kind: Literal["wrong_pages"]
    how: Literal["same_page", "row_repeated", "row_left_out", "unstable_ties"]

    def apply(self, plan: FaultPlan, fault: Fault) -> None:
        """Have the page wrong."""
        plan.paging = Paging(self.how, fault.random)


class Uniform(Rule):
    """A uniformly distributed number of seconds."""

    minimum: Seconds
    maximum: Seconds

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        return self


class Lognormal(Rule):
    """A log-normally distributed number of seconds: its median, and the sigma of its logarithm."""

    median: Annotated[float, Field(gt=0, le=LONGEST, allow_inf_nan=False)]
    sigma: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]


def _distribution(seconds: Any) -> str:
    """Which of the three forms of *seconds* is meant, so that a mistake is told of one of them only."""
    if isinstance(seconds, BaseModel):
        return type(seconds).__name__
    if isinstance(seconds, dict):
        return "Lognormal" if {"median", "sigma"} & seconds.keys() else "Uniform"
    return "number"


class Delay(_Effect):
    """The answer is delayed."""

    slot = None

    kind: Literal["delay"]
    seconds: Annotated[
        Annotated[Seconds, Tag("number")] | Annotated[Uniform, Tag("Uniform")] | Annotated[Lognormal, Tag("Lognormal")],
        Discriminator(_distribution),
    ]

    def apply(self, plan: FaultPlan, fault: Fault) -> None:
        """Hold the request for longer."""
        match self.seconds:
            case Uniform(minimum=minimum, maximum=maximum):
                plan.delay += fault.random.uniform(minimum, maximum)
            case Lognormal(median=median, sigma=sigma):
                plan.delay += min(LONGEST, fault.random.lognormvariate(math.log(median), sigma))
            case seconds:
                plan.delay += seconds


class Stall(_Effect):
    """Nothing is sent for this many seconds, then the connection is closed."""

    slot = "ending"

    kind: Literal["stall"]
    seconds: Seconds = LONGEST

    def apply(self, plan: FaultPlan, fault: Fault) -> None:  # noqa: ARG002 - as every effect
        """Hold the request, and then end the connection."""
        plan.ending = Ending(_NO_ANSWER.format(self.kind), seconds=self.seconds)


class SlowBody(_Effect):
    """The body is sent at this rate."""

    slot = "pace"

    kind: Literal["slow_body"]
    bytes_per_second: Count

    def apply(self, plan: FaultPlan, fault: Fault) -> None:  # noqa: ARG002 - as every effect
        """Send the body slowly."""
        plan.pace = self.bytes_per_second


class Reset(_Effect):
    """The connection is reset without an answer."""

    slot = "ending"

    kind: Literal["connection_reset"]

    def apply(self, plan: FaultPlan, fault: Fault) -> None:  # noqa: ARG002 - as every effect
        """Reset the connection."""
        plan.ending = Ending(_NO_ANSWER.format(self.kind), reset=True)


class Truncated(_Effect):
    """The connection is closed after this share of the body."""

    slot = "ending"

    kind: Literal["truncated_body"]
    share: Share = 0.5

    def apply(self, plan: FaultPlan, fault: Fault) -> None:
        """End the connection within the body."""
        plan.ending = Ending(fault.why, share=self.share)


class Malformed(_Effect):
    """Only the first half of the body, which is not valid JSON; Content-Length matches it."""

    slot = "body"

    kind: Literal["malformed_json"]

    def apply(self, plan: FaultPlan, fault: Fault) -> None:  # noqa: ARG002 - as every effect
        """Cut the body in half."""
        plan.body = _first_half


class Empty(_Effect):
    """The usual status with an empty body."""

    slot = "body"

    kind: Literal["empty_body"]

    def apply(self, plan: FaultPlan, fault: Fault) -> None:  # noqa: ARG002 - as every effect
        """Drop the body."""
        plan.body = _nothing


class OtherBody(_Effect):
    """This text as the body, with the usual status and content type."""

    slot = "body"

    kind: Literal["other_body"]
    text: Annotated[str, Field(max_length=100_000)]

    def apply(self, plan: FaultPlan, fault: Fault) -> None:  # noqa: ARG002 - as every effect
        """Replace the body."""
        body = self.text.encode()
        plan.body = lambda _: body


class ContentType(_Effect):
    """The usual body with a different Content-Type."""

    slot = "content_type"

    kind: Literal["content_type"]
    value: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")] = "text/html; charset=utf-8"

    def apply(self, plan: FaultPlan, fault: Fault) -> None:  # noqa: ARG002 - as every effect
        """Name another content type."""
        plan.content_type = self.value


Effect = Annotated[
    Status
    | RateLimit
    | Redirect
    | WrongPages
    | Delay
    | Stall
    | SlowBody
    | Reset
    | Truncated
    | Malformed
    | Empty
    | OtherBody
    | ContentType,
    Field(discriminator="kind"),
]


class FaultRule(Rule):
    """A fault: which requests it applies to, what it does, and after how many seconds it expires."""

    match: Match = Match()
    effect: Effect
    expires_in: Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)] | None = None

    def without_key(self) -> FaultRule:
        """This rule with the beginning of the key alone, to show it."""
        return self.model_copy(update={"match": self.match.without_key()})


@dataclass(slots=True)
class Fault:
    """A rule at work: ``matched`` counts the requests that meet its conditions, ``applied`` those that it affected."""

    number: int
    rule: FaultRule
    matched: int = 0
    applied: int = 0
    tokens: float = 0.0
    filled: float = 0.0
    expires: float = math.inf
    looker: Looker = field(init=False)
    random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        """Translate the pattern now, and not at each request."""
        self.looker = Looker(self.rule.match)

    @classmethod
    def of(cls, number: int, rule: FaultRule) -> Fault:
        """The fault of *rule*, active from now on."""
        fault = cls(number, rule)
        fault.random.seed(rule.match.seed if rule.match.seed is not None else number)
        if rule.expires_in is not None:
            fault.expires = monotonic() + rule.expires_in
        if isinstance(rule.effect, RateLimit):
            fault.tokens, fault.filled = float(rule.effect.burst), monotonic()
        return fault

    @property
    def over(self) -> bool:
        """Whether it can no longer apply to any request."""
        first = self.rule.match.first
        return monotonic() >= self.expires or (first is not None and self.matched >= first)

    def meets(self, request: Request) -> bool:
        """Whether the fault applies to *request*, which it counts."""
        match = self.rule.match
        if self.over or not self.looker.sees(request):
            return False
        self.matched += 1
        met = (match.every is None or self.matched % match.every == 0) and (
            match.probability is None or self.random.random() < match.probability
        )
        self.applied += met
        return met

    @property
    def why(self) -> str:
        """What the journal says of an answer that the fault replaced."""
        return f"as fault {self.number} asked for"


def _first_half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _nothing(_body: bytes) -> bytes:
    return b""
