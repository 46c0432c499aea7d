"""A page of 100 out of 10,000 contacts, 32 connections: a constant, plain FastAPI, ours with its log and without."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import sets
from benchmarks.figures import Figure, at_least, ratio, told
from benchmarks.load import Contender, Rounds, compete, write_paths
from benchmarks.nginx import ABSENT, NAME, nginx
from benchmarks.servers import BenchmarkError, Server, body, ours, plain, running

COUNT: Final = 10_000
DEEPEST: Final = 1_000
A: Final = "(a)"
A_LOG: Final = "(a) with uvicorn's access log"
A_MANY: Final = "(a) with many constants in turn"
B: Final = "(b)"
QUIET: Final = "ours, --quiet"
LOG: Final = "ours, with its log"


@dataclass(frozen=True, slots=True)
class Run:
    """How long to measure, and where there is room for logs and lists of paths."""

    scratch: Path
    rounds: int
    seconds: int

    def paths(self, name: str, *queries: str) -> Path:
        """A file of paths for the load."""
        return write_paths(self.scratch / f"{name}.paths", queries)

    def log(self, name: str) -> Path:
        """Where a server's output goes."""
        return self.scratch / f"{name}.log"

    def compete(self, contenders: dict[str, Contender]) -> dict[str, Rounds]:
        """All rounds, after a second each to warm up."""
        compete(contenders, 1, 1)
        return compete(contenders, self.rounds, self.seconds)


def measure(run: Run) -> list[Figure]:
    """All figures of a page out of few contacts."""
    folder = sets.data_set(COUNT)
    data = ("--data", str(folder), "--now", sets.ANCHOR)
    with ExitStack() as stack:
        quiet = stack.enter_context(running(ours(*data, "--quiet"), run.log("quiet")))
        one = {"BENCHMARK_PAGES": str(_prepared(run, quiet, "one", 1))}
        commands = {
            A: plain("constant", one),
            A_LOG: plain("constant", one, access_log=True),
            A_MANY: plain("constant", {"BENCHMARK_PAGES": str(_prepared(run, quiet, "many", 80))}),
            B: plain("naive", {"BENCHMARK_DATA": str(folder), "BENCHMARK_NOW": sets.ANCHOR}),
            LOG: ours(*data),
        }
        servers = {
            QUIET: quiet,
            **{name: stack.enter_context(running(one, run.log(name))) for name, one in commands.items()},
        }
        page = body(quiet.port, f"/api/public/contacts?{sets.PAGE}")
        if command := nginx(run.scratch / "nginx", page):
            servers[NAME] = stack.enter_context(running(command, run.log("nginx")))
        _same_answers(quiet, servers[B], folder)
        return _figures(run, servers)


def _prepared(run: Run, server: Server, name: str, count: int) -> Path:
    """A folder with the first *count* pages of ours, a file each."""
    folder = run.scratch / name
    folder.mkdir()
    for at in range(count):
        query = f"{sets.PAGE}&offset={at * 100}"
        (folder / f"{at:03d}.json").write_bytes(body(server.port, f"/api/public/contacts?{query}"))
    return folder


def _same_answers(one: Server, other: Server, folder: Path) -> None:
    """Raise BenchmarkError unless both answer the same bytes, so that nobody is quicker by doing less."""
    some = [f"{sets.PAGE}&{piece}" for pieces in sets.filters(folder).values() for piece in pieces[:8]]
    for query in (sets.PAGE, sets.EVERYTHING, *sets.pages(DEEPEST)[:6], *some):
        path = f"/api/public/contacts?{query}"
        if body(one.port, path) != body(other.port, path):
            raise BenchmarkError(f"{path}: ours and plain FastAPI answer differently; wanted the same bytes")


def _figures(run: Run, servers: dict[str, Server]) -> list[Figure]:
    once, unlike = run.paths("page", sets.PAGE), run.paths("pages", *sets.pages(DEEPEST))
    figures = []
    for queries, paths, base in (("one query", once, A), ("distinct queries", unlike, A_MANY)):
        found = run.compete(
            {name: Contender(servers[name], paths) for name in dict.fromkeys((base, A, A_LOG, QUIET, LOG))}
        )
        figures += [_against(name, queries, found[name], found[base], base) for name in (QUIET, LOG)]
        figures += [_told(f"{LOG}, {queries}", found[LOG], found[A_LOG], A_LOG)]
        if base == A and NAME in servers:
            found |= run.compete({name: Contender(servers[name], paths) for name in (NAME, QUIET)})
            per_second, by_cpu = _ratios(found[QUIET], found[NAME])
            more = f" (by CPU time {by_cpu:.2f})"
            figures.append(at_least(f"{QUIET}, {queries}", 0.65, per_second, f"of {NAME} sending a file", more))
        elif base == A:
            figures.append(told(NAME, ABSENT))
        if base != A:
            figures.append(_told(f"{QUIET}, {queries}", found[QUIET], found[A], f"{A}, its one constant"))
        figures += [told(f"CPU of a request: {name}, {queries}", _cpu(one)) for name, one in found.items()]
    # A few requests a second cannot be measured in a short load, nor need they be measured often.
    slow = compete({name: Contender(servers[name], unlike) for name in (B, QUIET, LOG)}, 2, 3)
    for name in (QUIET, LOG):
        times = ratio(slow[name].all("per_second"), slow[B].all("per_second"))
        figures.append(at_least(f"{name}, distinct queries", 50, times, "x (b)"))
    return figures


ASKED: Final = {
    (QUIET, "one query"): 1.15,
    (QUIET, "distinct queries"): 1.1,
    (LOG, "one query"): 0.95,
    (LOG, "distinct queries"): 0.9,
}


def _against(name: str, queries: str, ours_: Rounds, base: Rounds, of: str) -> Figure:
    per_second, by_cpu = _ratios(ours_, base)
    more = f" (by CPU time {by_cpu:.2f})"
    return at_least(f"{name}, {queries}", ASKED[name, queries], per_second, f"of {of}", more)


def _told(what: str, ours_: Rounds, base: Rounds, of: str) -> Figure:
    per_second, by_cpu = _ratios(ours_, base)
    return told(f"{what}, of {of}", f"{per_second:.2f} (by CPU time {by_cpu:.2f})")


def _ratios(ours_: Rounds, base: Rounds) -> tuple[float, float]:
    """Of the requests per second, and of what a request leaves of the server's time, which wrk cannot limit."""
    return ratio(ours_.all("per_second"), base.all("per_second")), ratio(base.all("cpu"), ours_.all("cpu"))


def _cpu(found: Rounds) -> str:
    return f"{median(found.all('cpu')):,.0f} us"
