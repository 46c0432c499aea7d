"""One connection that asks and waits, to time single requests."""

import socket
import time
from types import TracebackType
from typing import Final, Self

from benchmarks.servers import BenchmarkError, request

_CHUNK: Final = 1 << 18


class Connection:
    """A kept connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        """Connect to *port*."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def microseconds(self, query: str) -> float:
        """How long the whole answer to *query* takes."""
        return self.read(query)[1] * 1e6

    def ask(self, query: str) -> None:
        """Send the request, and leave the answer unread."""
        self._socket.sendall(request(f"/api/public/contacts?{query}"))

    def read(self, query: str) -> tuple[float, float, int]:
        """Seconds to the first byte, seconds to the last, and the bytes of the body."""
        began = time.perf_counter()
        self.ask(query)
        received = self._socket.recv(_CHUNK)
        first = time.perf_counter() - began
        head, _, rest = received.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise BenchmarkError(f"{query}: {head.splitlines()[0].decode()}")
        length = next(int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:"))
        left, buffer = length - len(rest), bytearray(_CHUNK)
        while left > 0:
            left -= self._socket.recv_into(buffer)
        return first, time.perf_counter() - began, length
