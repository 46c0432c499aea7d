"""Two versions against each other, in turn: ``python -m benchmarks.versions OLD``.

OLD is the ``bin`` folder of an environment with the other version; the data sets and the load are this one's. A figure
is the median of the rounds' ratios of the old measure to the new one: 1.00 is as before, more is better.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import sets
from benchmarks.connection import Connection
from benchmarks.figures import Figure, at_least, ratio, table
from benchmarks.load import load, require, write_paths
from benchmarks.servers import SERVER_CORE, BenchmarkError, Command, Server, ours, pinned, running

ASKED: Final = 0.97
CHANGES: Final = 300
TEST: Final = """
import urllib.request

def test_one(vambe_mock):
    asked = urllib.request.Request(f"{vambe_mock.url}/api/public/contacts?days=1", headers=vambe_mock.headers)
    assert urllib.request.urlopen(asked).read() == b"[]"
"""
BYSTANDER: Final = "def test_one():\n    pass\n"


@dataclass(frozen=True, slots=True)
class Run:
    """The two ``bin`` folders, how long to measure, and where there is room."""

    bins: tuple[Path, Path]
    scratch: Path
    rounds: int

    def serve(self, which: int, *flags: str) -> Command:
        """``vambe-mock serve`` of one version, at the instant of all measurements."""
        command = ours(*flags)
        program = str(self.bins[which] / "vambe-mock")
        return dataclasses.replace(command, arguments=(program, *command.arguments[1:]))

    @contextmanager
    def both(self, *flags: str) -> Iterator[tuple[Server, Server]]:
        """A server of each version."""
        with ExitStack() as stack:
            old, new = (
                stack.enter_context(running(self.serve(which, *flags), self.scratch / f"{which}.log"))
                for which in (0, 1)
            )
            yield old, new

    def in_turn(self, measured: Callable[[int], float], rounds: int | None = None) -> tuple[list[float], list[float]]:
        """The measure of each version, round after round; the first round warms up and does not count."""
        found = [(measured(0), measured(1)) for _ in range((rounds or self.rounds) + 1)][1:]
        return [old for old, _ in found], [new for _, new in found]


def less(what: str, found: tuple[list[float], list[float]], unit: str = "") -> Figure:
    """A figure of which less is better."""
    old, new = found
    figures = f"({median(old):.4g} before, {median(new):.4g} now{unit})"
    print(f"{what}: {ratio(old, new):.2f} {figures}", file=sys.stderr, flush=True)  # a run takes long, and may be ended
    return at_least(what, ASKED, ratio(old, new), "of before", f" {figures}")


def _asking(servers: tuple[Server, Server], paths: Path) -> Callable[[int], float]:
    return lambda which: load(servers[which], paths, 1).cpu


def pages(run: Run) -> list[Figure]:
    """A page of 100 contacts, by the server's CPU time for a request."""
    figures = []
    once = write_paths(run.scratch / "page", [sets.PAGE])
    unlike = write_paths(run.scratch / "pages", sets.pages(1_000))
    for name, flags in (("quiet", ("--quiet",)), ("with its log", ())):
        with run.both("--data", str(sets.data_set(10_000)), "--now", sets.ANCHOR, *flags) as servers:
            for queries, paths in (("one query", once), ("distinct queries", unlike)):
                found = run.in_turn(_asking(servers, paths))
                figures.append(less(f"CPU of a request, {name}, {queries}", found, " us"))
    return figures


def large(run: Run) -> list[Figure]:
    """A million contacts: loading, memory, a page, a deep page, a filter, one change."""
    figures = []
    for form in ("parquet", "ndjson"):
        flags = ("--data", str(sets.data_set(1_000_000, form)), "--now", sets.ANCHOR, "--quiet")
        memory: list[list[float]] = [[], []]

        def loaded(which: int, flags: tuple[str, ...] = flags, memory: list[list[float]] = memory) -> float:
            with running(run.serve(which, *flags), run.scratch / "load.log") as server:
                memory[which].append(server.memory())
                return server.cpu()

        figures.append(less(f"CPU of loading a million from {form}", run.in_turn(loaded, 2), " s"))
        figures.append(less(f"memory of a million from {form}", (memory[0], memory[1]), " MB"))
    known = sets.filters(sets.data_set(1_000_000))
    queries = {
        "distinct queries": sets.pages(100_000),
        "a deep offset": [f"{sets.EVERYTHING}&offset=900000"],
        "a stage within a year": [f"{sets.PAGE}&{piece}" for piece in known["stage_id"]],
        "a custom field within a year": [f"{sets.PAGE}&{piece}" for piece in known["custom field"]],
    }
    with run.both("--data", str(sets.data_set(1_000_000)), "--now", sets.ANCHOR, "--quiet") as servers:
        for name, some in queries.items():
            paths = write_paths(run.scratch / "large", some)
            found = run.in_turn(_asking(servers, paths))
            figures.append(less(f"CPU of a request of a million, {name}", found, " us"))
    return figures


