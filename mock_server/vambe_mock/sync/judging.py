"""From what happened to a verdict (`sync-check-verdicts`), and to sentences in terms of the client's own requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.sync.contacts import number_of

if TYPE_CHECKING:
    from vambe_mock.sync.hazards import Habits, Hazard
    from vambe_mock.sync.playing import Asked, Happened, Story

Verdict = Literal["survived", "lost", "not met", "failed"]

LEAST_OVERLAP: Final = 1_000
"""An overlap below a second is none: real rows are late by more."""
EARLY: Final = 100
"""By how many milliseconds a client may be early after Retry-After."""
MOST_TIMES: Final = 10
"""How often a poll may ask for the same page."""

FULL_READING: Final = "Read the whole scope anew now and then (a day, say), and delete what it no longer lists."


@dataclass(slots=True)
class Score:
    """What is wrong with the client's contacts at the end: ids. ``blind`` is what it could not have seen."""

    lost: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)
    differences: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Judgement:
    """The verdict on a play. ``happened`` is one sentence; ``blind`` are blind spots, each told with its cure."""

    verdict: Verdict
    score: Score
    requests: int
    happened: str = ""
    manners: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)


def judge(hazard: Hazard, story: Story, compared: dict[str, Any] | None, *, strict: bool = False) -> Judgement:
    """Judge *story*. *compared* is how the copy differs from the data, None without a copy."""
    score = _score(story, compared)
    judgement = Judgement("survived", score, len(story.asked), manners=_manners(story))
    if _not_met(hazard, story):
        judgement.verdict = "not met"
        judgement.happened = _not_met(hazard, story)
        score = judgement.score = Score()
        return judgement
    _move_blind_spots(story, judgement, strict=strict)
    if all(poll.outcome.problem or poll.outcome.killed for poll in story.polls):
        judgement.verdict = "failed"
        judgement.happened = f"no poll ended well: the last one {story.polls[-1].outcome.problem or 'was killed'}"
    elif score.lost or score.stale or score.doubled or score.ghosts:
        judgement.verdict = "lost"
        judgement.happened = explain(story, score)
    elif story.endless:
        judgement.verdict = "failed"
        judgement.happened = (
            f"the client sent {plural(len(story.of_poll(story.polls[-1].number)), 'request')} in one poll"
        )
    return judgement


def is_whole(story: Story, compared: dict[str, Any] | None) -> bool:
    """Whether nothing is lost, stale or doubled, and there are no ghosts."""
    score = _score(story, compared)
    return not (score.lost or score.stale or score.doubled or score.ghosts)


def _score(story: Story, compared: dict[str, Any] | None) -> Score:
    score = Score(list(story.delivered["lost"]), list(story.delivered["stale"]))
    if compared is not None:
        score.lost += [one for one in compared["lost"] if one not in score.lost]
        score.stale += [one for one in compared["stale"] if one not in {*score.stale, *score.lost}]
        score.doubled = list(compared["doubled"])
        score.ghosts = list(compared["ghosts"])
        score.differences = compared["differences"]
    return score


def cannot_happen(hazard: Hazard, habits: Habits) -> str:
    """Why *hazard* cannot happen to a client with these *habits*; empty if it can."""
    if hazard.needs == "pages" and habits.requests < 2:
        return "the client reads everything in one request"
    if hazard.needs == "limit" and habits.limit is None:
        return "the client sends no limit"
    if hazard.needs == "days" and habits.days is None:
        return "the client sends no days"
    return ""


def _not_met(hazard: Hazard, story: Story) -> str:
    """Why the hazard did not happen to this client; empty if it did."""
    if hazard.needs == "pages" and len(story.of_poll(1)) < 2:
        return "the client reads everything in one request"
    return story.unmet[0] if story.unmet else ""


