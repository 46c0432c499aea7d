"""Phones and e-mail addresses as text that is searched at once: what ``/contacts/search`` finds (`neighbour-search`).

Looking at each contact of 100,000 takes a tenth of a second. So all phones are one text, newest message first, and all
addresses another; a search that has found enough stops. The two are made with the first search. Contacts that changed
since are looked at one by one, until they are too many.
"""

import re
from collections.abc import Collection, Iterator
from heapq import merge
from itertools import islice
from typing import Final

import numpy as np
from pydantic_core import from_json

from vambe_mock.contract.neighbours import SearchQuery
from vambe_mock.store.columns import Columns, Rows
from vambe_mock.store.store import Store

_OF_WIRE: Final = re.compile(rb'"phone":(?:null|"([^"]*)"),"email":(?:null|"((?:[^"\\]|\\.)*)"),"platform":')
"""A text in JSON has no quote without a backslash before it, so no name can look like these fields."""


MOST_TOUCHED: Final = 256
"""With more contacts that changed, the texts are made anew."""


class Directory:
    """The phones and addresses of the contacts of some rows, in their order.

    ``touched`` is the store's list, of which ``known`` rows were there when these texts were made.
    """

    def __init__(self, columns: Columns, rows: Rows, touched: list[int] | None = None, known: int = 0) -> None:
        """Read them; a tenth of a second for 100,000 contacts."""
        self.rows = rows.copy()
        self._touched, self._known = touched, known
        read = [*map(_of_wire, columns.wire.texts(rows))]
        # Stored phones have a plus at their beginning at most, and what is looked for has none (`phone-format`).
        self._phones = _Texts("\n".join([phone for phone, _ in read]))
        self._emails = _Texts("\n".join([email for _, email in read]))

    def knows(self, store: Store) -> bool:
        """Whether these texts, with what changed since, are those of *store*."""
        return self._touched is store.touched and len(store.touched) - self._known <= MOST_TOUCHED

    def find_in(self, store: Store, query: SearchQuery, most: int) -> list[int]:
        """The rows of the first *most* contacts of *store*, which is known, that have the phone or the address now."""
        touched = {*store.touched[self._known :]}
        found = self.find(query, most, touched)
        columns = store.columns
        for row, (phone, email) in zip(touched, map(_of_wire, map(columns.wire.__getitem__, touched)), strict=True):
            if (query.phone and query.phone in phone) or (query.email and query.email in email):
                found.append(row)
        if touched:
            found.sort(key=lambda row: (-int(columns.last_message_at[row]), bytes(columns.ids[row])))
        return found[:most]

    def find(self, query: SearchQuery, most: int, without: Collection[int] = ()) -> list[int]:
        """The rows of the first *most* contacts that had the phone or the address, and are not in *without*."""
        if not len(self.rows):
            return []
        places = merge(self._phones.having(query.phone), self._emails.having(query.email))
        rows = map(int, map(self.rows.__getitem__, _each_once(places)))
        return list(islice((row for row in rows if row not in without), most))


class _Texts:
    """Lines of text, and which of them have a part."""

    def __init__(self, text: str) -> None:
        self._text = text
        lengths = np.fromiter(map(len, text.split("\n")), dtype=np.int64)
        self._ends = np.cumsum(lengths + 1)

    def having(self, part: str) -> Iterator[int]:
        """The numbers of the lines that have *part*, ascending; none for an empty part."""
        if not part or "\n" in part:
            return
        at = self._text.find(part)
        while at >= 0:
            line = int(self._ends.searchsorted(at, "right"))
            yield line
            at = self._text.find(part, int(self._ends[line]))


def _of_wire(wire: bytes) -> tuple[str, str]:
    """The phone and the address of a contact, as they are compared; nothing of one that was removed."""
    found = _OF_WIRE.search(bytes(wire))
    phone, email = (b"", b"") if found is None else found.groups(b"")
    return phone.decode(), _email(email)


def _email(raw: bytes) -> str:
    """An address as it is compared, from what stands between the quotes in JSON."""
    return (str(from_json(b'"' + raw + b'"')) if b"\\" in raw else raw.decode()).lower()


def _each_once(ascending: Iterator[int]) -> Iterator[int]:
    last = -1
    for one in ascending:
        if one != last:
            yield one
        last = one
