"""From the start of the process to the first 200: ours with the default set, against an empty FastAPI application."""

import sys
from statistics import median
from typing import Final

from benchmarks.figures import Figure, at_most, ratio
from benchmarks.pages import Run
from benchmarks.servers import Command, ours, running

ROUNDS: Final = 7
EMPTY: Final = "import fastapi, uvicorn; uvicorn.run(fastapi.FastAPI(), port={port}, log_level='warning')"


def measure(run: Run) -> list[Figure]:
    """The one figure of the start, interleaved."""
    empty = Command((sys.executable, "-c", EMPTY), {}, "/docs")
    times: dict[str, list[float]] = {"empty": [], "ours": []}
    used: dict[str, list[float]] = {"empty": [], "ours": []}
    for _ in range(ROUNDS):
        for name, command in (("empty", empty), ("ours", ours())):
            with running(command, run.log(name)) as server:
                times[name].append(server.ready_after)
                used[name].append(server.cpu())
    seconds = {name: median(found) for name, found in times.items()}
    cpu = ratio(used["ours"], used["empty"])
    more = f" ({seconds['ours'] * 1000:.0f} ms against {seconds['empty'] * 1000:.0f} ms; by CPU time {cpu:.2f})"
    reached = ratio(times["ours"], times["empty"])
    return [at_most("ready with the default set", 1.0, reached, "x importing and starting an empty FastAPI", more)]
