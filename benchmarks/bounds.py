"""``python -m benchmarks.bounds``: requests just beyond a bound, slow, half-sent or unread, while good ones go on.

The target is a server of our own, on loopback, at default settings. Another process sends bad requests of every kind,
several of each at once, each again and again; a request beyond a bound must get the answer of its bound. It holds if
every good request is answered, with a 99th percentile of at most three times the one without bad ones, and if the
memory after a quarter of the time grows by no more than a fifth until the end.

What is measured is the server and not the machine: it has a core to itself, clients and attackers share the other, and
without bad requests that one is as busy, for the attackers then go for a decoy there. The two take turns, four times
each, so that what else the machine does meets both.
"""

import argparse
import asyncio
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from benchmarks.connection import Connection
from benchmarks.servers import LOAD_CORE, Server, ask, ours, running

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

HEAD: Final = 16_384
MOST_GROWTH: Final = 1.2
MOST_SLOWER: Final = 3.0
AT_ONCE: Final = 3
"""So many of each kind at once."""
PAUSE: Final = 0.5
"""Seconds between two of a kind: bad requests are to be many, not to take all the server's time."""
HELD: Final = 3.0
"""Seconds that a client holds a connection which is half-sent, slow or unread."""
SILENCE: Final = 0.1
"""Seconds after which the decoy answers."""
PACE: Final = 0.01
"""Seconds between two good requests."""
ROUNDS: Final = 4
"""How often there are bad requests, and none."""
GOOD: Final = "/api/public/contacts?days=30&limit=20"

FIELDS: Final = b"Host: a\r\nx-api-key: test-key\r\n"
START: Final = b"GET /api/public/contacts?days=30&limit=1 HTTP/1.1\r\n" + FIELDS
CHUNKED: Final = b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
EVERYTHING: Final = b"GET /api/public/contacts?created_after=0001-01-01T00:00:00Z HTTP/1.1\r\n" + FIELDS + b"\r\n"

