"""``python -m benchmarks.console``: what a page that listens costs, and how quick it stays; in real Chromium.

Needs wrk and Chromium (``CHROMIUM`` names another than /usr/bin/chromium). The page shares the core of the load.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import sets
from benchmarks.connection import Connection
from benchmarks.figures import Figure, at_least, at_most, ratio, table, told
from benchmarks.load import Contender, compete, require, write_paths
from benchmarks.servers import LOAD_CORE, BenchmarkError, Server, ours, running

RATE: Final = 500
"""Requests a second beside which the page is used."""

SENT: Final = 0.95
"""The least share of RATE that must be sent in fact, or else the figures beside it say nothing."""

ASKED: Final = "days=30&limit=20&Limit=1"

CLICKS: Final = 20

UNTIL: Final = """
  const see = (name) => document.querySelector(name);
  const until = async (there) => {
    while (!there()) await new Promise(requestAnimationFrame);
    return performance.now();
  };
  const rows = () => see(".rows .tr span")?.textContent.length > 1;
"""
OPENED: Final = """
  await until(rows);
  const began = performance.now();
  see(".rows .tr").click();
  const took = await until(() => see("dialog CONTENT")) - began;
  see("dialog [aria-label=Close]").click();
  await until(() => !see("dialog"));
  return took;
"""
SWITCHED: Final = """
  const began = performance.now();
  see("nav [href='#/clock']").click();
  const took = await until(() => see(".days-chart")) - began;
  see("nav [href='#/contacts']").click();
  await until(rows);
  return took;
"""
FILTERED: Final = """
  const days = see(".filters input");
  const count = () => see("[role=grid]")?.ariaRowCount;
  await until(rows);
  const [before, began] = [count(), performance.now()];
  days.value = days.value === "30" ? "90" : "30";
  days.dispatchEvent(new InputEvent("input", {bubbles: true}));
  return await until(() => count() !== before && rows()) - began;
"""
KINDS: Final = {
    "open a contact": ("contacts", OPENED.replace("CONTENT", "form input")),
    "open a request": ("requests", OPENED.replace("CONTENT", "ul.list li")),
    "switch the view": ("contacts", SWITCHED),
    "filter": ("contacts", FILTERED),
}
"""Each kind of click: the view it is made in, and the script that makes it and gives the milliseconds until its effect,
which the server was asked for, is on the page. A filter waits for 150 ms until no more is typed.
"""

PAINT: Final = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const [first] = list.getEntriesByName("first-contentful-paint");
  if (first) resolve(first.startTime);
}).observe({type: "paint", buffered: true}))"""


def measure(options: argparse.Namespace, scratch: Path) -> list[Figure]:
    """All figures of the console."""
    data = ("--data", str(sets.data_set(options.contacts)), "--now", sets.ANCHOR, "--quiet")
    paths = write_paths(scratch / "page.paths", [sets.PAGE])
    with running(ours(*data), scratch / "log") as server, _chromium() as browser:
        return [
            *_throughput(server, browser, paths, options),
            *_clicks(server, browser, options),
            *_paint(server, browser, options),
        ]


def _throughput(server: Server, browser: Browser, paths: Path, options: argparse.Namespace) -> list[Figure]:
    """The load with a page that shows requests, and without, in turn."""
    alone, listening = [], []
    contender = {"load": Contender(server, paths)}
    compete(contender, 1, 1)
    for _ in range(options.rounds):
        alone += compete(contender, 1, options.seconds)["load"].outcomes
        with _page(server, browser, "requests"):
            listening += compete(contender, 1, options.seconds)["load"].outcomes
    share = ratio([one.per_second for one in listening], [one.per_second for one in alone])
    cost = ratio([one.cpu for one in listening], [one.cpu for one in alone])
    more = f" ({median(one.per_second for one in alone):,.0f} a second without)"
    return [
        at_least("throughput with a page that listens", 0.9, share, "of that without", more),
        told("the server's CPU time for a request, the same", f"{cost:.2f} of that without"),
    ]


def _clicks(server: Server, browser: Browser, options: argparse.Namespace) -> list[Figure]:
    """Clicks of each kind when nothing else happens and at RATE; what the page holds in memory then."""
    with Connection(server.port) as connection:
        connection.read(ASKED)  # a request to open
    idle = {kind: _click(server, browser, kind) for kind in KINDS}
    with _requests(server) as while_clicked:
        busy = {kind: _click(server, browser, kind) for kind in KINDS}
    with _requests(server) as while_watched, _page(server, browser, "requests") as page:
        heaps = []
        for _ in range(4):
            time.sleep(options.memory / 4)
            heaps.append(_heap(page))
    beside = f"at {RATE} requests a second and {options.contacts:,} contacts"
    grown = f" (MB at each quarter: {', '.join(f'{one / 1e6:.1f}' for one in heaps)})"
    return [
        *(
            at_most(
                f"{kind} {beside}, beyond when idle",
                100,
                median(busy[kind]) - median(idle[kind]),
                "ms",
                f" ({median(busy[kind]):.0f} against {median(idle[kind]):.0f}; "
                f"the slowest {max(busy[kind]):.0f} against {max(idle[kind]):.0f})",
            )
            for kind in KINDS
        ),
        at_most(f"the page's memory for {options.memory:g} s, live", 1.1, max(heaps) / heaps[0], "of a quarter", grown),
        while_clicked.figure("requests sent beside the clicks"),
        while_watched.figure("requests sent while memory is watched"),
    ]


