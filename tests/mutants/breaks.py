"""The broken versions. Each says what a client would find wrong, and breaks it in as few lines as it can."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from starlette.types import Receive, Scope, Send

from mutants.seams import KEY, Answer, Asgi, Contact, Seams, answered
from vambe_mock.contract import instants, refusals
from vambe_mock.contract import query as parameters
from vambe_mock.contract.operation import PATH
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.refusals import Refusal
from vambe_mock.store import orders
from vambe_mock.store.store import Found, Store

DAY: Final = instants.DAY


@dataclass(frozen=True)
class Mutant:
    """A version of the mock: its name, its kind, what is different, and how that is done."""

    name: str
    kind: str
    what: str
    apply: Callable[[Seams], None]


MUTANTS: Final[list[Mutant]] = []


def mutant(kind: str, what: str, name: str = "") -> Callable[[Callable[[Seams], None]], Callable[[Seams], None]]:
    """Register a broken version under *name*, or its function's."""

    def register(apply: Callable[[Seams], None]) -> Callable[[Seams], None]:
        MUTANTS.append(Mutant((name or apply.__name__).replace("_", "-"), kind, what, apply))
        return apply

    return register


def _accepting(seams: Seams, fits: Callable[[list[bytes], bytes], bool]) -> None:
    """A key is right if *fits* says so of the values sent and the right one."""
    right = KEY.encode()

    def changed(scope: dict[str, Any]) -> dict[str, Any]:
        others = [(name, value) for name, value in scope["headers"] if name != b"x-api-key"]
        sent = [value for name, value in scope["headers"] if name == b"x-api-key"]
        return {**scope, "headers": [*others, (b"x-api-key", right)]} if fits(sent, right) else scope

    seams.scope(changed)


@mutant("authentication", "any key will do")
def any_key(seams: Seams) -> None:
    _accepting(seams, lambda sent, _: any(sent))


@mutant("authentication", "no key is as good as the right one")
def no_key_needed(seams: Seams) -> None:
    _accepting(seams, lambda sent, _: not sent)


@mutant("authentication", "an empty key is let in")
def empty_key(seams: Seams) -> None:
    _accepting(seams, lambda sent, _: sent == [b""])


@mutant("authentication", "the start of the key is enough")
def start_of_key(seams: Seams) -> None:
    _accepting(seams, lambda sent, key: bool(sent) and len(sent[0]) > 3 and key.startswith(sent[0]))


@mutant("authentication", "whatever starts with the key is let in")
def key_and_more(seams: Seams) -> None:
    _accepting(seams, lambda sent, key: bool(sent) and sent[0].startswith(key))


@mutant("authentication", "the key's letters may have any case")
def key_in_any_case(seams: Seams) -> None:
    _accepting(seams, lambda sent, key: bool(sent) and sent[0].lower() == key.lower())


@mutant("authentication", "of two keys the first counts")
def first_of_two_keys(seams: Seams) -> None:
    _accepting(seams, lambda sent, key: len(sent) == 2 and sent[0] == key)


@mutant("authentication", "the key may come as a bearer token")
def bearer_token(seams: Seams) -> None:
    def changed(scope: dict[str, Any]) -> dict[str, Any]:
        found = dict(scope["headers"]).get(b"authorization", b"")
        good = found == b"Bearer " + KEY.encode()
        return {**scope, "headers": [*scope["headers"], (b"x-api-key", KEY.encode())]} if good else scope

    seams.scope(changed)


@mutant("authentication", "a wrong key is 403")
def forbidden(seams: Seams) -> None:
    seams.status({401: 403})


@mutant("authentication", "the query is judged before the key")
def query_before_key(seams: Seams) -> None:
    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            first = await answered(inner, {**scope, "headers": [(b"x-api-key", KEY.encode())]}, receive)
            wrong = {**scope, "headers": [(b"x-api-key", KEY.encode())]}
            await inner(wrong if first.status == 400 else scope, receive, send)

        return outer

    seams.layer(wrap)


@mutant("authentication", "an unknown path asks for a key first")
def key_before_path(seams: Seams) -> None:
    def changed(scope: dict[str, Any]) -> dict[str, Any]:
        keyed = any(name == b"x-api-key" for name, _ in scope["headers"])
        return scope if keyed else {**scope, "raw_path": PATH, "path": PATH.decode()}

    seams.scope(changed)


@mutant("validation", "days=0 is a window")
def days_from_0(seams: Seams) -> None:
    seams.range("days", 0, 365, whole=False)


@mutant("validation", "days=366 is a window")
def days_to_366(seams: Seams) -> None:
    seams.range("days", 1, 366, whole=False)


@mutant("validation", "days=365 is refused")
def days_to_364(seams: Seams) -> None:
    seams.range("days", 1, 364, whole=False)


@mutant("validation", "days that are no number are overlooked")
def days_overlooked(seams: Seams) -> None:
    seams.overlook("days", r"[a-z]+")


