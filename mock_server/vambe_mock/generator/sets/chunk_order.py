"""The order in which several processes write the chunks of one file (`set-processes`).

Each process takes the next chunk that nobody has, makes it in memory, and then asks where it goes: behind the chunk
before it, as soon as that one's size is known. So the whole is the same however many they are and whoever is slow.

The first process keeps the order. It makes chunks itself, and has a thread for each other process, which passes its
questions on.
"""

from __future__ import annotations

from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, Protocol

from vambe_mock.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import _ConnectionBase as Connection


class Order(Protocol):
    """What a process that makes chunks asks."""

    def take(self) -> int | None:
        """The number of a chunk, from 0 on, that nobody makes yet; None when there is no more."""

    def place(self, chunk: int, size: int) -> int:
        """Where in the file that chunk of so many bytes begins."""


class Kept:
    """The order itself. Both questions raise GeneratorError when any process has failed."""

    def __init__(self, chunks: int, end: int, placed: Callable[[int], None]) -> None:
        """So many chunks, behind `end` bytes that the file has already; `placed` is told of each chunk."""
        self.end = end
        self._chunks, self._next, self._placed = iter(range(chunks)), 0, placed
        self._turn = Condition()
        self._problem: GeneratorError | None = None

    def take(self) -> int | None:
        """As Order says."""
        with self._turn:
            self.check()
            return next(self._chunks, None)

    def place(self, chunk: int, size: int) -> int:
        """As Order says. Waits for the chunk before."""
        with self._turn:
            self._turn.wait_for(lambda: self._next == chunk or self._problem)
            self.check()
            begin, self.end = self.end, self.end + size
            self._next += 1
            self._turn.notify_all()
            self._placed(chunk)
            return begin

    def fail(self, problem: GeneratorError) -> None:
        """No process goes on."""
        with self._turn:
            self._problem = self._problem or problem
            self._turn.notify_all()

    def check(self) -> None:
        """Raises what made a process fail."""
        if self._problem:
            raise self._problem


class Asked:
    """The same for another process, over a connection to the thread that answers there."""

    def __init__(self, connection: Connection) -> None:
        """A connection to an Answers."""
        self._connection = connection

    def take(self) -> int | None:
        """As Order says."""
        return self._ask("take")  # type: ignore[no-any-return]

    def place(self, chunk: int, size: int) -> int:
        """As Order says."""
        return self._ask("place", chunk, size)  # type: ignore[no-any-return]

    def done(self, result: Any) -> None:
        """The process has made its last chunk."""
        self._connection.send(("done", result))

    def fail(self, problem: str) -> None:
        """The process cannot go on."""
        self._connection.send(("fail", problem))

    def _ask(self, *question: Any) -> Any:
        self._connection.send(question)
        return self._connection.recv()


class Answers(Thread):
    """Answers one other process. Its `result` is what the process gave at its end."""

    def __init__(self, order: Kept, connection: Connection) -> None:
        """Start to listen."""
        super().__init__(daemon=True)
        self._order, self._connection = order, connection
        self.result: Any = None
        self.start()

    def run(self) -> None:
        """Until the process is done, or its end of the connection is closed."""
        try:
            while self._answered(*self._connection.recv()):
                pass
        except GeneratorError as problem:
            self._order.fail(problem)
        except (EOFError, OSError):  # told below
            pass
        finally:
            if self.result is None:
                self._order.fail(GeneratorError("a process ended before its part was written; wanted: all of them"))

    def _answered(self, kind: str, *values: Any) -> bool:
        if kind == "done":
            (self.result,) = values
            return False
        if kind == "fail":
            raise GeneratorError(f"{values[0]}; wanted a place that can be written")
        self._connection.send(self._order.take() if kind == "take" else self._order.place(*values))
        return True
