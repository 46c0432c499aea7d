"""Parameters asked together, at values at which each of them matters.

What must come follows from the widest lists. The requests are a covering array over the target's own data: a request
covers the pair of one parameter beside another if leaving the first out would change its answer, and a spelling of a
cursor if misreading it would. A greedy choice among many random candidates takes those that cover most; the generators
for such arrays that exist know nothing of what a value does to an answer, so their rows would ask for empty lists.
"""

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple

from vambe_judge.asking.answers import Answer
from vambe_judge.asking.contacts import Row
from vambe_judge.judging.judge import Ask, Broken, Claim, NoList, NotShown, Relation, Shown, Trial
from vambe_judge.judging.spellings import SPELLINGS, Spelling, telling
from vambe_judge.judging.stages import telling_stages
from vambe_judge.judging.survey import FIELDS, TIME_FILTERS, Field, Survey, groups, instants_of, listed
from vambe_mock.contract.plural import plural

CREATED, UPDATED, DAYS = "created_after", "updated_after", "days"
FIELD: Final = "custom_field"
NARROWING: Final = (DAYS, CREATED, UPDATED, "stage_id", "pipeline_id", FIELD)
TIMES: Final = (DAYS, CREATED, UPDATED)
NAMES: Final = (*NARROWING, "limit", "offset")
CANDIDATES = 1_000
SEED: Final = 20_240_115
ALSO: Final[dict[bool, tuple[Field, ...]]] = {True: ("created_at",), False: ()}
"""The order that a question may have as well, by whether ``created_after`` is in it."""

Pair = tuple[str, str]


class Part(NamedTuple):
    """One narrowing parameter with a value: what is sent, whom it keeps, and whom misreadings would keep.

    ``kept`` has one bit per contact, once for each order of ``FIELDS``; ``wrong`` in the first of them. ``spelling`` is
    that of a cursor.
    """

    name: str
    text: str
    kept: tuple[int, ...]
    spelling: str = ""
    wrong: tuple[int, ...] = ()
    after: int = 0
    """The instant of a cursor."""
    stages: tuple[str, ...] = ()
    alone: str = ""
    """The question that shows whom the part keeps, where no field of a contact does."""

    def keeper(self, ask: Ask, window: int) -> Callable[[Row], bool]:
        """Whom the part keeps, by what the target says now."""
        if self.stages:
            return lambda row: row.stage in self.stages
        if self.alone:
            ids = set(listed(ask, f"{self.alone}&limit={window}").ids)
            return lambda row: row.id in ids
        moment = "created_at" if self.name == CREATED else "updated_at"
        return lambda row: (row.at(moment) or 0) > self.after


class Question(NamedTuple):
    """Parts asked together, with ``limit`` and ``offset`` where they are not 0."""

    parts: tuple[Part, ...]
    limit: int = 0
    offset: int = 0

    def written(self, window: int) -> str:
        """The query string."""
        pieces = [part.text for part in self.parts]
        if self.offset:
            pieces.insert(1, f"offset={self.offset}")
        return "&".join([*pieces, f"limit={self.limit or window}"])

    def names(self) -> list[str]:
        """The parameters in it."""
        return [*(part.name for part in self.parts), *["limit"] * bool(self.limit), *["offset"] * bool(self.offset)]

    def said(self) -> str:
        """The parameters in words."""
        return ", ".join(self.names())

    def spelt(self) -> str:
        """The cursors' spellings in words."""
        return "; ".join(f"{part.name}: {part.spelling}" for part in self.parts if part.spelling)


_DIGITS: Final = bytes.maketrans(b"\0\1", b"01")


def _mask(flags: Iterable[bool]) -> int:
    """One bit for each flag, the first one lowest."""
    return int(bytes(flags)[::-1].translate(_DIGITS) or b"0", 2)


def stretch_of(kept: int, offset: int, limit: int) -> int:
    """Of the bits in *kept*, lowest first, those of a page; *limit* 0 is none."""
    for _ in range(offset):
        kept &= kept - 1
    if not limit:
        return kept
    rest = kept
    for _ in range(limit):
        rest &= rest - 1
    return kept ^ rest


