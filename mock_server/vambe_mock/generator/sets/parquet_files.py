"""Writes Parquet: one file, or with several processes a numbered part for each. Needs pyarrow."""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children, get_context
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from vambe_mock.datasets import parquet_file
from vambe_mock.datasets.files import HEADER_FILE
from vambe_mock.datasets.parquet_file import HEADER, schema
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.generator.encoding import column_hash
from vambe_mock.generator.encoding.arrow import ArrowMaker
from vambe_mock.generator.encoding.chunks import Maker
from vambe_mock.generator.encoding.content_hash import BLOCK, Content
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.sets.atomic_files import end_with_parent, interrupts_blocked
from vambe_mock.generator.sets.job import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from vambe_mock.generator.sets.job import Job

_ROW_GROUP = 1 << 16
_INSTANTS = ("created_at", "updated_at", "last_message_at")


def write_file(job: Job, path: Path, progress: Callable[[int], None]) -> Maker:
    """Write the contacts of the job to one file. A second thread writes the row groups that this one makes.

    Writing releases the interpreter's lock; hashing and counting in that thread would not, so they are done here.
    """
    maker = Maker(job.plan)
    arrow = ArrowMaker(maker.plan)
    first, stop = job.bounds
    # Ids are most of a file and do not compress: compression would save a quarter of the size, and double the time.
    options: dict[str, Any] = {
        "compression": "none",
        "use_dictionary": _words(arrow.schema),
        "write_statistics": [*_INSTANTS],
        "write_batch_size": _ROW_GROUP,  # the default, 1,024, makes writing a tenth slower
    }
    with pq.ParquetWriter(path.absolute(), arrow.schema, **options) as file, ThreadPoolExecutor(1) as second:
        waiting, written = list[pa.Table](), Future[None]()
        written.set_result(None)
        for chunk in maker.chunks(first, stop, job.chunk):
            table = arrow.table(chunk)
            chunk.count()
            column_hash.add(maker.content, table, chunk.start // BLOCK)
            waiting.append(table)
            if sum(one.num_rows for one in waiting) >= _ROW_GROUP or chunk.stop == stop:
                written.result()  # at most one row group is waiting, since each takes memory
                written = second.submit(file.write_table, pa.concat_tables(waiting).unify_dictionaries())
                waiting.clear()
            progress(chunk.stop - chunk.start)
        written.result()
    return maker


def content_of(files: Iterable[Path], header: dict[str, Any]) -> tuple[Content, int]:
    """The content of these files and the number of contacts. DatasetError for a damaged file or another header."""
    content, count = Content(), 0
    for path in files:
        with parquet_file.whole(path), pq.ParquetFile(path.absolute()) as file:
            found = file.schema_arrow
            wanted = schema(header, legacy="updated_at" not in found.names)
            if not found.equals(wanted):
                raise DatasetError(f"{path.name} has other columns")
            # It is in Parquet's own metadata, and again in the Arrow schema that they hold.
            headers = [(one or {}).get(HEADER) for one in (file.metadata.metadata, found.metadata)]
            if headers != [wanted.metadata[HEADER]] * 2:
                raise DatasetError(f"{path.name} has another header than {HEADER_FILE}")
            for group in range(file.num_row_groups):  # pyarrow cannot put structs of two groups together
                for batch in file.iter_batches(_ROW_GROUP, row_groups=[group]):
                    column_hash.add(content, batch, count // BLOCK)
                    count += batch.num_rows
    return content, count


def _words(columns: pa.Schema) -> list[str]:
    """The paths of the columns that hold one of few texts. A dictionary of anything else costs more than it saves."""

    def of(name: str, kind: pa.DataType) -> list[str]:
        if not pa.types.is_struct(kind):
            return [name] if pa.types.is_dictionary(kind) else []
        return [leaf for member in kind for leaf in of(f"{name}.{member.name}", member.type)]

    return [leaf for column in columns for leaf in of(column.name, column.type)]


def write_parts(job: Job, path: Callable[[str], Path], progress: Callable[[int], None]) -> Maker:
    """Write a part in each process; `path` gives the path to write for the name of a file."""
    maker = Maker(job.plan)
    parts = parts_of(job)
    with interrupts_blocked():
        workers = ProcessPoolExecutor(job.processes, get_context("spawn"), initializer=end_with_parent)
    with workers as pool, _children_ended(active_children()):
        with interrupts_blocked():
            futures = [pool.submit(_write_part, replace(job, part=part), path(job.data_name(part))) for part in parts]
        for part, future in zip(parts, futures, strict=True):
            total, counts = future.result()
            maker.content.join(total)
            maker.counts.join(counts)
            first, stop = part.bounds(job.count)
            progress(stop - first)
    return maker


@contextmanager
def _children_ended(others: list[BaseProcess]) -> Iterator[None]:
    """After an exception, end all child processes but `others`; the pool would wait for their parts."""
    try:
        yield
    except BaseException as error:
        for child in active_children():
            if child not in others:
                child.terminate()
        if isinstance(error, BrokenProcessPool):
            raise GeneratorError(
                "a process ended before it had written its part; wanted all parts, so start again"
            ) from error
        raise


def parts_of(job: Job) -> list[Part]:
    """The parts, one for each process of the job."""
    return [Part(number, job.processes) for number in range(1, job.processes + 1)]


def _write_part(job: Job, path: Path) -> tuple[int, dict[str, Any]]:
    maker = write_file(job, path, lambda _: None)
    return maker.content.total, maker.counts.as_json()
