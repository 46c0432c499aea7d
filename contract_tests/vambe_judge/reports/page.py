"""The HTML report: one page with the table of rules, the response times and every request. It has no script."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from vambe_judge.judging.verdicts import Verdict
from vambe_judge.reports.report import Report
from vambe_judge.reports.terminal import requests_line

COLOURS: Final = {
    Verdict.CONFORMS: "#1a7f37",
    Verdict.INCONCLUSIVE: "#9a6700",
    Verdict.ACCEPTED: "#0969da",
    Verdict.DIFFERS: "#8250df",
    Verdict.VIOLATES: "#cf222e",
}
ENDS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
"""Upper ends of the histogram's bars, in milliseconds; the last bar has no end."""

TALLEST: Final = 100
"""Height of the histogram's tallest bar, in pixels."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the histogram: its label, how many answers it counts, its height in pixels."""

    name: str
    answers: int
    height: float


def write(report: Report, path: Path) -> None:
    """Write the report as an HTML page at *path*."""
    path.write_text(html(report), encoding="utf-8")


def html(report: Report) -> str:
    """Return the report as an HTML page."""
    environment = Environment(
        loader=PackageLoader("vambe_judge", "reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.jinja").render(
        report=report,
        requests_line=requests_line(report),
        colours=COLOURS,
        colour=COLOURS[Verdict.VIOLATES if report.exit_code else Verdict.CONFORMS],
        bars=_bars([sent.seconds * 1_000 for sent in report.sent]),
    )


def _bars(durations: list[float]) -> list[Bar]:
    """Count *durations*, in milliseconds, into the histogram's bars."""
    counts = [0] * (len(ENDS) + 1)
    for duration in durations:
        counts[sum(duration > end for end in ENDS)] += 1
    most = max(counts) or 1
    names = [*(f"≤ {end} ms" if end < 1_000 else f"≤ {end // 1_000} s" for end in ENDS), f"> {ENDS[-1] // 1_000} s"]
    return [Bar(name, count, round(count / most * TALLEST, 1)) for name, count in zip(names, counts, strict=True)]
