"""Drawn contacts, as numpy columns.

A column holds indices into the tables of the plan (names, stages, values), instants in milliseconds since 1970 UTC, or
flags; an index of -1 means null. Plain dicts (`rows`) and encoded text are both made from these columns.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from vambe_mock.contract.instants import DAY
from vambe_mock.generator.recipe import phones
from vambe_mock.generator.recipe.knobs import RECENCY_DAYS
from vambe_mock.generator.recipe.randomness import below, happens, lanes, uuid_halves, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vambe_mock.generator.recipe.plan import Plan
    from vambe_mock.generator.recipe.randomness import Flags, Indices, Lane, Words

NULL = -1
DOMAINS = ("example.com", "example.org", "example.net")

# The longest times, in milliseconds, from creation to the last message, and from that to the last update; one is drawn.
_TENURES = np.array([10_000, 30 * DAY, 200 * DAY, 700 * DAY], dtype=np.uint64)
_CHANGES = np.array([2_000, 300_000, 7_200_000, 3 * DAY])
_AGES = np.array([(last - first) * DAY for first, last in RECENCY_DAYS.values()], dtype=np.uint64)
_YOUNGEST = np.array([first * DAY + 1 for first, _ in RECENCY_DAYS.values()])
_FAMILY = 4  # contacts 4k to 4k + 3 may share the customer of contact 4k

Values = dict[tuple[str, int], "Indices"]


@dataclass(frozen=True)
class Draws:
    """Columns with an entry for each contact; `numbers` are the consecutive contact numbers."""

    numbers: Words
    person: Words
    id: tuple[Words, Words]
    customer: tuple[Words, Words]
    has_customer: Flags
    ticket: tuple[Words, Words]
    has_ticket: Flags
    locale: Indices
    first: Indices
    second: Indices
    last: Indices
    maternal: Indices
    phone: Words
    has_phone: Flags
    email_domain: Indices
    platform: Indices
    chat_status: Indices
    created_at: Indices
    last_message_at: Indices
    updated_at: Indices
    has_message: Flags
    default_stage: Indices
    current_stage: Indices
    blocked: Flags
    is_chat_read: Flags
    values: Values
    """(entity, index into `plan.fields`) -> index into that field's values, or NULL."""
    repeated_case: Indices
    """Index into `plan.repeatable_patches` for a contact that repeats an edge case, or NULL."""

    def take(self, rows: Indices | slice) -> Draws:
        """The columns of these rows only."""
        return Draws(**{field.name: _taken(getattr(self, field.name), rows) for field in fields(self)})

    def in_pieces(self, size: int) -> Iterator[Draws]:
        """Views of the columns, at most `size` contacts each."""
        for start in range(0, len(self.numbers), size):
            yield self.take(slice(start, start + size))


@dataclass(frozen=True)
class People:
    """Names, phone numbers and e-mail addresses without contacts; the columns are those of `Draws`."""

    person: Words
    locale: Indices
    first: Indices
    second: Indices
    last: Indices
    maternal: Indices
    phone: Words
    has_phone: Flags
    email_domain: Indices


def draw_people(plan: Plan, persons: Words, numbers: Words, has_phone: Flags, has_email: Flags) -> People:
    """Draw name and e-mail address by person, phone number by contact number (as `draw` does).

    The same person has the same name and address; ten million consecutive numbers have different phone numbers.
    """
    locale_lane, sex_lane = lanes(plan.seed, "person", persons, 2)
    locale = plan.locales[locale_lane]
    names = _names(plan, persons, locale, sex_lane)
    domain = np.where(has_email, plan.domains[sex_lane >> 1], NULL)
    return People(persons, locale, *names, phones.digits(plan.seed, numbers, locale), has_phone, domain)


def _taken(column: Any, rows: Indices | slice) -> Any:
    if isinstance(column, tuple):
        return tuple(half[rows] for half in column)
    if isinstance(column, dict):
        return {name: indices[rows] for name, indices in column.items()}
    return column[rows]


