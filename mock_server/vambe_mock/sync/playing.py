"""Plays a script to a client, in an organisation of its own, and keeps what happened."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.sync import contacts
from vambe_mock.sync.clients import Outcome, Turn
from vambe_mock.sync.contacts import identity
from vambe_mock.sync.ground import NotDoneError
from vambe_mock.sync.problems import SyncError
from vambe_mock.sync.scripts import Do, Poll

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vambe_mock.organisations.delivered import Answered
    from vambe_mock.organisations.lab import Trigger
    from vambe_mock.organisations.organisation import Snapshot
    from vambe_mock.sync.clients import Client
    from vambe_mock.sync.ground import Ground, Seen
    from vambe_mock.sync.scripts import At, Change, Script

MOST_ANSWERS: Final = 5_000
"""How many requests of a hazard are looked at; a client that sends more is taken to ask without end."""
_BETWEEN_LOOKS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the client: which one of which poll, and what it got. ``at`` is by the server's clock."""

    poll: int
    place: int
    number: int
    target: str
    at: int
    status: int
    whole: bool
    ids: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, str]:
        """Its parameters."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def query(self) -> str:
        """Its query, decoded to be read."""
        return unquote(self.target.partition("?")[2])


@dataclass(frozen=True, slots=True)
class Happened:
    """A change: when, after which request of which poll (0: between two polls, after that one), and what.

    ``contact`` is the number of its contact, ``instant`` the ``updated_at`` that the contact has since.
    """

    at: int
    poll: int
    after: int
    what: str
    contact: int | None
    instant: int | None = None


@dataclass(slots=True)
class Polled:
    """A poll: when it began and ended, in seconds from the start of the play, and how."""

    number: int
    began: float
    ended: float
    outcome: Outcome
    quiet: bool


@dataclass(slots=True)
class Story:
    """All that happened in a play. ``unmet`` is what the script wanted and could not have.

    ``started_at`` is when it started, in milliseconds since 1970 of real time.
    """

    script: Script
    run: int
    polls: list[Polled] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    changes: list[Happened] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    delivered: dict[str, Any] = field(default_factory=dict)
    updated: dict[int, int] = field(default_factory=dict)
    oldest: int = 0
    endless: bool = False
    started_at: int = 0

    def of_poll(self, number: int) -> list[Asked]:
        """The requests of a poll."""
        return [one for one in self.asked if one.poll == number]


class Base(NamedTuple):
    """Plain contacts to begin with, and the instant at which they were made."""

    at: int
    contacts: Snapshot


class Play:
    """One script, one client, one organisation."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part of the play
        self,
        ground: Ground,
        client: Client,
        folder: Path,
        script: Script,
        run: int,
        base: Base | None = None,
        *,
        anew: bool = False,
    ) -> None:
        """Play *script* with the client's state in *folder*; contacts that it adds have ids of *run*.

        With *base* the organisation has the script's plain contacts already; if it is to begin *anew*, from then on.
        """
        self._base, self._anew = base, anew
        self.ground, self._client, self.folder = ground, client, folder
        self._script = script
        self._ends = [0]
        self._started = 0.0
        self._poll_number = 0
        self.seen: Seen | None = None
        """What there was after the last poll."""
        self.story = Story(script, run)

    def play(self, quiet: int, look: Callable[[Story], None] | None = None) -> Story:
        """Play it, then poll *quiet* times with nothing else; return what happened.

        *look* is called after every poll of the script, and sees the requests of the first. What it raises ends it all.
        """
        self.ground.at_once(self._begin)
        self._prepare()
        self._started, self.story.started_at = time.monotonic(), self._real_time()
        self._looked = 0.0
        for step in self._script.steps:
            if isinstance(step, Poll):
                self._poll(step, quiet=False, collect=look is not None and self._poll_number == 0)
                if look is not None:
                    look(self.story)
            else:
                self.ground.at_once(partial(self._do, step))
        self.rest(quiet)
        return self.story

    def rest(self, quiet: int) -> None:
        """Poll *quiet* times with nothing else."""
        for left in reversed(range(quiet)):
            self._poll(Poll(), quiet=True, collect=left == 0)
        if not quiet:
            self.ground.at_once(self._collect)

    def _begin(self) -> None:
        """The organisation as it is before the first poll, but for what ``_prepare`` does by HTTP."""
        script, ground, base = self._script, self.ground, self._base
        if self._anew:
            ground.begin_anew(base.contacts if base else None)
        if script.clock:
            ground.set_clock(self._real_time() + script.clock)
        if base is not None:
            numbers = range(1, script.count + 1)
            self.story.updated = {one: contacts.updated_at(one, script.count, base.at) for one in numbers}
            if script.fields:
                self._differ(base.at)
        self._ends = [ground.watch(MOST_ANSWERS)]

    def _prepare(self) -> None:
        """The script's contacts where there are none to begin with, and its settings."""
        script = self._script
        if self._base is None:
            self._load(self._now())
        self.story.oldest = min(self.story.updated.values(), default=self._now())
        if script.settings:
            self.ground.mock.admin("PUT", "/settings", self._settings())

    @staticmethod
    def _real_time() -> int:
        return time.time_ns() // 1_000_000

    def _now(self) -> int:
        """What the organisation's clock shows. It runs; only a script with a clock of its own moves it."""
        return self.ground.now() if self._script.clock else self._real_time()

    def _id(self, number: int) -> str:
        """The id of contact *number*: plain ones are the same in all plays, those that come later are this play's."""
        return identity(number, 0 if number <= self._script.count else self.story.run)

    def _load(self, now: int) -> None:
        """Have the script's contacts."""
        script = self._script
        made = {number: contacts.plain(number, script.count, 0, now) for number in range(1, script.count + 1)}
        for number, fields in script.fields.items():
            if number in made:
                made[number] |= {name: self._value(name, value, made, now) for name, value in fields.items()}
        self.ground.mock.load(contacts.document([*made.values()], now), keep_timestamps=True)
        self.story.updated = {number: instants.parse(one["updated_at"]) for number, one in made.items()}

    def _differ(self, base: int) -> None:
        """Change the plain contacts that the script wants otherwise."""
        script, now = self._script, self._now()
        sources = {one["as"] for fields in script.fields.values() for one in fields.values() if _is_relative(one)}
        wanted = sorted(one for one in {*script.fields, *sources} if one <= script.count)
        made = {number: contacts.plain(number, script.count, 0, base) for number in wanted}
        changed = []
        for number, fields in script.fields.items():
            if number in made:
                others = {name: self._value(name, value, made, now) for name, value in fields.items()}
                made[number] |= others
                kept = {"updated_at": made[number]["updated_at"]}
                changed.append((made[number]["id"], {**kept, **others}))
                self.story.updated[number] = instants.parse(made[number]["updated_at"])
        try:
            self.ground.change_many(changed)
        except NotDoneError as error:
            raise SyncError(f"the script's contacts cannot be made: {error}") from error

    def _settings(self) -> dict[str, Any]:
        drift = self._script.settings.get("drift")
        if not drift or "contacts" not in drift:
            return self._script.settings
        named = [self._id(number) for number in drift["contacts"]]
        return {**self._script.settings, "drift": {**drift, "contacts": named}}

    def _value(self, name: str, value: Any, made: dict[int, contacts.Contact], now: int) -> Any:
        """A field's value; instants may be relative."""
        if name in {"created_at", "updated_at", "last_message_at"} and isinstance(value, dict):
            if "ago" in value or "ahead" in value:
                return instants.write(now - value.get("ago", 0) + value.get("ahead", 0))
            source = made.get(value["as"]) or self.ground.contact(self._id(value["as"]))
            return instants.write(instants.parse(source[value.get("of", "updated_at")]) - value.get("minus", 0))
        return value

    def _resolved(self, change: Change) -> Change:
        """*change* as the admin API's triggers have it."""
        do = change["do"]
        if "contact" not in change:
            return change
        now = self._now()
        fields = {name: self._value(name, value, {}, now) for name, value in change.get("fields", {}).items()}
        if do == "add":
            usual = contacts.plain(change["contact"], 1, self.story.run, now)
            for name in ("created_at", "updated_at", "last_message_at"):
                del usual[name]
            return {"do": do, "contact": {**usual, **fields}}
        contact = change["contact"]
        named = {**change, "contact": contact if isinstance(contact, dict) else self._id(contact)}
        return {**named, "fields": fields} if do == "change" else named

    def _do(self, step: Do) -> None:
        """Changes between two polls: those of a trigger without a request to wait for."""
        for change in step.changes:
            try:
                self.ground.do(self._resolved(change))
            except NotDoneError as error:
                self.story.unmet.append(f"{describe(change)}: {error}")
                continue
            self._note(change, self._poll_number, 0)

    def _placed(self, change: Change, request: int) -> Change:
        """*change* with the number of its contact, also if that was given by its place in the answer to *request*."""
        if not isinstance(change.get("contact"), dict):
            return change
        ids = next(one.ids for one in self.ground.answers(request - 1)[1] if one.number == request)
        return {**change, "contact": contacts.number_of(ids[change["contact"]["place"] - 1])}

    def _note(self, change: Change, poll: int, after: int, at: int | None = None) -> None:
        """Keep what happened."""
        instant, number = None, change.get("contact")
        if number is not None and change["do"] != "delete":
            try:
                found = self.ground.contact(self._id(number))
            except NotDoneError:  # deleted since
                pass
            else:
                instant = self.story.updated[number] = instants.parse(found["updated_at"])
        now = self._now() if at is None else at
        self.story.changes.append(Happened(now, poll, after, describe(change), number, instant))

    def _poll(self, step: Poll, *, quiet: bool, collect: bool = False) -> None:
        self._poll_number += 1
        number = self._poll_number
        is_disturbed = bool(step.at or step.faults or step.kill is not None)
        triggers, killer = self.ground.at_once(lambda: self._disturb(step)) if is_disturbed else ([], None)
        self._looked = time.monotonic()
        began = self._looked - self._started
        outcomes = self._turns(number, step, killer)
        ended = time.monotonic() - self._started
        self.story.polls.append(Polled(number, began, ended, outcomes[0], quiet))

        def settle() -> None:
            if collect:
                self._collect(polled=True)
            else:
                self._ends.append(self.ground.total())
            if is_disturbed:
                self._settle(number, triggers)

        self.ground.at_once(settle)
        if step.kill is not None and not outcomes[0].killed:
            self.story.unmet.append(f"the client did not send request {step.kill} of poll {number}")

    def _disturb(self, step: Poll) -> tuple[list[tuple[At, Trigger]], Callable[[], bool] | None]:
        """Have ready what happens during a poll: its triggers, and what tells that the client is to be killed."""
        triggers = [(at, self._add(at)) for at in step.at]
        for fault in step.faults:
            self.ground.add_fault(fault)
        return triggers, self._arm(step.kill) if step.kill is not None else None

    def _turns(self, number: int, step: Poll, killer: Callable[[], bool] | None) -> list[Outcome]:
        turn = Turn(self.ground.url, self.ground.key, self.folder, number)
        stop = killer or self._too_many
        if not step.twice:
            return [self._client.poll(turn, stop)]
        outcomes: list[Outcome] = []

        def poll() -> None:
            outcomes.append(self._client.poll(turn, self._too_many))

        both = [threading.Thread(target=poll, name="vambe-mock sync-check") for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        return sorted(outcomes, key=lambda outcome: outcome.problem) or [Outcome("was interrupted")]

    def _too_many(self) -> bool:
        """Whether the client asks without end."""
        now = time.monotonic()
        if now - self._looked < _BETWEEN_LOOKS:
            return False
        self._looked = now
        self.story.endless = self.story.endless or self.ground.came - self._ends[-1] >= MOST_ANSWERS
        return self.story.endless

    def _add(self, at: At) -> Trigger:
        changes = [self._resolved(change) for change in at.changes]
        return self._trigger({"nth": at.request, "when": at.when, "changes": changes})

    def _trigger(self, rule: dict[str, Any]) -> Trigger:
        try:
            return self.ground.add_trigger(rule)
        except NotDoneError as error:
            raise SyncError(f"the script has a change that is none: {error}") from error

    def _arm(self, request: int) -> Callable[[], bool]:
        """Slow the answer of that request down, and tell when it is on its way."""
        slow = {
            "do": "fault",
            "fault": {"match": {"first": 1}, "effect": {"kind": "slow_body", "bytes_per_second": 2_000}},
        }
        trigger = self._trigger({"nth": request, "when": "before", "changes": [slow]})
        return lambda: trigger.fired is not None

    def _collect(self, *, polled: bool = False) -> None:
        """The requests of all polls; one that was still open when its poll ended belongs to that poll.

        *polled*: a poll has just ended, and how many requests there are now is its end.
        """
        self.story.asked.clear()
        total, answers = self.ground.answers(self._ends[0])
        if polled:
            self._ends.append(total)
        self.seen = self.ground.look()
        told = {one.number: one for one in answers}
        for poll, (first, last) in enumerate(pairwise(self._ends), 1):
            for number in range(first + 1, last + 1):
                if number in told:
                    self.story.asked.append(_asked(poll, number - first, told[number]))

    def _settle(self, number: int, triggers: list[tuple[At, Trigger]]) -> None:
        """After a disturbed poll: what fired, and nothing of it stays."""
        before = self._ends[-2]
        self.ground.calm()
        for at, trigger in triggers:
            if trigger.fired is None or trigger.problem:
                why = trigger.problem or f"the client sent {trigger.matched} of {plural(at.request, 'request')}"
                self.story.unmet.append(f"poll {number}: {why}")
                continue
            place = trigger.fired - before
            for change in at.changes:
                after = place if at.when == "after" else place - 1
                self._note(self._placed(change, trigger.fired), number, after, trigger.at)


def _is_relative(value: Any) -> bool:
    return isinstance(value, dict) and "as" in value


def _asked(poll: int, place: int, told: Answered) -> Asked:
    return Asked(poll, place, told.number, told.target, told.at, told.status, told.whole, tuple(told.ids))


def _how(instant: Any) -> str:
    """How a contact changed whose ``updated_at`` became *instant*."""
    match instant:
        case {"ahead": ahead}:
            return f", by a clock {ahead / 1_000:g} s ahead of the client's"
        case {"minus": late} if late:
            return f", {late / 1_000:g} s late"
        case {"as": other}:
            return f" in the millisecond of contact {other}"
    return " and moved to the end"


_MOVED: Final = {"open": "opened", "move": "moved", "close": "closed"}


def describe(change: Change) -> str:
    """What *change* does, in words that follow "after"."""
    number = change.get("contact")
    match change["do"]:
        case "change":
            return f"contact {number} had changed{_how(change['fields'].get('updated_at'))}"
        case "add":
            return f"contact {number} was new"
        case "delete":
            return f"contact {number} had been deleted"
        case "message":
            return f"contact {number} had a new message"
        case "ticket":
            return f"contact {number}'s ticket had been {_MOVED[change['move']]}"
        case "clock":
            by = ", ".join(
                f"{value:g} {name[: -1 if value == 1 else None]}" for name, value in change.items() if name != "do"
            )
            return f"the clock had moved on by {by}"
        case "fault":
            effect = change["fault"]["effect"]
            return f"a fault was set ({effect['kind']}{' ' + str(effect['status']) if 'status' in effect else ''})"
    return str(change["do"])
