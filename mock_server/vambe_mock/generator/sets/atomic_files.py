"""Files that appear whole or not at all: written aside, and renamed when all of them are complete."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

from vambe_mock.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM)


class Aside:
    """A folder and the files that a run is writing into it under names of their own."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written yet."""
        self.folder, self._waiting = folder, dict[str, "Path"]()

    def path(self, name: str) -> Path:
        """Where the file that will be called `name` is written meanwhile."""
        return self._waiting.setdefault(name, self.folder / f".{name}.{os.getpid()}.partial")

    def _settle(self) -> None:
        for name, path in self._waiting.items():
            path.replace(self.folder / name)

    def _discard(self) -> None:
        for path in self._waiting.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)


@contextmanager
def aside(folder: Path, names: list[str], *, force: bool) -> Iterator[Aside]:
    """Files of these names, which must not be there yet unless `force`; they appear when the block ends well.

    The folder is made where it is missing, and removed again if nothing came of it. Raises GeneratorError with one line
    for a place that cannot be written, a file that is there already, a full disk.
    """
    check_free(folder, names, force=force)
    with _heard_once():
        yield from _written(folder)


def check_free(folder: Path, names: list[str], *, force: bool) -> None:
    """Raises GeneratorError where files of these names are there already, or the folder can be none that takes them."""
    there = [path for path in (folder / name for name in names) if _exists(path) or path.is_symlink()]
    folders = [path for path in there if path.is_dir()]
    if folders:
        raise GeneratorError(f"{folders[0]} is a folder; wanted a name for a file, which is free")
    if there and not force:
        raise GeneratorError(f"{there[0]} is there already; --force replaces it")
    try:
        _check_writable(next(one for one in (folder, *folder.parents) if _exists(one)))
    except OSError as error:
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a folder that can be written") from error


def _written(folder: Path) -> Iterator[Aside]:
    made = _make(folder)
    writing = Aside(folder)
    complete = False
    try:
        yield writing
        _hear_no_more()  # some of the files without the others would be half a set
        writing._settle()  # noqa: SLF001 - the one place that ends what it began
        complete = True
    except OSError as error:
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a place that can be written") from error
    finally:
        if not complete:
            _hear_no_more()
            writing._discard()  # noqa: SLF001 - as above
            _unmake(made)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise GeneratorError(f"{path}: {reason(error)}; wanted a place that can be written") from error


@contextmanager
def _heard_once() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the program as an exception does, so that nothing is left behind.

    The first is the last that is heard: a second one would come while files are taken away, or one is still written.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}

    def leave(number: int, frame: FrameType | None) -> None:
        _hear_no_more()
        interrupt = before[signal.SIGINT]
        if number == signal.SIGINT and callable(interrupt):
            interrupt(number, frame)
        sys.exit(128 + number)

    try:
        for number in _ENDING:
            if before[number] != signal.SIG_IGN:
                signal.signal(number, leave)
        yield
    finally:
        for number, way in before.items():
            signal.signal(number, way or signal.SIG_DFL)


def _hear_no_more() -> None:
    if threading.current_thread() is threading.main_thread():
        for number in _ENDING:
            signal.signal(number, lambda _number, _frame: None)  # SIG_IGN would tell of one that is on its way


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Processes that are started in the block never see Ctrl-C, which reaches the whole group: their parent ends them.

    They inherit the mask, so not even their first lines can be interrupted; the parent gets the signal after the block.
    """
    if sys.platform == "win32":  # it has no signal masks
        yield
        return
    resource_tracker.ensure_running()  # what starts it would take the mask away in the middle of the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _make(folder: Path) -> list[Path]:
    """The folders that had to be made, innermost first."""
    missing = [one for one in (folder, *folder.parents) if not _exists(one)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_writable(folder)
    except OSError as error:
        _unmake(missing)  # those of them that were made
        raise GeneratorError(f"{folder}: {reason(error)}; wanted a folder that can be written") from error
    return missing


def _unmake(folders: list[Path]) -> None:
    for one in folders:
        with suppress(OSError):
            one.rmdir()


def _check_writable(folder: Path) -> None:
    if not folder.is_dir():
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(folder, os.W_OK):
        read_only = sys.platform != "win32" and os.statvfs(folder).f_flag & os.ST_RDONLY
        code = errno.EROFS if read_only else errno.EACCES
        raise OSError(code, os.strerror(code))


def reason(error: OSError) -> str:
    """What went wrong, as the system says it."""
    return (error.strerror or str(error)).lower()
