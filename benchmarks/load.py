"""Load from wrk, on the core where no server is: one repeated query, or queries none of which comes twice."""

import itertools
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.servers import KEY, LOAD_CORE, BenchmarkError, Server

SCRIPT: Final = Path(__file__).with_name("load.lua")
_SEEDS: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one load came to. Times are microseconds, ``cpu`` is the server's for one request."""

    per_second: float
    p50: float
    p99: float
    cpu: float


@dataclass(slots=True)
class Rounds:
    """The outcomes of one server or one query, round by round."""

    outcomes: list[Outcome] = field(default_factory=list)

    def all(self, name: str) -> list[float]:
        """One measure of every round."""
        return [getattr(outcome, name) for outcome in self.outcomes]


def require() -> None:
    """Raise BenchmarkError where a load cannot be made or its cost not read."""
    if not Path("/proc/self/stat").exists():
        raise BenchmarkError("this is not Linux; wanted a /proc to read CPU time and memory from, e.g. in a container")
    if shutil.which("wrk") is None:
        raise BenchmarkError("wrk is not installed; wanted the load generator wrk, e.g. apt-get install wrk")


def load(server: Server, paths: Path, seconds: int, connections: int = 32) -> Outcome:
    """Ask *server* for the paths in the file *paths*, in turn. Raises BenchmarkError unless every answer is a 200."""
    pin = [] if LOAD_CORE is None else ["taskset", "-c", str(LOAD_CORE)]
    flags = [
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "60s",
        "-H",
        f"x-api-key: {KEY}",
        "-s",
        str(SCRIPT),
    ]
    arguments = [*pin, "wrk", *flags, f"http://127.0.0.1:{server.port}", "--", str(paths), str(next(_SEEDS))]
    used = server.cpu()
    run = subprocess.run(arguments, capture_output=True, text=True, check=False)
    used = server.cpu() - used
    if run.returncode != 0:
        raise BenchmarkError(f"wrk failed: {(run.stderr or run.stdout).strip().splitlines()[-1]}")
    told = json.loads(run.stdout.splitlines()[-1])
    if told["refused"] or told["broken"] or not told["requests"]:
        raise BenchmarkError(f"{paths.name}: {told['refused']} answers were no 200, {told['broken']} were none at all")
    seconds_run = told["microseconds"] / 1e6
    return Outcome(told["requests"] / seconds_run, told["p50"], told["p99"], used / told["requests"] * 1e6)


@dataclass(frozen=True, slots=True)
class Contender:
    """A server and the queries that it is asked."""

    server: Server
    paths: Path
    connections: int = 32


def compete(contenders: Mapping[str, Contender], rounds: int, seconds: int) -> dict[str, Rounds]:
    """Load them one after the other, *rounds* times, each for *seconds*."""
    found = {name: Rounds() for name in contenders}
    for _ in range(rounds):
        for name, one in contenders.items():
            found[name].outcomes.append(load(one.server, one.paths, seconds, one.connections))
    return found


def write_paths(file: Path, queries: Sequence[str]) -> Path:
    """The file of the paths that ask for *queries*."""
    file.write_text("".join(f"/api/public/contacts?{query}\n" for query in queries))
    return file
