"""Files that appear complete or not at all: written under temporary names, and renamed when all are complete."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

from vambe_mock.generator.problems import GeneratorError, reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class PendingFiles:
    """Files that are being written into a folder, each under a temporary name."""

    def __init__(self, folder: Path) -> None:
        """No file yet."""
        self.folder, self._temporary = folder, dict[str, "Path"]()

    def path(self, name: str) -> Path:
        """The temporary path of the file that will be called `name`."""
        return self._temporary.setdefault(name, self.folder / f".{name}.{os.getpid()}.partial")

    def rename(self) -> None:
        """Give all files their final names."""
        for name, path in self._temporary.items():
            path.replace(self.folder / name)

    def discard(self) -> None:
        """Delete all files."""
        for path in self._temporary.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)


@contextmanager
def write_atomically(folder: Path, names: list[str], *, force: bool) -> Iterator[PendingFiles]:
    """Write files of these names, which appear when the block ends without an exception.

    A missing folder is created, and removed again after a failure. Raises GeneratorError with one line if a file exists
    (unless `force`), or the folder cannot be written, or the disk is full.
    """
    check_writable(folder, names, force=force)
    with _signals_raise_once():
        yield from _pending(folder)


def check_writable(folder: Path, names: list[str], *, force: bool) -> None:
    """Raise GeneratorError if a file of these names exists (unless `force`), or the folder cannot be written."""
    existing = [path for path in (folder / name for name in names) if _exists(path) or path.is_symlink()]
    folders = [path for path in existing if path.is_dir()]
    if folders:
        raise GeneratorError(f"{folders[0]} is a folder; wanted the name of a file")
    if existing and not force:
        raise GeneratorError(f"{existing[0]} exists already; --force replaces it")
    try:
        _check_writable(next(one for one in (folder, *folder.parents) if _exists(one)))
    except OSError as error:
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a writable folder") from error


def _pending(folder: Path) -> Iterator[PendingFiles]:
    created = _create(folder)
    files = PendingFiles(folder)
    complete = False
    try:
        yield files
        _ignore_signals()  # a few of the files without the others would be half a set
        files.rename()
        complete = True
    except OSError as error:
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a writable location") from error
    finally:
        if not complete:
            _ignore_signals()
            files.discard()
            _remove(created)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise GeneratorError(f"{path}: {reason(error)}; wanted a writable location") from error


@contextmanager
def _signals_raise_once() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the program by an exception, so that its files are removed.

    Only the first signal counts: a second one would interrupt the removal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def leave(number: int, frame: FrameType | None) -> None:
        _ignore_signals()
        interrupt = before[signal.SIGINT]
        if number == signal.SIGINT and callable(interrupt):
            interrupt(number, frame)
        sys.exit(128 + number)

    try:
        for number in _SIGNALS:
            if before[number] != signal.SIG_IGN:
                signal.signal(number, leave)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def _ignore_signals() -> None:
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            signal.signal(number, lambda _number, _frame: None)  # with SIG_IGN, a pending signal would be reported


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Keep Ctrl-C, which a terminal sends to the whole group, from processes started here; their parent ends them.

    They inherit the signal mask, so even their start cannot be interrupted; the parent gets the signal after the block.
    """
    if sys.platform == "win32":  # it has no signal masks
        yield
        return
    resource_tracker.ensure_running()  # starting it inside the block would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _create(folder: Path) -> list[Path]:
    """Create the folder; the folders that were missing, innermost first."""
    missing = [one for one in (folder, *folder.parents) if not _exists(one)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_writable(folder)
    except OSError as error:
        _remove(missing)  # those of them that were created
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a writable folder") from error
    return missing


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _check_writable(folder: Path) -> None:
    if not folder.is_dir():
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(folder, os.W_OK):
        read_only = sys.platform != "win32" and os.statvfs(folder).f_flag & os.ST_RDONLY
        code = errno.EROFS if read_only else errno.EACCES
        raise OSError(code, os.strerror(code))
