"""The HTML report: one page with the table of rules, the response times and every request. It has no script."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from vambe_judge.judging.verdicts import Verdict
from vambe_judge.reports import decisions
from vambe_judge.reports.report import Report
from vambe_judge.reports.terminal import requests_line

NAMES: Final = {
    Verdict.VIOLATES: "violates",
    Verdict.DIFFERS: "differs",
    Verdict.ACCEPTED: "accepted",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.CONFORMS: "conforms",
}
"""The verdicts, the worst one first, and the names of their colours in the page's style sheet."""

BROKEN: Final[tuple[tuple[str, Verdict], ...]] = (
    ("Violations", Verdict.VIOLATES),
    ("Differences from the mock", Verdict.DIFFERS),
    ("Accepted deviations", Verdict.ACCEPTED),
)
"""The page's first parts."""

OPEN: Final = ("Not shown by the data", Verdict.INCONCLUSIVE)
"""A failure only of a strict run."""

ENDS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
"""Upper ends of the histogram's bars, in milliseconds; the last bar has no end."""

WIDEST: Final = 85
"""Width of the histogram's longest bar in percent; the rest is for its number."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the histogram: its label, how many answers it counts, its width in percent."""

    name: str
    answers: int
    width: float


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
        names=NAMES,
        broken=(*BROKEN[:1], OPEN, *BROKEN[1:]) if report.strict else BROKEN,
        result=Verdict.VIOLATES if report.exit_code else Verdict.CONFORMS,
        decisions=_decisions(report),
        bars=_bars([sent.seconds * 1_000 for sent in report.sent]),
    )


def _decisions(report: Report) -> dict[str, dict[str, decisions.Text]]:
    """The decisions that the report's rules are named after."""
    known = decisions.entries()
    return {one.slug: known[one.slug] for one in report.outcomes if one.slug in known}


def _bars(durations: list[float]) -> list[Bar]:
    """Count *durations*, in milliseconds, into the histogram's bars."""
    counts = [0] * (len(ENDS) + 1)
    for duration in durations:
        counts[sum(duration > end for end in ENDS)] += 1
    most = max(counts) or 1
    names = [*(f"≤ {end} ms" if end < 1_000 else f"≤ {end // 1_000} s" for end in ENDS), f"> {ENDS[-1] // 1_000} s"]
    bars = [Bar(name, count, round(count / most * WIDEST, 1)) for name, count in zip(names, counts, strict=True)]
    filled = [place for place, count in enumerate(counts) if count] or [0]
    return bars[filled[0] : filled[-1] + 1]
