"""One large answer, ``days=365`` without limit: its first byte, the memory it takes, and small requests meanwhile."""

import threading
from collections.abc import Callable
from typing import Final

from benchmarks import sets
from benchmarks.connection import Connection
from benchmarks.figures import Figure, at_most, told
from benchmarks.load import Contender, load
from benchmarks.pages import Run
from benchmarks.servers import Server, ours, running

COUNT: Final = 100_000
WHOLE: Final = "days=365"
SMALL: Final = "days=30&limit=20"


def measure(run: Run) -> list[Figure]:
    """All figures of an export of 100,000 contacts."""
    command = ours("--data", str(sets.data_set(COUNT)), "--now", sets.ANCHOR, "--quiet")
    with running(command, run.log("export")) as server:
        return [*_one(server), *_several(server), *_meanwhile(run, server)]


def _one(server: Server) -> list[Figure]:
    """One reader, the very first export of the process with it."""
    load_free = server.memory()
    server.forget_peak()
    with Connection(server.port) as connection:
        reads = [connection.read(WHOLE) for _ in range(5)]
    first, whole, size = (max(read[place] for read in reads) for place in range(3))
    what = f"{WHOLE} of {COUNT:,} contacts ({size / 1e6:.0f} MB in {whole * 1000:.0f} ms)"
    return [
        at_most(f"{what}: first byte, slowest of 5", 50, first * 1000, "ms"),
        at_most(f"{what}: the process grows by", 64, server.memory("VmHWM") - load_free, "MB"),
    ]


def _several(server: Server) -> list[Figure]:
    """Four readers at once, and one that asks and does not read."""
    before = server.memory()
    server.forget_peak()
    with Connection(server.port) as idle:
        idle.ask(WHOLE)
        _together(4, lambda: _read(server, 2))
        grown = server.memory("VmHWM") - before
    return [told("four such exports at once and a fifth that nobody reads: the process grows by", f"{grown:.1f} MB")]


def _meanwhile(run: Run, server: Server) -> list[Figure]:
    """Small requests on 4 connections, without and with exports that follow each other."""
    small = Contender(server, run.paths("small", SMALL), 4)
    alone = load(small.server, small.paths, run.seconds, small.connections)
    over = threading.Event()
    exporting = threading.Thread(target=_read_until, args=(server, over))
    exporting.start()
    try:
        beside = load(small.server, small.paths, run.seconds + 1, small.connections)
    finally:
        over.set()
        exporting.join()
    each = f"p50 {beside.p50 / 1000:.2f} ms, p99 {beside.p99 / 1000:.2f} ms, {beside.per_second:,.0f} a second"
    free = f"alone: p50 {alone.p50 / 1000:.2f} ms, p99 {alone.p99 / 1000:.2f} ms, {alone.per_second:,.0f} a second"
    return [told(f"{SMALL} on 4 connections while one export follows another", f"{each} ({free})")]


def _read(server: Server, times: int) -> None:
    with Connection(server.port) as connection:
        for _ in range(times):
            connection.read(WHOLE)


def _read_until(server: Server, over: threading.Event) -> None:
    with Connection(server.port) as connection:
        while not over.is_set():
            connection.read(WHOLE)


def _together(count: int, work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
