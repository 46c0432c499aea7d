"""Run blocking work in a thread so the loop stays responsive; shutdown does not wait for it."""

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar

NAME: Final = "vambe-mock background"

T = TypeVar("T")


async def run_in_thread(work: Callable[[], T]) -> T:
    """Run *work* in a thread; return what it returns, raise what it raises."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(setter: Callable[[Any], None], outcome: Any) -> None:
        if not done.done():
            setter(outcome)

    def run() -> None:
        setter: Callable[[Any], None] = done.set_result
        outcome: Any
        try:
            outcome = work()
        except Exception as error:  # noqa: BLE001 - the awaiting task gets it
            setter, outcome = done.set_exception, error
        with suppress(RuntimeError):  # the loop has ended, so no task awaits it
            loop.call_soon_threadsafe(settle, setter, outcome)

    threading.Thread(target=run, name=NAME).start()
    return await done


@contextmanager
def uncollected() -> Iterator[None]:
    """While very many objects are made that are all in use: looking for unused ones would hold every thread up.

    It takes up to four fifths of the time of parsing JSON with small objects, in which no other thread runs.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def exit_during_work() -> None:
    """Exit at once, with code 0, if such work is still running: Python itself would wait for it."""
    if any(thread.name == NAME for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
