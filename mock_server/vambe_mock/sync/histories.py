"""Histories: random scripts, each played to the client; one that loses is made smaller to the least that still loses.

Our own draws and our own shrinking, not hypothesis's: a seed must give the same histories on every machine and with
every release, a history is a file that is played again years later, and each try costs polls of a real client
(`histories-of-our-own`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, Final, Protocol

from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.sync import scripts
from vambe_mock.sync.contacts import STAGES
from vambe_mock.sync.hazards import Habits, Hazard
from vambe_mock.sync.judging import Judgement, judge
from vambe_mock.sync.playing import describe
from vambe_mock.sync.problems import SyncError
from vambe_mock.sync.scripts import At, Change, Do, Poll, Script, Step
from vambe_mock.sync.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from vambe_mock.sync.playing import Story

FORMAT: Final = "vambe-mock/history/1"
MOST_STEPS: Final = 6
FURTHEST_BEHIND: Final = 30
"""Minutes that a history's clock may be behind at first: less than the youngest plain contact is old."""
MOST_RUNS: Final = 1 << 16
"""The ids of contacts have room for so many plays."""
MOST_TRIES: Final = 200
"""How often a history is played while it is made smaller."""

_FAILURES: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "connection_reset"},
    {"kind": "truncated_body"},
    {"kind": "malformed_json"},
    {"kind": "empty_body"},
)
_KINDS: Final = ("change", "change", "change", "add", "delete", "late", "message", "ticket", "clock")
_LATE: Final = (0, 1, 100, 2_000)
"""By how many milliseconds a late row is older than another one's instant."""

HISTORY: Final = Hazard(
    "history",
    "every",
    "A random history of changes, polls and failures.",
    "docs/sync.md has a client that survives them.",
    lambda habits: Script(habits.contacts, (Poll(),)),
)


class Player(Protocol):
    """What plays a script to the client: ``checking.Stage``."""

    strict: bool

    def play(self, hazard: Hazard, habits: Habits, run: int) -> tuple[Story, dict[str, Any] | None]:
        """Play the script of *hazard*; what happened, and how the copy differs from the data."""


@dataclass(frozen=True, slots=True)
class Found:
    """A history that loses, as small as it gets: its number, its script, and what became of it."""

    number: int
    script: Script
    judgement: Judgement
    story: Story
    tries: int


