"""Writing the files that a user has asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vambe_mock.sync.problems import SyncError

if TYPE_CHECKING:
    from pathlib import Path


def check_writable(path: Path, flag: str) -> None:
    """Raises SyncError where ``write`` would: for what takes minutes before it writes."""
    reason = ""
    if path.is_dir():
        reason = "is a directory"
    elif not path.parent.is_dir():
        reason = f"there is no folder {path.parent}"
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        reason = "permission denied"
    if reason:
        raise SyncError(f"{flag} {path}: {reason}; wanted a file that can be written, e.g. {flag} report{path.suffix}")


def write(path: Path, text: str, flag: str) -> None:
    """Write *text* into the file of an option. Raises SyncError."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SyncError(f"{flag} {path}: {reason}; wanted a file that can be written") from error