@mutant("validation", "digits with letters behind them are a number")
def digits_and_letters(seams: Seams) -> None:
    seams.lenient(
        "days", lambda text: float(found[0]) if (found := re.match(r"\d+", text)) and found[0] != "0" else None
    )


@mutant("validation", "a fraction of a day is refused")
def whole_days(seams: Seams) -> None:
    seams.range("days", 1, 365, whole=True)


@mutant("validation", "limit=0 brings nothing instead of a refusal")
def limit_from_0(seams: Seams) -> None:
    seams.range("limit", 0, 1_000, whole=True)


@mutant("validation", "limit=1001 is cut to 1000")
def limit_clipped(seams: Seams) -> None:
    seams.lenient("limit", lambda text: 1_000 if text.isdecimal() and int(text) > 1_000 else None)


@mutant("validation", "limit=1000 is refused")
def limit_to_500(seams: Seams) -> None:
    seams.range("limit", 1, 500, whole=True)


@mutant("validation", "a limit that is no number is overlooked")
def limit_overlooked(seams: Seams) -> None:
    seams.overlook("limit", r"[a-z]+")


@mutant("validation", "a fraction of a contact is rounded down")
def limit_fraction(seams: Seams) -> None:
    seams.lenient("limit", lambda text: int(float(text)) if re.fullmatch(r"\d+\.\d+", text) else None)


@mutant("validation", "a negative offset is 0")
def offset_negative(seams: Seams) -> None:
    seams.lenient("offset", lambda text: 0 if text.startswith("-") else None)


@mutant("validation", "an offset beyond the safe integers is taken")
def offset_unsafe(seams: Seams) -> None:
    seams.lenient("offset", lambda text: int(text) if text.isdecimal() else None)


@mutant("validation", "an offset of more than 32 bits is refused")
def offset_32_bits(seams: Seams) -> None:
    seams.range("offset", 0, 2**31 - 1, whole=True)


@mutant("validation", "numbers are digits and nothing else")
def digits_only(seams: Seams) -> None:
    for name in ("days", "limit", "offset"):
        seams.harsh(name, str.isdecimal)


def _loose_instant(seams: Seams, fits: str, read: Callable[[str], int]) -> None:
    for name in ("created_after", "updated_after"):
        seams.lenient(name, lambda text: read(text) if re.fullmatch(fits, text) else None)


@mutant("validation", "a date alone is a cursor")
def date_alone(seams: Seams) -> None:
    _loose_instant(seams, r"\d{4}-\d\d-\d\d", lambda text: instants.parse(f"{text}T00:00:00Z"))


@mutant("validation", "a time without a zone is UTC")
def no_zone(seams: Seams) -> None:
    _loose_instant(seams, r"[\d-]{10}T[\d:.]+", lambda text: instants.parse(f"{text}Z"))


@mutant("validation", "a small z is a zone")
def small_z(seams: Seams) -> None:
    _loose_instant(seams, r".*T.*z", lambda text: instants.parse(text.upper()))


@mutant("validation", "a day that no month has rolls over")
def days_roll_over(seams: Seams) -> None:
    def rolled(text: str) -> int:
        first = datetime(int(text[:4]), int(text[5:7]), 1, tzinfo=UTC) + timedelta(days=int(text[8:10]) - 1)
        return int(first.timestamp() * 1_000)

    _loose_instant(seams, r"\d{4}-(02-29|04-31)T[\d:.]+Z", rolled)


@mutant("validation", "a plus sign that became a blank is put back")
def blank_for_plus(seams: Seams) -> None:
    _loose_instant(seams, r".* \d\d:\d\d", lambda text: instants.parse("+".join(text.rsplit(" ", 1))))


@mutant("validation", "milliseconds since 1970 are a cursor")
def number_as_cursor(seams: Seams) -> None:
    _loose_instant(seams, r"\d{10,}", int)


@mutant("validation", "an updated_after that cannot be read is overlooked")
def cursor_overlooked(seams: Seams) -> None:
    seams.overlook("updated_after", r"(?![^&]*T\d\d:\d\d)[^&]*")


@mutant("validation", "a created_after that cannot be read is overlooked")
def created_overlooked(seams: Seams) -> None:
    seams.overlook("created_after", r"(?![^&]*T\d\d:\d\d)[^&]*")


@mutant("validation", "a cursor must have seconds")
def seconds_needed(seams: Seams) -> None:
    seams.harsh("updated_after", lambda text: bool(re.search(r"T\d\d:\d\d:\d\d", text)))


@mutant("validation", "a cursor must be in UTC")
def utc_only(seams: Seams) -> None:
    for name in ("created_after", "updated_after"):
        seams.harsh(name, lambda text: text.endswith("Z"))


@mutant("validation", "any text is a stage's id")
def any_stage_id(seams: Seams) -> None:
    seams.lenient("stage_id", lambda text: text)


@mutant("validation", "any text is a pipeline's id")
def any_pipeline_id(seams: Seams) -> None:
    seams.lenient("pipeline_id", lambda text: text)


