"""The slots of each wire field: how a column of draws becomes the text of a JSON line or of a CSV line."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from functools import partial
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

_OLDEST_DAYS = 1095 + 700 + 2  # the oldest last message and the longest time that a contact existed before it
_EMPTY = b""
_MYRIAD = 10_000
_MOST_COMBINATIONS = 2048


def json_text(value: Any) -> str:
    """A value as a JSON line has it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def csv_text(value: Any) -> str:
    """A value as a CSV line has it: nothing for null, quotes only where needed, numbers and booleans as in JSON."""
    if value is None:
        return ""
    cell = value if isinstance(value, str) else json_text(value)
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([cell, "x"])
    return buffer.getvalue().removesuffix(",x")


class Slots:
    """Adds the slots of one field after the other to a sheet. `quote` stands around texts, `null` for null."""

    def __init__(self, plan: Plan, quote: str, null: str) -> None:
        """Slots of a set's contacts for one text format."""
        self.plan, self.quote, self.null, self.sheet = plan, quote, null, Sheet()

    def constant(self, text: str) -> None:
        """The same text for each contact."""
        self.sheet.same(text)

    def one_of(self, values: list[Any], column: Column, text: Callable[[Any], str]) -> None:
        """One of these values, or null where the index is -1."""
        self.sheet.look_up([*(text(value).encode() for value in values), self.null.encode()], column)

    def uuid(self, name: str, there: Condition | None) -> None:
        """A UUID of a column of that name."""
        if there is not None:
            self.sheet.begin()
        self.constant(self.quote)
        self.sheet.uuid(lambda drawn: getattr(drawn, name))
        self.constant(self.quote)
        if there is not None:
            self.sheet.end(there, self.null)

    def name(self) -> None:
        """First name, perhaps a second one, last name, perhaps the mother's."""
        first, last = self.plan.first_names.values, self.plan.last_names.values
        self.sheet.look_up([f"{self.quote}{name}".encode() for name in first], lambda drawn: drawn.first)
        self.sheet.look_up([*(f" {name}".encode() for name in first), _EMPTY], lambda drawn: drawn.second)
        self.sheet.look_up([f" {name}".encode() for name in last], lambda drawn: drawn.last)
        maternal = [*(f" {name}{self.quote}".encode() for name in last), self.quote.encode()]
        self.sheet.look_up(maternal, lambda drawn: drawn.maternal)

    def phone(self) -> None:
        """The prefix of a locale and seven or eight digits, or null."""
        self.sheet.begin()
        prefixes = [f"{self.quote}{prefix}".encode() for prefix, _ in phones.PREFIXES]
        self.sheet.look_up(prefixes, lambda drawn: drawn.locale)
        short = np.array([width == 7 for _, width in phones.PREFIXES])  # the two widths are 7 and 8
        upper = [f"{value:04d}".encode() for value in range(_MYRIAD)]
        upper += [f"{value:03d}".encode() for value in range(1000)]

        def upper_digits(drawn: Draws) -> Indices:
            upper_part: Indices = (drawn.phone // np.uint64(_MYRIAD)).view(np.int64) + short[drawn.locale] * _MYRIAD
            return upper_part

        self.sheet.look_up(upper, upper_digits)
        lower = [f"{value:04d}{self.quote}".encode() for value in range(_MYRIAD)]
        self.sheet.look_up(lower, lambda drawn: (drawn.phone % np.uint64(_MYRIAD)).view(np.int64))
        self.sheet.end(lambda drawn: drawn.has_phone, self.null)

    def email(self) -> None:
        """The letters of first and last name, the number of the person, a reserved domain; or null."""
        self.sheet.begin()
        first = [f"{self.quote}{pools.slug(name)}.".encode() for name in self.plan.first_names.values]
        self.sheet.look_up(first, lambda drawn: drawn.first)
        self.sheet.look_up(
            [pools.slug(name).encode() for name in self.plan.last_names.values], lambda drawn: drawn.last
        )
        self._whole(lambda drawn: drawn.person.view(np.int64))
        self.sheet.look_up([f"@{domain}{self.quote}".encode() for domain in DOMAINS], lambda drawn: drawn.email_domain)
        self.sheet.end(lambda drawn: drawn.email_domain != NULL, self.null)

    def _whole(self, column: Column) -> None:
        """A whole number of up to eight digits."""
        self.sheet.look_up(
            [_EMPTY, *(str(value).encode() for value in range(1, _MYRIAD))], lambda drawn: column(drawn) // _MYRIAD
        )
        # Four digits after others, and fewer where these are the first.
        lower = [str(value).encode() for value in range(_MYRIAD)] + [
            f"{value:04d}".encode() for value in range(_MYRIAD)
        ]

        def index(drawn: Draws) -> Indices:
            number = column(drawn)
            return number % _MYRIAD + (number >= _MYRIAD) * _MYRIAD

        self.sheet.look_up(lower, index)

    def instant(self, name: str, there: Condition | None) -> None:
        """An instant in UTC with three fraction digits and `Z`."""
        if there is not None:
            self.sheet.begin()
        first = self.plan.anchor // DAY - _OLDEST_DAYS
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        days = [f"{epoch + timedelta(first + day):%Y-%m-%d}" for day in range(_OLDEST_DAYS + 5)]

        def of(drawn: Draws) -> Indices:
            milliseconds: Indices = getattr(drawn, name)
            return milliseconds

        self.sheet.look_up([f"{self.quote}{day}T".encode() for day in days], lambda drawn: of(drawn) // DAY - first)
        minutes = (f"{minute // 60:02d}:{minute % 60:02d}:".encode() for minute in range(24 * 60))
        self.sheet.look_up(minutes, lambda drawn: of(drawn) % DAY // 60_000)
        seconds = (f"{second:02d}".encode() for second in range(60))
        self.sheet.look_up(seconds, lambda drawn: of(drawn) % 60_000 // 1000)
        thousandths = (f".{thousandth:03d}Z{self.quote}".encode() for thousandth in range(1000))
        self.sheet.look_up(thousandths, lambda drawn: of(drawn) % 1000)
        if there is not None:
            self.sheet.end(there, self.null)


def json_lines(plan: Plan) -> Sheet:
    """The sheet of the JSON lines of a plan's contacts, line breaks included."""
    slots = Slots(plan, '"', "null")
    say, one_of = slots.constant, partial(slots.one_of, text=json_text)
    say('{"id":')
    slots.uuid("id", None)
    say(',"name":')
    slots.name()
    say(',"phone":')
    slots.phone()
    say(',"email":')
    slots.email()
    say(',"platform":')
    one_of([*PLATFORMS], lambda drawn: drawn.platform)
    say(',"last_message_at":')
    slots.instant("last_message_at", lambda drawn: drawn.has_message)
    say(',"chat_status":')
    one_of([*CHAT_STATUSES], lambda drawn: drawn.chat_status)
    say(',"created_at":')
    slots.instant("created_at", None)
    if not plan.shape.legacy:
        say(',"updated_at":')
        slots.instant("updated_at", None)
    say(f',"client_id":"{plan.shape.client_id}","ai_customer_id":')
    slots.uuid("customer", lambda drawn: drawn.has_customer)
    say(',"default_stage_id":')
    _json_stage_and_flags(slots)
    say(',"active_ticket_v2":')
    slots.sheet.begin()
    say('{"id":')
    slots.uuid("ticket", None)
    say(',"current_stage_id":')
    one_of(plan.stage_ids, lambda drawn: drawn.current_stage)
    say("}")
    slots.sheet.end(lambda drawn: drawn.has_ticket, "null")
    say(',"custom_fields":{"customer":{')
    _json_values(slots, "customer")
    say('},"ticket":{')
    _json_values(slots, "ticket")
    say("}}}\n")
    return slots.sheet


def _json_stage_and_flags(slots: Slots) -> None:
    """default_stage_id, blocked and is_chat_read: neighbours with few values, so one look-up for all combinations."""
    stages = [*slots.plan.stage_ids, None]
    entries = [
        f'{json_text(stage)},"blocked":{json_text(blocked)},"is_chat_read":{json_text(read)}'.encode()
        for stage, blocked, read in product(stages, (False, True), (False, True))
    ]

    def index(drawn: Draws) -> Indices:
        stage = np.where(drawn.default_stage == NULL, len(stages) - 1, drawn.default_stage)
        place: Indices = stage * 4 + drawn.blocked * 2 + drawn.is_chat_read
        return place

    slots.sheet.look_up(entries, index)


def _json_values(slots: Slots, entity: str) -> None:
    """The custom values of an entity: neighbours with few values share a look-up of all their combinations."""
    fields = slots.plan.tables[entity]
    first = 0
    while first < len(fields):
        stop, size = first + 1, len(fields[first][1].values) + 1
        while stop < len(fields) and size * (len(fields[stop][1].values) + 1) <= _MOST_COMBINATIONS:
            size *= len(fields[stop][1].values) + 1
            stop += 1
        texts = [_members(slots.plan, nth, *fields[nth]) for nth in range(first, stop)]
        sizes = [len(one) for one in texts]
        columns = [_of(entity, place) for place, _ in fields[first:stop]]
        slots.sheet.look_up((b"".join(one) for one in product(*texts)), _combined(columns, sizes))
        first = stop


def _members(plan: Plan, nth: int, place: int, table: ValueTable) -> list[bytes]:
    """Nothing, and then the member of the JSON object for each value; all but the first begin with a comma."""
    beginning = ("," if nth else "") + json_text(plan.fields[place].key) + ":"
    return [_EMPTY, *(f"{beginning}{json_text(value)}".encode() for value in table.values)]


def _combined(columns: list[Column], sizes: list[int]) -> Column:
    """The place of a combination of indices, each from -1 on, in the product of their lists."""

    def index(drawn: Draws) -> Indices:
        place = columns[0](drawn) + 1
        for column, size in zip(columns[1:], sizes[1:], strict=True):
            place = place * size + (column(drawn) + 1)
        return place

    return index


def _of(entity: str, place: int) -> Column:
    return lambda drawn: drawn.values[entity, place]


def csv_lines(plan: Plan) -> Sheet:
    """The sheet of the CSV lines of a plan's contacts, line breaks included; the columns as in `flat.columns`."""
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
        for place, table in plan.tables[entity]:
            slots.constant(",")
            one_of(table.values, _of(entity, place))
    slots.constant("\n")
    return slots.sheet
