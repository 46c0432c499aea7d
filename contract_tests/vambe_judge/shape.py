"""The shape of an account: rounded shares, from which nobody can be told. Pure: from pages to a table, and to TOML.

Classes of fewer than ten of the contacts seen are joined as ``other``. A share of fewer than ten is 0 where 200 or more
were seen, and left out where fewer were; likewise a share of all but fewer than ten is 1. Of a contact only ``Seen`` is
kept.
"""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise
from math import floor, log10
from typing import Any, Final

from vambe_judge.asking import instants
from vambe_judge.asking.contacts import PLATFORMS

LEAST: Final = 10
"""The fewest contacts of a class that is told of."""

MANY: Final = 20 * LEAST
"""So many contacts that fewer than ten of them are next to none."""

OTHER: Final = "other"
WINDOWS: Final = (1, 7, 30, 90, 180, 365)
"""The windows of the last message, in days."""

OLDER: Final = "older"
NEVER: Final = "never"
STRATA: Final = (*map(str, WINDOWS), OLDER, NEVER)
WITH_PHONE: Final = frozenset(("whatsapp", "web-whatsapp", "sms", "voice"))
"""The platforms that identify contacts by phone number."""

MOST_PER_CUSTOMER: Final = 4
_STATUS_LENGTH: Final = 32
_SALT: Final = secrets.token_bytes(16)


@dataclass(frozen=True, slots=True)
class Seen:
    """What stays of a contact. Instants in milliseconds since 1970 UTC; ``id`` and ``customer`` are salted digests."""

    id: bytes
    customer: bytes | None
    platform: str
    status: str
    nulls: frozenset[str]
    created: int | None
    message: int | None
    blocked: bool
    read: bool
    words: int
    letters: int


@dataclass(frozen=True, slots=True)
class Page:
    """The contacts at one place of a list."""

    offset: int
    seen: tuple[Seen, ...]


@dataclass(slots=True)
class Listing:
    """A list of the target: pages of it in the order in which they were asked for, and how long it is.

    At least ``least`` contacts; fewer than ``most``, where that is known.
    """

    pages: list[Page] = field(default_factory=list)
    least: int = 0
    most: int | None = None

    def add(self, page: Page) -> None:
        """Add a page and what it tells of the length; a page shorter than the first is the last."""
        self.pages.append(page)
        end = page.offset + len(page.seen)
        if page.seen:
            self.least = max(self.least, end)
        if len(page.seen) < len(self.pages[0].seen) or not page.seen:
            self.most = end + 1 if self.most is None else min(self.most, end + 1)

    @property
    def length(self) -> int:
        """The length, or an estimate of it."""
        return self.least if self.most is None else (self.least + self.most - 1) // 2

    @property
    def is_whole(self) -> bool:
        """Whether all its contacts were seen."""
        return self.most == self.least + 1 and len({one.id for one in self.seen()}) == self.least

    def seen(self) -> Iterable[Seen]:
        """All contacts of the pages."""
        return (one for page in self.pages for one in page.seen)


@dataclass(slots=True)
class Pages:
    """What was seen of an account: ``recent`` by last message, newest first (a year), ``all`` by creation."""

    now: int
    recent: Listing = field(default_factory=Listing)
    all: Listing = field(default_factory=Listing)


def seen(contact: Any) -> Seen | None:
    """What stays of *contact*; None for what is no contact."""
    if not isinstance(contact, dict) or not isinstance(contact.get("id"), str):
        return None
    ticket, name = contact.get("active_ticket_v2"), contact.get("name")
    nulls = {field for field, value in contact.items() if value is None}
    if isinstance(ticket, dict) and ticket.get("current_stage_id") is None:
        nulls.add("current_stage_id")
    customer = contact.get("ai_customer_id")
    name = name if isinstance(name, str) else ""
    return Seen(
        id=_digest(contact["id"]),
        customer=_digest(customer) if isinstance(customer, str) else None,
        platform=_word(contact.get("platform"), PLATFORMS.__contains__),
        status=_word(contact.get("chat_status"), _is_status),
        nulls=frozenset(nulls),
        created=_instant(contact.get("created_at")),
        message=_instant(contact.get("last_message_at")),
        blocked=contact.get("blocked") is True,
        read=contact.get("is_chat_read") is True,
        words=len(name.split()),
        letters=len(name),
    )


