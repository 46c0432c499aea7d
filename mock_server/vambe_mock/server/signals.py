"""The end by a signal.

It is raised as SystemExit, so that everything is cleaned up; but in the middle of an import it may land in code that
catches every exception. So it is remembered too, and asked for where a job begins.
"""

import signal
import sys

_codes: list[int] = []


def leave_at(number: signal.Signals, code: int) -> None:
    """From now on that signal ends the program with the exit code *code*."""

    def leave(_number: int, _frame: object) -> None:
        _codes.append(code)
        sys.exit(code)

    signal.signal(number, leave)


def leave_if_asked() -> None:
    """End the program if a signal has asked for it and nobody has listened."""
    if _codes:
        sys.exit(_codes[0])
