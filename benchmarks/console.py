"""``python -m benchmarks.console``: what a page that listens costs, and how quick it stays; in real Chromium.

Needs wrk and Chromium (``CHROMIUM`` names another than /usr/bin/chromium). The page shares the core of the load.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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

CLICKS: Final = 20

CLICK: Final = """async () => {
  const until = async (there) => { while (!there()) await new Promise(requestAnimationFrame); };
  await until(() => document.querySelector(".rows .tr span")?.textContent.length > 1);
  const began = performance.now();
  document.querySelector(".rows .tr").click();
  await until(() => document.querySelector("dialog form input"));
  const took = performance.now() - began;
  document.querySelector("dialog [aria-label=Close]").click();
  await until(() => !document.querySelector("dialog"));
  return took;
}"""
"""Milliseconds from the click on a contact to its dialog, whose content the server was asked for."""

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
    """Clicks when nothing else happens and at RATE; what the page holds in memory after a quarter, and at the end."""
    with _page(server, browser, "contacts") as page:
        page.evaluate(CLICK)
        idle = [page.evaluate(CLICK) for _ in range(CLICKS)]
    with _requests(server), _page(server, browser, "contacts") as page:
        page.evaluate(CLICK)
        busy = [page.evaluate(CLICK) for _ in range(CLICKS)]
    with _requests(server), _page(server, browser, "requests") as page:
        time.sleep(options.memory / 4)
        before = _heap(page)
        time.sleep(options.memory * 3 / 4)
        after = _heap(page)
    what = f"a click at {RATE} requests a second and {options.contacts:,} contacts, beyond one when idle"
    more = f" ({median(busy):.0f} against {median(idle):.0f}; the slowest {max(busy):.0f} against {max(idle):.0f})"
    grown = f" ({after / 1e6:.1f} MB)"
    return [
        at_most(what, 100, median(busy) - median(idle), "ms", more),
        at_most(f"the page's memory after {options.memory:g} s, live", 1.1, after / before, "of a quarter", grown),
    ]


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


@contextmanager
def _requests(server: Server) -> Iterator[None]:
    """RATE requests a second, made by a process of its own, while the block runs."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.console", "--ask", str(server.port)])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def ask(port: int) -> None:
    """Ask at RATE, for as long as this process is left to."""
    with Connection(port) as connection, suppress(KeyboardInterrupt):
        due = time.perf_counter()
        while True:
            connection.read("days=30&limit=20&Limit=1")
            due += 1 / RATE
            time.sleep(max(0.0, due - time.perf_counter()))


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
        ask(options.ask)
        return 0
    try:
        require()
        with tempfile.TemporaryDirectory() as scratch:
            figures = measure(options, Path(scratch))
    except BenchmarkError as error:
        print(f"benchmarks.console: {error}", file=sys.stderr)
        return 2
    print(table(figures))
    return 1 if any(figure.good is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
