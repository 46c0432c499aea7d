"""Answers a request of an organisation with a lab: fires triggers, lets contacts drift, notes what was delivered.

Loaded with the first such request; without a lab the endpoint only tests one attribute.

The changes of a trigger that fires after an answer are made as soon as the answer is made and before it is sent: nobody
can tell the difference, except that no other request comes in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vambe_mock.organisations.delivered import Answered, Listing
from vambe_mock.organisations.faults import Delay, SlowBody, WrongPages
from vambe_mock.organisations.triggers import fire
from vambe_mock.server.endpoint.answers import send_answer
from vambe_mock.server.endpoint.connection import has_left

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Scope, Send

    from vambe_mock.organisations.delivered import Delivered
    from vambe_mock.organisations.faults import Effect
    from vambe_mock.organisations.journal import Exchange, OpenExchange
    from vambe_mock.organisations.lab import Lab, Trigger
    from vambe_mock.organisations.organisation import Organisation
    from vambe_mock.server.endpoint.answers import Answer

_HARMLESS: Final = (Delay, SlowBody)
"""The effects under which a whole answer still arrives, as it should be. A wrong page is one too, but for its ties."""


async def answer_in_lab(  # noqa: PLR0913 - the request, and what may happen to it
    organisation: Organisation,
    lab: Lab,
    scope: Scope,
    send: Send,
    opened: OpenExchange,
    *,
    usual: Callable[[], Answer],
    prefers: bool,
    with_faults: Callable[[Callable[[], Answer]], Awaitable[Exchange]],
    triggers_alone: bool = False,
) -> Exchange:
    """Answer a request.

    *usual* makes the usual answer; *with_faults* sends what a function makes, as faults and the Prefer header, if the
    request *prefers* anything, have it. With *triggers_alone*, the answer lists no contacts as the endpoint does: it
    delivers nothing, and nothing in it drifts.
    """
    delivered, drift = (None, None) if triggers_alone else (lab.delivered, lab.drift)
    request = opened.number
    waiting = [trigger for trigger in lab.triggers if trigger.begins(scope)]
    due = [trigger for trigger in waiting if trigger.matched >= trigger.nth]
    _fire(organisation, lab, [trigger for trigger in due if trigger.when == "before"], request)
    listed: Listing | None = None

    def answer() -> Answer:
        nonlocal listed
        made = usual()
        if made.status == 200 and made.rows is not None:
            listed = Listing.of(organisation.store, made.rows)
        if drift is not None and made.status == 200 and not isinstance(made.body, bytes):
            made.body = [drift.applied(bytes(contact)) for contact in made.body]
        after()
        return made

    def after() -> None:
        """The triggers that fire after the answer, once it is made or there will be none."""
        ids = listed.ids() if waiting and listed is not None else []
        for trigger in waiting:
            trigger.listed.add(ids)
        _fire(organisation, lab, [trigger for trigger in due if trigger.when == "after"], request)
        waiting.clear()
        due.clear()

    exchange = None
    try:
        if organisation.faults or prefers:
            exchange = await with_faults(answer)
        else:
            made = answer()
            try:
                await send_answer(made, send, head=scope["method"] == "HEAD")
            finally:
                exchange = opened.finish(made.status, made.notes)
    finally:
        if waiting:
            after()
        if delivered is not None and exchange is not None:
            _note(organisation, delivered, exchange, listed, gone=has_left(send) or scope["method"] == "HEAD")
    return exchange


def _is_harmless(effect: Effect) -> bool:
    return isinstance(effect, _HARMLESS) or (isinstance(effect, WrongPages) and effect.how != "unstable_ties")


def _fire(organisation: Organisation, lab: Lab, triggers: list[Trigger], request: int) -> None:
    for trigger in triggers:
        lab.triggers.remove(trigger)
        lab.fired.append(trigger)
        fire(trigger, organisation, request)


def _note(
    organisation: Organisation, delivered: Delivered, exchange: Exchange, listed: Listing | None, *, gone: bool
) -> None:
    """Note what the answer of *exchange* delivered."""
    rules = [fault.rule for fault in (*organisation.faults, *organisation.spent) if fault.number in exchange.faults]
    whole = exchange.status == 200 and listed is not None and not gone
    whole = whole and all(_is_harmless(rule.effect) for rule in rules)
    if whole and listed is not None:
        delivered.whole += 1
        delivered.note(listed)
    elif exchange.status == 200:
        delivered.spoilt += 1
    if delivered.most:
        delivered.keep(Answered.to(exchange, listed if exchange.status == 200 else None, whole=whole))