def shape(pages: Pages) -> dict[str, Any]:
    """The table ``[shape]``: numbers, and tables from a class to its share. Empty for fewer than ten contacts."""
    sample = _Sample(pages)
    if len(sample.contacts) < LEAST:
        return {}
    table: dict[str, Any] = {
        "contacts": _rough(max(pages.all.length, pages.recent.length)),
        "sampled": _rough(len(sample.contacts)),
        "platforms": sample.classes(lambda one: one.platform),
        "chat_statuses": sample.classes(lambda one: one.status),
        "recency": sample.recency(),
        "never_messaged": sample.never(),
        "null_phone": sample.share(lambda one: "phone" in one.nulls, lambda one: one.platform in WITH_PHONE),
        "null_phone_elsewhere": sample.share(
            lambda one: "phone" in one.nulls, lambda one: one.platform not in WITH_PHONE
        ),
        "null_email": sample.share(lambda one: "email" in one.nulls),
        "null_customer": sample.share(lambda one: "ai_customer_id" in one.nulls),
        "null_default_stage": sample.share(lambda one: "default_stage_id" in one.nulls),
        "tickets": sample.share(lambda one: "active_ticket_v2" not in one.nulls),
        "null_stage": sample.share(
            lambda one: "current_stage_id" in one.nulls, lambda one: "active_ticket_v2" not in one.nulls
        ),
        "blocked": sample.share(lambda one: one.blocked),
        "read": sample.share(lambda one: one.read, lambda one: one.status != "UNATTENDED"),
        "ties": _ties(pages),
        "contacts_per_customer": _per_customer(pages),
        "rows_per_day": _per_day(pages, sample),
        "name_words": sample.mean(lambda one: one.words, 1),
        "name_letters": sample.mean(lambda one: one.letters, 0),
    }
    return {name: value for name, value in table.items() if value not in (None, {})}


def lines(table: dict[str, Any]) -> list[str]:
    """The table as TOML, its head included; nothing for an empty one."""
    return ["[shape]", *(f"{name} = {_toml(value)}" for name, value in table.items())] if table else []


