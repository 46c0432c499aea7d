"""Writes the text formats, by one process or by several. The file is the same byte for byte however many they are."""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from vambe_mock.generator.encoding.chunks import Chunk, Maker
from vambe_mock.generator.encoding.text_formats import TextFormat, packed
from vambe_mock.generator.sets.atomic_files import reason, without_interrupts
from vambe_mock.generator.sets.chunk_order import Answers, Asked, Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import _ConnectionBase as Connection
    from pathlib import Path

    from vambe_mock.generator.sets.chunk_order import Order
    from vambe_mock.generator.sets.job import Job

    Progress = Callable[[int], None]


def write_stream(job: Job, stream: BinaryIO, progress: Progress) -> Maker:
    """All contacts of the job to a stream, one chunk after the other."""
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
    """The same to a file, by as many processes as the job says; this one is the first of them."""
    if job.processes > 1:
        return _write_together(job, path, progress)
    with path.open("wb") as stream:
        return write_stream(job, stream, progress)


def _write_together(job: Job, path: Path, progress: Progress) -> Maker:
    maker = Maker(job.plan)
    text = TextFormat(job.format, maker.plan, job.count)
    first, stop = job.bounds
    chunks = -(-(stop - first) // job.chunk)
    with path.open("wb") as stream:
        stream.writelines(packed(job.compression, _before(job, text)))
        stream.flush()
        order = Kept(chunks, stream.tell(), lambda chunk: progress(len(range(*_bounds(job, chunk)))))
        with _others(job, path, order, min(job.processes, chunks) - 1) as others:
            _write_chunks(job, maker, stream, order)
            for other in others:
                other.join()
            order.check()
        for other in others:
            total, counts = other.result
            maker.content.join(total)
            maker.counts.join(counts)
        stream.seek(order.end)
        stream.writelines(packed(job.compression, _after(job, text)))
    return maker


def _write_chunks(job: Job, maker: Maker, stream: BinaryIO, order: Order) -> None:
    """The part of one process: chunks as long as there are any."""
    text = TextFormat(job.format, maker.plan, job.count)
    while (number := order.take()) is not None:
        pieces = [*packed(job.compression, text.chunk(Chunk(maker, *_bounds(job, number))))]
        stream.seek(order.place(number, sum(map(len, pieces))))
        stream.writelines(pieces)


def _bounds(job: Job, chunk: int) -> tuple[int, int]:
    """The contact numbers of a chunk of the job: from the first up to, but not with, the second."""
    first, stop = job.bounds
    return first + chunk * job.chunk, min(stop, first + (chunk + 1) * job.chunk)


@contextmanager
def _others(job: Job, path: Path, order: Kept, count: int) -> Iterator[list[Answers]]:
    """Other processes that write the job's chunks too, each with its thread; none is left when the block ends."""
    context = multiprocessing.get_context("spawn")
    started = []
    try:
        answers = []
        with without_interrupts():
            for _ in range(count):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(job, str(path), theirs), daemon=True)
                process.start()
                started.append(process)
                theirs.close()
                answers.append(Answers(order, ours))
        yield answers
    finally:
        for process in started:
            process.terminate()
            process.join()


def _work(job: Job, path: str, connection: Connection) -> None:
    """Another process."""
    order, maker = Asked(connection), Maker(job.plan)
    try:
        with open(path, "r+b") as stream:  # noqa: PTH123 - a plain name crosses to the process
            _write_chunks(job, maker, stream, order)
        order.done((maker.content.total, maker.counts.plain()))
    except OSError as error:
        with suppress(OSError):  # the first process is gone
            order.fail(reason(error))
    except EOFError:
        pass  # as above
