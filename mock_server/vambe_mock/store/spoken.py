"""What a dialect sends of a store: each contact as it is spoken, and pages of a listing in one piece.

As in ``runs``, the text of a listing is made once as many contacts have been sent as it has. It is made a piece at a
time, so that no request waits for all contacts to be spoken. Where a filter tears a page apart, its contacts are picked
out of those that the text was made of.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from vambe_mock.store.columns import Rows
from vambe_mock.store.runs import MOST_CONTACTS, Run, Text, has_room
from vambe_mock.store.store import Found, Store
from vambe_mock.store.wire import PIECE, Wire

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SPOKEN: Final = 100_000
"""The contacts of a larger set are not kept as they are sent: some kilobyte each (`dialect-costs-nothing`)."""

Speak = Callable[[list[bytes]], list[bytes]]


def spoken_of(store: Store, speak: Speak | None = None) -> "Spoken":
    """The contacts of *store* as *speak* has them, which is always the same function; None leaves them as they are."""
    found: Spoken | None = store.made.get(speak)
    if found is None:
        found = store.made[speak] = Spoken(store.columns.wire, len(store), speak)
    return found


class Spoken:
    """The contacts of a store as they are sent, from one change to the next."""

    def __init__(self, wire: Wire, count: int, speak: Speak | None) -> None:
        """Those of *wire*, *count* of them, as *speak* has them; None leaves them as they are."""
        self._wire, self._speak = wire, speak
        self._kept = None if speak is None or count > MOST_SPOKEN else np.full(len(wire), None, dtype=np.object_)
        self._listings: dict[int, _Listing] = {}

    @property
    def keeps(self) -> bool:
        """Whether contacts are kept as they are sent."""
        return self._kept is not None

    def page(self, found: Found) -> Sequence[bytes]:
        """The contacts of *found*, of which only rows and places are needed."""
        if found.places is not None and (page := self._cut_out(*found.places)) is not None:
            return page
        return self._of(found.rows)

    def _cut_out(self, rows: Rows, positions: slice | Rows) -> Sequence[bytes] | None:
        """The contacts at *positions* of the listing *rows*, always the same array; None where there is no text."""
        listing = self._listings.get(id(rows))
        if listing is None:
            if len(rows) > MOST_CONTACTS:
                return None
            listing = self._listings[id(rows)] = _Listing(rows)
        count = positions.stop - positions.start if isinstance(positions, slice) else len(positions)
        if listing.text is None:
            self._count(listing, count)
            return None
        if not 0 < count <= PIECE:
            return None
        if isinstance(positions, slice):
            return Run(listing.text, positions.start, positions.stop)
        picked: list[bytes] = listing.contacts.take(positions).tolist()
        return picked

    def _count(self, listing: "_Listing", count: int) -> None:
        """Count contacts that are sent; once they are as many as the listing has, go on with its text."""
        listing.sent += count
        if listing.sent <= len(listing.rows):
            return
        with Text.making:
            if listing.is_over:
                return
            parts, rows = listing.parts, listing.rows
            parts += self._of(rows[len(parts) : len(parts) + PIECE])
            if len(parts) == len(rows):
                listing.is_over = True
                if has_room(sum(map(len, parts))):
                    listing.contacts = np.fromiter(parts, np.object_, len(parts))
                    listing.text = Text(parts)
                listing.parts = []

    def _of(self, rows: Rows) -> list[bytes]:
        """The contacts in *rows*, each by itself."""
        kept, speak = self._kept, self._speak
        if kept is not None:
            known: list[bytes] = kept.take(rows).tolist()
            if all(known):  # quicker than a look for None
                return known
        contacts = [*map(bytes, self._wire.texts(rows))]
        if speak is not None:
            contacts = speak(contacts)
        if kept is not None:
            kept[rows] = contacts
        return contacts


class _Listing:
    """How far the text of a listing is."""

    __slots__ = ("contacts", "is_over", "parts", "rows", "sent", "text")

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.sent = 0
        self.parts: list[bytes] = []
        self.contacts: NDArray[np.object_] = np.empty(0, dtype=np.object_)
        self.text: Text | None = None
        self.is_over = False
