"""What the target's answers show of its data: the widest list in each of the three orders.

A relation makes its ``Survey`` each time it is evaluated, so a repeated check surveys the data anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final, Literal

from vambe_judge.asking import instants
from vambe_judge.asking.answers import Answer
from vambe_judge.asking.contacts import Row
from vambe_judge.judging.judge import Ask, NoClock, NoList

Field = Literal["updated_at", "created_at", "last_message_at"]
FIELDS: Final[tuple[Field, ...]] = ("updated_at", "created_at", "last_message_at")
CURSORS: Final[dict[Field, str]] = {"updated_at": "updated_after", "created_at": "created_after"}
TIME_FILTERS: Final[dict[Field, str]] = {
    "updated_at": f"updated_after={instants.EPOCH}",
    "created_at": f"created_after={instants.EPOCH}",
    "last_message_at": "days=365",
}
"""The time filter that returns most contacts, for each order."""

CLOCK_SLACK: Final = 2 * instants.SECOND
"""Tolerated error of a ``Date`` header in milliseconds, beyond its resolution of one second."""


def listed(ask: Ask, query: str) -> Answer:
    """Return the answer to *query*, which must be a list. Raises ``NoList``."""
    answer = ask(query)
    if not answer.is_list:
        raise NoList(answer)
    return answer


def instants_of(rows: Iterable[Row], field: Field) -> list[int]:
    """Return the non-null *field* values of *rows*, in milliseconds since 1970 UTC."""
    return [instant for row in rows if (instant := row.at(field)) is not None]


@dataclass(slots=True)
class Survey:
    """The widest lists of a target, none longer than ``window``."""

    ask: Ask
    window: int

    def answer(self, field: Field) -> Answer:
        """The list in the order of *field*."""
        return listed(self.ask, f"{TIME_FILTERS[field]}&limit={self.window}")

    def rows(self, field: Field) -> Sequence[Row]:
        """Its contacts."""
        return self.answer(field).rows

    def is_whole(self, field: Field) -> bool:
        """Whether that list is all there is: nothing comes after it."""
        return not self.after(field).rows

    def after(self, field: Field) -> Answer:
        """What comes after the list."""
        return listed(self.ask, f"{TIME_FILTERS[field]}&limit=1&offset={len(self.rows(field))}")

    def everyone(self) -> dict[str, Row]:
        """Return every contact seen, by id; the list by ``updated_at`` takes precedence."""
        return {row.id: row for field in reversed(FIELDS) for row in self.rows(field)}

    def is_everyone(self) -> bool:
        """Whether ``everyone`` is the whole population: every contact has an ``updated_at``."""
        return self.is_whole("updated_at")


def clock(answer: Answer, frozen: int | None) -> tuple[int, int]:
    """Return the earliest and latest instant that the target's clock can have shown at *answer*."""
    if frozen is not None:
        return frozen, frozen
    if answer.at is None:
        raise NoClock("no Date header")
    return answer.at - CLOCK_SLACK, answer.at + instants.SECOND + CLOCK_SLACK


def groups(rows: Sequence[Row], field: Field) -> list[list[Row]]:
    """*rows* in runs of equal instants."""
    return [list(run) for _, run in groupby(rows, key=attrgetter(field))]


def telling_cursors(rows: Sequence[Row], field: Field) -> list[int]:
    """Instants of *rows*, ascending in *field*, that tell most as a cursor; the best one first.

    One that several contacts share, and one that the next contact follows within the same second.
    """
    runs = groups(rows, field)
    firsts = [(run[0].at(field) or 0, len(run)) for run in runs]
    if len(firsts) < 2:
        return [instant for instant, _ in firsts]
    shared = max(firsts[:-1], key=lambda first: (first[1] > 1, first[0] % instants.SECOND != 0, first[0]))[0]
    close = min(
        pairwise(firsts),
        key=lambda pair: (pair[0][0] // instants.SECOND != pair[1][0] // instants.SECOND, pair[1][0] - pair[0][0]),
    )[0][0]
    return list(dict.fromkeys((shared, close)))


def split_index(rows: Sequence[Row], field: Field) -> tuple[int, bool]:
    """Where to cut a list in two: inside the first run of equal instants, if there is one; and whether there is."""
    place = 0
    for run in groups(rows, field):
        if len(run) > 1:
            return place + 1, True
        place += len(run)
    return min(max(len(rows) // 2, 1), 7), False
