"""The Dask engine: each task writes one part, on a local cluster or on the workers of a scheduler.

The parts hold what one process would have written, and the manifest has the same content hash. Workers on other
machines must see the folder under the same path.
"""

from __future__ import annotations

import json
import logging
import time
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vambe_mock.datasets.files import HEADER_FILE, needed
from vambe_mock.generator.encoding.chunks import Maker
from vambe_mock.generator.encoding.text_formats import header_text
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.sets.atomic_files import interrupts_blocked, write_atomically
from vambe_mock.generator.sets.job import Part
from vambe_mock.generator.sets.manifest import manifest
from vambe_mock.generator.sets.neighbours import refuse_neighbours
from vambe_mock.generator.sets.writing import WriteResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vambe_mock.generator.sets.atomic_files import PendingFiles
    from vambe_mock.generator.sets.job import Job

_PART_CONTACTS = 1_000_000  # each part makes its own look-up tables, which takes as long as 50,000 contacts


def write(job: Job, scheduler: str | None, progress: Callable[[int], None]) -> WriteResult:
    """Write the job as Parquet or NDJSON parts. Raises GeneratorError with one line, and then leaves no file behind."""
    if job.format not in ("parquet", "ndjson") or job.folder is None or job.part.of > 1:
        raise GeneratorError("--engine dask writes whole sets of parquet or ndjson into a folder; for example: out/")
    distributed = needed("distributed", "dask")
    if job.format == "parquet":
        needed("pyarrow", "arrow")
    began = time.perf_counter()
    parts = parts_of(job)
    names = [job.data_name(part) for part in parts]
    maker = Maker(job.plan)
    refuse_neighbours(job, job.folder, names)
    with write_atomically(job.folder, [*names, HEADER_FILE, job.manifest_name], force=job.force) as pending:
        with _client(distributed, scheduler, job.processes) as client:
            futures = [client.submit(write_part, *_task(job, part, pending), pure=False) for part in parts]
            for part, (total, counts) in zip(parts, _results(client, futures), strict=True):
                maker.content.join(total)
                maker.counts.join(counts)
                progress(_size(job, part))
        files = [pending.path(name) for name in names]
        size = sum(path.stat().st_size for path in files)
        pending.path(HEADER_FILE).write_text(header_text(maker.plan.header()), "utf-8", newline="\n")
        text = json.dumps(manifest(job, maker, files), ensure_ascii=False, indent=1)
        pending.path(job.manifest_name).write_text(f"{text}\n", "utf-8", newline="\n")
    return WriteResult(job.count, time.perf_counter() - began, size, maker, names)


def parts_of(job: Job) -> list[Part]:
    """The parts of the set, each of at most a million contacts."""
    of = max(1, -(-job.count // _PART_CONTACTS))
    return [Part(number, of) for number in range(1, of + 1)]


def _size(job: Job, part: Part) -> int:
    first, stop = part.bounds(job.count)
    return stop - first


def _task(job: Job, part: Part, pending: PendingFiles) -> tuple[Job, str]:
    return replace(job, part=part, processes=1), str(pending.path(job.data_name(part)).resolve())


def _client(distributed: Any, scheduler: str | None, processes: int) -> Any:
    if scheduler is None:
        return _local_client(distributed, processes)
    logging.getLogger("distributed.client").setLevel(
        logging.CRITICAL
    )  # a scheduler that goes away is reported in one line
    try:
        return distributed.Client(scheduler, timeout="5s")
    except (OSError, ValueError, TimeoutError, TypeError) as error:  # TypeError: tls:// without a configuration
        raise GeneratorError(f"--scheduler {scheduler}: {error}; wanted an address like tcp://host:8786") from error


def _local_client(distributed: Any, processes: int) -> Any:
    """A cluster on this machine, without Dask's own memory trimming and profiling.

    Dask sets a small MALLOC_TRIM_THRESHOLD_, so that workers return memory at once; here they would then ask the system
    for the memory of every chunk. Its profiler, which samples what runs, costs time as well.
    """
    quiet = {
        "distributed.nanny.pre-spawn-environ": {},
        "distributed.worker.profile.enabled": False,
        "distributed.logging": {"distributed": "critical"},  # an interrupted run reports nothing
    }
    with needed("dask", "dask").config.set(quiet), interrupts_blocked():
        return distributed.Client(
            n_workers=processes,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # with None it would use 8787, and warn if that is taken
            memory_limit=None,
            silence_logs=logging.CRITICAL,
        )


def _results(client: Any, futures: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    from distributed import KilledWorker  # `write` has checked that it is installed

    for future in futures:
        try:
            yield client.gather(future)
        except OSError as error:
            raise GeneratorError(
                f"a worker could not write its part: {error}; wanted a folder that all workers can write"
            ) from error
        except (CancelledError, KilledWorker, RuntimeError) as error:
            problem = " ".join(str(error).split())
            raise GeneratorError(
                f"the cluster failed: {problem}; wanted a scheduler and workers that stay up, with this vambe-mock"
            ) from error


def write_part(job: Job, path: str) -> tuple[int, dict[str, Any]]:
    """Write one part of a set: the task of a worker. Returns its content sum and counts."""
    if job.format == "parquet":
        from vambe_mock.generator.sets import parquet_files  # needs pyarrow

        maker = parquet_files.write_file(job, Path(path), lambda _: None)
    else:
        from vambe_mock.generator.sets import text_files

        maker = text_files.write_file(job, Path(path), lambda _: None)
    return maker.content.total, maker.counts.as_json()
