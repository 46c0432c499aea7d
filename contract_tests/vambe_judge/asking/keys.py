"""The target's API key, from the environment or a prompt. It has no flag: a shell's history would keep it."""

import os
import sys
from getpass import getpass

from vambe_judge.asking.problems import JudgeError


def key_of(variable: str) -> str:
    """Return the key in the environment variable *variable*; ask for it if it is not set and a person is there.

    What is typed is not shown. Raises JudgeError without a key.
    """
    key = os.environ.get(variable, "")
    if not key and sys.stdin is not None and sys.stdin.isatty():
        try:
            key = getpass(f"API key ({variable} is not set): ")
        except EOFError:
            key = ""
    if not key:
        raise JudgeError(f"{variable} is not set; wanted the target's API key in it, or --api-key-env NAME")
    return key
