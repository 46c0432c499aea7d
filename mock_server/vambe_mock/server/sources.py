"""The data set to serve: a bundled fixture set, a file, or generated contacts."""

import shutil
from pathlib import Path

from vambe_mock.contract.patience import told_when_slow
from vambe_mock.datasets.committed import committed
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.datasets.files import HEADER_FILE
from vambe_mock.datasets.loading import load
from vambe_mock.server.settings import DEFAULT_CONTACTS, DEFAULT_SEED, Settings


def dataset_of(settings: Settings) -> Dataset:
    """Load or generate (`generated-sets`) the data set of *settings*. Raises DatasetError if it cannot be used."""
    if settings.data is not None:
        with told_when_slow(str(settings.data)):
            if settings.prepared is None:
                return load(settings.data)
            from vambe_mock.datasets.prepared import load_prepared

            return load_prepared(settings.data, settings.prepared, load)
    if settings.contacts is None and settings.seed is None:
        return committed(settings.fixture or "default")

    from vambe_mock import generator

    count = DEFAULT_CONTACTS if settings.contacts is None else settings.contacts
    return generator.build(settings.seed if settings.seed is not None else DEFAULT_SEED, count, settings.anchored_at())


def copy_of(data: Path, folder: Path) -> Path:
    """Copy *data*, a file or a folder, with the parts that belong to it, into *folder*; return its path there."""
    in_parts = data.is_dir() or (data.parent / HEADER_FILE).exists()
    source = data if data.is_dir() else data.parent
    for file in source.iterdir() if in_parts else [data]:
        if file.is_file():
            shutil.copy2(file, folder)
    return folder if data.is_dir() else folder / data.name
