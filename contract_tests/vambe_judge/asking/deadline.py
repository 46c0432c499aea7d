"""One deadline for a whole answer: connecting, its head, its body.

httpx has a time-out for each read alone, so a target that sends one byte a second is waited for without end.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx


class Deadline:
    """Shuts the connection down at the deadline, which ends whatever waits for it.

    Kept from request to request, because a connection that is used again is not announced again. Its timer is a thread,
    which starts when there is a connection: connecting has a time-out of its own, and a target in this process none.
    """

    def __init__(self) -> None:
        """No connection is known yet."""
        self._stream: Any = None
        self._until = 0.0
        self._timer: threading.Timer | None = None

    @contextmanager
    def of(self, seconds: float) -> Iterator["Deadline"]:
        """Give the block *seconds*. What a connection that was shut causes is told as ``httpx.ReadTimeout``."""
        self._until = time.monotonic() + seconds
        if self._stream is not None:
            self._watch()
        try:
            yield self
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            self.check()
            raise
        finally:
            if self._timer is not None:
                self._timer.cancel()
                self._timer.join()  # so that it cannot shut the next request's connection
                self._timer = None

    def check(self) -> None:
        """Raise ``httpx.ReadTimeout`` when it is past the deadline."""
        if time.monotonic() >= self._until:
            raise httpx.ReadTimeout("the answer is not whole")

    def trace(self, event: str, told: dict[str, Any]) -> None:
        """Httpcore's trace extension: it tells each new connection, and each one that TLS was put on."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = told["return_value"]
            if self._timer is None:
                self._watch()
            elif time.monotonic() >= self._until:  # the timer had another connection to shut
                self._shut()

    def _watch(self) -> None:
        self._timer = threading.Timer(max(self._until - time.monotonic(), 0), self._shut)
        self._timer.daemon = True
        self._timer.start()

    def _shut(self) -> None:
        sock = self._stream and self._stream.get_extra_info("socket")
        if isinstance(sock, socket.socket):
            with suppress(OSError):  # closed meanwhile
                # The plain socket's method: that of a TLS socket takes its state away from under the reader.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
