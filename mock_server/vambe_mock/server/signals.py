"""A signal that ends the program (`clean-end`).

It is raised as SystemExit, so that everything is cleaned up. In the middle of an import it may land in code that
catches every exception; so it is remembered too, and ``leave_if_asked`` ends the program where the next job begins.
"""

import signal
import sys

_codes: list[int] = []


def leave_at(number: signal.Signals, code: int) -> None:
    """From now on the signal *number* ends the program with the exit code *code*."""

    def leave(_number: int, _frame: object) -> None:
        _codes.append(code)
        sys.exit(code)

    signal.signal(number, leave)


def leave_if_asked() -> None:
    """End the program if a signal asked for it and the exception was swallowed."""
    if _codes:
        sys.exit(_codes[0])
