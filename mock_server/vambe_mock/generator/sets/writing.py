"""Writes a job: the contacts, the header beside them where the format has no room for it, and the manifest."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from vambe_mock.datasets.files import HEADER_FILE, needed, zstd
from vambe_mock.generator.encoding.text_formats import header_text
from vambe_mock.generator.sets import text_files
from vambe_mock.generator.sets.atomic_files import aside
from vambe_mock.generator.sets.job import BESIDE, TEXTS
from vambe_mock.generator.sets.manifest import manifest
from vambe_mock.generator.sets.neighbours import refuse_neighbours

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vambe_mock.generator.encoding.chunks import Maker
    from vambe_mock.generator.sets.atomic_files import Aside
    from vambe_mock.generator.sets.job import Job

    Progress = Callable[[int], None]


@dataclass(frozen=True)
class Written:
    """What a run has done: contacts, seconds, bytes, and the maker with its hash and counts."""

    contacts: int
    seconds: float
    bytes: int
    maker: Maker
    names: list[str] = field(default_factory=list)
    """The files with the contacts; none on standard output."""


def write(job: Job, progress: Progress = lambda _: None, stream: BinaryIO | None = None) -> Written:
    """Write the job into its folder, or to `stream` where it has none.

    `progress` is called with the number of contacts written since its last call. Raises GeneratorError with one line,
    and then leaves no file behind.
    """
    began = time.perf_counter()
    first, stop = job.bounds
    _ = job.plan.fields  # a wrong argument is told before anything is touched
    if job.format == "parquet":
        needed("pyarrow", "arrow")
    if job.compression == "zst":
        zstd()
    if job.folder is None:
        if stream is None:
            raise ValueError("a job without a folder; wanted a stream to write it to")
        maker = text_files.write_stream(job, stream, progress)
        stream.flush()
        return Written(stop - first, time.perf_counter() - began, 0, maker)
    size, maker = _write_files(job, job.folder, progress)
    return Written(stop - first, time.perf_counter() - began, size, maker, _data_names(job))


def _write_files(job: Job, folder: Path, progress: Progress) -> tuple[int, Maker]:
    names = _data_names(job)
    beside = [HEADER_FILE] if job.format in BESIDE else []
    # Every shard writes the same header, so it is no surprise to find it there.
    guarded = [*names, *(beside if job.part.of == 1 else []), job.manifest_name]
    refuse_neighbours(job, folder, names)
    with aside(folder, guarded, force=job.force) as writing:
        maker = _write_data(job, writing, progress)
        files = [writing.path(name) for name in names]
        size = sum(path.stat().st_size for path in files)
        for name in beside:
            writing.path(name).write_text(header_text(maker.plan.header()), "utf-8", newline="\n")
        text = json.dumps(manifest(job, maker, files), ensure_ascii=False, indent=1)
        writing.path(job.manifest_name).write_text(f"{text}\n", "utf-8", newline="\n")
    return size, maker


def _data_names(job: Job) -> list[str]:
    if job.format == "parquet" and job.processes > 1:
        from vambe_mock.generator.sets.parquet_files import parts_of  # needs pyarrow

        return [job.data_name(part) for part in parts_of(job)]
    return [job.data_name(job.part)]


def _write_data(job: Job, writing: Aside, progress: Progress) -> Maker:
    path = writing.path(job.data_name(job.part)) if len(_data_names(job)) == 1 else None
    if job.format in TEXTS and path is not None:
        return text_files.write_file(job, path, progress)
    if job.format == "sqlite" and path is not None:
        from vambe_mock.generator.sets import sqlite_files  # only where it is asked for

        return sqlite_files.write_file(job, path, progress)
    from vambe_mock.generator.sets import parquet_files  # needs pyarrow

    if path is not None:
        return parquet_files.write_file(job, path, progress)
    return parquet_files.write_parts(job, writing.path, progress)