def exports(run: Run) -> list[Figure]:
    """One answer of 50 MB: its first byte and the whole of it."""
    with run.both("--data", str(sets.data_set(100_000)), "--now", sets.ANCHOR, "--quiet") as servers:
        places = ("first byte", "whole")
        figures = []
        for place, name in enumerate(places):

            def read(which: int, place: int = place) -> float:
                with Connection(servers[which].port) as connection:
                    return min(connection.read("days=365")[place] for _ in range(3)) * 1_000

            figures.append(less(f"days=365 of 100,000 contacts, {name}", run.in_turn(read), " ms"))
        return figures


def changes(run: Run) -> list[Figure]:
    """One change through the admin API among 100,000 contacts, by the server's CPU time."""
    folder = sets.data_set(100_000)
    with (folder / sets.FILES["ndjson"]).open("rb") as lines:
        ids = [json.loads(next(lines))["id"] for _ in range((run.rounds + 1) * CHANGES)]
    given = (iter(ids), iter(ids))
    with run.both("--data", str(folder), "--now", sets.ANCHOR, "--quiet") as servers:

        def change(which: int) -> float:
            used = servers[which].cpu()
            with Connection(servers[which].port) as connection:
                for number in range(CHANGES):
                    connection.change(next(given[which]), {"name": f"Name {number}"})
            return (servers[which].cpu() - used) / CHANGES * 1_000

        return [less("CPU of one change of 100,000 contacts", run.in_turn(change), " ms")]


def starts(run: Run) -> list[Figure]:
    """From the start of a process to what it is started for."""

    def ready(which: int) -> float:
        with running(run.serve(which), run.scratch / "start.log") as server:
            return server.ready_after * 1_000

    def program(*arguments: str, cwd: Path = run.scratch) -> Callable[[int], float]:
        def seconds(which: int) -> float:
            began = time.perf_counter()
            command = [str(run.bins[which] / arguments[0]), *arguments[1:]]
            done = subprocess.run(pinned(command, SERVER_CORE), cwd=cwd, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise BenchmarkError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-200:]}")
            return (time.perf_counter() - began) * 1_000

        return seconds

    for name, text in (("using", TEST), ("bystander", BYSTANDER)):
        (run.scratch / name).mkdir()
        (run.scratch / name / "test_one.py").write_text(text, encoding="utf-8")
    quick = run.rounds * 2
    bystander = program("pytest", "-q", "-p", "no:cacheprovider", cwd=run.scratch / "bystander")
    using = program("pytest", "-q", "-p", "no:cacheprovider", cwd=run.scratch / "using")
    generate = program("vambe-mock", "generate", "made.ndjson", "--contacts", "200000", "--force", "--quiet")
    return [
        less("ready with the default set", run.in_turn(ready, quick), " ms"),
        less("vambe-mock --help", run.in_turn(program("vambe-mock", "--help"), quick), " ms"),
        less("vambe-mock --version", run.in_turn(program("vambe-mock", "--version"), quick), " ms"),
        less("a pytest session that uses the mock", run.in_turn(using, quick), " ms"),
        less("a pytest session that does not", run.in_turn(bystander, quick), " ms"),
        less("vambe-mock check, a mock of its own", run.in_turn(program("vambe-mock", "check"), 2), " ms"),
        less("200,000 contacts generated as NDJSON", run.in_turn(generate, 3), " ms"),
    ]


def _require_program(folder: Path) -> None:
    if not (folder / "vambe-mock").exists():
        raise BenchmarkError(f"{folder} has no vambe-mock; wanted a bin folder, e.g. ../before/.venv/bin")


MEASUREMENTS: Final = {"pages": pages, "large": large, "exports": exports, "changes": changes, "starts": starts}


def main() -> int:
    """Measure what the command line asks for; 0 when all that is asked was reached, 1 when not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions", description="Two versions, in turn.")
    parser.add_argument("old", type=Path, help="the bin folder of the other version's environment")
    parser.add_argument("--only", choices=MEASUREMENTS, nargs="+", help="measure only these (default: all)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each measure (default: 7)")
    options = parser.parse_args()
    figures: list[Figure] = []
    try:
        require()
        _require_program(options.old)
        with tempfile.TemporaryDirectory() as scratch:
            bins = (options.old.absolute(), Path(sysconfig.get_path("scripts")))
            run = Run(bins, Path(scratch), options.rounds)
            for name in options.only or MEASUREMENTS:
                figures += MEASUREMENTS[name](run)
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    print(table(figures))
    return 1 if any(figure.good is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
