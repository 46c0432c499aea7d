"""``--watch``: load the data again when its file changes (`watched-file`).

If the file is invalid, report it and keep the old data.

The files are checked three times a second. ``watchfiles`` cannot replace this: with and without polling, it misses a
symbolic link that is switched to another folder (which is how Kubernetes updates a mounted file), and it refuses a
path that does not exist. Even its events would have to be compared with a stamp.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.contract.terminal import escaped
from vambe_mock.datasets.document import Header
from vambe_mock.datasets.files import HEADER_FILE, form, set_name
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.server.log import say
from vambe_mock.server.settings import Settings
from vambe_mock.server.sources import dataset_of
from vambe_mock.store.state import State

INTERVAL: Final = 0.3
"""Seconds between two checks."""

Stamp = tuple[tuple[str, int, int, int, int], ...]
"""Of each file: name, inode, size, and when its content and its inode last changed, in nanoseconds."""


async def watch(organisation: Organisation, settings: Settings, seen: Stamp) -> None:
    """Reload *organisation* whenever the files of ``settings.data`` differ from *seen*; never returns."""
    assert settings.data is not None  # noqa: S101 - settings.checked() saw to it
    while True:
        await asyncio.sleep(INTERVAL)
        now = stamp(settings.data)
        if now != seen:
            seen = now
            await reload(organisation, settings)


async def reload(organisation: Organisation, settings: Settings) -> None:
    """Load the data again, as the new initial data; if it is invalid, report it and keep the old."""
    assert settings.data is not None  # noqa: S101 - settings.checked() saw to it
    if _is_replaced_outside(settings.data):
        _complain(f"{settings.data} was replaced outside of its mount, which still shows the old one; mount its folder")
        return
    try:
        organisation.restart(*await run_in_thread(lambda: _loaded(organisation, settings)))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a file, keep watching
        reason = str(error) if isinstance(error, DatasetError) else f"{settings.data}: {error!r}"
        _complain(f"{escaped(reason)}; still serving the old data")
        return
    if not settings.quiet:
        say(_json(organisation, settings) if settings.log_format == "json" else _text(organisation, settings))


def _complain(text: str) -> None:
    with suppress(OSError):
        print(f"vambe-mock: {text}", file=sys.stderr, flush=True)  # noqa: T201


def _is_replaced_outside(path: Path) -> bool:
    """Whether *path* is a file that has no name any more, as one that is mounted by itself and was then replaced."""
    try:
        return path.is_file() and path.stat().st_nlink == 0
    except OSError:
        return False


def _text(organisation: Organisation, settings: Settings) -> str:
    return f"vambe-mock: reloaded {settings.data}, {plural(len(organisation.store), 'contact')}"


def _json(organisation: Organisation, settings: Settings) -> str:
    at = instants.write(time.time_ns() // 1_000_000)
    return json.dumps({"at": at, "event": "loaded", "data": str(settings.data), "contacts": len(organisation.store)})


def _loaded(organisation: Organisation, settings: Settings) -> tuple[Header, State, State]:
    dataset = dataset_of(settings)
    return dataset.header, *organisation.anchored_states(dataset, keep_timestamps=settings.keep_timestamps)


def stamp(path: Path) -> Stamp:
    """Return what changes when the data set at *path* does, other files beside it apart; empty if there is none.

    The size and the time of the content can be those of before (``cp -p``, ``mv``); the inode or its own time is not.
    """
    try:
        found = sorted(((file.name, file.stat()) for file in _files(path)), key=lambda one: one[0])
    except OSError:
        return ()
    return tuple((name, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for name, one in found)


def _files(path: Path) -> Iterable[Path]:
    """The data file, or all parts and the header of its set; for a folder, every file that can be one of these."""
    if path.is_dir() or path.name == HEADER_FILE:
        folder = path if path.is_dir() else path.parent
        return [file for file in folder.iterdir() if form(file)[0]]
    if path.suffix == ".json" and path.is_file():
        return [path]
    return [file for file in path.parent.iterdir() if file.name == HEADER_FILE or set_name(file) == set_name(path)]
