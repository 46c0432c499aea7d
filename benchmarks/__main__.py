"""``python -m benchmarks``: measure the server, print what is asked and what was reached."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import control, dialects, exports, growth, millions, pages, starts
from benchmarks.figures import table
from benchmarks.load import require
from benchmarks.pages import Run
from benchmarks.servers import LOAD_CORE, SERVER_CORE, BenchmarkError

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.figures import Figure


def main() -> int:
    """Measure what the command line asks for; 0 when all that is asked was reached, 1 when not, 2 for a wrong call."""
    options = _options()
    measurements: dict[str, Callable[[Run], list[Figure]]] = {
        "pages": pages.measure,
        "millions": lambda run: millions.measure(run, options.contacts),
        "exports": exports.measure,
        "starts": starts.measure,
        "control": control.measure,
        "dialects": dialects.measure,
        "growth": lambda run: growth.measure(run, large=options.large),
    }
    figures: list[Figure] = []
    try:
        require()
        with tempfile.TemporaryDirectory() as scratch:
            run = Run(Path(scratch), options.rounds, options.seconds)
            for name in options.only or measurements:
                began = time.perf_counter()
                figures += measurements[name](run)
                print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    print(f"\n{_machine()}; {options.rounds} rounds of {options.seconds} s, medians of the rounds' ratios\n")
    print(table(figures))
    return 1 if any(figure.good is False for figure in figures) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the server's speed, in ratios.")
    names = ("pages", "millions", "exports", "starts", "control", "dialects", "growth")
    parser.add_argument("--only", choices=names, nargs="+", help="measure only these (default: all)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of every load (default: 7)")
    parser.add_argument("--seconds", type=int, default=1, help="seconds of every load (default: 1)")
    parser.add_argument("--contacts", type=int, default=1_000_000, help="what counts as a million (default: 1000000)")
    parser.add_argument("--large", action="store_true", help="growth also with 1,000,000 and 10,000,000 contacts")
    return parser.parse_args()


def _machine() -> str:
    pinned = "not pinned" if LOAD_CORE is None else f"servers on core {SERVER_CORE}, load on core {LOAD_CORE}"
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {pinned}"


sys.exit(main())
