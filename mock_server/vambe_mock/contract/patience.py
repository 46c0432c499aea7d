"""A word to whoever waits for a file that comes slowly, from a network or a pipe."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

from vambe_mock.contract.terminal import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 5.0
"""How long nothing is said."""


def on_standard_error(text: str) -> None:
    """Print *text* as this program says what is not its result."""
    if sys.stderr is not None:
        print(f"vambe-mock: {escaped(text)}", file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def told_when_slow(what: str, tell: Callable[[str], None] = on_standard_error) -> Iterator[None]:
    """Call *tell* once, in another thread, if the block takes longer than SECONDS: it is still reading *what*."""
    waiting = Timer(SECONDS, lambda: tell(f"still reading {what}, for {SECONDS:g} seconds now; Ctrl-C ends it"))
    waiting.daemon = True
    waiting.start()
    try:
        yield
    finally:
        waiting.cancel()
