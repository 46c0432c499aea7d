"""Answers compared with each other, which needs no prior knowledge of the data.

Each function is, or returns, a ``Relation``: it sends requests and returns whether the rule holds, is broken, or cannot
be seen in the data. Its requests must depend on the answers alone, so that a repetition sends the same ones.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from vambe_judge.asking import instants
from vambe_judge.asking.answers import Answer
from vambe_judge.asking.contacts import Row
from vambe_judge.judging.cases import FAR
from vambe_judge.judging.judge import Ask, Broken, Claim, NotShown, Relation, Shown
from vambe_judge.judging.survey import (
    CURSORS,
    TIME_FILTERS,
    Field,
    Survey,
    clock,
    groups,
    instants_of,
    listed,
    telling_cursors,
)
from vambe_mock.contract.plural import plural

_PAGE: Final = re.compile(r"(?:^|&)(?:limit|offset)=[^&]*")
_LAST: Final[Field] = "last_message_at"

Keep = Callable[[Row], bool]

PROBE: Final = 100
"""Maximum number of contacts that a comparison of lists examines."""

MOST_WINDOWS: Final = 20
"""A request without ``limit`` is sent only if all contacts fit into this many windows."""


def descending(field: Field) -> bool:
    """Whether the order by *field* is descending (`order`)."""
    return field == "last_message_at"


def out_of_order(rows: Sequence[Row], field: Field) -> int:
    """Count neighbours in the wrong order."""
    pairs = pairwise(row.at(field) for row in rows)
    if descending(field):
        return sum(first is None or second is None or first < second for first, second in pairs)
    return sum(first is None or second is None or first > second for first, second in pairs)


def ordered(query: str, field: Field, *, cursors_only: bool = False) -> Relation:
    """The answer to *query* is sorted by *field*.

    With *cursors_only*, which of two cursors decides is open; that one of them does is not.
    """

    def relation(ask: Ask) -> Claim:
        answer = listed(ask, query)
        wrong = out_of_order(answer.rows, field)
        way = f"{'descending' if descending(field) else 'ascending'} {field}"
        if wrong:
            broken = Broken(way, f"{wrong} of {plural(len(answer.rows) - 1, 'neighbour')} the other way round", answer)
            firm = cursors_only and out_of_order(answer.rows, "created_at")
            return replace(broken, grade="documented") if firm else broken
        if len({row.at(field) for row in answer.rows}) < 2:
            return NotShown(f"two contacts with different {field}")
        return Shown(f"{plural(len(answer.rows), 'contact')} by {way}")

    return relation


def difference(expected: Sequence[Row], got: Sequence[Row], field: Field, limit: int) -> str:
    """Say how *got* differs from the first *limit* of *expected*; equal instants may come in any order."""
    due = expected[:limit]
    if [row.id for row in due] == [row.id for row in got]:
        return ""
    if len(got) != len(due):
        return f"{plural(len(got), 'contact')} instead of {len(due)}"
    ids = {row.id for row in got}
    last = due[-1].at(field)
    settled = {row.id for row in due if row.at(field) != last}
    possible = settled | {row.id for row in expected if row.at(field) == last}
    wrong = len(settled - ids) + len(ids - possible)
    if wrong:
        return f"{wrong} of {plural(len(due), 'contact')} not those due"
    if len(ids) != len(got):
        return "a contact came twice"
    return "" if [row.at(field) for row in got] == [row.at(field) for row in due] else "another order"


def after_cursor(survey: Survey, field: Field, cursor: str, since: int, what: str = "") -> Claim:
    """The list behind *cursor* is the widest list from the instant *since* on."""
    rows = survey.rows(field)
    due = [row for row in rows if (row.at(field) or 0) >= since]
    limit = PROBE if survey.is_whole(field) else min(PROBE, len(due))
    answer = listed(survey.ask, f"{CURSORS[field]}={cursor}&limit={max(limit, 1)}")
    problem = difference(due, answer.rows, field, limit)
    if problem:
        return Broken(what or f"the {plural(min(len(due), limit), 'contact')} after the cursor", problem, answer)
    if not due or len(due) == len(rows):
        return NotShown(f"contacts with {field} on both sides of an instant")
    return Shown(f"{len(due)} of {plural(len(rows), 'contact')} after the cursor")


def cursor_relation(window: int, field: Field, place: int, offset: int, text: Callable[[int], str]) -> Relation:
    """Cursor number *place*, moved by *offset* milliseconds and formatted by *text*, returns strictly later contacts.

    ``NotShown`` where the target has too few contacts.
    """

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        cursors = telling_cursors(survey.rows(field), field)
        if not cursors:
            return NotShown("one contact")
        instant = cursors[min(place, len(cursors) - 1)] + offset
        claim = after_cursor(survey, field, text(instant), instant + 1)
        if isinstance(claim, NotShown) and len(survey.rows(field)) >= 1 and survey.is_whole(field):
            return Shown("the only contact stands on the right side of the cursor")
        return claim

    return relation


def finer_digits(window: int, field: Field, shift: int) -> Relation:
    """Digits beyond milliseconds are dropped. Rounding them up is open; a cursor that is off by more is not."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        cursors = telling_cursors(survey.rows(field), field)
        if not cursors:
            return NotShown("one contact")
        instant = cursors[0] + shift
        text = instants.write(instant)[:-1] + "9999Z"
        claim = after_cursor(survey, field, text, instant + 1)
        if isinstance(claim, Broken) and not isinstance(after_cursor(survey, field, text, instant + 2), Broken):
            return claim
        if isinstance(claim, Broken):
            return replace(claim, grade="documented")
        if isinstance(claim, NotShown) and survey.is_whole(field):
            return Shown("the only contact stands on the right side of the cursor")
        return claim

    return relation


