"""Hazards: each is noticed by the client that is made for it, survived by the right one, and harmless when calm."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sync_clients"))

import subjects

from vambe_mock import VambeMock
from vambe_mock.sync import SyncError, timeline
from vambe_mock.sync.checking import EVERYTHING, RECORD, Options, Report, Stage
from vambe_mock.sync.clients import FunctionClient, Outcome
from vambe_mock.sync.hazards import BY_SLUG, HAZARDS, Habits
from vambe_mock.sync.judging import judge, refused
from vambe_mock.sync.playing import Polled, Story
from vambe_mock.sync.scripts import Do, Poll, Script, change

HABITS = Habits(contacts=50, limit=subjects.LIMIT, requests=3)

SAMPLE = (
    *("exclusive-cursor", "exclusive-pages", "stops-in-a-tie", "offset-pages", "offset-by-creation", "never-deletes"),
    *("clock-at-the-end", "clock-as-cursor", "bad-json-is-an-end", "moves-on-after-a-failure", "knows-all-fields"),
    *("key-is-the-phone", "skips-known-content"),
)
"""The flaws that ``make test`` tries; ``tests/sync_clients/table.py`` tries them all."""


@pytest.fixture(scope="module")
def server() -> Iterator[VambeMock]:
    """One server for all."""
    with VambeMock(record=RECORD) as running:
        yield running


def stage(server: VambeMock, flaw: str, folder: Path, **options: object) -> Stage:
    """A stage for the client with *flaw*, its copy seen."""
    client = FunctionClient(subjects.poll(flaw), subjects.copy)
    return Stage(server, client, Options(polls=1, **options), folder)  # type: ignore[arg-type]


@pytest.mark.parametrize("flaw", SAMPLE)
def test_a_flaw_is_noticed_by_its_hazard(server: VambeMock, tmp_path: Path, flaw: str) -> None:
    """And not with its disturbance taken away. What was delivered tells of it too, unless only the copy can show it."""
    hazard = BY_SLUG[subjects.FLAWS[flaw]]
    at_work = stage(server, flaw, tmp_path)
    result = at_work.run(hazard, 2, HABITS)
    assert result.judgement.verdict in ("lost", "failed")
    assert result.judgement.happened
    told = result.story.delivered
    by_delivered = bool(told["lost"] or told["stale"]) or result.judgement.verdict == "failed"
    assert by_delivered is (flaw not in subjects.COPY_ONLY)
    story, compared = at_work.play(hazard, HABITS, 3, calm=True)
    calm = judge(hazard, story, compared)
    assert (calm.verdict, calm.happened) == ("survived", "")


@pytest.mark.parametrize("slug", ["tie-across-pages", "moved-between-pages", "late-row", "cut-body", "finer-instants"])
def test_the_right_client_survives(server: VambeMock, tmp_path: Path, slug: str) -> None:
    """The hazards that most clients do not."""
    judgement = stage(server, "", tmp_path).run(BY_SLUG[slug], 2, HABITS).judgement
    assert (judgement.verdict, judgement.happened) == ("survived", "")


def test_what_happened_is_told_in_terms_of_the_clients_requests(server: VambeMock, tmp_path: Path) -> None:
    """Which page was asked for how, after which change, and which contact was in neither."""
    result = stage(server, "offset-pages", tmp_path).run(BY_SLUG["moved-between-pages"], 2, HABITS)
    moved = next(one.contact for one in result.story.changes)
    assert result.judgement.happened == (
        f"page 2 was asked with offset=20 after contact {moved} had changed and moved to the end, "
        "so contact 21 was in neither page"
    )
    late = stage(server, "inclusive-cursor-only", tmp_path).run(BY_SLUG["late-row"], 3, HABITS).judgement
    assert late.happened.startswith("contact 4 had changed, 0.1 s late, with updated_at 2")
    assert "request 1 of poll 3 asked for updated_after=2" in late.happened


def test_what_no_client_could_see_is_a_blind_spot(server: VambeMock, tmp_path: Path) -> None:
    """A ghost that no reading could show, and rows later than the overlap: told, with a cure, and failing if strict."""
    ghost = stage(server, "", tmp_path).run(BY_SLUG["deleted-between-pages"], 2, HABITS)
    assert ghost.judgement.verdict == "survived"
    assert "Cure: Read the whole scope anew" in ghost.judgement.blind[0]
    strict = stage(server, "", tmp_path, strict=True).run(BY_SLUG["deleted-between-pages"], 3, HABITS)
    assert strict.judgement.verdict == "lost"
    short = stage(server, "overlap-of-five-seconds", tmp_path).run(BY_SLUG["late-row"], 4, HABITS)
    assert short.judgement.verdict == "survived"
    assert "the client's overlap is 5 s" in short.judgement.blind[0]


def test_a_hazard_that_cannot_happen_is_not_met(server: VambeMock, tmp_path: Path) -> None:
    """Between the pages of a client that has but one, in a window that it does not ask for, or without a process."""
    for slug, why in (
        ("moved-between-pages", "the client reads everything in one request"),
        ("leaves-window", "the client sends no days"),
        ("killed", "the client runs in this process, which must live"),
    ):
        judgement = stage(server, "one-request", tmp_path).run(BY_SLUG[slug], 2, HABITS).judgement
        assert (judgement.verdict, judgement.happened) == ("not met", why)


def test_manners_are_told(server: VambeMock, tmp_path: Path) -> None:
    """A client that does not wait for Retry-After, and one that asks for the same page without end."""
    hasty = stage(server, "hasty", tmp_path).run(BY_SLUG["rate-limited"], 2, HABITS).judgement
    assert hasty.verdict == "survived"
    assert "after a 429 with Retry-After of a second" in hasty.manners[0]
    endless = stage(server, "until-an-empty-page", tmp_path).run(BY_SLUG["finer-instants"], 3, HABITS).judgement
    assert endless.verdict == "failed"
    assert any("times for /api/public/contacts?" in one for one in endless.manners)


def test_a_row_of_the_future_may_wait_until_it_is_past(server: VambeMock, tmp_path: Path) -> None:
    """A client that leaves rows for later is judged later; one that drops them for good has lost them."""
    ahead = Script(4, (Poll(), Do((change(3, name="Changed", updated_at={"ahead": 250}),)), Poll()))
    hazard = replace(BY_SLUG["clock-behind"], script=lambda _: ahead)
    for run, (flaw, verdict) in enumerate({"leaves-the-future": "survived", "drops-the-future": "lost"}.items(), 2):
        result = stage(server, flaw, tmp_path).run(hazard, run, HABITS)
        instant = result.story.updated[3]
        early = any(one.at < instant - 50 and one.poll == 2 for one in result.story.asked)
        # On a machine that is busy just then, the row may be past when it is listed.
        assert result.judgement.verdict == verdict or not early


def test_a_ghost_may_have_any_id(server: VambeMock, tmp_path: Path) -> None:
    """A copy holds what it holds: contacts that never were are ghosts, told by their id."""
    client = FunctionClient(subjects.poll(""), lambda folder: [*subjects.copy(folder), {"id": "zzzz-é"}, {}])
    result = Stage(server, client, Options(polls=1), tmp_path).run(BY_SLUG["one-contact"], 2, HABITS)
    assert (result.judgement.verdict, len(result.judgement.score.ghosts)) == ("lost", 2)
    assert result.judgement.happened == "the copy has a contact 'zzzz-é' that never was"
    assert "zzzz-é" in timeline.page(Report((result,), HABITS))


def test_a_401_that_is_repeated_is_bad_manners() -> None:
    """Requests without a known key are nobody's; they are told of the poll during which they came."""
    story = Story(HAZARDS[0].script(HABITS), 1, started_at=1_000)
    story.polls += [Polled(1, 0.0, 1.0, Outcome(), quiet=False), Polled(2, 2.0, 3.0, Outcome(), quiet=True)]
    strangers = [(1_100, "/a"), (1_200, "/a"), (3_100, "/a"), (3_200, "/b"), (9_000, "/a")]
    assert refused(story, strangers) == ["poll 1 repeated a request that was refused with 401: /a"]
    assert strangers == [(9_000, "/a")]


