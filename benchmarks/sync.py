"""``python -m benchmarks.sync``: what the sync check costs beside the client's polls, and what the server pays for it.

- All hazards with two jobs, against the time that their polls alone take one after another; a client of 50 ms a poll.
- Histories of a client in this process, against as many quiet polls of it, in turn.
- Pages with delivered in use, and with it switched off again, against a server that never heard of it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks import sets
from benchmarks.figures import Figure, at_least, at_most, ratio, table
from benchmarks.load import Contender, require
from benchmarks.pages import Run
from benchmarks.servers import KEY, BenchmarkError, ours, running
from vambe_mock.sync.checking import RECORD, Options, Report, Stage, check
from vambe_mock.sync.clients import CommandClient, FunctionClient
from vambe_mock.sync.contacts import document, plain
from vambe_mock.sync.copies import Copy
from vambe_mock.sync.histories import Histories
from vambe_mock.sync.playing import MOST_ANSWERS
from vambe_mock.testing.client import AdminClient
from vambe_mock.testing.server import VambeMock

CLIENT: Final = Path(__file__).with_name("quick_client.py")
SUBJECTS: Final = Path(__file__).parent.parent / "tests" / "sync_clients"
CONTACTS: Final = 70
"""Three and a half pages of the client in this process."""
TURNS: Final = 20
"""In so many parts histories and quiet polls take turns: on a shared machine, what a second is worth changes."""


def main() -> int:
    """Measure what the command line asks for; 0 when all that is asked was reached, 1 when not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sync", description="Measure the sync check, in ratios.")
    names = ("jobs", "histories", "delivered")
    parser.add_argument("--only", choices=names, nargs="+", default=names, help="measure only these (default: all)")
    parser.add_argument("--histories", type=int, default=200, help="histories to play (default: 200)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of every load (default: 7)")
    given = parser.parse_args()
    figures: list[Figure] = []
    try:
        if "jobs" in given.only:
            figures += _jobs()
        if "histories" in given.only:
            figures += _histories(given.histories)
        if "delivered" in given.only:
            require()
            with tempfile.TemporaryDirectory() as scratch:
                figures += _delivered(Run(Path(scratch), given.rounds, 1))
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    print(table(figures))
    return 1 if any(figure.good is False for figure in figures) else 0


def _jobs() -> list[Figure]:
    alone, one_by_one = _checked(1)
    _, side_by_side = _checked(2)
    polls = sum(poll.ended - poll.began for result in alone.results for poll in result.story.polls)
    more = f" ({side_by_side:.1f} s; polls {polls:.1f} s, with one job {one_by_one:.1f} s)"
    return [at_most("all hazards with two jobs", 0.7, side_by_side / polls, "of their polls one after another", more)]


def _checked(jobs: int) -> tuple[Report, float]:
    """A report, and how long it took. Raises BenchmarkError for a hazard that the client does not survive."""
    client = CommandClient([sys.executable, "-I", "-S", str(CLIENT), "{dir}"], source=Copy.of("{dir}/copy.json"))
    began = time.perf_counter()
    found = check(client, Options(jobs=jobs))
    took = time.perf_counter() - began
    if found.exit_code:
        raise BenchmarkError(f"{CLIENT.name} does not survive {[one.hazard.slug for one in found.results if one.bad]}")
    return found, took


def _histories(count: int) -> list[Figure]:
    sys.path.insert(0, str(SUBJECTS))
    import subjects  # type: ignore[import-not-found, unused-ignore]

    poll = subjects.poll("")
    each = -(-count // TURNS)
    quiet, played = [0.0, 0.0], [0.0, 0.0]
    with _quiet_account(poll) as poll_quietly, _histories_of(FunctionClient(poll, subjects.copy)) as play:
        for seed in range(TURNS + 1):
            for sums, work in ((quiet, lambda: poll_quietly(each)), (played, partial(play, each, seed))):
                took = _timed(work)
                if seed:  # what is imported with the first ones is no part of either
                    sums[:] = [one + more for one, more in zip(sums, took, strict=True)]
    wall, cpu = (one / other for one, other in zip(played, quiet, strict=True))
    done = each * TURNS
    of = f"x {done} quiet polls of it, by CPU time"
    more = f" (by the clock {wall:.1f}; {1_000 * played[1] / done:.1f} against {1_000 * quiet[1] / done:.2f} ms of CPU)"
    return [at_most(f"{done} histories of a client in this process", 10, cpu, of, more)]


@contextmanager
def _quiet_account(poll: Callable[[str, str, Path], Any]) -> Iterator[Callable[[int], None]]:
    """An account in which nothing happens, after a first poll; what polls it so many times more."""
    with VambeMock(record=RECORD) as mock, tempfile.TemporaryDirectory() as folder:
        now = time.time_ns() // 1_000_000
        contacts = [plain(number, CONTACTS, 0, now) for number in range(1, CONTACTS + 1)]
        mock.load(document(contacts, now), keep_timestamps=True)
        mock.admin("PUT", "/delivered", {"answers": MOST_ANSWERS})  # as in a play
        poll(mock.url, mock.api_key, Path(folder))

        def poll_quietly(times: int) -> None:
            for _ in range(times):
                poll(mock.url, mock.api_key, Path(folder))

        yield poll_quietly


@contextmanager
def _histories_of(client: FunctionClient) -> Iterator[Callable[[int, int], None]]:
    """After a quiet run of *client*, what plays it so many histories of a seed. Raises BenchmarkError."""
    with VambeMock(record=RECORD) as server, tempfile.TemporaryDirectory() as folder:
        stage = Stage(server, client, Options(contacts=CONTACTS), Path(folder))
        _, habits = stage.quiet()
        stage.keep()
        histories = Histories(stage, habits)

        def play(count: int, seed: int) -> None:
            found = histories.find(count, seed)
            if found is not None:
                raise BenchmarkError(f"the right client loses in history {found.number} of seed {seed}")

        yield play


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock, and of this process's CPU."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def _delivered(run: Run) -> list[Figure]:
    data = ("--data", str(sets.data_set(10_000)), "--now", sets.ANCHOR, "--quiet")
    paths = run.paths("delivered", *sets.pages(1_000))
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(running(ours(*data), run.log(name))) for name in ("never", "unused", "in use")
        }
        _ask(servers["unused"].port, "PUT")
        _ask(servers["unused"].port, "DELETE")
        _ask(servers["in use"].port, "PUT")
        found = run.compete({name: Contender(server, paths) for name, server in servers.items()})
    figures = []
    for name, asked in (("unused", 0.98), ("in use", 0.9)):
        reached = ratio(found[name].all("per_second"), found["never"].all("per_second"))
        by_cpu = ratio(found["never"].all("cpu"), found[name].all("cpu"))
        what = f"pages with triggers and delivered present, {name}"
        figures.append(at_least(what, asked, by_cpu, "of the same without, by CPU time", f" (requests {reached:.2f})"))
    return figures


def _ask(port: int, method: str) -> None:
    """Switch delivered on (PUT) or off (DELETE)."""
    client = AdminClient(f"http://127.0.0.1:{port}", KEY)
    client(method, "/delivered", {} if method == "PUT" else None)
    client.close()


if __name__ == "__main__":
    sys.exit(main())
