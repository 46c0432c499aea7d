"""Histories: the same on every machine, made as small as they get, played again; and the check in pytest."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sync_clients"))

import subjects

from commands import refused
from vambe_mock import VambeMock
from vambe_mock.sync import SyncError, check
from vambe_mock.sync.calling import complaint
from vambe_mock.sync.checking import EVERYTHING, RECORD, Options, Stage, hazards_named
from vambe_mock.sync.clients import FunctionClient
from vambe_mock.sync.hazards import HAZARDS, Habits
from vambe_mock.sync.histories import Histories, _smaller, draw, load, renumbered, save, words
from vambe_mock.sync.scripts import At, Do, Poll, Script, add, change, delete

pytest_plugins = ["pytester"]

HABITS = Habits(contacts=50, limit=subjects.LIMIT, requests=3)
DOCS = Path(__file__).parents[2] / "docs" / "sync.md"


def test_a_seed_gives_the_same_histories_everywhere() -> None:
    """Seed and number decide, and nothing of the machine; written as JSON and read again, they are the same."""
    assert words(draw(7, 4, HABITS)) == [
        "there are 10 contacts, the first changed longest ago",
        "the client polls",
        "  before its request 1: a fault is set (connection_reset)",
        "contact 10 has changed and moved to the end",
        "contact 4 has a new message",
        "contact 11 is new",
        "the client polls on, and nothing else happens",
    ]
    for number in range(20):
        script = draw(7, number, HABITS)
        assert script == draw(7, number, HABITS)
        assert Script.from_json(json.loads(json.dumps(script.to_json()))) == script
    for hazard in HAZARDS:
        written = json.dumps(hazard.script(HABITS).to_json())
        assert json.dumps(Script.from_json(json.loads(written)).to_json()) == written


def test_histories_draw_everything_and_no_clock_ahead() -> None:
    """Changes, new contacts, deletions, late rows, messages, tickets, failures; clocks move up to now, not beyond."""
    seen = set()
    for number in range(300):
        script = draw(7, number, HABITS)
        changes = [one for step in script.steps for one in _changes(step)]
        seen |= {one["do"] for one in changes}
        assert script.clock + sum(60_000 * one["minutes"] for one in changes if one["do"] == "clock") <= 0
    assert seen == {"add", "change", "clock", "delete", "fault", "message", "ticket"}
    for hazard in HAZARDS:
        script = hazard.script(HABITS)
        moves = [one for step in script.steps for one in _changes(step) if one["do"] == "clock"]
        assert script.clock + sum(3_600_000 * one["hours"] for one in moves) <= 0


def _changes(step: Do | Poll) -> list[dict[str, Any]]:
    return [*step.changes] if isinstance(step, Do) else [one for at in step.at for one in at.changes]


def test_a_history_is_made_smaller_without_its_clock() -> None:
    """Then without its moves too, so that it is never ahead of real time."""
    moves = ({"do": "clock", "minutes": 5}, change(1, name="x"))
    script = Script(3, (Poll((At(1, moves[:1]),)), Do(moves)), clock=-1_800_000)
    smaller = next(one for one in _smaller(script) if one.clock == 0)
    assert smaller.steps == (Poll(), Do(moves[1:]))


def test_contacts_that_take_no_part_can_go() -> None:
    """Those that do keep their order; new ones still come after all others."""
    script = Script(50, (Do((change(40, name="x"), delete(7), add(51))), Poll((At(2, (change(51), change(40))),))))
    smaller = renumbered(script, 3)
    assert smaller.count == 3
    assert smaller.steps == (
        Do((change(3, name="x"), delete(2), add(4))),
        Poll((At(2, (change(4), change(3))),)),
    )


def test_the_smallest_history_has_nothing_that_is_not_needed(tmp_path: Path) -> None:
    """One change between two pages, a page and one contact, and two polls; it can be played again from its file."""
    with VambeMock(record=RECORD) as server:
        stage = Stage(server, FunctionClient(subjects.poll("offset-pages"), subjects.copy), Options(polls=1), tmp_path)
        stage.keep()
        histories = Histories(stage, HABITS)
        start = Script(22, (Poll((At(1, (change(2, name="y"),)),)), Do((change(9, name="x"),))))
        judgement, story = histories.play(start)
        assert judgement.verdict == "lost"
        found = histories.smallest(1, start, judgement, story)
    assert found.script == Script(21, (Poll((At(1, (change(1, name="y"),)),)),))
    assert words(found.script) == [
        "there are 21 contacts, the first changed longest ago",
        "the client polls",
        "  after its request 1: contact 1 has changed and moved to the end",
        "the client polls on, and nothing else happens",
    ]
    save(tmp_path / "history.json", found, 7)
    assert load(tmp_path / "history.json") == found.script


def test_a_file_that_is_no_history_is_one_line(tmp_path: Path) -> None:
    """Exit code 2."""
    file = tmp_path / "history.json"
    for text in ("", "[]", '{"format": "other"}', '{"format": "vambe-mock/history/1", "script": {"count": 1}}'):
        file.write_text(text, encoding="utf-8")
        assert "wanted a file that --histories wrote" in refused("sync-check", "--replay", file, "--", "true")


def test_check_plays_histories_and_tells_the_one_that_loses() -> None:
    """A client that survives is told nothing; a flawed one the small history, in words."""
    assert (
        complaint(check(subjects.poll("reads-everything"), subjects.copy, only=["quiet"], histories=2, contacts=30))
        == ""
    )
    found = check(subjects.poll("drops-blocked"), subjects.copy, only=["blocked"], contacts=30)
    assert (found.exit_code, found.results[1].judgement.verdict) == (1, "lost")
    assert "to survive it: Keep blocked contacts like any others." in complaint(found)
    with pytest.raises(SyncError, match="did you mean blocked"):
        check(subjects.poll(""), only=["bloked"])


def test_a_copy_beyond_the_scope_is_told_of_a_wider_one() -> None:
    """In the quiet run, in which nothing is disturbed; one that lacks contacts is told of a narrower scope."""
    for scope, flaw, hint in (("days=3", "", "more contacts"), (EVERYTHING, "first-page-only", "fewer contacts")):
        found = check(subjects.poll(flaw), subjects.copy, only=["quiet"], scope=scope, contacts=150)
        assert f"if the client means to have {hint}, say which with --scope" in complaint(found)


def test_hazards_are_named_one_by_one_or_several_in_a_text() -> None:
    """As a list, or with commas, in the order of the list of hazards."""
    for only in (["blocked", "quiet"], ["blocked, quiet"], "quiet,blocked"):
        assert [one.slug for one in hazards_named(only, ())] == ["quiet", "blocked"]
    assert [one.slug for one in hazards_named("quiet,blocked", "quiet")] == ["blocked"]


def test_the_fixture_checks_a_client_in_pytest(pytester: pytest.Pytester) -> None:
    """As docs/sync.md shows it; the failing assertion tells what happened, without the check's own lines."""
    example = DOCS.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    example = example.replace("histories=3", "histories=1, contacts=30, polls=1")
    flawed = example.replace("def test_my", "def poll(*_): pass\n\n\ndef test_my").replace(
        "def poll(base", "def p(base"
    )
    pytester.makepyfile(test_right=example, test_flawed=flawed)
    done = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*SyncError: no poll sent a request*"])


def test_a_late_row_beyond_the_overlap_is_no_loss(tmp_path: Path) -> None:
    """In a history too: the row is days late, so only a full reading could find it."""
    late = Script(3, (Poll(), Do((change(1, name="x", updated_at={"as": 2, "minus": 100}),))))
    with VambeMock(record=RECORD) as server:
        stage = Stage(server, FunctionClient(subjects.poll(""), subjects.copy), Options(polls=1), tmp_path)
        judgement, _ = Histories(stage, replace(HABITS)).play(late)
    assert (judgement.verdict, len(judgement.blind)) == ("survived", 1)


def test_a_history_begins_in_real_time_whatever_came_before(tmp_path: Path) -> None:
    """Also one with another number of contacts, after one whose clock was behind."""
    with VambeMock(record=RECORD) as server:
        stage = Stage(server, FunctionClient(subjects.poll(""), subjects.copy), Options(polls=0), tmp_path)
        stage.keep()
        histories = Histories(stage, HABITS)
        histories.play(Script(3, (Poll(),), clock=-1_800_000))
        _, story = histories.play(Script(2, (Poll(), Do((change(1, name="x"),)))))
    assert story.updated[1] >= story.started_at
