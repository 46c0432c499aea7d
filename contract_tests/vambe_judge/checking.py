"""What ``vambe-mock check`` does: check one target, plan the requests, or compare two targets."""

import os
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from vambe_judge import drift, fresh_mock, judging_run
from vambe_judge.accepted import Deviation
from vambe_judge.asking.client import ALWAYS, Limits, Sent, checked_url
from vambe_judge.asking.keys import key_of
from vambe_judge.asking.options import Options
from vambe_judge.asking.problems import JudgeError
from vambe_judge.judging import rules
from vambe_judge.judging.judge import Judge, Trial
from vambe_judge.judging_run import Run, Target
from vambe_judge.reports import annotations, comparison, terminal
from vambe_judge.reports.report import Report, write_json
from vambe_mock.contract.plural import plural

_STORAGE: Final = "HYPOTHESIS_STORAGE_DIRECTORY"


@dataclass(frozen=True, slots=True)
class Reports:
    """The files to write reports to. Raises JudgeError at once if one cannot be written.

    No file is touched before there is a report, so a target that cannot be judged leaves an earlier report in place.
    """

    junit: Path | None = None
    json: Path | None = None
    html: Path | None = None

    def __post_init__(self) -> None:
        """Check each path first: a long run must not end without its report."""
        for path, example in ((self.junit, "report.xml"), (self.json, "report.json"), (self.html, "report.html")):
            fault = path and _not_writable(path)
            if fault:
                raise JudgeError(f"{path}: {fault}; wanted a file to write, e.g. {example}")

    def write(self, report: Report) -> None:
        """Write the requested reports. Raises JudgeError if writing fails after all (a full disk)."""
        for path, writer in ((self.junit, _write_junit), (self.json, write_json), (self.html, _write_page)):
            if path is not None:
                try:
                    writer(report, path)
                except OSError as error:
                    raise JudgeError(f"{path}: {(error.strerror or 'no').lower()}; the report is not whole") from None


def _write_junit(report: Report, path: Path) -> None:
    from vambe_judge.reports import junit

    junit.write(report, path)


def _write_page(report: Report, path: Path) -> None:
    from vambe_judge.reports import page

    page.write(report, path)


def _not_writable(path: Path) -> str:
    """Return why *path* cannot be written, without touching it; empty if it can."""
    try:
        if path.is_dir():
            return "is a directory"
        if not path.exists() and not path.parent.is_dir():
            return "no such directory"
    except OSError as error:
        return (error.strerror or "no").lower()
    return "" if os.access(path if path.exists() else path.parent, os.W_OK) else "permission denied"


def target_of(url: str, variable: str) -> Target:
    """Return the target at *url* with the key from *variable*. Raises JudgeError."""
    return Target(checked_url(url), key_of(variable), variable)


def target_or_fresh_mock(
    url: str | None, variable: str, options: Options, stack: ExitStack, dialect: Path | None = None
) -> tuple[Target, Options]:
    """Return the target at *url* and *options*.

    Without a URL: a fresh mock, which speaks the *dialect* of a file, and options that describe its data.
    """
    if url is not None:
        return target_of(url, variable), options
    return stack.enter_context(fresh_mock.mock(dialect)), fresh_mock.with_default_set(options)


def judge(  # noqa: PLR0913, PLR0917 - each is a part of the run
    target: Target,
    options: Options,
    limits: Limits,
    deviations: tuple[Deviation, ...],
    reports: Reports,
    dialect: Path | None = None,
) -> int:
    """Check *target*, by the rules of the *dialect* file if there is one; print and write the reports.

    Returns the exit code.
    """
    console = terminal.console()
    view: list[terminal.View] = []

    def watch(sent: Sent) -> None:
        for one in view:
            one.on_sent(sent)

    judging = Run(judging_run.prepare(target, options, limits, watch), deviations)
    generated = replace(options, generated=judging.judge.options.generated)
    if dialect is not None:
        with _quietly_generating():
            judging.judge.explained = drift.explained(dialect, target, generated, _rules(judging.judge))
    try:
        judging.judge.begin()
        with _quietly_generating(), _interruptible(judging):
            due = _rules(judging.judge)
            view.append(terminal.View(console, len(due), judging.judge.client.base_url))
            judging.on_rule, judging.on_outcome = view[0].on_rule, view[0].on_outcome
            with view[0].shown():
                for rule in due:
                    judging.hear(rule)
                if dialect is not None:
                    drift.look_again(judging.judge, dialect, target, generated, due)
                    drift.add(judging.judge, drift.measured_again(judging.judge, dialect))
        report = judging.report()
    finally:
        judging.judge.client.close()
    terminal.show(report, console)
    if annotations.wanted():
        print("\n".join(annotations.lines(report)))  # noqa: T201 - workflow commands are read from standard output
        annotations.summarise(report)
    reports.write(report)
    return report.exit_code


