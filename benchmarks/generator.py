"""The generator against the straightforward Faker loop, in one run and interleaved: `python -m benchmarks.generator`.

Each figure is the median of several rounds. A ratio of seconds is what a user waits; a ratio of processor time (all
processes and threads added up) is steadier on a machine that others use too. Every run is a process of its own, so peak
memory is that of one run.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

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
    from benchmarks.generator_naive import NaiveContacts  # noqa: PLC0415 - only this process needs Faker

    contacts = NaiveContacts(1)
    contacts.line()
    began, used = time.perf_counter(), usage()
    for _ in range(NAIVE_CONTACTS):
        contacts.line()
    return _figures(began, used, NAIVE_CONTACTS)


def ours(format_: str, count: int, processes: int, engine: str) -> dict[str, float]:
    """The generator writing a set: the same figures, imports left out, everything else included."""
    from mock_server.generator import distributed, writing  # noqa: PLC0415 - as above
    from mock_server.generator.job import job  # noqa: PLC0415 - as above
    from mock_server.generator.shape import Shape  # noqa: PLC0415 - as above

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
    import mock_server.generator.rows  # noqa: F401, PLC0415 - imports are left out of the figure
    from mock_server import generator  # noqa: PLC0415 - as above

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


RUNS = {
    "NDJSON, one process": ("ndjson", 1, "local"),
    "NDJSON, two processes": ("ndjson", 2, "local"),
    "Parquet, one process": ("parquet", 1, "local"),
    "Parquet, Dask's local cluster": ("parquet", 2, "dask"),
}


def compare(count: int, rounds: int) -> None:
    """The table of ratios."""
    slow: list[dict[str, float]] = []
    fast: dict[str, list[dict[str, float]]] = {name: [] for name in RUNS}
    for _ in range(rounds):
        slow.append(measured("naive"))
        for name, (format_, processes, engine) in RUNS.items():
            fast[name].append(measured("ours", format_, count, processes, engine))
    base = {key: statistics.median(one[key] for one in slow) for key in ("wall", "cpu")}
    print(f"{'':<32}{'µs':>9}{'cpu µs':>9}{'ratio':>8}{'of cpu':>8}{'peak MB':>9}")
    print(f"{'Faker loop, json.dumps':<32}{base['wall']:>9.1f}{base['cpu']:>9.1f}{1:>8}{1:>8}")
    for name, figures in fast.items():
        wall, cpu, memory = (statistics.median(one[key] for one in figures) for key in ("wall", "cpu", "peak"))
        ratios = f"{base['wall'] / wall:>8.0f}{base['cpu'] / cpu:>8.0f}"
        print(f"{name:<32}{wall:>9.2f}{cpu:>9.2f}{ratios}{memory:>9.0f}")


def main() -> None:
    """Compare, or do one run and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000, help="contacts in each run (default: %(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds, of which the median counts (default: %(default)s)"
    )
    parser.add_argument("--run", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        kind, *rest = arguments.run
        if kind == "naive":
            figures = naive()
        elif kind == "document":
            figures = document(int(rest[0]))
        else:
            figures = ours(rest[0], int(rest[1]), int(rest[2]), rest[3])
        print(json.dumps(figures))
        return
    compare(arguments.contacts, arguments.rounds)
    for count in (1_000, 100_000):
        print(f"document of {count:,} contacts: {measured('document', count)['seconds']:.2f} s beyond imports")


if __name__ == "__main__":
    main()
