"""A calibration from the first request to the dialect: the next request is the one that still decides most.

What it may conclude is decided in `calibrated-rules`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from vambe_judge.asking.client import PATH, RIGHT_KEY
from vambe_judge.asking.instants import EPOCH
from vambe_judge.asking.problems import BudgetSpent, JudgeError
from vambe_judge.calibration import customs, forms, headers, lists, membership, refusals, sheets, usual, wrong
from vambe_judge.calibration.asker import Reply, Request
from vambe_judge.calibration.bodies import UUID, general
from vambe_judge.calibration.dialect_file import Dialect, Entry
from vambe_judge.calibration.lists import (
    CASE,
    EXCLUSIVE,
    FRACTION,
    PIPELINE,
    PRECISION,
    STAGE,
    TOGETHER,
    WINDOW,
)
from vambe_judge.calibration.population import BY_FILTER, NAMES
from vambe_judge.calibration.shapes import DOCUMENTED, EXPANDED, TICKET, Kind, members
from vambe_judge.calibration.state import USUAL_ORDERS, Measured, State, Step
from vambe_judge.calibration.survey import survey
from vambe_mock.contract.dialect_file import DialectError, parse
from vambe_mock.contract.plural import plural

MOST_CONFIRMED: Final = 6
"""How many requests at most are sent again because they showed something unusual."""

SILENT: Final = 8
"""So many last answers without a list that the target may have none any more."""

PLATFORMS: Final = (
    "whatsapp",
    "web-whatsapp",
    "instagram",
    "webchat",
    "sms",
    "messenger",
    "tiktok",
    "voice",
    "playground",
)
STATUSES: Final = ("UNATTENDED", "ATTENDED", "CLOSED")
TICKETS: Final = "active_ticket_v2"
NEEDS: Final[dict[str, str]] = {
    WINDOW: "messages on both sides of a window's edge, and for the very edge a frozen clock (--target-now)",
    FRACTION: "last messages between one day and a year old, some hours apart",
    "days-without-ticket": "a contact without a ticket that has a message",
    "days-without-message": "a contact without a message",
    "blocked-are-listed": "a blocked contact, or blocked = true in --about where some are",
    "cursor-is-exclusive": "two contacts with different instants",
    PRECISION: "two contacts with instants in one second",
    STAGE: "contacts whose ticket is at another stage than their default one",
    CASE: "a contact with a ticket at a stage whose id has letters",
    PIPELINE: "the stages of a pipeline: --pipeline ID=STAGE,STAGE",
    "time-filters-together": "contacts whose three instants do not go together",
    "order": "three contacts whose instants are not in one order",
    "order-ties": "contacts with equal instants",
    "order-nulls": "a list by last message that has contacts without one",
    "paging": "ten contacts",
    "limit-cap": "more contacts than any usual limit, or --large",
}
"""The data, or the option, that would show what is open."""
MORE: Final = "more requests: --max-requests"
ODD_CLOCK: Final = "the target's clock: its windows of days do not fit its Date header; --target-now tells a frozen one"
OTHER_CLOCK: Final = "the target's clock: its windows of days do not fit --target-now"
BY_CLOCK: Final = frozenset(
    (
        WINDOW,
        FRACTION,
        "days-without-message",
        "days-without-ticket",
        *(rule for name, rule in TOGETHER.items() if "days" in name),
    )
)
"""The rules that only windows of ``days`` show."""
FINER: Final = dict.fromkeys(
    ("cursor-is-exclusive", PRECISION, "time-filters-together", "order-ties"),
    "instants that are printed with fractions",
)
"""The same, of an account that prints whole seconds."""


@dataclass(slots=True)
class Calibration:
    """One run against one target."""

    state: State
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    on_step: Callable[[Step], None] = lambda _step: None
    confirmed: set[str] = field(default_factory=set)
    spent: bool = False
    """Whether the requests were spent before all was asked."""

    def run(self) -> Dialect:
        """Ask until all is settled or the budget is spent. Raises JudgeError for a target that cannot be asked."""
        try:
            survey(self.state)
            while (step := self.next_step()) is not None:
                self.on_step(step)
                step.take()
            self._still_there()
            self._confirm()
        except BudgetSpent:
            self.spent = True
            with suppress(BudgetSpent):
                self._still_there()
        return self.dialect()

    def _still_there(self) -> None:
        """Ask for the first list again where the target seems to answer no more: it may refuse all by now.

        Raises JudgeError if it does.
        """
        asker, first = self.state.asker, self.state.base.get("updated_after")
        if first is None:
            return
        asked = [one for one in asker.replies if one.request.headers == RIGHT_KEY and one.request.path == PATH]
        odd = any(not one.is_list and (one.status in (401, 403) or not 400 <= one.status < 500) for one in asked)
        silent = not any(one.is_list for one in asked[-SILENT:])
        if asker.left > 0:
            again = self.state.try_to_ask(first.request, ("the data",), "again") if odd or silent else None
        else:
            again = asked[-1] if odd and silent else None
        if again is not None and not again.is_list:
            since = next(one for one in reversed(asked) if one.is_list).number + 2
            raise JudgeError(
                f"{asker.client.base_url} brings no list since request {since}; the last answer is "
                f"{again.answer.summary()}; nothing could be calibrated"
            )

    def next_step(self) -> Step | None:
        """The request that decides most; None when nothing is left to decide."""
        state = self.state
        found = [*wrong.steps(state), *forms.steps(state), *customs.steps(state), *membership.steps(state)]
        found = found or forms.steps(state, idle=True) or membership.far_steps(state) or membership.tied_steps(state)
        if state.asker.left <= self._reserve():
            self.spent = bool(found)
            return None
        return max(found, key=lambda step: step.worth, default=None)

    def _reserve(self) -> int:
        """Requests that are kept to confirm what is unusual."""
        return min(len(self._departures()) + 1, 4) if self._departures() else 0

    def _departures(self) -> list[Reply]:
        """The answers that show something unusual, one for each rule, the same one for several where it can be."""
        state = self.state
        replies: dict[int, Reply] = {}
        groups: list[list[Reply]] = [one.replies for one in state.measured.values() if one.replies]
        groups += [
            [reply for _, reply in state.learnt.get(rule, ())]
            for rule, left in state.knowledge.left.items()
            if state.knowledge.usual[rule] not in left
        ]
        groups += [seen for one, seen in state.order_replies.items() if USUAL_ORDERS[one] not in state.orders[one]]
        groups += [seen for name, seen in state.tie_replies.items() if "id-up" not in state.ties[name]]
        refused = [reply for _, reply in state.values.refused()]
        if all(reply.text and self._odd(reply) for reply in refused[:2]) and not _in_both_turns(refused[:2]):
            groups += [refused[:1]]
        for found in self._kinds():
            for slug, value in found.rules.items():
                kinds = {one.name: one.reply for one in (*state.kinds, *state.keys)}
                if "kinds" in value:
                    groups.append([kinds[name] for name in value["kinds"]])
                elif not _in_both_turns(found.replies[slug]):
                    groups.append(found.replies[slug])
        counts = Counter(reply.number for group in groups for reply in group)
        for group in groups:
            if group and not any(reply.number in replies for reply in group):
                best = max(group, key=lambda one: (counts[one.number], one.number))
                replies[best.number] = best
        return list(replies.values())

    def _odd(self, reply: Reply) -> bool:
        return reply.status != 400 or not reply.text.startswith('{"statusCode":400,"message":"Validation failed"')

    def _confirm(self) -> None:  # noqa: C901 - one kind of difference after the other
        """Send again what showed something unusual; a target that answers otherwise now is no ground for a rule."""
        state = self.state
        for reply in self._in_turn(self._departures()[:MOST_CONFIRMED]):
            if state.asker.left <= 0:
                break
            again = state.try_to_ask(reply.request, ("confirmation",), "again")
            if again is None:
                continue
            if again.is_list != reply.is_list or again.status != reply.status:
                state.fickle = True
                self._doubt(reply, "answers that stay the same: one request was answered in two ways")
            elif not reply.is_list and _said(reply, state.now) != _said(again, state.now):
                state.reworded.add(reply.number)
            elif reply.is_list and again.ids != reply.ids:
                if sorted(again.ids) == sorted(reply.ids):
                    state.fickle |= self._other_order(reply, again)
                    for combination in USUAL_ORDERS:
                        if reply in state.order_replies.get(combination, ()):
                            state.see_order(combination, again)
                    if any(reply in several for several in state.tie_replies.values()):
                        self._ties_again(reply, again)
                else:
                    self._doubt(reply, "data that rests while it is read")

    def _in_turn(self, due: Sequence[Reply]) -> list[Reply]:
        """*due* so that they come, the first at any rate, an odd number of requests after they came first.

        A target that answers otherwise every other time is found so. Where parity forbids it, one is asked twice.
        """
        rest, found, at = list(due), list[Reply](), len(self.state.asker.replies)
        while rest:
            fitting = next((one for one in rest if (at + len(found) - one.number) % 2), None)
            if fitting is None and not found:
                found.append(rest[0])
                continue
            found.append(fitting or rest[0])
            rest.remove(found[-1])
        return found

    def _other_order(self, reply: Reply, again: Reply) -> bool:
        """Whether the same contacts came in another order, and not only equal instants in another."""
        for combination, several in self.state.order_replies.items():
            if reply in several and (sorting := self.state.order_of(combination)) is not None:
                return not lists.is_sorted(again.contacts or (), sorting)
        return False

    def _ties_again(self, reply: Reply, again: Reply) -> None:
        combination = "+".join(name for name in BY_FILTER if reply.request.values(name))
        sorting = self.state.order_of(combination) if combination else None
        if sorting and not sorting.startswith("id"):
            for one in (reply, again):
                self.state.see_ties(one.contacts or (), sorting)

    def _doubt(self, reply: Reply, why: str) -> None:
        state = self.state
        for slug, one in list(state.measured.items()):
            if reply in one.replies:
                del state.measured[slug]
                state.open[slug] = why
        for rule, seen in state.learnt.items():
            if any(one is reply for _, one in seen) and state.knowledge.usual[rule] not in state.knowledge.left[rule]:
                state.knowledge.left[rule] = lists.VALUES[rule]
                state.shelve(rule)
                state.open[rule.partition(".")[0]] = why
        for combination, several in state.order_replies.items():
            if reply in several:
                state.orders[combination] = {USUAL_ORDERS[combination], "doubt"}
                state.open["order"] = why
        for name, several in state.tie_replies.items():
            if reply in several:
                state.ties[name] = {"id-up", "doubt"}
                state.open["order-ties"] = why

    # The dialect

    def dialect(self) -> Dialect:
        """What was measured, what stayed open, and what the mock cannot imitate."""
        state = self.state
        rules: dict[str, Measured] = dict(state.measured)
        self._lists(rules)
        self._orders(rules)
        self._sizes(rules)
        self._refusals(rules)
        self._contacts(rules)
        self._headers(rules)
        if state.fickle:
            state.open.update(dict.fromkeys(rules, "a target that answers alike: one request was answered in two ways"))
            rules.clear()
        client = state.asker.client
        for slug in list(rules):
            fault = personal(rules[slug].value, (*_parts_of(client.key), *client.secrets))
            if fault:
                state.beyond[slug] = f"its value holds {fault}, which is never written"
                del rules[slug]
        for slug in _unspoken({slug: one.value for slug, one in rules.items()}):
            state.beyond[slug] = "what was seen is nothing that a dialect can say"
            del rules[slug]
        opened = self._open(rules)
        return Dialect(
            on=self.today,
            requests=len(state.asker.client.sent),
            rules={
                slug: Entry(
                    value=rules[slug].value,
                    requests=tuple(dict.fromkeys(shown(one) for one in rules[slug].replies))[:5],
                    evidence=rules[slug].evidence,
                )
                for slug in sorted(rules)
            },
            open={slug: opened[slug] for slug in sorted(opened) if slug not in rules or "." in slug},
            beyond={slug: state.beyond[slug] for slug in sorted(state.beyond)},
        )

    def _left(self, rule: str) -> Any:
        """The value of a rule that goes another way than usually; None where it does not, or is not known to."""
        knowledge = self.state.knowledge
        if rule in BY_CLOCK and self._clock_is_doubtful() and knowledge.left[rule] != (False,):
            return None
        if len(self.state.shelved.get(rule, (0,))) != 1:
            return self._shelved(rule)
        left = knowledge.left[rule]
        return left[0] if len(left) == 1 and left[0] != knowledge.usual[rule] else None

    def _clock_is_doubtful(self) -> bool:
        """Whether windows of ``days`` do not fit the target's clock: then they show no rule.

        A fraction of a day, or several filters at once, may go their own way where the usual window of whole days fits.
        """
        state = self.state
        if not state.astray or WINDOW in state.beyond:
            return state.astray
        everyone = len(state.population.contacts)
        fits = any(
            question.filters == ("days",) and not (question.days or 0) % 1 and 0 < len(reply.ids) < everyone
            for question, reply in state.learnt.get(WINDOW, ())
        )
        return not fits or lists.HOURS not in (state.shelved.get(WINDOW) or state.knowledge.left[WINDOW])

    def _shelved(self, rule: str) -> Any:
        """Of a rule that the data does not settle wholly: nothing, but for calendar days of one zone of whole hours."""
        left = [one for one in self.state.shelved[rule] if isinstance(one, tuple)]
        if rule != WINDOW or not left or lists.HOURS in left or len({one[:2] for one in left}) > 1:
            return None
        hourly = [one for one in left if one[2].endswith(":00")]
        if len(hourly) == 1:  # the others are zones of half an hour, which few clocks show
            return hourly[0]
        self.state.open[WINDOW] = f"messages between the midnights of the zones {_or([one[2] for one in left])}"
        return None

    def _lists(self, rules: dict[str, Measured]) -> None:
        state = self.state

        def replies(rule: str) -> list[Reply]:
            seen = [(question, reply) for question, reply in state.learnt.get(rule, ()) if reply.number > 3]
            return [reply for _, reply in sorted(seen, key=lambda one: len(one[0].filters))][:3]

        window = self._left(WINDOW)
        if window is not None:
            unit, edge, zone = window
            value = {
                **({"unit": unit} if unit != "hours" else {}),
                **({"edge": edge} if edge != "inclusive" else {}),
                **({"zone": zone} if zone != "+00:00" else {}),
            }
            windows = {
                "hours": "a message exactly at the window's edge was left out",
                "calendar": f"the window begins with a day, {zone}",
                "calendar-today": f"the window begins with a day, {zone}, and today counts as the first",
            }
            rules[WINDOW] = Measured(value, replies(WINDOW), windows[unit])
        plain = {
            FRACTION: "a fraction of a day is {}",
            "days-without-message": "contacts without a message are {} beside days",
            "days-without-ticket": "contacts without a ticket are {} beside days",
            "blocked-are-listed": "blocked contacts are listed: {}",
            STAGE: "stage_id brought the contacts by {}",
            PIPELINE: "pipeline_id brought the contacts by {}",
            CASE: "an id in capitals is compared as {}",
            PRECISION: "a cursor is read to {}",
        }
        for rule, words in plain.items():
            value = self._left(rule)
            if value is not None:
                word = {True: "true", False: "refused" if rule == FRACTION else "false"}.get(value, value)
                rules[rule] = Measured(value, replies(rule), words.format(str(word).replace("_", " ")))
        inclusive = {name: False for name, rule in EXCLUSIVE.items() if self._left(rule) is False}
        if inclusive:
            seen = [one for name in inclusive for one in replies(EXCLUSIVE[name])]
            said = "a cursor read from a contact brought it again: inclusive, or of instants finer than printed"
            rules["cursor-is-exclusive"] = Measured(inclusive, seen, said)
        together = {name: value for name, rule in TOGETHER.items() if (value := self._left(rule)) is not None}
        if together:
            seen = [one for name in together for one in replies(TOGETHER[name])]
            said = "; ".join(f"of {name} only {value} counts" for name, value in together.items())
            rules["time-filters-together"] = Measured(together, seen, said)

    def _orders(self, rules: dict[str, Measured]) -> None:  # noqa: C901, PLR0912 - one case after the other
        state = self.state
        found: dict[str, str] = {}
        seen: list[Reply] = []
        for combination, left in state.orders.items():
            if USUAL_ORDERS[combination] in left:
                continue
            if len(left) == 1:
                found[combination] = next(iter(left))
                seen += state.order_replies.get(combination, [])[-1:]
            elif not left:
                state.beyond["order"] = f"the list by {combination} is in no order of one instant or of ids"
            else:
                state.open["order"] = f"more contacts: the list by {combination} may be by {_or(sorted(left))}"
        if found:
            rules["order"] = Measured(found, seen, "; ".join(f"{one}: by {way}" for one, way in found.items()))
        if state.nulls == {"first"}:
            rules["order-nulls"] = Measured("first", state.null_replies[:2], "contacts without a message came first")
        elif len(state.nulls) > 1:
            state.beyond["order-nulls"] = "contacts without a message stand now first, now last"
        ties: dict[str, str] = {}
        seen = []
        for name, left in state.ties.items():
            if name not in state.tie_replies or state.coarse:
                continue
            if state.unstable(name):
                ties[name] = "unstable"
            elif not left:
                state.beyond["order-ties"] = f"contacts with equal {name} come in an order of their own"
                continue
            elif "id-up" in left:
                continue
            else:
                ties[name] = min(left, key=_tie_rank)
                if len(_same_ties(left, name)) > 1:
                    state.open["order-ties"] = f"more contacts with equal {name}: {_or(sorted(left))} fit as well"
            seen += state.tie_replies[name][-2:]
        told = [name for name in NAMES if name in state.tie_replies and not state.coarse]
        if ties:
            ways = set(ties.values())
            whole = len(ways) == 1 and set(ties) == set(told)
            value: Any = ways.pop() if whole else ties
            rules["order-ties"] = Measured(
                value, seen, f"contacts with equal instants came {_or(sorted(set(ties.values())))}"
            )
        missing = [name for name in NAMES if name not in state.tie_replies]
        if missing and "order-ties" not in state.open:
            needs = FINER["order-ties"] if state.coarse else f"contacts with equal {_or(missing)}"
            # Without any list it is the requests that were too few.
            state.open["order-ties"] = MORE if self.spent and not state.order_replies else needs

    def _sizes(self, rules: dict[str, Measured]) -> None:
        state = self.state
        if state.cap:
            rules["limit-cap"] = Measured(
                state.cap, [state.base["updated_after"]], f"no answer had more than {plural(state.cap, 'contact')}"
            )
        if state.default_limit and state.default_limit != state.cap:
            said = f"without a limit {plural(state.default_limit, 'contact')} came, though there are more"
            seen = [state.without_limit] if state.without_limit else []
            rules["default-limit"] = Measured(state.default_limit, seen, said)

    def _kinds(self) -> list[refusals.Found]:
        """What the refusals say that are not of single values."""
        state = self.state
        return [
            refusals.of_kinds("refused-by-rule", state.kinds, usual.RULE, 400, state.now),
            refusals.of_kinds("unauthorized", state.keys, usual.UNAUTHORIZED, 401, state.now),
            *(refusals.of_place(one, state.now) for one in state.places[:1]),
        ]

    def _refusals(self, rules: dict[str, Measured]) -> None:
        state = self.state
        seconds = "seconds-required" in rules
        of_values = refusals.of_values(state.values, with_seconds=seconds)
        found = [of_values, *self._kinds()]
        failing = [reply for _, reply in state.values.asked if not reply.is_list and not 400 <= reply.status < 500]
        if failing:
            state.beyond[refusals.INVALID] = f"wrong values are answered with {failing[0].answer.summary()}"
        self._readings_of_values(rules)
        for one in found:
            for slug, value in one.rules.items():
                if state.reworded & {reply.number for reply in one.replies.get(slug, ())}:
                    state.open[slug] = "answers that stay the same: one refusal was worded in two ways"
                    continue
                told = Measured(value, one.replies.get(slug, []), one.evidence.get(slug, "seen so"))
                rules[slug] = _joined(rules.get(slug), told)
            state.beyond.update(one.beyond)
        if of_values.unseen and state.values.asked:
            state.open["issue-texts"] = f"more requests: what is said of {_or(of_values.unseen)}"

    def _readings_of_values(self, rules: dict[str, Measured]) -> None:
        """Which fault some texts are told as: an empty number is 0, an infinite one a number, or neither."""
        state = self.state
        found: dict[str, Any] = {}
        seen: list[Reply] = []
        for sheet, reply in state.values.refused():
            for one in state.values.told(sheet, reply):
                key = one.wrong.taken.partition(".")[2]
                if one.wrong.taken in refusals.READ_AS_NONE and refusals.is_no_number(one, state.values):
                    found[key] = False if key == "infinity" else "refuse"
                    seen.append(reply)
        if found:
            before = rules.get("number-syntax")
            rules["number-syntax"] = Measured(
                {**(before.value if before else {}), **found},
                [*(before.replies if before else []), *seen],
                "; ".join(
                    filter(None, (before.evidence if before else "", f"{_or(sorted(found))}: told as no number"))
                ),
            )

    def _contacts(self, rules: dict[str, Measured]) -> None:  # noqa: C901 - one rule after the other
        state = self.state
        shapes = state.asker.shapes
        if not shapes.contacts:
            state.open["extra-fields"] = "a contact"
            return
        first = [reply for reply in state.asker.replies if reply.contacts][:1]
        extra = {name: _kind(one) for name, one in members(shapes.beyond)}
        extra |= {f"{TICKETS}.{name}": _kind(one) for name, one in members(shapes.ticket_beyond)}
        extra = {name: kind for name, kind in extra.items() if kind is not None}
        hidden = len(shapes.beyond.members) + len(shapes.ticket_beyond.members) - len(extra)
        if shapes.expands and f"{TICKETS}.{EXPANDED}" in extra:
            del extra[f"{TICKETS}.{EXPANDED}"]
            by_pipeline = [one for one in state.asker.replies if one.contacts and one.request.values("pipeline_id")]
            said = f"tickets tell their {EXPANDED} beside pipeline_id, and only there"
            rules["current-stage-expanded"] = Measured(True, by_pipeline[:1], said)
        if extra:
            rules["extra-fields"] = Measured(extra, first, f"{plural(len(extra), 'field')} that no document mentions")
        if hidden > 0:
            state.beyond["extra-fields"] = f"{plural(hidden, 'more field')}, whose names may be data"
        self._layout(rules, extra, first)
        nulls = shapes.undocumented_nulls()
        if nulls:
            rules["nullable-fields"] = Measured(nulls, first, f"{_or(nulls)} was null")
        platforms = sorted(shapes.platforms)
        if set(platforms) - set(PLATFORMS):
            rules["platforms"] = Measured(platforms, first, "platforms that were seen")
        statuses = sorted(shapes.statuses)
        if set(statuses) - set(STATUSES):
            rules["chat-statuses"] = Measured(statuses, first, "statuses that were seen")
        if shapes.odd_words:
            words = {"platform": "platforms", "chat_status": "chat-statuses"}
            said = "some values are no single word of letters, and are not written"
            state.beyond.update({words[name]: said for name in shapes.odd_words})
        if shapes.other_types:
            state.beyond["contact-fields"] = f"fields of other types than the document's: {_or(shapes.unlike())}"
        self._instants(rules, first)
        if shapes.styles - {"compact"}:
            state.beyond["bare-array"] = (
                f"lists are written otherwise than the mock does ({_or(sorted(shapes.styles))})"
            )
        if any(name.startswith("active_ticket_v2.") for name in shapes.missing) and TICKET:
            state.beyond["contact-fields"] = "tickets lack a field of the document"

    def _layout(self, rules: dict[str, Measured], extra: Mapping[str, Any], first: list[Reply]) -> None:
        """Which fields a contact has, and in which order."""
        shapes, beyond = self.state.asker.shapes, self.state.beyond
        order = shapes.order()
        lacking = sorted(shapes.missing & set(DOCUMENTED))
        usual_order = [
            *(name for name in DOCUMENTED if name not in lacking),
            *(name for name in extra if "." not in name),
        ]
        own = [name for name in order or () if name in usual_order]
        some = [name for name, kind in members(shapes.beyond) if name in extra and kind.missing]
        if some:
            beyond["extra-fields"] = f"{_or(some)} is left out of some contacts, where the mock sends null"
        if shapes.at_times:
            beyond["contact-fields"] = f"{_or(shapes.at_times)} is left out of some contacts"
        elif order is None:
            beyond["contact-fields"] = "the fields come in one order in some contacts, and in another in others"
        elif lacking:
            rules["contact-fields"] = Measured(own, first, f"{_or(lacking)} was left out")
        elif own != usual_order:
            rules["contact-fields"] = Measured(own, first, "the fields came in this order")

    def _instants(self, rules: dict[str, Measured], first: list[Reply]) -> None:
        forms_seen = set().union(*self.state.asker.shapes.forms.values()) if self.state.asker.shapes.forms else set()
        if not forms_seen or forms_seen == {"0000-00-00T00:00:00.000Z"}:
            return
        value: dict[str, Any] = {}
        separators = {form[10:11] for form in forms_seen}
        bare = {form[:10] + "T" + form[11:] for form in forms_seen}
        zones, digits = set(), set()
        for form in bare:
            clock = form[11:]
            rest = clock[8:]
            fraction = rest[1 : len(rest)] if rest.startswith(".") else ""
            count = len(fraction) - len(fraction.lstrip("0"))
            digits.add(count)
            zones.add(rest[1 + count :] if rest.startswith(".") else rest)
        known = {"Z": "Z", "+00:00": "+00:00", "+0000": "+0000", "": "none"}
        if len(separators) == 1 and separators != {"T"}:
            value["separator"] = separators.pop()
        if len(zones) == 1 and next(iter(zones)) in known:
            zone = known[zones.pop()]
            value.update({"zone": zone} if zone != "Z" else {})
        elif zones != {"Z"}:
            self.state.beyond["timestamps"] = "instants are printed in several zones"
        if digits == {0, 3}:
            value["digits"] = "trimmed"
        elif digits in ({0}, {6}):
            value["digits"] = digits.pop()
        elif digits != {3}:
            self.state.beyond["timestamps"] = f"instants have {_or(sorted(map(str, digits)))} digits"
        if value:
            rules["timestamps"] = Measured(value, first, "every instant that came was printed so")

    def _headers(self, rules: dict[str, Measured]) -> None:
        state = self.state
        replies = [
            reply
            for reply in state.asker.replies
            if reply.status not in (301, 302, 307, 308)
            and (reply.request.path.lower().rstrip("/") == PATH or reply.status == 404)
        ]
        found = headers.headers_of(replies)
        if found.headers:
            said = f"{plural(len(replies), 'answer')} had these headers"
            rules["response-headers"] = Measured(found.headers, replies[:2], said)
        text = str(found.headers)
        if found.numbers and ("{{remaining}}" in text or "{{reset" in text) and "limit" in found.numbers:
            rules["rate-limit-numbers"] = Measured(found.numbers, replies[:2], "as the headers count")
        state.beyond.update(found.beyond)

    def _open(self, rules: Mapping[str, Measured]) -> dict[str, str]:
        """What the data, or the budget, did not show."""
        state = self.state
        found = dict(state.open)
        if self._clock_is_doubtful():
            found[WINDOW] = ODD_CLOCK if state.options.now is None else OTHER_CLOCK
        for rule in lists.VALUES:
            slug = rule.partition(".")[0]
            shelved = len(state.shelved.get(rule, ())) > 1
            if (state.knowledge.is_open(rule) or shelved) and slug not in rules and slug not in state.beyond:
                if rule == PRECISION and self._precise(rule):
                    continue
                found.setdefault(slug, MORE if self.spent and not shelved else self._needs(slug))
        if any(
            len(left) > 1 and f"order:{one}" not in state.done for one, left in state.orders.items() if one != "none"
        ):
            found.setdefault("order", MORE if self.spent else NEEDS["order"])
        left = [form.rule for form in forms.open_forms(state) if form.rule.partition(".")[0] not in rules]
        for rule in left:
            found.setdefault(rule.partition(".")[0], MORE if self.spent else NEEDS.get(rule, MORE))
        came = len(state.without_limit.contacts or ()) if state.without_limit else 0
        if not state.default_limit and came <= lists.MOST_USUAL:
            larger = "" if state.window > lists.MOST_USUAL else ", which --large allows"
            data = f"more than {lists.MOST_USUAL} contacts in one answer{larger}"
            found.setdefault("default-limit", MORE if self.spent and state.without_limit is None else data)
        if not state.cap:
            found.setdefault(
                "limit-cap",
                f"more than {plural(len(state.base['updated_after'].contacts or ()), 'contact')} in one answer",
            )
        return found

    def _needs(self, slug: str) -> str:
        """The data that would show the rule."""
        return (FINER if self.state.coarse else {}).get(slug) or NEEDS.get(slug, "other data")

    def _precise(self, rule: str) -> bool:
        """Whether what is left of the precision cannot be told apart by any request, as cursors are exclusive."""
        left = set(self.state.shelved.get(rule, ())) or set(self.state.knowledge.left[rule])
        exclusive = all(self.state.knowledge.left[one] == (True,) for one in EXCLUSIVE.values())
        return exclusive and left <= {"milliseconds", "microseconds"}


def _joined(first: Measured | None, second: Measured) -> Measured:
    """What two experiments say of one rule; the later one counts, but of a value that is a table each says a part."""
    if first is None or not isinstance(first.value, dict) or not isinstance(second.value, dict):
        return second
    evidence = f"{first.evidence}; {second.evidence}"
    return Measured({**first.value, **second.value}, [*first.replies, *second.replies], evidence)


def _said(reply: Reply, now: int | None) -> str:
    """The body of a refusal without what belongs to its request."""
    return general(reply.text, reply, now)


def _in_both_turns(replies: Sequence[Reply]) -> bool:
    """Whether one thing was seen in answers of which some are an odd number of requests apart."""
    return len({one.number % 2 for one in replies}) > 1


def _same_ties(left: Iterable[str], name: str) -> list[str]:
    """Those of *left* that are different directions in the order of *name*."""
    sorting = {"last_message_at": True}.get(name, False)
    meanings = {"id-with": "id-down" if sorting else "id-up", "id-against": "id-up" if sorting else "id-down"}
    return list(dict.fromkeys(meanings.get(one, one) for one in sorted(left, key=_tie_rank)))


def _tie_rank(ties: str) -> int:
    order = ("id-up", "id-down", "id-with", "id-against", "created-up", "created-down", "updated-up", "updated-down")
    return order.index(ties) if ties in order else len(order)


def _kind(kind: Kind) -> Any:
    """The type of a field in the words of a dialect; None for what they do not have."""
    types = kind.types - {"null"}
    if not types:
        return "null"
    null = "?" if "null" in kind.types or kind.missing else ""
    if types == {"object"} and kind.members:
        inner = {name: _kind(one) for name, one in members(kind)}
        return None if any(one is None for one in inner.values()) or not inner else inner
    if types == {"array"} and kind.items is not None:
        inside = _kind(kind.items)
        return f"array{null}" if inside is None else [inside]
    if types == {"integer", "number"}:
        types = {"number"}
    if len(types) > 1:
        types = {"string"} if types <= {"string", "uuid", "instant"} else types
    return f"{types.pop()}{null}" if len(types) == 1 else "string"


def _or(items: Sequence[Any]) -> str:
    texts = [str(one) for one in items]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else ""


PLACES: Final = {
    "created_after": "INSTANT",
    "updated_after": "INSTANT",
    "stage_id": "STAGE",
    "pipeline_id": "PIPELINE",
    "custom_field_value": "VALUE",
}
OWN: Final = frozenset((EPOCH, "", "zq1x", "zq2x", "zq3x", "zq4x", wrong.NO_VALUE, wrong.UNKNOWN, sheets.NEVER))


def shown(reply: Reply) -> str:
    """A request with placeholders for what is of the account."""
    request = reply.request
    fixed = {text for sheet in sheets.SHEETS for _, text in sheet.parameters} | OWN
    parts = []
    for name, value in request.parameters:
        if name == "days" and len(value.rpartition(".")[2]) > 3 and "." in value:
            parts.append("days=DAYS")  # at the edge of a contact's last message
            continue
        kept = name not in PLACES or value in fixed or value.startswith("1970-01-01T")
        parts.append(f"{name}={value if kept else PLACES[name]}")
    query = Request.of([tuple(one.split("=", 1)) for one in parts]).query if parts else ""  # type: ignore[misc]
    path = "" if request.path == PATH else request.path
    without = (
        ""
        if request.headers == RIGHT_KEY
        else {0: " (no key)", 1: " (a wrong key)"}.get(len(request.headers), " (the key twice)")
    )
    return f"{path}?{query}{without}" if path else f"{query}{without}"


_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_DIGITS: Final = re.compile(r"\+\d{7,}|(?<![\w.])\d{9,}|\+\d[\d ().-]{7,}\d")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d)?|\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d")
_OWN_DAYS: Final = ("1970-01-01", "2024-01-15", "2024-01-16", "2099-01-01")
_WHOSE: Final = re.compile(rf'"(?:\w*_)?(?:{headers.OWNERS})\w*"\s*:\s*"[^"{{]', re.IGNORECASE)
"""A member of a body that tells whose account it is."""

_OUR_WORDS: Final = "".join((*usual.ISSUES.values(), *usual.MESSAGES.values(), usual.INVALID, usual.RULE))


def personal(value: Any, secrets: Iterable[str] = ()) -> str:
    """Say what of a value may be the account's own; empty if nothing is.

    *secrets* are texts of the user's: the key, and values of custom fields.
    """
    texts = list(_texts_of(value))
    text = "\n".join(texts)
    if any(UUID.search(one) and not _only_ours(one) for one in texts):
        return "an id"
    if _EMAIL.search(text):
        return "an e-mail address"
    if any(one not in ("9007199254740991", "100000000000000000") for one in _DIGITS.findall(text)):
        return "a long number"
    if any(not one.startswith(_OWN_DAYS) for one in _INSTANT.findall(text)):
        return "an instant"
    if _WHOSE.search(text):
        return "the name of an account or a person"
    if any(len(one) > 3 and one in text and one not in _OUR_WORDS for one in secrets):
        return "the key or a value of a custom field"
    return ""


def _parts_of(key: str) -> Iterable[str]:
    """The key, and of one that nobody guesses the parts that servers show of it."""
    return (key, key[:8], key[-4:]) if len(key) >= 16 else (key,)


def _texts_of(value: Any) -> Iterable[str]:
    """All texts of a value, names included."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _texts_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts_of(inner)
    else:
        yield str(value)


def _unspoken(rules: Mapping[str, Any]) -> list[str]:
    """Those of *rules* for which the mock refuses a file with them; a rule may need another one."""
    if _is_spoken(rules):
        return []
    alone = [slug for slug in rules if _is_spoken({one: value for one, value in rules.items() if one != slug})]
    return alone[:1] or [slug for slug, value in rules.items() if not _is_spoken({slug: value})]


def _is_spoken(rules: Mapping[str, Any]) -> bool:
    entries = {slug: Entry(value=value, requests=(), evidence="") for slug, value in rules.items()}
    try:
        parse(Dialect(on=date(2000, 1, 1), requests=0, rules=entries).text(), "a dialect")
    except DialectError:
        return False
    return True


def _only_ours(text: str) -> bool:
    own = {sheets.ID, sheets.OTHER_ID, sheets.OLD_ID, wrong.UNKNOWN}
    own |= {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"}
    return all(one.lower() in own for one in UUID.findall(text))
