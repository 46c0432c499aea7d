"""Reads all contacts of a target, so that none is lost while its data moves (`imported-whole`).

Pages follow ``created_after``, which never changes: a contact that is edited keeps its place, and a deleted one moves
nobody. The next page begins a millisecond before the last row, because the cursor is strict and instants repeat; where
a whole page has one instant, ``offset`` goes on inside it. A page that brings nothing new is the end, not a short one,
which may only be a limit of the target's own.

Of a target that does not list what follows ``created_after`` in that order, the pages follow ``updated_after`` in the
same way: a contact that is edited comes once more at the end, and is given once.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from http import HTTPStatus
from typing import Any, Final, Literal

import httpx

from vambe_judge.asking import instants
from vambe_judge.asking.answers import Answer
from vambe_judge.asking.client import Client, is_loopback
from vambe_judge.asking.problems import JudgeError, Unanswered

Contact = dict[str, Any]
Row = tuple[int, str, Contact]
"""The instant that orders the list, in milliseconds since 1970 UTC, the id in lower case, and the contact."""

Order = Literal["created_at", "updated_at"]

MOST_RESTARTS: Final = 20
"""The most times that the contacts of one instant are read again because they moved meanwhile."""

_TRANSIENT: Final = frozenset((408, 425, 429))
_LONGEST_PAUSE: Final = 30.0
_FIRST_TRIES: Final = 2
"""Of a target that has not answered yet; one that has is asked for as long as the patience lasts."""


class OutOfOrderError(JudgeError):
    """The target lists what follows a cursor in another order than that of the cursor's instant."""


@dataclass(slots=True)
class _Place:
    """Where the reading is: ``seen`` has the contacts from a millisecond before the last one's instant on."""

    cursor: int = 0
    offset: int = 0
    last: int = 0
    last_id: str = ""
    restarts: int = 0
    seen: dict[str, int] = field(default_factory=dict)


