"""Answers a request to a path beside the endpoint's: the same key rule, journal, faults and triggers as there.

What was delivered, and drift, are about the endpoint's answers alone, so a lab that has only these does not look at it.
"""

from collections.abc import Awaitable, Callable
from traceback import print_exc
from typing import Protocol

from starlette.types import Scope, Send

from vambe_mock.contract.refusals import Refusal, server_error
from vambe_mock.organisations.journal import Exchange, Notes
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.server.endpoint import prefer
from vambe_mock.server.endpoint.answers import Answer, send_answer
from vambe_mock.server.endpoint.authentication import authenticate
from vambe_mock.server.endpoint.connection import hold
from vambe_mock.server.endpoint.contacts import target

Make = Callable[[], Answer]
"""Makes the usual answer of a request, at once. Raises Refusal."""


class Operation(Protocol):
    """What answers the requests of a path."""

    delay: float
    """Seconds before each answer."""

    def prepare(self, organisation: Organisation, scope: Scope) -> Awaitable[Make]:
        """Do the long part of the work beside the loop, and return what makes the answer."""


async def answer_keyed(  # noqa: PLR0913 - the request, and what answers it
    organisations: Organisations,
    operation: Operation,
    scope: Scope,
    send: Send,
    started: float,
    *,
    preferences: bool,
) -> Exchange:
    """Answer a request that arrived at *started*, with *operation* if its key is right; return the exchange."""
    method, headers = scope["method"], scope["headers"]
    head = method == "HEAD"
    try:
        organisation = authenticate(headers, organisations.keys)
    except Refusal as refusal:
        opened = organisations.unattributed.open(method, target(scope), started)
        return await _send(_refused(refusal, organisations.first.clock.now()), send, opened.finish, head=head)
    opened = organisation.journal.open(method, target(scope), started)
    if operation.delay and not await hold(send, operation.delay):
        return opened.finish(0, Notes(organisation.clock.now(), "the client left before it was answered"))
    make = await operation.prepare(organisation, scope)

    def usual() -> Answer:
        return _answer(make, organisation.clock.now())

    async def with_faults(answer: Make) -> Exchange:
        from vambe_mock.server.endpoint.fault_effects import answer_with_faults

        return await answer_with_faults(organisation, scope, send, opened, preferences=preferences, answer=answer)

    prefers = preferences and prefer.is_sent(headers)
    if organisation.lab is not None and organisation.lab.triggers:
        from vambe_mock.server.endpoint.lab import answer_in_lab

        return await answer_in_lab(
            organisation,
            organisation.lab,
            scope,
            send,
            opened,
            usual=usual,
            prefers=prefers,
            with_faults=with_faults,
            triggers_alone=True,
        )
    if organisation.faults or prefers:
        return await with_faults(usual)
    return await _send(usual(), send, opened.finish, head=head)


async def _send(answer: Answer, send: Send, finish: Callable[[int, Notes], Exchange], *, head: bool) -> Exchange:
    try:
        await send_answer(answer, send, head=head)
    finally:
        exchange = finish(answer.status, answer.notes)
    return exchange


def _answer(make: Make, now: int) -> Answer:
    """What *make* makes; a defect becomes the vendor's 500."""
    try:
        return make()
    except Refusal as refusal:
        return _refused(refusal, now)
    except Exception as defect:  # noqa: BLE001 - whatever it is, the client gets the vendor's failure
        print_exc()
        return Answer(500, [], server_error().body, Notes(now, f"a defect of the mock: {defect!r}"))


def _refused(refusal: Refusal, now: int) -> Answer:
    return Answer(refusal.status, [], refusal.body, Notes(now, str(refusal)))
