"""How the cost of a page grows with the number of contacts: ours, (a), nginx and plain FastAPI, as a picture."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks import sets
from benchmarks.figures import Figure, told
from benchmarks.load import Contender, Outcome, Rounds
from benchmarks.nginx import ABSENT, NAME, nginx
from benchmarks.pages import A, B, Run
from benchmarks.servers import ROOT, Server, body, ours, plain, running

SIZES: Final = (1_000, 10_000, 100_000)
LARGE: Final = (1_000_000, 10_000_000)
MOST_PLAIN: Final = 100_000
"""Plain FastAPI looks at every contact; with more a load would answer nothing."""
FROM_PARQUET: Final = 1_000_000
LEAST: Final = 3

OURS: Final = "vambe-mock, one query"
DISTINCT: Final = "vambe-mock, distinct queries"
PICTURE: Final = ROOT / "docs" / "benchmarks.svg"
LABELS: Final = {
    OURS: ("vambe-mock, one query", "#0b6e4f", "o-"),
    DISTINCT: ("vambe-mock, distinct queries", "#3aa17e", "s--"),
    A: ("(a) a constant Starlette route", "#c1666b", "^-"),
    NAME: ("nginx, the page as a file", "#4a6fa5", "v-"),
    B: ("(b) plain FastAPI", "#8d6a9f", "D-"),
}


@dataclass(slots=True)
class Curve:
    """What one contender reached at each size: requests per second, microseconds of its CPU for one."""

    sizes: list[int] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, size: int, found: Rounds) -> None:
        """Add the medians of a size."""
        self.sizes.append(size)
        self.per_second.append(median(found.all("per_second")))
        self.cpu.append(median(found.all("cpu")))


def measure(run: Run, *, large: bool, picture: Path = PICTURE) -> list[Figure]:
    """Measure every size, and draw the *picture*. *large*: with a million contacts, and ten."""
    curves: dict[str, Curve] = {}
    figures: list[Figure] = []
    for size in (*SIZES, *(LARGE if large else ())):
        competed, more = _competed(run, size)
        for name, found in competed.items():
            curves.setdefault(name, Curve()).add(size, found)
        figures += more
    figures += [
        told(f"{name}, page of 100 out of {size:,}", f"{cpu:,.0f} us of CPU, {per_second:,.0f} a second")
        for name, curve in curves.items()
        for size, cpu, per_second in zip(curve.sizes, curve.cpu, curve.per_second, strict=True)
    ]
    if NAME not in curves:
        figures.append(told(NAME, ABSENT))
    return [*figures, told("the picture", _drawn(curves, picture))]


def _competed(run: Run, size: int) -> tuple[dict[str, Rounds], list[Figure]]:
    """All contenders at one size, in turn; of a large set also how ours got ready and how long its clients wait."""
    folder = sets.data_set(size, "parquet" if size >= FROM_PARQUET else "ndjson")
    once = run.paths(f"page-{size}", sets.PAGE)
    many = run.paths(f"pages-{size}", *sets.pages(size // 10))
    with ExitStack() as stack:
        server = stack.enter_context(
            running(ours("--data", str(folder), "--now", sets.ANCHOR, "--quiet"), run.log("growth"))
        )
        ready = f"{server.ready_after:.1f} s, {server.cpu():.1f} of them CPU"
        memory = f"{server.memory():,.0f} MB, at most {server.memory('VmHWM'):,.0f} while loading"
        page = body(server.port, f"/api/public/contacts?{sets.PAGE}")
        scratch = run.scratch / f"growth-{size}"
        scratch.mkdir()
        (scratch / "000.json").write_bytes(page)
        contenders = {OURS: Contender(server, once), DISTINCT: Contender(server, many)}
        constant = running(plain("constant", {"BENCHMARK_PAGES": str(scratch)}), run.log("constant"))
        contenders[A] = Contender(stack.enter_context(constant), once)
        if command := nginx(run.scratch / "nginx", page):
            contenders[NAME] = Contender(stack.enter_context(running(command, run.log("nginx"))), once)
        found = run.compete(contenders)
        if size <= MOST_PLAIN:
            environment = {"BENCHMARK_DATA": str(folder), "BENCHMARK_NOW": sets.ANCHOR}
            slow = stack.enter_context(running(plain("naive", environment), run.log("naive")))
            found[B] = Rounds([_one_by_one(slow, f"/api/public/contacts?{sets.PAGE}", run.seconds)])
    if size < FROM_PARQUET:
        return found, []
    figures = [told(f"{size:,} from Parquet: ready after", ready), told(f"{size:,} from Parquet: memory", memory)]
    for name in (OURS, DISTINCT):
        p50, p99 = (median(found[name].all(one)) / 1_000 for one in ("p50", "p99"))
        figures.append(told(f"{name}, of {size:,}: p50, p99", f"{p50:.1f}, {p99:.1f} ms, 32 connections"))
    return found, figures


def _one_by_one(server: Server, path: str, seconds: float) -> Outcome:
    """Ask for *path* again and again, at least three times: a load would end before the first answer of some."""
    body(server.port, path)
    used, began, times = server.cpu(), time.perf_counter(), list[float]()
    while len(times) < LEAST or time.perf_counter() - began < seconds:
        before = time.perf_counter()
        body(server.port, path)
        times.append((time.perf_counter() - before) * 1e6)
    took = time.perf_counter() - began
    return Outcome(len(times) / took, median(times), max(times), (server.cpu() - used) / len(times) * 1e6)


def _drawn(curves: dict[str, Curve], picture: Path) -> str:
    """Draw the curves; where, or why not."""
    try:
        import matplotlib as mpl
    except ImportError:
        return "matplotlib is not installed, e.g. pip install 'vambe-mock[plot]'"
    mpl.use("svg")
    import matplotlib.pyplot as plt

    # The same figures give the same file, and its letters are letters.
    mpl.rcParams.update({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure, panels = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    sides: list[tuple[Any, str, str]] = [
        (panels[0], "cpu", "CPU time of a request (µs)"),
        (panels[1], "per_second", "requests per second, one core"),
    ]
    for panel, measured, title in sides:
        for name, (label, color, style) in LABELS.items():
            if (curve := curves.get(name)) is not None:
                panel.plot(curve.sizes, getattr(curve, measured), style, color=color, label=label, markersize=5)
        panel.set(xscale="log", yscale="log", xlabel="contacts in the set", title=title)
        panel.grid(visible=True, which="major", color="#dddddd", linewidth=0.7)
        panel.spines[["top", "right"]].set_visible(False)
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False, fontsize=8
    )
    figure.suptitle("A page of 100 contacts (58 KB), by the number of contacts in the set", fontsize=11)
    figure.savefig(picture, metadata={"Date": None})
    lines = picture.read_text(encoding="utf-8").splitlines()
    picture.write_text("".join(f"{line.rstrip()}\n" for line in lines), encoding="utf-8")
    return str(picture.relative_to(ROOT)) if picture.is_relative_to(ROOT) else str(picture)
