"""Long work in a thread beside the event loop, so that others are served. The end of the loop does not wait for it."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

NAME: Final = "vambe-mock beside"

T = TypeVar("T")


async def beside(work: Callable[[], T]) -> T:
    """What *work* returns, or raises."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(how: Callable[[Any], None], what: Any) -> None:
        if not done.done():
            how(what)

    def run() -> None:
        how: Callable[[Any], None] = done.set_result
        what: Any
        try:
            what = work()
        except Exception as error:  # noqa: BLE001 - whoever waits gets it
            how, what = done.set_exception, error
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(tell, how, what)

    threading.Thread(target=run, name=NAME).start()
    return await done


def leave_work() -> None:
    """End the program at once, exit code 0, if such work is still going on: Python itself would wait for it."""
    if any(thread.name == NAME for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
