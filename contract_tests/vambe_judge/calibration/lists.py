"""Which contacts a list holds, and in which order, by each known alternative."""

import math
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any, Final

from vambe_judge.asking import instants
from vambe_judge.asking.instants import DAY, SECOND
from vambe_judge.calibration.knowledge import UNKNOWN, Reading
from vambe_judge.calibration.population import BY_FILTER, Contact, Name, Population

WINDOW, FRACTION = "days-window", "days-may-be-fractional"
MESSAGELESS, TICKETLESS, BLOCKED = "days-without-message", "days-without-ticket", "blocked-are-listed"
EXCLUSIVE: Final = {
    "created_after": "cursor-is-exclusive.created_after",
    "updated_after": "cursor-is-exclusive.updated_after",
}
PRECISION = "timestamp-precision"
STAGE, PIPELINE, CASE = "stage-of-active-ticket", "pipeline-of-active-ticket", "uuid-case"
FILTERS: Final = ("days", "created_after", "updated_after")
SEVERAL: Final = tuple("+".join(some) for size in (2, 3) for some in combinations(FILTERS, size))
TOGETHER: Final = {one: f"time-filters-together.{one}" for one in SEVERAL}

HOURS: Final = ("hours", "inclusive", "+00:00")
EXCLUSIVE_HOURS: Final = ("hours", "exclusive", "+00:00")
ZONES: Final = tuple(
    f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    for minutes in sorted([*range(-720, 841, 60), -210, 210, 270, 330, 345, 570], key=abs)
)
REFUSALS: Final = (400, 422)
"""The statuses of a refused value."""

MOST_FRACTIONS: Final = 16
ROUNDED: Final[dict[str, Callable[[float], float]]] = {
    "down": math.floor,
    "up": math.ceil,
    "nearest": lambda days: math.floor(days + 0.5),
}
STAGE_OF: Final = ("active_ticket", "default_stage", "ticket_else_default")

VALUES: Final[dict[str, tuple[Hashable, ...]]] = {
    WINDOW: (
        HOURS,
        EXCLUSIVE_HOURS,
        *(("calendar", "inclusive", zone) for zone in ZONES),
        *(("calendar-today", "inclusive", zone) for zone in ZONES),
    ),
    FRACTION: (True, False, "down", "up", "nearest"),
    MESSAGELESS: ("left-out", "listed"),
    TICKETLESS: ("listed", "left-out"),
    BLOCKED: (True, False),
    EXCLUSIVE["created_after"]: (True, False),
    EXCLUSIVE["updated_after"]: (True, False),
    PRECISION: ("milliseconds", "nearest", "microseconds", "seconds"),
    STAGE: STAGE_OF,
    PIPELINE: STAGE_OF,
    CASE: ("same", "exact"),
    **{
        rule: (
            name,
            *(
                "+".join(some)
                for size in range(len(name.split("+")) - 1, 0, -1)
                for some in combinations(name.split("+"), size)
            ),
        )
        for name, rule in TOGETHER.items()
    },
}
"""The known alternatives of the rules about which contacts are listed; the first of each is the usual one."""

MOST_USUAL: Final = 100
"""The largest of the limits that servers usually have where none is sent: 10, 20, 25, 30, 50, 100."""

