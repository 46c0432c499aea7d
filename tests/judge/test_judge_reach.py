"""How far the judge reaches: which values and pairs it asks for, at what cost, and that it never stumbles."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from urllib.parse import parse_qsl, urlsplit

import pytest

from effort import everything, times
from mutants import matrix, wrecks
from mutants.accents import ACCENTS
from mutants.breaks import MUTANTS, Mutant
from mutants.seams import Seams
from vambe_judge.asking.contacts import PARAMETERS
from vambe_judge.judging import malformed, relations, rules
from vambe_judge.judging.combined import NAMES
from vambe_judge.judging.judge import Ask, Claim, Trial
from vambe_judge.judging.verdicts import Verdict
from vambe_judge.reports.report import Report

WRECKS = times(15)
"""How many of the random broken servers a test run judges; ``python tests/mutants --wrecks 1000`` judges more."""


def version(name: str) -> Mutant:
    """A version by its name."""
    return next(one for one in (*MUTANTS, *ACCENTS) if one.name == name)


@cache
def judged(name: str, data: str = "tiny") -> Report:
    """The report on a version."""
    report = matrix.judged(version(name), data).report
    assert report is not None
    return report


def asked(report: Report) -> list[dict[str, str]]:
    """The parameters of every request that was answered with a list, a custom field as one."""
    found = []
    for one in report.sent:
        if one.status == 200:
            names = dict(parse_qsl(urlsplit(one.target).query))
            found.append({name.replace("custom_field_key", "custom_field"): text for name, text in names.items()})
    return found


def test_every_malformed_value_is_put_to_every_parameter_of_its_type() -> None:
    """Both cursors have the same kinds, and so have both ids; each number has words, ranges and letters behind it."""
    kinds = {name: {one.text for one in malformed.ALL if one.parameter == name} for name in PARAMETERS}
    assert kinds["created_after"] == kinds["updated_after"]
    assert len(kinds["created_after"]) >= 14
    assert kinds["stage_id"] == kinds["pipeline_id"]
    assert len(kinds["stage_id"]) >= 8
    assert min(len(kinds[name]) for name in ("days", "limit", "offset")) >= 6


def test_values_named_together_are_not_asked_alone() -> None:
    """Of a target that names all faults, no malformed value costs a request of its own; of another, the table's do."""
    cases = {(one.case.slug, one.case.name) for one in malformed.ALL}

    def alone(report: Report) -> int:
        return len({(one.rule, one.case) for one in report.sent} & cases)

    assert alone(judged("plain")) == 0
    assert alone(judged("refusal-explains-all")) >= 25


@pytest.mark.parametrize("data", ["tiny", "random"])
def test_every_two_parameters_are_asked_together(data: str) -> None:
    """Each pair of parameters stands in at least one good request (`filters-combine`)."""
    queries = asked(judged("plain", data))
    pairs = {pair for query in queries for pair in combinations(sorted(set(query) & set(NAMES)), 2)}
    assert set(combinations(sorted(NAMES), 2)) <= pairs


@pytest.mark.parametrize("name", ["plain", "other-texts", "one-fault-at-a-time", "refusal-explains-all"])
@pytest.mark.parametrize("data", ["tiny", "random"] if everything() else ["tiny"])
def test_run_takes_120_requests_at_most(name: str, data: str) -> None:
    """The budget holds before targets whose refusals name all faults and before those whose do not."""
    assert len(judged(name, data).sent) <= 120


