"""Writes a job: the contacts, the manifest, and for formats without room for the header a file with that."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from vambe_mock.datasets.files import HEADER_FILE, needed, zstd
from vambe_mock.generator.encoding.text_formats import header_text
from vambe_mock.generator.sets import text_files
from vambe_mock.generator.sets.atomic_files import write_atomically
from vambe_mock.generator.sets.job import HEADER_BESIDE, TEXT_FORMATS
from vambe_mock.generator.sets.manifest import manifest
from vambe_mock.generator.sets.neighbours import refuse_neighbours

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vambe_mock.generator.encoding.chunks import Maker
    from vambe_mock.generator.sets.atomic_files import PendingFiles
    from vambe_mock.generator.sets.job import Job

    Progress = Callable[[int], None]


@dataclass(frozen=True)
class WriteResult:
    """The result of a run: contacts, seconds, bytes in files, and the maker with content hash and counts."""

    contacts: int
    seconds: float
    bytes: int
    maker: Maker
    names: list[str] = field(default_factory=list)
    """The names of the files with contacts; none for a stream."""


def write(job: Job, progress: Progress = lambda _: None, stream: BinaryIO | None = None) -> WriteResult:
    """Write the job into its folder, or to `stream` where it has none.

    `progress` is called with the number of contacts written since its last call. Raises GeneratorError with one line,
    and then leaves no file behind.
    """
    began = time.perf_counter()
    first, stop = job.bounds
    _ = job.plan.fields  # an invalid argument is reported before anything is written
    if job.format == "parquet":
        needed("pyarrow", "arrow")
    if job.compression == "zst":
        zstd()
    if job.folder is None:
        if stream is None:
            raise ValueError("a job without a folder; wanted a stream to write it to")
        maker = text_files.write_stream(job, stream, progress)
        stream.flush()
        return WriteResult(stop - first, time.perf_counter() - began, 0, maker)
    size, maker = _write_files(job, job.folder, progress)
    return WriteResult(stop - first, time.perf_counter() - began, size, maker, _data_names(job))


def _write_files(job: Job, folder: Path, progress: Progress) -> tuple[int, Maker]:
    names = _data_names(job)
    beside = [HEADER_FILE] if job.format in HEADER_BESIDE else []
    # Every shard writes the same header, so that file may exist already.
    guarded = [*names, *(beside if job.part.of == 1 else []), job.manifest_name]
    refuse_neighbours(job, folder, names)
    with write_atomically(folder, guarded, force=job.force) as pending:
        maker = _write_data(job, pending, progress)
        files = [pending.path(name) for name in names]
        size = sum(path.stat().st_size for path in files)
        for name in beside:
            pending.path(name).write_text(header_text(maker.plan.header()), "utf-8", newline="\n")
        text = json.dumps(manifest(job, maker, files), ensure_ascii=False, indent=1)
        pending.path(job.manifest_name).write_text(f"{text}\n", "utf-8", newline="\n")
    return size, maker


def _data_names(job: Job) -> list[str]:
    if job.format == "parquet" and job.processes > 1:
        from vambe_mock.generator.sets.parquet_files import parts_of  # needs pyarrow

        return [job.data_name(part) for part in parts_of(job)]
    return [job.data_name(job.part)]


def _write_data(job: Job, pending: PendingFiles, progress: Progress) -> Maker:
    path = pending.path(job.data_name(job.part)) if len(_data_names(job)) == 1 else None
    if job.format in TEXT_FORMATS and path is not None:
        return text_files.write_file(job, path, progress)
    if job.format == "sqlite" and path is not None:
        from vambe_mock.generator.sets import sqlite_files  # only where it is asked for

        return sqlite_files.write_file(job, path, progress)
    from vambe_mock.generator.sets import parquet_files  # needs pyarrow

    if path is not None:
        return parquet_files.write_file(job, path, progress)
    return parquet_files.write_parts(job, pending.path, progress)
