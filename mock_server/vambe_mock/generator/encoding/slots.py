"""The slots of a JSON or CSV line: how each drawn column becomes text."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from functools import cache, lru_cache, partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from vambe_mock.contract.instants import DAY
from vambe_mock.contract.vocabulary import CHAT_STATUSES, ENTITIES
from vambe_mock.generator.drawing.draws import DOMAINS, NULL
from vambe_mock.generator.encoding.sheet import Sheet
from vambe_mock.generator.recipe import phones, pools
from vambe_mock.generator.recipe.knobs import PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.recipe.plan import Plan, ValueTable
    from vambe_mock.generator.recipe.randomness import Flags, Indices

    Column = Callable[[Draws], Indices]
    Condition = Callable[[Draws], Flags]

_OLDEST_DAYS = 1095 + 700 + 2  # the age of the oldest last message, and the longest time from creation to it
_EMPTY = b""
_MYRIAD = 10_000
_MAX_COMBINATIONS = 2048


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # json.dumps would make one for every value


def json_text(value: Any) -> str:
    """A value as compact JSON."""
    return _ENCODER.encode(value)


def csv_text(value: Any) -> str:
    """A value as a CSV cell: empty for null, quoted only where needed, numbers and booleans as in JSON."""
    if value is None:
        return ""
    cell = value if isinstance(value, str) else json_text(value)
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([cell, "x"])
    return buffer.getvalue().removesuffix(",x")


class Slots:
    """Adds the slots of fields to a sheet. `quote` is put around texts, `null` stands for null."""

    def __init__(self, plan: Plan, quote: str, null: str) -> None:
        """An empty sheet for one plan and text format."""
        self.plan, self.quote, self.null, self.sheet = plan, quote, null, Sheet()

    def constant(self, text: str) -> None:
        """Add a constant."""
        self.sheet.constant(text)

    def one_of(self, values: list[Any], column: Column, text: Callable[[Any], str]) -> None:
        """Add one of these values, or null where the index is -1."""
        self.sheet.look_up([*(text(value).encode() for value in values), self.null.encode()], column)

    def uuid(self, name: str, present: Condition | None) -> None:
        """Add the UUID in the column of that name; null where it is not present."""
        if present is not None:
            self.sheet.begin_optional()
        self.constant(self.quote)
        self.sheet.uuid(lambda drawn: getattr(drawn, name))
        self.constant(self.quote)
        if present is not None:
            self.sheet.end_optional(present, self.null)

    def name(self) -> None:
        """Add the name: first, second if any, last, and maternal if any."""
        first, last = self.plan.first_names.values, self.plan.last_names.values
        self.sheet.look_up([f"{self.quote}{name}".encode() for name in first], lambda drawn: drawn.first)
        self.sheet.look_up([*(f" {name}".encode() for name in first), _EMPTY], lambda drawn: drawn.second)
        self.sheet.look_up([f" {name}".encode() for name in last], lambda drawn: drawn.last)
        maternal = [*(f" {name}{self.quote}".encode() for name in last), self.quote.encode()]
        self.sheet.look_up(maternal, lambda drawn: drawn.maternal)

    def phone(self) -> None:
        """Add the phone number: the prefix of the locale and seven or eight digits; or null."""
        self.sheet.begin_optional()
        prefixes = [f"{self.quote}{prefix}".encode() for prefix, _ in phones.PREFIXES]
        self.sheet.look_up(prefixes, lambda drawn: drawn.locale)
        seven_digits = np.array([width == 7 for _, width in phones.PREFIXES])  # the others have eight

        def upper_digits(drawn: Draws) -> Indices:
            first_digits = (drawn.phone // np.uint64(_MYRIAD)).view(np.int64)
            entry: Indices = first_digits + seven_digits[drawn.locale] * _MYRIAD
            return entry

        self.sheet.look_up(_padded(4) + _padded(3), upper_digits)
        self.sheet.look_up(_padded(4, self.quote), lambda drawn: (drawn.phone % np.uint64(_MYRIAD)).view(np.int64))
        self.sheet.end_optional(lambda drawn: drawn.has_phone, self.null)

    def email(self) -> None:
        """Add the e-mail address: first and last name, the customer's number, a reserved domain; or null."""
        self.sheet.begin_optional()
        first = [f"{self.quote}{pools.slug(name)}.".encode() for name in self.plan.first_names.values]
        self.sheet.look_up(first, lambda drawn: drawn.first)
        last = [pools.slug(name).encode() for name in self.plan.last_names.values]
        self.sheet.look_up(last, lambda drawn: drawn.last)
        self._integer(lambda drawn: drawn.person.view(np.int64))
        self.sheet.look_up([f"@{domain}{self.quote}".encode() for domain in DOMAINS], lambda drawn: drawn.email_domain)
        self.sheet.end_optional(lambda drawn: drawn.email_domain != NULL, self.null)

    def _integer(self, column: Column) -> None:
        """Add an integer of up to eight digits."""
        self.sheet.look_up((_EMPTY, *_unpadded()[1:]), lambda drawn: column(drawn) // _MYRIAD)

        def index(drawn: Draws) -> Indices:
            number = column(drawn)
            return number % _MYRIAD + (number >= _MYRIAD) * _MYRIAD

        self.sheet.look_up(_unpadded() + _padded(4), index)  # leading zeros only after a part above

    def instant(self, name: str, present: Condition | None) -> None:
        """Add an instant: UTC, three fraction digits and `Z`; null where it is not present."""
        if present is not None:
            self.sheet.begin_optional()
        first = self.plan.anchor // DAY - _OLDEST_DAYS

        def of(drawn: Draws) -> Indices:
            milliseconds: Indices = getattr(drawn, name)
            return milliseconds

        self.sheet.look_up(_days(first, self.quote), lambda drawn: of(drawn) // DAY - first)
        self.sheet.look_up(_minutes(), lambda drawn: of(drawn) % DAY // 60_000)
        self.sheet.look_up(_padded(2)[:60], lambda drawn: of(drawn) % 60_000 // 1000)
        milliseconds = (b"." + digits for digits in _padded(3, f"Z{self.quote}"))
        self.sheet.look_up(milliseconds, lambda drawn: of(drawn) % 1000)
        if present is not None:
            self.sheet.end_optional(present, self.null)


# The entries of look-ups that many sets have in common; making them takes longer than drawing a small set.
@cache
def _padded(width: int, after: str = "") -> tuple[bytes, ...]:
    """All numbers of so many digits, with leading zeros."""
    return tuple(f"{value:0{width}d}{after}".encode() for value in range(10**width))


@cache
def _unpadded() -> tuple[bytes, ...]:
    """The numbers below a myriad, without leading zeros."""
    return tuple(str(value).encode() for value in range(_MYRIAD))


@cache
def _minutes() -> tuple[bytes, ...]:
    return tuple(f"{minute // 60:02d}:{minute % 60:02d}:".encode() for minute in range(24 * 60))


@lru_cache(maxsize=8)
def _days(first: int, quote: str) -> tuple[bytes, ...]:
    """The dates from the day `first` after 1970 on, each with the `T` that follows it."""
    start = date(1970, 1, 1) + timedelta(first)
    return tuple(f"{quote}{(start + timedelta(day)).isoformat()}T".encode() for day in range(_OLDEST_DAYS + 5))


def json_lines(plan: Plan) -> Sheet:
    """The sheet of JSON lines, including line breaks."""
    slots = Slots(plan, '"', "null")
    constant, one_of = slots.constant, partial(slots.one_of, text=json_text)
    constant('{"id":')
    slots.uuid("id", None)
    constant(',"name":')
    slots.name()
    constant(',"phone":')
    slots.phone()
    constant(',"email":')
    slots.email()
    constant(',"platform":')
    one_of([*PLATFORMS], lambda drawn: drawn.platform)
    constant(',"last_message_at":')
    slots.instant("last_message_at", lambda drawn: drawn.has_message)
    constant(',"chat_status":')
    one_of([*CHAT_STATUSES], lambda drawn: drawn.chat_status)
    constant(',"created_at":')
    slots.instant("created_at", None)
    if not plan.shape.legacy:
        constant(',"updated_at":')
        slots.instant("updated_at", None)
    constant(f',"client_id":"{plan.shape.client_id}","ai_customer_id":')
    slots.uuid("customer", lambda drawn: drawn.has_customer)
    constant(',"default_stage_id":')
    _json_stage_and_flags(slots)
    constant(',"active_ticket_v2":')
    slots.sheet.begin_optional()
    constant('{"id":')
    slots.uuid("ticket", None)
    constant(',"current_stage_id":')
    one_of(plan.stage_ids, lambda drawn: drawn.current_stage)
    constant("}")
    slots.sheet.end_optional(lambda drawn: drawn.has_ticket, "null")
    constant(',"custom_fields":{"customer":{')
    _json_values(slots, "customer")
    constant('},"ticket":{')
    _json_values(slots, "ticket")
    constant("}}}\n")
    return slots.sheet


def _json_stage_and_flags(slots: Slots) -> None:
    """Add default_stage_id, blocked and is_chat_read: few values each, so one look-up for all combinations."""
    stages = [*slots.plan.stage_ids, None]
    entries = [
        f'{json_text(stage)},"blocked":{json_text(blocked)},"is_chat_read":{json_text(read)}'.encode()
        for stage, blocked, read in product(stages, (False, True), (False, True))
    ]

    def index(drawn: Draws) -> Indices:
        stage = np.where(drawn.default_stage == NULL, len(stages) - 1, drawn.default_stage)
        combination: Indices = stage * 4 + drawn.blocked * 2 + drawn.is_chat_read
        return combination

    slots.sheet.look_up(entries, index)


def _json_values(slots: Slots, entity: str) -> None:
    """Add the custom values of an entity: adjacent fields with few values share a look-up of all combinations."""
    fields = slots.plan.tables[entity]
    first = 0
    while first < len(fields):
        stop, size = first + 1, len(fields[first][1].values) + 1
        while stop < len(fields) and size * (len(fields[stop][1].values) + 1) <= _MAX_COMBINATIONS:
            size *= len(fields[stop][1].values) + 1
            stop += 1
        texts = [_members(slots.plan, nth, *fields[nth]) for nth in range(first, stop)]
        sizes = [len(members) for members in texts]
        columns = [_values_of(entity, field) for field, _ in fields[first:stop]]
        slots.sheet.look_up((b"".join(members) for members in product(*texts)), _combined(columns, sizes))
        first = stop


def _members(plan: Plan, nth: int, field: int, table: ValueTable) -> list[bytes]:
    """The JSON member for no value, which is empty, and for each value; a comma precedes all fields but the first."""
    before = ("," if nth else "") + json_text(plan.fields[field].key) + ":"
    return [_EMPTY, *(f"{before}{json_text(value)}".encode() for value in table.values)]


def _combined(columns: list[Column], sizes: list[int]) -> Column:
    """The index of a combination in the product of these columns' values, each of which starts with -1."""

    def index(drawn: Draws) -> Indices:
        combination = columns[0](drawn) + 1
        for column, size in zip(columns[1:], sizes[1:], strict=True):
            combination = combination * size + (column(drawn) + 1)
        return combination

    return index


def _values_of(entity: str, field: int) -> Column:
    return lambda drawn: drawn.values[entity, field]


def csv_lines(plan: Plan) -> Sheet:
    """The sheet of CSV lines, including line breaks; the columns are those of `flat.columns`."""
    slots = Slots(plan, "", "")
    one_of = partial(slots.one_of, text=csv_text)
    slots.uuid("id", None)
    for add in (slots.name, slots.phone, slots.email):
        slots.constant(",")
        add()
    slots.constant(",")
    one_of([*PLATFORMS], lambda drawn: drawn.platform)
    slots.constant(",")
    slots.instant("last_message_at", lambda drawn: drawn.has_message)
    slots.constant(",")
    one_of([*CHAT_STATUSES], lambda drawn: drawn.chat_status)
    for name in ("created_at",) if plan.shape.legacy else ("created_at", "updated_at"):
        slots.constant(",")
        slots.instant(name, None)
    slots.constant(f",{plan.shape.client_id},")
    slots.uuid("customer", lambda drawn: drawn.has_customer)
    slots.constant(",")
    one_of(plan.stage_ids, lambda drawn: drawn.default_stage)
    slots.constant(",")
    one_of([False, True], lambda drawn: drawn.blocked.astype(np.int64))
    slots.constant(",")
    one_of([False, True], lambda drawn: drawn.is_chat_read.astype(np.int64))
    slots.constant(",")
    slots.uuid("ticket", lambda drawn: drawn.has_ticket)
    slots.constant(",")
    one_of(plan.stage_ids, lambda drawn: drawn.current_stage)
    for entity in ENTITIES:
        for field, table in plan.tables[entity]:
            slots.constant(",")
            one_of(table.values, _values_of(entity, field))
    slots.constant("\n")
    return slots.sheet
