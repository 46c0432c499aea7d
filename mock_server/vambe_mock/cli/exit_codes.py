"""The exit codes of every command."""

from typing import Final

GOOD: Final = 0
FINDINGS: Final = 1
"""The command did its work, and the answer is no: a violation, a contact that is not listed, a server not ready."""
USAGE: Final = 2
"""A wrong call or configuration, or surroundings that forbid the work."""
INTERRUPTED: Final = 130
"""Ctrl-C, as a shell reports it: 128 and the number of SIGINT."""
