"""A few thousand contacts at a time: drawn once, and from there to text, Arrow or dicts, hashed and counted."""

from __future__ import annotations

from functools import cached_property
from itertools import count as count_from
from typing import TYPE_CHECKING

import numpy as np

from vambe_mock.generator.drawing import draws, rows
from vambe_mock.generator.drawing.draws import NULL
from vambe_mock.generator.encoding import slots
from vambe_mock.generator.encoding.content_hash import BLOCK, Content
from vambe_mock.generator.encoding.counts import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.drawing.rows import Contact
    from vambe_mock.generator.encoding.layout import Bytes
    from vambe_mock.generator.encoding.sheet import Sheet
    from vambe_mock.generator.recipe.plan import Plan
    from vambe_mock.generator.recipe.randomness import Indices

_KEPT = 31 << 20
"""Bytes. Once so many were freed at one go, glibc's malloc keeps what is freed up to twice as many (`man mallopt`)."""


class Maker:
    """Makes the chunks of one plan; keeps the sheets, and what was hashed and counted so far."""

    def __init__(self, plan: Plan) -> None:
        """A maker of a plan's contacts."""
        # The columns of a chunk would be given back to the system and taken anew, cleared, for the next: half the time
        # of drawing them.
        np.empty(_KEPT, dtype=np.uint8)
        self.plan, self.content, self.counts = plan, Content(), Counts()

    @cached_property
    def json_sheet(self) -> Sheet:
        """The sheet of JSON lines."""
        return slots.json_lines(self.plan)

    @cached_property
    def csv_sheet(self) -> Sheet:
        """The sheet of CSV lines."""
        return slots.csv_lines(self.plan)

    def chunks(self, first: int, stop: int, size: int) -> Iterator[Chunk]:
        """The contacts `first` to `stop` - 1 in chunks; `first` and `size` are multiples of 64."""
        for start in range(first, stop, size):
            yield Chunk(self, start, min(start + size, stop))


class Chunk:
    """Contacts `start` to `stop` - 1."""

    def __init__(self, maker: Maker, start: int, stop: int) -> None:
        """Draw them."""
        self.maker, self.plan, self.start, self.stop = maker, maker.plan, start, stop
        self.drawn: Draws = draws.draw(maker.plan, start, stop)

    def json(self) -> Iterator[memoryview]:
        """Their JSON lines in pieces, which are hashed and counted on the way."""
        block = self.start // BLOCK
        for lines, sizes in self._text(self.maker.json_sheet, lambda contact: f"{rows.line(contact)}\n".encode()):
            self.maker.content.add(block, lines, sizes)
            block += len(sizes)
            yield lines
        self.count()

    def hash(self) -> None:
        """Hash and count them."""
        for _ in self.json():
            pass

    def csv(self, line: Callable[[Contact], bytes]) -> Iterator[memoryview]:
        """Their CSV lines in pieces; `line` writes an edge case's."""
        return (lines for lines, _ in self._text(self.maker.csv_sheet, line))

    @cached_property
    def special(self) -> Indices:
        """The places of the edge cases in the chunk."""
        in_head = self.drawn.numbers < np.uint64(len(self.plan.first_patches))
        return np.flatnonzero(in_head | (self.drawn.repeated_case != NULL))

    @cached_property
    def special_contacts(self) -> list[Contact]:
        """The edge cases as dicts."""
        return rows.rows_of(self.plan, self.drawn.take(self.special))

    def _text(self, sheet: Sheet, line: Callable[[Contact], bytes]) -> Iterator[tuple[memoryview, list[int]]]:
        """The text in pieces, the edge cases' own lines in their places, and the size of each block in bytes.

        A piece is still in the processor's cache when the next step takes it, and its memory is soon used again.
        """
        special = dict(zip(self.special.tolist(), self.special_contacts, strict=True)) if len(self.special) else {}
        for first, (flat, lengths) in zip(count_from(0, sheet.rows), sheet.render(self.drawn), strict=False):
            here = {place - first: line(special[place]) for place in special if first <= place < first + sheet.rows}
            text = memoryview(_with_special(flat, lengths, here)) if here else flat.data
            yield text, np.add.reduceat(lengths, np.arange(0, len(lengths), BLOCK)).tolist()

    def count(self) -> None:
        """Count them."""
        counts, drawn = self.maker.counts, self.drawn
        if len(self.special):
            counts.add_contacts(self.special_contacts, self.plan.anchor)
            counts.add_edge_cases(self._names())
            others = np.setdiff1d(np.arange(len(drawn.numbers)), self.special)
            if not len(others):
                return
            drawn = drawn.take(others)
        counts.add_draws(drawn, self.plan.anchor)

    def _names(self) -> Iterator[str]:
        for place in self.special.tolist():
            number, case = int(self.drawn.numbers[place]), int(self.drawn.repeated_case[place])
            yield self.plan.first_case_names[number] if case == NULL else self.plan.repeatable_names[case]


def _with_special(flat: Bytes, lengths: Indices, special: dict[int, bytes]) -> bytes:
    """The text with other lines at some places, whose lengths are put right."""
    ends, text = np.cumsum(lengths), flat.tobytes()
    pieces, reached = [], 0
    for place, own in special.items():
        pieces += [text[reached : int(ends[place] - lengths[place])], own]
        reached = int(ends[place])
        lengths[place] = len(own)
    pieces.append(text[reached:])
    return b"".join(pieces)
