"""Each kind of malformed value, put to each parameter of its type.

A target that names in its refusal every parameter that is wrong tells in one answer of as many values as a request has
parameters; one well-formed time filter goes with them, and must not be named. What a target does not name so is asked
for alone.
"""

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from vambe_judge.asking.answers import Answer
from vambe_judge.asking.contacts import PARAMETERS
from vambe_judge.asking.instants import EPOCH
from vambe_judge.judging.cases import CASES, CURSOR, SAMPLE, STATUSES, VALUE, Case

GOOD: Final = {"days": "365", "created_after": EPOCH, "updated_after": EPOCH}
"""The time filters as they may stand beside malformed values."""

CURSORS: Final = ("created_after", "updated_after")

INSTANTS: Final = (
    ("date alone", "2024-01-15"),
    ("no zone", "2024-01-15T10:00:00"),
    ("29 February 2023", "2023-02-29T00:00:00Z"),
    ("lower-case z", "2024-01-15T10:00:00z"),
    ("plus sign not escaped", "2024-01-15T10:00:00+00:00"),
    ("31 April", "2024-04-31T00:00:00Z"),
    ("hour 24", "2024-01-15T24:00:00Z"),
    ("a number", "1705312800000"),
    ("lower-case t", "2024-01-15t10:00:00Z"),
    ("a blank for the T", "2024-01-15%2010:00:00Z"),
    ("a zone without colon", "2024-01-15T10:00:00%2B0000"),
    ("a zone of hours alone", "2024-01-15T10:00:00%2B00"),
    ("second 60", "2024-01-15T10:00:60Z"),
    ("a word", "yesterday"),
)
IDS: Final = (
    ("a word", "not-an-id"),
    ("without hyphens", SAMPLE.replace("-", "")),
    ("version 0", f"{SAMPLE[:14]}0{SAMPLE[15:]}"),
    ("all F in capitals", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"),
    ("in braces", f"%7B{SAMPLE}%7D"),
    ("another variant", f"{SAMPLE[:19]}c{SAMPLE[20:]}"),
    ("cut short", SAMPLE[:-1]),
    ("one digit more", f"{SAMPLE}0"),
)
NUMBERS: Final = (
    ("days-range", "days", (("-1", "-1"), ("1000", "1000"))),
    ("limit-range", "limit", (("-1", "-1"), ("digits and letters", "5abc"), ("a comma", "1,5"))),
    ("offset-range", "offset", (("digits and letters", "5abc"), ("a comma", "1,5"))),
)
WORDS: Final = (("capitals", "TICKET"), ("both", "ticket,customer"))


class Malformed(NamedTuple):
    """One value that one parameter must not have, and the request that asks for it alone."""

    parameter: str
    text: str
    case: Case


def _alone(slug: str, name: str, parameter: str, text: str) -> Malformed:
    if parameter == "days":
        return Malformed(parameter, text, Case(slug, name, f"{CURSOR}&limit=1&days={text}", VALUE))
    other = "" if parameter == "limit" else "&limit=1"
    return Malformed(parameter, text, Case(slug, name, f"days=1{other}&{parameter}={text}", VALUE))


def _of_the_table() -> Iterator[Malformed]:
    """The single values of ``cases.CASES``: the parameter in question is the last one beside ``limit``."""
    for case in CASES:
        pairs = dict(one.partition("=")[::2] for one in case.query.split("&"))
        spoilt = [name for name, value in pairs.items() if (name, value) not in _FINE]
        single = len(spoilt) == 1 and case.query.count(f"{spoilt[0]}=") == 1 and spoilt[0] in PARAMETERS
        if case.refusal == VALUE and single and not spoilt[0].startswith("custom_field"):
            yield Malformed(spoilt[0], pairs[spoilt[0]], case)


_FINE: Final = {("days", "1"), ("limit", "1"), ("updated_after", EPOCH)}
_TABLE: Final = tuple(_of_the_table())
_KNOWN: Final = {(one.case.slug, one.case.name) for one in _TABLE}
_FURTHER: Final = (
    *(_alone("timestamp-syntax", f"{one}: {kind}", one, text) for one in CURSORS for kind, text in INSTANTS),
    *(_alone("uuid-syntax", f"{one}: {kind}", one, text) for one in ("stage_id", "pipeline_id") for kind, text in IDS),
    *(_alone(slug, kind, name, text) for slug, name, kinds in NUMBERS for kind, text in kinds),
    *(_alone("entity-type-alone", kind, "entity_type", text) for kind, text in WORDS),
)  # fmt: skip
ALL: Final = (*_TABLE, *(one for one in _FURTHER if (one.case.slug, one.case.name) not in _KNOWN))


def of(slug: str) -> list[Case]:
    """The values of one rule that are not in ``cases.CASES``."""
    return [one.case for one in ALL if one.case.slug == slug and (slug, one.case.name) not in _KNOWN]


class Sheet(NamedTuple):
    """Malformed values of several parameters for one request; ``good`` is a time filter that is well-formed, if any."""

    good: str
    row: tuple[Malformed, ...]

    def written(self) -> str:
        """The query string."""
        pieces = [f"{self.good}={GOOD[self.good]}"] if self.good else []
        pieces += [] if any(one.parameter == "limit" for one in self.row) else ["limit=1"]
        return "&".join([*pieces, *(f"{one.parameter}={one.text}" for one in self.row)])

    def named(self, answer: Answer) -> list[Malformed] | None:
        """The values that a refusal names; None if it names what is well-formed as well, or is none.

        Without a well-formed time filter, a refusal counts only if it names parameters in texts of their own: a
        sentence could be the one that asks for a time filter.
        """
        refusal = answer.refusal
        if answer.status != STATUSES[VALUE] or refusal is None or self.good in refusal.named:
            return None
        if not self.good and not refusal.apart:
            return None
        return [one for one in self.row if one.parameter in refusal.named]


def sheets(done: Collection[Malformed], *, good: bool) -> list[Sheet]:
    """All values but those *done*, in as few requests as they fit in; with *good*, each with a good time filter."""
    left = {name: [one for one in ALL if one.parameter == name and one not in done] for name in PARAMETERS}
    found = []
    while any(left.values()):
        beside = min(GOOD, key=lambda name: len(left[name])) if good else ""
        found.append(Sheet(beside, tuple(left[name].pop(0) for name in left if name != beside and left[name])))
    return found
