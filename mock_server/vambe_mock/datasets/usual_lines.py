"""NDJSON lines as the generator writes them, read without a parser: fields are found at known places, checked and cut.

All lines of a block are walked at once, from left to right. What stands between two values must be there letter by
letter; a text ends with the next quote, so a line with a backslash is not usual. A line that deviates anywhere is none
of ours, and left to a reader that takes other forms.
"""

import json
from collections.abc import Iterable
from functools import lru_cache, reduce
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vambe_mock.contract.custom_fields import Definitions
from vambe_mock.contract.vocabulary import ENTITIES, Entity, InstantField
from vambe_mock.datasets.instant_texts import TEXT, WIDTH, milliseconds_of, texts
from vambe_mock.store.columns import NO_INSTANT

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Words = NDArray[np.uint64]

ID: Final = 36
"""Letters of a UUID."""

_WORD: Final = np.dtype("<u8")
_SIZE: Final = 8
PAD: Final = 1 << 12
"""Bytes behind a block, so that a walk that has lost its way does not leave it."""

LONGEST: Final = 256
"""Bytes of the key of a custom field at most, in JSON."""

_ENTITY_ENDS: Final[tuple[tuple[Entity, bytes], ...]] = (("customer", b'},"ticket":{'), ("ticket", b"}}}"))
_WHOLE: Final = (1 << 64) - 1
_CREATED: Final = b'","created_at":"'
_UPDATED: Final = b'","updated_at":"'

_QUOTE: Final = ord('"')
_OPEN: Final = ord("{")
_COMMA: Final = ord(",")
_CLOSED: Final = ord("}")


class Span(NamedTuple):
    """A value of each line: where it begins, how long it is, and whether it is there."""

    start: Numbers
    length: Numbers
    there: Flags

    def of(self, rows: Any) -> "Span":
        """The same of some lines."""
        return Span(self.start[rows], self.length[rows], self.there[rows])