SORTINGS: Final = tuple(
    f"{name} {way}"
    for name in ("last_message_at", "updated_at", "created_at", "id")
    for way in ("descending", "ascending")
)
TIES: Final = (
    "id-up", "id-down", "id-with", "id-against", "created-up", "created-down", "updated-up", "updated-down",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a request asks for, as values. Cursors in milliseconds since 1970 UTC.

    ``finer``: the cursors have more digits, just below the next millisecond. ``capitals``: ids are written so.
    """

    days: float | None = None
    created_after: int | None = None
    updated_after: int | None = None
    finer: bool = False
    stage: str | None = None
    pipeline: str | None = None
    capitals: bool = False
    limit: int | None = None
    offset: int = 0

    @property
    def filters(self) -> tuple[str, ...]:
        """The time filters that are sent."""
        return tuple(name for name in FILTERS if getattr(self, name) is not None)

    @property
    def combination(self) -> str:
        """The same as the vocabulary names it."""
        return "+".join(self.filters) or "none"

    def parameters(self) -> dict[str, str]:
        """Each parameter as plain text."""
        found: dict[str, str] = {}
        if self.days is not None:
            found["days"] = f"{self.days!r}" if self.days % 1 else f"{self.days:.0f}"
        for name in ("created_after", "updated_after"):
            at = getattr(self, name)
            if at is not None:
                text = instants.write(at)
                found[name] = f"{text[:-1]}9999Z" if self.finer else text
        for name, one in (("stage_id", self.stage), ("pipeline_id", self.pipeline)):
            if one is not None:
                found[name] = one.upper() if self.capitals else one
        if self.limit is not None:
            found["limit"] = f"{self.limit}"
        if self.offset:
            found["offset"] = f"{self.offset}"
        return found

    def rules(self) -> tuple[str, ...]:
        """The rules that say which contacts come."""
        found = [BLOCKED]
        if self.days is not None:
            found += [WINDOW, MESSAGELESS, TICKETLESS, *([FRACTION] if self.days % 1 else [])]
        cursors = [name for name in ("created_after", "updated_after") if getattr(self, name) is not None]
        found += [EXCLUSIVE[name] for name in cursors if getattr(self, name) > 0]
        if any(getattr(self, name) > 0 for name in cursors):
            found.append(PRECISION)
        if len(self.filters) > 1:
            found.append(TOGETHER[self.combination])
        found += [STAGE] if self.stage else []
        found += [PIPELINE] if self.pipeline else []
        found += [CASE] if self.capitals else []
        return tuple(found)


@dataclass(slots=True)
class Lists:
    """Foretells lists over *population*; ``pipelines`` maps a pipeline's id to its stages' ids."""

    population: Population
    pipelines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _masks: dict[Hashable, Any] = field(default_factory=dict)
    _sorted: dict[Name, tuple[list[int], list[int]]] = field(default_factory=dict)
    chosen: dict[Hashable, list[float]] = field(default_factory=dict)
    """Numbers of days that were chosen before."""

    def expected(self, question: Question, by: Mapping[str, Hashable]) -> tuple[int, int] | None:
        """Who surely comes and who may, before the list is cut; None where unknown contacts may come.

        *by* has a value for each of the question's rules.
        """
        return self._expected(question, question.combination, by)

    def _expected(self, question: Question, combination: str, by: Mapping[str, Hashable]) -> tuple[int, int] | None:
        counted = by.get(TOGETHER.get(combination, ""), combination)
        surely, maybe, known = self.population.everyone, self.population.everyone, self.population.is_whole()
        for name in str(counted).split("+") if counted != "none" else ():
            sure, may, since = self._filter(name, question, by)
            surely, maybe = surely & sure, maybe & may
            known = known or since >= self.population.complete[BY_FILTER[name]]
        if not known:
            return None
        if not by[BLOCKED]:
            kept = self._mask("open", lambda one: not one.blocked)
            surely, maybe = surely & kept, maybe & kept
        for rule, wanted in ((STAGE, question.stage), (PIPELINE, question.pipeline)):
            if wanted is not None:
                kept = self._at(str(by[rule]), rule, wanted)
                if question.capitals and by[CASE] == "exact" and wanted != wanted.upper():
                    kept = 0
                surely, maybe = surely & kept, maybe & kept
        return surely, maybe

    def _mask(self, key: Hashable, keep: Callable[[Contact], bool]) -> int:
        found = self._masks.get(key)
        if found is None:
            found = self._masks[key] = self.population.having(map(keep, self.population.contacts))
        return int(found)

    def _at(self, way: str, rule: str, wanted: str) -> int:
        stages = (wanted,) if rule == STAGE else self.pipelines.get(wanted, ())

        def keep(one: Contact) -> bool:
            if way == "default_stage" or (way == "ticket_else_default" and not one.has_ticket):
                return one.default_stage in stages
            return one.stage in stages

        return self._mask((rule, way, wanted), keep)

    def filtered(self, name: str, question: Question, by: Mapping[str, Hashable]) -> int:
        """Who surely passes one time filter of *question*."""
        return self._filter(name, question, by)[0]

    def _filter(self, name: str, question: Question, by: Mapping[str, Hashable]) -> tuple[int, int, int]:
        if name != "days":
            at = getattr(question, name)
            exclusive, precision = by.get(EXCLUSIVE[name], True), by.get(PRECISION, "milliseconds")
            key = (name, at, question.finer, exclusive, precision)
            if key not in self._masks:
                self._masks[key] = self._cursor(BY_FILTER[name], at, question.finer, bool(exclusive), str(precision))
            mask, since = self._masks[key]
            return mask, mask, since
        window = ("days", question.days, by[WINDOW], by.get(FRACTION), by[MESSAGELESS], by[TICKETLESS])
        if window not in self._masks:
            self._masks[window] = self._days(question.days or 0.0, by)
        found: tuple[int, int, int] = self._masks[window]
        return found

    def _cursor(self, name: Name, at: int, finer: bool, exclusive: bool, precision: str) -> tuple[int, int]:
        if precision == "seconds":
            at = at // SECOND * SECOND
        elif finer and precision == "nearest":
            at += 1
        elif finer and precision == "microseconds":
            exclusive = True  # no printed instant stands between two milliseconds
        since = at + exclusive
        return self._later(name, since), since

    def _later(self, name: Name, since: int) -> int:
        """The contacts whose instant is *since* or later."""
        if name not in self._sorted:
            there = sorted(
                (at, place) for place, one in enumerate(self.population.contacts) if (at := one.at(name)) is not None
            )
            masks = [0]
            for _, place in reversed(there):
                masks.append(masks[-1] | 1 << place)
            self._sorted[name] = ([at for at, _ in there], masks[::-1])
        instants_of_all, masks = self._sorted[name]
        return masks[bisect_left(instants_of_all, since)]

    def _days(self, days: float, by: Mapping[str, Hashable]) -> tuple[int, int, int]:
        """Who surely passes, who may, and the window's beginning."""
        window: Any = by[WINDOW]
        unit, edge, zone = window
        fraction = by.get(FRACTION, True)
        if days % 1 and fraction in ROUNDED:
            days = ROUNDED[str(fraction)](days)
        first, last = (_since(now, days, str(unit), str(edge), str(zone)) for now in self.population.now or (0, 2**60))
        surely, maybe = self._later("last_message_at", last), self._later("last_message_at", first)
        if by[MESSAGELESS] == "listed":
            silent = self._mask("silent", lambda one: one.last_message_at is None)
            surely, maybe = surely | silent, maybe | silent
        if by[TICKETLESS] == "left-out":
            kept = self._mask("ticket", lambda one: one.has_ticket)
            surely, maybe = surely & kept, maybe & kept
        return surely, maybe, first

    def membership(self, question: Question) -> Reading:
        """What the answer to *question* says of which contacts come."""
        rules, combination = question.rules(), question.combination

        def foretold(by: Mapping[str, Hashable]) -> Hashable:
            if question.days is not None and question.days % 1 and by.get(FRACTION) is False:
                return "refused"
            expected = self._expected(question, combination, by)
            if expected is None or expected[0] != expected[1]:
                return UNKNOWN
            return expected[0]

        def agrees(by: Mapping[str, Hashable], reply: Any) -> bool | None:
            refused = question.days is not None and question.days % 1 != 0 and by.get(FRACTION) is False
            if reply.contacts is None:
                return refused and reply.status in REFUSALS
            if refused:
                return False
            expected = self._expected(question, combination, by)
            if expected is None:
                return True
            return self.fits(reply.contacts, question, *expected)

        return Reading(rules, foretold, agrees, combination)

    def fits(self, came: Sequence[Contact], question: Question, surely: int, maybe: int) -> bool:
        """Whether a list is what comes, as a set; a list that was cut is only some of it."""
        mask = self.population.mask(one.id for one in came)
        if mask & ~maybe or len({one.id for one in came}) != mask.bit_count():
            return False
        least, most = surely.bit_count() - question.offset, maybe.bit_count() - question.offset
        if question.limit is not None:
            least, most = min(least, question.limit), min(most, question.limit)
        whole = question.offset == 0 and (question.limit is None or len(came) < question.limit)
        return max(least, 0) <= len(came) <= max(most, 0) and (not whole or not surely & ~mask)


def _since(now: int, days: float, unit: str, edge: str, zone: str) -> int:
    """The first instant that passes ``days`` at the instant *now*."""
    if unit == "hours":
        since = now - days * DAY
        return math.floor(since) + 1 if edge == "exclusive" else math.ceil(since)
    shift = (int(zone[1:3]) * 60 + int(zone[4:])) * 60 * SECOND * (-1 if zone[0] == "-" else 1)
    start = math.floor((now + shift - days * DAY) / DAY)
    return (start + (unit == "calendar-today")) * DAY - shift


def sorting_key(sorting: str) -> tuple[str, bool]:
    """The field of a sorting, and whether it descends."""
    name, _, way = sorting.partition(" ")
    return name, way == "descending"


def is_sorted(came: Sequence[Contact], sorting: str) -> bool:
    """Whether a list is in that order, whatever it does with equal instants and with nulls."""
    name, descending = sorting_key(sorting)
    keys = [at for one in came if (at := getattr(one, name)) is not None]
    return all((first >= second) if descending else (first <= second) for first, second in pairwise(keys))


def tells_order(came: Sequence[Contact], usual: str) -> bool:
    """Whether a list in its usual order would show it: it is in no other one as well."""
    return len(came) > 2 and not any(is_sorted(came, one) for one in SORTINGS if one != usual)


def nulls_at(came: Sequence[Contact]) -> str | None:
    """Where contacts without a message stand in an order by last message: ``last``, ``first``, or None for unclear."""
    flags = [one.last_message_at is None for one in came]
    if len(set(flags)) < 2:
        return None
    if flags == sorted(flags):
        return "last"
    return "first" if flags == sorted(flags, reverse=True) else None


def runs_of(came: Sequence[Contact], name: Name) -> Iterable[list[Contact]]:
    """Neighbours with equal instants, two and more."""
    run: list[Contact] = []
    for one in came:
        if run and run[0].at(name) != one.at(name):
            if len(run) > 1:
                yield run
            run = []
        run.append(one)
    if len(run) > 1:
        yield run


def ties_of(came: Sequence[Contact], sorting: str) -> set[str] | None:
    """The directions of ties that a list in that order has; None where it has no ties to tell."""
    name, descending = sorting_key(sorting)
    left = set(TIES)
    told = False
    for run in runs_of(came, name) if name != "id" else ():  # type: ignore[arg-type]
        told = True
        left = {one for one in left if _is_tied(run, one, descending)}
    return left if told else None


def _is_tied(run: Sequence[Contact], ties: str, descending: bool) -> bool:
    field_name, _, way = ties.partition("-")
    down = {"up": False, "down": True, "with": descending, "against": not descending}[way]
    keys: list[Any] = [one.id if field_name == "id" else one.at(f"{field_name}_at") or 0 for one in run]  # type: ignore[arg-type]
    if field_name != "id":  # then by id, upwards
        pairs = [((-key if down else key), one.id) for key, one in zip(keys, run, strict=True)]
        return pairs == sorted(pairs)
    return all((first > second) if down else (first < second) for first, second in pairwise(keys))


def arranged(contacts: Iterable[Contact], sorting: str, ties: str = "id-up", nulls: str = "last") -> list[Contact]:
    """*contacts* in that order."""
    name, descending = sorting_key(sorting)
    found = sorted(contacts, key=lambda one: one.id)
    if name == "id":
        return found[::-1] if descending else found
    field_name, _, way = ties.partition("-")
    down = {"up": False, "down": True, "with": descending, "against": not descending}.get(way, False)
    if field_name == "id":
        found = found[::-1] if down else found
    else:
        found.sort(key=lambda one: -(one.at(f"{field_name}_at") or 0) if down else one.at(f"{field_name}_at") or 0)  # type: ignore[arg-type]
    there = [one for one in found if one.at(name) is not None]  # type: ignore[arg-type]
    missing = [one for one in found if one.at(name) is None]  # type: ignore[arg-type]
    there.sort(key=lambda one: -(one.at(name) or 0) if descending else one.at(name) or 0)  # type: ignore[arg-type]
    return [*missing, *there] if nulls == "first" else [*there, *missing]


def cursors_for(population: Population, name: Name, most: int = 12) -> list[int]:
    """Instants of contacts that tell most as a cursor: shared ones, and those with another in the same second."""
    all_of = population.instants(name)
    counts: dict[int, int] = {}
    for one in population.contacts:
        at = one.at(name)
        if at is not None:
            counts[at] = counts.get(at, 0) + 1
    if len(all_of) < 2:
        return all_of
    inner = all_of[:-1]
    close = [first for first, second in pairwise(all_of) if first // SECOND == second // SECOND]
    shared = [at for at in inner if counts.get(at, 0) > 1]
    fine = [at for at in inner if at % SECOND]
    spread = [inner[len(inner) * step // 6] for step in range(1, 6)]
    picked = [*close[-3:], *shared[-3:], *spread, *fine[-3:], inner[-1], inner[0]]
    return list(dict.fromkeys(picked))[:most]


def days_for(lists: Lists, windows: tuple[Hashable, ...], most: int) -> list[float]:
    """Whole numbers of days whose windows tell *windows* apart, values of `days-window`; the best first."""
    population = lists.population
    if population.now is None:
        return []
    key = ("days for", windows, most)
    if key not in lists.chosen:
        lists.chosen[key] = _days_for(lists, windows, population.now[1])[:most]
    return lists.chosen[key]


def _days_for(lists: Lists, windows: tuple[Hashable, ...], now: int) -> list[float]:
    population = lists.population
    found: dict[float, int] = {}
    base = {FRACTION: True, MESSAGELESS: "left-out", TICKETLESS: "listed"}
    ages = sorted({at for one in population.contacts if (at := one.last_message_at) is not None})
    near = sorted({min(max((now - at) // DAY + extra, 1), 365) for at in ages for extra in (0, 1, 2)})
    if len(near) > 120:
        near = near[:: len(near) // 120 + 1]
    for days in near:
        masks = set()
        for window in windows:
            surely, maybe, since = lists._filter("days", Question(days=float(days)), {**base, WINDOW: window})  # noqa: SLF001
            if since >= population.complete["last_message_at"]:
                masks.add((surely, maybe))
        found[float(days)] = len(masks)
    return sorted(found, key=lambda one: (-found[one], one))


def edge_days(population: Population) -> list[float]:
    """``days`` whose window begins at a contact's very message, for a frozen clock."""
    if population.now is None or population.now[0] != population.now[1]:
        return []
    now, found = population.now[0], []
    for one in population.contacts:
        at = one.last_message_at
        if at is None or not DAY <= now - at <= 365 * DAY or at <= population.complete["last_message_at"]:
            continue
        days = (now - at) / DAY
        if days * DAY == now - at:  # else the edge depends on how a server rounds
            found.append(days)
    whole, broken = [one for one in found if not one % 1], [one for one in found if 0.02 < one % 1 < 0.98]
    return [*whole[:2], *broken[:: len(broken) // MOST_FRACTIONS + 1]]


def fractions_for(population: Population) -> list[float]:
    """Fractions of days at which rounding, either way, would bring other contacts."""
    if population.now is None:
        return []
    now = population.now[1]
    ages = sorted((now - at) / DAY for one in population.contacts if (at := one.last_message_at) is not None)
    found = []
    for first, second in pairwise(ages):
        if first >= 1 and second <= 365 and second - first > 0.002:
            middle = round((first + second) / 2, 3)
            if 0.02 < middle % 1 < 0.98:
                found.append(middle)
    if len(found) > MOST_FRACTIONS:
        found = found[:: len(found) // MOST_FRACTIONS + 1]
    return found
