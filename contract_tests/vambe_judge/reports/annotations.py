"""GitHub annotations, one per deviation, and the table of rules in the job summary."""

import os
from pathlib import Path
from typing import Final

from vambe_judge.judging.verdicts import Outcome
from vambe_judge.reports.report import Report
from vambe_judge.reports.terminal import requests_line

_COLUMNS: Final = "| rule | grade | verdict | evidence |\n| --- | --- | --- | --- |\n"


def wanted() -> bool:
    """Whether this runs in a GitHub workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def lines(report: Report) -> list[str]:
    """Return workflow commands: an error per failing rule, a warning per rule that merely differs or is accepted."""
    failing = {outcome.slug for outcome in report.failing}
    told = [_line(one, "error" if one.slug in failing else "warning") for one in report.outcomes if _is_bad(one)]
    return told + [f"::error title=contract::{_escaped(report.summary)}"] * (report.exit_code != 0 and not failing)


def summarise(report: Report) -> None:
    """Append the table to the job's summary, where GitHub names a file for it."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as summary:
            summary.write(markdown(report))


def markdown(report: Report) -> str:
    """The table of rules as Markdown."""
    head = f"### {report.target} {report.summary}\n\n{requests_line(report)}\n\n{_COLUMNS}"
    rows = (
        f"| {one.slug} | {one.told_grade} | {one.verdict} | {one.evidence().replace('|', chr(92) + '|')} |"
        for one in report.outcomes
    )
    return head + "\n".join(rows) + "\n"


def _is_bad(outcome: Outcome) -> bool:
    return bool(outcome.stumbled) or any(finding.came for finding in outcome.findings)


def _line(outcome: Outcome, level: str) -> str:
    return f"::{level} title={outcome.slug} ({outcome.told_grade})::{_escaped(outcome.stumbled or outcome.evidence())}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
