"""One connection that asks and waits, to time single requests."""

import json
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

    def change(self, identity: str, fields: dict[str, str]) -> float:
        """Seconds until the whole answer to a PATCH of the contact is there. Raises BenchmarkError unless it is 200."""
        sent = json.dumps(fields).encode()
        head = f"PATCH /__admin/contacts/{identity} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        began = time.perf_counter()
        self._socket.sendall(f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        answer = self._socket.recv(_CHUNK)
        while len(answer) < _length(answer):
            answer += self._socket.recv(_CHUNK)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise BenchmarkError(f"PATCH {identity}: {answer[:200].decode(errors='replace')}")
        return time.perf_counter() - began

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


def _length(answer: bytes) -> int:
    """How long the answer that begins so will be, head and body; without its whole head, longer than it is."""
    head, end, _ = answer.partition(b"\r\n\r\n")
    lines = [line for line in head.lower().splitlines() if line.startswith(b"content-length:")]
    return len(head) + len(end) + int(lines[0][15:]) if end and lines else len(answer) + 1