@contextmanager
def _interruptible(judging: Run) -> Iterator[None]:
    """On Ctrl-C send no more requests, but still report; rules not tested by then are inconclusive."""

    def give_up(_number: int, _frame: object) -> None:
        judging.judge.client.gave_up = "interrupted, so no more requests were sent"

    before = signal.signal(signal.SIGINT, give_up)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _quietly_generating() -> Iterator[None]:
    """Hypothesis leaves no files in the working directory, and no library warns: a warning may quote an answer."""
    with tempfile.TemporaryDirectory(prefix="vambe-mock-") as folder, warnings.catch_warnings(action="ignore"):
        set_before = os.environ.setdefault(_STORAGE, folder) != folder
        try:
            yield
        finally:
            if not set_before:
                del os.environ[_STORAGE]


def plan(url: str | None, variable: str, options: Options, limits: Limits, *, compared: bool) -> int:
    """Print the requests of a run, rehearsed on a mock in this process; return the exit code."""
    if url is None:
        options = fresh_mock.with_default_set(options)
    if compared:
        options = replace(options, generated=0)
    target = Target(checked_url(url) if url else "http://127.0.0.1", fresh_mock.KEY, variable)
    rehearsed = fresh_mock.in_process(target, options)
    judge = judging_run.prepare(rehearsed, options, replace(limits, pace=0))
    with closing(judge.client), _quietly_generating():
        judge.begin()
        for rule in _rules(judge):
            judge.hear(rule)
    for line in _planned(judge.client.sent):
        print(line)  # noqa: T201 - that is what was asked for
    always = ", ".join(f"{name}: {value}" for name, value in ALWAYS.items())
    print(  # noqa: T201 - and this is how many there are
        f"{plural(len(judge.client.sent), 'request')}, all GET; none was sent. Every request also has {always}. "
        "Instants, ids and the combinations of filters-combine are examples: a run takes them from the target's own "
        "responses, and may send a few more or fewer requests. What looks broken is requested again."
        + (" The second target also gets the first one's requests." if compared else "")
        + (f" Then {judge.client.gave_up}." if judge.client.gave_up else "")
    )
    return 0


def _rules(judge: Judge) -> list[Callable[[Trial], None]]:
    """Return the rules of a run, including the generated requests if any are wanted."""
    if judge.options.generated <= 0:
        return rules.RULES
    from vambe_judge.judging.generated import test_generated

    return [*rules.RULES, test_generated]


def _planned(sent: Sequence[Sent]) -> list[str]:
    """One line per request: rule, case, request, headers."""
    wide = max((len(one.case) for one in sent), default=0)
    return [
        f"{one.rule:26} {one.case or '(survey)':{wide}} {one.method} {one.target}  "
        f"{', '.join(one.headers) or 'no x-api-key'}"
        for one in sent
    ]


def compare(  # noqa: PLR0913, PLR0917 - each is a part of the run
    first: Target, options: Options, second: Target, limits: Limits, reports: Reports, dialect: Path | None = None
) -> int:
    """Compare two targets, each judged by the rules of the *dialect* file; return exit code 1 if they differ."""
    options = replace(options, generated=0)
    runs = [Run(judging_run.prepare(target, options, limits)) for target in (first, second)]

    def look_again() -> None:
        if dialect is not None:
            for run in runs:
                drift.look_again(run.judge, dialect, first, options, rules.RULES)

    if dialect is not None:
        runs[0].judge.explained = drift.explained(dialect, first, options, rules.RULES)
        runs[1].judge.explained = dict(runs[0].judge.explained)
    try:
        for one in runs:
            one.judge.begin()
        differences = comparison.compared(runs[0].judge, runs[1].judge, rules.RULES, look_again)
    finally:
        for one in runs:
            one.judge.client.close()
    console = terminal.console()
    code = comparison.show(differences, runs[0].judge, runs[1].judge, console)
    runs[0].notes += comparison.notes(differences, runs[1].judge)
    reports.write(runs[0].report())
    return code
