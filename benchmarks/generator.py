"""The generator against the straightforward Faker loop, in one run and interleaved: `python -m benchmarks.generator`.

Each figure is the median of the ratios of several rounds. A ratio of seconds is what a user waits; a ratio of processor
time (all processes and threads added up) is steadier on a machine that others use too. Every run is a process of its
own, so peak memory is that of one run. Only the start of a process and its imports are left out; of two processes, only
those of the first.

Memory, and the CPU time of Dask's cluster against the plain loop, are measured once, with the large set: a cluster is
for sets that take longer than its start. The large set takes 9 GB in the folder for temporary files.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figure, at_least, at_most, ratio, table, told

if TYPE_CHECKING:
    from collections.abc import Iterator

ANCHOR = 1_767_225_600_000
NAIVE_CONTACTS = 4_000


def usage() -> float:
    """Processor seconds of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak() -> float:
    """Peak memory of the largest process so far, in MB."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def naive() -> dict[str, float]:
    """The Faker loop: seconds and processor seconds a contact, imports left out."""
    from benchmarks.generator_naive import NaiveContacts

    contacts = NaiveContacts(1)
    contacts.line()
    began, used = time.perf_counter(), usage()
    for _ in range(NAIVE_CONTACTS):
        contacts.line()
    return _figures(began, used, NAIVE_CONTACTS)


def ours(format_: str, count: int, processes: int, engine: str) -> dict[str, float]:
    """The generator writing a set: the same figures, imports left out, everything else included."""
    from vambe_mock.generator.recipe.knobs import Shape
    from vambe_mock.generator.sets import distributed, writing
    from vambe_mock.generator.sets.job import job

    if format_ == "parquet":
        from vambe_mock.generator.sets import parquet_files  # noqa: F401 - pyarrow's import is left out, as Faker's

    with tempfile.TemporaryDirectory() as folder:
        work = job(
            f"{folder}/set",
            seed=1,
            count=count,
            anchor=ANCHOR,
            shape=Shape(),
            format_=format_,
            processes=processes,
        )
        began, used = time.perf_counter(), usage()
        if engine == "dask":
            distributed.write(work, None, lambda _: None)
        else:
            writing.write(work)
        return _figures(began, used, count)


def document(count: int) -> dict[str, float]:
    """The plain document, as `serve --contacts` makes it."""
    import vambe_mock.generator.drawing.rows  # noqa: F401 - imports are left out of the figure
    from vambe_mock import generator

    began, used = time.perf_counter(), usage()
    generator.document(1, count, ANCHOR)
    return _figures(began, used, count)


def _figures(began: float, used: float, count: int) -> dict[str, float]:
    seconds = time.perf_counter() - began
    per = max(count, 1)
    return {"seconds": seconds, "wall": seconds / per * 1e6, "cpu": (usage() - used) / per * 1e6, "peak": peak()}


def measured(*arguments: Any) -> dict[str, float]:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.generator", "--run", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    found: dict[str, float] = json.loads(done.stdout)
    return found


class Runs:
    """The figures of the same run in several rounds."""

    def __init__(self, *arguments: Any) -> None:
        """A run by its arguments; nothing is measured yet."""
        self.arguments, self.figures = arguments, list[dict[str, float]]()

    def again(self) -> None:
        """One more round."""
        self.figures.append(measured(*self.arguments))

    def of(self, name: str) -> list[float]:
        """One figure of all rounds."""
        return [figures[name] for figures in self.figures]

    @property
    def spent(self) -> str:
        """Seconds and processor time of a contact, in words."""
        return f"{statistics.median(self.of('wall')):.2f} µs a contact, {statistics.median(self.of('cpu')):.2f} of CPU"


def faster(what: str, asked: float, ours_: Runs, base: Runs, of: str) -> Figure:
    """How many times as fast ours is, by the seconds that a user waits."""
    by_cpu = ratio(base.of("cpu"), ours_.of("cpu"))
    return at_least(what, asked, ratio(base.of("wall"), ours_.of("wall")), of, f" ({ours_.spent}: {by_cpu:.2f} x)")


def speed(contacts: int, rounds: int) -> Iterator[Figure]:
    """One process against the Faker loop, and two processes against one."""
    more = 4 * contacts
    slow = Runs("naive")
    ndjson, parquet = (Runs("ours", format_, contacts, 1, "local") for format_ in ("ndjson", "parquet"))
    one, two = (Runs("ours", "ndjson", more, processes, "local") for processes in (1, 2))
    for _ in range(rounds):
        for runs in (slow, ndjson, parquet, one, two):
            runs.again()
    yield told("the Faker loop", slow.spent)
    yield faster(f"NDJSON, one process, {contacts:,} contacts", 100, ndjson, slow, "x the Faker loop")
    yield faster(f"Parquet, one process, {contacts:,} contacts", 150, parquet, slow, "x the Faker loop")
    yield faster(f"NDJSON, two processes, {more:,} contacts", 1.6, two, one, "x one process")


def large(contacts: int, small: int) -> Iterator[Figure]:
    """Peak memory of a large set and of a small one, and the CPU time of Dask's cluster for the large one."""
    plain: dict[str, float] = {}
    for format_, name in (("ndjson", "NDJSON"), ("parquet", "Parquet")):
        plain = measured("ours", format_, contacts, 1, "local")
        few = [measured("ours", format_, small, 1, "local")["peak"] for _ in range(5)]  # one may be lucky by a tenth
        yield at_most(f"peak memory, {name}, {contacts:,} contacts", 350, plain["peak"], "MB")
        yield at_most(f"the same, of the highest of five with {small:,}", 1.1, plain["peak"] / max(few), "x")
    dask = measured("ours", "parquet", contacts, 2, "dask")
    more = f" ({plain['cpu']:.2f} and {dask['cpu']:.2f} µs a contact)"
    reached = dask["cpu"] / plain["cpu"]
    yield at_most(f"Dask's cluster, CPU time, Parquet, {contacts:,} contacts", 1.4, reached, "x one process", more)


def documents() -> Iterator[Figure]:
    """The document that `serve --contacts` makes."""
    for count, asked in ((1_000, 0.3), (100_000, 5)):
        yield at_most(f"the document of {count:,} contacts", asked, measured("document", count)["seconds"], "s")


def one_run(kind: str, *rest: str) -> dict[str, float]:
    """What `measured` asks of the process that it starts."""
    if kind == "naive":
        return naive()
    if kind == "document":
        return document(int(rest[0]))
    format_, count, processes, engine = rest
    return ours(format_, int(count), int(processes), engine)


def main() -> int:
    """Compare, or do one run and print its figures; 0 when all that is asked was reached, 1 when not."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.generator", description="Measure the generator's speed."
    )
    parser.add_argument("--contacts", type=int, default=1_000_000, help="of the ratios (default: %(default)s)")
    parser.add_argument(
        "--large", type=int, default=10_000_000, help="of memory and Dask; 0: none (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of the ratios; 0: none (default: %(default)s)")
    parser.add_argument("--run", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(one_run(*options.run)))
        return 0
    figures = [*speed(options.contacts, options.rounds)] if options.rounds else []
    figures += [*large(options.large, options.contacts)] if options.large else []
    figures += documents()
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}; {options.rounds} rounds\n")
    print(table(figures))
    return 1 if any(figure.good is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
