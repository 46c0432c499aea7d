"""A command of the user's as the system starts it."""

import sys
from collections.abc import Sequence


def startable(command: Sequence[str]) -> list[str]:
    """*command*, on Windows with the path of its program: for ``npm``, which is npm.cmd, it looks only if asked to."""
    if sys.platform != "win32":
        return [*command]
    from shutil import which

    return [which(command[0]) or command[0], *command[1:]]
