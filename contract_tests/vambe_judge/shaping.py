"""Asks for the few pages from which an account's shape is estimated: GET alone, within a budget.

The list of the last year, newest message first, shows at each depth how old the messages there are. It is asked for at
depths that grow fourfold until it ends, and then where the edge of a window is known least: about a page for each.
The list of all contacts shows how many have no message in that year.
"""

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from itertools import pairwise
from typing import Any, Final

import httpx

from vambe_judge.asking import instants
from vambe_judge.asking.answers import Answer
from vambe_judge.asking.client import Client
from vambe_judge.asking.problems import JudgeError, Unanswered
from vambe_judge.shape import WINDOWS, Listing, Page, Pages, Seen, bracket, seen

MOST: Final = 16
"""The requests of one shape, by default."""

RECENT: Final = "days=365"
ALL: Final = f"created_after={instants.EPOCH}"
_GROWTH: Final = 4
_EXAMPLE: Final = 10_000
_MOST_PAGES: Final = 40
_CLOSE: Final = 20
"""A length is known well enough when it is known to one part in so many."""

Ask = Callable[[int], Page | None]
"""The page of a list at an offset; None if no more may be asked, or none came."""


def plan(*, most: int = MOST, window: int = 100) -> list[str]:
    """The queries for an account of some thousand contacts; another one gets others at other offsets."""
    queries = list[str]()

    def of(query: str, budget: int, length: int) -> Ask:
        def page(offset: int) -> Page | None:
            if len(queries) >= budget:
                return None
            queries.append(_query(query, window, offset))
            return Page(offset, tuple(map(_example, range(offset, min(offset + window, length)))))

        return page

    recent = of(RECENT, _for_recent(most), _EXAMPLE * 4 // 5)
    _survey(Pages(0), recent(0), recent, of(ALL, most, _EXAMPLE), window)
    return queries


def _example(place: int) -> Seen:
    """A contact at a place of the list of an account that has as many messages each day."""
    message = -place * 365 * instants.DAY // _EXAMPLE
    return Seen(
        str(place).encode(), None, "", "", frozenset(), None, message, blocked=False, read=False, words=1, letters=1
    )


def ask(client: Client, *, most: int = MOST, window: int = 100, now: int | None = None) -> Pages:
    """The pages that *most* requests can get, of *window* contacts each; nothing personal stays of them.

    What the client asks again after a 429 or a failure counts, too, but is not cut off in between.
    *now* is the target's frozen clock, if any. Raises what ``Client.get`` raises, or JudgeError for an answer that is
    no list, if the very first page cannot be had; what fails later is left out.
    """
    asking = _Asking(client, most, window, now)
    first = asking.first()
    pages = Pages(asking.now if asking.now is not None else time.time_ns() // 1_000_000)
    _survey(pages, first, asking.of(RECENT, _for_recent(most)), asking.of(ALL, most), window)
    return pages


def _survey(pages: Pages, first: Page | None, recent: Ask, everyone: Ask, window: int) -> None:
    """Fill *pages*, of which the *first* is there already."""
    _walk(pages.recent, recent, first, window)
    _fill_windows(pages, recent)
    pages.all.least = pages.recent.least
    _walk(pages.all, everyone, everyone(0), window)
    _close_in(pages.all, everyone)
    _fill_gaps(pages.all, everyone)


class _Asking:
    """Sends the requests, and counts them."""

    def __init__(self, client: Client, most: int, window: int, now: int | None) -> None:
        self._client, self._most, self._window, self.now = client, most, window, now
        self._before = len(client.sent)

    def first(self) -> Page:
        """The first page, which must come."""
        answer, page = self._get(RECENT, 0)
        if not answer.is_list:
            raise JudgeError(f"{self._client.base_url}: the answer is {answer.summary()}; wanted a list of contacts")
        if self.now is None:
            self.now = answer.at
        return page

    def of(self, query: str, budget: int) -> Ask:
        """A function for the pages of *query*, as long as fewer than *budget* requests were sent in all."""

        def page(offset: int) -> Page | None:
            if len(self._client.sent) - self._before >= min(budget, self._most):
                return None
            try:
                answer, found = self._get(query, offset)
            except Unanswered:
                return None
            return found if answer.is_list else None

        return page

    def _get(self, query: str, offset: int) -> tuple[Answer, Page]:
        kept: list[Seen] = []

        def look(response: httpx.Response, body: bytes) -> None:
            kept[:] = [one for item in _items(response, body) if (one := seen(item)) is not None]

        answer = self._client.get(_query(query, self._window, offset), look=look)
        return answer, Page(offset, tuple(kept))


def _walk(listing: Listing, ask: Ask, page: Page | None, window: int) -> None:
    """Go deeper from the first *page* until the list ends."""
    if page is None:
        return
    listing.add(page)
    size = len(page.seen)
    known = listing.least > size  # a shorter list is a part of this one
    offset = listing.least if known or size < window else size * _GROWTH
    while listing.most is None and (page := ask(offset)) is not None:
        listing.add(page)
        offset = max(offset * 3 // 2 if known else offset * _GROWTH, offset + 1)


def _close_in(listing: Listing, ask: Ask) -> None:
    """Ask for what is between the last contact seen and the first place where none is."""
    while listing.most is not None and listing.most - listing.least - 1 > max(listing.least // _CLOSE, 1):
        page = ask((listing.least + listing.most) // 2)
        if page is None:
            return
        listing.add(page)


def _fill_windows(pages: Pages, ask: Ask) -> None:
    """Close in on the edges of the windows and on the end of the list: each page where least is known of one."""
    recent = pages.recent
    while recent.pages and len(recent.pages) < _MOST_PAGES:
        brackets = [bracket(recent, days, pages.now) for days in WINDOWS]
        start, end = max(((inside, outside) for (inside, _), (outside, _) in brackets), key=lambda one: one[1] - one[0])
        size = len(recent.pages[0].seen)
        if end - start - 1 <= max(recent.length // _CLOSE, 1):
            return
        page = ask(min(max(start, (start + end - size) // 2), end - 1))
        if page is None:
            return
        recent.add(page)


def _fill_gaps(listing: Listing, ask: Ask) -> None:
    """Pages in the middle of the widest gaps, for as long as more may be asked."""
    while not listing.is_whole and 0 < len(listing.pages) < _MOST_PAGES:
        edges = sorted([*((page.offset, page.offset + len(page.seen)) for page in listing.pages), (listing.least,) * 2])
        start, end = max(((end, start) for (_, end), (start, _) in pairwise(edges)), key=lambda gap: gap[1] - gap[0])
        if end - start < 1 or (page := ask(max(start, (start + end - len(listing.pages[0].seen)) // 2))) is None:
            return
        listing.add(page)


def _for_recent(most: int) -> int:
    """The requests for the list of the last year; the others are for the list of all."""
    return max(1, most - most * 2 // 5)


def _query(query: str, window: int, offset: int) -> str:
    return f"{query}&limit={window}" + (f"&offset={offset}" if offset else "")


def _items(response: httpx.Response, body: bytes) -> list[Any]:
    """The items of a list; none of what is something else, which the answer tells."""
    try:
        found = json.loads(body) if response.status_code == HTTPStatus.OK else None
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []
