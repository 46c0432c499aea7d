"""Writes the text formats, by one process or by several.

Several processes write a file each, which are then put one after the other. The whole is the same byte for byte however
many they are.
"""

from __future__ import annotations

import multiprocessing
import shutil
from multiprocessing import connection
from typing import TYPE_CHECKING, Any, BinaryIO

from mock_server.generator.chunks import Maker
from mock_server.generator.files import reason, without_interrupts
from mock_server.generator.problems import GeneratorError
from mock_server.generator.texts import TextFormat, packed

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path

    from mock_server.generator.job import Job

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
    """The same to a file, by as many processes as the job says."""
    if job.processes > 1:
        return _Together(job, path).write(progress)
    with path.open("wb") as stream:
        return write_stream(job, stream, progress)


_COPIED = 1 << 20  # bytes at a time


class _Together:
    """Several processes and one file: the first writes into it, the others beside it."""

    def __init__(self, job: Job, path: Path) -> None:
        self.job, self.path, self.maker = job, path, Maker(job.plan)
        self.text = TextFormat(job.format, self.maker.plan, job.count)
        self.paths = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, job.processes))]

    def write(self, progress: Progress) -> Maker:
        context = multiprocessing.get_context("spawn")
        pipes = [context.Pipe(duplex=False) for _ in self.paths]
        workers = [
            context.Process(target=_work, args=(self.job, number, str(path), sender), daemon=True)
            for number, (path, (_, sender)) in enumerate(zip(self.paths, pipes, strict=True))
        ]
        try:
            with without_interrupts():
                for worker, (_, sender) in zip(workers, pipes, strict=True):
                    worker.start()
                    sender.close()
            self._listen([receiver for receiver, _ in pipes], progress)
            with self.path.open("ab") as stream:
                for path in self.paths[1:]:
                    with path.open("rb") as part:
                        shutil.copyfileobj(part, stream, _COPIED)
                stream.writelines(packed(self.job.compression, _after(self.job, self.text)))
        finally:
            for worker in workers:
                if worker.pid is not None:  # not started
                    worker.terminate()
                    worker.join()
            for path in self.paths[1:]:
                path.unlink(missing_ok=True)
        return self.maker

    def _listen(self, receivers: list[Connection], progress: Progress) -> None:
        """Progress, and at the end each worker's hash and counts; a GeneratorError for one that failed."""
        working: list[Any] = list(receivers)
        while working:
            receiver: Any
            for receiver in connection.wait(working):
                try:
                    kind, value = receiver.recv()
                except EOFError:
                    raise GeneratorError("a process ended before its part was written; wanted: all of them") from None
                if kind == "progress":
                    progress(value)
                elif kind == "problem":
                    raise GeneratorError(f"{self.path.parent}: {value}; wanted a place that can be written")
                else:
                    self.maker.content.join(value[0])
                    self.maker.counts.join(value[1])
                    working.remove(receiver)


def _work(job: Job, number: int, path: str, sender: Connection) -> None:
    """One process: its run of the job's chunks, into a file."""
    try:
        maker = Maker(job.plan)
        text = TextFormat(job.format, maker.plan, job.count)
        with open(path, "wb") as stream:  # noqa: PTH123 - a plain name crosses to the process
            if number == 0:
                stream.writelines(packed(job.compression, _before(job, text)))
            for chunk in maker.chunks(*_run(job, number), job.chunk):
                stream.writelines(packed(job.compression, text.chunk(chunk)))
                sender.send(("progress", chunk.stop - chunk.start))
        sender.send(("done", (maker.content.total, maker.counts.plain())))
    except OSError as error:
        sender.send(("problem", reason(error)))


def _run(job: Job, number: int) -> tuple[int, int]:
    """The contact numbers of one process: whole chunks, as many as for any other."""
    first, stop = job.bounds
    chunks = -(-(stop - first) // job.chunk)
    start, end = (min(stop, first + chunks * at // job.processes * job.chunk) for at in (number, number + 1))
    return start, end
