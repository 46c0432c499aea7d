"""Terminal output: progress during the run, then the table of rules, then each deviation with a curl command."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from vambe_judge.asking.client import Sent
from vambe_judge.judging.verdicts import Finding, Outcome, Verdict
from vambe_judge.reports.report import Report
from vambe_mock.contract.plural import plural

STYLES: Final = {
    Verdict.CONFORMS: "green",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.ACCEPTED: "cyan",
    Verdict.DIFFERS: "magenta",
    Verdict.VIOLATES: "bold red",
}


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the caller: Rich would exit with 1, and here that says that the target violates a rule."""
        raise BrokenPipeError


def console() -> Console:
    """Return the console that reports are printed on; where it is no terminal, lines are 160 characters wide."""
    return _Console(highlight=False, width=None if sys.stdout.isatty() else 160)


class View:
    """Live progress. Without a terminal it prints nothing."""

    def __init__(self, console: Console, rules: int, target: str) -> None:
        """*rules* is the number of rules to run."""
        self.console = console
        self.sent = 0
        self.recent: list[Outcome] = []
        self._target = target
        self._progress = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=console,
        )  # fmt: skip
        self._task = self._progress.add_task("starting", total=rules)
        self._live: Live | None = None
        self._drawn = 0.0

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show progress for the duration of the block."""
        if not self.console.is_terminal:
            yield
            return
        with Live(self._drawing(), console=self.console, transient=True, auto_refresh=False) as self._live:
            yield

    def on_rule(self, slug: str) -> None:
        """A rule starts."""
        self._progress.update(self._task, description=slug)
        self._draw()

    def on_outcome(self, outcome: Outcome) -> None:
        """A rule is finished."""
        self.recent = [*self.recent[-9:], outcome]
        self._progress.advance(self._task)
        self._draw()

    def on_sent(self, _sent: Sent) -> None:
        """A request is finished."""
        self.sent += 1
        self._draw()

    def _draw(self) -> None:
        if self._live is not None and time.monotonic() - self._drawn > 0.05:
            self._drawn = time.monotonic()
            self._live.update(self._drawing(), refresh=True)

    def _drawing(self) -> Group:
        lines = [
            Text.assemble((f"{one.verdict.value:>21}", STYLES[one.verdict]), f"  {one.slug}") for one in self.recent
        ]
        return Group(Text(f"{self._target}: {plural(self.sent, 'request')}"), *lines, self._progress)


def show(report: Report, console: Console) -> None:
    """Print the table, the deviations, the notes and the result."""
    console.print(_table(report))
    for outcome in report.outcomes:
        for line in lines_of(outcome, [one for one in outcome.findings if one.came]):
            console.print(Text(line), soft_wrap=True)
        if outcome.stumbled:
            console.print(Text(f"{outcome.slug}: {outcome.stumbled}", style="bold red"))
    for note in report.all_notes():
        console.print(Text(f"note: {note}"), soft_wrap=True)
    if report.cut_short:
        console.print(Text(f"ended early: {report.cut_short}", style="yellow"))
    console.print(Text(requests_line(report)))
    console.print(
        Text.assemble(f"{report.target} ", (report.summary, "bold red" if report.exit_code else "bold green"))
    )


def requests_line(report: Report) -> str:
    """Return one line on the requests: number, methods, pace, duration."""
    methods = "all GET" if report.only_get else "NOT ONLY GET"
    pace = f"one per {report.pace:g} s" if report.pace else "no pacing"
    return f"{plural(len(report.sent), 'request')}, {methods}, {pace}, {report.seconds:.1f} s in total"


def lines_of(outcome: Outcome, findings: Iterable[Finding]) -> list[str]:
    """Return the lines of each finding: rule and case, expected and actual, why it is accepted, a curl command."""
    lines = []
    for finding in findings:
        lines.append(f"{outcome.slug} ({finding.grade}) {finding.verdict}: {finding.case}")
        lines.append(f"  expected {finding.wanted}; got {finding.came}")
        lines += [f"  accepted: {finding.reason}"] if finding.reason else []
        lines += [f"  {finding.curl}"] if finding.curl else []
    return lines


def _table(report: Report) -> Table:
    table = Table(title=None, expand=False, pad_edge=False, box=None, header_style="bold")
    for name in ("rule", "grade", "verdict", "evidence"):
        table.add_column(name, no_wrap=name != "evidence", overflow="fold" if name == "evidence" else "ellipsis")
    for outcome in report.outcomes:
        verdict = Text(outcome.verdict.value, style=STYLES[outcome.verdict])
        table.add_row(outcome.slug, outcome.told_grade, verdict, Text(outcome.evidence()))
    return table
