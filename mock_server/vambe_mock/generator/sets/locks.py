"""Which unfinished files are being written, and which are left over (`leftovers`).

A run writes under names such as `.contacts.ndjson.3f9c01ab.partial`, with a token of its own, and holds a lock on
`.3f9c01ab.partial` as long as it lives. The system frees the lock whatever ends the run, so a later run can tell.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARTIAL = re.compile(r"\.((?P<name>.+)\.)?(?P<token>[0-9a-f]{8})\.partial", re.DOTALL)
"""The file name of an unfinished file, or of the lock of a run."""


class RunLock:
    """The lock of a run that writes into a folder."""

    def __init__(self, folder: Path) -> None:
        """Take it. Raises OSError if the folder cannot be written."""
        while True:
            self.token = secrets.token_hex(4)
            self._path = folder / f".{self.token}.partial"
            self._file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            # Another run may have taken the new file for a leftover before it was locked.
            if _lock(self._file) is not False and self._path.exists():
                break
            self.free()

    def free(self) -> None:
        """Give it up, when the unfinished files are gone."""
        with suppress(OSError):
            self._path.unlink()
        with suppress(OSError):
            os.close(self._file)
        _remove_closed(self._path)


def remove_leftovers(folder: Path) -> None:
    """Delete the unfinished files of runs that have ended without doing so."""
    found = list(_partials(folder))
    for token in {token for token, _, _ in found}:
        with _left(folder / f".{token}.partial") as left:
            for path in [path for other, _, path in found if other == token and left]:
                with suppress(OSError):
                    path.unlink()
        if left:
            _remove_closed(folder / f".{token}.partial")


def names_in_work(folder: Path) -> set[str]:
    """The names of the files that other runs are writing in the folder."""
    names = set[str]()
    for token, name, _ in _partials(folder):
        with _left(folder / f".{token}.partial") as left:
            names |= set() if left or name is None else {name}
    return names


def _partials(folder: Path) -> Iterator[tuple[str, str | None, Path]]:
    with suppress(OSError):
        for path in [*folder.iterdir()]:
            if found := PARTIAL.fullmatch(path.name):
                yield found["token"], found["name"], path


@contextmanager
def _left(path: Path) -> Iterator[bool]:
    """Whether the run with that lock has ended; while the block runs, the lock is ours. False where none can tell."""
    try:
        file = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        yield True
        return
    except OSError:
        yield False
        return
    try:
        yield _lock(file) is True
    finally:
        os.close(file)


def _remove_closed(path: Path) -> None:
    """Delete the file of a lock where that had to wait until it was closed: Windows deletes no open file."""
    if sys.platform == "win32":
        with suppress(OSError):
            path.unlink()


def _lock(file: int) -> bool | None:
    """Lock the file. False if another run has it, None if this file system has no locks."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        except OSError:
            return None
        return True
    else:  # noqa: RET505 - so that mypy passes over it there
        from fcntl import LOCK_EX, LOCK_NB, flock

        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
