"""Writes the text formats, with one process or several; the number of processes does not change a byte."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from vambe_mock.generator.encoding.chunks import Chunk, Maker
from vambe_mock.generator.encoding.text_formats import TextFormat, packed
from vambe_mock.generator.problems import reason
from vambe_mock.generator.sets.atomic_files import end_with_parent, interrupts_blocked
from vambe_mock.generator.sets.chunk_order import LocalOrder, OrderThread, RemoteOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import _ConnectionBase as Connection
    from pathlib import Path

    from vambe_mock.generator.sets.chunk_order import ChunkOrder
    from vambe_mock.generator.sets.job import Job

    Progress = Callable[[int], None]


def write_stream(job: Job, stream: BinaryIO, progress: Progress) -> Maker:
    """Write the contacts of the job to a stream, chunk by chunk."""
    maker = Maker(job.plan)
    text = TextFormat(job.format, maker.plan, job.count)
    first, stop = job.bounds
    stream.writelines(packed(job.compression, _before(job, text)))
    for chunk in maker.chunks(first, stop, job.chunk):
        stream.writelines(packed(job.compression, text.chunk(chunk)))
        progress(chunk.stop - chunk.start)
    stream.writelines(packed(job.compression, _after(job, text)))
    return maker


def _before(job: Job, text: TextFormat) -> list[bytes]:
    return [text.before()] if job.part.number == 1 and text.before() else []


def _after(job: Job, text: TextFormat) -> list[bytes]:
    return [text.after()] if job.part.number == job.part.of and text.after() else []


def write_file(job: Job, path: Path, progress: Progress) -> Maker:
    """Write the contacts of the job to a file, with as many processes as the job says, including this one."""
    if job.processes > 1:
        return _write_with_processes(job, path, progress)
    with path.open("wb") as stream:
        return write_stream(job, stream, progress)


def _write_with_processes(job: Job, path: Path, progress: Progress) -> Maker:
    maker = Maker(job.plan)
    text = TextFormat(job.format, maker.plan, job.count)
    first, stop = job.bounds
    chunks = -(-(stop - first) // job.chunk)
    with path.open("wb") as stream:
        stream.writelines(packed(job.compression, _before(job, text)))
        stream.flush()
        order = LocalOrder(chunks, stream.tell(), lambda chunk: progress(len(range(*_bounds(job, chunk)))))
        with _other_processes(job, path, order, min(job.processes, chunks) - 1) as threads:
            _write_chunks(job, maker, stream, order)
            for thread in threads:
                thread.join()
            order.check()
        for thread in threads:
            total, counts = thread.result
            maker.content.join(total)
            maker.counts.join(counts)
        stream.seek(order.end)
        stream.writelines(packed(job.compression, _after(job, text)))
    return maker


def _write_chunks(job: Job, maker: Maker, stream: BinaryIO, order: ChunkOrder) -> None:
    """Write chunks until none is left: what each process does."""
    text = TextFormat(job.format, maker.plan, job.count)
    while (number := order.next_chunk()) is not None:
        pieces = [*packed(job.compression, text.chunk(Chunk(maker, *_bounds(job, number))))]
        stream.seek(order.reserve(number, sum(map(len, pieces))))
        stream.writelines(pieces)


def _bounds(job: Job, chunk: int) -> tuple[int, int]:
    """The contact numbers of a chunk of the job: the first, and the one after the last."""
    first, stop = job.bounds
    return first + chunk * job.chunk, min(stop, first + (chunk + 1) * job.chunk)


@contextmanager
def _other_processes(job: Job, path: Path, order: LocalOrder, count: int) -> Iterator[list[OrderThread]]:
    """Start `count` more processes that write chunks, with a thread for each; they end with the block."""
    context = multiprocessing.get_context("spawn")
    started = []
    try:
        threads = []
        with interrupts_blocked():
            for _ in range(count):
                ours, theirs = context.Pipe()
                process = context.Process(target=_write_in_process, args=(job, str(path), theirs), daemon=True)
                process.start()
                started.append(process)
                theirs.close()
                threads.append(OrderThread(order, ours))
        yield threads
    finally:
        for process in started:
            process.terminate()
            process.join()


def _write_in_process(job: Job, path: str, connection: Connection) -> None:
    """The main function of another process."""
    end_with_parent()
    order, maker = RemoteOrder(connection), Maker(job.plan)
    try:
        with open(path, "r+b") as stream:  # noqa: PTH123 - the path is sent to the process as text
            _write_chunks(job, maker, stream, order)
        order.done((maker.content.total, maker.counts.as_json()))
    except OSError as error:
        with suppress(OSError):  # the first process is gone
            order.fail(reason(error))
    except EOFError:
        pass  # the first process is gone
