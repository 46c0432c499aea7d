"""The contacts as columns of whole numbers: what was drawn for each, before any of it is text.

A column holds indices into the tables of the plan (a token, a stage, a value), instants in milliseconds since 1970
UTC, or flags. -1 stands for null. Both ways of writing a contact start from here.
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

# How long before its last message a contact was created, and how long after it it was last changed, at most.
_TENURES = np.array([10_000, 30 * DAY, 200 * DAY, 700 * DAY], dtype=np.uint64)
_CHANGES = np.array([2_000, 300_000, 7_200_000, 3 * DAY])
_AGES = np.array([(last - first) * DAY for first, last in RECENCY_DAYS.values()], dtype=np.uint64)
_YOUNGEST = np.array([first * DAY + 1 for first, _ in RECENCY_DAYS.values()])
_FAMILY = 4  # contacts 4k to 4k + 3 may share the customer of 4k

Values = dict[tuple[str, int], "Indices"]


@dataclass(frozen=True)
class Draws:
    """One entry a contact in every column; `numbers` are the contact numbers, in steps of one."""

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
    """(entity, place in the plan's fields) -> index into that field's values, or NULL."""
    repeated: Indices
    """The place of a repeated edge case in the plan's list, or NULL."""

    def take(self, places: Indices | slice) -> Draws:
        """The same columns of the contacts at these places."""
        return Draws(**{field.name: _taken(getattr(self, field.name), places) for field in fields(self)})

    def in_pieces(self, size: int) -> Iterator[Draws]:
        """The same columns, so many contacts at a time, without copying any."""
        for start in range(0, len(self.numbers), size):
            yield self.take(slice(start, start + size))


def _taken(column: Any, places: Indices | slice) -> Any:
    if isinstance(column, tuple):
        return tuple(half[places] for half in column)
    if isinstance(column, dict):
        return {name: indices[places] for name, indices in column.items()}
    return column[places]


def head_size(plan: Plan) -> int:
    """How many contacts at the beginning are edge cases, filled up to whole families."""
    return -(-len(plan.head) // _FAMILY) * _FAMILY


def draw(plan: Plan, start: int, stop: int) -> Draws:
    """The columns of contacts `start` to `stop` - 1."""
    return _Dice(plan, np.arange(start, stop, dtype=np.uint64)).draws()


def repeated(plan: Plan, numbers: Words) -> Indices:
    """Which of the plan's repeated edge cases each of these contacts is, or NULL."""
    if not plan.shape.edge_case_share:
        return np.full(len(numbers), NULL)
    is_one, which = lanes(plan.seed, "edge case", numbers, 2)
    later = numbers >= np.uint64(head_size(plan))
    is_case = later & happens(is_one, plan.shape.edge_case_share)
    return np.where(is_case, below(which, len(plan.repeated)), NULL)


class _Dice:
    """The plan's seed and shape over some contact numbers: each method draws a few columns."""

    def __init__(self, plan: Plan, numbers: Words) -> None:
        self.plan, self.shape, self.numbers = plan, plan.shape, numbers
        self.repeated = repeated(plan, numbers)
        # A contact that will be an edge case is plain before: nothing null, not blocked, no tie.
        self.plain = numbers < np.uint64(len(plan.head))
        if self.shape.edge_case_share:
            self.plain |= self.repeated != NULL

    def draws(self) -> Draws:
        seed, shape, numbers = self.plan.seed, self.shape, self.numbers
        person, platform = self._families()
        self.person = person
        who = self._lanes("person", 4, person)
        locale = self.plan.locales[who[0]]
        never, null_customer, ticket, null_stage = self._lanes("nulls", 4)
        null_phone, null_email, null_default = self._lanes("more nulls", 3)
        has_message = self._unless(never, shape.never_messaged)
        has_customer = self._unless(null_customer, shape.null_customer)
        has_ticket = self.plain | happens(ticket, shape.tickets)
        created, message, updated = self._instants(has_message)
        default_stage, current_stage = self._stages(who[2], who[3])
        status, read, blocked = self._lanes("chat", 3)
        chat_status = self.plan.chat_statuses[status]
        first, second, last, maternal = self._names(locale, who[1])
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
            has_phone=self.plain | ~happens_by(null_phone, self.plan.null_phones, platform),
            email_domain=self._or_null(self.plan.domains[who[1] >> 1], null_email, shape.null_email),
            platform=platform,
            chat_status=chat_status,
            created_at=created,
            last_message_at=message,
            updated_at=updated,
            has_message=has_message,
            default_stage=self._or_null(default_stage, null_default, shape.null_default_stage),
            current_stage=np.where(has_ticket & self._unless(null_stage, shape.null_stage), current_stage, NULL),
            blocked=~self.plain & happens(blocked, shape.blocked),
            is_chat_read=happens_by(read, self.plan.reads, chat_status),
            values=self._values(locale, has_customer, has_ticket),
            repeated=self.repeated,
        )

    def _lanes(self, field: str, count: int, numbers: Words | None = None) -> tuple[Lane, ...]:
        return lanes(self.plan.seed, field, self.numbers if numbers is None else numbers, count)

    def _unless(self, lane: Lane, null_share: float) -> Flags:
        there: Flags = self.plain | ~happens(lane, null_share)
        return there

    def _or_null(self, indices: Indices, lane: Lane, null_share: float) -> Indices:
        return np.where(self._unless(lane, null_share), indices, NULL)

    def _families(self) -> tuple[Words, Indices]:
        """The customer of each contact, as the contact number that began it, and the contact's platform."""
        first = int(self.numbers[0]) // _FAMILY * _FAMILY if len(self.numbers) else 0
        skipped = int(self.numbers[0]) - first if len(self.numbers) else 0
        count = -(-(skipped + len(self.numbers)) // _FAMILY) * _FAMILY
        numbers = np.arange(first, first + count, dtype=np.uint64)
        platform, joins = self._platforms_and_joins(numbers)
        leader = numbers & np.uint64(2**64 - _FAMILY)
        part = slice(skipped, skipped + len(self.numbers))
        return self._head_families(np.where(joins, leader, numbers)[part]), platform[part]

    def _platforms_and_joins(self, numbers: Words) -> tuple[Indices, Flags]:
        """Of whole families: a contact joins its family's customer only on a platform where that has no contact."""
        platform_lane, joins_lane = self._lanes("platform", 2, numbers)
        platform = self.plan.platforms[platform_lane]
        # A quarter of the contacts lead a family and cannot join one.
        may = happens(joins_lane, min(1.0, self.shape.shared_customers * 4 / 3))
        may &= numbers >= np.uint64(head_size(self.plan))
        if self.shape.edge_case_share:
            cases = repeated(self.plan, numbers) != NULL
            may &= ~(cases | np.repeat(cases[::_FAMILY], _FAMILY))
        bit = (1 << platform).reshape(-1, _FAMILY)
        joins = may.reshape(-1, _FAMILY).copy()
        joins[:, 0] = False
        taken = bit[:, 0].copy()
        for place in range(1, _FAMILY):
            joins[:, place] &= taken & bit[:, place] == 0
            taken |= np.where(joins[:, place], bit[:, place], 0)
        return platform, joins.ravel()

    def _head_families(self, person: Words) -> Words:
        """The same for edge cases that are several contacts of one customer."""
        leaders = np.array(self.plan.leaders, dtype=np.uint64)
        in_head = self.numbers < np.uint64(len(leaders))
        if in_head.any():
            person[in_head] = leaders[self.numbers[in_head].astype(np.int64)]
        return person

    def _names(self, locale: Indices, sex: Lane) -> tuple[Indices, Indices, Indices, Indices]:
        """Indices into the plan's first names (the women's and men's of each locale) and last names."""
        first, second, last, maternal = self._lanes("names", 4, self.person)
        has_second, has_maternal = self._lanes("more names", 2, self.person)
        group = locale * 2 + (sex & 1)
        given, surnames = self.plan.first_names, self.plan.last_names
        begin, size = given.begins[group], given.sizes[group]
        last_begin, last_size = surnames.begins[locale], surnames.sizes[locale]
        return (
            begin + below(first, size),
            np.where(happens(has_second, 0.2), begin + below(second, size), NULL),
            last_begin + below(last, last_size),
            np.where(happens(has_maternal, 0.45), last_begin + below(maternal, last_size), NULL),
        )

    def _instants(self, has_message: Flags) -> tuple[Indices, Indices, Indices]:
        """created_at, last_message_at, updated_at: in this order in time, none after the anchor."""
        pair = self.numbers >> np.uint64(1)
        tied = ~self.plain & happens(self._lanes("tie", 1, pair)[0], self.shape.ties)
        numbers = np.where(tied, pair << np.uint64(1), self.numbers)
        bucket_lane, tenure_lane, change_lane = self._lanes("recency", 3, numbers)
        bucket = self.plan.recency[bucket_lane]
        word = words(self.plan.seed, "age", numbers)
        age = _YOUNGEST[bucket] + (word % _AGES[bucket]).view(np.int64)
        tenure_word = words(self.plan.seed, "tenure", numbers)
        tenure = (tenure_word % _TENURES[tenure_lane & 3]).view(np.int64)
        # 24 bits of a word that is spent otherwise only above them.
        change = (tenure_word >> np.uint64(40)).view(np.int64) * _CHANGES[change_lane & 3] >> 24
        message = self.plan.anchor - age
        # The never messaged were created at the moment that the others wrote last.
        created = np.where(has_message, message - tenure, message)
        return created, message, message + np.where(change < age, change, change % age)

    def _stages(self, pipeline: Lane, again: Lane) -> tuple[Indices, Indices]:
        """Indices of default and current stage: both of one pipeline, early stages fuller than late ones."""
        count, stages = self.shape.pipelines, self.shape.stages
        beginning = np.minimum(below(pipeline, count), below(again, count)) * stages
        one, two, three, four = self._lanes("stages", 4)
        default = np.minimum(below(one, stages), below(two, stages))
        return beginning + default, beginning + np.minimum(below(three, stages), below(four, stages))

    def _values(self, locale: Indices, has_customer: Flags, has_ticket: Flags) -> Values:
        of = {"customer": (self.person, has_customer), "ticket": (self.numbers, has_ticket)}
        values: Values = {}
        for entity, (numbers, there) in of.items():
            for nth, (place, table) in enumerate(self.plan.tables[entity]):
                value, filled = self._lanes(f"{entity} {self.plan.fields[place].key}", 2, numbers)
                # The first field of an entity always has a value: so the rest each begin with a comma.
                has = there & self._filled(filled) if nth else there
                begin, size = (0, table.sizes[0]) if len(table.sizes) == 1 else table.of_groups(locale)
                values[entity, place] = np.where(has, begin + below(value, size), NULL)
        return values

    def _filled(self, lane: Lane) -> Flags:
        filled: Flags = self.plain | happens(lane, self.shape.filled)
        return filled


def happens_by(lane: Lane, thresholds: Indices, group: Indices) -> Flags:
    """True where the lane is below the threshold (0 to 65,536) of the contact's group."""
    flags: Flags = lane < thresholds[group]
    return flags
