"""Standard error, which may be full or closed: what was to be said there is lost then, and nothing else."""

import os
import sys
from contextlib import suppress
from typing import Any


def complain(text: str) -> None:
    """A line on standard error, or nowhere; the exit code still tells."""
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201
    except OSError:
        drop(sys.stderr)


def drop(stream: Any) -> None:
    """What still waits in the buffer goes nowhere: Python would write it at its end, and end with 120."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