def head_size(plan: Plan) -> int:
    """The number of edge cases at the start of the set, rounded up to whole families."""
    return -(-len(plan.first_patches) // _FAMILY) * _FAMILY


def draw(plan: Plan, start: int, stop: int) -> Draws:
    """Draw contacts `start` to `stop` - 1."""
    return _ColumnDraw(plan, np.arange(start, stop, dtype=np.uint64)).draws()


def repeated_cases(plan: Plan, numbers: Words) -> Indices:
    """Index into `plan.repeatable_patches` for each of these contacts that repeats an edge case, or NULL."""
    if not plan.shape.edge_case_share:
        return np.full(len(numbers), NULL)
    chance, which = lanes(plan.seed, "edge case", numbers, 2)
    later = numbers >= np.uint64(head_size(plan))
    is_case = later & happens(chance, plan.shape.edge_case_share)
    return np.where(is_case, below(which, len(plan.repeatable_patches)), NULL)


class _ColumnDraw:
    """Draws the columns of some contact numbers; each method draws a few of them."""

    def __init__(self, plan: Plan, numbers: Words) -> None:
        self.plan, self.shape, self.numbers = plan, plan.shape, numbers
        self.repeated_case = repeated_cases(plan, numbers)
        # A contact that a patch will make an edge case is drawn as an ordinary one: nothing null, not blocked, no tie.
        self.plain = numbers < np.uint64(len(plan.first_patches))
        if self.shape.edge_case_share:
            self.plain |= self.repeated_case != NULL

    def draws(self) -> Draws:
        seed, shape, numbers = self.plan.seed, self.shape, self.numbers
        person, platform = self._families()
        self.person = person
        locale_lane, sex_lane, pipeline_lane, second_pipeline_lane = self._lanes("person", 4, person)
        locale = self.plan.locales[locale_lane]
        never, null_customer, ticket, null_stage = self._lanes("nulls", 4)
        null_phone, null_email, null_default = self._lanes("more nulls", 3)
        has_message = self._unless(never, shape.never_messaged)
        has_customer = self._unless(null_customer, shape.null_customer)
        has_ticket = self.plain | happens(ticket, shape.tickets)
        created, message, updated = self._instants(has_message)
        default_stage, current_stage = self._stages(pipeline_lane, second_pipeline_lane)
        status, read, blocked = self._lanes("chat", 3)
        chat_status = self.plan.chat_statuses[status]
        first, second, last, maternal = _names(self.plan, person, locale, sex_lane)
        return Draws(
            numbers=numbers,
            person=person,
            id=uuid_halves(seed, "id", numbers),
            customer=uuid_halves(seed, "customer id", person),
            has_customer=has_customer,
            ticket=uuid_halves(seed, "ticket id", numbers),
            has_ticket=has_ticket,
            locale=locale,
            first=first,
            second=second,
            last=last,
            maternal=maternal,
            phone=phones.digits(seed, numbers, locale),
            has_phone=self.plain | ~happens_by(null_phone, self.plan.null_phone_thresholds, platform),
            email_domain=self._or_null(self.plan.domains[sex_lane >> 1], null_email, shape.null_email),
            platform=platform,
            chat_status=chat_status,
            created_at=created,
            last_message_at=message,
            updated_at=updated,
            has_message=has_message,
            default_stage=self._or_null(default_stage, null_default, shape.null_default_stage),
            current_stage=np.where(has_ticket & self._unless(null_stage, shape.null_stage), current_stage, NULL),
            blocked=~self.plain & happens(blocked, shape.blocked),
            is_chat_read=happens_by(read, self.plan.read_thresholds, chat_status),
            values=self._values(locale, has_customer, has_ticket),
            repeated_case=self.repeated_case,
        )

    def _lanes(self, field: str, count: int, numbers: Words | None = None) -> tuple[Lane, ...]:
        return lanes(self.plan.seed, field, self.numbers if numbers is None else numbers, count)

    def _unless(self, lane: Lane, null_share: float) -> Flags:
        present: Flags = self.plain | ~happens(lane, null_share)
        return present

    def _or_null(self, indices: Indices, lane: Lane, null_share: float) -> Indices:
        return np.where(self._unless(lane, null_share), indices, NULL)

    def _families(self) -> tuple[Words, Indices]:
        """For each contact, the number of the first contact of its customer; and its platform."""
        first = int(self.numbers[0]) // _FAMILY * _FAMILY if len(self.numbers) else 0
        skipped = int(self.numbers[0]) - first if len(self.numbers) else 0
        count = -(-(skipped + len(self.numbers)) // _FAMILY) * _FAMILY
        numbers = np.arange(first, first + count, dtype=np.uint64)
        platform, joins = self._platforms_and_joins(numbers)
        leader = numbers & np.uint64(2**64 - _FAMILY)
        part = slice(skipped, skipped + len(self.numbers))
        return self._first_families(np.where(joins, leader, numbers)[part]), platform[part]

    def _platforms_and_joins(self, numbers: Words) -> tuple[Indices, Flags]:
        """Platforms of whole families, and who joins the family's customer: on each platform at most one contact."""
        platform_lane, joins_lane = self._lanes("platform", 2, numbers)
        platform = self.plan.platforms[platform_lane]
        # A quarter of the contacts lead a family and cannot join one.
        may = happens(joins_lane, min(1.0, self.shape.shared_customers * 4 / 3))
        may &= numbers >= np.uint64(head_size(self.plan))
        if self.shape.edge_case_share:
            cases = repeated_cases(self.plan, numbers) != NULL
            may &= ~(cases | np.repeat(cases[::_FAMILY], _FAMILY))
        bit = (1 << platform).reshape(-1, _FAMILY)
        joins = may.reshape(-1, _FAMILY).copy()
        joins[:, 0] = False
        taken = bit[:, 0].copy()
        for place in range(1, _FAMILY):
            joins[:, place] &= taken & bit[:, place] == 0
            taken |= np.where(joins[:, place], bit[:, place], 0)
        return platform, joins.ravel()

    def _first_families(self, person: Words) -> Words:
        """The same, with the customers of edge cases that are several contacts of one customer."""
        customers = np.array(self.plan.first_customers, dtype=np.uint64)
        first = self.numbers < np.uint64(len(customers))
        if first.any():
            person[first] = customers[self.numbers[first].astype(np.int64)]
        return person

    def _instants(self, has_message: Flags) -> tuple[Indices, Indices, Indices]:
        """created_at, last_message_at and updated_at, in this chronological order, none after the anchor."""
        pair = self.numbers >> np.uint64(1)
        tied = ~self.plain & happens(self._lanes("tie", 1, pair)[0], self.shape.ties)
        numbers = np.where(tied, pair << np.uint64(1), self.numbers)
        bucket_lane, tenure_lane, change_lane = self._lanes("recency", 3, numbers)
        bucket = self.plan.recency[bucket_lane]
        word = words(self.plan.seed, "age", numbers)
        age = _YOUNGEST[bucket] + (word % _AGES[bucket]).view(np.int64)
        tenure_word = words(self.plan.seed, "tenure", numbers)
        tenure = (tenure_word % _TENURES[tenure_lane & 3]).view(np.int64)
        # The word's upper 24 bits again: whatever they are, its lower 40 still make the remainder above uniform.
        change = (tenure_word >> np.uint64(40)).view(np.int64) * _CHANGES[change_lane & 3] >> 24
        message = self.plan.anchor - age
        # A contact without a message is created at the instant that would be its last message.
        created = np.where(has_message, message - tenure, message)
        return created, message, message + np.where(change < age, change, change % age)

    def _stages(self, pipeline: Lane, again: Lane) -> tuple[Indices, Indices]:
        """Default and current stage, as indices into `plan.stage_ids`: of one pipeline, early stages more often."""
        count, stages = self.shape.pipelines, self.shape.stages
        first = np.minimum(below(pipeline, count), below(again, count)) * stages
        one, two, three, four = self._lanes("stages", 4)
        default = np.minimum(below(one, stages), below(two, stages))
        return first + default, first + np.minimum(below(three, stages), below(four, stages))

    def _values(self, locale: Indices, has_customer: Flags, has_ticket: Flags) -> Values:
        """Custom values, for the customer and the ticket where there is one (`set-no-customer`)."""
        owners = {"customer": (self.person, has_customer), "ticket": (self.numbers, has_ticket)}
        values: Values = {}
        for entity, (numbers, present) in owners.items():
            for nth, (index, table) in enumerate(self.plan.tables[entity]):
                value, filled = self._lanes(f"{entity} {self.plan.fields[index].key}", 2, numbers)
                # The first field of an entity always has a value, so that all others begin with a comma in JSON.
                has = present & self._filled(filled) if nth else present
                start, size = (0, table.sizes[0]) if len(table.sizes) == 1 else table.of_groups(locale)
                values[entity, index] = np.where(has, start + below(value, size), NULL)
        return values

    def _filled(self, lane: Lane) -> Flags:
        filled: Flags = self.plain | happens(lane, self.shape.filled)
        return filled


def _names(plan: Plan, person: Words, locale: Indices, sex: Lane) -> tuple[Indices, Indices, Indices, Indices]:
    """First, second, last and maternal name, as indices into the plan's first and last names."""
    first, second, last, maternal = lanes(plan.seed, "names", person, 4)
    has_second, has_maternal = lanes(plan.seed, "more names", person, 2)
    group = locale * 2 + (sex & 1)
    given, surnames = plan.first_names, plan.last_names
    start, size = given.of_groups(group)
    last_start, last_size = surnames.of_groups(locale)
    return (
        start + below(first, size),
        np.where(happens(has_second, plan.shape.second_names), start + below(second, size), NULL),
        last_start + below(last, last_size),
        np.where(happens(has_maternal, plan.shape.maternal_names), last_start + below(maternal, last_size), NULL),
    )


def happens_by(lane: Lane, thresholds: Indices, group: Indices) -> Flags:
    """True where the lane is below the threshold (0 to 65,536) of the contact's group."""
    flags: Flags = lane < thresholds[group]
    return flags