@mutant("validation", "an id of any version will do")
def any_version(seams: Seams) -> None:
    loose = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
    seams.lenient("stage_id", lambda text: text if loose.fullmatch(text) else None)


@mutant("validation", "an id without hyphens will do")
def no_hyphens(seams: Seams) -> None:
    seams.lenient("stage_id", lambda text: text if re.fullmatch(r"[0-9a-f]{32}", text) else None)


@mutant("validation", "only ids of version 4 are ids")
def version_4_only(seams: Seams) -> None:
    for name in ("stage_id", "pipeline_id"):
        seams.harsh(name, lambda text: len(text) > 14 and text[14] == "4")


@mutant("validation", "any entity_type will do")
def any_entity(seams: Seams) -> None:
    seams.overlook("entity_type", r"(?!ticket|customer)[^&]*")


@mutant("validation", "half a custom field is overlooked")
def half_a_field(seams: Seams) -> None:
    def changed(raw: bytes) -> bytes:
        whole = b"custom_field_key=" in raw and b"custom_field_value=" in raw
        return raw if whole else re.sub(rb"&?custom_field_(key|value)=[^&]*", b"", raw)

    seams.raw(changed)


@mutant("validation", "an empty custom_field_value is looked up")
def empty_value(seams: Seams) -> None:
    seams.lenient("custom_field_value", lambda text: text)


@mutant("validation", "an unknown custom field finds nobody instead of being refused")
def unknown_field_finds_nobody(seams: Seams) -> None:
    def lax(answer: Answer) -> Answer:
        unknown = answer.status == 400 and b"Custom field" in answer.body and b"not found" in answer.body
        return replace(answer, status=200, body=b"[]") if unknown else answer

    seams.answer(lax)


@mutant("validation", "an unknown custom field is overlooked")
def unknown_field_overlooked(seams: Seams) -> None:
    seams.raw(lambda raw: re.sub(rb"&custom_field_(key|value)=[^&]*", b"", raw) if b"no-such-field" in raw else raw)


@mutant("validation", "no time filter is needed")
def no_time_filter(seams: Seams) -> None:
    def padded(raw: bytes) -> bytes:
        return raw if re.search(rb"days|_after", raw) else raw + b"&days=365"

    seams.raw(padded)


@mutant("validation", "days is always needed")
def days_needed(seams: Seams) -> None:
    seams.raw(lambda raw: raw if b"days" in raw else b"limit=1")


@mutant("validation", "of a parameter sent twice the last counts")
def last_of_two(seams: Seams) -> None:
    seams.raw(lambda raw: b"&".join({one.split(b"=")[0]: one for one in raw.split(b"&")}.values()))


@mutant("validation", "unknown parameters are refused")
def unknown_refused(seams: Seams) -> None:
    names = rb"days|created_after|updated_after|limit|offset|stage_id|pipeline_id|custom_field_key|custom_field_value"

    def strict(raw: bytes) -> bytes:
        strange = [one for one in raw.split(b"&") if not re.match(rb"(?:%s|entity_type)=" % names, one)]
        return b"days=0" if strange and raw else raw

    seams.raw(strict)


@mutant("validation", "a refusal of a value is 422")
def unprocessable(seams: Seams) -> None:
    seams.status({400: 422})


@mutant("filters", "days is overlooked")
def days_ignored(seams: Seams) -> None:
    seams.time_filter("days", since=lambda _days, _now: -(2**62))


@mutant("filters", "days are hours")
def days_are_hours(seams: Seams) -> None:
    seams.time_filter("days", since=lambda days, now: int(now - days * 3_600_000))


