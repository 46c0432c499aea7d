"""pytest as the judge's second runner: its options, and each rule's verdict as the outcome of a test.

``pytest contract_tests`` judges a fresh mock, ``pytest contract_tests --target URL`` any server. ``vambe-mock check``
runs the same rules in a loop and needs no pytest.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import pytest

from vambe_judge import arguments
from vambe_judge.asking.problems import JudgeError
from vambe_judge.judging.verdicts import Outcome, Verdict
from vambe_judge.judging_run import Run
from vambe_judge.reports.terminal import lines_of, requests_line

RUN: Final = pytest.StashKey[Run]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of ``vambe-mock check`` that matter without its reports."""
    group = parser.getgroup("contract", "the contract of GET /api/public/contacts")
    for flag, more in arguments.FLAGS.items():
        group.addoption(flag, **more)


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """The run that all tests share. If it cannot begin, the session ends with exit code 2."""
    config = request.config
    with ExitStack() as stack:
        try:
            found = arguments.run_of(config, stack)
            config.stash[RUN] = found
            found.judge.begin()
        except JudgeError as error:
            pytest.exit(str(error), returncode=2)
        yield found


@pytest.fixture
def trial(run: Run) -> Run:
    """Stands for the ``Trial`` that ``pytest_pyfunc_call`` hands to the rule."""
    return run


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Let the judge run the rule: nothing it raises may reach a traceback, which would show data."""
    if "trial" not in pyfuncitem.fixturenames or not hasattr(pyfuncitem.obj, "grade"):
        return None
    run = pyfuncitem.funcargs["trial"]
    assert isinstance(run, Run)  # noqa: S101 - pytest does not know the fixture's type
    outcome = run.hear(pyfuncitem.obj)
    _draw(outcome, run)
    return True


def _draw(outcome: Outcome, run: Run) -> None:
    options = run.judge.options
    failing = [*outcome.having(Verdict.VIOLATES), *(outcome.having(Verdict.DIFFERS) if options.like_mock else ())]
    if outcome.stumbled:
        pytest.fail(outcome.stumbled, pytrace=False)
    if failing:
        pytest.fail("\n".join(lines_of(outcome, failing)), pytrace=False)
    if outcome.verdict == Verdict.INCONCLUSIVE:
        (pytest.fail if options.strict else _skip)(f"inconclusive: {outcome.evidence()}")


def _skip(reason: str) -> None:
    pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the verdict, differences from the mock, notes, and the number of requests."""
    run = config.stash.get(RUN, None)
    if run is None:
        return
    report = run.report()
    terminalreporter.section("contract")
    terminalreporter.line(f"{report.target}: {report.summary}")
    for outcome in report.outcomes:
        for line in lines_of(outcome, outcome.having(Verdict.DIFFERS)):
            terminalreporter.line(line)
    for note in report.all_notes():
        terminalreporter.line(f"note: {note}")
    terminalreporter.line(requests_line(report))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that ended early is not a success, and one that the judge itself failed has found nothing."""
    run = session.config.stash.get(RUN, None)
    if run is not None and session.exitstatus in (0, 1):
        code = run.report().exit_code
        session.exitstatus = code if code or session.exitstatus == 0 else 2
