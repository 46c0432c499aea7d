"""Judging by a dialect file: what it measured is expected, and what has changed since is reported (`calibrated-rules`).

To find out which of the judge's cases a dialect breaks, the rules are put to an in-process mock with that dialect. The
rules of the file themselves are measured again.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from vambe_judge import fresh_mock, judging_run, rehearsal
from vambe_judge.asking.client import Client, Limits
from vambe_judge.asking.options import Options
from vambe_judge.asking.problems import JudgeError, Unanswered
from vambe_judge.calibration import dialect_file
from vambe_judge.calibration.asker import Asker
from vambe_judge.calibration.calibrating import Calibration
from vambe_judge.calibration.dialect_file import Dialect
from vambe_judge.calibration.state import State
from vambe_judge.judging.judge import Judge, Trial, kind_of, slug_of
from vambe_judge.judging.verdicts import Finding, Outcome, Verdict
from vambe_judge.judging_run import Target
from vambe_mock.contract import instants

MOST_REQUESTS: Final = 40
"""Requests of the second calibration, beside those of the rules."""

OTHER_DATA: Final = ((1, 40), (2, 200), (3, 600))
"""Seed and size of the generated sets to rehearse with if the account's contacts leave something unexplained."""

GENERATED: Final = "generated"

MOST_ROUNDS: Final = 4
"""The most times that one set is rehearsed."""

MOST_OWN: Final = 5_000
"""How many of the account's contacts to rehearse with at most: those that came last."""

LATER: Final = 7 * instants.HOUR + 1_234
"""Milliseconds since their newest message: their contacts who are just within a window are just beyond it then."""

Explained = dict[tuple[str, str], str]
"""What came of each case that a mock which speaks the dialect breaks, by rule and kind of case."""


def explained(path: Path, target: Target, options: Options, due: Sequence[Callable[[Trial], None]]) -> Explained:
    """Put the rules *due* to a mock that speaks the file at *path*, with the default set.

    Raises JudgeError for a file that cannot be spoken.
    """
    dialect_file.read(path)
    return _broken(Rehearsal(target, options, due, path))