REFUSED: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n"
BEYOND: Final[dict[str, tuple[bytes, bytes]]] = {
    "a header": (START + b"x: " + b"a" * HEAD + b"\r\n\r\n", b"431"),
    "a header without end": (START + b"x: " + b"a" * HEAD, b"431"),
    "a header of a megabyte": (START + b"x: " + b"a" * 1_000_000, b"431"),
    "a target": (b"GET /" + b"a" * HEAD, b"431"),
    "headers": (START + b"ab: cd\r\n" * (HEAD // 4) + b"\r\n", b"431"),
    "blanks": (START + b"x:" + b" " * 5 * HEAD, b"431"),
    "trailers": (CHUNKED + b"0\r\nx: " + b"a" * 3 * HEAD, b"431"),
    "an extension": (CHUNKED + b"1;" + b"a" * 3 * HEAD, b"413"),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"400"),
}
"""What is beyond a bound, and the last status that it gets."""

HALF: Final[dict[str, bytes]] = {
    "nothing": b"",
    "half a head": START,
    "half a body": b"POST /__admin/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
    + b" " * 500_000,
}


class Attack:
    """Bad requests to a port until a time is over; what was sent, and what was wrong with the answers."""

    def __init__(self, port: int, seconds: float) -> None:
        """Attack *port* for *seconds*."""
        self.port = port
        self.until = time.monotonic() + seconds
        self.sent = Counter[str]()
        self.wrong = list[str]()

    async def run(self) -> None:
        """Send all kinds at once."""
        kinds: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {}
        for name, (raw, status) in BEYOND.items():
            kinds[f"beyond: {name}"] = partial(self.beyond, name, raw, status)
        for name, raw in HALF.items():
            kinds[f"half: {name}"] = partial(self.hold, raw)
        kinds |= {"slow": self.slowly, "unread": partial(self.hold, EVERYTHING * 20), "ahead": self.ahead}
        all_of_them = [(name, one) for name, one in kinds.items() for _ in range(AT_ONCE)]
        steps = [PAUSE * number / len(all_of_them) for number in range(len(all_of_them))]
        await asyncio.gather(*(self.repeat(*one, step) for one, step in zip(all_of_them, steps, strict=True)))

    async def repeat(self, name: str, one: Callable[[], Coroutine[Any, Any, None]], after: float) -> None:
        """Do *one* again and again, first *after* seconds: all at one moment would be a burst, and no load."""
        await asyncio.sleep(after)
        while time.monotonic() < self.until:
            with suppress(ConnectionError):
                await one()
            self.sent[name] += 1
            await asyncio.sleep(PAUSE)

    async def exchange(self, raw: bytes) -> bytes:
        """All that the server answers to *raw* until it closes, or its end is awaited in vain."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        got = b""
        try:
            writer.write(raw)
            async with asyncio.timeout(30):
                while piece := await reader.read(1 << 16):
                    got += piece
        except TimeoutError:
            got += b" (not closed)"
        except ConnectionError:
            pass  # refused before all was sent
        finally:
            writer.transport.abort()
        return got

    async def beyond(self, name: str, raw: bytes, status: bytes) -> None:
        """A request beyond a bound gets the bound's answer and the end."""
        got = await self.exchange(raw)
        last = got.rpartition(b"HTTP/1.1 ")[2]
        if not (last.startswith(status) and last.endswith(b"\r\nConnection: close\r\n\r\n")):
            self.wrong.append(f"{name}: {got[-80:]!r}, wanted {status.decode()}")

    async def hold(self, raw: bytes) -> None:
        """Send *raw* and neither more nor read anything."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1)
        writer.write(raw)
        await asyncio.sleep(HELD)
        writer.transport.abort()

    async def slowly(self) -> None:
        """A head, byte by byte."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for byte in START[: int(HELD / PACE / 5)]:
            writer.write(bytes([byte]))
            await asyncio.sleep(5 * PACE)
        writer.transport.abort()

    async def ahead(self) -> None:
        """Hundreds of requests before the first is answered."""
        request = b"GET /api/public/contacts HTTP/1.1\r\nHost: a\r\n\r\n"
        got = await self.exchange(request * 400 + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        if got.count(b"HTTP/1.1 401 ") != 401:
            self.wrong.append(f"{got.count(b'HTTP/1.1 401 ')} answers to 401 requests that were sent ahead")


Told: TypeAlias = "SimpleQueue[tuple[Counter[str], list[str]]]"
"""What an attacker tells: what it sent, and what was wrong."""


def attack(port: int, seconds: float, told: Told) -> None:
    """Attack *port* in a process of its own, say when it begins and how it went; the good client goes first."""
    on_core(LOAD_CORE)
    os.nice(10)
    told.put((Counter(), []))
    one = Attack(port, seconds)
    asyncio.run(one.run())
    told.put((one.sent, one.wrong))


def decoy(listener: socket.socket) -> None:
    """Take what comes, refuse it and read on, in a process of its own."""
    on_core(LOAD_CORE)
    os.nice(15)

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            with suppress(TimeoutError):
                async with asyncio.timeout(SILENCE):
                    while await reader.read(1 << 20):
                        pass
            writer.write(REFUSED)
            writer.write_eof()
            while await reader.read(1 << 20):
                pass
        writer.close()

    async def listen() -> None:
        await (await asyncio.start_server(take, sock=listener)).serve_forever()

    asyncio.run(listen())


def on_core(core: int | None) -> None:
    """Have this process run on *core* alone; None: wherever the system likes."""
    if core is not None:
        os.sched_setaffinity(0, {core})


class Good:
    """Good requests, every second one over a connection of its own, and how long each took."""

    def __init__(self, server: Server) -> None:
        """Ask *server*."""
        self.server = server
        self.wrong = list[str]()

    def ask(self, seconds: float) -> list[float]:
        """Ask for *seconds*; the milliseconds of each."""
        took = []
        until = time.monotonic() + seconds
        with Connection(self.server.port) as kept:
            while time.monotonic() < until:
                began = time.perf_counter()
                try:
                    kept.microseconds(GOOD.partition("?")[2])
                    took.append((time.perf_counter() - began) * 1e3)
                    began = time.perf_counter()
                    if not ask(self.server.port, GOOD).startswith(b"HTTP/1.1 200"):
                        self.wrong.append("a good request was refused")
                    took.append((time.perf_counter() - began) * 1e3)
                except (OSError, ValueError) as error:
                    self.wrong.append(f"a good request was not answered: {error!r}")
                    return took
                time.sleep(PACE)
        return took


def p99(took: list[float]) -> float:
    """The 99th percentile."""
    return quantiles(took, n=100)[98] if len(took) > 1 else 0.0


def main() -> None:
    """Attack for as long as it is said, and tell whether it held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    seconds: float = parser.parse_args().seconds
    processes = multiprocessing.get_context("spawn")
    on_core(LOAD_CORE)
    quiet, beside, early = list[float](), list[float](), 0.0
    sent, wrong = Counter[str](), list[str]()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(ours("--contacts", "1000", "--quiet"), log := Path(folder) / "log") as server,
        socket.create_server(("127.0.0.1", 0), backlog=512) as listener,
    ):
        sink = processes.Process(target=decoy, args=(listener,), daemon=True)
        sink.start()
        good = Good(server)
        ask(server.port, "/__admin/clock")  # the admin API is loaded with its first request
        good.ask(1)

        def meanwhile(port: int, length: float) -> tuple[list[float], Counter[str], list[str]]:
            told = processes.SimpleQueue()
            attacker = processes.Process(target=attack, args=(port, length, told), daemon=True)
            attacker.start()
            told.get()
            took = good.ask(length)
            result = told.get()
            attacker.join(10)
            return took, *result

        for _ in range(ROUNDS):
            quiet += meanwhile(listener.getsockname()[1], max(seconds / ROUNDS / 3, 1))[0]
            took, some, bad = meanwhile(server.port, seconds / ROUNDS)
            beside += took
            sent += some
            wrong += bad
            early = early or server.memory()
        late = server.memory()
        sink.kill()
        wrong += good.wrong
        said = log.read_text(errors="replace")
    for name, number in sorted(sent.items()):
        print(f"{number:7,}  {name}")
    before, after = p99(quiet), p99(beside)
    print(f"{len(quiet) + len(beside):7,}  good requests")
    print(
        f"99th percentile {before:.1f} ms without the bad ones, {after:.1f} ms with them ({after / before:.1f} times)"
    )
    print(f"memory after a quarter {early:.0f} MB, at the end {late:.0f} MB ({late / early:.2f} times)")
    if late > early * MOST_GROWTH:
        wrong.append(f"memory grew to more than {MOST_GROWTH} times")
    if after > before * MOST_SLOWER:
        wrong.append(f"good requests took more than {MOST_SLOWER:g} times as long")
    if said:
        wrong.append(f"the server said: {said.strip().splitlines()[-1]}")
    for one in wrong[:20]:
        print("wrong:", one)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    os.environ.pop("VAMBE_MOCK_URL_FILE", None)
    main()
