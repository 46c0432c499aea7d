"""The JSON of all contacts of a small set in the order of a list: a page of it is one piece, which nobody has to join.

To join a hundred contacts costs more than all else that a search does. The text of an order is made once as many
contacts have been sent as there are, so it never costs more than what it saves, and is dropped with the next change.

Of a set of any size, a page that a filter leaves is kept so when it is asked for again: to search it costs as much as
to send it.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING, ClassVar, Final, overload
from weakref import WeakSet

from vambe_mock.store.columns import Columns, Rows
from vambe_mock.store.orders import Order
from vambe_mock.store.wire import PIECE

if TYPE_CHECKING:
    from vambe_mock.contract.vocabulary import InstantField

MOST_CONTACTS: Final = 25_000
MOST_BYTES: Final = 1 << 26
"""The most contacts that are in one text, and the most bytes of all texts of the process."""

MOST_PAGES: Final = 128
LONGEST_PAGE: Final = 1 << 17
"""How many pages of a state are known; the one that was made first goes first. The most bytes of one that is kept."""


class Text:
    """The JSON of contacts with a comma after each: ``view``, and where each begins and the last one ends."""

    __slots__ = ("__weakref__", "places", "view")

    all: ClassVar[WeakSet["Text"]] = WeakSet()
    making: ClassVar[Lock] = Lock()
    """Servers in one process, and long work, have threads of their own."""

    def __init__(self, contacts: Sequence[bytes]) -> None:
        """The text of *contacts*."""
        self.view = memoryview(b",".join([*contacts, b""]))
        self.places = [*accumulate((len(one) + 1 for one in contacts), initial=0)]
        Text.all.add(self)


class Run(Sequence[bytes]):
    """Contacts that are one after the other in a text."""

    __slots__ = ("_first", "_stop", "_text")

    def __init__(self, text: Text, first: int, stop: int) -> None:
        """Those of *text* from number *first* to before *stop*; there is at least one."""
        self._text, self._first, self._stop = text, first, stop

    def json(self) -> bytes | memoryview:
        """All of them, with a comma between two."""
        places = self._text.places
        return self._text.view[places[self._first] : places[self._stop] - 1]

    def __len__(self) -> int:
        return self._stop - self._first

    @overload
    def __getitem__(self, places: int) -> bytes: ...
    @overload
    def __getitem__(self, places: slice) -> list[bytes]: ...
    def __getitem__(self, places: int | slice) -> bytes | list[bytes]:
        among = range(self._first, self._stop)[places]
        return self._one(among) if isinstance(among, int) else [*map(self._one, among)]

    def __iter__(self) -> Iterator[bytes]:
        return map(self._one, range(self._first, self._stop))

    def _one(self, number: int) -> bytes:
        start, end = self._text.places[number : number + 2]
        return bytes(self._text.view[start : end - 1])


Page = tuple[Run, int, dict[str, int], Rows]
"""The contacts of a page, how many matched, how many were left after each filter, and the rows of the contacts."""


class Runs:
    """The texts of a state's orders, and pages of it that clients ask for again."""

    __slots__ = ("_pages", "_sent", "_texts")

    def __init__(self) -> None:
        """No text is made yet."""
        self._texts: dict[InstantField, Text] = {}
        self._sent: dict[InstantField, int] = {}
        self._pages: dict[Hashable, Page | None] = {}

    def clear(self) -> None:
        """Forget the texts and pages: a contact changes."""
        self._pages.clear()
        if self._sent:
            self._texts.clear()
            self._sent.clear()

    def run(self, order: Order, columns: Columns, first: int, stop: int) -> Run | None:
        """The contacts of *columns* at the positions from *first* to before *stop* of *order*, where none has changed.

        None where they have to be joined, as few sets or pages are worth it.
        """
        if (text := self._texts.get(order.instant)) is not None:
            return Run(text, first, stop) if first < stop <= first + PIECE else None
        count = len(order.rows)
        if count <= MOST_CONTACTS and (sent := self._sent.get(order.instant, 0)) <= count:
            self._sent[order.instant] = sent = sent + stop - first
            if sent > count:
                self._make(order, columns)
        return None

    def _make(self, order: Order, columns: Columns) -> None:
        contacts = [*columns.wire.texts(order.rows)]
        with Text.making:
            if has_room(sum(map(len, contacts))):
                self._texts[order.instant] = Text(contacts)

    def page(self, asked: Hashable) -> Page | None:
        """The page that was *asked* for before, and kept."""
        return self._pages.get(asked)

    def keep(self, asked: Hashable, contacts: Sequence[bytes], matched: int, steps: dict[str, int], rows: Rows) -> None:
        """Keep a page that is asked for the second time.

        Long work looks at the same state in a thread of its own, so each step is one that no other thread interrupts.
        """
        pages = self._pages
        if asked not in pages:
            pages[asked] = None
            if len(pages) > MOST_PAGES:
                pages.pop(list(pages)[0], None)  # noqa: RUF015 - an iterator fails where a thread adds one
        elif contacts and (size := sum(map(len, contacts))) <= LONGEST_PAGE:
            with Text.making:
                if has_room(size):
                    pages[asked] = Run(Text(contacts), 0, len(contacts)), matched, steps, rows


def has_room(size: int) -> bool:
    """Whether the texts of the process may have *size* bytes more; to be asked within ``Text.making``."""
    return sum(len(text.view) for text in Text.all) + size <= MOST_BYTES
