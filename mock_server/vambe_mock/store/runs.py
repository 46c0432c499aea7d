"""The JSON of all contacts of a small set in the order of a list: a page of it is one piece, which nobody has to join.

To join a hundred contacts costs more than all else that a search does. The text of an order is made once as many
contacts have been sent as there are, so it never costs more than what it saves, and is dropped with the next change.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING, ClassVar, Final, overload
from weakref import WeakSet

from vambe_mock.store.columns import Columns
from vambe_mock.store.orders import Order
from vambe_mock.store.wire import PIECE

if TYPE_CHECKING:
    from vambe_mock.contract.vocabulary import InstantField

MOST_CONTACTS: Final = 25_000
MOST_BYTES: Final = 1 << 26
"""The most contacts that are in one text, and the most bytes of all texts of the process."""


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

    def json(self) -> memoryview:
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


class Runs:
    """The texts of a state's orders."""

    __slots__ = ("_sent", "_texts")

    def __init__(self) -> None:
        """No text is made yet."""
        self._texts: dict[InstantField, Text] = {}
        self._sent: dict[InstantField, int] = {}

    def clear(self) -> None:
        """Forget the texts: a contact changes."""
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
            if sum(len(text.view) for text in Text.all) + sum(map(len, contacts)) <= MOST_BYTES:
                self._texts[order.instant] = Text(contacts)