def _click(server: Server, browser: Browser, kind: str) -> list[float]:
    """Milliseconds of each of CLICKS clicks of a kind, after one that is not counted."""
    view, script = KINDS[kind]
    with _page(server, browser, view) as page:
        return [page.evaluate(f"async () => {{{UNTIL}{script}}}") for _ in range(CLICKS + 1)][1:]


def _paint(server: Server, browser: Browser, options: argparse.Namespace) -> list[Figure]:
    """The first paint of the console and of /docs, in turn, each in a context without a cache."""
    found: dict[str, list[float]] = {"/__admin": [], "/docs": []}
    for _ in range(options.rounds + 1):
        for path, times in found.items():
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{server.port}{path}")
            times.append(page.evaluate(PAINT))
            context.close()
    console, docs = (median(times[1:]) for times in found.values())
    return [at_most("first paint of the console", 1, console / docs, "of /docs", f" ({console:.0f} of {docs:.0f} ms)")]


@contextmanager
def _chromium() -> Iterator[Browser]:
    """A browser on the core of the load."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        raise BenchmarkError(f"no {path} to be found; wanted Chromium, or CHROMIUM with its path")
    if LOAD_CORE is not None:
        os.sched_setaffinity(0, {LOAD_CORE})  # for what is started from here on
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _page(server: Server, browser: Browser, view: str) -> Iterator[Page]:
    """A page with a view of the console, which is live."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://127.0.0.1:{server.port}/__admin#/{view}")
    page.locator(".live.is-live").wait_for()
    try:
        yield page
    finally:
        page.close()


def _heap(page: Page) -> float:
    """Bytes that the page's scripts hold, after a collection."""
    session: Any = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"])


@dataclass(slots=True)
class Sent:
    """What was sent while a block ran: requests a second, known after it."""

    per_second: float = 0.0

    def figure(self, what: str) -> Figure:
        """Whether RATE was reached."""
        return at_least(what, SENT, self.per_second / RATE, f"of {RATE} a second", f" ({self.per_second:.0f} a second)")


@contextmanager
def _requests(server: Server) -> Iterator[Sent]:
    """RATE requests a second, made by a process of its own, while the block runs."""
    command = [sys.executable, "-m", "benchmarks.console", "--ask", str(server.port)]
    sent = Sent()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        yield sent
    finally:
        said, _ = process.communicate(timeout=60)  # the end of its standard input is its end
    if process.returncode:
        raise BenchmarkError(f"the requests beside the page ended with {process.returncode} before it was done")
    sent.per_second = float(said)


def ask(port: int, until: Callable[[], bool]) -> float:
    """Ask at RATE until *until*; return how many requests a second were answered."""
    count, began = 0, time.perf_counter()
    with Connection(port) as connection:
        while not until():
            connection.read(ASKED)
            count += 1
            time.sleep(max(0.0, began + count / RATE - time.perf_counter()))
    return count / (time.perf_counter() - began)


def _ask_until_told(port: int) -> None:
    """Ask until standard input ends, and print the rate."""
    print("asking", flush=True)
    over = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait, daemon=True).start()
    print(ask(port, over.is_set), flush=True)


def main() -> int:
    """Measure; 0 when all that is asked was reached, 1 when not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console", description="Measure the console.")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of load, and of paints (default: 5)")
    parser.add_argument("--seconds", type=int, default=5, help="seconds of every load (default: 5)")
    parser.add_argument("--memory", type=float, default=300, help="seconds to watch the page's memory (default: 300)")
    parser.add_argument("--contacts", type=int, default=100_000, help="contacts of the server (default: 100000)")
    parser.add_argument("--ask", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask is not None:
        _ask_until_told(options.ask)
        return 0
    try:
        require()
        with tempfile.TemporaryDirectory() as scratch:
            figures = measure(options, Path(scratch))
    except BenchmarkError as error:
        print(f"benchmarks.console: {error}", file=sys.stderr)
        return 2
    print(table(figures))
    for figure in figures:
        if figure.good is False and figure.what.startswith("requests sent"):
            print(
                f"benchmarks.console: {figure.what}: {figure.reached}; wanted {figure.asked}, or else the figures are "
                "of a lighter load; take a quieter machine",
                file=sys.stderr,
            )
    return 1 if any(figure.good is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
