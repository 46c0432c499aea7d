"""Files that appear complete or not at all: written under temporary names, and renamed when all are complete."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from multiprocessing import parent_process, resource_tracker
from multiprocessing.connection import wait
from threading import Thread
from typing import TYPE_CHECKING

from vambe_mock.generator.problems import GeneratorError, reason
from vambe_mock.generator.sets.locks import RunLock, names_in_work, remove_leftovers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Ctrl-C, the end of a container, and the end of a terminal."""
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class PendingFiles:
    """Files that are being written into a folder, each under a temporary name."""

    def __init__(self, folder: Path) -> None:
        """No file yet. Raises OSError if the folder cannot be written."""
        self.folder, self._temporary = folder, dict[str, "Path"]()
        self._lock = RunLock(folder)

    def path(self, name: str) -> Path:
        """The temporary path of the file that will be called `name`."""
        return self._temporary.setdefault(name, self.folder / f".{name}.{self._lock.token}.partial")

    def rename(self, new: list[str]) -> None:
        """Give all files their final names.

        Raises GeneratorError if one of the `new` names exists by now: another run was faster, and no name is given
        (`one-run-wins`).
        """
        given: list[Path] = []
        for name, path in self._temporary.items():
            try:
                if name in new:
                    _rename_to_new(path, self.folder / name)
                    given.append(self.folder / name)
                else:
                    path.replace(self.folder / name)
            except FileExistsError:
                for one in given:
                    one.unlink()
                raise GeneratorError(f"{self.folder / name} exists already; --force replaces it") from None
        self._lock.free()

    def discard(self) -> None:
        """Delete all files."""
        for path in self._temporary.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self._lock.free()


def _rename_to_new(path: Path, new: Path) -> None:
    """Rename a file. Raises FileExistsError if there is one of that name."""
    if sys.platform != "win32":  # there, renaming replaces nothing
        try:
            os.link(path, new)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            path.unlink()
            return
        if new.exists():
            raise FileExistsError(new)
    path.rename(new)


@contextmanager
def write_atomically(folder: Path, names: list[str], *, force: bool) -> Iterator[PendingFiles]:
    """Write files of these names, which appear when the block ends without an exception.

    A missing folder is created, and removed again after a failure. Raises GeneratorError with one line if a file exists
    (unless `force`), or the folder cannot be written, or the disk is full.
    """
    check_writable(folder, names, force=force)
    remove_leftovers(folder)
    new = [] if force else names
    if taken := names_in_work(folder) & {*new}:
        raise GeneratorError(
            f"{folder / min(taken)} is being written by another run; wait for it, or choose another OUT"
        )
    with _signals_raise_once():
        yield from _pending(folder, new)


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


def _pending(folder: Path, new: list[str]) -> Iterator[PendingFiles]:
    created = _create(folder)
    files = None
    complete = False
    try:
        files = PendingFiles(folder)
        yield files
        _ignore_signals()  # a few of the files without the others would be half a set
        files.rename(new)
        complete = True
    except OSError as error:
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a writable location") from error
    finally:
        if not complete:
            _ignore_signals()
            if files is not None:
                files.discard()
            _remove(created)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise GeneratorError(f"{path}: {reason(error)}; wanted a writable location") from error


@contextmanager
def _signals_raise_once() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and SIGHUP end the program by an exception, so that its files are removed.

    Only the first signal counts: a second one would interrupt the removal (`sigterm-cleans-up`).
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


def end_with_parent() -> None:
    """Let this process end when the one that started it does, whatever ended that one (`leftovers`)."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # nobody is there to be told anything


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Keep from processes started here what a terminal sends to all: Ctrl-C and its end. Their parent ends them.

    They inherit the signal mask, so even their start cannot be interrupted; the parent gets the signal after the block.
    """
    if sys.platform == "win32":  # it has no signal masks
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        resource_tracker.ensure_running()  # starting it later would unblock Ctrl-C; it must survive the terminal too
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
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
