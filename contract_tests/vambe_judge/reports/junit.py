"""JUnit XML: one test case for each rule."""

from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped
from junitparser.xunit2 import TestCase, TestSuite

from vambe_judge.judging.verdicts import Outcome, Verdict
from vambe_judge.reports.report import Report
from vambe_judge.reports.terminal import lines_of, requests_line


def write(report: Report, path: Path) -> None:
    """Write the report as a JUnit file at *path*."""
    failing = {outcome.slug for outcome in report.failing}
    suite = TestSuite("GET /api/public/contacts")
    suite.add_testcases([_case(outcome, failing=outcome.slug in failing) for outcome in report.outcomes])
    suite.time = round(report.seconds, 3)
    suite.timestamp = report.started
    suite.hostname = report.target
    suite.system_out = "\n".join([report.summary, requests_line(report), *report.all_notes()])
    document = JUnitXml()
    document.add_testsuite(suite)
    document.write(str(path), pretty=True)


def _case(outcome: Outcome, *, failing: bool) -> TestCase:
    case = TestCase(outcome.slug, classname="contract", time=round(outcome.seconds, 3))
    text = "\n".join(lines_of(outcome, [finding for finding in outcome.findings if finding.came]))
    if outcome.stumbled:
        case.result = [Error(outcome.stumbled)]
    elif failing:
        failure = Failure(outcome.evidence(), outcome.verdict.value)
        failure.text = text
        case.result = [failure]
    elif outcome.verdict == Verdict.INCONCLUSIVE:
        case.result = [Skipped(f"inconclusive: {outcome.evidence()}")]
    case.system_out = "\n".join(filter(None, (outcome.statement, text)))
    return case
