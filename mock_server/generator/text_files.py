"""Writes the text formats, by one process or by several that write into the same file.

Several processes take turns only to learn where their chunk begins: its text is made before, and written after. The
file is the same byte for byte however many they are.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing import connection
from typing import TYPE_CHECKING, Any, BinaryIO

from mock_server.generator.chunks import Chunk, Maker
from mock_server.generator.files import reason
from mock_server.generator.problems import GeneratorError
from mock_server.generator.texts import TextFormat, compressor

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path

    from mock_server.generator.job import Job

    Progress = Callable[[int], None]


def write_stream(job: Job, stream: BinaryIO, progress: Progress) -> Maker:
    """All contacts of the job to a stream, one chunk after the other."""
    maker, compress = Maker(job.plan), compressor(job.compression)
    text = TextFormat(job.format, maker.plan, job.count)
    first, stop = job.bounds
    stream.write(compress(_before(job, text)))
    for chunk in maker.chunks(first, stop, job.chunk):
        stream.write(compress(text.chunk(chunk)))
        progress(chunk.stop - chunk.start)
    stream.write(compress(_after(job, text)))
    return maker


def _before(job: Job, text: TextFormat) -> bytes:
    return text.before() if job.part.number == 1 else b""


def _after(job: Job, text: TextFormat) -> bytes:
    return text.after() if job.part.number == job.part.of else b""


def write_file(job: Job, path: Path, progress: Progress) -> Maker:
    """The same to a file, by as many processes as the job says."""
    if job.processes > 1:
        return _Together(job, path).write(progress)
    with path.open("wb", buffering=0) as stream:
        return write_stream(job, stream, progress)


class _Turns:
    """Whose chunk comes next, and where it begins; shared by the processes."""

    def __init__(self, context: Any, beginning: int) -> None:
        self._condition = context.Condition()
        self._next, self._place = context.Value("q", 0, lock=False), context.Value("q", beginning, lock=False)

    def place(self, chunk: int, size: int) -> int:
        """Where the chunk of that number begins, once all before it have said their sizes."""
        with self._condition:
            self._condition.wait_for(lambda: self._next.value == chunk)
            place: int = self._place.value
            self._place.value += size
            self._next.value += 1
            self._condition.notify_all()
        return place

    @property
    def end(self) -> int:
        """Where the file ends so far."""
        end: int = self._place.value
        return end


class _Together:
    """Several processes and one file."""

    def __init__(self, job: Job, path: Path) -> None:
        self.job, self.path, self.maker = job, path, Maker(job.plan)
        self.text, self.compress = TextFormat(job.format, self.maker.plan, job.count), compressor(job.compression)

    def write(self, progress: Progress) -> Maker:
        with self.path.open("wb") as stream:
            beginning = stream.write(self.compress(_before(self.job, self.text)))
        context = multiprocessing.get_context("spawn")
        turns = _Turns(context, beginning)
        pipes = [context.Pipe(duplex=False) for _ in range(self.job.processes)]
        workers = [
            context.Process(target=_work, args=(self.job, str(self.path), worker, turns, sender), daemon=True)
            for worker, (_, sender) in enumerate(pipes)
        ]
        try:
            for worker, (_, sender) in zip(workers, pipes, strict=True):
                worker.start()
                sender.close()
            self._listen([receiver for receiver, _ in pipes], progress)
        finally:
            for worker in workers:
                worker.terminate()
                worker.join()
        with self.path.open("r+b") as stream:
            stream.seek(turns.end)
            stream.write(self.compress(_after(self.job, self.text)))
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
                    raise GeneratorError(value)
                else:
                    self.maker.content.join(value[0])
                    self.maker.counts.join(value[1])
                    working.remove(receiver)


def _work(job: Job, path: str, worker: int, turns: _Turns, sender: Connection) -> None:
    """One process: every so many-th chunk of the job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends the workers
    try:
        maker, compress = Maker(job.plan), compressor(job.compression)
        text = TextFormat(job.format, maker.plan, job.count)
        first, stop = job.bounds
        with open(path, "r+b", buffering=0) as stream:  # noqa: PTH123 - a plain name crosses to the process
            for number, start in enumerate(range(first, stop, job.chunk)):
                if number % job.processes != worker:
                    continue
                end = min(start + job.chunk, stop)
                data = compress(text.chunk(Chunk(maker, start, end)))
                _write_at(stream.fileno(), data, turns.place(number, len(data)))
                sender.send(("progress", end - start))
        sender.send(("done", (maker.content.total, maker.counts.plain())))
    except OSError as error:
        sender.send(("problem", f"{path}: {reason(error)}; wanted a place that can be written"))


def _write_at(descriptor: int, data: Any, place: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, place)
        view, place = view[written:], place + written
