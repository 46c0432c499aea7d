"""What faults do to the answer of one request.

Loaded when the first request meets a fault or has a ``Prefer`` header; a server without them pays one look at an empty
list for each request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from vambe_mock.contract import refusals
from vambe_mock.organisations.faults import (
    LONGEST,
    ContentType,
    Delay,
    Effect,
    Empty,
    Fault,
    Malformed,
    RateLimit,
    Reset,
    SlowBody,
    Stall,
    Status,
    Truncated,
)
from vambe_mock.organisations.journal import Notes
from vambe_mock.server.endpoint import prefer
from vambe_mock.server.endpoint.answers import Answer, Headers, send_answer, start_of
from vambe_mock.server.endpoint.connection import cut, hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope, Send

    from vambe_mock.organisations.journal import Exchange, OpenExchange
    from vambe_mock.organisations.organisation import Organisation

SLOWEST_STEP: Final = 0.05
"""A slow body goes out in pieces that take so many seconds each."""


@dataclass(slots=True)
class FaultPlan:
    """What one request meets: all its delays, and the first of the other effects of each kind."""

    notes: Notes
    met: tuple[int, ...] = ()
    delay: float = 0.0
    instead: Answer | None = None
    ending: Stall | Reset | Truncated | None = None
    slow: SlowBody | None = None
    body: Malformed | Empty | None = None
    content_type: ContentType | None = None
    headers: Headers = field(default_factory=list)

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
        self.met += (fault.number,)
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
        """Answer with *status*; the journal tells *why*."""
        headers = [] if retry_after is None else [(b"retry-after", b"%d" % retry_after)]
        self.instead = Answer(
            status, headers, refusals.on_demand(status, message).body, self.notes._replace(message=why)
        )

    def deform(self, answer: Answer) -> Answer:
        """*answer* as the faults leave it, its body in one piece."""
        body = answer.whole_body()
        match self.body:
            case Malformed():
                body = body[: len(body) // 2]
            case Empty():
                body = b""
        content_type = self.content_type.value.encode() if self.content_type else answer.content_type
        return Answer(answer.status, [*answer.headers, *self.headers], body, answer.notes, content_type)


async def answer_with_faults(  # noqa: PLR0913 - the request, and what may happen to it
    organisation: Organisation,
    scope: Scope,
    send: Send,
    opened: OpenExchange,
    *,
    preferences: bool,
    answer: Callable[[], Answer],
) -> Exchange:
    """Answer a request as its faults and, where these count, its *preferences* want it; *answer* is the usual one."""
    status, notes = 0, Notes(organisation.clock.now())
    plan = _plan(organisation, scope, notes, preferences=preferences)
    try:
        if plan.held and not await hold(send, plan.held):
            notes = notes._replace(message="the client left before it was answered")
        elif isinstance(plan.ending, Stall | Reset):
            notes = notes._replace(message=f"{plan.ending.kind}: no answer, as a fault asked for")
            await cut(send, reset=isinstance(plan.ending, Reset))
        else:
            reply = answer() if plan.instead is None else plan.instead
            status, notes = reply.status, reply.notes
            await _send(reply, plan, scope["method"] == "HEAD", send)
    finally:
        exchange = opened.finish(status, notes, plan.met)
    return exchange


def _plan(organisation: Organisation, scope: Scope, notes: Notes, *, preferences: bool) -> FaultPlan:
    plan = FaultPlan(notes)
    for fault in organisation.faults:
        if plan.has_room_for(fault.rule.effect) and fault.meets(scope):
            plan.add(fault)
    organisation.put_aside()
    if preferences:
        _prefer(plan, scope)
    return plan


def _prefer(plan: FaultPlan, scope: Scope) -> None:
    """Add what the request prefers, as far as no fault overrules it, and acknowledge that (`prefer-header`)."""
    applied = []
    for name, text in prefer.read(scope["headers"]):
        if name == "wait":
            plan.delay += float(text)
        elif plan.instead is None:
            plan.refuse(int(text), None, 1 if text == "429" else None, "as Prefer asked for")
        else:
            continue
        applied.append(f"{name}={text}")
    if applied:
        plan.headers.append((b"preference-applied", ", ".join(applied).encode()))


async def _send(answer: Answer, plan: FaultPlan, head: bool, send: Send) -> None:
    """Send *answer* as *plan* has it: deformed, slowly, or not to its end."""
    if plan.slow or plan.body or plan.content_type or plan.headers or plan.ending:
        answer = plan.deform(answer)
    if head or not (plan.slow or plan.ending):
        await send_answer(answer, send, head=head)
        return
    body = answer.whole_body()
    await send(start_of(answer, len(body)))
    if isinstance(plan.ending, Truncated):
        part = body[: min(int(len(body) * plan.ending.share), len(body) - 1)] if body else b""
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await cut(send, reset=False)
        return
    assert plan.slow is not None  # noqa: S101 - one of the two
    step = max(1, int(plan.slow.bytes_per_second * SLOWEST_STEP))
    for start in range(0, len(body), step):
        last = start + step >= len(body)
        if not await hold(send, min(step, len(body) - start) / plan.slow.bytes_per_second):
            return
        await send({"type": "http.response.body", "body": body[start : start + step], "more_body": not last})
    if not body:
        await send({"type": "http.response.body", "body": b""})
