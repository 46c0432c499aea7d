"""A word to whoever waits for a file that comes slowly, from a network or a pipe."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 5.0
"""How long nothing is said."""


@contextmanager
def told_when_slow(what: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Call *tell* once, in another thread, if the block takes longer than SECONDS: it is still reading *what*."""
    waiting = Timer(SECONDS, lambda: tell(f"still reading {what}, for {SECONDS:g} seconds now; Ctrl-C ends it"))
    waiting.daemon = True
    waiting.start()
    try:
        yield
    finally:
        waiting.cancel()
