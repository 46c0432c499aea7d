"""The Dask engine: each task writes one part, on this machine's local cluster or wherever a scheduler has workers.

The parts hold what one process would have written, and their manifest has the same content hash. Workers of other
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
from vambe_mock.generator.sets.atomic_files import aside, without_interrupts
from vambe_mock.generator.sets.job import Part
from vambe_mock.generator.sets.manifest import manifest
from vambe_mock.generator.sets.neighbours import refuse_neighbours
from vambe_mock.generator.sets.writing import Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vambe_mock.generator.sets.atomic_files import Aside
    from vambe_mock.generator.sets.job import Job

_PART_CONTACTS = 1_000_000  # each part makes its look-up tables anew, which takes as long as 50,000 contacts


def write(job: Job, scheduler: str | None, progress: Callable[[int], None]) -> Written:
    """Write the job as Parquet or NDJSON parts. Raises GeneratorError with one line."""
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
    with aside(job.folder, [*names, HEADER_FILE, job.manifest_name], force=job.force) as writing:
        with _client(distributed, scheduler, job.processes) as client:
            futures = [client.submit(write_part, *_task(job, part, writing), pure=False) for part in parts]
            for part, (total, counts) in zip(parts, _results(client, futures), strict=True):
                maker.content.join(total)
                maker.counts.join(counts)
                progress(_size(job, part))
        files = [writing.path(name) for name in names]
        size = sum(path.stat().st_size for path in files)
        writing.path(HEADER_FILE).write_text(header_text(maker.plan.header()), "utf-8", newline="\n")
        text = json.dumps(manifest(job, maker, files), ensure_ascii=False, indent=1)
        writing.path(job.manifest_name).write_text(f"{text}\n", "utf-8", newline="\n")
    return Written(job.count, time.perf_counter() - began, size, maker, names)


def parts_of(job: Job) -> list[Part]:
    """As many parts as the set is large."""
    of = max(1, -(-job.count // _PART_CONTACTS))
    return [Part(number, of) for number in range(1, of + 1)]


def _size(job: Job, part: Part) -> int:
    first, stop = part.bounds(job.count)
    return stop - first


def _task(job: Job, part: Part, writing: Aside) -> tuple[Job, str]:
    return replace(job, part=part, processes=1), str(writing.path(job.data_name(part)).resolve())


def _client(distributed: Any, scheduler: str | None, processes: int) -> Any:
    if scheduler is None:
        return _local_client(distributed, processes)
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # a scheduler that goes is told in one line
    try:
        return distributed.Client(scheduler, timeout="5s")
    except (OSError, ValueError, TimeoutError, TypeError) as error:  # TypeError: tls:// that is not set up
        raise GeneratorError(f"--scheduler {scheduler}: {error}; wanted one like tcp://host:8786") from error


def _local_client(distributed: Any, processes: int) -> Any:
    """A cluster of this machine's own, in which nobody watches the workers.

    Dask gives its workers a small MALLOC_TRIM_THRESHOLD_, so that they return memory at once; the chunks here would
    be taken from the system anew each time. Its sampling of what runs costs as well.
    """
    quiet = {
        "distributed.nanny.pre-spawn-environ": {},
        "distributed.worker.profile.enabled": False,
        "distributed.logging": {"distributed": "critical"},  # a run that is interrupted has nothing to tell
    }
    with needed("dask", "dask").config.set(quiet), without_interrupts():
        return distributed.Client(
            n_workers=processes,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # with None it would take 8787, and warn where that is taken
            memory_limit=None,
            silence_logs=logging.CRITICAL,
        )


def _results(client: Any, futures: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    from distributed import KilledWorker  # an extra, and it is there by now

    for future in futures:
        try:
            yield client.gather(future)
        except OSError as error:
            raise GeneratorError(f"a worker could not write its part: {error}; wanted a folder that all see") from error
        except (CancelledError, KilledWorker, RuntimeError) as error:
            told = " ".join(str(error).split())
            raise GeneratorError(
                f"the cluster gave up a part: {told}; wanted a scheduler and workers that stay, with this vambe-mock"
            ) from error


def write_part(job: Job, path: str) -> tuple[int, dict[str, Any]]:
    """One part of a set into a file: the task that a worker does. Its content sum and its counts."""
    if job.format == "parquet":
        from vambe_mock.generator.sets import parquet_files  # needs pyarrow

        maker = parquet_files.write_file(job, Path(path), lambda _: None)
    else:
        from vambe_mock.generator.sets import text_files  # only where it is asked for

        maker = text_files.write_file(job, Path(path), lambda _: None)
    return maker.content.total, maker.counts.as_json()
