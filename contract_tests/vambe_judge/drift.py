"""Judging by a dialect file: what it measured is as it should be, and what has changed since is told.

Which cases of the judge a dialect breaks, a mock that speaks it shows: all rules are put to it, in this process. What
the dialect says itself is measured again.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from vambe_judge import fresh_mock, judging_run
from vambe_judge.asking.client import Limits
from vambe_judge.asking.options import Options
from vambe_judge.asking.problems import JudgeError, Unanswered
from vambe_judge.calibration import dialect_file
from vambe_judge.calibration.asker import Asker
from vambe_judge.calibration.calibrating import Calibration
from vambe_judge.calibration.dialect_file import Dialect
from vambe_judge.calibration.state import State
from vambe_judge.judging.judge import Judge, Trial, kind_of
from vambe_judge.judging.verdicts import Finding, Outcome, Verdict
from vambe_judge.judging_run import Target
from vambe_mock.contract import instants

MOST_REQUESTS: Final = 40
"""Requests of the second calibration, beside those of the rules."""

OTHER_DATA: Final = ((1, 40), (2, 200), (3, 600))
"""Seed and size of the generated sets that are rehearsed where the default set leaves something unexplained."""

LATER: Final = 7 * instants.HOUR + 1_234
"""Milliseconds since their newest message: their contacts who are just within a window are just beyond it then."""

Explained = dict[tuple[str, str], str]
"""What came of each case that a mock which speaks the dialect breaks, by rule and kind of case."""


def explained(
    path: Path,
    target: Target,
    options: Options,
    due: Iterable[Callable[[Trial], None]],
    document: dict[str, Any] | None = None,
) -> Explained:
    """Put the rules *due* to a mock that speaks the file at *path*. Raises JudgeError for a file that cannot be.

    Its data is the data set *document*, by default the default set.
    """
    dialect_file.read(path)
    now = None if document is None else round(time.time() * 1000) + LATER
    rehearsed = fresh_mock.in_process(replace(target, key=fresh_mock.KEY), options, path, document, now)
    judge = judging_run.prepare(rehearsed, replace(options, now=now), Limits(pace=0))
    with closing(judge.client):
        judge.begin()
        for rule in due:
            judge.hear(rule)
    return {
        (outcome.slug, kind_of(finding.case)): finding.came
        for outcome in judge.outcomes.values()
        for finding in outcome.findings
        if _is_broken(finding)
    }


def look_again(
    judge: Judge, path: Path, target: Target, options: Options, due: Sequence[Callable[[Trial], None]]
) -> None:
    """Rehearse what is broken still with other data: whether a dialect breaks a case can depend on the data."""
    for seed, count in OTHER_DATA:
        if not any(map(_is_broken, (finding for one in judge.outcomes.values() for finding in one.findings))):
            return
        judge.explained |= explained(path, target, options, due, fresh_mock.generated_set(seed, count))
        for slug, outcome in judge.outcomes.items():
            outcome.findings = [judge._as_measured(slug, finding) for finding in outcome.findings]  # noqa: SLF001 - as it did


def _is_broken(finding: Finding) -> bool:
    return finding.verdict in (Verdict.VIOLATES, Verdict.DIFFERS)


def measured_again(judge: Judge, path: Path) -> list[Outcome]:
    """Calibrate the judge's target once more, and compare with the file: one outcome for each rule of either."""
    before = dialect_file.read(path).get("rules", {})
    client = judge.client
    state = State(
        Asker(client, most=len(client.sent) + MOST_REQUESTS),
        judge.options,
        judge.options.window,
        large=judge.options.large,
        pipelines=dict(judge.options.pipelines),
    )
    calibration = Calibration(state)
    try:
        now = calibration.run()
    except (JudgeError, Unanswered) as error:
        return [_outcome(slug, Verdict.INCONCLUSIVE, evidence=str(error)) for slug in before]
    return [_compared(slug, before.get(slug), now) for slug in dict.fromkeys([*before, *now.rules])]


def _compared(slug: str, before: Any, now: Dialect) -> Outcome:
    entry = now.rules.get(slug)
    was = "as usual" if before is None else dialect_file.shown(before.get("value", ""))
    if entry is not None and before is not None and _plain(entry.value) == _plain(before.get("value")):
        return _outcome(slug, Verdict.CONFORMS, evidence=f"{was}, as measured on {before.get('on', 'another day')}")
    if entry is not None:
        return _outcome(slug, Verdict.VIOLATES, wanted=was, came=dialect_file.shown(entry.value))
    needs = next(
        (said for name, said in (*now.open.items(), *now.beyond.items()) if name.partition(".")[0] == slug), ""
    )
    if needs:
        return _outcome(slug, Verdict.INCONCLUSIVE, evidence=needs)
    return _outcome(slug, Verdict.VIOLATES, wanted=was, came="as usual")


def _plain(value: Any) -> Any:
    """*value* as TOML gives it back."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _outcome(slug: str, verdict: Verdict, *, evidence: str = "", wanted: str = "", came: str = "") -> Outcome:
    finding = Finding("as calibrated", verdict, "measured", evidence, wanted, came)
    return Outcome(slug, "measured", "As it was measured on this account.", [finding])


def add(judge: Judge, outcomes: list[Outcome]) -> None:
    """Add what was measured again to the outcomes of the rules; a rule of the judge keeps its statement."""
    for one in outcomes:
        known = judge.outcomes.get(one.slug)
        if known is None:
            judge.outcomes[one.slug] = one
        else:
            known.findings += one.findings