class _Sample:
    """The contacts seen, each in the stratum of its last message, which stands for as many as there are of it."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        everyone = {one.id: one for listing in (pages.all, pages.recent) for one in listing.seen()}
        self.contacts = [*everyone.values()]
        self._strata = {one.id: _stratum(one, pages.now) for one in self.contacts}
        drawn = Counter(self._strata.values())
        self.counts = self._counts()
        self._weights = {name: self.counts[name] / drawn[name] for name in STRATA if drawn[name]}

    def _counts(self) -> dict[str, float]:
        """How many contacts there are in each stratum, about."""
        reached = [0.0, *(reached_by(self._pages.recent, days, self._pages.now) for days in WINDOWS)]
        counts = {
            str(days): max(more - less, 0.0) for days, (less, more) in zip(WINDOWS, pairwise(reached), strict=True)
        }
        rest = max(self._pages.all.length - self._pages.recent.length, 0)
        outside = {name: _density(self._pages.all, self._of(name)) for name in (OLDER, NEVER)}
        total = sum(outside.values())
        for name, count in outside.items():
            counts[name] = rest * count / total if total else 0.0
        return counts

    def _of(self, stratum: str) -> Callable[[Seen], bool]:
        return lambda one: self._strata[one.id] == stratum

    def _total(self, contacts: Iterable[Seen]) -> float:
        return sum(self._weights[self._strata[one.id]] for one in contacts)

    def share(self, has: Callable[[Seen], bool], of: Callable[[Seen], bool] = lambda _: True) -> float | None:
        """The share of those *of* whom *has* is true; None for fewer than ten of them."""
        among = [one for one in self.contacts if of(one)]
        having = [one for one in among if has(one)]
        if len(among) < LEAST or not (total := self._total(among)):
            return None
        if min(len(having), len(among) - len(having)) >= LEAST:
            return round(self._total(having) / total, 2)
        return float(2 * len(having) > len(among)) if len(among) >= MANY else None

    def classes(self, of: Callable[[Seen], str]) -> dict[str, float]:
        """The share of each class, the largest first, classes of fewer than ten together."""
        members: dict[str, list[Seen]] = {}
        for one in self.contacts:
            members.setdefault(of(one), []).append(one)
        return _shares({name: (len(some), self._total(some)) for name, some in members.items()})

    def recency(self) -> dict[str, float]:
        """The share of each age of the last message, of all contacts with one."""
        drawn = Counter(self._strata.values())
        names = [name for name in STRATA if name != NEVER]
        found = _shares({name: (drawn[name], self.counts[name]) for name in names if drawn[name]})
        return {name: found[name] for name in (*names, OTHER) if name in found}

    def never(self) -> float | None:
        """The share without a message."""
        return self.share(lambda one: one.message is None)

    def mean(self, of: Callable[[Seen], int], digits: int) -> float | None:
        """The mean over contacts with a name."""
        named = [one for one in self.contacts if one.letters]
        if len(named) < LEAST or not (total := self._total(named)):
            return None
        mean = sum(of(one) * self._weights[self._strata[one.id]] for one in named) / total
        return round(mean, digits) if digits else round(mean)


def _shares(classes: dict[str, tuple[int, float]]) -> dict[str, float]:
    """Rounded shares of classes, given as how many of each were seen and how many they stand for."""
    total = sum(weight for _, weight in classes.values())
    large = {name: weight for name, (count, weight) in classes.items() if count >= LEAST and name != OTHER}
    small = total - sum(large.values())
    shares = {
        name: round(weight / total, 2) for name, weight in sorted(large.items(), key=lambda one: -one[1]) if total
    }
    if total and round(small / total, 2):
        shares[OTHER] = round(small / total, 2)
    return shares


def _stratum(one: Seen, now: int) -> str:
    if one.message is None:
        return NEVER
    age = (now - one.message) / instants.DAY
    return next((str(days) for days in WINDOWS if age <= days), OLDER)


def reached_by(recent: Listing, days: int, now: int) -> float:
    """How many contacts have a message in the last *days*, about: a place between the places seen."""
    (inside, younger), (outside, older) = bracket(recent, days, now)
    if days == WINDOWS[-1]:
        return recent.length
    if outside <= inside + 1:
        return inside
    return inside + (days - younger) / max(older - younger, 1e-9) * (outside - inside)


def bracket(recent: Listing, days: int, now: int) -> tuple[tuple[int, float], tuple[int, float]]:
    """The last place (from 1 on) that is known to be in the window, and the first that is not; each with its age."""
    points = [(0, 0.0)]
    for page in recent.pages:
        ages = ((now - one.message) / instants.DAY if one.message is not None else None for one in page.seen)
        points += [(page.offset + place, age) for place, age in enumerate(ages, 1) if age is not None]
    end = recent.least + 1 if recent.most is None else recent.most
    inside = max(point for point in points if point[1] <= days or not point[0])
    outside = min((point for point in points if point[1] > days and point[0] > inside[0]), default=None)
    return inside, outside or (max(end, inside[0] + 1), float(WINDOWS[-1]))


def _density(listing: Listing, has: Callable[[Seen], bool]) -> float:
    """How many contacts of the whole list have it, about: between two pages the share changes evenly."""
    pages = sorted((page for page in listing.pages if page.seen), key=lambda one: one.offset)
    points = [(page.offset + len(page.seen) / 2, sum(map(has, page.seen)) / len(page.seen)) for page in pages]
    if not points:
        return 0.0
    ends = [(0.0, points[0][1]), *points, (float(max(listing.length, points[-1][0])), points[-1][1])]
    return sum((after - before) * (one + other) / 2 for (before, one), (after, other) in pairwise(ends))


def _ties(pages: Pages) -> float | None:
    """The share of contacts that were created in the same millisecond as another one of their page."""
    tied = among = 0
    for listing in (pages.recent, pages.all):
        for page in listing.pages:
            counts = Counter(one.created for one in page.seen)
            tied += sum(count for count in counts.values() if count > 1)
            among += len(page.seen)
    if tied < LEAST:
        return 0.0 if among >= MANY else None
    return round(tied / among, 2)


def _per_customer(pages: Pages) -> dict[str, float]:
    """The share of customers with so many contacts; only where every contact was seen."""
    if not pages.all.is_whole:
        return {}
    customers = Counter(one.customer for one in {one.id: one for one in pages.all.seen()}.values() if one.customer)
    sizes = Counter(min(count, MOST_PER_CUSTOMER) for count in customers.values())
    return _shares({str(size): (count * size, float(count)) for size, count in sorted(sizes.items())})


def _per_day(pages: Pages, sample: _Sample) -> dict[str, float]:
    """Last messages a day over the last month, and contacts created a day around the newest page of them."""
    month = sum(sample.counts[str(days)] for days in WINDOWS[:3])
    found = {"last_message": _rough(month / 30)} if month >= LEAST else {}
    newest = max(
        (page for page in pages.all.pages if len(page.seen) >= LEAST), key=lambda one: one.offset, default=None
    )
    created = [one.created for one in newest.seen if one.created is not None] if newest else []
    if len(created) >= LEAST and max(created) > min(created):
        found["created"] = _rough((len(created) - 1) * instants.DAY / (max(created) - min(created)))
    return found


def _rough(number: float) -> int | float:
    """Rounded to two significant digits."""
    if not number:
        return 0
    digits = 1 - floor(log10(abs(number)))
    rounded = round(number, digits)
    return int(rounded) if digits <= 0 else rounded


def _digest(text: str) -> bytes:
    return blake2b(text.lower().encode("utf-8", "surrogatepass"), key=_SALT, digest_size=12).digest()


def _word(value: Any, known: Callable[[str], bool]) -> str:
    return value if isinstance(value, str) and known(value) else OTHER


def _is_status(text: str) -> bool:
    """Whether it looks like one of an enumeration, and can hardly be personal."""
    return text.isascii() and text.replace("_", "").isalpha() and text.isupper() and len(text) <= _STATUS_LENGTH


def _instant(value: Any) -> int | None:
    try:
        return instants.read(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {number}" for name, number in value.items()) + " }"
    return str(value)