@pytest.mark.parametrize("name", ["plain", "refusal-explains-all"])
def test_thorough_run_takes_400_requests_at_most(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """--thorough asks for more, is as quiet before a correct version, and stays below 400."""
    known = matrix.known_of
    monkeypatch.setattr(matrix, "known_of", lambda data: replace(known(data), thorough=True))
    noticed = matrix.judged(version(name), "tiny")
    assert noticed.report is not None
    assert (noticed.violated, noticed.differing) == ((), ())
    assert 120 < len(noticed.report.sent) <= 400


def test_thorough_run_asks_for_an_instant_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that refuses it violates `timestamp-syntax`; without --thorough there is no request left for it."""
    known = matrix.known_of
    monkeypatch.setattr(matrix, "known_of", lambda data: replace(known(data), thorough=True))

    def refusing(seams: Seams) -> None:
        seams.harsh("updated_after", lambda text: text < "3000")

    noticed = matrix.judged(
        Mutant("future-refused", "values", "", refusing), "tiny", rules=[rules.test_timestamp_syntax]
    )
    assert noticed.violated == ("timestamp-syntax",)


def test_thorough_run_asks_for_a_blank_before_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that passes over it differs from the mock; without --thorough one behind the value is asked for."""
    known = matrix.known_of
    monkeypatch.setattr(matrix, "known_of", lambda data: replace(known(data), thorough=True))
    noticed = matrix.judged(version("value-asked-trimmed"), "tiny", rules=[rules.test_custom_field_match])
    assert noticed.report is not None
    told = {finding.case for finding in noticed.report.outcomes[0].findings if finding.came}
    assert told == {"field 1: a blank behind it", "field 1: a blank before it"}


def test_a_cursor_is_asked_alone_beside_a_filter() -> None:
    """As most clients ask, at a value at which both matter, and not only in the company of other time filters."""
    outcome = next(
        one for one in judged("created-ignored-beside-stage-alone").outcomes if one.slug == "filters-combine"
    )
    assert any(one.came for one in outcome.findings)


@pytest.mark.parametrize(
    ("name", "data", "rule", "case"),
    [
        ("blocked-missing-beside-stage", "random", rules.test_stage_of_active_ticket, "with all time filters"),
        ("value-asked-trimmed-behind", "tiny", rules.test_custom_field_match, "field 1: a blank behind it"),
        ("value-kept-trimmed", "random", rules.test_custom_field_match, "field 2: narrows the list"),
        ("newest-with-a-phone", "random", rules.test_custom_field_match, "field 1: entity_type"),
    ],
)
def test_what_few_contacts_show_is_noticed(name: str, data: str, rule: Callable[[Trial], None], case: str) -> None:
    """One blocked contact at a stage, blanks around a value and a phone that two contacts share are enough."""
    known = [rules.test_days_range, rule]
    report = matrix.judged(version(name), data, rules=known).report
    assert report is not None
    assert case in [finding.case for finding in report.outcomes[-1].findings if finding.came]


def test_exception_in_a_rule_is_the_judges_own_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told with its type and place, without its text, the rule's other cases stand, and no data moved."""

    def crashing(*_args: object) -> Callable[[Ask], Claim]:
        def relation(_ask: Ask) -> Claim:
            raise IndexError("+34 600 000 000")

        return relation

    monkeypatch.setattr(relations, "page", crashing)
    run = wrecks.sound()
    outcome = run.hear(rules.test_paging)
    assert re.fullmatch(r".*page before.*: internal error in the judge: IndexError at \w+\.py:\d+", outcome.stumbled)
    assert "600" not in outcome.stumbled
    assert len(outcome.having(Verdict.CONFORMS)) > 5
    assert [one for one in outcome.findings if "rests while it is read" in one.evidence] == []


def test_judge_never_stumbles() -> None:
    """Whatever a server answers, no exception of the judge's own comes of it."""
    assert wrecks.stumbles(range(WRECKS)) == []


@pytest.mark.parametrize(
    ("name", "rule", "grade"),
    [
        ("cursor-rounded", "timestamp-precision", "inferred"),
        ("capitals-find-everybody", "uuid-case", "documented"),
        ("ids-by-letters", "uuid-case", "assumed"),
        ("always-by-id", "order", "documented"),
        ("fraction-opens-the-year", "days-may-be-fractional", "documented"),
        ("days-cut-off", "days-may-be-fractional", "assumed"),
    ],
)
def test_rule_that_is_only_inferred_has_a_firm_core(name: str, rule: str, grade: str) -> None:
    """Which way an open question goes is a difference; an answer that is wrong either way is a violation."""
    alone = [getattr(rules, f"test_{rule.replace('-', '_')}")]
    report = matrix.judged(version(name), "random", rules=alone).report
    assert report is not None
    (outcome,) = report.outcomes
    assert grade in {one.grade for one in outcome.findings if one.came}