def look_again(
    judge: Judge, path: Path, target: Target, options: Options, due: Sequence[Callable[[Trial], None]]
) -> None:
    """Rehearse with other data what is still broken: whether a dialect breaks a case can depend on the data.

    First with the contacts that the target has sent, which never leave this process, then with generated ones. A case
    that the same data breaks without the dialect is not explained by it.
    """
    for document, now in _other_data(judge, options):
        if not any(map(_is_broken, (finding for one in judge.outcomes.values() for finding in one.findings))):
            return
        rehearsed = Rehearsal(target, options, due, path, document, now)
        if GENERATED not in judge.outcomes or not any(map(_is_broken, judge.outcomes[GENERATED].findings)):
            rehearsed = rehearsed.without_generated()
        found = _broken(rehearsed, judge.explained)
        found = {} if not found else {one: came for one, came in found.items() if one not in _broken_by_data(rehearsed)}
        judge.explained |= found
        for slug, outcome in judge.outcomes.items():
            outcome.findings = [judge._as_measured(slug, finding) for finding in outcome.findings]  # noqa: SLF001 - as it did


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The rules *due*, to be put to an in-process mock with the dialect file at *path*, or without one.

    Its data is the data set *document*, with the clock at *now*; by default the default set.
    """

    target: Target
    options: Options
    due: Sequence[Callable[[Trial], None]]
    path: Path | None
    document: dict[str, Any] | None = None
    now: int | None = None

    def without_generated(self) -> "Rehearsal":
        """The same without the generated requests, which take longest and depend on no other rule."""
        return replace(self, due=[rule for rule in self.due if slug_of(rule) != GENERATED])


def _broken(rehearsal: Rehearsal, known: Mapping[tuple[str, str], str] = MappingProxyType({})) -> Explained:
    """The cases that the mock breaks, without those *known* to be explained.

    If a rule holds, the judge asks further questions, and those may be broken too. So whatever was found counts as
    explained, and the rules are put again until nothing new breaks.
    """
    found: Explained = {}
    for _ in range(MOST_ROUNDS):
        new = _broken_once(rehearsal, {**known, **found})
        found |= new
        if not new:
            break
        rehearsal = rehearsal.without_generated()
    return found


def _broken_once(rehearsal: Rehearsal, known: Explained) -> Explained:
    target, now = replace(rehearsal.target, key=fresh_mock.KEY), rehearsal.now
    mock = fresh_mock.in_process(target, rehearsal.options, rehearsal.path, rehearsal.document, now)
    judge = judging_run.prepare(mock, replace(rehearsal.options, now=now), Limits(pace=0))
    judge.explained = known
    with closing(judge.client):
        judge.begin()
        for rule in rehearsal.due:
            judge.hear(rule)
    return {
        (outcome.slug, kind_of(finding.case)): finding.came
        for outcome in judge.outcomes.values()
        for finding in outcome.findings
        if _is_broken(finding)
    }


def _broken_by_data(rehearsal: Rehearsal) -> Explained:
    """The cases that a mock without a dialect breaks with the same data."""
    return _broken_once(replace(rehearsal, path=None), {})


def _other_data(judge: Judge, options: Options) -> Iterator[tuple[dict[str, Any], int]]:
    """Data sets, and the instant at which each is rehearsed."""
    rows = judge.client.contacts[-MOST_OWN:]
    now = options.now or max((answer.at for answer in judge.lists() if answer.at is not None), default=None)
    if rows and now is not None:
        known = options if options.pipelines else replace(options, pipelines=judge._pipelines or {})  # noqa: SLF001 - asks nothing
        yield rehearsal.of_rows(rows, known), now
    for seed, count in OTHER_DATA:
        document = rehearsal.fitted(fresh_mock.generated_set(seed, count), options)
        yield document, round(time.time() * 1000) + LATER


def _is_broken(finding: Finding) -> bool:
    return finding.verdict in (Verdict.VIOLATES, Verdict.DIFFERS)


def measured_again(judge: Judge, path: Path) -> list[Outcome]:
    """Calibrate the judge's target once more, and compare with the file: one outcome for each rule of either.

    A file may say the same in another form, or less about a rule than a calibration does. So what seems to have changed
    is also compared with a calibration of a mock that uses the file.
    """
    before = dialect_file.read(path).get("rules", {})
    client = judge.client
    try:
        now = _calibrated(client, judge.options)
    except (JudgeError, Unanswered) as error:
        return [_outcome(slug, Verdict.INCONCLUSIVE, evidence=str(error)) for slug in before]
    found = {slug: _compared(slug, before.get(slug), now) for slug in dict.fromkeys([*before, *now.rules])}
    if changed := [slug for slug, one in found.items() if one.verdict is Verdict.VIOLATES and slug in before]:
        spoken = _calibrated_mock(judge, path)
        found |= {
            slug: _compared(slug, {**before[slug], "value": _plain(spoken.rules[slug].value)}, now)
            for slug in changed
            if slug in spoken.rules
        }
    return [*found.values()]


def _calibrated(client: Client, options: Options) -> Dialect:
    """What a calibration through *client* measures. Raises JudgeError and Unanswered."""
    asker = Asker(client, most=len(client.sent) + MOST_REQUESTS)
    pipelines = dict(options.pipelines)
    return Calibration(State(asker, options, options.window, large=options.large, pipelines=pipelines)).run()


def _calibrated_mock(judge: Judge, path: Path) -> Dialect:
    """What a calibration measures of a mock that speaks the file at *path*, with the default set."""
    target = Target(judge.client.base_url, fresh_mock.KEY, judge.client.key_variable)
    options = replace(judge.options, now=None)
    mock = fresh_mock.in_process(target, options, path)
    with closing(judging_run.prepare(mock, options, Limits(pace=0)).client) as client:
        return _calibrated(client, options)


def _compared(slug: str, before: Any, now: Dialect) -> Outcome:
    entry = now.rules.get(slug)
    was = "as usual" if before is None else dialect_file.shown(before.get("value", ""))
    if entry is not None and before is not None and _plain(entry.value) == _plain(before.get("value")):
        return _outcome(slug, Verdict.CONFORMS, evidence=f"{was}, as measured on {before.get('on', 'another day')}")
    needs = next(
        (said for name, said in (*now.open.items(), *now.beyond.items()) if name.partition(".")[0] == slug), ""
    )
    is_part = entry is not None and before is not None and _is_part(_plain(entry.value), before.get("value"))
    if needs and (entry is None or is_part):
        return _outcome(slug, Verdict.INCONCLUSIVE, evidence=needs)
    return _outcome(slug, Verdict.VIOLATES, wanted=was, came=dialect_file.shown(entry.value) if entry else "as usual")


def _is_part(now: Any, before: Any) -> bool:
    """Whether *now* agrees with *before* as far as it goes; a single value stands for the same value of every field."""
    if not isinstance(now, dict):
        return bool(now == before)
    of = before if isinstance(before, dict) else dict.fromkeys(now, before)
    return all(name in of and _is_part(one, of[name]) for name, one in now.items())


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
