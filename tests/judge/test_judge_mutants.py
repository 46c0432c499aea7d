"""The judge before broken and correct versions of the mock, and before the vendor's rules in another framework."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from effort import everything, some
from judge_targets import KEY as TARGET_KEY
from mutants import matrix
from mutants.accents import ACCENTS
from mutants.breaks import MUTANTS, Mutant
from mutants.seams import KEY, Asgi, Seams
from vambe_judge.asking.client import Limits
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.asking.options import Options
from vambe_judge.judging import rules
from vambe_judge.judging.verdicts import Verdict
from vambe_judge.judging_run import Run, Target, prepare
from vambe_judge.reports.report import Report
from vambe_mock.datasets import dataset
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

LIVE = ("compressed", "in-pieces", "no-keep-alive", "other-headers")
SAMPLE = MUTANTS if everything() else matrix.sample()
"""At least one broken version of each rule and each kind; docs/mutants.md and ``THOROUGH`` have all of them."""
FEW = MUTANTS[5 :: 14 if everything() else 90]
SETS = ("tiny", "random") if everything() else ("tiny",)
REFUSING = ("other-texts", "too-many-requests", "one-fault-at-a-time", "compressed", "pretty")
assert TARGET_KEY != KEY


def _names(versions: list[Mutant]) -> list[Any]:
    return [pytest.param(version, id=version.name) for version in versions]


def test_there_are_enough_mutants() -> None:
    """At least 250 broken versions of ten kinds, each with a name and a sentence of its own."""
    assert len(MUTANTS) >= 250
    assert len({one.name for one in MUTANTS}) == len({one.what for one in MUTANTS}) == len(MUTANTS)
    assert len({one.kind for one in MUTANTS}) == 10


def test_sample_has_every_rule_and_every_kind() -> None:
    """The sample breaks each rule that any version in docs/mutants.md breaks, and has versions of each kind."""
    known = matrix.rows()
    noticed = {name: set(", ".join(line[2:4]).split(", ")) for name, line in known.items()}
    every, some = (
        set[str]().union(*(noticed.get(one.name, ()) for one in ones)) for ones in (MUTANTS, matrix.sample())
    )
    assert some == every
    assert len(every) > 40
    assert {one.kind for one in matrix.sample()} == {one.kind for one in MUTANTS}


@pytest.mark.parametrize("version", _names(SAMPLE))
def test_mutant_is_noticed_with_twelve_contacts(version: Mutant) -> None:
    """Each broken version is noticed with the smallest data set or, where few instants hide it, with 150 contacts."""
    assert matrix.judged(version, "tiny").anything or matrix.judged(version, "random").anything


@pytest.mark.parametrize("version", _names(FEW))
@pytest.mark.parametrize("name", ["default", "random", "withheld"] if everything() else ["random"])
def test_mutant_is_noticed_with_other_data(version: Mutant, name: str) -> None:
    """A few broken versions are noticed with other data, too; docs/mutants.md has all of them."""
    assert matrix.judged(version, name).anything


@pytest.mark.parametrize("version", _names(ACCENTS))
@pytest.mark.parametrize("name", SETS)
def test_correct_version_raises_nothing(version: Mutant, name: str) -> None:
    """A version that only looks different is neither a violation nor different from the mock."""
    noticed = matrix.judged(version, name)
    assert (noticed.violated, noticed.differing, noticed.unjudged) == ((), (), "")


@pytest.mark.parametrize("name", ["default", "withheld"] if everything() else ["default"])
def test_mock_raises_nothing_even_where_it_must_be_like_itself(name: str) -> None:
    """The mock conforms, and does not differ from itself; that takes at most 120 requests, all of them GET."""
    noticed = matrix.judged(ACCENTS[0], name, like_mock=True)
    assert (noticed.violated, noticed.differing, noticed.unjudged) == ((), (), "")
    assert noticed.report is not None
    assert len(noticed.report.sent) <= 120
    assert noticed.report.only_get


def test_ties_and_texts_are_told_apart_only_where_asked() -> None:
    """Descending ids among equal instants, and other key orders, differ from the mock only with ``--like-mock``."""
    by_name = {one.name: one for one in ACCENTS}
    assert matrix.judged(by_name["ties-descending"], "tiny", like_mock=True).differing == ("order-ties",)
    assert "contact-fields" in matrix.judged(by_name["fields-turned"], "tiny", like_mock=True).differing


@pytest.mark.parametrize("name", ["capitals-matter", "slash-redirected"])
def test_forms_of_the_path_are_told_only_where_asked(name: str) -> None:
    """Frameworks that mind capitals, or redirect a slash away, differ from the mock only with ``--like-mock``."""
    version = next(one for one in ACCENTS if one.name == name)
    assert matrix.judged(version, "tiny", like_mock=True).differing == ("path-forms",)


SWITCHES: dict[str, tuple[dict[str, Any], set[str], set[str]]] = {
    "none": ({}, set(), set()),
    "no-fractional-days": ({"fractional_days": False}, set(), {"days-may-be-fractional"}),
    "seconds-required": ({"seconds_required": True}, {"timestamp-syntax"}, set()),
    "expand-current-stage": ({"expand_current_stage": True}, set(), set()),
    "no-mock-headers": ({"mock_headers": False}, set(), set()),
}
"""Each switch of the mock, the rules that it violates and those in which it differs from the mock as it is."""


@pytest.mark.parametrize("name", SWITCHES)
def test_switch_of_the_mock_breaks_its_own_rule_alone(name: str) -> None:
    """What a switch leaves open is a difference, what it denies is a violation of its rule, and of no other."""
    settings, violated, differing = SWITCHES[name]
    noticed = matrix.judged(ACCENTS[0], "tiny", like_mock=True, **settings)
    assert (set(noticed.violated), set(noticed.differing), noticed.unjudged) == (violated, differing, "")
    assert noticed.report is not None
    drift = [note for outcome in noticed.report.outcomes for note in outcome.notes if note.startswith("drift: ")]
    field = "drift: the field active_ticket_v2.current_stage is in no document"
    assert drift == [field] * (name == "expand-current-stage")


def test_switch_to_default_stages_violates_what_is_documented_of_stage_id_alone() -> None:
    """With --stage-filter default_stage, ``stage_id`` brings others than those documented; no other rule is blamed."""
    noticed = matrix.judged(ACCENTS[0], "tiny", stage_filter="default_stage")
    assert (noticed.violated, noticed.differing) == (("stage-of-active-ticket",), ())


@pytest.mark.parametrize("name", ["days-are-hours", "days-ignored"])
def test_fractions_of_days_are_not_blamed_for_whole_days(name: str) -> None:
    """Where whole days are not counted rightly, nothing is said of fractions: a fault is told once."""
    version = next(one for one in MUTANTS if one.name == name)
    asked = [rules.test_days_may_be_fractional, rules.test_days_window]
    noticed = matrix.judged(version, "default", rules=asked)
    assert (noticed.violated, noticed.differing) == (("days-window",), ())


def test_unstable_ties_are_seen_in_any_two_answers() -> None:
    """Ties that turn at random are noticed in all lists of a run, not only in those that are asked for thrice."""
    version = next(one for one in MUTANTS if one.name == "ties-at-random")
    report = matrix.judged(version, "tiny").report
    assert report is not None
    paging = next(one for one in report.outcomes if one.slug == "paging")
    assert "equal instants in one order" in [finding.case for finding in paging.having(Verdict.VIOLATES)]


def test_a_target_that_needs_seconds_is_told_by_its_note() -> None:
    """Refusing timestamps without seconds is a violation of one case, and a note names the zod that does so."""
    by_name = {one.name: one for one in MUTANTS}
    told = {}
    for name in ("seconds-needed", "utc-only"):
        report = matrix.judged(by_name[name], "tiny", rules=[rules.test_timestamp_syntax]).report
        assert report is not None
        (outcome,) = report.outcomes
        told[name] = [finding.case for finding in outcome.having(Verdict.VIOLATES)], "".join(outcome.notes)
    assert told["seconds-needed"][0] == ["without seconds"]
    assert "zod 4.5.0" in told["seconds-needed"][1]
    assert told["utc-only"][1] == ""


def test_run_is_small_before_a_target_with_many_pipelines() -> None:
    """Of the pipelines that a target lists itself, two are asked for, so that 120 requests are still enough."""
    document = matrix.document("default")
    stages = [[{"id": stage["id"]} for stage in one["stages"]] for one in document["pipelines"]]
    listed = [{"id": f"5b3f1c1e-0d0a-4c58-9f52-6a1f6f0f2c{n:02}", "stages": stages[n % len(stages)]} for n in range(30)]
    served = {**document, "pipelines": listed}
    settings = Settings(api_key=(KEY,), quiet=True).checked()
    app: Asgi = create_app(dataset.from_document(served), settings)
    run = Run(prepare(Target("http://127.0.0.1", KEY, transport=AsgiTransport(app)), Options(), Limits()))
    with closing(run.judge.client):
        for rule in rules.RULES:
            run.judge.hear(rule)
    report = run.report()
    assert not report.failing
    assert len(report.sent) <= 120
    asked = {one.case for one in report.sent if one.rule == "pipeline-of-active-ticket"}
    assert {case for case in asked if re.fullmatch(r"pipeline [0-9]+", case)} == {f"pipeline {n}" for n in (1, 2)}


GENERATED = {
    "no-updated-at": "schema of the answer",
    "any-key": "unknown keys",
    "unprocessable": "bad requests",
    "refusals-are-500": "no server error",
    "days-needed": "good requests",
}


@pytest.mark.parametrize("name", some([*GENERATED], 0, 1, 3))
def test_generated_requests_notice_what_the_document_forbids(name: str) -> None:
    """The layer of schemathesis by itself notices each kind of break, in the respect that it is about."""
    from vambe_judge.judging import generated

    version = next(one for one in MUTANTS if one.name == name)
    report = matrix.judged(version, "tiny", rules=[generated.test_generated]).report
    assert report is not None
    assert GENERATED[name] in [finding.case for finding in report.outcomes[0].having(Verdict.VIOLATES)]


@pytest.mark.parametrize("version", _names([one for one in ACCENTS if everything() or one.name in REFUSING]))
def test_generated_requests_raise_nothing_before_a_correct_version(version: Mutant) -> None:
    """Other texts, other keys, compression, 429: none of it disturbs the layer of schemathesis."""
    from vambe_judge.judging import generated

    report = matrix.judged(version, "tiny", rules=[generated.test_generated]).report
    assert report is not None
    assert [finding.case for finding in report.outcomes[0].findings if finding.came] == []


@contextmanager
def live(version: Mutant) -> Iterator[str]:
    """A version on a real socket, served by uvicorn in a thread; its base URL."""
    with pytest.MonkeyPatch.context() as patch:
        seams = Seams(patch)
        version.apply(seams)
        app: Asgi = create_app(matrix.served("tiny"), Settings(api_key=(KEY,), quiet=True).checked())
        for wrap in seams.layers:
            app = wrap(app)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off", server_header=False))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.02)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def judged_live(url: str) -> Report:
    """What the judge finds over HTTP."""
    run = Run(prepare(Target(url, KEY), matrix.known_of("tiny"), Limits()))
    try:
        run.judge.begin()
        for rule in rules.RULES:
            run.judge.hear(rule)
    finally:
        run.judge.client.close()
    return run.report()


@pytest.mark.parametrize("version", _names([one for one in ACCENTS if one.name in LIVE]))
def test_correct_version_on_a_socket_raises_nothing(version: Mutant) -> None:
    """Compression, chunks and closed connections are no faults where they are real."""
    with live(version) as url:
        encoding = httpx.get(f"{url}/api/public/contacts").headers.get("content-encoding")
        report = judged_live(url)
    assert encoding == ("gzip" if version.name == "compressed" else None)
    assert [one.slug for one in report.outcomes if any(finding.came for finding in one.findings)] == []


@pytest.mark.parametrize("version", _names(FEW))
def test_mutant_on_a_socket_is_noticed(version: Mutant) -> None:
    """What is noticed in this process is noticed over HTTP."""
    with live(version) as url:
        report = judged_live(url)
    assert any(finding.came for one in report.outcomes for finding in one.findings)


def test_table_of_mutants_is_true() -> None:
    """docs/mutants.md says how many of its lines are old or missing, and has no version that is gone.

    A few versions are unnoticed with one set or another, none with all of them. Those that merge contacts or change
    what is kept are noticed where the data has such contacts.
    """
    old = matrix.missing()
    again = "python tests/mutants --write --missing judges them anew"
    assert len(old) == matrix.admitted(), f"of {', '.join(old)}: {again}"
    rows = matrix.rows()
    versions = {one.name: one.what for one in (*MUTANTS, *ACCENTS)}
    told = {name: line[1] for name, line in rows.items() if line[0] not in ("version", "---")}
    assert told == {name: versions.get(name) for name in told}
    unnoticed = {one.name: rows[one.name][4].split(", ") for one in MUTANTS if rows.get(one.name, [""] * 5)[4]}
    only_random = {name for name, sets in unnoticed.items() if sets == ["default", "tiny", "withheld"]}
    assert only_random == {"value-kept-trimmed", "first-with-a-phone", "newest-with-a-phone"}
    assert {len(unnoticed[name]) for name in unnoticed.keys() - only_random} <= {1}
    assert len(unnoticed) <= 8
    assert {rows[version.name][4] for version in ACCENTS if version.name in rows} == {"all"}


def test_a_line_of_the_table_is_of_one_source_and_one_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another value that a version is made with, another line of a helper or another rule give another stamp."""
    stamps = {version.name: matrix.stamp(version) for version in (*MUTANTS, *ACCENTS)}
    assert len(set(stamps.values())) == len(stamps)
    first = MUTANTS[0]
    alike = [replace(first, apply=partial(_changed, value)) for value in (1, 1, 2)]
    assert [matrix.stamp(one) == matrix.stamp(alike[0]) for one in alike] == [True, True, False]
    assert "right = KEY.encode()" in _helpers_of(first)
    monkeypatch.setattr(matrix, "_rules", lambda: "other rules")
    assert matrix.stamp(first) != stamps[first.name]
    code = 'def rule():\n    """Says.\n\n    More.\n    """\n    # why\n    return  1  # so\n'
    assert matrix._code(code) == "defrule():return1"


def _changed(value: int, seams: Seams) -> None:
    """A break with a value of its own."""


def _helpers_of(version: Mutant) -> str:
    return "".join(matrix._sources(version.apply, set())).replace("right=KEY", "right = KEY")


def test_every_rule_is_a_test_and_a_decision() -> None:
    """Each rule's slug and grade are those of the ledger, and its docstring cites the slug."""
    ledger = (Path(__file__).parents[2] / "docs" / "decisions.md").read_text(encoding="utf-8")
    grades = dict(re.findall(r"^### (\S+)\n\n- Grade: (\w+)", ledger, flags=re.MULTILINE))
    for rule in rules.RULES:
        slug = rule.__name__.removeprefix("test_").replace("_", "-")
        assert grades[slug] == rule.grade, slug
        assert f"(`{slug}`)" in " ".join((rule.__doc__ or "").split())
