"""The report of a check: a table for people, JSON and JUnit for machines. ``timeline`` draws the page."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.sync.contacts import number_of
from vambe_mock.sync.hazards import GRADES, HAZARDS
from vambe_mock.sync.histories import words
from vambe_mock.sync.problems import SyncError
from vambe_mock.sync.writing import write

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from vambe_mock.sync.checking import Report, Result
    from vambe_mock.sync.judging import Score
    from vambe_mock.sync.playing import Story

MOST_REQUESTS: Final = 500
"""Of how many requests of a hazard the JSON report tells; the rest are counted."""

MOST_FOLLOWED: Final = 10
"""Of how many contacts that are wrong it tells which requests listed them."""

_COUNTS: Final = ("lost", "stale", "doubled", "ghosts")
_STYLES: Final = {"survived": "green", "lost": "bold red", "failed": "bold red", "not met": "dim"}


def show(report: Report, console: Console) -> None:
    """Print the table, then a sentence or two for each hazard that failed, blind spots and manners."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("hazard")
    table.add_column("verdict")
    for name in (*_COUNTS, "requests"):
        table.add_column(name, justify="right")
    for one in report.results:
        judgement = one.judgement
        counts = [len(getattr(judgement.score, name)) for name in _COUNTS]
        style = _STYLES[judgement.verdict]
        numbers = [str(count) if count else "" for count in counts]
        table.add_row(one.hazard.slug, f"[{style}]{judgement.verdict}[/]", *numbers, str(judgement.requests or ""))
    console.print(table)
    for line in lines(report):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def lines(report: Report) -> list[str]:
    """What is told below the table."""
    told: list[str] = []
    for one in report.results:
        if one.bad:
            told += ["", f"{one.hazard.slug}: {one.judgement.happened}.", f"  to survive it: {one.hazard.survive}"]
            if one.hazard.slug == "quiet":
                ghosts = one.judgement.score.ghosts
                than, such = ("more", "created_after=1970-01-01T00:00:00Z") if ghosts else ("fewer", "days=30")
                told.append(
                    f"  nothing disturbed this run: if the client means to have {than} contacts, say which with "
                    f"--scope, e.g. --scope {such}; if its store was not empty, empty it with --fresh"
                )
    blind = [(one.hazard.slug, spot) for one in report.results for spot in one.judgement.blind]
    told += [f"\nblind spot ({slug}): {spot}" for slug, spot in blind]
    manners = [(one.hazard.slug, manner) for one in report.results for manner in one.judgement.manners]
    told += [f"\nmanners ({slug}): {manner}" for slug, manner in manners]
    told += _history(report)
    return [*told, "", summary(report)]


def summary(report: Report) -> str:
    """How many hazards were survived."""
    bad = [one for one in report.results if one.bad]
    met = [one for one in report.results if one.judgement.verdict != "not met"]
    return f"{len(met) - len(bad)} of {plural(len(met), 'hazard')} survived, {len(report.results) - len(met)} not met"


def _history(report: Report) -> list[str]:
    """The history that loses, in words."""
    found = report.history
    if found is None:
        return []
    steps = [f"  {number}. {line}" for number, line in enumerate(words(found.script), 1)]
    return ["", f"history {found.number} loses: {found.judgement.happened}.", *steps]


def as_json(report: Report) -> dict[str, Any]:
    """The report for machines."""
    return {
        "exit_code": report.exit_code,
        "client": {"limit": report.habits.limit, "contacts": report.habits.contacts, "days": report.habits.days},
        "hazards": [_hazard(one) for one in report.results],
        "history": _history_json(report),
    }


def _hazard(one: Result) -> dict[str, Any]:
    judgement, score = one.judgement, asdict(one.judgement.score)
    return {
        "slug": one.hazard.slug,
        "verdict": judgement.verdict,
        **{name: score[name] for name in _COUNTS},
        "requests": judgement.requests,
        "happened": judgement.happened,
        "survive": one.hazard.survive,
        "manners": judgement.manners,
        "blind": judgement.blind,
        "why": one.hazard.why,
        "timeline": _timeline(one.story, judgement.score),
    }


def _timeline(story: Story, score: Score) -> dict[str, Any]:
    """What happened: the polls, the requests in order, the changes after them, and where contacts that are wrong were.

    ``began`` and ``ended`` are seconds. A change has the poll and the ``place`` of the request after which it was made
    (0: after that poll). ``listed`` are the numbers, from 0 on, of the requests that listed the contact.
    """
    told = story.asked[:MOST_REQUESTS]
    wrong = dict.fromkeys((one, name) for name in _COUNTS for one in getattr(score, name))
    return {
        "polls": [
            {
                "poll": one.number,
                "began": round(one.began, 3),
                "ended": round(one.ended, 3),
                "quiet": one.quiet,
                "problem": "was killed" if one.outcome.killed else one.outcome.problem,
            }
            for one in story.polls
        ],
        "requests": [
            {
                "poll": one.poll,
                "place": one.place,
                "at": instants.write(one.at),
                "query": one.query,
                "status": one.status,
                "whole": one.whole,
                "contacts": len(one.ids),
            }
            for one in told
        ],
        "left_out": len(story.asked) - len(told),
        "changes": [
            {"poll": one.poll, "place": one.after, "at": instants.write(one.at), "what": one.what}
            for one in story.changes
        ],
        "wrong": [
            {
                "id": identity,
                "contact": number_of(identity) if number_of(identity) >= 0 else None,
                "what": name,
                "listed": [number for number, one in enumerate(told) if identity in one.ids],
            }
            for identity, name in list(wrong)[:MOST_FOLLOWED]
        ],
    }


def _history_json(report: Report) -> dict[str, Any] | None:
    found = report.history
    if found is None:
        return None
    score = asdict(found.judgement.score)
    return {
        "number": found.number,
        "script": found.script.to_json(),
        **{name: score[name] for name in _COUNTS},
        "happened": found.judgement.happened,
        "steps": words(found.script),
        "timeline": _timeline(found.story, found.judgement.score),
    }


def write_json(report: Report, path: Path) -> None:
    """Write the report as JSON. Raises SyncError."""
    write(path, json.dumps(as_json(report), indent=2, ensure_ascii=False) + "\n", "--json")


def write_junit(report: Report, path: Path) -> None:
    """Write the report as JUnit XML, a test case for each hazard. Raises SyncError."""
    from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

    suite = TestSuite("vambe-mock sync-check")
    for one in report.results:
        case = TestCase(one.hazard.slug, "sync-check", round(one.seconds, 3))
        if one.bad:
            case.result = [
                Failure(f"{one.judgement.happened}. To survive it: {one.hazard.survive}", one.judgement.verdict)
            ]
        elif one.judgement.verdict == "not met":
            case.result = [Skipped(one.judgement.happened)]
        suite.add_testcase(case)
    xml = JUnitXml()
    xml.add_testsuite(suite)
    text: bytes = xml.tostring()
    write(path, text.decode(), "--junit")


def check_junit() -> None:
    """Raises SyncError where JUnit cannot be written."""
    if not find_spec("junitparser"):
        raise SyncError("junitparser is not installed; install it with: pip install 'vambe-mock[sync]'")


def hazard_list() -> list[str]:
    """All hazards, for ``--hazards list``."""
    width = max(len(one.slug) for one in HAZARDS)
    return [f"{one.slug:<{width}}  {one.why} ({GRADES[one.grade]})" for one in HAZARDS]