def _move_blind_spots(story: Story, judgement: Judgement, *, strict: bool) -> None:
    """Take what the client could not have seen out of the score, unless *strict*; tell it as a blind spot."""
    score = judgement.score
    overlap = overlap_of(story)
    if overlap is not None and overlap >= LEAST_OVERLAP:
        late = _late_rows(story)
        for ids in (score.lost, score.stale):
            for one in [one for one in ids if late.get(number_of(one), 0) > overlap]:
                judgement.blind.append(
                    f"contact {number_of(one)} came {_span(late[number_of(one)])} late, and the client's overlap is "
                    f"{_span(overlap)}. Cure: a longer overlap, or now and then a full reading."
                )
                if not strict:
                    ids.remove(one)
    deleted = {change.contact: change for change in story.changes if change.what.endswith("deleted")}
    for one in list(score.ghosts):
        change = deleted.get(number_of(one))
        if change is not None and not _read_anew(story, change):
            judgement.blind.append(
                f"contact {number_of(one)} was deleted and is still in the copy; no answer to this client could "
                f"show it. Cure: {FULL_READING}"
            )
            if not strict:
                score.ghosts.remove(one)


def _late_rows(story: Story) -> dict[int, int]:
    """By how many milliseconds each contact's instant was over when it got it."""
    return {
        change.contact: change.at - change.instant
        for change in story.changes
        if change.contact is not None and change.instant is not None
    }


def overlap_of(story: Story) -> int | None:
    """How far before the newest instant that it has the client asks again, in milliseconds; None if it asks for all."""
    newest: int | None = None
    found: int | None = None
    for poll in sorted({one.poll for one in story.asked}):
        asked = story.of_poll(poll)
        cursor = cursor_of(asked[0])
        if newest is not None and cursor is not None:
            found = newest - cursor if found is None else min(found, newest - cursor)
        listed = [story.updated.get(number_of(one), 0) for request in asked if request.whole for one in request.ids]
        newest = max([*listed, *([] if newest is None else [newest])], default=None)
    return found


def cursor_of(asked: Asked) -> int | None:
    """The ``updated_after`` of a request; None without one."""
    text = asked.parameters.get("updated_after", "")
    return instants.parse(text) if instants.matches(text) else None


def offset_of(asked: Asked) -> int:
    """The ``offset`` of a request."""
    text = asked.parameters.get("offset", "0")
    return int(text) if text.isdigit() else 0


def _read_anew(story: Story, deletion: Happened) -> bool:
    """Whether a poll after *deletion* listed every present contact."""
    present = {one["id"] for one in story.delivered["contacts"]}
    for poll in story.polls:
        if poll.number <= deletion.poll:
            continue
        listed = {one for asked in story.of_poll(poll.number) if asked.whole for one in asked.ids}
        if present and present <= listed:
            return True
    return False


def _manners(story: Story) -> list[str]:
    """What is bad behaviour though nothing is lost by it."""
    found = []
    for poll in story.polls:
        asked = story.of_poll(poll.number)
        times = Counter(one.target for one in asked)
        for target, count in times.items():
            if count > MOST_TIMES:
                found.append(f"poll {poll.number} asked {count} times for {target}")
        refused = Counter(one.target for one in asked if one.status in (400, 401))
        found += [
            f"poll {poll.number} repeated a request that was refused: {one}" for one, n in refused.items() if n > 1
        ]
        for before, after in pairwise(asked):
            if before.status == 429 and after.at - before.at < 1_000 - EARLY:
                found.append(
                    f"poll {poll.number} asked again {after.at - before.at} ms after a 429 with Retry-After of a second"
                )
    if story.endless:
        found.append("requests without end")
    return found


def refused(story: Story, strangers: list[tuple[int, str]]) -> list[str]:
    """What is bad behaviour in *strangers*, requests without a known key: when each came, and its target.

    Those that came during polls of *story* are taken from the list.
    """
    found = []
    for poll in story.polls:
        first, last = (story.started_at + 1_000 * seconds for seconds in (poll.began, poll.ended))
        during = [one for one in strangers if first <= one[0] <= last]
        strangers[:] = [one for one in strangers if one not in during]
        found += [
            f"poll {poll.number} repeated a request that was refused with 401: {target}"
            for target, times in Counter(target for _, target in during).items()
            if times > 1
        ]
    return found


def explain(story: Story, score: Score) -> str:
    """What happened to the first contact that is wrong, in one sentence."""
    if score.lost or score.stale:
        return _missed(story, (score.lost or score.stale)[0], score)
    if score.doubled:
        return _doubled(story, score.doubled[0])
    return _ghost(story, score.ghosts[0])


