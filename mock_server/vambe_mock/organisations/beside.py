"""Long changes of an organisation, made in a thread on a copy; others are served meanwhile (`changes-at-once`).

The copy shares everything with the organisation until it changes something. When the work is done, the organisation
takes the result over in one step, unless somebody else has changed it meanwhile: then the work is done again.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.organisation import Organisation

FEW: Final = 20
"""Up to this many contacts are changed at once on the loop, in about a tenth of a millisecond each."""

MANY_BYTES: Final = 1 << 14
"""From this size on, what a request says takes more than a millisecond to work on."""

LARGE: Final = 20_000
"""From this many contacts on, copying, searching or reordering all of them takes more than a millisecond."""

ATTEMPTS: Final = 3
"""How often the work is done beside the loop before it is done on it, because others keep changing things."""

T = TypeVar("T")


async def change(organisation: Organisation, work: Callable[[Organisation], T], *, count: int = 1, size: int = 0) -> T:
    """Let *work* change *organisation*; return what it returns, raise what it raises.

    *count* is how many contacts it changes, *size* how many bytes say what. *work* must change nothing else, and may be
    called several times.
    """
    large = len(organisation.store) >= LARGE and (count > 1 or organisation.store.is_shared)
    if count <= FEW and size < MANY_BYTES and not large:
        return work(organisation)
    for _ in range(ATTEMPTS):
        copied = copy(organisation)
        state, header = organisation.store.state(), organisation.header
        done = await run_in_thread(partial(work, copied))
        if organisation.store.state() is state and organisation.header is header:
            organisation.adopt(copied)
            return done
    return work(organisation)


async def look(organisation: Organisation, work: Callable[[Organisation], T], *, count: int = 1) -> T:
    """What *work*, which only reads, finds in *organisation*; in a thread if there is much to read.

    *count* is how many contacts it looks at one by one.
    """
    if len(organisation.store) < LARGE and count <= FEW:
        return work(organisation)
    copied = copy(organisation)
    return await run_in_thread(lambda: work(copied))


async def free(things: list[Any]) -> None:
    """Empty a list that nobody uses any longer; freeing very many objects takes time as well."""
    if len(things) > FEW:
        await run_in_thread(lambda: _empty(things))


def _empty(things: list[Any]) -> None:
    while things:
        del things[-FEW:]


def copy(organisation: Organisation) -> Organisation:
    """A copy of *organisation*, to be read or changed in another thread."""
    store = organisation.store.copy()
    return replace(organisation, store=store, clock=organisation.clock.copy())
