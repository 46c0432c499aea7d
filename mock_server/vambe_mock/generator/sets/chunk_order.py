"""The order in which several processes write the chunks of one file (`set-processes`).

A process takes the next free chunk, encodes it in memory, and then asks for its offset: the end of the chunk before it,
known as soon as that one's size is. So the file does not depend on the number of processes and their speed.

The first process keeps the order. It writes chunks itself, and has a thread for each other process to answer it.
"""

from __future__ import annotations

from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, Protocol

from vambe_mock.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import _ConnectionBase as Connection


class ChunkOrder(Protocol):
    """The order as a process that writes chunks sees it."""

    def next_chunk(self) -> int | None:
        """The number, from 0 on, of a chunk that no process has taken; None if all are taken."""

    def reserve(self, chunk: int, size: int) -> int:
        """The offset in the file of a chunk with this size in bytes."""


class LocalOrder:
    """The order, in the process that keeps it. Both methods raise GeneratorError if any process has failed."""

    def __init__(self, chunks: int, end: int, on_reserved: Callable[[int], None]) -> None:
        """So many chunks, after the first `end` bytes of the file; `on_reserved` is called with each chunk's number."""
        self.end = end
        self._chunks, self._next, self._on_reserved = iter(range(chunks)), 0, on_reserved
        self._turn = Condition()
        self._problem: GeneratorError | None = None

    def next_chunk(self) -> int | None:
        """See ChunkOrder."""
        with self._turn:
            self.check()
            return next(self._chunks, None)

    def reserve(self, chunk: int, size: int) -> int:
        """See ChunkOrder. Waits for the chunk before."""
        with self._turn:
            self._turn.wait_for(lambda: self._next == chunk or self._problem)
            self.check()
            offset, self.end = self.end, self.end + size
            self._next += 1
            self._turn.notify_all()
            self._on_reserved(chunk)
            return offset

    def fail(self, problem: GeneratorError) -> None:
        """Stop all processes because of this problem."""
        with self._turn:
            self._problem = self._problem or problem
            self._turn.notify_all()

    def check(self) -> None:
        """Raise the problem of a process that has failed."""
        if self._problem:
            raise self._problem


class RemoteOrder:
    """The order in another process, over a connection to its `OrderThread`."""

    def __init__(self, connection: Connection) -> None:
        """The process's end of the connection."""
        self._connection = connection

    def next_chunk(self) -> int | None:
        """See ChunkOrder."""
        return self._ask("next_chunk")  # type: ignore[no-any-return]

    def reserve(self, chunk: int, size: int) -> int:
        """See ChunkOrder."""
        return self._ask("reserve", chunk, size)  # type: ignore[no-any-return]

    def done(self, result: Any) -> None:
        """Report that the process has written its last chunk."""
        self._connection.send(("done", result))

    def fail(self, problem: str) -> None:
        """Report that the process cannot go on."""
        self._connection.send(("fail", problem))

    def _ask(self, *question: Any) -> Any:
        self._connection.send(question)
        return self._connection.recv()


class OrderThread(Thread):
    """Answers one other process. `result` is what that process passed to `done`."""

    def __init__(self, order: LocalOrder, connection: Connection) -> None:
        """Start answering on this end of the connection."""
        super().__init__(daemon=True)
        self._order, self._connection = order, connection
        self.result: Any = None
        self.start()

    def run(self) -> None:
        """Answer until the process is done, or closes its end of the connection."""
        try:
            while self._answered(*self._connection.recv()):
                pass
        except GeneratorError as problem:
            self._order.fail(problem)
        except (EOFError, OSError):  # reported below
            pass
        finally:
            if self.result is None:
                self._order.fail(
                    GeneratorError("a process ended before it had written its part; wanted all parts, so start again")
                )

    def _answered(self, kind: str, *values: Any) -> bool:
        if kind == "done":
            (self.result,) = values
            return False
        if kind == "fail":
            raise GeneratorError(f"{values[0]}; wanted a writable location")
        self._connection.send(self._order.next_chunk() if kind == "next_chunk" else self._order.reserve(*values))
        return True
