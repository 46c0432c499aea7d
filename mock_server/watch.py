"""``--watch``: load the data again when its file changes. A broken file is told of, and the old data stays."""

import asyncio
import sys
from pathlib import Path
from typing import Final

from mock_server.beside import beside
from mock_server.dataset import DatasetError, Header
from mock_server.organisation import Organisation
from mock_server.settings import Settings
from mock_server.sources import dataset_of
from mock_server.state import State

EVERY: Final = 0.3
"""Seconds between two looks."""

Stamp = tuple[tuple[str, int, int], ...]


async def watch(organisation: Organisation, settings: Settings) -> None:
    """Give *organisation* what ``settings.data`` holds whenever that changes; without end."""
    assert settings.data is not None  # noqa: S101 - settings.checked() saw to it
    seen = stamp(settings.data)
    while True:
        await asyncio.sleep(EVERY)
        now = stamp(settings.data)
        if now != seen:
            seen = now
            await reload(organisation, settings)


async def reload(organisation: Organisation, settings: Settings) -> None:
    """Load the data once more; it is the start from then on."""
    try:
        organisation.restart(*await beside(lambda: _loaded(organisation, settings)))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a file, the watching goes on
        reason = str(error) if isinstance(error, DatasetError) else f"{settings.data}: {error!r}"
        print(f"vambe-mock: {reason}; the old data stays", file=sys.stderr, flush=True)  # noqa: T201
        return
    if not settings.quiet:
        print(f"vambe-mock: loaded {settings.data} again, {len(organisation.store):,} contacts", flush=True)  # noqa: T201


def _loaded(organisation: Organisation, settings: Settings) -> tuple[Header, State, State]:
    dataset = dataset_of(settings)
    return dataset.header, *organisation.begun(dataset, keep_timestamps=settings.keep_timestamps)


def stamp(path: Path) -> Stamp:
    """What changes when the file, or a file of the folder, does; empty where there is none."""
    folder = path if path.is_dir() else path.parent if path.suffix != ".json" else None
    try:
        files = sorted(folder.iterdir()) if folder else [path]
        return tuple((file.name, status.st_mtime_ns, status.st_size) for file in files if (status := file.stat()))
    except OSError:
        return ()
