"""Writes an SQLite database, whose tables `datasets.sqlite_file` defines."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from vambe_mock.datasets import flat, sqlite_file
from vambe_mock.generator.drawing.rows import rows_of
from vambe_mock.generator.encoding.chunks import Maker
from vambe_mock.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vambe_mock.generator.sets.job import Job


def write_file(job: Job, path: Path, progress: Callable[[int], None]) -> Maker:
    """Write the contacts of the job to a database."""
    maker = Maker(job.plan)
    header = maker.plan.header()
    names = flat.columns(header, legacy=job.shape.legacy)
    insert = sqlite_file.insert(names)
    first, stop = job.bounds
    try:
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            sqlite_file.create(database, header, names)
            for chunk in maker.chunks(first, stop, job.chunk):
                chunk.hash()
                records = (flat.record(header, contact) for contact in rows_of(maker.plan, chunk.drawn))
                database.executemany(insert, records)
                progress(chunk.stop - chunk.start)
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise GeneratorError(f"{path.parent}: {error}; wanted a writable location") from error
    return maker