def shifted(window: int, field: Field, minutes: int) -> Relation:
    """A cursor with a UTC offset of *minutes* returns the same as that instant in UTC."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        runs = [run[0].at(field) or 0 for run in groups(survey.rows(field), field)]
        near = [first for first, second in pairwise(runs) if second - first < abs(minutes) * instants.MINUTE]
        if not near:
            return NotShown(f"two contacts with {field} less than {plural(abs(minutes) // 60, 'hour')} apart")
        instant = near[len(near) // 2]
        text = instants.write(instant, shifted=minutes).replace("+", "%2B").replace(":", "%3A")
        return after_cursor(survey, field, text, instant + 1, "what the same instant in UTC finds")

    return relation


def without_seconds(window: int, field: Field) -> Relation:
    """A cursor without seconds means the full minute."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        runs = [run[0].at(field) or 0 for run in groups(survey.rows(field), field)]
        if len(runs) < 2:
            return NotShown(f"two contacts with different {field}")
        instant = runs[len(runs) // 2] // instants.MINUTE * instants.MINUTE
        return after_cursor(survey, field, instants.write(instant)[:16] + "Z", instant + 1)

    return relation


def filtered(  # noqa: PLR0913, PLR0917 - what is asked, who may come, who must, and in which words
    survey: Survey, query: str, keep: Keep, field: Field, rule: str, due_too: Keep | None = None
) -> Claim:
    """*query* returns exactly the contacts that *keep* accepts, as far as the survey knows them.

    Where *due_too* is given, only the contacts that it keeps as well are known to be due.
    """
    limit = survey.window
    answer = listed(survey.ask, f"{query}&limit={limit}")
    wrong = sum(not keep(row) for row in answer.rows)
    if wrong:
        return Broken(f"only contacts {rule}", f"{wrong} others among {len(answer.rows)}", answer)
    everyone = survey.everyone()
    surely = [row for row in everyone.values() if keep(row) and (due_too is None or due_too(row))]
    due = {row.id for row in surely if _within(row, answer, field, limit)}
    missing = len(due.difference(answer.ids))
    if missing:
        return Broken(f"all contacts {rule}", f"{missing} of {len(due)} missing", answer)
    if survey.is_everyone() and not set(answer.ids) <= everyone.keys():
        return Broken(f"contacts {rule}", "contacts that the widest question does not show", answer)
    if not due or len(due) == len(everyone):
        return NotShown(f"contacts {rule}, and others")
    return Shown(f"{len(due)} of {plural(len(everyone), 'contact')}")


def _within(row: Row, answer: Answer, field: Field, limit: int) -> bool:
    """Whether *row* must be in an answer that *limit* may have cut."""
    if len(answer.rows) < limit:
        return True
    last, own = answer.rows[-1].at(field), row.at(field)
    return last is not None and own is not None and (own > last if descending(field) else own < last)


def same_list(query: str, other: str, *, rule: str) -> Relation:
    """*query* returns exactly what *other* returns, in the same order."""

    def relation(ask: Ask) -> Claim:
        expected, answer = listed(ask, other), listed(ask, query)
        if expected.ids != answer.ids:
            return Broken(rule, f"{plural(len(answer.rows), 'contact')} instead of {len(expected.rows)}", answer)
        return Shown(plural(len(answer.rows), "contact")) if answer.rows else NotShown("two contacts")

    return relation


def count_of_days(survey: Survey, frozen: int | None) -> int:
    """How many telling windows of ``days`` the target's data has."""
    try:
        low, high = clock(survey.answer("last_message_at"), frozen)
    except ValueError:
        return 0
    return len(telling_days(instants_of(survey.everyone().values(), "last_message_at"), (low + high) // 2))


def days(window: int, frozen: int | None, number: int) -> Relation:
    """``days`` number *number* of the telling ones finds the contacts of that window."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        try:
            low, high = clock(survey.answer("last_message_at"), frozen)
        except ValueError:
            return NotShown("a Date header in the answers, or --target-now")
        chosen = telling_days(instants_of(survey.everyone().values(), "last_message_at"), (low + high) // 2)
        if number >= len(chosen):
            return NotShown("contacts whose last message is older than a day, and others")
        return days_window(survey, frozen, f"{chosen[number]}", chosen[number] * instants.DAY)

    return relation


def year(window: int, frozen: int | None) -> Relation:
    """``days=365`` returns the contacts of a year."""

    def relation(ask: Ask) -> Claim:
        try:
            return days_window(Survey(ask, window), frozen, "365", 365 * instants.DAY)
        except ValueError:
            return NotShown("a Date header in the answers, or --target-now")

    return relation


def fractional_days(window: int, frozen: int | None, *, inside: bool) -> Relation:
    """A part of a day counts: the window's edge lies a minute behind some last message, or a minute before it.

    A server that drops the part leaves that message out; one that rounds up, or starts at midnight, takes it in.
    """

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        try:
            low, high = clock(survey.answer("last_message_at"), frozen)
        except ValueError:
            return NotShown("a Date header in the answers, or --target-now")
        sent = instants_of(survey.rows("last_message_at"), "last_message_at")
        age = telling_age(sorted((low + high) // 2 - one for one in sent), inside=inside)
        if age is None:
            listed(ask, "days=1.5&limit=1")
            return NotShown("last messages between one day and a year old, minutes apart")
        text = f"{age / instants.DAY:.6f}"
        claim = days_window(survey, frozen, text, round(float(text) * instants.DAY))
        if isinstance(claim, Broken):
            if _beyond_neighbours(survey, claim.answer, int(float(text))):
                return replace(claim, grade="documented")
            whole = int(float(text))
            if isinstance(days_window(survey, frozen, f"{whole}", whole * instants.DAY), Broken):
                return NotShown("whole days that are counted rightly")
        return claim

    return relation


def _beyond_neighbours(survey: Survey, answer: Answer, count: int) -> bool:
    """Whether an answer lacks what *count* whole days bring, or has what two days more do not.

    Whether a fraction counts is open; that it is near its own number is not.
    """
    less, more = (listed(survey.ask, f"days={one}&limit={survey.window}") for one in (count, min(count + 2, 365)))
    if max(len(less.rows), len(more.rows)) >= survey.window or count < 2:
        return False
    fewer = listed(survey.ask, f"days={count - 1}&limit={survey.window}")
    return not set(fewer.ids) <= set(answer.ids) or not set(answer.ids) <= set(more.ids)


def telling_age(ages: list[int], *, inside: bool) -> int | None:
    """An age in milliseconds, no whole days, a minute more than one of *ages* (*inside*) or a minute less.

    None where all are younger than a day, a year old, or too close together.
    """
    step = instants.MINUTE if inside else -instants.MINUTE
    for age in ages[len(ages) // 4 :] + ages[: len(ages) // 4]:
        edge = age + step
        part = edge % instants.DAY
        clear = bisect_left(ages, edge - instants.MINUTE // 2) == bisect_right(ages, edge + instants.MINUTE // 2)
        if clear and instants.DAY < edge < 365 * instants.DAY and instants.HOUR < part < 23 * instants.HOUR:
            return edge
    return None


def days_window(survey: Survey, frozen: int | None, text: str, length: int) -> Claim:
    """``days=text`` returns contacts whose last message is at most *length* milliseconds old by the target's clock."""
    answer = listed(survey.ask, f"days={text}&limit={survey.window}")
    low, high = clock(answer, frozen)
    silent = sum(row.last_message_at is None for row in answer.rows)
    if silent:
        return Broken("no contact without a message", f"{silent} of them", answer)
    within = [row for row in answer.rows if (row.last_message_at or 0) < low - length]
    if within:
        return _or_other_clock(survey, frozen, Broken(
            f"last messages at most {plural(text, 'day')} old", f"{len(within)} of {len(answer.rows)} older", answer
        ))  # fmt: skip
    everyone = survey.everyone()
    due = {
        row.id
        for row in everyone.values()
        if row.last_message_at is not None
        and row.last_message_at >= high - length
        and _within(row, answer, "last_message_at", survey.window)
    }
    missing = len(due.difference(answer.ids))
    if missing:
        return _or_other_clock(survey, frozen, Broken(
            f"all contacts of the last {plural(text, 'day')}", f"{missing} of {len(due)} missing", answer
        ))  # fmt: skip
    if not due or len(due) == len(everyone):
        return NotShown(f"last messages older than {plural(text, 'day')}, and others")
    return Shown(f"{len(due)} of {plural(len(everyone), 'contact')} within {plural(text, 'day')}")


def _or_other_clock(survey: Survey, frozen: int | None, broken: Broken) -> Claim:
    """What looks broken may be a clock that shows another time; then all windows agree on one other ``now``."""
    if frozen is not None:
        return broken
    everyone = instants_of(survey.everyone().values(), "last_message_at")
    earliest, latest = -(2**62), 2**62
    for length in (1, 30, 365):
        answer = listed(survey.ask, f"days={length}&limit={survey.window}")
        inside = instants_of(answer.rows, "last_message_at")
        if len(inside) >= survey.window or not inside:
            continue
        edge = min(inside)
        outside = [instant for instant in everyone if instant < edge]
        latest = min(latest, edge + length * instants.DAY)
        if outside:
            earliest = max(earliest, max(outside) + length * instants.DAY)
    low, high = clock(broken.answer, frozen)
    elsewhere = latest < low - 2 * instants.DAY or earliest > high + 2 * instants.DAY
    bounded = -(2**62) < earliest < latest < 2**62
    if elsewhere and bounded and max(everyone) <= latest + instants.DAY:
        return NotShown(
            f"the target's clock, which seems to stand near {instants.write(latest)}; say it with --target-now"
        )
    return broken


def telling_days(sent: Sequence[int], now: int) -> list[int]:
    """Whole ``days`` whose windows tell most, at most three.

    The one with a last message closest outside its edge, the one with one closest inside, and one where the start of
    the calendar day would give another answer.
    """
    return list(_telling_days(tuple(sorted(sent)), now))


@lru_cache(maxsize=16)
def _telling_days(ascending: tuple[int, ...], now: int) -> tuple[int, ...]:
    margin = 10 * instants.SECOND
    found: dict[str, tuple[int, int]] = {}
    for count in range(1, 366):
        edge = now - count * instants.DAY
        older, newer = bisect_left(ascending, edge - margin), bisect_right(ascending, edge + margin)
        if not older or newer == len(ascending):
            continue
        outside, inside = edge - ascending[older - 1], ascending[newer] - edge
        offers = [("outside", outside), ("inside", inside)]
        if edge - outside >= edge // instants.DAY * instants.DAY:
            offers.append(("since midnight", count))
        for name, worth in offers:
            found[name] = min(found.get(name, (worth, count)), (worth, count))
    return tuple(dict.fromkeys(count for _, count in found.values()))


def crossed(window: int, frozen: int | None, first: Field, second: Field) -> Relation:
    """Two time filters at once: contacts within both (their order is another rule's)."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        query, keep = _narrowed(survey, frozen, (first, second))
        if keep is None:
            return NotShown("contacts with different instants")
        return filtered(survey, query, keep, _order_of(query), "within both filters")

    return relation


def crossed_order(window: int, frozen: int | None, first: Field, second: Field) -> Relation:
    """The list of two time filters at once is in the order that the cursors decide."""

    def relation(ask: Ask) -> Claim:
        query, keep = _narrowed(Survey(ask, window), frozen, (first, second))
        if keep is None:
            return NotShown("contacts with different instants")
        return ordered(f"{query}&limit={window}", _order_of(query))(ask)

    return relation


def _order_of(query: str) -> Field:
    if "updated_after=" in query:
        return "updated_at"
    return "created_at" if "created_after=" in query else "last_message_at"


def _narrowed(survey: Survey, frozen: int | None, fields: Sequence[Field]) -> tuple[str, Keep | None]:
    """A question that each of *fields* narrows by itself, and which contacts it finds; None where no data allows it."""
    parts, keeps = [], []
    for field in fields:
        rows = survey.rows(field)
        if field == "last_message_at":
            count, keep = _some_days(survey, frozen)
            if keep is None:
                return "", None
            parts.append(f"days={count}")
            keeps.append(keep)
        else:
            runs = [run[0].at(field) or 0 for run in groups(rows, field)]
            if len(runs) < 3:
                return "", None
            cursor = runs[len(runs) // 6]
            parts.append(f"{CURSORS[field]}={instants.write(cursor)}")
            keeps.append(_since(field, cursor + 1))
    return "&".join(parts), lambda row: all(keep(row) for keep in keeps)


def _some_days(survey: Survey, frozen: int | None) -> tuple[int, Keep | None]:
    """Days that split the contacts well, and who is within them by what the target itself answers to ``days`` alone."""
    try:
        low, high = clock(survey.answer("last_message_at"), frozen)
    except ValueError:
        return 0, None
    sent, now = instants_of(survey.everyone().values(), "last_message_at"), (low + high) // 2
    offers = [(_split(sent, now - count * instants.DAY), count) for count in telling_days(sent, now)]
    if not offers or not max(offers)[0]:
        return 0, None
    count = max(offers)[1]
    answer = listed(survey.ask, f"days={count}&limit={survey.window}")
    within = set(answer.ids)
    if len(answer.rows) < survey.window:
        return count, lambda row: row.id in within
    return count, _since("last_message_at", now - count * instants.DAY)


def _split(sent: Sequence[int], edge: int) -> int:
    """How many stand on the side of *edge* where fewer stand."""
    inside = sum(one >= edge for one in sent)
    return min(inside, len(sent) - inside)


def _since(field: Field, instant: int) -> Keep:
    return lambda row: (row.at(field) or -(2**62)) >= instant


def at_most(query: str, most: int) -> Relation:
    """If a *limit* with a fraction is taken, it is one of the whole numbers beside it."""

    def relation(ask: Ask) -> Claim:
        answer = ask(query)
        if answer.is_list and len(answer.rows) > most:
            return Broken(
                f"at most {plural(most, 'contact')}, or a refusal", plural(len(answer.rows), "contact"), answer
            )
        return Shown()

    return relation


def page(window: int, field: Field, offset: int, limit: int) -> Relation:
    """The page of *limit* contacts from *offset* on is that stretch of the widest list, contact for contact."""
    query = f"{TIME_FILTERS[field]}" + (f"&offset={offset}" if offset else "") + f"&limit={limit}"

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        due = [row.id for row in survey.rows(field)][offset : offset + limit]
        answer = listed(ask, query)
        if answer.ids != due:
            came = f"{plural(len(answer.rows), 'contact')}, {len(set(answer.ids) - set(due))} of them others"
            return Broken(f"contacts {offset + 1} to {offset + len(due)} of the whole list", came, answer)
        return Shown(f"contacts {offset + 1} to {offset + len(due)}") if due else NotShown("more contacts")

    return relation


def no_more(window: int, field: Field) -> Relation:
    """Beyond the end of the list nothing is returned, and a list shorter than its limit is complete."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        rows, after = survey.rows(field), survey.after(field)
        if len(rows) > window:
            return Broken(f"at most {plural(window, 'contact')}", f"{len(rows)}", survey.answer(field))
        if len(rows) < window and after.rows:
            return Broken(f"no contact after the {len(rows)} that limit={window} brought", "one more", after)
        if after.rows:
            return _far_past_the_end(ask)
        return Shown(f"nothing after {plural(len(rows), 'contact')}") if rows else NotShown("a contact")

    return relation


def _far_past_the_end(ask: Ask) -> Claim:
    """What is longer than the window has its end elsewhere; one question for all orders."""
    answer = listed(ask, FAR)
    if answer.rows:
        return Broken("nothing past the end", plural(len(answer.rows), "contact"), answer)
    return Shown("nothing far past the end")


def unlimited(window: int, field: Field, *, large: bool) -> Relation:
    """Without ``limit`` all contacts come: as many as there are, and none after them."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        rows, whole = survey.rows(field), survey.is_whole(field)
        question = TIME_FILTERS[field]
        bounded = f"{TIME_FILTERS['updated_at']}&limit=1&offset={MOST_WINDOWS * window}"
        if not whole and not (large and not listed(ask, bounded).rows):
            narrow = _narrow_end(survey, field)
            if narrow is None:
                return NotShown(f"a question that finds fewer than {plural(window, 'contact')}, or --large")
            question = narrow
        answer = listed(ask, question)
        after = listed(ask, f"{question}&limit=1&offset={len(answer.rows)}")
        if after.rows:
            return Broken("all contacts, since no limit was sent", f"{len(answer.rows)}, and more after them", answer)
        if question == TIME_FILTERS[field] and answer.ids[: len(rows)] != [row.id for row in rows]:
            return Broken("the list that limit shows the start of", "another list", answer)
        return (
            Shown(f"{plural(len(answer.rows), 'contact')}, none after them") if answer.rows else NotShown("a contact")
        )

    return relation


def _narrow_end(survey: Survey, field: Field) -> str | None:
    """A question in that order that finds some contacts, fewer than the window."""
    if field == "last_message_at":
        answer = listed(survey.ask, f"days=1&limit={survey.window}")
        return "days=1" if 0 < len(answer.rows) < survey.window else None
    newest = sorted(instants_of(survey.rows("last_message_at"), field))
    if len(newest) < 2:
        return None
    question = f"{CURSORS[field]}={instants.write(newest[-min(len(newest) // 2, 20) - 1])}"
    found = listed(survey.ask, f"{question}&limit={survey.window}")
    return question if 0 < len(found.rows) < survey.window else None


def offset_alone(window: int, field: Field) -> Relation:
    """``offset`` without ``limit`` skips that many and returns the rest."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        rows = survey.rows(field)
        if not survey.is_whole(field):
            return NotShown(f"fewer than {plural(window, 'contact')}, or --large")
        if len(rows) < 2:
            return NotShown("two contacts")
        offset = max(len(rows) - 5, 1)
        answer = listed(ask, f"{TIME_FILTERS[field]}&offset={offset}")
        if answer.ids != [row.id for row in rows][offset:]:
            return Broken(f"the last {len(rows) - offset} of {len(rows)}", answer.summary(), answer)
        return Shown(f"the last {len(answer.rows)} of {len(rows)}")

    return relation


def once(answers: Sequence[Answer]) -> Claim:
    """No contact occurs twice in one answer."""
    for answer in answers:
        twice = len(answer.rows) - len(set(answer.ids))
        if twice:
            return Broken("every contact once", f"{twice} of {len(answer.rows)} came again", answer)
    longest = max((len(answer.rows) for answer in answers), default=0)
    return Shown(f"in {plural(len(answers), 'list')}") if longest > 1 else NotShown("two contacts")


def ties_alike(answers: Iterable[Answer]) -> Claim:
    """Unchanged contacts with equal instants come in the same order in all answers to a query, on whatever page."""
    runs: dict[tuple[str, int | None], list[bytes]] = {}
    compared = 0
    for answer in answers:
        question = _PAGE.sub("", answer.query)
        field = next((field for field, cursor in CURSORS.items() if f"{cursor}=" in question), _LAST)
        for run in groups(answer.rows, field):
            prints = [row.digest for row in run]
            before = runs.setdefault((question, run[0].at(field)), prints)
            both = set(before) & set(prints)
            if [one for one in before if one in both] != [one for one in prints if one in both]:
                return Broken("equal instants in one order", "another order in another answer", answer)
            compared += before is not prints and len(both) > 1
    return (
        Shown(f"{plural(compared, 'tie')} seen again") if compared else NotShown("two contacts with the same instant")
    )


def tie_direction(window: int, field: Field, *, exactly: bool) -> Relation:
    """Contacts with equal instants are sorted by id; with *exactly*, ascending as in the mock."""

    def relation(ask: Ask) -> Claim:
        answer = Survey(ask, window).answer(field)
        runs = [[row.id for row in run] for run in groups(answer.rows, field) if len(run) > 1]
        rising = sum(run == sorted(run) for run in runs)
        falling = sum(run == sorted(run, reverse=True) for run in runs)
        if not runs:
            return NotShown(f"two contacts with the same {field}")
        if exactly and rising < len(runs):
            return Broken(
                "ascending id among equal instants",
                f"{len(runs) - rising} of {plural(len(runs), 'tie')} otherwise",
                answer,
            )
        seen = (
            "ascending"
            if rising == len(runs)
            else "descending"
            if falling == len(runs)
            else "neither rising nor falling"
        )
        return Shown(f"{plural(len(runs), 'tie')}, ids {seen}")

    return relation
