"""``--watch``: load the data again when its file changes. A broken file is told of, and the old data stays."""

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from vambe_mock.contract import instants
from vambe_mock.datasets.dataset import HEADER_FILE, DatasetError, Header
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.server.log import say
from vambe_mock.server.settings import Settings
from vambe_mock.server.sources import dataset_of
from vambe_mock.store.state import State

EVERY: Final = 0.3
"""Seconds between two looks."""

Stamp = tuple[tuple[str, int, int], ...]


async def watch(organisation: Organisation, settings: Settings, seen: Stamp) -> None:
    """Give *organisation* what ``settings.data`` holds whenever that differs from what was *seen*; without end."""
    assert settings.data is not None  # noqa: S101 - settings.checked() saw to it
    while True:
        await asyncio.sleep(EVERY)
        now = stamp(settings.data)
        if now != seen:
            seen = now
            await reload(organisation, settings)


async def reload(organisation: Organisation, settings: Settings) -> None:
    """Load the data once more; it is the start from then on."""
    try:
        organisation.restart(*await run_in_thread(lambda: _loaded(organisation, settings)))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a file, the watching goes on
        reason = str(error) if isinstance(error, DatasetError) else f"{settings.data}: {error!r}"
        print(f"vambe-mock: {reason}; the old data stays", file=sys.stderr, flush=True)  # noqa: T201
        return
    if not settings.quiet:
        say(_json(organisation, settings) if settings.log_format == "json" else _text(organisation, settings))


def _text(organisation: Organisation, settings: Settings) -> str:
    return f"vambe-mock: loaded {settings.data} again, {len(organisation.store):,} contacts"


def _json(organisation: Organisation, settings: Settings) -> str:
    at = instants.write(time.time_ns() // 1_000_000)
    return json.dumps({"at": at, "event": "loaded", "data": str(settings.data), "contacts": len(organisation.store)})


def _loaded(organisation: Organisation, settings: Settings) -> tuple[Header, State, State]:
    dataset = dataset_of(settings)
    return dataset.header, *organisation.anchored_states(dataset, keep_timestamps=settings.keep_timestamps)


def stamp(path: Path) -> Stamp:
    """What changes when the data set at *path* does, and nothing else beside it; empty where there is none."""
    try:
        found = sorted((file.name, file.stat()) for file in _files(path))
    except OSError:
        return ()
    return tuple((name, status.st_mtime_ns, status.st_size) for name, status in found)


def _files(path: Path) -> Iterable[Path]:
    """The file, or the parts and the header of its set; of a folder, every file that can be one of these."""
    from vambe_mock.datasets.loading import form, set_name  # noqa: PLC0415 - most servers watch nothing

    if path.is_dir() or path.name == HEADER_FILE:
        folder = path if path.is_dir() else path.parent
        return [file for file in folder.iterdir() if form(file)[0]]
    if path.suffix == ".json" and path.is_file():
        return [path]
    return [file for file in path.parent.iterdir() if file.name == HEADER_FILE or set_name(file) == set_name(path)]
