"""Standard output that nobody waits for: what cannot be written at once waits, within bounds (`log-waits-for-nobody`).

A program that starts the server with a pipe and never reads it would else stop the server once the pipe is full. A
thread that writes would do too, but would cost each request of a lone client a tenth of its time.
"""

import atexit
import os
import select
import socket
import stat
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any, Final

from vambe_mock.contract.plural import plural

MOST_KEPT: Final = 1_000_000
"""The most bytes that wait; lines beyond are dropped, and counted."""

LAST_WORDS: Final = 0.05
"""Seconds that the end of the program waits for a reader that takes nothing."""

PIECE: Final = 4_096
"""So many bytes a pipe takes that is ready at all."""

PLAIN: Final = str.maketrans({"→": "->", "…": "..."})
"""For encodings that do not have them."""

Write = Callable[[bytes], int]


class Output:
    """A stream with a file descriptor. Its lines are written in their order, and by any thread."""

    json_lines = False
    """Whether the line about dropped lines is JSON, as those of the log are."""

    def __init__(self, stream: Any) -> None:
        """Write to *stream*. Raises OSError, ValueError or AttributeError where it has no file descriptor."""
        self._descriptor = stream.fileno()
        self._encoding = stream.encoding
        stream.flush()
        self.stream = stream
        self._write = _writer(self._descriptor)
        self._waiting: deque[bytes] = deque()
        self._size = self._dropped = 0
        self._lock = Lock()
        atexit.register(self.finish)

    @property
    def is_waiting(self) -> bool:
        """Whether something waits for the reader."""
        return bool(self._waiting)

    def say(self, text: str) -> None:
        """Write *text* and a line's end, now or later, or count it as dropped."""
        data = self._encoded(text + "\n")
        with self._lock:
            if self._size + len(data) > MOST_KEPT and self._waiting:
                self._dropped += text.count("\n") + 1
            else:
                self._waiting.append(data)
                self._size += len(data)
            self._drain()

    def drain(self) -> None:
        """Write what the reader takes at present."""
        with self._lock:
            self._drain()

    def finish(self) -> None:
        """Write what the reader takes before the program ends, as long as it takes something."""
        until = time.monotonic() + LAST_WORDS
        while self._waiting and time.monotonic() < until:
            before = self._size
            self.drain()
            if self._size < before:
                until = time.monotonic() + LAST_WORDS
            time.sleep(LAST_WORDS / 10)

    def _drain(self) -> None:
        try:
            while self._waiting:
                written = self._write(self._waiting[0])
                self._size -= written
                if written < len(self._waiting[0]):
                    self._waiting[0] = self._waiting[0][written:]
                else:
                    self._waiting.popleft()
                if self._dropped and not self._waiting:
                    self._waiting.append(self._encoded(self._about_dropped()))
                    self._size += len(self._waiting[0])
        except BlockingIOError:
            pass
        except OSError:  # the reader is gone
            self._discard()

    def _about_dropped(self) -> str:
        number, self._dropped = self._dropped, 0
        if self.json_lines:
            return f'{{"event": "dropped", "lines": {number}}}\n'
        lines = plural(number, "line was", "lines were")
        return f"vambe-mock: {lines} dropped, because nobody read what had been written before\n"

    def _discard(self) -> None:
        """Write nothing any more. Python would else complain about the stream at its end."""
        self._waiting.clear()
        self._size = self._dropped = 0
        self._write = len
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._descriptor)
            os.close(nowhere)

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self._encoding)
        except UnicodeEncodeError:
            return text.translate(PLAIN).encode(self._encoding, "replace")


_output: Output | None = None


def output() -> Output | None:
    """Standard output, or None where it has no file descriptor, as in a test that captures it, or is closed."""
    global _output  # noqa: PLW0603 - there is one, until somebody replaces sys.stdout
    if _output is None or _output.stream is not sys.stdout:
        try:
            _output = Output(sys.stdout)
        except (OSError, ValueError, AttributeError):
            return None
    return _output


def _writer(descriptor: int) -> Write:
    """What writes to *descriptor* without waiting: returns how many bytes went out, or raises BlockingIOError.

    The descriptor itself is not made non-blocking: whoever shares it, a shell say, would find it so.
    """
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode) or sys.platform == "win32":  # which has no way to ask
        return partial(os.write, descriptor)
    if stat.S_ISSOCK(mode):
        shared = socket.socket(fileno=os.dup(descriptor))
        return lambda data: shared.send(data, socket.MSG_DONTWAIT)
    try:
        own = os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:  # not Linux, or the pipe of another user
        return partial(_write_if_ready, descriptor)
    return partial(os.write, own)


def _write_if_ready(descriptor: int, data: bytes) -> int:
    if sys.platform == "win32":  # where nobody asks for this
        raise NotImplementedError
    asking = select.poll()
    asking.register(descriptor, select.POLLOUT)
    if not asking.poll(0):
        raise BlockingIOError
    return os.write(descriptor, data[:PIECE])