def test_a_window_has_a_scope(server: VambeMock, tmp_path: Path) -> None:
    """A client that means the last thirty days must drop what leaves them."""
    at_work = stage(server, "window-without-end", tmp_path, scope="days=30")
    result = at_work.run(BY_SLUG["leaves-window"], 2, Habits(50, 20, 3, 30))
    assert (result.judgement.verdict, result.judgement.happened) == (
        "lost",
        "contact 1 is in the copy, but no longer in the scope",
    )
    assert at_work.run(BY_SLUG["one-contact"], 3, Habits(50, 20, 3, 30)).judgement.verdict == "survived"


def test_a_store_that_was_not_emptied_is_noticed(server: VambeMock, tmp_path: Path) -> None:
    """A hazard whose first poll goes on where another one ended cannot be judged; the hint is --fresh."""
    store = tmp_path / "store"
    store.mkdir()
    fixed = FunctionClient(lambda url, key, _: subjects.poll("")(url, key, store))
    at_work = Stage(server, fixed, Options(polls=1), tmp_path)
    at_work.run(BY_SLUG["quiet"], 1, HABITS)
    with pytest.raises(SyncError, match=r"a cursor of an earlier hazard; wanted an empty store.*--fresh"):
        at_work.run(BY_SLUG["blocked"], 2, HABITS)


def test_every_hazard_has_a_section_and_a_subject() -> None:
    """docs/sync.md tells of each hazard, and each but the empty ones is noticed by some flaw that is made for it."""
    text = (Path(__file__).parents[2] / "docs" / "sync.md").read_text(encoding="utf-8")
    assert [slug for slug in BY_SLUG if f"### {slug}\n" not in text] == []
    assert len(BY_SLUG) == len(HAZARDS)
    assert set(BY_SLUG) == set(subjects.FLAWS.values())
    assert EVERYTHING in text
