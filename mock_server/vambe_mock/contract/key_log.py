"""SSLKEYLOGFILE, into which every TLS context of Python writes its keys; if it cannot be written, making one fails."""

import os

from vambe_mock.contract.patience import on_standard_error

NAME = "SSLKEYLOGFILE"


def pass_over_bad_key_log() -> None:
    """Forget the variable where its file cannot be written, with one line: others set it, for a browser perhaps."""
    name = os.environ.get(NAME)
    if not name:
        return
    try:
        with open(name, "ab"):  # noqa: PTH123 - as ssl does
            pass
    except (OSError, ValueError) as error:
        del os.environ[NAME]
        why = (getattr(error, "strerror", None) or "no name of a file").lower()
        on_standard_error(f"warning: {NAME} is passed over: {why}")