class Reader:
    """Reads the contacts of one target through the judge's client; nothing of them is kept but the last page."""

    def __init__(
        self,
        client: Client,
        *,
        limit: int,
        days: int | None = None,
        now: int | None = None,
        order: Order = "created_at",
    ) -> None:
        """*days* narrows to contacts with a message in so many days; *now* is the target's frozen clock, if any."""
        self.client, self.limit, self.days, self.order = client, limit, days, order
        self.asked_at: int | None = now
        """The target's clock at the first answer, in milliseconds since 1970 UTC."""
        self.unplaced = 0
        """Contacts without an id or a readable instant of the order."""
        self._answered = False
        self._given = set[bytes]()
        """Digests of the ids that were given, where contacts may come again; 16 bytes each."""
        self._longest = 0

    def pages(self) -> Iterator[list[Contact]]:
        """The contacts, each once, in their order. Raises JudgeError for what cannot be read so."""
        place = _Place()
        while True:
            items = self._page(self._query(place))
            listed = self._placed(items, place.cursor)
            if self._has_moved(place, listed):
                place.offset = 0
                place.restarts += 1
                if place.restarts > MOST_RESTARTS:
                    raise JudgeError("the contacts of one instant move with every request, or offset is not obeyed")
                continue
            new = [row for row in listed if row[1] not in place.seen]
            if not new and len(items) < max(self._longest, 2):
                return
            self._longest = max(self._longest, len(items))
            self._move_on(place, listed, new, len(items))
            if fresh := [row for row in new if self._is_fresh(row[1])]:
                yield [contact for _, _, contact in fresh]

    def _is_fresh(self, name: str) -> bool:
        """Whether a contact was not given before, as one that is edited is where the order is ``updated_at``."""
        if self.order == "created_at":
            return True
        digest, count = blake2b(name.encode(), digest_size=16).digest(), len(self._given)
        self._given.add(digest)
        return len(self._given) > count

    def _placed(self, items: list[Any], cursor: int) -> list[Row]:
        """The contacts of a page, which must be in order, and of the window."""
        rows = [row for item in items if (row := _placed(item, self.order)) is not None]
        self.unplaced += len(items) - len(rows)
        if items and not rows:
            raise JudgeError(f"no contact on a whole page has an id and a {self.order}; wanted the vendor's contacts")
        at = cursor
        for created, _, contact in rows:
            if created < at:
                beside = ", beside days; wanted --all" if self.days else ""
                raise OutOfOrderError(
                    f"the target does not list what follows {self._cursor} in the order of {self.order}{beside}"
                )
            at = created
            if self.days and not self._is_in_window(contact, self.days):
                raise JudgeError(
                    f"the target does not keep days={self.days} beside {self._cursor}; wanted --all, "
                    "or --target-now INSTANT if its clock is frozen"
                )
        return rows

    def _is_in_window(self, contact: Contact, days: int) -> bool:
        try:
            message = instants.read(contact["last_message_at"])
        except (KeyError, TypeError, ValueError, OverflowError):
            return False
        return message >= (self.asked_at or 0) - (days + 1) * instants.DAY  # a day for what clocks are off

    @property
    def _cursor(self) -> str:
        return f"{self.order.removesuffix('_at')}_after"

    def _query(self, place: _Place) -> str:
        days = f"days={self.days}&" if self.days else ""
        offset = f"&offset={place.offset}" if place.offset else ""
        return f"{days}{self._cursor}={instants.write(place.cursor)}&limit={self.limit}{offset}"

    @staticmethod
    def _has_moved(place: _Place, listed: list[Row]) -> bool:
        """Whether, inside one instant, the page does not begin with the last contact of the page before."""
        return place.offset > 0 and (not listed or listed[0][1] != place.last_id)

    @staticmethod
    def _move_on(place: _Place, listed: list[Row], new: list[Row], count: int) -> None:
        """Set the place of the next page, after one of *count* contacts."""
        place.last, place.last_id, _ = listed[-1]
        if place.last - 1 > place.cursor:
            place.cursor, place.offset, place.restarts = place.last - 1, 0, 0
        else:
            place.offset += max(count - 1, 1)
        known = [*place.seen.items(), *((name, at) for at, name, _ in new)]
        place.seen = {name: at for name, at in known if at >= place.last - 1}

    def _page(self, query: str) -> list[Any]:
        """The list that *query* gets; asked again with patience for as long as something else comes."""
        since, tries = time.monotonic(), 0
        while True:
            items: list[Any] = []
            problem, final = self._try(query, items)
            if not problem:
                return items
            pause = min((0.05 if is_loopback(self.client.base_url) else 1.0) * 2.0**tries, _LONGEST_PAUSE)
            tries += 1
            hopeless = not self._answered and tries > _FIRST_TRIES
            if final or hopeless or time.monotonic() - since + pause > self.client.limits.patience:
                raise JudgeError(f"{self.client.base_url}: {problem}; nothing is written")
            time.sleep(pause)

    def _try(self, query: str, items: list[Any]) -> tuple[str, bool]:
        """Ask once and fill *items*; else what came instead, without anything of the query, and whether it is final."""

        def look(response: httpx.Response, body: bytes) -> None:
            found = _json(body) if response.status_code == HTTPStatus.OK else None
            items[:] = found if isinstance(found, list) else []

        self.client.forget()
        try:
            answer = self.client.get(query, look=look)
        except Unanswered as error:
            return str(error), len(self.client.sent) >= self.client.limits.max_requests
        if not answer.is_list:
            final = answer.status != HTTPStatus.OK and answer.status < 500 and answer.status not in _TRANSIENT
            return f"the answer is {answer.summary()}{_advice(answer, first=not self._answered)}", final
        self._answered = True
        if self.asked_at is None:
            self.asked_at = answer.at if answer.at is not None else time.time_ns() // 1_000_000
        return "", False


def _placed(item: Any, order: Order) -> Row | None:
    if not isinstance(item, dict) or item.get("id") in (None, "") or not isinstance(item["id"], str | int):
        return None
    try:
        return instants.read(item[order]), str(item["id"]).lower(), item
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _advice(answer: Answer, *, first: bool) -> str:
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return "; wanted a key that the target knows"
    why = f"; {answer.why}" if answer.why else ""
    is_page = answer.media_type.endswith("html") or "HTML" in answer.why
    if first and (answer.status == HTTPStatus.NOT_FOUND or is_page):
        return f"{why}; wanted the base URL of the API, like https://api.vambe.me"
    if answer.status == HTTPStatus.OK and not why:
        return "; wanted a list of contacts"
    return why