class Block:
    """Whole lines, and where a walk through all of them is: at the byte ``at`` of each, with ``good`` ones left.

    ``good`` is whether a line was usual so far; what is said of another line means nothing.
    """

    def __init__(self, raw: bytes, memory: NDArray[np.uint8]) -> None:
        """At the beginning of every line of *raw*, which ends with a line break. *memory* has ``PAD`` bytes more."""
        size = len(raw)
        self.bytes = memory
        memory[:size] = np.frombuffer(raw, dtype=np.uint8)
        memory[size:] = _QUOTE  # so that there is a next quote for a walk that has lost its way
        inside = memory[:size]
        self.ends: Numbers = np.flatnonzero(inside == ord("\n"))
        self.starts: Numbers = np.concatenate(([0], self.ends[:-1] + 1))
        self.good = np.ones(len(self.ends), dtype=np.bool_)
        if np.count_nonzero(inside < ord(" ")) > len(self.ends):
            self._leave_out((inside < ord(" ")) & (inside != ord("\n")))
        if b"\\" in raw:
            self._leave_out(inside == ord("\\"))
        self._quotes: Numbers = np.flatnonzero(memory == _QUOTE)
        self._quote: Numbers = self._quotes.searchsorted(self.starts)
        self._all = np.ones(len(self.ends), dtype=np.bool_)
        self.at = self.starts

    def _leave_out(self, odd: Flags) -> None:
        self.good[self.ends.searchsorted(np.flatnonzero(odd))] = False

    def _view(self, kind: np.dtype[Any]) -> Any:
        return np.ndarray(len(self.bytes) - kind.itemsize + 1, dtype=kind, buffer=self.bytes.data, strides=(1,))

    def put(self, places: Numbers, values: Any) -> None:
        """Write *values* over what is at *places*."""
        self._view(values.dtype)[places] = values

    def _words(self, count: int) -> Words:
        """The next *count* words of each line, a row each."""
        kind = np.dtype(f"V{_SIZE * count}")
        found: Words = self._view(kind)[self.at].view(_WORD).reshape(-1, count)
        return found

    def expect(self, text: bytes) -> NDArray[np.uint8]:
        """Go on behind *text*, which has to be here, but for NULs, which stand for anything but quotes.

        What is here, a row of letters each.
        """
        form = Form.of(text)
        words = self._words(len(form.words))
        self.good &= form.fits(words)
        self.at = self.at + len(text)
        self._quote = self._quote + text.count(b'"')
        return words.view(np.uint8)

    def either(self, one: bytes, other: bytes) -> Flags:
        """Go on behind *one* or *other*; whether it was *one*. They have as many quotes."""
        forms = Form.of(one), Form.of(other)
        words = self._words(max(len(form.words) for form in forms))
        found = forms[0].fits(words)
        self.good &= found | forms[1].fits(words)
        self.at = self.at + np.where(found, len(one), len(other))
        self._quote = self._quote + one.count(b'"')
        return found

    def text(self) -> Span:
        """Go on to the quote that ends the text here; that text."""
        end = self._quotes[self._quote]
        found = Span(self.at, end - self.at, self._all)
        self.at = end
        return found

    def fixed(self, offset: int, length: int) -> Span:
        """A text of *length* at *offset* from here."""
        return Span(self.at + offset, np.broadcast_to(np.int64(length), len(self.at)), self._all)

    def nullable(self) -> Span:
        """Go on behind the text with its quotes, or the null, that is here; that text."""
        word = self._words(1)[:, 0]
        there = word & np.uint64(255) == _QUOTE
        self.good &= there | (word & np.uint64(0xFFFF_FFFF) == int.from_bytes(b"null", "little"))
        start = self.at + 1
        end = self._quotes[self._quote + 1]
        self.at = np.where(there, end + 1, start + 3)
        self._quote = self._quote + 2 * there
        return Span(start, end - start, there)

    def ticket(self) -> tuple[Flags, Span]:
        """Go on behind the ticket, or the null, that is here; whether it is a ticket, and its stage."""
        here, quote, before = self.at, self._quote, self.good
        self.good = self._all.copy()
        letters = self.expect(b'{"id":"' + bytes(ID) + b'","current_stage_id":')
        null = letters.view(_WORD)[:, 0] & np.uint64(0xFFFF_FFFF) == int.from_bytes(b"null", "little")
        self.good &= are_ids(letters[:, 7 : 7 + ID])
        stage = self.nullable()
        self.expect(b"}")
        self.good = before & (self.good | null)
        self.at = np.where(null, here + len(b"null"), self.at)
        self._quote = np.where(null, quote, self._quote)
        return ~null, stage._replace(there=stage.there & ~null)

    def members(self, members: Iterable[tuple[bytes, bool]]) -> list[Span]:
        """Go on from behind the ``{`` of an object to its ``}``; the value of each of *members*, in that order.

        A member is what stands before its value, and whether that is a text. Any member may be missing.
        """
        found = []
        self.at = self.at - 1
        before = np.full(len(self.at), _OPEN, dtype=np.uint64)
        for name, is_text in members:
            form = Form.of(b"\0" + name + b'"' * is_text)
            words = self._words(len(form.words))
            there = form.fits(words) & (words[:, 0] & np.uint64(255) == before)
            start = self.at + (1 + len(name) + is_text)
            if is_text:
                end = self._quotes[self._quote + 3]
                behind = end + 1
                self._quote = self._quote + 4 * there
            else:
                # A number goes up to what is before the next member's quote, or before the end of the line: `}}}`.
                after = self._quotes[self._quote + 2]
                last = after >= self.ends
                end = np.where(last, self.ends - 3, after - 1)
                end -= ~last & (self.bytes[end - 1] == _CLOSED)
                behind = end
                self._quote = self._quote + 2 * there
            found.append(Span(start, end - start, there))
            self.at = np.where(there, behind, self.at)
            before[there] = _COMMA
        self.at = self.at + (before == _OPEN)
        return found

    def check_ids(self, span: Span) -> None:
        """Leave the lines in which *span* is a UUID or missing."""
        letters = self._view(np.dtype(f"S{ID}"))[span.start].view(np.uint8).reshape(-1, ID)
        self.good &= ~span.there | (are_ids(letters) & (span.length == ID))

    def instants(self, span: Span) -> Numbers:
        """The instants of *span*, NO_INSTANT where it is missing; leave the lines in which they are as on the wire."""
        rows = np.flatnonzero(span.there & self.good)
        found = np.full(len(span.start), NO_INSTANT)
        found[rows], fit = milliseconds_of(self._view(TEXT)[span.start[rows]])
        self.good[rows] &= fit & (span.length[rows] == WIDTH)
        return found

    def write_instants(self, span: Span, milliseconds: Numbers) -> None:
        """Write other instants over those of *span*."""
        rows = np.flatnonzero(span.there)
        self.put(span.start[rows], texts(milliseconds[rows]))


class Form(NamedTuple):
    """Words as a text has them, where a ``mask`` has bits."""

    words: list[int]
    masks: list[int]

    @classmethod
    @lru_cache(maxsize=1 << 10)
    def of(cls, text: bytes) -> "Form":
        """The form of *text*, in which NULs stand for anything."""
        padded = text.ljust(-(-len(text) // _SIZE) * _SIZE, b"\0")
        masked = bytes(255 * (letter != 0) for letter in padded)
        words, masks = (np.frombuffer(one, dtype=_WORD).tolist() for one in (padded, masked))
        return cls(words, masks)

    def fits(self, found: Words) -> Flags:
        """Whether each row of *found* has the form."""
        fits: list[Flags] = []
        for place, (word, mask) in enumerate(zip(self.words, self.masks, strict=True)):
            if mask:
                here: Words = found[:, place] if mask == _WHOLE else found[:, place] & np.uint64(mask)
                fits.append(np.equal(here, np.uint64(word)))
        return reduce(np.logical_and, fits)


def are_ids(letters: NDArray[np.uint8]) -> Flags:
    """Whether each row of letters is a UUID."""
    found: Flags = np.logical_and.reduce(_CLASSES[letters] & _WANTED, axis=1)
    return found


def _classes() -> NDArray[np.uint8]:
    """What each byte can be in a UUID: a digit, a dash, a version, a variant (`UUID`)."""
    classes = np.zeros(256, dtype=np.uint8)
    for bit, letters in enumerate((b"0123456789abcdefABCDEF", b"-", b"12345678", b"89abAB")):
        classes[[*letters]] |= 1 << bit
    return classes


_CLASSES: Final = _classes()
_WANTED: Final = np.array([{8: 2, 13: 2, 14: 4, 18: 2, 19: 8, 23: 2}.get(at, 1) for at in range(ID)], dtype=np.uint8)


class Contacts(NamedTuple):
    """The usual lines of a block: which ``rows`` of it they are, and what they say.

    ``ids`` are letters, a row each. ``wire`` is where each contact's JSON is in the block, once ``close`` was there.
    """

    block: Block
    rows: Numbers
    wire: Span
    ids: NDArray[np.uint8]
    instants: dict[InstantField, tuple[Span, Numbers]]
    texts: dict[str, Span]
    custom: dict[tuple[Entity, str], Span]

    def close(self) -> None:
        """Write the ``}`` at the end of the JSON of each contact, where the line has its custom values."""
        self.block.bytes[self.wire.start + self.wire.length - 1] = _CLOSED


class Walk:
    """The way through a line of a data set."""

    def __init__(self, client_id: str, definitions: Definitions) -> None:
        """A set of that organisation, whose contacts have the custom values of *definitions*."""
        self._ids = b'","client_id":"' + client_id.encode() + b'","ai_customer_id":'
        self._memory = np.empty(0, dtype=np.uint8)
        self._members: dict[Entity, list[tuple[str, bytes, bool]]] = {
            entity: [
                (key, json.dumps(key, ensure_ascii=False).encode() + b":", of[entity].type not in ("number", "boolean"))
                for key, of in definitions.items()
                if entity in of
            ]
            for entity in ENTITIES
        }

    def can_be_walked(self) -> bool:
        """Whether lines of this set can be usual: no key is very long or has letters that JSON escapes."""
        keys = [name for members in self._members.values() for _, name, _ in members]
        return all(len(name) < LONGEST and name.count(b'"') == 2 and b"\\" not in name for name in keys)

    def contacts(self, raw: bytes) -> Contacts:
        """The usual lines of *raw*, which ends with a line break. What is in their texts is not checked.

        The block is overwritten with the next one.
        """
        if len(self._memory) != len(raw) + PAD:
            self._memory = np.empty(len(raw) + PAD, dtype=np.uint8)
        block = Block(raw, self._memory)
        head = block.expect(b'{"id":"' + bytes(ID) + b'","name":"')
        ids = np.ascontiguousarray(head[:, 7 : 7 + ID])
        block.good &= are_ids(ids)
        texts_: dict[str, Span] = {}
        spans: dict[InstantField, Span] = {}
        block.text()
        block.expect(b'","phone":')
        texts_["phone"] = block.nullable()
        block.expect(b',"email":')
        texts_["email"] = block.nullable()
        block.expect(b',"platform":"')
        texts_["platform"] = block.text()
        block.expect(b'","last_message_at":')
        spans["last_message_at"] = block.nullable()
        block.expect(b',"chat_status":"')
        texts_["chat_status"] = block.text()
        spans["created_at"] = block.fixed(len(_CREATED), WIDTH)
        spans["updated_at"] = block.fixed(len(_CREATED) + WIDTH + len(_UPDATED), WIDTH)
        block.expect(_CREATED + bytes(WIDTH) + _UPDATED + bytes(WIDTH) + self._ids)
        block.check_ids(block.nullable())
        block.expect(b',"default_stage_id":')
        texts_["default_stage_id"] = block.nullable()
        block.either(b',"blocked":true,"is_chat_read":', b',"blocked":false,"is_chat_read":')
        block.either(b'true,"active_ticket_v2":', b'false,"active_ticket_v2":')
        ticket, texts_["current_stage_id"] = block.ticket()
        size = block.at + 1 - block.starts
        block.expect(b',"custom_fields":{"customer":{')
        custom: dict[tuple[Entity, str], Span] = {}
        for entity, end in _ENTITY_ENDS:
            members = self._members[entity]
            found = block.members((name, is_text) for _, name, is_text in members)
            custom |= {(entity, key): span for (key, _, _), span in zip(members, found, strict=True)}
            block.expect(end)
        block.good &= (block.at == block.ends) & (texts_["chat_status"].length > 0)
        for (entity, _), span in custom.items():
            if entity == "ticket":
                block.good &= ticket | ~span.there
        found_instants = {name: (span, block.instants(span)) for name, span in spans.items()}
        rows = np.flatnonzero(block.good)
        return Contacts(
            block,
            rows,
            Span(block.starts[rows], size[rows], np.ones(len(rows), dtype=np.bool_)),
            ids[rows],
            {name: (span.of(rows), at[rows]) for name, (span, at) in found_instants.items()},
            {name: span.of(rows) for name, span in texts_.items()},
            {name: span.of(rows) for name, span in custom.items()},
        )