@mutant("filters", "the window of days starts at midnight")
def days_since_midnight(seams: Seams) -> None:
    seams.time_filter("days", since=lambda days, now: int((now - days * DAY) // DAY * DAY))


@mutant("filters", "the window is one day too long")
def days_too_long(seams: Seams) -> None:
    seams.time_filter("days", since=lambda days, now: int(now - (days + 1) * DAY))


@mutant("filters", "the window is six hours too short")
def days_too_short(seams: Seams) -> None:
    seams.time_filter("days", since=lambda days, now: int(now - days * DAY + DAY / 4))


@mutant("filters", "a fraction of a day is cut off")
def days_cut_off(seams: Seams) -> None:
    seams.time_filter("days", since=lambda days, now: int(now - int(days) * DAY))


@mutant("filters", "days looks at updated_at")
def days_by_update(seams: Seams) -> None:
    def by_update(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        if query.days is None or query.updated_after is not None:
            return find(self, query, now)
        since = instants.DAY * query.days
        return find(self, query._replace(days=None, updated_after=int(now - since)), now)

    seams.find(by_update)


@mutant("filters", "contacts without a message are within every window")
def silent_contacts(seams: Seams) -> None:
    def with_silent(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        found: Found = find(self, query, now)
        silent = [one for one in self.columns.wire if b'"last_message_at":null' in one]
        alone = query.days is not None and query.stage_id is None and query.custom_field is None
        return found._replace(contacts=[*found.contacts, *silent]) if alone and not query.offset else found

    seams.find(with_silent)


@mutant("filters", "days counts for nothing beside a cursor")
def days_ignored_beside_cursor(seams: Seams) -> None:
    def forgetful(query: ContactsQuery) -> ContactsQuery:
        cursor = query.created_after is not None or query.updated_after is not None
        return query._replace(days=None) if cursor else query

    seams.query(forgetful)


@mutant("filters", "created_after takes its own instant in")
def created_inclusive(seams: Seams) -> None:
    seams.time_filter("created_after", since=lambda after, _now: after)


@mutant("filters", "updated_after takes its own instant in")
def updated_inclusive(seams: Seams) -> None:
    seams.time_filter("updated_after", since=lambda after, _now: after)


@mutant("filters", "created_after is overlooked beside updated_after")
def created_ignored_beside_updated(seams: Seams) -> None:
    seams.query(lambda query: query._replace(created_after=None) if query.updated_after is not None else query)


@mutant("filters", "a cursor's milliseconds are cut off")
def cursor_in_seconds(seams: Seams) -> None:
    for name in ("created_after", "updated_after"):
        seams.time_filter(name, since=lambda after, _now: after // 1_000 * 1_000 + 1)


@mutant("filters", "what follows the cursor within the same second is lost")
def next_second(seams: Seams) -> None:
    for name in ("created_after", "updated_after"):
        seams.time_filter(name, since=lambda after, _now: after // 1_000 * 1_000 + (1_000 if after % 1_000 else 1))


@mutant("filters", "digits beyond milliseconds are rounded")
def cursor_rounded(seams: Seams) -> None:
    def rounded(text: str) -> str:
        digits = re.search(r"\.(\d{3})[5-9]", text)
        return instants.write(instants.parse(text) + 1) if digits else text

    _rewritten(seams, rounded)


@mutant("filters", "a cursor's zone is overlooked")
def zone_ignored(seams: Seams) -> None:
    _rewritten(seams, lambda text: re.sub(r"[+-]\d\d:\d\d$", "Z", text))


@mutant("filters", "a cursor's zone is added instead of taken away")
def zone_turned_round(seams: Seams) -> None:
    turned = {"+": "-", "-": "+"}
    _rewritten(seams, lambda text: re.sub(r"[+-](?=\d\d:\d\d$)", lambda sign: turned[sign[0]], text))


def _rewritten(seams: Seams, change: Callable[[str], str]) -> None:
    """Another text in the cursors' place, before it is read."""

    def changing(read: Callable[[str, list[str]], Any]) -> Callable[[str, list[str]], Any]:
        return lambda name, texts: read(name, [change(text) for text in texts])

    for name in ("created_after", "updated_after"):
        seams.reader(name, changing(parameters._READERS[name]))


@mutant("filters", "stage_id looks at the default stage")
def stage_by_default(seams: Seams) -> None:
    seams.row_filter("stage_id", lambda columns, _k, value, rows, _old: columns.default_stage_id.have(value, rows))


@mutant("filters", "stage_id looks at the default stage as well")
def stage_or_default(seams: Seams) -> None:
    seams.row_filter("stage_id", lambda c, k, v, rows, old: old(c, k, v, rows) | c.default_stage_id.have(v, rows))


@mutant("filters", "stage_id lets contacts without a ticket through")
def stage_without_ticket(seams: Seams) -> None:
    seams.row_filter("stage_id", lambda c, k, v, rows, old: old(c, k, v, rows) | (c.current_stage_id.codes[rows] < 0))


@mutant("filters", "stage_id is overlooked")
def stage_ignored(seams: Seams) -> None:
    seams.query(lambda query: query._replace(stage_id=None))


@mutant("filters", "stage_id is overlooked beside days")
def stage_ignored_with_days(seams: Seams) -> None:
    seams.query(lambda query: query._replace(stage_id=None) if query.days is not None else query)


@mutant("filters", "an unknown stage finds everybody")
def unknown_stage_finds_all(seams: Seams) -> None:
    seams.row_filter(
        "stage_id", lambda c, k, v, rows, old: old(c, k, v, rows) | (v not in c.current_stage_id.codes_by_value)
    )


@mutant("filters", "ids are compared letter by letter")
def ids_by_letters(seams: Seams) -> None:
    seams.reader("stage_id", lambda name, texts: parameters._uuid(name, texts) and texts[0])


@mutant("filters", "pipeline_id is overlooked")
def pipeline_ignored(seams: Seams) -> None:
    seams.query(lambda query: query._replace(pipeline_id=None))


@mutant("filters", "pipeline_id looks at its first stage")
def pipeline_by_first_stage(seams: Seams) -> None:
    seams.row_filter(
        "pipeline_id", lambda c, k, v, rows, _old: c.current_stage_id.have_any(k.stages.get(v, ())[:1], rows)
    )


@mutant("filters", "pipeline_id looks at the default stage")
def pipeline_by_default(seams: Seams) -> None:
    seams.row_filter("pipeline_id", lambda c, k, v, rows, _old: c.default_stage_id.have_any(k.stages.get(v, ()), rows))


@mutant("filters", "a pipeline's second stage is forgotten")
def pipeline_without_second_stage(seams: Seams) -> None:
    def without(columns: Any, known: Any, value: Any, rows: Any, _old: Any) -> Any:
        stages = known.stages.get(value, ())
        return columns.current_stage_id.have_any(stages[:1] + stages[2:], rows)

    seams.row_filter("pipeline_id", without)


@mutant("filters", "an unknown pipeline is refused")
def unknown_pipeline_refused(seams: Seams) -> None:
    def strict(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        if query.pipeline_id is not None and query.pipeline_id not in self.context.stages:
            raise refusals.refused_by_rule("Pipeline not found")
        found: Found = find(self, query, now)
        return found

    seams.find(strict)


@mutant("filters", "the custom field is overlooked")
def field_ignored(seams: Seams) -> None:
    seams.query(lambda query: query._replace(custom_field=None))


@mutant("filters", "a custom field's text is compared without case")
def field_without_case(seams: Seams) -> None:
    _field_by(seams, lambda asked, stored: asked.lower() == stored.lower())


@mutant("filters", "a part of a custom field's value is enough")
def part_of_field(seams: Seams) -> None:
    _field_by(seams, lambda asked, stored: asked in stored)


@mutant("filters", "having the custom field is enough")
def any_value_of_field(seams: Seams) -> None:
    _field_by(seams, lambda _asked, _stored: True)


@mutant("filters", "blanks around a custom_field_value that is asked for do not count")
def value_asked_trimmed(seams: Seams) -> None:
    value = re.compile(rb"(custom_field_value=)(?:%20|\+)*([^&]*?)(?:%20|\+)*(?=&|$)")
    seams.raw(lambda raw: value.sub(rb"\1\2", raw))


@mutant("filters", "blanks behind a custom_field_value that is asked for do not count, as in a CHAR column")
def value_asked_trimmed_behind(seams: Seams) -> None:
    seams.raw(lambda raw: re.sub(rb"(custom_field_value=[^&]*?)(?:%20|\+)+(?=&|$)", rb"\1", raw))


@mutant("filters", "custom fields' values are kept without the blanks around them")
def value_kept_trimmed(seams: Seams) -> None:
    _field_by(seams, lambda asked, stored: asked == stored.strip())


def _field_by(seams: Seams, same: Callable[[str, str], bool]) -> None:
    def matches(columns: Any, _known: Any, asked: Any, rows: Any, _old: Any) -> Any:
        flags = []
        for entity, reading in asked.readings:
            codes = columns.custom[entity, asked.key]
            alike = [one for one in codes.codes_by_value if same(str(reading), str(one))]
            flags.append(codes.have_any(alike, rows))
        return np.logical_or.reduce(flags)

    seams.row_filter("custom_field", matches)


@mutant("filters", "entity_type is overlooked")
def entity_ignored(seams: Seams) -> None:
    seams.raw(
        lambda raw: raw if b"custom_field_key" not in raw else re.sub(rb"&?entity_type=(ticket|customer)", b"", raw)
    )


@mutant("filters", "without entity_type only customers are looked at")
def customers_only(seams: Seams) -> None:
    def narrowed(query: ContactsQuery) -> ContactsQuery:
        field = query.custom_field
        if field is None or len(field.readings) < 2:
            return query
        return query._replace(custom_field=field._replace(readings=field.readings[:1]))

    seams.query(narrowed)


@mutant("filters", "a custom field counts for nothing beside days")
def field_ignored_with_days(seams: Seams) -> None:
    seams.query(lambda query: query._replace(custom_field=None) if query.days is not None else query)


@mutant("order", "updated_after orders by created_at")
def updated_by_created(seams: Seams) -> None:
    _ordered_after(seams, lambda query: query.updated_after is not None, lambda one: one["created_at"])


@mutant("order", "created_after orders by updated_at")
def created_by_updated(seams: Seams) -> None:
    _ordered_after(
        seams,
        lambda query: query.created_after is not None and query.updated_after is None,
        lambda one: one["updated_at"],
    )


@mutant("order", "days orders by updated_at")
def days_ordered_by_update(seams: Seams) -> None:
    _ordered_after(seams, _days_alone, lambda one: one["updated_at"], turned=True)


@mutant("order", "days lists the oldest message first")
def days_ascending(seams: Seams) -> None:
    _ordered_after(seams, _days_alone, lambda one: one["last_message_at"])


@mutant("order", "updated_after lists the newest first")
def updated_descending(seams: Seams) -> None:
    _ordered_after(seams, lambda query: query.updated_after is not None, lambda one: one["updated_at"], turned=True)


@mutant("order", "created_after lists the newest first")
def created_descending(seams: Seams) -> None:
    _ordered_after(
        seams,
        lambda query: query.created_after is not None and query.updated_after is None,
        lambda one: one["created_at"],
        turned=True,
    )


@mutant("order", "everything is ordered by the last message")
def always_by_message(seams: Seams) -> None:
    _ordered_after(seams, lambda _: True, lambda one: one["last_message_at"] or "", turned=True)


@mutant("order", "everything is ordered by id")
def always_by_id(seams: Seams) -> None:
    _ordered_after(seams, lambda _: True, lambda one: one["id"])


@mutant("order", "with days a cursor does not decide the order")
def days_decide(seams: Seams) -> None:
    _ordered_after(seams, lambda query: query.days is not None, lambda one: one["last_message_at"], turned=True)


@mutant("order", "of both cursors created_after decides")
def created_decides(seams: Seams) -> None:
    _ordered_after(
        seams,
        lambda query: query.created_after is not None and query.updated_after is not None,
        lambda one: one["created_at"],
    )


def _days_alone(query: ContactsQuery) -> bool:
    return query.created_after is None and query.updated_after is None


def _ordered_after(
    seams: Seams, when: Callable[[ContactsQuery], bool], key: Callable[[Contact], Any], *, turned: bool = False
) -> None:
    """The whole list in another order, then cut."""

    def otherwise(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        if not when(query):
            found: Found = find(self, query, now)
            return found
        whole: Found = find(self, query._replace(limit=None, offset=0), now)
        rows = sorted(whole.contacts, key=lambda one: (key(json.loads(one)), b""), reverse=turned)
        return whole._replace(contacts=_cut(rows, query))

    seams.find(otherwise)


def _cut(rows: list[bytes], query: ContactsQuery) -> list[bytes]:
    return rows[query.offset : None if query.limit is None else query.offset + query.limit]


@mutant("order", "contacts with equal instants stand in another order each time")
def ties_at_random(seams: Seams) -> None:
    _ties(seams, lambda _query: random.random() < 0.5)


@mutant("order", "contacts with equal instants stand the other way round on later pages")
def ties_by_page(seams: Seams) -> None:
    _ties(seams, lambda query: query.offset > 0)


@mutant("order", "contacts with equal instants stand as limit decides")
def ties_by_limit(seams: Seams) -> None:
    _ties(seams, lambda query: query.limit is not None and query.limit < 50)


def _ties(seams: Seams, turned: Callable[[ContactsQuery], bool]) -> None:
    def otherwise(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        whole: Found = find(self, query._replace(limit=None, offset=0), now)
        field = orders.ordered_by(query)
        rows = sorted(whole.contacts, key=lambda one: json.loads(one)["id"], reverse=turned(query))
        rows.sort(key=lambda one: json.loads(one)[field], reverse=field == "last_message_at")
        if field == "last_message_at" and turned(query):
            rows = [one for run in _runs(rows, field) for one in reversed(run)]
        return whole._replace(contacts=_cut(rows, query))

    seams.find(otherwise)


def _runs(rows: list[bytes], field: str) -> list[list[bytes]]:
    runs: dict[str, list[bytes]] = {}
    for one in rows:
        runs.setdefault(json.loads(one)[field], []).append(one)
    return list(runs.values())


@mutant("paging", "limit is overlooked")
def limit_ignored(seams: Seams) -> None:
    seams.query(lambda query: query._replace(limit=None))


@mutant("paging", "one contact more than limit comes")
def limit_and_one(seams: Seams) -> None:
    seams.query(lambda query: query._replace(limit=None if query.limit is None else query.limit + 1))


@mutant("paging", "one contact fewer than limit comes")
def limit_less_one(seams: Seams) -> None:
    seams.query(lambda query: query._replace(limit=query.limit - 1 if query.limit and query.limit > 1 else query.limit))


@mutant("paging", "no more than ten contacts come, whatever limit says")
def limit_capped(seams: Seams) -> None:
    seams.query(lambda query: query._replace(limit=min(query.limit, 10) if query.limit else None))


@mutant("paging", "without limit ten contacts come")
def hidden_limit(seams: Seams) -> None:
    seams.query(lambda query: query._replace(limit=query.limit or 10))


@mutant("paging", "without limit ten contacts come, with days alone")
def hidden_limit_of_days(seams: Seams) -> None:
    seams.query(lambda query: query._replace(limit=query.limit or (10 if _days_alone(query) else None)))


@mutant("paging", "offset is overlooked")
def offset_ignored(seams: Seams) -> None:
    seams.query(lambda query: query._replace(offset=0))


@mutant("paging", "offset is overlooked without limit")
def offset_needs_limit(seams: Seams) -> None:
    seams.query(lambda query: query if query.limit else query._replace(offset=0))


@mutant("paging", "offset passes over one too many")
def offset_and_one(seams: Seams) -> None:
    seams.query(lambda query: query._replace(offset=query.offset + 1 if query.offset else 0))


@mutant("paging", "a page begins with the last contact of the page before")
def overlapping_pages(seams: Seams) -> None:
    seams.query(lambda query: query._replace(offset=max(query.offset - 1, 0)))


@mutant("paging", "offset counts pages")
def offset_in_pages(seams: Seams) -> None:
    seams.query(lambda query: query._replace(offset=query.offset * (query.limit or 1)))


@mutant("paging", "the list is cut before stage and pipeline are looked at")
def cut_before_filters(seams: Seams) -> None:
    def hasty(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        bare = query._replace(stage_id=None, pipeline_id=None, custom_field=None)
        first = set(find(self, bare, now).contacts)
        whole: Found = find(self, query._replace(limit=None, offset=0), now)
        return whole._replace(contacts=[one for one in whole.contacts if one in first])

    seams.find(hasty)


@mutant("paging", "a page is sorted after it was cut")
def sorted_after_cut(seams: Seams) -> None:
    def unsorted(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        whole: Found = find(self, query._replace(limit=None, offset=0), now)
        place = {one: number for number, one in enumerate(whole.contacts)}
        rows = _cut(sorted(whole.contacts, key=lambda one: json.loads(one)["id"]), query)
        return whole._replace(contacts=sorted(rows, key=place.__getitem__))

    seams.find(unsorted)


@mutant("paging", "past the end the last contact comes again")
def last_page_again(seams: Seams) -> None:
    def clamped(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        found: Found = find(self, query, now)
        if found.contacts or not query.offset:
            return found
        whole: Found = find(self, query._replace(limit=None, offset=0), now)
        return whole._replace(contacts=whole.contacts[-1:])

    seams.find(clamped)


@mutant("paging", "past the end is 404")
def past_the_end_missing(seams: Seams) -> None:
    def missing(found: list[bytes], query: ContactsQuery) -> list[bytes]:
        if not found and query.offset:
            raise Refusal(404, {"message": "Not found", "error": "Not Found", "statusCode": 404})
        return found

    seams.found(missing)


@mutant("paging", "the last contact of every list is lost")
def last_contact_lost(seams: Seams) -> None:
    seams.found(lambda found, _: found[:-1] if len(found) > 1 else found)


@mutant("paging", "a contact comes twice")
def contact_twice(seams: Seams) -> None:
    seams.found(lambda found, _: [*found[:2], *found[1:]] if len(found) > 2 else found)


@mutant("paging", "now and then a contact is left out")
def contact_left_out(seams: Seams) -> None:
    seams.found(lambda found, _: [one for one in found if random.random() > 0.1])


@mutant("shape", "the list is wrapped in an object")
def wrapped(seams: Seams) -> None:
    _body(seams, lambda body: b'{"data":' + body + b"}")


@mutant("shape", "a single contact comes without brackets")
def single_without_brackets(seams: Seams) -> None:
    _body(seams, lambda body: body[1:-1] if len(json.loads(body)) == 1 else body)


@mutant("shape", "an empty list is null")
def empty_is_null(seams: Seams) -> None:
    _body(seams, lambda body: b"null" if body == b"[]" else body)


def _body(seams: Seams, change: Callable[[bytes], bytes]) -> None:
    """The body of every list."""

    def changed(answer: Answer) -> Answer:
        if answer.status != 200:
            return answer
        return replace(answer, body=change(answer.body))

    seams.answer(changed)


def _field(seams: Seams, name: str, change: Callable[[Any], Any]) -> None:
    seams.contact(lambda contact: {**contact, name: change(contact[name])})


@mutant("shape", "updated_at is missing")
def no_updated_at(seams: Seams) -> None:
    seams.contact(lambda contact: {name: value for name, value in contact.items() if name != "updated_at"})


@mutant("shape", "fields that are null are left out")
def nulls_left_out(seams: Seams) -> None:
    seams.contact(lambda contact: {name: value for name, value in contact.items() if value is not None})


@mutant("shape", "fields that are null are empty texts")
def nulls_are_empty(seams: Seams) -> None:
    seams.contact(lambda contact: {name: "" if value is None else value for name, value in contact.items()})


@mutant("shape", "blocked is 0 or 1")
def blocked_is_a_number(seams: Seams) -> None:
    _field(seams, "blocked", int)


@mutant("shape", "is_chat_read is a text")
def read_is_a_text(seams: Seams) -> None:
    _field(seams, "is_chat_read", str)


@mutant("shape", "phones are numbers")
def phone_is_a_number(seams: Seams) -> None:
    _field(seams, "phone", lambda phone: phone and int(phone.strip("+")))


@mutant("shape", "phones have blanks in them")
def phone_with_blanks(seams: Seams) -> None:
    _field(seams, "phone", lambda phone: phone and f"{phone[:3]} {phone[3:]}")


@mutant("shape", "names may be null")
def name_is_null(seams: Seams) -> None:
    _field(seams, "name", lambda name: None if len(name) % 2 else name)


@mutant("shape", "the ticket is called active_ticket")
def ticket_renamed(seams: Seams) -> None:
    seams.contact(lambda contact: {name.removesuffix("_v2"): value for name, value in contact.items()})


@mutant("shape", "the ticket has no current_stage_id")
def ticket_without_stage(seams: Seams) -> None:
    _field(seams, "active_ticket_v2", lambda ticket: ticket and {"id": ticket["id"]})


@mutant("shape", "without a ticket there is an empty object")
def empty_ticket(seams: Seams) -> None:
    _field(seams, "active_ticket_v2", lambda ticket: ticket or {})


@mutant("shape", "names of fields are in camel case")
def camel_case(seams: Seams) -> None:
    seams.contact(
        lambda contact: {re.sub(r"_(\w)", lambda m: m[1].upper(), name): value for name, value in contact.items()}
    )


@mutant("shape", "instants have no milliseconds")
def no_milliseconds(seams: Seams) -> None:
    _field(seams, "updated_at", lambda text: text[:19] + "Z")


@mutant("shape", "instants end in +00:00")
def offset_for_z(seams: Seams) -> None:
    _field(seams, "created_at", lambda text: text.replace("Z", "+00:00"))


@mutant("shape", "instants are numbers")
def instants_are_numbers(seams: Seams) -> None:
    _field(seams, "last_message_at", lambda text: text and instants.parse(text))


@mutant("shape", "platforms are in capitals")
def platform_in_capitals(seams: Seams) -> None:
    _field(seams, "platform", str.upper)


@mutant("shape", "ids are numbers")
def ids_are_numbers(seams: Seams) -> None:
    _field(seams, "id", lambda text: int(text[:8], 16))


@mutant("shape", "contacts of another organisation are among them")
def other_organisation(seams: Seams) -> None:
    seams.contact(lambda contact: {**contact, "client_id": contact["id"]} if contact["id"] < "8" else contact)


@mutant("protocol", "lists are called text/html")
def called_html(seams: Seams) -> None:
    seams.headers(lambda headers: {**headers, b"content-type": b"text/html"})


@mutant("protocol", "lists are 201")
def created_status(seams: Seams) -> None:
    seams.status({200: 201})


@mutant("protocol", "an empty list is 204")
def no_content(seams: Seams) -> None:
    def emptied(answer: Answer) -> Answer:
        return replace(answer, status=204, body=b"") if answer.body == b"[]" else answer

    seams.answer(emptied)


@mutant("protocol", "lists are written as one contact a line")
def one_a_line(seams: Seams) -> None:
    _body(seams, lambda body: b"\n".join(json.dumps(one).encode() for one in json.loads(body)))


@mutant("protocol", "lists are in Latin-1")
def latin_1(seams: Seams) -> None:
    _body(seams, lambda body: body.decode().replace('"name":"', '"name":"\u00d1').encode("latin-1", "replace"))


@mutant("protocol", "lists say that they are compressed and are not")
def not_compressed(seams: Seams) -> None:
    seams.headers(lambda headers: {**headers, b"content-encoding": b"gzip"})


@mutant("protocol", "refusals have no body")
def empty_refusals(seams: Seams) -> None:
    seams.answer(lambda answer: answer if answer.status == 200 else replace(answer, body=b""))


@mutant("protocol", "refusals are HTML")
def html_refusals(seams: Seams) -> None:
    seams.answer(lambda answer: answer if answer.status == 200 else replace(answer, body=b"<p>Bad Request</p>"))


@mutant("protocol", "refusals are 200")
def refusals_are_200(seams: Seams) -> None:
    seams.status({400: 200})


@mutant("protocol", "what is refused is a server's error")
def refusals_are_500(seams: Seams) -> None:
    seams.status({400: 500})


@mutant("protocol", "refusals have no statusCode")
def no_status_code(seams: Seams) -> None:
    seams.refusal(lambda body: {name: value for name, value in body.items() if name != "statusCode"})


@mutant("protocol", "refusals have no message")
def no_message(seams: Seams) -> None:
    seams.refusal(lambda body: {name: value for name, value in body.items() if name != "message"})


@mutant("protocol", "statusCode is a text")
def status_code_is_text(seams: Seams) -> None:
    seams.refusal(lambda body: {**body, "statusCode": str(body["statusCode"])})


@mutant("protocol", "a slash after the path is not found")
def strict_path(seams: Seams) -> None:
    def changed(scope: dict[str, Any]) -> dict[str, Any]:
        exact = scope["raw_path"] == PATH
        return scope if exact else {**scope, "raw_path": b"/nowhere", "path": "/nowhere"}

    seams.scope(changed)


@mutant("protocol", "who does not ask for JSON by name gets nothing")
def json_by_name(seams: Seams) -> None:
    def changed(scope: dict[str, Any]) -> dict[str, Any]:
        named = (b"accept", b"application/json") in scope["headers"]
        return scope if named else {**scope, "raw_path": b"/nowhere", "path": "/nowhere"}

    seams.scope(changed)


@mutant("protocol", "escapes in the query are not decoded")
def no_escapes(seams: Seams) -> None:
    seams.raw(lambda raw: raw.replace(b"%", b"%25"))
