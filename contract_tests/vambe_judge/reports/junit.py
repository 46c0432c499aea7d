"""JUnit XML: one test case for each rule. Written here because pytest's own would add what a test printed."""

from pathlib import Path
from xml.etree import ElementTree as ET

from vambe_judge.judging.verdicts import Finding, Outcome, Verdict
from vambe_judge.reports.report import Report
from vambe_judge.reports.terminal import asked, lines_of


def write(report: Report, path: Path) -> None:
    """The report as a JUnit file at *path*."""
    failing = {outcome.slug for outcome in report.failing}
    suite = ET.Element(
        "testsuite",
        name="GET /api/public/contacts",
        tests=str(len(report.outcomes)),
        failures=str(len(failing)),
        errors=str(len(report.stumbled)),
        skipped=str(sum(_is_open(one) and one.slug not in failing for one in report.outcomes)),
        time=f"{report.seconds:.3f}",
        timestamp=report.started,
        hostname=report.target,
    )
    for outcome in report.outcomes:
        suite.append(_case(outcome, failing=outcome.slug in failing))
    ET.SubElement(suite, "system-out").text = "\n".join([report.word, asked(report), *report.all_notes()])
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(outcome: Outcome, *, failing: bool) -> ET.Element:
    case = ET.Element(
        "testcase", classname=f"contract.{outcome.grade}", name=outcome.slug, time=f"{outcome.seconds:.3f}"
    )
    text = "\n".join(lines_of(outcome, _bad(outcome)))
    if outcome.stumbled:
        ET.SubElement(case, "error", message=outcome.stumbled)
    elif failing:
        ET.SubElement(case, "failure", message=outcome.evidence(), type=outcome.verdict.value).text = text
    elif _is_open(outcome):
        ET.SubElement(case, "skipped", message=f"inconclusive: {outcome.evidence()}")
    ET.SubElement(case, "system-out").text = "\n".join(filter(None, (outcome.statement, text)))
    return case


def _is_open(outcome: Outcome) -> bool:
    return outcome.verdict == Verdict.INCONCLUSIVE and not outcome.stumbled


def _bad(outcome: Outcome) -> list[Finding]:
    return [finding for finding in outcome.findings if finding.came]
