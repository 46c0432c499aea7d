"""Broken versions that take one kind of malformed value in one parameter, or misread one documented spelling in one."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mutants.breaks import mutant
from mutants.seams import Seams
from vambe_mock.contract import instants
from vambe_mock.contract import query as parameters

CREATED, UPDATED = "created_after", "updated_after"
DATE: Final = r"\d{4}-\d\d-\d\d"


def _rolled(text: str) -> int:
    """A day or an hour beyond the calendar, carried over."""
    year, month, day, hour = int(text[:4]), int(text[5:7]), int(text[8:10]), int(text[11:13])
    first = datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)
    return int((first + timedelta(days=day - 1, hours=hour)).timestamp() * 1_000)


def _digits(text: str) -> int:
    return int(re.sub(r"\D", "", text))


TAKEN: Final[tuple[tuple[str, str, str, str, Callable[[str], Any]], ...]] = (
    (CREATED, "lower-t", "a small t", f"{DATE}t.*Z", lambda text: instants.parse(text.upper())),
    (UPDATED, "date-alone", "a date alone", DATE, lambda text: instants.parse(f"{text}T00:00:00Z")),
    (UPDATED, "lower-z", "a small z", ".*T.*z", lambda text: instants.parse(text.upper())),
    (CREATED, "hour-24", "hour 24", f"{DATE}T24:.*Z", _rolled),
    (UPDATED, "29-february", "29 February of any year", r"\d{4}-02-29T.*Z", _rolled),
    (CREATED, "31-april", "31 April", r"\d{4}-04-31T.*Z", _rolled),
    (CREATED, "number", "milliseconds since 1970", r"\d{10,}", int),
    (UPDATED, "blank-for-t", "a blank for the T", f"{DATE} .*Z", lambda text: instants.parse(text.replace(" ", "T"))),
    (
        UPDATED,
        "zone-without-colon",
        "a zone without a colon",
        r".*[+-]\d{4}",
        lambda text: instants.parse(f"{text[:-2]}:{text[-2:]}"),
    ),
    (CREATED, "zone-in-hours", "a zone of hours alone", r".*T.*[+-]\d\d", lambda text: instants.parse(f"{text}:00")),
    (
        UPDATED,
        "plus-not-escaped",
        "a plus sign that became a blank",
        r".*T.* \d\d:\d\d",
        lambda text: instants.parse("+".join(text.rsplit(" ", 1))),
    ),
    (CREATED, "second-60", "second 60", ".*:60Z", lambda text: instants.parse(text.replace(":60Z", ":59Z"))),
    (UPDATED, "word", "any word", "[a-z]+", lambda _text: 0),
    ("limit", "digits-and-letters", "digits with letters behind", r"[1-9]\d*[a-z]+", _digits),
    ("offset", "digits-and-letters", "digits with letters behind", r"\d+[a-z]+", _digits),
    ("limit", "negative", "a negative number", r"-\d+", lambda text: -int(text)),
    ("days", "negative", "a negative number", r"-\d+", lambda text: -float(text)),
    ("days", "beyond", "a number beyond the range", r"\d{4,}", lambda _text: 365.0),
    ("offset", "word", "any word", "[a-z]+", lambda _text: 0),
    ("limit", "comma", "a comma in a number", r"\d+,\d+", lambda text: int(text.split(",")[0])),
    ("pipeline_id", "without-hyphens", "an id without hyphens", "[0-9a-f]{32}", lambda text: text),
    ("pipeline_id", "version-0", "an id of version 0", r"[0-9a-f]{8}-[0-9a-f]{4}-0.{21}", lambda text: text),
    ("stage_id", "in-braces", "an id in braces", r"\{.{36}\}", lambda text: text[1:-1]),
    ("pipeline_id", "all-f-capitals", "all F in capitals", "[F-]{36}", lambda text: text.lower()),
    ("stage_id", "variant", "an id of another variant", r".{19}[0-7c-f].{16}", lambda text: text.lower()),
    ("pipeline_id", "cut-short", "an id that is cut short", r"[0-9a-f-]{35}", lambda text: text),
)  # fmt: skip


def _takes(name: str, fits: str, read: Callable[[str], Any]) -> Callable[[Seams], None]:
    def apply(seams: Seams) -> None:
        seams.lenient(name, lambda text: read(text) if re.fullmatch(fits, text) else None)

    return apply


for _name, _kind, _words, _fits, _read in TAKEN:
    mutant("validation", f"{_name} takes {_words}", name=f"{_name}-takes-{_kind}")(_takes(_name, _fits, _read))


@mutant("validation", "entity_type takes capitals")
def entity_type_in_capitals(seams: Seams) -> None:
    seams.overlook("entity_type", "[A-Z]+")


REFUSED: Final[tuple[tuple[str, str, str, Callable[[str], bool]], ...]] = (
    (CREATED, "no-seconds", "seconds left out", lambda text: bool(re.search(r"T\d\d:\d\d:\d\d", text))),
    (UPDATED, "long-fraction", "more than six fraction digits", lambda text: not re.search(r"\.\d{7}", text)),
    (CREATED, "one-digit", "a fraction of one digit", lambda text: not re.search(r"\.\dZ", text)),
    (UPDATED, "far-zone", "zones beyond 12 hours", lambda text: not re.search(r"[+-]1[34]:\d\d$", text)),
    (CREATED, "whole-seconds", "seconds without a fraction", lambda text: not re.search(r":\d\d:\d\d(?!\.|$)", text)),
    (UPDATED, "leap-day", "29 February of a leap year", lambda text: "-02-29" not in text),
    ("pipeline_id", "capitals", "capitals", lambda text: text == text.lower()),
    ("stage_id", "capitals", "capitals", lambda text: text == text.lower()),
    ("pipeline_id", "new-versions", "ids of versions 6 to 8", lambda text: text[14:15] not in ("6", "7", "8")),
    ("stage_id", "version-1", "ids of version 1", lambda text: text[14:15] != "1"),
    ("pipeline_id", "nil", "the nil id", lambda text: text.strip("0-") != ""),
)


def _refuses(name: str, takes: Callable[[str], bool]) -> Callable[[Seams], None]:
    return lambda seams: seams.harsh(name, takes)


for _name, _kind, _words, _good in REFUSED:
    mutant("validation", f"{_name} refuses {_words}", name=f"{_name}-refuses-{_kind}")(_refuses(_name, _good))


def _misread(name: str, change: Callable[[str], str]) -> Callable[[Seams], None]:
    def apply(seams: Seams) -> None:
        read = parameters._READERS[name]
        seams.reader(name, lambda parameter, texts: read(parameter, [change(text) for text in texts]))

    return apply


def _replaced(pattern: str, by: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, by, text)


def _carried(text: str) -> str:
    found = re.search(r"\.(\d{3})(\d+)Z$", text)
    return instants.write(instants.parse(text) + 120_000) if found else text


MISREAD: Final[tuple[tuple[str, str, str, Callable[[str], str]], ...]] = (
    (CREATED, "zone-minutes", "a zone's minutes are overlooked", _replaced(r"([+-]\d\d):\d\d$", r"\1:00")),
    (UPDATED, "west", "a zone west of UTC is taken for one east", _replaced(r"-(?=\d\d:\d\d$)", "+")),
    (CREATED, "east", "a zone east of UTC is overlooked", _replaced(r"\+\d\d:\d\d$", "Z")),
    (UPDATED, "tenths", "a fraction of one digit counts milliseconds", _replaced(r"\.(\d)(?!\d)", r".00\1")),
    (CREATED, "hundredths", "a fraction of two digits is dropped", _replaced(r"\.\d\d(?!\d)", "")),
    (CREATED, "minute", "seconds left out are the minute's last", _replaced(r"(T\d\d:\d\d)(?=Z|[+-])", r"\1:59")),
    (UPDATED, "finer", "digits beyond milliseconds stand for minutes", _carried),
    (CREATED, "finer", "a fraction of more than three digits is dropped", _replaced(r"\.\d{4,}", "")),
)

for _name, _kind, _words, _change in MISREAD:
    mutant("filters", f"in {_name} {_words}", name=f"{_name}-misreads-{_kind}")(_misread(_name, _change))


@mutant("filters", "a fraction of days opens the whole year")
def fraction_opens_the_year(seams: Seams) -> None:
    read = parameters._READERS["days"]
    seams.reader("days", lambda name, texts: 365.0 if (found := read(name, texts)) % 1 else found)


@mutant("paging", "a limit with a fraction is no limit")
def fraction_is_no_limit(seams: Seams) -> None:
    seams.overlook("limit", r"\d+\.\d+")


@mutant("filters", "a stage in capitals finds everybody")
def capitals_find_everybody(seams: Seams) -> None:
    seams.overlook("stage_id", r"[^&]*[A-F][^&]*-[^&]*")


@mutant("filters", "a pipeline in capitals finds nobody")
def pipeline_by_letters(seams: Seams) -> None:
    seams.reader("pipeline_id", lambda name, texts: parameters._uuid(name, texts) and texts[0])
