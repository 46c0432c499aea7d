"""Writing the files that a user has asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vambe_mock.sync.problems import SyncError

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str, flag: str) -> None:
    """Write *text* into the file of an option. Raises SyncError."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SyncError(f"{flag} {path}: {reason}; wanted a file that can be written") from error
