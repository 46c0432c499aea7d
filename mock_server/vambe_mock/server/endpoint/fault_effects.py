"""Answers a request as its faults and its ``Prefer`` header want it.

Loaded when the first request meets a fault or has a ``Prefer`` header; a server without them only checks an empty list
for each request.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from vambe_mock.contract import refusals
from vambe_mock.organisations.faults import FaultPlan, Instead
from vambe_mock.organisations.journal import Notes
from vambe_mock.server.endpoint import prefer
from vambe_mock.server.endpoint.answers import Answer, Headers, send_answer, start_of
from vambe_mock.server.endpoint.connection import cut, hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope, Send

    from vambe_mock.organisations.faults import Paging
    from vambe_mock.organisations.journal import Exchange, OpenExchange
    from vambe_mock.organisations.organisation import Organisation

PLAIN: Final = b"text/plain; charset=utf-8"

STEP: Final = 0.05
"""A slow body goes out in pieces that take so many seconds each."""


async def answer_with_faults(  # noqa: PLR0913 - the request, and what may happen to it
    organisation: Organisation,
    scope: Scope,
    send: Send,
    opened: OpenExchange,
    *,
    preferences: bool,
    answer: Callable[[], Answer],
) -> Exchange:
    """Answer a request with its faults applied, and its ``Prefer`` header if *preferences*; return the exchange.

    *answer* makes the usual answer.
    """
    status, notes = 0, Notes(organisation.clock.now())
    plan = FaultPlan.of(organisation.faults, scope)
    organisation.put_aside()
    acknowledged = _add_preferences(plan, scope) if preferences else []
    ending = plan.ending
    try:
        if plan.held and not await hold(send, plan.held):
            notes = replace(notes, message="the client left before it was answered")
        elif ending is not None and ending.share is None:
            notes = replace(notes, message=ending.why)
            await cut(send, reset=ending.reset)
        else:
            reply = (
                _usual(answer, plan.paging, organisation, scope)
                if plan.instead is None
                else _refused(plan.instead, notes)
            )
            status, notes = reply.status, reply.notes
            await _send(reply, plan, acknowledged, send, head=scope["method"] == "HEAD")
    finally:
        exchange = opened.finish(status, notes, plan.applied)
    return exchange


def _add_preferences(plan: FaultPlan, scope: Scope) -> Headers:
    """Add to *plan* what the request prefers, unless a fault overrules it; return the header that acknowledges it."""
    applied = []
    for name, text in prefer.read(scope["headers"]):
        if name == "wait":
            plan.delay += float(text)
        elif plan.instead is None:
            plan.instead = Instead(refusals.on_demand(int(text)), 1 if text == "429" else None, "as Prefer asked for")
        else:
            continue
        applied.append(f"{name}={text}")
    return [(b"preference-applied", ", ".join(applied).encode())] if applied else []


def _usual(answer: Callable[[], Answer], paging: Paging | None, organisation: Organisation, scope: Scope) -> Answer:
    if paging is None:
        return answer()
    from vambe_mock.server.endpoint.wrong_pages import answer_wrongly

    return answer_wrongly(answer, paging, organisation, scope)


def _refused(instead: Instead, notes: Notes) -> Answer:
    if instead.location is not None:
        headers = [(b"location", instead.location.encode())]
        return Answer(instead.refusal.status, headers, b"", replace(notes, message=instead.why), PLAIN)
    headers = [] if instead.retry_after is None else [(b"retry-after", str(instead.retry_after).encode())]
    return Answer(instead.refusal.status, headers, instead.refusal.body, replace(notes, message=instead.why))


async def _send(answer: Answer, plan: FaultPlan, more: Headers, send: Send, *, head: bool) -> None:
    """Send *answer*, with *more* headers, as *plan* has it: changed, slowly, or not to its end."""
    if plan.body is not None:
        answer.body = plan.body(answer.whole_body())
    if plan.content_type is not None:
        answer.content_type = plan.content_type.encode()
    answer.headers += more
    if head or (plan.pace is None and plan.ending is None):
        await send_answer(answer, send, head=head)
        return
    body = answer.whole_body()
    await send(start_of(answer, len(body)))
    if plan.ending is not None:
        assert plan.ending.share is not None  # noqa: S101 - without one there is no answer to send
        await _send_share(body, plan.ending.share, send)
        await cut(send, reset=plan.ending.reset)
    elif plan.pace is not None:
        await _send_slowly(body, plan.pace, send)


async def _send_share(body: bytes, share: float, send: Send) -> None:
    """Send *share* of *body*, never all of it."""
    part = body[: min(int(len(body) * share), len(body) - 1)] if body else b""
    await send({"type": "http.response.body", "body": part, "more_body": True})


async def _send_slowly(body: bytes, pace: int, send: Send) -> None:
    """Send *body* at *pace* bytes a second, unless the client leaves."""
    step = max(1, int(pace * STEP))
    for start in range(0, len(body), step):
        last = start + step >= len(body)
        if not await hold(send, min(step, len(body) - start) / pace):
            return
        await send({"type": "http.response.body", "body": body[start : start + step], "more_body": not last})
    if not body:
        await send({"type": "http.response.body", "body": b""})