def _missed(story: Story, one: str, score: Score) -> str:
    number = number_of(one)
    present = {contact["id"]: contact for contact in story.delivered["contacts"]}[one]
    if present["delivered"] == present["version"]:
        fields = ", ".join(score.differences.get(one, []))
        where = next(asked for asked in reversed(story.asked) if asked.whole and one in asked.ids)
        what = f"the copy has another {fields}" if fields else "the copy does not have it"
        return f"contact {number} was listed by {_name(where)}, but {what}"
    changed = next((change for change in reversed(story.changes) if change.contact == number), None)
    return (
        _skipped_page(story, number)
        or _spoilt(story, number)
        or _passed_over(story, number, changed)
        or _never(story, number)
    )


def _skipped_page(story: Story, number: int) -> str:
    """The order moved under an offset, so the contact fell between two pages."""
    for change in story.changes:
        if not change.after or change.contact == number:
            continue
        following = next((one for one in story.of_poll(change.poll) if one.place > change.after), None)
        if following is not None and offset_of(following):
            return (
                f"page {following.place} was asked with offset={offset_of(following)} after {change.what}, "
                f"so contact {number} was in neither page"
            )
    return ""


def _spoilt(story: Story, number: int) -> str:
    """A failure was taken for an answer, or the cursor moved over it."""
    for one in story.asked:
        if one.whole or one.status == 400:
            continue
        later = [asked for asked in story.asked if asked.number > one.number]
        same = [asked for asked in later if asked.poll == one.poll]
        got = (
            f"the status {one.status}"
            if one.status not in (0, 200)
            else "a broken answer"
            if one.status
            else "no answer"
        )
        if not same:
            after = next((asked for asked in later if asked.poll > one.poll), None)
            cursor = cursor_of(after) if after is not None else None
            went = (
                f"the next poll asked for {after.query}"
                if after is not None and cursor
                else "no later poll made it good"
            )
            return f"{_name(one)} got {got}, the poll ended there, and {went}, so contact {number} was never listed"
        if not any(_same_page(asked, one) for asked in same):
            return f"{_name(one)} got {got} and was not asked again, so contact {number} was never listed"
    return ""


def _same_page(first: Asked, second: Asked) -> bool:
    return first.target == second.target


def _passed_over(story: Story, number: int, changed: Happened | None) -> str:
    """The cursor was at or after the contact's instant before the contact was there to be listed."""
    instant = story.updated.get(number)
    if instant is None:
        return ""
    since = changed.at if changed is not None else 0
    for one in story.asked:
        cursor = cursor_of(one)
        if cursor is None or cursor < instant or (one.at < since and one.poll <= (changed.poll if changed else 0)):
            continue
        how = "which is the same millisecond" if cursor == instant else f"which is {_span(cursor - instant)} later"
        what = f"{changed.what}, with" if changed is not None else f"contact {number} has"
        return (
            f"{what} updated_at {instants.write(instant)}, but {_name(one)} asked for "
            f"updated_after={instants.write(cursor)}, {how}"
        )
    return ""


def _never(story: Story, number: int) -> str:
    last = story.asked[-1] if story.asked else None
    return f"contact {number} was in no whole answer" + (f"; the last request was {last.query}" if last else "")


def _doubled(story: Story, one: str) -> str:
    listed = [asked for asked in story.asked if one in asked.ids]
    times = f"{_name(listed[0])} and {_name(listed[-1])} listed it" if len(listed) > 1 else "it was listed once"
    return f"contact {number_of(one)} is in the copy more than once: {times}"


def _ghost(story: Story, one: str) -> str:
    number = number_of(one)
    if number < 0:
        return f"the copy has a contact {one[:60]!r} that never was"
    deletion = next((change for change in story.changes if change.contact == number and "deleted" in change.what), None)
    if deletion is None:
        return f"contact {number} is in the copy, but no longer in the scope"
    return f"contact {number} was deleted, and a later poll read everything without it, but the copy still has it"


def _name(asked: Asked) -> str:
    return f"request {asked.place} of poll {asked.poll}"


def _span(milliseconds: int) -> str:
    for unit, length in (("days", instants.DAY), ("hours", instants.HOUR), ("minutes", instants.MINUTE)):
        if milliseconds >= 2 * length:
            return f"{milliseconds / length:.0f} {unit}"
    return f"{milliseconds} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.3g} s"