@dataclass(slots=True)
class Known:
    """What the widest lists say of each contact, and which values of each parameter are worth asking."""

    rows: list[Row]
    days: Mapping[int, frozenset[str]]
    pipelines: Mapping[str, Sequence[str]]
    fields: Mapping[str, frozenset[str]]
    spellings: Sequence[Spelling] = SPELLINGS
    own: Collection[str] = ()
    """Parameters of which the target is known to keep the wrong contacts, so that its own answers are what counts."""
    parts: dict[str, list[Part]] = field(default_factory=dict)
    _orders: list[list[Row]] = field(default_factory=list)

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - what was asked so far, and what is known of the target
        cls,
        survey: Survey,
        answers: Mapping[str, Answer],
        pipelines: Mapping[str, Sequence[str]] = {},
        fields: Sequence[str] = (),
        spellings: Sequence[Spelling] = SPELLINGS,
        own: Collection[str] = (),
    ) -> "Known":
        """What the answers so far say. *fields* are custom fields as they are sent."""
        rows = list(survey.rows("updated_at"))

        def narrowed(query: str) -> frozenset[str]:
            answer = answers.get(query)
            few = answer is not None and answer.is_list and 0 < len(answer.rows) < len(rows)
            return frozenset(answer.ids) if answer is not None and few else frozenset()

        days = {count: narrowed(f"days={count}&limit={survey.window}") for count in range(1, 366)}
        kept = {text: narrowed(f"{TIME_FILTERS['updated_at']}&{text}&limit={survey.window}") for text in fields}
        return cls(
            rows,
            {count: ids for count, ids in days.items() if ids},
            pipelines,
            {text: ids for text, ids in kept.items() if ids},
            spellings,
            own,
        )

    def __post_init__(self) -> None:
        """Work out the parts."""
        self._orders = [sorted(self.rows, key=lambda row: _place(row, moment)) for moment in FIELDS]
        self.parts = {
            DAYS: [
                Part(DAYS, f"days={count}", self._among(ids), alone=f"days={count}") for count, ids in self.days.items()
            ],
            CREATED: list(self._cursors(CREATED, "created_at")),
            UPDATED: list(self._cursors(UPDATED, "updated_at")),
            "stage_id": [self._at("stage_id", stage, (stage,)) for stage in telling_stages(self.rows)[:3]],
            "pipeline_id": [self._at("pipeline_id", name, stages) for name, stages in self.pipelines.items()],
            FIELD: [
                Part(FIELD, text, self._among(ids), alone=f"{TIME_FILTERS['updated_at']}&{text}")
                for text, ids in self.fields.items()
            ],
        }

    def _among(self, ids: frozenset[str]) -> tuple[int, ...]:
        return self._bits(lambda row: row.id in ids)

    def _at(self, name: str, value: str, stages: Collection[str]) -> Part:
        kept = self._bits(lambda row: row.stage in stages)
        text = f"{name}={value}"
        if name in self.own:
            return Part(name, text, kept, alone=f"{TIME_FILTERS['updated_at']}&{text}")
        return Part(name, text, kept, stages=tuple(stages))

    def _bits(self, keeps: Callable[[Row], bool]) -> tuple[int, ...]:
        return tuple(_mask(keeps(row) for row in rows) for rows in self._orders)

    def kept(self, parts: Sequence[Part], order: int = 0) -> int:
        """Whom all of *parts* keep."""
        found = (1 << len(self.rows)) - 1
        for part in parts:
            found &= part.kept[order]
        return found

    def _cursors(self, name: str, moment: Field) -> tuple[Part, ...]:
        orders = tuple(tuple(row.at(moment) or 0 for row in rows) for rows in self._orders)
        return _cursors(name, tuple(sorted(instants_of(self.rows, moment))), orders, tuple(self.spellings))

    def covers(self, question: Question) -> set[Pair]:
        """The pairs that a question covers: one parameter matters beside another; or beside itself, in a spelling."""
        parts, names = question.parts, question.names()
        order = FIELDS.index(order_of(names))
        kept = self.kept(parts, order)
        count = kept.bit_count()
        stretch = stretch_of(kept, question.offset, question.limit)
        matter, pairs = set(), set[Pair]()
        for part in parts:
            others = [one for one in parts if one is not part]
            if stretch_of(self.kept(others, order), question.offset, question.limit) != stretch and stretch:
                matter.add(part.name)
                less = self.kept(others)
                if part.wrong and not question.limit and all(less & one != less & part.kept[0] for one in part.wrong):
                    pairs.add((part.name, part.spelling))
        if question.limit and count - question.offset > question.limit:
            matter.add("limit")
        if question.offset and stretch:
            matter.add("offset")
        return pairs | {(one, other) for one in matter for other in names if one != other}

    def meets(self, question: Question) -> set[Pair]:
        """The filters that matter beside a cursor which is the only time filter and matters too, as most clients ask.

        Other rules ask for each beside ``days``.
        """
        times = [part for part in question.parts if part.name in TIMES]
        if len(times) != 1 or times[0].name == DAYS or question.offset:
            return set()
        kept = self.kept(question.parts)
        matter = {
            part.name
            for part in question.parts
            if kept and self.kept([one for one in question.parts if one is not part]) != kept
        }
        cursor = times[0].name
        return {(cursor, name) for name in matter if name != cursor} if cursor in matter else set()