def draw(seed: int, number: int, habits: Habits) -> Script:
    """The history *number* of *seed* for a client with these *habits*: the same on every machine."""
    random = Random(f"vambe-mock {seed} {number}")  # noqa: S311 - a history, no secret
    count = random.choice((habits.contacts, habits.contacts, max(1, habits.page), max(1, habits.page // 2)))
    behind = FURTHEST_BEHIND if random.random() < 0.2 else 0
    drawing = _Drawing(random, count, behind)
    steps = tuple(drawing.steps(max(1, -(-count // habits.page))))
    return Script(count, steps, clock=-behind * instants.MINUTE)


class _Drawing:
    """Draws steps. ``_behind`` is by how many minutes the clock is behind: it moves up to now, and never beyond."""

    def __init__(self, random: Random, count: int, behind: int) -> None:
        self._random, self._new, self._behind = random, count, behind
        self._alive = list(range(1, count + 1))
        self._fresh: list[int] = []
        self._without_ticket: set[int] = set()

    def steps(self, requests: int) -> Iterator[Step]:
        random = self._random
        for _ in range(random.randint(2, MOST_STEPS)):
            if random.random() < 0.5:
                yield Do(self._changes(between=True))
                continue
            at: list[At] = []
            if random.random() < 0.6:
                changes = self._changes(between=False)
                at.append(At(random.randint(1, requests), changes, random.choice(("after", "before"))))
            if random.random() < 0.25:
                effect = dict(random.choice(_FAILURES))
                fault = {"do": "fault", "fault": {"match": {"first": 1}, "effect": effect}}
                at.append(At(random.randint(1, requests), (fault,), "before"))
            yield Poll(tuple(at))

    def _changes(self, *, between: bool) -> tuple[Change, ...]:
        count = self._random.choice((1, 1, 1, 2, 3))
        return tuple(self._change(self._random.choice(_KINDS), between=between) for _ in range(count))

    def _change(self, kind: str, *, between: bool) -> Change:
        random, alive = self._random, self._alive
        if kind == "clock" and self._behind:
            minutes = random.randint(1, self._behind)
            self._behind -= minutes
            return {"do": "clock", "minutes": minutes}
        if kind == "add" or not alive:
            self._new += 1
            alive.append(self._new)
            self._fresh.append(self._new)
            return scripts.add(self._new)
        if kind == "delete":
            return scripts.delete(alive.pop(random.randrange(len(alive))))
        number = random.choice(alive)
        sources = [one for one in self._fresh if one in alive and one != number]
        if kind == "late" and between and sources:
            late = {"as": random.choice(sources), "minus": random.choice(_LATE)}
            return scripts.change(number, name=f"Late {number}", updated_at=late)
        self._fresh.append(number)
        if kind == "message":
            return {"do": "message", "contact": number, "direction": random.choice(("inbound", "outbound"))}
        if kind == "ticket":
            return self._ticket(number)
        return scripts.change(number, name=f"Changed {random.randrange(1_000)}")

    def _ticket(self, number: int) -> Change:
        move = "open" if number in self._without_ticket else self._random.choice(("move", "close"))
        if move == "close":
            self._without_ticket.add(number)
            return {"do": "ticket", "contact": number, "move": move}
        self._without_ticket.discard(number)
        return {"do": "ticket", "contact": number, "move": move, "stage_id": self._random.choice((*STAGES, None))}


class Histories:
    """Plays histories to a client on a stage; ``played`` counts them, tries to make one smaller included."""

    def __init__(self, stage: Player, habits: Habits) -> None:
        """Play on *stage*; *habits* are the client's."""
        self._stage, self._habits = stage, habits
        self.played = 0

    def play(self, script: Script) -> tuple[Judgement, Story]:
        """Play *script*, then quiet polls, and judge."""
        self.played += 1
        hazard = replace(HISTORY, slug=f"history-{self.played}", script=lambda _: script)
        story, compared = self._stage.play(hazard, self._habits, (self.played + 99) % MOST_RUNS)
        story.unmet.clear()  # a client with fewer pages than the history hoped for has simply met less
        return judge(HISTORY, story, compared, strict=self._stage.strict), story

    def find(self, count: int, seed: int, tell: Callable[[int], None] = lambda _done: None) -> Found | None:
        """Play *count* histories of *seed*; the first that loses, made smaller."""
        for number in range(1, count + 1):
            script = draw(seed, number, self._habits)
            judgement, story = self.play(script)
            if judgement.verdict in ("lost", "failed"):
                return self.smallest(number, script, judgement, story)
            tell(number)
        return None

    def smallest(self, number: int, script: Script, judgement: Judgement, story: Story) -> Found:
        """The least history that still loses as *script* does."""
        best, tries = Found(number, script, judgement, story, 0), 0
        smaller = True
        while smaller and tries < MOST_TRIES:
            smaller = False
            for candidate in _smaller(best.script):
                tries += 1
                judged, told = self.play(candidate)
                if judged.verdict == judgement.verdict:
                    best, smaller = Found(number, candidate, judged, told, tries), True
                    break
                if tries >= MOST_TRIES:
                    break
        return replace(best, tries=tries)


def _smaller(script: Script) -> Iterator[Script]:
    """Scripts that are a little less than *script*, the greatest steps first."""
    steps = script.steps
    for place in range(len(steps)):
        yield replace(script, steps=steps[:place] + steps[place + 1 :])
    for place, step in enumerate(steps):
        for less in _less(step):
            yield replace(script, steps=(*steps[:place], less, *steps[place + 1 :]))
    yield from _fewer_contacts(script)
    if script.clock:
        yield replace(script, clock=0, steps=tuple(_without_clock(step) for step in steps))
    for place, step in enumerate(steps):
        for less in _simpler(step, script.count):
            yield replace(script, steps=(*steps[:place], less, *steps[place + 1 :]))


def _less(step: Step) -> Iterator[Step]:
    """*step* with less in it."""
    if isinstance(step, Do):
        if len(step.changes) > 1:
            for place in range(len(step.changes)):
                yield Do(step.changes[:place] + step.changes[place + 1 :])
        return
    for place, at in enumerate(step.at):
        yield replace(step, at=step.at[:place] + step.at[place + 1 :])
        if len(at.changes) > 1:
            for nth in range(len(at.changes)):
                changes = at.changes[:nth] + at.changes[nth + 1 :]
                yield replace(step, at=(*step.at[:place], replace(at, changes=changes), *step.at[place + 1 :]))


def _without_clock(step: Step) -> Step:
    """*step* without moves of the clock."""

    def others(changes: tuple[Change, ...]) -> tuple[Change, ...]:
        return tuple(change for change in changes if change["do"] != "clock")

    if isinstance(step, Do):
        return Do(others(step.changes))
    return replace(step, at=tuple(replace(at, changes=kept) for at in step.at if (kept := others(at.changes))))


def _simpler(step: Step, count: int) -> Iterator[Step]:
    """*step* at an earlier request, and about earlier contacts."""
    used = {number: number for number in _numbers(step)}
    for number in [one for one in used if one <= count]:  # those that are new keep their numbers
        for earlier in (1, number // 2, number - 1):
            if 0 < earlier < number and earlier not in used:
                yield _with_numbers(step, {**used, number: earlier})
    if isinstance(step, Poll):
        for place, at in enumerate(step.at):
            if at.request > 1:
                yield replace(step, at=(*step.at[:place], replace(at, request=1), *step.at[place + 1 :]))


def _fewer_contacts(script: Script) -> Iterator[Script]:
    """*script* with fewer contacts; those that take part are numbered anew, and new ones come after all others."""
    count = script.count
    for fewer in (1, 2, count // 4, count // 2, count - count // 4, count - count // 10, count - 2, count - 1):
        if 0 < fewer < count:
            yield renumbered(script, fewer)


def renumbered(script: Script, count: int) -> Script:
    """*script* with *count* contacts: its contacts keep their order, and are as early as they can be."""
    used = sorted({number for step in script.steps for number in _numbers(step)})
    old = [number for number in used if number <= script.count]
    kept: dict[int, int] = {}
    for place, number in enumerate(old):
        kept[number] = min(number, count - (len(old) - 1 - place)) if len(old) <= count else min(place + 1, count)
    new = {number: count + 1 + place for place, number in enumerate(one for one in used if one > script.count)}
    return replace(script, count=count, steps=tuple(_with_numbers(step, {**kept, **new}) for step in script.steps))


def _numbers(step: Step) -> Iterator[int]:
    for change in step.changes if isinstance(step, Do) else [one for at in step.at for one in at.changes]:
        if "contact" in change:
            yield change["contact"]
        if isinstance(at := change.get("fields", {}).get("updated_at"), dict) and "as" in at:
            yield at["as"]


def _with_numbers(step: Step, numbers: dict[int, int]) -> Step:
    def anew(change: Change) -> Change:
        if "contact" not in change:
            return change
        changed = {**change, "contact": numbers[change["contact"]]}
        at = change.get("fields", {}).get("updated_at")
        if isinstance(at, dict) and "as" in at:
            changed["fields"] = {**change["fields"], "updated_at": {**at, "as": numbers[at["as"]]}}
        return changed

    if isinstance(step, Do):
        return Do(tuple(map(anew, step.changes)))
    return replace(step, at=tuple(replace(at, changes=tuple(map(anew, at.changes))) for at in step.at))


def words(script: Script) -> list[str]:
    """The history in words, a line for each step."""
    told = [f"there are {script.count} contacts, the first changed longest ago" if script.count > 1 else "one contact"]
    if script.clock:
        told.append(f"the clock is {plural(-script.clock / instants.MINUTE, 'minute')} behind")
    for step in script.steps:
        if isinstance(step, Do):
            told += [_in_words(change) for change in step.changes]
            continue
        told.append("the client polls")
        told += [
            f"  {at.when} its request {at.request}: {_in_words(change)}" for at in step.at for change in at.changes
        ]
    told.append("the client polls on, and nothing else happens")
    return told


def _in_words(change: Change) -> str:
    return describe(change).replace(" had ", " has ").replace(" was ", " is ")


def save(path: Path, found: Found, seed: int) -> None:
    """Write the history into a file that ``load`` reads. Raises SyncError."""
    value = {"format": FORMAT, "seed": seed, "number": found.number, "script": found.script.to_json()}
    write(path, json.dumps(value, indent=2) + "\n", "--replay")


def load(path: Path) -> Script:
    """The history of a file. Raises SyncError."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        script = Script.from_json(value["script"]) if value["format"] == FORMAT else None
    except OSError as error:
        raise SyncError(
            f"--replay {path}: {(error.strerror or str(error)).lower()}; wanted a history's file"
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError):
        script = None
    if script is None:
        raise SyncError(f"--replay {path}: no history; wanted a file that --histories wrote")
    return script