@lru_cache(maxsize=8)
def _cursors(
    name: str, moments: tuple[int, ...], orders: tuple[tuple[int, ...], ...], spellings: tuple[Spelling, ...]
) -> tuple[Part, ...]:
    """A cursor in each spelling that *moments*, ascending, can show; *orders* has them as each order has the contacts.

    Two rules ask for them, and it takes a tenth of a run's time.
    """
    masks: dict[int, tuple[int, ...]] = {}

    def after(instant: int) -> tuple[int, ...]:
        place = bisect_right(moments, instant)
        if place not in masks:
            masks[place] = tuple(_mask(at > instant for at in order) for order in orders)
        return masks[place]

    found = []
    for spelling in spellings:
        for instant in telling(spelling, moments, 3):
            kept = after(instant)
            wrong = tuple(other for one in spelling.misread(instant) if (other := after(one)[0]) != kept[0])
            found.append(Part(name, f"{name}={spelling.write(instant)}", kept, spelling.name, wrong, instant))
    return tuple(found)


def candidates(known: Known) -> Iterator[Question]:
    """Questions with one to four narrowing parameters, at least one of them a time filter."""
    dice = random.Random(SEED)  # noqa: S311 - the same candidates for the same data, each time
    usable = [name for name in NARROWING if known.parts[name]]
    sets = [
        names
        for size in (1, 2, 2, 2, 3, 3, 4)
        for names in combinations(usable, size)
        if {DAYS, CREATED, UPDATED} & set(names)
    ]
    sets += [names for names in sets if names == (CREATED, UPDATED)] * 4  # spellings go in pairs as well
    for _ in range(CANDIDATES if sets else 0):
        parts = tuple(dice.choice(known.parts[name]) for name in dice.choice(sets))
        count = known.kept(parts).bit_count()
        limit = max(count // 2, 1) if dice.random() < 0.5 and count > 1 else 0
        offset = dice.randint(1, max(count // 3, 1)) if dice.random() < 0.5 and count > 1 else 0
        yield Question(parts, limit if limit + offset < count else 0, offset)


BOTH: Final = (("zone +05:30", "zone +14:00"), ("zone -12:00", "zone -03:30"), ("seconds left out", "no fraction"))
"""Spellings of both cursors at once, ``updated_after`` first, for which the rule `timestamp-syntax` asks."""


def spelt(known: Known, updated: str, created: str) -> Question | None:
    """Both cursors in those spellings; in another one of ``created_after`` where the data cannot show that."""
    parts = [part for part in known.parts[UPDATED] if part.spelling == updated]
    others = sorted(known.parts[CREATED], key=lambda part: part.spelling != created)
    questions = (Question((other, part)) for other in others for part in parts)
    return next(
        (
            one
            for one in questions
            if (UPDATED, updated) in (c := known.covers(one)) and (CREATED, one.parts[0].spelling) in c
        ),
        None,
    )


def both_spelt(trial: Trial, window: int) -> list[Question | None]:
    """One question for each of ``BOTH``; None where the data cannot show it."""
    try:
        if not isinstance(enough(window)(trial.judge.ask), Shown):
            return [None] * len(BOTH)
        known = Known.of(Survey(trial.judge.ask, window), {})
    except NoList:
        return [None] * len(BOTH)
    return [spelt(known, *names) for names in BOTH]


def array(known: Known, most: int) -> list[Question]:
    """At most *most* questions that cover all pairs that the data can show, those first that cover most.

    Of those that cover as many, the one goes first that asks for most filters beside a cursor alone.
    """
    before = [question for names in BOTH if (question := spelt(known, *names))]
    offers = {question: (known.covers(question), known.meets(question)) for question in candidates(known)}
    done, met, found = set[Pair]().union(*map(known.covers, before)), set[Pair](), list[Question]()
    while offers and len(found) < most:
        best = max(offers, key=lambda one: (len(offers[one][0] - done), len(offers[one][1] - met)))
        covered, beside = offers[best]
        if covered <= done and beside <= met:
            break
        found.append(best)
        done |= covered
        met |= beside
    return found


def order_of(names: Sequence[str]) -> Field:
    """The field by which a question with those parameters is sorted (`order`)."""
    if UPDATED in names:
        return "updated_at"
    return "created_at" if CREATED in names else "last_message_at"


def agrees(window: int, question: Question) -> Relation:
    """The answer to *question* is what the widest lists say that it is."""
    text = question.written(window)
    names = question.names()

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        orders: list[Field] = list(dict.fromkeys((order_of(names), *ALSO[CREATED in names])))
        keepers = [part.keeper(ask, window) for part in question.parts]
        answer = listed(ask, text)
        what = f"the contacts that {' and '.join(names)} leave ({question.spelt() or 'no cursor'})"
        problem = ""
        for order in orders:
            due = [row for row in survey.rows(order) if all(keeps(row) for keeps in keepers)]
            wrong = unlike(due, answer, order, question.offset, question.limit or window)
            if not wrong:
                # Which of two cursors decides the order is assumed.
                return (
                    Broken(what, problem, answer, "assumed") if problem else Shown(plural(len(answer.rows), "contact"))
                )
            problem = problem or wrong
        return Broken(what, problem, answer)

    return relation


def unlike(due: Sequence[Row], answer: Answer, order: Field, offset: int, limit: int) -> str:
    """How an answer differs from that stretch of *due*; equal instants may come in any order. Empty if it does not."""
    stretch = due[offset : offset + limit]
    got = answer.rows
    if len(got) != len(stretch):
        return f"{plural(len(got), 'contact')} instead of {len(stretch)}"
    others = len({row.id for row in got} - {row.id for row in due})
    if others:
        return f"{others} of {plural(len(got), 'contact')} not among those"
    if len(set(answer.ids)) != len(got):
        return "a contact came twice"
    if [row.at(order) for row in got] != [row.at(order) for row in stretch]:
        return "another stretch of the list, or another order"
    ties = Counter(row.at(order) for row in due)
    whole = {row.id for run in groups(stretch, order) for row in run if len(run) == ties[run[0].at(order)]}
    missing = len(whole - set(answer.ids))
    return f"{missing} of {plural(len(got), 'contact')} missing" if missing else ""


def enough(window: int) -> Relation:
    """Whether the target's lists are whole, so that what must come is known."""

    def relation(ask: Ask) -> Claim:
        survey = Survey(ask, window)
        if not survey.is_everyone() or not survey.is_whole("last_message_at"):
            return NotShown(f"fewer than {plural(window, 'contact')}, or --large")
        rows = survey.rows("updated_at")
        return Shown(plural(len(rows), "contact")) if len(rows) > 1 else NotShown("two contacts")

    return relation


def _place(row: Row, moment: Field) -> tuple[bool, int]:
    at = row.at(moment)
    return at is None, (-(at or 0) if moment == "last_message_at" else at or 0)
